/*
 * processes.c: see processes.h.
 */
#include "traces/record/processes.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/error.h"
#include "traces/base/signals.h"
#include "traces/base/units.h"

#define POLL_MS 10
/* A consumer daemon comes up in a tenth of a second. */
#define CONSUMER_MS 8000

/* Read a small file of the system. Returns its length (text is terminated) or a negative errno. */
static ssize_t read_text(const char *path, char *text, size_t len)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = read(fd, text, len - 1);
	if (n < 0)
		n = -errno;
	else
		text[n] = '\0';
	(void)close(fd);
	return n;
}

bool wg__process_look(pid_t pid, struct wg__process *ret)
{
	char path[64], text[1024], *name, *rest;
	struct wg__process p = { .pid = pid };
	int parent;

	(void)snprintf(path, sizeof(path), "/proc/%ld/stat", (long)pid);
	if (pid <= 0 || read_text(path, text, sizeof(text)) <= 0)
		return false;
	/* "PID (NAME) STATE PPID ...": the name may hold anything, up to 15 characters. */
	name = strchr(text, '(');
	rest = strrchr(text, ')');
	if (!name || !rest ||
		sscanf(rest,
			") %c %d %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s %*s"
			" %*s %*s %*s %*s %llu",
			&p.state, &parent, &p.start_time) != 3)
		return false;
	(void)snprintf(p.name, sizeof(p.name), "%.*s", (int)(rest - name - 1), name + 1);
	p.parent = parent;
	*ret = p;
	return p.state != 'Z' && p.state != 'X';
}

bool wg__process_whose(pid_t pid, uid_t *ret_uid, pid_t *ret_inner)
{
	static const char uids[] = "\nUid:", pids[] = "\nNSpid:";
	char path[64], text[4096], *at, *word, *more;
	int inner = (int)pid;

	(void)snprintf(path, sizeof(path), "/proc/%ld/status", (long)pid);
	if (pid <= 0 || read_text(path, text, sizeof(text)) <= 0)
		return false;
	at = strstr(text, uids);
	if (!at || sscanf(at + sizeof(uids) - 1, "%u", ret_uid) != 1)
		return false;
	/* From the outermost namespace to its own; old kernels do not say. */
	at = strstr(text, pids);
	if (at) {
		at += sizeof(pids) - 1;
		at[strcspn(at, "\n")] = '\0';
		for (word = strtok_r(at, "\t ", &more); word; word = strtok_r(NULL, "\t ", &more))
			(void)sscanf(word, "%d", &inner);
	}
	*ret_inner = inner;
	return true;
}

bool wg__process_runs(const struct wg__process *p)
{
	struct wg__process now;

	return wg__process_look(p->pid, &now) && now.start_time == p->start_time;
}

bool wg__process_await(const struct wg__process *p, int64_t ms, int stop_fd)
{
	int64_t deadline = wg__now_ms() + ms;
	struct pollfd stop = { .fd = stop_fd, .events = POLLIN };

	while (wg__process_runs(p)) {
		if (wg__now_ms() >= deadline || poll(&stop, 1, POLL_MS) > 0)
			return false;
	}
	return true;
}

bool wg__process_end(const struct wg__process *p, int64_t ms)
{
	/* A stopped process takes the signal when it continues. */
	if (!wg__process_runs(p))
		return true;
	if (kill(p->pid, SIGTERM) != 0 || kill(p->pid, SIGCONT) != 0)
		return errno == ESRCH;
	if (wg__process_await(p, ms, -1))
		return true;
	(void)kill(p->pid, SIGKILL);
	return wg__process_await(p, ms, -1);
}

bool wg__find_sessiond(const char *rundir, struct wg__process *ret)
{
	char path[PATH_MAX + 32], text[32];
	uint64_t pid;

	(void)snprintf(path, sizeof(path), "%s/lttng-sessiond.pid", rundir);
	if (read_text(path, text, sizeof(text)) <= 0)
		return false;
	text[strcspn(text, "\n")] = '\0';
	return wg_parse_number(text, 2, INT32_MAX, &pid) == 0 &&
	       wg__process_look((pid_t)pid, ret) && strcmp(ret->name, WG__SESSIOND) == 0;
}

/* How many children are there, of that name if one is given? */
static size_t walk_children(
	pid_t parent, pid_t except, const char *name, struct wg__process *ret_first)
{
	DIR *proc = opendir("/proc");
	struct wg__process p;
	struct dirent *e;
	size_t count = 0;
	uint64_t pid;

	while (proc && (e = readdir(proc))) {
		if (wg_parse_number(e->d_name, 2, INT32_MAX, &pid) != 0 ||
			!wg__process_look((pid_t)pid, &p) || p.parent != parent || p.pid == except)
			continue;
		if (!name || strcmp(p.name, name) == 0) {
			*ret_first = p;
			count++;
		}
	}
	if (proc)
		(void)closedir(proc);
	return count;
}

bool wg__find_consumerd(pid_t sessiond, struct wg__process *ret)
{
	return walk_children(sessiond, 0, WG__CONSUMERD, ret) > 0;
}

size_t wg__count_children(pid_t parent, pid_t except, struct wg__process *ret_first)
{
	return walk_children(parent, except, NULL, ret_first);
}

static bool is_stopped(const struct wg__process *p)
{
	return p->state == 'T' || p->state == 't';
}

bool wg__process_is_stopped(const struct wg__process *p)
{
	struct wg__process now;

	return p->pid > 0 && wg__process_look(p->pid, &now) && now.start_time == p->start_time &&
	       is_stopped(&now);
}

bool wg__why_no_answer(const char *rundir, int64_t waited_ms, char *text, size_t len)
{
	struct wg__process sessiond, consumerd;

	if (!wg__find_sessiond(rundir, &sessiond)) {
		(void)snprintf(text, len, "the session daemon has ended");
		return false; /* or it is another user's; a request to one that ended fails */
	}
	if (is_stopped(&sessiond)) {
		(void)snprintf(text, len,
			"the session daemon (process %ld) is stopped: `kill -CONT %ld` continues "
			"it",
			(long)sessiond.pid, (long)sessiond.pid);
		return true;
	}
	if (!wg__find_consumerd(sessiond.pid, &consumerd)) {
		(void)snprintf(text, len,
			"the session daemon (process %ld) has no consumer daemon: lttng-consumerd "
			"is "
			"not installed, or ended at once" WG_SEE_DOCTOR,
			(long)sessiond.pid);
		return waited_ms >= CONSUMER_MS;
	}
	if (is_stopped(&consumerd)) {
		(void)snprintf(text, len,
			"the consumer daemon (process %ld) is stopped: `kill -CONT %ld` continues "
			"it",
			(long)consumerd.pid, (long)consumerd.pid);
		return true;
	}
	(void)snprintf(
		text, len, "the session daemon (process %ld) does not answer", (long)sessiond.pid);
	return false;
}
