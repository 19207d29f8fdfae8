/*
 * threads.h: what each thread of a program that is seen only from outside woke for.
 *
 * Fed with the records of threads (schema.h), of a trace or of an import; other events are passed
 * over. Each wake gets one class, once it is known what the thread did with it: at its next wait.
 *
 *   T1. A wake by a timeout, or by a timerfd, is a timer wake. It acted if the thread then wrote,
 *       woke somebody, read bytes, or made or ended a thread before its next wait; else it is
 *       empty. If calls are not observable it is `timer`, and nobody says empty.
 *   T2. A timeout although its object was notified during the wait is late.
 *   T3. A wait that asked for no time and found nothing is a zero poll.
 *   T4. Ten or more wakes in a row that found something and took nothing are a spin.
 *   T5. An untimed wait that a notify ended is an idle worker: never waste. A timed one is
 *       notified.
 *   T6. Waits for a lock are apart. So are waits that a signal interrupted, and wakes whose cause
 * is not observable: they are no input. T7. Rates are wakes over the life of a thread: from its
 * first record to its last, or to the end of the recording if it is asleep there.
 *
 *   T8. From a notify to the wake, a thread is asleep with something to do: wasted. So it is for a
 *       notified wake whose waker and its time are known, and for a late one; an idle worker has
 *       nothing that could be late.
 *
 * A group is one place of waiting of one thread: how, object, call site. Periods are medians.
 * Memory depends on the number of threads and of their places, not on the number of records.
 */
#ifndef TRACES_MEASURE_THREADS_H
#define TRACES_MEASURE_THREADS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/measure/measure.h"
#include "traces/read/schema.h"

enum wg_wake_class {
	WG_CLASS_NOTIFIED,
	WG_CLASS_INPUT,
	WG_CLASS_IDLE_WORKER,
	WG_CLASS_TIMER_ACTED,
	WG_CLASS_TIMER_EMPTY,
	WG_CLASS_TIMER,
	WG_CLASS_LATE,
	WG_CLASS_ZERO_POLL,
	WG_CLASS_SPIN,
	WG_CLASS_LOCK,
	WG_CLASS_INTERRUPTED,
	WG_CLASS_UNKNOWN,
	WG_CLASS_COUNT
};

#define WG_ASKED_MAX   4
#define WG_SAMPLES_MAX 256

/* One place of waiting. */
struct wg_wait_group {
	enum wg_wait_in how;
	uint64_t object;
	uint32_t site;
	int64_t first_ns; /* its first wait */
	uint64_t waits, wakes, class[WG_CLASS_COUNT];
	struct wg_asked {
		int64_t ns;
		uint64_t count;
	} asked[WG_ASKED_MAX];	 /* the most common first; within 2 % is one; not all are kept */
	uint64_t looked;	 /* empty wakes after which it looked; the others did nothing */
	uint64_t calls;		 /* after empty wakes */
	uint64_t settled_timers; /* timer wakes of which it is known what followed */
	int64_t asked_sum_ns;	 /* of the timed waits that a timeout ended */
	uint64_t asked_count;
	int64_t cpu_ns;	    /* WG_NOT_OBSERVABLE, or the sum after its wakes */
	int64_t period_ns;  /* median from wake to wake; WG_NOT_OBSERVABLE */
	double wakes_per_s; /* < 0: not observable */

	/* Private. */
	int64_t last_wake_ns, sample[WG_SAMPLES_MAX];
	uint32_t sample_count, stride, skipped;
	uint32_t number;  /* in the order of appearance */
	bool may_be_rest; /* its first timeout is what was left of one when the recording began */
};

struct wg_thread_stats {
	uint32_t space; /* whose pids these are: see struct wg_event */
	uint32_t pid, tid;
	const char *name; /* "" if not known */
	int64_t first_ns, last_ns;
	uint64_t waits, wakes, class[WG_CLASS_COUNT], certainty[WG_CERTAINTY_COUNT];
	uint64_t notifies, notified_nobody;
	struct {
		uint64_t waits, notified, timeout;
	} by_how[WG_IN_COUNT];
	uint64_t reasons[WG_REASON_COUNT];
	int64_t asleep_ns, wasted_ns;  /* T8; asleep_ns WG_NOT_OBSERVABLE: see coarse */
	struct wg_dist notify_to_wake; /* of wakes whose waker and its time are known */
	double wakes_per_s;	       /* < 0: not observable */
	int64_t period_ns;	       /* of the group that wakes most by a timer */
	bool is_asleep;		       /* at the end, since then, in the group that follows */
	int64_t asleep_since_ns;
	struct wg_wait_group **group; /* most wakes first once finished */
	size_t group_count;
	const struct wg_wait_group *asleep_in;
};

struct wg_threads;

/* What is known of an object or a site; NULL: nothing. */
struct wg_thread_object {
	uint64_t id;
	uint32_t space;
	enum wg_object_kind kind;
	int32_t fd;
	uint64_t herds, herd_woken, herd_acted; /* notifies that woke several threads */
	uint32_t herd_pid, herd_tid;		/* one that the last of them woke, */
	int64_t herd_ns;			/* and when */

	/* Private. */
	int64_t notified_ns, waking_ns;
	uint32_t by_tid;
	uint64_t woken, acted;
};
struct wg_thread_site {
	const char *module, *symbol;
	uint64_t offset;
	uint32_t space, id;
};

int wg_threads_create(struct wg_threads **ret); /* 0 or -ENOMEM */
void wg_threads_destroy(struct wg_threads *threads);

/* 0 or -ENOMEM. */
int wg_threads_feed(struct wg_threads *threads, const struct wg_event *event);

/*
 * Rates, periods and orders for what came so far; again after more of it. has_times: times are
 * times; else the log had none, and rates and periods are not observable.
 */
void wg_threads_finish(struct wg_threads *threads, bool has_times);

/*
 * Before that: the times are whole seconds. No period is observable then, and no rate of a thread
 * that is seen for less than ten seconds. has_lengths: from a wait to its wake is exact all the
 * same; else the time asleep is not observable either.
 */
void wg_threads_coarse(struct wg_threads *threads, bool has_lengths);

/* The i-th, most wakes first; NULL behind the last. */
const struct wg_thread_stats *wg_thread_at(const struct wg_threads *threads, size_t i);
/* Threads, objects and sites are numbered anew in each recording: they are found by its space. NULL
 * if there is none; of id 0 there is none. */
const struct wg_thread_stats *wg_thread_of(
	const struct wg_threads *threads, uint32_t space, uint32_t pid, uint32_t tid);
const struct wg_thread_object *wg_thread_object(
	const struct wg_threads *threads, uint32_t space, uint64_t id);
const struct wg_thread_site *wg_thread_site(
	const struct wg_threads *threads, uint32_t space, uint32_t id);
const struct wg_thread_object *wg_thread_object_at(const struct wg_threads *threads, size_t i);
int64_t wg_threads_span_ns(const struct wg_threads *threads); /* first to last record */
bool wg_threads_have_times(const struct wg_threads *threads);
bool wg_threads_are_coarse(const struct wg_threads *threads);

/* "timer_empty": as in JSON. Static. */
const char *wg_wake_class_name(enum wg_wake_class class);

/*
 * One sentence for a person, for each place of waiting that wakes by a timer, spins or waits for a
 * lock, for threads with the same period, for herds; and for each thread that is asleep for ever
 * at the end. Most wakes first. Names in it are as they stand in the trace.
 */
struct wg_thread_finding {
	char *text; /* owned */
	double weight;
	uint32_t pid, tid; /* of the thread, of the first of several */
	int64_t at_ns;	   /* its first wait there */
	uint64_t severe;   /* late wakes and those of a spin */
};
int wg_thread_findings(
	const struct wg_threads *threads, struct wg_thread_finding **ret, size_t *ret_count);
void wg_thread_findings_free(struct wg_thread_finding *findings, size_t count);

#endif
