/*
 * test_survive.c: what is left of a recording whose recorder is killed, whose disk is full, or that
 * may take only so much room: all that was recorded until then, and a word that it is not all. The
 * command goes on.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "traces/gather/arenas.h"
#include "traces/kernel/kernel.h"
#include "traces/read/read.h"
#include "traces/record/files.h"
#include "traces/write/ctf.h"

/* ---- what is in a trace ---- */

struct seen {
	int rc; /* of opening it */
	size_t moments, places, holes, without_site;
	bool is_unfinished;
};

static struct seen look(const char *dir)
{
	struct seen seen = { 0 };
	struct wg_reader *r = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev;
	const char *note;
	size_t i, sites = 0;
	int64_t last = 0;

	seen.rc = wg_reader_open(dir, &r, &err);
	if (seen.rc < 0)
		return seen;
	while (wg_reader_next(r, &ev, &err) > 0) {
		CU_ASSERT(ev.ts_ns >= last || ev.type == WG_EV_LOST);
		last = ev.type == WG_EV_LOST ? last : ev.ts_ns;
		sites += ev.record == WG_RECORD_SITE;
		seen.holes += ev.type == WG_EV_LOST;
		seen.places += ev.record == WG_RECORD_SITE || ev.record == WG_RECORD_OBJECT;
		seen.moments += ev.record == WG_RECORD_WAIT || ev.record == WG_RECORD_WAKE ||
				ev.record == WG_RECORD_NOTIFY;
		seen.without_site +=
			ev.record == WG_RECORD_WAIT && ev.thread_wait.site && sites == 0;
	}
	for (i = 0; (note = wg_reader_note(r, i)); i++)
		seen.is_unfinished |= wg_has(note, "its end is missing");
	wg_reader_close(r);
	return seen;
}

/* ---- a trace that grows ---- */

static struct wg_event moment(unsigned n)
{
	struct wg_event ev = { .type = WG_EV_OTHER,
		.record = n % 2 ? WG_RECORD_WAKE : WG_RECORD_WAIT,
		.ts_ns = 100000 + (int64_t)n * 1000,
		.pid = 7,
		.tid = 7,
		.procname = "grows" };

	if (n % 2)
		ev.thread_wake.by_call = "";
	else
		ev.thread_wait.site = 1;
	/* One in a hundred was told late. */
	if (n % 100 == 50)
		ev.ts_ns -= 60 * 1000;
	return ev;
}

static struct wg_ctf *grow(const char *dir, uint64_t max_bytes)
{
	const struct wg_ctf_about about = {
		.tracer = "wakegap-test", .grows = true, .max_bytes = max_bytes
	};
	const struct wg_event site = { .type = WG_EV_OTHER,
		.record = WG_RECORD_SITE,
		.ts_ns = 1000,
		.procname = "grows",
		.site = { "m", "", "s", 1, 1 } };
	struct wg_ctf *ctf = NULL;

	CU_ASSERT_EQUAL_FATAL(wg_ctf_create(dir, &about, &ctf, NULL), 0);
	CU_ASSERT_EQUAL(wg_ctf_add(ctf, &site), 0);
	return ctf;
}

/* A child writes so many, in parts, and is killed. */
static void killed_after(unsigned count, unsigned part)
{
	const char *dir = wg_tmpdir();
	struct seen seen;
	pid_t pid = fork();
	unsigned n;
	int status;

	if (pid == 0) {
		struct wg_ctf *ctf = grow(dir, 0);

		for (n = 0; n < count; n++) {
			const struct wg_event ev = moment(n);

			if (wg_ctf_add(ctf, &ev) < 0 || (n % part == 0 && wg_ctf_flush(ctf) < 0))
				_exit(1);
		}
		(void)raise(SIGKILL);
	}
	CU_ASSERT(waitpid(pid, &status, 0) == pid && WIFSIGNALED(status));
	seen = look(dir);
	CU_ASSERT_EQUAL(seen.rc, 0);
	CU_ASSERT_EQUAL(seen.places, 1);
	CU_ASSERT_EQUAL(seen.moments, (count - 1) / part * part + 1);
}

static void a_trace_that_grows_is_one_at_any_time(void)
{
	static const unsigned counts[] = { 1, 2, 99, 100, 101, 700, 1501, 5000 };
	size_t i;

	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		killed_after(counts[i], 1);
		killed_after(counts[i], 100);
		killed_after(counts[i], 777);
	}
}

static void the_oldest_goes_and_what_describes_stays(void)
{
	const char *dir = wg_tmpdir();
	struct wg_ctf *ctf = grow(dir, 1 << 20);
	struct wg__folder folder = { .fd = -1 };
	struct wg_ctf_dropped dropped;
	struct seen seen;
	unsigned n, count = 60000;

	(void)snprintf(folder.path, sizeof(folder.path), "%s", dir);
	for (n = 0; n < count; n++) {
		const struct wg_event ev = moment(n);

		CU_ASSERT_EQUAL_FATAL(wg_ctf_add(ctf, &ev), 0);
		if (n % 500 == 0) {
			CU_ASSERT_EQUAL_FATAL(wg_ctf_flush(ctf), 0);
			CU_ASSERT(wg__folder_bytes(&folder) <= 1 << 20);
		}
	}
	CU_ASSERT_EQUAL_FATAL(wg_ctf_flush(ctf), 0);
	dropped = wg_ctf_dropped(ctf);
	CU_ASSERT_EQUAL(wg_ctf_finish(ctf, true, NULL), 0);
	CU_ASSERT(wg__folder_bytes(&folder) <= 1 << 20);
	CU_ASSERT(dropped.packets > 0 && dropped.since_ns > 1000);
	seen = look(dir);
	CU_ASSERT(seen.moments > 5000 && seen.moments < count);
	CU_ASSERT(seen.places == 1 && seen.without_site == 0);
}

/* ---- a command, and its recorder killed ---- */

struct recording {
	char dir[600], stop[700], out[700];
	const char *with;
	pid_t pid;
};

/* The command sleeps until a file is there, and writes another one. */
static void start(struct recording *r, const char *with)
{
	static const char script[] =
		"while [ ! -e \"$0\" ]; do sleep 0.001; done; echo done >\"$1\"";
	const char *dir = wg_tmpdir();
	int nothing;

	*r = (struct recording){ .with = with };
	(void)snprintf(r->dir, sizeof(r->dir), "%s/trace", dir);
	(void)snprintf(r->stop, sizeof(r->stop), "%s/stop", dir);
	(void)snprintf(r->out, sizeof(r->out), "%s/out", dir);
	r->pid = fork();
	if (r->pid != 0)
		return;
	nothing = open("/dev/null", O_WRONLY);
	(void)dup2(nothing, STDERR_FILENO);
	execl(wg_build_path("wakegap"), "wakegap", "record", "--with", with, "-o", r->dir, "--",
		"sh", "-c", script, r->stop, r->out, (char *)NULL);
	_exit(127);
}

static bool is_there(const char *path)
{
	return access(path, F_OK) == 0;
}

/* It is killed; the command has to end as it would have. */
static void kill_recorder(const struct recording *r)
{
	int fd;

	(void)kill(r->pid, SIGKILL);
	CU_ASSERT_EQUAL(waitpid(r->pid, NULL, 0), r->pid);
	fd = open(r->stop, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	CU_ASSERT_FATAL(fd >= 0);
	(void)close(fd);
	while (!is_there(r->out))
		(void)sched_yield();
}

static bool lacks_kernel(void)
{
	struct wg_error err = { 0 };

	if (wg_kernel_check(&err) == 0)
		return false;
	wg_skip(err.text);
	return true;
}

static void killed_in_the_kernel_form_at(size_t moments)
{
	struct recording r;
	struct seen then, seen;

	start(&r, "kernel");
	do {
		(void)sched_yield();
		then = look(r.dir);
		CU_ASSERT_FATAL(waitpid(r.pid, NULL, WNOHANG) == 0);
	} while (then.rc < 0 || then.moments < moments);
	CU_ASSERT(then.is_unfinished);
	kill_recorder(&r);
	seen = look(r.dir);
	CU_ASSERT(seen.rc == 0 && seen.moments >= then.moments && seen.is_unfinished);
}

static void what_the_kernel_recorded_survives_its_recorder(void)
{
	if (lacks_kernel())
		return;
	killed_in_the_kernel_form_at(1);
	killed_in_the_kernel_form_at(20);
	killed_in_the_kernel_form_at(300);
}

/* Bytes of its arenas in memory; counts events without reading them. */
static size_t preload_moments(const struct recording *r)
{
	struct wg__arenas arenas;
	char path[700], root[256];
	ssize_t n;
	size_t i, count = 0;

	(void)snprintf(path, sizeof(path), "%s/recorded", r->dir);
	n = readlink(path, root, sizeof(root) - 1);
	if (n < 0)
		return 0;
	(void)snprintf(path, sizeof(path), "%.*s/0", (int)n, root);
	if (wg__arenas_read(path, &arenas) == 0) {
		for (i = 0; i < arenas.record_count; i++)
			count += arenas.record[i].r->type == WG_PRELOAD_WAIT;
	}
	wg__arenas_fini(&arenas);
	return count;
}

static void killed_with_preload_at(size_t waits)
{
	struct recording r;
	const char *stats[] = { wg_build_path("wakegap"), "stats", r.dir, NULL };
	const char *finish[] = { wg_build_path("wakegap"), "record", "--finish", r.dir, NULL };
	const char *other[] = { wg_build_path("wakegap"), "record", "--with", "preload", "-o", NULL,
		"true", NULL };
	char another[620], room[700], root[256], *err = NULL;
	struct seen seen;
	size_t then;
	ssize_t n;

	start(&r, "preload");
	do {
		(void)sched_yield();
		then = preload_moments(&r);
		CU_ASSERT_FATAL(waitpid(r.pid, NULL, WNOHANG) == 0);
	} while (then < waits);
	CU_ASSERT_EQUAL(wg_run(NULL, &err, finish), 1);
	CU_ASSERT(wg_has(err, "is still being recorded"));
	free(err);
	kill_recorder(&r);
	CU_ASSERT_EQUAL(wg_run(NULL, &err, stats), 1);
	CU_ASSERT(wg_has(err, "wakegap record --finish DIR"));
	free(err);
	/* The next recording clears away what was left, but not that. */
	(void)snprintf(another, sizeof(another), "%s-2", r.dir);
	other[5] = another;
	CU_ASSERT_EQUAL(wg_run(NULL, &err, other), 0);
	free(err);
	(void)snprintf(room, sizeof(room), "%s/recorded", r.dir);
	n = readlink(room, root, sizeof(root) - 1);
	CU_ASSERT_FATAL(n > 0);
	root[n] = '\0';
	CU_ASSERT_EQUAL(wg_run(NULL, &err, finish), 0);
	CU_ASSERT(wg_has(err, "trace in "));
	free(err);
	seen = look(r.dir);
	CU_ASSERT(seen.rc == 0 && seen.moments >= then);
	CU_ASSERT(!is_there(root) && !is_there(room));
	CU_ASSERT_EQUAL(wg_run(NULL, &err, finish), 1);
	CU_ASSERT(wg_has(err, "has nothing to finish"));
	free(err);
	CU_ASSERT(!look(r.dir).is_unfinished);
}

static void what_preload_recorded_survives_its_recorder(void)
{
	killed_with_preload_at(1);
	killed_with_preload_at(20);
	killed_with_preload_at(300);
}

/* ---- no room ---- */

/* then: what a shell does afterwards, with the trace in $2/t. */
static int in_small_folder(
	const char *with, const char *size, const char *more, const char *then, char **err)
{
	static const char script[] =
		"mkdir -p \"$2\" && mount -t tmpfs -o size=\"$4\" none \"$2\" || exit 99; "
		"\"$0\" record --with \"$1\" $5 -o \"$2/t\" -- python3 -c '\n"
		"import os, sys\n"
		"r, w = os.pipe(); r2, w2 = os.pipe(); child = os.fork()\n"
		"for i in range(8000):\n"
		"    if child: os.write(w, b\"x\"); os.read(r2, 1)\n"
		"    else: os.read(r, 1); os.write(w2, b\"x\")\n"
		"if child: os.wait(); open(sys.argv[1], \"w\").write(\"done\")' \"$3\"\n"
		"echo \"status $?\" >&2; eval \"$6\"; cat \"$3\" >&2; du -sb \"$2/t\" >&2; \"$0\" "
		"stats "
		"\"$2/t\" >&2";
	char at[600], out[620];
	const char *argv[] = { "unshare", "-m", "sh", "-c", script, wg_build_path("wakegap"), with,
		at, out, size, more, then, NULL };

	(void)snprintf(at, sizeof(at), "%s/small", wg_tmpdir());
	(void)snprintf(out, sizeof(out), "%s.out", at);
	return wg_run(NULL, err, argv);
}

static void a_full_disk_ends_the_trace_and_not_the_command(void)
{
	char *err;
	int rc;

	if (lacks_kernel())
		return;
	rc = in_small_folder("kernel", "400k", "", ":", &err);
	if (rc == 99 || wg_has(err, "unshare")) {
		wg_skip("no mount namespace of its own");
	} else {
		CU_ASSERT(wg_has(err, "No space left on device: the trace ends there"));
		CU_ASSERT(wg_has(err, "status 1\ndone"));
		CU_ASSERT(wg_has(err, "its end is missing"));
		CU_ASSERT(wg_has(err, "python3"));
	}
	free(err);
}

static void what_has_no_room_on_the_disk_waits_for_it(void)
{
	char *err;
	int rc = in_small_folder("preload", "400k", "",
		"mount -o remount,size=40m \"$2\"; \"$0\" record --finish \"$2/t\"", &err);

	if (rc == 99 || wg_has(err, "unshare")) {
		wg_skip("no mount namespace of its own");
	} else {
		CU_ASSERT(wg_has(err, "No space left on device: what was recorded is kept"));
		CU_ASSERT(wg_has(err, "status 1\n"));
		CU_ASSERT(wg_has(err, " processes\ndone"));
		CU_ASSERT(!wg_has(err, "its end is missing"));
		CU_ASSERT(wg_has(err, "python3"));
	}
	free(err);
}

static void a_recording_keeps_within_a_size(void)
{
	char *err;
	int rc;

	if (lacks_kernel())
		return;
	rc = in_small_folder("kernel", "2m", "--max-size 1M", ":", &err);
	if (rc == 99 || wg_has(err, "unshare")) {
		wg_skip("no mount namespace of its own");
	} else {
		CU_ASSERT(wg_has(err, "to keep within --max-size, the oldest"));
		CU_ASSERT(wg_has(err, "status 0\ndone"));
		CU_ASSERT(!wg_has(err, "its end is missing"));
	}
	free(err);
}

static void a_recording_with_preload_keeps_within_a_size(void)
{
	char *err, *bytes;
	int rc = in_small_folder("preload", "2m", "--max-size 1M", ":", &err);

	if (rc == 99 || wg_has(err, "unshare")) {
		wg_skip("no mount namespace of its own");
	} else {
		CU_ASSERT(wg_has(err, "records were lost, there was no more room within "
				      "--max-size"));
		CU_ASSERT(wg_has(err, "status 0\n"));
		bytes = strstr(err, "done");
		CU_ASSERT_FATAL(bytes != NULL);
		CU_ASSERT(strtoul(bytes + 4, NULL, 10) > 100000);
		CU_ASSERT(strtoul(bytes + 4, NULL, 10) <= 1 << 20);
	}
	free(err);
}

void suite_survive(void)
{
	WG_TEST(a_trace_that_grows_is_one_at_any_time);
	WG_TEST(the_oldest_goes_and_what_describes_stays);
	WG_TEST(what_the_kernel_recorded_survives_its_recorder);
	WG_TEST(what_preload_recorded_survives_its_recorder);
	WG_TEST(a_full_disk_ends_the_trace_and_not_the_command);
	WG_TEST(what_has_no_room_on_the_disk_waits_for_it);
	WG_TEST(a_recording_with_preload_keeps_within_a_size);
	WG_TEST(a_recording_keeps_within_a_size);
}
