/*
 * memory.h: no verdict from half a record.
 *
 * A record, a learner's state and a report are JSON, built in hundreds of small steps. When memory
 * is short, jansson leaves a value out: a check without its `fail` would hold. So we watch every
 * allocation of jansson's, and use what was built only if none failed.
 */
#ifndef LABS_GRADE_BASE_MEMORY_H
#define LABS_GRADE_BASE_MEMORY_H

#include <stdbool.h>

#include "traces/base/error.h"

/* Watch from here on; what failed before is forgotten. Main thread. */
void wg_memory_watch(void);

/* An allocation failed, and its value is missing now. */
void wg_memory_note_lack(void);

bool wg_memory_is_short(void);

/* -ENOMEM and its line if memory is short, else 0. */
int wg_memory_check(struct wg_error *err);

/* A sanitizer reserves terabytes of addresses: no limit on memory is set where one is at work, not
 * even for the moment between the limit and exec. */
#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define WG_BOX_IS_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define WG_BOX_IS_SANITIZED 1
#endif
#endif
#ifndef WG_BOX_IS_SANITIZED
#define WG_BOX_IS_SANITIZED 0
#endif

#endif
