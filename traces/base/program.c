/*
 * program.c: see program.h.
 *
 * execvp(3) can fail only after the fork, when the session daemon runs and the session exists. "no
 * such command" is the most common mistake, and should be reported at once. The file may still go
 * away in between, so the caller also reports what exec says.
 */
#include "traces/base/program.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int check(const char *path)
{
	struct stat st;

	if (stat(path, &st) != 0)
		return errno == ENOTDIR ? -ENOENT : -errno;
	/* For root, access(2) accepts a directory too. */
	if (!S_ISREG(st.st_mode) || access(path, X_OK) != 0)
		return -EACCES;
	return 0;
}

int wg__program_find(const char *name, const char *search, char *path, size_t len)
{
	int result = -ENOENT;

	if (!*name)
		return -ENOENT;
	if (strchr(name, '/')) {
		if ((size_t)snprintf(path, len, "%s", name) >= len)
			return -ENAMETOOLONG;
		return check(path);
	}
	for (;;) {
		size_t part = strcspn(search, ":");
		int here;

		/* An empty element is the current folder, as the shell has it. */
		here = snprintf(path, len, "%.*s%s%s", (int)part, search, part ? "/" : "./", name);
		here = here < 0 || (size_t)here >= len ? -ENAMETOOLONG : check(path);
		if (here == 0)
			return 0;
		/* A folder that cannot be searched says nothing about the command. */
		if (here == -EACCES && access(path, F_OK) == 0)
			result = -EACCES; /* unless a later element has one that runs */
		if (!search[part])
			return result;
		search += part + 1;
	}
}

int wg__program_find_daemon(const char *name, const char *given, char *path, size_t len)
{
	const char *file = getenv(given), *search = getenv("PATH");

	if (file && *file)
		return wg__program_find(file, "", path, len);
	if (search && wg__program_find(name, search, path, len) == 0)
		return 0;
	return wg__program_find(name, "/usr/local/bin:/usr/bin:/usr/sbin", path, len);
}
