/*
 * places_impl.h: what the files of places.h share.
 */
#ifndef TRACES_KERNEL_PLACES_IMPL_H
#define TRACES_KERNEL_PLACES_IMPL_H

#include "traces/base/map.h"
#include "traces/kernel/places.h"
#include "traces/observe/maps.h"
#include "traces/observe/walk.h"

#define WG__KNOWN_SITES 8		    /* of a thread; the oldest goes */
#define WG__AGAIN_NS	UINT64_C(200000000) /* what was seen may have become another thing by then */

/* A site that was walked to. */
struct wg__known {
	uint64_t sp, pc, address; /* of the site, which stands at sp + offset */
	uint32_t offset, site;
	enum wg_wait_in how; /* of a futex */
};

struct wg__place_thread {
	uint32_t tid;
	size_t next;
	struct wg__known known[WG__KNOWN_SITES];
};

struct wg__place_object {
	enum wg_object_kind kind;
	uint64_t id, looked_ns;
	uint32_t generation;
	bool may_be_socket;
};

struct wg__place_process {
	uint32_t pid;
	int dir; /* of the thread that was looked through; -1: it has ended, or was not looked at */
	bool is_looked_at;
	struct wg__maps maps;
	struct wg__walker *walker;
	uint64_t maps_ns;
	struct wg__map sites;	/* by address: index of site */
	struct wg__map objects; /* by (kind of number, number): index */
	size_t alive;		/* threads that were heard of */
};

struct wg__places {
	wg__places_sink *sink;
	void *user;
	struct wg__map by_pid, by_tid;
	struct wg__place_process **process;
	size_t processes, process_cap;
	struct wg__place_thread **thread;
	size_t threads, thread_cap;
	struct wg__place_object *object;
	size_t objects, object_cap;
	uint32_t sites;
};

/* Where a thread is in a system call, with the top of its stack. */
struct wg__stop {
	const struct wg_raw_head *head;
	uint64_t sp, pc;
	const unsigned char *stack;
	uint32_t stack_bytes;
};

/* places.c: look at the code of a process, once, and again when a library may have come. */
void wg__places_look(struct wg__place_process *p, uint32_t tid, uint64_t pc, uint64_t now);

/* place_site.c: the call site of a wait or a notify, and what a futex is part of. */
int wg__places_site(struct wg__places *places, struct wg__place_process *p,
	struct wg__place_thread *t, const struct wg__stop *stop, struct wg__place *ret);

/* place_object.c: what it waits for. */
int wg__places_object(struct wg__places *places, struct wg__place_process *p,
	const struct wg__at *at, const struct wg_raw_wait *raw, struct wg__place *ret);

#endif
