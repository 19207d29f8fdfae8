/*
 * failure_bench.c: see failure_bench.h.
 */
#include "tests/traces/failure_bench.h"

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "traces/base/marker.h"
#include "traces/base/map.h"
#include "traces/read/read.h"
#include "traces/record/daemon.h"

/* ---- helpers ---- */

void wg_bench_find_daemons(struct wg_bench *b)
{
	char rundir[PATH_MAX];

	CU_ASSERT_EQUAL(wg__rundir(rundir, sizeof(rundir), NULL), 0);
	b->sessiond.pid = b->consumerd.pid = 0;
	if (wg__find_sessiond(rundir, &b->sessiond))
		(void)wg__find_consumerd(b->sessiond.pid, &b->consumerd);
}

static bool exists(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0;
}

/* Signals only a process that was found: never 0, which is the whole group. */
void wg_bench_signal(const struct wg__process *p, int sig)
{
	CU_ASSERT_FATAL(p->pid > 1);
	CU_ASSERT_EQUAL(kill(p->pid, sig), 0);
	if (sig == SIGKILL)
		UNTIL(!wg__process_runs(p));
	if (sig == SIGSTOP)
		UNTIL(wg__process_is_stopped(p));
}

static size_t count_processes(const char *dir)
{
	struct wg__map pids = { 0 };
	struct wg_reader *r = NULL;
	struct wg_event ev;
	size_t count;
	int rc = wg_reader_open(dir, &r, NULL);

	while (rc == 0 && (rc = wg_reader_next(r, &ev, NULL)) > 0)
		rc = ev.type == WG_EV_LOST ? 0 : wg__map_put(&pids, ev.pid, 0, 1);
	count = pids.count;
	wg__map_fini(&pids);
	wg_reader_close(r);
	return count;
}

bool wg_bench_is_on_disk(const struct wg_bench *b)
{
	return count_processes(b->trace) > 0;
}

char *wg_bench_read(const char *path)
{
	char *text = calloc(1, 65536);
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd >= 0 && text && read(fd, text, 65535) < 0)
		text[0] = '\0';
	if (fd >= 0)
		(void)close(fd);
	return text;
}

/* ---- one row ---- */

static void make_bench(struct wg_bench *b, const char *base, size_t i)
{
	memset(b, 0, sizeof(*b));
	(void)snprintf(b->dir, sizeof(b->dir), "%s/%zu", base, i);
	(void)snprintf(b->trace, sizeof(b->trace), "%s/trace", b->dir);
	(void)snprintf(b->tmp, sizeof(b->tmp), "%s.tmp", b->dir);
	CU_ASSERT_EQUAL_FATAL(mkdir(b->dir, 0700), 0);
	CU_ASSERT_EQUAL_FATAL(mkdir(b->tmp, 0700), 0);
	(void)snprintf(b->up, sizeof(b->up), "%s.up", b->dir);
	(void)snprintf(b->go, sizeof(b->go), "%s.go", b->dir);
	(void)snprintf(b->out, sizeof(b->out), "%s.out", b->dir);
	(void)snprintf(b->err, sizeof(b->err), "%s.err", b->dir);
	CU_ASSERT_EQUAL_FATAL(mkfifo(b->up, 0600), 0);
	CU_ASSERT_EQUAL_FATAL(mkfifo(b->go, 0600), 0);
	b->up_fd = open(b->up, O_RDWR | O_CLOEXEC);
	b->go_fd = open(b->go, O_RDWR | O_CLOEXEC);
}

static void set_environment(const struct wg_bench *b)
{
	char work[700];

	(void)snprintf(work, sizeof(work), "%s read --file /bin/true --wait eventfd --passes 2",
		wg_build_path("wakegap-workload"));
	(void)setenv("W", work, 1);
	(void)snprintf(work, sizeof(work), "%s sleep --wait eventfd --passes 1000000",
		wg_build_path("wakegap-workload"));
	(void)setenv("LONG", work, 1);
	(void)setenv("UP", b->up, 1);
	(void)setenv("GO", b->go, 1);
	(void)setenv("TMPDIR", b->tmp, 1);
}

static _Noreturn void exec_recorder(const struct wg_bench *b, const struct wg_failure *row)
{
	const char *wakegap = wg_build_path("wakegap");
	const char *argv[20];
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	size_t n = 0;

	set_environment(b);
	(void)sigaction(SIGINT, &dfl, NULL);
	(void)dup2(open("/dev/null", O_RDONLY), STDIN_FILENO);
	(void)dup2(open(row->is_live ? "/dev/null" : b->out, O_WRONLY | O_CREAT | O_APPEND, 0600),
		STDOUT_FILENO);
	(void)dup2(open(b->err, O_WRONLY | O_CREAT | O_APPEND, 0600), STDERR_FILENO);
	if (row->before) {
		argv[n++] = "sh";
		argv[n++] = "-c";
		argv[n++] = row->before;
		argv[n++] = "sh";
	}
	argv[n++] = wakegap;
	argv[n++] = row->is_live ? "live" : "record";
	argv[n++] = "--with";
	argv[n++] = "lttng";
	if (row->options)
		argv[n++] = row->options;
	argv[n++] = row->is_live ? "--log" : "-o";
	argv[n++] = row->is_live ? b->out : b->trace;
	if (row->is_live)
		argv[n++] = "--";
	argv[n++] = "/bin/sh";
	argv[n++] = "-c";
	argv[n++] = row->script;
	argv[n] = NULL;
	(void)execvp(argv[0], (char *const *)(uintptr_t)argv);
	_exit(127);
}

/* Wait until the target (or what stands in its place) is up; false: the recorder ended first. */
static bool is_up(const struct wg_bench *b)
{
	struct pollfd p = { .fd = b->up_fd, .events = POLLIN };
	struct wg_patience patience = wg_patience(DEADLINE_S);
	siginfo_t info;

	while (wg_patience_lasts(&patience)) {
		char text[8];

		if (poll(&p, 1, 5) == 1)
			return read(b->up_fd, text, sizeof(text)) > 0;
		info.si_pid = 0;
		if (waitid(P_PID, (id_t)b->recorder, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
			info.si_pid == b->recorder)
			return false;
	}
	return false;
}

static int end_of_recorder(struct wg_bench *b)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);
	int status = -1;

	while (waitpid(b->recorder, &status, WNOHANG) == 0) {
		if (!wg_patience_waits(&patience)) {
			(void)kill(b->recorder, SIGKILL);
			return -1;
		}
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* No children, so no processes of any kind; then there is no session either. */
static bool nothing_runs(void)
{
	struct wg__process p;

	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
	return wg__count_children(getpid(), 0, &p) == 0;
}

static bool is_empty_folder(const char *path)
{
	DIR *d = opendir(path);
	int n = 0;

	while (d && readdir(d))
		n++;
	if (d)
		(void)closedir(d);
	return n == 2;
}

static void check_what_is_left(const struct wg_bench *b)
{
	char rundir[PATH_MAX], path[PATH_MAX + 32];

	UNTIL(nothing_runs());
	CU_ASSERT(is_empty_folder(b->tmp));
	CU_ASSERT_EQUAL(wg__rundir(rundir, sizeof(rundir), NULL), 0);
	(void)snprintf(path, sizeof(path), "%s/wakegap.lock", rundir);
	CU_ASSERT(!exists(path));
}

static void run(const struct wg_failure *row, const char *base, size_t number)
{
	struct wg_bench b;
	char *out, *err;
	int status;
	size_t count;

	make_bench(&b, base, number);
	if (row->prepare)
		row->prepare(&b);
	b.recorder = fork();
	if (b.recorder == 0)
		exec_recorder(&b, row);
	if (strstr(row->script, MEET) || (row->before && strstr(row->before, "$UP"))) {
		if (is_up(&b)) {
			wg_bench_find_daemons(&b);
			if (row->inject)
				row->inject(&b);
		}
		if (!b.stays)
			CU_ASSERT(write(b.go_fd, "go\n", 3) == 3);
	}
	status = end_of_recorder(&b);
	if (!row->settle) /* what of the target goes on ends, too */
		UNTIL(nothing_runs());
	out = wg_bench_read(b.out);
	err = wg_bench_read(b.err);
	count = count_processes(b.trace);
	if (row->settle)
		row->settle(&b);
	check_what_is_left(&b);
	CU_ASSERT_EQUAL(status, row->status);
	CU_ASSERT(row->words ? wg_has(err, row->words) : !*err);
	CU_ASSERT_STRING_EQUAL(out, row->out);
	CU_ASSERT(count >= row->processes);
	/* Whoever reads it later has not heard what was said. */
	if (count > 0 && (!row->words || wg_has(err, "the end may be missing in the trace")))
		CU_ASSERT(wg__marker_is_in(b.trace));
	if (status != row->status || !wg_has(err, row->words ? row->words : "") ||
		count < row->processes || strcmp(out, row->out) != 0)
		printf("# %s: status %d, %zu processes, out '%s', it said: %s\n", row->name, status,
			count, out, err);
	free(out);
	free(err);
	(void)close(b.up_fd);
	(void)close(b.go_fd);
}

void wg_bench_run(const struct wg_failure *rows, size_t count)
{
	const char *only = getenv("WG_ROW"), *base = wg_tmpdir();
	size_t i;

	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	for (i = 0; i < count; i++) {
		if (!only || strcmp(only, rows[i].name) == 0)
			run(&rows[i], base, i);
	}
}

/* The rows kill daemons: those of this suite, not somebody else's. */
bool wg_bench_is_alone(void)
{
	struct wg__process somebody;
	char rundir[PATH_MAX];

	return wg__rundir(rundir, sizeof(rundir), NULL) == 0 &&
	       !wg__find_sessiond(rundir, &somebody) &&
	       access("/usr/bin/lttng-sessiond", X_OK) == 0;
}
