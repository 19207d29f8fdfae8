/*
 * targets.c: see targets.h: the list of targets, and what they share.
 */
#include "tests/fuzz/targets.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/model/model.h"

#define FUZZ(name) &fuzz_##name,
const struct fuzz_target *const fuzz_targets[] = {
#include "tests/fuzz/targets.def"
	NULL
};
#undef FUZZ

void fuzz_write(const char *dir, const char *name, const void *bytes, size_t len)
{
	char path[4096];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len || close(fd) < 0)
		abort();
}

char *fuzz_read(const char *path, size_t *ret_len)
{
	struct stat st;
	char *bytes = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0 || !(bytes = malloc((size_t)st.st_size + 1)) ||
		read(fd, bytes, (size_t)st.st_size) != st.st_size || close(fd) < 0)
		abort();
	bytes[st.st_size] = '\0';
	*ret_len = (size_t)st.st_size;
	return bytes;
}

const char *fuzz_sample(const char *name)
{
	static char path[4096];

	(void)snprintf(path, sizeof(path), "traces/samples/%s", name);
	return path;
}

void fuzz_text(const uint8_t *data, size_t len, char *text, size_t size)
{
	(void)snprintf(text, size, "%.*s", (int)len, (const char *)data);
}

const struct wg_trace *fuzz_trace_tick(void)
{
	static struct wg_trace *trace;
	struct wg_error err;

	if (!trace && wg_trace_load(fuzz_sample("tick"), &trace, &err) < 0)
		abort();
	return trace;
}
