/*
 * parse.c: see schema.h. The blocks of metadata, one after the other.
 *
 * A block comes after what it uses, as LTTng writes them. The order, too, is a reason to refuse.
 */
#include "traces/ctf/schema.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/ctf/words.h"

#define EVENTS_MAX 4096

void wg__ctf_need_end(struct wg__ctf_parser *p)
{
	wg__ctf_need_sign(p, '}');
	wg__ctf_need_sign(p, ';');
	p->in = NULL;
}

static void need_uuid(struct wg__ctf_parser *p, uint8_t uuid[16])
{
	const char *text = wg__ctf_need_quoted(p);
	unsigned at = 0, i;

	for (i = 0; i < 16 && p->rc == 0; i++) {
		static const char hex[] = "0123456789abcdef";
		const char *high, *low;

		at += text[at] == '-' && (i == 4 || i == 6 || i == 8 || i == 10);
		high = text[at] ? strchr(hex, text[at]) : NULL;
		low = high && text[at + 1] ? strchr(hex, text[at + 1]) : NULL;
		if (!low) {
			wg__ctf_refuse(p, "a uuid of another form");
			return;
		}
		uuid[i] = (uint8_t)((high - hex) << 4 | (low - hex));
		at += 2;
	}
	if (p->rc == 0 && (text[at] || strlen(text) != 36))
		wg__ctf_refuse(p, "a uuid of another form");
}

/* packet.header := struct { ... }, and the like. */
void wg__ctf_need_of(struct wg__ctf_parser *p, const char *second)
{
	wg__ctf_need_sign(p, '.');
	wg__ctf_need_name(p, second);
	wg__ctf_need_sign(p, 'A');
}

/* ---- trace ---- */

static void need_trace_part(struct wg__ctf_parser *p, uint32_t *seen)
{
	struct wg__ctf_schema *s = p->schema;

	if (wg__ctf_take_name(p, "packet") && wg__ctf_once(p, seen, 0)) {
		wg__ctf_need_of(p, "header");
		s->header = wg__ctf_need_struct(p);
	} else if (wg__ctf_take_name(p, "uuid") && wg__ctf_once(p, seen, 1)) {
		wg__ctf_need_sign(p, '=');
		need_uuid(p, s->uuid);
	} else if (wg__ctf_take_name(p, "byte_order") && wg__ctf_once(p, seen, 2)) {
		wg__ctf_need_sign(p, '=');
		wg__ctf_need_name(p, "le");
	} else if (wg__ctf_take_name(p, "major") && wg__ctf_once(p, seen, 3)) {
		wg__ctf_need_sign(p, '=');
		if (wg__ctf_need_number(p) != 1)
			wg__ctf_refuse(p, "another version of CTF");
	} else if (wg__ctf_take_name(p, "minor") && wg__ctf_once(p, seen, 4)) {
		wg__ctf_need_sign(p, '=');
		if (wg__ctf_need_number(p) != 8)
			wg__ctf_refuse(p, "another version of CTF");
	} else {
		wg__ctf_refuse(p, "a part that is not known");
	}
	wg__ctf_need_sign(p, ';');
}

static void need_trace(struct wg__ctf_parser *p, uint32_t *blocks)
{
	uint32_t seen = 0;

	p->in = "its trace";
	(void)wg__ctf_once(p, blocks, 0);
	wg__ctf_need_sign(p, '{');
	while (p->rc == 0 && !wg__ctf_is_sign(p, '}'))
		need_trace_part(p, &seen);
	if (seen != 31)
		wg__ctf_refuse(p, "something missing");
	wg__ctf_need_end(p);
}

/* ---- env ---- */

static void need_env(struct wg__ctf_parser *p, uint32_t *blocks)
{
	struct wg__ctf_schema *s = p->schema;

	p->in = "its environment";
	(void)wg__ctf_once(p, blocks, 1);
	wg__ctf_need_sign(p, '{');
	while (p->rc == 0 && !wg__ctf_is_sign(p, '}')) {
		const char *name = wg__ctf_need_any_name(p), *text = NULL;
		uint64_t number = 0;

		wg__ctf_need_sign(p, '=');
		if (p->word == WG__CTF_QUOTED)
			text = wg__ctf_need_quoted(p);
		else
			number = wg__ctf_need_number(p);
		wg__ctf_need_sign(p, ';');
		if (number > INT32_MAX)
			wg__ctf_refuse(p, "a large number");
		if (text && strcmp(name, "hostname") == 0)
			s->hostname = text;
		else if (text && strcmp(name, "procname") == 0)
			s->procname = text;
		else if (text && strcmp(name, "tracer_name") == 0)
			s->tracer = text;
		else if (!text && strcmp(name, "vpid") == 0)
			s->vpid = (int64_t)number;
		else if (!text && strcmp(name, "tracer_major") == 0)
			s->tracer_major = (int64_t)number;
		else if (!text && strcmp(name, "tracer_minor") == 0)
			s->tracer_minor = (int64_t)number;
	}
	wg__ctf_need_end(p);
}

/* ---- clock ---- */

static void need_clock_part(struct wg__ctf_parser *p, uint32_t *seen, uint64_t *offset)
{
	struct wg__ctf_schema *s = p->schema;
	const char *name = wg__ctf_need_any_name(p);

	wg__ctf_need_sign(p, '=');
	if (strcmp(name, "name") == 0 && wg__ctf_once(p, seen, 0)) {
		s->clock_name =
			p->word == WG__CTF_NAME ? wg__ctf_need_any_name(p) : wg__ctf_need_quoted(p);
	} else if (strcmp(name, "uuid") == 0 && wg__ctf_once(p, seen, 1)) {
		need_uuid(p, s->clock_uuid);
		s->clock_has_uuid = true;
	} else if (strcmp(name, "description") == 0 && wg__ctf_once(p, seen, 2)) {
		(void)wg__ctf_need_quoted(p);
	} else if (strcmp(name, "freq") == 0 && wg__ctf_once(p, seen, 3)) {
		if (wg__ctf_need_number(p) != 1000000000)
			wg__ctf_refuse(p, "another frequency");
	} else if (strcmp(name, "offset") == 0 && wg__ctf_once(p, seen, 4)) {
		*offset = wg__ctf_need_number(p);
		if (*offset > INT64_MAX / 2)
			wg__ctf_refuse(p, "a time that is far away");
	} else if (strcmp(name, "absolute") == 0 && wg__ctf_once(p, seen, 5)) {
		wg__ctf_need_name(p, "TRUE");
		s->clock_is_absolute = true;
	} else {
		wg__ctf_refuse(p, "'%s'", name);
	}
	wg__ctf_need_sign(p, ';');
}

static void need_clock(struct wg__ctf_parser *p, uint32_t *blocks)
{
	struct wg__ctf_schema *s = p->schema;
	uint64_t offset = 0;
	uint32_t seen = 0;

	p->in = "its clock";
	(void)wg__ctf_once(p, blocks, 2);
	wg__ctf_need_sign(p, '{');
	while (p->rc == 0 && !wg__ctf_is_sign(p, '}'))
		need_clock_part(p, &seen, &offset);
	if ((seen & 9) != 9)
		wg__ctf_refuse(p, "something missing");
	s->offset_s = (int64_t)(offset / 1000000000);
	s->offset_ns = (int64_t)(offset % 1000000000);
	/* To babeltrace2 every clock of LTTng's counts from 1970. */
	if (strncmp(s->tracer, "lttng", 5) == 0)
		s->clock_is_absolute = true;
	wg__ctf_need_end(p);
}

/* ---- event ---- */

static void need_event_part(struct wg__ctf_parser *p, struct wg__ctf_event *ev, uint32_t *seen)
{
	const char *name = wg__ctf_need_any_name(p);

	if (strcmp(name, "fields") == 0 && wg__ctf_once(p, seen, 3)) {
		wg__ctf_need_sign(p, 'A');
		ev->payload = wg__ctf_need_struct(p);
		wg__ctf_refuse_clocks(p, &ev->payload);
		wg__ctf_need_sign(p, ';');
		return;
	}
	if (strcmp(name, "model") == 0 && wg__ctf_once(p, seen, 5)) {
		wg__ctf_need_sign(p, '.');
		wg__ctf_need_name(p, "emf");
		wg__ctf_need_sign(p, '.');
		wg__ctf_need_name(p, "uri");
	}
	wg__ctf_need_sign(p, '=');
	if (strcmp(name, "name") == 0 && wg__ctf_once(p, seen, 0))
		ev->name = wg__ctf_need_quoted(p);
	else if (strcmp(name, "id") == 0 && wg__ctf_once(p, seen, 1))
		ev->id = wg__ctf_need_number(p);
	else if (strcmp(name, "stream_id") == 0 && wg__ctf_once(p, seen, 2))
		ev->stream_id = wg__ctf_need_number(p);
	else if (strcmp(name, "loglevel") == 0 && wg__ctf_once(p, seen, 4) &&
		 p->word == WG__CTF_NUMBER && p->number <= 14)
		(void)wg__ctf_need_number(p);
	else if (strcmp(name, "model") == 0)
		(void)wg__ctf_need_quoted(p);
	else
		wg__ctf_refuse(p, "'%s'", name);
	wg__ctf_need_sign(p, ';');
}

static void check_event(struct wg__ctf_parser *p, const struct wg__ctf_event *ev)
{
	const struct wg__ctf_schema *s = p->schema;
	size_t i;

	for (i = 0; i < s->event_count; i++) {
		if (s->event[i].id == ev->id && s->event[i].stream_id == ev->stream_id)
			wg__ctf_refuse(p, "two of one number");
	}
	if (s->event_count == EVENTS_MAX || ev->id > UINT32_MAX)
		wg__ctf_refuse(p, "too many events");
}

static void need_event(struct wg__ctf_parser *p)
{
	struct wg__ctf_schema *s = p->schema;
	struct wg__ctf_event ev = { .name = "" };
	uint32_t seen = 0;

	p->in = "an event";
	wg__ctf_need_sign(p, '{');
	while (p->rc == 0 && !wg__ctf_is_sign(p, '}'))
		need_event_part(p, &ev, &seen);
	if ((seen & 7) != 7)
		wg__ctf_refuse(p, "something missing");
	check_event(p, &ev);
	wg__ctf_need_end(p);
	if (p->rc < 0)
		return;
	if (wg__grow(&s->event, &s->event_cap, s->event_count, sizeof(ev)) < 0)
		p->rc = -ENOMEM;
	else
		s->event[s->event_count++] = ev;
}

/* ---- all ---- */

static void need_block(struct wg__ctf_parser *p, uint32_t *blocks)
{
	if (wg__ctf_take_name(p, "typealias"))
		wg__ctf_take_alias(p);
	else if (wg__ctf_take_name(p, "struct"))
		wg__ctf_take_named(p);
	else if (wg__ctf_take_name(p, "trace"))
		need_trace(p, blocks);
	else if (wg__ctf_take_name(p, "env"))
		need_env(p, blocks);
	else if (wg__ctf_take_name(p, "clock"))
		need_clock(p, blocks);
	else if (wg__ctf_take_name(p, "stream"))
		wg__ctf_need_stream(p, *blocks);
	else if (wg__ctf_take_name(p, "event"))
		need_event(p);
	else
		wg__ctf_refuse(p, "a block that is not known");
}

/*
 * Tracers whose packets babeltrace2 does not believe: LTTng before 2.11 wrote some times of ends
 * wrongly, and so did barectf.
 */
static void refuse_tracers(struct wg__ctf_parser *p)
{
	const struct wg__ctf_schema *s = p->schema;

	if (strncmp(s->tracer, "wakegap", 7) == 0)
		return;
	if (strcmp(s->tracer, "lttng-ust") != 0 || s->tracer_major != 2 || s->tracer_minor < 12)
		wg__ctf_refuse(p, "the tracer '%s' %d.%d", s->tracer, (int)s->tracer_major,
			(int)s->tracer_minor);
}

/* In any order: LTTng writes first the events of a program that it knew before its session. */
static void need_streams_of_events(struct wg__ctf_parser *p)
{
	const struct wg__ctf_schema *s = p->schema;
	size_t i, j;

	for (i = 0; p->rc == 0 && i < s->event_count; i++) {
		for (j = 0; j < s->stream_count && s->stream[j].id != s->event[i].stream_id; j++)
			;
		if (j == s->stream_count)
			wg__ctf_refuse(p, "an event of no stream that is known");
	}
}

int wg__ctf_parse(char *text, struct wg__ctf_schema *ret, char *why, size_t len)
{
	struct wg__ctf_parser *p = calloc(1, sizeof(*p));
	uint32_t blocks = 0;
	size_t i;
	int rc;

	*ret = (struct wg__ctf_schema){ .hostname = "", .procname = "", .tracer = "" };
	ret->names = wg__names_create();
	if (!p || !ret->names) {
		free(p);
		return -ENOMEM;
	}
	p->schema = ret;
	p->all = p->at = text;
	p->why = why;
	p->why_len = len;
	if (strncmp(text, "/* CTF 1.8 */", 13) != 0)
		wg__ctf_refuse(p, "no CTF 1.8");
	wg__ctf_step(p);
	while (p->rc == 0 && p->word != WG__CTF_END)
		need_block(p, &blocks);
	if (blocks != (WG__CTF_TRACE | WG__CTF_ENV | WG__CTF_CLOCK) || ret->stream_count == 0)
		wg__ctf_refuse(p, "something missing");
	for (i = 0; i < p->named_count; i++) {
		if (!p->named[i].is_used)
			wg__ctf_refuse(p, "a structure that is not used");
	}
	need_streams_of_events(p);
	refuse_tracers(p);
	rc = p->rc;
	free(p);
	return rc;
}

void wg__ctf_schema_fini(struct wg__ctf_schema *s)
{
	wg__names_destroy(s->names);
	free(s->field);
	free(s->label);
	free(s->event);
	free(s->stream);
	*s = (struct wg__ctf_schema){ 0 };
}

const char *wg__ctf_label_of(
	const struct wg__ctf_schema *s, const struct wg__ctf_field *f, uint64_t value)
{
	const struct wg__ctf_label *best = NULL;
	size_t i;

	for (i = f->label; i < f->label + f->labels; i++) {
		const struct wg__ctf_label *l = &s->label[i];
		bool is_in = f->type == WG__CTF_SIGNED ? (int64_t)l->begin <= (int64_t)value &&
								 (int64_t)value <= (int64_t)l->end
						       : l->begin <= value && value <= l->end;

		if (is_in && (!best || l->place < best->place))
			best = l;
	}
	return best ? best->text : "";
}
