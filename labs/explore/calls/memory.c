/*
 * memory.c: see memory.h.
 */
#include "labs/explore/calls/memory.h"

#include <string.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/calls/heap.h"
#include "labs/explore/calls/marked.h"
#include "labs/explore/calls/races.h"
#include "labs/explore/calls/weak.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/engine/script.h"
#include "labs/explore/engine/search.h"

#define WORD	 4 /* bytes that are looked at as one */
#define SLOTS	 (1u << 16)
#define ACCESSES 6 /* of different kinds, remembered for one word */
#define HELD	 4

struct access {
	uint8_t thread;
	bool is_write;
	bool is_sync; /* two of these are never a race */
	uint8_t held_count;
	uint32_t epoch; /* of the thread */
	const void *held[HELD];
};

struct word {
	uintptr_t at; /* 0: the slot is free */
	uint32_t run; /* the schedule that the accesses belong to */
	bool is_racy; /* in some schedule */
	uint8_t count;
	struct access access[ACCESSES];
};

static struct {
	struct word slot[SLOTS];
	uint32_t used, run;
} memory;

static struct word *find(uintptr_t at)
{
	uint32_t i = (uint32_t)((at / WORD * 2654435761u) % SLOTS);

	while (memory.slot[i].at && memory.slot[i].at != at)
		i = (i + 1) % SLOTS;
	return &memory.slot[i];
}

static struct word *word_at(uintptr_t at)
{
	struct word *w = find(at);

	if (!w->at) {
		if (++memory.used > SLOTS / 4 * 3)
			lx_fail_and_end("not-modelled", "a lab that uses so much shared memory");
		*w = (struct word){ .at = at };
	}
	if (w->run != memory.run) {
		w->run = memory.run;
		w->count = 0;
	}
	return w;
}

void lx_memory_begin(void)
{
	memory.run++;
}

/* ---- can the order of two accesses matter? ---- */

static bool have_common_lock(const struct access *a, const struct access *b)
{
	int i, j;

	for (i = 0; i < a->held_count; i++) {
		for (j = 0; j < b->held_count; j++) {
			if (a->held[i] == b->held[j])
				return true;
		}
	}
	return false;
}

static bool is_race(const struct access *before, const struct access *now)
{
	return before->thread != now->thread && (before->is_write || now->is_write) &&
	       !(before->is_sync && now->is_sync) &&
	       before->epoch > lx.self->clock[before->thread] && !have_common_lock(before, now);
}

static void mark_racy(struct word *w)
{
	if (w->is_racy)
		return;
	w->is_racy = true;
	lx_search_void();
}

static struct access access_now(bool is_write, bool is_sync)
{
	const struct lx_thread *self = lx.self;
	struct access a = { .thread = (uint8_t)self->id,
		.is_write = is_write,
		.is_sync = is_sync,
		.epoch = self->clock[self->id] };
	int i;

	for (i = 0; i < self->held_count && i < HELD; i++)
		a.held[a.held_count++] = self->held[i];
	return a;
}

static void note_word(struct word *w, const struct access *now)
{
	int i;

	for (i = 0; i < w->count; i++) {
		if (is_race(&w->access[i], now))
			mark_racy(w);
		if (memcmp(&w->access[i], now, sizeof(*now)) == 0)
			return;
	}
	if (w->count < ACCESSES)
		w->access[w->count++] = *now;
	else
		mark_racy(w); /* perhaps a point too many, never one too few */
}

static uintptr_t first_word(const void *at)
{
	return (uintptr_t)at / WORD * WORD;
}

static void note_all(const void *at, size_t size, bool is_write, bool is_sync)
{
	struct access now = access_now(is_write, is_sync);
	uintptr_t word, end = (uintptr_t)at + size;

	for (word = first_word(at); word < end; word += WORD)
		note_word(word_at(word), &now);
}

static bool is_racy(const void *at, size_t size)
{
	uintptr_t word, end = (uintptr_t)at + size;

	for (word = first_word(at); word < end; word += WORD) {
		if (find(word)->is_racy)
			return true;
	}
	return false;
}

/* ---- events ---- */

/* The running thread is about to make this access: a point if other threads may come first. Returns
 * whether the report has a step for it. */
static bool come_to(struct lx_op *op, size_t size, bool is_racy_here)
{
	bool is_point = lx.self->newborn_of != NULL;

	/* A new thread stops at its first access or call. */
	if (!is_point && !(is_racy_here && !lx_is_replay()) && lx_passes_quietly()) {
		if (is_racy_here)
			lx_remark_call(op->call, op->caller);
		return is_racy_here;
	}
	op->touches_all = size > (size_t)WORD * 2 || op->touches_all;
	op->touch[0].object = (const void *)first_word(op->object);
	op->touch[1].object = (const void *)first_word((const char *)op->object + size - 1);
	op->touch[1].is_write = op->touch[0].is_write;
	lx_point(op);
	return true;
}

/* A data race is on a word whose accesses no lock, create or join orders: only these are looked at.
 */
static void look_for_race(
	const void *at, size_t size, bool is_write, bool is_atomic, const void *caller)
{
	if (lx_is_weak() || is_racy(at, size))
		lx_races_access(at, size, is_write, is_atomic, caller);
}

void lx_memory_access(const void *at, size_t size, bool is_write, const void *caller)
{
	struct lx_op op = { .call = is_write ? "(write)" : "(read)",
		.caller = caller,
		.object = at,
		.is_access = true };

	bool is_shown;

	/* Constructors run before there are threads. */
	if (!lx.self || size == 0)
		return;
	lx.access = caller;
	lx.access_step = lx.steps;
	op.touch[0].is_write = is_write;
	is_shown = come_to(&op, size, !lx.scenario->only_marked && is_racy(at, size));
	lx_heap_touch(at, size, is_write ? "a write" : "a read");
	if (is_shown && size <= WORD) /* larger values may be addresses, which differ each time */
		lx_note("the value %s %llu", is_write ? "was" : "is",
			(unsigned long long)lx_value_seen(at, size));
	note_all(at, size, is_write, false);
	look_for_race(at, size, is_write, false, caller);
}

void lx_memory_free(const void *at, size_t size, const void *caller)
{
	struct access now;
	uintptr_t word, end = (uintptr_t)at + size;

	(void)come_to(&(struct lx_op){ .call = "free",
			      .caller = caller,
			      .object = at,
			      .touches_all = true,
			      .is_access = true },
		1, !lx.scenario->only_marked && is_racy(at, size));
	lx_races_forget(at, size);
	if (lx_is_weak())
		lx_weak_forget(at, size);
	/* Only earlier accesses matter: a later one is found as a use after free. */
	now = access_now(true, false);
	for (word = first_word(at); word < end; word += WORD) {
		struct word *w = find(word);
		int i;

		for (i = 0; w->at && w->run == memory.run && i < w->count; i++) {
			if (is_race(&w->access[i], &now))
				mark_racy(w);
		}
	}
}

void lx_memory_use(const void *at, size_t size, bool is_write, const char *what)
{
	lx_heap_touch(at, size, what);
	note_all(at, size < WORD ? size : WORD, is_write, true);
}

void lx_memory_atomic(const void *at, size_t size, bool is_write, const void *caller)
{
	lx_memory_use(at, size, is_write, is_write ? "a write" : "a read");
	look_for_race(at, size, is_write, true, caller);
}
