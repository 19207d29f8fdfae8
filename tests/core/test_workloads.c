/*
 * test_workloads.c: the workloads, each over every strategy, and `wakegap run` over them.
 *
 * What is asserted holds on any machine, however slow: that as many operations were done as asked
 * for, and that all strategies delivered the same. How long it took is nobody's promise.
 */
#include <jansson.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "core/wait/wait.h"
#include "tests/harness/harness.h"
#include "tests/core/sockets.h"

#define ARGS_MAX 12

struct answer {
	json_t *root; /* NULL: the strategy is not available here */
	json_int_t ops, bytes;
	const char *checksum;
};

/* ---- wakegap-workload ---- */

static int start(
	const char *program, const char *const *args, const char *wait, char **out, char **err)
{
	const char *argv[ARGS_MAX + 6] = { wg_build_path(program) };
	size_t n = 1;

	while (args && *args)
		argv[n++] = *args++;
	if (wait) {
		argv[n++] = "--wait";
		argv[n++] = wait;
		argv[n++] = "--tick-ns";
		argv[n++] = "1000000";
	}
	return wg_run(out, err, argv);
}

static struct answer ask(const char *const *args, const char *wait)
{
	struct answer a = { 0 };
	char *out, *err;
	int status = start("wakegap-workload", args, wait, &out, &err);

	if (status == 77) {
		printf("# %s is not available here: %s", wait, err);
	} else {
		CU_ASSERT_EQUAL(status, 0);
		if (*err)
			printf("# %s with %s: %s", args[0], wait, err);
		a.root = json_loads(out, 0, NULL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(a.root);
		CU_ASSERT_EQUAL_FATAL(json_unpack(a.root, "{s:I, s:I, s:s}", "ops", &a.ops,
					      "bytes_read", &a.bytes, "checksum", &a.checksum),
			0);
		CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(a.root, "wait")), wait);
	}
	free(out);
	free(err);
	return a;
}

/* Every strategy does `ops` operations in a pass and delivers the same. */
static void over_all(json_int_t ops, json_int_t bytes, const char *const *args)
{
	const struct wg_wait_ops *wait;
	char checksum[32] = "";
	size_t i;

	for (i = 0; (wait = wg_wait_at(i)); i++) {
		struct answer a = ask(args, wait->name);

		if (!a.root)
			continue;
		CU_ASSERT_EQUAL(a.ops, ops);
		if (bytes >= 0)
			CU_ASSERT_EQUAL(a.bytes, bytes);
		if (!*checksum)
			(void)snprintf(checksum, sizeof(checksum), "%s", a.checksum);
		CU_ASSERT_STRING_EQUAL(a.checksum, checksum);
		json_decref(a.root);
	}
	CU_ASSERT(*checksum != '\0');
}

#define OVER_ALL(ops, bytes, ...) over_all(ops, bytes, (const char *const[]){ __VA_ARGS__, NULL })

static void sleep_over_all(void)
{
	OVER_ALL(5, 0, "sleep", "--timers", "5", "--every-ns", "300000", "--passes", "2");
}

static void echo_over_all(void)
{
	OVER_ALL(14, 14 * 64, "echo", "--clients", "4", "--requests", "14", "--passes", "2");
}

/* More than the kernel's buffers hold, so that sends are short and both sides must go on. */
static void echo_of_much_over_all(void)
{
	OVER_ALL(2, 2 * 9000001, "echo", "--clients", "2", "--requests", "2", "--bytes", "9000001");
}

static void some_clients_only_come_and_go(void)
{
	OVER_ALL(2, 2, "echo", "--clients", "6", "--requests", "2", "--bytes", "1");
}

static void mixed_over_all(void)
{
	/* Four chains of 6, open and close, connect and accept. */
	OVER_ALL(4 * 6 + 4, -1, "mixed", "--rounds", "6", "--every-ns", "300000", "--passes", "2");
	OVER_ALL(4 * 1 + 4, -1, "mixed", "--rounds", "1", "--every-ns", "1");
}

/* What is timed need not be hashed: one pass more says what was delivered. */
static void one_pass_can_check_for_all(void)
{
	static const char *const workloads[] = { "read", "mixed", "echo" };
	const char *program = wg_build_path("wakegap-workload");
	size_t i, k;

	for (i = 0; i < 3; i++) {
		const char *file = i ? NULL : "--file";
		struct answer a[3];

		for (k = 0; k < 3; k++)
			a[k] = ask((const char *const[]){ workloads[i], "--check",
					   (const char *const[]){ "0", "1", "2" }[k], "--passes",
					   "2", file, program, NULL },
				"eventfd");
		CU_ASSERT_STRING_EQUAL(a[1].checksum, a[2].checksum);
		CU_ASSERT_STRING_NOT_EQUAL(a[0].checksum, a[2].checksum);
		for (k = 0; k < 3; k++) {
			CU_ASSERT_EQUAL(a[k].ops, a[2].ops);
			CU_ASSERT_EQUAL(a[k].bytes, a[2].bytes);
			json_decref(a[k].root);
		}
	}
}

static void storm_over_all(void)
{
	OVER_ALL(500, 0, "storm", "--ops", "500", "--inflight", "32", "--passes", "3");
	OVER_ALL(30, 0, "storm", "--ops", "30", "--inflight", "1", "--workers", "1");
	OVER_ALL(3, 0, "storm", "--ops", "3", "--inflight", "100");
}

static void lateness_is_reported(void)
{
	static const char *const members[] = { "min", "p50", "p99", "max" };
	static const char *const args[] = { "sleep", "--timers", "3", "--every-ns", "1000", NULL };
	struct answer a = ask(args, "condvar");
	json_int_t last = 0;
	size_t i;

	for (i = 0; i < 4; i++) {
		json_t *late = json_object_get(json_object_get(a.root, "lateness_ns"), members[i]);

		CU_ASSERT_FATAL(json_is_integer(late));
		CU_ASSERT(json_integer_value(late) >= last); /* none is early */
		last = json_integer_value(late);
	}
	json_decref(a.root);
}

/* status, and one line on stderr that says why; nothing on stdout. */
static void refuses(int status, const char *why, const char *program, const char *const *args)
{
	char *out, *err;
	const char *newline;

	CU_ASSERT_EQUAL(start(program, args, NULL, &out, &err), status);
	newline = strchr(err, '\n');
	CU_ASSERT(wg_has(err, why));
	CU_ASSERT(newline && newline[1] == '\0');
	CU_ASSERT_STRING_EQUAL(out, "");
	if (!wg_has(err, why))
		printf("# wanted '%s', got: %s\n", why, err);
	free(out);
	free(err);
}

#define REFUSES(status, why, program, ...)                                                         \
	refuses(status, why, program, (const char *const[]){ __VA_ARGS__, NULL })

static void bad_numbers_are_named(void)
{
	const char *p = "wakegap-workload";

	REFUSES(2, "--timers takes a number from 1", p, "sleep", "--timers", "0");
	REFUSES(2, "'12x'", p, "sleep", "--timers", "12x");
	REFUSES(2, "'-3'", p, "storm", "--ops", "-3");
	REFUSES(2, "'+3'", p, "storm", "--ops", "+3");
	REFUSES(2, "' 3'", p, "storm", "--ops", " 3");
	REFUSES(2, "''", p, "storm", "--ops", "");
	/* 2^64 + 3: must not count as 3. */
	REFUSES(2, "'18446744073709551619'", p, "storm", "--ops", "18446744073709551619");
	REFUSES(2, "'18446744073709551616'", p, "storm", "--tick-ns", "18446744073709551616");
	REFUSES(2, "--clients takes", p, "echo", "--clients", "100000");
	REFUSES(2, "unrecognized option", p, "sleep", "--clients", "3");
	REFUSES(2, "no wait strategy 'nope'", p, "mixed", "--wait", "nope");
	REFUSES(2, "no wait strategy 'pread'", p, "mixed", "--wait", "pread");
	REFUSES(2, "no wait strategy 'eventfdx'", p, "mixed", "--wait", "eventfdx");
	REFUSES(2, "one argument too many", p, "storm", "more");
	REFUSES(2, "no workload 'swim'", p, "swim");
	REFUSES(2, "read needs --file", p, "read");
}

/* What the machine refuses is an error with one line, and the process ends. */
static void too_few_descriptors(void)
{
	static const char *const waits[] = { "tick", "condvar", "eventfd" };
	char script[512];
	size_t i;

	for (i = 0; i < 3; i++) {
		const char *argv[] = { "sh", "-c", script, NULL };
		char *out, *err;

		(void)snprintf(script, sizeof(script),
			"ulimit -n 24; exec %s echo --clients 60 --wait %s",
			wg_build_path("wakegap-workload"), waits[i]);
		CU_ASSERT_EQUAL(wg_run(&out, &err, argv), 1);
		CU_ASSERT(wg_has(err, "could not"));
		CU_ASSERT(strchr(err, '\n') == err + strlen(err) - 1);
		CU_ASSERT_STRING_EQUAL(out, "");
		free(out);
		free(err);
	}
}

static void a_lost_answer_is_an_error(void)
{
	char script[512];
	const char *argv[] = { "sh", "-c", script, NULL };
	char *err;

	(void)snprintf(script, sizeof(script), "exec %s storm --ops 4 >/dev/full",
		wg_build_path("wakegap-workload"));
	CU_ASSERT_EQUAL(wg_run(NULL, &err, argv), 1);
	CU_ASSERT(wg_has(err, "cannot write the answer"));
	free(err);
}

/* ---- wakegap run ---- */

static void mistakes_are_named(void)
{
	REFUSES(2, "from 1 to 1000000, not 'x'", "wakegap", "run", "sleep", "--timers", "x");
	REFUSES(2, "see `wakegap run --help`", "wakegap", "run", "sleep", "--timers", "0");
	REFUSES(2, "a time from 1ns to 3600s, not '5'", "wakegap", "run", "sleep", "--every", "5");
	REFUSES(2, "a size from 1 to 16M, not '1G'", "wakegap", "run", "echo", "--bytes", "1G");
	REFUSES(2, "sleep has no option --clients", "wakegap", "run", "--clients", "2", "sleep");
	REFUSES(2, "no option '--bogus'", "wakegap", "run", "echo", "--bogus");
	REFUSES(2, "there are read, sleep, echo, mixed and storm", "wakegap", "run", "swim");
	REFUSES(2, "which workload? there are: read", "wakegap", "run", "--json");
	REFUSES(2, "read needs --file", "wakegap", "run", "read");
	REFUSES(2, "--passes takes", "wakegap", "run", "mixed", "--passes", "0");
	REFUSES(1, "is a folder", "wakegap", "run", "read", "--file", "/");
}

static void help_is_made_from_the_tables(void)
{
	static const char *const storm[] = { "run", "storm", "--help", NULL };
	static const char *const all[] = { "run", "--help", NULL };
	char *out;

	CU_ASSERT_EQUAL(start("wakegap", storm, NULL, &out, NULL), 0);
	CU_ASSERT(wg_has(out, "Usage: wakegap run [OPTION...] storm"));
	CU_ASSERT(wg_has(out, "--inflight=N") && wg_has(out, "(64)"));
	CU_ASSERT(!wg_has(out, "--clients") && wg_has(out, "--record=DIR"));
	free(out);
	CU_ASSERT_EQUAL(start("wakegap", all, NULL, &out, NULL), 0);
	CU_ASSERT(wg_has(out, "  mixed  ") && wg_has(out, "--wait="));
	free(out);
}

/* The keys that every workload's JSON has; `param` is one of its own. */
static void has_json(
	const char *param, json_int_t value, const char *figure, const char *const *args)
{
	json_t *root, *runs, *run;
	char *out, *err;
	size_t i;
	int status = start("wakegap", args, NULL, &out, &err);

	if (status != 0)
		printf("# %s: status %d: %s\n", args[1], status, err);
	CU_ASSERT_EQUAL(status, 0);
	free(err);
	root = json_loads(out, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(root, "workload")), args[1]);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "passes")), 2);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, param)), value);
	CU_ASSERT_PTR_NULL(json_object_get(root, "floor"));
	runs = json_object_get(root, "runs");
	CU_ASSERT_EQUAL(json_array_size(runs), 1);
	json_array_foreach(runs, i, run)
	{
		CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(run, "wait")), "eventfd");
		CU_ASSERT(json_integer_value(json_object_get(run, "ops")) > 0);
		CU_ASSERT(json_is_real(json_object_get(json_object_get(run, "seconds"), "median")));
		CU_ASSERT(json_is_integer(json_object_get(run, "bytes_read")));
		CU_ASSERT(json_is_string(json_object_get(run, "checksum")));
		CU_ASSERT_PTR_NOT_NULL(json_object_get(run, figure));
	}
	json_decref(root);
	free(out);
}

#define HAS_JSON(param, value, figure, ...)                                                        \
	has_json(param, value, figure,                                                             \
		(const char *const[]){ "run", __VA_ARGS__, "--wait", "eventfd", "--passes", "2",   \
			"--json", NULL })

static void json_has_the_promised_keys(void)
{
	HAS_JSON("every_ns", 2000000, "lateness_ns", "sleep", "--timers", "2", "--every", "2ms");
	HAS_JSON("bytes", 2048, "latency_ns", "echo", "--requests", "9", "--bytes", "2K");
	HAS_JSON("rounds", 3, "sockets_ns", "mixed", "--rounds", "3");
	HAS_JSON("ops", 40, "handover_ns", "storm", "--ops", "40");
}

static void figures_are_in_columns(void)
{
	static const char *const args[] = { "run", "storm", "--ops", "50", "--wait", "tick,eventfd",
		NULL };
	char *out;

	CU_ASSERT_EQUAL(start("wakegap", args, NULL, &out, NULL), 0);
	CU_ASSERT(wg_has(out, "storm: ops 50, inflight 64, 1 pass each"));
	CU_ASSERT(wg_has(out, "     tick    eventfd\n"));
	CU_ASSERT(wg_has(out, "\nhandover  ") && wg_has(out, "\nhandovers/s  "));
	CU_ASSERT(wg_has(out, "all did the same: 50 operations"));
	CU_ASSERT(!wg_has(out, "pread"));
	free(out);
}

/* ---- strategies that are not available ---- */

/* wakegap beside a wakegap-workload that refuses the strategies whose names begin with "no". */
static const char *make_fake(void)
{
	static const char script[] =
		"#!/bin/sh\n"
		"case $1 in\n"
		"--waits) printf 'nofd\\tblocks\\tx\\nyes\\tblocks\\tx\\nnone\\tpolls\\tx\\n' ;;\n"
		"--workloads) printf 'nap\\trest\\n\\tlong\\ttime\\t5000\\t1\\t9000\\tof it\\n' "
		";;\n"
		"nap) case $3 in\n"
		"  no*) echo \"wakegap: skipped: cannot make '$3'\" >&2; exit 77 ;;\n"
		"  *) echo '{\"wait\":\"yes\",\"ops\":1,\"seconds\":{\"min\":0.1,\"median\":0.1,"
		"\"max\":0.1},\"bytes_read\":0,\"checksum\":\"00\",\"rest_ns\":7}' ;;\n"
		"  esac ;;\n"
		"esac\n";
	static char path[512];
	const char *dir = wg_tmpdir();
	const char *cp[] = { "cp", wg_build_path("wakegap"), dir, NULL };
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/wakegap-workload", dir);
	f = fopen(path, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fputs(script, f);
	CU_ASSERT_EQUAL_FATAL(fclose(f), 0);
	CU_ASSERT_EQUAL_FATAL(chmod(path, 0755), 0);
	CU_ASSERT_EQUAL_FATAL(wg_run(NULL, NULL, cp), 0);
	(void)snprintf(path, sizeof(path), "%s/wakegap", dir);
	return path;
}

static void absent_strategies_are_skipped_by_name(void)
{
	const char *wakegap = make_fake();
	const char *some[] = { wakegap, "run", "nap", "--wait", "nofd,yes,none", "--json", NULL };
	const char *none[] = { wakegap, "run", "nap", "--wait", "none,nofd", NULL };
	char *out, *err;
	json_t *root, *runs, *skipped;

	CU_ASSERT_EQUAL(wg_run(&out, &err, some), 0);
	CU_ASSERT(wg_has(err, "cannot make 'nofd'") && wg_has(err, "cannot make 'none'"));
	root = json_loads(out, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	runs = json_object_get(root, "runs");
	skipped = json_object_get(root, "skipped");
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(root, "long_ns")), 5000);
	CU_ASSERT_EQUAL(json_array_size(runs), 1);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(json_array_get(runs, 0), "rest_ns")), 7);
	CU_ASSERT_EQUAL(json_array_size(skipped), 2);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(skipped, 0)), "nofd");
	CU_ASSERT_STRING_EQUAL(json_string_value(json_array_get(skipped, 1)), "none");
	json_decref(root);
	free(out);
	free(err);
	CU_ASSERT_EQUAL(wg_run(&out, &err, none), 77);
	CU_ASSERT(wg_has(err, "none of these strategies"));
	CU_ASSERT_STRING_EQUAL(out, "");
	free(out);
	free(err);
}

void suite_workloads(void)
{
	WG_TEST(sleep_over_all);
	WG_TEST_TCP(echo_over_all);
	WG_TEST_TCP(echo_of_much_over_all);
	WG_TEST_TCP(some_clients_only_come_and_go);
	WG_TEST_TCP(mixed_over_all);
	WG_TEST(storm_over_all);
	WG_TEST_TCP(one_pass_can_check_for_all);
	WG_TEST(lateness_is_reported);
	WG_TEST(bad_numbers_are_named);
	WG_TEST(too_few_descriptors);
	WG_TEST(a_lost_answer_is_an_error);
	WG_TEST(mistakes_are_named);
	WG_TEST(help_is_made_from_the_tables);
	WG_TEST_TCP(json_has_the_promised_keys);
	WG_TEST(figures_are_in_columns);
	WG_TEST(absent_strategies_are_skipped_by_name);
}
