/*
 * schema.h: what the metadata of a trace says of its bytes, for our own decoder. Private to
 * traces/.
 *
 * It knows what LTTng-UST and traces/write write, and nothing else: fields that are whole bytes,
 * little-endian, one after the other; one clock that counts nanoseconds; two forms of event
 * headers. Whatever else the language allows is refused with a reason, and libbabeltrace2 reads it.
 * So what is not understood is never read in a wrong way.
 */
#ifndef TRACES_CTF_SCHEMA_H
#define TRACES_CTF_SCHEMA_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/names.h"

enum wg__ctf_type {
	WG__CTF_UNSIGNED, /* of 1, 2, 4 or 8 bytes */
	WG__CTF_SIGNED,
	WG__CTF_TEXT,	/* an array of characters, up to the first NUL or its end */
	WG__CTF_STRING, /* with a NUL behind it */
	WG__CTF_BYTES	/* another array, or a floating-point number: nothing of ours */
};

struct wg__ctf_label {
	const char *text;    /* several ranges of one label have the place of the first */
	uint64_t begin, end; /* inclusive; of a signed enumeration as two's complement */
	size_t place;
};

struct wg__ctf_field {
	const char *name; /* without LTTng's underscore */
	enum wg__ctf_type type;
	uint32_t bytes;		/* of all of it; 0: a string */
	uint32_t element_bytes; /* an array's */
	bool is_enum, is_clock; /* the latter: its value sets the clock */
	size_t label, labels;	/* its labels, in wg__ctf_schema.label */
};

/* Fields one after the other, in wg__ctf_schema.field. */
struct wg__ctf_struct {
	size_t first, count;
	uint32_t bytes; /* of all, if none is a string */
	bool has_string;
};

struct wg__ctf_event {
	const char *name;
	uint64_t id;
	uint64_t stream_id;
	struct wg__ctf_struct payload;
};

/* Where something is in the header of a packet, in bytes; 0: it is not there. */
struct wg__ctf_packet_fields {
	uint32_t uuid, stream_id, instance; /* the first two always, instance always */
	uint32_t begin, end, content, size; /* always */
	uint32_t seq, discarded, cpu;
	uint32_t bytes; /* of header and context */
};

struct wg__ctf_stream {
	uint64_t id;
	bool is_large;		       /* u16 id, u32 time; id 65535: then u32 id, u64 time */
	uint32_t id_bytes, time_bytes; /* else */
	struct wg__ctf_struct context;
	struct wg__ctf_packet_fields packet;
};

struct wg__ctf_schema {
	struct wg__names *names; /* all texts are in there */
	struct wg__ctf_field *field;
	size_t field_count, field_cap;
	struct wg__ctf_label *label;
	size_t label_count, label_cap;
	struct wg__ctf_event *event;
	size_t event_count, event_cap;
	struct wg__ctf_stream *stream;
	size_t stream_count, stream_cap;
	struct wg__ctf_struct header; /* of a packet */
	uint8_t uuid[16];
	/* of the clock */
	bool clock_has_uuid, clock_is_absolute;
	uint8_t clock_uuid[16];
	const char *clock_name;
	int64_t offset_s, offset_ns;
	/* of the environment; "" and 0 if it does not say */
	const char *hostname, *procname, *tracer;
	int64_t vpid, tracer_major, tracer_minor;
};

/*
 * Parse text, which is changed by it. 0; -ENOTSUP with the reason in why: libbabeltrace2 may know
 * more; -ENOMEM. Free with fini in any case.
 */
int wg__ctf_parse(char *text, struct wg__ctf_schema *ret, char *why, size_t len);
void wg__ctf_schema_fini(struct wg__ctf_schema *schema);

/* The text of the label of an enumeration's value, as it is in the trace: "" if it has none. */
const char *wg__ctf_label_of(
	const struct wg__ctf_schema *schema, const struct wg__ctf_field *field, uint64_t value);

#endif
