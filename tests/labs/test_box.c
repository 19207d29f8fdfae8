/*
 * test_box.c: programs that mean harm, in the box: the grader survives, and nothing is left.
 *
 * Each file of tests/data/hostile does its harm before main() begins. How long anything takes is
 * bounded by the box's own limit, which is part of what is tested.
 */
#include <dirent.h>
#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/grade/box/box.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

#define WALL_MS	    1500
#define PATIENCE_MS 60000 /* for what ends by itself: on a loaded machine that takes seconds */

static unsigned without; /* WG_BOX_*: the suite runs twice */

/* Signals to a number that is no child of the sender's, or is reaped: it may be another's by now.
 * Shared with keepers. */
static int *strangers;

/* The box is linked into this program, so it sends its signals through here. */
int kill(pid_t pid, int sig)
{
	siginfo_t info;
	id_t leader = (id_t)(pid < 0 ? -pid : pid);

	if (strangers && sig && waitid(P_PID, leader, &info, WEXITED | WNOHANG | WNOWAIT) < 0)
		++*strangers;
	return (int)syscall(SYS_kill, pid, sig);
}

static struct {
	char dir[300];
	char program[400];
	struct wg_box_result result;
} t;

/* Compile one of them; false: no compiler, which is said. */
static bool build(const char *name)
{
	char source[300], nothing[400];
	const char *argv[] = { "cc", "-w", "-D_GNU_SOURCE", "-o", t.program, source, nothing,
		NULL };
	FILE *f;

	memset(&t, 0, sizeof(t));
	(void)snprintf(t.dir, sizeof(t.dir), "%s", wg_tmpdir());
	(void)chmod(t.dir, 0777);
	(void)snprintf(t.program, sizeof(t.program), "%s/%s", t.dir, name);
	(void)snprintf(source, sizeof(source), "tests/data/hostile/%s.c", name);
	(void)snprintf(nothing, sizeof(nothing), "%s/main.c", t.dir);
	f = fopen(nothing, "w");
	(void)fputs("int main(void) { return 0; }\n", f);
	(void)fclose(f);
	if (wg_run(NULL, NULL, argv) == 0)
		return true;
	CU_FAIL("cannot compile");
	return false;
}

static int limit_ms(void)
{
	static const char *const endless[] = { "endless", "forks", "prints", "prints_megabytes" };
	size_t i;

	for (i = 0; i < sizeof(endless) / sizeof(endless[0]); i++) {
		if (strcmp(strrchr(t.program, '/') + 1, endless[i]) == 0)
			return WALL_MS;
	}
	return PATIENCE_MS;
}

static void run(void)
{
	char *argv[] = { t.program, NULL };
	struct wg_box_options o = { .argv = argv,
		.dir = t.dir,
		.without = without,
		.wants_report = true,
		.wall_ms = limit_ms(),
		.cpu_s = 20,
		.memory_bytes = 256u << 20,
		.file_bytes = 1u << 20,
		.processes = 30,
		.keep_bytes = 4096 };
	struct wg_error err = { 0 };
	int rc = wg_box_run(&o, &t.result, &err);

	if (rc < 0)
		printf("# %s\n", err.text);
	CU_ASSERT_EQUAL_FATAL(rc, 0);
	/* The program is an ordinary one; what it says of trouble helps to see why a test fails. */
	if (t.result.exit_code != 0)
		printf("# exit %d, signal %d: %.*s\n", t.result.exit_code, t.result.signal,
			(int)strcspn(t.result.out.text, "\n"), t.result.out.text);
}

/* Does a process run this program, in whatever session? */
static bool is_left(void)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;
	bool found = false;

	while (proc && (e = readdir(proc))) {
		char link[300], target[500];
		ssize_t n;

		(void)snprintf(link, sizeof(link), "/proc/%s/exe", e->d_name);
		n = readlink(link, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		found = found || strncmp(target, t.program, strlen(t.program)) == 0;
	}
	if (proc)
		(void)closedir(proc);
	return found;
}

/* B1, B2: it came back, and there is nobody: no process, and no child of ours to be reaped. */
static void attack(const char *name)
{
	if (!build(name))
		return;
	run();
	CU_ASSERT(!is_left());
	CU_ASSERT(waitpid(-1, NULL, WNOHANG) < 0 && errno == ECHILD);
}

static void done(void)
{
	wg_box_result_fini(&t.result);
}

static void must_exit(const char *name, int code)
{
	attack(name);
	CU_ASSERT_EQUAL(t.result.exit_code, code);
	CU_ASSERT(!t.result.is_late);
	wg_box_result_fini(&t.result);
}

static void endless_printing_is_cut(void)
{
	attack("prints");
	CU_ASSERT(t.result.is_late);
	CU_ASSERT_EQUAL(t.result.out.len, 4096);
	CU_ASSERT(t.result.out.total > 4096);
	CU_ASSERT(strncmp(t.result.out.text, "all work", 8) == 0);
	done();
}

static void megabytes_are_counted(void)
{
	attack("prints_megabytes");
	CU_ASSERT(t.result.is_late || t.result.exit_code == 0);
	CU_ASSERT_EQUAL(t.result.out.len, 4096);
	CU_ASSERT(t.result.is_late || t.result.out.total == 2000000u * 21);
	done();
}

static void what_never_ends_is_ended(void)
{
	attack("endless");
	CU_ASSERT(t.result.is_late && t.result.exit_code == -1);
	CU_ASSERT(t.result.wall_ms >= WALL_MS);
	done();
}

static void crashes_are_told(void)
{
	static const char *const names[] = { "crashes", "aborts", "corrupts", "eats" };
	size_t i;

	for (i = 0; i < 4; i++) {
		attack(names[i]);
		/* Where memory is scarce the time may be over first. A sanitizer leaves the sum. */
		CU_ASSERT(t.result.signal || t.result.is_late || t.result.used_bytes);
		done();
	}
}

static void an_early_exit_is_an_exit(void)
{
	attack("exits");
	CU_ASSERT_EQUAL(t.result.exit_code, 0);
	CU_ASSERT_EQUAL(t.result.report.len, 0); /* and no report, which is how it is found out */
	done();
}

static void a_fork_bomb_is_defused(void)
{
	attack("forks");
	CU_ASSERT(t.result.is_late || t.result.exit_code >= 0 || t.result.signal);
	done();
}

/* Each far below the limit, as no process of theirs is; in sessions of their own. */
static void many_that_take_little_are_too_much(void)
{
	attack("herds");
	CU_ASSERT(t.result.used_bytes > 256u << 20);
	CU_ASSERT(!t.result.is_late);
	done();
}

/* Eleven times 120 MiB by the figures of each. */
static void what_is_shared_counts_once(void)
{
	must_exit("shares", 0);
}

static void who_hides_is_found(void)
{
	must_exit("hides", 0);
}

/* As root, a number that was given to another process would be shot. */
static void signals_go_to_its_own_children(void)
{
	static const char *const names[] = { "exits", "hides", "forks", "endless" };
	size_t i;

	strangers = mmap(NULL, sizeof(*strangers), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_FATAL(strangers != MAP_FAILED);
	for (i = 0; i < 4; i++) {
		attack(names[i]);
		done();
	}
	CU_ASSERT_EQUAL(*strangers, 0);
	(void)munmap(strangers, sizeof(*strangers));
	strangers = NULL;
}

static void closing_everything_harms_nobody(void)
{
	must_exit("closes", 0);
}

/* Where nothing stands between them, they would reach all processes of this user. */
static void shots_do_not_reach_the_grader(void)
{
	bool is_safe;

	attack("exits");
	is_safe = t.result.fences != 0;
	done();
	if (!is_safe) {
		wg_skip("no fence of the box is available");
		return;
	}
	attack("shoots");
	CU_ASSERT(t.result.exit_code == 0 || t.result.signal == SIGKILL);
	done();
}

/* As nobody, or beside a grader of the same user: it may not be looked into, nor written to. */
static void its_parent_is_out_of_reach(void)
{
	must_exit("reaches", 34);
}

static void there_is_no_terminal(void)
{
	must_exit("terminal", 34);
}

static void a_forged_report_is_only_text(void)
{
	attack("reports");
	CU_ASSERT(wg_has(t.result.report.text, "garbage"));
	done();
}

static void a_file_has_a_bound(void)
{
	attack("fills");
	CU_ASSERT(t.result.signal == SIGXFSZ || t.result.exit_code == 35);
	done();
}

static void there_is_no_network(void)
{
	char text[200];

	attack("connects");
	printf("# in force: %s\n", wg_box_fences_text(t.result.fences, text, sizeof(text)));
	if (!(t.result.fences & (WG_BOX_NAMESPACES | WG_BOX_SECCOMP)))
		wg_skip("neither namespaces nor libseccomp here");
	else
		CU_ASSERT_EQUAL(t.result.exit_code, 34);
	CU_ASSERT(geteuid() != 0 || (t.result.fences & WG_BOX_NOT_ROOT));
	done();
}

/* Not the instructor's files, nor daemons of the same user. */
static void nothing_of_others_is_seen(void)
{
	attack("peeks");
	if (t.result.fences & WG_BOX_NAMESPACES)
		CU_ASSERT_EQUAL(t.result.exit_code, 34);
	if (t.result.fences & WG_BOX_SECCOMP)
		CU_ASSERT_NOT_EQUAL(t.result.exit_code, 35);
	done();
}

/* Neither through a pair of sockets: a datagram may have any address. */
static void no_daemon_is_called(void)
{
	attack("calls_out");
	if (t.result.fences & WG_BOX_SECCOMP)
		CU_ASSERT_EQUAL(t.result.exit_code, 34);
	done();
}

/* Other processes, by /proc, and what only root may read. */
static void nobody_is_spied_on(void)
{
	attack("spies");
	if (t.result.fences & (WG_BOX_NAMESPACES | WG_BOX_NOT_ROOT))
		CU_ASSERT_EQUAL(t.result.exit_code, 34);
	done();
}

/* The user that a grader of its own runs its program as; written to fd by a child. */
static void ask_for_the_user(int fd)
{
	char *argv[] = { (char *)(uintptr_t) "id", (char *)(uintptr_t) "-u", NULL };
	struct wg_box_options o = { .argv = argv,
		.dir = t.dir,
		.without = without,
		.wall_ms = 60000,
		.cpu_s = 20,
		.file_bytes = 1u << 20,
		.processes = 30,
		.keep_bytes = 100 };
	struct wg_box_result result;
	struct wg_error err;

	if (wg_box_run(&o, &result, &err) < 0)
		_exit(1);
	_exit(write(fd, result.out.text, result.out.len) == (ssize_t)result.out.len ? 0 : 1);
}

/* Who may signal whom, and whose processes are counted together, is a question of the user. */
static void two_graders_have_two_users(void)
{
	char user[2][100] = { "", "" };
	int i;

	if (geteuid() != 0 || wg_box_user() == 65534) {
		wg_skip("root, and more users than a container has here");
		return;
	}
	memset(&t, 0, sizeof(t));
	(void)snprintf(t.dir, sizeof(t.dir), "%s", wg_tmpdir());
	(void)chmod(t.dir, 0777);
	for (i = 0; i < 2; i++) {
		int fd[2];
		pid_t pid;

		CU_ASSERT_EQUAL_FATAL(pipe(fd), 0);
		pid = fork();
		if (pid == 0)
			ask_for_the_user(fd[1]);
		(void)close(fd[1]);
		CU_ASSERT(read(fd[0], user[i], sizeof(user[i]) - 1) > 1);
		(void)close(fd[0]);
		CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
	}
	CU_ASSERT_STRING_NOT_EQUAL(user[0], user[1]);
	CU_ASSERT(strtoul(user[0], NULL, 10) > 65534 && strtoul(user[1], NULL, 10) > 65534);
}

static void what_cannot_be_started_is_told(void)
{
	memset(&t, 0, sizeof(t));
	(void)snprintf(t.dir, sizeof(t.dir), "%s", wg_tmpdir());
	(void)chmod(t.dir, 0777);
	(void)snprintf(t.program, sizeof(t.program), "%s/none", t.dir);
	run();
	CU_ASSERT_EQUAL(t.result.exit_code, 127);
	CU_ASSERT(wg_has(t.result.out.text, "/none: No such file") ||
		  wg_has(t.result.out.text, "/none': No such file"));
	done();
}

static void from_here_on_without_namespaces(void)
{
	without = WG_BOX_NAMESPACES;
}

static void add_all(void)
{
	WG_TEST(endless_printing_is_cut);
	WG_TEST(megabytes_are_counted);
	WG_TEST(what_never_ends_is_ended);
	WG_TEST(crashes_are_told);
	WG_TEST(an_early_exit_is_an_exit);
	WG_TEST(a_fork_bomb_is_defused);
	WG_TEST(many_that_take_little_are_too_much);
	WG_TEST(what_is_shared_counts_once);
	WG_TEST(who_hides_is_found);
	WG_TEST(signals_go_to_its_own_children);
	WG_TEST(closing_everything_harms_nobody);
	WG_TEST(shots_do_not_reach_the_grader);
	WG_TEST(its_parent_is_out_of_reach);
	WG_TEST(there_is_no_terminal);
	WG_TEST(a_forged_report_is_only_text);
	WG_TEST(a_file_has_a_bound);
	WG_TEST(there_is_no_network);
	WG_TEST(nothing_of_others_is_seen);
	WG_TEST(no_daemon_is_called);
	WG_TEST(nobody_is_spied_on);
	WG_TEST(two_graders_have_two_users);
	WG_TEST(what_cannot_be_started_is_told);
}

void suite_box(void)
{
	add_all();
	WG_TEST(from_here_on_without_namespaces);
	WG_TEST(endless_printing_is_cut);
	WG_TEST(what_never_ends_is_ended);
	WG_TEST(a_fork_bomb_is_defused);
	WG_TEST(many_that_take_little_are_too_much);
	WG_TEST(what_is_shared_counts_once);
	WG_TEST(who_hides_is_found);
	WG_TEST(signals_go_to_its_own_children);
	WG_TEST(closing_everything_harms_nobody);
	WG_TEST(shots_do_not_reach_the_grader);
	WG_TEST(its_parent_is_out_of_reach);
	WG_TEST(there_is_no_terminal);
	WG_TEST(there_is_no_network);
	WG_TEST(nothing_of_others_is_seen);
	WG_TEST(no_daemon_is_called);
	WG_TEST(nobody_is_spied_on);
	WG_TEST(two_graders_have_two_users);
}
