/*
 * layout.c: the part of packets.h that reads the text of the metadata.
 *
 * It is no parser of the language: it looks for the two structures in front of each packet, as
 * LTTng has written them since 2.0 (plain integers, one a line). Older tracers have fewer fields,
 * and their order is nobody's promise, so each offset comes from here. What is written in any other
 * way is left to the library.
 */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/read/packets.h"

#define LENGTH_MAX   4096	/* of an array in an event; LTTng's own contexts need 17 */
#define ELEMENTS_MAX (1u << 18) /* of all arrays together */
#define OFFSET_MAX   (1u << 20) /* of a field in a packet header: far beyond WG__HEADER_MAX */

struct field {
	const char *name;
	size_t bytes, at; /* at: in struct wg__layout */
};

#define FIELD(name, bytes)                                                                         \
	{                                                                                          \
#name, bytes, offsetof(struct wg__layout, name)                                    \
	}

static const struct field fields[] = {
	FIELD(uuid, 16),
	FIELD(stream_id, 4),
	FIELD(stream_instance_id, 8),
	FIELD(timestamp_begin, 8),
	FIELD(timestamp_end, 8),
	FIELD(content_size, 8),
	FIELD(packet_size, 8),
	FIELD(packet_seq_num, 8),
	FIELD(events_discarded, 8),
};

/* The bytes of one element of a type as LTTng names it, or 0. */
static size_t type_bytes(const char *type)
{
	unsigned bits = 0;

	if (strncmp(type, "unsigned long", 13) == 0)
		return 8;
	if (sscanf(type, "uint%u", &bits) != 1 || bits % 8 || bits > 64)
		return 0;
	return bits / 8;
}

/* One line, "TYPE NAME;" or "TYPE NAME[COUNT];". False: not understood. */
static bool take_field(const char *line, size_t len, struct wg__layout *layout, uint32_t *off)
{
	char text[128], *name, *count;
	size_t bytes, i;

	if (len >= sizeof(text))
		return false;
	memcpy(text, line, len);
	text[len] = '\0';
	count = strchr(text, '[');
	if (count)
		*count++ = '\0';
	name = strrchr(text, ' ');
	bytes = type_bytes(text);
	if (!name || !bytes)
		return false;
	name++;
	if (count) {
		unsigned long n = strtoul(count, NULL, 10);

		if (n == 0 || n > LENGTH_MAX)
			return false;
		bytes *= n;
	}
	if (bytes > OFFSET_MAX - *off)
		return false;
	for (i = 0; i < sizeof(fields) / sizeof(*fields); i++) {
		if (strcmp(fields[i].name, name) == 0 && fields[i].bytes == bytes) {
			memcpy((char *)layout + fields[i].at, off, sizeof(*off));
			layout->bytes = *off + (uint32_t)bytes;
		}
	}
	*off += (uint32_t)bytes;
	return true;
}

/* The fields of the structure whose text follows `opening`. */
static bool take_structure(
	const char *text, const char *opening, struct wg__layout *layout, uint32_t *off)
{
	const char *at = strstr(text, opening);

	if (!at)
		return false;
	for (at += strlen(opening);;) {
		size_t len;

		at += strspn(at, " \t\n");
		if (*at == '}')
			return true;
		len = strcspn(at, ";{}");
		if (at[len] != ';' || !take_field(at, len, layout, off))
			return false;
		at += len + 1;
	}
}

static uint64_t stream_ids(const char *text)
{
	static const char opening[] = "\nstream {\n\tid = ";
	uint64_t ids = 0;

	for (text = strstr(text, opening); text; text = strstr(text, opening)) {
		unsigned long id = strtoul(text += strlen(opening), NULL, 10);

		if (id >= 64)
			return 0;
		ids |= UINT64_C(1) << id;
	}
	return ids;
}

static bool is_word(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || (c >= '0' && c <= '9') ||
	       c == '_';
}

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n';
}

/* Is what stands before `end`, and behind `text`, such a word? Then *end is where it begins. */
static bool back_over(const char *text, const char **end, bool (*is_part)(char))
{
	const char *at = *end;

	while (at > text && is_part(at[-1]))
		at--;
	if (at == *end)
		return false;
	*end = at;
	return true;
}

/*
 * Does this bracket belong to an integer's name, as LTTng writes arrays?
 *     uint8_t  uuid[16];
 *     integer { size = 8; align = 8; ... } _procname[17];
 */
static bool is_of_integers(const char *text, const char *bracket)
{
	static const char integer[] = "integer {";
	const char *at = bracket, *type;

	if (!back_over(text, &at, is_word) || !back_over(text, &at, is_blank))
		return false;
	type = at;
	if (at > text && at[-1] == '}') {
		while (at > text && at[-1] != '{')
			at--;
		type = at - (sizeof(integer) - 1);
		if (type < text || strncmp(type, integer, sizeof(integer) - 1) != 0)
			return false;
	} else if (!back_over(text, &type, is_word) || strncmp(type, "uint", 4) != 0) {
		return false;
	}
	(void)back_over(text, &type, is_blank);
	return type > text && strchr(";{}", type[-1]);
}

/* No name stands for anything but an integer. */
static bool has_plain_names(const char *text)
{
	static const char alias[] = "typealias", integer[] = "integer {";
	const char *at;

	for (at = strstr(text, alias); at; at = strstr(at, alias)) {
		at += sizeof(alias) - 1;
		if (strncmp(at + strspn(at, " "), integer, sizeof(integer) - 1) != 0)
			return false;
	}
	return !strstr(text, "typedef");
}

/*
 * The library makes all elements of an array or a sequence before it looks whether their bytes are
 * there, so a length can ask for any amount of memory, and an array of arrays or structures asks
 * for the product. A variant selects by a number of that kind.
 */
static bool is_plain(const char *text)
{
	const char *at;
	unsigned long elements = 0;
	int variants = 0;

	for (at = strchr(text, '['); at; at = strchr(at + 1, '[')) {
		char *end;
		unsigned long n = strtoul(at + 1, &end, 10);

		if (end == at + 1 || end[0] != ']' || end[1] != ';' || n > LENGTH_MAX ||
			!is_of_integers(text, at))
			return false;
		elements += n;
	}
	for (at = strstr(text, "variant"); at; at = strstr(at + 1, "variant"))
		variants++;
	/* LTTng has two event headers with a variant each. */
	return elements <= ELEMENTS_MAX && variants <= 2 && has_plain_names(text);
}

/* The library divides by it. */
static bool has_frequencies(const char *text)
{
	const char *clock, *end, *freq;

	for (clock = strstr(text, "\nclock {"); clock; clock = strstr(end, "\nclock {")) {
		end = strchr(clock, '}');
		freq = strstr(clock, "freq = ");
		if (!end || !freq || freq > end || strtoull(freq + 7, NULL, 0) == 0)
			return false;
	}
	return true;
}

int wg__layout_parse(
	const char *dir, const char *text, struct wg__metadata *m, struct wg_error *err)
{
	uint32_t off = 0;

	if (!has_frequencies(text))
		return wg_error_set(err, -EINVAL,
			"'%s' cannot be read: its metadata has a clock without a frequency", dir);
	m->has_lttng_packets =
		strstr(text, "byte_order = le") &&
		take_structure(text, "packet.header := struct {", &m->layout, &off) &&
		take_structure(text, "struct packet_context {", &m->layout, &off) &&
		m->layout.timestamp_begin && m->layout.timestamp_end && m->layout.content_size &&
		m->layout.packet_size && m->layout.bytes <= WG__HEADER_MAX;
	m->has_uuid = m->has_uuid && m->layout.uuid;
	m->ends_at_stop = strstr(text, "tracer_name = \"lttng-") ||
			  strstr(text, "tracer_name = \"wakegap-workload\"");
	m->stream_ids = m->layout.stream_id ? stream_ids(text) : 0;
	m->is_plain = m->has_lttng_packets && is_plain(text);
	return 0;
}
