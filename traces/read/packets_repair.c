/*
 * packets_repair.c: the part of packets.h that writes a repaired copy of a stream.
 *
 * The library believes what a header says: a size beyond the file is an error that ends the reading
 * of all streams, and some numbers it asserts never to see.
 *
 * A cut packet is repaired by lowering both sizes to what is there. The decoder then delivers all
 * whole events and stops with an error inside the last, incomplete one. Padding would not do: the
 * decoder checks content_size between events only, and would read the zeros as fields.
 */
#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "traces/read/packets_walk.h"

#define PAGE_BYTES     4096
#define UNKNOWN_END_NS (UINT64_C(3600) * 1000000000)

struct copy {
	const struct wg__walk *walk;
	int fd;
	uint64_t at;		 /* where the next packet goes */
	uint64_t open_end;	 /* where a packet begins whose end is the next one's begin */
	uint64_t open_begin;	 /* and when it begins: the next may say that it was earlier */
	uint64_t seq, discarded; /* what the last packet said */
};

static int copy_bytes(int in, int out, uint64_t off, uint64_t at, uint64_t len)
{
	loff_t from = (loff_t)off, to = (loff_t)at;
	char buf[1 << 16];

	while (len > 0) {
		ssize_t n = copy_file_range(in, &from, out, &to, len, 0);

		if (n < 0) { /* another file system, or an old kernel: by hand */
			n = pread(in, buf, len < sizeof(buf) ? len : sizeof(buf), from);
			if (n > 0)
				n = pwrite(out, buf, (size_t)n, to);
			from += n > 0 ? n : 0;
			to += n > 0 ? n : 0;
		}
		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -EIO;
		if (n > 0)
			len -= (uint64_t)n;
	}
	return 0;
}

/* The first `keep` bytes of p; holes stay holes. */
static int copy_packet(struct copy *copy, const struct wg__packet *p, uint64_t keep)
{
	uint64_t begin, end = p->off;
	int rc = ftruncate(copy->fd, (off_t)(copy->at + keep)) < 0 ? -errno : 0;

	while (rc == 0 && wg__walk_data(copy->walk->fd, end, p->off + keep, &begin, &end))
		rc = copy_bytes(
			copy->walk->fd, copy->fd, begin, copy->at + begin - p->off, end - begin);
	return rc;
}

static int put64(const struct copy *copy, uint64_t packet, uint32_t field, uint64_t value)
{
	uint64_t le = htole64(value);

	return pwrite(copy->fd, &le, sizeof(le), (off_t)(packet + field)) == sizeof(le) ? 0 : -EIO;
}

/* Append p, repaired. */
static int put_packet(struct copy *copy, const struct wg__packet *p)
{
	const struct wg__layout *l = &copy->walk->metadata->layout;
	uint64_t content =
		p->no_content || p->content_bits > p->there * 8 ? p->backed * 8 : p->content_bits;
	uint64_t keep = (content / 8 + PAGE_BYTES) / PAGE_BYTES * PAGE_BYTES;
	int rc;

	if (keep > p->there)
		keep = p->there;
	rc = copy_packet(copy, p, keep);
	if (rc == 0 && content != p->content_bits)
		rc = put64(copy, copy->at, l->content_size, content);
	if (rc == 0 && keep * 8 != p->packet_bits)
		rc = put64(copy, copy->at, l->packet_size, keep * 8);
	if (rc == 0 && p->no_end)
		rc = put64(copy, copy->at, l->timestamp_end, p->begin + UNKNOWN_END_NS);
	if (rc == 0 && copy->open_end != UINT64_MAX)
		rc = put64(copy, copy->open_end, l->timestamp_end,
			p->begin > copy->open_begin ? p->begin : copy->open_begin);
	copy->seq = p->no_seq ? copy->seq + 1 : p->seq;
	copy->discarded = p->no_discarded ? copy->discarded : p->discarded;
	if (rc == 0 && p->no_seq)
		rc = put64(copy, copy->at, l->packet_seq_num, copy->seq);
	if (rc == 0 && p->no_discarded)
		rc = put64(copy, copy->at, l->events_discarded, copy->discarded);
	copy->open_end = p->no_end ? copy->at : UINT64_MAX;
	copy->open_begin = p->begin;
	copy->at += keep;
	return rc;
}

int wg__packets_repair(
	const char *dir, const char *name, const struct wg__metadata *metadata, const char *out_dir)
{
	struct wg__walk walk;
	struct wg__packet p = { 0 };
	struct copy copy = { .walk = &walk, .open_end = UINT64_MAX, .seq = UINT64_MAX };
	char *path;
	int rc = wg__walk_open(dir, name, metadata, &walk);

	if (rc < 0)
		return rc;
	if (asprintf(&path, "%s/%s", out_dir, name) < 0) {
		(void)close(walk.fd);
		return -ENOMEM;
	}
	copy.fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	rc = copy.fd < 0 ? -errno : 0;
	free(path);
	while (rc == 0 && (rc = wg__walk_next(&walk, &p)) > 0)
		rc = put_packet(&copy, &p);
	if (copy.fd >= 0)
		(void)close(copy.fd);
	(void)close(walk.fd);
	return rc;
}
