/*
 * ctf_fill.h: the fields of an event of ours, from where they are in its bytes. Private to
 * ctf_decode.c.
 */
#ifndef TRACES_READ_CTF_FILL_H
#define TRACES_READ_CTF_FILL_H

#include <endian.h>
#include <string.h>

#include "traces/read/ctf_decode.h"

#define WG__CTF_LABELS 32 /* kinds and reasons are fewer */

enum wg__ctf_number { WG__CTF_ABSENT, WG__CTF_NO_NUMBER, WG__CTF_PLUS, WG__CTF_PLUS_MINUS };

/* A field of ours in a structure. */
struct wg__ctf_slot {
	const struct wg__ctf_field *field; /* NULL: absent */
	enum wg__ctf_number number;
	unsigned shift;			   /* of a number: the bits of 64 that are not its own */
	uint32_t off;			   /* in a structure without strings */
	int (*value_of)(const char *name); /* of a label; NULL: it is no label */
	int8_t label[WG__CTF_LABELS];	   /* the value of each small number */
};

/* One step of filling an event: read at `off`, or at where[slot], and write at byte `to` of it. */
struct wg__ctf_step {
	uint32_t off; /* from the first byte behind the header, if there is no string before it */
	uint8_t what; /* of ctf_fill.c */
	uint8_t to, shift, slot;
};

struct wg__ctf_event_class {
	const struct wg__ctf_schema *schema;
	bool is_foreign;
	bool is_flat;	/* no string in it, no name of its own: each field has its place */
	bool is_other;	/* wg__take_event() is to look at it */
	uint32_t bytes; /* of a flat one, without its header */
	unsigned steps;
	unsigned slots; /* so many of its own slots, from the first, may have a field */
	uint16_t names; /* bit N: slot N is a name */
	enum wg_event_type type;
	enum wg_record record;
	struct wg__ctf_step step[WG__CTF_SLOTS + WG__CTF_PEOPLE];
	struct wg_event blank; /* what all events of the class have, and what absent fields are */
	struct wg__ctf_struct payload;
	/* Behind its own, the contexts of its stream. */
	struct wg__ctf_slot slot[WG__CTF_SLOTS + WG__CTF_PEOPLE];
};

/* By its name without the provider: what it is. */
void wg__ctf_class_learn(
	struct wg__ctf_event_class *class, const char *name, const struct wg__ctf_schema *schema);

/* The name of the field of the i-th slot, or NULL. The first is the loop's. */
const char *wg__ctf_class_field(const struct wg__ctf_event_class *class, size_t i);

/* Its slots have their fields, and its stream is known: now it is known how to fill an event. */
void wg__ctf_class_settle(struct wg__ctf_event_class *class, const struct wg__ctf_stream *stream);

/* Fill an event of a flat class, all but the name of its process; its bytes, without header, are at
 * `at`. Reads WG__CTF_SLACK bytes behind them. */
void wg__ctf_fill_flat(
	const struct wg__ctf_event_class *class, const uint8_t *at, struct wg_event *ret);

/* Fill any event. where: of each slot; of names, the interned text. */
void wg__ctf_fill(
	const struct wg__ctf_event_class *class, const uint8_t *const *where, struct wg_event *ret);

/* The field of a slot is found. */
static inline void wg__ctf_slot_set(
	struct wg__ctf_slot *slot, const struct wg__ctf_field *field, uint32_t off)
{
	slot->field = field;
	slot->off = off;
	slot->number = field->type == WG__CTF_UNSIGNED ? WG__CTF_PLUS
		       : field->type == WG__CTF_SIGNED ? WG__CTF_PLUS_MINUS
						       : WG__CTF_NO_NUMBER;
	if (slot->number != WG__CTF_NO_NUMBER)
		slot->shift = 64 - 8 * field->bytes;
}

/* The number there; 0 if it is none, `absent` if there is no such field. Reads WG__CTF_SLACK bytes,
 * whatever its length. */
static inline int64_t wg__ctf_integer(
	const struct wg__ctf_slot *slot, const uint8_t *where, int64_t absent)
{
	uint64_t v;

	if (slot->number < WG__CTF_PLUS)
		return slot->number == WG__CTF_ABSENT ? absent : 0;
	/* NOLINTNEXTLINE(clang-analyzer-core.NonNullParamChecker): a field that is there has bytes
	 */
	memcpy(&v, where, sizeof(v));
	v = le64toh(v) << slot->shift;
	return slot->number == WG__CTF_PLUS ? (int64_t)(v >> slot->shift)
					    : (int64_t)v >> slot->shift;
}

/* The one copy of text, and *last is it. NULL: no memory. */
const char *wg__ctf_intern(struct wg__names *names, const char *text, const char **last);

#endif
