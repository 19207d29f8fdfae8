/*
 * real.c: see real.h.
 */
#include "labs/grade/judge/real.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "labs/grade/base/files.h"
#include "labs/grade/base/json.h"
#include "traces/measure/measure.h"
#include "traces/read/read.h"
#include "traces/record/record.h"

#define PATIENCE_MS 2000 /* of wakegap-real, unless it is told otherwise */

/* The gap rule: so many gaps are needed, and so many of them below a quarter of the interval. */
#define ENOUGH_GAPS   200
#define QUICK_PERCENT 95

/* What the trace says, over all its loops. */
struct sums {
	uint64_t late_wakes, empty_wakes, stuck, discarded;
	size_t gaps, quick; /* of the gaps: below a quarter of the interval */
	bool is_measured;
};

/* What there is to judge. */
struct run {
	const struct wg_lab *lab;
	char seed[16], budget[16]; /* what wakegap-real is told */
	json_t *answer;		   /* of wakegap-real; NULL: none */
	struct wg_record_result end;
	struct sums sums;
};

bool wg_real_is(const json_t *real, const char *verdict)
{
	return strcmp(text_of(real, "verdict"), verdict) == 0;
}

/* ---- measure ---- */

static void add_loop(struct sums *sums, const struct wg_loop_stats *s, int64_t interval_ns)
{
	sums->late_wakes += s->late_wakes;
	sums->empty_wakes += s->empty_wakes;
	sums->stuck += s->stuck;
	sums->gaps += s->gap.count;
	sums->quick += wg_dist_below(&s->gap, interval_ns / 4);
}

static void measure(const char *trace, int64_t interval_ns, struct sums *ret)
{
	const struct wg_loop_stats *s;
	struct wg_measure *m = NULL;
	struct wg_reader *r = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev;
	size_t i;
	int rc = wg_reader_open(trace, &r, &err);

	memset(ret, 0, sizeof(*ret));
	if (rc == 0)
		rc = wg_measure_create(NULL, &m);
	while (rc == 0 && (rc = wg_reader_next(r, &ev, &err)) > 0)
		rc = wg_measure_feed(m, &ev);
	if (rc == 0) {
		wg_measure_recorded(m, wg_reader_end_ns(r));
		wg_measure_finish(m);
		for (i = 0; (s = wg_measure_loop(m, i)); i++)
			add_loop(ret, s, interval_ns);
		ret->discarded = wg_measure_discarded(m);
		ret->is_measured = true;
	}
	wg_measure_destroy(m);
	wg_reader_close(r);
}

/* ---- judge ---- */

__attribute__((format(printf, 2, 3))) static json_t *verdict(
	const char *word, const char *reason, ...)
{
	char text[500];
	va_list args;

	va_start(args, reason);
	(void)vsnprintf(text, sizeof(text), reason, args);
	va_end(args);
	return json_pack("{s:s, s:o}", "verdict", word, "reason", wg_json_text(text));
}

static json_t *judge_hang(const json_t *answer)
{
	if (number_of(answer, "late_ms") > PATIENCE_MS / 2)
		return verdict(
			"inconclusive", "it seems to hang, but the machine is too busy to be sure");
	return verdict("fail",
		"hangs in round %lld, '%s': %lld of %lld operations delivered, %lld ready",
		(long long)number_of(answer, "rounds") + 1, text_of(answer, "scenario"),
		(long long)number_of(answer, "delivered"),
		(long long)number_of(answer, "submitted"), (long long)number_of(answer, "ready"));
}

static json_t *judge_gaps(const struct run *r)
{
	const struct sums *s = &r->sums;
	json_t *unsure = json_object_get(r->answer, "unsure");

	if (unsure)
		return verdict("inconclusive", "'%s', or a busy machine: %s",
			text_of(unsure, "check"), text_of(unsure, "message"));
	if (r->lab->interval_ms > 0 && s->gaps >= ENOUGH_GAPS &&
		s->quick * 100 < s->gaps * QUICK_PERCENT)
		return verdict("inconclusive",
			"%zu of %zu results were found within a quarter of %d ms, %d %% must be: "
			"it polls, or the machine is busy",
			s->quick, s->gaps, r->lab->interval_ms, QUICK_PERCENT);
	return verdict("pass",
		"%lld rounds, none hung; %zu gaps, %" PRIu64 " late wakes, %" PRIu64 " empty ones",
		(long long)number_of(r->answer, "rounds"), s->gaps, s->late_wakes, s->empty_wakes);
}

/* What the answer, the status and the trace say together. */
static json_t *judge(const struct run *r)
{
	const json_t *broken = json_object_get(r->answer, "broken");

	if (!r->answer && r->end.interrupted_by)
		return verdict("inconclusive", "interrupted");
	if (!r->answer)
		return verdict("fail", "it ended with status %d and no answer", r->end.exit_code);
	if (broken) /* first: a loop that is wrong may hang afterwards */
		return verdict("fail", "round %lld, '%s', breaks '%s': %s",
			(long long)number_of(r->answer, "rounds") + 1,
			text_of(r->answer, "scenario"), text_of(broken, "check"),
			text_of(broken, "message"));
	if (json_is_true(json_object_get(r->answer, "hangs")))
		return judge_hang(r->answer);
	if (!r->sums.is_measured)
		return verdict("inconclusive", "the recording cannot be read");
	if (r->end.discarded + r->end.lost_packets + r->sums.discarded > 0)
		return verdict("inconclusive", "events are missing from the recording");
	return judge_gaps(r);
}

static void add_numbers(json_t *real, const struct run *r)
{
	const struct sums *s = &r->sums;
	json_t *numbers = json_pack("{s:I, s:I, s:I, s:I, s:I, s:I, s:I}", "rounds",
		number_of(r->answer, "rounds"), "late_wakes", (json_int_t)s->late_wakes,
		"empty_wakes", (json_int_t)s->empty_wakes, "stuck", (json_int_t)s->stuck, "gaps",
		(json_int_t)s->gaps, "quick", (json_int_t)s->quick, "discarded",
		(json_int_t)s->discarded + (json_int_t)r->end.discarded);

	(void)json_object_update(real, numbers);
	json_decref(numbers);
}

/* ---- run ---- */

/* The one line that wakegap-real prints, or NULL. */
static json_t *read_answer(int fd)
{
	char text[4096];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	return n > 0 ? json_loadb(text, (size_t)n, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
}

/* 0 and *r to be judged; its answer is the caller's to free. */
static int record(
	struct run *r, const struct wg_work *work, const char *trace, struct wg_error *err)
{
	char program[4400];
	char *argv[] = { program, (char *)(uintptr_t) "--seed", r->seed,
		(char *)(uintptr_t) "--budget", r->budget, (char *)(uintptr_t)work->so, NULL };
	struct wg_record_options options = { .dir = trace,
		.argv = argv,
		.only_command = true,
		.dies_with_us = true,
		.stdout_fd = memfd_create("answer", MFD_CLOEXEC) };
	int rc = wg_find_program("wakegap-real", program, sizeof(program), err);

	if (rc == 0 && options.stdout_fd < 0)
		rc = wg_error_set(err, -errno, "no memory for its answer: %s", strerror(errno));
	if (rc == 0)
		rc = wg_record(&options, &r->end, err);
	if (rc == 0 && r->end.has_events)
		measure(trace, r->lab->interval_ms * INT64_C(1000000), &r->sums);
	if (rc == 0)
		r->answer = read_answer(options.stdout_fd);
	if (options.stdout_fd >= 0)
		(void)close(options.stdout_fd);
	return rc;
}

json_t *wg_real_run(
	const struct wg_lab *lab, const struct wg_work *work, const char *trace, int budget_ms)
{
	struct run r = { .lab = lab };
	struct wg_error err = { 0 };
	struct timespec now;
	json_t *real;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	(void)snprintf(r.seed, sizeof(r.seed), "%u", (unsigned)now.tv_nsec | 1u);
	(void)snprintf(r.budget, sizeof(r.budget), "%d", budget_ms);
	if (record(&r, work, trace, &err) < 0)
		return verdict("inconclusive", "%s", err.text);
	real = judge(&r);
	add_numbers(real, &r);
	(void)json_object_set_new(real, "seed", json_string(r.seed));
	(void)json_object_set_new(real, "interrupted", json_boolean(r.end.interrupted_by != 0));
	json_decref(r.answer);
	return real;
}

int wg_real_build(
	const struct wg_check_options *options, struct wg_work *ret_work, struct wg_error *err)
{
	struct wg_check_options o = *options;
	char *text = NULL;
	int rc;

	o.is_real = true;
	rc = wg_work_create(&o, ret_work, err);
	if (rc < 0)
		return rc;
	rc = wg_work_build(&o, ret_work, &text, err);
	if (rc == 0)
		rc = wg_error_set(err, -EINVAL, "it cannot be built for real threads: %.*s",
			text ? (int)strcspn(text, "\n") : 0, text ? text : "");
	free(text);
	if (rc < 0)
		wg_work_destroy(ret_work);
	return rc < 0 ? rc : 0;
}
