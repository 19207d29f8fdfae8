/*
 * workload.h: what a workload is given and what it reports.
 *
 * wakegap-workload is the program that gets recorded: a leaf with plain numbers for arguments and
 * one line of JSON for an answer, so that the `wakegap` command can stay free of the core.
 */
#ifndef CORE_WORKLOAD_H
#define CORE_WORKLOAD_H

#include <stdint.h>

struct wg_workload {
	const char *wait; /* strategy, or "pread": no loop at all, the floor */
	const char *file;
	uint64_t chunk; /* bytes a read */
	int64_t tick_ns;
	unsigned passes;
	unsigned workers; /* 0: default */
};

/* 0, or 1 after one line on stderr. The answer goes to stdout. */
int wg_workload_read(const struct wg_workload *w);

/* One line on stderr, as the command that runs us would say it. Returns 1. */
int wg_workload_fail(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
