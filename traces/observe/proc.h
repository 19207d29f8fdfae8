/*
 * proc.h: the files of /proc that an observer reads, as values.
 *
 * A thread is held by a descriptor of its folder. Once it has ended, every look through that
 * descriptor fails, and another thread that gets its number later is not taken for it.
 *
 * All functions read; none blocks for longer than the kernel takes to print a small file. Any
 * thread may call them. Errors: a negative errno; -ESRCH if the process or thread has ended.
 */
#ifndef TRACES_OBSERVE_PROC_H
#define TRACES_OBSERVE_PROC_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#define WG__COMM_MAX 64 /* the kernel's limit is 15 bytes; its own threads may have more */

/* What a process is. */
struct wg__proc {
	pid_t pid;
	uid_t uid;		 /* its real user */
	bool is_kernel;		 /* a thread of the kernel: it makes no system calls */
	char comm[WG__COMM_MAX]; /* any bytes but 0 */
	char exe[256];		 /* the last part of its program's path; "" if that is hidden */
};

/* What the kernel has counted of a thread since it began. */
struct wg__counts {
	char state;	      /* as ps prints it: R, S, D, Z... */
	uint64_t voluntary;   /* it went to sleep */
	uint64_t involuntary; /* it was put aside while it had work */
	int64_t cpu_ns;
};

/* A small file below a folder, terminated; its length. */
ssize_t wg__proc_read(int at, const char *path, char *text, size_t len);

/* The numbers that are names in /proc (processes), or in /proc/PID/task (threads): each to fn. */
int wg__proc_each(const char *folder, int (*fn)(void *user, pid_t id), void *user);

/* pid may also be a thread's number: the process it belongs to. */
int wg__proc_look(pid_t pid, struct wg__proc *ret);

/* The folder of a thread, to be closed by the caller. */
int wg__thread_open(pid_t pid, pid_t tid);
int wg__thread_counts(int dir, struct wg__counts *ret);
int wg__thread_comm(int dir, char comm[WG__COMM_MAX]);

/*
 * Memory of a process, up to where it cannot be read: the bytes that were. pid may be a thread's
 * number.
 */
size_t wg__proc_memory(pid_t pid, uint64_t address, void *to, size_t bytes);

#endif
