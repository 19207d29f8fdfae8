/*
 * calls.bpf.h: the full form of light.bpf.c, part of it: where each system call ends.
 *
 * With that, a wait is exactly one call, with what it returned; a poll that did not have to sleep
 * is seen, and so is what a thread did after its wake, and a notify that woke nobody. The price:
 * every call of every thread of the machine takes a little longer while it records.
 *
 * Where a call begins would cost as much again, and tells little more: its arguments are in the
 * registers until its end, and what it sleeps in is seen as it goes to sleep. So that is looked at
 * only from the moment on that it is needed (light.c): for select(), which writes to its sets, and
 * where the kernel has left out an end.
 *
 * Numbers of operations, of file systems and of errors are the kernel's interface.
 */
#ifndef TRACES_KERNEL_CALLS_BPF_H
#define TRACES_KERNEL_CALLS_BPF_H

#include "traces/kernel/tell.bpf.h"

enum { EBADF = 9, EFAULT = 14, EINVAL = 22, ENOSYS = 38, ETIME = 62, ETIMEDOUT = 110 };
enum {
	OP_WAIT = 0,
	OP_WAKE = 1,
	OP_REQUEUE = 3,
	OP_CMP_REQUEUE = 4,
	OP_WAKE_OP = 5,
	OP_LOCK_PI = 6,
	OP_WAIT_BITSET = 9,
	OP_WAKE_BITSET = 10,
	OP_WAIT_REQUEUE_PI = 11,
	OP_LOCK_PI2 = 13,
	OP_MASK = 0x7f
};

#define ANON_MAGIC 0x09041934
/* What is below /proc and /sys. */
#define PROC_MAGIC    0x9fa0
#define SYSFS_MAGIC   0x62656572
#define CGROUP_MAGIC  0x27e0eb
#define CGROUP2_MAGIC 0x63677270
#define DEBUGFS_MAGIC 0x64626720
#define TRACEFS_MAGIC 0x74726163
#define S_IFMT	      0170000
#define S_IFIFO	      0010000
#define S_IFCHR	      0020000
#define S_IFDIR	      0040000
#define S_IFBLK	      0060000
#define S_IFSOCK      0140000
#define AF_UNIX	      1

static __always_inline __u32 meaning_of(__u32 nr)
{
	/* The verifier sees a bound only in the register that was compared. */
	__asm__ __volatile__("" : "+r"(nr));
	return nr < WG_RAW_CALLS ? setup.meaning[nr] : 0;
}

/* Most calls cannot: nothing of their begin has to be known. */
static __always_inline bool may_wait(long nr)
{
	return meaning_of((__u32)nr) & (WG_RAW_WAITS | WG_RAW_FUTEX | WG_RAW_SUBMITS);
}

/* The call that a thread is in, -1: none. If a wait in another one is open, its end was missed. */
static __always_inline void find_call(struct thread *t, __u32 pid, __u32 tid, int nr)
{
	if (t->call == (__u32)nr + 1)
		return;
	if (t->call && t->sleep_ns)
		wakes(t, pid, tid, bpf_ktime_get_ns(), true);
	t->call = (__u32)nr + 1;
	t->enter_ns = 0;
}

static __always_inline void begin_call(
	struct thread *t, struct task_struct *task, struct pt_regs *regs, long nr)
{
	__u64 arg[6], at;

	if (t->sleep_ns)
		wakes(t, task->tgid, task->pid, bpf_ktime_get_ns(), true);
	t->call = (__u32)nr + 1;
	t->is_asleep = 0;
	t->enter_ns = bpf_ktime_get_ns();
	take_arguments(arg, regs);
	t->time[0] = t->time[1] = -1;
	at = time_address(nr, arg);
	if (at)
		read_time(t->time, at);
	t->has_watched = read_watched(t->watched, nr, arg);
}

/* ---- what is behind a descriptor ---- */

/*
 * A field of a structure whose address is known, and no more. bpf_rdonly_cast() says what type it
 * has: the field is then one load; without it, a call of a helper. Each write of a program takes
 * seven of them. Either way, what cannot be read is 0.
 */
#define FIELD(at, field)                                                                           \
	(setup.has_cast ? ((typeof(at))bpf_rdonly_cast(                                            \
				   at, bpf_core_type_id_kernel(typeof(*(at)))))                    \
				  ->field                                                          \
			: BPF_CORE_READ(at, field))

enum behind {
	ANYTHING,
	LOCAL,	 /* a pipe or a socket pair: the writer itself wakes whoever waits for it */
	COUNTER, /* an eventfd */
	TIMER,	 /* a timer's descriptor */
	FIGURES, /* of the kernel: who reads them only looks */
};

static __always_inline enum behind behind_anonymous(struct file *file)
{
	const unsigned char *at = BPF_CORE_READ(file, f_path.dentry, d_name.name);
	char name[8] = "";

	(void)bpf_probe_read_kernel(name, sizeof(name), at);
	if (begins(name, "[eventfd"))
		return COUNTER;
	return begins(name, "[timerfd") ? TIMER : ANYTHING;
}

static __always_inline enum behind behind_file(struct file *file)
{
	struct inode *inode = FIELD(file, f_inode);
	struct super_block *of = FIELD(inode, i_sb);

	switch (FIELD(of, s_magic)) {
	case ANON_MAGIC: return behind_anonymous(file);
	case PROC_MAGIC:
	case SYSFS_MAGIC:
	case CGROUP_MAGIC:
	case CGROUP2_MAGIC:
	case DEBUGFS_MAGIC:
	case TRACEFS_MAGIC: return FIGURES;
	default: return ANYTHING;
	}
}

/* A connection carries bytes; its end may be on another machine. Both of a pair are ours. */
static __always_inline enum behind behind_socket(struct file *file)
{
	struct socket *socket = FIELD(file, private_data);
	struct sock *sk = FIELD(socket, sk);
	struct unix_sock *one = (struct unix_sock *)sk, *other;

	if (FIELD(sk, __sk_common.skc_family) != AF_UNIX || FIELD(one, addr))
		return ANYTHING;
	other = (struct unix_sock *)FIELD(one, peer);
	return FIELD(other, addr) ? ANYTHING : LOCAL;
}

static __always_inline enum behind behind(struct task_struct *task, __u32 fd)
{
	struct fdtable *table = task->files->fdt;
	struct list_head *entry; /* its first field is a pointer, as an entry of the table is */
	struct file *file;
	struct inode *inode;

	if (fd >= table->max_fds)
		return ANYTHING;
	entry = (struct list_head *)(table->fd + fd);
	file = FIELD(entry, next);
	inode = FIELD(file, f_inode);
	switch (FIELD(inode, i_mode) & S_IFMT) {
	case S_IFSOCK: return behind_socket(file);
	case S_IFIFO: return LOCAL;
	case S_IFCHR:
	case S_IFDIR:
	case S_IFBLK: return ANYTHING;
	default: return behind_file(file);
	}
}

/* ---- what a call was for ---- */

static __always_inline void tell_notify(
	struct thread *t, struct task_struct *task, struct pt_regs *regs, int nr, long ret)
{
	struct wg_raw_notify *n = bpf_ringbuf_reserve(&records, sizeof(*n), 0);

	if (!n) {
		lose();
		return;
	}
	n->head.ts_ns = bpf_ktime_get_ns();
	n->head.what = WG_RAW_NOTIFY;
	n->head.pid = task->tgid;
	n->head.tid = task->pid;
	n->head.pad = 0;
	n->object = regs->di;
	n->sp = regs->sp;
	n->pc = regs->ip;
	n->ret = ret;
	n->nr = nr;
	n->woke = t->woken;
	n->pad = n->stack_bytes = 0;
	if (bpf_probe_read_user(n->stack, sizeof(n->stack), (void *)n->sp) == 0)
		n->stack_bytes = sizeof(n->stack);
	take_name(n->comm, task);
	bpf_ringbuf_submit(n, when_to_read(t));
}

static __always_inline bool is_futex_wait(__u32 op)
{
	op &= OP_MASK;
	return op == OP_WAIT || op == OP_WAIT_BITSET || op == OP_LOCK_PI || op == OP_LOCK_PI2 ||
	       op == OP_WAIT_REQUEUE_PI;
}

static __always_inline bool is_futex_wake(__u32 op)
{
	op &= OP_MASK;
	return op == OP_WAKE || op == OP_WAKE_BITSET || op == OP_WAKE_OP || op == OP_REQUEUE ||
	       op == OP_CMP_REQUEUE;
}

/* How much of a deed it was; and if it was a notify, that is told. */
static __always_inline __u32 deed_of(
	struct thread *t, struct task_struct *task, struct pt_regs *regs, int nr, long ret)
{
	__u32 meaning = meaning_of((__u32)nr);
	enum behind what;

	if (ret < 0)
		return WG_RAW_DID_LOOK;
	if (meaning & WG_RAW_ACTS)
		return WG_RAW_DID_ACT;
	if (meaning & WG_RAW_FUTEX && is_futex_wake((__u32)regs->si))
		tell_notify(t, task, regs, nr, ret);
	if (ret == 0 || !(meaning & (WG_RAW_MOVES | WG_RAW_READS | WG_RAW_WRITES | WG_RAW_FUTEX |
					    WG_RAW_SUBMITS)))
		return WG_RAW_DID_LOOK;
	if (!(meaning & (WG_RAW_READS | WG_RAW_WRITES)) ||
		(meaning & WG_RAW_READS && t->did == WG_RAW_DID_ACT))
		return WG_RAW_DID_ACT;
	what = behind(task, (__u32)regs->di);
	if (meaning & WG_RAW_READS && what == FIGURES)
		return WG_RAW_DID_LOOK;
	if (meaning & WG_RAW_READS)
		return what == COUNTER || what == TIMER ? WG_RAW_DID_DRAIN : WG_RAW_DID_ACT;
	if (what == LOCAL || what == COUNTER)
		tell_notify(t, task, regs, nr, ret);
	return WG_RAW_DID_ACT;
}

/* ---- the end of a call ---- */

/* It never slept; is it a wait all the same? */
static __always_inline bool is_wait(__u32 meaning, struct pt_regs *regs, long ret)
{
	if (meaning & WG_RAW_WAITS)
		return ret != -EFAULT && ret != -EINVAL && ret != -EBADF;
	if (meaning & WG_RAW_FUTEX)
		return is_futex_wait((__u32)regs->si) && ret == -ETIMEDOUT;
	return meaning & WG_RAW_SUBMITS && ret == -ETIME;
}

/* A wait that slept. */
static __always_inline void tell_end(struct thread *t, struct task_struct *task, long ret)
{
	struct wg_raw_wake *w = new_wake(WG_RAW_WAKE, task->tgid, task->pid);

	if (w) {
		fill_wake(w, t, t->run_ns ? t->run_ns : bpf_ktime_get_ns(), !t->run_ns);
		w->has_ret = 1;
		w->ret = ret;
		bpf_ringbuf_submit(w, BPF_RB_NO_WAKEUP);
	}
	close_wait(t);
}

/* One that never slept: a busy loop has many, so they are one record, not two. It began when it
 * ended, if more is not known. */
static __always_inline void tell_whole(
	struct thread *t, struct task_struct *task, struct pt_regs *regs, long ret)
{
	__u64 now = bpf_ktime_get_ns();
	struct wg_raw_wait *w;

	t->cpu_ns += t->on_since_ns ? now - t->on_since_ns : 0;
	t->on_since_ns = now;
	w = new_wait(t, task, regs, t->enter_ns ? t->enter_ns : now);
	if (w) {
		w->lacks_begin = !t->enter_ns && writes_sets(w->nr);
		w->has_watched = w->has_watched && !w->lacks_begin;
		w->has_ended = 1;
		w->end_ns = now;
		w->ret = ret;
		bpf_ringbuf_submit(w, when_to_read(t));
	}
	t->cpu_ns = 0;
	close_wait(t);
}

/* Its wait, if it was one, is told. Was it? */
static __always_inline bool end_wait(
	struct thread *t, struct task_struct *task, struct pt_regs *regs, __u32 meaning, long ret)
{
	if (t->sleep_ns)
		tell_end(t, task, ret);
	else if (is_wait(meaning, regs, ret))
		tell_whole(t, task, regs, ret);
	else
		return false;
	return true;
}

static __always_inline void end_call(
	struct thread *t, struct task_struct *task, struct pt_regs *regs, long ret)
{
	int nr = (int)regs->orig_ax;
	__u32 meaning = meaning_of((__u32)nr), deed;
	bool has_waited;

	find_call(t, task->tgid, task->pid, nr);
	has_waited = end_wait(t, task, regs, meaning, ret);
	t->call = 0;
	/* What it waited with was no deed of its own after the wake. */
	if (!(meaning & WG_RAW_WAITS || (has_waited && meaning & WG_RAW_SUBMITS) ||
		    (meaning & WG_RAW_FUTEX && is_futex_wait((__u32)regs->si)))) {
		deed = deed_of(t, task, regs, nr, ret);
		t->calls++;
		if (deed > t->did)
			t->did = deed;
	}
	t->woken = 0;
}

#endif
