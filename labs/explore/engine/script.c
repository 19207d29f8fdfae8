/*
 * script.c: see script.h.
 */
#include "labs/explore/engine/script.h"

#include <string.h>

static struct {
	bool is_set;
	struct lx_segment segment[LX_SEGMENTS];
	uint32_t count, at, left; /* left: events of segment[at] */
} script;

/* ---- the log ---- */

int lx_usual(uint64_t options)
{
	int self = lx.step_thread;

	return self >= 0 && (options & lx_bit(self)) ? self : lx_first(options);
}

void lx_log_actor(int actor, bool is_forced)
{
	struct lx_log *log = &lx.shared->log;
	struct lx_segment *last = log->count ? &log->segment[log->count - 1] : NULL;

	if (last && last->actor == actor && !log->is_closed && !is_forced) {
		last->count++;
		return;
	}
	log->is_closed = false;
	if (log->count < LX_SEGMENTS)
		log->segment[log->count++] = (struct lx_segment){ (uint8_t)actor, is_forced, 1 };
}

void lx_log_pick(int pick)
{
	struct lx_log *log = &lx.shared->log;

	if (log->count < LX_SEGMENTS)
		log->segment[log->count++] =
			(struct lx_segment){ LX_PICK, pick != 0, (uint32_t)pick };
	log->is_closed = true;
}

/* ---- the script ---- */

void lx_script_set(const struct lx_segment *segment, uint32_t count)
{
	memmove(script.segment, segment, count * sizeof(*segment));
	script.count = count;
	script.is_set = true;
}

void lx_script_clear(void)
{
	script.is_set = false;
	script.count = 0;
}

void lx_script_begin(void)
{
	script.at = 0;
	script.left = script.count ? script.segment[0].count : 0;
	lx.shared->log.count = 0;
	lx.shared->log.is_closed = false;
}

bool lx_is_replay(void)
{
	return script.is_set;
}

bool lx_script_is_over(void)
{
	return script.at + 1 >= script.count && script.left == 0;
}

static void go_to_next(void)
{
	const struct lx_segment *s = &script.segment[++script.at];

	script.left = s->actor == LX_PICK ? 0 : s->count;
}

int lx_script_choose(uint64_t options)
{
	int actor;

	if (lx_script_is_over())
		return lx_usual(options);
	if (script.left == 0)
		go_to_next();
	actor = script.segment[script.at].actor;
	if (actor == LX_PICK || !(options & lx_bit(actor)))
		lx_end(LX_UNFIT);
	script.left--;
	return actor;
}

int lx_script_pick(int n)
{
	uint32_t pick;

	if (lx_script_is_over())
		return 0;
	if (script.left > 0 || script.segment[script.at + 1].actor != LX_PICK)
		lx_end(LX_UNFIT);
	go_to_next();
	pick = script.segment[script.at].count;
	if (pick >= (uint32_t)n)
		lx_end(LX_UNFIT);
	return (int)pick;
}

bool lx_passes_quietly(void)
{
	if (script.is_set && !lx_script_is_over()) {
		if (script.left == 0)
			return false;
		if (script.segment[script.at].actor != lx.self->id)
			lx_end(LX_UNFIT);
		script.left--;
	}
	lx_log_actor(lx.self->id, false);
	return true;
}
