/*
 * test_export_threads.c: threads in every format: sheets, tracks with flows, pictures. Goldens of
 * one small trace with every class, and what must hold of any.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/fake_threads.h"
#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "tests/traces/export_run.h"

/* The trace on the disk; its name is in some formats. */
static const char *on_disk(void)
{
	static char path[512];

	(void)snprintf(path, sizeof(path), "%s/threads", wg_tmpdir());
	if (access(path, F_OK) < 0) {
		CU_ASSERT_FATAL(
			wg_run(NULL, NULL, (const char *const[]){ "mkdir", path, NULL }) == 0);
		fake_threads_write(path);
	}
	return path;
}

static char *exported(const char *format, const char *what)
{
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(
		wg_export(&out, &err, on_disk(), "--format", format, "--what", what, NULL), 0);
	CU_ASSERT_STRING_EQUAL(err, "");
	free(err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	return out;
}

static void golden(const char *name, const char *format, const char *what)
{
	char *out = exported(format, what);

	wg_golden_compare(name, out);
	free(out);
}

static void sheets_have_threads(void)
{
	golden("export-threads.csv", "csv", "threads");
	golden("export-threads-events.csv", "csv", "events");
	golden("export-threads.jsonl", "jsonl", "threads");
}

/* --- tracks --- */

struct flow {
	json_int_t from, to; /* threads */
	double at, until;
};

static size_t flows_of(const json_t *root, struct flow *flows, size_t max)
{
	const json_t *event;
	size_t i, n = 0, begun = 0;

	json_array_foreach(json_object_get(root, "traceEvents"), i, event)
	{
		const char *ph = json_string_value(json_object_get(event, "ph"));
		size_t id = (size_t)(json_integer_value(json_object_get(event, "id")) & 0xffffff);

		CU_ASSERT_FATAL(id < max);
		if (strcmp(ph, "s") == 0) {
			flows[id].from = json_integer_value(json_object_get(event, "tid"));
			flows[id].at = json_number_value(json_object_get(event, "ts"));
			begun++;
		} else if (strcmp(ph, "f") == 0) {
			CU_ASSERT(flows[id].from != 0 && flows[id].to == 0);
			flows[id].to = json_integer_value(json_object_get(event, "tid"));
			flows[id].until = json_number_value(json_object_get(event, "ts"));
			n++;
		}
	}
	CU_ASSERT(n <= begun);
	return n;
}

/* Each begin has its end, and what is open is closed by its own name. */
static void check_nesting(const json_t *root)
{
	const char *open[1024][4] = { { NULL } };
	size_t depth[1024] = { 0 }, i;
	const json_t *event;

	json_array_foreach(json_object_get(root, "traceEvents"), i, event)
	{
		const char *ph = json_string_value(json_object_get(event, "ph"));
		const char *name = json_string_value(json_object_get(event, "name"));
		size_t tid = (size_t)json_integer_value(json_object_get(event, "tid"));

		CU_ASSERT_FATAL(tid < 1024);
		if (strcmp(ph, "B") == 0) {
			CU_ASSERT_FATAL(depth[tid] < 4);
			open[tid][depth[tid]++] = name;
		} else if (strcmp(ph, "E") == 0) {
			CU_ASSERT_FATAL(depth[tid] > 0);
			CU_ASSERT_STRING_EQUAL(open[tid][--depth[tid]], name);
		}
	}
	for (i = 0; i < 1024; i++)
		CU_ASSERT(depth[i] == 0);
}

static void flows_lead_from_notify_to_wake(void)
{
	char *out = exported("chrome", "events");
	json_t *root = json_loads(out, 0, NULL);
	struct flow flows[64] = { { 0 } };
	size_t i, exact = 0, likely = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT(flows_of(root, flows, 64) == 2);
	for (i = 0; i < 64; i++) {
		exact += flows[i].from == 812 && flows[i].to == 813 &&
			 flows[i].until - flows[i].at > 39.9 && flows[i].until - flows[i].at < 40.1;
		likely += flows[i].from == 900 && flows[i].to == 813 &&
			  flows[i].until - flows[i].at > 199;
	}
	CU_ASSERT(exact == 1 && likely == 1);
	check_nesting(root);
	json_decref(root);
	wg_golden_compare("export-threads-chrome.json", out);
	free(out);
}

static void record(struct fake *fake, int64_t t, uint32_t tid, enum wg_record record)
{
	struct wg_event ev = { .ts_ns = t,
		.type = WG_EV_OTHER,
		.record = record,
		.pid = 5,
		.tid = tid,
		.procname = "kernel" };

	if (record == WG_RECORD_WAIT) {
		ev.thread_wait.timeout_ns = WG_FOR_EVER;
		ev.thread_wait.cpu_ns = ev.thread_wait.calls = WG_NOT_OBSERVABLE;
	} else {
		ev.thread_wake.by_call = "";
		ev.thread_wake.ret = WG_RET_UNKNOWN;
		ev.thread_wake.by_tid = tid == 6 ? 7 : 0;
		ev.thread_wake.waking_ns = tid == 6 ? t - 5000 : WG_NOT_OBSERVABLE;
		ev.thread_wake.oncpu_ns = WG_NOT_OBSERVABLE;
		ev.thread_wake.certainty = tid == 6 ? WG_CERTAINTY_EXACT : WG_CERTAINTY_NONE;
		ev.thread_wake.reason = WG_REASON_NOTIFIED;
	}
	fake_event(fake, &ev);
}

/* What sees only the scheduler has wakes but no notify: the flow begins at the waker all the same,
 * if that is awake still. */
static void a_wake_without_a_notify_has_a_flow(void)
{
	struct fake *fake = fake_create();
	struct flow flows[64] = { { 0 } };
	const char *dir = wg_tmpdir();
	char *out = NULL;
	json_t *root;

	record(fake, 1000, 6, WG_RECORD_WAIT);
	record(fake, 2000, 7, WG_RECORD_WAIT);
	record(fake, 50000, 7, WG_RECORD_WAKE);
	record(fake, 90000, 6, WG_RECORD_WAKE); /* woken at 85000, by 7 */
	record(fake, 95000, 6, WG_RECORD_WAIT);
	record(fake, 98000, 7, WG_RECORD_WAIT);
	record(fake, 99000, 6, WG_RECORD_WAKE); /* at 94000: 7 is not awake any more */
	fake_records_write(fake, dir);
	CU_ASSERT_EQUAL(wg_export(&out, NULL, dir, "--format", "chrome", NULL), 0);
	root = json_loads(out, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT(flows_of(root, flows, 64) == 1);
	CU_ASSERT(flows[1].from == 7 && flows[1].to == 6);
	CU_ASSERT(flows[1].until - flows[1].at > 4.99 && flows[1].until - flows[1].at < 5.01);
	check_nesting(root);
	json_decref(root);
	free(out);
}

static void a_range_cuts_tracks(void)
{
	char *out = NULL;
	json_t *root;
	struct flow flows[64] = { { 0 } };

	CU_ASSERT_EQUAL(wg_export(&out, NULL, on_disk(), "--format", "chrome", "--range",
				"310ms..700ms", NULL),
		0);
	root = json_loads(out, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT(flows_of(root, flows, 64) == 1);
	check_nesting(root);
	json_decref(root);
	free(out);
}

static void perfetto_has_the_same(void)
{
	static const char *const words[] = { "server 812", "worker 813", "flusher 814", "eager 815",
		"client 900", "timer_empty", "spin", "idle_worker", "likely", "exact", "thread" };
	char file[600], *bytes = NULL;
	size_t len = 0, i;
	FILE *in;

	(void)snprintf(file, sizeof(file), "%s/threads.pftrace", wg_tmpdir());
	CU_ASSERT_EQUAL(
		wg_export(NULL, NULL, on_disk(), "--format", "perfetto", "-o", file, NULL), 0);
	in = fopen(file, "r");
	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	bytes = calloc(1, 1 << 20);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
	len = fread(bytes, 1, 1 << 20, in);
	(void)fclose(in);
	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		CU_ASSERT(memmem(bytes, len, words[i], strlen(words[i])) != NULL);
	free(bytes);
}

/* --- pictures --- */

static void pictures_have_threads(void)
{
	golden("export-threads.svg", "svg", "events");
}

static void a_page_has_threads(void)
{
	static const char *const parts[] = { "\"name\":\"worker 813\"", "\"thread\":1",
		"asleep: condition", "<td>thread 900</td>", "thread</th>",
		"4 threads, 37 wakes, 31" };
	char *page = exported("html", "events");
	size_t i;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++) {
		if (!wg_has(page, parts[i]))
			fprintf(stderr, "# missing: %s\n", parts[i]);
		CU_ASSERT(wg_has(page, parts[i]));
	}
	CU_ASSERT(!wg_has(page, "operation 0"));
	free(page);
}

void suite_export_threads(void)
{
	WG_TEST(sheets_have_threads);
	WG_TEST(flows_lead_from_notify_to_wake);
	WG_TEST(a_wake_without_a_notify_has_a_flow);
	WG_TEST(a_range_cuts_tracks);
	WG_TEST(perfetto_has_the_same);
	WG_TEST(pictures_have_threads);
	WG_TEST(a_page_has_threads);
}
