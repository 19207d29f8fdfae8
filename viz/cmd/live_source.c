/*
 * live_source.c: see live_source.h.
 */
#include "viz/cmd/live_source.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "traces/gather/live.h"
#include "traces/kernel/live.h"
#include "traces/preload/arena.h"
#include "traces/read/live.h"
#include "traces/record/command.h"
#include "viz/cmd/observer_args.h"
#include "viz/run/workload_program.h"

static int prepare_preload(struct wg_live_source *s, struct wg_error *err)
{
	char library[PATH_MAX];
	int rc = wg_program_beside(WG_PRELOAD_LIBRARY, library, sizeof(library), err);

	return rc < 0 ? rc : wg_gather_live_prepare(library, s->argv[0], &s->preload, err);
}

static int open_file(const char *path, int flags, int *ret, struct wg_error *err)
{
	*ret = open(path, flags | O_CLOEXEC, 0666);
	return *ret >= 0 ? 0
			 : wg_error_set(err, -errno, "cannot open '%s': %s", path, strerror(errno));
}

/* It has no terminal. What it prints goes to a file, but a standard error that is another file. */
static int open_stdio(const struct wg_live_source *s, int *stdio, struct wg_error *err)
{
	int rc = open_file(s->log ? s->log : "/dev/null",
		O_WRONLY | (s->log ? O_CREAT | O_TRUNC : 0), &stdio[1], err);

	if (rc == 0 && isatty(STDIN_FILENO))
		rc = open_file("/dev/null", O_RDONLY, &stdio[0], err);
	stdio[2] = s->log || isatty(STDERR_FILENO) ? stdio[1] : -1;
	return rc;
}

static void close_fd(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

int wg_live_source_start(struct wg_live_source *s, int *ret_signal, struct wg_error *err)
{
	static const char *const nothing[] = { NULL };
	struct wg_command_options options = {
		.argv = s->argv, .stdio = { -1, -1, -1 }, .only_command = s->only
	};
	int rc;

	if (!s->argv)
		return 0;
	rc = open_stdio(s, options.stdio, err);
	if (rc == 0 && s->choice.with == WG_WITH_PRELOAD)
		rc = prepare_preload(s, err);
	if (s->choice.with != WG_WITH_LTTNG)
		options.env = s->preload ? wg_gather_live_env(s->preload) : nothing;
	if (rc == 0)
		rc = wg_command_start(&options, &s->command, ret_signal, err);
	close_fd(options.stdio[0]);
	close_fd(options.stdio[1]);
	return rc;
}

int wg_live_source_open(struct wg_live_source *s, struct wg_live **ret_live, struct wg_error *err)
{
	struct wg_kernel_live_options kernel = { .pid = s->observer->pid,
		.pids = s->observer->pids,
		.has_calls = s->observer->has_calls };
	struct wg_gather_live *preload = s->preload;
	pid_t pid = s->command ? wg_command_pid(s->command) : 0;

	if (s->choice.with == WG_WITH_LTTNG)
		return wg_live_open(s->url ? s->url : wg_command_url(s->command), ret_live, err);
	if (s->choice.with == WG_WITH_PRELOAD) {
		s->preload = NULL;
		return wg_gather_live_open(preload, pid, s->only, ret_live, err);
	}
	if (s->command) {
		kernel.pid = &pid;
		kernel.pids = 1;
		kernel.at_exec = true;
	}
	return wg_kernel_live_open(&kernel, ret_live, err);
}

void wg_live_source_leave(struct wg_live_source *s)
{
	wg_command_leave(s->command);
	wg_gather_live_drop(s->preload);
	s->command = NULL;
	s->preload = NULL;
}
