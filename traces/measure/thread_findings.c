/*
 * thread_findings.c: threads.h in sentences.
 *
 *   redis-server 812: epoll_wait on fd 5 for 100 ms, 10.0 wakes/s (every 100 ms): 100 % by timer,
 *   after 98 % of them it did nothing
 *
 * Most wakes of the recording first: a rate alone would put the one wake of a short thread on top.
 * A sentence says only what was observed.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/names.h"
#include "traces/base/sort.h"
#include "traces/base/units.h"
#include "traces/measure/threads.h"

#define SAME_MIN 5 /* wakes that make a period, notifies that make a habit */

struct list {
	struct wg_thread_finding *v;
	size_t count, cap;
};

static int add(struct list *l, char *text, double weight)
{
	if (wg__grow(&l->v, &l->cap, l->count, sizeof(*l->v)) < 0) {
		free(text);
		return -ENOMEM;
	}
	l->v[l->count++] = (struct wg_thread_finding){ .text = text, .weight = weight };
	return 0;
}

/* Where the last one that was added is seen first. */
static int place(struct list *l, int rc, uint32_t pid, uint32_t tid, int64_t at_ns)
{
	if (rc == 0) {
		l->v[l->count - 1].pid = pid;
		l->v[l->count - 1].tid = tid;
		l->v[l->count - 1].at_ns = at_ns;
	}
	return rc;
}

static const char *call_of(enum wg_wait_in how)
{
	static const char *const names[WG_IN_COUNT] = {
		[WG_IN_EPOLL] = "epoll_wait",
		[WG_IN_POLL] = "poll",
		[WG_IN_SELECT] = "select",
		[WG_IN_COND] = "a condition variable",
		[WG_IN_SEM] = "a semaphore",
		[WG_IN_FUTEX] = "futex",
		[WG_IN_LOCK] = "a lock",
		[WG_IN_SLEEP] = "sleep",
		[WG_IN_READ] = "read",
		[WG_IN_CHILD] = "wait for a child",
		[WG_IN_URING] = "io_uring_enter",
		[WG_IN_SIGNAL] = "wait for a signal",
		[WG_IN_OTHER] = "a wait",
	};

	return how < WG_IN_COUNT ? names[how] : "?";
}

/* "demo 812" */
static void say_who(FILE *out, const struct wg_thread_stats *s)
{
	if (s->tid == 0)
		(void)fprintf(out, "%s", *s->name ? s->name : "main thread");
	else
		(void)fprintf(out, "%s %" PRIu32, *s->name ? s->name : "thread", s->tid);
}

/* "epoll_wait on fd 5 at demo+0x1234 (run_loop)" */
static void say_where(FILE *out, const struct wg_threads *t, const struct wg_thread_stats *s,
	const struct wg_wait_group *g)
{
	const struct wg_thread_object *o = wg_thread_object(t, s->space, g->object);
	const struct wg_thread_site *site = wg_thread_site(t, s->space, g->site);
	const char *slash = site ? strrchr(site->module, '/') : NULL;

	(void)fprintf(out, "%s", call_of(g->how));
	if (o && o->fd >= 0)
		(void)fprintf(out, o->kind == WG_OBJECT_SET ? " on fd %d and others" : " on fd %d",
			o->fd);
	if (!site)
		return;
	(void)fprintf(out, " at %s+0x%" PRIx64, slash ? slash + 1 : site->module, site->offset);
	if (*site->symbol)
		(void)fprintf(out, " (%s)", site->symbol);
}

static void say_asked(FILE *out, const struct wg_wait_group *g)
{
	char time[32];
	size_t i, others = 0;

	if (!g->asked[0].count || g->asked[0].ns == WG_NOT_OBSERVABLE)
		return;
	if (g->asked[0].ns == WG_FOR_EVER)
		(void)fprintf(out, ", without a timeout");
	else
		(void)fprintf(out, " for %s", wg_format_time(time, sizeof(time), g->asked[0].ns));
	for (i = 1; i < WG_ASKED_MAX; i++)
		others += g->asked[i].count && g->asked[i].ns != WG_NOT_OBSERVABLE;
	if (others)
		(void)fprintf(out, " and others");
}

static void say_rate(FILE *out, const struct wg_wait_group *g)
{
	char time[32];

	if (g->wakes_per_s >= 0)
		(void)fprintf(out, ", %.1f wakes/s", g->wakes_per_s);
	else
		(void)fprintf(out, ", %" PRIu64 " wake%s", g->wakes, wg_s(g->wakes));
	if (g->wakes_per_s < 0 && g->asked_count && g->asked_sum_ns > 0)
		(void)fprintf(out, ", at most %.1f/s by the timeouts asked for",
			1e6 * (double)g->asked_count / (double)g->asked_sum_ns);
	if (g->period_ns >= 0)
		(void)fprintf(out, " (every %s)", wg_format_time(time, sizeof(time), g->period_ns));
}

static double percent(uint64_t part, uint64_t all)
{
	return all ? 100.0 * (double)part / (double)all : 0;
}

static uint64_t timers_of(const struct wg_wait_group *g)
{
	return g->class[WG_CLASS_TIMER] + g->class[WG_CLASS_TIMER_ACTED] +
	       g->class[WG_CLASS_TIMER_EMPTY];
}

static void say_timers(FILE *out, const struct wg_wait_group *g)
{
	uint64_t empty = g->class[WG_CLASS_TIMER_EMPTY];
	double share = percent(timers_of(g), g->wakes);
	char time[32];

	(void)fprintf(
		out, ": %s%.0f %% by timer", share < 1 ? "less than " : "", share < 1 ? 1 : share);
	if (!g->settled_timers) {
		(void)fprintf(out, ", what followed is not observable");
	} else if (!empty) {
		(void)fprintf(out, ", and it acted");
	} else {
		(void)fprintf(out, ", %.0f %% of those empty: then %s",
			percent(empty, g->settled_timers),
			g->looked ? "it only looked" : "nothing");
		if (g->looked && g->calls)
			(void)fprintf(out, " (%.1f calls each)", (double)g->calls / (double)empty);
	}
	if (g->cpu_ns >= 0)
		(void)fprintf(out, ", %s CPU each",
			wg_format_time(time, sizeof(time), g->cpu_ns / (int64_t)g->wakes));
}

static void say_what(FILE *out, const struct wg_wait_group *g)
{
	const char *before = ": ";
	static const struct {
		enum wg_wake_class class;
		const char *noun, *text;
	} rest[] = {
		{ WG_CLASS_SPIN, "wake", " found something and took nothing: it spins" },
		{ WG_CLASS_ZERO_POLL, "poll", " without a timeout found nothing" },
		{ WG_CLASS_LATE, "timeout", " although it was notified" },
		{ WG_CLASS_LOCK, "wait", " for a lock" },
	};
	uint64_t n;
	size_t i;

	if (timers_of(g)) {
		say_timers(out, g);
		before = ", ";
	}
	for (i = 0; i < sizeof(rest) / sizeof(rest[0]); i++) {
		n = g->class[rest[i].class];
		if (n == 0)
			continue;
		(void)fprintf(out, "%s%" PRIu64 " %s%s%s", before, n, rest[i].noun, wg_s(n),
			rest[i].text);
		before = ", ";
	}
}

/* Wakes that are waste, or may be. */
static uint64_t wasteful(const struct wg_wait_group *g)
{
	return timers_of(g) + g->class[WG_CLASS_SPIN] + g->class[WG_CLASS_ZERO_POLL] +
	       g->class[WG_CLASS_LATE] + g->class[WG_CLASS_LOCK];
}

static int say_group(struct list *l, const struct wg_threads *t, const struct wg_thread_stats *s,
	const struct wg_wait_group *g)
{
	char *text = NULL;
	int rc;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return -ENOMEM;
	say_who(out, s);
	(void)fputs(": ", out);
	say_where(out, t, s, g);
	say_asked(out, g);
	say_rate(out, g);
	say_what(out, g);
	if (fclose(out) != 0) {
		free(text);
		return -ENOMEM;
	}
	rc = place(l, add(l, text, (double)wasteful(g)), s->pid, s->tid, g->first_ns);
	if (rc == 0)
		l->v[l->count - 1].severe = g->class[WG_CLASS_SPIN] + g->class[WG_CLASS_LATE];
	return rc;
}

static int say_asleep(struct list *l, const struct wg_threads *t, const struct wg_thread_stats *s)
{
	char *text = NULL, time[32];
	size_t len;
	int64_t ns = s->last_ns - s->asleep_since_ns;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return -ENOMEM;
	say_who(out, s);
	(void)fputs(": asleep at the end in ", out);
	say_where(out, t, s, s->asleep_in);
	if (wg_threads_have_times(t) && ns > 0)
		(void)fprintf(out, ", for %sthe last %s", wg_threads_are_coarse(t) ? "about " : "",
			wg_format_time(time, sizeof(time), ns));
	if (fclose(out) != 0) {
		free(text);
		return -ENOMEM;
	}
	return place(l, add(l, text, -1), s->pid, s->tid, s->asleep_since_ns);
}

/* --- what several threads do --- */

struct timer {
	const struct wg_thread_stats *thread;
	const struct wg_wait_group *group;
};

static int by_period(const void *a, const void *b)
{
	const struct timer *x = a, *y = b;

	if (x->thread->space != y->thread->space)
		return x->thread->space < y->thread->space ? -1 : 1;
	if (x->thread->pid != y->thread->pid)
		return x->thread->pid < y->thread->pid ? -1 : 1;
	return (x->group->period_ns > y->group->period_ns) -
	       (x->group->period_ns < y->group->period_ns);
}

static bool is_same_process(const struct timer *a, const struct timer *b)
{
	return a->thread->space == b->thread->space && a->thread->pid == b->thread->pid;
}

/* The timer of the thread that wakes most, if it has a period. */
static const struct wg_wait_group *timer_of(const struct wg_thread_stats *s)
{
	size_t i;

	for (i = 0; i < s->group_count; i++) {
		const struct wg_wait_group *g = s->group[i];

		if (g->wakes >= SAME_MIN && g->period_ns > 0 && timers_of(g) * 2 > g->wakes)
			return g;
	}
	return NULL;
}

/* So many of them wait at one moment at most: threads that follow each other share no timer. */
static int most_at_once(const struct timer *v, size_t count, size_t *ret)
{
	int64_t *begin = calloc(2 * count, sizeof(*begin)), *end;
	size_t i, ended = 0;

	if (!begin)
		return -ENOMEM;
	end = begin + count;
	for (i = 0; i < count; i++) {
		begin[i] = v[i].group->first_ns;
		end[i] = v[i].group->last_wake_ns;
	}
	wg__sort_ns(begin, count);
	wg__sort_ns(end, count);
	for (i = 0, *ret = 0; i < count; i++) {
		while (end[ended] < begin[i])
			ended++;
		*ret = i + 1 - ended > *ret ? i + 1 - ended : *ret;
	}
	free(begin);
	return 0;
}

/* A process has the name of its first thread. */
static const char *name_of(const struct wg_threads *t, const struct wg_thread_stats *s)
{
	const struct wg_thread_stats *first = wg_thread_of(t, s->space, s->pid, s->pid);

	if (first && *first->name)
		return first->name;
	return *s->name ? s->name : "process";
}

static int say_duplicates(
	struct list *l, const struct wg_threads *t, const struct timer *first, size_t count)
{
	char *text, time[32];
	double weight = 0;
	size_t i, at_once;
	int len, rc = most_at_once(first, count, &at_once);

	if (rc < 0 || at_once < 2)
		return rc;
	for (i = 0; i < count; i++)
		weight += (double)first[i].group->wakes;
	len = asprintf(&text,
		"%zu threads of %s %" PRIu32 " have the same period, %s: one timer "
		"would do",
		at_once, name_of(t, first->thread), first->thread->pid,
		wg_format_time(time, sizeof(time), first->group->period_ns));
	return len < 0 ? -ENOMEM
		       : place(l, add(l, text, weight), first->thread->pid, first->thread->tid,
				 first->group->first_ns);
}

static int find_duplicates(struct list *l, const struct wg_threads *t)
{
	const struct wg_thread_stats *s;
	struct timer *timers;
	size_t count = 0, i, from;
	int rc = 0;

	for (i = 0; wg_thread_at(t, i); i++)
		;
	timers = calloc(i + 1, sizeof(*timers));
	if (!timers)
		return -ENOMEM;
	for (i = 0; (s = wg_thread_at(t, i)); i++) {
		timers[count] = (struct timer){ s, timer_of(s) };
		count += timers[count].group != NULL;
	}
	qsort(timers, count, sizeof(*timers), by_period);
	for (from = 0; from < count && rc == 0; from = i) {
		for (i = from + 1; i < count && is_same_process(&timers[i], &timers[from]) &&
				   (double)timers[i].group->period_ns <=
					   1.02 * (double)timers[from].group->period_ns;
			i++)
			;
		if (i - from > 1)
			rc = say_duplicates(l, t, timers + from, i - from);
	}
	free(timers);
	return rc;
}

static int find_herds(struct list *l, const struct wg_threads *t)
{
	const struct wg_thread_object *o;
	char *text, fd[32];
	size_t i;
	int len, rc = 0;

	for (i = 0; (o = wg_thread_object_at(t, i)) && rc == 0; i++) {
		if (o->herds < SAME_MIN || o->herd_acted >= o->herd_woken)
			continue;
		fd[0] = '\0';
		if (o->fd >= 0)
			(void)snprintf(fd, sizeof(fd), " fd %d", o->fd);
		len = asprintf(&text,
			"%" PRIu64 " notifies of one %s%s woke %.1f threads each, of which %.1f "
			"acted",
			o->herds, wg_object_kind_name(o->kind), fd,
			(double)o->herd_woken / (double)o->herds,
			(double)o->herd_acted / (double)o->herds);
		if (len < 0)
			return -ENOMEM;
		rc = place(l, add(l, text, (double)o->herd_woken), o->herd_pid, o->herd_tid,
			o->herd_ns);
	}
	return rc;
}

static int by_weight(const void *a, const void *b)
{
	const struct wg_thread_finding *x = a, *y = b;

	if (x->weight != y->weight)
		return x->weight < y->weight ? 1 : -1;
	return strcmp(x->text, y->text);
}

static int find_all(struct list *l, const struct wg_threads *t)
{
	const struct wg_thread_stats *s;
	size_t i, k;
	int rc = find_duplicates(l, t);

	if (rc == 0)
		rc = find_herds(l, t);
	for (i = 0; rc == 0 && (s = wg_thread_at(t, i)); i++) {
		for (k = 0; k < s->group_count && rc == 0; k++) {
			if (s->group[k]->wakes && wasteful(s->group[k]))
				rc = say_group(l, t, s, s->group[k]);
		}
		if (rc == 0 && s->is_asleep)
			rc = say_asleep(l, t, s);
	}
	return rc;
}

int wg_thread_findings(
	const struct wg_threads *t, struct wg_thread_finding **ret, size_t *ret_count)
{
	struct list l = { 0 };
	int rc = find_all(&l, t);

	if (rc < 0) {
		wg_thread_findings_free(l.v, l.count);
		return rc;
	}
	if (l.count)
		qsort(l.v, l.count, sizeof(*l.v), by_weight);
	*ret = l.v;
	*ret_count = l.count;
	return 0;
}

void wg_thread_findings_free(struct wg_thread_finding *findings, size_t count)
{
	while (count > 0)
		free(findings[--count].text);
	free(findings);
}
