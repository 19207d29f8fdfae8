/*
 * private_lttng.c: see private_lttng.h.
 */
#include "tests/harness/private_lttng.h"

#include <dirent.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/harness.h"

#define WORDS_MAX 48

/* Why there can be none here, or NULL. */
static const char *obstacle(void)
{
	static const char *const probe[] = { "unshare", "-m", "true", NULL };

	if (access("/usr/bin/lttng-sessiond", X_OK) != 0)
		return "lttng-sessiond is not installed";
	if (geteuid() == 0 && wg_run(NULL, NULL, probe) != 0)
		return "root may not make a mount namespace here";
	return NULL;
}

bool wg_private_set_up(struct wg_private *p)
{
	const char *why = obstacle();

	if (why) {
		wg_skip(why);
		return false;
	}
	(void)snprintf(p->home, sizeof(p->home), "%s", wg_tmpdir());
	(void)snprintf(p->rundir, sizeof(p->rundir), "%s/.lttng", p->home);
	(void)snprintf(p->temp, sizeof(p->temp), "%s/tmp", p->home);
	CU_ASSERT_EQUAL_FATAL(mkdir(p->rundir, 0755), 0);
	CU_ASSERT_EQUAL_FATAL(mkdir(p->temp, 0755), 0);
	return true;
}

const char *const *wg_private_words(const struct wg_private *p, const char *const words[])
{
	static const char script[] = "mkdir -p /var/run/lttng && mount --bind \"$0\" "
				     "/var/run/lttng && exec \"$@\"";
	static char lttng_home[300], tmpdir[320];
	static const char *argv[WORDS_MAX];
	size_t n = 0;

	(void)snprintf(lttng_home, sizeof(lttng_home), "LTTNG_HOME=%s", p->home);
	(void)snprintf(tmpdir, sizeof(tmpdir), "TMPDIR=%s", p->temp);
	argv[n++] = "env";
	argv[n++] = tmpdir;
	if (geteuid() == 0) {
		/* Not LTTNG_HOME: the program would register with the daemon a second time. */
		argv[n++] = "unshare";
		argv[n++] = "-m";
		argv[n++] = "sh";
		argv[n++] = "-c";
		argv[n++] = script;
		argv[n++] = p->rundir;
	} else {
		argv[n++] = lttng_home;
	}
	while (*words) {
		CU_ASSERT_FATAL(n < WORDS_MAX - 1);
		argv[n++] = *words++;
	}
	argv[n] = NULL;
	return argv;
}

bool wg_private_has_temp(const struct wg_private *p)
{
	DIR *dir = opendir(p->temp);
	struct dirent *e;
	bool found = false;

	while (dir && (e = readdir(dir)))
		found = found || strncmp(e->d_name, "wakegap-", 8) == 0;
	if (dir)
		(void)closedir(dir);
	return found;
}
