/*
 * packets_walk.c: see packets_walk.h.
 *
 * An LTTng stream file is packets back to back and nothing else. All a walk needs is in the header
 * of each, little-endian on every machine LTTng writes such traces on; where, the metadata says
 * (struct wg__layout). A file may claim any size and cost nothing: what was never written is a
 * hole, and holes are stepped over in one step.
 */
#include "traces/read/packets_walk.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/regular.h"
#include "traces/read/little_endian.h"

#define STREAM_MAGIC	 0xC1FC1FC1u
#define PAGE_BYTES	 4096 /* packets are whole pages, so a search for the next one steps by these */
#define PACKET_BYTES_MAX (UINT64_C(1) << 40)
#define TIME_MAX	 (UINT64_C(1) << 62) /* the library adds the clock's offset: 2^63 overflows */
#define NOT_A_COUNT	 UINT64_MAX /* the library's own mark: it asserts that it is none */

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

bool wg__walk_data(int fd, uint64_t from, uint64_t to, uint64_t *ret_begin, uint64_t *ret_end)
{
	off_t begin = lseek(fd, (off_t)from, SEEK_DATA), end;

	if (from >= to || (begin < 0 && errno == ENXIO) || (begin >= 0 && (uint64_t)begin >= to))
		return false;
	end = begin < 0 ? -1 : lseek(fd, begin, SEEK_HOLE);
	*ret_begin = begin < 0 ? from : (uint64_t)begin; /* a file system without holes */
	*ret_end = end < 0 || (uint64_t)end > to ? to : (uint64_t)end;
	return true;
}

/* How many bytes of the packet are there before the rest is one hole. */
static uint64_t backed_bytes(const struct wg__walk *walk, const struct wg__packet *p)
{
	uint64_t to = p->off + p->there, last = p->off, at = p->off, begin;

	if (!walk->is_sparse)
		return p->there;
	while (wg__walk_data(walk->fd, at, to, &begin, &at))
		last = at;
	return last - p->off;
}

static bool is_ours(struct wg__walk *walk, const uint8_t *h)
{
	const struct wg__metadata *m = walk->metadata;
	const struct wg__layout *l = &m->layout;
	uint32_t id = l->stream_id ? wg__le32(h + l->stream_id) : 0;

	if (wg__le32(h) != STREAM_MAGIC)
		return false;
	walk->has_magic = true;
	return !(m->has_uuid && memcmp(h + l->uuid, m->uuid, sizeof(m->uuid)) != 0) &&
	       (!m->stream_ids || (id < 64 && (m->stream_ids >> id & 1)));
}

static bool parse_header(struct wg__walk *walk, const uint8_t *h, struct wg__packet *ret)
{
	const struct wg__layout *l = &walk->metadata->layout;
	struct wg__packet p = { .off = walk->off };

	if (!is_ours(walk, h))
		return false;
	p.begin = wg__le64(h + l->timestamp_begin);
	p.end = wg__le64(h + l->timestamp_end);
	p.content_bits = wg__le64(h + l->content_size);
	p.packet_bits = wg__le64(h + l->packet_size);
	p.stream = l->stream_id ? wg__le32(h + l->stream_id) : 0;
	p.instance = l->stream_instance_id ? wg__le64(h + l->stream_instance_id) : 0;
	p.seq = l->packet_seq_num ? wg__le64(h + l->packet_seq_num) : 0;
	p.discarded = l->events_discarded ? wg__le64(h + l->events_discarded) : 0;
	if (p.begin >= TIME_MAX || p.packet_bits % 8 || p.packet_bits / 8 < l->bytes ||
		p.packet_bits / 8 > PACKET_BYTES_MAX)
		return false;
	p.there = p.packet_bits / 8;
	if (p.there > walk->size - walk->off)
		p.there = walk->size - walk->off;
	p.backed = backed_bytes(walk, &p);
	p.no_content = p.content_bits > p.packet_bits || p.content_bits / 8 < l->bytes ||
		       (p.backed < p.there && p.content_bits / 8 > p.backed + PAGE_BYTES);
	p.no_end = p.end < p.begin || p.end >= TIME_MAX;
	p.no_seq = p.seq == NOT_A_COUNT;
	p.no_discarded = p.discarded == NOT_A_COUNT;
	*ret = p;
	return true;
}

/* No packet begins at off: to the next place where one may. */
static void step_over(struct wg__walk *walk)
{
	uint64_t next = walk->off + PAGE_BYTES - walk->off % PAGE_BYTES, begin, end;

	if (walk->is_sparse) {
		if (!wg__walk_data(walk->fd, next, walk->size, &begin, &end))
			next = walk->size;
		else if (begin > next)
			next = begin - begin % PAGE_BYTES;
	}
	if (next > walk->size)
		next = walk->size;
	if (!walk->garbage_bytes)
		walk->garbage_at = walk->off;
	walk->garbage_bytes += next - walk->off;
	walk->off = next;
}

int wg__walk_next(struct wg__walk *walk, struct wg__packet *ret)
{
	const uint32_t header_bytes = walk->metadata->layout.bytes;
	uint8_t header[WG__HEADER_MAX];

	while (walk->off < walk->size) {
		int rc;

		if (walk->size - walk->off < header_bytes) {
			if (walk->garbage_bytes)
				walk->garbage_bytes += walk->size - walk->off;
			else
				walk->cut_header = walk->size - walk->off;
			return 0;
		}
		rc = read_at(walk->fd, header, header_bytes, walk->off);
		if (rc < 0)
			return rc;
		if (parse_header(walk, header, ret)) {
			walk->off += ret->there;
			return 1;
		}
		step_over(walk);
	}
	return 0;
}

bool wg__walk_saw_magic(const struct wg__walk *walk)
{
	const uint32_t magic = htole32(STREAM_MAGIC);
	size_t len = walk->size < sizeof(magic) ? (size_t)walk->size : sizeof(magic);
	uint8_t start[sizeof(magic)];

	return walk->has_magic ||
	       (read_at(walk->fd, start, len, 0) == 0 && memcmp(start, &magic, len) == 0);
}

int wg__walk_open(const char *dir, const char *name, const struct wg__metadata *metadata,
	struct wg__walk *ret_walk)
{
	struct wg__walk walk = { .metadata = metadata };
	struct stat st;
	char *path;

	if (asprintf(&path, "%s/%s", dir, name) < 0)
		return -ENOMEM;
	walk.fd = wg__open_regular(AT_FDCWD, path, &st);
	free(path);
	if (walk.fd < 0)
		return walk.fd;
	walk.size = (uint64_t)st.st_size;
	walk.is_sparse = (uint64_t)st.st_blocks * 512 < walk.size;
	*ret_walk = walk;
	return 0;
}
