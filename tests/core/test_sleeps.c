/*
 * test_sleeps.c: many notifications for many sleeps, in all schedules: who may skip the call?
 *
 * Two notifiers notify twice each, and each of a notification's steps may come late. The loop arms
 * and sleeps until its ticket counts all four. A notifier may skip the system call if another's
 * serves as well. The broken ways to know that pass every test with one notification or one sleep.
 */
#include <stdio.h>

#include "tests/labs/explore.h"
#include "tests/harness/harness.h"

enum { LOOP };
enum { NOTIFIES, FLAG, ASLEEP, TOKEN };
enum { SEEN_ALL = 9, SLEEPS = 6, NOTIFIES_EACH = 2 };

enum skip {
	NOBODY,	     /* core/wait/futex.c */
	IF_PENDING,  /* broken: a flag that notifiers set, and arm() clears beside taking the ticket
		      */
	TAKE_OLDER,  /* core/wait/elide.c: clear the word if its ticket is older than this one */
	TAKE_TICKET, /* broken: for any ticket */
	TAKE_FLAG,   /* broken: by a flag, whichever sleep it belongs to by now */
};

/* What the loop stores before it compares once more: a flag, or its ticket (never 0). */
static int arming(const struct wg_state *s, enum skip skip)
{
	return skip == TAKE_FLAG ? 1 : s->reg[LOOP][0] + 1;
}

/* Arm (0, 1), say so (2), compare (3) and once more in the kernel (4), be asleep (5). */
static bool sleeps_loop(struct wg_state *s, enum skip skip)
{
	int8_t *pc = &s->pc[LOOP], *ticket = &s->reg[LOOP][0];

	switch (*pc) {
	case 0:
		if (skip == IF_PENDING)
			s->mem[FLAG] = 0;
		*pc = 1;
		return true;
	case 1:
		*ticket = s->mem[NOTIFIES];
		*pc = *ticket == 2 * NOTIFIES_EACH ? SEEN_ALL : 2;
		return true;
	case 2:
		if (skip >= TAKE_OLDER)
			s->mem[FLAG] = (int8_t)arming(s, skip);
		*pc = 3;
		return true;
	case 3:
	case 4:
		if (*ticket != s->mem[NOTIFIES])
			*pc = SLEEPS;
		else if (++*pc == 5)
			s->mem[ASLEEP] = 1;
		return true;
	case 5:
		if (s->mem[ASLEEP])
			return false;
		*pc = 2; /* kicked for some reason: the same sleep again */
		return true;
	case SLEEPS:
		if (skip >= TAKE_OLDER)
			s->mem[FLAG] = 0;
		*pc = 0;
		return true;
	default: return false;
	}
}

/* Notify (0), ask (1), clear (2), kick (3). */
static bool sleeps_notifier(struct wg_state *s, int t, enum skip skip)
{
	int8_t *pc = &s->pc[t], *saw = &s->reg[t][0], *sent = &s->reg[t][1], *mine = &s->reg[t][2];

	switch (*pc) {
	case 0:
		if (*sent == NOTIFIES_EACH)
			return false;
		++*sent;
		*mine = ++s->mem[NOTIFIES];
		*pc = skip == NOBODY ? 3 : 1;
		return true;
	case 1:
		*saw = s->mem[FLAG];
		if (skip == IF_PENDING) {
			s->mem[FLAG] = 1;
			*pc = *saw ? 0 : 3;
		} else {
			*pc = *saw && (skip != TAKE_OLDER || *saw - 1 < *mine) ? 2 : 0;
		}
		return true;
	case 2:
		*pc = s->mem[FLAG] == *saw ? 3 : 0;
		if (*pc == 3)
			s->mem[FLAG] = 0;
		return true;
	default:
		s->mem[ASLEEP] = 0;
		*pc = 0;
		return true;
	}
}

static bool sleeps_step(struct wg_state *s, int t, const void *config)
{
	const enum skip *skip = config;

	return t == LOOP ? sleeps_loop(s, *skip) : sleeps_notifier(s, t, *skip);
}

static bool not_all_seen(const struct wg_state *s, const void *config)
{
	(void)config;
	return s->pc[LOOP] != SEEN_ALL;
}

static uint64_t sleeps(const char *what, enum skip skip)
{
	struct wg_model model = {
		.threads = 3, .step = sleeps_step, .is_bad = not_all_seen, .config = &skip
	};

	return wg_hanging(what, &model);
}

/* The same with an eventfd, which stays readable: core/wait/eventfd.c. */
static bool eventfd_notifier(struct wg_state *s, int t)
{
	int8_t *pc = &s->pc[t], *sent = &s->reg[t][1];

	switch (*pc) {
	case 0:
		if (*sent == NOTIFIES_EACH)
			return false;
		++*sent;
		s->mem[NOTIFIES]++;
		*pc = 1;
		return true;
	case 1:
		*pc = s->mem[FLAG] ? 0 : 2;
		s->mem[FLAG] = 1;
		return true;
	default:
		s->mem[TOKEN] = 1;
		*pc = 0;
		return true;
	}
}

/* Ask for the flag (0); drain (1, 2); take the ticket (3); sleep (4), drain (5, 6), compare (7). */
static bool eventfd_step(struct wg_state *s, int t, const void *config)
{
	const bool *reads_first = config;
	int8_t *pc = &s->pc[LOOP], *ticket = &s->reg[LOOP][0];

	if (t != LOOP)
		return eventfd_notifier(s, t);
	switch (*pc) {
	case 0: *pc = s->mem[FLAG] ? 1 : 3; return true;
	case 1:
	case 2:
	case 5:
	case 6:
		s->mem[(*pc % 4 == 1) == *reads_first ? TOKEN : FLAG] = 0;
		++*pc;
		return true;
	case 3:
		*ticket = s->mem[NOTIFIES];
		*pc = *ticket == 2 * NOTIFIES_EACH ? SEEN_ALL : 4;
		return true;
	case 4:
		if (!s->mem[TOKEN])
			return false;
		*pc = 5;
		return true;
	case 7: *pc = *ticket == s->mem[NOTIFIES] ? 4 : 0; return true;
	default: return false;
	}
}

static uint64_t eventfd(const char *what, bool reads_first)
{
	struct wg_model model = {
		.threads = 3, .step = eventfd_step, .is_bad = not_all_seen, .config = &reads_first
	};

	return wg_hanging(what, &model);
}

static void an_eventfd_stays_readable_and_may_have_a_flag(void)
{
	CU_ASSERT_EQUAL(eventfd("an eventfd, read then clear", true), 0);
	CU_ASSERT(eventfd("an eventfd, clear then read", false) > 0);
}

static void a_call_is_skipped_for_this_sleep_only(void)
{
	CU_ASSERT_EQUAL(sleeps("always call", NOBODY), 0);
	CU_ASSERT_EQUAL(sleeps("take an older ticket", TAKE_OLDER), 0);
	CU_ASSERT(sleeps("take any ticket", TAKE_TICKET) > 0);
	CU_ASSERT(sleeps("a flag of ringers", IF_PENDING) > 0);
	CU_ASSERT(sleeps("take a flag", TAKE_FLAG) > 0);
}

void suite_sleeps(void)
{
	WG_TEST(an_eventfd_stays_readable_and_may_have_a_flag);
	WG_TEST(a_call_is_skipped_for_this_sleep_only);
}
