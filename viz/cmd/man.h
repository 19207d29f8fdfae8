/*
 * man.h: what the man pages say beside the options: chapters that a person wrote (manual/), and
 * the table of keys.
 */
#ifndef VIZ_CMD_MAN_H
#define VIZ_CMD_MAN_H

#include <stdio.h>

/* Each is the `manual` of one command. */
void wg_view_manual(FILE *out);
void wg_live_manual(FILE *out);
void wg_stats_manual(FILE *out);
void wg_check_manual(FILE *out);
void wg_export_manual(FILE *out);

#endif
