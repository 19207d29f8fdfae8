/*
 * arena_tail.c: see arena_tail.h.
 *
 * Each look opens each file anew: programs may be many, and descriptors are few. The file of a
 * program whose processes have all ended is looked at now and then only, and at the end: a child
 * that was forked and has not written yet may still be there.
 */
#include "traces/gather/arena_tail.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/names.h"
#include "traces/base/regular.h"

/* How often what seems to have ended is looked at. */
#define SELDOM 25
#define PART   256 /* records read at a time */

struct chunk {
	uint64_t at;
	uint32_t bytes, taken;
	uint32_t thread; /* index */
	uint64_t lost, nobody;
	int64_t next_ns; /* of the first record that was left */
	bool is_old;	 /* its thread has a later one */
};

struct wg__tail_file {
	char name[64];
	uint64_t at; /* all chunks before it are known */
	uint64_t lost;
	struct chunk *chunk; /* not freed yet */
	size_t chunks, cap;
	bool has_ended;
	bool is_known; /* all chunks are: nobody writes to it any more */
};

struct look {
	struct wg__arena_tail *tail;
	struct wg__arenas *threads;
	struct wg__tail_file *file;
	uint32_t arena; /* the file's number */
	int fd;
	int64_t until_ns;
	bool is_last;
};

/* ---- chunks ---- */

static bool is_chunk(const struct wg_preload_chunk *c, uint64_t room)
{
	return c->magic == WG_PRELOAD_MAGIC && c->bytes >= WG_PRELOAD_PAGE &&
	       c->bytes % WG_PRELOAD_PAGE == 0 && c->bytes <= room;
}

static bool is_known(const struct wg__tail_file *file, uint64_t at)
{
	size_t i;

	for (i = file->chunks; i-- > 0;) {
		if (file->chunk[i].at == at)
			return true;
	}
	return false;
}

/* The latest ones are most likely meant. */
static int thread_of(struct look *l, const struct wg_preload_chunk *c, uint32_t *ret)
{
	struct wg__arenas *a = l->threads;
	size_t i;

	for (i = a->thread_count; i-- > 0;) {
		const struct wg__arena_thread *t = &a->thread[i];

		if (t->arena == l->arena && t->number == c->thread && t->tid == c->tid) {
			*ret = (uint32_t)i;
			return 0;
		}
	}
	if (wg__grow(&a->thread, &a->thread_cap, a->thread_count, sizeof(*a->thread)) < 0)
		return -ENOMEM;
	*ret = (uint32_t)a->thread_count;
	a->thread[a->thread_count++] = (struct wg__arena_thread){
		.arena = l->arena, .pid = c->pid, .tid = c->tid, .number = c->thread
	};
	return 0;
}

static int add_chunk(struct look *l, uint64_t at, const struct wg_preload_chunk *c)
{
	struct wg__tail_file *file = l->file;
	uint32_t thread;
	size_t i;

	if (thread_of(l, c, &thread) < 0 ||
		wg__grow(&file->chunk, &file->cap, file->chunks, sizeof(*file->chunk)) < 0)
		return -ENOMEM;
	/* Those before its last one are old already. */
	for (i = file->chunks; i-- > 0 && file->chunk[i].thread != thread;)
		continue;
	if (i < file->chunks)
		file->chunk[i].is_old = true;
	file->chunk[file->chunks++] =
		(struct chunk){ .at = at, .bytes = c->bytes, .thread = thread };
	return 0;
}

/* What is not there yet is passed over to the next page that was written to. */
static int find_chunks(struct look *l, uint64_t used)
{
	struct wg_preload_chunk c;
	uint64_t at = l->file->at;
	bool has_gap = false;
	int rc = 0;

	while (rc == 0 && at + WG_PRELOAD_PAGE <= used) {
		off_t next;

		if (pread(l->fd, &c, sizeof(c), (off_t)at) == sizeof(c) &&
			is_chunk(&c, used - at)) {
			if (!is_known(l->file, at))
				rc = add_chunk(l, at, &c);
			at += c.bytes;
			if (!has_gap)
				l->file->at = at;
			continue;
		}
		has_gap = true;
		next = lseek(l->fd, (off_t)(at + WG_PRELOAD_PAGE), SEEK_DATA);
		if (next < 0)
			break;
		at = (uint64_t)next / WG_PRELOAD_PAGE * WG_PRELOAD_PAGE;
	}
	return rc;
}

/* ---- records ---- */

static int add_record(struct look *l, const struct wg_preload_record *r, uint32_t thread)
{
	struct wg__arena_tail *tail = l->tail;

	if (wg__grow(&tail->record, &tail->cap, tail->count, sizeof(*tail->record)) < 0)
		return -ENOMEM;
	tail->record[tail->count] = (struct wg__tail_record){ *r, thread, tail->count };
	tail->count++;
	return 0;
}

/* Those of the chunk until then. Once one is later, so are the rest. */
static int take_records(struct look *l, struct chunk *chunk, uint32_t count)
{
	struct wg_preload_record part[PART];
	uint32_t i, n;
	int rc = 0;

	while (rc == 0 && chunk->taken < count) {
		uint64_t at = chunk->at + sizeof(struct wg_preload_chunk) +
			      (uint64_t)chunk->taken * sizeof(*part);

		n = count - chunk->taken < PART ? count - chunk->taken : PART;
		if (pread(l->fd, part, n * sizeof(*part), (off_t)at) !=
			(ssize_t)(n * sizeof(*part)))
			return 0;
		for (i = 0; rc == 0 && i < n && part[i].ns <= l->until_ns; i++)
			rc = add_record(l, &part[i], chunk->thread);
		chunk->taken += i;
		if (i < n) {
			chunk->next_ns = part[i].ns;
			break;
		}
	}
	return rc;
}

/* It never gets less, or somebody lies. */
static void add_count(uint64_t *sum, uint64_t *known, uint64_t now)
{
	if (now > *known)
		*sum += now - *known;
	*known = now;
}

static void take_head(struct look *l, struct chunk *chunk, const struct wg_preload_chunk *c)
{
	struct wg__arena_thread *t = &l->threads->thread[chunk->thread];

	add_count(&l->threads->lost, &chunk->lost, c->lost);
	add_count(&l->threads->nobody, &chunk->nobody, c->nobody);
	if (chunk->is_old)
		return;
	memcpy(t->name, c->name, sizeof(c->name));
	t->is_ended = c->is_ended;
	t->open = c->open;
}

/* What was left is too late for this look, too. */
static bool is_later(struct look *l, const struct chunk *chunk)
{
	if (!l->tail->is_over || chunk->next_ns <= l->until_ns)
		return false;
	if (chunk->next_ns < l->tail->next_ns)
		l->tail->next_ns = chunk->next_ns;
	return true;
}

/* Its memory is free again. Whoever lies about the size gives nothing back that was not taken. */
static void free_chunk(struct look *l, const struct chunk *chunk)
{
	const struct wg__room *room = l->tail->room;
	struct stat st;
	int64_t taken, bytes = chunk->bytes;
	int fd, dir = open(room->dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	fd = dir < 0 ? -1
		     : openat(dir, l->file->name, O_RDWR | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd >= 0 && fstat(fd, &st) == 0 && S_ISREG(st.st_mode) &&
		fallocate(fd, FALLOC_FL_PUNCH_HOLE | FALLOC_FL_KEEP_SIZE, (off_t)chunk->at,
			(off_t)bytes) == 0) {
		/* relaxed: a number alone. */
		taken = room->left -
			atomic_load_explicit(&room->control->left, memory_order_relaxed);
		(void)atomic_fetch_add_explicit(
			&room->control->left, bytes < taken ? bytes : taken, memory_order_relaxed);
	}
	if (fd >= 0)
		(void)close(fd);
	if (dir >= 0)
		(void)close(dir);
}

/* Returns whether it is done with. */
static bool is_done(const struct chunk *chunk, uint32_t count, bool is_dead)
{
	return chunk->taken == count && (chunk->is_old || is_dead);
}

static int take_or_move(struct look *l, struct chunk *chunk, uint32_t count, bool is_dead)
{
	struct wg__arena_tail *tail = l->tail;

	if (!tail->move)
		return take_records(l, chunk, count);
	chunk->taken = count;
	if (!l->is_last && !is_done(chunk, count, is_dead))
		return 0;
	return tail->move(tail->move_user, l->fd, l->file->name, chunk->at, chunk->bytes);
}

static int take_chunks(struct look *l, bool *ret_alive)
{
	struct wg__tail_file *file = l->file;
	size_t i, kept = 0;
	int rc = 0;

	for (i = 0; i < file->chunks; i++) {
		struct chunk *chunk = &file->chunk[i];
		pid_t pid = (pid_t)l->threads->thread[chunk->thread].pid;
		bool is_dead = l->tail->is_over || pid <= 0 || (kill(pid, 0) < 0 && errno == ESRCH);
		struct wg_preload_chunk c;
		uint32_t most =
			(uint32_t)((chunk->bytes - sizeof(c)) / sizeof(struct wg_preload_record));

		*ret_alive |= !is_dead || l->tail->is_over;
		if (rc == 0 && !is_later(l, chunk) &&
			pread(l->fd, &c, sizeof(c), (off_t)chunk->at) == sizeof(c) &&
			c.magic == WG_PRELOAD_MAGIC) {
			uint32_t count = c.count < most ? c.count : most;

			take_head(l, chunk, &c);
			rc = take_or_move(l, chunk, count, is_dead);
			if (rc == 0 && is_done(chunk, count, is_dead)) {
				if (!l->tail->is_over && !(l->tail->move && l->is_last))
					free_chunk(l, chunk);
				continue;
			}
			(void)is_later(l, chunk);
		}
		file->chunk[kept++] = *chunk;
	}
	file->chunks = kept;
	return rc;
}

/* ---- files ---- */

static int look_at(struct look *l, const struct stat *st)
{
	struct wg_preload_arena head;
	bool is_alive = false;
	uint64_t used;
	int rc;

	if (pread(l->fd, &head, sizeof(head), 0) != sizeof(head) || head.magic != WG_PRELOAD_MAGIC)
		return 0; /* not yet */
	used = head.used < (uint64_t)st->st_size ? head.used : (uint64_t)st->st_size;
	if (l->file->at == 0) {
		l->file->at = WG_PRELOAD_PAGE;
		l->threads->count++;
		is_alive = true;
	}
	add_count(&l->threads->lost, &l->file->lost, head.lost);
	l->threads->have_lttng |= head.has_lttng != 0;
	l->threads->have_uring |= head.has_uring != 0;
	l->threads->have_fence |= head.is_fenced != 0;
	rc = l->file->is_known ? 0 : find_chunks(l, used);
	l->file->is_known = l->tail->is_over;
	if (rc == 0)
		rc = take_chunks(l, &is_alive);
	if (rc == 0 && l->tail->move)
		rc = l->tail->move(l->tail->move_user, l->fd, l->file->name, 0, WG_PRELOAD_PAGE);
	l->file->has_ended = !is_alive;
	return rc;
}

/* PID.NANOSECONDS. -ENOENT: another name. */
static int find_file(struct wg__arena_tail *tail, const char *name, size_t *ret)
{
	struct wg__tail_file *file;
	char *end;
	uint32_t pid = (uint32_t)strtoul(name, &end, 10);
	uint64_t ns = *end == '.' ? strtoull(end + 1, &end, 10) : 0;

	if (*end || strlen(name) >= sizeof(file->name))
		return -ENOENT;
	*ret = wg__map_get(&tail->by_name, pid, ns);
	if (*ret != WG__MAP_NONE)
		return strcmp(tail->file[*ret].name, name) == 0 ? 0 : -ENOENT;
	if (wg__grow(&tail->file, &tail->file_cap, tail->files, sizeof(*tail->file)) < 0 ||
		wg__map_put(&tail->by_name, pid, ns, tail->files) < 0)
		return -ENOMEM;
	*ret = tail->files;
	file = &tail->file[tail->files++];
	*file = (struct wg__tail_file){ .at = 0 };
	memcpy(file->name, name, strlen(name) + 1);
	return 0;
}

static int by_time(const void *x, const void *y)
{
	const struct wg__tail_record *a = x, *b = y;

	if (a->r.ns != b->r.ns)
		return a->r.ns < b->r.ns ? -1 : 1;
	return a->number < b->number ? -1 : a->number > b->number;
}

static int look_at_all(struct look *l, DIR *dir, bool is_all)
{
	struct dirent *entry;
	struct stat st;
	size_t i;
	int rc = 0;

	while (rc == 0 && (entry = readdir(dir))) {
		if (entry->d_name[0] < '0' || entry->d_name[0] > '9')
			continue;
		rc = find_file(l->tail, entry->d_name, &i);
		if (rc == -ENOENT) {
			rc = 0;
			continue;
		}
		if (rc < 0 || (l->tail->file[i].has_ended && !is_all))
			continue;
		l->file = &l->tail->file[i];
		l->arena = (uint32_t)i;
		l->fd = wg__open_regular(dirfd(dir), entry->d_name, &st);
		if (l->fd < 0)
			continue;
		rc = look_at(l, &st);
		(void)close(l->fd);
	}
	return rc;
}

int wg__arena_tail_look(
	struct wg__arena_tail *tail, struct wg__arenas *threads, int64_t until_ns, bool is_last)
{
	struct look l = {
		.tail = tail, .threads = threads, .until_ns = until_ns, .is_last = is_last
	};
	DIR *dir = opendir(tail->room->dir);
	int rc;

	tail->count = 0;
	tail->next_ns = INT64_MAX;
	if (!dir)
		return -errno;
	rc = look_at_all(&l, dir, is_last || tail->looks++ % SELDOM == 0);
	(void)closedir(dir);
	if (rc == 0 && tail->count)
		qsort(tail->record, tail->count, sizeof(*tail->record), by_time);
	return rc;
}

void wg__arena_tail_fini(struct wg__arena_tail *tail)
{
	size_t i;

	for (i = 0; i < tail->files; i++)
		free(tail->file[i].chunk);
	free(tail->file);
	free(tail->record);
	wg__map_fini(&tail->by_name);
	*tail = (struct wg__arena_tail){ .room = NULL };
}
