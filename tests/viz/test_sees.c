/*
 * test_sees.c: programs that emit only some of the events: a figure that needs one of the others is
 * absent wherever figures are shown, and nothing else is.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_ctf.h"
#include "tests/harness/harness.h"
#include "traces/model/figures.h"

#define OPS 6

static bool lacks(unsigned without, enum wg_event_type type)
{
	return without >> type & 1;
}

/* Reads, one after another, that a notify wakes the loop for; then a wake for nothing. */
static struct fake *program(unsigned without)
{
	struct fake *fake = fake_create();
	int64_t t = 1000;
	uint64_t op;

	fake_loop(fake, 0, 1, "theirs", 0);
	for (op = 1; op <= OPS; op++, t += 1000) {
		if (!lacks(without, WG_EV_SUBMIT))
			fake_submit(fake, t, 1, op);
		if (!lacks(without, WG_EV_WAIT))
			fake_wait(fake, t + 100, 1, -1, 0);
		if (!lacks(without, WG_EV_START))
			fake_start(fake, t + 200, 1, op, 0);
		if (!lacks(without, WG_EV_DONE))
			fake_done(fake, t + 300, 1, op);
		if (!lacks(without, WG_EV_NOTIFY))
			fake_notify(fake, t + 310, 1, op);
		if (!lacks(without, WG_EV_WAKE))
			fake_wake(fake, t + 400, 1, WG_REASON_NOTIFIED, 1);
		if (!lacks(without, WG_EV_POLL))
			fake_poll(fake, t + 450, 1, 1);
		if (!lacks(without, WG_EV_DELIVER))
			fake_deliver(fake, t + 500, 1, op);
	}
	if (!lacks(without, WG_EV_WAIT))
		fake_wait(fake, t, 1, 100, 0);
	if (!lacks(without, WG_EV_WAKE))
		fake_wake(fake, t + 100, 1, WG_REASON_TIMEOUT, 0);
	if (!lacks(without, WG_EV_POLL))
		fake_poll(fake, t + 200, 1, 0);
	return fake;
}

static const char *written(unsigned without)
{
	const char *dir = wg_tmpdir();

	fake_write(program(without), dir);
	return dir;
}

#define EVENT(name) (1u << WG_EV_##name)

/* What stays, for a program without some events: '-' stands for what must be absent. */
static const struct {
	unsigned without;
	const char *absent; /* keys of stats --json */
	const char *shown;
	const char *bound; /* of check: it needs the event */
	const char *fine;  /* it does not */
	const char *said;
} cases[] = {
	{ EVENT(DELIVER),
		"ops.delivered late_wakes stuck stuck_ns wasted_ns gap_ns stages_ns.asleep "
		"stages_ns.delivery stages_ns.whole",
		"ops.submitted ops.done waits asleep_ns empty_wakes polls stages_ns.queued "
		"service_ns notifies wakes",
		"--max-late-wakes=0", "--max-empty-wakes=1", "no deliver events" },
	{ EVENT(DONE),
		"ops.done late_wakes stuck wasted_ns gap_ns service_ns working_ns stages_ns.asleep",
		"ops.submitted ops.delivered waits empty_wakes polls stages_ns.whole",
		"--max-stuck=0", "--max-op-max=1ms", "no done events" },
	{ EVENT(POLL), "polls empty_polls", "empty_wakes late_wakes stuck gap_ns wakes ops.done",
		"--max-empty-polls=0", "--max-empty-wakes=1", "no poll events" },
	{ EVENT(POLL) | EVENT(DELIVER), "polls empty_wakes ops.delivered stuck gap_ns",
		"waits asleep_ns ops.done", "--max-empty-wakes=9", "--max-service-max=1ms",
		"events" },
	{ EVENT(NOTIFY), "notifies", "late_wakes stuck gap_ns empty_wakes polls ops.done", NULL,
		"--max-late-wakes=0", "no notify events" },
	{ EVENT(SUBMIT), "ops.submitted stages_ns.queued stages_ns.whole",
		"late_wakes stuck gap_ns ops.done ops.delivered service_ns", "--max-op-max=1ms",
		"--max-stuck=0", "no submit events" },
	{ EVENT(START), "working_ns service_ns stages_ns.queued stages_ns.service",
		"late_wakes stuck gap_ns ops.done stages_ns.whole", "--max-service-max=1ms",
		"--max-stuck=0", "no start events" },
	{ EVENT(WAIT), "waits asleep_ns wasted_ns gap_ns stuck",
		"late_wakes wakes ops.done ops.delivered polls", "--max-wasted=1ms",
		"--max-late-wakes=0", "no wait events" },
	{ EVENT(WAKE), "wakes asleep_ns wasted_ns gap_ns stuck late_wakes",
		"waits ops.done ops.delivered stages_ns.whole", "--max-wasted=1ms",
		"--max-op-max=1ms", "no wake events" },
};

static bool is_null(const json_t *loop, const char *key)
{
	char first[32];
	const char *dot = strchr(key, '.');

	if (!dot)
		return json_is_null(json_object_get(loop, key));
	(void)snprintf(first, sizeof(first), "%.*s", (int)(dot - key), key);
	return json_is_null(json_object_get(json_object_get(loop, first), dot + 1));
}

static void check_keys(const json_t *loop, const char *keys, bool are_absent)
{
	char text[200], *save = NULL, *key;

	(void)snprintf(text, sizeof(text), "%s", keys);
	for (key = strtok_r(text, " ", &save); key; key = strtok_r(NULL, " ", &save)) {
		if (is_null(loop, key) != are_absent)
			printf("  %s is %s\n", key, are_absent ? "there" : "absent");
		CU_ASSERT_EQUAL(is_null(loop, key), are_absent);
	}
}

static int run(char **out, const char *command, const char *option, const char *dir)
{
	return wg_run(out, NULL,
		(const char *[]){ wg_build_path("wakegap"), command, option, dir, NULL });
}

static const json_t *first_loop(const json_t *root)
{
	const json_t *trace = json_array_get(json_object_get(root, "traces"), 0);
	const json_t *loop = json_array_get(json_object_get(trace, "loops"), 0);

	CU_ASSERT_PTR_NOT_NULL_FATAL(loop);
	return loop;
}

static void figures_are_absent_and_no_others(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *dir = written(cases[i].without);
		char *out = NULL;
		const json_t *loop;
		json_t *root;

		CU_ASSERT_EQUAL(run(&out, "stats", "--json", dir), 0);
		root = json_loads(out, 0, NULL);
		loop = first_loop(root);
		check_keys(loop, cases[i].absent, true);
		check_keys(loop, cases[i].shown, false);
		json_decref(root);
		free(out);
		CU_ASSERT_EQUAL(run(&out, "stats", "--by=loop", dir), 0);
		CU_ASSERT(wg_has(out, "not observable: ") && wg_has(out, cases[i].said));
		free(out);
	}
}

static void bounds_are_inconclusive_and_no_others(void)
{
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		const char *dir = written(cases[i].without);
		char *out = NULL;

		CU_ASSERT_EQUAL(run(&out, "check", cases[i].fine, dir), 0);
		free(out);
		if (!cases[i].bound)
			continue;
		CU_ASSERT_EQUAL(run(&out, "check", cases[i].bound, dir), 77);
		CU_ASSERT(wg_has(out, "not observable: no ") && wg_has(out, cases[i].said));
		free(out);
	}
}

/* Nothing is claimed of gaps, by any picture; with all events nothing is missing. */
static void pictures_claim_nothing(void)
{
	const char *dir = written(EVENT(DELIVER)), *whole = written(0);
	char *out = NULL;

	CU_ASSERT_EQUAL(wg_run(&out, NULL,
				(const char *[]){ wg_build_path("wakegap"), "export", "--format",
					"csv", "--what", "intervals", "-o", "-", dir, NULL }),
		0);
	CU_ASSERT(wg_has(out, "notified,,,,0,,0\n") && !wg_has(out, ",notified,2"));
	free(out);
	CU_ASSERT_EQUAL(run(&out, "view", "--frame=100x20", dir), 0);
	CU_ASSERT(wg_has(out, "not observable: no deliver events"));
	CU_ASSERT(!wg_has(out, "never slept") && !wg_has(out, "STUCK"));
	free(out);
	CU_ASSERT_EQUAL(run(&out, "view", "--text", dir), 0);
	CU_ASSERT(wg_has(out, "stuck loops") && wg_has(out, "no deliver events"));
	free(out);
	CU_ASSERT_EQUAL(wg_run(&out, NULL,
				(const char *[]){ wg_build_path("wakegap"), "export", "--format",
					"html", "-o", "-", dir, NULL }),
		0);
	CU_ASSERT(wg_has(out, "not observable: no deliver events"));
	CU_ASSERT(!wg_has(out, "stuck</p>") && !wg_has(out, "wasted</span>"));
	free(out);
	CU_ASSERT_EQUAL(run(&out, "stats", "--by=loop", whole), 0);
	CU_ASSERT(!wg_has(out, "not observable"));
	free(out);
}

/* A loop that sleeps on its first result has not delivered one either: that is no missing event. */
static void a_stuck_loop_is_called_stuck(void)
{
	struct fake *fake = fake_create();
	struct wg_figures f;
	struct wg_trace *t;

	fake_loop(fake, 0, 1, "forever", 0);
	fake_submit(fake, 100, 1, 1);
	fake_start(fake, 200, 1, 1, 0);
	fake_done(fake, 300, 1, 1);
	/* It looked before the result was there: a spurious wake, and to sleep again. */
	fake_wait(fake, 350, 1, -1, 0);
	fake_wake(fake, 400, 1, WG_REASON_SPURIOUS, 0);
	fake_poll(fake, 410, 1, 0);
	fake_wait(fake, 420, 1, -1, 0);
	fake_submit(fake, 900, 2, 2);
	t = fake_finish(fake, "forever");
	CU_ASSERT_EQUAL_FATAL(wg_figures_init(&f, t), 0);
	CU_ASSERT_EQUAL(f.stuck, 1);
	CU_ASSERT(wg_figures_sees(&f, WG_SEES_STUCK));
	fake_trace_free(t);
}

/* ---- the table of core/emit/README.md, for every program there may be ---- */

#define EMIT_README "core/emit/README.md"

struct row {
	enum wg_sees figure;
	unsigned all, any; /* it needs all of these, and one of those unless there are none */
};

/* "| empty wakes | wake, and poll or deliver |" */
static bool read_row(const char *line, struct row *ret)
{
	char name[64], events[128], *save = NULL, *word;
	bool is_any = false;

	if (sscanf(line, "| %63[^|]| %127[^|]|", name, events) != 2)
		return false;
	name[strlen(name) - 1] = '\0';
	*ret = (struct row){ WG_SEES_COUNT, 0, 0 };
	for (ret->figure = 0; ret->figure < WG_SEES_COUNT; ret->figure++) {
		if (strcmp(wg_sees_name(ret->figure), name) == 0)
			break;
	}
	for (word = strtok_r(events, ", ", &save); word; word = strtok_r(NULL, ", ", &save)) {
		enum wg_event_type type = wg_event_type_of(word);

		is_any = is_any || strcmp(word, "and") == 0;
		if (type < WG_EV_LOST)
			*(is_any ? &ret->any : &ret->all) |= 1u << type;
	}
	return ret->figure < WG_SEES_COUNT;
}

/* Of a program with only these events, each figure is shown if its row is fulfilled, or else is
 * called not observable. With polls, but neither waits nor wakes, it may never sleep. */
static void try_program(unsigned emitted, const struct row *rows, size_t count)
{
	const unsigned sleeps = EVENT(WAIT) | EVENT(WAKE) | EVENT(NOTIFY);
	const bool may_never_sleep =
		emitted & EVENT(POLL) && !(emitted & (EVENT(WAIT) | EVENT(WAKE)));
	const unsigned seen = may_never_sleep ? emitted | sleeps : emitted;
	struct wg_trace *t = fake_finish(program(~emitted), "theirs");
	struct wg_figures f;
	size_t i;

	CU_ASSERT_EQUAL_FATAL(wg_figures_init(&f, t), 0);
	for (i = 0; i < count; i++) {
		const struct row *r = &rows[i];
		bool wanted = !(r->all & ~seen) && (!r->any || r->any & seen);

		if (wg_figures_sees(&f, r->figure) != wanted)
			printf("  %03x: %s %s\n", emitted, wg_sees_name(r->figure),
				wanted ? "absent" : "claimed");
		CU_ASSERT_EQUAL(wg_figures_sees(&f, r->figure), wanted);
	}
	fake_trace_free(t);
}

static void the_table_is_true_of_every_subset(void)
{
	struct row rows[WG_SEES_COUNT + 1];
	FILE *readme = fopen(EMIT_README, "re");
	unsigned subset;
	char line[256];
	size_t count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(readme);
	while (fgets(line, sizeof(line), readme)) {
		if (read_row(line, &rows[count]))
			count++;
		CU_ASSERT_TRUE_FATAL(count <= WG_SEES_COUNT);
	}
	(void)fclose(readme);
	CU_ASSERT_EQUAL(count, WG_SEES_COUNT);
	for (subset = 0; subset < 1u << 8; subset++) {
		/* These look like a program whose operations never end. */
		if (subset << WG_EV_SUBMIT & ~(EVENT(SUBMIT) | EVENT(START) | EVENT(WAIT)))
			try_program(subset << WG_EV_SUBMIT, rows, count);
	}
}

/* Timeouts with nothing ready, in a loop of which no event tells of an operation. */
static struct fake *idle_program(bool polls)
{
	struct fake *fake = fake_create();
	int64_t t;

	fake_loop(fake, 0, 1, "theirs", 0);
	for (t = 1000; t < 9000; t += 1000) {
		fake_wait(fake, t, 1, 500, 0);
		fake_wake(fake, t + 500, 1, WG_REASON_TIMEOUT, 0);
		if (polls)
			fake_poll(fake, t + 600, 1, 0);
	}
	return fake;
}

/* Its wakes were never late only if it has looked and found nothing. */
static void wakes_alone_say_nothing_of_results(void)
{
	static const char of_results[] =
		"ops.submitted ops.done ops.delivered late_wakes stuck wasted_ns gap_ns";
	static const char *const bounds[] = { "--max-late-wakes=0", "--max-gap-p99=1ms",
		"--max-stuck=0", "--max-wasted=1ms" };
	int polls;

	for (polls = 0; polls < 2; polls++) {
		const char *dir = wg_tmpdir();
		char *out = NULL;
		json_t *root;
		size_t i;

		fake_write(idle_program(polls), dir);
		CU_ASSERT_EQUAL(run(&out, "stats", "--json", dir), 0);
		root = json_loads(out, 0, NULL);
		check_keys(first_loop(root), of_results, !polls);
		check_keys(first_loop(root), "waits wakes asleep_ns", false);
		json_decref(root);
		free(out);
		for (i = 0; i < sizeof(bounds) / sizeof(bounds[0]); i++) {
			CU_ASSERT_EQUAL(run(&out, "check", bounds[i], dir), polls ? 0 : 77);
			CU_ASSERT_EQUAL(wg_has(out, "not observable: no "), !polls);
			free(out);
		}
		CU_ASSERT_EQUAL(run(&out, "check", "--min-ops=1", dir), polls ? 1 : 77);
		free(out);
		CU_ASSERT_EQUAL(run(&out, "view", "--frame=100x20", dir), 0);
		CU_ASSERT_EQUAL(wg_has(out, "never slept with a result ready"), polls);
		CU_ASSERT_EQUAL(wg_has(out, "wasted: not observable"), !polls);
		free(out);
	}
}

void suite_sees(void)
{
	WG_TEST(the_table_is_true_of_every_subset);
	WG_TEST(figures_are_absent_and_no_others);
	WG_TEST(bounds_are_inconclusive_and_no_others);
	WG_TEST(pictures_claim_nothing);
	WG_TEST(a_stuck_loop_is_called_stuck);
	WG_TEST(wakes_alone_say_nothing_of_results);
}
