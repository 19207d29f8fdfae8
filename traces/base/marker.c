/*
 * marker.c: see marker.h.
 */
#include "traces/base/marker.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#define DEPTH 4 /* REC/ust/uid/0/64-bit */

static const char text[] =
	"`wakegap record` is writing this trace, and removes this file at its end.\n"
	"In a copy of the trace this file says that the end of the trace is missing.\n";

void wg__marker_make(int fd)
{
	int file = openat(fd, WG__MARKER, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);

	if (file < 0)
		return;
	(void)!write(file, text, sizeof(text) - 1); /* its name says enough */
	(void)close(file);
}

void wg__marker_remove(int fd)
{
	(void)unlinkat(fd, WG__MARKER, 0);
}

bool wg__marker_is_in(const char *dir)
{
	static const char up[] = "../../../../";
	int i;

	for (i = 0; i <= DEPTH; i++) {
		struct stat st;
		bool is_in;
		char *path;

		if (asprintf(&path, "%s/%.*s" WG__MARKER, dir, 3 * i, up) < 0)
			return false;
		is_in = lstat(path, &st) == 0 && S_ISREG(st.st_mode);
		free(path);
		if (is_in)
			return true;
	}
	return false;
}
