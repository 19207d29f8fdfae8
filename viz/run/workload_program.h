/*
 * workload_program.h: the program wakegap-workload, seen from the `wakegap` command: where it is,
 * how it is called, what it answers. What it knows: catalogue.h.
 *
 * The command does not link the core; it asks the program that does.
 */
#ifndef VIZ_RUN_WORKLOAD_PROGRAM_H
#define VIZ_RUN_WORKLOAD_PROGRAM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"

struct json_t;

/* The exit status of a workload whose loop hung; its answer says what was seen. */
#define WG_WORKLOAD_HANGS 3

struct wg_hang {
	uint64_t delivered, submitted; /* operations */
	uint64_t planned;	       /* in all passes; 0: not known before */
	uint64_t ready;		       /* results published and not delivered */
	int64_t patience_ns;	       /* nothing changed for so long */
};

/* One answer: a strategy's passes, or how they hung: then times and checksum are not set. */
struct wg_run_answer {
	bool hangs;
	struct wg_hang hang;
	uint64_t ops, bytes;
	double min_s, median_s, max_s; /* per pass */
	char checksum[32];
	struct json_t *all; /* owned: the answer itself, with the figures of this workload alone */
};

/* A program of ours: beside this one, or in ../libexec/wakegap. 0, or -ENOENT with a line. */
int wg_program_beside(const char *name, char *path, size_t len, struct wg_error *err);

/* What it prints when started with one option; *ret_text is the caller's to free. */
int wg_workload_ask(const char *program, const char *option, char **ret_text, struct wg_error *err);

/*
 * Run argv to its end, its standard output into out_fd. Returns its exit status (128 + N for signal
 * N) or a negative errno. For runs that are not recorded. Blocks.
 */
int wg_workload_run(char *const *argv, int out_fd, struct wg_error *err);

/* The same in two steps: a pid or a negative errno; then the exit status. */
pid_t wg_workload_start(char *const *argv, int out_fd, struct wg_error *err);
int wg_workload_end(pid_t pid);

/* Read an answer from the start of fd. */
int wg_workload_answer(int fd, struct wg_run_answer *ret, struct wg_error *err);
void wg_run_answer_fini(struct wg_run_answer *answer);

#endif
