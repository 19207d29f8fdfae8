/*
 * objects.h: what threads wait for, as the calls in a log tell it: descriptors of each process, and
 * words of memory.
 *
 * Both ends of a pipe are one object. A descriptor that is closed and made again is another object.
 * An index of an object is good until the next call that may close one. Private to traces/import.
 */
#ifndef TRACES_IMPORT_OBJECTS_H
#define TRACES_IMPORT_OBJECTS_H

#include "traces/base/map.h"
#include "traces/import/span.h"
#include "traces/read/schema.h"

#define WG__NO_OBJECT UINT32_MAX

struct wg__object {
	uint64_t id; /* never used again */
	enum wg_object_kind kind;
	int32_t fd;
	uint32_t generation, refs;
	bool is_said; /* its record was handed out */

	/* The first notify that nobody took yet. */
	uint64_t by_line; /* 0: none */
	int64_t by_ns;
	int64_t by_left; /* it can have woken so many threads more */
	uint32_t by_pid, by_tid;
	const char *by_call; /* static */
};

/* What a descriptor is if it is no object. */
enum wg__fd_kind { WG__FD_UNKNOWN, WG__FD_FILE, WG__FD_LOOKS /* /proc, /sys */, WG__FD_OBJECT };

struct wg__fd {
	enum wg__fd_kind kind;
	uint32_t object, generation;
};

struct wg__process {
	uint32_t pid, threads;
	struct wg__fd *fd;
	size_t fd_count;
};

struct wg__objects {
	struct wg__object *v;
	size_t count, cap;
	uint32_t *unused; /* indices */
	size_t unused_count, unused_cap;
	uint64_t next_id;
	struct wg__map named;	 /* (pid, address) -> index */
	struct wg__map interest; /* (id of an epoll, data) -> descriptor */
};

struct wg__object *wg__object_at(struct wg__objects *o, uint32_t idx);

/* The descriptor, or NULL: nothing is known of it. */
struct wg__fd *wg__fd_find(struct wg__process *p, int64_t fd);

/* It is now something else. -ENOMEM, or 0; a descriptor beyond 65535 is passed over. */
int wg__fd_make(struct wg__objects *o, struct wg__process *p, int64_t fd, enum wg__fd_kind kind,
	enum wg_object_kind object_kind);
/* Two descriptors, one object. */
int wg__fd_make_pair(struct wg__objects *o, struct wg__process *p, int64_t a, int64_t b,
	enum wg_object_kind kind);
int wg__fd_dup(struct wg__objects *o, struct wg__process *p, int64_t from, int64_t to);
void wg__fd_close(struct wg__objects *o, struct wg__process *p, int64_t fd);

/*
 * The object behind a descriptor; what is not known yet becomes one of `kind`, or of what -y says
 * of it. Index or WG__NO_OBJECT: a file, or no memory.
 */
uint32_t wg__fd_object(struct wg__objects *o, struct wg__process *p, int64_t fd,
	struct wg__span path, enum wg_object_kind kind);

/* The object of a word of memory, or of a set of descriptors by its hash. */
uint32_t wg__named_object(struct wg__objects *o, const struct wg__process *p, uint64_t name,
	enum wg_object_kind kind, int32_t fd);

/* The child has the parent's descriptors. */
int wg__process_inherit(
	struct wg__objects *o, const struct wg__process *from, struct wg__process *to);
void wg__process_fini(struct wg__objects *o, struct wg__process *p);
void wg__objects_fini(struct wg__objects *o);

/* The record of an object, once: true and *ret filled. NULL is fine. */
bool wg__object_say(struct wg__object *object, int64_t ts_ns, struct wg_event *ret);

#endif
