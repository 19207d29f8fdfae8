/*
 * record.h: what a schedule is remembered for: the checks it breaks, its steps, its events.
 *
 * Checks are always noted. Steps and events are written down only while a schedule is recorded
 * (lx.is_recording): the search has no time for them, and any schedule can be run again.
 */
#ifndef LABS_EXPLORE_ENGINE_RECORD_H
#define LABS_EXPLORE_ENGINE_RECORD_H

#include <stdarg.h>

#include "labs/explore/engine/engine.h"

void lx_checks_begin(void);
/* Of the checks that the schedule broke, keep it where it is the shortest so far. */
void lx_checks_keep_shorter(void);
/* The same, and count. Did it break any? */
bool lx_checks_end(void);
void lx_checks_forget(void);

/* This schedule breaks check `id`. */
__attribute__((format(printf, 2, 3))) void lx_fail(const char *id, const char *message, ...);
void lx_fail_v(const char *id, const char *message, va_list args);
/* Mention it, so that a check that always holds is listed too. */
void lx_check_exists(const char *id);

/* The same, and the schedule ends here: what would follow means nothing. */
__attribute__((format(printf, 2, 3))) _Noreturn void lx_fail_and_end(
	const char *id, const char *message, ...);

/* A step begins: its thread, its call, its place. */
void lx_step_begin(const struct lx_thread *t, const char *call, const void *caller);

/* The thread has this name from now on, and what it did before is told under it as well. */
void lx_rename(struct lx_thread *t, const char *name);

/* Words for the step under way. */
__attribute__((format(printf, 1, 2))) void lx_note(const char *text, ...);
void lx_note_v(const char *text, va_list args);

/* An event of the running thread, as a trace has it. */
void lx_event(enum lx_event_type type, uint32_t loop, uint64_t op, int64_t a, int64_t b,
	const char *text);

#endif
