/*
 * test_programs_same.c: recorded, a program does what it does alone: the same output, the same
 * status. Short ones, hundreds of times, on a busy machine; then those that make it hard, of which
 * is recorded what can be, and said what is missing.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/programs/programs.h"
#include "traces/read/read.h"

/* --- a busy machine --- */

#define SPINNERS 3

static pid_t spinner[SPINNERS];

static void make_busy(void)
{
	size_t i;

	for (i = 0; i < SPINNERS; i++) {
		spinner[i] = fork();
		if (spinner[i] == 0) {
			(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
			for (;;)
				(void)getppid();
		}
	}
}

static void make_idle(void)
{
	size_t i;

	for (i = 0; i < SPINNERS; i++) {
		if (spinner[i] > 0 && kill(spinner[i], SIGKILL) == 0)
			(void)waitpid(spinner[i], NULL, 0);
	}
}

/* --- the same, again and again --- */

struct fast {
	const char *needs, *else_why;
	const char *command; /* a word of its own for each argument is not needed: sh runs it */
	unsigned runs;
};

static const struct fast shell = { "true", "", "echo a; (exit 7) || echo $?; echo b | cat; exit 3",
	200 };
static const struct fast sums = { "command -v sha256sum", "sha256sum is not installed",
	"sha256sum $SOURCES/*", 200 };
static const struct fast sorts = { "command -v sort", "sort is not installed",
	"ls $SOURCES | sort --parallel=2 -r | tail -n 5 | sort; cat $SOURCES/* | sort | cksum",
	200 };
static const struct fast awks = { "command -v awk", "awk is not installed",
	"awk 'BEGIN { for (i = 0; i < 1000; i++) s += i * i; print s; exit 9 }'", 200 };
static const struct fast tars = { "command -v tar", "tar is not installed",
	"tar cf - -C $SOURCES . | tar tf - | sort", 200 };
static const struct fast xzs = { "command -v xz", "xz (xz-utils) is not installed",
	"cat $SOURCES/* | xz -T2 -0 | xz -dc | cksum", 200 };
static const struct fast nodes = { "command -v node", "node (nodejs) is not installed",
	"node -e 'require(\"fs\").readdir(\"/\", (e, l) => { console.log(l.join()); "
	"process.exitCode = 4; })'",
	40 };
static const struct fast gits = { "command -v git", "git is not installed",
	"git diff --no-index --stat $SOURCES/Unpark.java $SOURCES/Wakeup.java", 40 };
static const struct fast pythons = { "command -v python3", "python3 is not installed",
	"python3 -c 'import concurrent.futures as f, subprocess as s; "
	"print(sum(f.ThreadPoolExecutor(4).map(abs, range(99)))); "
	"print(s.run(\"echo x; exit 5\", shell=True, capture_output=True)); exit(6)'",
	40 };
static const struct fast javas = { "command -v java",
	"java (default-jre-headless) is not installed", "java -version 2>&1", 40 };

/* How many runs differ from the one alone? */
static unsigned count_others(const char *with, const struct fast *p, unsigned runs)
{
	const char *here = wg_tmpdir();
	char line[1000], *alone, *out;
	unsigned others = 0, i;
	int status = programs_shell(here, p->command, &alone, NULL);

	CU_ASSERT(*alone);
	(void)setenv("COMMAND", p->command, 1);
	(void)snprintf(line, sizeof(line),
		"$BUILD/wakegap record --with %s -o $HERE/trace -- sh -c \"$COMMAND\"; "
		"status=$?; rm -rf $HERE/trace; exit $status",
		with);
	for (i = 0; i < runs; i++) {
		int rc = programs_shell(here, line, &out, NULL);

		if (rc != status || strcmp(out, alone) != 0) {
			printf("# %s: %d and %d: %s%s", with, status, rc, alone, out);
			others++;
		}
		free(out);
	}
	printf("# %s: %u runs, %u of them differ\n", with, runs, others);
	free(alone);
	return others;
}

static void check(const char *with, const struct fast *p, unsigned runs)
{
	if (programs_lack(p->needs, p->else_why))
		return;
	make_busy();
	CU_ASSERT_EQUAL(count_others(with, p, runs), 0);
	make_idle();
}

#define SAME(name)                                                                                 \
	static void name##_with_preload(void)                                                      \
	{                                                                                          \
		check("preload", &(name), (name).runs);                                            \
	}                                                                                          \
	static void name##_in_the_kernel(void)                                                     \
	{                                                                                          \
		if (!programs_lack_kernel())                                                       \
			check("kernel", &(name), (name).runs);                                     \
	}

SAME(shell)
SAME(sums)
SAME(sorts)
SAME(awks)
SAME(tars)
SAME(xzs)
SAME(nodes)
SAME(gits)
SAME(pythons)
SAME(javas)

/* --- those that make it hard --- */

struct hard {
	const char *needs, *else_why;
	const char *options, *command, *output;
	int status;
	unsigned waits;	  /* at least so many are in the trace */
	const char *said; /* or NULL */
};

/* Waits in a trace. */
static unsigned count_waits(const char *trace)
{
	struct wg_reader *r = NULL;
	struct wg_error err = { 0, "" };
	struct wg_event ev;
	unsigned waits = 0;
	int rc = wg_reader_open(trace, &r, &err);

	while (rc == 0 && wg_reader_next(r, &ev, &err) > 0)
		waits += ev.record == WG_RECORD_WAIT;
	wg_reader_close(r);
	return waits;
}

static void check_hard(const char *with, const struct hard *p)
{
	const char *here;
	char line[1000], trace[300], *out, *err;
	unsigned waits;
	int status;

	if (programs_lack(p->needs, p->else_why))
		return;
	here = wg_tmpdir();
	(void)snprintf(line, sizeof(line),
		"%s; $BUILD/wakegap record --with %s %s -o $HERE/trace -- %s", p->needs, with,
		p->options, p->command);
	(void)snprintf(trace, sizeof(trace), "%s/trace", here);
	status = programs_shell(here, line, &out, &err);
	waits = count_waits(trace);
	CU_ASSERT_EQUAL(status, p->status);
	CU_ASSERT_STRING_EQUAL(out, p->output);
	CU_ASSERT(waits >= p->waits);
	CU_ASSERT(!p->said || wg_has(err, p->said));
	if (status != p->status || waits < p->waits || (p->said && !wg_has(err, p->said)))
		printf("# %s: status %d, %u waits\n%s\n", with, status, waits, err);
	free(out);
	free(err);
}

#define HARD(name, ...)                                                                            \
	static const struct hard name = { __VA_ARGS__ };                                           \
	static void name##_with_preload(void)                                                      \
	{                                                                                          \
		check_hard("preload", &(name));                                                    \
	}                                                                                          \
	static void name##_in_the_kernel(void)                                                     \
	{                                                                                          \
		if (!programs_lack_kernel())                                                       \
			check_hard("kernel", &(name));                                             \
	}

HARD(a_shell_with_500_commands, "true", "", "",
	"sh -c 'i=0; while [ $i -lt 500 ]; do /bin/true; i=$((i+1)); done; echo $i'", "500\n", 0,
	400, NULL)
HARD(no_descriptors, "command -v python3 >$HERE/x", "python3 is not installed", "",
	"python3 -c 'import os, time; os.closerange(0, 4096); [time.sleep(.001) for i in "
	"range(9)]; "
	"os._exit(8)'",
	"", 8, 9, NULL)
HARD(killed, "test -x $BUILD/planted", "the program planted is not built", "",
	"$BUILD/planted kill", "", 137, 5, NULL)
HARD(own_malloc, "cc -pthread -o $HERE/own_malloc $SOURCES/own_malloc.c", "cc cannot build it", "",
	"$HERE/own_malloc", "0 bytes, 0 strangers\n", 0, 100, NULL)
HARD(other_user, "setpriv --reuid 65534 true", "setpriv --reuid is not possible", "",
	"setpriv --reuid 65534 sh -c 'sleep .01; id -u'", "65534\n", 0, 1, NULL)
HARD(other_namespace, "unshare -U true", "unshare -U is not possible", "",
	"unshare -U sh -c 'sleep .01; echo $?'", "0\n", 0, 1, NULL)
HARD(whole_daemon, "command -v python3 >$HERE/x", "python3 is not installed", "--until-idle",
	"python3 $SOURCES/daemon.py $HERE/did", "", 0, 20, NULL)
/* It waits until its reader has gone. */
HARD(daemon_for_a_time, "command -v python3 >$HERE/x", "python3 is not installed", "--for 500ms",
	"python3 $SOURCES/daemon.py $HERE/did", "", 0, 20, NULL)
HARD(left_daemon, "rm -f $HERE/fifo; mkfifo $HERE/fifo", "mkfifo is not installed", "",
	"sh -c 'setsid sh -c \"cat $HERE/fifo\" >$HERE/cat 2>&1 & sleep .01; echo gone'", "gone\n",
	0, 1, "--until-idle waits for it")

void suite_programs_same(void)
{
	WG_TEST(shell_with_preload);
	WG_TEST(shell_in_the_kernel);
	WG_TEST(sums_with_preload);
	WG_TEST(sums_in_the_kernel);
	WG_TEST(sorts_with_preload);
	WG_TEST(sorts_in_the_kernel);
	WG_TEST(awks_with_preload);
	WG_TEST(awks_in_the_kernel);
	WG_TEST(tars_with_preload);
	WG_TEST(tars_in_the_kernel);
	WG_TEST(xzs_with_preload);
	WG_TEST(xzs_in_the_kernel);
	WG_TEST(nodes_with_preload);
	WG_TEST(nodes_in_the_kernel);
	WG_TEST(gits_with_preload);
	WG_TEST(gits_in_the_kernel);
	WG_TEST(pythons_with_preload);
	WG_TEST(pythons_in_the_kernel);
	WG_TEST(javas_with_preload);
	WG_TEST(javas_in_the_kernel);
	WG_TEST(a_shell_with_500_commands_with_preload);
	WG_TEST(a_shell_with_500_commands_in_the_kernel);
	WG_TEST(no_descriptors_with_preload);
	WG_TEST(no_descriptors_in_the_kernel);
	WG_TEST(killed_with_preload);
	WG_TEST(killed_in_the_kernel);
	WG_TEST(own_malloc_with_preload);
	WG_TEST(own_malloc_in_the_kernel);
	WG_TEST(other_user_with_preload);
	WG_TEST(other_user_in_the_kernel);
	WG_TEST(other_namespace_with_preload);
	WG_TEST(other_namespace_in_the_kernel);
	WG_TEST(whole_daemon_with_preload);
	WG_TEST(whole_daemon_in_the_kernel);
	WG_TEST(daemon_for_a_time_with_preload);
	WG_TEST(daemon_for_a_time_in_the_kernel);
	WG_TEST(left_daemon_with_preload);
	WG_TEST(left_daemon_in_the_kernel);
}

/* --- a sample --- */

static void three_runs_are_the_same(void)
{
	static const struct fast *const some[] = { &shell, &sorts, &awks };
	size_t i;

	for (i = 0; i < sizeof(some) / sizeof(some[0]); i++)
		CU_ASSERT_EQUAL(count_others("preload", some[i], 3), 0);
	if (!programs_lack_kernel())
		CU_ASSERT_EQUAL(count_others("kernel", &shell, 1), 0);
}

void programs_sample_same(void)
{
	WG_TEST(three_runs_are_the_same);
	WG_TEST(own_malloc_with_preload);
	WG_TEST(no_descriptors_with_preload);
	WG_TEST(whole_daemon_with_preload);
	WG_TEST(left_daemon_with_preload);
	WG_TEST(left_daemon_in_the_kernel);
	WG_TEST(whole_daemon_in_the_kernel);
	WG_TEST(killed_in_the_kernel);
}
