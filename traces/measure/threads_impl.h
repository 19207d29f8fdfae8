/*
 * threads_impl.h: what threads.c, threads_end.c and threads_keep.c share, and what the model
 * follows record by record.
 */
#ifndef TRACES_MEASURE_THREADS_IMPL_H
#define TRACES_MEASURE_THREADS_IMPL_H

#include "traces/base/map.h"
#include "traces/base/names.h"
#include "traces/measure/threads.h"

#define WG__OBJECTS_MAX (1u << 18)
#define WG__GROUPS_MAX	64 /* of a thread; the last one stands for all others */

struct wg__thread {
	struct wg_thread_stats stats;
	size_t number; /* in order of appearance */
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

static inline uint64_t wg__thread_key(uint32_t pid, uint32_t tid)
{
	return (uint64_t)pid << 32 | tid;
}

/* What the last record meant. */
struct wg__thread_step {
	const struct wg__thread *thread; /* NULL: an object or a site */
	bool has_woken;			 /* a wait ended; thread->class is its class so far */
	int64_t gap_begin_ns;		 /* then it was wasted from here to the wake; -1: T8 */
	bool has_settled; /* the wake before this wait has its class, which is thread->class, or */
	uint64_t spins;	  /* so many wakes, with the last, are a spin */
};

struct wg_threads {
	struct wg__thread_step step;
	struct wg__names *names;
	struct wg__thread **v;
	size_t count, cap;
	struct wg__map by_tid, by_object, by_site; /* (space, key) to index */
	struct wg_thread_object *object;
	size_t object_count, object_cap;
	struct wg_thread_site *site;
	size_t site_count, site_cap;
	int64_t first_ns, last_ns;
	bool has_any, has_times, is_coarse, has_lengths;
};

/* Wakes a second of its life; < 0: not observable. */
double wg__thread_rate(
	const struct wg_threads *threads, const struct wg_thread_stats *stats, uint64_t wakes);

#endif
