/*
 * events.h: when did the learner save a file? By events of the file system, or by looking.
 *
 * Editors save in two ways: they write the file, or they write another and rename it. Events of the
 * folder show both. File systems that other machines write to (NFS, SMB, 9p as under WSL, FUSE as
 * in containers) report no events for that; there we look once a second, and say so.
 */
#ifndef LABS_GRADE_CMD_EVENTS_H
#define LABS_GRADE_CMD_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "labs/grade/course/course.h"

/* A file, as far as a save changes it. */
struct wg_look {
	uint64_t inode, size, seconds, nanoseconds;
};

struct wg_events {
	int fd; /* inotify; -1: we look */
	const struct wg_lab *lab;
	const char *dir;
	const char *why; /* we look, if we do */
	struct wg_look seen[WG_LAB_FILES];
};

void wg_events_open(struct wg_events *e, const struct wg_lab *lab, const char *dir, bool must_look);
void wg_events_close(struct wg_events *e);

/* For poll(2): how long to wait, and whether what came is a save; also drains the events. */
int wg_events_timeout_ms(const struct wg_events *e);
bool wg_events_saved(struct wg_events *e);

#endif
