/*
 * test_bystanders.c: a recording shows the command and what it started, not what other programs
 * emit meanwhile: B1 to B4 of bystanders.h by /proc alone, then all of it with LTTng.
 */
#include <fcntl.h>
#include <linux/sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/both_readers.h"
#include "tests/harness/harness.h"
#include "tests/harness/patience.h"
#include "tests/harness/support.h"
#include "tests/harness/trace_files.h"
#include "tests/traces/cache_run.h"
#include "traces/base/others.h"
#include "traces/read/read.h"
#include "traces/record/bystanders.h"
#include "traces/record/record.h"

/* ---- who is one ---- */

/* Write, or read, one byte. */
static void tell(int fd)
{
	(void)!write(fd, "x", 1);
}

static void hear(int fd)
{
	char c;

	(void)!read(fd, &c, 1);
}

/* A child that lives until the pipe ends; with pid 0 the next number, else that one. */
static pid_t lives(pid_t pid, int end)
{
	struct clone_args how = { .exit_signal = SIGCHLD,
		.set_tid = pid ? (uint64_t)(uintptr_t)&pid : 0,
		.set_tid_size = pid != 0 };
	pid_t child = (pid_t)syscall(SYS_clone3, &how, sizeof(how));

	if (child == 0) {
		hear(end);
		_exit(0);
	}
	return child;
}

static int64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* What starts from now on has another start time than what has started: /proc counts in ticks. */
static void next_tick(void)
{
	const int64_t tick_ns = 1000000000 / sysconf(_SC_CLK_TCK);
	struct timespec t;
	int64_t first = -1, tick;

	do {
		(void)clock_gettime(CLOCK_BOOTTIME, &t);
		tick = ((int64_t)t.tv_sec * 1000000000 + t.tv_nsec) / tick_ns;
		first = first < 0 ? tick : first;
	} while (tick == first);
}

/* What the file of that folder says of a process at that time. */
static bool is_other(const char *dir, pid_t pid, int64_t at_ns)
{
	struct wg__others *list = NULL, *one;
	size_t line;
	bool is;

	CU_ASSERT_EQUAL(wg__others_read(dir, &list, &one, &line), 0);
	is = one && wg__others_has(one, (uint32_t)pid, at_ns);
	wg__others_free(list);
	return is;
}

/* A recorder of its own: all that the looks need. Its pipes: asked for a step, and done with it. */
struct role {
	const char *dir;
	int ask[2], done[2], end[2];
	pid_t pid, child, left; /* its child, and what that left */
	pid_t again;		/* it starts a child of that number, if it may */
};

static _Noreturn void be_recorder(struct role *r)
{
	struct wg__bystanders b;
	pid_t left, child;

	(void)close(r->ask[1]);
	(void)close(r->end[1]);
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	child = lives(0, r->end[0]);
	if (fork() == 0) { /* a daemon is left */
		left = lives(0, r->end[0]);
		(void)!write(r->done[1], &left, sizeof(left));
		_exit(0);
	}
	(void)wait(NULL);
	(void)!write(r->done[1], &child, sizeof(child));
	wg__bystanders_begin(&b, open(r->dir, O_RDONLY | O_DIRECTORY));
	tell(r->done[1]);
	(void)!read(r->ask[0], &r->again, sizeof(r->again));
	left = r->again ? lives(r->again, r->end[0]) : 0;
	(void)!write(r->done[1], &left, sizeof(left));
	wg__bystanders_end(&b);
	tell(r->done[1]);
	hear(r->ask[0]);
	_exit(0);
}

/* Up to the end of its first look. */
static void start_recorder(struct role *r)
{
	CU_ASSERT_FATAL(pipe2(r->ask, O_CLOEXEC) == 0 && pipe2(r->done, O_CLOEXEC) == 0 &&
			pipe2(r->end, O_CLOEXEC) == 0);
	r->dir = wg_tmpdir();
	r->pid = fork();
	if (r->pid == 0)
		be_recorder(r);
	(void)close(r->done[1]);
	CU_ASSERT_EQUAL(read(r->done[0], &r->left, sizeof(r->left)), sizeof(r->left));
	CU_ASSERT_EQUAL(read(r->done[0], &r->child, sizeof(r->child)), sizeof(r->child));
	hear(r->done[0]);
}

/* Its last look; with `again` not 0 it has a child of that number by then. False: it may not. */
static bool look_last(struct role *r, pid_t again)
{
	pid_t got = 0;

	(void)!write(r->ask[1], &again, sizeof(again));
	CU_ASSERT_EQUAL(read(r->done[0], &got, sizeof(got)), sizeof(got));
	hear(r->done[0]);
	return got == again;
}

static void end_recorder(struct role *r)
{
	(void)close(r->end[1]);
	(void)close(r->end[0]);
	(void)close(r->ask[1]);
	(void)close(r->ask[0]);
	(void)waitpid(r->pid, NULL, 0);
	(void)close(r->done[0]);
}

static void what_it_started_is_none_of_them(void)
{
	struct role r;

	start_recorder(&r);
	CU_ASSERT(is_other(r.dir, getpid(), now_ns()));
	CU_ASSERT(!is_other(r.dir, r.pid, now_ns()));
	CU_ASSERT(!is_other(r.dir, r.child, now_ns()));
	CU_ASSERT(!is_other(r.dir, r.left, now_ns()));
	CU_ASSERT(look_last(&r, 0));
	CU_ASSERT(!is_other(r.dir, r.child, now_ns()) && !is_other(r.dir, r.left, now_ns()));
	end_recorder(&r);
}

/* One that ends was one until then; a process of the command's may have its number afterwards. */
static void a_number_that_comes_again_is_another_process(void)
{
	int64_t before_ns, ended_ns;
	struct role r;
	int end[2];
	pid_t other;
	bool has_again;

	CU_ASSERT_FATAL(pipe2(end, O_CLOEXEC) == 0);
	other = lives(0, end[0]);
	CU_ASSERT_FATAL(other > 0);
	before_ns = now_ns();
	start_recorder(&r);
	CU_ASSERT(is_other(r.dir, other, before_ns) && is_other(r.dir, other, INT64_MAX));
	tell(end[1]);
	CU_ASSERT_EQUAL(waitpid(other, NULL, 0), other);
	ended_ns = now_ns();
	next_tick();
	has_again = look_last(&r, other);
	CU_ASSERT(is_other(r.dir, other, before_ns));
	CU_ASSERT(!is_other(r.dir, other, now_ns()));
	CU_ASSERT(ended_ns > before_ns);
	end_recorder(&r);
	(void)close(end[0]);
	(void)close(end[1]);
	if (!has_again)
		wg_skip("only root chooses the number of a process");
}

/* ---- with LTTng ---- */

static const char *const names[] = { "command", "kid", "grandkid", "before", "meanwhile" };
enum { COMMAND, KID, GRANDKID, BEFORE, MEANWHILE, NAMES };
#define OURS   (1u << COMMAND | 1u << KID | 1u << GRANDKID)
#define ALL    (OURS | 1u << BEFORE | 1u << MEANWHILE)
#define WAIT_S 60

struct talk {
	const char *dir; /* of the programs, and the recording */
	int said[2];	 /* all write to it */
	int ours[2], others[2];
	pid_t before, meanwhile, recorder;
};

/* A program that emits, under each of the names. */
static bool make_talkers(const char *dir)
{
	char script[2048];

	(void)snprintf(script, sizeof(script),
		"cc -Icore/emit -o %s/command tests/data/emit/talks.c -L%s -lwakegap-trace "
		"-Wl,-rpath,$(realpath %s); for name in kid grandkid before meanwhile; do ln "
		"%s/command %s/$name; done",
		dir, wg_build_path("."), wg_build_path("."), dir, dir);
	return wg_sh_in(".", script) == 0;
}

/* Wait until one more has emitted. */
static void hear_one(const struct talk *t)
{
	struct wg_patience patience = wg_patience(WAIT_S);

	CU_ASSERT_FATAL(wg_patience_reads(&patience, t->said[0]));
	hear(t->said[0]);
}

static pid_t talk(const struct talk *t, int who)
{
	char say[16], hold[16];
	pid_t pid = fork();

	if (pid > 0)
		return pid;
	(void)snprintf(say, sizeof(say), "%d", dup(t->said[1]));
	(void)snprintf(hold, sizeof(hold), "%d", dup(t->others[0]));
	(void)execl(
		cache_path(t->dir, names[who]), names[who], names[who], say, hold, (char *)NULL);
	_exit(127);
}

/* Its command is a kid's parent, left a grandkid, and emits. */
static pid_t record(const struct talk *t, const char *how)
{
	static const char script[] = "$0/kid kid $1 $2 & ($0/grandkid grandkid $1 $2 &); "
				     "exec $0/command command $1 $2";
	const char *wakegap = wg_build_path("wakegap");
	char say[16], hold[16];
	pid_t pid = fork();

	if (pid > 0)
		return pid;
	(void)snprintf(say, sizeof(say), "%d", dup(t->said[1]));
	(void)snprintf(hold, sizeof(hold), "%d", dup(t->ours[0]));
	(void)dup2(open(cache_path(t->dir, "said"), O_WRONLY | O_CREAT | O_TRUNC, 0666),
		STDERR_FILENO);
	(void)execl(wakegap, wakegap, "record", "--with", "lttng", how, "-o",
		cache_path(t->dir, "trace"), "--", "sh", "-c", script, t->dir, say, hold,
		(char *)NULL);
	_exit(127);
}

/* All of them emit while it records; it ends before those that are not its command's. */
static void record_all(struct talk *t, const char *how)
{
	struct wg_patience patience = wg_patience(WAIT_S);
	int status, i;

	CU_ASSERT_FATAL(pipe2(t->said, O_CLOEXEC) == 0 && pipe2(t->ours, O_CLOEXEC) == 0 &&
			pipe2(t->others, O_CLOEXEC) == 0);
	t->before = talk(t, BEFORE);
	hear_one(t);
	t->recorder = record(t, how);
	for (i = 0; i < 3; i++)
		hear_one(t);
	tell(t->others[1]); /* to `before`, the only one there */
	hear_one(t);
	t->meanwhile = talk(t, MEANWHILE);
	hear_one(t);
	(void)close(t->ours[0]);
	(void)close(t->ours[1]);
	while (waitpid(t->recorder, &status, WNOHANG) == 0 && wg_patience_waits(&patience))
		;
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	(void)close(t->others[0]);
	(void)close(t->others[1]);
	(void)waitpid(t->before, NULL, 0);
	(void)waitpid(t->meanwhile, NULL, 0);
	(void)close(t->said[0]);
	(void)close(t->said[1]);
}

/* Who has events in it, as bits. */
static unsigned who(const char *dir)
{
	struct wg_reader *reader = NULL;
	char why[5000] = "";
	struct wg_event ev;
	unsigned all = 0, i;

	CU_ASSERT_FATAL(wg_reader_open(dir, &reader, NULL) == 0);
	while (wg_reader_next(reader, &ev, NULL) > 0) {
		for (i = 0; i < NAMES; i++)
			all |= strcmp(ev.procname, names[i]) == 0 ? 1u << i : 0;
	}
	CU_ASSERT_EQUAL(wg_reader_faults(reader), 0);
	wg_reader_close(reader);
	CU_ASSERT(wg_both_readers(dir, why, sizeof(why)));
	CU_ASSERT_STRING_EQUAL(why, "");
	return all;
}

/* Who is in the recording. 0: there is none here. */
static unsigned record_with(struct talk *t, const char *how)
{
	struct wg_record_hold *daemon = NULL;

#if defined(WG_UNDER_ASAN) || defined(WG_UNDER_TSAN)
	wg_skip("the library has a sanitizer, an ordinary program has none");
	return 0;
#endif
	if (access("/usr/bin/lttng-sessiond", X_OK) != 0) {
		wg_skip("lttng-sessiond is not installed");
		return 0;
	}
	t->dir = wg_tmpdir();
	CU_ASSERT_FATAL(make_talkers(t->dir));
	CU_ASSERT_FATAL(wg_record_hold(&daemon, NULL) == 0);
	record_all(t, how);
	wg_record_release(daemon);
	return who(cache_path(t->dir, "trace"));
}

static void only_what_the_command_started_is_shown(void)
{
	struct talk t;
	unsigned is_in = record_with(&t, "--with=lttng");

	if (!is_in)
		return;
	CU_ASSERT_EQUAL(is_in, OURS);
	CU_ASSERT_EQUAL(wg_sh_in(t.dir, "grep -q 'trace: 3 processes$' said"), 0);
	CU_ASSERT_EQUAL(wg_sh_in(t.dir, "grep -q ' events of 2 processes that sh did not start "
					"are left out: --everything shows them$' said"),
		0);
	/* So it is in a copy, and from within; without the file all are there. */
	CU_ASSERT_EQUAL(wg_sh_in(t.dir, "cp -r trace copy && ln -s copy/ust/uid/*/64-bit in"), 0);
	CU_ASSERT_EQUAL(who(cache_path(t.dir, "in")), OURS);
	CU_ASSERT_EQUAL(wg_sh_in(t.dir, "rm copy/" WG__OTHERS), 0);
	CU_ASSERT_EQUAL(who(cache_path(t.dir, "copy")), ALL);
}

static void everything_is_shown_if_asked_for(void)
{
	struct talk t;
	unsigned is_in = record_with(&t, "--everything");

	if (!is_in)
		return;
	CU_ASSERT_EQUAL(is_in, ALL);
	CU_ASSERT_EQUAL(wg_sh_in(t.dir, "grep -q 'trace: 5 processes$' said"), 0);
	CU_ASSERT_EQUAL(access(cache_path(t.dir, "trace/" WG__OTHERS), F_OK), -1);
}

static void both_are_too_much(void)
{
	char *err = NULL;

	CU_ASSERT_EQUAL(wg_run(NULL, &err,
				(const char *const[]){ wg_build_path("wakegap"), "record",
					"--everything", "--only", "true", NULL }),
		2);
	CU_ASSERT(wg_has(err, "--everything or --only, not both"));
	free(err);
}

void suite_bystanders(void)
{
	WG_TEST(what_it_started_is_none_of_them);
	WG_TEST(a_number_that_comes_again_is_another_process);
	WG_TEST(only_what_the_command_started_is_shown);
	WG_TEST(everything_is_shown_if_asked_for);
	WG_TEST(both_are_too_much);
}
