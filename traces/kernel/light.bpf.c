/*
 * light.bpf.c: which thread sleeps in what, and who wakes it: runs in the kernel.
 *
 * sched_switch and sched_waking tell it, and those of timers, whether it was a timeout. A program
 * that is not recorded pays for one look in a table whenever it goes to sleep, and one when it is
 * woken, and for nothing else. The price: what a call returned, polls that never slept, and
 * notifies that woke nobody are not seen.
 *
 * The timeout is read as the thread goes to sleep, since it may be on the stack of a function that
 * has returned by the time of the wake.
 *
 * x86-64 only, for the registers.
 */
#include "traces/kernel/raw.h"
#include "traces/kernel/types.bpf.h"

#define STATE_DEAD  0x80u
#define PF_KTHREAD  0x200000u
#define STACK_BYTES 16384u /* of the kernel, for a thread */

char LICENSE[] SEC("license") = "GPL"; /* helpers that read memory ask for it */

#define BEFORE 1 /* as a time: before the recording */

/* A thread that is recorded. */
struct thread {
	__u64 sleep_ns;	   /* of a wait that is open; 0: it runs */
	__u64 waking_ns;   /* 0: nobody has woken it yet */
	__u64 on_since_ns; /* on a processor since then; 0: not known */
	__u64 cpu_ns;	   /* since its last wake */
	__u32 by_pid, by_tid;
	__s32 by_nr;
	__u32 is_interrupt, timer;
	__u32 is_known; /* the reader has heard of it */
};

struct {
	__uint(type, BPF_MAP_TYPE_TASK_STORAGE);
	__uint(map_flags, BPF_F_NO_PREALLOC);
	__type(key, int);
	__type(value, struct thread);
} threads SEC(".maps");

/* Processes that are recorded: enum wg_raw_target. */
struct {
	__uint(type, BPF_MAP_TYPE_HASH);
	__uint(max_entries, 65536);
	__type(key, __u32);
	__type(value, __u32);
} targets SEC(".maps");

struct {
	__uint(type, BPF_MAP_TYPE_RINGBUF);
	__uint(max_entries, WG_RAW_BUFFER);
} records SEC(".maps");

/* Records for which there was no room. */
struct {
	__uint(type, BPF_MAP_TYPE_ARRAY);
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps");

/* The timer whose function runs on a processor. */
struct timer {
	__u64 owner; /* the thread, if the timer is for a timeout; or else anything */
	__u64 runs;
};

struct {
	__uint(type, BPF_MAP_TYPE_PERCPU_ARRAY);
	__uint(max_entries, 2);
	__type(key, __u32);
	__type(value, struct timer);
} timers SEC(".maps");

enum { HIGH_RESOLUTION, IN_TICKS };

static __always_inline void lose(void)
{
	__u32 zero = 0;
	__u64 *count = bpf_map_lookup_elem(&lost, &zero);

	if (count)
		__sync_fetch_and_add(count, 1);
}

/* The state of a thread of a recorded process, made at its first sleep or wake; else NULL. */
static __always_inline struct thread *recorded(struct task_struct *task)
{
	struct thread *t = bpf_task_storage_get(&threads, task, 0, 0);
	__u32 pid = task->tgid, *target;

	if (t)
		return t;
	target = bpf_map_lookup_elem(&targets, &pid);
	if (!target || *target != WG_RAW_ON)
		return 0;
	return bpf_task_storage_get(&threads, task, 0, BPF_LOCAL_STORAGE_GET_F_CREATE);
}

/* Where the timeout of a call stands in memory; 0: in a register, or there is none. */
static __always_inline __u64 time_address(long nr, const struct wg_raw_wait *w)
{
	switch (nr) {
	case 35: return w->arg[0];  /* nanosleep */
	case 271:		    /* ppoll */
	case 128:		    /* rt_sigtimedwait */
	case 230: return w->arg[2]; /* clock_nanosleep */
	case 202:		    /* futex */
	case 441:		    /* epoll_pwait2 */
	case 220:		    /* semtimedop */
	case 449: return w->arg[3]; /* futex_waitv */
	case 23:		    /* select */
	case 208:		    /* io_getevents */
	case 242:		    /* mq_timedsend */
	case 243:		    /* mq_timedreceive */
	case 270: return w->arg[4]; /* pselect6 */
	default: return 0;
	}
}

/* The registers of the thread that goes to sleep, as its system call found them. */
static __always_inline void take_registers(struct wg_raw_wait *w, struct task_struct *task)
{
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(task);

	w->nr = (int)regs->orig_ax;
	w->arg[0] = regs->di;
	w->arg[1] = regs->si;
	w->arg[2] = regs->dx;
	w->arg[3] = regs->r10;
	w->arg[4] = regs->r8;
	w->arg[5] = regs->r9;
	w->sp = regs->sp;
	w->pc = regs->ip;
	w->stack_bytes = 0;
	if (bpf_probe_read_user(w->stack, sizeof(w->stack), (void *)w->sp) == 0)
		w->stack_bytes = sizeof(w->stack);
	w->time_at = time_address(w->nr, w);
	if (w->time_at && bpf_probe_read_user(w->time, sizeof(w->time), (void *)w->time_at) < 0)
		w->time[0] = w->time[1] = -1;
}

/*
 * The reader comes by itself now and then. It is called for a thread that is new, so that it finds
 * its process alive, and when a quarter of the buffer is in use.
 */
static __always_inline __u64 when_to_read(const struct thread *t)
{
	return !t->is_known || bpf_ringbuf_query(&records, BPF_RB_AVAIL_DATA) > WG_RAW_BUFFER / 4
		       ? BPF_RB_FORCE_WAKEUP
		       : BPF_RB_NO_WAKEUP;
}

static __always_inline void tell_wait(struct thread *t, struct task_struct *task, __u64 now)
{
	struct wg_raw_wait *w = bpf_ringbuf_reserve(&records, sizeof(*w), 0);

	if (!w) {
		lose();
		return;
	}
	w->head.ts_ns = now;
	w->head.what = WG_RAW_WAIT;
	w->head.pid = task->tgid;
	w->head.tid = task->pid;
	w->head.pad = 0;
	w->cpu_ns = t->cpu_ns;
	w->time[0] = w->time[1] = -1;
	bpf_get_current_comm(w->comm, sizeof(w->comm));
	take_registers(w, task);
	bpf_ringbuf_submit(w, when_to_read(t));
	t->is_known = 1;
}

static __always_inline void tell_wake(
	struct thread *t, __u32 pid, __u32 tid, __u64 now, bool is_late)
{
	struct wg_raw_wake *w = bpf_ringbuf_reserve(&records, sizeof(*w), 0);

	if (!w) {
		lose();
		return;
	}
	w->head.ts_ns = is_late && t->waking_ns ? t->waking_ns : now;
	w->head.what = WG_RAW_WAKE;
	w->head.pid = pid;
	w->head.tid = tid;
	w->head.pad = 0;
	w->waking_ns = t->waking_ns;
	w->sleep_ns = t->sleep_ns;
	w->by_pid = t->by_pid;
	w->by_tid = t->by_tid;
	w->by_nr = t->by_nr;
	w->is_interrupt = t->is_interrupt;
	w->timer = t->timer;
	w->is_late = is_late;
	bpf_ringbuf_submit(w, BPF_RB_NO_WAKEUP);
}

static __always_inline void tell_life(enum wg_raw_what what, __u32 pid, __u32 tid)
{
	struct wg_raw_wake *w = bpf_ringbuf_reserve(&records, sizeof(*w), 0);

	if (!w) {
		lose();
		return;
	}
	__builtin_memset(w, 0, sizeof(*w));
	w->head.ts_ns = bpf_ktime_get_ns();
	w->head.what = what;
	w->head.pid = pid;
	w->head.tid = tid;
	bpf_ringbuf_submit(w, BPF_RB_NO_WAKEUP);
}

/*
 * Is this the doing of the thread that runs, or of an interrupt that came while it ran? A
 * tracepoint's arguments are on the stack of whoever fired it. Interrupts have a stack of their
 * own, unless they came while the thread was in its program: then it is in no system call.
 */
static __always_inline bool is_interrupt(void *ctx, struct task_struct *current, int nr)
{
	__u64 at = (__u64)ctx;

	/* The verifier takes the difference of two pointers for a number, if it does not see them.
	 */
	__asm__ __volatile__("%0 -= %1" : "+r"(at) : "r"(current));
	at += bpf_get_current_task() - (__u64)current->stack;
	return at >= STACK_BYTES || nr < 0;
}

/* The kernel's own threads make no system calls. */
static __always_inline int call_of(struct task_struct *task)
{
	struct pt_regs *regs;

	if (!task->pid || (task->flags & PF_KTHREAD)) /* 0: the idle task */
		return -1;
	regs = (struct pt_regs *)bpf_task_pt_regs(task);
	return (int)regs->orig_ax;
}

static __always_inline enum wg_raw_timer timer_of(struct task_struct *task)
{
	__u32 high = HIGH_RESOLUTION, ticks = IN_TICKS;
	struct timer *timer = bpf_map_lookup_elem(&timers, &high);

	if (!timer || !timer->runs)
		timer = bpf_map_lookup_elem(&timers, &ticks);
	if (!timer || !timer->runs)
		return WG_RAW_NO_TIMER;
	return timer->owner == (__u64)task ? WG_RAW_OWN_TIMER : WG_RAW_OTHER_TIMER;
}

SEC("tp_btf/sched_waking")
int BPF_PROG(on_waking, struct task_struct *task)
{
	struct thread *t = recorded(task);
	struct task_struct *current = bpf_get_current_task_btf();

	/* It may come before the switch of a thread that is just falling asleep on another
	 * processor: that sleep is over then, and no other waking tells so. */
	if (!t)
		return 0;
	if (!t->on_since_ns && !t->sleep_ns && !t->is_known)
		t->sleep_ns = BEFORE; /* it slept already when the recording began */
	t->waking_ns = bpf_ktime_get_ns();
	t->by_pid = current->tgid;
	t->by_tid = current->pid;
	t->by_nr = call_of(current);
	t->is_interrupt = is_interrupt(ctx, current, t->by_nr);
	t->timer = t->is_interrupt ? timer_of(task) : WG_RAW_NO_TIMER;
	return 0;
}

static __always_inline int set_timer(__u32 kind, __u64 runs, void *owner)
{
	struct timer *timer = bpf_map_lookup_elem(&timers, &kind);

	if (timer) {
		timer->owner = (__u64)owner;
		timer->runs = runs;
	}
	return 0;
}

/* Before its function runs, which forgets the thread. Other timers have something else there. */
SEC("tp_btf/hrtimer_expire_entry")
int BPF_PROG(on_timer, struct hrtimer *timer)
{
	struct hrtimer_sleeper *sleeper = (struct hrtimer_sleeper *)timer;

	return set_timer(HIGH_RESOLUTION, 1, BPF_CORE_READ(sleeper, task));
}

SEC("tp_btf/hrtimer_expire_exit")
int BPF_PROG(after_timer, struct hrtimer *timer)
{
	return set_timer(HIGH_RESOLUTION, 0, 0);
}

SEC("tp_btf/timer_expire_entry")
int BPF_PROG(on_tick_timer, struct timer_list *timer)
{
	struct process_timer *sleeper = (struct process_timer *)timer;

	return set_timer(IN_TICKS, 1, BPF_CORE_READ(sleeper, task));
}

SEC("tp_btf/timer_expire_exit")
int BPF_PROG(after_tick_timer, struct timer_list *timer)
{
	return set_timer(IN_TICKS, 0, 0);
}

static __always_inline void wakes(struct thread *t, __u32 pid, __u32 tid, __u64 now, bool is_late)
{
	if (!t->sleep_ns)
		return;
	tell_wake(t, pid, tid, now, is_late);
	t->sleep_ns = t->waking_ns = 0;
	t->by_pid = t->by_tid = t->is_interrupt = t->timer = 0;
	t->by_nr = -1;
}

/*
 * Some kernels run no program like this one while certain tasks are on the processor. What comes
 * right after one of them is missed; so a thread may fall asleep that was not seen to wake.
 */
static __always_inline void goes_to_sleep(struct thread *t, struct task_struct *task, __u64 now)
{
	wakes(t, task->tgid, task->pid, now, true);
	tell_wait(t, task, now);
	t->sleep_ns = now;
	t->cpu_ns = 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool is_preempted, struct task_struct *prev, struct task_struct *next)
{
	__u64 now = bpf_ktime_get_ns();
	struct thread *t = recorded(prev);

	if (t) {
		if (t->on_since_ns)
			t->cpu_ns += now - t->on_since_ns;
		t->on_since_ns = 0;
		if (!is_preempted && prev->__state && !(prev->__state & STATE_DEAD))
			goes_to_sleep(t, prev, now);
	}
	t = bpf_task_storage_get(&threads, next, 0, 0);
	if (t) {
		t->on_since_ns = now;
		wakes(t, next->tgid, next->pid, now, false);
	}
	return 0;
}

SEC("tp_btf/sched_process_fork")
int BPF_PROG(on_fork, struct task_struct *parent, struct task_struct *child)
{
	__u32 pid = parent->tgid, child_pid = child->tgid, *target;

	target = bpf_map_lookup_elem(&targets, &pid);
	if (target && pid != child_pid)
		bpf_map_update_elem(&targets, &child_pid, target, BPF_ANY);
	return 0;
}

SEC("tp_btf/sched_process_exec")
int BPF_PROG(on_exec, struct task_struct *task)
{
	__u32 pid = task->tgid, on = WG_RAW_ON;

	if (!bpf_map_lookup_elem(&targets, &pid))
		return 0;
	bpf_map_update_elem(&targets, &pid, &on, BPF_ANY);
	tell_life(WG_RAW_EXEC, pid, task->pid);
	return 0;
}

SEC("tp_btf/sched_process_exit")
int BPF_PROG(on_exit, struct task_struct *task)
{
	struct thread *t = bpf_task_storage_get(&threads, task, 0, 0);
	__u32 pid = task->tgid;

	if (t) {
		wakes(t, pid, task->pid, bpf_ktime_get_ns(), true);
		tell_life(WG_RAW_EXIT, pid, task->pid);
	}
	if (task->signal->live.counter == 0) /* its number may be another's tomorrow */
		bpf_map_delete_elem(&targets, &pid);
	return 0;
}
