/*
 * diff_text.c: what was compared, for people and for programs.
 *
 *	                        A          B   change          95 % interval
 *	gap p99           26.3 us    31.0 us    +18 %       +11 % to +24 %  more
 */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "viz/stats/diff.h"
#include "traces/base/say.h"
#include "traces/base/units.h"
#include "viz/base/json.h"

/* A value of a figure. Counts are whole, but for medians of two and for rates. */
static char *value_text(char *buf, size_t len, int figure, double value)
{
	if (wg_diff_figure_is_time(figure))
		return wg_format_time(buf, len, (int64_t)llround(value));
	(void)snprintf(buf, len, "%.*f", value == round(value) ? 0 : 1, value);
	return buf;
}

/* "+18 %", "-0.3 %", "12 x" (times as much), "+3.2 ms" */
static char *change_text(char *buf, size_t len, int figure, bool is_percent, double change)
{
	char plain[40];

	if (is_percent && isinf(change))
		(void)snprintf(plain, sizeof(plain), "any %%");
	else if (is_percent && change >= 9)
		(void)snprintf(plain, sizeof(plain), "%.0f x", change + 1);
	else if (is_percent)
		(void)snprintf(plain, sizeof(plain), "%.*f %%",
			change != 0 && fabs(change) < 0.0995 ? 1 : 0, 100 * change);
	else
		(void)value_text(plain, sizeof(plain), figure, change);
	(void)snprintf(
		buf, len, "%s%s", change > 0 && !(is_percent && change >= 9) ? "+" : "", plain);
	return buf;
}

/* Per cent need something to be a part of. */
static bool in_percent(const struct wg_compared *c)
{
	return c->a > 0 && !isinf(c->ratio.low) && !isinf(c->ratio.high);
}

static char *interval_text(
	char *buf, size_t len, int figure, bool is_percent, const struct wg_interval_95 *i)
{
	char low[48], high[48];

	(void)change_text(low, sizeof(low), figure, is_percent, i->low);
	(void)change_text(high, sizeof(high), figure, is_percent, i->high);
	(void)snprintf(buf, len, "%s to %s", low, high);
	return buf;
}

static const char *verdict(const struct wg_compared *c)
{
	if (!c->is_known)
		return "too few runs";
	if (c->difference.low > 0)
		return "more";
	if (c->difference.high < 0)
		return "less";
	return c->difference.low == 0 && c->difference.high == 0 ? "same" : "noise";
}

static void print_row(const struct diff *diff, int figure)
{
	const struct wg_compared *c = &diff->compared[figure];
	bool is_percent = in_percent(c);
	char a[48], b[48], change[48], interval[100] = "";

	(void)change_text(change, sizeof(change), figure, is_percent,
		is_percent ? c->b / c->a - 1 : c->b - c->a);
	if (c->is_known)
		(void)interval_text(interval, sizeof(interval), figure, is_percent,
			is_percent ? &c->ratio : &c->difference);
	(void)fprintf(diff->out, "%-20s%10s %10s %9s", wg_diff_figure_name(figure),
		value_text(a, sizeof(a), figure, c->a), value_text(b, sizeof(b), figure, c->b),
		change);
	if (c->is_known)
		(void)fprintf(diff->out, " %22s %s", interval, verdict(c));
	(void)fprintf(diff->out, "\n");
}

static void print_side(const struct diff *diff, size_t i)
{
	const struct diff_side *side = &diff->side[i];

	(void)fprintf(diff->out, "%c  %s: %zu run%s", "AB"[i], side -> path, side -> count,
		wg_s(side->count));
	if (side->found > side->count)
		(void)fprintf(diff->out, " (and %zu left out)", side->found - side->count);
	(void)fprintf(diff->out, "\n");
}

/* The verb of a change that a limit is about. */
static const char *verb(const struct diff_limit *limit)
{
	return limit->is_fall ? "fell" : "rose";
}

char *wg_diff_limit_words(
	char *buf, size_t len, const struct diff *diff, const struct diff_limit *limit)
{
	const struct wg_compared *c = &diff->compared[limit->figure];
	const char *name = wg_diff_figure_name(limit->figure);
	const struct wg_interval_95 *i = limit->is_percent ? &c->ratio : &c->difference;
	char interval[100], by[48];

	(void)interval_text(interval, sizeof(interval), limit->figure, limit->is_percent, i);
	(void)change_text(by, sizeof(by), limit->figure, limit->is_percent,
		limit->is_fall ? -limit->by : limit->by);
	if (!wg_diff_is_seen(diff, limit->figure))
		(void)snprintf(
			buf, len, "%s is not observable in all recordings of both sides", name);
	else if (limit->is_unanswered)
		(void)snprintf(buf, len,
			"%s: not enough runs: %zu and %zu, and below %d on each side nobody can "
			"tell a change from noise",
			name, diff->side[0].count, diff->side[1].count, WG_COMPARE_RUNS);
	else if (limit->answer == WG_LIMIT_BROKEN)
		(void)snprintf(buf, len, "%s %s too far: %s, the limit is %s", name, verb(limit),
			interval, by);
	else if (limit->answer == WG_LIMIT_HELD)
		(void)snprintf(buf, len, "%s: %s, within %s", name, interval, by);
	else
		(void)snprintf(buf, len,
			"%s is not settled: %s, and the limit is %s; more runs would tell", name,
			interval, by);
	return buf;
}

static void print_limits(const struct diff *diff)
{
	static const char *const heads[] = { [WG_LIMIT_HELD] = "ok",
		[WG_LIMIT_BROKEN] = "FAILED",
		[WG_LIMIT_UNKNOWN] = "INCONCLUSIVE" };
	char words[320];
	size_t i;

	for (i = 0; i < diff->limit_count; i++)
		(void)fprintf(diff->out, "%s: %s: %s\n", heads[diff->limit[i].answer],
			diff->limit[i].text,
			wg_diff_limit_words(words, sizeof(words), diff, &diff->limit[i]));
}

void wg_diff_print(const struct diff *diff)
{
	bool is_known = true;
	int i;

	print_side(diff, 0);
	print_side(diff, 1);
	(void)fprintf(diff->out, "\n%-20s%10s %10s %9s %22s\n", "median", "A", "B", "change",
		"95 % interval");
	for (i = 0; i < DIFF_FIGURES; i++) {
		if (!wg_diff_is_seen(diff, i))
			continue;
		is_known &= diff->compared[i].is_known;
		print_row(diff, i);
	}
	if (!is_known)
		(void)fprintf(diff->out,
			"\nnot enough runs: with fewer than %d on each side nobody can tell a "
			"change from noise\n",
			WG_COMPARE_RUNS);
	if (diff->limit_count)
		(void)fprintf(diff->out, "\n");
	print_limits(diff);
}

/* ---- JSON ---- */

/* JSON has no infinity: from nothing to something is no ratio. */
static json_t *number_json(double value)
{
	return isinf(value) ? json_null() : json_real(value);
}

static json_t *interval_json(const struct wg_compared *c, const struct wg_interval_95 *i)
{
	return c->is_known ? json_pack("{s:o, s:o}", "low", number_json(i->low), "high",
				     number_json(i->high))
			   : json_null();
}

static json_t *figure_json(const struct diff *diff, int figure)
{
	const struct wg_compared *c = &diff->compared[figure];

	return json_pack("{s:s, s:s?, s:f, s:f, s:o, s:o, s:s}", "figure",
		wg_diff_figure_option(figure), "unit", wg_diff_figure_is_time(figure) ? "ns" : NULL,
		"a", c->a, "b", c->b, "difference", interval_json(c, &c->difference), "ratio",
		interval_json(c, &c->ratio), "verdict", verdict(c));
}

static json_t *limit_json(const struct diff *diff, const struct diff_limit *limit)
{
	static const char *const answers[] = { [WG_LIMIT_HELD] = "held",
		[WG_LIMIT_BROKEN] = "broken",
		[WG_LIMIT_UNKNOWN] = "inconclusive" };
	char words[320];

	return json_pack("{s:o, s:s, s:o}", "limit", wg__json_text(limit->text), "answer",
		answers[limit->answer], "why",
		wg__json_text(wg_diff_limit_words(words, sizeof(words), diff, limit)));
}

static json_t *side_json(const struct diff_side *side)
{
	return json_pack("{s:o, s:I, s:I}", "path", wg__json_text(side->path), "runs",
		I(side->count), "left_out", I(side->found - side->count));
}

int wg_diff_print_json(const struct diff *diff)
{
	json_t *o = json_object(), *figures = json_array(), *limits = json_array();
	size_t i;
	int rc = -ENOMEM;

	for (i = 0; i < DIFF_FIGURES; i++) {
		if (wg_diff_is_seen(diff, (int)i))
			wg__json_append(&figures, figure_json(diff, (int)i));
	}
	for (i = 0; i < diff->limit_count; i++)
		wg__json_append(&limits, limit_json(diff, &diff->limit[i]));
	wg__json_set(&o, "a", side_json(&diff->side[0]));
	wg__json_set(&o, "b", side_json(&diff->side[1]));
	wg__json_set(&o, "runs_needed", json_integer(WG_COMPARE_RUNS));
	wg__json_set(&o, "figures", figures);
	wg__json_set(&o, "limits", limits);
	wg_say_json(diff->out);
	if (o && json_dumpf(o, diff->out, JSON_INDENT(2)) == 0) {
		(void)fputc('\n', diff->out);
		rc = 0;
	}
	json_decref(o);
	return rc;
}
