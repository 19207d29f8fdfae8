/*
 * tell.bpf.h: the records that light.bpf.c makes: a thread goes to sleep in a call, and runs again.
 */
#ifndef TRACES_KERNEL_TELL_BPF_H
#define TRACES_KERNEL_TELL_BPF_H

#include "traces/kernel/state.bpf.h"

/* A structure with its address is passed to io_uring_enter, if a flag says so. */
static __always_inline __u64 uring_time_address(const __u64 arg[6])
{
	enum { EXT_ARG = 8, EXT_ARG_REG = 64, TIME = 16 };
	__u64 at = 0;

	if ((arg[3] & (EXT_ARG | EXT_ARG_REG)) != EXT_ARG ||
		bpf_probe_read_user(&at, sizeof(at), (void *)(arg[4] + TIME)) < 0)
		return 0;
	return at;
}

/* Where the timeout of a call stands in memory; 0: in a register, or there is none. */
static __always_inline __u64 time_address(long nr, const __u64 arg[6])
{
	switch (nr) {
	case 35: return arg[0];			  /* nanosleep */
	case 271:				  /* ppoll */
	case 128:				  /* rt_sigtimedwait */
	case 230: return arg[2];		  /* clock_nanosleep */
	case 202:				  /* futex */
	case 441:				  /* epoll_pwait2 */
	case 220:				  /* semtimedop */
	case 449: return arg[3];		  /* futex_waitv */
	case 23:				  /* select */
	case 208:				  /* io_getevents */
	case 242:				  /* mq_timedsend */
	case 243:				  /* mq_timedreceive */
	case 270: return arg[4];		  /* pselect6 */
	case 426: return uring_time_address(arg); /* io_uring_enter */
	default: return 0;
	}
}

static __always_inline void take_arguments(unsigned long long arg[6], struct pt_regs *regs)
{
	arg[0] = regs->di;
	arg[1] = regs->si;
	arg[2] = regs->dx;
	arg[3] = regs->r10;
	arg[4] = regs->r8;
	arg[5] = regs->r9;
}

static __always_inline void read_time(__s64 time[2], __u64 at)
{
	if (bpf_probe_read_user(time, 2 * sizeof(time[0]), (void *)at) < 0)
		time[0] = time[1] = -1;
}

static __always_inline bool read_pollfds(__u64 watched[WG_RAW_WATCHED], const __u64 arg[6])
{
	__u64 count = arg[1];

	if (count > WG_RAW_WATCHED)
		count = WG_RAW_WATCHED;
	return bpf_probe_read_user(watched, count * sizeof(watched[0]), (void *)arg[0]) == 0;
}

/* A set has as many words as its descriptors need; what is above is not there. */
static __always_inline bool read_fdsets(__u64 watched[WG_RAW_WATCHED], const __u64 arg[6])
{
	__u64 size = arg[0] > 64 ? 16 : arg[0] ? 8 : 0;
	int set;

	for (set = 0; set < 3; set++) {
		if (arg[1 + set] &&
			bpf_probe_read_user(watched + 2 * set, size, (void *)arg[1 + set]) < 0)
			return false;
	}
	return true;
}

static __always_inline bool writes_sets(int nr)
{
	return nr == 23 || nr == 270; /* select, pselect6 */
}

/* Which descriptors a call waits for, if they stand in memory. */
static __always_inline bool read_watched(__u64 watched[WG_RAW_WATCHED], long nr, const __u64 arg[6])
{
	__builtin_memset(watched, 0, WG_RAW_WATCHED * sizeof(watched[0]));
	switch (nr) {
	case 7:					     /* poll */
	case 271: return read_pollfds(watched, arg); /* ppoll */
	case 23:				     /* select */
	case 270: return read_fdsets(watched, arg);  /* pselect6 */
	default: return false;
	}
}

/* The registers of the thread that goes to sleep, as its system call found them. */
static __always_inline void take_registers(
	struct wg_raw_wait *w, const struct thread *t, struct pt_regs *regs)
{
	w->nr = (int)regs->orig_ax;
	take_arguments(w->arg, regs);
	w->time_at = time_address(w->nr, w->arg);
	w->sp = regs->sp;
	w->pc = regs->ip;
	w->stack_bytes = 0;
	if (bpf_probe_read_user(w->stack, sizeof(w->stack), (void *)w->sp) == 0)
		w->stack_bytes = sizeof(w->stack);
	w->time[0] = w->time[1] = -1;
	if (setup.has_calls && t->enter_ns) {
		w->time[0] = t->time[0];
		w->time[1] = t->time[1];
		w->has_watched = t->has_watched;
		__builtin_memcpy(w->watched, t->watched, sizeof(w->watched));
		return;
	}
	if (w->time_at)
		read_time(w->time, w->time_at);
	w->has_watched = read_watched(w->watched, w->nr, (const __u64 *)w->arg);
}

/*
 * The reader comes by itself now and then. It is called for a thread that is new, so that it finds
 * its process alive, and when a quarter of the buffer is in use. To call it takes longer than to
 * make a record, so few records ask for it.
 */
static __always_inline __u64 when_to_read(struct thread *t)
{
	bool looks = !(t->told++ % LOOK_EVERY);

	if (t->is_known &&
		(!looks || bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) <= WG_RAW_BUFFER / 4))
		return BPF_RB_NO_WAKEUP;
	t->is_known = 1;
	return BPF_RB_FORCE_WAKEUP;
}

/* What it did before it slept in no call that waits is half of what it did: only the most of it
 * is known then. */
static __always_inline void take_deeds(struct wg_raw_wait *w, const struct thread *t)
{
	__u32 meaning = (__u32)w->nr < WG_RAW_CALLS ? setup.meaning[w->nr] : 0;

	w->calls = -1;
	w->did = t->did == WG_RAW_DID_ACT ? WG_RAW_DID_ACT : WG_RAW_DID_UNKNOWN;
	if (!(meaning & (WG_RAW_WAITS | WG_RAW_SLEEPS | WG_RAW_FUTEX | WG_RAW_SUBMITS)))
		return;
	if (meaning & WG_RAW_SUBMITS && w->arg[1]) /* which operations, is not seen */
		return;
	w->calls = t->calls;
	w->did = t->did ? t->did : WG_RAW_DID_NOTHING;
}

/* As bpf_get_current_comm() does, without the call. */
static __always_inline void take_name(char comm[16], struct task_struct *task)
{
	int i;

	for (i = 0; i < 15; i++)
		comm[i] = task->comm[i];
	comm[15] = 0;
}

static __always_inline struct wg_raw_wait *new_wait(
	struct thread *t, struct task_struct *task, struct pt_regs *regs, __u64 now)
{
	struct wg_raw_wait *w = bpf_ringbuf_reserve(&records, sizeof(*w), 0);

	if (!w) {
		lose();
		return 0;
	}
	w->head.ts_ns = now;
	w->head.what = WG_RAW_WAIT;
	w->head.pid = task->tgid;
	w->head.tid = task->pid;
	w->head.pad = 0;
	w->cpu_ns = t->cpu_ns;
	w->calls = -1;
	w->did = WG_RAW_DID_UNKNOWN;
	take_name(w->comm, task);
	take_registers(w, t, regs);
	if (setup.has_calls)
		take_deeds(w, t);
	w->has_ended = w->lacks_begin = w->pad = 0;
	return w;
}

static __always_inline void tell_wait(struct thread *t, struct task_struct *task, __u64 now)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);
	struct wg_raw_wait *w = new_wait(t, task, regs, now);

	if (w)
		bpf_ringbuf_submit(w, when_to_read(t));
}

static __always_inline struct wg_raw_wake *new_wake(enum wg_raw_what what, __u32 pid, __u32 tid)
{
	struct wg_raw_wake *w = bpf_ringbuf_reserve(&records, sizeof(*w), 0);

	if (!w) {
		lose();
		return 0;
	}
	__builtin_memset(w, 0, sizeof(*w));
	w->head.what = what;
	w->head.pid = pid;
	w->head.tid = tid;
	return w;
}

static __always_inline void fill_wake(
	struct wg_raw_wake *w, const struct thread *t, __u64 now, bool is_late)
{
	w->head.ts_ns = is_late && t->waking_ns ? t->waking_ns : now;
	w->waking_ns = t->waking_ns;
	w->sleep_ns = t->sleep_ns;
	w->by_pid = t->by_pid;
	w->by_tid = t->by_tid;
	w->by_nr = t->by_nr;
	w->is_interrupt = t->is_interrupt;
	w->timer = t->timer;
	w->is_late = is_late;
	w->has_slept = 1;
}

static __always_inline void tell_life(enum wg_raw_what what, __u32 pid, __u32 tid)
{
	struct wg_raw_wake *w = new_wake(what, pid, tid);

	if (!w)
		return;
	w->head.ts_ns = bpf_ktime_get_ns();
	bpf_ringbuf_submit(w, BPF_RB_NO_WAKEUP);
}

/* The wait that is open has ended. */
static __always_inline void close_wait(struct thread *t)
{
	t->sleep_ns = t->waking_ns = t->run_ns = 0;
	t->by_pid = t->by_tid = t->is_interrupt = t->timer = 0;
	t->by_nr = -1;
	t->calls = 0;
	t->did = WG_RAW_DID_NOTHING;
}

static __always_inline void wakes(struct thread *t, __u32 pid, __u32 tid, __u64 now, bool is_late)
{
	struct wg_raw_wake *w;

	if (!t->sleep_ns)
		return;
	w = new_wake(WG_RAW_WAKE, pid, tid);
	if (w) {
		fill_wake(w, t, now, is_late);
		bpf_ringbuf_submit(w, BPF_RB_NO_WAKEUP);
	}
	close_wait(t);
}

#endif
