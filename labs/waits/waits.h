/*
 * waits.h: wait strategies that are wrong on purpose, in the order in which the story wrote them.
 *
 * They keep the table of core/wait/wait.h and none of its promises; each file says which one it
 * breaks and by what line. libwakegap does not contain them: wakegap-workload is linked with this
 * table and offers them beside the right ones (core/workload/workload.h), so that the same
 * workloads, recorder and viewer show what they do.
 */
#ifndef LABS_WAITS_WAITS_H
#define LABS_WAITS_WAITS_H

#include "core/wait/wait.h"

extern const struct wg_wait_ops wg_lab_wait_forever;
extern const struct wg_wait_ops wg_lab_wait_generation;
extern const struct wg_wait_ops wg_lab_wait_cap50;
extern const struct wg_wait_ops wg_lab_wait_sleep1ms;

/* How often a thread began to wait inside sleep(): so that a test can order a ring around it. */
uint64_t wg_lab_generation_sleeps(const struct wg_waiter *waiter); /* generation, cap50 */

#endif
