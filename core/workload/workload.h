/*
 * workload.h: what a workload is given, what it reports, and how one is added.
 *
 * wakegap-workload is the program that gets recorded. It takes plain numbers and answers with one
 * line of JSON, so that the `wakegap` command needs nothing of the core. It also lists what it
 * knows
 * (--waits, --workloads): defaults and bounds are written here only, and the command makes its
 * options and its help from the lists.
 *
 * To add a workload, write core/workload/NAME.c, which ends in a table, declare the table here, and
 * add a line to the registry in workload.c.
 */
#ifndef CORE_WORKLOAD_WORKLOAD_H
#define CORE_WORKLOAD_WORKLOAD_H

#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/loop.h"
#include "core/wait/wait.h"

/*
 * Strategies that a program is linked with besides those of libwakegap: a table that ends in NULL.
 * It is not in the core (see labs/waits/plug.c), and a program may be linked without it.
 */
extern const struct wg_wait_ops *const wg_workload_more_waits[] __attribute__((weak));

/* Those of the library first, then the others; NULL past the last. */
const struct wg_wait_ops *wg_workload_wait_at(size_t i);
const struct wg_wait_ops *wg_workload_wait_find(const char *name); /* or NULL */

/*
 * Which passes hash the bytes that they deliver. Hashing takes a third of a pass that reads from
 * the page cache, so passes that are compared by their time do without.
 */
enum wg_check {
	WG_CHECK_NONE,
	WG_CHECK_EXTRA, /* one pass more, before the others; it is not timed */
	WG_CHECK_ALL,
};

/* What was asked for. A workload reads the numbers that its own table names. */
struct wg_workload {
	const char *wait; /* strategy, or "pread": no loop at all, the floor */
	uint64_t tick_ns;
	uint64_t passes;
	uint64_t workers;	/* 0: default */
	uint64_t patience_ns;	/* without progress for so long, it hangs; 0: for ever */
	uint64_t window_ns;	/* makes the moment between look and sleep last so long */
	uint64_t check;		/* enum wg_check */
	uint64_t turns;		/* a socket: passes in turn with who has its other end; 0: none */
	const char *record_dir; /* where a trace of the run is written; NULL: none */

	const char *file;
	uint64_t chunk;	   /* read: bytes a read */
	uint64_t timers;   /* sleep */
	uint64_t every_ns; /* sleep, mixed */
	uint64_t clients;  /* echo: connections, all at once */
	uint64_t requests; /* echo: in one pass, over all clients */
	uint64_t bytes;	   /* echo: in one request */
	uint64_t rounds;   /* mixed: steps of each of its four chains */
	uint64_t ops;	   /* storm: in one pass */
	uint64_t inflight; /* storm: at a time */
};

/* How people write the number; --workloads says count, size, time, file. */
enum wg_param_unit { WG_PARAM_COUNT, WG_PARAM_SIZE, WG_PARAM_TIME, WG_PARAM_FILE };

struct wg_param {
	const char *name; /* the option; a time's takes "-ns" here, where units are not known */
	enum wg_param_unit unit;
	size_t offset; /* in struct wg_workload: a uint64_t, or the text of a file */
	uint64_t preset, min, max;
	const char *does; /* one line for people */
};

#define WG_PARAMS_MAX 6

struct wg_workload_ops {
	const char *name;
	const char *does;		       /* one line for people */
	struct wg_param params[WG_PARAMS_MAX]; /* up to the first without a name */

	/* 0, 77 (the strategy is not available on this machine), or 1, after one line on stderr.
	 * The answer goes to stdout. */
	int (*run)(const struct wg_workload *w);
};

extern const struct wg_workload_ops wg_workload_read;
extern const struct wg_workload_ops wg_workload_sleep;
extern const struct wg_workload_ops wg_workload_echo;
extern const struct wg_workload_ops wg_workload_mixed;
extern const struct wg_workload_ops wg_workload_storm;

/* One line on stderr, as the command that runs us would say it. Returns 1. */
int wg_workload_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The trace of what was recorded, if anything was. 0, or 1 after one line. */
int wg_workload_write(const struct wg_workload *w);

/* The status of a workload that hung; its answer says what was seen. */
#define WG_WORKLOAD_HANGS 3

/* ---- passes and their report (report.c) ---- */

struct wg_pass {
	uint64_t ops;
	uint64_t bytes;
	uint64_t checksum; /* of what was delivered: equal for every pass and every strategy */
	int64_t ns;
	int64_t cpu_ns; /* of all threads; set for it */
};

struct wg_job {
	/* One pass. loop is NULL for the floor. 0, or a status after one line on stderr. */
	int (*pass)(struct wg_job *job, struct wg_loop *loop, struct wg_pass *ret_pass);

	/* Print further members of the answer, each with a comma before it; or NULL. */
	void (*print_more)(struct wg_job *job, int64_t median_ns);
	const struct wg_workload *w;
	uint64_t planned; /* operations of one pass, if that is known before; or 0 */
	bool hashes;	  /* it hashes what it delivers, if a pass is_checked */
	bool is_checked;  /* set for each pass */
	bool is_extra;	  /* likewise: not timed, so its times do not count */
};

/* Make the loop, run all passes on it, print the answer. As run() above. */
int wg_workload_repeat(struct wg_job *job);

/* Is there a pass that is checked and not timed? */
static inline bool wg_workload_has_extra(const struct wg_job *job)
{
	return job->hashes && job->w->check == WG_CHECK_EXTRA;
}

/* ops, but each sleep begins window_ns late (window.c). One at a time. */
const struct wg_wait_ops *wg_workload_widen(const struct wg_wait_ops *ops, int64_t window_ns);

/*
 * Watch the loop from a thread of its own until stopped; if it hangs, print so and end the process
 * (watch.c). NULL: nothing to watch; or no memory or thread, which was printed.
 */
struct wg_watch;
struct wg_watch *wg_workload_watch(const struct wg_job *job, struct wg_loop *loop);
void wg_workload_unwatch(struct wg_watch *watch); /* NULL is fine */

/* ---- many times of one sort, to be printed as a distribution (times.c) ---- */

struct wg_times {
	int64_t *v; /* owned */
	size_t count, cap;
};

/* Room for cap of them; 0 or -ENOMEM. */
int wg_times_init(struct wg_times *t, uint64_t cap);
void wg_times_fini(struct wg_times *t);

/* One more; it must have room. */
void wg_times_add(struct wg_times *t, int64_t ns);

/* Of two int64_t, as qsort(3) wants it. */
int wg_times_compare(const void *a, const void *b);

/* ,"name":{"min":..,"p50":..,"p99":..,"max":..}, nearest rank. Sorts. */
void wg_times_print(struct wg_times *t, const char *name);

/* ---- sockets (tcp.c) ---- */

/*
 * A listening socket on a port of the kernel's choice on 127.0.0.1. 0, *ret_fd and *ret_addr, or 1
 * after one line.
 */
int wg_workload_listen(uint64_t backlog, int *ret_fd, struct sockaddr_in *ret_addr);

/* A TCP socket, close-on-exec, that sends at once what it is given. -errno if there is none. */
int wg_workload_tcp_socket(void);
void wg_workload_tcp_no_delay(int fd);

#endif
