/*
 * keeper.c: the process around the program. See the drawing in box.h.
 *
 * It is a "subreaper": whatever in here loses its parent becomes its child, so walking and killing
 * children until there are none finds them all. In a world of its own (world.c) the program can
 * only leave processes that the kernel ends together with it.
 *
 * A number is sent a signal only as long as its process is not reaped: then it is nobody else's.
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

/* A command line, and the words in it that are made here. */
struct start {
	struct wg_words words;
	char filter[16], processes[32];
};

/* All that was said to be in force, but for what bwrap does. 0 or -1. */
static int prepare(struct wg__box *box, struct start *s)
{
	const struct wg_box_options *o = box->options;
	bool has_world = box->fences & WG_BOX_NAMESPACES, has_filter = box->fences & WG_BOX_SECCOMP;
	int filter_fd;

	if (wg__box_drop_root(box) < 0 || set_descriptors(box) < 0 ||
		chdir(o->start_dir ? o->start_dir : o->dir) < 0 || wg__box_limit(box) < 0)
		return -1;
	if (has_world)
		wg__box_add_world(&s->words, o);
	if (has_world && has_filter) {
		filter_fd = wg__box_filter_fd(box);
		if (filter_fd < 0)
			return -1;
		(void)snprintf(s->filter, sizeof(s->filter), "%d", filter_fd);
		WG_WORDS_ADD(&s->words, "--seccomp", s->filter);
	}
	/* Only in there are the program's processes counted alone. */
	(void)snprintf(s->processes, sizeof(s->processes), "--nproc=%u", o->processes);
	if (has_world)
		WG_WORDS_ADD(&s->words, "prlimit", s->processes);
	wg_words_add(&s->words, (const char *const *)o->argv);
	return has_world || !has_filter ? 0 : wg__box_filter(box);
}

/* Does our user read UTF-8? Then the compiler may write it. */
static bool is_utf8(void)
{
	static const char *const names[] = { "LC_ALL", "LC_CTYPE", "LANG" };
	const char *value = NULL;
	size_t i;

	for (i = 0; i < 3 && (!value || !*value); i++)
		value = getenv(names[i]);
	return value && (strcasestr(value, "utf-8") || strcasestr(value, "utf8"));
}

static _Noreturn void be_the_program(struct wg__box *box)
{
	struct start s = { .words = { .count = 0 } };
	char tmpdir[4200];
	char *bare[] = { (char *)(uintptr_t) "PATH=/usr/local/bin:/usr/bin:/bin",
		(char *)(uintptr_t)(is_utf8() ? "LC_ALL=C.UTF-8" : "LC_ALL=C"), tmpdir, NULL };

	(void)snprintf(tmpdir, sizeof(tmpdir), "TMPDIR=%s", box->options->dir);
	(void)setsid(); /* no terminal, a group of its own */
	default_signals();
	if (prepare(box, &s) == 0)
		(void)execvpe(s.words.v[0], s.words.v, bare);
	(void)fprintf(stderr, "cannot start '%s': %s\n", box->options->argv[0], strerror(errno));
	_exit(127);
}

/* ---- waiting ---- */

/* end: NULL before the program has one. */
static void tell(const struct wg__box *box, const siginfo_t *end, uint64_t used_bytes)
{
	struct wg__box_news news = { .is_end = end || used_bytes,
		.fences = box->fences,
		.exit_code = -1,
		.used_bytes = used_bytes };

	if (end && end->si_code == CLD_EXITED)
		news.exit_code = end->si_status;
	else if (end)
		news.signal = end->si_status;
	/* So says bwrap that a signal ended the program. */
	if ((box->fences & WG_BOX_NAMESPACES) && news.exit_code > 128) {
		news.signal = news.exit_code - 128;
		news.exit_code = -1;
	}
	while (write(box->status_fd, &news, sizeof(news)) < 0 && errno == EINTR)
		;
}

/* How long until the processes may have used up what is left: no processor fills more than 2 MiB in
 * a millisecond. Nothing in Linux tells an ordinary user that a sum of memory is reached. */
static struct timespec next_look(uint64_t left_bytes)
{
	static const uint64_t soonest = 5, latest = 200;
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	uint64_t ms = (left_bytes >> 21) / (uint64_t)(processors > 0 ? processors : 1);

	ms = ms < soonest ? soonest : ms > latest ? latest : ms;
	return (struct timespec){ .tv_nsec = (long)ms * 1000000 };
}

enum wait_end { ENDED, ASKED_TO_STOP, TOO_MUCH_MEMORY };

/* A signal, or the next look at the memory; > 0: the signal. *ret_used stays 0 up to the limit. */
static int await_news(const struct wg__box *box, const sigset_t *set, uint64_t *ret_used)
{
	uint64_t most = box->options->memory_bytes, used;
	struct timespec pause;

	if (!most)
		return sigwaitinfo(set, NULL);
	used = wg__box_memory(most);
	pause = next_look(used < most ? most - used : 0);
	if (used > most)
		*ret_used = used;
	return used > most ? 0 : sigtimedwait(set, NULL, &pause);
}

/* Reap others until `pid` has ended: *ret_end says how; it is left to be reaped. Or until a
 * SIGTERM, which is blocked; or until all use too much memory: *ret_used. */
static enum wait_end await(
	const struct wg__box *box, pid_t pid, siginfo_t *ret_end, uint64_t *ret_used)
{
	sigset_t set;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGCHLD);
	(void)sigaddset(&set, SIGTERM);
	for (;;) {
		ret_end->si_pid = 0;
		while (waitid(P_ALL, 0, ret_end, WEXITED | WNOHANG | WNOWAIT) == 0 &&
			ret_end->si_pid) {
			if (ret_end->si_pid == pid)
				return ENDED;
			(void)waitpid(ret_end->si_pid, NULL, 0);
			ret_end->si_pid = 0;
		}
		if (await_news(box, &set, ret_used) == SIGTERM)
			return ASKED_TO_STOP;
		if (*ret_used)
			return TOO_MUCH_MEMORY;
	}
}

static void kill_children(void)
{
	char path[64];
	FILE *f;
	int pid;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	f = fopen(path, "re");
	while (f && fscanf(f, "%d", &pid) == 1)
		(void)kill(pid, SIGKILL);
	if (f)
		(void)fclose(f);
}

/* Its group at a stroke, which a fork bomb does not outrun; those of killed children become ours,
 * and are killed in turn. */
static void clear_away(pid_t program)
{
	(void)kill(-program, SIGKILL);
	do
		kill_children();
	while (waitpid(-1, NULL, 0) > 0 || errno != ECHILD);
}

/* ---- the keeper ---- */

static void keep(struct wg__box *box)
{
	siginfo_t end;
	uint64_t used = 0;
	enum wait_end how;
	pid_t program;

	tell(box, NULL, 0);
	program = fork();
	if (program == 0)
		be_the_program(box);
	if (program < 0) {
		/* There is no program whose words this could be taken for. */
		(void)dprintf(box->out_fd, "cannot start a process: %s", strerror(errno));
		return;
	}
	how = await(box, program, &end, &used);
	if (how != ASKED_TO_STOP)
		tell(box, how == ENDED ? &end : NULL, used);
	clear_away(program);
}

/* It is a process for this run only, and cleans up nothing of its own. */
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
	if (geteuid() == 0)
		box->fences |= WG_BOX_NOT_ROOT;
	if (wg__box_can_filter() && !(box->options->without & WG_BOX_SECCOMP))
		box->fences |= WG_BOX_SECCOMP;
	if (!(box->options->without & WG_BOX_NAMESPACES) && wg__box_has_world(box))
		box->fences |= WG_BOX_NAMESPACES;
	(void)prctl(PR_SET_CHILD_SUBREAPER, 1);
	(void)prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* The program may be of our user, and shall not open our memory by way of /proc. Its exec
	 * undoes it for itself. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	if (getppid() != box->grader)
		_exit(1);
	keep(box);
	_exit(0);
}
