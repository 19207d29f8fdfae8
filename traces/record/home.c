/*
 * home.c: see home.h.
 *
 * The folder has one name per user, so that recordings at the same time find each other's session
 * daemon. Anybody may make things in /tmp, so one that is not ours alone is not used.
 */
#include "traces/record/home.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

static int can_hold_sockets(const char *home)
{
	char path[4096];

	if (access(home, W_OK | X_OK) == 0)
		return 1;
	/* A daemon of before may be there. */
	return (size_t)snprintf(path, sizeof(path), "%s/.lttng", home) < sizeof(path) &&
	       access(path, W_OK | X_OK) == 0;
}

const char *wg__lttng_home(void)
{
	const char *home = getenv("HOME");
	char own[64];
	struct stat st;

	if (home && *home && can_hold_sockets(home))
		return home;
	(void)snprintf(own, sizeof(own), "/tmp/wakegap-lttng-%ld", (long)geteuid());
	if (mkdir(own, 0700) != 0 && errno != EEXIST)
		return NULL;
	if (lstat(own, &st) != 0 || !S_ISDIR(st.st_mode) || st.st_uid != geteuid() ||
		(st.st_mode & 077) != 0)
		return NULL;
	return setenv("LTTNG_HOME", own, 1) == 0 ? getenv("LTTNG_HOME") : NULL;
}
