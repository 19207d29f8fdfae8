/*
 * recorder_ctf.c: the description of a trace that recorder.c writes, in CTF's own language and in
 * LTTng's words: names have its underscore, which readers take off.
 */
#include "core/workload/recorder_ctf.h"

#include <inttypes.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"

static const char types[] =
	"/* CTF 1.8 */\n\n"
	"typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
	"typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
	"typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
	"typealias integer { size = 32; align = 8; signed = true; } := int32_t;\n"
	"typealias integer { size = 64; align = 8; signed = true; } := int64_t;\n\n";

static const char layout[] =
	"typealias integer {\n\tsize = 64; align = 8; signed = false;\n"
	"\tmap = clock.monotonic.value;\n} := uint64_clock_t;\n\n"
	"struct packet_context {\n\tuint64_clock_t timestamp_begin;\n"
	"\tuint64_clock_t timestamp_end;\n\tuint64_t content_size;\n\tuint64_t packet_size;\n"
	"\tuint64_t packet_seq_num;\n\tuint64_t events_discarded;\n\tuint32_t cpu_id;\n};\n\n"
	"stream {\n\tid = 0;\n\tevent.header := struct {\n\t\tuint16_t id;\n"
	"\t\tuint64_clock_t timestamp;\n\t};\n\tpacket.context := struct packet_context;\n"
	"\tevent.context := struct {\n\t\tint32_t _vpid;\n\t\tint32_t _vtid;\n"
	"\t\tinteger { size = 8; align = 8; signed = 1; encoding = UTF8; } _procname[17];\n"
	"\t};\n};\n";

/* In the order of enum wg__ctf_event. */
static const struct {
	const char *name, *fields; /* after `loop`; separated by commas */
} events[] = {
	{ "loop", "string _wait;int64_t _tick_ns;" },
	{ "submit", "uint64_t _op;enum : int32_t {read=0,write=1,open=2,close=3,stat=4,connect=5,"
		    "accept=6,recv=7,send=8,timer=9,work=10} _kind;int64_t _arg;" },
	{ "start", "uint64_t _op;uint32_t _worker;" },
	{ "done", "uint64_t _op;int64_t _result;" },
	{ "notify", "uint64_t _op;uint8_t _sent;" },
	{ "wait", "int64_t _timeout_ns;uint32_t _ready;" },
	{ "wake", "enum : int32_t {notified=0,timeout=1,ready=2,spurious=3,interrupted=4} _reason;"
		  "uint32_t _ready;" },
	{ "poll", "uint32_t _found;" },
	{ "deliver", "uint64_t _op;int64_t _result;" },
};

static void put_uuid(FILE *out, const uint8_t uuid[16])
{
	int i;

	for (i = 0; i < 16; i++)
		(void)fprintf(
			out, i == 4 || i == 6 || i == 8 || i == 10 ? "-%02x" : "%02x", uuid[i]);
}

/* The labels "name=0,": in quotation marks, for "open" and the like may be words of the language.
 */
static void put_fields(FILE *out, const char *p)
{
	int in_label = 0;

	for (; *p; p++) {
		int begins = (*p == '{' || (*p == ',' && p[1] != '}'));

		if (*p == '=' && in_label) {
			(void)fputs("\" = ", out);
			in_label = 0;
			continue;
		}
		(void)fputc(*p, out);
		if (begins) {
			(void)fputs(" \"", out);
			in_label = 1;
		}
		if (*p == ';')
			(void)fputs("\n\t\t", out);
	}
}

/* The clock of the machine since it started, and when that was. */
static void put_clock(FILE *out)
{
	struct timespec now;
	char boot[64] = "";
	FILE *id = fopen("/proc/sys/kernel/random/boot_id", "re");
	int64_t offset_ns;

	if (id) {
		if (!fgets(boot, sizeof(boot), id))
			*boot = '\0';
		(void)fclose(id);
	}
	boot[strcspn(boot, "\n")] = '\0';
	(void)clock_gettime(CLOCK_REALTIME, &now);
	offset_ns = (int64_t)now.tv_sec * WG_NS_PER_SEC + now.tv_nsec - wg_now_ns();
	(void)fputs("clock {\n\tname = \"monotonic\";\n", out);
	if (*boot)
		(void)fprintf(out, "\tuuid = \"%s\";\n", boot);
	(void)fprintf(out,
		"\tdescription = \"Monotonic Clock\";\n\tfreq = 1000000000;\n\toffset = %" PRId64
		";\n};\n\n",
		offset_ns);
}

/* The text is one packet, as LTTng writes it: readers know the trace by the uuid in its header. */
struct WG__PACKED about {
	uint32_t magic;
	uint8_t uuid[16];
	uint32_t checksum, content_size, packet_size; /* sizes in bits */
	uint8_t compression, encryption, checksum_scheme, major, minor;
};

static int put_about(FILE *out, const uint8_t uuid[16], long text_end)
{
	struct about about = { .magic = 0x75d11d57, .major = 1, .minor = 8 };

	memcpy(about.uuid, uuid, sizeof(about.uuid));
	about.content_size = about.packet_size = 8 * (uint32_t)text_end;
	if (fseek(out, 0, SEEK_SET) != 0 || fwrite(&about, sizeof(about), 1, out) != 1)
		return EOF;
	return fflush(out);
}

int wg__ctf_describe(FILE *out, const uint8_t uuid[16])
{
	char host[65] = "";
	size_t i;

	(void)gethostname(host, sizeof(host) - 1);
	if (strpbrk(host, "\"\\\n"))
		*host = '\0'; /* no name that anybody uses */
	if (fseek(out, sizeof(struct about), SEEK_SET) != 0)
		return EOF;
	(void)fprintf(out, "%strace {\n\tmajor = 1;\n\tminor = 8;\n\tuuid = \"", types);
	put_uuid(out, uuid);
	(void)fprintf(out,
		"\";\n\tbyte_order = %s;\n\tpacket.header := struct {\n\t\tuint32_t magic;\n"
		"\t\tuint8_t  uuid[16];\n\t\tuint32_t stream_id;\n"
		"\t\tuint64_t stream_instance_id;\n\t};\n};\n\n"
		"env {\n\tdomain = \"ust\";\n\ttracer_name = \"wakegap-workload\";\n"
		"\thostname = \"%s\";\n};\n\n",
		__BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__ ? "le" : "be", host);
	put_clock(out);
	(void)fputs(layout, out);
	for (i = 0; i < sizeof(events) / sizeof(events[0]); i++) {
		(void)fprintf(out,
			"\nevent {\n\tname = \"wakegap:%s\";\n\tid = %zu;\n\tstream_id = 0;\n"
			"\tloglevel = 13;\n\tfields := struct {\n\t\tuint32_t _loop;\n\t\t",
			events[i].name, i);
		put_fields(out, events[i].fields);
		(void)fputs("};\n};\n", out);
	}
	return ferror(out) ? EOF : put_about(out, uuid, ftell(out));
}
