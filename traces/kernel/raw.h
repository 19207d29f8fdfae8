/*
 * raw.h: what the program in the kernel tells us: the records of its buffer.
 *
 * Both sides include this file, the kernel's without a C library. Times are of CLOCK_MONOTONIC.
 */
#ifndef TRACES_KERNEL_RAW_H
#define TRACES_KERNEL_RAW_H

#define WG_RAW_STACK  512 /* bytes from the stack pointer on: a condition wait needs some 300 */
#define WG_RAW_CALLER 256 /* the same for a notify: its functions are small */
#define WG_RAW_BUFFER (1u << 24)

enum wg_raw_what {
	WG_RAW_WAIT,   /* a thread goes to sleep */
	WG_RAW_WAKE,   /* it runs again */
	WG_RAW_EXEC,   /* a process has become another program */
	WG_RAW_EXIT,   /* a thread has ended */
	WG_RAW_NOTIFY, /* it notified whoever waits for something: the full form only */
};

/* What a process is to the recording. */
enum wg_raw_target {
	WG_RAW_AT_EXEC = 1, /* it is recorded from its next exec on */
	WG_RAW_ON,
};

/* Which timer ended a wait. */
enum wg_raw_timer {
	WG_RAW_NO_TIMER,
	WG_RAW_OWN_TIMER,   /* the timeout that the thread asked for */
	WG_RAW_OTHER_TIMER, /* as one that sends a signal */
	WG_RAW_FD_TIMER,    /* of a timer's descriptor, or an operation of io_uring that is one */
};

/* What a system call means, in the full form. */
enum wg_raw_meaning {
	WG_RAW_WAITS = 1 << 0,	 /* it is a wait even if it did not have to sleep */
	WG_RAW_FUTEX = 1 << 1,	 /* some of its operations wait, some notify */
	WG_RAW_ACTS = 1 << 2,	 /* the thread acts by it if it succeeds */
	WG_RAW_MOVES = 1 << 3,	 /* it acts if more than 0 is returned: bytes, a process */
	WG_RAW_READS = 1 << 4,	 /* likewise, from the descriptor in its first argument */
	WG_RAW_WRITES = 1 << 5,	 /* likewise, to it */
	WG_RAW_SUBMITS = 1 << 6, /* likewise, before it sleeps */
	WG_RAW_SLEEPS = 1 << 7	 /* it is a wait if it slept */
};

#define WG_RAW_CALLS 512

/* Told to the program in the kernel before it is loaded. */
struct wg_raw_setup {
	unsigned int has_calls; /* the full form */
	unsigned int has_cast;	/* the kernel has bpf_rdonly_cast() */
	unsigned char meaning[WG_RAW_CALLS];
};

/* What a thread did since its last wake: as enum wg_did. */
enum wg_raw_did {
	WG_RAW_DID_UNKNOWN,
	WG_RAW_DID_NOTHING,
	WG_RAW_DID_LOOK,
	WG_RAW_DID_DRAIN,
	WG_RAW_DID_ACT,
};

struct wg_raw_head {
	unsigned long long ts_ns;
	unsigned int what;
	unsigned int pid, tid;
	unsigned int pad;
};

/* Also EXEC and EXIT, whose other fields are 0. */
struct wg_raw_wake {
	struct wg_raw_head head;
	unsigned long long waking_ns; /* 0: not seen */
	unsigned long long sleep_ns;  /* when the wait began */
	unsigned int by_pid, by_tid;  /* the thread that ran on the processor that woke it */
	int by_nr;		      /* of that thread's system call; -1: none */
	unsigned int is_interrupt;    /* an interrupt did it, on the back of that thread */
	unsigned int timer;	      /* enum wg_raw_timer */
	unsigned int
		is_late; /* it ran, and that was noticed later: the time is that of the waking */
	unsigned int has_ret, has_slept;
	long long ret; /* of the call */
};

struct wg_raw_notify {
	struct wg_raw_head head;
	unsigned long long object; /* a descriptor, or the address of a futex */
	unsigned long long sp, pc;
	long long ret; /* of the call */
	int nr;
	unsigned int woke; /* threads that it woke */
	unsigned int stack_bytes, pad;
	char comm[16];
	unsigned char stack[WG_RAW_CALLER];
};

#define WG_RAW_WATCHED 6 /* words: so many descriptors of a poll, or the first 128 of a select */

struct wg_raw_wait {
	struct wg_raw_head head;
	unsigned long long cpu_ns; /* used since the last wake */
	unsigned long long arg[6], sp, pc;
	unsigned long long time_at; /* where the timeout stands in memory; 0: in a register */
	long long time[2];	    /* what stood there */
	/* Likewise: struct pollfd one after another; or three sets of two words each. */
	unsigned long long watched[WG_RAW_WATCHED];
	int nr;		  /* -1: not in a system call */
	int calls;	  /* since the last wake; -1: not seen */
	unsigned int did; /* enum wg_raw_did, the most of it */
	unsigned int stack_bytes;
	unsigned int has_watched; /* 0: it is another call, or could not be read */
	unsigned int lacks_begin; /* its sets were gone by its end: its begin has to be seen */
	unsigned int has_ended;	  /* the call never slept: no record of its wake follows */
	unsigned int pad;
	unsigned long long end_ns;
	long long ret; /* of that call */
	char comm[16];
	unsigned char stack[WG_RAW_STACK];
};

#endif
