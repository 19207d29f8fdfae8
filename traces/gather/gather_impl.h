/*
 * gather_impl.h: what gather.c (a folder), live.c (the same while it grows), in.c (records in),
 * pair.c (who woke whom), places.c (objects and call sites) and out.c (events out) share.
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
	bool is_known;	   /* made while we looked: whoever uses it is seen */
	bool is_awaited;   /* somebody was seen to wait for it */
	bool is_out;	   /* its event is out */
	uint8_t owed;	   /* stream: so many notifies of it may still wake somebody */
	int64_t asleep_ns; /* stream: the first open wait for it began then; 0: none */
};

struct wg__gather_site {
	const char *module, *build_id; /* interned */
	char *symbol;		       /* owned, or NULL */
	uint64_t offset;
	size_t in; /* index of its module */
	bool is_out;
};

struct wg__gather_wait {
	const struct wg_preload_record *r;
	uint32_t thread, object;
	uint32_t ready, ready_count; /* in the list of ready ones */
	uint32_t before;	     /* the thread's wait before, or WG__NONE */
	uint32_t by;		     /* the notify that woke it, or WG__NONE */
	uint8_t certainty;
	bool is_inside; /* in a signal handler that interrupted another wait */
	bool is_begun;	/* live: the event of its beginning is out */
	bool is_open;	/* live: it has not ended, and its end is INT64_MAX */
};

struct wg__gather_notify {
	const struct wg_preload_record *r;
	uint32_t thread, object;
	int64_t woke;
	uint64_t paired; /* with so many waits */
	bool is_out;	 /* stream: its event is out, and what that says does not change any more */
	bool is_owed;	 /* stream: it is out, and may still wake somebody who was asleep then */
};

#define WG__GATHER_MORE 8

/* Of a thread: its last wait, and records of what was ready since then. */
struct wg__gather_last {
	uint32_t wait, more_count;
	struct wg_preload_record more[WG__GATHER_MORE];
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

/* The same for one site, with the module it is in as far as that is known. */
int wg__gather_name_site(struct wg__gather *g, size_t site);

/* in.c: the next record of that thread, which must stay where it is. 0 or -ENOMEM. */
int wg__gather_take(struct wg__gather *g, uint32_t thread, const struct wg_preload_record *r,
	struct wg__gather_last *last);
enum wg_object_kind wg__gather_kind_of_wait(uint8_t how);

/* pair.c: whom each notify woke that is not out yet. */
int wg__gather_pair(struct wg__gather *g);
/* How many more it may wake. */
uint64_t wg__gather_left(const struct wg__gather_notify *n);
bool wg__gather_is_for_descriptors(uint8_t how);

bool wg__gather_timed_out(const struct wg__gather_wait *w);

/* out.c: events; objects and call sites that are not out yet come before the first that needs them.
 */
struct wg__gather_out {
	struct wg__gather *g;
	int (*on_event)(void *user, const struct wg_event *event);
	void *user;
};

int wg__gather_emit_places(const struct wg__gather_out *out, int64_t ts_ns);
int wg__gather_emit_begin(const struct wg__gather_out *out, const struct wg__gather_wait *w);
int wg__gather_emit_wake(const struct wg__gather_out *out, const struct wg__gather_wait *w);
int wg__gather_emit_notify(const struct wg__gather_out *out, const struct wg__gather_notify *n);
/* The wait that a thread is in. */
int wg__gather_emit_open(const struct wg__gather_out *out, uint32_t thread);

/* gather.c */
void wg__gather_fini(struct wg__gather *g);
/* What its arenas tell: how much was lost, by how many, and what the programs are. */
void wg__gather_stats(const struct wg__gather *g, struct wg_gather_stats *ret);

#endif
