/*
 * packet.c: the part of schema.h that reads what a stream is, and where its packets have what.
 */
#include <errno.h>
#include <string.h>

#include "traces/ctf/words.h"

#define STREAMS_MAX 64

/* Take a field of a packet that is an integer of so many bytes. */
static bool is_packet_field(struct wg__ctf_parser *p, const struct wg__ctf_field *f,
	const char *name, uint32_t bytes, bool is_clock, uint32_t off, uint32_t *ret)
{
	if (strcmp(f->name, name) != 0)
		return false;
	if (f->type != WG__CTF_UNSIGNED || f->is_enum || f->bytes != bytes ||
		f->is_clock != is_clock)
		wg__ctf_refuse(p, "'%s' of another form", name);
	*ret = off;
	return true;
}

static void place_header(struct wg__ctf_parser *p, struct wg__ctf_packet_fields *at)
{
	const struct wg__ctf_schema *s = p->schema;
	uint32_t magic = 1;
	size_t i;

	for (i = s->header.first; i < s->header.first + s->header.count; i++) {
		const struct wg__ctf_field *f = &s->field[i];

		if (strcmp(f->name, "uuid") == 0 && f->type == WG__CTF_BYTES && f->bytes == 16 &&
			f->element_bytes == 1)
			at->uuid = at->bytes;
		else if (!is_packet_field(p, f, "magic", 4, false, at->bytes, &magic) &&
			 !is_packet_field(p, f, "stream_id", 4, false, at->bytes, &at->stream_id) &&
			 !is_packet_field(
				 p, f, "stream_instance_id", 8, false, at->bytes, &at->instance))
			wg__ctf_refuse(p, "'%s' in the packet header", f->name);
		at->bytes += f->bytes;
	}
	if (magic != 0 || !at->uuid || !at->stream_id || !at->instance)
		wg__ctf_refuse(p, "a packet header that lacks something");
}

static void place_context(
	struct wg__ctf_parser *p, const struct wg__ctf_struct *st, struct wg__ctf_packet_fields *at)
{
	size_t i;

	for (i = st->first; i < st->first + st->count; i++) {
		const struct wg__ctf_field *f = &p->schema->field[i];
		uint32_t off = at->bytes;

		if (!is_packet_field(p, f, "timestamp_begin", 8, true, off, &at->begin) &&
			!is_packet_field(p, f, "timestamp_end", 8, true, off, &at->end) &&
			!is_packet_field(p, f, "content_size", 8, false, off, &at->content) &&
			!is_packet_field(p, f, "packet_size", 8, false, off, &at->size) &&
			!is_packet_field(p, f, "packet_seq_num", 8, false, off, &at->seq) &&
			!is_packet_field(p, f, "events_discarded", 8, false, off, &at->discarded) &&
			!is_packet_field(p, f, "cpu_id", 4, false, off, &at->cpu))
			wg__ctf_refuse(p, "'%s' in the packet context", f->name);
		at->bytes += f->bytes;
	}
	if (!at->begin || !at->end || !at->content || !at->size)
		wg__ctf_refuse(p, "a packet context that lacks something");
}

void wg__ctf_refuse_clocks(struct wg__ctf_parser *p, const struct wg__ctf_struct *st)
{
	size_t i;

	for (i = st->first; p->rc == 0 && i < st->first + st->count; i++) {
		if (p->schema->field[i].is_clock)
			wg__ctf_refuse(p, "a field that sets the clock");
	}
}

static void need_stream_part(
	struct wg__ctf_parser *p, struct wg__ctf_stream *stream, uint32_t *seen)
{
	struct wg__ctf_struct st;

	if (wg__ctf_take_name(p, "id") && wg__ctf_once(p, seen, 0)) {
		wg__ctf_need_sign(p, '=');
		stream->id = wg__ctf_need_number(p);
	} else if (wg__ctf_take_name(p, "packet") && wg__ctf_once(p, seen, 1)) {
		wg__ctf_need_of(p, "context");
		st = wg__ctf_need_struct(p);
		place_header(p, &stream->packet);
		place_context(p, &st, &stream->packet);
	} else if (wg__ctf_take_name(p, "event")) {
		wg__ctf_need_sign(p, '.');
		if (wg__ctf_take_name(p, "header") && wg__ctf_once(p, seen, 2)) {
			wg__ctf_need_sign(p, 'A');
			wg__ctf_need_header(p, stream);
		} else if (wg__ctf_take_name(p, "context") && wg__ctf_once(p, seen, 3)) {
			wg__ctf_need_sign(p, 'A');
			stream->context = wg__ctf_need_struct(p);
			wg__ctf_refuse_clocks(p, &stream->context);
		} else {
			wg__ctf_refuse(p, "a part that is not known");
		}
	} else {
		wg__ctf_refuse(p, "a part that is not known");
	}
	wg__ctf_need_sign(p, ';');
}

void wg__ctf_need_stream(struct wg__ctf_parser *p, uint32_t blocks)
{
	struct wg__ctf_schema *s = p->schema;
	struct wg__ctf_stream stream = { 0 };
	uint32_t seen = 0;
	size_t i;

	p->in = "a stream";
	if ((blocks & WG__CTF_TRACE) == 0 || (blocks & WG__CTF_CLOCK) == 0)
		wg__ctf_refuse(p, "an unusual order");
	wg__ctf_need_sign(p, '{');
	while (p->rc == 0 && !wg__ctf_is_sign(p, '}'))
		need_stream_part(p, &stream, &seen);
	if ((seen & 7) != 7)
		wg__ctf_refuse(p, "something missing");
	for (i = 0; i < s->stream_count; i++) {
		if (s->stream[i].id == stream.id)
			wg__ctf_refuse(p, "two of one number");
	}
	wg__ctf_need_end(p);
	if (s->stream_count == STREAMS_MAX || stream.id > UINT32_MAX)
		wg__ctf_refuse(p, "too many streams");
	if (p->rc < 0)
		return;
	if (wg__grow(&s->stream, &s->stream_cap, s->stream_count, sizeof(stream)) < 0)
		p->rc = -ENOMEM;
	else
		s->stream[s->stream_count++] = stream;
}
