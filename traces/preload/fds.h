/*
 * fds.h: what the descriptors of this program are.
 *
 * Those that it makes are noted; others are looked at on first use. A descriptor that was closed or
 * copied is looked at again: the C library closes some without calling us, and the child of a
 * vfork, which has the memory of its parent, closes what its parent still has.
 */
#ifndef TRACES_PRELOAD_FDS_H
#define TRACES_PRELOAD_FDS_H

#include <stdbool.h>
#include <stdint.h>

#include "traces/read/schema.h"

enum wg__fd_what {
	WG__FD_NEW,    /* not looked at yet */
	WG__FD_FILE,   /* reading it never waits */
	WG__FD_OBJECT, /* it can be waited for */
};

struct wg__fd_seen {
	uint64_t object, inode;
	uint8_t what, kind; /* enum wg_object_kind */
	bool is_blocking, is_stale;
};

#define WG__FDS 65536
extern struct wg__fd_seen wg__fds_seen[WG__FDS];
extern const struct wg__fd_seen wg__fd_none;
const struct wg__fd_seen *wg__fd_look(int fd);

/* What it is: one load, but the first time. wg__fd_none (a file) for numbers that are not followed.
 */
static inline const struct wg__fd_seen *wg__fd(int fd)
{
	const struct wg__fd_seen *s = &wg__fds_seen[(unsigned)fd % WG__FDS];

	if (fd < 0 || fd >= WG__FDS)
		return &wg__fd_none;
	return __builtin_expect(s->what == WG__FD_NEW || s->is_stale, 0) ? wg__fd_look(fd) : s;
}

/* Its object, or 0. */
uint64_t wg__fd_object(int fd);

/* It was just made by a call of the program. */
void wg__fd_made(int fd, enum wg_object_kind kind, bool is_blocking);
void wg__fd_made_pair(const int fds[2], enum wg_object_kind kind, bool is_blocking);

/* A read from it waits from now on, or does not. */
void wg__fd_set_blocking(int fd, bool is_blocking);

/* It may be another one from now on. */
void wg__fd_doubt(int fd);

/* The number of a set of descriptors, from that of the set without this one. */
uint64_t wg__fd_set(uint64_t hash, int fd, bool is_first);

/* A read from it would wait now. */
bool wg__fd_would_wait(int fd);

#endif
