/*
 * perf_impl.h: the state that perf.c (lines and events), perf_threads.c (threads and processes),
 * perf_call.c (what a call means) and perf_wait.c (waits and who ended them) share.
 */
#ifndef TRACES_IMPORT_PERF_IMPL_H
#define TRACES_IMPORT_PERF_IMPL_H

#include "traces/import/interned.h"
#include "traces/import/objects.h"
#include "traces/import/perf.h"
#include "traces/import/perf_line.h"
#include "traces/import/perf_numbers.h"

/* What the waker was doing at sched_waking. */
enum wg__waker_in {
	WG__WAKER_UNKNOWN, /* its calls are not in the log */
	WG__WAKER_OUTSIDE, /* in no call: a page fault, or an interrupt */
	WG__WAKER_KERNEL,  /* idle, or a thread of the kernel's own */
	WG__WAKER_FUTEX,
	WG__WAKER_WRITES, /* to a descriptor, no file and no socket as far as is known */
	WG__WAKER_SENDS,  /* to a socket */
	WG__WAKER_EXITS,
	WG__WAKER_OTHER,
};

struct wg__waking {
	int64_t ns; /* -1: none since it fell asleep */
	uint32_t pid, tid;
	const char *call; /* static */
	enum wg__waker_in in;
	bool may_send; /* the descriptor's kind is not known */
	enum wg__perf_context context;
};

struct wg__perf_thread {
	uint32_t tid, process; /* process: an index */
	const char *comm;      /* interned */
	int64_t first_ns, last_ns;
	bool is_guess;	/* of its process */
	bool has_calls; /* some were seen */
	bool is_exiting;

	/* A call that has begun. */
	bool is_open, has_slept;
	int64_t number, enter_ns;
	const struct wg__syscall *call;
	uint64_t arg[6];
	uint64_t woke; /* so many threads by now */

	/* The processor. Times are -1 if they are not known. */
	bool is_off, is_asleep;
	int64_t on_since_ns, asleep_ns, oncpu_ns;
	bool has_woken, is_cpu_hidden;		  /* since the last wake */
	int64_t cpu_ns, cpu_enter_ns, cpu_off_ns; /* by now, at the call, when it fell asleep */
	struct wg__waking woken;

	/* A wait that has ended, kept until the thread's next call: reading a timerfd tells why. */
	bool is_held;
	struct wg_event wait, wake;

	/* Since the last wake. */
	enum wg_did did;
	bool is_did_hidden; /* it read something that may be a file */
	int64_t calls;
};

struct wg__perf {
	const struct wg_import_sink *sink;
	struct wg_import_stats *stats;
	struct wg__interned names;
	struct wg__objects objects;
	struct wg__process *process;
	size_t process_count, process_cap, process_next; /* next: where to look for an unused one */
	struct wg__perf_thread **thread;
	size_t thread_count, thread_cap;
	struct wg__map by_tid, by_pid; /* -> index */
	size_t births;		       /* threads that are in a clone or fork */
	const struct wg__syscall *call[WG__NUMBERS];
	struct wg__perf_thread *chain_of, *chain_by; /* a call chain would be of this waking */
	int64_t now_ns;				     /* of the last event */
	bool is_in_hole;			     /* since then events were lost */
	uint64_t lost_now;			     /* so many, as far as told */
};

static inline struct wg__process *wg__perf_process(
	struct wg__perf *p, const struct wg__perf_thread *t)
{
	return &p->process[t->process];
}

/* --- perf_threads.c --- */

/* Hand out an event of a thread; its time never goes back. */
int wg__perf_emit(struct wg__perf *p, struct wg__perf_thread *t, struct wg_event *ev);

/* Hand out the wait that is held. */
int wg__perf_release(struct wg__perf *p, struct wg__perf_thread *t);

struct wg__perf_thread *wg__perf_find(const struct wg__perf *p, uint32_t tid); /* or NULL */

/* The thread, a new one if need be. pid 0: not known. *ret NULL: there are too many. */
int wg__perf_thread(struct wg__perf *p, uint32_t pid, uint32_t tid, struct wg__span comm,
	struct wg__perf_thread **ret);
int wg__perf_thread_end(struct wg__perf *p, struct wg__perf_thread *t);

/* A call made this one; shares: it is of the same process. */
int wg__perf_born(struct wg__perf *p, struct wg__perf_thread *parent, uint32_t tid, bool shares);

/* It is a process of its own now. */
int wg__perf_alone(struct wg__perf *p, struct wg__perf_thread *t);

/* A thread that only the kernel has, by its name. */
bool wg__perf_is_kernel(struct wg__span comm);

/* --- perf_call.c --- */

/* A call begins; is over. */
int wg__perf_enters(struct wg__perf *p, struct wg__perf_thread *t, int64_t number,
	const uint64_t arg[6], int64_t now_ns);
int wg__perf_exits(
	struct wg__perf *p, struct wg__perf_thread *t, int64_t number, int64_t ret, int64_t now_ns);

bool wg__perf_is_futex_wake(const struct wg__perf_thread *t);

/* Hand out the object's record, if it was not yet; WG__NO_OBJECT is fine. */
int wg__perf_say_object(struct wg__perf *p, struct wg__perf_thread *t, uint32_t object);

/* --- perf_wait.c --- */

/* Is the thread's call a wait that slept or could have? */
bool wg__perf_is_wait(
	const struct wg__perf *p, const struct wg__perf_thread *t, int64_t ret, int64_t now_ns);

/* The call, a wait, is over. */
int wg__perf_waited(struct wg__perf *p, struct wg__perf_thread *t, int64_t ret, int64_t now_ns);

/* It read a timerfd: the wait that is held ended when the timer did. */
void wg__perf_was_timer(struct wg__perf_thread *t);

/* The log ends, and the thread sleeps in its call. */
int wg__perf_unended(struct wg__perf *p, struct wg__perf_thread *t);

/* It runs again, and its calls are not in the log: how it waited is not known. */
int wg__perf_slept(struct wg__perf *p, struct wg__perf_thread *t, int64_t now_ns);

#endif
