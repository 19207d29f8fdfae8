/*
 * events.h: learn when a learner saved a file: by events where there are some, else by looking.
 *
 * Editors save in two ways: they write the file, or they write another and rename it. Both are seen
 * in the folder. File systems that other machines write to (NFS, SMB, 9p as under WSL, FUSE as in
 * containers) say nothing of what those do; there we look once a second, and say so.
 */
#ifndef LABS_GRADE_CMD_EVENTS_H
#define LABS_GRADE_CMD_EVENTS_H

#include <stdbool.h>
#include <stdint.h>

#include "labs/grade/course/course.h"

struct wg_events {
	int fd; /* inotify; -1: we look */
	const struct wg_lab *lab;
	const char *dir;
	const char *why; /* we look, if we do */
	uint64_t seen;	 /* what the files looked like */
};

void wg_events_open(struct wg_events *e, const struct wg_lab *lab, const char *dir, bool must_look);
void wg_events_close(struct wg_events *e);

/* For poll(2): how long to wait, and whether what came is a save; also drains the events. */
int wg_events_timeout_ms(const struct wg_events *e);
bool wg_events_saved(struct wg_events *e);

#endif
