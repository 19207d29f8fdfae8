/*
 * live_run.c: see live_run.h.
 */
#include "tests/viz/live_run.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <lttng/lttng.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/patience.h"
#include "tests/core/sockets.h"

#define DEADLINE_S 40

static int64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

bool live_lacks_lttng(void)
{
	const char *missing = access("/usr/bin/lttng-sessiond", X_OK) != 0 ? "lttng-sessiond"
			      : access("/usr/bin/lttng-relayd", X_OK) != 0 ? "lttng-relayd"
									   : NULL;
	char why[64];

	if (!missing && wg_test_has_loopback())
		return false;
	if (!missing) {
		wg_skip("the loopback interface is down");
		return true;
	}
	(void)snprintf(why, sizeof(why), "%s is not installed", missing);
	wg_skip(why);
	return true;
}

char *const *live_workload(const char *passes)
{
	static char program[512], number[32];
	static char *argv[] = { program, "read", "--file", program, "--wait", "tick", "--passes",
		number, NULL };

	(void)snprintf(program, sizeof(program), "%s", wg_build_path("wakegap-workload"));
	(void)snprintf(number, sizeof(number), "%s", passes);
	return argv;
}

/* ---- in this process ---- */

bool live_run_prepare(struct live_run *run, char *const *argv)
{
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC), signo;
	struct wg_command_options options = { argv, { null_fd, null_fd, null_fd }, true, NULL };
	struct wg_error err = { 0, "" };
	int rc;

	memset(run, 0, sizeof(*run));
	rc = wg_live_view_init(&run->view, "test", (struct wg_window_limits){ 60000000000, 100000 },
		120, 30, true);
	if (rc == 0)
		rc = wg_command_start(&options, &run->command, &signo, &err);
	if (rc < 0)
		printf("# %s\n", err.text);
	else
		(void)snprintf(run->url, sizeof(run->url), "%s", wg_command_url(run->command));
	(void)close(null_fd);
	return rc == 0;
}

bool live_run_start(struct live_run *run, char *const *argv)
{
	struct wg_error err = { 0, "" };
	int rc;

	if (!live_run_prepare(run, argv))
		return false;
	rc = wg_live_open(run->url, &run->live, &err);
	if (rc == 0)
		rc = wg_live_wait(run->live, 20000, &err);
	if (rc == 0)
		rc = wg_live_view_connect(&run->view, run->live, run->command);
	if (rc == 0)
		rc = wg_command_release(run->command, &err);
	if (rc < 0)
		printf("# %s\n", err.text);
	return rc == 0;
}

static bool take_once(struct live_run *run, struct wg_patience *patience)
{
	if (!wg_patience_reads(patience, run->view.fd))
		return false;
	(void)wg_live_view_take(&run->view, now_ns());
	return true;
}

bool live_run_until_events(struct live_run *run, uint64_t events)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);

	while (run->view.title.events < events) {
		if (!take_once(run, &patience))
			return false;
	}
	return true;
}

bool live_run_until_ended(struct live_run *run)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);
	struct wg_command_status *status = &run->view.status;

	do {
		if (!wg_patience_reads(&patience, wg_command_fd(run->command)))
			return false;
		wg_command_update(run->command, status);
	} while (status->state != WG_COMMAND_ENDED);
	return status->err.code == 0;
}

void live_run_leave(struct live_run *run)
{
	wg_live_view_fini(&run->view);
	wg_live_close(run->live);
	wg_command_leave(run->command);
}

void live_kill(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	(void)waitpid(pid, NULL, 0);
}

/* ---- the command, as another process ---- */

static bool spawn(struct live_viewer *v, char *const *argv)
{
	int fds[2];

	v->out = NULL;
	v->err_fd = memfd_create("errors", MFD_CLOEXEC);
	if (v->err_fd < 0 || pipe2(fds, O_CLOEXEC) != 0)
		return false;
	v->pid = fork();
	if (v->pid == 0) {
		int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);

		(void)dup2(null_fd, 0);
		(void)dup2(fds[1], 1);
		(void)dup2(v->err_fd, 2);
		(void)execv(argv[0], argv);
		_exit(127);
	}
	(void)close(fds[1]);
	v->fd = fds[0];
	return v->pid > 0;
}

static void tell_errors(const struct live_viewer *v)
{
	char text[1000];
	ssize_t n = pread(v->err_fd, text, sizeof(text) - 1, 0);

	printf("# the viewer said: %.*s\n", n > 0 ? (int)n : 0, text);
}

bool live_viewer_start(struct live_viewer *v, const char *url)
{
	char program[512], session[400];
	char *argv[] = { program, "live", "--ascii", "--frame", "120x30", session, NULL };

	(void)snprintf(program, sizeof(program), "%s", wg_build_path("wakegap"));
	(void)snprintf(session, sizeof(session), "%s", url);
	return spawn(v, argv);
}

bool live_viewer_start_command(struct live_viewer *v)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);
	char program[512];
	char *argv[] = { program, "live", "--with", "lttng", "--ascii", "--frame", "120x30", "--",
		"sleep", "120", NULL };

	(void)snprintf(program, sizeof(program), "%s", wg_build_path("wakegap"));
	if (!spawn(v, argv))
		return false;
	while (live_child_of(v->pid, "sleep") == 0 && wg_patience_waits(&patience))
		;
	if (live_child_of(v->pid, "sleep") != 0)
		return true;
	tell_errors(v);
	return false;
}

int live_viewer_finish(struct live_viewer *v)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);
	size_t len = 0;
	ssize_t n = 1;
	int status = 0;

	v->out = calloc(1, 65536);
	while (v->out && n > 0 && len < 65000 && wg_patience_reads(&patience, v->fd)) {
		n = read(v->fd, v->out + len, 65535 - len);
		len += n > 0 ? (size_t)n : 0;
	}
	(void)close(v->fd);
	(void)close(v->err_fd);
	while (waitpid(v->pid, &status, WNOHANG) == 0) {
		if (!wg_patience_waits(&patience)) {
			live_kill(v->pid);
			return -1;
		}
	}
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

/* ---- facts ---- */

bool live_has_session(pid_t pid)
{
	struct lttng_session *sessions = NULL;
	char prefix[64];
	bool found = false;
	int n, i;

	(void)snprintf(prefix, sizeof(prefix), "wakegap-%ld-", (long)pid);
	n = lttng_list_sessions(&sessions);
	for (i = 0; i < n; i++)
		found = found || strncmp(sessions[i].name, prefix, strlen(prefix)) == 0;
	free(sessions);
	return found;
}

bool live_until_checked(const char *url, int expected)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);

	while (wg_live_check(url, 10000, NULL, NULL, NULL) != expected) {
		if (!wg_patience_waits(&patience))
			return false;
	}
	return true;
}

/* The parent of a process that has this name, else 0. */
static pid_t parent_of(const char *pid, const char *comm)
{
	char path[300], text[512], name[64] = "", state;
	int parent = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%.200s/stat", pid);
	f = fopen(path, "re");
	if (!f)
		return 0;
	if (!fgets(text, sizeof(text), f) ||
		sscanf(text, "%*d (%63[^)]) %c %d", name, &state, &parent) != 3)
		parent = 0;
	(void)fclose(f);
	return strcmp(name, comm) == 0 ? parent : 0;
}

pid_t live_child_of(pid_t parent, const char *comm)
{
	DIR *proc = opendir("/proc");
	struct dirent *entry;
	pid_t found = 0;

	while (proc && parent > 0 && !found && (entry = readdir(proc))) {
		if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9' &&
			parent_of(entry->d_name, comm) == parent)
			found = (pid_t)strtol(entry->d_name, NULL, 10);
	}
	if (proc)
		(void)closedir(proc);
	return found;
}

/* A zombie counts as gone: its parent may be a container's first process, which reaps nothing. */
static bool is_gone(pid_t pid)
{
	char path[64], text[512], *rest = NULL;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	f = fopen(path, "re");
	if (!f)
		return true;
	if (fgets(text, sizeof(text), f))
		rest = strrchr(text, ')');
	(void)fclose(f);
	return !rest || rest[2] == 'Z' || rest[2] == 'X';
}

bool live_until_gone(pid_t pid)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);

	while (!is_gone(pid)) {
		if (!wg_patience_waits(&patience))
			return false;
	}
	return true;
}

bool live_is_empty(const char *dir)
{
	DIR *d = opendir(dir);
	struct dirent *entry;
	bool is_empty = true;

	while (d && (entry = readdir(d)))
		is_empty = is_empty && entry->d_name[0] == '.';
	if (d)
		(void)closedir(d);
	return is_empty;
}

bool live_expect(int fd, const char *text, char *seen, size_t len)
{
	struct wg_patience patience = wg_patience(DEADLINE_S);
	size_t got = 0;
	ssize_t n;

	seen[0] = '\0';
	while (!strstr(seen, text)) {
		if (got > len - 8192) { /* keep the end only */
			memmove(seen, seen + got - 4096, 4097);
			got = 4096;
		}
		if (!wg_patience_reads(&patience, fd))
			return false;
		n = read(fd, seen + got, 2048);
		if (n <= 0)
			return false;
		got += (size_t)n;
		seen[got] = '\0';
	}
	return true;
}
