/*
 * pool.c: see pool.h. Each process writes its answer into a pipe, which ends with the process.
 */
#include "labs/grade/base/pool.h"

#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/grade/base/memory.h"
#include "labs/grade/base/stop.h"
#include "traces/base/signals.h"

#define JOBS_MAX 256

struct worker {
	pid_t pid; /* 0: idle */
	int fd;	   /* of its pipe */
	size_t piece;
	FILE *all; /* what came, in text */
	char *text;
	size_t len;
};

struct crew {
	const struct wg_pool *pool;
	struct worker v[JOBS_MAX];
	unsigned jobs, busy;
	bool is_stopped; /* the signal is passed on */
};

static _Noreturn void be_worker(const struct wg_pool *p, size_t piece, int fd, pid_t parent)
{
	json_t *answer;

	wg__end_with_parent(parent, SIGTERM); /* in good order: it has folders to remove */
	answer = p->work(p->data, piece);
	_exit(answer && !wg_memory_is_short() && json_dumpfd(answer, fd, 0) == 0 ? 0 : 1);
}

static int begin(struct crew *c, size_t piece, struct wg_error *err)
{
	struct worker *w = c->v;
	pid_t parent = getpid();
	int ends[2];

	while (w->pid)
		w++;
	if (pipe2(ends, O_CLOEXEC) < 0)
		return wg_error_set(err, -errno, "cannot make a pipe: %s", strerror(errno));
	*w = (struct worker){ .fd = ends[0], .piece = piece };
	w->all = open_memstream(&w->text, &w->len);
	(void)fflush(NULL);
	w->pid = w->all ? fork() : -1;
	if (w->pid == 0)
		be_worker(c->pool, piece, ends[1], parent);
	(void)close(ends[1]);
	if (w->pid > 0) {
		c->busy++;
		return 0;
	}
	w->pid = 0;
	(void)close(ends[0]);
	if (w->all)
		(void)fclose(w->all);
	free(w->text);
	return wg_error_set(err, -EAGAIN, "cannot start a process");
}

static void end(struct crew *c, struct worker *w)
{
	json_t *answer = NULL;
	int status = 0;

	(void)close(w->fd);
	while (waitpid(w->pid, &status, 0) < 0 && errno == EINTR)
		continue;
	/* NOLINTBEGIN(clang-analyzer-unix.Malloc): fclose() sets `text` anew */
	if (fclose(w->all) == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		answer = json_loadb(w->text, w->len, 0, NULL);
	free(w->text);
	/* NOLINTEND(clang-analyzer-unix.Malloc) */
	w->pid = 0;
	c->busy--;
	c->pool->take(c->pool->data, w->piece, answer);
}

/* Something came from this one, or its end. */
static void hear(struct crew *c, struct worker *w)
{
	char part[4096];
	ssize_t n = read(w->fd, part, sizeof(part));

	if (n > 0)
		(void)fwrite(part, 1, (size_t)n, w->all);
	else if (n == 0 || errno != EINTR)
		end(c, w);
}

static void pass_on(struct crew *c)
{
	unsigned i;

	c->is_stopped = true;
	for (i = 0; i < c->jobs; i++) {
		if (c->v[i].pid)
			(void)kill(c->v[i].pid, SIGTERM);
	}
}

/* Until something comes from somebody, or a signal for us. */
static void attend(struct crew *c)
{
	struct pollfd fds[JOBS_MAX];
	unsigned i;
	int n;

	for (i = 0; i < c->jobs; i++)
		fds[i] = (struct pollfd){ c->v[i].pid ? c->v[i].fd : -1, POLLIN, 0 };
	n = c->is_stopped ? poll(fds, c->jobs, -1)
			  : wg__poll_until_signal(wg_stop_signal, fds, c->jobs, -1);
	if (wg_stop_signal() && !c->is_stopped)
		pass_on(c);
	for (i = 0; n > 0 && i < c->jobs; i++) {
		if (fds[i].revents)
			hear(c, &c->v[i]);
	}
}

int wg_pool_run(const struct wg_pool *p, struct wg_error *err)
{
	struct crew *c = calloc(1, sizeof(*c));
	size_t next = 0;
	int rc = c ? 0 : wg_error_set(err, -ENOMEM, "out of memory");

	if (!c)
		return rc;
	c->pool = p;
	c->jobs = p->jobs < JOBS_MAX ? p->jobs : JOBS_MAX;
	while (c->busy || (rc == 0 && next < p->count)) {
		if (rc == 0 && wg_stop_signal())
			rc = wg_error_set(err, -EINTR, "the check was interrupted");
		if (rc == 0 && next < p->count && c->busy < c->jobs)
			rc = begin(c, next++, err);
		else if (c->busy)
			attend(c);
	}
	free(c);
	return rc;
}

unsigned wg_pool_processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? (unsigned)CPU_COUNT(&set) : 1;
}
