/*
 * places.c: objects and call sites: their numbers in an arena become numbers of the trace.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/elf_file.h"
#include "traces/gather/gather_impl.h"

#define PATH_LEN 512

struct wg__gather_module {
	char path[PATH_LEN + 1];
	uint8_t id[32];
	size_t id_len;
	const char *name, *build_id; /* interned */
};

/* --- objects --- */

static uint32_t process_of(struct wg__gather *g, uint32_t thread)
{
	const struct wg__arena_thread *t = &g->arenas.thread[thread];
	size_t i = wg__map_get(&g->processes, t->arena, t->pid);

	if (i == WG__MAP_NONE) {
		i = g->processes.count;
		if (wg__map_put(&g->processes, t->arena, t->pid, i) < 0)
			return 0;
	}
	return (uint32_t)i + 1;
}

/* Where such a number means the same. */
static uint32_t scope_of(struct wg__gather *g, uint32_t thread, uint64_t number)
{
	if (number & WG_PRELOAD_INODE)
		return UINT32_MAX;
	if (!(number & WG_PRELOAD_SET) && number & WG_PRELOAD_MADE)
		return 0x80000000u | g->arenas.thread[thread].arena;
	return process_of(g, thread);
}

uint32_t wg__gather_object(
	struct wg__gather *g, uint32_t thread, uint64_t number, enum wg_object_kind kind)
{
	uint32_t scope;
	size_t i;

	if (number == 0)
		return WG__NONE;
	scope = scope_of(g, thread, number);
	i = wg__map_get(&g->by_name, scope, number);
	if (i != WG__MAP_NONE)
		return (uint32_t)i;
	if (wg__grow(&g->object, &g->object_cap, g->object_count, sizeof(*g->object)) < 0 ||
		wg__map_put(&g->by_name, scope, number, g->object_count) < 0)
		return WG__NONE;
	i = g->object_count++;
	g->object[i] = (struct wg__gather_object){
		.kind = kind, .fd = -1, .peer = (uint32_t)i, .thread = thread
	};
	if (!(number & WG_PRELOAD_INODE) && number & WG_PRELOAD_SET) {
		g->object[i].kind = WG_OBJECT_SET;
		g->object[i].fd = (int32_t)(number >> 40 & 0xffff);
	}
	return (uint32_t)i;
}

int wg__gather_say_object(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r)
{
	enum wg_object_kind kind =
		r->kind < WG_OBJECT_KIND_COUNT ? (enum wg_object_kind)r->kind : WG_OBJECT_OTHER;
	uint32_t i = wg__gather_object(g, thread, r->object, kind), peer;

	if (i == WG__NONE || g->object[i].is_known)
		return 0;
	peer = wg__gather_object(g, thread, r->a, kind);
	g->object[i].kind = kind;
	g->object[i].fd = r->ret;
	g->object[i].is_known = r->flags & WG_PRELOAD_KNOWN;
	g->object[i].peer = kind == WG_OBJECT_SOCKETPAIR && peer == i ? WG__NONE : peer;
	return 0;
}

/* --- call sites --- */

static int find_module(struct wg__gather *g, uint32_t arena, uint64_t base, size_t *ret)
{
	*ret = wg__map_get(&g->by_module, arena, base);
	if (*ret != WG__MAP_NONE)
		return 0;
	if (wg__grow(&g->module, &g->module_cap, g->module_count, sizeof(*g->module)) < 0 ||
		wg__map_put(&g->by_module, arena, base, g->module_count) < 0)
		return -ENOMEM;
	memset(&g->module[g->module_count], 0, sizeof(*g->module));
	*ret = g->module_count++;
	return 0;
}

int wg__gather_say_module(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r)
{
	struct wg__gather_module *m;
	size_t i, len = r->ret > 0 ? (size_t)r->ret : 0;
	int rc = find_module(g, g->arenas.thread[thread].arena, r->site, &i);

	if (rc < 0 || len > sizeof(r->text))
		return rc;
	m = &g->module[i];
	if (r->flags & WG_PRELOAD_ID && r->a < sizeof(m->id) && len <= sizeof(m->id) - r->a) {
		memcpy(m->id + r->a, r->text, len);
		m->id_len = r->a + len;
	} else if (!(r->flags & WG_PRELOAD_ID) && r->a < PATH_LEN && len <= PATH_LEN - r->a) {
		memcpy(m->path + r->a, r->text, len);
	}
	return 0;
}

int wg__gather_say_site(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r)
{
	uint32_t arena = g->arenas.thread[thread].arena;
	size_t module;
	int rc = find_module(g, arena, r->a, &module);

	if (rc < 0 || wg__map_get(&g->by_site, arena, r->site) != WG__MAP_NONE)
		return rc;
	if (wg__grow(&g->site, &g->site_cap, g->site_count, sizeof(*g->site)) < 0 ||
		wg__map_put(&g->by_site, arena, r->site, g->site_count) < 0)
		return -ENOMEM;
	g->site[g->site_count++] = (struct wg__gather_site){ .offset = r->b, .in = module };
	return 0;
}

uint32_t wg__gather_site(const struct wg__gather *g, uint32_t thread, uint64_t address)
{
	size_t i = wg__map_get(&g->by_site, g->arenas.thread[thread].arena, address);

	return i == WG__MAP_NONE ? 0 : (uint32_t)i + 1;
}

static int name_module(struct wg__gather *g, struct wg__gather_module *m)
{
	char id[2 * sizeof(m->id) + 1] = "";
	size_t i;

	for (i = 0; i < m->id_len; i++)
		(void)snprintf(id + 2 * i, 3, "%02x", m->id[i]);
	m->name = wg__names_intern(g->names, m->path);
	m->build_id = wg__names_intern(g->names, id);
	return m->name && m->build_id ? 0 : -ENOMEM;
}

static void place(struct wg__gather *g, struct wg__gather_site *s, const struct wg__elf *elf)
{
	if (elf && !s->symbol)
		s->symbol = wg__elf_symbol(elf, s->offset - 1);
	s->module = g->module[s->in].name;
	s->build_id = g->module[s->in].build_id;
}

/* Another file may be there by now; without an id nobody can tell. */
static bool open_module(const struct wg__gather_module *m, struct wg__elf *elf)
{
	if (m->id_len == 0 || m->path[0] != '/' || wg__elf_open(m->path, elf) < 0)
		return false;
	if (wg__elf_has_id(elf, m->id, m->id_len))
		return true;
	wg__elf_close(elf);
	return false;
}

/* All sites of a module, or one of them. */
static int name_sites(struct wg__gather *g, size_t module, size_t first, size_t end)
{
	struct wg__elf elf;
	bool is_open;
	size_t i;

	if (name_module(g, &g->module[module]) < 0)
		return -ENOMEM;
	is_open = open_module(&g->module[module], &elf);
	for (i = first; i < end; i++) {
		if (g->site[i].in == module)
			place(g, &g->site[i], is_open ? &elf : NULL);
	}
	if (is_open)
		wg__elf_close(&elf);
	return 0;
}

int wg__gather_name_site(struct wg__gather *g, size_t site)
{
	return name_sites(g, g->site[site].in, site, site + 1);
}

int wg__gather_find_symbols(struct wg__gather *g)
{
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < g->module_count; i++)
		rc = name_sites(g, i, 0, g->site_count);
	return rc;
}

void wg__gather_places_fini(struct wg__gather *g)
{
	size_t i;

	for (i = 0; i < g->site_count; i++)
		free(g->site[i].symbol);
	free(g->site);
	free(g->module);
	free(g->object);
	wg__map_fini(&g->by_name);
	wg__map_fini(&g->by_watch);
	wg__map_fini(&g->by_site);
	wg__map_fini(&g->by_module);
	wg__map_fini(&g->processes);
}
