/*
 * keeper.c: the processes around the program. See the drawing in box.h.
 *
 * With namespaces the program's parent is process 1 of its own world: it cannot be killed from
 * inside, and when it ends the kernel ends everything in there, also what made itself a session of
 * its own or lost its parents. Without them the keeper is a "subreaper": whatever loses its parent
 * becomes its child, so walking and killing children until there are none finds them all.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/grade/box/box_impl.h"

#define REPORT_FD 3

/* ---- the program ---- */

static int move_up(int fd)
{
	return fd < 0 ? -1 : fcntl(fd, F_DUPFD, 16);
}

/* The descriptors it gets, and no other. */
static int set_descriptors(const struct wg__box *box)
{
	int null_fd = move_up(box->null_fd), out_fd = move_up(box->out_fd);
	int report_fd = move_up(box->report_fd), first = REPORT_FD;

	if (dup2(null_fd, 0) < 0 || dup2(out_fd, 1) < 0 || dup2(out_fd, 2) < 0)
		return -1;
	if (report_fd >= 0 && dup2(report_fd, first++) < 0)
		return -1;
	return close_range((unsigned)first, ~0u, 0);
}

static void default_signals(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;
	int sig;

	for (sig = 1; sig < NSIG; sig++)
		(void)sigaction(sig, &dfl, NULL);
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

static _Noreturn void be_the_program(struct wg__box *box)
{
	const struct wg_box_options *o = box->options;
	char tmpdir[4200];
	char *bare[] = { (char *)(uintptr_t) "PATH=/usr/local/bin:/usr/bin:/bin",
		(char *)(uintptr_t) "LC_ALL=C.UTF-8", tmpdir, NULL };

	(void)snprintf(tmpdir, sizeof(tmpdir), "TMPDIR=%s", o->dir);
	(void)setsid(); /* no terminal, a group of its own */
	default_signals();
	if (set_descriptors(box) < 0 || chdir(o->start_dir ? o->start_dir : o->dir) < 0 ||
		wg__box_limit(box) < 0) {
		(void)fprintf(stderr, "cannot prepare the box: %s\n", strerror(errno));
		_exit(127);
	}
	(void)execvpe(o->argv[0], o->argv, o->is_plain ? environ : bare);
	(void)fprintf(stderr, "cannot start '%s': %s\n", o->argv[0], strerror(errno));
	_exit(127);
}

/* ---- waiting ---- */

static void tell(const struct wg__box *box, bool is_end, int status)
{
	struct wg__box_news news = { is_end, box->fences, status };

	while (write(box->status_fd, &news, sizeof(news)) < 0 && errno == EINTR)
		;
}

/* Reap until `pid` has ended; true and its status. A SIGTERM, which is blocked: false. */
static bool await(pid_t pid, int *ret_status)
{
	sigset_t set;
	int status;
	pid_t got;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	for (;;) {
		while ((got = waitpid(-1, &status, WNOHANG)) > 0) {
			if (got == pid) {
				*ret_status = status;
				return true;
			}
		}
		if (sigwaitinfo(&set, NULL) == SIGTERM)
			return false;
	}
}

/* Kill all children of this process; how many there were. */
static int kill_children(void)
{
	char path[64], word[32];
	int killed = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "re");
	while (f && fscanf(f, "%31s", word) == 1) {
		(void)kill((pid_t)strtol(word, NULL, 10), SIGKILL);
		killed++;
	}
	if (f)
		(void)fclose(f);
	return killed;
}

/* Those of killed children become ours, and are killed in turn. */
static void clear_away(pid_t program)
{
	(void)kill(-program, SIGKILL);
	do {
		(void)kill(program, SIGKILL);
		(void)kill_children();
	} while (waitpid(-1, NULL, 0) > 0 || errno != ECHILD);
}

/* There is no program whose words this could be taken for. */
static void tell_fork(const struct wg__box *box)
{
	(void)dprintf(box->out_fd, "cannot start a process: %s", strerror(errno));
}

/* ---- process 1 ---- */

static _Noreturn void be_first(struct wg__box *box)
{
	int status = 0;
	pid_t program;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	wg__box_fence_files(box);
	tell(box, false, 0);
	program = fork();
	if (program == 0)
		be_the_program(box);
	if (program < 0)
		tell_fork(box);
	if (program > 0 && await(program, &status))
		tell(box, true, status);
	_exit(0); /* and with it everything in here */
}

/* ---- the keeper ---- */

static void keep_namespace(struct wg__box *box)
{
	int status;
	pid_t first = fork();

	if (first == 0)
		be_first(box);
	if (first < 0) {
		tell_fork(box);
		return;
	}
	if (!await(first, &status)) {
		(void)kill(first, SIGKILL);
		(void)waitpid(first, NULL, 0);
	}
}

static void keep_children(struct wg__box *box)
{
	int status;
	pid_t program;

	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	if (geteuid() == 0 && !box->options->is_plain)
		box->fences |= WG_BOX_NOT_ROOT;
	tell(box, false, 0);
	program = fork();
	if (program == 0) {
		if (wg__box_drop_root(box) < 0)
			_exit(127);
		be_the_program(box);
	}
	if (program < 0) {
		tell_fork(box);
		return;
	}
	if (await(program, &status))
		tell(box, true, status);
	clear_away(program);
}

/* What it leaves open or changed is nobody's: it is a process for this run only. */
void wg__box_keep(struct wg__box *box)
{
	sigset_t set;

	default_signals();
	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	(void)sigprocmask(SIG_BLOCK, &set, NULL);
	(void)setsid(); /* a Ctrl-C is for the grader; its end is ours */
	box->keeper = getpid();
	if (wg__box_can_filter() && !box->options->is_plain &&
		!(box->options->without & WG_BOX_SECCOMP))
		box->fences |= WG_BOX_SECCOMP;
	if (!box->options->is_plain)
		wg__box_enter_namespaces(box);
	/* After the change of user, which clears the one and sets the other: the program may be of
	 * our user, and shall not open our memory by way of /proc. Its exec undoes it for itself.
	 */
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (getppid() != box->grader)
		_exit(1);
	if (box->fences & WG_BOX_NAMESPACES)
		keep_namespace(box);
	else
		keep_children(box);
	_exit(0);
}
