/*
 * man.h: the manual page of the viewer, made from the table of keys.
 */
#ifndef VIZ_CMD_MAN_H
#define VIZ_CMD_MAN_H

#include <stdio.h>

/* Print wakegap-view(1) as man(7) source. */
void wg_man_print(FILE *out);

#endif
