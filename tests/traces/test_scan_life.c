/*
 * test_scan_life.c: what a scan says of threads and processes that begin, end, change their name,
 * are dead already, or belong to somebody else.
 */
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/traces/parked.h"

#define NOBODY 65534

/* ---- a process that does what it is told ---- */

static struct {
	pid_t pid;
	int to, from;
} told;

static int in, out; /* of the told process */

static void *second(void *arg)
{
	char word;

	(void)arg;
	(void)prctl(PR_SET_NAME, "second");
	while (read(in, &word, 1) == 1 && word != 'e')
		(void)write(out, &word, 1);
	(void)write(out, &word, 1);
	return NULL;
}

static void join_many_groups(void)
{
	gid_t groups[1000];
	size_t i;

	for (i = 0; i < sizeof(groups) / sizeof(groups[0]); i++)
		groups[i] = (gid_t)(4000000000 + i);
	(void)setgroups(sizeof(groups) / sizeof(groups[0]), groups);
}

/* t: start a thread, which reads from now on until e; n: take an odd name; g: join groups. */
static void obey(void)
{
	char word;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	while (read(in, &word, 1) == 1) {
		pthread_t id;

		if (word == 'n')
			(void)prctl(PR_SET_NAME, "a) S 1\n\033[31m(");
		if (word == 'g')
			join_many_groups();
		(void)write(out, &word, 1);
		if (word == 't' && pthread_create(&id, NULL, second, NULL) == 0)
			(void)pthread_join(id, NULL);
	}
	_exit(0);
}

static void start_told(void)
{
	int to[2], from[2];

	CU_ASSERT_FATAL(pipe2(to, O_CLOEXEC) == 0 && pipe2(from, O_CLOEXEC) == 0);
	told.pid = fork();
	CU_ASSERT_FATAL(told.pid >= 0);
	in = to[0];
	out = from[1];
	if (told.pid == 0) {
		(void)close(to[1]);
		(void)close(from[0]);
		obey();
	}
	(void)close(in);
	(void)close(out);
	told.to = to[1];
	told.from = from[0];
}

/* Returns once it has done so. */
static void tell(char word)
{
	char answer = 0;

	CU_ASSERT_EQUAL_FATAL(write(told.to, &word, 1), 1);
	CU_ASSERT_EQUAL_FATAL(read(told.from, &answer, 1), 1);
	CU_ASSERT_EQUAL(answer, word);
}

/* It ends, and stays a zombie. */
static void let_end(void)
{
	siginfo_t info;

	(void)close(told.to);
	CU_ASSERT_EQUAL_FATAL(waitid(P_PID, (id_t)told.pid, &info, WEXITED | WNOWAIT), 0);
}

static void bury(void)
{
	CU_ASSERT_EQUAL(waitpid(told.pid, NULL, 0), told.pid);
	(void)close(told.from);
}

/* A joined thread has left its stack, but is in /proc for a moment more. */
static void await_end_of(pid_t tid)
{
	char path[64];

	(void)snprintf(path, sizeof(path), "/proc/%ld/task/%ld", (long)told.pid, (long)tid);
	while (access(path, F_OK) == 0)
		(void)sched_yield();
}

/* ---- rows ---- */

static struct wg_scan *open_pid(pid_t pid)
{
	struct wg_error err = { 0 };
	struct wg_scan *scan = NULL;
	char name[16];

	(void)snprintf(name, sizeof(name), "%ld", (long)pid);
	CU_ASSERT_EQUAL_FATAL(wg_scan_open(&(const char *){ name }, 1, 0, &scan, &err), 0);
	return scan;
}

static void end_window(struct wg_scan *scan)
{
	CU_ASSERT_EQUAL(wg_scan_look(scan), 0);
	CU_ASSERT_EQUAL(wg_scan_end(scan), 0);
}

/* The only row of that name. */
static const struct wg_scan_row *row_named(struct wg_scan *scan, const char *name)
{
	const struct wg_scan_row *row, *found = NULL;
	size_t i, count = 0;

	for (i = 0; (row = wg_scan_row(scan, i)); i++) {
		if (strcmp(row->name, name) != 0)
			continue;
		found = row;
		count++;
	}
	CU_ASSERT_EQUAL_FATAL(count, 1);
	return found;
}

static size_t rows_of(struct wg_scan *scan)
{
	size_t n = 0;

	while (wg_scan_row(scan, n))
		n++;
	return n;
}

/* ---- tests ---- */

static void threads_begin_and_end(void)
{
	const struct wg_scan_row *row;
	struct wg_scan *scan;
	pid_t tid;

	start_told();
	scan = open_pid(told.pid);
	tell('t');
	tell('x');
	end_window(scan);
	CU_ASSERT_EQUAL(rows_of(scan), parked_threads(told.pid));
	row = row_named(scan, "second");
	CU_ASSERT(row->is_new && !row->has_ended);
	CU_ASSERT(row->pid == told.pid && row->tid != told.pid);

	tid = row->tid;
	wg_scan_restart(scan);
	tell('e');
	await_end_of(tid);
	end_window(scan);
	row = row_named(scan, "second");
	CU_ASSERT(!row->is_new && row->has_ended);

	wg_scan_restart(scan); /* what has ended is forgotten */
	end_window(scan);
	CU_ASSERT_EQUAL(rows_of(scan), parked_threads(told.pid));
	CU_ASSERT(!wg_scan_row(scan, 0)->is_new && !wg_scan_row(scan, 0)->has_ended);
	wg_scan_close(scan);
	let_end();
	bury();
}

static void a_process_that_ends_is_told_once(void)
{
	struct wg_scan *scan;

	start_told();
	scan = open_pid(told.pid);
	let_end();
	end_window(scan);
	CU_ASSERT(rows_of(scan) > 0);
	CU_ASSERT(wg_scan_row(scan, 0)->has_ended);
	CU_ASSERT(wg_scan_note(scan, 0) && wg_has(wg_scan_note(scan, 0), "ended during the scan"));
	CU_ASSERT_PTR_NULL(wg_scan_note(scan, 1));
	bury();
	wg_scan_restart(scan);
	end_window(scan);
	CU_ASSERT_EQUAL(rows_of(scan), 0);
	CU_ASSERT_PTR_NULL(wg_scan_note(scan, 0));
	wg_scan_close(scan);
}

/* What the kernel prints of a thread has them all in front of its wakes. */
static void a_user_in_many_groups_wakes_too(void)
{
	struct wg_scan *scan;

	start_told();
	tell('g');
	parked_await(told.pid, told.pid, SYS_read);
	scan = open_pid(told.pid);
	tell('x');
	parked_await(told.pid, told.pid, SYS_read);
	end_window(scan);
	CU_ASSERT(wg_scan_row(scan, 0)->wakes > 0);
	wg_scan_close(scan);
	let_end();
	bury();
}

static void check_refused(const char *name, const char *why)
{
	struct wg_error err = { 0 };
	struct wg_scan *scan = NULL;

	CU_ASSERT_EQUAL(wg_scan_open(&name, 1, 0, &scan, &err), -ESRCH);
	CU_ASSERT(wg_has(err.text, why));
	CU_ASSERT_PTR_NULL(scan);
}

static void the_dead_are_refused_by_name(void)
{
	char name[16], self[16];

	start_told();
	(void)snprintf(name, sizeof(name), "%ld", (long)told.pid);
	(void)snprintf(self, sizeof(self), "%ld", (long)getpid());
	let_end();
	check_refused(name, "it has ended");
	bury();
	check_refused(name, "there is no process");
	check_refused(self, "it is this one");
	check_refused("no such program", "no process is called 'no such program'");
}

/* A sanitizer may have a thread there, too. */
static void an_odd_name_is_kept_as_it_is(void)
{
	static const char name[] = "a) S 1\n\033[31m(";
	struct wg_scan *scan;

	start_told();
	scan = open_pid(told.pid);
	tell('n');
	end_window(scan);
	CU_ASSERT_STRING_EQUAL(row_named(scan, name)->process, name);
	wg_scan_close(scan);
	let_end();
	bury();
}

/* Another process's address space is not for everybody: rows are there, and one note for all. */
static int look_as_nobody(pid_t pid)
{
	struct wg_scan *scan;

	if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		return 1;
	scan = open_pid(pid);
	if (wg_scan_look(scan) < 0 || wg_scan_end(scan) < 0)
		return 2;
	if (rows_of(scan) == 0 || wg_scan_row(scan, 0)->call || !wg_scan_row(scan, 0)->hidden)
		return 3;
	if (!wg_scan_note(scan, 0) || !wg_has(wg_scan_note(scan, 0), "is not visible") ||
		wg_scan_note(scan, 1))
		return 4;
	wg_scan_close(scan);
	return 0;
}

/* Without a name, a scan is of one's own processes: one note counts the others. */
static int scan_all_as_nobody(pid_t others)
{
	size_t i, said = 0, not_shown = 0;
	struct wg_scan *scan;
	const char *note;

	if (setgid(NOBODY) < 0 || setuid(NOBODY) < 0)
		return 1;
	if (wg_scan_open(NULL, 0, 0, &scan, NULL) < 0 || wg_scan_end(scan) < 0)
		return 2;
	for (i = 0; wg_scan_row(scan, i); i++) {
		if (wg_scan_row(scan, i)->pid == others)
			return 3;
	}
	for (i = 0; (note = wg_scan_note(scan, i)); i++) {
		if (!wg_has(note, "of other users"))
			continue;
		said++;
		not_shown = strtoul(note, NULL, 10);
		if (!wg_has(note, "`sudo wakegap scan` shows all"))
			return 4;
	}
	wg_scan_close(scan);
	return said == 1 && not_shown >= 2 ? 0 : 5; /* the target and the test */
}

static int status_as_nobody(int (*look)(pid_t pid))
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(look(told.pid));
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFEXITED(status));
	return WEXITSTATUS(status);
}

static void what_others_do_is_said_to_be_hidden(void)
{
	start_told();
	CU_ASSERT_EQUAL(status_as_nobody(look_as_nobody), 0);
	let_end();
	bury();
}

static void processes_of_others_are_counted(void)
{
	struct wg_scan *scan;
	size_t i;

	start_told();
	CU_ASSERT_EQUAL(status_as_nobody(scan_all_as_nobody), 0);
	CU_ASSERT_EQUAL_FATAL(wg_scan_open(NULL, 0, 0, &scan, NULL), 0);
	CU_ASSERT_EQUAL(wg_scan_end(scan), 0);
	for (i = 0; wg_scan_note(scan, i); i++) /* root sees all */
		CU_ASSERT(!wg_has(wg_scan_note(scan, i), "of other users"));
	wg_scan_close(scan);
	let_end();
	bury();
}

void suite_scan_life(void)
{
	WG_TEST(threads_begin_and_end);
	WG_TEST(a_process_that_ends_is_told_once);
	WG_TEST(the_dead_are_refused_by_name);
	WG_TEST(an_odd_name_is_kept_as_it_is);
	WG_TEST_IF(getuid() == 0, "only root can join groups", a_user_in_many_groups_wakes_too);
	WG_TEST_IF(getuid() == 0, "only root can become another user",
		what_others_do_is_said_to_be_hidden);
	WG_TEST_IF(getuid() == 0, "only root can become another user",
		processes_of_others_are_counted);
}
