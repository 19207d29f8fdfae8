/*
 * ctf_fill.c: see ctf_fill.h.
 *
 * It reads what decode.c and decode_record.c read, by the same names of fields.
 */
#include "traces/read/ctf_fill.h"

#include <stddef.h>
#include <string.h>

#include "traces/read/decode.h"
#include "traces/read/decode_record.h"

/* ---- values ---- */

const char *wg__ctf_intern(struct wg__names *names, const char *text, const char **last)
{
	if (!*last || strcmp(*last, text) != 0)
		*last = wg__names_intern(names, text);
	return *last;
}

/* What the label there stands for, or the text. */
static int value(const struct wg__ctf_event_class *class, unsigned i, const uint8_t *where)
{
	const struct wg__ctf_slot *slot = &class->slot[i];
	uint64_t number;

	if (!slot->field->is_enum) {
		char text[64] = "";
		size_t room = slot->field->type == WG__CTF_TEXT ? slot->field->bytes : sizeof(text);

		/* No label is as long. */
		memcpy(text, where,
			strnlen((const char *)where,
				room < sizeof(text) ? room : sizeof(text) - 1));
		text[sizeof(text) - 1] = '\0';
		return slot->value_of(text);
	}
	number = (uint64_t)wg__ctf_integer(slot, where, 0);
	if (number < WG__CTF_LABELS)
		return slot->label[number];
	return slot->value_of(wg__ctf_label_of(class->schema, slot->field, number));
}

/* ---- which field goes where ---- */

#define VALUE_OF(name)                                                                             \
	static int value_##name(const char *text)                                                  \
	{                                                                                          \
		return (int)wg_##name##_of(text);                                                  \
	}
VALUE_OF(kind)
VALUE_OF(reason)
VALUE_OF(wait_in)
VALUE_OF(did)
VALUE_OF(certainty)
VALUE_OF(object_kind)

struct place {
	uint8_t slot;
	bool is_name;
	uint8_t to, bytes;		   /* in struct wg_event */
	int64_t absent;			   /* the value of a number that the trace lacks */
	int (*value_of)(const char *text); /* of a label */
};

/* By their places in the list of names, behind the loop's. */
#define AT(member) offsetof(struct wg_event, member), sizeof(((struct wg_event *)0)->member)
#define NUMBER(i, member, absent)                                                                  \
	{                                                                                          \
		(i) + 1, false, AT(member), absent, NULL                                           \
	}
#define LABEL(i, member, name)                                                                     \
	{                                                                                          \
		(i) + 1, false, AT(member), 0, value_##name                                        \
	}
#define NAME(i, member)                                                                            \
	{                                                                                          \
		(i) + 1, true, AT(member), 0, NULL                                                 \
	}
#define PERSON(i, member)                                                                          \
	{                                                                                          \
		WG__CTF_SLOTS + (i), false, AT(member), 0, NULL                                    \
	}
#define PLACES_MAX 12

static const struct place everybody[] = { PERSON(WG__CTF_VPID, pid), PERSON(WG__CTF_VTID, tid),
	PERSON(WG__CTF_CPU_TIME, cpu_time_ns), NUMBER(-1, loop, 0) };

static const struct place records[WG_RECORD_COUNT][PLACES_MAX] = {
	[WG_RECORD_WAIT] = { NUMBER(0, op, 0), LABEL(1, thread_wait.how, wait_in),
		NUMBER(2, thread_wait.timeout_ns, WG_NOT_OBSERVABLE),
		NUMBER(3, thread_wait.site, 0), NUMBER(4, thread_wait.cpu_ns, WG_NOT_OBSERVABLE),
		NUMBER(5, thread_wait.calls, WG_NOT_OBSERVABLE), LABEL(6, thread_wait.did, did) },
	[WG_RECORD_WAKE] = { NUMBER(0, op, 0), LABEL(1, thread_wake.certainty, certainty),
		LABEL(2, thread_wake.reason, reason), NUMBER(3, thread_wake.ret, WG_RET_UNKNOWN),
		NUMBER(4, thread_wake.by_pid, 0), NUMBER(5, thread_wake.by_tid, 0),
		NAME(6, thread_wake.by_call), NUMBER(7, thread_wake.by_site, 0),
		NUMBER(8, thread_wake.waking_ns, WG_NOT_OBSERVABLE),
		NUMBER(9, thread_wake.oncpu_ns, WG_NOT_OBSERVABLE) },
	[WG_RECORD_NOTIFY] = { NUMBER(0, op, 0), LABEL(1, thread_notify.how, wait_in),
		NUMBER(2, thread_notify.value, 0), NUMBER(3, thread_notify.woke, WG_NOT_OBSERVABLE),
		NUMBER(4, thread_notify.site, 0) },
	[WG_RECORD_OBJECT] = { NUMBER(0, op, 0), LABEL(1, object.kind, object_kind),
		NUMBER(2, object.fd, -1), NUMBER(3, object.generation, 0) },
	[WG_RECORD_SITE] = { NAME(0, site.module), NUMBER(1, site.id, 0), NAME(2, site.build_id),
		NUMBER(3, site.offset, 0), NAME(4, site.symbol) },
};

static const struct place events[WG_EV_COUNT][PLACES_MAX] = {
	[WG_EV_LOOP] = { NAME(1, loop_.wait), NUMBER(2, loop_.tick_ns, 0) },
	[WG_EV_SUBMIT] = { NUMBER(1, op, 0), LABEL(2, submit.kind, kind),
		NUMBER(3, submit.arg, 0) },
	[WG_EV_START] = { NUMBER(1, op, 0), NUMBER(2, start.worker, 0) },
	[WG_EV_DONE] = { NUMBER(1, op, 0), NUMBER(2, done.result, 0) },
	[WG_EV_DELIVER] = { NUMBER(1, op, 0), NUMBER(2, deliver.result, 0) },
	[WG_EV_NOTIFY] = { NUMBER(1, op, 0), NUMBER(2, notify.sent, 0) },
	[WG_EV_WAIT] = { NUMBER(1, wait.timeout_ns, 0), NUMBER(2, wait.ready, 0) },
	[WG_EV_WAKE] = { LABEL(1, wake.reason, reason), NUMBER(2, wake.ready, 0) },
	[WG_EV_POLL] = { NUMBER(1, poll.found, 0) },
	[WG_EV_LOST] = { NUMBER(1, op, 0) },
	[WG_EV_OTHER] = { NUMBER(1, op, 0) },
};

static const struct place never_ends[PLACES_MAX] = { NAME(2, never_ends.call),
	NAME(3, never_ends.why) };

/* ---- learned once ---- */

static const struct place *places_of(const struct wg__ctf_event_class *class)
{
	if (class->record != WG_RECORD_NONE)
		return records[class->record];
	return class->is_other ? never_ends : events[class->type];
}

void wg__ctf_class_learn(
	struct wg__ctf_event_class *class, const char *name, const struct wg__ctf_schema *schema)
{
	bool has[2] = { false, false };
	size_t i, k;

	class->schema = schema;
	class->type = wg_event_type_of(name);
	class->record = wg_record_of(name);
	for (i = class->payload.first; i < class->payload.first + class->payload.count; i++) {
		for (k = 0; k < 2; k++) {
			const char *field = wg_record_field(class->record, k);

			has[k] = has[k] || (field && strcmp(schema->field[i].name, field) == 0);
		}
	}
	if (!has[0] || !has[1])
		class->record = WG_RECORD_NONE;
	class->is_other = class->type == WG_EV_OTHER && class->record == WG_RECORD_NONE &&
			  (strcmp(name, "never_ends") == 0 || strcmp(name, "step") == 0);
	if (class->record != WG_RECORD_NONE)
		class->type = WG_EV_OTHER;
}

const char *wg__ctf_class_field(const struct wg__ctf_event_class *class, size_t i)
{
	if (i == 0)
		return "loop";
	i--;
	return class->record != WG_RECORD_NONE ? wg_record_field(class->record, i)
					       : wg_event_field(class->type, i);
}

/* What a step does: a sum of these. */
enum { TO_8, TO_4, TO_1, SIGNED = 4, IS_LABEL = 8, IS_NAME = 16 };

static uint8_t width(unsigned bytes)
{
	return bytes == 8 ? TO_8 : bytes == 4 ? TO_4 : TO_1;
}

static void store(struct wg_event *ev, unsigned to, unsigned width_, uint64_t v)
{
	uint8_t *at = (uint8_t *)ev + to;
	uint32_t four = (uint32_t)v;

	if (width_ == TO_8)
		memcpy(at, &v, sizeof(v));
	else if (width_ == TO_4)
		memcpy(at, &four, sizeof(four));
	else
		*at = (uint8_t)v;
}

static void learn_labels(
	const struct wg__ctf_schema *schema, struct wg__ctf_slot *slot, const struct place *place)
{
	uint64_t number;

	slot->value_of = place->value_of;
	for (number = 0; slot->field && slot->field->is_enum && number < WG__CTF_LABELS; number++)
		slot->label[number] =
			(int8_t)slot->value_of(wg__ctf_label_of(schema, slot->field, number));
}

/* Add the step for a place, or what stands for an absent field. */
static void settle(
	struct wg__ctf_event_class *class, const struct place *place, uint32_t context_bytes)
{
	struct wg__ctf_slot *slot = &class->slot[place->slot];
	const struct wg__ctf_field *field = slot->field;
	struct wg__ctf_step *step = &class->step[class->steps];

	step->slot = place->slot;
	step->to = place->to;
	step->what = width(place->bytes);
	step->off = slot->off + (place->slot < WG__CTF_SLOTS ? context_bytes : 0);
	step->shift = (uint8_t)slot->shift;
	if (place->is_name) {
		class->names |= (uint16_t)(1u << place->slot);
		step->what |= IS_NAME;
		class->steps++;
	} else if (place->value_of) {
		learn_labels(class->schema, slot, place);
		if (field && (field->is_enum || field->type == WG__CTF_STRING ||
				     field->type == WG__CTF_TEXT)) {
			step->what |= IS_LABEL;
			class->steps++;
		} else {
			store(&class->blank, place->to, width(place->bytes),
				(uint64_t)place->value_of(""));
		}
	} else if (slot->number >= WG__CTF_PLUS) {
		step->what |= slot->number == WG__CTF_PLUS_MINUS ? SIGNED : 0;
		class->steps++;
	} else if (slot->number == WG__CTF_ABSENT) {
		store(&class->blank, place->to, width(place->bytes), (uint64_t)place->absent);
	}
}

void wg__ctf_class_settle(struct wg__ctf_event_class *class, const struct wg__ctf_stream *stream)
{
	const struct place *place = places_of(class);
	size_t i;

	class->blank.type = class->type;
	class->blank.record = class->record;
	class->blank.has_cpu_time = class->slot[WG__CTF_SLOTS + WG__CTF_CPU_TIME].field != NULL;
	for (i = 0; !class->is_foreign && i < sizeof(everybody) / sizeof(*everybody); i++)
		settle(class, &everybody[i], stream->context.bytes);
	for (i = 0; !class->is_foreign && i < PLACES_MAX && place[i].bytes; i++)
		settle(class, &place[i], stream->context.bytes);
	for (i = 0; i < WG__CTF_SLOTS; i++) {
		if (class->slot[i].field || class->names >> i & 1)
			class->slots = (unsigned)i + 1;
	}
	class->is_flat = !stream->context.has_string && !class->payload.has_string && !class->names;
	class->bytes = stream->context.bytes + class->payload.bytes;
}

/* ---- for each event ---- */

static inline void do_step(const struct wg__ctf_event_class *class, const struct wg__ctf_step *step,
	const uint8_t *from, struct wg_event *ret)
{
	uint64_t v;

	memcpy(&v, from, sizeof(v));
	v = le64toh(v) << step->shift;
	switch (step->what) {
	case TO_8: store(ret, step->to, TO_8, v >> step->shift); break;
	case TO_4: store(ret, step->to, TO_4, v >> step->shift); break;
	case TO_1: store(ret, step->to, TO_1, v >> step->shift); break;
	case TO_8 | SIGNED:
		store(ret, step->to, TO_8, (uint64_t)((int64_t)v >> step->shift));
		break;
	case TO_4 | SIGNED:
		store(ret, step->to, TO_4, (uint64_t)((int64_t)v >> step->shift));
		break;
	case TO_1 | SIGNED:
		store(ret, step->to, TO_1, (uint64_t)((int64_t)v >> step->shift));
		break;
	default:
		store(ret, step->to, step->what & (TO_4 | TO_1),
			(uint64_t)value(class, step->slot, from));
		break;
	}
}

void wg__ctf_fill_flat(
	const struct wg__ctf_event_class *class, const uint8_t *at, struct wg_event *ret)
{
	const struct wg__ctf_step *step = class->step, *end = step + class->steps;

	for (; step < end; step++)
		do_step(class, step, at + step->off, ret);
}

void wg__ctf_fill(
	const struct wg__ctf_event_class *class, const uint8_t *const *where, struct wg_event *ret)
{
	unsigned i;

	for (i = 0; i < class->steps; i++) {
		const struct wg__ctf_step *step = &class->step[i];

		if (step->what & IS_NAME)
			memcpy((uint8_t *)ret + step->to, &where[step->slot], sizeof(*where));
		else
			do_step(class, step, where[step->slot], ret);
	}
}
