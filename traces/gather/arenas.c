/*
 * arenas.c: see arenas.h.
 */
#include "traces/gather/arenas.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/names.h"
#include "traces/base/regular.h"

/* --- bytes --- */

static int read_all(int fd, char *bytes, size_t len)
{
	size_t at = 0;
	ssize_t n;

	while (at < len) {
		n = pread(fd, bytes + at, len - at, (off_t)at);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EINVAL;
		at += (size_t)n;
	}
	return 0;
}

/* A copy, since the file may become shorter at any time. 1: it is no arena. */
static int copy_arena(int fd, const struct stat *st, void **ret, size_t *ret_len)
{
	struct wg_preload_arena head;
	uint64_t used;
	void *bytes;
	int rc;

	if (pread(fd, &head, sizeof(head), 0) != sizeof(head) || head.magic != WG_PRELOAD_MAGIC)
		return 1;
	used = head.used / WG_PRELOAD_PAGE * WG_PRELOAD_PAGE;
	if (used < WG_PRELOAD_PAGE)
		return 1;
	if (used > (uint64_t)st->st_size)
		used = (uint64_t)st->st_size;
	/* What was never written takes no room, but a hostile program may say anything. */
	if (used > ((uint64_t)st->st_blocks + 8) * 512 * 2)
		return 1;
	bytes = mmap(NULL, used, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (bytes == MAP_FAILED)
		return -errno;
	rc = read_all(fd, bytes, used);
	if (rc < 0) {
		(void)munmap(bytes, used);
		return rc;
	}
	*ret = bytes;
	*ret_len = used;
	return 0;
}

static int add_arena(struct wg__arenas *a, int fd, const struct stat *st)
{
	void *bytes = NULL;
	size_t len = 0;
	int rc = copy_arena(fd, st, &bytes, &len);

	if (rc != 0)
		return rc < 0 ? rc : 0;
	if (wg__grow(&a->arena, &a->cap, a->count, sizeof(*a->arena)) < 0) {
		(void)munmap(bytes, len);
		return -ENOMEM;
	}
	a->arena[a->count].bytes = bytes;
	a->arena[a->count++].len = len;
	return 0;
}

/* --- chunks --- */

static int thread_of(struct wg__arenas *a, uint32_t arena, const struct wg_preload_chunk *chunk,
	size_t first, size_t *ret)
{
	size_t i;
	struct wg__arena_thread *t;

	/* The latest ones are most likely meant. */
	for (i = a->thread_count; i-- > first;) {
		if (a->thread[i].number == chunk->thread && a->thread[i].tid == chunk->tid) {
			*ret = i;
			return 0;
		}
	}
	if (wg__grow(&a->thread, &a->thread_cap, a->thread_count, sizeof(*a->thread)) < 0)
		return -ENOMEM;
	t = &a->thread[a->thread_count];
	*t = (struct wg__arena_thread){
		.arena = arena, .pid = chunk->pid, .tid = chunk->tid, .number = chunk->thread
	};
	*ret = a->thread_count++;
	return 0;
}

static int add_records(struct wg__arenas *a, const struct wg_preload_chunk *chunk, size_t thread)
{
	const struct wg_preload_record *r = (const void *)(chunk + 1);
	uint32_t i, count = chunk->count, most = (chunk->bytes - sizeof(*chunk)) / sizeof(*r);

	for (i = 0; i < count && i < most; i++) {
		if (wg__grow(&a->record, &a->record_cap, a->record_count, sizeof(*a->record)) < 0)
			return -ENOMEM;
		a->record[a->record_count++] = (struct wg__arena_record){ r + i, (uint32_t)thread };
	}
	return 0;
}

static int add_chunk(
	struct wg__arenas *a, uint32_t arena, const struct wg_preload_chunk *chunk, size_t first)
{
	struct wg__arena_thread *t;
	size_t thread;
	int rc = thread_of(a, arena, chunk, first, &thread);

	if (rc < 0)
		return rc;
	t = &a->thread[thread];
	memcpy(t->name, chunk->name, sizeof(chunk->name));
	t->is_ended = chunk->is_ended;
	t->open = chunk->open;
	a->lost += chunk->lost;
	a->nobody += chunk->nobody;
	return add_records(a, chunk, thread);
}

static int add_chunks(struct wg__arenas *a, uint32_t arena)
{
	const char *bytes = a->arena[arena].bytes;
	const struct wg_preload_arena *head = (const void *)bytes;
	size_t len = a->arena[arena].len, at = WG_PRELOAD_PAGE, first = a->thread_count;
	int rc = 0;

	a->lost += head->lost;
	a->have_lttng |= head->has_lttng != 0;
	a->have_uring |= head->has_uring != 0;
	a->have_fence |= head->is_fenced != 0;
	while (rc == 0 && at + WG_PRELOAD_PAGE <= len) {
		const struct wg_preload_chunk *chunk = (const void *)(bytes + at);

		/* One that was never filled is passed over, page by page. */
		if (chunk->magic != WG_PRELOAD_MAGIC || chunk->bytes < WG_PRELOAD_PAGE ||
			chunk->bytes % WG_PRELOAD_PAGE || chunk->bytes > len - at) {
			at += WG_PRELOAD_PAGE;
			continue;
		}
		rc = add_chunk(a, arena, chunk, first);
		at += chunk->bytes;
	}
	return rc;
}

static int by_time(const void *x, const void *y)
{
	const struct wg__arena_record *a = x, *b = y;

	if (a->r->ns != b->r->ns)
		return a->r->ns < b->r->ns ? -1 : 1;
	return a->r < b->r ? -1 : a->r > b->r;
}

int wg__arenas_read(const char *dir, struct wg__arenas *ret)
{
	DIR *files = opendir(dir);
	struct dirent *entry;
	struct stat st;
	uint32_t i;
	int rc = 0, fd;

	*ret = (struct wg__arenas){ 0 };
	if (!files)
		return -errno;
	while (rc == 0 && (entry = readdir(files))) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		fd = wg__open_regular(dirfd(files), entry->d_name, &st);
		if (fd < 0)
			continue;
		rc = add_arena(ret, fd, &st);
		(void)close(fd);
	}
	(void)closedir(files);
	for (i = 0; rc == 0 && i < ret->count; i++)
		rc = add_chunks(ret, i);
	if (rc == 0 && ret->record_count)
		qsort(ret->record, ret->record_count, sizeof(*ret->record), by_time);
	return rc;
}

void wg__arenas_fini(struct wg__arenas *a)
{
	size_t i;

	for (i = 0; i < a->count; i++)
		(void)munmap(a->arena[i].bytes, a->arena[i].len);
	free(a->arena);
	free(a->thread);
	free(a->record);
	*a = (struct wg__arenas){ 0 };
}
