/*
 * ctf_metadata.c: what describes the streams of ctf.c: CTF's own language, as LTTng writes it.
 *
 * Field names have LTTng's underscore, which readers take off. Labels come from the schema, so the
 * two cannot differ.
 */
#include <stdio.h>
#include <stdlib.h>

#include "traces/write/ctf.h"

static const char head[] =
	"/* CTF 1.8 */\n\n"
	"typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
	"typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
	"typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
	"typealias integer { size = 32; align = 8; signed = true; } := int32_t;\n"
	"typealias integer { size = 64; align = 8; signed = true; } := int64_t;\n\n";

static const char layout[] =
	"typealias integer {\n\tsize = 64; align = 8; signed = false;\n"
	"\tmap = clock.log.value;\n} := uint64_clock_t;\n\n"
	"struct packet_context {\n\tuint64_clock_t timestamp_begin;\n"
	"\tuint64_clock_t timestamp_end;\n\tuint64_t content_size;\n\tuint64_t packet_size;\n"
	"\tuint64_t packet_seq_num;\n\tuint64_t events_discarded;\n\tuint32_t cpu_id;\n};\n\n"
	"stream {\n\tid = 0;\n\tevent.header := struct {\n\t\tuint16_t id;\n"
	"\t\tuint64_clock_t timestamp;\n\t};\n\tpacket.context := struct packet_context;\n"
	"\tevent.context := struct {\n\t\tint32_t _vpid;\n\t\tint32_t _vtid;\n"
	"\t\tinteger { size = 8; align = 8; signed = 1; encoding = UTF8; } _procname[17];\n"
	"\t};\n};\n";

static void put_uuid(FILE *out, const uint8_t uuid[16])
{
	int i;

	for (i = 0; i < 16; i++)
		(void)fprintf(
			out, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", uuid[i]);
}

static void begin(FILE *out, const char *name, int id)
{
	(void)fprintf(out,
		"\nevent {\n\tname = \"wakegap:%s\";\n\tid = %d;\n\tstream_id = 0;\n\tloglevel = "
		"13;\n\tfields := struct {\n\t\tuint32_t _loop;\n",
		name, id);
}

static void begin_event(FILE *out, enum wg_record record)
{
	begin(out, wg_record_name(record), (int)record);
}

static void begin_loop_event(FILE *out, enum wg_event_type type)
{
	begin(out, wg_event_type_name(type), WG_CTF_LOOPS + (int)type);
}

/* One value of an enumeration as its name. */
#define PUT_ENUM(out, type, count, name_of, field)                                                 \
	do {                                                                                       \
		int value_;                                                                        \
		(void)fprintf(out, "\t\tenum : uint8_t {\n");                                      \
		for (value_ = 0; value_ < (count); value_++)                                       \
			(void)fprintf(out, "\t\t\t\"%s\" = %d,\n", name_of((type)value_), value_); \
		(void)fprintf(out, "\t\t} " field ";\n");                                          \
	} while (0)

static void put_how(FILE *out)
{
	PUT_ENUM(out, enum wg_wait_in, WG_IN_COUNT, wg_wait_in_name, "_how");
}

static void put_loop_events(FILE *out)
{
	begin_loop_event(out, WG_EV_LOOP);
	(void)fprintf(out, "\t\tstring _wait;\n\t\tint64_t _tick_ns;\n\t};\n};\n");

	begin_loop_event(out, WG_EV_SUBMIT);
	(void)fprintf(out, "\t\tuint64_t _op;\n");
	PUT_ENUM(out, enum wg_kind, WG_KIND_COUNT, wg_kind_name, "_kind");
	(void)fprintf(out, "\t\tint64_t _arg;\n\t};\n};\n");

	begin_loop_event(out, WG_EV_DELIVER);
	(void)fprintf(out, "\t\tuint64_t _op;\n\t\tint64_t _result;\n\t};\n};\n");
}

static void put_events(FILE *out)
{
	begin_event(out, WG_RECORD_WAIT);
	(void)fprintf(out, "\t\tint64_t _timeout_ns;\n\t\tuint32_t _ready;\n");
	put_how(out);
	(void)fprintf(out,
		"\t\tuint64_t _obj;\n\t\tuint32_t _site;\n\t\tint64_t _cpu_ns;\n\t\tint64_t "
		"_calls;\n");
	PUT_ENUM(out, enum wg_did, WG_DID_COUNT, wg_did_name, "_did");
	(void)fprintf(out, "\t};\n};\n");

	begin_event(out, WG_RECORD_WAKE);
	PUT_ENUM(out, enum wg_reason, WG_REASON_COUNT, wg_reason_name, "_reason");
	(void)fprintf(out, "\t\tuint32_t _ready;\n\t\tint64_t _ret;\n\t\tuint64_t _obj;\n"
			   "\t\tuint32_t _by_pid;\n\t\tuint32_t _by_tid;\n\t\tstring _by_call;\n"
			   "\t\tuint32_t _by_site;\n");
	PUT_ENUM(out, enum wg_certainty, WG_CERTAINTY_COUNT, wg_certainty_name, "_certainty");
	(void)fprintf(out, "\t\tint64_t _waking_ns;\n\t\tint64_t _oncpu_ns;\n\t};\n};\n");

	begin_event(out, WG_RECORD_NOTIFY);
	(void)fprintf(out, "\t\tuint64_t _obj;\n");
	put_how(out);
	(void)fprintf(
		out, "\t\tint64_t _value;\n\t\tint64_t _woke;\n\t\tuint32_t _site;\n\t};\n};\n");

	begin_event(out, WG_RECORD_OBJECT);
	(void)fprintf(out, "\t\tuint64_t _obj;\n");
	PUT_ENUM(out, enum wg_object_kind, WG_OBJECT_KIND_COUNT, wg_object_kind_name, "_kind");
	(void)fprintf(out, "\t\tint32_t _fd;\n\t\tuint32_t _generation;\n\t};\n};\n");

	begin_event(out, WG_RECORD_SITE);
	(void)fprintf(out, "\t\tuint32_t _id;\n\t\tstring _module;\n\t\tstring _build_id;\n"
			   "\t\tuint64_t _offset;\n\t\tstring _symbol;\n\t};\n};\n");
}

char *wg__ctf_metadata(const struct wg_ctf_about *about, const uint8_t uuid[16])
{
	char *text = NULL;
	size_t len;
	FILE *out = open_memstream(&text, &len);

	if (!out)
		return NULL;
	(void)fprintf(out, "%strace {\n\tmajor = 1;\n\tminor = 8;\n\tuuid = \"", head);
	put_uuid(out, uuid);
	(void)fprintf(out, "\";\n\tbyte_order = le;\n"
			   "\tpacket.header := struct {\n\t\tuint32_t magic;\n"
			   "\t\tuint8_t  uuid[16];\n\t\tuint32_t stream_id;\n"
			   "\t\tuint64_t stream_instance_id;\n\t};\n};\n\n");
	(void)fprintf(out,
		"env {\n\tdomain = \"ust\";\n\ttracer_name = \"%s\";\n};\n\n"
		"clock {\n\tname = \"log\";\n\tdescription = \"%s\";\n"
		"\tfreq = 1000000000;\n\toffset = 0;\n%s};\n\n",
		about->tracer,
		about->is_epoch ? "nanoseconds since 1970" : "nanoseconds of the log's own clock",
		about->is_epoch ? "\tabsolute = TRUE;\n" : "");
	(void)fputs(layout, out);
	put_events(out);
	put_loop_events(out);
	if (fclose(out) != 0) {
		free(text);
		return NULL;
	}
	return text;
}
