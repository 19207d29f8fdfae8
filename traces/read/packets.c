/*
 * packets.c: see packets.h.
 *
 * An LTTng stream file is packets back to back and nothing else. All a walk needs is in the first
 * 80 bytes of each (little-endian on every machine LTTng writes such traces on):
 *
 *     0  magic 0xC1FC1FC1    4  uuid of the trace    32  timestamp_begin    40  timestamp_end
 *    48  content_size, bits                          56  packet_size, bits
 *
 * The library believes these numbers: a size beyond the file is an error that ends the reading of
 * all streams. So they are checked here first.
 *
 * A cut packet is repaired by lowering both sizes to what is there. The decoder then delivers all
 * whole events and stops with an error inside the last, incomplete one. Padding would not do: the
 * decoder checks content_size between events only, and would read the zeros as fields.
 */
#include "traces/read/packets.h"

#include <endian.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/index.h"
#include "traces/base/regular.h"

#define STREAM_MAGIC	 0xC1FC1FC1u
#define HEADER_BYTES	 80
#define PAGE_BYTES	 4096 /* packets are whole pages, so a search for the next one steps by these */
#define PACKET_BYTES_MAX (UINT64_C(1) << 40)
#define UNKNOWN_END_NS	 (UINT64_C(3600) * 1000000000)

struct packet {
	uint64_t off, there; /* bytes */
	uint64_t ts_begin, ts_end, content_bits, packet_bits;
	bool unfinished; /* content_size or timestamp_end were never filled in */
};

struct walk {
	int fd;
	uint64_t size, off;
	const struct wg__metadata *metadata;
	bool has_magic;	     /* some packet begins as it should */
	uint64_t cut_header; /* bytes at the end that are too few for a header */
	uint64_t garbage_at, garbage_bytes;
};

static uint64_t le64(const uint8_t *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return le64toh(v);
}

static uint32_t le32(const uint8_t *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return le32toh(v);
}

/* All of it, or -errno, or -ENODATA at the end of the file. */
static int read_at(int fd, void *buf, size_t len, uint64_t off)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = pread(fd, (char *)buf + done, len - done, (off_t)(off + done));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENODATA;
		done += (size_t)n;
	}
	return 0;
}

static bool parse_header(struct walk *walk, const uint8_t *h, struct packet *ret)
{
	const struct wg__metadata *m = walk->metadata;
	struct packet p = { .off = walk->off };

	if (le32(h) == STREAM_MAGIC)
		walk->has_magic = true;
	if (le32(h) != STREAM_MAGIC || (m->has_uuid && memcmp(h + 4, m->uuid, 16) != 0))
		return false;
	p.ts_begin = le64(h + 32);
	p.ts_end = le64(h + 40);
	p.content_bits = le64(h + 48);
	p.packet_bits = le64(h + 56);
	if (p.packet_bits % 8 || p.packet_bits / 8 < HEADER_BYTES ||
		p.packet_bits / 8 > PACKET_BYTES_MAX)
		return false;
	p.there = p.packet_bits / 8;
	if (p.there > walk->size - walk->off)
		p.there = walk->size - walk->off;
	p.unfinished = p.content_bits > p.packet_bits || p.content_bits / 8 < HEADER_BYTES ||
		       p.ts_end < p.ts_begin;
	*ret = p;
	return true;
}

/* 1 and the next packet, 0 at the end, negative errno. */
static int next_packet(struct walk *walk, struct packet *ret)
{
	uint8_t header[HEADER_BYTES];

	while (walk->off < walk->size) {
		uint64_t step = PAGE_BYTES - walk->off % PAGE_BYTES;
		int rc;

		if (walk->size - walk->off < HEADER_BYTES) {
			if (walk->garbage_bytes)
				walk->garbage_bytes += walk->size - walk->off;
			else
				walk->cut_header = walk->size - walk->off;
			return 0;
		}
		rc = read_at(walk->fd, header, sizeof(header), walk->off);
		if (rc < 0)
			return rc;
		if (parse_header(walk, header, ret)) {
			walk->off += ret->there;
			return 1;
		}
		if (!walk->garbage_bytes)
			walk->garbage_at = walk->off;
		if (step > walk->size - walk->off)
			step = walk->size - walk->off;
		walk->garbage_bytes += step;
		walk->off += step;
	}
	return 0;
}

static int open_walk(
	const char *dir, const char *name, const struct wg__metadata *metadata, struct walk *ret)
{
	struct walk walk = { .metadata = metadata };
	struct stat st;
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	walk.fd = wg__open_regular(AT_FDCWD, path, &st);
	free(path);
	if (walk.fd < 0)
		return walk.fd;
	walk.size = (uint64_t)st.st_size;
	*ret = walk;
	return 0;
}

/* 0, -ENOENT if there is none, or another negative errno. */
static int open_index(const char *dir, const char *name, struct wg__index *ret)
{
	char *path;
	int rc;

	if (asprintf(&path, "%s/index/%s.idx", dir, name) < 0)
		return -ENOMEM;
	rc = wg__index_open(AT_FDCWD, path, ret);
	free(path);
	return rc;
}

static bool index_agrees(const struct wg__index *index, uint64_t i, const struct packet *p)
{
	struct wg__index_entry e;

	return i < index->count && wg__index_entry(index, i, &e) && e.offset_bytes == p->off &&
	       e.packet_bits == p->packet_bits && e.content_bits == p->content_bits &&
	       e.begin == p->ts_begin && e.end == p->ts_end;
}

static bool starts_with_magic(const struct walk *walk)
{
	const uint32_t magic = htole32(STREAM_MAGIC);
	size_t len = walk->size < sizeof(magic) ? (size_t)walk->size : sizeof(magic);
	uint8_t start[sizeof(magic)];

	return walk->has_magic ||
	       (read_at(walk->fd, start, len, 0) == 0 && memcmp(start, &magic, len) == 0);
}

static void note_packet(struct wg__health *health, const struct packet *p)
{
	if (p->unfinished)
		health->unfinished++;
	if (p->there * 8 == p->packet_bits) {
		health->packets++;
		return;
	}
	health->cut_at = p->off;
	health->cut_there = p->there;
	health->cut_wanted = p->packet_bits / 8;
	health->only_padding_cut = !p->unfinished && p->there * 8 >= p->content_bits;
}

int wg__packets_check(const char *dir, const char *name, const struct wg__metadata *metadata,
	struct wg__health *ret_health)
{
	struct wg__health health = { 0 };
	struct walk walk;
	struct packet p;
	struct wg__index index = { .count = 0 };
	uint64_t seen = 0;
	int idx, rc = open_walk(dir, name, metadata, &walk);

	if (rc < 0)
		return rc;
	idx = open_index(dir, name, &index);
	if (idx == -ENOMEM) {
		(void)close(walk.fd);
		return idx;
	}
	/* The library would block on a FIFO. */
	health.index_wrong = idx == -EINVAL;
	while ((rc = next_packet(&walk, &p)) > 0) {
		note_packet(&health, &p);
		if (idx >= 0 && !index_agrees(&index, seen, &p))
			health.index_wrong = true;
		seen++;
	}
	if (walk.cut_header) {
		health.cut_at = walk.size - walk.cut_header;
		health.cut_there = walk.cut_header;
	}
	if (index.count > seen)
		health.index_lacks = index.count - seen;
	health.file_bytes = walk.size;
	health.garbage_at = walk.garbage_at;
	health.garbage_bytes = walk.garbage_bytes;
	health.is_no_stream = walk.size > 0 && idx < 0 && !starts_with_magic(&walk);
	if (idx >= 0)
		wg__index_close(&index);
	(void)close(walk.fd);
	*ret_health = health;
	return rc;
}

bool wg__health_is_good(const struct wg__health *health)
{
	return !health->cut_there && !health->garbage_bytes && !health->unfinished &&
	       !health->index_lacks && !health->index_wrong;
}

static int copy_bytes(int in, int out, uint64_t off, uint64_t len)
{
	loff_t from = (loff_t)off;
	char buf[1 << 16];

	while (len > 0) {
		ssize_t n = copy_file_range(in, &from, out, NULL, len, 0);

		if (n < 0) { /* another file system, or an old kernel: by hand */
			n = pread(in, buf, len < sizeof(buf) ? len : sizeof(buf), from);
			if (n > 0)
				n = write(out, buf, (size_t)n);
			if (n > 0)
				from += n;
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

static int put64(int fd, uint64_t off, uint64_t value)
{
	uint64_t le = htole64(value);

	return pwrite(fd, &le, sizeof(le), (off_t)off) == sizeof(le) ? 0 : -EIO;
}

/* Append p to out, repaired. at is where it begins there. */
static int put_packet(const struct walk *walk, int out, uint64_t at, const struct packet *p)
{
	uint64_t content = p->unfinished ? UINT64_MAX : p->content_bits;
	int rc = copy_bytes(walk->fd, out, p->off, p->there);

	if (rc == 0 && content > p->there * 8)
		rc = put64(out, at + 48, p->there * 8);
	if (rc == 0 && p->packet_bits > p->there * 8)
		rc = put64(out, at + 56, p->there * 8);
	if (rc == 0 && p->ts_end < p->ts_begin)
		rc = put64(out, at + 40, p->ts_begin + UNKNOWN_END_NS);
	return rc;
}

int wg__packets_repair(
	const char *dir, const char *name, const struct wg__metadata *metadata, const char *out_dir)
{
	struct packet p = { 0 };
	struct walk walk;
	uint64_t at = 0, open_end = UINT64_MAX; /* a packet of unknown end waits for the next */
	char *path;
	int out, rc = open_walk(dir, name, metadata, &walk);

	if (rc < 0)
		return rc;
	if (asprintf(&path, "%s/%s", out_dir, name) < 0) {
		(void)close(walk.fd);
		return -ENOMEM;
	}
	out = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	rc = out < 0 ? -errno : 0;
	free(path);
	while (rc == 0 && next_packet(&walk, &p) > 0) {
		if (open_end != UINT64_MAX)
			rc = put64(out, open_end + 40, p.ts_begin);
		open_end = p.ts_end < p.ts_begin ? at : UINT64_MAX;
		if (rc == 0)
			rc = put_packet(&walk, out, at, &p);
		at += p.there;
	}
	if (out >= 0)
		(void)close(out);
	(void)close(walk.fd);
	return rc;
}
