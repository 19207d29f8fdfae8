/*
 * ctf_stream.c: see ctf_stream.h.
 */
#include "traces/read/ctf_stream.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/regular.h"
#include "traces/read/packets.h"
#include "traces/read/little_endian.h"

#define MAGIC	    0xC1FC1FC1u
#define TIME_MAX    (UINT64_C(1) << 62) /* as packets_walk.c: with the clock's offset it fits */
#define EVENT_BYTES (4u << 20)		/* longer ones are left to libbabeltrace2 */
#define NOT_A_COUNT UINT64_MAX
#define HEADER_MAX  128 /* of a packet: ctf/packet.c knows fewer fields */

struct packet {
	uint64_t begin, end, content, size; /* the sizes in bytes */
	uint64_t seq, discarded, instance;
	uint32_t stream_id, cpu;
};

struct wg__ctf_stream_file {
	const struct wg__ctf_schema *schema;
	const struct wg__ctf_tables *tables;
	const struct wg__ctf_packet_fields *fields;
	int fd;
	uint64_t size; /* of the file when it was opened */
	struct wg__ctf_cursor cursor;
	struct packet first;
	/* What of it is in memory. */
	uint8_t *buffer;
	size_t buffer_cap, buffer_len;
	uint64_t buffer_off;
	/* Where we are. */
	uint64_t at;
	bool is_in_packet, has_packet, has_ended;
	uint64_t content_end, packet_end;
	struct packet packet;
	int64_t last_ns; /* of the last message */
	uint32_t foreign;
	/* What of it is of use. */
	struct wg__ctf_window window;
	uint64_t last_full; /* where the last packet with events begins */
	bool is_past;	    /* an event from window.to_ns on is there */
};

/* ---- bytes of the file ---- */

/* How many bytes from the file's `off` on are in memory at *ret; all that there are, or enough. */
static size_t window(
	struct wg__ctf_stream_file *f, uint64_t off, size_t wanted, const uint8_t **ret)
{
	size_t from, kept;

	if (off < f->buffer_off || off > f->buffer_off + f->buffer_len) {
		f->buffer_off = off;
		f->buffer_len = 0;
	}
	from = (size_t)(off - f->buffer_off);
	kept = f->buffer_len - from;
	*ret = f->buffer + from;
	if (kept >= wanted || f->buffer_off + f->buffer_len >= f->size)
		return kept;
	memmove(f->buffer, f->buffer + from, kept);
	f->buffer_off = off;
	f->buffer_len = kept;
	*ret = f->buffer;
	while (f->buffer_len < f->buffer_cap && f->buffer_off + f->buffer_len < f->size) {
		size_t room = f->buffer_cap - f->buffer_len;
		uint64_t rest = f->size - f->buffer_off - f->buffer_len;
		ssize_t n = pread(f->fd, f->buffer + f->buffer_len,
			room < rest ? room : (size_t)rest, (off_t)(f->buffer_off + f->buffer_len));

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) /* cut meanwhile, or an error of the disk */
			break;
		f->buffer_len += (size_t)n;
	}
	return f->buffer_len;
}

static bool grow_buffer(struct wg__ctf_stream_file *f)
{
	uint8_t *grown = realloc(f->buffer, f->buffer_cap * 2 + WG__CTF_SLACK);

	if (!grown)
		return false;
	f->buffer = grown;
	f->buffer_cap *= 2;
	return true;
}

/* ---- packet headers ---- */

static void parse(const struct wg__ctf_packet_fields *l, const uint8_t *h, struct packet *p)
{
	p->stream_id = wg__le32(h + l->stream_id);
	p->instance = wg__le64(h + l->instance);
	p->begin = wg__le64(h + l->begin);
	p->end = wg__le64(h + l->end);
	p->content = wg__le64(h + l->content) / 8;
	p->size = wg__le64(h + l->size) / 8;
	p->seq = l->seq ? wg__le64(h + l->seq) : 0;
	p->discarded = l->discarded ? wg__le64(h + l->discarded) : 0;
	p->cpu = l->cpu ? wg__le32(h + l->cpu) : 0;
}

/* The header at `off`: where it is in memory, or read into room alone; NULL: it is cut. */
static const uint8_t *header_at(
	const struct wg__ctf_stream_file *f, uint64_t off, uint8_t room[HEADER_MAX])
{
	uint32_t bytes = f->fields->bytes;
	ssize_t n;

	if (off >= f->buffer_off && off - f->buffer_off + bytes <= f->buffer_len)
		return f->buffer + (off - f->buffer_off);
	do
		n = bytes <= HEADER_MAX ? pread(f->fd, room, bytes, (off_t)off) : 0;
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)bytes ? room : NULL;
}

/* Why the packet at `off` is none that we read; NULL: it is one. */
static const char *look(struct wg__ctf_stream_file *f, uint64_t off, struct packet *ret)
{
	const struct wg__ctf_packet_fields *l = f->fields;
	const struct packet *last = f->has_packet ? &f->packet : NULL;
	uint8_t room[HEADER_MAX];
	const uint8_t *h = header_at(f, off, room);
	struct packet p;

	if (!h)
		return "a packet is cut";
	if (wg__le32(h) != MAGIC || memcmp(h + l->uuid, f->schema->uuid, 16) != 0)
		return "bytes that are no packet of this trace";
	if ((wg__le64(h + l->content) | wg__le64(h + l->size)) % 8)
		return "a packet of no whole bytes";
	parse(l, h, &p);
	if (p.content < l->bytes || p.size < p.content || p.size > f->size - off)
		return "a packet is cut, or was not finished";
	if (p.begin > p.end || p.end >= TIME_MAX || (last && p.begin < last->end))
		return "the times of packets overlap";
	if (p.seq == NOT_A_COUNT || p.discarded == NOT_A_COUNT)
		return "a count that cannot be true";
	if (f->first.size && (p.stream_id != f->first.stream_id || p.instance != f->first.instance))
		return "packets of several streams in one file";
	*ret = p;
	return NULL;
}

/* All headers once. */
static const char *look_at_all(struct wg__ctf_stream_file *f)
{
	const char *why = NULL;
	uint64_t off = 0;
	struct packet p;

	while (off < f->size) {
		why = look(f, off, &p);
		if (why)
			return why;
		if (!f->has_packet)
			f->first = p;
		f->has_packet = true;
		f->packet = p;
		if (p.content > f->fields->bytes)
			f->last_full = off;
		off += p.size;
	}
	f->has_packet = false;
	return NULL;
}

static int find_stream(struct wg__ctf_stream_file *f)
{
	size_t i;

	for (i = 0; i < f->schema->stream_count; i++) {
		if (f->schema->stream[i].id == f->first.stream_id) {
			f->cursor.stream = i;
			return 0;
		}
	}
	return -ENOTSUP;
}

/* Streams may differ in what their packets have; the number of the stream is at one place. */
static int choose_fields(struct wg__ctf_stream_file *f)
{
	const struct wg__ctf_packet_fields *l = &f->schema->stream[0].packet;
	const uint8_t *h;

	f->fields = l;
	if (f->size == 0)
		return 0;
	if (window(f, 0, l->bytes, &h) < l->bytes)
		return -ENOTSUP;
	f->first.stream_id = wg__le32(h + l->stream_id);
	if (find_stream(f) < 0)
		return -ENOTSUP;
	f->fields = &f->schema->stream[f->cursor.stream].packet;
	return 0;
}

int wg__ctf_stream_open(const char *dir, const char *name, const struct wg__ctf_schema *schema,
	const struct wg__ctf_tables *tables, size_t buffer_bytes, struct wg__ctf_stream_file **ret,
	struct wg__ctf_seen *ret_seen, char *why, size_t len)
{
	struct wg__ctf_stream_file *f = calloc(1, sizeof(*f));
	const char *wrong = NULL;
	struct stat st;
	char *path = NULL;
	int rc = 0;

	if (f)
		f->buffer = malloc(buffer_bytes + WG__CTF_SLACK);
	if (!f || !f->buffer || asprintf(&path, "%s/%s", dir, name) < 0) {
		if (f)
			free(f->buffer);
		free(f);
		return -ENOMEM;
	}
	f->schema = schema;
	f->tables = tables;
	f->buffer_cap = buffer_bytes;
	f->last_ns = INT64_MIN;
	f->window = (struct wg__ctf_window){ INT64_MIN, INT64_MAX, INT64_MIN };
	f->fd = wg__open_regular(AT_FDCWD, path, &st);
	free(path);
	if (f->fd < 0) {
		wrong = strerror(-f->fd);
	} else {
		(void)posix_fadvise(f->fd, 0, 0, POSIX_FADV_SEQUENTIAL);
		f->size = (uint64_t)st.st_size;
		rc = choose_fields(f);
		wrong = rc < 0 ? "a packet of no stream that is known" : look_at_all(f);
	}
	if (wrong) {
		(void)snprintf(why, len, "%s in stream %s", wrong, name);
		wg__ctf_stream_close(f);
		return -ENOTSUP;
	}
	*ret_seen = (struct wg__ctf_seen){ f->cursor.stream, f->first.instance, f->size };
	*ret = f;
	return 0;
}

void wg__ctf_stream_close(struct wg__ctf_stream_file *f)
{
	if (!f)
		return;
	if (f->fd >= 0)
		(void)close(f->fd);
	free(f->buffer);
	free(f);
}

/* ---- items ---- */

static void put(struct wg__ctf_stream_file *f, struct wg__ctf_items *items, enum wg__ctf_what what,
	int64_t at_ns)
{
	items->tag[items->count++] = (struct wg__ctf_tag){ at_ns, what, f->foreign };
	f->foreign = 0;
}

static void put_end(
	struct wg__ctf_stream_file *f, struct wg__ctf_items *items, enum wg__ctf_what what)
{
	f->has_ended = true;
	put(f, items, what, f->last_ns);
}

static void put_lost(struct wg__ctf_stream_file *f, struct wg__ctf_items *items,
	enum wg__ctf_what what, uint64_t begin, uint64_t end, uint64_t count)
{
	struct wg_event *ev = &items->event[items->count];

	ev->lost.begin_ns = (int64_t)begin;
	ev->ts_ns = (int64_t)end;
	ev->lost.count = count;
	put(f, items, what, (int64_t)begin);
}

void wg__ctf_stream_narrow(struct wg__ctf_stream_file *f, const struct wg__ctf_window *window)
{
	f->window = *window;
}

/* No event of the packet at f->at is needed. */
static bool is_of_no_use(const struct wg__ctf_stream_file *f, const struct packet *p)
{
	const struct wg__ctf_window *w = &f->window;

	if ((int64_t)p->end > w->whole_ns)
		return false;
	return ((int64_t)p->end < w->from_ns && f->at != f->last_full) ||
	       (f->is_past && (int64_t)p->begin >= w->to_ns);
}

/* Enter the packet at f->at, or pass it over. What was lost before it are items: at most two. */
static void enter(struct wg__ctf_stream_file *f, struct wg__ctf_items *items)
{
	struct packet p, *last = &f->packet;

	if (f->at >= f->size) {
		put_end(f, items, WG__CTF_LAST);
		return;
	}
	if (look(f, f->at, &p)) { /* it was good when it was opened */
		put_end(f, items, WG__CTF_BROKEN);
		return;
	}
	if (!f->has_packet && p.discarded)
		put_lost(f, items, WG__CTF_LOST_EVENTS, p.begin, p.end, 0);
	else if (f->has_packet && p.discarded != last->discarded)
		put_lost(f, items, WG__CTF_LOST_EVENTS, last->end, p.end,
			p.discarded - last->discarded);
	if (f->has_packet && f->fields->seq && p.seq - last->seq > 1)
		put_lost(f, items, WG__CTF_LOST_PACKETS, last->end, p.begin, p.seq - last->seq - 1);
	f->packet = p;
	f->has_packet = true;
	if (is_of_no_use(f, &p)) {
		f->last_ns = (int64_t)p.end;
		f->at += p.size;
		return;
	}
	f->is_in_packet = true;
	f->cursor.clock = p.begin;
	f->cursor.cpu = p.cpu;
	f->last_ns = (int64_t)p.begin;
	f->content_end = f->at + p.content;
	f->packet_end = f->at + p.size;
	f->at += f->fields->bytes;
}

/* No event follows. */
static void leave(struct wg__ctf_stream_file *f, struct wg__ctf_items *items)
{
	if (f->at > f->content_end || (int64_t)f->packet.end < f->last_ns) {
		put_end(f, items, WG__CTF_BROKEN);
		return;
	}
	if (f->last_ns >= f->window.to_ns && f->packet.content > f->fields->bytes)
		f->is_past = true;
	f->last_ns = (int64_t)f->packet.end;
	f->at = f->packet_end;
	f->is_in_packet = false;
}

/* The latest time that still fits when it is counted from 1970. */
static int64_t last_good_time(const struct wg__ctf_stream_file *f)
{
	const struct wg__ctf_schema *s = f->schema;
	uint64_t most =
		(uint64_t)INT64_MAX - ((uint64_t)s->offset_s * 1000000000 + (uint64_t)s->offset_ns);

	return most < (uint64_t)INT64_MAX ? (int64_t)most : INT64_MAX;
}

/* Events until max, from `at` on, before `limit` and as long as they are there. Why it stopped is
 * the result; *ret is where. */
static enum wg__ctf_got decode_run(struct wg__ctf_stream_file *f, struct wg__ctf_items *items,
	size_t max, const uint8_t *at, const uint8_t *limit, const uint8_t *end,
	const uint8_t **ret)
{
	const int64_t last_good = last_good_time(f);
	enum wg__ctf_got got = WG__CTF_SHORT;
	size_t bytes = 0;

	while (items->count < max && at < limit) {
		size_t i = items->count;

		got = wg__ctf_decode(
			f->tables, &f->cursor, at, end, &items->event[i], &items->ns[i], &bytes);
		if (got > WG__CTF_FOREIGN)
			break;
		/* Time never goes back. Beyond INT64_MAX it is negative, and so before the last. */
		if ((int64_t)f->cursor.clock < f->last_ns || (int64_t)f->cursor.clock > last_good) {
			got = WG__CTF_WRONG;
			break;
		}
		at += bytes;
		f->last_ns = (int64_t)f->cursor.clock;
		if (got != WG__CTF_FOREIGN)
			put(f, items, got == WG__CTF_OURS ? WG__CTF_EVENT : WG__CTF_EVENT_TO_SAY,
				f->last_ns);
		else if (++f->foreign == UINT32_MAX)
			break;
	}
	*ret = at;
	return got;
}

/* Events in a packet until max, or its end, or more bytes are wanted. */
static void decode(struct wg__ctf_stream_file *f, struct wg__ctf_items *items, size_t max)
{
	const uint8_t *begin, *at;
	size_t there = window(f, f->at, 1, &begin), left;
	uint64_t wanted = f->content_end - f->at;
	enum wg__ctf_got got = decode_run(f, items, max, begin,
		begin + (wanted < there ? (size_t)wanted : there), begin + there, &at);

	f->at += (uint64_t)(at - begin);
	left = there - (size_t)(at - begin);
	if (items->count == max || f->at >= f->content_end || (left && got <= WG__CTF_FOREIGN))
		return;
	if (got <= WG__CTF_SHORT) {
		if (left == f->buffer_cap && f->buffer_cap < EVENT_BYTES && !grow_buffer(f)) {
			put_end(f, items, WG__CTF_NO_ROOM);
			return;
		}
		if (window(f, f->at, left + 1, &begin) > left)
			return;
	}
	put_end(f, items, got == WG__CTF_NO_MEMORY ? WG__CTF_NO_ROOM : WG__CTF_BROKEN);
}

void wg__ctf_stream_items(struct wg__ctf_stream_file *f, struct wg__ctf_items *items, size_t max)
{
	items->count = 0;
	while (!f->has_ended && items->count + 2 <= max) {
		if (!f->is_in_packet)
			enter(f, items);
		else if (f->at >= f->content_end)
			leave(f, items);
		else
			decode(f, items, max);
	}
	items->bytes = f->at < f->size ? f->at : f->size;
}
