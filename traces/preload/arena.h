/*
 * arena.h: what libwakegap-preload.so leaves in memory, and whoever collects it reads.
 *
 * A folder, named by WG_PRELOAD_DIR in the environment, has a file `control` and one file for each
 * program that ran, `PID.NANOSECONDS`: its arena. Both are mapped by the program, so that what it
 * wrote stays, however it ends. A process that was forked without exec shares its parent's arena.
 *
 *	control:  struct wg_preload_control
 *	arena:    struct wg_preload_arena, then chunks, each at a multiple of 4096 bytes
 *	chunk:    struct wg_preload_chunk, then records of one thread
 *
 * A thread writes its own chunks only, and nothing more into one once it has a later one: a reader
 * that follows may free it then, and give its bytes back to `left`. A record is there once `count`
 * says so. A reader must believe nothing: any program may have written anything into its arena.
 */
#ifndef TRACES_PRELOAD_ARENA_H
#define TRACES_PRELOAD_ARENA_H

#include <errno.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdint.h>

#include "traces/read/schema.h"

#define WG_PRELOAD_DIR	   "WAKEGAP_PRELOAD_DIR"
#define WG_PRELOAD_LIBRARY "libwakegap-preload.so"
#define WG_PRELOAD_MAGIC   UINT64_C(0x3130455250474b57) /* "WKGPRE01" */
#define WG_PRELOAD_PAGE	   4096u

struct wg_preload_control {
	uint64_t magic;
	_Atomic int64_t left;	  /* bytes that all arenas together may still take */
	_Atomic uint32_t stopped; /* the recording is over */
};

struct wg_preload_arena {
	_Atomic uint64_t magic;	  /* written last */
	uint64_t size;		  /* of the mapping; the file is sparse */
	_Atomic uint64_t used;	  /* bytes, this header included */
	_Atomic uint64_t lost;	  /* records of threads that never got a chunk */
	_Atomic uint32_t threads; /* numbers given out */
	_Atomic uint32_t objects; /* likewise */
	uint32_t pid;
	uint32_t has_lttng;	    /* the program is built with lttng-ust */
	uint32_t has_uring;	    /* with liburing, which makes its calls without the C library */
	_Atomic uint32_t is_fenced; /* it has confined itself: see wg__fence() */
};

/* A wait that has not ended. */
struct wg_preload_open {
	_Atomic int64_t begin_ns; /* 0: none */
	int64_t timeout_ns;
	uint64_t object, site;
	int64_t cpu_ns; /* as in its record */
	uint8_t how;	/* enum wg_wait_in */
	uint8_t did;
};

struct wg_preload_chunk {
	_Atomic uint64_t magic; /* written last */
	uint32_t bytes;		/* this header included */
	uint32_t pid, tid;
	uint32_t thread; /* its number in the arena */
	_Atomic uint32_t count;
	uint32_t is_ended;
	_Atomic uint64_t lost;	 /* records for which there was no room */
	_Atomic uint64_t nobody; /* notifies without a sleeper that were only counted */
	char name[16];		 /* of the thread, not always ended by a zero */
	struct wg_preload_open open;
	uint8_t spare[16];
};

enum wg_preload_type {
	WG_PRELOAD_NONE,
	WG_PRELOAD_WAIT,   /* begin_ns, ns: its end; a, b: the first two that were ready */
	WG_PRELOAD_READY,  /* up to five more, before their wait */
	WG_PRELOAD_NOTIFY, /* a: value; ret: how many were woken, or -1 */
	WG_PRELOAD_OBJECT, /* kind; a: the object that a write to it notifies; ret: descriptor */
	WG_PRELOAD_WATCH,  /* object, an epoll, reports b as a */
	WG_PRELOAD_SITE,   /* site is in module a (its base address), at offset b */
	WG_PRELOAD_MODULE, /* of base address site: build-id and path, in pieces */
};

#define WG_PRELOAD_KNOWN  1u /* of an object: it was made while we looked */
#define WG_PRELOAD_NOBODY 2u /* of a notify: certainly nobody was asleep */
#define WG_PRELOAD_EPOLL  4u /* of what was ready: numbers are an epoll's data */
#define WG_PRELOAD_ID	  8u /* of a module's piece: build-id, not path */

struct wg_preload_record {
	int64_t ns; /* when it was written; of a notify: just before the call */
	union {
		struct {
			int64_t begin_ns, timeout_ns, cpu_ns;
		};
		uint64_t more[3];
		char text[24];
	};
	uint64_t object;
	uint64_t site; /* an address */
	union {
		uint64_t ab[2];
		struct {
			uint64_t a, b;
		};
	};
	/* The last 8 bytes. */
	int32_t ret; /* or a negative errno */
	uint8_t type, kind, did, flags;
};

_Static_assert(sizeof(struct wg_preload_record) == 72, "the layout of a record");
_Static_assert(sizeof(struct wg_preload_chunk) == 128, "the layout of a chunk");

/*
 * Numbers of objects. An address of memory is good in its process; a number with WG_PRELOAD_MADE in
 * all processes of one arena; one with WG_PRELOAD_INODE everywhere; a set of descriptors, with
 * WG_PRELOAD_SET, has the first of them in bits 40 to 55.
 */
#define WG_PRELOAD_INODE (UINT64_C(1) << 63)
#define WG_PRELOAD_SET	 (UINT64_C(1) << 62)
#define WG_PRELOAD_MADE	 (UINT64_C(1) << 61)

/* Did the time end it? */
static inline bool wg_preload_timed_out(uint8_t how, int64_t timeout_ns, int32_t ret)
{
	switch (how) {
	case WG_IN_EPOLL:
	case WG_IN_POLL:
	case WG_IN_SELECT: return ret == 0 && timeout_ns != WG_FOR_EVER;
	case WG_IN_SLEEP: return ret == 0;
	case WG_IN_READ: /* a socket that blocks has a timeout of its own: SO_RCVTIMEO */
	case WG_IN_SIGNAL: return ret == -EAGAIN || ret == -ETIMEDOUT;
	case WG_IN_URING: return ret == -ETIME;
	default: return ret == -ETIMEDOUT;
	}
}

#endif
