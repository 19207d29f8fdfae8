/*
 * box.c: the grader's side of the box: start the keeper, read what comes, look at the clock.
 */
#include "labs/grade/box/box.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "labs/grade/box/box_impl.h"

/* How long the keeper may need to clean up; then it is killed, too. */
#define GRACE_MS 5000

static int64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* ---- outputs ---- */

/* Read what is there; false: the end. Beyond the bound it is only counted. */
static bool drain(int fd, struct wg_box_text *t, size_t keep)
{
	static char waste[65536];
	ssize_t n;

	if (t->len < keep)
		n = read(fd, t->text + t->len, keep - t->len);
	else
		n = read(fd, waste, sizeof(waste));
	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	if (t->len < keep)
		t->len += (size_t)n;
	t->total += (uint64_t)n;
	t->text[t->len] = '\0';
	return n > 0;
}

struct pipes {
	int out[2], report[2], status[2];
};

static void close_fd(int *fd)
{
	if (*fd >= 0)
		(void)close(*fd);
	*fd = -1;
}

static int open_pipes(struct pipes *p, bool wants_report)
{
	memset(p, 0xff, sizeof(*p)); /* -1 */
	if (pipe2(p->out, O_CLOEXEC) < 0 || pipe2(p->status, O_CLOEXEC) < 0 ||
		(wants_report && pipe2(p->report, O_CLOEXEC) < 0))
		return -errno;
	return 0;
}

static void close_pipes(struct pipes *p)
{
	int *fds = (int *)p;
	size_t i;

	for (i = 0; i < sizeof(*p) / sizeof(int); i++)
		close_fd(&fds[i]);
}

/* ---- the run ---- */

struct run {
	const struct wg_box_options *options;
	struct wg_box_result *result;
	struct pipes pipes;
	pid_t keeper;
	bool has_ended;	 /* the program, as the keeper reported */
	bool is_stopped; /* we were asked to */
};

/* Read what the keeper reports; false: there is no more. */
static bool hear(struct run *r)
{
	struct wg__box_news news;
	ssize_t n = read(r->pipes.status[0], &news, sizeof(news));

	if (n != (ssize_t)sizeof(news))
		return n < 0 && errno == EINTR;
	r->result->fences = news.fences;
	if (news.is_end) {
		r->has_ended = true;
		r->result->exit_code = news.exit_code;
		r->result->signal = news.signal;
		r->result->used_bytes = news.used_bytes;
	}
	return true;
}

/* One look at all pipes; closes those that have ended. */
static void serve(struct run *r, int timeout_ms)
{
	struct pollfd p[3] = { { r->pipes.status[0], POLLIN, 0 }, { r->pipes.out[0], POLLIN, 0 },
		{ r->pipes.report[0], POLLIN, 0 } };

	if (poll(p, 3, timeout_ms) <= 0)
		return;
	if (p[1].revents && !drain(r->pipes.out[0], &r->result->out, r->options->keep_bytes))
		close_fd(&r->pipes.out[0]);
	if (p[2].revents && !drain(r->pipes.report[0], &r->result->report, r->options->keep_bytes))
		close_fd(&r->pipes.report[0]);
	if (p[0].revents && !hear(r))
		close_fd(&r->pipes.status[0]);
}

/* What is left in a pipe whose writers have ended. If one lives, we do not wait for it. */
static void empty(int fd, struct wg_box_text *t, size_t keep)
{
	struct pollfd p = { fd, POLLIN, 0 };

	while (fd >= 0 && poll(&p, 1, 0) == 1 && drain(fd, t, keep))
		;
}

/*
 * Until the keeper has ended: its end of the status pipe closes with it, and no process in the box
 * has that end. No process holds the outputs open then, either.
 */
static void attend(struct run *r)
{
	int64_t begin = now_ms(), until = begin + r->options->wall_ms;

	while (r->pipes.status[0] >= 0) {
		int64_t left = until - now_ms();

		if (!r->is_stopped && r->options->is_over && r->options->is_over()) {
			r->is_stopped = true;
			(void)kill(r->keeper, SIGTERM);
			until = now_ms() + GRACE_MS;
			continue;
		}
		if (left > 0) {
			serve(r, left > 1000 ? 1000 : (int)left);
			continue;
		}
		if (r->result->is_late || r->has_ended || r->is_stopped) {
			(void)kill(r->keeper, SIGKILL); /* with it goes process 1 of the box */
			break;
		}
		r->result->is_late = true;
		(void)kill(r->keeper, SIGTERM);
		until = now_ms() + GRACE_MS;
	}
	while (waitpid(r->keeper, NULL, 0) < 0 && errno == EINTR)
		;
	r->result->wall_ms = now_ms() - begin;
	empty(r->pipes.out[0], &r->result->out, r->options->keep_bytes);
	empty(r->pipes.report[0], &r->result->report, r->options->keep_bytes);
}

static int make_room(const struct wg_box_options *o, struct wg_box_result *ret)
{
	*ret = (struct wg_box_result){
		.exit_code = -1, .limit_ms = o->wall_ms, .limit_bytes = o->memory_bytes
	};
	ret->out.text = calloc(1, o->keep_bytes + 1);
	ret->report.text = calloc(1, o->keep_bytes + 1);
	return ret->out.text && ret->report.text ? 0 : -ENOMEM;
}

static void start(struct run *r)
{
	struct wg__box box = { .options = r->options,
		.out_fd = r->pipes.out[1],
		.report_fd = r->pipes.report[1],
		.status_fd = r->pipes.status[1],
		.null_fd = open("/dev/null", O_RDWR | O_CLOEXEC),
		.grader = getpid(),
		.user = wg_box_user() };

	(void)fflush(NULL);
	r->keeper = fork();
	if (r->keeper == 0)
		wg__box_keep(&box);
	if (box.null_fd >= 0)
		(void)close(box.null_fd);
	close_fd(&r->pipes.out[1]);
	close_fd(&r->pipes.report[1]);
	close_fd(&r->pipes.status[1]);
}

int wg_box_run(const struct wg_box_options *options, struct wg_box_result *ret_result,
	struct wg_error *err)
{
	struct run r = { .options = options, .result = ret_result };
	int rc = make_room(options, ret_result);

	if (rc == 0)
		rc = open_pipes(&r.pipes, options->wants_report);
	if (rc == 0) {
		start(&r);
		if (r.keeper < 0)
			rc = -errno;
		else
			attend(&r);
		close_pipes(&r.pipes);
	}
	if (rc == 0 && r.is_stopped)
		rc = -EINTR;
	if (rc == 0 && !r.has_ended && !ret_result->is_late)
		rc = -ECHILD; /* the keeper failed before it could start anything */
	if (rc < 0) {
		(void)wg_error_set(err, rc, "cannot run '%s': %s", options->argv[0],
			rc != -ECHILD	      ? strerror(-rc)
			: ret_result->out.len ? ret_result->out.text
					      : "what ran it was killed from outside");
		wg_box_result_fini(ret_result);
	}
	return rc;
}

void wg_box_result_fini(struct wg_box_result *result)
{
	free(result->out.text);
	free(result->report.text);
	result->out.text = result->report.text = NULL;
}

const char *wg_box_fences_text(unsigned fences, char *buf, size_t len)
{
	const char *world = fences & WG_BOX_NAMESPACES ? "no network, own processes and files"
			    : fences & WG_BOX_SECCOMP  ? "no network by a filter of system calls"
						       : "the network is not cut off here";

	(void)snprintf(buf, len, "%s%s%s%s", world,
		(fences & WG_BOX_NAMESPACES) && (fences & WG_BOX_SECCOMP)
			? ", filtered system calls"
			: "",
		fences & WG_BOX_NOT_ROOT ? ", not as root" : "",
		fences & WG_BOX_SECCOMP ? "" : ", no limit on memory outside processes");
	return buf;
}
