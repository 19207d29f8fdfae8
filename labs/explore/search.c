/*
 * search.c: see search.h.
 */
#include "labs/explore/search.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "labs/explore/id.h"
#include "labs/explore/record.h"

#define MAX_SCHEDULES 200000
#define MAX_SECONDS   20
#define DEPTH	      16384
#define RESTARTS      64

/* A point on the path. */
struct choice {
	uint64_t options;
	uint64_t sleep; /* options that lead only to what was seen already */
	uint64_t tried; /* before the chosen one */
	uint8_t chosen;
	bool is_pick;
};

static struct {
	struct choice path[DEPTH];
	int length; /* of the part that is prescribed, then of all of it */
	int depth;  /* the next point */
	uint64_t sleep;
	bool is_void;
	const char *stopped_by; /* NULL: go on */

	/* A schedule to be replayed. */
	bool has_script;
	struct lx_segment script[LX_SEGMENTS];
	uint32_t script_count, at, left; /* left: events of script[at] */
} search;

/* ---- what the steps were, for ids ---- */

static void log_actor(int actor, bool is_forced)
{
	struct lx_log *log = &lx.shared->log;
	struct lx_segment *last = log->count ? &log->segment[log->count - 1] : NULL;

	if (last && last->actor == actor && !log->is_closed && !is_forced) {
		last->count++;
		return;
	}
	log->is_closed = actor == LX_PICK;
	if (log->count < LX_SEGMENTS)
		log->segment[log->count++] =
			(struct lx_segment){ (uint8_t)actor, is_forced, actor != LX_PICK };
}

static int usual(uint64_t options)
{
	int self = lx.step_thread;

	return self >= 0 && (options & lx_bit(self)) ? self : lx_first(options);
}

/* ---- the script ---- */

static bool script_is_over(void)
{
	return search.at + 1 >= search.script_count && search.left == 0;
}

static void script_next(void)
{
	search.at++;
	search.left =
		search.script[search.at].actor == LX_PICK ? 0 : search.script[search.at].count;
}

static int scripted(uint64_t options)
{
	int actor;

	if (script_is_over())
		return usual(options);
	if (search.left == 0)
		script_next();
	actor = search.script[search.at].actor;
	if (actor == LX_PICK || !(options & lx_bit(actor)))
		lx_end(LX_UNFIT);
	search.left--;
	return actor;
}

static int scripted_pick(int n)
{
	uint32_t pick;

	if (script_is_over())
		return 0;
	if (search.left > 0 || search.script[search.at + 1].actor != LX_PICK)
		lx_end(LX_UNFIT);
	script_next();
	pick = search.script[search.at].count;
	if (pick >= (uint32_t)n)
		lx_end(LX_UNFIT);
	return (int)pick;
}

bool lx_passes_quietly(void)
{
	if (search.has_script && !script_is_over()) {
		if (search.left == 0)
			return false;
		if (search.script[search.at].actor != lx.self->id)
			lx_end(LX_UNFIT);
		search.left--;
	}
	log_actor(lx.self->id, false);
	return true;
}

/* ---- sleep sets ---- */

static bool touches_meet(const struct lx_touch *a, const struct lx_touch *b)
{
	return a->object == b->object && (a->is_write || b->is_write);
}

/* Could it matter whether the step just made or the next one of this actor comes first? */
static bool depends_on_last_step(int actor)
{
	const struct lx_thread *t = &lx.thread[lx_thread_of(actor) < 0 ? 0 : lx_thread_of(actor)];
	const struct lx_touch *touch = t->op.touch;
	struct lx_touch other[2] = { { NULL, true } };
	int i;

	if (lx.touched_all || lx_thread_of(actor) == lx.step_thread || lx_thread_of(actor) < 0 ||
		actor >= LX_INTERRUPT)
		return true;
	if (actor >= LX_SPURIOUS) {
		other[0].object = t->cond;
		touch = other;
	} else if (actor >= LX_DRAIN) {
		other[0].object = t->store_count ? t->store[0].at : NULL;
		touch = other;
	} else if (t->op.touches_all || t->has_yielded || (t->store_count && !t->op.is_access)) {
		return true;
	}
	for (; touch->object; touch++) {
		for (i = 0; i < lx.touched_count; i++) {
			if (touches_meet(touch, &lx.touched[i]))
				return true;
		}
	}
	return false;
}

static void wake_sleepers(void)
{
	uint64_t left = search.sleep;

	for (; left; left &= left - 1) {
		if (depends_on_last_step(lx_first(left)))
			search.sleep &= ~lx_bit(lx_first(left));
	}
}

/* ---- the path ---- */

static struct choice *next_choice(void)
{
	if (search.depth == DEPTH)
		lx_end(LX_RAN); /* max_steps is smaller; cannot be */
	return &search.path[search.depth++];
}

static int first_time(struct choice *c, uint64_t options)
{
	int actor = usual(options);

	search.length++;
	*c = (struct choice){ .options = options, .sleep = search.sleep };
	if (!(options & ~c->sleep)) {
		search.length--; /* everything that can follow was seen */
		lx_end(LX_REDUNDANT);
	}
	if (c->sleep & lx_bit(actor))
		actor = lx_first(options & ~c->sleep);
	c->chosen = (uint8_t)actor;
	return actor;
}

static int searched(uint64_t options)
{
	struct choice *c = next_choice();
	int actor;

	if (!lx.is_full)
		wake_sleepers();
	actor = search.depth > search.length ? first_time(c, options) : c->chosen;
	search.sleep = lx.is_full ? 0 : (c->sleep | c->tried) & ~lx_bit(actor);
	return actor;
}

int lx_choose(uint64_t options)
{
	int common = usual(options);
	int actor = search.has_script ? scripted(options) : searched(options);

	log_actor(actor, actor != common);
	return actor;
}

int lx_pick(int n)
{
	struct choice *c;
	int pick = 0;

	if (n < 2)
		return 0;
	if (search.has_script) {
		pick = scripted_pick(n);
	} else {
		c = next_choice();
		if (search.depth > search.length) {
			search.length++;
			*c = (struct choice){ .options = lx_bit(n) - 1, .is_pick = true };
		}
		pick = c->chosen;
	}
	log_actor(LX_PICK, pick != 0);
	lx.shared->log.segment[lx.shared->log.count - 1].count = (uint32_t)pick;
	return pick;
}

/* To the last choice that has an untried alternative. False: there is none. */
static bool backtrack(void)
{
	while (search.length > 0) {
		struct choice *c = &search.path[search.length - 1];
		uint64_t left;

		c->tried |= lx_bit(c->chosen);
		left = c->options & ~c->tried & ~c->sleep;
		if (left) {
			c->chosen = (uint8_t)lx_first(left);
			return true;
		}
		search.length--;
	}
	return false;
}

/* ---- the loop ---- */

static double cpu_seconds(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static enum lx_outcome run_one(void)
{
	enum lx_outcome outcome;

	search.depth = 0;
	search.sleep = 0;
	search.at = 0;
	search.left = 0;
	if (search.script_count > 0)
		search.left = search.script[0].count;
	lx.shared->log.count = 0;
	lx.shared->log.is_closed = false;
	lx_checks_begin();
	outcome = lx_run_once();
	if (outcome == LX_REDUNDANT) {
		lx.shared->redundant++;
	} else {
		lx.shared->schedules++;
		lx.shared->failing += lx_checks_end();
	}
	return outcome;
}

bool lx_is_replay(void)
{
	return search.has_script;
}

void lx_search_void(void)
{
	search.is_void = true;
}

void lx_search_stop(const char *bound)
{
	search.stopped_by = bound;
}

static void start_afresh(void)
{
	search.is_void = false;
	search.length = 0;
	lx.shared->schedules = lx.shared->failing = lx.shared->redundant = 0;
	lx_checks_forget();
}

__attribute__((format(printf, 1, 2))) static void say_bound(const char *what, ...)
{
	va_list args;

	va_start(args, what);
	(void)vsnprintf(lx.shared->bound, sizeof(lx.shared->bound), what, args);
	va_end(args);
}

void lx_search(void)
{
	const struct lab_scenario *s = lx.scenario;
	uint64_t max = s->max_schedules ? (uint64_t)s->max_schedules : MAX_SCHEDULES;
	double seconds = s->max_seconds ? s->max_seconds : MAX_SECONDS;
	double begin = cpu_seconds();
	int restarts = 0;

	start_afresh();
	for (;;) {
		(void)run_one();
		if (search.stopped_by) {
			say_bound("%s", search.stopped_by);
			return;
		}
		if (search.is_void && restarts++ < RESTARTS) {
			start_afresh();
			continue;
		}
		if (!backtrack()) {
			lx.shared->is_complete = true;
			say_bound("every order of steps%s",
				lx.is_full ? "" : " that anybody can tell apart");
			return;
		}
		if (lx.shared->schedules + lx.shared->redundant >= max) {
			say_bound("the first %llu schedules", (unsigned long long)max);
			return;
		}
		if (cpu_seconds() - begin > seconds) {
			say_bound("what %.0f s of processor time allow", seconds);
			return;
		}
	}
}

void lx_replay(const char *id)
{
	search.has_script = true;
	if (!lx_id_parse(id, search.script, LX_SEGMENTS, &search.script_count)) {
		(void)snprintf(lx.shared->trouble, sizeof(lx.shared->trouble),
			"'%s' is not the id of a schedule", id);
		return;
	}
	if (lx.is_recording) {
		/* Once to learn which words are shared without a lock, so as to show them. */
		lx.is_recording = false;
		(void)run_one();
		lx.is_recording = true;
		start_afresh();
	}
	if (run_one() == LX_UNFIT || !script_is_over())
		(void)snprintf(lx.shared->trouble, sizeof(lx.shared->trouble),
			"schedule '%s' does not fit this program; has it changed since?", id);
	lx.shared->is_complete = true;
	say_bound("one schedule");
}
