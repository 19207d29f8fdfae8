/*
 * decode.c: see decode.h.
 *
 * Field names are looked up once per event class and kept as indices: a trace has nine event
 * classes of ours and millions of events. Enumerations are read by label, since the numbers behind
 * the labels belong to the program that wrote the trace. Finding a label is a search through the
 * ranges of the enumeration, so the labels of small numbers are kept too.
 *
 * A field that is absent or of an unexpected type reads as 0. So the trace of a newer or older
 * program stays readable; only that figure is missing.
 */
#include "traces/read/decode.h"

#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/map.h"
#include "traces/read/decode_record.h"

#define PROVIDER     "wakegap:"
#define PROVIDER_LEN (sizeof(PROVIDER) - 1)
#define NO_FIELD     WG__NO_FIELD
#define FIELD_MAX    4
#define LABEL_CACHE  32 /* kinds and reasons are fewer */

/* Where in an event a context is: LTTng puts all in the common one, others may not. */
struct context_field {
	bool specific;
	uint64_t idx;
};

struct event_class {
	const bt_event_class *key;
	bool foreign, never_ends; /* the latter: of wakegap-explore */
	enum wg_event_type type;
	struct wg__record_class record;
	uint64_t field[FIELD_MAX]; /* indices into the payload, in the order of fields_of[] */
	struct context_field vpid, vtid, procname, cpu_time, pid_ns;
	uint64_t cpu_id;	   /* index into the packet's context */
	int8_t label[LABEL_CACHE]; /* value of the enumeration -> ours + 1; 0 unknown yet */
};

struct wg__decoder {
	struct wg__names *names;
	struct event_class *class;
	size_t count, cap, last; /* last: index of the one used last */
	struct wg__map by_key;
	struct wg__spaces *spaces;
	/* the last pid namespace */
	bool has_ns;
	uint64_t ns;
	uint32_t space_of_ns, space_in_ns;
};

static const char *const fields_of[WG_EV_COUNT][FIELD_MAX] = {
	[WG_EV_LOOP] = { "loop", "wait", "tick_ns" },
	[WG_EV_SUBMIT] = { "loop", "op", "kind", "arg" },
	[WG_EV_START] = { "loop", "op", "worker" },
	[WG_EV_DONE] = { "loop", "op", "result" },
	[WG_EV_NOTIFY] = { "loop", "op", "sent" },
	[WG_EV_WAIT] = { "loop", "timeout_ns", "ready" },
	[WG_EV_WAKE] = { "loop", "reason", "ready" },
	[WG_EV_POLL] = { "loop", "found" },
	[WG_EV_DELIVER] = { "loop", "op", "result" },
	[WG_EV_OTHER] = { "loop", "op", "call", "why" },
};

const char *wg_event_field(enum wg_event_type type, size_t i)
{
	return i < FIELD_MAX ? fields_of[type][i] : NULL;
}

uint64_t wg__member_index(const bt_field_class *structure, const char *name)
{
	uint64_t i, count = structure ? bt_field_class_structure_get_member_count(structure) : 0;

	for (i = 0; i < count; i++) {
		const bt_field_class_structure_member *member =
			bt_field_class_structure_borrow_member_by_index_const(structure, i);

		if (strcmp(bt_field_class_structure_member_get_name(member), name) == 0)
			return i;
	}
	return NO_FIELD;
}

static struct context_field find_context(const bt_event_class *ec, const char *name)
{
	const bt_stream_class *sc = bt_event_class_borrow_stream_class_const(ec);
	const bt_field_class *common =
		bt_stream_class_borrow_event_common_context_field_class_const(sc);
	const bt_field_class *specific =
		bt_event_class_borrow_specific_context_field_class_const(ec);
	uint64_t idx = wg__member_index(common, name);

	if (idx != NO_FIELD)
		return (struct context_field){ false, idx };
	return (struct context_field){ true, wg__member_index(specific, name) };
}

static void learn(struct event_class *class, const bt_event_class *ec)
{
	const char *name = bt_event_class_get_name(ec);
	const bt_field_class *payload = bt_event_class_borrow_payload_field_class_const(ec);
	const bt_stream_class *sc = bt_event_class_borrow_stream_class_const(ec);
	size_t i;

	class->foreign = !name || strncmp(name, PROVIDER, PROVIDER_LEN) != 0;
	if (class->foreign)
		return;
	class->type = wg_event_type_of(name + PROVIDER_LEN);
	for (i = 0; i < FIELD_MAX; i++) {
		const char *field = fields_of[class->type][i];

		class->field[i] = field ? wg__member_index(payload, field) : NO_FIELD;
	}
	wg__record_learn(&class->record, name + PROVIDER_LEN, payload);
	class->never_ends = strcmp(name + PROVIDER_LEN, "never_ends") == 0 ||
			    strcmp(name + PROVIDER_LEN, "step") == 0;
	class->vpid = find_context(ec, "vpid");
	class->vtid = find_context(ec, "vtid");
	class->procname = find_context(ec, "procname");
	class->pid_ns = find_context(ec, "pid_ns");
	/* perf:thread:task-clock and :cpu-clock count nanoseconds; no other counter does. */
	class->cpu_time = find_context(ec, "perf_thread_task_clock");
	if (class->cpu_time.idx == NO_FIELD)
		class->cpu_time = find_context(ec, "perf_thread_cpu_clock");
	class->cpu_id = NO_FIELD;
	if (bt_stream_class_supports_packets(sc)) {
		class->cpu_id = wg__member_index(
			bt_stream_class_borrow_packet_context_field_class_const(sc), "cpu_id");
	}
}

static struct event_class *class_of(struct wg__decoder *decoder, const bt_event_class *ec)
{
	size_t i = decoder->last;

	if (i < decoder->count && decoder->class[i].key == ec)
		return &decoder->class[i];
	i = wg__map_get(&decoder->by_key, 0, (uintptr_t)ec);
	if (i == WG__MAP_NONE) {
		i = decoder->count;
		if (wg__grow(&decoder->class, &decoder->cap, i, sizeof(*decoder->class)) < 0 ||
			wg__map_put(&decoder->by_key, 0, (uintptr_t)ec, i) < 0)
			return NULL;
		decoder->class[i] = (struct event_class){ .key = ec };
		learn(&decoder->class[i], ec);
		decoder->count++;
	}
	decoder->last = i;
	return &decoder->class[i];
}

static const bt_field *member(const bt_field *structure, uint64_t idx)
{
	if (!structure || idx == NO_FIELD)
		return NULL;
	return bt_field_structure_borrow_member_field_by_index_const(structure, idx);
}

uint64_t wg__field_integer(const bt_field *field)
{
	bt_field_class_type type;

	if (!field)
		return 0;
	type = bt_field_get_class_type(field);
	if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_UNSIGNED_INTEGER))
		return bt_field_integer_unsigned_get_value(field);
	if (bt_field_class_type_is(type, BT_FIELD_CLASS_TYPE_SIGNED_INTEGER))
		return (uint64_t)bt_field_integer_signed_get_value(field);
	return 0;
}

const char *wg__field_text(const bt_field *field)
{
	if (!field)
		return "";
	if (!bt_field_class_type_is(bt_field_get_class_type(field), BT_FIELD_CLASS_TYPE_STRING))
		return "";
	/* The library uses fields again: of an empty string the bytes are those of the last one. */
	return bt_field_string_get_length(field) ? bt_field_string_get_value(field) : "";
}

/* The first label of an enumeration, the text of a string, or "". */
const char *wg__field_label(const bt_field *field)
{
	bt_field_class_enumeration_mapping_label_array labels;
	bt_field_class_type type;
	uint64_t count = 0;

	if (!field)
		return "";
	type = bt_field_get_class_type(field);
	if (type == BT_FIELD_CLASS_TYPE_UNSIGNED_ENUMERATION)
		(void)bt_field_enumeration_unsigned_get_mapping_labels(field, &labels, &count);
	else if (type == BT_FIELD_CLASS_TYPE_SIGNED_ENUMERATION)
		(void)bt_field_enumeration_signed_get_mapping_labels(field, &labels, &count);
	else
		return wg__field_text(field);
	return count ? labels[0] : "";
}

/* The value that a field's label stands for, remembered for small numbers of an enumeration. */
static int value_of_label(struct event_class *class, const bt_field *field)
{
	bool is_enum = field && bt_field_class_type_is(bt_field_get_class_type(field),
					BT_FIELD_CLASS_TYPE_ENUMERATION);
	uint64_t number = is_enum ? wg__field_integer(field) : LABEL_CACHE;
	int value;

	if (number < LABEL_CACHE && class->label[number])
		return class->label[number] - 1;
	if (class->type == WG_EV_SUBMIT)
		value = (int)wg_kind_of(wg__field_label(field));
	else
		value = (int)wg_reason_of(wg__field_label(field));
	if (number < LABEL_CACHE)
		class->label[number] = (int8_t)(value + 1);
	return value;
}

/* The fields after `loop` (and `op`), by event. Absent ones read as 0, "" or unknown. */
static int decode_rest(struct wg__decoder *decoder, struct event_class *class,
	const bt_field *payload, struct wg_event *ev)
{
	const bt_field *second = member(payload, class->field[1]);
	const bt_field *third = member(payload, class->field[2]);

	switch (class->type) {
	case WG_EV_LOOP:
		ev->loop_.wait = wg__names_intern(decoder->names, wg__field_text(second));
		ev->loop_.tick_ns = (int64_t)wg__field_integer(third);
		return ev->loop_.wait ? 0 : -ENOMEM;
	case WG_EV_SUBMIT:
		ev->submit.kind = (enum wg_kind)value_of_label(class, third);
		ev->submit.arg = (int64_t)wg__field_integer(member(payload, class->field[3]));
		break;
	case WG_EV_START: ev->start.worker = (uint32_t)wg__field_integer(third); break;
	case WG_EV_DONE: ev->done.result = (int64_t)wg__field_integer(third); break;
	case WG_EV_DELIVER: ev->deliver.result = (int64_t)wg__field_integer(third); break;
	case WG_EV_NOTIFY: ev->notify.sent = (uint32_t)wg__field_integer(third); break;
	case WG_EV_WAIT:
		ev->wait.timeout_ns = (int64_t)wg__field_integer(second);
		ev->wait.ready = (uint32_t)wg__field_integer(third);
		return 0;
	case WG_EV_WAKE:
		ev->wake.reason = (enum wg_reason)value_of_label(class, second);
		ev->wake.ready = (uint32_t)wg__field_integer(third);
		return 0;
	case WG_EV_POLL: ev->poll.found = (uint32_t)wg__field_integer(second); return 0;
	case WG_EV_OTHER:
		if (!class->never_ends)
			break;
		ev->never_ends.call = wg__names_intern(decoder->names, wg__field_text(third));
		ev->never_ends.why = wg__names_intern(
			decoder->names, wg__field_text(member(payload, class->field[3])));
		return ev->never_ends.call && ev->never_ends.why ? 0 : -ENOMEM;
	default: break;
	}
	ev->op = wg__field_integer(second);
	return 0;
}

static const bt_field *context(const bt_event *event, const struct context_field *where)
{
	return member(where->specific ? bt_event_borrow_specific_context_field_const(event)
				      : bt_event_borrow_common_context_field_const(event),
		where->idx);
}

/* The space of an event: that of its trace, or the pid namespace in it. */
static int find_space(struct wg__decoder *d, const struct event_class *class, const bt_event *event,
	uint32_t space, struct wg_event *ev)
{
	uint64_t ns;

	ev->space = space & INT32_MAX;
	if (class->pid_ns.idx == NO_FIELD)
		return 0;
	ns = wg__field_integer(context(event, &class->pid_ns));
	if (!d->has_ns || d->ns != ns || d->space_of_ns != space) {
		if (wg__space_in(d->spaces, space, ns, &d->space_in_ns) < 0)
			return -ENOMEM;
		d->has_ns = true;
		d->ns = ns;
		d->space_of_ns = space;
	}
	ev->space = d->space_in_ns & INT32_MAX;
	return 0;
}

/* Who it is, from the contexts of the event or from what is known of its trace. */
static int decode_process(struct wg__decoder *d, const struct event_class *class,
	const bt_event *event, const struct wg__origin *origin, struct wg_event *ev)
{
	ev->pid = (uint32_t)wg__field_integer(context(event, &class->vpid));
	ev->tid = (uint32_t)wg__field_integer(context(event, &class->vtid));
	if (class->vpid.idx == NO_FIELD)
		ev->pid = origin->pid;
	ev->procname = class->procname.idx == NO_FIELD
			       ? origin->procname
			       : wg__names_intern(d->names,
					 wg__field_text(context(event, &class->procname)));
	return ev->procname ? find_space(d, class, event, origin->space, ev) : -ENOMEM;
}

int wg__decode(struct wg__decoder *decoder, const bt_message *message,
	const struct wg__origin *origin, struct wg_event *ret_event)
{
	const bt_event *event = bt_message_event_borrow_event_const(message);
	struct event_class *class = class_of(decoder, bt_event_borrow_class_const(event));
	const bt_field *payload = bt_event_borrow_payload_field_const(event);
	struct wg_event ev = { 0 };
	int rc;

	if (!class)
		return -ENOMEM;
	if (class->foreign)
		return 0;
	ev.type = class->type;
	ev.ts_ns = wg__clock_ns(bt_message_event_borrow_default_clock_snapshot_const(message));
	if (decode_process(decoder, class, event, origin, &ev) < 0)
		return -ENOMEM;
	ev.has_cpu_time = class->cpu_time.idx != NO_FIELD;
	ev.cpu_time_ns = (int64_t)wg__field_integer(context(event, &class->cpu_time));
	if (class->cpu_id != NO_FIELD) {
		const bt_packet *packet = bt_event_borrow_packet_const(event);

		ev.cpu = (uint32_t)wg__field_integer(
			member(bt_packet_borrow_context_field_const(packet), class->cpu_id));
	}
	ev.loop = wg__field_integer(member(payload, class->field[0]));
	rc = class->record.record != WG_RECORD_NONE
		     ? wg__record_decode(&class->record, payload, decoder->names, &ev)
		     : decode_rest(decoder, class, payload, &ev);
	if (rc < 0)
		return rc;
	*ret_event = ev;
	return 1;
}

int64_t wg__clock_ns(const bt_clock_snapshot *snapshot)
{
	uint64_t cycles = bt_clock_snapshot_get_value(snapshot);
	uint64_t hz =
		bt_clock_class_get_frequency(bt_clock_snapshot_borrow_clock_class_const(snapshot));

	if (hz == 1000000000u)
		return (int64_t)cycles;
	/* Whole seconds first: cycles * 1e9 does not fit 64 bits. */
	return (int64_t)(cycles / hz * 1000000000u +
			 (uint64_t)((double)(cycles % hz) * 1e9 / (double)hz));
}

struct wg__decoder *wg__decoder_create(struct wg__names *names, struct wg__spaces *spaces)
{
	struct wg__decoder *decoder = calloc(1, sizeof(*decoder));

	if (decoder) {
		decoder->names = names;
		decoder->spaces = spaces;
	}
	return decoder;
}

void wg__decoder_destroy(struct wg__decoder *decoder)
{
	if (!decoder)
		return;
	free(decoder->class);
	wg__map_fini(&decoder->by_key);
	free(decoder);
}
