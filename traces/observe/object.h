/*
 * object.h: what a thread waits for: a descriptor, several of them, or a word of memory.
 *
 * A timer's descriptor has a period, wherever it stands: alone, or among those that an epoll
 * watches. A loop without a timeout that wakes 100 times a second is explained by that.
 */
#ifndef TRACES_OBSERVE_OBJECT_H
#define TRACES_OBSERVE_OBJECT_H

#include "traces/observe/call.h"

struct wg_object {
	const char *kind;  /* "eventfd", "pipe", "futex", "descriptors"...; NULL: not observable */
	int fd;		   /* -1: it is none, or several */
	unsigned count;	   /* of descriptors: of a poll, a select, or those that an epoll watches */
	uint64_t address;  /* of a futex; else 0 */
	int64_t period_ns; /* of the fastest timer's descriptor in it; 0: there is none */
	char text[96];	   /* for people: "epoll 5", "pipe 7, socket 9 and 3 more" */
};

/* tid sleeps at `at`, in that call; dir is the folder of the thread. */
void wg__object_look(int dir, pid_t tid, const struct wg__at *at, const struct wg__call *call,
	struct wg_object *ret);

#endif
