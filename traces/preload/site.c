/*
 * site.c: see site.h.
 *
 * Addresses mean nothing once the program has ended, so each new one is looked up in the loader's
 * list of files. Names of functions are found later, by the reader.
 */
#include "traces/preload/site.h"

#include <elf.h>
#include <errno.h>
#include <link.h>
#include <stdio.h>
#include <string.h>
#include <sys/auxv.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/preload/put.h"

#define KNOWN_BITS 12
#define TRIES	   8
#define MODULES	   512

static _Atomic uint64_t known[1u << KNOWN_BITS];
static _Atomic uint64_t known_module[MODULES];

/* True the first time. When all places are taken, it stays unsaid. */
static bool is_new(_Atomic uint64_t *table, uint64_t size, uint64_t key, unsigned tries)
{
	uint64_t hash = key * UINT64_C(0x9e3779b97f4a7c15) >> 32, expected;
	unsigned i;

	for (i = 0; i < tries; i++) {
		_Atomic uint64_t *slot = &table[(hash + i) % size];

		/* relaxed: a key alone. */
		if (atomic_load_explicit(slot, memory_order_relaxed) == key)
			return false;
		expected = 0;
		if (atomic_compare_exchange_strong_explicit(
			    slot, &expected, key, memory_order_relaxed, memory_order_relaxed))
			return true;
		if (expected == key)
			return false;
	}
	return false;
}

struct place {
	uint64_t address, base;
	const char *path;
	const uint8_t *id;
	size_t id_len;
	bool is_found;
};

/* The build-id is in a note: its kind, a name, bytes. */
static void find_id(struct place *place, const uint8_t *p, size_t len)
{
	ElfW(Nhdr) note;
	size_t name, all;

	while (len >= sizeof(note)) {
		memcpy(&note, p, sizeof(note));
		name = (note.n_namesz + 3u) & ~3u;
		all = sizeof(note) + name + ((note.n_descsz + 3u) & ~3u);
		if (all > len)
			return;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == 4 &&
			memcmp(p + sizeof(note), "GNU", 4) == 0) {
			place->id = p + sizeof(note) + name;
			place->id_len = note.n_descsz > 32 ? 32 : note.n_descsz;
		}
		p += all;
		len -= all;
	}
}

static int look(struct dl_phdr_info *info, size_t size, void *user)
{
	struct place *place = user;
	int i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type == PT_LOAD &&
			place->address - info->dlpi_addr - part->p_vaddr < part->p_memsz)
			place->is_found = true;
	}
	if (!place->is_found)
		return 0;
	place->base = info->dlpi_addr;
	place->path = info->dlpi_name;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *part = &info->dlpi_phdr[i];

		if (part->p_type == PT_NOTE)
			find_id(place, (const uint8_t *)(info->dlpi_addr + part->p_vaddr),
				part->p_filesz);
	}
	return 1;
}

/* The loader has no name for the program itself. One file may have several, as redis has: that by
 * which it was called is the better one. */
static const char *own_path(char *buf, size_t len)
{
	const char *called = (const char *)(uintptr_t)getauxval(AT_EXECFN);
	struct stat file, own;
	ssize_t n;

	if (called && *called == '/' && stat(called, &file) == 0 &&
		stat("/proc/self/exe", &own) == 0 && file.st_ino == own.st_ino &&
		file.st_dev == own.st_dev)
		return called;
	n = readlink("/proc/self/exe", buf, len - 1);
	buf[n > 0 ? n : 0] = '\0';
	return buf;
}

static char own[512]; /* kept from before, if nothing may be asked any more */

void wg__site_prepare(void)
{
	const char *path = own_path(own, sizeof(own));

	if (path != own)
		(void)snprintf(own, sizeof(own), "%s", path);
}

static void put_bytes(uint64_t base, const void *bytes, size_t len, unsigned flags)
{
	struct wg_preload_record *r;
	size_t at, part;

	for (at = 0; at < len; at += part) {
		part = len - at < sizeof(r->text) ? len - at : sizeof(r->text);
		r = wg__put(WG_PRELOAD_MODULE);
		if (!r)
			return;
		memset(r->text, 0, sizeof(r->text));
		memcpy(r->text, (const char *)bytes + at, part);
		r->site = base;
		r->a = at;
		r->ret = (int32_t)part;
		r->flags = (uint8_t)flags;
		wg__put_done(r);
	}
}

static void say(struct place *place)
{
	char path[512];
	struct wg_preload_record *r;

	/* A base of 0 is that of a program with fixed places. */
	if (is_new(known_module, MODULES, place->base + 1, MODULES)) {
		if (!*place->path)
			place->path = *own ? own : own_path(path, sizeof(path));
		put_bytes(place->base, place->id, place->id_len, WG_PRELOAD_ID);
		put_bytes(place->base, place->path, strnlen(place->path, sizeof(path)), 0);
	}
	r = wg__put(WG_PRELOAD_SITE);
	if (!r)
		return;
	r->site = place->address;
	r->a = place->base;
	r->b = place->address - place->base;
	wg__put_done(r);
}

void wg__site_know(uint64_t site)
{
	struct place place = { .address = site };
	int error = errno;

	if (!is_new(known, 1u << KNOWN_BITS, site, TRIES) || !wg__enter())
		return;
	if (dl_iterate_phdr(look, &place))
		say(&place);
	wg__leave();
	errno = error;
}

/* --- libraries --- */

struct wanted {
	const char *library;
	bool is_there;
};

static int look_for(struct dl_phdr_info *info, size_t size, void *user)
{
	struct wanted *wanted = user;

	(void)size;
	wanted->is_there |= strstr(info->dlpi_name, wanted->library) != NULL;
	return 0;
}

uint32_t wg__sites_have(const char *library)
{
	struct wanted wanted = { library, false };

	(void)dl_iterate_phdr(look_for, &wanted);
	return wanted.is_there;
}
