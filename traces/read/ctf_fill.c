/*
 * ctf_fill.c: see ctf_fill.h.
 *
 * It reads what decode.c and decode_record.c read, by the same names of fields.
 */
#include "traces/read/ctf_fill.h"

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

	if (!slot->field || (!slot->field->is_enum && slot->field->type != WG__CTF_STRING &&
				    slot->field->type != WG__CTF_TEXT))
		return slot->no_label;
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

/* ---- learned once ---- */

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

static void be_label(struct wg__ctf_event_class *class, unsigned i, int (*value_of)(const char *))
{
	class->slot[i + 1].value_of = value_of;
}

static void learn_record(struct wg__ctf_event_class *class)
{
	switch (class->record) {
	case WG_RECORD_WAIT:
		be_label(class, 1, value_wait_in);
		be_label(class, 6, value_did);
		break;
	case WG_RECORD_WAKE:
		be_label(class, 1, value_certainty);
		be_label(class, 2, value_reason);
		class->names = 1 << 7;
		break;
	case WG_RECORD_NOTIFY: be_label(class, 1, value_wait_in); break;
	case WG_RECORD_OBJECT: be_label(class, 1, value_object_kind); break;
	default: class->names = 1 << 1 | 1 << 3 | 1 << 5; break;
	}
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
	if (class->record != WG_RECORD_NONE) {
		learn_record(class);
		return;
	}
	class->never_ends = strcmp(name, "never_ends") == 0;
	if (class->type == WG_EV_LOOP)
		class->names = 1 << 2;
	else if (class->type == WG_EV_OTHER && class->never_ends)
		class->names = 1 << 3 | 1 << 4;
	else if (class->type == WG_EV_SUBMIT)
		be_label(class, 2, value_kind);
	else if (class->type == WG_EV_WAKE)
		be_label(class, 1, value_reason);
}

const char *wg__ctf_class_field(const struct wg__ctf_event_class *class, size_t i)
{
	if (i == 0)
		return "loop";
	i--;
	return class->record != WG_RECORD_NONE ? wg_record_field(class->record, i)
					       : wg_event_field(class->type, i);
}

void wg__ctf_class_settle(struct wg__ctf_event_class *class, const struct wg__ctf_schema *schema)
{
	unsigned i;
	uint64_t number;

	for (i = 0; i < WG__CTF_SLOTS; i++) {
		struct wg__ctf_slot *slot = &class->slot[i];

		if (slot->field || class->names >> i & 1)
			class->slots = i + 1;
		if (!slot->value_of)
			continue;
		slot->no_label = (int8_t)slot->value_of("");
		for (number = 0; slot->field && slot->field->is_enum && number < WG__CTF_LABELS;
			number++)
			slot->label[number] = (int8_t)slot->value_of(
				wg__ctf_label_of(schema, slot->field, number));
	}
}

/* ---- for each event ---- */

/* By their places in the list of names. */
#define NUMBER(i, absent) wg__ctf_integer(&class->slot[(i) + 1], where[(i) + 1], absent)
#define NAME(i)		  ((const char *)where[(i) + 1])
#define LABEL(i)	  value(class, (i) + 1, where[(i) + 1])

static void fill_record(
	const struct wg__ctf_event_class *class, const uint8_t *const *where, struct wg_event *ev)
{
	ev->op = class->record == WG_RECORD_SITE ? 0 : (uint64_t)NUMBER(0, 0);
	switch (class->record) {
	case WG_RECORD_WAIT:
		ev->thread_wait.how = (enum wg_wait_in)LABEL(1);
		ev->thread_wait.timeout_ns = NUMBER(2, WG_NOT_OBSERVABLE);
		ev->thread_wait.site = (uint32_t)NUMBER(3, 0);
		ev->thread_wait.cpu_ns = NUMBER(4, WG_NOT_OBSERVABLE);
		ev->thread_wait.calls = NUMBER(5, WG_NOT_OBSERVABLE);
		ev->thread_wait.did = (enum wg_did)LABEL(6);
		break;
	case WG_RECORD_WAKE:
		ev->thread_wake.certainty = (uint8_t)LABEL(1);
		ev->thread_wake.reason = (uint8_t)LABEL(2);
		ev->thread_wake.ret = NUMBER(3, WG_RET_UNKNOWN);
		ev->thread_wake.by_pid = (uint32_t)NUMBER(4, 0);
		ev->thread_wake.by_tid = (uint32_t)NUMBER(5, 0);
		ev->thread_wake.by_call = NAME(6);
		ev->thread_wake.by_site = (uint32_t)NUMBER(7, 0);
		ev->thread_wake.waking_ns = NUMBER(8, WG_NOT_OBSERVABLE);
		ev->thread_wake.oncpu_ns = NUMBER(9, WG_NOT_OBSERVABLE);
		break;
	case WG_RECORD_NOTIFY:
		ev->thread_notify.how = (enum wg_wait_in)LABEL(1);
		ev->thread_notify.value = NUMBER(2, 0);
		ev->thread_notify.woke = NUMBER(3, WG_NOT_OBSERVABLE);
		ev->thread_notify.site = (uint32_t)NUMBER(4, 0);
		break;
	case WG_RECORD_OBJECT:
		ev->object.kind = (enum wg_object_kind)LABEL(1);
		ev->object.fd = (int32_t)NUMBER(2, -1);
		ev->object.generation = (uint32_t)NUMBER(3, 0);
		break;
	default:
		ev->site.module = NAME(0);
		ev->site.id = (uint32_t)NUMBER(1, 0);
		ev->site.build_id = NAME(2);
		ev->site.offset = (uint64_t)NUMBER(3, 0);
		ev->site.symbol = NAME(4);
		break;
	}
}

void wg__ctf_fill(
	const struct wg__ctf_event_class *class, const uint8_t *const *where, struct wg_event *ev)
{
	ev->type = class->type;
	ev->loop = (uint64_t)wg__ctf_integer(&class->slot[0], where[0], 0);
	if (class->record != WG_RECORD_NONE) {
		ev->type = WG_EV_OTHER;
		ev->record = class->record;
		fill_record(class, where, ev);
		return;
	}
	switch (class->type) {
	case WG_EV_LOOP:
		ev->loop_.wait = NAME(1);
		ev->loop_.tick_ns = NUMBER(2, 0);
		return;
	case WG_EV_SUBMIT:
		ev->submit.kind = (enum wg_kind)LABEL(2);
		ev->submit.arg = NUMBER(3, 0);
		break;
	case WG_EV_START: ev->start.worker = (uint32_t)NUMBER(2, 0); break;
	case WG_EV_DONE: ev->done.result = NUMBER(2, 0); break;
	case WG_EV_DELIVER: ev->deliver.result = NUMBER(2, 0); break;
	case WG_EV_NOTIFY: ev->notify.sent = (uint32_t)NUMBER(2, 0); break;
	case WG_EV_WAIT:
		ev->wait.timeout_ns = NUMBER(1, 0);
		ev->wait.ready = (uint32_t)NUMBER(2, 0);
		return;
	case WG_EV_WAKE:
		ev->wake.reason = (enum wg_reason)LABEL(1);
		ev->wake.ready = (uint32_t)NUMBER(2, 0);
		return;
	case WG_EV_POLL: ev->poll.found = (uint32_t)NUMBER(1, 0); return;
	case WG_EV_OTHER:
		if (!class->never_ends)
			break;
		ev->never_ends.call = NAME(2);
		ev->never_ends.why = NAME(3);
		return;
	default: break;
	}
	ev->op = (uint64_t)NUMBER(1, 0);
}
