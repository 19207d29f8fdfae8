/*
 * test_cli.c: the commands under bad input: one clear line on standard error, the promised exit
 * status, nothing on standard output, no crash.
 *
 * A signal's death is a status above 128, which no case here expects, so a crash is a failure. What
 * the built commands make of good input is in test_cli_run.c.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/harness/trace_files.h"

#define ARGS_MAX 24

static bool is_one_line(const char *text)
{
	const char *end = strchr(text, '\n');

	return end && end[1] == '\0';
}

/*
 * Run the words, `wakegap` standing for the built one; they must be refused with this status, and
 * one line that holds `why`.
 */
static void check_refused(int status, const char *why, const char *const words[])
{
	const char *argv[ARGS_MAX] = { NULL };
	char *out, *err;
	size_t n;
	int got;

	for (n = 0; n < ARGS_MAX - 1 && words[n]; n++)
		argv[n] = strcmp(words[n], "wakegap") == 0 ? wg_build_path("wakegap") : words[n];
	got = wg_run(&out, &err, argv);
	if (got != status || !is_one_line(err) || !wg_has(err, why) || *out)
		printf("# wanted %d '%s', got %d '%s', out '%s'\n", status, why, got, err, out);
	CU_ASSERT(got == status);
	CU_ASSERT(strncmp(err, "wakegap: ", 9) == 0 || strncmp(err, "wakegap lab: ", 13) == 0);
	CU_ASSERT(is_one_line(err) && !strchr(err, 033));
	CU_ASSERT(wg_has(err, why));
	CU_ASSERT_STRING_EQUAL(out, "");
	free(out);
	free(err);
}

#define REFUSES(status, why, ...)                                                                  \
	check_refused(status, why, (const char *const[]){ __VA_ARGS__, NULL })

/* ---- what is asked ---- */

static void commands_and_options_are_known(void)
{
	static const char *const commands[] = { "run", "record", "view", "stats" };
	size_t i;

	REFUSES(2, "no command 'nosuch'", "wakegap", "nosuch");
	REFUSES(2, "no option '--nosuch'", "wakegap", "--nosuch");
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		REFUSES(2, "no option '--nosuch'", "wakegap", commands[i], "--nosuch");
		REFUSES(2, "no option '--nosuch=3'", "wakegap", commands[i], "--nosuch=3");
		REFUSES(2, "no option '-x", "wakegap", commands[i], "-xy");
	}
	REFUSES(2, "no option '--json=3'", "wakegap", "run", "--json=3");
	REFUSES(2, "no option '-x'", "wakegap", "run", "--json", "-xy");
}

static void every_help_is_printed(void)
{
	static const char *const help[][2] = { { "--help", NULL }, { "-h", NULL }, { "help", NULL },
		{ "--version", NULL }, { "run", "--help" }, { "run", "-h" }, { "record", "--help" },
		{ "record", "-h" }, { "view", "--help" }, { "view", "-h" }, { "stats", "--help" },
		{ "stats", "-h" } };
	size_t i;

	for (i = 0; i < sizeof(help) / sizeof(help[0]); i++) {
		char *out, *err;

		CU_ASSERT_EQUAL(wg_run(&out, &err,
					(const char *const[]){ wg_build_path("wakegap"), help[i][0],
						help[i][1], NULL }),
			0);
		CU_ASSERT(wg_has(out, "wakegap "));
		CU_ASSERT_STRING_EQUAL(err, "");
		free(out);
		free(err);
	}
}

static void no_command_is_a_question(void)
{
	static const char *const commands[][2] = { { NULL, "Usage: wakegap [OPTION...] COMMAND" },
		{ "lab", "Usage: wakegap lab [OPTION...] COMMAND" } };
	char *out = NULL, *err = NULL;
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		CU_ASSERT_EQUAL(wg_run(&out, &err,
					(const char *const[]){
						wg_build_path("wakegap"), commands[i][0], NULL }),
			2);
		CU_ASSERT(wg_has(err, commands[i][1]));
		CU_ASSERT_STRING_EQUAL(out, "");
		free(out);
		free(err);
	}
}

/* Whatever is installed, and what the tests are run by. */
static void every_program_has_its_help_and_says_what_fails(void)
{
	static const char *const calls[] = { "wakegap -V", "wakegap-lab -h", "wakegap-lab check -h",
		"wakegap-workload -h", "wakegap-workload -V", "wakegap-workload --waits",
		"wakegap-explore -h", "wakegap-explore -V",
		"wakegap-explore $LABS/classics.so --list", "wakegap-mutate -h",
		"wakegap-mutate -V", "wakegap-mutate labs/02-wait-forever/solution.c",
		"wakegap-real -h", "wakegap-real -V", "wakegap-tests -h", "wakegap-tests --list" };
	char command[600];
	const char *argv[] = { "sh", "-c", command, NULL };
	char *err;
	size_t i;

	CU_ASSERT_EQUAL(setenv("LABS", wg_build_path("labs"), 1), 0);
	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		const char *words = strchr(calls[i], ' ');
		char name[64];

		(void)snprintf(name, sizeof(name), "%.*s", (int)(words - calls[i]), calls[i]);
		if (access(wg_build_path(name), X_OK) < 0)
			continue; /* wakegap-real needs LTTng */
		(void)snprintf(
			command, sizeof(command), "%s%s >/dev/null", wg_build_path(name), words);
		CU_ASSERT_EQUAL(wg_run(NULL, &err, argv), 0);
		CU_ASSERT_STRING_EQUAL(err, "");
		free(err);
		(void)snprintf(
			command, sizeof(command), "%s%s >/dev/full", wg_build_path(name), words);
		CU_ASSERT_EQUAL(wg_run(NULL, &err, argv), 1);
		CU_ASSERT(is_one_line(err) && wg_has(err, "No space left on device"));
		free(err);
	}
}

static void names_in_mistakes_are_not_obeyed(void)
{
	REFUSES(2, "\\x1b[2J", "wakegap", "\033[2J");
	REFUSES(2, "\\x1b[2J", "wakegap", "lab", "start", "\033[2J");
	REFUSES(1, "\\x1b[2J", "wakegap", "lab", "check", "\033[2J");
	REFUSES(1, "\\x1b[2J", "wakegap", "stats", "\033[2J");
}

/* As commands and options do, a value that is misspelt gets the one that was meant. */
static void misspelt_values_are_guessed(void)
{
	const char *tick = "traces/samples/tick";

	REFUSES(2, "did you mean 'view'?", "wakegap", "veiw");
	REFUSES(2, "did you mean 'read'?", "wakegap", "run", "raed");
	REFUSES(2, "did you mean 'eventfd'?", "wakegap", "run", "read", "--file", "Makefile",
		"--wait", "tick,evntfd");
	REFUSES(2, "did you mean 'jsonl'?", "wakegap", "export", tick, "--format", "jsnl");
	REFUSES(2, "did you mean 'intervals'?", "wakegap", "export", tick, "--what", "intervls");
	REFUSES(2, "did you mean 'loop'?", "wakegap", "stats", tick, "--by", "lop");
	REFUSES(2, "no kind 'timr'; did you mean 'timer'?", "wakegap", "stats", tick, "--kind",
		"read,timr");
	REFUSES(2, "did you mean 'light'?", "wakegap", "view", tick, "--background", "ligt");
	REFUSES(2, "did you mean 'Enter'?", "wakegap", "view", tick, "--frame", "80x24", "--keys",
		"w enter");
	REFUSES(2, "did you mean 'bash'?", "wakegap", "--completion", "bsh");
	REFUSES(2, "did you mean 'strace'?", "wakegap", "import", "--from", "strce", "x");
	REFUSES(2, "did you mean 'gradescope'?", "wakegap", "lab", "grade", "--format",
		"gradscope");
	REFUSES(2, "did you mean '08-drain-the-eventfd'?", "wakegap", "lab", "start",
		"drain-the-evntfd");
	REFUSES(1, "did you mean '08-drain-the-eventfd'?", "wakegap", "lab", "check",
		"drain-the-evntfd");
}

/* ---- run ---- */

static void run_knows_its_arguments(void)
{
	const char *file = wg_make_file(wg_tmpdir(), "file", 1000);

	REFUSES(2, "which workload", "wakegap", "run");
	REFUSES(2, "no workload 'write'", "wakegap", "run", "write");
	REFUSES(2, "read needs --file", "wakegap", "run", "read");
	REFUSES(2, "--file needs a value", "wakegap", "run", "read", "--file");
	REFUSES(2, "'too' is one argument too many", "wakegap", "run", "read", "too");
	REFUSES(2, "not '0'", "wakegap", "run", "read", "--file", file, "--chunk", "0");
	REFUSES(2, "not '-1'", "wakegap", "run", "read", "--file", file, "--chunk", "-1");
	REFUSES(2, "not '2G'", "wakegap", "run", "read", "--file", file, "--chunk", "2G");
	REFUSES(2, "not '10'", "wakegap", "run", "read", "--file", file, "--tick", "10");
	REFUSES(2, "not '0'", "wakegap", "run", "read", "--file", file, "--passes", "0");
	REFUSES(2, "'nosuch'; there are tick, ", "wakegap", "run", "read", "--file", file, "--wait",
		"tick,nosuch");
	REFUSES(2, "no wait strategy ''", "wakegap", "run", "read", "--file", file, "--wait", "");
	REFUSES(2, "'tick' twice", "wakegap", "run", "read", "--file", file, "--wait", "tick,tick");
	REFUSES(2, "the folder is empty", "wakegap", "run", "read", "--file", file, "--record", "");
}

static void run_looks_at_the_file_first(void)
{
	const char *dir = wg_tmpdir();
	char empty[512];

	(void)snprintf(empty, sizeof(empty), "%s", wg_make_file(dir, "empty", 0));
	REFUSES(1, "No such file", "wakegap", "run", "read", "--file", "/no/such/file");
	REFUSES(1, "is a folder", "wakegap", "run", "read", "--file", dir);
	REFUSES(1, "is empty", "wakegap", "run", "read", "--file", empty);
	REFUSES(1, "not a regular file", "wakegap", "run", "read", "--file", "/dev/zero");
}

static void run_keeps_its_hands_off_other_traces(void)
{
	const char *dir = wg_tmpdir();
	const char *file = wg_make_file(dir, "file", 1000);
	char path[600];

	(void)snprintf(path, sizeof(path), "%s/tick", dir);
	CU_ASSERT_EQUAL_FATAL(mkdir(path, 0777), 0);
	(void)strncat(path, "/something", sizeof(path) - strlen(path) - 1);
	CU_ASSERT_EQUAL_FATAL(mkdir(path, 0777), 0);
	REFUSES(1, "/tick' is not an empty folder", "wakegap", "run", "read", "--file", file,
		"--wait", "tick", "--record", dir);
	CU_ASSERT_EQUAL(access(path, F_OK), 0);
	REFUSES(1, "cannot create the folder", "wakegap", "run", "read", "--file", file, "--wait",
		"eventfd", "--record", "/proc/nosuch");
}

/* ---- as somebody who may not ---- */

/* A copy of the command that everybody may run, and the name of a user to run it as. */
static bool can_be_nobody(void)
{
	const char *const argv[] = { "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
		"test", "-x", wg_build_path("wakegap"), NULL };

	if (geteuid() == 0 && wg_run(NULL, NULL, argv) == 0)
		return true;
	wg_skip("only root can become nobody, where nobody may look into the build folder");
	return false;
}

static void a_file_that_may_not_be_read(void)
{
	const char *dir, *file;

	if (!can_be_nobody())
		return;
	dir = wg_tmpdir();
	file = wg_make_file(dir, "file", 1000);
	CU_ASSERT_EQUAL(chmod(dir, 0755), 0);
	CU_ASSERT_EQUAL(chmod(file, 0600), 0);
	REFUSES(1, "Permission denied", "setpriv", "--reuid=65534", "--regid=65534",
		"--clear-groups", "wakegap", "run", "read", "--file", file);
	CU_ASSERT_EQUAL(chmod(dir, 0700), 0);
	REFUSES(1, "Permission denied", "setpriv", "--reuid=65534", "--regid=65534",
		"--clear-groups", "wakegap", "stats", dir);
}

/* A folder of PATH that may not be looked into does not make a command forbidden. */
static void a_closed_folder_in_the_path(void)
{
	char path[600];

	if (!can_be_nobody())
		return;
	(void)snprintf(path, sizeof(path), "PATH=%s:/usr/bin:/bin", wg_tmpdir());
	REFUSES(1, "no such command", "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups",
		"env", path, "wakegap", "record", "-o", "/tmp/never", "no-such-command");
}

/* ---- record ---- */

static void record_knows_its_arguments(void)
{
	const char *dir = wg_tmpdir();
	char in[600];

	(void)snprintf(in, sizeof(in), "%s/trace", dir);
	REFUSES(2, "no command to record", "wakegap", "record");
	REFUSES(2, "-o needs a value", "wakegap", "record", "-o");
	REFUSES(2, "--output needs a value", "wakegap", "record", "--output");
	REFUSES(2, "the folder is empty", "wakegap", "record", "-o", "", "true");
	REFUSES(1, "is not a folder", "wakegap", "record", "-o", wg_make_file(dir, "file", 1),
		"true");
	REFUSES(1, "cannot run '/etc': it is a folder", "wakegap", "record", "-o", in, "/etc");
	REFUSES(1, "no such command", "wakegap", "record", "-o", in, "");
	CU_ASSERT(access(in, F_OK) != 0);
}

/* ---- stats and view ---- */

static void what_is_no_trace(void)
{
	static const char *const commands[] = { "stats", "view" };
	const char *dir = wg_tmpdir();
	const char *file = wg_make_file(wg_tmpdir(), "file", 100);
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		REFUSES(2, "which trace?", "wakegap", commands[i]);
		REFUSES(1, "No such file", "wakegap", commands[i], "/no/such/folder");
		REFUSES(1, "No such file", "wakegap", commands[i], "");
		REFUSES(1, "is not a folder", "wakegap", commands[i], file);
		REFUSES(1, dir, "wakegap", commands[i], dir);
		REFUSES(1, "has no wakegap events", "wakegap", commands[i], wg_sample("foreign"));
	}
	REFUSES(2, "20x5 is too small", "wakegap", "view", "--frame", "20x5", dir);
	REFUSES(2, "not 'nonsense'", "wakegap", "view", "--frame", "nonsense", dir);
}

/* What is there is shown, and what is missing is said, by both. */
static void a_truncated_trace(void)
{
	static const char *const commands[] = { "stats", "view" };
	const char *dir = wg_copy_sample("packets");
	size_t i;

	wg_cut(dir, "wakegap_0", wg_file_bytes(dir, "wakegap_0") - 4000);
	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		char *out = NULL;

		CU_ASSERT_EQUAL(wg_run(&out, NULL,
					(const char *const[]){
						wg_build_path("wakegap"), commands[i], dir, NULL }),
			0);
		CU_ASSERT(wg_has(out, "eventfd"));
		CU_ASSERT(wg_has(out, "missing") || wg_has(out, "lost"));
		free(out);
	}
}

/* ---- where the output goes ---- */

static const char *const printing[][3] = { { "--help", NULL, NULL }, { "--version", NULL, NULL },
	{ "run", "--help", NULL }, { "run", "--wait", "help" }, { "record", "--help", NULL },
	{ "stats", "traces/samples/tick", NULL }, { "stats", "--json", "traces/samples/tick" },
	{ "view", "--frame=80x24", "traces/samples/tick" }, { "view", "--help", NULL },
	{ "view", "--text", "traces/samples/tick" }, { "lab", "list", NULL },
	{ "export", "--format=csv", "traces/samples/tick" }, { "--completion", "bash", NULL },
	{ "check", "--max-stuck=9", "traces/samples/tick" }, { "live", "--man", NULL } };

/* Run wakegap with its standard output on fd, SIGPIPE ignored; its status and standard error. */
static int with_output(int fd, const char *const words[3], char **ret_err)
{
	const char *const argv[] = { wg_build_path("wakegap"), words[0], words[1], words[2], NULL };
	int fds[2], status;
	FILE *from;
	size_t size = 0;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0)
		abort();
	pid = fork();
	if (pid == 0) {
		struct sigaction ignore = { .sa_handler = SIG_IGN };

		(void)sigaction(SIGPIPE, &ignore, NULL);
		(void)dup2(fds[1], 2);
		if (fd < 0)
			(void)close(1);
		else
			(void)dup2(fd, 1);
		(void)execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	(void)close(fds[1]);
	from = fdopen(fds[0], "r");
	*ret_err = NULL;
	if (!from)
		abort();
	if (getdelim(ret_err, &size, '\0', from) < 0) {
		free(*ret_err); /* there is a buffer also where nothing was read */
		*ret_err = strdup("");
	}
	(void)fclose(from);
	(void)waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

/* why: NULL: nothing is said. */
static void check_lost_output(int fd, int wanted, const char *why)
{
	size_t i;

	for (i = 0; i < sizeof(printing) / sizeof(printing[0]); i++) {
		char *err = NULL;
		int status = with_output(fd, printing[i], &err);

		bool is_said = why ? wg_has(err, why) && is_one_line(err) : *err == '\0';

		if (status != wanted || !is_said)
			printf("# %s: %d '%s'\n", printing[i][0], status, err);
		CU_ASSERT_EQUAL(status, wanted);
		CU_ASSERT(is_said);
		free(err);
	}
}

static void a_full_disk_is_reported(void)
{
	int fd = open("/dev/full", O_WRONLY | O_CLOEXEC);

	CU_ASSERT_FATAL(fd >= 0);
	check_lost_output(fd, 1, "cannot write to standard output: No space left");
	(void)close(fd);
}

/* As `... | head -1` does. */
static void a_closed_pipe_ends_it_quietly(void)
{
	int fds[2];

	CU_ASSERT_EQUAL_FATAL(pipe2(fds, O_CLOEXEC), 0);
	(void)close(fds[0]);
	check_lost_output(fds[1], 128 + SIGPIPE, NULL);
	(void)close(fds[1]);
	check_lost_output(-1, 1, "cannot write to standard output: Bad file descriptor");
}

void suite_cli(void)
{
	WG_TEST(commands_and_options_are_known);
	WG_TEST(every_help_is_printed);
	WG_TEST(no_command_is_a_question);
	WG_TEST(every_program_has_its_help_and_says_what_fails);
	WG_TEST(names_in_mistakes_are_not_obeyed);
	WG_TEST(misspelt_values_are_guessed);
	WG_TEST(run_knows_its_arguments);
	WG_TEST(run_looks_at_the_file_first);
	WG_TEST(run_keeps_its_hands_off_other_traces);
	WG_TEST(a_file_that_may_not_be_read);
	WG_TEST(a_closed_folder_in_the_path);
	WG_TEST(record_knows_its_arguments);
	WG_TEST(what_is_no_trace);
	WG_TEST(a_truncated_trace);
	WG_TEST(a_full_disk_is_reported);
	WG_TEST(a_closed_pipe_ends_it_quietly);
}
