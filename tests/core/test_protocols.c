/*
 * test_protocols.c: the ways to notify, as tiny programs, in all schedules.
 *
 * A correct one hangs in no schedule, and each broken variant of it in some: a model that cannot
 * see the mistake proves nothing. The counts are printed.
 */
#include <stdio.h>
#include <string.h>

#include "tests/labs/explore.h"
#include "tests/harness/harness.h"

enum { LOOP, NOTIFIER };

/* ---- core/wait/elide.c: S1 L1 | S2 L2 ---- */

enum { NOTIFIES, ARMED, ASLEEP, TOKEN };
enum { S1, L1, S2, L2, ACCESSES };

struct elide {
	bool has_buffers;	 /* a machine of total store order; else one that reorders */
	bool loop_overtakes;	 /* L1 is done before S1 */
	bool notifier_overtakes; /* L2 is done before S2 */
	bool s1_is_plain;	 /* with buffers: a store that nothing drains */
	bool has_futex; /* the sleep compares notifies once more; else a semaphore keeps a token */
};

static bool elide_s1(struct wg_state *s, const struct elide *e)
{
	if (e->s1_is_plain)
		wg_state_store(s, LOOP, ARMED, 1);
	else
		s->mem[ARMED] = 1; /* and drained: it is in memory before the next step */
	return true;
}

static bool elide_sleep(struct wg_state *s, const struct elide *e)
{
	s->pc[LOOP] = 4;
	if (s->reg[LOOP][0] != 0)
		return true; /* L1 saw the notification */
	if (!wg_state_is_drained(s, LOOP))
		return false; /* a system call is a barrier */
	if (e->has_futex && s->mem[NOTIFIES] != 0)
		return true;
	s->mem[ASLEEP] = 1;
	s->pc[LOOP] = 3;
	return true;
}

static bool elide_loop(struct wg_state *s, const struct elide *e)
{
	switch (s->pc[LOOP]) {
	case 0:
	case 1:
		if ((s->pc[LOOP]++ == 0) != e->loop_overtakes)
			return elide_s1(s, e);
		s->reg[LOOP][0] = (int8_t)wg_state_load(s, LOOP, NOTIFIES);
		return true;
	case 2: return elide_sleep(s, e);
	case 3:
		if (s->mem[ASLEEP] && !s->mem[TOKEN])
			return false;
		s->pc[LOOP] = 4;
		return true;
	default: return false;
	}
}

static bool elide_notifier(struct wg_state *s, const struct elide *e)
{
	switch (s->pc[NOTIFIER]) {
	case 0:
	case 1:
		if ((s->pc[NOTIFIER]++ == 0) != e->notifier_overtakes)
			s->mem[NOTIFIES]++; /* a read-modify-write is not buffered */
		else
			s->reg[NOTIFIER][0] = s->mem[ARMED];
		return true;
	case 2:
		if (!s->reg[NOTIFIER][0])
			return false; /* elided */
		s->pc[NOTIFIER]++;
		s->mem[ASLEEP] = 0; /* FUTEX_WAKE finds a sleeper, and remembers nothing */
		s->mem[TOKEN] = !e->has_futex;
		return true;
	default: return false;
	}
}

static bool elide_step(struct wg_state *s, int t, const void *config)
{
	struct wg_state before = *s;
	bool moved = t == LOOP ? elide_loop(s, config) : elide_notifier(s, config);

	if (!moved)
		*s = before;
	return moved;
}

static bool loop_is_stuck(const struct wg_state *s, const void *config)
{
	(void)config;
	return s->pc[LOOP] != 4;
}

/* Hanging schedules when `weak` (ACCESSES: none) is no longer seq_cst. */
static uint64_t elide(bool has_buffers, int weak, bool has_futex)
{
	static const char *const names[] = { "S1 weaker", "L1 weaker", "S2 weaker", "L2 weaker",
		"all seq_cst" };
	/* With buffers only a plain store is overtaken: loads are not, and a read-modify-write
	 * drains the buffer whatever its memory order. The other machine lets a pair change places
	 * as soon as one of the two is not seq_cst; C11 promises no more. */
	struct elide e = { .has_buffers = has_buffers,
		.s1_is_plain = has_buffers && weak == S1,
		.loop_overtakes = !has_buffers && (weak == S1 || weak == L1),
		.notifier_overtakes = !has_buffers && (weak == S2 || weak == L2),
		.has_futex = has_futex };
	struct wg_model model = {
		.threads = 2, .step = elide_step, .is_bad = loop_is_stuck, .config = &e
	};
	char what[80];

	(void)snprintf(what, sizeof(what), "elide, %s, %s, %s", names[weak],
		has_buffers ? "store buffers" : "reordering", has_futex ? "futex" : "semaphore");
	return wg_hanging(what, &model);
}

static void elide_needs_all_four(void)
{
	int futex;

	for (futex = 0; futex < 2; futex++) {
		CU_ASSERT_EQUAL(elide(true, ACCESSES, futex), 0);
		CU_ASSERT_EQUAL(elide(false, ACCESSES, futex), 0);
		/* If only the store buffer can do harm, these compile to the same code. */
		CU_ASSERT_EQUAL(elide(true, L1, futex), 0);
		CU_ASSERT_EQUAL(elide(true, S2, futex), 0);
		CU_ASSERT_EQUAL(elide(true, L2, futex), 0);
		/* The notifier's pair: nothing catches what it misses. */
		CU_ASSERT(elide(false, S2, futex) > 0);
		CU_ASSERT(elide(false, L2, futex) > 0);
	}
	CU_ASSERT(elide(true, S1, false) > 0);
	CU_ASSERT(elide(false, S1, false) > 0);
	CU_ASSERT(elide(false, L1, false) > 0);
	/* The loop's pair: FUTEX_WAIT compares again, behind a barrier of its own. */
	CU_ASSERT_EQUAL(elide(true, S1, true), 0);
	CU_ASSERT_EQUAL(elide(false, S1, true), 0);
	CU_ASSERT_EQUAL(elide(false, L1, true), 0);
}

/* ---- core/wait/eventfd.c: pending and drain ---- */

enum { QUEUE, PENDING, EVENTFD, TAKEN };

#define NOTIFIERS 2
#define ROUNDS	  2

struct eventfd_config {
	bool clears_first;	/* broken: clear pending, then read the eventfd */
	bool drains_after_look; /* broken: look at the queue, then drain */
};

/* Publish; exchange pending; write unless it was pending. */
static bool eventfd_notifier(struct wg_state *s, int t)
{
	switch (s->pc[t]) {
	case 0:
		if (s->reg[t][0] == ROUNDS)
			return false;
		s->reg[t][0]++;
		s->mem[QUEUE]++;
		s->pc[t] = 1;
		return true;
	case 1:
		s->pc[t] = s->mem[PENDING] ? 0 : 2;
		s->mem[PENDING] = 1;
		return true;
	default:
		s->mem[EVENTFD] = 1;
		s->pc[t] = 0;
		return true;
	}
}

static void drain_half(struct wg_state *s, bool is_clearing)
{
	s->mem[is_clearing ? PENDING : EVENTFD] = 0;
}

/* Wait until readable (0); drain in two steps (1, 2); look and take (3). */
static bool eventfd_step(struct wg_state *s, int t, const void *config)
{
	const struct eventfd_config *c = config;
	int8_t *pc = &s->pc[LOOP];

	if (t != LOOP)
		return eventfd_notifier(s, t);
	switch (*pc) {
	case 0:
		if (!s->mem[EVENTFD])
			return false;
		*pc = c->drains_after_look ? 3 : 1;
		return true;
	case 1:
		drain_half(s, c->clears_first);
		*pc = 2;
		return true;
	case 2:
		drain_half(s, !c->clears_first);
		*pc = c->drains_after_look ? 0 : 3;
		return true;
	default:
		s->mem[TAKEN] = (int8_t)(s->mem[TAKEN] + s->mem[QUEUE]);
		s->mem[QUEUE] = 0;
		*pc = c->drains_after_look ? 1 : 0;
		return true;
	}
}

static bool something_is_left(const struct wg_state *s, const void *config)
{
	(void)config;
	return s->mem[TAKEN] != NOTIFIERS * ROUNDS;
}

static uint64_t eventfd(const char *what, struct eventfd_config c)
{
	struct wg_model model = { .threads = 1 + NOTIFIERS,
		.step = eventfd_step,
		.is_bad = something_is_left,
		.config = &c };

	return wg_hanging(what, &model);
}

static void eventfd_reads_then_clears_then_looks(void)
{
	CU_ASSERT_EQUAL(eventfd("eventfd, read then clear", (struct eventfd_config){ 0 }), 0);
	CU_ASSERT(eventfd("eventfd, clear then read",
			  (struct eventfd_config){ .clears_first = true }) > 0);
	CU_ASSERT(eventfd("eventfd, look then drain",
			  (struct eventfd_config){ .drains_after_look = true }) > 0);
}

/* ---- core/wait/wait.h: arm, look, sleep ---- */

enum { NOTIFIED, PUBLISHED, DONE, WAITING };

enum ticket { BEFORE_LOOK, INSIDE_SLEEP, NONE };

#define RESULTS 2

/* Publish, then notify: under the mutex, so in one step. Twice. */
static bool notifier(struct wg_state *s)
{
	if (s->pc[NOTIFIER] == 2 * RESULTS)
		return false;
	if (s->pc[NOTIFIER]++ % 2 == 0) {
		s->mem[PUBLISHED]++;
	} else {
		s->mem[NOTIFIED]++;
		s->mem[WAITING] = 0; /* a signal finds a waiter, or is gone */
	}
	return true;
}

/* Arm (0), look (1), check the predicate and wait in one step (2), be asleep (3). */
static bool turn_step(struct wg_state *s, int t, const void *config)
{
	const enum ticket *ticket = config;
	int8_t *pc = &s->pc[LOOP], *armed = &s->reg[LOOP][0];

	if (t != LOOP)
		return notifier(s);
	switch (*pc) {
	case 0:
		*armed = s->mem[NOTIFIED];
		*pc = 1;
		return true;
	case 1:
		*pc = s->mem[PUBLISHED] ? 0 : 2;
		s->mem[DONE] = (int8_t)(s->mem[DONE] + s->mem[PUBLISHED]);
		s->mem[PUBLISHED] = 0;
		if (s->mem[DONE] == RESULTS)
			*pc = 4;
		return true;
	case 2:
		if (*ticket == INSIDE_SLEEP)
			*armed = s->mem[NOTIFIED];
		s->mem[WAITING] = *ticket == NONE || *armed == s->mem[NOTIFIED];
		*pc = 3;
		return true;
	case 3:
		if (s->mem[WAITING])
			return false;
		*pc = 0;
		return true;
	default: return false;
	}
}

static uint64_t turn(const char *what, enum ticket ticket)
{
	struct wg_model model = {
		.threads = 2, .step = turn_step, .is_bad = loop_is_stuck, .config = &ticket
	};

	return wg_hanging(what, &model);
}

static void the_ticket_is_taken_before_the_look(void)
{
	CU_ASSERT_EQUAL(turn("turn, ticket before the look", BEFORE_LOOK), 0);
	CU_ASSERT(turn("turn, ticket inside the sleep", INSIDE_SLEEP) > 0);
	CU_ASSERT(turn("turn, no predicate", NONE) > 0);
}

/* ---- the explorer itself ---- */

/* Two threads, each stores its own word and reads the other's: both may read 0. */
static bool litmus_step(struct wg_state *s, int t, const void *config)
{
	const bool *is_fenced = config;

	switch (s->pc[t]) {
	case 0:
		wg_state_store(s, t, t, 1);
		s->pc[t] = 1;
		return true;
	case 1:
		if (*is_fenced && !wg_state_is_drained(s, t))
			return false;
		s->reg[t][0] = (int8_t)wg_state_load(s, t, 1 - t);
		s->pc[t] = 2;
		return true;
	default: return false;
	}
}

static bool both_read_0(const struct wg_state *s, const void *config)
{
	(void)config;
	return s->reg[0][0] == 0 && s->reg[1][0] == 0;
}

static void the_explorer_knows_store_buffers(void)
{
	bool is_fenced = false;
	struct wg_model model = {
		.threads = 2, .step = litmus_step, .is_bad = both_read_0, .config = &is_fenced
	};
	struct wg_state start;
	struct wg_explored found;

	memset(&start, 0, sizeof(start));
	found = wg_explore(&model, &start);
	/* Each thread: store, then load and drain in either order; 6!/(3!3!) merges of each pair of
	 * orders. */
	CU_ASSERT_EQUAL(found.schedules, 4 * 20);
	CU_ASSERT(found.bad > 0);
	is_fenced = true;
	found = wg_explore(&model, &start);
	CU_ASSERT_EQUAL(found.schedules, 20);
	CU_ASSERT_EQUAL(found.bad, 0);
}

void suite_protocols(void)
{
	WG_TEST(the_explorer_knows_store_buffers);
	WG_TEST(elide_needs_all_four);
	WG_TEST(eventfd_reads_then_clears_then_looks);
	WG_TEST(the_ticket_is_taken_before_the_look);
}
