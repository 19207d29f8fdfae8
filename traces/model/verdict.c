/*
 * verdict.c: one sentence on what the traces show (see figures.h).
 *
 * The sentence never claims more than was seen. A stuck loop comes before any ratio, because it
 * wastes an unbounded time. Discarded events make every figure a lower bound. A trace in which no
 * loop slept says nothing about waking.
 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "traces/model/figures.h"
#include "traces/base/units.h"

/* A sentence under construction; what does not fit is cut. */
struct text {
	char *buf;
	size_t len, used;
};

static void say(struct text *text, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

static void say(struct text *text, const char *fmt, ...)
{
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text->buf + text->used, text->len - text->used, fmt, ap);
	va_end(ap);
	if (n > 0)
		text->used += (size_t)n;
	if (text->used >= text->len)
		text->used = text->len - 1;
}

/* "1445", "12.3", "1.4": only digits that mean something. */
static void say_ratio(struct text *text, double ratio)
{
	say(text, ratio < 20 ? "%.1f" : "%.0f", ratio);
}

/* Whether it slept with a result ready, if nobody can tell. */
static bool say_unseen(struct text *text, const char *name, const struct wg_figures *f)
{
	char why[64];

	if (!wg_figures_unseen(why, sizeof(why), f, WG_SEES_GAPS))
		return false;
	say(text, "%s%s: time asleep with a result ready is %s", text->used ? "; " : "", name, why);
	return true;
}

/* A wait that goes on at the end has no gap yet. */
static const char *before_the_end(const struct wg_figures *f)
{
	return f->ready_at_end ? " before the end" : "";
}

/* What one loop did with its time. */
static void say_one(struct text *text, const char *name, const struct wg_figures *f)
{
	char wasted[32], all[32], gap[32], share[32];

	if (say_unseen(text, name, f)) {
		/* nothing else is known */
	} else if (f->waits == 0) {
		say(text, "%s never slept", name);
	} else if (f->wasted_ns == 0) {
		say(text, "%s never slept with a result ready%s", name, before_the_end(f));
	} else {
		say(text, "%s slept %s of %s (%s) with a result ready", name,
			wg_format_time(wasted, sizeof(wasted), f->wasted_ns),
			wg_format_time(all, sizeof(all), f->life_ns),
			wg_figures_share_text(share, sizeof(share), f));
		say(text, "; a typical gap is %s", wg_format_time(gap, sizeof(gap), f->gap_p50_ns));
	}
	if (f->empty_wakes > 0)
		say(text, "; %llu empty wake%s", (unsigned long long)f->empty_wakes,
			wg_s(f->empty_wakes));
}

static bool say_stuck(struct text *text, const char *name, const struct wg_figures *f)
{
	char time[32];

	if (!f->stuck)
		return false;
	say(text, "%s%s is stuck: asleep %s with %llu result%s ready", text->used ? "; " : "", name,
		f->stuck_for_ever ? "for ever" : "to the end", (unsigned long long)f->stuck_results,
		wg_s(f->stuck_results));
	if (!f->stuck_for_ever)
		say(text, ", the last %s", wg_format_time(time, sizeof(time), f->stuck_ns));
	return true;
}

/* What the threads of a trace did, if nothing else is in it. */
static void say_threads(struct text *text, const char *name, const struct wg_figures *f)
{
	char p50[32];

	say(text, "%s: %u thread%s woke %llu time%s", name, f->threads, wg_s(f->threads),
		(unsigned long long)f->wakes, wg_s(f->wakes));
	if (f->timer_wakes)
		say(text, ", %.0f %% by a timer", 100 * (double)f->timer_wakes / (double)f->wakes);
	if (f->empty_wakes)
		say(text, ", %llu for nothing", (unsigned long long)f->empty_wakes);
	if (f->late_wakes)
		say(text, ", %llu late", (unsigned long long)f->late_wakes);
	if (f->gaps)
		say(text, "; a notify woke one in %s (p50)",
			wg_format_time(p50, sizeof(p50), f->gap_p50_ns));
}

static bool is_of_threads(const struct wg_figures *f)
{
	return f && f->loops == 0 && f->threads > 0;
}

/* If one is of threads only, there is no ratio: each has its own sentence. */
static bool say_each(struct text *text, const char *const names[2], const struct wg_figures *a,
	const struct wg_figures *b)
{
	const struct wg_figures *each[2] = { a, b };
	size_t i;

	if (!is_of_threads(a) && !is_of_threads(b))
		return false;
	for (i = 0; i < 2 && each[i]; i++) {
		if (i)
			say(text, "; ");
		if (is_of_threads(each[i]))
			say_threads(text, names[i], each[i]);
		else if (!say_stuck(text, names[i], each[i]))
			say_one(text, names[i], each[i]);
	}
	return true;
}

static void say_two(struct text *text, const char *const names[2], const struct wg_figures *a,
	const struct wg_figures *b, bool short_form)
{
	char wa[32], wb[32];
	double ratio;

	if (a->wasted_ns == 0 && b->wasted_ns == 0) {
		say(text, "neither %s nor %s slept with a result ready%s", names[0], names[1],
			before_the_end(a->ready_at_end ? a : b));
		return;
	}
	(void)wg_format_time(wa, sizeof(wa), a->wasted_ns);
	(void)wg_format_time(wb, sizeof(wb), b->wasted_ns);
	ratio = b->wasted_ns > 0 ? (double)a->wasted_ns / (double)b->wasted_ns : 0;
	if (short_form && ratio >= 1.05) {
		say(text, "%s wastes ", names[0]);
		say_ratio(text, ratio);
		say(text, "x more than %s", names[1]);
		return;
	}
	if (short_form)
		say(text, "wasted: %s %s, %s %s", names[0], wa, names[1], wb);
	else
		say(text, "%s slept %s with a result ready; %s %s", names[0], wa, names[1], wb);
	if (short_form || a->wasted_ns == 0 || b->wasted_ns == 0)
		return;
	if (ratio > 0.95 && ratio < 1.05) {
		say(text, ": about the same");
		return;
	}
	say(text, ": ");
	say_ratio(text, ratio > 1 ? ratio : 1 / ratio);
	say(text, " times %s", ratio > 1 ? "less" : "more");
}

static void say_loops(struct text *text, const char *const names[2], const struct wg_figures *a,
	const struct wg_figures *b, bool short_form)
{
	bool said = say_stuck(text, names[0], a);

	if (b)
		said = say_stuck(text, names[1], b) || said;
	if (!said && b && !(wg_figures_sees(a, WG_SEES_GAPS) && wg_figures_sees(b, WG_SEES_GAPS))) {
		said = say_unseen(text, names[0], a);
		said = say_unseen(text, names[1], b) || said;
	}
	if (!said && b)
		say_two(text, names, a, b, short_form);
	else if (!said)
		say_one(text, names[0], a);
}

char *wg_verdict(char *buf, size_t len, const struct wg_figures *a, const struct wg_figures *b,
	bool short_form)
{
	struct text text = { .buf = buf, .len = len };
	char named[2][48];
	const char *names[2] = { named[0], named[1] };
	bool alike = b && strcmp(a->strategy, b->strategy) == 0;
	uint64_t lost = a->discarded + (b ? b->discarded : 0);

	buf[0] = '\0';
	(void)snprintf(named[0], sizeof(named[0]), alike ? "A (%s)" : "%s", a->strategy);
	(void)snprintf(named[1], sizeof(named[1]), alike ? "B (%s)" : "%s", b ? b->strategy : "");
	if (!say_each(&text, names, a, b))
		say_loops(&text, names, a, b, short_form);
	if (lost > 0)
		say(&text, "; %llu %s lost: figures are a lower bound", (unsigned long long)lost,
			lost == 1 ? "event was" : "events were");
	return buf;
}
