/*
 * real.c: the same lab on real threads, recorded and measured. See check.h, and labs/real.
 *
 * Only counts are judged: rounds that hang, checks that break. How long anything took is nobody's
 * fault. What LTTng discarded cannot be told from what did not happen, so any loss is inconclusive.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <time.h>
#include <unistd.h>

#include "labs/grade/check.h"
#include "labs/grade/files.h"
#include "labs/grade/work.h"
#include "traces/measure.h"
#include "traces/read.h"
#include "traces/record.h"

#define PATIENCE_MS 2000
#define HANGS	    3 /* the status of wakegap-real */

struct sums {
	uint64_t late_wakes, empty_wakes, stuck, discarded;
	bool is_measured;
};

static json_int_t number_of(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

/* Add up the loops of the trace. */
static void measure(const char *dir, struct sums *ret)
{
	const struct wg_loop_stats *s;
	struct wg_measure *m = NULL;
	struct wg_reader *r = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev;
	size_t i;
	int rc = wg_reader_open(dir, &r, &err);

	memset(ret, 0, sizeof(*ret));
	if (rc == 0)
		rc = wg_measure_create(NULL, &m);
	while (rc == 0 && (rc = wg_reader_next(r, &ev, &err)) > 0)
		rc = wg_measure_feed(m, &ev);
	if (rc == 0) {
		wg_measure_finish(m);
		for (i = 0; (s = wg_measure_loop(m, i)); i++) {
			ret->late_wakes += s->late_wakes;
			ret->empty_wakes += s->empty_wakes;
			ret->stuck += s->stuck;
		}
		ret->discarded = wg_measure_discarded(m);
		ret->is_measured = true;
	}
	wg_measure_destroy(m);
	wg_reader_close(r);
}

/* The one line that wakegap-real prints, or NULL. */
static json_t *read_answer(int fd)
{
	char text[4096];
	ssize_t n = pread(fd, text, sizeof(text) - 1, 0);

	return n > 0 ? json_loadb(text, (size_t)n, JSON_DISABLE_EOF_CHECK, NULL) : NULL;
}

static json_t *verdict(const char *word, const char *reason)
{
	json_t *text = json_string(reason);

	return json_pack("{s:s, s:o}", "verdict", word, "reason", text ? text : json_string("?"));
}

/* What the answer, the status and the trace say together. */
static json_t *judge(const json_t *answer, const struct wg_record_result *end, const struct sums *s)
{
	char text[500];

	if (!answer) {
		(void)snprintf(text, sizeof(text), "it ended with status %d and no answer",
			end->exit_code);
		return verdict("contradicts", text);
	}
	if (json_is_true(json_object_get(answer, "hangs"))) {
		(void)snprintf(text, sizeof(text),
			"hangs in round %lld: %lld of %lld operations delivered, %lld ready",
			(long long)number_of(answer, "rounds") + 1,
			(long long)number_of(answer, "delivered"),
			(long long)number_of(answer, "submitted"),
			(long long)number_of(answer, "ready"));
		if (number_of(answer, "late_ms") > PATIENCE_MS / 2)
			return verdict("inconclusive",
				"it seems to hang, but the machine is too busy to tell");
		return verdict("contradicts", text);
	}
	if (json_object_get(answer, "broken")) {
		const json_t *broken = json_object_get(answer, "broken");

		(void)snprintf(text, sizeof(text), "round %lld breaks '%s': %s",
			(long long)number_of(answer, "rounds") + 1,
			json_string_value(json_object_get(broken, "check")),
			json_string_value(json_object_get(broken, "message")));
		return verdict("contradicts", text);
	}
	if (!s->is_measured || end->discarded + end->lost_packets + s->discarded > 0)
		return verdict("inconclusive", "events are missing from the trace");
	(void)snprintf(text, sizeof(text),
		"%lld rounds, none hung; %" PRIu64 " late wakes, %" PRIu64 " empty ones",
		(long long)number_of(answer, "rounds"), s->late_wakes, s->empty_wakes);
	return verdict("confirms", text);
}

/* Run and record it in the work folder. */
static json_t *run(const struct wg_work *work, struct wg_error *err)
{
	char program[4400], trace[320], seed[16];
	char *argv[] = { program, (char *)(uintptr_t) "--seed", seed, (char *)(uintptr_t)work->so,
		NULL };
	struct wg_record_options options = { .dir = trace,
		.argv = argv,
		.only_command = true,
		.dies_with_us = true,
		.stdout_fd = memfd_create("answer", MFD_CLOEXEC) };
	struct wg_record_result end = { 0 };
	struct sums sums = { 0 };
	json_t *answer, *real;
	int rc = wg_find_program("wakegap-real", program, sizeof(program), err);

	(void)snprintf(trace, sizeof(trace), "%s/real", work->dir);
	(void)snprintf(seed, sizeof(seed), "%u", (unsigned)time(NULL) | 1u);
	if (rc == 0)
		rc = wg_record(&options, &end, err);
	if (rc < 0) {
		real = verdict("inconclusive", err->text);
	} else {
		if (end.has_events)
			measure(trace, &sums);
		answer = read_answer(options.stdout_fd);
		real = judge(answer, &end, &sums);
		(void)json_object_update_new(
			real, json_pack("{s:I, s:I, s:I, s:I, s:I, s:s}", "rounds",
				      number_of(answer, "rounds"), "late_wakes",
				      (json_int_t)sums.late_wakes, "empty_wakes",
				      (json_int_t)sums.empty_wakes, "stuck", (json_int_t)sums.stuck,
				      "discarded", (json_int_t)(sums.discarded + end.discarded),
				      "seed", seed));
		json_decref(answer);
	}
	if (options.stdout_fd >= 0)
		(void)close(options.stdout_fd);
	return real;
}

static bool is(const json_t *o, const char *verdict)
{
	const char *text = json_string_value(json_object_get(o, "verdict"));

	return text && strcmp(text, verdict) == 0;
}

/* `real` says whether it went wrong; into the record goes how that fits what the schedules say. */
static void compare(json_t *record, json_t *real)
{
	if (is(record, "fail") && is(real, "contradicts")) {
		(void)json_object_set_new(real, "verdict", json_string("confirms"));
	} else if (is(record, "fail") && is(real, "confirms")) {
		char text[500];

		(void)snprintf(text, sizeof(text), "%.300s: luck, as the schedule above shows",
			json_string_value(json_object_get(real, "reason")));
		(void)json_object_set_new(real, "verdict", json_string("inconclusive"));
		(void)json_object_set_new(real, "reason", json_string(text));
	} else if (is(record, "pass") && is(real, "contradicts")) {
		(void)json_object_set_new(record, "verdict", json_string("inconclusive"));
		(void)json_object_set_new(record, "reason",
			json_string("every schedule holds, and real threads contradict"));
	}
	(void)json_object_set_new(record, "real", real);
}

int wg_real_confirm(const struct wg_check_options *options, json_t *record, struct wg_error *err)
{
	struct wg_check_options o = *options;
	struct wg_work work;
	char *text = NULL;
	int rc;

	o.is_real = true;
	rc = wg_work_create(&o, &work, err);
	if (rc < 0)
		return rc;
	rc = wg_work_build(&o, &work, &text, err);
	if (rc == 0)
		rc = wg_error_set(err, -EINVAL, "it does not link for real threads: %.200s", text);
	free(text);
	if (rc > 0) {
		compare(record, run(&work, err));
		rc = 0;
	}
	wg_work_destroy(&work);
	return rc;
}
