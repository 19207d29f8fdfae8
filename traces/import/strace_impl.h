/*
 * strace_impl.h: the state that strace.c (lines and threads), strace_call.c (what a call means) and
 * strace_wait.c (what a wait asked for) share.
 */
#ifndef TRACES_IMPORT_STRACE_IMPL_H
#define TRACES_IMPORT_STRACE_IMPL_H

#include "traces/base/names.h"
#include "traces/import/interned.h"
#include "traces/import/objects.h"
#include "traces/import/strace.h"
#include "traces/import/strace_line.h"
#include "traces/import/syscalls.h"

#define WG__ARGS_KEPT 4096 /* of a call that is not finished: flags and addresses come first */

struct wg__strace_thread {
	uint32_t tid;		  /* in the records */
	uint32_t process;	  /* index */
	const char *comm;	  /* interned */
	int64_t last_ns, line_ns; /* of its last record, of its last line */
	bool is_gone, is_guess;	  /* its birth was not seen: the process is a guess */

	/* A call that has begun. */
	bool is_open;
	const struct wg__syscall *call;
	int64_t open_ns;
	uint64_t open_line;
	char *args;
	size_t args_len, args_cap;

	/* A wait that has ended, kept until the thread's next line: a stack may follow, and without
	 * -T only the next call tells when it was over at the latest. */
	bool is_held, needs_end;
	struct wg_event wait, wake;

	/* Since the last wake. */
	enum wg_did did;
	int64_t calls;
};

/* A call, whole. */
struct wg__strace_whole {
	struct wg__strace_thread *thread;
	const struct wg__syscall *is;
	struct wg__strace_call text;
	int64_t begin_ns, end_ns; /* end_ns -1: not known */
	uint64_t line;		  /* where it began */
	bool was_open;
};

struct wg__strace {
	const struct wg_import_sink *sink;
	struct wg_import_stats *stats;
	struct wg__interned names;
	struct wg__objects objects;
	struct wg__process *process;
	size_t process_count, process_cap;
	struct wg__strace_thread **thread;
	size_t thread_count, thread_cap, alive;
	struct wg__map by_tid; /* tid -> index of thread */
	struct wg__map sites;  /* hash of module and offset -> number */
	size_t bare;	       /* the thread of lines without a tid, WG__MAP_NONE: none yet */
	struct wg__strace_thread *last; /* of the last call, for its stack; or NULL */
	size_t roots;			/* processes that strace says it attached to */
	size_t births;			/* threads that are in a clone or fork */
	int64_t now_ns, day_ns;		/* of the last line that has a time */
	int64_t said_ns;		/* what it said itself: see strace.c */
	char *joined;			/* a call whose two halves are put together */
	size_t joined_cap;
};

static inline struct wg__process *wg__process_of(
	struct wg__strace *s, const struct wg__strace_thread *t)
{
	return &s->process[t->process];
}

/* Hand out an event of a thread; its time never goes back. */
int wg__strace_emit(struct wg__strace *s, struct wg__strace_thread *t, struct wg_event *ev);

/* Hand out the wait that is held. next_ns: the thread's next call, or -1. */
int wg__strace_release(struct wg__strace *s, struct wg__strace_thread *t, int64_t next_ns);

/* The thread of a line, a new one if need be; tid 0: the line does not say. *ret NULL: too many. */
int wg__strace_thread(struct wg__strace *s, uint32_t tid, struct wg__strace_thread **ret);
int wg__strace_thread_end(struct wg__strace *s, struct wg__strace_thread *t);

/* Another thread of its process called execve, and goes on under the number of the first one. */
int wg__strace_superseded(struct wg__strace *s, struct wg__strace_thread *t, uint32_t by_tid);

/* A frame of the stack of the wait that is held: the first of the program itself is its site. */
int wg__strace_site(struct wg__strace *s, struct wg__strace_thread *t, struct wg__span frame);

/* A thread or process that a call made, or that strace says it follows. */
int wg__strace_born(
	struct wg__strace *s, struct wg__strace_thread *parent, int64_t tid, bool shares_process);

/* strace_call.c */
int wg__strace_whole_call(struct wg__strace *s, struct wg__strace_whole *call);
/* It has begun: a notify may wake others before it is over. */
int wg__strace_begun(struct wg__strace *s, struct wg__strace_thread *t);
/* The log ends in it. */
int wg__strace_unended(struct wg__strace *s, struct wg__strace_thread *t);

/* strace_wait.c: what the call waits in, for and how long. False: it is no wait. */
struct wg__strace_asked {
	enum wg_wait_in how;
	int64_t timeout_ns;
	uint32_t object;
};
bool wg__strace_asks(struct wg__strace *s, struct wg__strace_thread *t,
	const struct wg__syscall *is, struct wg__span args, int64_t now_ns,
	struct wg__strace_asked *ret);

/* The objects that were ready: at most max. how many. */
size_t wg__strace_ready(struct wg__strace *s, const struct wg__strace_whole *call,
	const struct wg__strace_asked *asked, uint32_t *ret, size_t max);

/* Hand out the object's record, if it was not yet. */
int wg__strace_say_object(struct wg__strace *s, struct wg__strace_thread *t, uint32_t object);

#endif
