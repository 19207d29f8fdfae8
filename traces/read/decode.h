/*
 * decode.h: one message of libbabeltrace2 as a struct wg_event. Private to traces/.
 */
#ifndef TRACES_READ_DECODE_H
#define TRACES_READ_DECODE_H

#include <babeltrace2/babeltrace.h>
#include <stdint.h>

#include "traces/base/names.h"
#include "traces/read/origin.h"
#include "traces/read/schema.h"

struct wg__decoder;

/* names and spaces are borrowed and must outlive the decoder. NULL: no memory. */
struct wg__decoder *wg__decoder_create(struct wg__names *names, struct wg__spaces *spaces);
void wg__decoder_destroy(struct wg__decoder *decoder); /* NULL is fine */

/* An event of a trace of that origin: 1 and *ret_event filled; 0 for one of another provider;
 * -ENOMEM. */
int wg__decode(struct wg__decoder *decoder, const bt_message *message,
	const struct wg__origin *origin, struct wg_event *ret_event);

/* Monotonic ns of a snapshot: its cycles, scaled if the clock does not tick in ns. */
int64_t wg__clock_ns(const bt_clock_snapshot *snapshot);

#endif
