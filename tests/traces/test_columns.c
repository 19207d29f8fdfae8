/*
 * test_columns.c: what a model keeps in few bits comes out as it went in (columns.h, K2; packed.h).
 */
#include <stdlib.h>
#include <string.h>

#include "tests/harness/both_readers.h"
#include "tests/harness/harness.h"
#include "traces/base/packed.h"
#include "traces/model/columns.h"

#define ROWS 3000

static uint64_t state;

static uint64_t any(void)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return state;
}

/* A number of any size, often an extreme one. */
static uint64_t number(void)
{
	static const uint64_t edges[] = { 0, 1, UINT64_MAX, INT64_MAX, (uint64_t)INT64_MIN,
		UINT32_MAX, UINT64_C(1) << 56, (UINT64_C(1) << 57) - 1 };

	return any() % 4 ? any() >> any() % 64 : edges[any() % 8];
}

/* ---- packed.h ---- */

struct row {
	int64_t up, noise, steady;
	uint64_t rare, few, pattern;
	uint32_t small, equal;
	uint16_t half;
	uint8_t byte, nothing;
};

#define OF_ROW(field) WG__PACKED_FIELD(struct row, field)
static const struct wg__packed_type types[2] = {
	{ sizeof(struct row), 2, 11,
		{ OF_ROW(up), OF_ROW(noise), OF_ROW(steady), OF_ROW(rare), OF_ROW(few),
			OF_ROW(pattern), OF_ROW(small), OF_ROW(equal), OF_ROW(half), OF_ROW(byte),
			OF_ROW(nothing) } },
	{ sizeof(struct row), SIZE_MAX, 11,
		{ OF_ROW(up), OF_ROW(noise), OF_ROW(steady), OF_ROW(rare), OF_ROW(few),
			OF_ROW(pattern), OF_ROW(small), OF_ROW(equal), OF_ROW(half), OF_ROW(byte),
			OF_ROW(nothing) } },
};

static int64_t now;

static struct row any_row(size_t i)
{
	static const uint64_t few[] = { 0, 7, UINT64_MAX, UINT64_C(1) << 60, 12345 };
	struct row row;

	memset(&row, 0, sizeof(row)); /* rows are compared byte by byte */
	now += (int64_t)(any() % 5000);
	row.up = now;
	row.noise = (int64_t)number();
	row.steady = INT64_MIN + (int64_t)i * 1000;
	row.rare = any() % 50 ? 0 : number();
	row.few = few[any() % 5];
	row.pattern = i % 3 ? 0 : i;
	row.small = (uint32_t)any() % 3;
	row.equal = 42;
	row.half = (uint16_t)number();
	row.byte = (uint8_t)number();
	return row;
}

static bool is_same(const struct wg__packed *p, size_t i, const struct row *row)
{
	struct row room;

	return memcmp(wg__packed_get(p, i, &room), row, sizeof(*row)) == 0 &&
	       wg__packed_value(p, i, 0) == (uint64_t)row->up &&
	       wg__packed_value(p, i, 3) == row->rare && wg__packed_value(p, i, 9) == row->byte;
}

static void rows_come_out_as_they_went_in(void)
{
	static struct row rows[ROWS];
	struct wg__packed p = { .type = &types[0] };
	size_t i, wrong = 0, k;
	struct row *at;

	for (i = 0; i < ROWS; i++) {
		rows[i] = any_row(i);
		at = wg__packed_add(&p);
		CU_ASSERT_FATAL(at != NULL);
		*at = rows[i];
		wrong += !is_same(&p, i, &rows[i]) || !is_same(&p, i / 2, &rows[i / 2]);
	}
	/* Any row may be set again, also when it has been packed for long. */
	for (i = 0; i < ROWS; i++) {
		k = any() % ROWS;
		at = wg__packed_open(&p, k);
		CU_ASSERT_FATAL(at != NULL);
		at->noise = rows[k].noise = (int64_t)number();
		wrong += !is_same(&p, k, &rows[k]);
	}
	wg__packed_close(&p);
	for (i = 0; i < ROWS; i++)
		wrong += !is_same(&p, i, &rows[i]);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(wg__packed_bytes(&p) < ROWS * sizeof(struct row) * 2 / 3);
	for (i = 0; i < ROWS; i += 17)
		wrong += wg__packed_first_from(&p, 0, rows[i].up + 1) <= i ||
			 wg__packed_first_from(&p, 0, rows[i].up) > i;
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(wg__packed_first_from(&p, 0, INT64_MAX), ROWS);
	wg__packed_fini(&p);
}

/* The rows that are there, against a plain array. */
static void rows_go_at_both_ends(void)
{
	static struct row rows[ROWS * 4];
	size_t type, first, count, i, wrong;

	for (type = 0; type < 2; type++) {
		struct wg__packed p = { .type = &types[type] };

		first = count = wrong = 0;
		while (first + count < ROWS * 3) {
			size_t n = any() % 700, k;

			for (i = 0; i < n; i++) {
				struct row *at = wg__packed_add(&p);

				CU_ASSERT_FATAL(at != NULL);
				*at = rows[first + count++] = any_row(i);
			}
			k = any() % 3 ? any() % 300 : 0;
			k = k < count ? k : count;
			wg__packed_drop_first(&p, k);
			first += k;
			count -= k;
			k = any() % 3 ? any() % 300 : 0;
			k = k < count ? k : count;
			wg__packed_drop_last(&p, k);
			count -= k;
			if (any() % 10 == 0)
				wg__packed_close(&p);
			CU_ASSERT_EQUAL_FATAL(p.count, count);
			for (i = 0; i < count; i++)
				wrong += !is_same(&p, i, &rows[first + i]);
		}
		CU_ASSERT_EQUAL(wrong, 0);
		wg__packed_drop_first(&p, p.count);
		CU_ASSERT_EQUAL(p.count, 0);
		wg__packed_fini(&p);
	}
}

/* ---- events ---- */

static const char *name(void)
{
	static const char *const names[] = { "", "futex", "epoll_wait", "tick", "server" };

	return names[any() % 5];
}

static void any_fields(struct wg_event *ev)
{
	switch (ev->type) {
	case WG_EV_LOOP:
		ev->loop_.wait = name();
		ev->loop_.tick_ns = (int64_t)number();
		break;
	case WG_EV_SUBMIT:
		ev->submit.kind = (enum wg_kind)(any() % WG_KIND_COUNT);
		ev->submit.arg = (int64_t)number();
		break;
	case WG_EV_START: ev->start.worker = (uint32_t)number(); break;
	case WG_EV_DONE:
	case WG_EV_DELIVER: ev->done.result = (int64_t)number(); break;
	case WG_EV_NOTIFY: ev->notify.sent = (uint32_t)number(); break;
	case WG_EV_WAIT:
		ev->wait.timeout_ns = (int64_t)number();
		ev->wait.ready = (uint32_t)number();
		break;
	case WG_EV_WAKE:
		ev->wake.reason = (enum wg_reason)(any() % WG_REASON_COUNT);
		ev->wake.ready = (uint32_t)number();
		break;
	case WG_EV_POLL: ev->poll.found = (uint32_t)number(); break;
	case WG_EV_LOST:
		ev->lost.begin_ns = (int64_t)number();
		ev->lost.count = number();
		break;
	default:
		if (any() % 2) {
			ev->never_ends.call = name();
			ev->never_ends.why = name();
		}
	}
}

static void any_record(struct wg_event *ev)
{
	switch (ev->record) {
	case WG_RECORD_WAIT:
		ev->thread_wait.timeout_ns = (int64_t)number();
		ev->thread_wait.cpu_ns = (int64_t)number();
		ev->thread_wait.calls = (int64_t)number();
		ev->thread_wait.site = (uint32_t)number();
		ev->thread_wait.how = (enum wg_wait_in)(any() % WG_IN_COUNT);
		ev->thread_wait.did = (enum wg_did)(any() % WG_DID_COUNT);
		break;
	case WG_RECORD_WAKE:
		ev->thread_wake.ret = (int64_t)number();
		ev->thread_wake.waking_ns = (int64_t)number();
		ev->thread_wake.oncpu_ns = any() % 2 ? WG_NOT_OBSERVABLE : ev->ts_ns;
		ev->thread_wake.by_call = name();
		ev->thread_wake.by_pid = (uint32_t)number();
		ev->thread_wake.by_tid = (uint32_t)number();
		ev->thread_wake.by_site = (uint32_t)number();
		ev->thread_wake.reason = (uint8_t)number();
		ev->thread_wake.certainty = (uint8_t)number();
		break;
	case WG_RECORD_NOTIFY:
		ev->thread_notify.value = (int64_t)number();
		ev->thread_notify.woke = (int64_t)number();
		ev->thread_notify.site = (uint32_t)number();
		ev->thread_notify.how = (enum wg_wait_in)(any() % WG_IN_COUNT);
		break;
	case WG_RECORD_OBJECT:
		ev->object.kind = (enum wg_object_kind)(any() % WG_OBJECT_KIND_COUNT);
		ev->object.fd = (int32_t)number();
		ev->object.generation = (uint32_t)number();
		break;
	default:
		ev->site.module = name();
		ev->site.build_id = name();
		ev->site.symbol = name();
		ev->site.offset = number();
		ev->site.id = (uint32_t)number();
	}
}

static struct wg_event any_event(void)
{
	struct wg_event ev = { .ts_ns = now += (int64_t)(any() % 100000),
		.type = (enum wg_event_type)(any() % WG_EV_COUNT),
		.cpu = (uint32_t)number(),
		.pid = (uint32_t)any() % 3,
		.tid = (uint32_t)any() % 5,
		.procname = name(),
		.loop = number(),
		.op = number(),
		.space = (uint32_t)any() % 2,
		.has_cpu_time = any() % 2,
		.who = (uint32_t)any() % 4 };

	if (ev.has_cpu_time)
		ev.cpu_time_ns = (int64_t)number();
	if (ev.type == WG_EV_OTHER)
		ev.record = (enum wg_record)(any() % WG_RECORD_COUNT);
	if (ev.record == WG_RECORD_NONE)
		any_fields(&ev);
	else
		any_record(&ev);
	return ev;
}

static void events_come_out_as_they_went_in(void)
{
	static struct wg_event events[ROWS];
	struct wg__columns c;
	struct wg_event out;
	size_t i, wrong = 0;

	wg__columns_init(&c, false);
	for (i = 0; i < ROWS; i++) {
		events[i] = any_event();
		CU_ASSERT_FATAL(wg__columns_add_event(&c, &events[i]) == 0);
	}
	wg__columns_close(&c);
	for (i = 0; i < ROWS; i++) {
		char was[1024] = "", is[1024] = "";

		wg__columns_event(&c, i, &out);
		both_readers_print(was, sizeof(was), &events[i]);
		both_readers_print(is, sizeof(is), &out);
		wrong += strcmp(was, is) != 0 || out.who != events[i].who;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	wg__columns_fini(&c);
}

/* ---- waits, operations, spans ---- */

static int64_t time_or(int64_t unknown)
{
	return any() % 3   ? now + (int64_t)(any() % 100000)
	       : any() % 3 ? unknown
			   : (int64_t)number();
}

static struct wg_wait_rec any_wait(size_t i)
{
	struct wg_wait_rec w;

	memset(&w, 0, sizeof(w));
	now += 100;
	w.number = i;
	w.is_thread = any() % 2;
	w.empty = any() % 2;
	w.how = (uint8_t)number();
	w.class = any() & 31;
	w.certainty = any() & 7;
	w.results = (uint32_t)number();
	w.waited_ns = w.is_thread ? time_or(WG_NO_TIME) : (int64_t)number();
	w.next = any() % 2 ? i + 2 + any() % 1000 : 0;
	w.interval.loop_idx = number();
	w.interval.wait_ns = now;
	w.interval.wake_ns = time_or(WG_NO_TIME);
	w.interval.timeout_ns = (int64_t)number();
	w.interval.reason = (enum wg_reason)(any() % WG_REASON_COUNT);
	w.interval.gap_begin_ns = any() % 2 ? -1 : now + (int64_t)(any() % 1000);
	w.interval.gap_op = number();
	w.interval.gap_kind = (enum wg_kind)(any() % WG_KIND_COUNT);
	w.interval.late = any() % 2;
	w.interval.open = any() % 2;
	w.interval.stuck = any() % 2;
	return w;
}

static bool are_same_waits(const struct wg_wait_rec *a, const struct wg_wait_rec *b)
{
	const struct wg_interval *x = &a->interval, *y = &b->interval;

	return a->number == b->number && a->is_thread == b->is_thread && a->empty == b->empty &&
	       a->how == b->how && a->class == b->class && a->certainty == b->certainty &&
	       a->results == b->results && a->waited_ns == b->waited_ns && a->next == b->next &&
	       x->loop_idx == y->loop_idx && x->wait_ns == y->wait_ns && x->wake_ns == y->wake_ns &&
	       x->timeout_ns == y->timeout_ns && x->reason == y->reason &&
	       x->gap_begin_ns == y->gap_begin_ns && x->gap_op == y->gap_op &&
	       x->gap_kind == y->gap_kind && x->late == y->late && x->open == y->open &&
	       x->stuck == y->stuck;
}

static struct wg_op_life any_op(void)
{
	struct wg_op_life op;

	memset(&op, 0, sizeof(op)); /* it has no padding: it is compared as bytes */
	op.op = number();
	op.who = (uint32_t)number();
	op.loop_idx = (uint32_t)number();
	op.arg = (int64_t)number();
	op.result = (int64_t)number();
	op.worker_lane = any() % 3 ? (uint32_t)number() : WG_NO_LANE;
	op.kind = (uint16_t)number();
	op.notify_sent = (uint16_t)number();
	op.submit_ns = time_or(WG_NO_TIME);
	op.start_ns = time_or(WG_NO_TIME);
	op.done_ns = time_or(WG_NO_TIME);
	op.notify_ns = time_or(WG_NO_TIME);
	op.wake_ns = time_or(WG_NO_TIME);
	op.deliver_ns = time_or(WG_NO_TIME);
	return op;
}

static void waits_and_operations_come_out_as_they_went_in(void)
{
	static struct wg_wait_rec waits[ROWS];
	static struct wg_op_life ops[ROWS];
	struct wg__columns c;
	struct wg_wait_rec wait;
	struct wg_op_life op;
	size_t i, wrong = 0;

	wg__columns_init(&c, false);
	for (i = 0; i < ROWS; i++) {
		waits[i] = any_wait(i);
		ops[i] = any_op();
		CU_ASSERT_FATAL(wg__columns_add_wait(&c, &waits[i]) == 0);
		CU_ASSERT_FATAL(wg__columns_add_op(&c, &ops[i]) == 0);
	}
	wg__columns_close(&c);
	for (i = 0; i < ROWS; i += 97) {
		waits[i] = any_wait(i);
		ops[i] = any_op();
		CU_ASSERT_FATAL(wg__columns_set_wait(&c, i, &waits[i]) == 0);
		CU_ASSERT_FATAL(wg__columns_set_op(&c, i, &ops[i]) == 0);
	}
	for (i = 0; i < ROWS; i++) {
		wg__columns_wait(&c, i, &wait);
		wg__columns_op(&c, i, &op);
		wrong += !are_same_waits(&wait, &waits[i]);
		wrong += memcmp(&op, &ops[i], sizeof(op)) != 0;
		wrong +=
			wg__columns_is_unclosed(&c, i) != (waits[i].interval.wake_ns == WG_NO_TIME);
	}
	CU_ASSERT_EQUAL(wrong, 0);
	wg__columns_fini(&c);
}

static void spans_come_out_as_they_went_in(void)
{
	static struct wg_span spans[ROWS];
	struct wg__packed p;
	struct wg_span span;
	size_t i, wrong = 0;

	wg__spans_init(&p, false);
	for (i = 0; i < ROWS; i++) {
		int64_t begin = now += (int64_t)(any() % 1000);

		now += (int64_t)(any() % 3 ? 1 + any() % 1000 : any() % (1 << 30));
		spans[i] = (struct wg_span){ .begin_ns = begin,
			.end_ns = now,
			.state = (enum wg_span_state)(any() % WG_SPAN_STATE_COUNT),
			.open = any() % 2,
			.op = number(),
			.wait = (uint32_t)number() };
		CU_ASSERT_FATAL(wg__spans_add(&p, &spans[i]) == 0);
	}
	wg__packed_close(&p);
	for (i = 0; i < ROWS; i++) {
		wg__spans_get(&p, i, &span);
		wrong += span.begin_ns != spans[i].begin_ns || span.end_ns != spans[i].end_ns ||
			 span.state != spans[i].state || span.open != spans[i].open ||
			 span.op != spans[i].op || span.wait != spans[i].wait ||
			 wg__spans_begin_ns(&p, i) != span.begin_ns ||
			 wg__spans_end_ns(&p, i) != span.end_ns;
	}
	CU_ASSERT_EQUAL(wrong, 0);
	wg__packed_fini(&p);
}

void suite_columns(void)
{
	state = UINT64_C(88172645463325252);
	now = 1000000000;
	WG_TEST(rows_come_out_as_they_went_in);
	WG_TEST(rows_go_at_both_ends);
	WG_TEST(events_come_out_as_they_went_in);
	WG_TEST(waits_and_operations_come_out_as_they_went_in);
	WG_TEST(spans_come_out_as_they_went_in);
}
