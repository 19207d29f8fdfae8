/*
 * scan_look.c: where a thread is at one moment.
 *
 * Registers, stack and timeout are read one after another, and the thread may wake in between. So
 * the registers are read a second time: if they differ, the memory belonged to another wait.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <elf.h>

#include "traces/observe/scan_impl.h"

#define NEAR_BYTES 4096		  /* of a stack: condition waits need some 300 */
#define DEEP_BYTES (256u * 1024u) /* of a whole one */

/* The numbers of its calls would be taken for others. */
static bool is_32bit(struct wg__process *p, int dir)
{
	unsigned char head[EI_NIDENT];
	int fd;

	if (p->is_known)
		return p->is_32bit;
	fd = openat(dir, "exe", O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return false;
	p->is_32bit = read(fd, head, sizeof(head)) == (ssize_t)sizeof(head) &&
		      memcmp(head, ELFMAG, SELFMAG) == 0 && head[EI_CLASS] == ELFCLASS32;
	p->is_known = true;
	(void)close(fd);
	return p->is_32bit;
}

static bool is_same_place(const struct wg__place *place, const struct wg__at *at)
{
	return place->at.number == at->number && place->at.pc == at->pc && place->at.sp == at->sp;
}

static void free_place(struct wg__place *place)
{
	free(place->stack.bytes);
	*place = (struct wg__place){ 0 };
}

void wg__scan_clear_places(struct wg__thread *t)
{
	while (t->places > 0)
		free_place(&t->place[--t->places]);
	t->looks = t->running = 0;
}

static int copy_stack(const struct wg_scan *scan, pid_t tid, struct wg__place *place)
{
	size_t wanted = scan->flags & WG_SCAN_DEEP ? DEEP_BYTES : NEAR_BYTES;
	unsigned char *bytes = malloc(wanted), *less;

	if (!bytes)
		return -ENOMEM;
	place->stack = (struct wg__stack){ .sp = place->at.sp,
		.pc = place->at.pc,
		.bytes = bytes,
		.count = wg__proc_memory(tid, place->at.sp, bytes, wanted) };
	less = realloc(bytes, place->stack.count + 1);
	if (less)
		place->stack.bytes = less;
	return 0;
}

/* A wait that was not seen before. */
static int add_place(const struct wg_scan *scan, struct wg__thread *t, const struct wg__at *at,
	const struct wg__call *call, const char *line)
{
	struct wg__place place = { .at = *at,
		.call = *call,
		.looks = 1,
		.min_ns = call->timeout_ns,
		.max_ns = call->timeout_ns };
	int rc = copy_stack(scan, t->tid, &place);

	if (rc < 0)
		return rc;
	wg__object_look(t->dir, t->tid, at, call, &place.object);
	if (t->places < WG__PLACES_MAX && wg__at_is_still(t->dir, line))
		t->place[t->places++] = place;
	else
		free_place(&place);
	return 0;
}

static int take_call(
	const struct wg_scan *scan, struct wg__thread *t, const struct wg__at *at, const char *line)
{
	struct wg__call call;
	size_t i;

	wg__call_decode(at, t->tid, NULL, &call);
	for (i = 0; i < t->places; i++) {
		struct wg__place *place = &t->place[i];

		if (!is_same_place(place, at))
			continue;
		place->looks++;
		if (!wg__at_is_still(t->dir, line))
			return 0;
		place->call = call;
		if (call.timeout_ns < place->min_ns)
			place->min_ns = call.timeout_ns;
		if (call.timeout_ns > place->max_ns)
			place->max_ns = call.timeout_ns;
		return 0;
	}
	return add_place(scan, t, at, &call, line);
}

int wg__scan_look_at(struct wg_scan *scan, struct wg__thread *t)
{
	struct wg__at at;
	char line[256];
	ssize_t n = wg__proc_read(t->dir, "syscall", line, sizeof(line));

	if (n <= 0) {
		/* -ESRCH: it ends; the next list notices that. */
		if (n != -ESRCH)
			t->hidden = n < 0 ? (int)n : -EIO;
		return 0;
	}
	t->looks++;
	if (wg__at_parse(line, &at) < 0)
		return 0;
	if (at.state == WG__AT_RUNNING)
		t->running++;
	if (at.state != WG__AT_CALL || is_32bit(&scan->process[t->process], t->dir))
		return 0;
	return take_call(scan, t, &at, line);
}
