/*
 * image.c: see image.h.
 */
#include "labs/explore/lab/image.h"

#include <dlfcn.h>
#include <limits.h>
#include <link.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labs/explore/engine/actor.h"
#include "labs/explore/lab.h"

#define PARTS 8

/* The dynamic linker's. */
void *__tls_get_addr(size_t module_and_offset[2]);

/* Writable memory of the lab, and a copy of its first contents. */
struct part {
	char *at, *copy;
	size_t bytes;
};

static struct {
	struct link_map *map;
	struct part part[PARTS];
	int part_count;
	const char *code, *code_end;
	char *tls; /* of the system's thread, which all fibers share */
	size_t tls_bytes;
	char *tls_first, *tls_of[LX_THREADS];
	bool is_short; /* a copy could not be made: nothing can be run */
} image;

static const ElfW(Phdr) * find_header(const struct dl_phdr_info *info, ElfW(Word) type)
{
	int i;

	for (i = 0; i < info->dlpi_phnum; i++) {
		if (info->dlpi_phdr[i].p_type == type)
			return &info->dlpi_phdr[i];
	}
	return NULL;
}

static void add_part(char *begin, char *end)
{
	struct part *p = &image.part[image.part_count];

	if (begin >= end || image.part_count == PARTS)
		return;
	p->copy = malloc((size_t)(end - begin));
	image.is_short = image.is_short || !p->copy;
	if (!p->copy)
		return;
	p->at = begin;
	p->bytes = (size_t)(end - begin);
	memcpy(p->copy, p->at, p->bytes);
	image.part_count++;
}

static void add_tls(const struct dl_phdr_info *info)
{
	const ElfW(Phdr) *tls = find_header(info, PT_TLS);
	int i;

	if (!tls)
		return;
	/* Asking for it makes libc allocate it. */
	image.tls = __tls_get_addr((size_t[]){ info->dlpi_tls_modid, 0 });
	image.tls_bytes = tls->p_memsz;
	image.tls_first = malloc(image.tls_bytes);
	image.is_short = image.is_short || !image.tls_first;
	if (image.tls_first)
		memcpy(image.tls_first, image.tls, image.tls_bytes);
	for (i = 0; i < LX_THREADS; i++) {
		image.tls_of[i] = malloc(image.tls_bytes);
		image.is_short = image.is_short || !image.tls_of[i];
	}
}

static int look_at(struct dl_phdr_info *info, size_t size, void *unused)
{
	const ElfW(Phdr) *relro = find_header(info, PT_GNU_RELRO);
	char *base = (char *)info->dlpi_addr;
	int i;

	(void)size;
	(void)unused;
	if (info->dlpi_addr != image.map->l_addr)
		return 0;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];
		char *begin = base + h->p_vaddr, *end = begin + h->p_memsz;

		if (h->p_type != PT_LOAD)
			continue;
		if (h->p_flags & PF_X) {
			image.code = begin;
			image.code_end = end;
		}
		if (!(h->p_flags & PF_W))
			continue;
		/* The linker makes the first part read-only after loading. */
		if (relro && base + relro->p_vaddr >= begin && base + relro->p_vaddr < end)
			begin = base + relro->p_vaddr + relro->p_memsz;
		add_part(begin, end);
	}
	add_tls(info);
	return 1;
}

const char *lx_image_load(const char *path, const struct lab_scenario **ret_scenarios)
{
	const struct lab_scenario *scenarios;
	char here[PATH_MAX];
	void *handle;

	/* dlopen() looks for a name without a folder where libraries are; a file is meant. */
	(void)snprintf(here, sizeof(here), "%s%s", strchr(path, '/') ? "" : "./", path);
	handle = dlopen(here, RTLD_NOW | RTLD_LOCAL);
	if (!handle)
		return dlerror();
	scenarios = dlsym(handle, "lab_scenarios");
	if (!scenarios)
		return "it has no lab_scenarios: is this a lab?";
	if (dlinfo(handle, RTLD_DI_LINKMAP, &image.map) < 0)
		return dlerror();
	(void)dl_iterate_phdr(look_at, NULL);
	if (image.is_short)
		return LX_NO_MEMORY;
	*ret_scenarios = scenarios;
	return NULL;
}

void lx_image_restore(void)
{
	int i;

	for (i = 0; i < image.part_count; i++)
		memcpy(image.part[i].at, image.part[i].copy, image.part[i].bytes);
	if (image.tls)
		memcpy(image.tls, image.tls_first, image.tls_bytes);
}

void lx_image_new_tls(int thread)
{
	if (image.tls)
		memcpy(image.tls_of[thread], image.tls_first, image.tls_bytes);
}

void lx_image_swap_tls(int from, int to)
{
	if (!image.tls)
		return;
	memcpy(image.tls_of[from], image.tls, image.tls_bytes);
	memcpy(image.tls, image.tls_of[to], image.tls_bytes);
}

uint64_t lx_image_offset(const void *place)
{
	/* A return address is that of the next instruction. */
	return lx_image_has_code(place)
		       ? (uint64_t)((const char *)place - 1 - (const char *)image.map->l_addr)
		       : 0;
}

uint64_t lx_image_data(const void *at)
{
	const char *p = at;
	int i;

	for (i = 0; i < image.part_count; i++) {
		if (p >= image.part[i].at && p < image.part[i].at + image.part[i].bytes)
			return (uint64_t)(p - (const char *)image.map->l_addr);
	}
	return 0;
}

bool lx_image_has_code(const void *address)
{
	const char *at = address;

	return at >= image.code && at < image.code_end;
}

const char *lx_image_code(void)
{
	return image.code;
}

const char *lx_image_code_end(void)
{
	return image.code_end;
}
