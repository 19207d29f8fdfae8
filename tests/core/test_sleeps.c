/*
 * test_sleeps.c: many rings for many sleeps, in every schedule there is: who may spare the call?
 *
 * Two ringers ring twice each, and each of a ring's steps may come late. The loop arms and sleeps
 * until its ticket counts all four. Whoever rings may spare the system call if somebody else's
 * serves as well; the wrong ways to know that pass every test with one ring or one sleep.
 */
#include <stdio.h>

#include "tests/labs/explore.h"
#include "tests/harness/harness.h"

enum { LOOP };
enum { RINGS, FLAG, ASLEEP, TOKEN };
enum { HEARD_ALL = 9, SLEEPS = 6, RINGS_EACH = 2 };

enum spare {
	NOBODY,	     /* core/wait/futex.c */
	IF_PENDING,  /* wrong: a flag that ringers set, and arm() clears beside taking the ticket */
	TAKE_OLDER,  /* core/wait/elide.c: if armed for a ticket before this ring; taken away by it
		      */
	TAKE_TICKET, /* wrong: for any ticket */
	TAKE_FLAG,   /* wrong: by a flag, whichever sleep that belongs to by now */
};

/* What the loop says before it looks at rings once more: a flag, or its ticket (and never 0). */
static int arming(const struct wg_state *s, enum spare spare)
{
	return spare == TAKE_FLAG ? 1 : s->reg[LOOP][0] + 1;
}

/* Arm (0, 1), say so (2), look at rings (3) and once more in the kernel (4), be asleep (5). */
static bool sleeps_loop(struct wg_state *s, enum spare spare)
{
	int8_t *pc = &s->pc[LOOP], *ticket = &s->reg[LOOP][0];

	switch (*pc) {
	case 0:
		if (spare == IF_PENDING)
			s->mem[FLAG] = 0;
		*pc = 1;
		return true;
	case 1:
		*ticket = s->mem[RINGS];
		*pc = *ticket == 2 * RINGS_EACH ? HEARD_ALL : 2;
		return true;
	case 2:
		if (spare >= TAKE_OLDER)
			s->mem[FLAG] = (int8_t)arming(s, spare);
		*pc = 3;
		return true;
	case 3:
	case 4:
		if (*ticket != s->mem[RINGS])
			*pc = SLEEPS;
		else if (++*pc == 5)
			s->mem[ASLEEP] = 1;
		return true;
	case 5:
		if (s->mem[ASLEEP])
			return false;
		*pc = 2; /* kicked, for whatever reason: the same sleep again */
		return true;
	case SLEEPS:
		if (spare >= TAKE_OLDER)
			s->mem[FLAG] = 0;
		*pc = 0;
		return true;
	default: return false;
	}
}

/* Ring (0), ask (1), take away (2), kick (3). */
static bool sleeps_ringer(struct wg_state *s, int t, enum spare spare)
{
	int8_t *pc = &s->pc[t], *saw = &s->reg[t][0], *rung = &s->reg[t][1], *mine = &s->reg[t][2];

	switch (*pc) {
	case 0:
		if (*rung == RINGS_EACH)
			return false;
		++*rung;
		*mine = ++s->mem[RINGS];
		*pc = spare == NOBODY ? 3 : 1;
		return true;
	case 1:
		*saw = s->mem[FLAG];
		if (spare == IF_PENDING) {
			s->mem[FLAG] = 1;
			*pc = *saw ? 0 : 3;
		} else {
			*pc = *saw && (spare != TAKE_OLDER || *saw - 1 < *mine) ? 2 : 0;
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
	const enum spare *spare = config;

	return t == LOOP ? sleeps_loop(s, *spare) : sleeps_ringer(s, t, *spare);
}

static bool not_all_heard(const struct wg_state *s, const void *config)
{
	(void)config;
	return s->pc[LOOP] != HEARD_ALL;
}

static uint64_t sleeps(const char *what, enum spare spare)
{
	struct wg_model model = {
		.threads = 3, .step = sleeps_step, .is_bad = not_all_heard, .config = &spare
	};

	return wg_hanging(what, &model);
}

/* The same rings and sleeps with a bell that stays rung: core/wait/eventfd.c. */
static bool bell_ringer(struct wg_state *s, int t)
{
	int8_t *pc = &s->pc[t], *rung = &s->reg[t][1];

	switch (*pc) {
	case 0:
		if (*rung == RINGS_EACH)
			return false;
		++*rung;
		s->mem[RINGS]++;
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
static bool bell_step(struct wg_state *s, int t, const void *config)
{
	const bool *reads_first = config;
	int8_t *pc = &s->pc[LOOP], *ticket = &s->reg[LOOP][0];

	if (t != LOOP)
		return bell_ringer(s, t);
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
		*ticket = s->mem[RINGS];
		*pc = *ticket == 2 * RINGS_EACH ? HEARD_ALL : 4;
		return true;
	case 4:
		if (!s->mem[TOKEN])
			return false;
		*pc = 5;
		return true;
	case 7: *pc = *ticket == s->mem[RINGS] ? 4 : 0; return true;
	default: return false;
	}
}

static uint64_t bell(const char *what, bool reads_first)
{
	struct wg_model model = {
		.threads = 3, .step = bell_step, .is_bad = not_all_heard, .config = &reads_first
	};

	return wg_hanging(what, &model);
}

static void a_bell_that_stays_rung_may_have_a_flag(void)
{
	CU_ASSERT_EQUAL(bell("a bell, read then clear", true), 0);
	CU_ASSERT(bell("a bell, clear then read", false) > 0);
}

static void a_call_is_spared_for_this_sleep_only(void)
{
	CU_ASSERT_EQUAL(sleeps("always call", NOBODY), 0);
	CU_ASSERT_EQUAL(sleeps("take an older ticket", TAKE_OLDER), 0);
	CU_ASSERT(sleeps("take any ticket", TAKE_TICKET) > 0);
	CU_ASSERT(sleeps("a flag of ringers", IF_PENDING) > 0);
	CU_ASSERT(sleeps("take a flag", TAKE_FLAG) > 0);
}

void suite_sleeps(void)
{
	WG_TEST(a_bell_that_stays_rung_may_have_a_flag);
	WG_TEST(a_call_is_spared_for_this_sleep_only);
}
