/*
 * keeper.c: see keeper.h.
 */
#include "tests/harness/keeper.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/patience.h"
#include "traces/base/tree.h"

#define ROOTS_RUNDIR "/var/run/lttng"

/* ---- a session daemon of its own ---- */

/* The shared memory of LTTng has fixed names in /dev/shm. */
static int enter_namespace(void)
{
	if (mkdir(ROOTS_RUNDIR, 0755) < 0 && errno != EEXIST)
		return -errno;
	if (unshare(CLONE_NEWNS) < 0 || mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) < 0 ||
		mount("tmpfs", ROOTS_RUNDIR, "tmpfs", MS_NOSUID | MS_NODEV, "mode=0755") < 0 ||
		mount("tmpfs", "/dev/shm", "tmpfs", MS_NOSUID | MS_NODEV, "mode=1777") < 0)
		return -errno;
	return 0;
}

enum wg_privacy wg_keeper_privacy(bool may_use_namespaces, int *ret_why)
{
	int status = 0;
	pid_t pid;

	*ret_why = 0;
	if (geteuid() != 0)
		return WG_OWN_HOME;
	if (!may_use_namespaces)
		return WG_SHARED;
	pid = fork();
	if (pid == 0)
		_exit(-enter_namespace());
	if (pid < 0 || waitpid(pid, &status, 0) < 0)
		*ret_why = errno;
	else
		*ret_why = WEXITSTATUS(status);
	return *ret_why ? WG_SHARED : WG_OWN_NAMESPACE;
}

/* When something was last made or removed in the folder of its daemon; 0 if there is none. */
static int64_t rundir_time(enum wg_privacy privacy, const char *tmpdir)
{
	char path[256] = ROOTS_RUNDIR;
	struct stat st;

	if (privacy == WG_OWN_HOME)
		(void)snprintf(path, sizeof(path), "%s/.lttng", tmpdir);
	return privacy != WG_SHARED && stat(path, &st) == 0
		       ? (int64_t)st.st_mtim.tv_sec * 1000000000 + st.st_mtim.tv_nsec
		       : 0;
}

/* ---- a folder of its own ---- */

static int make_tmpdir(char *dir, size_t len)
{
	const char *base = getenv("TMPDIR");

	(void)snprintf(dir, len, "%s/wakegap-suite-XXXXXX", base ? base : "/tmp");
	/* The box runs programs of other users in folders below it. */
	return mkdtemp(dir) && chmod(dir, 0711) == 0 ? 0 : -errno;
}

/* ---- the processes below ---- */

/* Kill the children of this process, and their names as remarks where `tells`. */
static void kill_children(int out_fd, bool tells)
{
	DIR *proc = opendir("/proc");
	struct dirent *e;

	while (proc && (e = readdir(proc))) {
		char path[300], name[32], state;
		int parent = 0;
		FILE *f;

		(void)snprintf(path, sizeof(path), "/proc/%s/stat", e->d_name);
		f = e->d_name[0] >= '1' && e->d_name[0] <= '9' ? fopen(path, "re") : NULL;
		if (f && fscanf(f, "%*d (%31[^)]) %c %d", name, &state, &parent) == 3 &&
			parent == (int)getpid() && state != 'Z') {
			if (tells)
				(void)dprintf(out_fd, "# left running: %s: killed\n", name);
			(void)kill((pid_t)strtol(e->d_name, NULL, 10), SIGKILL);
		}
		if (f)
			(void)fclose(f);
	}
	if (proc)
		(void)closedir(proc);
}

/* Those of killed children become ours, and are killed in turn. */
static void clear_away(int out_fd, bool tells)
{
	do {
		kill_children(out_fd, tells);
	} while (waitpid(-1, NULL, 0) > 0 || errno != ECHILD);
}

/* ---- the suite ---- */

static _Noreturn void be_the_suite(const struct wg_keeping *k, const char *tmpdir)
{
	(void)setsid(); /* what it does to its group is for it alone */
	(void)setenv("TMPDIR", tmpdir, 1);
	if (k->privacy == WG_OWN_HOME)
		(void)setenv("LTTNG_HOME", tmpdir, 1);
	(void)close(0);
	(void)open("/dev/null", O_RDONLY);
	(void)dup2(k->out_fd, 1);
	(void)dup2(k->out_fd, 2);
	(void)close_range(3, ~0u, 0);
	(void)sigprocmask(SIG_SETMASK, &k->mask, NULL);
	exit(wg_suite_run(k->suite, NULL, k->report));
}

/* Wait for its end, its time limit or a SIGTERM; true if it ended by itself. */
static bool await(pid_t suite, const struct wg_keeping *k, const sigset_t *set)
{
	const struct timespec second = { .tv_sec = 1 };
	struct wg_patience patience = wg_patience(k->suite->limit_s);
	pid_t got;

	for (;;) {
		while ((got = waitpid(-1, &k->report->status, WNOHANG)) > 0) {
			if (got == suite)
				return true;
		}
		k->report->is_late = !wg_patience_lasts(&patience);
		if (k->report->is_late || sigtimedwait(set, NULL, &second) == SIGTERM)
			return false;
	}
}

static _Noreturn void keep(const struct wg_keeping *k, pid_t runner)
{
	char tmpdir[200];
	int64_t time;
	sigset_t set;
	pid_t suite;
	bool is_over;
	int rc;

	(void)setsid(); /* a Ctrl-C is for the runner */
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	if (getppid() != runner)
		_exit(1);
	rc = make_tmpdir(tmpdir, sizeof(tmpdir));
	if (rc == 0 && k->privacy == WG_OWN_NAMESPACE)
		rc = enter_namespace();
	time = rundir_time(k->privacy, tmpdir);
	suite = rc == 0 ? fork() : -1;
	if (suite == 0)
		be_the_suite(k, tmpdir);
	if (suite < 0) {
		(void)dprintf(k->out_fd, "# cannot keep a suite in %s: %s\n", tmpdir,
			strerror(rc ? -rc : errno));
		_exit(1);
	}
	k->report->is_kept = true;
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	is_over = await(suite, k, &set);
	clear_away(k->out_fd, is_over);
	k->report->used_lttng = rundir_time(k->privacy, tmpdir) != time;
	(void)wg_remove_tree(tmpdir);
	_exit(0);
}

pid_t wg_keeper_start(const struct wg_keeping *k)
{
	pid_t runner = getpid(), pid;

	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		keep(k, runner);
	return pid < 0 ? -errno : pid;
}
