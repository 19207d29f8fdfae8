/*
 * test_preload.c: what the preload library records of a program with known numbers of waits and
 * notifies (tests/planted), and of programs that make it hard: they do what they do without it.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/traces/planted_run.h"
#include "traces/base/marker.h"
#include "traces/gather/choose.h"

struct seen {
	char dir[512];
	char *out, *err;
	int status;
};

static bool lacks_planted(void)
{
	if (access(wg_build_path("planted"), X_OK) == 0)
		return false;
	wg_skip("the program planted is not built");
	return true;
}

static struct seen record(const char *const command[])
{
	const char *argv[24] = { wg_build_path("wakegap"), "record", "-o", NULL, "--" };
	struct seen seen = { 0 };
	size_t i;

	(void)snprintf(seen.dir, sizeof(seen.dir), "%s/trace", wg_tmpdir());
	argv[3] = seen.dir;
	for (i = 0; command[i]; i++)
		argv[5 + i] = command[i];
	seen.status = wg_run(&seen.out, &seen.err, argv);
	return seen;
}

static void forget(struct seen *seen)
{
	free(seen->out);
	free(seen->err);
}

static struct planted_tally look(const struct seen *seen, const char *name)
{
	return planted_look(seen->dir, name, NULL);
}

static void check_plan(const struct seen *seen, const struct plan *plan)
{
	struct planted_tally t = look(seen, plan->name);

	planted_check(&t, plan);
}

static void known_numbers_are_found_exactly(void)
{
	struct seen seen;
	size_t i;

	if (lacks_planted())
		return;
	seen = record((const char *const[]){ wg_build_path("planted"), "plans", NULL });
	CU_ASSERT(seen.status == 0);
	CU_ASSERT(wg_has(seen.err, "recorded with the preload library"));
	CU_ASSERT(!wg_has(seen.err, "lost"));
	for (i = 0; i < PLANS; i++) {
		if (wg_has(seen.out, plans[i].name)) /* io_uring is not allowed everywhere */
			check_plan(&seen, &plans[i]);
	}
	forget(&seen);
}

static void output_and_status_are_passed_on(void)
{
	struct seen seen;

	if (lacks_planted())
		return;
	seen = record((const char *const[]){ wg_build_path("planted"), "poll", NULL });
	CU_ASSERT(seen.status == 6);
	CU_ASSERT_STRING_EQUAL(seen.out, "polled\n");
	CU_ASSERT(look(&seen, "planted").timed_out == 6);
	forget(&seen);
}

static void a_program_that_closes_all_descriptors_is_recorded(void)
{
	struct seen seen;

	if (lacks_planted())
		return;
	seen = record((const char *const[]){ wg_build_path("planted"), "close", NULL });
	CU_ASSERT(seen.status == 5);
	CU_ASSERT(look(&seen, "planted").timed_out == 5);
	forget(&seen);
}

static void a_read_that_does_not_block_is_no_wait(void)
{
	struct seen seen;

	if (lacks_planted())
		return;
	seen = record((const char *const[]){ wg_build_path("planted"), "nonblocking", NULL });
	CU_ASSERT(seen.status == 0);
	CU_ASSERT(look(&seen, "planted").waits == 1);
	forget(&seen);
}

/* So many waits of that kind, and how they ended. */
static void waits_that_are_rare_are_seen(void)
{
	static const struct {
		const char *name;
		enum wg_wait_in how;
		unsigned waits, timed_out, notified, ready;
	} rares[] = {
		{ "msgrcv", WG_IN_READ, 30, 0, 0, 30 },
		{ "mq", WG_IN_READ, 50, 20, 0, 30 },
		{ "semop", WG_IN_SEM, 50, 20, 30, 0 },
		{ "timedlock", WG_IN_LOCK, 20, 20, 0, 0 },
		{ "rcvtimeo", WG_IN_READ, 20, 20, 0, 0 },
		{ "recvmmsg", WG_IN_READ, 30, 0, 30, 0 },
		{ "signalfd", WG_IN_READ, 11, 1, 0, 10 },
	};
	static const char *const locks[] = { "flock", "record", "ofd", "lockf" };
	struct planted_tally t;
	struct seen seen;
	size_t i;

	if (lacks_planted())
		return;
	seen = record((const char *const[]){ wg_build_path("planted"), "rare", NULL });
	CU_ASSERT_EQUAL(seen.status, 0);
	for (i = 0; i < sizeof(rares) / sizeof(rares[0]); i++) {
		bool holds;

		t = look(&seen, rares[i].name);
		holds = t.waits == rares[i].waits && t.how[rares[i].how] == rares[i].waits &&
			t.timed_out == rares[i].timed_out && t.notified == rares[i].notified &&
			t.ready == rares[i].ready;
		CU_ASSERT(holds);
		if (!holds)
			planted_print(rares[i].name, &t);
	}
	for (i = 0; i < sizeof(locks) / sizeof(locks[0]); i++) {
		t = look(&seen, locks[i]); /* beside waits for its turn */
		CU_ASSERT_EQUAL(t.how[WG_IN_LOCK], 10);
	}
	CU_ASSERT_EQUAL(look(&seen, "recvmmsg").exact, 30);
	forget(&seen);
}

static void a_number_that_is_used_again_is_looked_at(void)
{
	struct seen seen;

	if (lacks_planted())
		return;
	seen = record((const char *const[]){ wg_build_path("planted"), "reused", NULL });
	CU_ASSERT_EQUAL(seen.status, 0);
	CU_ASSERT_EQUAL(look(&seen, "planted").how[WG_IN_READ], 5);
	forget(&seen);
}

/* Its filter kills it for any call that it does not make itself. */
static void a_program_that_confines_itself_lives(void)
{
	struct planted_tally t;
	struct seen seen;

	if (lacks_planted())
		return;
	seen = record((const char *const[]){ wg_build_path("planted"), "confined", NULL });
	if (seen.status == 77) {
		wg_skip("no filter of system calls (seccomp)");
	} else {
		t = look(&seen, "planted");
		CU_ASSERT_EQUAL(seen.status, 4);
		CU_ASSERT_STRING_EQUAL(seen.out, "confined\n");
		CU_ASSERT(t.waits == 43 && t.timed_out == 43);
		CU_ASSERT(wg_has(seen.err, "confined itself (seccomp)"));
	}
	forget(&seen);
}

/* Where everyone stood then is known. */
static void a_killed_program_is_recorded(void)
{
	struct seen seen;
	struct planted_tally t;

	if (lacks_planted())
		return;
	seen = record((const char *const[]){ wg_build_path("planted"), "kill", NULL });
	CU_ASSERT(seen.status == 128 + 9);
	CU_ASSERT(look(&seen, "planted").timed_out == 4);
	t = look(&seen, "for-ever");
	CU_ASSERT(t.waits == 1 && t.open == 1 && t.how[WG_IN_SEM] == 1 && t.has_site);
	forget(&seen);
}

static void a_fork_without_exec_is_recorded(void)
{
	struct seen seen;

	if (lacks_planted())
		return;
	seen = record((const char *const[]){ wg_build_path("planted"), "fork", NULL });
	CU_ASSERT(seen.status == 3);
	CU_ASSERT(look(&seen, "child").timed_out == 7);
	CU_ASSERT(look(&seen, "planted").how[WG_IN_CHILD] == 1);
	CU_ASSERT(wg_has(seen.err, "2 processes"));
	forget(&seen);
}

static void what_a_shell_starts_is_recorded(void)
{
	char script[600];
	struct seen seen;

	if (lacks_planted())
		return;
	(void)snprintf(script, sizeof(script), "%s poll; %s poll; echo $?",
		wg_build_path("planted"), wg_build_path("planted"));
	seen = record((const char *const[]){ "sh", "-c", script, NULL });
	CU_ASSERT(seen.status == 0);
	CU_ASSERT_STRING_EQUAL(seen.out, "polled\npolled\n6\n");
	CU_ASSERT(look(&seen, "planted").timed_out == 12);
	forget(&seen);
}

/* Tools that LTTng-UST's threads in a program make fail. */
static void programs_that_change_their_rights_work(void)
{
	static const char *const commands[][6] = {
		{ "setpriv", "--reuid", "65534", "id", "-u", NULL },
		{ "unshare", "-U", "id", "-u", NULL },
	};
	char *out;
	size_t i;

	for (i = 0; i < 2; i++) {
		struct seen seen;
		int status = wg_run(&out, NULL, commands[i]);

		if (status == 0) {
			seen = record(commands[i]);
			CU_ASSERT(seen.status == 0);
			CU_ASSERT_STRING_EQUAL(seen.out, out);
			forget(&seen);
		}
		free(out);
	}
}

/* --- which observer --- */

static void the_observer_fits_the_command(void)
{
	const char *const workload = wg_build_path("wakegap-workload");
	char script[600], path[600];
	const struct {
		const char *argv[4];
		enum wg_observer with;
	} rows[] = {
		{ { "true", NULL }, WG_WITH_PRELOAD },
		{ { "sh", "-c", "exec true", NULL }, WG_WITH_PRELOAD },
		{ { workload, "--waits", NULL }, WG_WITH_LTTNG },
		{ { "sh", "-c", script, NULL }, WG_WITH_LTTNG },
		{ { "env", workload, NULL }, WG_WITH_LTTNG },
		{ { path, NULL }, WG_WITH_LTTNG },
		{ { "sh", path, NULL }, WG_WITH_LTTNG },
		{ { "/no/such/file", NULL }, WG_WITH_PRELOAD },
	};
	struct wg_choice choice;
	FILE *f;
	size_t i;

	if (!wg_has_tracepoints(workload)) {
		wg_skip("built without lttng-ust");
		return;
	}
	(void)snprintf(script, sizeof(script), "cd /; \"%s\" --waits", workload);
	(void)snprintf(path, sizeof(path), "%s/script", wg_tmpdir());
	f = fopen(path, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fprintf(f, "#!/bin/sh\nexec %s --waits\n", workload);
	(void)fclose(f);
	(void)chmod(path, 0755);
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		wg_choose((char *const *)(uintptr_t)rows[i].argv, WG_WITH_ANY, &choice);
		CU_ASSERT(choice.with == rows[i].with);
		CU_ASSERT(wg_has(choice.why, "wakegap events"));
		wg_choose((char *const *)(uintptr_t)rows[i].argv, WG_WITH_PRELOAD, &choice);
		CU_ASSERT(choice.with == WG_WITH_PRELOAD);
	}
}

/* The compiler makes one, if it has what static programs need. */
static void a_static_program_is_named_before_it_runs(void)
{
	char source[600], path[600];
	const char *compile[] = { "cc", "-static", "-o", path, source, NULL };
	char dir[600];
	/* Forced: where the kernel may be asked, it is. */
	const char *forced[] = { wg_build_path("wakegap"), "record", "--with", "preload", "-o", dir,
		path, NULL };
	struct seen seen = { 0 };
	FILE *f;

	(void)snprintf(source, sizeof(source), "%s/s.c", wg_tmpdir());
	(void)snprintf(path, sizeof(path), "%s/s", wg_tmpdir());
	f = fopen(source, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fprintf(f, "#include <unistd.h>\nint main(void){return !write(1,\"ran\\n\",4);}\n");
	(void)fclose(f);
	if (wg_run(NULL, NULL, compile) != 0) {
		wg_skip("cc, or a static C library");
		return;
	}
	(void)snprintf(dir, sizeof(dir), "%s/trace", wg_tmpdir());
	seen.status = wg_run(&seen.out, &seen.err, forced);
	CU_ASSERT(seen.status == 1);
	CU_ASSERT_STRING_EQUAL(seen.out, "ran\n");
	CU_ASSERT(wg_has(seen.err, "statically linked") && wg_has(seen.err, "wakegap scan"));
	forget(&seen);
}

/* liburing makes its system calls itself: that its waits are missing is said. */
static void waits_of_liburing_are_said_to_be_missing(void)
{
	char source[600], path[600];
	const char *compile[] = { "cc", "-o", path, source, "-Wl,--no-as-needed", "-luring", NULL };
	struct seen seen;
	FILE *f;

	(void)snprintf(source, sizeof(source), "%s/u.c", wg_tmpdir());
	(void)snprintf(path, sizeof(path), "%s/u", wg_tmpdir());
	f = fopen(source, "w");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fprintf(f, "#include <poll.h>\nint main(void) { return poll(0, 0, 1); }\n");
	(void)fclose(f);
	if (wg_run(NULL, NULL, compile) != 0) {
		wg_skip("cc, or liburing");
		return;
	}
	seen = record((const char *const[]){ path, NULL });
	CU_ASSERT(seen.status == 0);
	CU_ASSERT(wg_has(seen.err, "uses liburing") && wg_has(seen.err, "--with kernel"));
	forget(&seen);
}

static void a_command_that_never_waits_is_no_failure(void)
{
	struct seen seen = record((const char *const[]){ "true", NULL });

	CU_ASSERT(seen.status == 0);
	CU_ASSERT(wg_has(seen.err, "did not wait in any call"));
	CU_ASSERT(access(seen.dir, F_OK) < 0);
	forget(&seen);
}

/* A small /dev/shm: what did not fit is said, and no bound holds for such a trace. */
static void what_is_lost_is_a_hole_in_the_trace(void)
{
	static const char line[] =
		"mount -t tmpfs -o size=9m none /dev/shm || exit 99; "
		"exec \"$0\" record --with preload --max-size 1M -o \"$1\" -- python3 -c '\n"
		"import os\n"
		"r, w = os.pipe(); r2, w2 = os.pipe(); child = os.fork()\n"
		"for i in range(60000):\n"
		"    if child: os.write(w, b\"x\"); os.read(r2, 1)\n"
		"    else: os.read(r, 1); os.write(w2, b\"x\")\n"
		"if child: os.wait()'";
	char trace[256], *err;
	const char *record[] = { "unshare", "-m", "sh", "-c", line, wg_build_path("wakegap"), trace,
		NULL };
	const char *check[] = { wg_build_path("wakegap"), "check", trace, "--max-wakes-per-second",
		"1000000000", NULL };
	int rc;

	(void)snprintf(trace, sizeof(trace), "%s/trace", wg_tmpdir());
	rc = wg_run(NULL, &err, record);
	if (rc == 1 || rc == 99) {
		wg_skip("no mount namespace of its own");
	} else {
		CU_ASSERT_EQUAL(rc, 0);
		CU_ASSERT(wg_has(err, "records were lost"));
		CU_ASSERT_EQUAL(wg_run(NULL, NULL, check), 77); /* inconclusive */
	}
	free(err);
}

/* As one of LTTng: a copy that is made meanwhile is no trace, and says why. */
static void a_folder_is_marked_while_it_is_written(void)
{
	const char *script = "ls $0 && cp -r $0 $0.copy";
	const char *copy_argv[] = { wg_build_path("wakegap"), "stats", NULL, NULL };
	char dir[600], copy[620];
	const char *argv[] = { wg_build_path("wakegap"), "record", "--with", "preload", "-o", dir,
		"--", "sh", "-c", script, dir, NULL };
	char *out = NULL, *err = NULL;

	(void)snprintf(dir, sizeof(dir), "%s/marked", wg_tmpdir());
	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
	CU_ASSERT(wg_has(out, WG__MARKER));
	free(out);
	(void)snprintf(copy, sizeof(copy), "%s/" WG__MARKER, dir);
	CU_ASSERT(access(copy, F_OK) != 0);
	(void)snprintf(copy, sizeof(copy), "%s.copy", dir);
	copy_argv[2] = copy;
	CU_ASSERT(wg_run(NULL, &err, copy_argv) != 0);
	CU_ASSERT(wg_has(err, "is being recorded"));
	free(err);
}

void suite_preload(void)
{
	WG_TEST(a_folder_is_marked_while_it_is_written);
	WG_TEST(known_numbers_are_found_exactly);
	WG_TEST(output_and_status_are_passed_on);
	WG_TEST(a_program_that_closes_all_descriptors_is_recorded);
	WG_TEST(a_read_that_does_not_block_is_no_wait);
	WG_TEST(waits_that_are_rare_are_seen);
	WG_TEST(a_number_that_is_used_again_is_looked_at);
	WG_TEST(a_program_that_confines_itself_lives);
	WG_TEST(a_killed_program_is_recorded);
	WG_TEST(a_fork_without_exec_is_recorded);
	WG_TEST(what_a_shell_starts_is_recorded);
	WG_TEST(programs_that_change_their_rights_work);
	WG_TEST(the_observer_fits_the_command);
	WG_TEST(a_static_program_is_named_before_it_runs);
	WG_TEST(waits_of_liburing_are_said_to_be_missing);
	WG_TEST(a_command_that_never_waits_is_no_failure);
	WG_TEST_IF(getuid() == 0 && access("/usr/bin/python3", X_OK) == 0,
		"it takes root and python3", what_is_lost_is_a_hole_in_the_trace);
}
