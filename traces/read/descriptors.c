/*
 * descriptors.c: see descriptors.h.
 */
#include "traces/read/descriptors.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define SPARE_MAX 40 /* with these a trace of a few streams can be opened */

bool wg__descriptors_lack(size_t count)
{
	int *fd = calloc(count, sizeof(*fd));
	size_t i;
	bool lacks = false;

	if (!fd)
		return true;
	for (i = 0; i < count && !lacks; i++) {
		fd[i] = open("/dev/null", O_RDONLY | O_CLOEXEC);
		lacks = fd[i] < 0 && (errno == EMFILE || errno == ENFILE);
	}
	while (i-- > 0) {
		if (fd[i] >= 0)
			(void)close(fd[i]);
	}
	free(fd);
	return lacks;
}

bool wg__descriptors_raise(void)
{
	struct rlimit limit;

	if (getrlimit(RLIMIT_NOFILE, &limit) < 0 || limit.rlim_cur == limit.rlim_max)
		return false;
	limit.rlim_cur = limit.rlim_max;
	return setrlimit(RLIMIT_NOFILE, &limit) == 0;
}

void wg__descriptors_make_room(void)
{
	if (wg__descriptors_lack(SPARE_MAX))
		(void)wg__descriptors_raise();
}
