/*
 * control.h: a flight recorder that runs is asked for a snapshot, by another process.
 *
 *   It listens on a Unix socket without a file, @wakegap-flight-PID: nothing stays behind, and
 *   /proc/net/unix lists all. Only its user and root may ask; others are not answered.
 *   A request is one line, an answer another.
 */
#ifndef TRACES_RECORD_CONTROL_H
#define TRACES_RECORD_CONTROL_H

#include <limits.h>
#include <stddef.h>
#include <sys/types.h>

#include "traces/base/error.h"

struct wg__control {
	int fd; /* readable when somebody asks; -1: not open */
};

/*
 * What to answer to `take`: 0 and the folder of the snapshot in ret, or a negative errno with a
 * line.
 */
typedef int (*wg__take_fn)(void *user, char ret[PATH_MAX], struct wg_error *err);

/* A signal SIGIO, which the caller has blocked, says that somebody asks. */
int wg__control_open(struct wg__control *control, struct wg_error *err);

/* Answer those that ask now; waits for none. dir: the folder of the recording. */
void wg__control_answer(
	const struct wg__control *control, const char *dir, wg__take_fn take, void *user);

void wg__control_close(struct wg__control *control);

/* A recording that answers. */
struct wg_flight_found {
	pid_t pid;
	char dir[PATH_MAX]; /* "": it is stopped (SIGSTOP), and does not say */
};

/* Those of this user (root: of all), at most max, by pid. Returns how many there are, or -errno. */
int wg_flight_find(struct wg_flight_found *ret, size_t max);

/*
 * Ask that one for a snapshot; blocks until it is written. 0 and its folder in ret, or a negative
 * errno with a line: -ESRCH it has ended meanwhile; -EBUSY it is stopped; or what it answered.
 */
int wg_flight_ask(pid_t pid, char ret[PATH_MAX], struct wg_error *err);

#endif
