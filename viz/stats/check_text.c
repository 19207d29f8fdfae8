/*
 * check_text.c: a finding as a line: the figure, the bound, and what to look at in the trace.
 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "viz/stats/check.h"
#include "traces/base/units.h"

/* A figure for people; all digits where three would make two figures look equal. */
static void format(
	char *buf, size_t len, const struct wg_bound_info *info, int64_t value, bool full)
{
	if (info->is_time && !full)
		(void)wg_format_time(buf, len, value);
	else
		(void)snprintf(buf, len, "%" PRId64 "%s", value, info->is_time ? " ns" : "");
}

char *wg_answer_limit(char *buf, size_t len, const struct wg_answer *finding)
{
	format(buf, len, wg_bound_info(finding->bound), finding->limit, false);
	return buf;
}

/* ", first at 10.2 ms: op 1 (read) was ready for 9.98 ms" */
static void format_sight(char *buf, size_t len, const struct wg_answer *f, int64_t origin_ns)
{
	const struct wg_sight *s = &f->sight;
	char at[32], took[32], op[64];

	buf[0] = '\0';
	if (!s->seen)
		return;
	(void)wg_format_time(at, sizeof(at), s->at_ns - origin_ns);
	(void)wg_format_time(took, sizeof(took), s->for_ns);
	(void)snprintf(op, sizeof(op), "op %" PRIu64 " (%s)", s->op, wg_kind_name(s->kind));
	switch (wg_bound_info(f->bound)->sort) {
	case WG_SIGHT_FIRST_WAKE:
		(void)snprintf(
			buf, len, ", first at %s: nothing was there after %s asleep", at, took);
		break;
	case WG_SIGHT_FIRST_READY:
		(void)snprintf(buf, len, ", first at %s: %s was ready for %s", at, op, took);
		break;
	case WG_SIGHT_FIRST_EVENT: (void)snprintf(buf, len, ", first at %s", at); break;
	case WG_SIGHT_STUCK:
		(void)snprintf(buf, len,
			", since %s: %s is ready and the loop asleep, to the end (%s)", at, op,
			took);
		break;
	case WG_SIGHT_LONGEST_GAP:
		(void)snprintf(buf, len, ", longest at %s: the loop slept on for %s with %s ready",
			at, took, op);
		break;
	case WG_SIGHT_LONGEST_STAGE:
		(void)snprintf(buf, len, ", longest at %s: %s took %s", at, op, took);
		break;
	default: break;
	}
}

char *wg_answer_text(char *buf, size_t len, const struct wg_answer *f, int64_t origin_ns)
{
	const struct wg_bound_info *info = wg_bound_info(f->bound);
	char value[32], limit[32], sight[200];

	format(value, sizeof(value), info, f->value, false);
	format(limit, sizeof(limit), info, f->limit, false);
	if (strcmp(value, limit) == 0) {
		format(value, sizeof(value), info, f->value, true);
		format(limit, sizeof(limit), info, f->limit, true);
	}
	format_sight(sight, sizeof(sight), f, origin_ns);
	(void)snprintf(buf, len, "%s: %s %s %s%s", info->name, value, info->is_min ? "<" : ">",
		limit, sight);
	return buf;
}
