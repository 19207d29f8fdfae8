/*
 * filter.h: the small language in which a person says what to look for.
 *
 *     gap>1ms reason=timeout        blanks or commas: all of them must hold
 *     kind=read|write thread!=4242  names and numbers may be one of several
 *     op=17        event=notify     late        empty
 *
 * Names: kind op result loop pid thread worker           of an operation (thread is its worker's)
 *        queued served ready total                       times of an operation
 *        reason gap wait late empty stuck wasted         of a wait interval
 *        in class by certainty                           of a wait of a thread: in=epoll|cond,
 *                                                        class=timer_empty, by=4711 woke it
 *        event                                           of an event: submit ... deliver
 * Signs: = != < <= > >=. Times take a unit. A bare word is a flag (late, empty, stuck, wasted) or
 * the name of a kind, a reason or an event; a bare number is an operation.
 *
 * Of a thread, `thread` is its own number, and its events are found by the names of a loop's.
 *
 * What is found are events if `event` is named, wait intervals if anything of theirs is, else
 * operations. An operation's names in an expression about waits ask about the result that waited.
 */
#ifndef TRACES_MODEL_FILTER_H
#define TRACES_MODEL_FILTER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/model/model.h"

enum wg_find_kind { WG_FIND_OPS, WG_FIND_WAITS, WG_FIND_EVENTS };

#define WG_TERMS_MAX 8

struct wg_term {
	uint8_t name; /* index into the table of names */
	uint8_t sign;
	uint32_t set;  /* names of kinds, reasons, events: one bit each */
	int64_t value; /* numbers and times */
};

struct wg_filter {
	char text[96]; /* as typed; "" for a filter that lets everything through */
	enum wg_find_kind finds;
	struct wg_term terms[WG_TERMS_MAX];
	size_t count;
};

/* 0; or -EINVAL with what is wrong in why, *ret_filter untouched. */
int wg_filter_parse(const char *text, struct wg_filter *ret_filter, char *why, size_t len);

bool wg_filter_op(
	const struct wg_filter *filter, const struct wg_trace *trace, const struct wg_op_life *op);
bool wg_filter_wait(const struct wg_filter *filter, const struct wg_trace *trace,
	const struct wg_wait_rec *rec);
bool wg_filter_event(
	const struct wg_filter *filter, const struct wg_trace *trace, const struct wg_event *event);

/* Does what a span stands for pass: its wait, or its operation? True for no filter at all. *near is
 * for the caller to keep from one span of a lane to the next, SIZE_MAX at first. */
bool wg_filter_span(const struct wg_filter *filter, const struct wg_trace *trace,
	const struct wg_lane *lane, const struct wg_span *span, size_t *near);

/* The time of the next match after t, or the last before it, WG_NO_TIME if none; its lane and how
 * many there are and which of them it is. O(trace): a key press only. */
struct wg_found {
	int64_t t;	  /* absolute; where to put the cursor */
	size_t lane;	  /* SIZE_MAX: none */
	size_t op, event; /* the index of one, or SIZE_MAX */
	size_t place, count;
};
bool wg_filter_next(const struct wg_filter *filter, const struct wg_trace *trace, int64_t t,
	bool forward, struct wg_found *ret_found);

#endif
