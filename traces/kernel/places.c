/*
 * places.c: see places.h: the processes and threads, and their code.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "traces/base/names.h" /* wg__grow */
#include "traces/kernel/places_impl.h"
#include "traces/observe/proc.h"

struct wg__places *wg__places_create(wg__places_sink *sink, void *user)
{
	struct wg__places *p = calloc(1, sizeof(*p));

	if (!p)
		return NULL;
	p->sink = sink;
	p->user = user;
	return p;
}

/* ---- processes ---- */

static void forget_program(struct wg__place_process *p)
{
	wg__walker_close(p->walker);
	p->walker = NULL;
	wg__maps_fini(&p->maps);
	wg__map_fini(&p->sites);
	wg__map_fini(&p->objects);
	if (p->dir >= 0)
		(void)close(p->dir);
	p->dir = -1;
	p->is_looked_at = false;
}

void wg__places_destroy(struct wg__places *places)
{
	size_t i;

	if (!places)
		return;
	for (i = 0; i < places->processes; i++) {
		if (places->process[i])
			forget_program(places->process[i]);
		free(places->process[i]);
	}
	for (i = 0; i < places->threads; i++)
		free(places->thread[i]);
	free(places->process);
	free(places->thread);
	free(places->object);
	wg__map_fini(&places->by_pid);
	wg__map_fini(&places->by_tid);
	free(places);
}

static struct wg__place_process *process_of(struct wg__places *places, uint32_t pid)
{
	size_t at = wg__map_get(&places->by_pid, 0, pid);
	struct wg__place_process *p;

	if (at != WG__MAP_NONE)
		return places->process[at];
	if (wg__grow(&places->process, &places->process_cap, places->processes,
		    sizeof(struct wg__place_process *)) < 0 ||
		wg__map_put(&places->by_pid, 0, pid, places->processes) < 0)
		return NULL;
	p = calloc(1, sizeof(*p));
	if (p) {
		p->pid = pid;
		p->dir = -1;
	} else {
		wg__map_remove(&places->by_pid, 0, pid);
	}
	places->process[places->processes] = p;
	places->processes += p != NULL;
	return p;
}

static struct wg__place_thread *thread_of(
	struct wg__places *places, struct wg__place_process *p, uint32_t tid)
{
	size_t at = wg__map_get(&places->by_tid, 0, tid);
	struct wg__place_thread *t;

	if (at != WG__MAP_NONE)
		return places->thread[at];
	if (wg__grow(&places->thread, &places->thread_cap, places->threads,
		    sizeof(struct wg__place_thread *)) < 0 ||
		!(t = calloc(1, sizeof(*t))))
		return NULL;
	if (wg__map_put(&places->by_tid, 0, tid, places->threads) < 0) {
		free(t);
		return NULL;
	}
	t->tid = tid;
	p->alive++;
	places->thread[places->threads++] = t;
	return t;
}

static bool look_as(struct wg__place_process *p, pid_t tid)
{
	if (p->dir >= 0)
		(void)close(p->dir);
	p->dir = wg__thread_open((pid_t)p->pid, tid);
	if (p->dir < 0 || wg__maps_read(p->dir, tid, &p->maps) < 0 || p->maps.count == 0) {
		wg__maps_fini(&p->maps);
		return false;
	}
	p->walker = wg__walker_open(p->dir, tid, &p->maps, true);
	return true;
}

/* Its code, once, and again when a library may have come. */
void wg__places_look(struct wg__place_process *p, uint32_t tid, uint64_t pc, uint64_t now)
{
	bool has_pc = p->is_looked_at && wg__maps_find(&p->maps, pc);

	if (p->is_looked_at && (has_pc || now - p->maps_ns < WG__AGAIN_NS))
		return;
	if (p->is_looked_at) {
		wg__walker_close(p->walker);
		p->walker = NULL;
		wg__maps_fini(&p->maps);
	}
	p->is_looked_at = true;
	p->maps_ns = now;
	/* Its first thread as a rule lives longest; without it, the one that was heard of. */
	if (!look_as(p, (pid_t)p->pid))
		(void)look_as(p, (pid_t)tid);
}

void wg__places_exec(struct wg__places *places, uint32_t pid)
{
	size_t at = wg__map_get(&places->by_pid, 0, pid);
	size_t thread = wg__map_get(&places->by_tid, 0, pid);

	if (at != WG__MAP_NONE)
		forget_program(places->process[at]);
	if (thread != WG__MAP_NONE)
		memset(places->thread[thread]->known, 0, sizeof(places->thread[thread]->known));
}

/* The last one of an array moves to where another was. */
static void drop_thread(struct wg__places *places, size_t at)
{
	struct wg__place_thread *last = places->thread[--places->threads];

	wg__map_remove(&places->by_tid, 0, places->thread[at]->tid);
	free(places->thread[at]);
	places->thread[at] = last;
	if (at < places->threads) /* it is in the map, so this needs no memory */
		(void)wg__map_put(&places->by_tid, 0, last->tid, at);
}

static void drop_process(struct wg__places *places, size_t at)
{
	struct wg__place_process *last = places->process[--places->processes];

	wg__map_remove(&places->by_pid, 0, places->process[at]->pid);
	forget_program(places->process[at]);
	free(places->process[at]);
	places->process[at] = last;
	if (at < places->processes)
		(void)wg__map_put(&places->by_pid, 0, last->pid, at);
}

void wg__places_exit(struct wg__places *places, uint32_t pid, uint32_t tid)
{
	size_t thread = wg__map_get(&places->by_tid, 0, tid);
	size_t process = wg__map_get(&places->by_pid, 0, pid);

	if (thread == WG__MAP_NONE)
		return;
	drop_thread(places, thread);
	if (process != WG__MAP_NONE && --places->process[process]->alive == 0)
		drop_process(places, process);
}

int wg__places_find(struct wg__places *places, const struct wg_raw_wait *raw, struct wg__place *ret)
{
	struct wg__kept_time kept = { .at = raw->time_at,
		.value = { raw->time[0], raw->time[1] },
		.mono_ns = (int64_t)raw->head.ts_ns };
	struct wg__at at = { .state = raw->nr >= 0 ? WG__AT_CALL : WG__AT_OTHER,
		.number = raw->nr,
		.sp = raw->sp,
		.pc = raw->pc };
	const struct wg__stop stop = { &raw->head, raw->sp, raw->pc, raw->stack, raw->stack_bytes };
	struct wg__place_process *p = process_of(places, raw->head.pid);
	struct wg__place_thread *t = p ? thread_of(places, p, raw->head.tid) : NULL;
	int rc;

	*ret = (struct wg__place){ .object = 0 };
	if (!t)
		return -ENOMEM;
	memcpy(at.arg, raw->arg, sizeof(at.arg));
	wg__call_decode(&at, (pid_t)raw->head.tid, &kept, &ret->call);
	rc = wg__places_site(places, p, t, &stop, ret);
	return rc < 0 ? rc : wg__places_object(places, p, &at, raw, ret);
}

/* Known as part of a condition variable? */
static bool is_cond(const struct wg__place_process *p, uint64_t word)
{
	return wg__map_get(&p->objects, WG__ON_FUTEX, word) == WG__MAP_NONE &&
	       wg__map_get(&p->objects, WG__ON_FUTEX, word & ~UINT64_C(7)) != WG__MAP_NONE;
}

int wg__places_notified(
	struct wg__places *places, const struct wg_raw_notify *notify, struct wg__place *ret)
{
	const struct wg__stop stop = { &notify->head, notify->sp, notify->pc, notify->stack,
		notify->stack_bytes };
	struct wg_raw_wait raw = { .head = notify->head, .pc = notify->pc };
	struct wg__at at = { .arg = { notify->object } };
	struct wg__place_process *p = process_of(places, raw.head.pid);
	struct wg__place_thread *t = p ? thread_of(places, p, raw.head.tid) : NULL;
	int rc;

	*ret = (struct wg__place){ .call = { .how = WG_IN_OTHER, .on = WG__ON_FD } };
	if (!t)
		return -ENOMEM;
	rc = wg__places_site(places, p, t, &stop, ret);
	if (rc < 0)
		return rc;
	if (notify->nr == SYS_futex) {
		ret->call.how = is_cond(p, notify->object) ? WG_IN_COND : WG_IN_FUTEX;
		ret->call.on = WG__ON_FUTEX;
	}
	return wg__places_object(places, p, &at, &raw, ret);
}
