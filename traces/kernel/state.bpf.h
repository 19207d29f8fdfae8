/*
 * state.bpf.h: what light.bpf.c keeps in the kernel: of each thread that is recorded, and its
 * tables.
 */
#ifndef TRACES_KERNEL_STATE_BPF_H
#define TRACES_KERNEL_STATE_BPF_H

#include "traces/kernel/raw.h"
#include "traces/kernel/types.bpf.h"

#define STATE_DEAD  0x80u
#define PF_KTHREAD  0x200000u
#define STACK_BYTES 16384u /* of the kernel, for a thread */
#define BEFORE	    1	   /* as a time: before the recording */
#define LOOK_EVERY  32u	   /* records of a thread, at how much of the buffer is in use */

/* A thread that is recorded. What each call of the full form needs stands together, first. */
struct thread {
	__u64 sleep_ns; /* of a wait that is open; 0: it runs */
	__u64 enter_ns; /* when its call began, for a call that may wait; 0: not known */
	__u32 call;	/* that it is in: its number + 1; 0: none */
	__u32 woken;	/* threads that it woke in this call */
	__s32 calls;	/* since its last wake */
	__u32 did;	/* enum wg_raw_did */
	__u32 is_asleep;
	__u32 is_known;	 /* the reader has heard of it */
	__u32 told;	 /* records, but for wakes */
	__u32 has_ended; /* what it sleeps in now is the kernel's affair */

	__u64 waking_ns;   /* 0: nobody has woken it yet */
	__u64 on_since_ns; /* on a processor since then; 0: not known */
	__u64 cpu_ns;	   /* since its last wake */
	__u64 run_ns;	   /* it ran again, in the wait that is open; 0: it still sleeps */
	__u32 by_pid, by_tid;
	__s32 by_nr;
	__u32 is_interrupt, timer;

	/* The full form only. */
	__u32 has_watched;
	__s64 time[2];		       /* its timeout, as it stood in memory then */
	__u64 watched[WG_RAW_WATCHED]; /* likewise; the call may write to its sets */
};

/* Told before it is loaded, so the compiler must not know it. */
const volatile struct wg_raw_setup setup SEC(".rodata.setup") = { 0 }; /* volatile: see above */

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
	__uint(map_flags, BPF_F_MMAPABLE); /* a system call to read it would stop us for a moment */
	__uint(max_entries, 1);
	__type(key, __u32);
	__type(value, __u64);
} lost SEC(".maps");

/* The timer whose function runs on a processor. */
struct timer {
	__u64 owner; /* the thread, if the timer is for a timeout; or else anything */
	__u64 runs;  /* its address; 0: none runs */
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

/* Is this how it begins? 8 characters. */
static __always_inline bool begins(const char *name, const char *with)
{
	int i;

	for (i = 0; i < 8; i++) {
		if (name[i] != with[i])
			return false;
	}
	return true;
}

#endif
