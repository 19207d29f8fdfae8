/*
 * man.h: what the man pages say beside the options: chapters that a person wrote (manual/), and
 * the table of keys.
 */
#ifndef VIZ_CMD_MAN_H
#define VIZ_CMD_MAN_H

#include <stdio.h>

/* Each for one command's struct wg_cmd. */
void wg_view_manual(FILE *out);

#endif
