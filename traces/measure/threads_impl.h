/*
 * threads_impl.h: what threads.c and threads_end.c share.
 */
#ifndef TRACES_MEASURE_THREADS_IMPL_H
#define TRACES_MEASURE_THREADS_IMPL_H

#include "traces/base/map.h"
#include "traces/base/names.h"
#include "traces/measure/threads.h"

struct wg__thread {
	struct wg_thread_stats stats;
	size_t group_cap;
	struct wg_wait_group *waiting, *woke; /* the group of the open wait, of the last wake */
	int64_t wait_ns, timeout_ns;
	enum wg_wait_in how;
	enum wg_wake_class class; /* of the last wake, as far as it is known */
	bool may_spin;		  /* it found something */
	size_t herd;		  /* the object whose notify woke it, or WG__MAP_NONE */
	const struct wg_wait_group *run_group;
	uint64_t run; /* wakes in a row that found something and took nothing */
};

struct wg_threads {
	struct wg__names *names;
	struct wg__thread **v;
	size_t count, cap;
	struct wg__map by_tid, by_object, by_site;
	struct wg_thread_object *object;
	size_t object_count, object_cap;
	struct wg_thread_site *site;
	size_t site_count, site_cap;
	int64_t first_ns, last_ns;
	bool has_any, has_times;
};

#endif
