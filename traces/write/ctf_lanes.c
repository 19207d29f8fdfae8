/*
 * ctf_lanes.c: streams that grow while records come, so that a trace is there whenever its writer
 * ends.
 *
 * Records come almost in the order of time. What is later than all in lane 0 goes there, the rest
 * to lane 1 if it is later than all in that, and so on: a lane is a stream, whose times never go
 * back. Its last packet is open: it is written again with more events until it is full. The pages
 * behind the first are written first, and then the header with the new size, which is one page, and
 * so is written whole or not at all, even if this process is killed.
 *
 * Within a size, a lane is a row of files, and the oldest one is removed. Readers see from the
 * number of the first packet that some are missing, and from when on the trace is whole (since.h).
 * What describes objects and call sites has lanes of its own, and stays.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/write/ctf_impl.h"

#define PAGE	   4096u
#define FILES	   16 /* of so many parts at least is what is kept */
#define FILE_BYTES ((uint64_t)WG__CTF_BYTES)

struct file {
	uint32_t number;
	uint64_t bytes; /* without the open packet */
	uint64_t packets;
	int64_t begin_ns, end_ns;
};

struct wg__ctf_lane {
	struct wg__ctf_packet packet; /* open */
	size_t clean;		      /* so much of it is on disk; 0: nothing */
	uint64_t on_disk;	      /* bytes it takes there */
	int64_t first_ns, last_ns;    /* of it */
	int64_t end_ns;		      /* of all */
	uint64_t sequence, discarded;
	bool is_for_places;
	struct file *file; /* the last one is written to */
	size_t files, cap;
};

static void name_file(char name[48], size_t lane, uint32_t number)
{
	if (number == 0)
		(void)snprintf(name, 48, "wakegap_%zu", lane);
	else
		(void)snprintf(name, 48, "wakegap_%zu_%u", lane, number);
}

static size_t index_of(const struct wg_ctf *c, const struct wg__ctf_lane *lane)
{
	return (size_t)(lane - c->lane);
}

/* ---- to disk ---- */

static int write_all(int fd, const uint8_t *bytes, size_t len, uint64_t at)
{
	while (len > 0) {
		ssize_t n = pwrite(fd, bytes, len, (off_t)at);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -ENOSPC;
		bytes += n;
		len -= (size_t)n;
		at += (uint64_t)n;
	}
	return 0;
}

/* What is new of the open packet. After an error the one before is still there. */
static int write_open(struct wg_ctf *c, struct wg__ctf_lane *lane, int64_t begin_ns, int64_t end_ns)
{
	const struct wg__ctf_head head = { c->uuid, index_of(c, lane), begin_ns, end_ns,
		lane->sequence, lane->discarded };
	struct file *file = &lane->file[lane->files - 1];
	size_t size = wg__ctf_seal(&lane->packet, &head);
	size_t from = lane->clean / PAGE * PAGE;
	char name[48];
	int fd, rc;

	name_file(name, index_of(c, lane), file->number);
	fd = openat(c->dir_fd, name, O_WRONLY | O_CREAT | O_NOFOLLOW | O_CLOEXEC, 0666);
	if (fd < 0)
		return -errno;
	from = from ? from : PAGE;
	rc = size > from ? write_all(fd, lane->packet.bytes + from, size - from, file->bytes + from)
			 : 0;
	if (rc == 0)
		rc = write_all(fd, lane->packet.bytes, PAGE, file->bytes);
	if (rc < 0)
		(void)!ftruncate(fd, (off_t)(file->bytes + lane->on_disk));
	if (close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc < 0)
		return rc;
	c->bytes += size - lane->on_disk;
	lane->on_disk = size;
	lane->clean = lane->packet.used;
	return 0;
}

/* ---- within a size ---- */

static int add_file(struct wg__ctf_lane *lane)
{
	uint32_t number = lane->files ? lane->file[lane->files - 1].number + 1 : 0;

	if (wg__grow(&lane->file, &lane->cap, lane->files, sizeof(*lane->file)) < 0)
		return -ENOMEM;
	lane->file[lane->files++] = (struct file){ .number = number };
	return 0;
}

/* The lane whose first file ends first, of those that are not written to any more; or NULL. */
static struct wg__ctf_lane *oldest(const struct wg_ctf *c)
{
	struct wg__ctf_lane *found = NULL;
	size_t i;

	for (i = 0; i < c->lanes; i++) {
		struct wg__ctf_lane *lane = &c->lane[i];

		if (lane->files > 1 && !lane->is_for_places &&
			(!found || lane->file[0].end_ns < found->file[0].end_ns))
			found = lane;
	}
	return found;
}

static void drop(struct wg_ctf *c, struct wg__ctf_lane *lane)
{
	const struct file old = lane->file[0];
	char name[48];

	name_file(name, index_of(c, lane), old.number);
	(void)unlinkat(c->dir_fd, name, 0);
	c->bytes -= old.bytes;
	c->dropped.packets += old.packets;
	lane->files--;
	memmove(lane->file, lane->file + 1, lane->files * sizeof(*lane->file));
	if (lane->file[0].begin_ns > c->dropped.since_ns)
		c->dropped.since_ns = lane->file[0].begin_ns;
	else if (lane->file[0].packets == 0 && old.end_ns > c->dropped.since_ns)
		c->dropped.since_ns = old.end_ns;
}

static int keep_within(struct wg_ctf *c, struct wg__ctf_lane *lane)
{
	uint64_t most = c->about.max_bytes;
	struct wg__ctf_lane *old;
	uint64_t part = most / FILES > FILE_BYTES ? most / FILES : FILE_BYTES;
	/* The metadata, and what the open packets may still become. */
	uint64_t aside = (uint64_t)(c->lanes + 1) * WG__CTF_BUFFER;

	if (most == 0)
		return 0;
	while (c->bytes + aside > most && (old = oldest(c)))
		drop(c, old);
	return lane->file[lane->files - 1].bytes >= part ? add_file(lane) : 0;
}

/* ---- packets ---- */

/* What is open is full, or the next one is a hole. */
static int close_packet(
	struct wg_ctf *c, struct wg__ctf_lane *lane, int64_t begin_ns, int64_t end_ns)
{
	struct file *file = &lane->file[lane->files - 1];
	int rc = write_open(c, lane, begin_ns, end_ns);

	if (rc < 0)
		return rc;
	file->begin_ns = file->packets ? file->begin_ns : begin_ns;
	file->end_ns = end_ns;
	file->bytes += lane->on_disk;
	file->packets++;
	lane->sequence++;
	lane->clean = lane->on_disk = 0;
	lane->packet.used = WG__CTF_HEADER;
	return keep_within(c, lane);
}

static int put_hole(struct wg_ctf *c, struct wg__ctf_lane *lane, const struct wg_event *ev)
{
	int rc = 0;

	if (lane->packet.used > WG__CTF_HEADER)
		rc = close_packet(c, lane, lane->first_ns, lane->last_ns);
	if (rc == 0 && lane->sequence == 0) /* a reader compares it with the packet before */
		rc = close_packet(c, lane, ev->lost.begin_ns, ev->lost.begin_ns);
	lane->discarded += ev->lost.count ? ev->lost.count : 1;
	return rc == 0 ? close_packet(c, lane, ev->lost.begin_ns, ev->ts_ns) : rc;
}

static int put(struct wg_ctf *c, struct wg__ctf_lane *lane, const struct wg_event *ev)
{
	int rc = 0;

	lane->end_ns = ev->ts_ns;
	if (ev->type == WG_EV_LOST)
		return put_hole(c, lane, ev);
	if (lane->packet.used + WG__CTF_EVENT > WG__CTF_BYTES)
		rc = close_packet(c, lane, lane->first_ns, lane->last_ns);
	if (lane->packet.used == WG__CTF_HEADER)
		lane->first_ns = ev->ts_ns;
	lane->last_ns = ev->ts_ns;
	wg__ctf_put_event(&lane->packet, ev);
	return rc;
}

/* ---- which lane ---- */

static bool is_place(const struct wg_ctf *c, const struct wg_event *ev)
{
	return c->about.max_bytes &&
	       (ev->record == WG_RECORD_OBJECT || ev->record == WG_RECORD_SITE);
}

static struct wg__ctf_lane *add_lane(struct wg_ctf *c, bool is_for_places)
{
	struct wg__ctf_lane *lane;

	if (wg__grow(&c->lane, &c->lane_cap, c->lanes, sizeof(*c->lane)) < 0)
		return NULL;
	lane = &c->lane[c->lanes];
	*lane = (struct wg__ctf_lane){ .packet = { malloc(WG__CTF_BUFFER), WG__CTF_HEADER },
		.end_ns = INT64_MIN,
		.is_for_places = is_for_places };
	if (!lane->packet.bytes || add_file(lane) < 0) {
		free(lane->packet.bytes);
		return NULL;
	}
	c->lanes++;
	return lane;
}

/* A hole begins earlier than it is told. */
static bool fits(const struct wg__ctf_lane *lane, const struct wg_event *ev)
{
	return (ev->type == WG_EV_LOST ? ev->lost.begin_ns : ev->ts_ns) >= lane->end_ns;
}

/* The records of v, which are sorted, that may go into that lane go there; returns how many are
 * left at the front. */
static int fill_lane(struct wg_ctf *c, size_t lane, size_t *left)
{
	size_t i, from = *left, kept = 0;
	int rc = 0;

	while (from > 0 && c->v[from - 1].ev.ts_ns >= c->lane[lane].end_ns)
		from--;
	for (i = 0; i < *left && rc == 0; i++) {
		if (i >= from && fits(&c->lane[lane], &c->v[i].ev) &&
			is_place(c, &c->v[i].ev) == c->lane[lane].is_for_places)
			rc = put(c, &c->lane[lane], &c->v[i].ev);
		else
			c->v[kept++] = c->v[i];
	}
	*left = kept;
	return rc;
}

/* What is left has none: the first one says of which kind the next lane is. */
static int fill_lanes(struct wg_ctf *c)
{
	size_t i, left = c->count;
	int rc = 0;

	for (i = 0; rc == 0 && left > 0; i++) {
		if (i == c->lanes && !add_lane(c, is_place(c, &c->v[0].ev)))
			return -ENOMEM;
		rc = fill_lane(c, i, &left);
	}
	return rc;
}

int wg__ctf_lanes_write(struct wg_ctf *c)
{
	size_t i;
	int rc = fill_lanes(c);

	c->count = 0;
	for (i = 0; rc == 0 && i < c->lanes; i++) {
		struct wg__ctf_lane *lane = &c->lane[i];

		if (lane->packet.used > WG__CTF_HEADER && lane->packet.used > lane->clean)
			rc = write_open(c, lane, lane->first_ns, lane->last_ns);
	}
	return rc;
}

void wg__ctf_lanes_fini(struct wg_ctf *c, bool keep)
{
	size_t i, k;

	for (i = 0; i < c->lanes; i++) {
		for (k = 0; !keep && k < c->lane[i].files; k++) {
			char name[48];

			name_file(name, i, c->lane[i].file[k].number);
			(void)unlinkat(c->dir_fd, name, 0);
		}
		free(c->lane[i].file);
		free(c->lane[i].packet.bytes);
	}
	free(c->lane);
}
