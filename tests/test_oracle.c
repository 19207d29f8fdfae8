/*
 * test_oracle.c: our figures against those of somebody who never saw our code.
 *
 * The text that the program `babeltrace2` prints of a trace is read line by line, and what M1..M5
 * and M7 say is computed from it once more, by the plainest means: every wait against every
 * operation. Neither the reader nor the measure has a part in that. WG_ORACLE names one more trace
 * to compare, for those who have a long one.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness.h"
#include "traces/summary.h"

#define NEVER INT64_MAX

struct line {
	int64_t at;
	char event[16];
	uint64_t pid, loop, op, number; /* number: found */
	char reason[16];
};

struct text_trace {
	struct line *lines;
	size_t count;
	uint64_t discarded;
};

struct plain {
	uint64_t waits, reasons[WG_REASON_COUNT], late, polls, empty_polls, gaps, empty;
	int64_t asleep_ns, wasted_ns, longest_ns;
};

/* The number after `name = `, or 0. */
static uint64_t number_after(const char *text, const char *name)
{
	char key[24];
	const char *at;

	(void)snprintf(key, sizeof(key), " %s = ", name);
	at = strstr(text, key);
	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

/* "[00001029054952750] (...) host wakegap:wake: { cpu_id = 0 }, { vpid = 1, ... }, { loop = 1, ..."
 */
static bool parse_line(const char *text, struct line *ret)
{
	const char *name = strstr(text, " wakegap:");
	const char *fields, *quote;

	if (text[0] != '[' || !name)
		return false;
	*ret = (struct line){ .at = strtoll(text + 1, NULL, 10) };
	(void)sscanf(name + 9, "%15[a-z]", ret->event);
	ret->pid = number_after(text, "vpid");
	fields = strrchr(text, '{');
	if (!fields)
		return false;
	ret->loop = number_after(fields, "loop");
	ret->op = number_after(fields, "op");
	ret->number = number_after(fields, "found");
	quote = strstr(fields, "reason = ( \"");
	if (quote)
		(void)sscanf(quote + 12, "%15[a-z]", ret->reason);
	return true;
}

static bool read_text(const char *path, struct text_trace *ret)
{
	const char *const argv[] = { "/usr/bin/babeltrace2", "--clock-cycles", path, NULL };
	char *out = NULL, *err = NULL, *save = NULL, *text;
	const char *lost;

	*ret = (struct text_trace){ 0 };
	if (wg_run(&out, &err, argv) != 0) {
		free(out);
		free(err);
		return false;
	}
	ret->lines = calloc(strlen(out) / 60 + 16, sizeof(*ret->lines));
	CU_ASSERT_PTR_NOT_NULL_FATAL(ret->lines);
	for (text = strtok_r(out, "\n", &save); text; text = strtok_r(NULL, "\n", &save)) {
		if (parse_line(text, &ret->lines[ret->count]))
			ret->count++;
	}
	for (lost = err; (lost = strstr(lost, "discarded ")); lost += 10)
		ret->discarded += strtoull(lost + 10, NULL, 10);
	free(out);
	free(err);
	return true;
}

/* When the operation of this done was delivered. */
static int64_t delivered_at(const struct text_trace *t, size_t done)
{
	size_t i;

	for (i = 0; i < t->count; i++) {
		if (strcmp(t->lines[i].event, "deliver") == 0 &&
			t->lines[i].pid == t->lines[done].pid &&
			t->lines[i].op == t->lines[done].op)
			return t->lines[i].at;
	}
	return NEVER;
}

/* The earliest done of the loop, before `before`, not delivered by `since`. */
static int64_t earliest_ready(
	const struct text_trace *t, const struct line *of, int64_t since, int64_t before)
{
	int64_t best = NEVER;
	size_t i;

	for (i = 0; i < t->count && t->lines[i].at < before; i++) {
		const struct line *l = &t->lines[i];

		if (strcmp(l->event, "done") == 0 && l->pid == of->pid && l->loop == of->loop &&
			l->at < best && delivered_at(t, i) > since)
			best = l->at;
	}
	return best;
}

/* Index of the loop's next line with this event after i, or count. */
static size_t next_of(const struct text_trace *t, size_t i, const char *event)
{
	const struct line *of = &t->lines[i];

	for (i++; i < t->count; i++) {
		if (strcmp(t->lines[i].event, event) == 0 && t->lines[i].pid == of->pid &&
			t->lines[i].loop == of->loop)
			break;
	}
	return i;
}

static void count_wait(const struct text_trace *t, size_t i, struct plain *p)
{
	const struct line *wait = &t->lines[i];
	size_t w = next_of(t, i, "wake");
	int64_t ready, gap, woke;

	p->waits++;
	if (w == t->count)
		return;
	woke = t->lines[w].at;
	p->asleep_ns += woke - wait->at;
	ready = earliest_ready(t, wait, wait->at, woke);
	if (ready == NEVER)
		return;
	gap = woke - (ready > wait->at ? ready : wait->at);
	p->gaps++;
	p->wasted_ns += gap;
	p->longest_ns = gap > p->longest_ns ? gap : p->longest_ns;
}

static void count_wake(const struct text_trace *t, size_t i, struct plain *p)
{
	enum wg_reason reason = wg_reason_of(t->lines[i].reason);
	size_t next = next_of(t, i, "wait"), k;
	bool found = false;

	p->reasons[reason]++;
	if (reason == WG_REASON_TIMEOUT)
		p->late += earliest_ready(t, &t->lines[i], t->lines[i].at, t->lines[i].at) != NEVER;
	if (reason == WG_REASON_SPURIOUS || reason == WG_REASON_INTERRUPTED)
		return;
	for (k = i; k < next; k++) {
		const struct line *l = &t->lines[k];

		if (l->pid == t->lines[i].pid && l->loop == t->lines[i].loop)
			found = found || strcmp(l->event, "deliver") == 0 ||
				(strcmp(l->event, "poll") == 0 && l->number > 0);
	}
	if (next == t->count) /* the end of the trace settles it only if the loop looked */
		found = found || next_of(t, i, "poll") == t->count;
	p->empty += !found;
}

static struct plain count_all(const struct text_trace *t)
{
	struct plain p = { 0 };
	size_t i;

	for (i = 0; i < t->count; i++) {
		if (strcmp(t->lines[i].event, "wait") == 0)
			count_wait(t, i, &p);
		else if (strcmp(t->lines[i].event, "wake") == 0)
			count_wake(t, i, &p);
		else if (strcmp(t->lines[i].event, "poll") == 0) {
			p.polls++;
			p.empty_polls += t->lines[i].number == 0;
		}
	}
	return p;
}

static struct plain count_ours(const struct wg_measure *m)
{
	const struct wg_loop_stats *s;
	struct plain p = { 0 };
	size_t i, r;

	for (i = 0; (s = wg_measure_loop(m, i)); i++) {
		p.waits += s->waits;
		for (r = 0; r < WG_REASON_COUNT; r++)
			p.reasons[r] += s->wakes[r];
		p.late += s->late_wakes;
		p.polls += s->polls;
		p.empty_polls += s->empty_polls;
		p.empty += s->empty_wakes;
		p.gaps += s->gap.count;
		p.asleep_ns += s->asleep_ns;
		p.wasted_ns += s->wasted_ns;
		p.longest_ns = s->gap.max > p.longest_ns ? s->gap.max : p.longest_ns;
	}
	return p;
}

static void compare_figures(const struct text_trace *t, const struct wg_measure *m)
{
	struct plain a = count_all(t), b = count_ours(m);
	size_t r;

	CU_ASSERT_EQUAL(a.waits, b.waits);
	CU_ASSERT_EQUAL(a.asleep_ns, b.asleep_ns);
	for (r = 0; r < WG_REASON_COUNT; r++)
		CU_ASSERT_EQUAL(a.reasons[r], b.reasons[r]);
	CU_ASSERT_EQUAL(a.late, b.late);
	CU_ASSERT_EQUAL(a.polls, b.polls);
	CU_ASSERT_EQUAL(a.empty_polls, b.empty_polls);
	CU_ASSERT_EQUAL(a.empty, b.empty);
	CU_ASSERT_EQUAL(a.gaps, b.gaps);
	CU_ASSERT_EQUAL(a.wasted_ns, b.wasted_ns);
	CU_ASSERT_EQUAL(a.longest_ns, b.longest_ns);
}

static void compare(const char *path)
{
	struct wg_summary *summary = NULL;
	struct wg_error err = { 0 };
	struct text_trace text;

	if (!read_text(path, &text)) {
		wg_skip("the program babeltrace2");
		return;
	}
	CU_ASSERT_EQUAL_FATAL(wg_summary_load(path, &summary, &err), 0);
	CU_ASSERT_EQUAL(text.count, wg_measure_events(summary->measure));
	CU_ASSERT_EQUAL(text.discarded, wg_measure_discarded(summary->measure));
	/* With events missing the measure mends what it can; the oracle does not. */
	if (text.discarded == 0)
		compare_figures(&text, summary->measure);
	wg_summary_free(summary);
	free(text.lines);
}

static void samples_agree(void)
{
	static const char *const names[] = { "tick", "eventfd", "packets", "lossy" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		compare(wg_sample(names[i]));
}

static void one_more_trace_agrees(void)
{
	const char *path = getenv("WG_ORACLE");

	if (path)
		compare(path);
}

void suite_oracle(void)
{
	WG_TEST(samples_agree);
	WG_TEST(one_more_trace_agrees);
}
