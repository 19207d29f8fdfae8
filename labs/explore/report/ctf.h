/*
 * ctf.h: a schedule as a trace that `wakegap view` and every CTF reader open.
 */
#ifndef LABS_EXPLORE_REPORT_CTF_H
#define LABS_EXPLORE_REPORT_CTF_H

#include "labs/explore/engine/shared.h"

struct lx_where;

/* Write the recorded events and steps of s to a folder, which is created or must be empty. 0 or
 * -errno. */
int lx_ctf_write(const char *dir, const struct lx_shared *s, struct lx_where *where);

#endif
