/*
 * decode_record.h: the part of decode.c that reads records of threads. Private to traces/read.
 */
#ifndef TRACES_READ_DECODE_RECORD_H
#define TRACES_READ_DECODE_RECORD_H

#include <babeltrace2/babeltrace.h>

#include "traces/base/names.h"
#include "traces/read/schema.h"

#define WG__RECORD_FIELDS 12
#define WG__NO_FIELD	  UINT64_MAX

/* Where the fields of a record are in its payload. */
struct wg__record_class {
	enum wg_record record; /* NONE: it is not one */
	uint64_t field[WG__RECORD_FIELDS];
};

/* An event of that name with that payload. */
void wg__record_learn(
	struct wg__record_class *class, const char *name, const bt_field_class *payload);

/* Fill the record's part of *ev. 0 or -ENOMEM. */
int wg__record_decode(const struct wg__record_class *class, const bt_field *payload,
	struct wg__names *names, struct wg_event *ev);

/* What decode.c has of fields: the place of a member, a value, a text; 0 and "" if absent. */
uint64_t wg__member_index(const bt_field_class *structure, const char *name);
uint64_t wg__field_integer(const bt_field *field);
const char *wg__field_text(const bt_field *field);
const char *wg__field_label(const bt_field *field);

#endif
