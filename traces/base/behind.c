/*
 * behind.c: see behind.h.
 *
 * Two buffers: one is filled while the other one is written. The file asks for room on the disk
 * well ahead. Without it, ext4 looks for room again with every page, which can take longer than the
 * copy: 2 GB took 0.3 s of the processor instead of 0.5 to 4 s.
 */
#include "traces/base/behind.h"

#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <unistd.h>

#define ROOM_STEP (UINT64_C(64) << 20) /* how much room at a time */

struct wg__behind {
	/* Immutable after start. */
	int fd;
	pthread_t thread;

	/* The thread's. */
	uint64_t written; /* bytes of the file */
	uint64_t room;	  /* bytes of it for which there is room; UINT64_MAX: as much as there is */
	bool has_asked;

	pthread_mutex_t lock; /* guards: buf, used, is_full, is_stopped, rc. order: alone. */
	/*
	 * The thread waits for is_full or is_stopped, which the caller makes true; the caller waits
	 * for !is_full, which the thread makes true. Never both at once.
	 */
	pthread_cond_t changed;
	char *buf;    /* owned; while is_full, its content is the thread's */
	size_t used;  /* bytes in it */
	bool is_full; /* it is to be written */
	bool is_stopped;
	int rc; /* the first error, a negative errno */
};

/*
 * Ask for room, and never again where that fails: write(2) knows better whether the disk is full.
 * Under a limit of file sizes neither, since tmpfs ends a process that asks beyond it.
 */
static void ask_room(struct wg__behind *b)
{
	struct rlimit limit;

	if (b->written + ROOM_STEP / 2 <= b->room)
		return;
	if (!b->has_asked)
		b->room = b->written;
	if (getrlimit(RLIMIT_FSIZE, &limit) < 0 || limit.rlim_cur != RLIM_INFINITY ||
		fallocate(b->fd, FALLOC_FL_KEEP_SIZE, (off_t)b->room, ROOM_STEP) < 0) {
		b->room = UINT64_MAX;
		return;
	}
	b->has_asked = true;
	b->room += ROOM_STEP;
}

/* 0 or a negative errno. */
static int write_all(struct wg__behind *b, const char *bytes, size_t count)
{
	while (count > 0) {
		ssize_t n = write(b->fd, bytes, count);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n <= 0)
			continue;
		bytes += n;
		count -= (size_t)n;
		b->written += (uint64_t)n;
	}
	return 0;
}

static void *write_on(void *user)
{
	struct wg__behind *b = user;

	(void)pthread_mutex_lock(&b->lock);
	for (;;) {
		while (!b->is_full && !b->is_stopped)
			(void)pthread_cond_wait(&b->changed, &b->lock);
		if (!b->is_full)
			break;
		if (b->rc == 0) {
			const char *bytes = b->buf;
			size_t count = b->used;
			int rc;

			(void)pthread_mutex_unlock(&b->lock);
			ask_room(b);
			rc = write_all(b, bytes, count);
			(void)pthread_mutex_lock(&b->lock);
			b->rc = rc;
		}
		b->is_full = false;
		(void)pthread_cond_signal(&b->changed);
	}
	(void)pthread_mutex_unlock(&b->lock);
	return NULL;
}

int wg__behind_start(int fd, uint64_t written, size_t buf_bytes, struct wg__behind **ret_behind)
{
	struct wg__behind *b = calloc(1, sizeof(*b));
	int rc;

	if (!b)
		return -ENOMEM;
	b->fd = fd;
	b->written = written;
	b->buf = malloc(buf_bytes);
	if (!b->buf) {
		free(b);
		return -ENOMEM;
	}
	(void)pthread_mutex_init(&b->lock, NULL);
	(void)pthread_cond_init(&b->changed, NULL);
	rc = pthread_create(&b->thread, NULL, write_on, b);
	if (rc == 0) {
		*ret_behind = b;
		return 0;
	}
	(void)pthread_cond_destroy(&b->changed);
	(void)pthread_mutex_destroy(&b->lock);
	free(b->buf);
	free(b);
	return -rc;
}

int wg__behind_pass(struct wg__behind *b, char **buf, size_t used)
{
	char *free_buf;
	int rc;

	(void)pthread_mutex_lock(&b->lock);
	while (b->is_full)
		(void)pthread_cond_wait(&b->changed, &b->lock);
	free_buf = b->buf;
	b->buf = *buf;
	b->used = used;
	b->is_full = true;
	rc = b->rc;
	(void)pthread_cond_signal(&b->changed);
	(void)pthread_mutex_unlock(&b->lock);
	*buf = free_buf;
	return rc;
}

int wg__behind_stop(struct wg__behind *b)
{
	int rc;

	(void)pthread_mutex_lock(&b->lock);
	b->is_stopped = true;
	(void)pthread_cond_signal(&b->changed);
	(void)pthread_mutex_unlock(&b->lock);
	(void)pthread_join(b->thread, NULL);
	rc = b->rc;
	/* Give back the room that was not needed. */
	if (rc == 0 && b->has_asked && ftruncate(b->fd, (off_t)b->written) < 0)
		rc = -errno;
	(void)pthread_cond_destroy(&b->changed);
	(void)pthread_mutex_destroy(&b->lock);
	free(b->buf);
	free(b);
	return rc;
}
