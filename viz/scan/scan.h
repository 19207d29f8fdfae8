/*
 * scan.h: a scan (traces/observe/scan.h) as people and programs read it.
 *
 * A program may be called anything: what is written here has no control characters, so a name stays
 * on its line and orders nothing from a terminal.
 */
#ifndef VIZ_SCAN_SCAN_H
#define VIZ_SCAN_SCAN_H

#include <stdio.h>

#include "traces/observe/scan.h"

#define WG_SCAN_TOP 20 /* so many threads are shown unless all are asked for */

struct scan_options {
	size_t max; /* rows; 0: all */
	int cols;   /* no line is longer; 0: any length */
};

/* A row in words. */
struct scan_words {
	char thread[200]; /* "redis-server", "redis-server/bio_aof" */
	char wait[160];	  /* "epoll_wait epoll 5" */
	char asked[96];	  /* "100 ms", ">= 48.2 ms", "for ever", "-" */
	char site[320];	  /* "redis-server+0x64e51 aeApiPoll"; "" if it is not known */
	char at[320];	  /* the same in a sentence: " at +0x64e51" */
};

/* Looks up the call site. */
void wg_scan_describe(struct wg_scan *scan, struct wg_scan_row *row, struct scan_words *ret);

/* Text without control characters: each is \xNN. Returns ret. */
char *wg_scan_clean(const char *text, char *ret, size_t len);

/* What /proc can know of a thread, as one sentence. It never says that a wake was for nothing. */
void wg_scan_sentence(
	const struct wg_scan_row *row, const struct scan_words *words, char *ret, size_t len);

/* A table, then a sentence for each of its rows. 0, or -ENOMEM. */
int wg_scan_print(FILE *out, struct wg_scan *scan, const struct scan_options *options);

/* Where every thread is, with its stack. */
int wg_scan_print_hang(FILE *out, struct wg_scan *scan, const struct scan_options *options);

/* The same as JSON, on standard output. Keys are a promise: some may be added, none renamed. */
int wg_scan_print_json(struct wg_scan *scan, bool is_hang);

#endif
