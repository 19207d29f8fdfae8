/*
 * workload_read.c: stream a file through the loop, one read in flight, as the story's runtime did.
 *
 * A pass is open, stat, read until the end, close; every step is an operation, and every next one
 * is submitted when the previous result is there. So the latency of the loop is paid once for each
 * step and cannot hide behind parallel work. The bytes delivered are hashed: a strategy that lost
 * or repeated some would show. The floor does the same with pread(2) on this thread.
 */
#include "core/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "core/clock.h"
#include "core/loop.h"

struct pass {
	uint64_t ops; /* reads that returned data */
	uint64_t bytes;
	uint64_t checksum;
	int64_t ns;
};

struct stream {
	const struct wg_workload *w;
	struct wg_loop *loop; /* NULL: the floor */
	char *buf;	      /* chunk bytes */
	XXH3_state_t *hash;
};

/* Submit and wait; the whole life of an operation in the handle style. */
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
		fd = open(s->w->file, O_RDONLY | O_CLOEXEC);
		return fd < 0 ? -errno : fd;
	}
	wg_op_stat(&op, s->w->file, &st);
	rc = await(s->loop, &op);
	if (rc < 0)
		return rc;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	wg_op_open(&op, s->w->file, O_RDONLY, 0);
	return await(s->loop, &op);
}

static int64_t do_read(const struct stream *s, int fd, uint64_t offset)
{
	struct wg_op op;
	ssize_t n;

	if (!s->loop) {
		do
			n = pread(fd, s->buf, s->w->chunk, (off_t)offset);
		while (n < 0 && errno == EINTR);
		return n < 0 ? -errno : n;
	}
	wg_op_read(&op, fd, s->buf, s->w->chunk, (int64_t)offset);
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

static int64_t one_pass(const struct stream *s, struct pass *p)
{
	int64_t begin_ns = wg_now_ns();
	int64_t n, rc;
	int64_t fd = do_open(s);

	if (fd < 0)
		return fd;
	memset(p, 0, sizeof(*p));
	(void)XXH3_64bits_reset(s->hash);
	while ((n = do_read(s, (int)fd, p->bytes)) > 0) {
		(void)XXH3_64bits_update(s->hash, s->buf, (size_t)n);
		p->bytes += (uint64_t)n;
		p->ops++;
	}
	rc = do_close(s, (int)fd);
	p->checksum = XXH3_64bits_digest(s->hash);
	p->ns = wg_now_ns() - begin_ns;
	return n < 0 ? n : rc;
}

static int by_time(const void *a, const void *b)
{
	int64_t x = ((const struct pass *)a)->ns, y = ((const struct pass *)b)->ns;

	return (x > y) - (x < y);
}

static double seconds(int64_t ns)
{
	return (double)ns / (double)WG_NS_PER_SEC;
}

static int report(const struct wg_workload *w, struct pass *passes)
{
	unsigned n = w->passes;
	int64_t median;

	qsort(passes, n, sizeof(*passes), by_time);
	median = n % 2 ? passes[n / 2].ns : (passes[n / 2 - 1].ns + passes[n / 2].ns) / 2;
	printf("{\"wait\":\"%s\",\"ops\":%" PRIu64 ",\"seconds\":{\"min\":%.9f,\"median\":%.9f,"
	       "\"max\":%.9f},\"bytes_read\":%" PRIu64 ",\"checksum\":\"%016" PRIx64 "\"}\n",
		w->wait, passes[0].ops, seconds(passes[0].ns), seconds(median),
		seconds(passes[n - 1].ns), passes[0].bytes, passes[0].checksum);
	if (fflush(stdout) != 0)
		return wg_workload_fail("cannot write the answer: %s", strerror(errno));
	return 0;
}

static int all_passes(const struct stream *s, struct pass *passes)
{
	unsigned i;
	int64_t rc;

	for (i = 0; i < s->w->passes; i++) {
		rc = one_pass(s, &passes[i]);
		if (rc < 0)
			return wg_workload_fail(
				"cannot read '%s': %s", s->w->file, strerror((int)-rc));
		if (passes[i].bytes == 0)
			return wg_workload_fail("'%s' is empty: nothing to read", s->w->file);
		if (passes[i].checksum != passes[0].checksum)
			return wg_workload_fail("'%s' changed while it was read, or a strategy "
						"delivered the wrong bytes",
				s->w->file);
	}
	return report(s->w, passes);
}

int wg_workload_read(const struct wg_workload *w)
{
	struct wg_loop_options o = {
		.wait = w->wait, .tick_ns = w->tick_ns, .workers = w->workers
	};
	struct stream s = { .w = w };
	struct pass *passes = calloc(w->passes, sizeof(*passes));
	int rc = 1;

	s.buf = malloc(w->chunk);
	s.hash = XXH3_createState();
	if (!passes || !s.buf || !s.hash) {
		(void)wg_workload_fail("out of memory for a chunk of %" PRIu64 " bytes", w->chunk);
	} else if (strcmp(w->wait, "pread") == 0) {
		rc = all_passes(&s, passes);
	} else {
		rc = wg_loop_create(&o, &s.loop);
		if (rc == 0)
			rc = all_passes(&s, passes);
		else
			rc = wg_workload_fail("cannot make a loop that waits by '%s': %s", w->wait,
				strerror(-rc));
		wg_loop_destroy(s.loop);
	}
	(void)XXH3_freeState(s.hash);
	free(s.buf);
	free(passes);
	return rc;
}
