/*
 * record.h: what is kept of a schedule: the checks it breaks, its steps, its events.
 *
 * Broken checks are always kept. Steps and events are recorded only if lx.is_recording: the search
 * has no time for them, and any schedule can be run again.
 */
#ifndef LABS_EXPLORE_ENGINE_RECORD_H
#define LABS_EXPLORE_ENGINE_RECORD_H

#include <stdarg.h>

#include "labs/explore/engine/engine.h"

void lx_checks_begin(void);
/* Keep the schedule for every check that it broke and for which it is the shortest so far. */
void lx_checks_keep_shorter(void);
/* The same, and count it. Returns whether it broke any. */
bool lx_checks_end(void);
void lx_checks_forget(void);

/* This schedule breaks check `id`. */
__attribute__((format(printf, 2, 3))) void lx_fail(const char *id, const char *message, ...);
void lx_fail_v(const char *id, const char *message, va_list args);
/* List this check, so that one that never fails is reported too. */
void lx_check_exists(const char *id);

/* The same, and end the schedule: what would follow has no meaning. */
__attribute__((format(printf, 2, 3))) _Noreturn void lx_fail_and_end(
	const char *id, const char *message, ...);

/* A constructor of the lab runs before the first schedule: if it makes this call, the lab cannot be
 * loaded, and the process ends. */
void lx_only_in_a_schedule(const char *call);

/* A thread, its call and its place, without a note. */
void lx_step_fill(
	struct lx_step *step, const struct lx_thread *t, const char *call, const void *caller);

/* A step begins. */
void lx_step_begin(const struct lx_thread *t, const char *call, const void *caller);

/* What the locks are after the latest step. */
void lx_step_locks(void);

/* The thread printed this in the latest step. If that is another thread's, it began just now. */
void lx_step_prints(const struct lx_thread *t, const char *bytes, size_t len);

/* Name the thread, also in the steps that it has made already. */
void lx_rename(struct lx_thread *t, const char *name);

/* A note at the current step. */
__attribute__((format(printf, 1, 2))) void lx_note(const char *text, ...);
void lx_note_v(const char *text, va_list args);

/* The current call fails: note the error, set errno, return -1. */
int lx_failed(int error);

/* An event of the running thread, for the trace. */
void lx_event(enum lx_event_type type, uint32_t loop, uint64_t op, int64_t a, int64_t b,
	const char *text);

#endif
