/*
 * raw.h: what the program in the kernel tells us: the records of its buffer.
 *
 * Both sides include this file, the kernel's without a C library. Times are of CLOCK_MONOTONIC.
 */
#ifndef TRACES_KERNEL_RAW_H
#define TRACES_KERNEL_RAW_H

#define WG_RAW_STACK  512 /* bytes from the stack pointer on: a condition wait needs some 300 */
#define WG_RAW_BUFFER (1u << 24)

enum wg_raw_what {
	WG_RAW_WAIT, /* a thread goes to sleep */
	WG_RAW_WAKE, /* it runs again */
	WG_RAW_EXEC, /* a process has become another program */
	WG_RAW_EXIT, /* a thread has ended */
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
	WG_RAW_OTHER_TIMER, /* a timer's descriptor, a timer that sends a signal */
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
};

struct wg_raw_wait {
	struct wg_raw_head head;
	unsigned long long cpu_ns; /* used since the last wake */
	unsigned long long arg[6], sp, pc;
	unsigned long long time_at; /* where the timeout stands in memory; 0: in a register */
	long long time[2];	    /* what stood there */
	int nr;			    /* -1: not in a system call */
	unsigned int stack_bytes;
	char comm[16];
	unsigned char stack[WG_RAW_STACK];
};

#endif
