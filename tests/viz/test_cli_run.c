/*
 * test_cli_run.c: `wakegap run` and `wakegap stats` together, on a real file.
 *
 * Each test has a folder for LTTng's daemons of its own (private_lttng.h), and sees that none was
 * started, or is left.
 *
 * What is asserted about time is arithmetic: n sleeps of 10 ms last at least n times 10 ms.
 */
#include <dirent.h>
#include <fcntl.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/patience.h"
#include "tests/harness/private_lttng.h"
#include "tests/harness/support.h"

#define DEADLINE_S 30
#define FILE_BYTES (10u << 20)
#define FILE_READS 160 /* of 64 KiB */

static struct wg_private t;
static char file[512]; /* FILE_BYTES long */

/* ---- helpers ---- */

static bool set_up(void)
{
	if (!wg_private_set_up(&t))
		return false;
	(void)snprintf(file, sizeof(file), "%s", wg_make_file(t.home, "file", FILE_BYTES));
	return true;
}

/* The daemon removes its pid file, and we our lock, when no recording is left. */
static bool has_daemon(void)
{
	char pid[400], lock[400];

	(void)snprintf(pid, sizeof(pid), "%s/lttng-sessiond.pid", t.rundir);
	(void)snprintf(lock, sizeof(lock), "%s/wakegap.lock", t.rundir);
	return access(pid, F_OK) == 0 || access(lock, F_OK) == 0;
}

static void nothing_is_left(void)
{
	CU_ASSERT(!has_daemon());
	CU_ASSERT(!wg_private_has_temp(&t));
}

static json_t *at(json_t *list, size_t i)
{
	return json_array_get(list, i);
}

static json_int_t number(json_t *o, const char *key)
{
	CU_ASSERT(json_is_integer(json_object_get(o, key)));
	return json_integer_value(json_object_get(o, key));
}

static double real(json_t *o, const char *key)
{
	return json_real_value(json_object_get(o, key));
}

static double min_seconds(json_t *run)
{
	return real(json_object_get(run, "seconds"), "min");
}

/* ---- the three, compared ---- */

/* Every strategy delivered what the floor read. */
static void check_runs(json_t *root)
{
	json_t *floor = json_object_get(root, "floor"), *run;
	size_t i;

	CU_ASSERT_EQUAL(number(root, "bytes"), FILE_BYTES);
	CU_ASSERT_EQUAL(json_array_size(json_object_get(root, "runs")), 3);
	json_array_foreach(json_object_get(root, "runs"), i, run)
	{
		CU_ASSERT_EQUAL(number(run, "ops"), FILE_READS);
		CU_ASSERT_EQUAL(number(run, "bytes_read"), FILE_BYTES);
		CU_ASSERT(json_equal(
			json_object_get(run, "checksum"), json_object_get(floor, "checksum")));
		/* Times of two runs, of which one was recorded. */
		CU_ASSERT(min_seconds(run) > 0);
		CU_ASSERT_DOUBLE_EQUAL(real(run, "recording_cost"),
			real(json_object_get(run, "recorded_seconds"), "median") /
				real(json_object_get(run, "seconds"), "median"),
			1e-6);
	}
}

/* Nothing notifies the loop: each result waits for the timeout, and each wait lasts to its end. */
static void check_tick(json_t *run, json_t *loop)
{
	json_t *wakes = json_object_get(loop, "wakes");
	json_int_t waits = number(loop, "waits"), wasted = number(loop, "wasted_ns");
	json_int_t asleep = number(loop, "asleep_ns");
	double pass_ns = real(json_object_get(run, "recorded_seconds"), "min") * 1e9;

	CU_ASSERT_EQUAL(number(wakes, "notified"), 0);
	CU_ASSERT_EQUAL(number(json_object_get(loop, "notifies"), "sent"), 0);
	CU_ASSERT_EQUAL(number(wakes, "timeout"), waits);
	/* A worker that was kept from its CPU for a tick costs one more, which finds nothing, or
	 * a result that came after it. */
	CU_ASSERT(number(loop, "late_wakes") + number(loop, "empty_wakes") <= waits);
	CU_ASSERT(number(loop, "late_wakes") > 0);
	CU_ASSERT(pass_ns >= (double)waits * 10e6);
	CU_ASSERT(asleep >= waits * 10000000);
	CU_ASSERT((double)asleep <= pass_ns);
	/* How much of it depends on how busy the machine is: 99 % on a quiet one. */
	CU_ASSERT(wasted > 0 && wasted <= asleep);
	CU_ASSERT(number(loop, "stuck") == 0);
}

/* No sleep of it lasts to an end of the time; that is why it is faster. */
static void check_blocking(json_t *loop)
{
	CU_ASSERT_EQUAL(number(loop, "empty_wakes"), 0);
	CU_ASSERT_EQUAL(number(loop, "late_wakes"), 0);
	CU_ASSERT_EQUAL(number(loop, "stuck"), 0);
	CU_ASSERT_EQUAL(number(json_object_get(loop, "wakes"), "timeout"), 0);
}

static void the_three_compared(void)
{
	char dir[400], a[420], b[420], c[420], *out = NULL, *err = NULL;
	const char *wakegap = wg_build_path("wakegap");
	json_t *root, *runs, *traces, *stats;
	size_t i;

	if (!set_up())
		return;
	(void)snprintf(dir, sizeof(dir), "%s/traces", t.home);
	CU_ASSERT_EQUAL(wg_run(&out, &err,
				wg_private_words(
					&t, (const char *const[]){ wakegap, "run", "read", "--file",
						    file, "--wait", "tick,condvar,eventfd",
						    "--record", dir, "--json", NULL })),
		0);
	CU_ASSERT_STRING_EQUAL(err, "");
	nothing_is_left();
	root = json_loads(out, 0, NULL);
	CU_ASSERT_FATAL(root != NULL);
	check_runs(root);
	free(out);
	free(err);

	(void)snprintf(a, sizeof(a), "%s/tick", dir);
	(void)snprintf(b, sizeof(b), "%s/condvar", dir);
	(void)snprintf(c, sizeof(c), "%s/eventfd", dir);
	CU_ASSERT_EQUAL(wg_run(&out, NULL,
				(const char *const[]){ wakegap, "stats", "--json", a, b, c, NULL }),
		0);
	stats = json_loads(out, 0, NULL);
	runs = json_object_get(root, "runs");
	traces = json_object_get(stats, "traces");
	CU_ASSERT_EQUAL_FATAL(json_array_size(traces), 3);
	for (i = 0; i < 3; i++) {
		json_t *loops = json_object_get(at(traces, i), "loops");

		CU_ASSERT_EQUAL(number(at(traces, i), "discarded"), 0);
		CU_ASSERT_EQUAL(json_array_size(loops), 1);
		if (i == 0)
			check_tick(at(runs, 0), at(loops, 0));
		else
			check_blocking(at(loops, 0));
	}
	json_decref(root);
	json_decref(stats);
	free(out);
}

/* ---- without LTTng's daemons ---- */

/* Its traces are its own: all figures are there. */
static void it_needs_no_daemon(void)
{
	char *out = NULL, *err = NULL;
	json_t *root, *runs;

	if (!set_up())
		return;
	CU_ASSERT_EQUAL(setenv("LTTNG_SESSIOND_PATH", "/no/such/daemon", 1), 0);
	CU_ASSERT_EQUAL(
		wg_run(&out, &err,
			wg_private_words(
				&t, (const char *const[]){ wg_build_path("wakegap"), "run", "read",
					    "--file", file, "--wait", "tick,condvar,eventfd",
					    "--chunk", "256K", "--tick", "50ms", "--json", NULL })),
		0);
	CU_ASSERT_STRING_EQUAL(err, "");
	nothing_is_left();
	root = json_loads(out, 0, NULL);
	runs = json_object_get(root, "runs");
	CU_ASSERT_EQUAL_FATAL(json_array_size(runs), 3);
	CU_ASSERT(number(at(runs, 0), "wakes") >= 40);
	CU_ASSERT(number(at(runs, 1), "wakes") > 0);
	CU_ASSERT(min_seconds(at(runs, 0)) >= 40 * 0.05); /* a tick for each read */
	CU_ASSERT(min_seconds(at(runs, 1)) > 0 && min_seconds(at(runs, 2)) > 0);
	json_decref(root);
	free(out);
	free(err);
	(void)unsetenv("LTTNG_SESSIOND_PATH");
}

/* Times are there, and why there are no more. */
static void times_without_a_folder(void)
{
	char *out = NULL, *err = NULL, temp[sizeof(t.temp)];

	if (!set_up())
		return;
	(void)snprintf(temp, sizeof(temp), "%s", t.temp);
	(void)snprintf(t.temp, sizeof(t.temp), "/no/such/folder");
	CU_ASSERT_EQUAL(
		wg_run(&out, &err,
			wg_private_words(
				&t, (const char *const[]){ wg_build_path("wakegap"), "run", "read",
					    "--file", file, "--wait", "eventfd", "--json", NULL })),
		0);
	CU_ASSERT(wg_has(err, "not recorded, so only times are shown: no temporary folder: "
			      "TMPDIR is '/no/such/folder'"));
	CU_ASSERT(strchr(err, '\n') == err + strlen(err) - 1);
	CU_ASSERT(!wg_has(out, "\"wakes\""));
	CU_ASSERT(wg_has(out, "\"seconds\""));
	(void)snprintf(t.temp, sizeof(t.temp), "%s", temp);
	free(out);
	free(err);
}

/* "ts_ns pid ... ": the members of the first line of that event; "" if there is none. */
static void members(const char *jsonl, const char *event, char *ret, size_t len)
{
	char what[48];
	const char *line = jsonl, *end;

	*ret = '\0';
	(void)snprintf(what, sizeof(what), "\"event\":\"%s\"", event);
	for (; line && *line && !*ret; line = end ? end + 1 : NULL) {
		const char *found = strstr(line, what), *key;
		json_t *o, *value;

		end = strchr(line, '\n');
		if (!found || !end || found > end)
			continue;
		o = json_loadb(line, (size_t)(end - line), 0, NULL);
		json_object_foreach(o, key, value)(void) snprintf(ret + strlen(ret),
			len - strlen(ret), "%s %d, ", key, (int)json_typeof(value));
		json_decref(o);
	}
}

/* The events, fields and contexts of the same program, recorded by LTTng and by itself. */
static void a_trace_as_lttng_makes_it(void)
{
	char dir[400], lttng[400], own[420], a[512], b[512], *text[2] = { NULL }, *out = NULL;
	const char *wakegap = wg_build_path("wakegap"),
		   *program = wg_build_path("wakegap-workload");
	const char *const names[] = { "loop", "submit", "start", "done", "notify", "wait", "wake",
		"poll", "deliver" };
	size_t i, k;

	if (!set_up())
		return;
	(void)snprintf(dir, sizeof(dir), "%s/traces/", t.home); /* as shells complete it */
	(void)snprintf(lttng, sizeof(lttng), "%s/lttng", t.home);
	(void)snprintf(own, sizeof(own), "%seventfd", dir);
	CU_ASSERT_EQUAL(wg_run(&out, NULL,
				wg_private_words(&t, (const char *const[]){ wakegap, "run", "read",
							     "--file", file, "--wait", "eventfd",
							     "--record", dir, NULL })),
		0);
	CU_ASSERT(wg_has(out, own));
	free(out);
	CU_ASSERT_EQUAL(
		wg_run(&out, NULL,
			wg_private_words(&t, (const char *const[]){ wakegap, "record", "--with",
						     "lttng", "-o", lttng, program, "read",
						     "--file", file, "--wait", "eventfd", NULL })),
		0);
	free(out);
	for (i = 0; i < 2; i++)
		CU_ASSERT_EQUAL(wg_run(&text[i], NULL,
					(const char *const[]){ wakegap, "export", "--format",
						"jsonl", i ? lttng : own, NULL }),
			0);
	for (k = 0; k < sizeof(names) / sizeof(names[0]); k++) {
		members(text[0], names[k], a, sizeof(a));
		members(text[1], names[k], b, sizeof(b));
		CU_ASSERT(*a);
		CU_ASSERT_STRING_EQUAL(a, b);
	}
	free(text[0]);
	free(text[1]);
}

#define NO_DAEMON                                                                                  \
	"wakegap: cannot run lttng-sessiond: LTTNG_SESSIOND_PATH is '/no/such/daemon': "           \
	"No such file or directory (unset it, or apt install lttng-tools) "                        \
	"(`wakegap doctor` says more)\n"

static void a_daemon_that_will_not_start(void)
{
	char dir[400], *err = NULL, *out = NULL;
	const char *wakegap = wg_build_path("wakegap");

	if (!set_up())
		return;
	(void)snprintf(dir, sizeof(dir), "%s/traces", t.home);
	CU_ASSERT_EQUAL(setenv("LTTNG_SESSIOND_PATH", "/no/such/daemon", 1), 0);
	CU_ASSERT_EQUAL(
		wg_run(&out, &err,
			wg_private_words(&t, (const char *const[]){ wakegap, "record", "--with",
						     "lttng", "-o", dir, "true", NULL })),
		1);
	CU_ASSERT_STRING_EQUAL(err, NO_DAEMON);
	free(err);
	CU_ASSERT(access(dir, F_OK) != 0);
	nothing_is_left();
	free(out);
	(void)unsetenv("LTTNG_SESSIOND_PATH");
}

/* ---- killed ---- */

/* Ask until it holds or the deadline is over. */
static bool comes_true(bool (*fact)(void))
{
	struct wg_patience patience = wg_patience(DEADLINE_S);

	while (!fact()) {
		if (!wg_patience_waits(&patience))
			return false;
	}
	return true;
}

static bool is_gone(void)
{
	return !has_daemon() && !wg_private_has_temp(&t);
}

/* The folder of the first recording, in the one folder below TMPDIR. */
static bool is_recording(void)
{
	DIR *dir = opendir(t.temp);
	struct dirent *e;
	bool found = false;

	while (dir && (e = readdir(dir))) {
		char path[700];

		(void)snprintf(path, sizeof(path), "%s/%s/tick", t.temp, e->d_name);
		found = found || (e->d_name[0] != '.' && access(path, F_OK) == 0);
	}
	if (dir)
		(void)closedir(dir);
	return found;
}

/* Its standard error ends when the command and the workload are both gone. */
static bool ends(int fd)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);
	char text[256];

	while (wg_patience_reads(&patience, fd)) {
		if (read(fd, text, sizeof(text)) <= 0)
			return true;
	}
	return false;
}

static bool has_temp(void)
{
	return wg_private_has_temp(&t);
}

/* Kill a run that would last a minute, once `moment` has come. */
static void kill_run(int sig, bool (*moment)(void))
{
	const char *const *argv;
	int fds[2], status;
	pid_t pid;

	if (!set_up())
		return;
	argv = wg_private_words(
		&t, (const char *const[]){ wg_build_path("wakegap"), "run", "read", "--file", file,
			    "--wait", "tick", "--passes", "40", NULL });
	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC), 0);
	pid = fork();
	if (pid == 0) {
		const struct sigaction dfl = { .sa_handler = SIG_DFL };

		(void)sigaction(sig, &dfl, NULL);
		(void)dup2(fds[1], 1);
		(void)dup2(fds[1], 2);
		(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(fds[1]);
	CU_ASSERT(comes_true(moment));
	(void)kill(pid, sig);
	CU_ASSERT(ends(fds[0]));
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(
		(WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status)) == 128 + sig);
	(void)close(fds[0]);
	if (!comes_true(is_gone))
		printf("# left after signal %d: daemon or lock %d, temporary folder %d\n", sig,
			has_daemon(), wg_private_has_temp(&t));
	CU_ASSERT(is_gone());
}

static void a_killed_run_leaves_nothing(void)
{
	kill_run(SIGKILL, is_recording);
}

static void an_interrupted_run_leaves_nothing(void)
{
	kill_run(SIGTERM, is_recording);
	kill_run(SIGINT, has_temp); /* before, or at the floor */
}

void suite_cli_run(void)
{
	WG_TEST(the_three_compared);
	WG_TEST(it_needs_no_daemon);
	WG_TEST(times_without_a_folder);
	WG_TEST(a_trace_as_lttng_makes_it);
	WG_TEST(a_daemon_that_will_not_start);
	WG_TEST(a_killed_run_leaves_nothing);
	WG_TEST(an_interrupted_run_leaves_nothing);
}
