/*
 * light.h: the program in the kernel (light.bpf.c), loaded, and what it tells.
 *
 *	struct wg__light *light;
 *	rc = wg__light_open(&light, false, &err);
 *	wg__light_add(light, pid, WG_RAW_ON);
 *	while (...)
 *		wg__light_take(light, 100, take, user);
 *	lost = wg__light_lost(light);
 *	wg__light_close(light);
 *
 * Needs libbpf, and clang when wakegap is built; without them every call fails with -ENOSYS and
 * says so. Needs root, or CAP_BPF and CAP_PERFMON. Nothing stays in the kernel once this process
 * has ended, however it ends. One thread.
 */
#ifndef TRACES_KERNEL_LIGHT_H
#define TRACES_KERNEL_LIGHT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"
#include "traces/kernel/raw.h"

struct wg__light;

/* Was it built with it? */
extern const bool wg__has_light;

/* For tests: load it as on Linux 6.1, without what later kernels have. Set before opening. */
extern bool wg__light_is_as_old;

/*
 * Load and start; has_calls: in its full form, which sees each system call. Errors, each with a
 * line: -ENOSYS not built in, or this kernel has no BTF; -EPERM not allowed; -EXDEV in a container
 * whose process numbers are not the machine's; or what the kernel says.
 */
int wg__light_open(struct wg__light **ret, bool has_calls, struct wg_error *err);
void wg__light_close(struct wg__light *light); /* NULL is fine */

/* Record this process, and what it starts from now on. 0, -ENOMEM, -E2BIG. */
int wg__light_add(struct wg__light *light, pid_t pid, enum wg_raw_target how);

/*
 * Hand over what has come, after waiting for it for so long at most. take() gets a record of its
 * whole size, and its result, a negative errno, ends the call and is its result.
 */
typedef int wg__light_taker(void *user, const struct wg_raw_head *record, size_t bytes);
int wg__light_take(struct wg__light *light, int timeout_ms, wg__light_taker *take, void *user);

/* Readable when there is something to take at once. */
int wg__light_fd(const struct wg__light *light);

/* Records for which there was no room, so far. */
uint64_t wg__light_lost(const struct wg__light *light);

#endif
