/*
 * light.bpf.c: which thread sleeps in what, and who wakes it: runs in the kernel.
 *
 * sched_switch and sched_waking tell it, and those of timers, whether it was a timeout. A program
 * that is not recorded pays for one look in a table whenever it goes to sleep, and one when it is
 * woken, and for nothing else. The price: what a call returned, polls that never slept, and
 * notifies that woke nobody are not seen. The full form (calls.bpf.h) sees them; without it, the
 * kernel's verifier takes its code away, and its two programs are not loaded.
 *
 * The timeout is read as the thread goes to sleep, since it may be on the stack of a function that
 * has returned by the time of the wake.
 *
 * x86-64 only, for the registers.
 */
#include "traces/kernel/calls.bpf.h"
#include "traces/kernel/tell.bpf.h"

char LICENSE[] SEC("license") = "GPL"; /* helpers that read memory ask for it */

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

/*
 * Not all timers that end a wait belong to a sleep: the timeout of io_uring_enter has a function of
 * its own. A timer's descriptor is a timer too, as is an operation of io_uring. The kernel's names
 * tell them apart; where they are other ones, it stays another timer.
 */
static __always_inline enum wg_raw_timer timer_by_name(__u64 timer)
{
	static const char format[] = "%ps";
	void *function = BPF_CORE_READ((struct hrtimer *)timer, function);
	char name[32] = "";
	__u64 arg = (__u64)function;

	if (bpf_snprintf(name, sizeof(name), format, &arg, sizeof(arg)) < 0)
		return WG_RAW_OTHER_TIMER;
	if (begins(name, "io_cqrin")) /* io_cqring_timer_wakeup */
		return WG_RAW_OWN_TIMER;
	if (begins(name, "timerfd_") ||	    /* timerfd_tmrproc */
		begins(name, "io_timeo") || /* io_timeout_fn */
		begins(name, "io_link_"))   /* io_link_timeout_fn */
		return WG_RAW_FD_TIMER;
	return WG_RAW_OTHER_TIMER;
}

static __always_inline enum wg_raw_timer timer_of(struct task_struct *task)
{
	__u32 high = HIGH_RESOLUTION, ticks = IN_TICKS;
	struct timer *timer = bpf_map_lookup_elem(&timers, &high);

	if (timer && timer->runs)
		return timer->owner == (__u64)task ? WG_RAW_OWN_TIMER : timer_by_name(timer->runs);
	timer = bpf_map_lookup_elem(&timers, &ticks);
	if (!timer || !timer->runs)
		return WG_RAW_NO_TIMER;
	return timer->owner == (__u64)task ? WG_RAW_OWN_TIMER : WG_RAW_OTHER_TIMER;
}

/* What a call does after it has its result, as to close a file, is not what it was for; nor are
 * threads of the kernel that it woke. */
static __always_inline void count_woken(
	void *ctx, struct task_struct *current, struct task_struct *woken)
{
	struct thread *t = bpf_task_storage_get(&threads, current, 0, 0);
	struct pt_regs *regs = (struct pt_regs *)bpf_task_pt_regs(current);

	if (t && !(woken->flags & PF_KTHREAD) && (long)regs->ax == -ENOSYS &&
		!is_interrupt(ctx, current, call_of(current)))
		t->woken++;
}

SEC("tp_btf/sched_waking")
int BPF_PROG(on_waking, struct task_struct *task)
{
	struct thread *t = recorded(task);
	struct task_struct *current = bpf_get_current_task_btf();

	/* It may come before the switch of a thread that is just falling asleep on another
	 * processor: that sleep is over then, and no other waking tells so. */
	if (setup.has_calls)
		count_woken(ctx, current, task);
	if (!t)
		return 0;
	if (!t->on_since_ns && !t->sleep_ns && !t->is_known) {
		t->sleep_ns = BEFORE; /* it slept already when the recording began */
		t->is_asleep = 1;
		if (setup.has_calls)
			find_call(t, task->tgid, task->pid, call_of(task));
	}
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

	return set_timer(HIGH_RESOLUTION, (__u64)timer, BPF_CORE_READ(sleeper, task));
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

/*
 * Some kernels run no program like this one while certain tasks are on the processor. What comes
 * right after one of them is missed; so a thread may fall asleep that was not seen to wake.
 *
 * In the full form, a wait is a call: it may sleep several times, and the last waking counts.
 */
static __always_inline void goes_to_sleep(struct thread *t, struct task_struct *task, __u64 now)
{
	if (setup.has_calls) {
		find_call(t, task->tgid, task->pid, call_of(task));
		t->is_asleep = 1;
		if (t->call && t->sleep_ns) {
			if (t->waking_ns <= t->run_ns)
				t->waking_ns = 0;
			return;
		}
	}
	wakes(t, task->tgid, task->pid, now, true);
	tell_wait(t, task, now);
	t->sleep_ns = now;
	t->cpu_ns = 0;
}

/* In the full form, the end of the call tells the wake. */
static __always_inline void runs_again(struct thread *t, struct task_struct *task, __u64 now)
{
	if (!setup.has_calls || !t->call) {
		wakes(t, task->tgid, task->pid, now, false);
	} else if (t->is_asleep) {
		t->run_ns = now;
	}
	t->is_asleep = 0;
}

SEC("tp_btf/sched_switch")
int BPF_PROG(on_switch, bool is_preempted, struct task_struct *prev, struct task_struct *next)
{
	__u64 now = bpf_ktime_get_ns();
	struct thread *t = recorded(prev);

	if (t && !t->has_ended) {
		if (t->on_since_ns)
			t->cpu_ns += now - t->on_since_ns;
		t->on_since_ns = 0;
		if (!is_preempted && prev->__state && !(prev->__state & STATE_DEAD))
			goes_to_sleep(t, prev, now);
	}
	t = bpf_task_storage_get(&threads, next, 0, 0);
	if (t && !t->has_ended) {
		t->on_since_ns = now;
		runs_again(t, next, now);
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
		t->has_ended = 1;
	}
	if (task->signal->live.counter == 0) /* its number may be another's tomorrow */
		bpf_map_delete_elem(&targets, &pid);
	return 0;
}

SEC("tp_btf/sys_enter")
int BPF_PROG(on_enter, struct pt_regs *regs, long nr)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct thread *t = may_wait(nr) ? recorded(task) : 0;

	if (t)
		begin_call(t, task, regs, nr);
	return 0;
}

SEC("tp_btf/sys_exit")
int BPF_PROG(on_leave, struct pt_regs *regs, long ret)
{
	struct task_struct *task = bpf_get_current_task_btf();
	struct thread *t = recorded(task);

	if (t)
		end_call(t, task, regs, ret);
	return 0;
}
