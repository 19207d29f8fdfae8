/*
 * regular.c: see regular.h. O_NONBLOCK, because to open a FIFO waits for its writer; regular files
 * do not care.
 */
#include "traces/base/regular.h"

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

int wg__open_regular(int at, const char *path, struct stat *ret_stat)
{
	int fd = openat(at, path, O_RDONLY | O_NONBLOCK | O_CLOEXEC), rc = 0;

	if (fd < 0 || fstat(fd, ret_stat) < 0)
		rc = -errno;
	else if (!S_ISREG(ret_stat->st_mode))
		rc = -EINVAL;
	if (rc < 0 && fd >= 0)
		(void)close(fd);
	return rc < 0 ? rc : fd;
}
