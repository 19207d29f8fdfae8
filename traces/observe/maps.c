/*
 * maps.c: see maps.h.
 */
#include "traces/observe/maps.h"

#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/names.h"
#include "traces/observe/proc.h"

/* What threads wait in on behalf of the program; sanitizers stand in front of it. */
static bool is_libc(const char *name)
{
	static const char *const begins[] = { "libc.so", "libc-", "libc.musl", "ld-linux",
		"ld-musl", "ld-2", "libpthread", "librt", "[vdso]", "libasan", "libtsan",
		"libwakegap-preload" };
	size_t i;

	for (i = 0; i < sizeof(begins) / sizeof(begins[0]); i++) {
		if (strncmp(name, begins[i], strlen(begins[i])) == 0)
			return true;
	}
	return false;
}

const char *wg__map_name(const struct wg__map_part *part)
{
	const char *slash = strrchr(part->path, '/');

	if (!part->path[0])
		return "[anonymous]";
	return slash ? slash + 1 : part->path;
}

static int add(struct wg__maps *maps, const struct wg__map_part *part, const char *path)
{
	static const char deleted[] = " (deleted)";
	size_t len = strlen(path), end = sizeof(deleted) - 1;
	int rc = wg__grow(&maps->part, &maps->cap, maps->count, sizeof(*maps->part));
	struct wg__map_part *to = rc == 0 ? &maps->part[maps->count] : NULL;

	if (!to)
		return rc;
	*to = *part;
	/* A program or library that was replaced while it runs. */
	to->path = len > end && strcmp(path + len - end, deleted) == 0 ? strndup(path, len - end)
								       : strdup(path);
	if (!to->path)
		return -ENOMEM;
	to->is_libc = is_libc(wg__map_name(to));
	maps->count++;
	return 0;
}

/* A program that was linked for fixed addresses has them in its file as well. */
static uint64_t base_of(pid_t tid, uint64_t first)
{
	Elf64_Ehdr head;

	if (wg__proc_memory(tid, first, &head, sizeof(head)) == sizeof(head) &&
		memcmp(head.e_ident, ELFMAG, SELFMAG) == 0 && head.e_type == ET_EXEC)
		return 0;
	return first;
}

struct reading {
	struct wg__maps *maps;
	pid_t tid;
	char first_path[512]; /* the file that is being read, and where it begins */
	uint64_t first;
	uint64_t base;
	bool has_base;
};

/* "BEGIN-END PERMS OFFSET DEVICE INODE   PATH": parts of one file stand together. */
static int take_line(struct reading *r, char *line)
{
	struct wg__map_part part = { 0 };
	char perms[5];
	uint64_t offset;
	int at = 0;

	line[strcspn(line, "\n")] = '\0';
	if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s %" SCNx64 " %*s %*s %n", &part.begin,
		    &part.end, perms, &offset, &at) != 4 ||
		at == 0)
		return 0;
	if (strncmp(r->first_path, line + at, sizeof(r->first_path) - 1) != 0 || offset == 0) {
		(void)snprintf(r->first_path, sizeof(r->first_path), "%s", line + at);
		r->first = part.begin - offset;
		r->has_base = false;
	}
	if (perms[2] != 'x')
		return 0;
	if (!r->has_base)
		r->base = line[at] == '/' ? base_of(r->tid, r->first) : r->first;
	r->has_base = true;
	part.base = r->base;
	return add(r->maps, &part, line + at);
}

int wg__maps_read(int dir, pid_t tid, struct wg__maps *ret)
{
	struct reading r = { .maps = ret, .tid = tid };
	int fd = openat(dir, "maps", O_RDONLY | O_CLOEXEC), rc = 0;
	FILE *file = fd < 0 ? NULL : fdopen(fd, "r");
	char *line = NULL;
	size_t cap = 0;

	*ret = (struct wg__maps){ 0 };
	if (!file) {
		rc = errno == ENOENT ? -ESRCH : -errno;
		if (fd >= 0)
			(void)close(fd);
		return rc;
	}
	while (rc == 0 && getline(&line, &cap, file) > 0)
		rc = take_line(&r, line);
	free(line);
	(void)fclose(file);
	if (rc < 0)
		wg__maps_fini(ret);
	return rc;
}

void wg__maps_fini(struct wg__maps *maps)
{
	size_t i;

	for (i = 0; i < maps->count; i++)
		free(maps->part[i].path);
	free(maps->part);
	*maps = (struct wg__maps){ 0 };
}

const struct wg__map_part *wg__maps_find(const struct wg__maps *maps, uint64_t address)
{
	size_t low = 0, high = maps->count;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (address >= maps->part[mid].end)
			low = mid + 1;
		else
			high = mid;
	}
	return low < maps->count && maps->part[low].begin <= address ? &maps->part[low] : NULL;
}
