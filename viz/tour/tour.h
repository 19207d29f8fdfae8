/*
 * tour.h: one run of `wakegap tour`: the story of a loop that polled, in six steps.
 *
 * Nothing is prepared: each step runs a workload on this machine, records it, and shows what was
 * recorded. So what is said afterwards depends on what happened.
 */
#ifndef VIZ_TOUR_TOUR_H
#define VIZ_TOUR_TOUR_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/base/error.h"

struct tour_step {
	const char *title, *wait;
	const char *window;   /* how long the moment between the last look and the sleep lasts */
	const char *patience; /* a run that delivers nothing for so long hangs */
	const char *does;     /* before it runs: what this loop does */
	const char *works, *hangs; /* after it: why it went as it did */
};

struct tour {
	const char *dir;  /* for the traces and the file that is read; made by the caller */
	char file[4096];  /* read by each step */
	char self[4096];  /* the program `wakegap` */
	bool is_asked;	  /* a person is there: wait for Enter between the steps */
	char columns[16]; /* of the pictures */
};

/* Static; NULL past the last. */
const struct tour_step *wg_tour_step(size_t i);

/* The file and the paths. 0 or a negative errno with a line. */
int wg_tour_prepare(struct tour *tour, size_t bytes, struct wg_error *err);

/*
 * Run `wakegap ARGS...`, with its standard output to out_fd (-1: ours), and wait. Its exit status,
 * 128 + N after signal N; or a negative errno with a line.
 */
int wg_tour_call(
	const struct tour *tour, const char *const *args, int out_fd, struct wg_error *err);

/*
 * From here on Ctrl-C, SIGTERM and SIGHUP end what runs and then the tour, so that the caller can
 * remove the folder.
 */
void wg_tour_catch(void);

/* 128 and the signal that came, or 0. */
int wg_tour_ended(void);

/* All steps, then this machine. The exit status. */
int wg_tour_run(struct tour *tour);

#endif
