/*
 * test_length.c: long recordings: a flight recorder and its snapshots, and a trace within a size.
 *
 * The target is real, and what it waits for is a file, looked for until it is there.
 */
#include <CUnit/CUnit.h>
#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "tests/traces/failure_bench.h"
#include "traces/base/since.h"
#include "traces/kernel/kernel.h"
#include "traces/measure/trigger.h"
#include "traces/record/session_impl.h"

#define RECORD "wakegap record --with lttng --flight-recorder -o $1 "
/* Reads with a tick: each waits 10 ms beside its result. */
#define TICKS  "wakegap-workload read --file $0 --wait tick --chunk 524288 --passes 1"
#define BLOCKS "wakegap-workload read --file $0 --wait eventfd --passes 4"

static bool lacks_lttng(void)
{
	if (access("/usr/bin/lttng-sessiond", X_OK) == 0)
		return false;
	wg_skip("lttng-sessiond is not installed");
	return true;
}

/* A script whose $0 is a file, $1 a folder that is not there yet; wakegap is in its PATH. */
static int sh(char **out, char **err, const char *dir, const char *script)
{
	char *text = NULL, build[1024];
	int status;

	(void)snprintf(build, sizeof(build), "%s", wg_build_path("wakegap"));
	*strrchr(build, '/') = '\0';
	if (asprintf(&text, "PATH=%s:$PATH; %s", build, script) < 0)
		abort();
	status = wg_run(out, err,
		(const char *const[]){
			"/bin/sh", "-c", text, wg_build_path("wakegap"), dir, NULL });
	free(text);
	return status;
}

static const char *new_dir(void)
{
	static char dir[512];

	(void)snprintf(dir, sizeof(dir), "%s/trace", wg_tmpdir());
	return dir;
}

/* Where each stream begins, and from when on all are there. */
static void a_trace_begins_where_all_streams_do(void)
{
	static const struct wg__since_stream first[] = {
		{ 0, 0, 7, 700 }, { 0, 1, 0, 100 }, { 0, 2, 3, 900 },
		{ 0, 0, 9, 950 }, /* a later file of the first stream */
	};
	struct wg__since since = { 0 };
	uint64_t packets = 1;
	size_t i;

	CU_ASSERT_EQUAL(wg__since_begin(&since, &packets), 0);
	CU_ASSERT_EQUAL(packets, 0);
	for (i = 0; i < sizeof(first) / sizeof(first[0]); i++)
		CU_ASSERT_EQUAL(wg__since_put(&since, &first[i]), 0);
	CU_ASSERT_EQUAL(wg__since_begin(&since, &packets), 900);
	CU_ASSERT_EQUAL(packets, 10);
	wg__since_fini(&since);
}

static void the_snapshot_holds_the_gap_that_triggered_it(void)
{
	char *err = NULL, *out = NULL;
	const char *dir = new_dir();
	int status;

	if (lacks_lttng())
		return;
	CU_ASSERT_EQUAL(sh(NULL, &err, dir, RECORD "--only --trigger-gap 5ms " TICKS), 0);
	CU_ASSERT(wg_has(err, "/trace/1-gap: a gap of "));
	CU_ASSERT(wg_has(err, " gaps of at least 5.00 ms in "));
	/* LTTng takes one CPU after the other: on a busy machine the end of a snapshot is not
	 * whole. */
	status = sh(&out, NULL, dir, "wakegap check $1/1-gap --max-gap-max 5ms");
	CU_ASSERT(status == 1 || status == 77);
	CU_ASSERT(wg_has(out, "gap max: "));
	CU_ASSERT(!wg_has(err, "emitted no"));
	free(err);
	free(out);
}

/* LTTng may be asked just when a program comes. */
static void folders_alone_are_no_snapshot(void)
{
	const char *dir = wg_tmpdir();
	char taken[PATH_MAX];

	CU_ASSERT_EQUAL(wg__snapshot_in(dir, taken), -ENODATA);
	CU_ASSERT_EQUAL(wg_sh_in(dir, "mkdir -p snapshot-0/ust/uid/0/64-bit"), 0);
	CU_ASSERT_EQUAL(wg__snapshot_in(dir, taken), -ENODATA);
	CU_ASSERT_EQUAL(wg_sh_in(dir, ": >snapshot-0/ust/uid/0/64-bit/metadata"), 0);
	CU_ASSERT_EQUAL(wg__snapshot_in(dir, taken), 0);
	CU_ASSERT(wg_has(taken, "/snapshot-0"));
}

static void nothing_is_kept_without_a_long_gap(void)
{
	char *err = NULL;
	const char *dir = new_dir();

	if (lacks_lttng())
		return;
	CU_ASSERT_EQUAL(sh(NULL, &err, dir, RECORD "--only --trigger-gap 100s " TICKS), 0);
	CU_ASSERT(wg_has(err, "0 gaps of at least 100 s"));
	CU_ASSERT_EQUAL(sh(NULL, NULL, dir, "test \"$(ls -A $1)\" = 1-end"), 0);
	CU_ASSERT_EQUAL(sh(NULL, NULL, dir, "wakegap stats $1 >/dev/null"), 0);
	free(err);
}

/* By its folder, by its process, and as the only one; not one that is elsewhere. */
static void a_snapshot_is_asked_for(void)
{
	char *out = NULL, *err = NULL;
	const char *dir = new_dir();

	if (lacks_lttng())
		return;
	CU_ASSERT_EQUAL(sh(&out, &err, dir,
				RECORD "-- sh -c '" TICKS "; : >$1-up; until test -e $1-go; "
				       "do sleep 0.02; done' $0 $1 >/dev/null & R=$!; "
				       "until test -e $1-up; do sleep 0.02; done; "
				       "wakegap snapshot $1; wakegap snapshot $R; "
				       "wakegap snapshot / && echo wrong; : >$1-go; wait $R"),
		0);
	CU_ASSERT(wg_has(out, "/trace/1-asked\n"));
	CU_ASSERT(wg_has(out, "/trace/2-asked\n"));
	CU_ASSERT(!wg_has(out, "wrong"));
	CU_ASSERT(wg_has(err, "no flight recorder of yours is at '/'"));
	CU_ASSERT(wg_has(err, "/trace/3-end"));
	CU_ASSERT_EQUAL(sh(NULL, NULL, dir,
				"wakegap check $1/1-asked --max-stuck 0 --min-ops 1 >/dev/null && "
				"test ! -e $1/.taking"),
		0);
	free(out);
	free(err);
}

/* ---- the same of programs that emit no events of ours ---- */

struct other {
	const char *with, *gap; /* a planted program: see tests/planted/gaps.c */
};

static const struct other others[] = { { "preload", "gap" }, { "kernel", "gap-cpu" } };

#define OTHERS (sizeof(others) / sizeof(others[0]))
#define OTHER  "wakegap record --with $W --flight-recorder -o $1 "

/* As sh(), of that recorder and its program. -1: it cannot record here; a word has been said. */
static int sh_of(
	const struct other *other, const char *dir, char **out, char **err, const char *script)
{
	struct wg_error why = { 0 };
	char *text = NULL;
	int status;

	if (strcmp(other->with, "kernel") == 0 && wg_kernel_check(&why) < 0) {
		wg_skip(why.text);
		return -1;
	}
	if (access(wg_build_path("planted"), X_OK) != 0) {
		wg_skip("the program planted is not built");
		return -1;
	}
	if (asprintf(&text, "W=%s; GAP='planted %s'; %s", other->with, other->gap, script) < 0)
		abort();
	status = sh(out, err, dir, text);
	free(text);
	if (status == 77)
		wg_skip("no processor can be taken for a while");
	return status == 77 ? -1 : status;
}

static bool holds_gap(const char *dir, const char *name, int64_t min_ns)
{
	struct wg_trigger trigger = { .min_ns = min_ns };
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	return wg_trigger_look(&trigger, path, NULL) == 1 &&
	       strcmp(trigger.longest.name, "late") == 0;
}

/* Also one that is longer than a recorder waits for what may still come. */
static void of_threads_too(const struct other *other, unsigned ms)
{
	char *err = NULL, script[256];
	const char *dir = new_dir();

	(void)snprintf(script, sizeof(script), OTHER "--trigger-gap 20ms $GAP %u", ms);
	if (sh_of(other, dir, NULL, &err, script) == 0) {
		CU_ASSERT(wg_has(err, "/trace/1-gap: a gap of "));
		CU_ASSERT(wg_has(err, " (late)\n"));
		CU_ASSERT(wg_has(err, "-end\n"));
		CU_ASSERT(holds_gap(dir, "1-gap", (int64_t)ms * 500000));
	}
	free(err);
}

static void a_gap_of_a_thread_triggers_a_snapshot(void)
{
	size_t i;

	for (i = 0; i < OTHERS; i++) {
		of_threads_too(&others[i], 30);
		of_threads_too(&others[i], 400);
	}
}

/* While the program runs on, as often as somebody asks; what they wait for is a file. */
static void a_snapshot_of_threads_is_asked_for(void)
{
	char *out, *err;
	const char *dir;
	size_t i;

	for (i = 0; i < OTHERS; i++) {
		out = err = NULL;
		dir = new_dir();
		if (sh_of(&others[i], dir, &out, &err,
			    OTHER "--trigger-gap 100s $GAP 1 $1-go >$1-up & R=$!; "
				  "until test -s $1-up; do sleep 0.02; done; "
				  "wakegap snapshot $1; wakegap snapshot $R; "
				  ": >$1-go; wait $R") == 0) {
			CU_ASSERT(wg_has(out, "/trace/1-asked\n"));
			CU_ASSERT(wg_has(out, "/trace/2-asked\n"));
			CU_ASSERT(wg_has(err, "/trace/3-end\n"));
			CU_ASSERT(wg_has(err, "0 gaps of at least 100 s"));
			CU_ASSERT(holds_gap(dir, "1-asked", 500000));
			CU_ASSERT(holds_gap(dir, "2-asked", 500000));
		}
		free(out);
		free(err);
	}
}

static void the_beginning_of_threads_is_written_over(void)
{
	char *err, *out;
	size_t i;

	for (i = 0; i < OTHERS; i++) {
		out = err = NULL;
		if (sh_of(&others[i], new_dir(), &out, &err,
			    "wakegap record --with $W --flight-recorder=1M -o $1 planted floods && "
			    "wakegap stats $1/1-end && test $(du -sb $1/1-end | cut -f1) -lt "
			    "1100000") == 0) {
			CU_ASSERT(wg_has(out, "its beginning was written over"));
			CU_ASSERT(wg_has(out, "planted"));
		}
		free(out);
		free(err);
	}
}

static void a_snapshot_needs_room(void)
{
	char dir[512], *err = NULL;
	const char *mnt = wg_tmpdir();

	if (lacks_lttng())
		return;
	if (geteuid() != 0 || mount("none", mnt, "tmpfs", 0, "size=16k") != 0) {
		wg_skip("only root can mount a small file system");
		return;
	}
	(void)snprintf(dir, sizeof(dir), "%s/trace", mnt);
	CU_ASSERT_EQUAL(sh(NULL, &err, dir, RECORD "--only " BLOCKS), 1);
	(void)umount2(mnt, MNT_DETACH);
	CU_ASSERT(wg_has(err, "no space left"));
	free(err);
}

static void nobody_answers_when_none_runs(void)
{
	char *err = NULL;

	CU_ASSERT_EQUAL(sh(NULL, &err, "/nowhere", "wakegap snapshot $1"), 1);
	CU_ASSERT(wg_has(err, "no flight recorder of yours is at '/nowhere'"));
	free(err);
}

/* What was dropped is said, and the rest is a whole trace. */
static void a_trace_stays_within_its_size(void)
{
	char *err = NULL, *out = NULL;
	const char *dir = new_dir();
	int status;

	if (lacks_lttng())
		return;
	CU_ASSERT_EQUAL(sh(NULL, &err, dir,
				"wakegap record --with lttng --only --max-size 1M -o $1 "
				"wakegap-workload read --file $0 --wait eventfd --chunk 4096 "
				"--passes 80"),
		0);
	CU_ASSERT(wg_has(err, "to keep within --max-size, the oldest "));
	CU_ASSERT(wg_has(err, " packets were dropped: the trace begins "));
	/* Its description is apart. */
	CU_ASSERT_EQUAL(sh(NULL, NULL, dir, "test $(du -sb $1/ust | cut -f1) -lt 1150000"), 0);
	/* On a busy machine events may be discarded, maybe in what was dropped: then it may be
	 * inconclusive, but nothing is broken. */
	status = sh(
		&out, NULL, dir, "wakegap check $1 --max-stuck 0 --max-late-wakes 0 --min-ops 1");
	CU_ASSERT(status == 0 || (status == 77 && wg_has(err, "were discarded")));
	CU_ASSERT(wg_has(out, status ? "no bound is confirmed" : "ok: 3 bounds hold"));
	free(err);
	free(out);
}

static void what_does_not_go_together_is_said(void)
{
	char *err = NULL;

	CU_ASSERT_EQUAL(sh(NULL, &err, "x", "wakegap record --trigger-gap 5ms true"), 2);
	CU_ASSERT(wg_has(err, "--trigger-gap needs --flight-recorder"));
	free(err);
	CU_ASSERT_EQUAL(
		sh(NULL, &err, "x", "wakegap record --flight-recorder --max-size 5M true"), 2);
	CU_ASSERT(wg_has(err, "--max-size and --flight-recorder"));
	free(err);
	CU_ASSERT_EQUAL(sh(NULL, &err, "x", "wakegap record --max-size 1K true"), 2);
	CU_ASSERT(wg_has(err, "at least 1M"));
	free(err);
	/* Nothing is run, and nothing recorded that is larger than was asked for. */
	CU_ASSERT_EQUAL(sh(NULL, &err, new_dir(),
				"wakegap record --with preload --rotate 5M -o $1 touch "
				"$1-ran && false; "
				"test ! -e $1 && test ! -e $1-ran"),
		0);
	CU_ASSERT(wg_has(err, "the preload library would record all of it"));
	free(err);
	CU_ASSERT_EQUAL(
		sh(NULL, &err, new_dir(), "wakegap record --rotate 5M -o $1 touch $1-ran"), 1);
	CU_ASSERT(wg_has(err, "--rotate is for programs that emit wakegap events"));
	free(err);
	CU_ASSERT_EQUAL(sh(NULL, &err, "x", "wakegap record --flight-recorder=1K true"), 2);
	CU_ASSERT(wg_has(err, "--flight-recorder wants a size of at least 1M"));
	free(err);
	CU_ASSERT_EQUAL(sh(NULL, &err, new_dir(),
				"wakegap record --with preload --flight-recorder=9999G -o $1 touch "
				"$1-ran && false; test ! -e $1 && test ! -e $1-ran"),
		0);
	CU_ASSERT(wg_has(err, "no room to keep the last seconds"));
	CU_ASSERT(wg_has(err, "--flight-recorder=SIZE takes less"));
	free(err);
}

/* A flight recorder has nothing on the disk. */
static void sessiond_killed(struct wg_bench *b)
{
	wg_bench_signal(&b->sessiond, SIGKILL);
}

static void recorder_killed(struct wg_bench *b)
{
	CU_ASSERT_EQUAL(kill(b->recorder, SIGKILL), 0);
}

static void somebody_is_killed(void)
{
	static const struct wg_failure rows[] = {
		{ "the session daemon", "echo one; " MEET "echo two; exit 5", sessiond_killed, 1,
			"no event that can be read was written", 0, .out = "one\ntwo\n",
			.options = "--flight-recorder" },
		{ "the recorder", "echo one; " MEET "echo two; exit 5", recorder_killed,
			128 + SIGKILL, NULL, 0, .out = "one\ntwo\n",
			.options = "--flight-recorder" },
	};

	wg_bench_run(rows, sizeof(rows) / sizeof(rows[0]));
}

void suite_length(void)
{
	WG_TEST(a_trace_begins_where_all_streams_do);
	WG_TEST(the_snapshot_holds_the_gap_that_triggered_it);
	WG_TEST(folders_alone_are_no_snapshot);
	WG_TEST(nothing_is_kept_without_a_long_gap);
	WG_TEST(a_snapshot_is_asked_for);
	WG_TEST(a_gap_of_a_thread_triggers_a_snapshot);
	WG_TEST(a_snapshot_of_threads_is_asked_for);
	WG_TEST(the_beginning_of_threads_is_written_over);
	WG_TEST(a_snapshot_needs_room);
	WG_TEST(nobody_answers_when_none_runs);
	WG_TEST_IF(wg_bench_is_alone(), "lttng-sessiond is not installed, or somebody's is running",
		somebody_is_killed);
	WG_TEST(a_trace_stays_within_its_size);
	WG_TEST(what_does_not_go_together_is_said);
}
