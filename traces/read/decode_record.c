/*
 * decode_record.c: see decode_record.h.
 *
 * The events wait, wake and notify of a loop and of a thread have one name; those of threads have
 * fields that those of loops lack. A number that is absent is not observable, and never 0.
 */
#include "traces/read/decode_record.h"

#include <errno.h>
#include <string.h>

/* In the order in which the functions below read them. */
static const char *const fields_of[WG_RECORD_COUNT][WG__RECORD_FIELDS] = {
	[WG_RECORD_WAIT] = { "obj", "how", "timeout_ns", "site", "cpu_ns", "calls", "did" },
	[WG_RECORD_WAKE] = { "obj", "certainty", "reason", "ret", "by_pid", "by_tid", "by_call",
		"by_site", "waking_ns", "oncpu_ns" },
	[WG_RECORD_NOTIFY] = { "obj", "how", "value", "woke", "site" },
	[WG_RECORD_OBJECT] = { "obj", "kind", "fd", "generation" },
	[WG_RECORD_SITE] = { "module", "id", "build_id", "offset", "symbol" },
};

const char *wg_record_field(enum wg_record record, size_t i)
{
	return i < WG__RECORD_FIELDS ? fields_of[record][i] : NULL;
}

void wg__record_learn(
	struct wg__record_class *class, const char *name, const bt_field_class *payload)
{
	size_t i;

	class->record = wg_record_of(name);
	for (i = 0; i < WG__RECORD_FIELDS; i++) {
		const char *field = fields_of[class->record][i];

		class->field[i] = field ? wg__member_index(payload, field) : WG__NO_FIELD;
	}
	if (class->field[0] == WG__NO_FIELD || class->field[1] == WG__NO_FIELD)
		class->record = WG_RECORD_NONE;
}

static const bt_field *field_at(
	const struct wg__record_class *class, const bt_field *payload, size_t i)
{
	if (!payload || class->field[i] == WG__NO_FIELD)
		return NULL;
	return bt_field_structure_borrow_member_field_by_index_const(payload, class->field[i]);
}

static int64_t number(
	const struct wg__record_class *class, const bt_field *payload, size_t i, int64_t absent)
{
	const bt_field *field = field_at(class, payload, i);

	return field ? (int64_t)wg__field_integer(field) : absent;
}

static const char *label(const struct wg__record_class *class, const bt_field *payload, size_t i)
{
	return wg__field_label(field_at(class, payload, i));
}

static const char *name(const struct wg__record_class *class, const bt_field *payload, size_t i,
	struct wg__names *names)
{
	return wg__names_intern(names, wg__field_text(field_at(class, payload, i)));
}

static int decode_wake(const struct wg__record_class *c, const bt_field *p, struct wg__names *names,
	struct wg_event *ev)
{
	ev->thread_wake.certainty = (uint8_t)wg_certainty_of(label(c, p, 1));
	ev->thread_wake.reason = (uint8_t)wg_reason_of(label(c, p, 2));
	ev->thread_wake.ret = number(c, p, 3, WG_RET_UNKNOWN);
	ev->thread_wake.by_pid = (uint32_t)number(c, p, 4, 0);
	ev->thread_wake.by_tid = (uint32_t)number(c, p, 5, 0);
	ev->thread_wake.by_call = name(c, p, 6, names);
	ev->thread_wake.by_site = (uint32_t)number(c, p, 7, 0);
	ev->thread_wake.waking_ns = number(c, p, 8, WG_NOT_OBSERVABLE);
	ev->thread_wake.oncpu_ns = number(c, p, 9, WG_NOT_OBSERVABLE);
	return ev->thread_wake.by_call ? 0 : -ENOMEM;
}

static int decode_site(const struct wg__record_class *c, const bt_field *p, struct wg__names *names,
	struct wg_event *ev)
{
	ev->site.module = name(c, p, 0, names);
	ev->site.id = (uint32_t)number(c, p, 1, 0);
	ev->site.build_id = name(c, p, 2, names);
	ev->site.offset = (uint64_t)number(c, p, 3, 0);
	ev->site.symbol = name(c, p, 4, names);
	return ev->site.module && ev->site.build_id && ev->site.symbol ? 0 : -ENOMEM;
}

int wg__record_decode(const struct wg__record_class *c, const bt_field *p, struct wg__names *names,
	struct wg_event *ev)
{
	ev->type = WG_EV_OTHER;
	ev->record = c->record;
	ev->op = c->record == WG_RECORD_SITE ? 0 : (uint64_t)number(c, p, 0, 0);
	switch (c->record) {
	case WG_RECORD_WAIT:
		ev->thread_wait.how = wg_wait_in_of(label(c, p, 1));
		ev->thread_wait.timeout_ns = number(c, p, 2, WG_NOT_OBSERVABLE);
		ev->thread_wait.site = (uint32_t)number(c, p, 3, 0);
		ev->thread_wait.cpu_ns = number(c, p, 4, WG_NOT_OBSERVABLE);
		ev->thread_wait.calls = number(c, p, 5, WG_NOT_OBSERVABLE);
		ev->thread_wait.did = wg_did_of(label(c, p, 6));
		return 0;
	case WG_RECORD_WAKE: return decode_wake(c, p, names, ev);
	case WG_RECORD_NOTIFY:
		ev->thread_notify.how = wg_wait_in_of(label(c, p, 1));
		ev->thread_notify.value = number(c, p, 2, 0);
		ev->thread_notify.woke = number(c, p, 3, WG_NOT_OBSERVABLE);
		ev->thread_notify.site = (uint32_t)number(c, p, 4, 0);
		return 0;
	case WG_RECORD_OBJECT:
		ev->object.kind = wg_object_kind_of(label(c, p, 1));
		ev->object.fd = (int32_t)number(c, p, 2, -1);
		ev->object.generation = (uint32_t)number(c, p, 3, 0);
		return 0;
	default: return decode_site(c, p, names, ev);
	}
}
