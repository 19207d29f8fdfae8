/*
 * live_any.c: see live_any.h.
 */
#include "tests/viz/live_any.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/traces/planted_run.h"
#include "traces/gather/live.h"
#include "traces/kernel/kernel.h"
#include "traces/kernel/live.h"

#define DEADLINE_MS 40000

bool live_any_lacks_planted(void)
{
	if (access(wg_build_path("planted"), X_OK) == 0)
		return false;
	wg_skip("the program planted is not built");
	return true;
}

bool live_any_lacks_kernel(void)
{
	struct wg_error err;

	if (wg_kernel_check(&err) == 0)
		return live_any_lacks_planted();
	wg_skip(err.text);
	return true;
}

static void map_control(struct live_any *any, const char *dir)
{
	char path[512];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/control", dir);
	fd = open(path, O_RDWR | O_CLOEXEC);
	any->control =
		fd < 0 ? MAP_FAILED
		       : mmap(NULL, WG_PRELOAD_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	CU_ASSERT_FATAL(any->control != MAP_FAILED);
	(void)close(fd);
}

void live_any_prepare(struct live_any *any, const char *what, bool in_kernel, bool follows)
{
	static char program[512];
	char *argv[] = { program, (char *)(uintptr_t)what, NULL };
	static const char *const nothing[] = { NULL };
	struct wg_kernel_live_options kernel = { .pids = 1, .at_exec = true };
	struct wg_command_options options = { argv, { -1, -1, -1 }, false, nothing };
	struct wg_gather_live *library = NULL;
	struct wg_error err = { 0, "" };
	int pipe_fds[2], signo, rc = 0;
	pid_t pid;

	*any = (struct live_any){ .out = -1 };
	(void)snprintf(program, sizeof(program), "%s", wg_build_path("planted"));
	CU_ASSERT_FATAL(pipe2(pipe_fds, O_CLOEXEC) == 0);
	any->out = pipe_fds[0];
	if (follows)
		planted_follow(any->out);
	options.stdio[1] = pipe_fds[1];
	if (!in_kernel) {
		rc = wg_gather_live_prepare(
			wg_build_path("libwakegap-preload.so"), program, &library, &err);
		CU_ASSERT_EQUAL_FATAL(rc, 0);
		options.env = wg_gather_live_env(library);
		map_control(any, options.env[1]);
	}
	rc = wg_command_start(&options, &any->run.command, &signo, &err);
	(void)close(pipe_fds[1]);
	CU_ASSERT_EQUAL_FATAL(rc, 0);
	pid = wg_command_pid(any->run.command);
	kernel.pid = &pid;
	rc = in_kernel ? wg_kernel_live_open(&kernel, &any->run.live, &err)
		       : wg_gather_live_open(library, pid, false, &any->run.live, &err);
	if (rc < 0)
		printf("# %s\n", err.text);
	CU_ASSERT_EQUAL_FATAL(rc, 0);
	CU_ASSERT_EQUAL_FATAL(wg_live_wait(any->run.live, DEADLINE_MS, &err), 0);
}

void live_any_release(struct live_any *any)
{
	struct wg_error err;

	CU_ASSERT_EQUAL_FATAL(wg_command_release(any->run.command, &err), 0);
}

void live_any_leave(struct live_any *any)
{
	wg_live_close(any->run.live);
	wg_command_leave(any->run.command);
	if (any->control)
		(void)munmap(any->control, WG_PRELOAD_PAGE);
	(void)close(any->out);
}
