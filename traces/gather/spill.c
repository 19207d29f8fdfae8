/*
 * spill.c: see spill.h. The copies; what becomes of them is in spill_out.c.
 */
#include "traces/gather/spill.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "traces/base/tree.h"
#include "traces/gather/spill_impl.h"

#define STEP_MS	   50
#define HURRY_MS   10
#define COPY_BYTES (1u << 20)
/* A wait of 72 bytes becomes two events of 177. */
#define TRACE_SHARE 5

void wg__spill_open(
	struct wg__spill *s, const struct wg__room *room, const char *trace_dir, uint64_t most)
{
	struct stat st;

	*s = (struct wg__spill){ .room = room, .most = most };
	s->tail.room = room;
	s->tail.move = wg__spill_move;
	s->tail.move_user = s;
	if ((size_t)snprintf(s->dir, sizeof(s->dir), "%s/" WG__SPILL_DIR, trace_dir) >=
		sizeof(s->dir))
		s->is_full = true;
	else
		s->is_on = lstat(s->dir, &st) == 0 && S_ISDIR(st.st_mode);
}

static int copy(const struct wg__spill *s, int from, int to, uint64_t at, uint32_t bytes)
{
	uint32_t done = 0;

	while (done < bytes) {
		uint32_t part = bytes - done < COPY_BYTES ? bytes - done : COPY_BYTES;
		ssize_t n = pread(from, s->buffer, part, (off_t)(at + done));

		if (n > 0)
			n = pwrite(to, s->buffer, (size_t)n, (off_t)(at + done));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
		done += (uint32_t)n;
	}
	return 0;
}

int wg__spill_move(void *user, int fd, const char *name, uint64_t at, uint32_t bytes)
{
	struct wg__spill *s = user;
	char path[PATH_MAX + 80];
	int to, rc;

	if (!s->buffer && !(s->buffer = malloc(COPY_BYTES)))
		return -ENOMEM;
	if (!s->is_on && mkdir(s->dir, 0700) < 0)
		return -errno;
	s->is_on = true;
	(void)snprintf(path, sizeof(path), "%s/%s", s->dir, name);
	to = open(path, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0600);
	if (to < 0)
		return -errno;
	rc = copy(s, fd, to, at, bytes);
	if (close(to) < 0 && rc == 0)
		rc = -errno;
	s->bytes += rc == 0 && at > 0 ? bytes : 0;
	return rc;
}

/* S4: room for one more time of what the arenas hold, and for the trace of all that. */
static bool has_room(const struct wg__spill *s)
{
	uint64_t all = s->bytes + (uint64_t)s->room->left;
	struct statvfs fs;
	char parent[PATH_MAX];

	if (s->most)
		return all < s->most;
	(void)snprintf(parent, sizeof(parent), "%s", s->dir);
	*strrchr(parent, '/') = '\0';
	return statvfs(parent, &fs) == 0 &&
	       (uint64_t)fs.f_bavail * fs.f_frsize > TRACE_SHARE * all + (uint64_t)s->room->left;
}

int64_t wg__spill_step(struct wg__spill *s)
{
	int64_t left = atomic_load_explicit(&s->room->control->left, memory_order_relaxed);

	if (s->is_full || left >= s->room->left / 2)
		return STEP_MS;
	if (!has_room(s) || wg__arena_tail_look(&s->tail, &s->threads, INT64_MAX, false) < 0)
		s->is_full = true;
	return HURRY_MS;
}

void wg__spill_close(struct wg__spill *s, bool is_done)
{
	if (is_done && s->is_on)
		(void)wg_remove_tree(s->dir);
	wg__arena_tail_fini(&s->tail);
	s->threads.count = 0; /* only counted */
	wg__arenas_fini(&s->threads);
	free(s->buffer);
	*s = (struct wg__spill){ .room = NULL };
}
