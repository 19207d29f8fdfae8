/*
 * step_text.h: a step of a schedule in two texts, for a trace: where it is, and what it does.
 */
#ifndef LABS_EXPLORE_REPORT_STEP_TEXT_H
#define LABS_EXPLORE_REPORT_STEP_TEXT_H

#include <stddef.h>

#include "labs/explore/engine/shared.h"
#include "labs/explore/report/where.h"

#define LX_STEP_WHERE 256 /* room for each, with its end */
#define LX_STEP_WHAT  1024

/* "loop.c:35  pthread_cond_wait(&cond, &lock);": the place and the text of its line. */
void lx_step_where(struct lx_where *w, const struct lx_step *step, char *ret, size_t len);

/*
 * Lines: the call with its note; who holds which lock and who waits for it; what it prints.
 *
 *     cond_wait: check `stuck` is broken: ...
 *     locks: `lock` held by loop A, files waits for it
 *     prints: before is 1
 */
void lx_step_what(struct lx_where *w, const struct lx_shared *s, const struct lx_step *step,
	char *ret, size_t len);

#endif
