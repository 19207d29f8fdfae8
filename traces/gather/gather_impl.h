/*
 * gather_impl.h: what gather.c (records in, events out), pair.c (who woke whom) and places.c
 * (objects and call sites) share.
 */
#ifndef TRACES_GATHER_GATHER_IMPL_H
#define TRACES_GATHER_GATHER_IMPL_H

#include "traces/base/map.h"
#include "traces/base/names.h"
#include "traces/gather/arenas.h"
#include "traces/gather/gather.h"

#define WG__NONE UINT32_MAX

struct wg__gather_object {
	enum wg_object_kind kind;
	int32_t fd;
	uint32_t peer; /* what a write to it notifies; WG__NONE: not known */
	uint32_t thread;
	bool is_known; /* made while we looked: whoever uses it is seen */
};

struct wg__gather_site {
	const char *module, *build_id; /* interned */
	char *symbol;		       /* owned, or NULL */
	uint64_t offset;
	size_t in; /* index of its module */
};

struct wg__gather_wait {
	const struct wg_preload_record *r;
	uint32_t thread, object;
	uint32_t ready, ready_count; /* in the list of ready ones */
	uint32_t before;	     /* the thread's wait before, or WG__NONE */
	uint32_t by;		     /* the notify that woke it, or WG__NONE */
	uint8_t certainty;
	bool is_inside; /* in a signal handler that interrupted another wait */
};

struct wg__gather_notify {
	const struct wg_preload_record *r;
	uint32_t thread, object;
	int64_t woke;
};

struct wg__gather {
	struct wg__arenas arenas;
	struct wg__names *names;
	struct wg__gather_object *object;
	size_t object_count, object_cap;
	struct wg__map by_name;	 /* (scope, number in the arena) -> object */
	struct wg__map by_watch; /* (object of an epoll, data) -> object */
	struct wg__map processes;
	struct wg__gather_site *site; /* number - 1 */
	size_t site_count, site_cap;
	struct wg__map by_site;	  /* (arena, address) -> site */
	struct wg__map by_module; /* (arena, base) -> index of module */
	struct wg__gather_module *module;
	size_t module_count, module_cap;
	struct wg__gather_wait *wait;
	size_t wait_count, wait_cap;
	struct wg__gather_notify *notify;
	size_t notify_count, notify_cap;
	uint32_t *ready;
	size_t ready_count, ready_cap;
};

/* places.c. The object of a number, made if need be; WG__NONE: none, or no memory. */
uint32_t wg__gather_object(
	struct wg__gather *g, uint32_t thread, uint64_t number, enum wg_object_kind kind);
int wg__gather_say_object(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r);
int wg__gather_say_module(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r);
int wg__gather_say_site(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r);
uint32_t wg__gather_site(const struct wg__gather *g, uint32_t thread, uint64_t address);
/* Modules get their names, sites their functions. */
int wg__gather_find_symbols(struct wg__gather *g);
void wg__gather_places_fini(struct wg__gather *g);

/* pair.c */
int wg__gather_pair(struct wg__gather *g);

bool wg__gather_timed_out(const struct wg__gather_wait *w);

#endif
