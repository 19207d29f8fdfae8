/*
 * read.c: stream a file through the loop, one read in flight, as the story's runtime did.
 *
 * A pass is open, stat, read until the end, close. Every step is an operation, submitted when the
 * previous result is there. So each step pays the latency of the loop once, and parallel work
 * cannot hide it. The bytes delivered are hashed in the passes that are checked: a strategy that
 * lost or repeated some would show. The floor does the same with pread(2) on this thread.
 */
#include "core/workload/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "core/clock.h"
#include "core/loop.h"

struct stream {
	struct wg_job job;    /* first */
	struct wg_loop *loop; /* NULL: the floor */
	char *buf;	      /* chunk bytes */
	XXH3_state_t *hash;
	uint64_t first_checksum; /* 0: no pass was checked yet */
};

/* Submit and wait: the whole life of an operation. */
static int64_t await(struct wg_loop *loop, struct wg_op *op)
{
	int64_t result = 0;
	int rc = wg_loop_submit(loop, op);

	if (rc == 0)
		rc = wg_loop_wait_result(loop, op, &result);
	return rc < 0 ? rc : result;
}

static int64_t do_open(const struct stream *s)
{
	struct stat st;
	struct wg_op op;
	int64_t fd, rc;

	if (!s->loop) {
		fd = open(s->job.w->file, O_RDONLY | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	wg_op_stat(&op, s->job.w->file, &st);
	rc = await(s->loop, &op);
	if (rc < 0)
		return rc;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	wg_op_open(&op, s->job.w->file, O_RDONLY, 0);
	return await(s->loop, &op);
}

static int64_t do_read(const struct stream *s, int fd, uint64_t offset)
{
	struct wg_op op;
	ssize_t n;

	if (!s->loop) {
		do
			n = pread(fd, s->buf, s->job.w->chunk, (off_t)offset);
		while (n < 0 && errno == EINTR);
		return n < 0 ? -errno : n;
	}
	wg_op_read(&op, fd, s->buf, s->job.w->chunk, (int64_t)offset);
	return await(s->loop, &op);
}

static int64_t do_close(const struct stream *s, int fd)
{
	struct wg_op op;

	if (!s->loop)
		return close(fd) < 0 ? -errno : 0;
	wg_op_close(&op, fd);
	return await(s->loop, &op);
}

static int64_t read_all(const struct stream *s, struct wg_pass *p)
{
	int64_t begin_ns = wg_now_ns();
	int64_t n, rc;
	int64_t fd = do_open(s);

	if (fd < 0)
		return fd;
	(void)XXH3_64bits_reset(s->hash);
	while ((n = do_read(s, (int)fd, p->bytes)) > 0) {
		if (s->job.is_checked)
			(void)XXH3_64bits_update(s->hash, s->buf, (size_t)n);
		p->bytes += (uint64_t)n;
		p->ops++;
	}
	rc = do_close(s, (int)fd);
	p->checksum = XXH3_64bits_digest(s->hash);
	p->ns = wg_now_ns() - begin_ns;
	return n < 0 ? n : rc;
}

static int one_pass(struct wg_job *job, struct wg_loop *loop, struct wg_pass *p)
{
	struct stream *s = (struct stream *)(void *)job;
	const char *file = job->w->file;
	int64_t rc;

	s->loop = loop;
	rc = read_all(s, p);
	if (rc < 0)
		return wg_workload_fail("cannot read '%s': %s", file, strerror((int)-rc));
	if (p->bytes == 0)
		return wg_workload_fail("'%s' is empty: nothing to read", file);
	if (!job->is_checked)
		return 0;
	if (s->first_checksum && p->checksum != s->first_checksum)
		return wg_workload_fail("'%s' changed while it was read, or a strategy delivered "
					"the wrong bytes",
			file);
	s->first_checksum = p->checksum;
	return 0;
}

static int run(const struct wg_workload *w)
{
	struct stream s = { .job = { .pass = one_pass, .w = w, .hashes = true } };
	struct stat st;
	int rc;

	/* stat, open, the reads and the one that finds the end, close */
	if (stat(w->file, &st) == 0 && S_ISREG(st.st_mode))
		s.job.planned = ((uint64_t)st.st_size + w->chunk - 1) / w->chunk + 4;
	s.buf = malloc(w->chunk);
	s.hash = XXH3_createState();
	if (s.buf && s.hash)
		rc = wg_workload_repeat(&s.job);
	else
		rc = wg_workload_fail("out of memory for a chunk of %" PRIu64 " bytes", w->chunk);
	(void)XXH3_freeState(s.hash);
	free(s.buf);
	return rc;
}

#define AT(field) offsetof(struct wg_workload, field)

const struct wg_workload_ops wg_workload_read = {
	.name = "read",
	.does = "a file from start to end, one read in flight",
	.params = {
		{ "file", WG_PARAM_FILE, AT(file), 0, 0, 0, "the file to read" },
		{ "chunk", WG_PARAM_SIZE, AT(chunk), 65536, 1, 1 << 30, "bytes a read" },
	},
	.run = run,
};
