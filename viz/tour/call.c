/*
 * call.c: the tour uses the commands that it teaches, as a person would: `wakegap run`, `view`,
 * `scan`.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "viz/run/workload_program.h"
#include "viz/tour/tour.h"

enum { ARGS_MAX = 24 };

/* 0 or a negative errno. */
static int fill(int fd, size_t bytes)
{
	char block[1 << 16];

	while (bytes) {
		size_t len = bytes < sizeof(block) ? bytes : sizeof(block);
		ssize_t n = getrandom(block, len, 0);

		if (n > 0)
			n = write(fd, block, (size_t)n);
		if (n < 0 && errno != EINTR)
			return -errno;
		bytes -= n > 0 ? (size_t)n : 0;
	}
	return 0;
}

int wg_tour_prepare(struct tour *tour, size_t bytes, struct wg_error *err)
{
	ssize_t n = readlink("/proc/self/exe", tour->self, sizeof(tour->self) - 1);
	int len = snprintf(tour->file, sizeof(tour->file), "%s/file", tour->dir), fd, rc;

	if (n < 0)
		return wg_error_set(
			err, -errno, "cannot tell where wakegap is: %s", strerror(errno));
	tour->self[n] = '\0';
	if (len < 0 || (size_t)len >= sizeof(tour->file))
		return wg_error_set(
			err, -ENAMETOOLONG, "the path '%.100s...' is too long", tour->dir);
	fd = open(tour->file, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	rc = fd < 0 ? -errno : fill(fd, bytes);
	if (fd >= 0 && close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc < 0)
		return wg_error_set(err, rc, "cannot write '%s': %s", tour->file, strerror(-rc));
	return 0;
}

int wg_tour_call(const struct tour *tour, const char *const *args, int out_fd, struct wg_error *err)
{
	char *argv[ARGS_MAX + 2] = { (char *)(uintptr_t)tour->self };
	pid_t pid;
	size_t i;

	for (i = 0; i < ARGS_MAX && args[i]; i++)
		argv[i + 1] = (char *)(uintptr_t)args[i];
	(void)fflush(stdout);
	pid = wg_workload_start(argv, out_fd < 0 ? STDOUT_FILENO : out_fd, err);
	return pid < 0 ? (int)pid : wg_workload_end(pid);
}
