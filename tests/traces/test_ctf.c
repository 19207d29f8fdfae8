/*
 * test_ctf.c: records of threads are written as CTF and come back as they were: through our reader
 * and through the program babeltrace2.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "traces/measure/summary.h"
#include "traces/read/read.h"
#include "traces/write/ctf.h"

/* Every record with a value of its own in every field. */
static struct wg_event sample(enum wg_record record, unsigned n)
{
	struct wg_event ev = { .type = WG_EV_OTHER,
		.record = record,
		.ts_ns = 1000 + n,
		.pid = 70 + n % 3,
		.tid = 80 + n % 5,
		.procname = n % 2 ? "worker" : "a name of 15 B.",
		.op = 3 + (uint64_t)n };

	switch (record) {
	case WG_RECORD_WAIT:
		ev.thread_wait.timeout_ns = n % 3 ? 1234567890123 + n : WG_FOR_EVER;
		ev.thread_wait.cpu_ns = n % 4 ? (int64_t)n : WG_NOT_OBSERVABLE;
		ev.thread_wait.calls = n;
		ev.thread_wait.site = n + 5;
		ev.thread_wait.how = (enum wg_wait_in)(n % WG_IN_COUNT);
		ev.thread_wait.did = (enum wg_did)(n % WG_DID_COUNT);
		break;
	case WG_RECORD_WAKE:
		ev.thread_wake.ret = n % 3 ? -(int64_t)n : WG_RET_UNKNOWN;
		ev.thread_wake.waking_ns = n % 4 ? 900 + n : WG_NOT_OBSERVABLE;
		ev.thread_wake.oncpu_ns = 901 + n;
		ev.thread_wake.by_call = n % 2 ? "futex" : "";
		ev.thread_wake.by_pid = n;
		ev.thread_wake.by_tid = UINT32_MAX - n;
		ev.thread_wake.by_site = n * 3;
		ev.thread_wake.reason = (uint8_t)(n % WG_REASON_COUNT);
		ev.thread_wake.certainty = (uint8_t)(n % WG_CERTAINTY_COUNT);
		break;
	case WG_RECORD_NOTIFY:
		ev.thread_notify.value = -(int64_t)n;
		ev.thread_notify.woke = n % 2 ? WG_NOT_OBSERVABLE : n;
		ev.thread_notify.site = n + 1;
		ev.thread_notify.how = (enum wg_wait_in)(n % WG_IN_COUNT);
		break;
	case WG_RECORD_OBJECT:
		ev.object.kind = (enum wg_object_kind)(n % WG_OBJECT_KIND_COUNT);
		ev.object.fd = n % 2 ? -1 : (int32_t)n;
		ev.object.generation = n + 9;
		break;
	default:
		ev.op = 0;
		ev.site.module = "/usr/lib/a module.so";
		ev.site.build_id = n % 2 ? "0123abcd" : "";
		ev.site.symbol = n % 4 ? "a_symbol" : "";
		ev.site.offset = UINT64_MAX - n;
		ev.site.id = n;
	}
	return ev;
}

static bool are_same_wakes(const struct wg_event *a, const struct wg_event *b)
{
	return a->thread_wake.ret == b->thread_wake.ret &&
	       a->thread_wake.waking_ns == b->thread_wake.waking_ns &&
	       a->thread_wake.oncpu_ns == b->thread_wake.oncpu_ns &&
	       strcmp(a->thread_wake.by_call, b->thread_wake.by_call) == 0 &&
	       a->thread_wake.by_pid == b->thread_wake.by_pid &&
	       a->thread_wake.by_tid == b->thread_wake.by_tid &&
	       a->thread_wake.by_site == b->thread_wake.by_site &&
	       a->thread_wake.reason == b->thread_wake.reason &&
	       a->thread_wake.certainty == b->thread_wake.certainty;
}

static bool are_same(const struct wg_event *a, const struct wg_event *b)
{
	if (a->type != b->type || a->record != b->record || a->ts_ns != b->ts_ns ||
		a->pid != b->pid || a->tid != b->tid || a->op != b->op ||
		strcmp(a->procname, b->procname) != 0 || a->loop != b->loop)
		return false;
	switch (a->record) {
	case WG_RECORD_WAIT:
		return a->thread_wait.timeout_ns == b->thread_wait.timeout_ns &&
		       a->thread_wait.cpu_ns == b->thread_wait.cpu_ns &&
		       a->thread_wait.calls == b->thread_wait.calls &&
		       a->thread_wait.site == b->thread_wait.site &&
		       a->thread_wait.how == b->thread_wait.how &&
		       a->thread_wait.did == b->thread_wait.did;
	case WG_RECORD_WAKE: return are_same_wakes(a, b);
	case WG_RECORD_NOTIFY:
		return a->thread_notify.value == b->thread_notify.value &&
		       a->thread_notify.woke == b->thread_notify.woke &&
		       a->thread_notify.site == b->thread_notify.site &&
		       a->thread_notify.how == b->thread_notify.how;
	case WG_RECORD_OBJECT:
		return a->object.kind == b->object.kind && a->object.fd == b->object.fd &&
		       a->object.generation == b->object.generation;
	default:
		return a->site.id == b->site.id && a->site.offset == b->site.offset &&
		       strcmp(a->site.module, b->site.module) == 0 &&
		       strcmp(a->site.build_id, b->site.build_id) == 0 &&
		       strcmp(a->site.symbol, b->site.symbol) == 0;
	}
}

static enum wg_record record_of(unsigned n)
{
	return (enum wg_record)(WG_RECORD_WAIT + n % (WG_RECORD_COUNT - WG_RECORD_WAIT));
}

static struct wg_ctf *create(const char *dir)
{
	const struct wg_ctf_about about = { .tracer = "wakegap-test", .is_epoch = false };
	struct wg_ctf *ctf = NULL;

	CU_ASSERT_FATAL(wg_ctf_create(dir, &about, &ctf, NULL) == 0);
	return ctf;
}

static void every_field_comes_back(void)
{
	const char *dir = wg_tmpdir();
	struct wg_ctf *ctf = create(dir);
	struct wg_reader *r = NULL;
	struct wg_event ev, wanted;
	struct wg_error err;
	unsigned n, count = 3000;

	for (n = 0; n < count; n++) {
		ev = sample(record_of(n), n);
		CU_ASSERT(wg_ctf_add(ctf, &ev) == 0);
	}
	CU_ASSERT(wg_ctf_finish(ctf, true, &err) == 0);
	CU_ASSERT_FATAL(wg_reader_open(dir, &r, &err) == 0);
	for (n = 0; n < count && wg_reader_next(r, &ev, &err) > 0; n++) {
		wanted = sample(record_of(n), n);
		CU_ASSERT_FATAL(are_same(&ev, &wanted));
	}
	CU_ASSERT(n == count && wg_reader_next(r, &ev, &err) == 0);
	CU_ASSERT(wg_reader_note(r, 0) == NULL && wg_reader_foreign(r) == 0);
	wg_reader_close(r);
}

/* More than one run, and times that go back far between threads. */
static void any_order_of_threads_becomes_the_order_of_time(void)
{
	const char *dir = wg_tmpdir();
	struct wg_ctf *ctf = create(dir);
	struct wg_reader *r = NULL;
	struct wg_event ev;
	struct wg_error err;
	int64_t last = 0;
	unsigned n, pairs = WG_CTF_RUN * 5 / 4, waits = 0, wakes = 0;
	char path[512];

	for (n = 0; n < pairs; n++) {
		ev = sample(WG_RECORD_WAIT, n);
		ev.tid = 1 + n % 7;
		ev.ts_ns = (int64_t)n * 10 + (n % 7 == 0 ? 0 : 100000);
		CU_ASSERT_FATAL(wg_ctf_add(ctf, &ev) == 0);
		ev = sample(WG_RECORD_WAKE, n);
		ev.tid = 1 + n % 7;
		ev.ts_ns = (int64_t)n * 10 + (n % 7 == 0 ? 0 : 100000);
		CU_ASSERT_FATAL(wg_ctf_add(ctf, &ev) == 0);
	}
	CU_ASSERT(wg_ctf_finish(ctf, true, &err) == 0);
	(void)snprintf(path, sizeof(path), "%s/wakegap_2", dir);
	CU_ASSERT(access(path, R_OK) == 0);
	CU_ASSERT_FATAL(wg_reader_open(dir, &r, &err) == 0);
	while (wg_reader_next(r, &ev, &err) > 0) {
		CU_ASSERT_FATAL(ev.ts_ns >= last);
		last = ev.ts_ns;
		waits += ev.record == WG_RECORD_WAIT;
		wakes += ev.record == WG_RECORD_WAKE;
		CU_ASSERT_FATAL(ev.tid != 1 || waits >= wakes);
	}
	CU_ASSERT(waits == pairs && wakes == pairs);
	wg_reader_close(r);
}

static void babeltrace2_reads_it(void)
{
	const char *dir = wg_tmpdir();
	const char *const argv[] = { "/usr/bin/babeltrace2", "--clock-cycles", dir, NULL };
	struct wg_ctf *ctf = create(dir);
	struct wg_event ev;
	char *out = NULL, *err = NULL, *line, *save = NULL;
	unsigned n, count = 2000, lines = 0;

	for (n = 0; n < count; n++) {
		ev = sample(record_of(n), n);
		CU_ASSERT(wg_ctf_add(ctf, &ev) == 0);
	}
	CU_ASSERT(wg_ctf_finish(ctf, true, NULL) == 0);
	if (wg_run(&out, &err, argv) == 127) {
		wg_skip("the program babeltrace2");
	} else {
		CU_ASSERT_STRING_EQUAL(err, "");
		CU_ASSERT(wg_has(out, "timeout_ns = 1234567890133") &&
			  wg_has(out, "how = ( \"lock\" : container = 6 )"));
		for (line = strtok_r(out, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
			char wanted[96];

			(void)snprintf(wanted, sizeof(wanted), "[%020u] ", 1000 + lines);
			CU_ASSERT_FATAL(strncmp(line, wanted, strlen(wanted)) == 0);
			(void)snprintf(wanted, sizeof(wanted),
				"wakegap:%s: ", wg_record_name(record_of(lines)));
			CU_ASSERT_FATAL(wg_has(line, wanted));
			(void)snprintf(wanted, sizeof(wanted), "vpid = %u, vtid = %u",
				70 + lines % 3, 80 + lines % 5);
			CU_ASSERT_FATAL(wg_has(line, wanted));
			lines++;
		}
		CU_ASSERT(lines == count);
	}
	free(out);
	free(err);
}

/* What a caller sees of a loop comes back as it was. */
static void events_of_loops_come_back(void)
{
	const char *dir = wg_tmpdir();
	struct wg_ctf *ctf = create(dir);
	struct wg_event in[] = {
		{ .type = WG_EV_LOOP, .loop_ = { "theirs", 5 } },
		{ .type = WG_EV_SUBMIT, .op = UINT64_MAX, .submit = { WG_KIND_WORK, INT64_MIN } },
		{ .type = WG_EV_DELIVER, .op = UINT64_MAX, .deliver = { -5 } },
	};
	struct wg_reader *r = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev;
	size_t i;

	for (i = 0; i < 3; i++) {
		in[i].ts_ns = 100 + (int64_t)i;
		in[i].pid = in[i].tid = 7;
		in[i].procname = "p";
		in[i].loop = 3;
		CU_ASSERT_EQUAL(wg_ctf_add(ctf, &in[i]), 0);
	}
	CU_ASSERT_EQUAL(wg_ctf_finish(ctf, true, &err), 0);
	CU_ASSERT_EQUAL_FATAL(wg_reader_open(dir, &r, &err), 0);
	for (i = 0; i < 3; i++) {
		CU_ASSERT_EQUAL_FATAL(wg_reader_next(r, &ev, &err), 1);
		CU_ASSERT(ev.type == in[i].type && ev.record == WG_RECORD_NONE);
		CU_ASSERT(ev.ts_ns == in[i].ts_ns && ev.loop == 3 && ev.op == in[i].op);
		if (i == 0)
			CU_ASSERT(strcmp(ev.loop_.wait, "theirs") == 0 && ev.loop_.tick_ns == 5);
		if (i == 1)
			CU_ASSERT(ev.submit.kind == WG_KIND_WORK && ev.submit.arg == INT64_MIN);
		if (i == 2)
			CU_ASSERT_EQUAL(ev.deliver.result, -5);
	}
	CU_ASSERT_EQUAL(wg_reader_next(r, &ev, &err), 0);
	wg_reader_close(r);
}

static void what_is_not_finished_leaves_nothing(void)
{
	const char *dir = wg_tmpdir();
	struct wg_ctf *ctf = create(dir);
	struct wg_event ev = sample(WG_RECORD_WAIT, 1), poll = { .type = WG_EV_POLL };
	struct wg_error err = { 0 };

	CU_ASSERT(wg_ctf_add(ctf, &poll) == -EINVAL);
	CU_ASSERT(wg_ctf_add(ctf, &ev) == 0);
	CU_ASSERT(wg_ctf_finish(ctf, false, &err) == 0);
	CU_ASSERT(rmdir(dir) == 0); /* empty */
	ctf = create(dir);
	CU_ASSERT(wg_ctf_add(ctf, &ev) == 0);
	CU_ASSERT(wg_ctf_finish(ctf, true, &err) < 0 && wg_has(err.text, "cannot write"));
	CU_ASSERT(mkdir(dir, 0700) == 0);
}

/* The log's own findings and those of the trace that is made of it are the same. */
static void an_imported_trace_has_the_same_findings(void)
{
	char log[512], dir[512], *direct = NULL, *traced = NULL, *err = NULL;
	const char *show[] = { wg_build_path("wakegap"), "import", log, NULL };
	const char *make[] = { wg_build_path("wakegap"), "import", log, "-o", dir, NULL };
	const char *stats[] = { wg_build_path("wakegap"), "stats", dir, NULL };
	const char *first, *second;
	FILE *f;
	int i;

	(void)snprintf(log, sizeof(log), "%s/log", wg_tmpdir());
	(void)snprintf(dir, sizeof(dir), "%s/made", wg_tmpdir());
	f = fopen(log, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fprintf(f, "5 1.0 clone(flags=CLONE_VM|CLONE_THREAD) = 6\n");
	for (i = 0; i < 40; i++)
		(void)fprintf(f,
			"6 0.0 futex(0x7f8, FUTEX_WAIT_PRIVATE, 0, NULL <unfinished ...>\n"
			"5 0.0 poll([{fd=3, events=POLLIN}], 1, 50) = 0 (Timeout) <0.050>\n"
			"5 0.05 futex(0x7f8, FUTEX_WAKE_PRIVATE, 1) = 1 <0.00002>\n"
			"6 0.001 <... futex resumed>) = 0 <0.051>\n6 0.0 getpid() = 5\n");
	(void)fclose(f);
	CU_ASSERT(wg_run(&direct, NULL, show) == 0);
	CU_ASSERT(wg_run(NULL, &err, make) == 0);
	CU_ASSERT(wg_has(err, "trace in "));
	free(err);
	CU_ASSERT(wg_run(&traced, NULL, stats) == 0);
	first = strstr(direct, "  wakes/s");
	second = strstr(traced, "  wakes/s");
	CU_ASSERT_FATAL(first && second);
	CU_ASSERT_STRING_EQUAL(first, second);
	CU_ASSERT(wg_has(first, "p50 1.00 ms") && wg_has(first, "40 likely"));
	CU_ASSERT(wg_run(NULL, &err, make) == 1); /* it is not overwritten */
	CU_ASSERT(wg_has(err, "is not empty"));
	free(err);
	free(direct);
	free(traced);
}

static void a_log_without_times_makes_no_trace(void)
{
	char log[512], dir[512], *err = NULL;
	const char *make[] = { wg_build_path("wakegap"), "import", log, "-o", dir, NULL };
	FILE *f;

	(void)snprintf(log, sizeof(log), "%s/log", wg_tmpdir());
	(void)snprintf(dir, sizeof(dir), "%s/made", wg_tmpdir());
	f = fopen(log, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fputs("poll(NULL, 0, 5) = 0 (Timeout)\n", f);
	(void)fclose(f);
	CU_ASSERT(wg_run(NULL, &err, make) == 1);
	CU_ASSERT(wg_has(err, "a trace needs times"));
	CU_ASSERT(access(dir, F_OK) < 0);
	free(err);
}

void suite_ctf(void)
{
	WG_TEST(every_field_comes_back);
	WG_TEST(any_order_of_threads_becomes_the_order_of_time);
	WG_TEST(babeltrace2_reads_it);
	WG_TEST(events_of_loops_come_back);
	WG_TEST(what_is_not_finished_leaves_nothing);
	WG_TEST(an_imported_trace_has_the_same_findings);
	WG_TEST(a_log_without_times_makes_no_trace);
}
