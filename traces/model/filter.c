/*
 * filter.c: see filter.h. A table of names, a parser of terms, a test for each kind of thing.
 */
#include "traces/model/filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/base/near.h"
#include "traces/base/units.h"

/* Every name, the sort of its value, and what it is about. */
#define NAMES(X)                                                                                   \
	X(KIND, "kind", NAME, OP)                                                                  \
	X(OP, "op", NUMBER, OP)                                                                    \
	X(RESULT, "result", NUMBER, OP)                                                            \
	X(LOOP, "loop", NUMBER, ALL)                                                               \
	X(PID, "pid", NUMBER, ALL)                                                                 \
	X(THREAD, "thread", NUMBER, OP)                                                            \
	X(WORKER, "worker", NUMBER, OP)                                                            \
	X(QUEUED, "queued", TIME, OP)                                                              \
	X(SERVED, "served", TIME, OP)                                                              \
	X(READY, "ready", TIME, OP)                                                                \
	X(TOTAL, "total", TIME, OP)                                                                \
	X(REASON, "reason", NAME, WAIT)                                                            \
	X(GAP, "gap", TIME, WAIT)                                                                  \
	X(WAIT, "wait", TIME, WAIT)                                                                \
	X(LATE, "late", FLAG, WAIT)                                                                \
	X(EMPTY, "empty", FLAG, WAIT)                                                              \
	X(STUCK, "stuck", FLAG, WAIT)                                                              \
	X(WASTED, "wasted", FLAG, WAIT)                                                            \
	X(EVENT, "event", NAME, EVENT)

#define NAME(id, name, value, about) NAME_##id,
enum name { NAMES(NAME) NAME_COUNT };

enum value { VALUE_NUMBER, VALUE_TIME, VALUE_NAME, VALUE_FLAG };
enum about { ABOUT_ALL, ABOUT_OP, ABOUT_WAIT, ABOUT_EVENT };

static const struct {
	const char *name;
	enum value value;
	enum about about;
} names[NAME_COUNT] = {
#define ROW(id, name, value, about) { name, VALUE_##value, ABOUT_##about },
	NAMES(ROW)
};

/* In the order of trying: "<=" begins with "<". */
enum sign { SIGN_NE, SIGN_LE, SIGN_GE, SIGN_EQ, SIGN_LT, SIGN_GT, SIGN_COUNT };
static const char *const signs[SIGN_COUNT] = { "!=", "<=", ">=", "=", "<", ">" };

/* ---- parsing ---- */

static int refuse(char *why, size_t len, const char *what, const char *word)
{
	(void)snprintf(why, len, "%s '%s'", what, word);
	return -EINVAL;
}

/* The same, and the word that was meant, if one is near. known ends with NULL. */
static int refuse_word(
	char *why, size_t len, const char *what, const char *word, const char *const *known)
{
	const char *near = wg_near(word, known);

	(void)refuse(why, len, what, word);
	if (near && strlen(why) < len)
		(void)snprintf(why + strlen(why), len - strlen(why), "; did you mean '%s'?", near);
	return -EINVAL;
}

/* Sets of words that may be meant. */
enum { OF_NAMES = 1, OF_FLAGS = 2, OF_KINDS = 4, OF_REASONS = 8, OF_EVENTS = 16 };

static int refuse_unknown(char *why, size_t len, const char *what, const char *word, unsigned which)
{
	const char *known[NAME_COUNT + WG_KIND_COUNT + WG_REASON_COUNT + WG_EV_COUNT + 1] = {
		NULL
	};
	size_t count = 0, i;

	for (i = 0; i < NAME_COUNT; i++) {
		if (which & OF_NAMES || (which & OF_FLAGS && names[i].value == VALUE_FLAG))
			known[count++] = names[i].name;
	}
	for (i = 0; which & OF_KINDS && i < WG_KIND_UNKNOWN; i++)
		known[count++] = wg_kind_name((enum wg_kind)i);
	for (i = 0; which & OF_REASONS && i < WG_REASON_UNKNOWN; i++)
		known[count++] = wg_reason_name((enum wg_reason)i);
	for (i = 0; which & OF_EVENTS && i < WG_EV_OTHER; i++)
		known[count++] = wg_event_type_name((enum wg_event_type)i);
	return refuse_word(why, len, what, word, known);
}

/* The bit of a name in its enumeration; 0 if it is none. */
static uint32_t bit_of(enum name name, const char *word)
{
	unsigned value;

	if (name == NAME_KIND) {
		value = wg_kind_of(word);
		return value == WG_KIND_UNKNOWN ? 0 : 1u << value;
	}
	if (name == NAME_REASON) {
		value = wg_reason_of(word);
		return value == WG_REASON_UNKNOWN ? 0 : 1u << value;
	}
	value = wg_event_type_of(word);
	return value == WG_EV_OTHER ? 0 : 1u << value;
}

static int parse_names(struct wg_term *term, char *word, char *why, size_t len)
{
	char *rest = word, *part;

	if (term->sign != SIGN_EQ && term->sign != SIGN_NE)
		return refuse(why, len, "a name is either = or !=:", word);
	while ((part = strsep(&rest, "|"))) {
		uint32_t bit = bit_of((enum name)term->name, part);

		if (!bit)
			return term->name == NAME_KIND
				       ? refuse_unknown(why, len, "no such kind:", part, OF_KINDS)
			       : term->name == NAME_REASON
				       ? refuse_unknown(
						 why, len, "no such reason:", part, OF_REASONS)
				       : refuse_unknown(
						 why, len, "no such event:", part, OF_EVENTS);
		term->set |= bit;
	}
	return 0;
}

static int parse_value(struct wg_term *term, char *word, char *why, size_t len)
{
	bool is_negative = *word == '-';
	uint64_t number;

	switch (names[term->name].value) {
	case VALUE_NAME: return parse_names(term, word, why, len);
	case VALUE_TIME:
		return wg_parse_time(word, &term->value) < 0
			       ? refuse(why, len, "a time needs a unit, such as 1ms:", word)
			       : 0;
	case VALUE_NUMBER:
		if (wg_parse_number(word + is_negative, 0, INT64_MAX, &number) < 0)
			return refuse(why, len, "not a number:", word);
		term->value = is_negative ? -(int64_t)number : (int64_t)number;
		return 0;
	default: return refuse(why, len, "takes no value:", names[term->name].name);
	}
}

/* A word without a sign. */
static int parse_bare(struct wg_term *term, char *word, char *why, size_t len)
{
	static const enum name enumerated[] = { NAME_KIND, NAME_REASON, NAME_EVENT };
	size_t i;

	term->sign = SIGN_EQ;
	for (i = 0; i < NAME_COUNT; i++) {
		if (names[i].value == VALUE_FLAG && strcmp(names[i].name, word) == 0) {
			term->name = (uint8_t)i;
			return 0;
		}
	}
	for (i = 0; i < 3; i++) {
		term->name = enumerated[i];
		term->set = bit_of(enumerated[i], word);
		if (term->set)
			return 0;
	}
	term->name = NAME_OP;
	if (word[strspn(word, "0123456789")] == '\0')
		return parse_value(term, word, why, len);
	if (refuse_unknown(why, len, "not understood:", word,
		    OF_FLAGS | OF_KINDS | OF_REASONS | OF_EVENTS) &&
		strchr(why, ';'))
		return -EINVAL;
	return refuse(why, len, "not understood (try gap>1ms, kind=read, op=3, late):", word);
}

static int parse_term(struct wg_term *term, char *word, char *why, size_t len)
{
	size_t name_len = strcspn(word, "=!<>"), i, k;

	if (!word[name_len])
		return parse_bare(term, word, why, len);
	for (k = 0; k < SIGN_COUNT; k++) {
		const char *sign = signs[k];

		if (strncmp(word + name_len, sign, strlen(sign)) != 0)
			continue;
		for (i = 0; i < NAME_COUNT; i++) {
			if (strlen(names[i].name) == name_len &&
				strncmp(word, names[i].name, name_len) == 0) {
				term->name = (uint8_t)i;
				term->sign = (uint8_t)k;
				return parse_value(term, word + name_len + strlen(sign), why, len);
			}
		}
		word[name_len] = '\0';
		return refuse_unknown(why, len, "no such name:", word, OF_NAMES);
	}
	return refuse(why, len, "not understood:", word);
}

int wg_filter_parse(const char *text, struct wg_filter *ret_filter, char *why, size_t len)
{
	struct wg_filter filter = { 0 };
	char copy[sizeof(filter.text)], *rest = copy, *word;

	if (strlen(text) >= sizeof(copy))
		return refuse(why, len, "too long:", "that");
	(void)snprintf(filter.text, sizeof(filter.text), "%s", text);
	(void)snprintf(copy, sizeof(copy), "%s", text);
	while ((word = strsep(&rest, " ,"))) {
		struct wg_term term = { 0 };
		enum about about;

		if (!*word)
			continue;
		if (filter.count == WG_TERMS_MAX)
			return refuse(why, len, "too many conditions at", word);
		if (parse_term(&term, word, why, len) < 0)
			return -EINVAL;
		about = names[term.name].about;
		if (about == ABOUT_EVENT)
			filter.finds = WG_FIND_EVENTS;
		else if (about == ABOUT_WAIT && filter.finds == WG_FIND_OPS)
			filter.finds = WG_FIND_WAITS;
		filter.terms[filter.count++] = term;
	}
	if (filter.count == 0)
		filter.text[0] = '\0';
	*ret_filter = filter;
	return 0;
}

/* ---- testing ---- */

static bool holds(const struct wg_term *term, int64_t value)
{
	switch (term->sign) {
	case SIGN_EQ: return value == term->value;
	case SIGN_NE: return value != term->value;
	case SIGN_LE: return value <= term->value;
	case SIGN_GE: return value >= term->value;
	case SIGN_LT: return value < term->value;
	default: return value > term->value;
	}
}

static bool is_in(const struct wg_term *term, unsigned value)
{
	return ((term->set >> value) & 1) == (term->sign == SIGN_EQ);
}

/* From begin to end; false for a time that was not seen, whatever is asked of it. */
static bool lasts(const struct wg_term *term, int64_t begin, int64_t end)
{
	return begin != WG_NO_TIME && end != WG_NO_TIME && holds(term, end - begin);
}

static bool served_by(
	const struct wg_term *term, const struct wg_trace *trace, const struct wg_op_life *op)
{
	const struct wg_lane *lane;

	if (op->worker_lane >= trace->lane_count)
		return false;
	lane = &trace->lanes[op->worker_lane];
	return holds(term, term->name == NAME_THREAD ? (int64_t)lane->tid : (int64_t)lane->worker);
}

static bool op_term(
	const struct wg_term *term, const struct wg_trace *trace, const struct wg_op_life *op)
{
	switch (term->name) {
	case NAME_KIND: return is_in(term, op->kind);
	case NAME_OP: return holds(term, (int64_t)op->op);
	case NAME_RESULT: return op->done_ns != WG_NO_TIME && holds(term, op->result);
	case NAME_LOOP:
		return holds(term, (int64_t)wg_measure_loop(trace->measure, op->loop_idx)->loop);
	case NAME_PID: return holds(term, wg_measure_loop(trace->measure, op->loop_idx)->pid);
	case NAME_THREAD:
	case NAME_WORKER: return served_by(term, trace, op);
	case NAME_QUEUED: return lasts(term, op->submit_ns, op->start_ns);
	case NAME_SERVED: return lasts(term, op->start_ns, op->done_ns);
	case NAME_READY: return lasts(term, op->done_ns, op->deliver_ns);
	case NAME_TOTAL: return lasts(term, op->submit_ns, op->deliver_ns);
	default: return false;
	}
}

bool wg_filter_op(
	const struct wg_filter *filter, const struct wg_trace *trace, const struct wg_op_life *op)
{
	size_t i;

	for (i = 0; i < filter->count; i++) {
		if (!op_term(&filter->terms[i], trace, op))
			return false;
	}
	return true;
}

static bool wait_term(const struct wg_term *term, const struct wg_interval *in, bool empty)
{
	switch (term->name) {
	case NAME_REASON: return !in->open && is_in(term, in->reason);
	case NAME_GAP: return in->gap_begin_ns >= 0 && lasts(term, in->gap_begin_ns, in->wake_ns);
	case NAME_WAIT: return lasts(term, in->wait_ns, in->wake_ns);
	case NAME_LATE: return in->late;
	case NAME_EMPTY: return empty;
	case NAME_STUCK: return in->open && in->gap_begin_ns >= 0;
	default: return in->gap_begin_ns >= 0 && in->wake_ns > in->gap_begin_ns;
	}
}

static bool wait_passes(const struct wg_filter *filter, const struct wg_trace *trace,
	const struct wg_wait_rec *rec, const struct wg_op_life **near)
{
	const struct wg_loop_stats *loop = wg_measure_loop(trace->measure, rec->interval.loop_idx);
	const struct wg_op_life *op = NULL;
	bool looked = false;
	size_t i;

	for (i = 0; i < filter->count && loop; i++) {
		const struct wg_term *term = &filter->terms[i];
		enum about about = names[term->name].about;
		bool ok;

		if (about == ABOUT_OP && !looked) {
			op = wg_trace_op_near(trace, *near, loop->who, rec->interval.gap_op);
			*near = op ? op : *near;
			looked = true;
		}
		if (about == ABOUT_ALL)
			ok = holds(term, term->name == NAME_LOOP ? (int64_t)loop->loop : loop->pid);
		else if (about == ABOUT_OP)
			ok = op && op_term(term, trace, op);
		else
			ok = wait_term(term, &rec->interval, rec->empty);
		if (!ok)
			return false;
	}
	return true;
}

bool wg_filter_wait(
	const struct wg_filter *filter, const struct wg_trace *trace, const struct wg_wait_rec *rec)
{
	const struct wg_op_life *near = NULL;

	return wait_passes(filter, trace, rec, &near);
}

bool wg_filter_event(
	const struct wg_filter *filter, const struct wg_trace *trace, const struct wg_event *event)
{
	size_t i;

	for (i = 0; i < filter->count; i++) {
		const struct wg_term *term = &filter->terms[i];
		const struct wg_op_life *op;
		bool ok;

		switch (term->name) {
		case NAME_EVENT: ok = is_in(term, event->type); break;
		case NAME_OP: ok = holds(term, (int64_t)event->op); break;
		case NAME_LOOP: ok = holds(term, (int64_t)event->loop); break;
		case NAME_PID: ok = holds(term, event->pid); break;
		case NAME_THREAD: ok = holds(term, event->tid); break;
		case NAME_REASON:
			ok = event->type == WG_EV_WAKE && is_in(term, event->wake.reason);
			break;
		default:
			op = event->op ? wg_trace_op(trace, event->who, event->op) : NULL;
			ok = op && op_term(term, trace, op);
		}
		if (!ok)
			return false;
	}
	return true;
}

bool wg_filter_span(const struct wg_filter *filter, const struct wg_trace *trace,
	const struct wg_lane *lane, const struct wg_span *span, const struct wg_op_life **near)
{
	const struct wg_op_life *op;

	if (filter->count == 0)
		return true;
	if (filter->finds == WG_FIND_WAITS && span->wait > 0 && span->wait <= trace->wait_count)
		return wait_passes(filter, trace, &trace->waits[span->wait - 1], near);
	if (filter->finds != WG_FIND_OPS || span->op == 0)
		return false;
	op = wg_trace_op_near(trace, *near, lane->who, span->op);
	*near = op ? op : *near;
	return op && wg_filter_op(filter, trace, op);
}
