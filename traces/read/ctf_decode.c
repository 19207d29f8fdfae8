/*
 * ctf_decode.c: see ctf_decode.h.
 *
 * Most events have no string, and then each field has its place; in others the fields are stepped
 * through. What an absent field reads as is what decode.c makes of it: 0, or not observable.
 */
#include "traces/read/ctf_decode.h"

#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "traces/read/ctf_fill.h"

#define PROVIDER     "wakegap:"
#define PROVIDER_LEN (sizeof(PROVIDER) - 1)
#define EXTENDED     65535
#define IDS_DIRECT   65536 /* numbers of events that are looked up in an array */

struct stream {
	const struct wg__ctf_stream *is;
	struct wg__ctf_slot people[WG__CTF_PEOPLE]; /* contexts; bytes from their beginning */
	uint32_t header_bytes;			    /* of an event */
	struct wg__ctf_event_class **by_id;
	uint64_t ids;
};

struct wg__ctf_tables {
	const struct wg__ctf_schema *schema;
	struct wg__names *names;
	struct wg__ctf_event_class *class;
	struct stream *stream;
};

/* ---- learned once ---- */

static const char *const people_of[WG__CTF_PEOPLE] = { [WG__CTF_VPID] = "vpid",
	[WG__CTF_VTID] = "vtid",
	[WG__CTF_PROCNAME] = "procname",
	[WG__CTF_CPU_TIME] = "perf_thread_task_clock",
	[WG__CTF_PID_NS] = "pid_ns" };

static void find_slot(const struct wg__ctf_schema *schema, const struct wg__ctf_struct *st,
	const char *name, struct wg__ctf_slot *slot)
{
	uint32_t off = 0;
	size_t i;

	for (i = st->first; name && i < st->first + st->count; i++) {
		if (strcmp(schema->field[i].name, name) == 0) {
			wg__ctf_slot_set(slot, &schema->field[i], off);
			return;
		}
		off += schema->field[i].bytes;
	}
}

static int learn_stream(struct wg__ctf_tables *t, size_t number)
{
	const struct wg__ctf_schema *schema = t->schema;
	struct stream *s = &t->stream[number];
	size_t i;

	s->is = &schema->stream[number];
	s->header_bytes = s->is->is_large ? 6 : s->is->id_bytes + s->is->time_bytes;
	for (i = 0; i < WG__CTF_PEOPLE; i++)
		find_slot(schema, &s->is->context, people_of[i], &s->people[i]);
	if (!s->people[WG__CTF_CPU_TIME].field)
		find_slot(schema, &s->is->context, "perf_thread_cpu_clock",
			&s->people[WG__CTF_CPU_TIME]);
	for (i = 0; i < schema->event_count; i++) {
		if (schema->event[i].stream_id == s->is->id && schema->event[i].id >= s->ids &&
			schema->event[i].id < IDS_DIRECT)
			s->ids = schema->event[i].id + 1;
	}
	s->by_id = calloc(s->ids + 1, sizeof(*s->by_id));
	return s->by_id ? 0 : -1;
}

static void learn_class(struct wg__ctf_tables *t, size_t number)
{
	const struct wg__ctf_event *ev = &t->schema->event[number];
	struct wg__ctf_event_class *class = &t->class[number];
	struct stream *s = t->stream;
	size_t i;

	class->payload = ev->payload;
	while (s->is->id != ev->stream_id) {
		if (++s == t->stream + t->schema->stream_count)
			return; /* of a stream that is not described: there is none */
	}
	if (ev->id < s->ids)
		s->by_id[ev->id] = class;
	class->is_foreign = strncmp(ev->name, PROVIDER, PROVIDER_LEN) != 0;
	if (!class->is_foreign)
		wg__ctf_class_learn(class, ev->name + PROVIDER_LEN, t->schema);
	for (i = 0; !class->is_foreign && i < WG__CTF_SLOTS; i++)
		find_slot(t->schema, &ev->payload, wg__ctf_class_field(class, i), &class->slot[i]);
	memcpy(class->slot + WG__CTF_SLOTS, s->people, sizeof(s->people));
	wg__ctf_class_settle(class, s->is);
}

struct wg__ctf_tables *wg__ctf_tables_create(
	const struct wg__ctf_schema *schema, struct wg__names *names)
{
	struct wg__ctf_tables *t = calloc(1, sizeof(*t));
	size_t i;
	int rc = 0;

	if (!t)
		return NULL;
	t->schema = schema;
	t->names = names;
	t->stream = calloc(schema->stream_count, sizeof(*t->stream));
	t->class = calloc(schema->event_count + 1, sizeof(*t->class));
	for (i = 0; t->stream && t->class && rc == 0 && i < schema->stream_count; i++)
		rc = learn_stream(t, i);
	if (!t->stream || !t->class || rc < 0) {
		wg__ctf_tables_destroy(t);
		return NULL;
	}
	for (i = 0; i < schema->event_count; i++)
		learn_class(t, i);
	return t;
}

void wg__ctf_tables_destroy(struct wg__ctf_tables *t)
{
	size_t i;

	if (!t)
		return;
	for (i = 0; t->stream && i < t->schema->stream_count; i++)
		free(t->stream[i].by_id);
	free(t->stream);
	free(t->class);
	free(t);
}

bool wg__ctf_is_plain(const struct wg__ctf_tables *t)
{
	size_t i;

	for (i = 0; i < t->schema->event_count; i++) {
		if (t->class[i].is_foreign || t->class[i].is_other)
			return false;
	}
	return true;
}

bool wg__ctf_has_context(const struct wg__ctf_tables *t, size_t stream, unsigned which)
{
	return t->stream[stream].people[which].field != NULL;
}

/* ---- for each event ---- */

static uint64_t load(const uint8_t *at, uint32_t bytes)
{
	uint64_t v = 0;

	memcpy(&v, at, bytes);
	return le64toh(v);
}

/* A part of the clock, or all of it: as babeltrace2 takes it, at most one overflow in between. */
static uint64_t tick(uint64_t clock, uint64_t value)
{
	if (value < (clock & UINT32_MAX))
		clock += UINT64_C(1) << 32;
	return (clock & ~(uint64_t)UINT32_MAX) | value;
}

/* The number and the time. How many bytes they are; 0: not all is there. */
static inline size_t take_header(
	const struct stream *s, const uint8_t *at, size_t there, uint64_t *clock, uint64_t *ret_id)
{
	const struct wg__ctf_stream *is = s->is;
	uint64_t head;

	if (there < s->header_bytes)
		return 0;
	if (!is->is_large) {
		*ret_id = load(at, is->id_bytes);
		*clock = is->time_bytes == 8 ? load(at + is->id_bytes, 8)
					     : tick(*clock, load(at + is->id_bytes, 4));
		return s->header_bytes;
	}
	memcpy(&head, at, sizeof(head)); /* two bytes more, of WG__CTF_SLACK */
	head = le64toh(head);
	*ret_id = head & UINT16_MAX;
	if (*ret_id != EXTENDED) {
		*clock = tick(*clock, head >> 16 & UINT32_MAX);
		return s->header_bytes;
	}
	if (there < 14)
		return 0;
	*ret_id = load(at + 2, 4);
	*clock = load(at + 6, 8);
	return 14;
}

/* Step through the fields of a structure and note where those of ours are. NULL: not all is there.
 */
static const uint8_t *walk(const struct wg__ctf_schema *schema, const struct wg__ctf_struct *st,
	const uint8_t *at, const uint8_t *end, const struct wg__ctf_slot *slot, size_t slots,
	const uint8_t **where)
{
	size_t i, k;

	for (k = 0; k < slots; k++)
		where[k] = at;
	for (i = st->first; i < st->first + st->count; i++) {
		const struct wg__ctf_field *f = &schema->field[i];
		size_t bytes = f->bytes, there = (size_t)(end - at);

		if (f->type == WG__CTF_STRING) {
			const uint8_t *nul = memchr(at, 0, there);

			if (!nul)
				return NULL;
			bytes = (size_t)(nul - at) + 1;
		}
		if (there < bytes)
			return NULL;
		for (k = 0; k < slots; k++) {
			if (slot[k].field == f)
				where[k] = at;
		}
		at += bytes;
	}
	return at;
}

/* The same, at once if there is no string. */
static const uint8_t *pass(const struct wg__ctf_schema *schema, const struct wg__ctf_struct *st,
	const uint8_t *at, const uint8_t *end, const struct wg__ctf_slot *slot, size_t slots,
	const uint8_t **where)
{
	size_t k;

	if (st->has_string)
		return walk(schema, st, at, end, slot, slots, where);
	if ((size_t)(end - at) < st->bytes)
		return NULL;
	for (k = 0; k < slots; k++)
		where[k] = at + slot[k].off;
	return at + st->bytes;
}

static struct wg__ctf_event_class *class_of(
	const struct wg__ctf_tables *t, const struct stream *s, uint64_t id)
{
	size_t i;

	if (id < s->ids)
		return s->by_id[id];
	for (i = 0; id >= IDS_DIRECT && i < t->schema->event_count; i++) {
		if (t->schema->event[i].id == id && t->schema->event[i].stream_id == s->is->id)
			return &t->class[i];
	}
	return NULL;
}

/* The one copy of what stands there; the last one mostly is it. */
static const char *name_of(const struct wg__ctf_tables *t, const struct wg__ctf_slot *slot,
	const uint8_t *where, const char **last)
{
	char text[4096 + 1];
	size_t len;

	if (!slot->field ||
		(slot->field->type != WG__CTF_TEXT && slot->field->type != WG__CTF_STRING))
		return wg__ctf_intern(t->names, "", last);
	if (slot->field->type == WG__CTF_STRING)
		return wg__ctf_intern(t->names, (const char *)where, last);
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a field that is there has bytes
	 */
	len = strnlen((const char *)where, slot->field->bytes);
	if (*last && strncmp(*last, (const char *)where, len) == 0 && !(*last)[len])
		return *last;
	memcpy(text, where, len);
	text[len] = '\0';
	return wg__ctf_intern(t->names, text, last);
}

/* The name of the process. NULL: no memory. */
static inline const char *procname_of(const struct wg__ctf_tables *t, struct wg__ctf_cursor *c,
	const struct wg__ctf_slot *slot, const uint8_t *where)
{
	uint32_t bytes = slot->field->bytes; /* 0: a string */
	bool is_kept = bytes >= WG__CTF_NAME_MAX / 2 && bytes <= WG__CTF_NAME_MAX;
	uint32_t second = bytes - WG__CTF_NAME_MAX / 2; /* half, which overlaps the first */

	if (is_kept && c->procname && memcmp(c->procname_bytes, where, WG__CTF_NAME_MAX / 2) == 0 &&
		memcmp(c->procname_bytes + second, where + second, WG__CTF_NAME_MAX / 2) == 0)
		return c->procname;
	if (is_kept)
		memcpy(c->procname_bytes, where, bytes);
	return name_of(t, slot, where, &c->procname);
}

/* An event with strings, or names of its own: all of it behind the header but the name of its
 * process. where: of each slot. */
static enum wg__ctf_got decode_slowly(const struct wg__ctf_tables *t, struct wg__ctf_cursor *c,
	const struct wg__ctf_event_class *class, const uint8_t *at, const uint8_t *end,
	struct wg_event *ret, size_t *ret_bytes, const uint8_t **where)
{
	const struct wg__ctf_slot *people = class->slot + WG__CTF_SLOTS;
	const struct wg__ctf_struct *context = &t->stream[c->stream].is->context;
	const uint8_t *behind = pass(t->schema, context, at, end, people,
		class->is_foreign ? 0 : WG__CTF_PEOPLE, where + WG__CTF_SLOTS);
	unsigned i;

	if (behind)
		behind = pass(t->schema, &class->payload, behind, end, class->slot,
			class->is_foreign ? 0 : class->slots, where);
	if (!behind)
		return WG__CTF_SHORT;
	*ret_bytes = (size_t)(behind - at);
	if (class->is_foreign)
		return WG__CTF_FOREIGN;
	*ret = class->blank;
	for (i = 0; class->names >> i; i++) {
		if (!(class->names >> i & 1))
			continue;
		where[i] = (const uint8_t *)name_of(t, &class->slot[i], where[i], &c->text[i]);
		if (!where[i])
			return WG__CTF_NO_MEMORY;
	}
	wg__ctf_fill(class, where, ret);
	return WG__CTF_OURS;
}

enum wg__ctf_got wg__ctf_decode(const struct wg__ctf_tables *t, struct wg__ctf_cursor *c,
	const uint8_t *at, const uint8_t *end, struct wg_event *ret, uint64_t *ret_ns,
	size_t *ret_bytes)
{
	const struct stream *s = &t->stream[c->stream];
	const struct wg__ctf_slot *procname = &s->people[WG__CTF_PROCNAME],
				  *pid_ns = &s->people[WG__CTF_PID_NS];
	const uint8_t *where[WG__CTF_SLOTS + WG__CTF_PEOPLE];
	const struct wg__ctf_event_class *class;
	uint64_t id, clock = c->clock;
	size_t header = take_header(s, at, (size_t)(end - at), &clock, &id), bytes;

	if (!header)
		return WG__CTF_SHORT;
	class = class_of(t, s, id);
	if (!class)
		return WG__CTF_WRONG;
	at += header;
	if (class->is_flat) {
		bytes = class->bytes;
		if ((size_t)(end - at) < bytes)
			return WG__CTF_SHORT;
		if (!class->is_foreign) {
			*ret = class->blank;
			wg__ctf_fill_flat(class, at, ret);
		}
		where[WG__CTF_SLOTS + WG__CTF_PROCNAME] = at + procname->off;
		where[WG__CTF_SLOTS + WG__CTF_PID_NS] = at + pid_ns->off;
	} else {
		enum wg__ctf_got got = decode_slowly(t, c, class, at, end, ret, &bytes, where);

		if (got > WG__CTF_FOREIGN)
			return got;
	}
	*ret_bytes = header + bytes;
	c->clock = clock;
	if (class->is_foreign)
		return WG__CTF_FOREIGN;
	ret->ts_ns = (int64_t)clock;
	ret->cpu = c->cpu;
	if (pid_ns->field)
		*ret_ns =
			(uint64_t)wg__ctf_integer(pid_ns, where[WG__CTF_SLOTS + WG__CTF_PID_NS], 0);
	if (procname->field) {
		ret->procname =
			procname_of(t, c, procname, where[WG__CTF_SLOTS + WG__CTF_PROCNAME]);
		if (!ret->procname)
			return WG__CTF_NO_MEMORY;
	}
	return class->is_other ? WG__CTF_OTHER : WG__CTF_OURS;
}
