/*
 * requires.c: see requires.h. Asked by trying: what a kernel has says nothing about what a
 * container lets through.
 */
#include "labs/grade/judge/requires.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static bool has_uring(void)
{
	/* No entries and no room for the answer: refused with EINVAL or EFAULT where it exists. */
	return syscall(SYS_io_uring_setup, 0, NULL) >= 0 || (errno != ENOSYS && errno != EPERM);
}

static bool has_lttng(void)
{
	return access("/usr/bin/lttng-sessiond", X_OK) == 0 ||
	       access("/usr/local/bin/lttng-sessiond", X_OK) == 0;
}

static const struct {
	const char *word;
	bool (*is_there)(void);
	const char *missing;
} wants[] = {
	{ "io_uring", has_uring,
		"io_uring is not allowed here, by the kernel or by the container" },
	{ "lttng", has_lttng,
		"lttng-sessiond is not installed: apt install lttng-tools" WG_SEE_DOCTOR },
};

const char *wg_lab_lacks(const struct wg_lab *lab, char *text, size_t len)
{
	char copy[sizeof(lab->requires)], *rest = copy, *word;
	size_t i;

	(void)snprintf(copy, sizeof(copy), "%s", lab->requires);
	while ((word = strsep(&rest, " ,\t"))) {
		for (i = 0; i < sizeof(wants) / sizeof(wants[0]); i++) {
			if (strcmp(wants[i].word, word) != 0 || wants[i].is_there())
				continue;
			(void)snprintf(text, len, "%s", wants[i].missing);
			return text;
		}
	}
	return NULL;
}
