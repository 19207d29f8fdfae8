/*
 * path.c: see path.h.
 */
#include "labs/explore/engine/path.h"

#include <string.h>

#include "labs/explore/engine/script.h"

#define DEPTH 65536

/* A point on the path. */
struct choice {
	uint64_t options;
	uint64_t sleep; /* options that lead only to schedules already seen */
	uint64_t tried; /* before the chosen one */
	uint8_t chosen;
	uint8_t usual;
	int8_t running; /* the thread of the last step, if it could go on; else -1 */
};

static struct {
	struct choice choice[DEPTH];
	int length; /* of the prescribed part, later of the whole path */
	int depth;  /* the next point */
	uint64_t sleep;
	bool is_reduced;
	int bound, cost;
} path;

/* ---- sleep sets ---- */

static bool touches_meet(const struct lx_touch *a, const struct lx_touch *b)
{
	return a->object == b->object && (a->is_write || b->is_write);
}

/* Does it matter whether the last step or the next step of this actor comes first? */
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
	uint64_t left = path.sleep;

	for (; left; left &= left - 1) {
		if (depends_on_last_step(lx_first(left)))
			path.sleep &= ~lx_bit(lx_first(left));
	}
}

/* ---- shards ---- */

static struct {
	int number, of; /* 0: all is ours */
	int below;	/* so many choices with alternatives are above a cut */
	uint32_t parts;
	uint64_t tree;
	int seen;     /* choices with alternatives in this schedule so far */
	int cut;      /* where the path was cut last */
	bool is_new;  /* what is above the cut has changed since */
	bool is_past; /* this schedule has come to its cut */
	bool is_mine;
} shard;

static void mix(uint64_t value)
{
	shard.tree = (shard.tree ^ value) * 1099511628211u;
}

/* The path is cut here: whose turn is it? */
static void cut_here(void)
{
	uint64_t turn;
	int i;

	shard.is_past = true;
	shard.cut = path.depth;
	if (!shard.is_new)
		return;
	shard.is_new = false;
	/* Not in turn: of two alternatives, the first has more below it. */
	turn = (shard.parts++ * UINT64_C(0x9E3779B97F4A7C15)) >> 33;
	shard.is_mine = (int)(turn % (uint32_t)shard.of) == shard.number - 1;
	for (i = 0; i < path.depth; i++) {
		mix(path.choice[i].options);
		mix(path.choice[i].sleep);
		mix(path.choice[i].chosen);
	}
	mix(UINT64_MAX);
}

static void come_to_cut(void)
{
	if (!shard.of || shard.is_past || shard.seen < shard.below)
		return;
	cut_here();
	if (!shard.is_mine)
		lx_end(LX_ELSEWHERE);
}

void lx_path_shard(int number, int of, int below)
{
	memset(&shard, 0, sizeof(shard));
	shard.number = number;
	shard.of = of;
	shard.below = below;
}

bool lx_path_is_mine(void)
{
	if (shard.of && !shard.is_past)
		cut_here();
	return !shard.of || shard.is_mine;
}

uint32_t lx_path_parts(uint64_t *ret_tree)
{
	*ret_tree = shard.tree;
	return shard.parts;
}

/* ---- the path ---- */

static struct choice *next_choice(void)
{
	if (path.depth == DEPTH)
		lx_end(LX_RAN); /* not reached: the limit of steps is smaller */
	return &path.choice[path.depth++];
}

/* Is it a preemption to let this actor go on? */
static int cost_of(const struct choice *c, int actor)
{
	return actor != c->usual && (c->running >= 0 || actor >= LX_TIME);
}

/* The options that the bound still allows. */
static uint64_t affordable(const struct choice *c)
{
	uint64_t left = c->options, allowed = 0;

	if (path.bound == LX_UNBOUNDED || path.cost < path.bound)
		return c->options;
	for (; left; left &= left - 1) {
		if (cost_of(c, lx_first(left)) == 0)
			allowed |= lx_bit(lx_first(left));
	}
	return allowed;
}

static void choose_first(struct choice *c, uint64_t options)
{
	int usual = lx_usual(options);

	*c = (struct choice){ .options = options,
		.sleep = path.sleep,
		.usual = (uint8_t)usual,
		.running = (int8_t)(usual == lx.step_thread ? usual : -1) };
	if (!(options & ~c->sleep))
		lx_end(LX_REDUNDANT); /* all that can follow was seen */
	path.length++;
	c->options = affordable(c);
	c->chosen = c->usual;
	if (c->sleep & lx_bit(usual))
		c->chosen = (uint8_t)lx_first(options & ~c->sleep);
}

static int next_on_path(uint64_t options)
{
	struct choice *c;

	come_to_cut();
	c = next_choice();
	if (path.is_reduced)
		wake_sleepers();
	if (path.depth > path.length)
		choose_first(c, options);
	shard.seen += ((c->options & ~c->sleep) & ((c->options & ~c->sleep) - 1)) != 0;
	path.sleep = path.is_reduced ? (c->sleep | c->tried) & ~lx_bit(c->chosen) : 0;
	path.cost += cost_of(c, c->chosen);
	return c->chosen;
}

int lx_choose(uint64_t options)
{
	int usual = lx_usual(options);
	int actor = lx_is_replay() ? lx_script_choose(options) : next_on_path(options);

	lx_log_actor(actor, actor != usual);
	return actor;
}

int lx_pick(int n)
{
	struct choice *c;
	int pick = 0;

	if (n < 2)
		return 0;
	if (lx_is_replay()) {
		pick = lx_script_pick(n);
	} else {
		come_to_cut();
		c = next_choice();
		shard.seen++;
		if (path.depth > path.length) {
			path.length++;
			*c = (struct choice){ .options = lx_bit(n) - 1 };
		}
		pick = c->chosen;
	}
	lx_log_pick(pick);
	return pick;
}

void lx_path_forget(bool is_reduced, int bound)
{
	path.length = 0;
	path.is_reduced = is_reduced;
	path.bound = bound;
	shard.parts = 0;
	shard.tree = 0;
	shard.is_new = true;
}

void lx_path_begin(void)
{
	path.depth = 0;
	path.sleep = 0;
	path.cost = 0;
	shard.seen = 0;
	shard.is_past = false;
}

bool lx_path_next(void)
{
	while (path.length > 0) {
		struct choice *c = &path.choice[path.length - 1];
		uint64_t left;

		c->tried |= lx_bit(c->chosen);
		left = c->options & ~c->tried & ~c->sleep;
		if (left) {
			c->chosen = (uint8_t)lx_first(left);
			shard.is_new = shard.is_new || path.length <= shard.cut;
			return true;
		}
		path.length--;
	}
	return false;
}

int lx_path_cost(void)
{
	return path.cost;
}
