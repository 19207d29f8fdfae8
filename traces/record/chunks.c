/*
 * chunks.c: see chunks.h.
 *
 * A chunk has its name only when it is whole, so what is in archives/ nobody writes to any more.
 */
#include "traces/record/chunks.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/tree.h"
#include "traces/record/files.h"

/* By the number at the end: within a second the rest of the names is the same. */
static int by_number(const struct dirent **a, const struct dirent **b)
{
	const char *x = strrchr((*a)->d_name, '-'), *y = strrchr((*b)->d_name, '-');
	long m = x ? strtol(x + 1, NULL, 10) : 0, n = y ? strtol(y + 1, NULL, 10) : 0;

	return m < n ? -1 : m > n;
}

static int is_chunk(const struct dirent *e)
{
	return e->d_name[0] != '.' && strrchr(e->d_name, '-') != NULL;
}

/* Their names, the oldest first, for free(3); how many. */
static size_t list(const char *dir, struct dirent ***ret)
{
	int n = scandir(dir, ret, is_chunk, by_number);

	return n < 0 ? 0 : (size_t)n;
}

static void free_list(struct dirent **names, size_t count)
{
	size_t i;

	for (i = 0; i < count; i++)
		free(names[i]);
	free(names);
}

static void archives(const struct wg__folder *folder, char *ret, size_t len)
{
	if ((size_t)snprintf(ret, len, "%s/archives", folder->path) >= len)
		ret[0] = '\0'; /* no folder has such a name */
}

size_t wg__chunks_count(const struct wg__folder *folder)
{
	struct dirent **names = NULL;
	char dir[PATH_MAX + 16];
	size_t count;

	archives(folder, dir, sizeof(dir));
	count = list(dir, &names);
	free_list(names, count);
	return count;
}

size_t wg__chunks_prune(const struct wg__folder *folder, uint64_t max_bytes)
{
	uint64_t bytes = wg__folder_bytes(folder);
	struct dirent **names = NULL;
	char dir[PATH_MAX + 16], path[PATH_MAX + 300];
	size_t count, i, removed = 0;

	archives(folder, dir, sizeof(dir));
	count = list(dir, &names);
	for (i = 0; i + 1 < count && bytes > max_bytes; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]->d_name);
		if (wg_remove_tree(path) < 0)
			break;
		removed++;
		bytes = wg__folder_bytes(folder);
	}
	free_list(names, count);
	return removed;
}

uint64_t wg__chunks_bytes_now(const struct wg__folder *folder)
{
	struct wg__folder finished = { .fd = -1 };
	uint64_t all = wg__folder_bytes(folder), done;

	archives(folder, finished.path, sizeof(finished.path));
	done = wg__folder_bytes(&finished);
	return all > done ? all - done : 0;
}
