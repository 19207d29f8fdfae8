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

/* What a call needs to know of a descriptor, in one load. */
enum wg__fd_is {
	WG__FD_SEEN = 1u,      /* looked at, and not doubted since */
	WG__FD_OBJECT = 2u,    /* it can be waited for; else reading it never waits */
	WG__FD_BLOCKING = 4u,  /* so a read may wait */
	WG__FD_NOTIFYING = 8u, /* a write to it may wake somebody who is followed */
	WG__FD_DATA = 16u,     /* who reads from it acts: it takes data, not a number */
	WG__FD_SOCKET = 32u,   /* the other end is not followed */
};

struct wg__fd_seen {
	uint64_t object, inode;
	uint8_t kind; /* enum wg_object_kind */
};

#define WG__FDS 65536
extern uint8_t wg__fds_are[WG__FDS]; /* enum wg__fd_is: 64 connections in a line of the cache */
extern struct wg__fd_seen wg__fds_seen[WG__FDS];

/* What it is, after a look at it, if that was not done yet or is in doubt. A file, for numbers that
 * are not followed. */
unsigned wg__fd_look(int fd);

/*
 * What it is, or 0: wg__fd_look() has to. A server with many connections asks this twice a request,
 * and nothing else.
 */
static inline unsigned wg__fd_is(int fd)
{
	return __builtin_expect((unsigned)fd < WG__FDS, 1) ? wg__fds_are[fd] : 0;
}

/* Its object, or 0. */
static inline uint64_t wg__fd_object(int fd)
{
	unsigned is = wg__fd_is(fd);

	if (__builtin_expect(!(is & WG__FD_SEEN), 0))
		is = wg__fd_look(fd);
	return is & WG__FD_OBJECT ? wg__fds_seen[fd].object : 0;
}

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

/* fcntl() with F_SETLKW or F_OFD_SETLKW, which may wait (rare.c). */
int wg__lock_part(int fd, int command, void *part, uint64_t site);

#endif
