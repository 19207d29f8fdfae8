/*
 * waits.h: wait strategies with a flaw, on purpose, in the order in which the story wrote them.
 *
 * They fill in the table of core/wait/wait.h and break its promises; each file says which promise
 * and by which line. libwakegap does not contain them. wakegap-workload is linked with plug.c and
 * offers them beside the correct ones (core/workload/workload.h), so that the same workloads,
 * recorder and viewer show what they do.
 */
#ifndef LABS_WAITS_WAITS_H
#define LABS_WAITS_WAITS_H

#include "core/wait/wait.h"

#define WG_LAB_WAIT(name) extern const struct wg_wait_ops wg_lab_wait_##name;
#include "labs/waits/waits.def"
#undef WG_LAB_WAIT

/* How often a wait began inside sleep(): so that a test can notify just before or after one. */
uint64_t wg_lab_generation_sleeps(const struct wg_waiter *waiter); /* generation, cap50 */

#endif
