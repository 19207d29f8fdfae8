/*
 * fake_ctf.c: see fake_ctf.h. One stream of packets as LTTng lays them out; the metadata is text.
 */
#include "tests/harness/fake_ctf.h"

#include <endian.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAGIC	     0xC1FC1FC1u
#define HEADER_BYTES 60
#define PACKET_BYTES 65536
#define EVENT_MAX    128
#define PROCNAME     17

/* clang-format off */
static const char head[] =
	"/* CTF 1.8 */\n\n"
	"typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
	"typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
	"typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
	"typealias integer { size = 32; align = 8; signed = true; } := int32_t;\n"
	"typealias integer { size = 64; align = 8; signed = true; } := int64_t;\n\n"
	"trace {\n\tmajor = 1;\n\tminor = 8;\n\tbyte_order = le;\n"
	"\tpacket.header := struct {\n\t\tuint32_t magic;\n\t\tuint32_t stream_id;\n\t};\n};\n\n"
	"clock {\n\tname = \"made_up\";\n\tfreq = 1000000000;\n\toffset = 0;\n};\n\n"
	"typealias integer {\n\tsize = 64; align = 8; signed = false;\n"
	"\tmap = clock.made_up.value;\n} := uint64_clock_t;\n\n"
	"struct packet_context {\n\tuint64_clock_t timestamp_begin;\n"
	"\tuint64_clock_t timestamp_end;\n\tuint64_t content_size;\n\tuint64_t packet_size;\n"
	"\tuint64_t packet_seq_num;\n\tuint64_t events_discarded;\n\tuint32_t cpu_id;\n};\n\n"
	"stream {\n\tid = 0;\n\tevent.header := struct {\n\t\tuint16_t id;\n"
	"\t\tuint64_clock_t timestamp;\n\t};\n\tpacket.context := struct packet_context;\n"
	"\tevent.context := struct {\n\t\tint32_t _vpid;\n\t\tint32_t _vtid;\n"
	"\t\tinteger { size = 8; align = 8; signed = 1; encoding = UTF8; } _procname[17];\n"
	"\t};\n};\n";
/* clang-format on */

/* The fields after `loop`. */
static const char *const fields[] = {
	[WG_EV_LOOP] = "string _wait; int64_t _tick_ns;",
	[WG_EV_SUBMIT] =
		"uint64_t _op; enum : int32_t { \"read\" = 0, \"write\" = 1, \"timer\" = 9 "
		"} _kind; int64_t _arg;",
	[WG_EV_START] = "uint64_t _op; uint32_t _worker;",
	[WG_EV_DONE] = "uint64_t _op; int64_t _result;",
	[WG_EV_NOTIFY] = "uint64_t _op; uint8_t _sent;",
	[WG_EV_WAIT] = "int64_t _timeout_ns; uint32_t _ready;",
	[WG_EV_WAKE] = "enum : int32_t { \"notified\" = 0, \"timeout\" = 1, \"ready\" = 2, "
		       "\"spurious\" = 3, \"interrupted\" = 4 } _reason; uint32_t _ready;",
	[WG_EV_POLL] = "uint32_t _found;",
	[WG_EV_DELIVER] = "uint64_t _op; int64_t _result;",
};

struct bytes {
	uint8_t at[PACKET_BYTES];
	size_t used;
};

static void put(struct bytes *b, uint64_t value, size_t size)
{
	uint64_t le = htole64(value);

	memcpy(b->at + b->used, &le, size);
	b->used += size;
}

static void put_text(struct bytes *b, const char *text, size_t size)
{
	memset(b->at + b->used, 0, size);
	memcpy(b->at + b->used, text, strnlen(text, size - 1));
	b->used += size;
}

static void put_event(struct bytes *b, const struct wg_event *e)
{
	put(b, e->type, 2);
	put(b, (uint64_t)e->ts_ns, 8);
	put(b, e->pid, 4);
	put(b, e->tid, 4);
	put_text(b, e->procname, PROCNAME);
	put(b, e->loop, 8);
	switch (e->type) {
	case WG_EV_LOOP:
		put_text(b, e->loop_.wait, strlen(e->loop_.wait) + 1);
		put(b, (uint64_t)e->loop_.tick_ns, 8);
		return;
	case WG_EV_WAIT:
		put(b, (uint64_t)e->wait.timeout_ns, 8);
		put(b, e->wait.ready, 4);
		return;
	case WG_EV_WAKE:
		put(b, e->wake.reason, 4);
		put(b, e->wake.ready, 4);
		return;
	case WG_EV_POLL: put(b, e->poll.found, 4); return;
	default: put(b, e->op, 8);
	}
	switch (e->type) {
	case WG_EV_SUBMIT:
		put(b, e->submit.kind, 4);
		put(b, (uint64_t)e->submit.arg, 8);
		return;
	case WG_EV_START: put(b, e->start.worker, 4); return;
	case WG_EV_NOTIFY: put(b, e->notify.sent, 1); return;
	case WG_EV_DONE: put(b, (uint64_t)e->done.result, 8); return;
	default: put(b, (uint64_t)e->deliver.result, 8);
	}
}

static void write_packet(FILE *f, struct bytes *b, uint64_t seq, int64_t begin, int64_t end)
{
	size_t used = b->used;

	memset(b->at + used, 0, sizeof(b->at) - used);
	b->used = 0;
	put(b, MAGIC, 4);
	put(b, 0, 4); /* stream */
	put(b, (uint64_t)begin, 8);
	put(b, (uint64_t)end, 8);
	put(b, 8 * used, 8);
	put(b, 8 * sizeof(b->at), 8);
	put(b, seq, 8);
	put(b, 0, 8); /* discarded */
	put(b, 0, 4); /* processor */
	if (fwrite(b->at, 1, sizeof(b->at), f) != sizeof(b->at))
		abort();
	b->used = HEADER_BYTES;
}

static FILE *create(const char *dir, const char *name)
{
	char path[1024];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "wxe");
	if (!f)
		abort();
	return f;
}

void fake_write(struct fake *fake, const char *dir)
{
	struct bytes *b = calloc(1, sizeof(*b));
	FILE *f = create(dir, "metadata");
	const struct wg_event *events;
	size_t count = fake_events(fake, &events), i, first = 0;
	uint64_t seq = 0;

	(void)fputs(head, f);
	for (i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		(void)fprintf(f,
			"\nevent {\n\tname = \"wakegap:%s\";\n\tid = %zu;\n\tstream_id = 0;\n"
			"\tfields := struct { uint64_t _loop; %s };\n};\n",
			wg_event_type_name((enum wg_event_type)i), i, fields[i]);
	if (fclose(f) != 0 || !b)
		abort();
	f = create(dir, "made_up_0");
	b->used = HEADER_BYTES;
	for (i = 0; i < count; i++) {
		if (b->used + EVENT_MAX > sizeof(b->at)) {
			write_packet(f, b, seq++, events[first].ts_ns, events[i - 1].ts_ns);
			first = i;
		}
		put_event(b, &events[i]);
	}
	if (count)
		write_packet(f, b, seq, events[first].ts_ns, events[count - 1].ts_ns);
	if (fclose(f) != 0)
		abort();
	free(b);
	fake_destroy(fake);
}
