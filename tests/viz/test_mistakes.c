/*
 * test_mistakes.c: what people type wrong first, at each of the three doors of README.md: one clear
 * line, with the command that fixes it.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/golden.h"
#include "tests/harness/harness.h"

struct mistake {
	const char *typed;
	int status;
	const char *says;
};

static char place[256], program[300];

/* A file, an empty folder, a static program, a program that may not be run. */
static void set_up(void)
{
	const char *const argv[] = { "sh", "-c",
		"cd \"$0\"; mkdir empty; echo hi >file; cp file plain; chmod -x plain; "
		"printf '#!/bin/sh\\n' >mine; chmod 755 mine; "
		"printf 'int main(void) { return 0; }' >s.c; cc -static -o static s.c",
		place, NULL };
	char samples[4096];

	if (*place)
		return;
	CU_ASSERT_PTR_NOT_NULL_FATAL(realpath("traces/samples", samples));
	CU_ASSERT_EQUAL(setenv("samples", samples, 1), 0);
	(void)snprintf(place, sizeof(place), "%s", wg_tmpdir());
	(void)realpath(wg_build_path("wakegap"), program);
	*strrchr(program, '/') = '\0';
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
}

/* Said on standard error, as one line. */
static void try(const struct mistake *m)
{
	char script[900], *err = NULL, *out = NULL;
	const char *const argv[] = { "sh", "-c", script, NULL };
	int status;

	(void)snprintf(script, sizeof(script), "cd %s && export HOME=%s PATH=%s:$PATH && %s", place,
		place, program, m->typed);
	status = wg_run(&out, &err, argv);
	CU_ASSERT_EQUAL(status, m->status);
	CU_ASSERT(wg_has(err, m->says));
	if (status != m->status || !wg_has(err, m->says))
		printf("#   %s (%d): %s\n", m->typed, status, err);
	CU_ASSERT_PTR_EQUAL(strchr(err, '\n'), err + strlen(err) - 1);
	free(out);
	free(err);
}

static void try_all(const struct mistake *mistakes)
{
	set_up();
	for (; mistakes->typed; mistakes++)
		try(mistakes);
}

static void those_of_the_labs(void)
{
	static const struct mistake mistakes[] = {
		{ "wakegap lab strat 1", 2, "did you mean 'start'?" },
		{ "wakegap start 1", 2, "did you mean 'lab start'?" },
		{ "for c in $(wakegap lab --help | sed -n 's/^  \\([a-z]*\\) .*/\\1/p' | "
		  "grep -v wakegap); do wakegap $c 2>&1 | grep -qE \"did you mean 'lab "
		  "$c'|which (bound|trace)\" || echo $c; done >&2; echo >&2",
			0, "" },
		{ "wakegap check 1", 2, "the check of a lab is `wakegap lab check`" },
		{ "wakegap version", 2, "did you mean '--version'?" },
		{ "wakegap lab start 99", 2, "no lab '99': `wakegap lab list` names them" },
		{ "wakegap lab start wait-forevr", 2, "did you mean '02-wait-forever'?" },
		{ "wakegap lab check", 1, "`wakegap lab start N DIR` makes one" },
		{ "wakegap lab check 2", 1, "`wakegap lab start 2` makes its folder" },
		{ "wakegap lab start 2 >/dev/null && wakegap lab check 02-wait-forever/loop.c", 1,
			"is a file: name the lab's folder, as `wakegap lab list` shows it" },
		{ "CC=nocc wakegap lab check 2 2>&1 >/dev/null | grep -v predict >&2", 0,
			"`apt install gcc` installs one, CC names another (`wakegap doctor` says "
			"more)" },
		{ "wakegap run read --file file --wait evetfd", 2, "did you mean 'eventfd'?" },
		{ "wakegap run raed --file file", 2, "did you mean 'read'?" },
		{ "wakegap run read file", 2, "too many: a file has --file before it (see" },
		{ "wakegap run read", 2, "`head -c 10M /dev/urandom >FILE` makes one" },
		{ "wakegap run read --file nope", 1, "`head -c 10M /dev/urandom >FILE` makes" },
		{ "wakegap lab start 3 /proc/x", 1,
			"`wakegap lab start 3 DIR` makes it elsewhere" },
		{ "TMPDIR=/none wakegap lab check 2 2>&1 | grep -v predict >&2", 0,
			"'/none': No such file or directory: TMPDIR names another" },
		{ "TMPDIR=/none wakegap tour", 1, "TMPDIR names another" },
		{ "wakegap lab start 2", 1, "`wakegap lab check 02-wait-forever` goes on" },
		{ "wakegap lab start 5 02-wait-forever", 1, "is lab 02: choose another folder\n" },
		{ "wakegap lab start 5 file", 1, "is a file, or in one: choose another folder\n" },
		{ "mkdir full; cp file full; wakegap lab start 5 full", 1,
			"'full' is not empty: choose another folder\n" },
		{ "wakegap lab replay 02-wait-forever", 2,
			"a schedule is named SCENARIO/ID, as check prints it" },
		{ "mkfifo in; wakegap lab predict 2 <in >said & p=$!; exec 3>in; until grep -qs "
		  "'^> ' said; do :; done; kill -INT $p; exec 3>&-; wait $p; echo status $? >&2",
			0, "status 130" },
		{ "rm 02-wait-forever/loop.c; wakegap lab check 2 2>&1 | grep -v predict >&2", 0,
			"02-wait-forever` puts it back" },
		{ NULL, 0, NULL },
	};

	try_all(mistakes);
}

static void those_with_a_slow_program(void)
{
	static const struct mistake mistakes[] = {
		{ "wakegap recrod -- true", 2, "did you mean 'record'?" },
		{ "wakegap record -o new -- nocmd", 1, "no such command\n" },
		{ "wakegap record -o new -- mine", 1, "a program of this folder has ./ before it" },
		{ "wakegap record -o new -- ./plain", 1, "`chmod +x` makes a file a program" },
		{ "wakegap record -o . -- true", 1, "choose another folder or remove it" },
		{ "wakegap record -o /proc/x -- true", 1, "choose another folder (-o DIR, of run" },
		{ "wakegap record 'true && true'", 1, "a line of shell has `sh -c` before it" },
		{ "wakegap record -o new -- A=1 true", 1, "an assignment has `env` before it\n" },
		{ "wakegap record -o new 4711", 1, "the number of a process has -p before it\n" },
		{ "wakegap record -o new -- $samples", 1, "samples': it is a folder\n" },
		{ "wakegap scan -p nosuch", 1, "no process is called 'nosuch'" },
		{ "wakegap record --with preload -o f -- false 2>&1 | sed -n '$p' >&2", 0,
			"false ended with status 1 and did not wait in any call" },
		{ ": >k.pid; wakegap record --with preload -o k -- sh -c 'echo $$ >k.pid; "
		  "exec sleep 99' 2>said & until grep -qs '(sleep) S' /proc/$(cat k.pid)/stat; "
		  "do :; done; kill -9 $(cat k.pid); wait $!; wakegap stats k | sed -n '$p' >&2",
			0, "asleep at the end in sleep" },
		{ "wakegap record -o new -p 999999", 1, "there is no process 999999" },
		{ "wakegap record -o new -p me", 2, "not the number of a process: `pgrep NAME`" },
		{ "wakegap scan nosuch", 1, "`wakegap scan` without a name shows what runs" },
		{ "wakegap view", 2, "`wakegap record -o DIR -- COMMAND` makes one" },
		{ "mkdir 'a\nb'; wakegap view 'a\nb'", 1, "'a\\x0ab' is not a trace: no" },
		{ "wakegap stats 'no\nno'", 1, "cannot open 'no\\x0ano': No such file" },
		{ "wakegap import 'a\nb'", 1, "'a\\x0ab' is a folder, but" },
		{ "wakegap 'no\nno'", 2, "no command 'no\\x0ano'" },
		{ "wakegap view nope", 1, "`wakegap record -o DIR -- COMMAND` makes one" },
		{ "wakegap stats empty", 1, "`wakegap record -o DIR -- COMMAND` makes one" },
		{ "wakegap view file", 1, "`wakegap import` reads the logs of strace" },
		{ "cp -r $samples/server old; echo '}' >>old/metadata; wakegap stats old", 1,
			"copy the trace again or record it again (`babeltrace2 DIR` names the" },
		{ "wakegap import empty", 1, "`wakegap stats` reads the folder of a trace" },
		{ "wakegap import nope", 1, "`strace -f -tt -T -o log COMMAND` writes a log" },
		{ "wakegap import file", 1, "perf or ftrace wrote (1 line was read); it" },
		{ "wakegap import file", 1, "`strace -f -tt -T -o FILE COMMAND`" },
		{ "wakegap import /proc/self/exe", 1, "is binary, but a log is a text: import " },
		{ "wakegap query nope 'SELECT 1'", 1,
			"`wakegap record -o DIR -- COMMAND` makes one" },
		{ "wakegap query file 'SELECT 1'", 1, "`wakegap import` reads the logs of strace" },
		{ NULL, 0, NULL },
	};

	try_all(mistakes);
}

/* In a network of its own: others may have a flight recorder here. */
static void a_snapshot_of_nothing(void)
{
	static const struct mistake mistakes[] = {
		{ "unshare -rn wakegap snapshot", 1, "`wakegap record --flight-recorder COMMAND`" },
		{ NULL, 0, NULL },
	};

	if (wg_run(NULL, NULL, (const char *[]){ "unshare", "-rn", "true", NULL }) != 0)
		wg_skip("no network namespace of its own");
	else
		try_all(mistakes);
}

static void those_with_a_runtime(void)
{
	static const struct mistake mistakes[] = {
		{ "wakegap check", 2, "`wakegap record -o DIR -- COMMAND` makes one" },
		{ "wakegap check file", 2, "which bound? such as --max-late-wakes 0" },
		{ "wakegap check file --max-lost 0", 2, "no option '--max-lost'" },
		{ "wakegap diff file", 2, "which is B?" },
		{ "wakegap diff file file --fail-if gap-p9", 2, "there are empty-wakes, " },
		{ "wakegap export file", 2, "which --format? csv, " },
		{ "wakegap query empty", 2, "which question?" },
		{ "wakegap query empty ''", 2, "which question?" },
		{ "wakegap query $samples/tick 'SELECT * FROM gap'", 1,
			"no table 'gap'; did you mean 'gaps'?\n" },
		{ "wakegap export $samples/tick -o t.sqlite && head -c 15 t.sqlite >&2 && echo >&2",
			0, "SQLite format 3" },
		{ "wakegap check file --max-gap-p99 5", 2, "'5' is not a time such as 10ms" },
		{ "wakegap check file --max-late-wakes 1ms", 2, "'1ms' is not a number" },
		{ "wakegap diff file file --fail-if gap-p99", 2, "needs a limit such as +10%" },
		{ "wakegap check file --max-gap 1ms", 2,
			"--max-gap-p90, --max-gap-p99, --max-gap-p999 or --max-gap-max (see" },
		{ "wakegap export $samples/tick -o no/page.html", 1,
			"cannot write 'no/page.html': there is no folder 'no'\n" },
		{ "wakegap export file -o page.htm", 2, "which --format? csv, " },
		{ NULL, 0, NULL },
	};

	try_all(mistakes);
}

/* What a terminal cannot do: one line, nothing on it that it does not understand, nothing started.
 */
static void those_of_a_terminal(void)
{
#define ON_A(term, command)                                                                        \
	"script -qec 'stty cols 40 rows 20; TERM=" term " " command "' /dev/null </dev/null "      \
	"| tr -d '\\r' >said; "
	static const struct mistake mistakes[] = {
		{ ON_A("dumb", "wakegap view $samples/tick") "cat said >&2", 0,
			"TERM is 'dumb', which cannot place the cursor: try TERM=xterm-256color" },
		{ ON_A("none", "wakegap live -- touch made") "[ ! -e made ] && cat said >&2", 0,
			"TERM is 'none', which is not known here: try TERM=xterm-256color" },
		{ ON_A("", "wakegap live -- touch made") "[ ! -e made ] && cat said >&2", 0,
			"TERM is not set: try TERM=xterm-256color" },
		{ ON_A("dumb", "wakegap view $samples/tick") "! grep -a '\033' said && echo >&2", 0,
			"" },
		{ ON_A("xterm",
			  "wakegap lab start 2 narrow; wakegap lab check narrow") "grep -o 'worker "
										  "1: cond_signal' "
										  "said >&2",
			0, "worker 1: cond_signal" },
		{ NULL, 0, NULL },
	};

	if (wg_run(NULL, NULL, (const char *[]){ "sh", "-c", "command -v script", NULL }) != 0) {
		wg_skip("script is not installed");
		return;
	}
	try_all(mistakes);
}

/* What compiler, linker and loader say of a program with trace.h has a row in its README. */
static void those_of_a_build(void)
{
	static const char *const rows[][2] = {
		{ "env PKG_CONFIG_PATH=/none PKG_CONFIG_LIBDIR=/none pkg-config --libs "
		  "wakegap-trace",
			"Package wakegap-trace was not found" },
		{ "cc -c -o o.o app.c", "wakegap/trace.h: No such file" },
		{ "cc -I $root/core/emit app.c", "undefined reference to" },
		{ "cc -o app -I $root/core/emit app.c -L . -lwakegap-trace && rm lib*.0 && ./app",
			"cannot open shared object file" },
	};
	char script[1200], *readme = wg_slurp("core/emit/README.md"), *err;
	const char *const argv[] = { "sh", "-c", script, NULL };
	size_t i;

	set_up();
	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		(void)snprintf(script, sizeof(script),
			"root=$PWD; cd %s; cp $root/core/emit/examples/epoll.c app.c; "
			"cp -L %s/libwakegap-trace.so %s/libwakegap-trace.so.0 .; LC_ALL=C %s",
			place, program, program, rows[i][0]);
		err = NULL;
		CU_ASSERT_NOT_EQUAL(wg_run(NULL, &err, argv), 0);
		CU_ASSERT(wg_has(err, rows[i][1]) && wg_has(readme, rows[i][1]));
		free(err);
	}
	free(readme);
}

/* Each line that says so ends alike. */
static void what_cannot_be_recorded_names_the_doctor(void)
{
	static const struct mistake mistakes[] = {
		{ "wakegap record --with preload -o s1 -- ./static 2>&1 | sed -n '$p' >&2", 0,
			"while it runs (`wakegap doctor` says more)\n" },
		{ "wakegap record --with preload -o s2 -- ./static 2>&1 | sed -n 1p >&2", 0,
			"show more (`wakegap doctor` says more)\n" },
		{ "wakegap record --with lttng -o s3 -- true 2>&1 | sed -n '$p' >&2", 0,
			"(`wakegap doctor` says more)\n" },
		{ "LTTNG_SESSIOND_PATH=/nope wakegap record --with lttng -o s4 -- true", 1,
			"(`wakegap doctor` says more)\n" },
		{ "cp \"$(command -v wakegap)\" . && ./wakegap record -o s5 -- true", 1,
			"(`wakegap doctor` says more)\n" },
		{ "./wakegap live -- true", 1, "(`wakegap doctor` says more)\n" },
		{ NULL, 0, NULL },
	};

	if (access("/usr/bin/lttng-sessiond", X_OK) != 0)
		wg_skip("lttng-sessiond is not installed");
	else
		try_all(mistakes);
}

void suite_mistakes(void)
{
	WG_TEST(those_of_the_labs);
	WG_TEST(those_with_a_slow_program);
	WG_TEST(a_snapshot_of_nothing);
	WG_TEST(those_with_a_runtime);
	WG_TEST(those_of_a_terminal);
	WG_TEST(those_of_a_build);
	WG_TEST(what_cannot_be_recorded_names_the_doctor);
}
