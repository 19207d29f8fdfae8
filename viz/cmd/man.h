/*
 * man.h: what the man pages say beside the options: chapters that a person wrote (manual/), and
 * the table of keys.
 */
#ifndef VIZ_CMD_MAN_H
#define VIZ_CMD_MAN_H

#include <stdio.h>

/* The table of keys. */
void wg_view_manual(FILE *out);

/* The page about traces: their events, from the tables that readers go by. */
void wg_trace_manual(FILE *out);

/* Chapters: the files of manual/. */
extern const char wg__manual_view[], wg__manual_live[], wg__manual_stats[], wg__manual_part[],
	wg__manual_check[], wg__manual_diff[], wg__manual_export[], wg__manual_query[],
	wg__manual_scan[], wg__manual_trace[];

#endif
