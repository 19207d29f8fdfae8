/*
 * ctf.c: see ctf.h. CTF 1.8: a `metadata` file in text, and one stream file of one packet.
 *
 * Names of events, fields and labels are those of core/tp.h, so every reader of recorded traces
 * reads these too. Times are virtual.
 *
 * Each step of the schedule is an event `step`, which other traces do not have: its number, place,
 * source line, note, locks and output, as text.
 *
 * A schedule that hangs ends with threads that sleep for ever. Each has an event `never_ends`,
 * which other traces do not have, some time after the last step, so that the sleep has a length to
 * be drawn. A loop that is blocked outside its wait, by a lock for example, waits for ever as well.
 */
#include "labs/explore/report/ctf.h"

#include <dirent.h>
#include <endian.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "labs/explore/report/step_text.h"

#define MAGIC	     0xC1FC1FC1u
#define HEADER_BYTES 84
#define PAGE_BYTES   4096
#define EVENT_MAX    288 /* bytes that one event takes at most */
#define PROCNAME     17
#define HANG_NS	     1000 /* at least */
#define UUID_TEXT    "7761b6e6-6761-4c61-b000-6c6162730001"

static const uint8_t uuid[16] = { 0x77, 0x61, 0xb6, 0xe6, 0x67, 0x61, 0x4c, 0x61, 0xb0, 0x00, 0x6c,
	0x61, 0x62, 0x73, 0x00, 0x01 };

/* clang-format off */
static const char head[] =
	"/* CTF 1.8 */\n\n"
	"typealias integer { size = 8; align = 8; signed = false; } := uint8_t;\n"
	"typealias integer { size = 16; align = 8; signed = false; } := uint16_t;\n"
	"typealias integer { size = 32; align = 8; signed = false; } := uint32_t;\n"
	"typealias integer { size = 64; align = 8; signed = false; } := uint64_t;\n"
	"typealias integer { size = 32; align = 8; signed = true; } := int32_t;\n"
	"typealias integer { size = 64; align = 8; signed = true; } := int64_t;\n\n"
	"trace {\n\tmajor = 1;\n\tminor = 8;\n\tuuid = \"" UUID_TEXT "\";\n\tbyte_order = le;\n"
	"\tpacket.header := struct {\n\t\tuint32_t magic;\n\t\tuint8_t  uuid[16];\n"
	"\t\tuint32_t stream_id;\n\t\tuint64_t stream_instance_id;\n\t};\n};\n\n"
	"env {\n\tdomain = \"ust\";\n\ttracer_name = \"wakegap-explore\";\n"
	"\thostname = \"virtual\";\n};\n\n"
	"clock {\n\tname = \"virtual\";\n\tdescription = \"Virtual clock\";\n"
	"\tfreq = 1000000000;\n\toffset = 0;\n};\n\n"
	"typealias integer {\n\tsize = 64; align = 8; signed = false;\n"
	"\tmap = clock.virtual.value;\n} := uint64_clock_t;\n\n"
	"struct packet_context {\n\tuint64_clock_t timestamp_begin;\n"
	"\tuint64_clock_t timestamp_end;\n\tuint64_t content_size;\n\tuint64_t packet_size;\n"
	"\tuint64_t packet_seq_num;\n\tuint64_t events_discarded;\n\tuint32_t cpu_id;\n};\n\n"
	"stream {\n\tid = 0;\n\tevent.header := struct {\n\t\tuint16_t id;\n"
	"\t\tuint64_clock_t timestamp;\n\t};\n\tpacket.context := struct packet_context;\n"
	"\tevent.context := struct {\n\t\tint32_t _vpid;\n\t\tint32_t _vtid;\n"
	"\t\tinteger { size = 8; align = 8; signed = 1; encoding = UTF8; } _procname[17];\n"
	"\t};\n};\n";

#define KINDS                                                                                      \
	"enum : int32_t { \"read\" = 0, \"write\" = 1, \"open\" = 2, \"close\" = 3, "              \
	"\"stat\" = 4, \"connect\" = 5, \"accept\" = 6, \"recv\" = 7, \"send\" = 8, "              \
	"\"timer\" = 9, \"work\" = 10 } _kind; "
#define REASONS                                                                                    \
	"enum : int32_t { \"notified\" = 0, \"timeout\" = 1, \"ready\" = 2, \"spurious\" = 3, "    \
	"\"interrupted\" = 4 } _reason; "
/* clang-format on */

/* The fields after `loop`. Layout: s text, o op, c one byte of a; a, b 32 bits; A, B 64 bits. */
static const struct {
	const char *name, *fields, *layout;
} kinds[] = {
	[LX_EV_LOOP] = { "loop", "string _wait; int64_t _tick_ns; ", "sA" },
	[LX_EV_SUBMIT] = { "submit", "uint64_t _op; " KINDS "int64_t _arg; ", "oaB" },
	[LX_EV_START] = { "start", "uint64_t _op; uint32_t _worker; ", "oa" },
	[LX_EV_DONE] = { "done", "uint64_t _op; int64_t _result; ", "oA" },
	[LX_EV_NOTIFY] = { "notify", "uint64_t _op; uint8_t _sent; ", "oc" },
	[LX_EV_WAIT] = { "wait", "int64_t _timeout_ns; uint32_t _ready; ", "Ab" },
	[LX_EV_WAKE] = { "wake", REASONS "uint32_t _ready; ", "ab" },
	[LX_EV_POLL] = { "poll", "uint32_t _found; ", "a" },
	[LX_EV_DELIVER] = { "deliver", "uint64_t _op; int64_t _result; ", "oA" },
};

#define NEVER_ENDS LX_EV_COUNT /* their ids */
#define STEP	   (LX_EV_COUNT + 1)
#define STEP_MAX   (64 + LX_STEP_WHERE + LX_STEP_WHAT)

/* ---- bytes ---- */

struct bytes {
	uint8_t *at;
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

static void put_event(struct bytes *b, const struct lx_event *e)
{
	const char *field;

	put(b, e->type, 2);
	put(b, (uint64_t)e->ts_ns, 8);
	put(b, 1, 4);
	put(b, e->tid + 1, 4);
	put_text(b, e->thread, PROCNAME);
	put(b, e->loop, 4);
	for (field = kinds[e->type].layout; *field; field++) {
		switch (*field) {
		case 's': put_text(b, e->text, strnlen(e->text, sizeof(e->text) - 1) + 1); break;
		case 'o': put(b, e->op, 8); break;
		case 'a': put(b, (uint64_t)e->a, 4); break;
		case 'A': put(b, (uint64_t)e->a, 8); break;
		case 'b': put(b, (uint64_t)e->b, 4); break;
		case 'B': put(b, (uint64_t)e->b, 8); break;
		default: put(b, (uint64_t)e->a, 1); break;
		}
	}
}

/* A step: its number in place of a loop, where, and what. Not before the first event. */
static void put_step(struct bytes *b, const struct lx_shared *s, uint32_t i, struct lx_where *where)
{
	const struct lx_step *step = &s->step[i];
	int64_t first = s->event_count ? s->event[0].ts_ns : 0;
	char text[LX_STEP_WHERE], what[LX_STEP_WHAT];

	lx_step_where(where, step, text, sizeof(text));
	lx_step_what(where, s, step, what, sizeof(what));
	put(b, STEP, 2);
	put(b, (uint64_t)(step->ts_ns > first ? step->ts_ns : first), 8);
	put(b, 1, 4);
	put(b, step->tid + 1, 4);
	put_text(b, step->thread, PROCNAME);
	put(b, i + 1, 4);
	put_text(b, text, strlen(text) + 1);
	put_text(b, what, strlen(what) + 1);
}

/* The event of a thread that is blocked: who, and in which call. */
static void put_never(struct bytes *b, int64_t ts_ns, const struct lx_step *blocked)
{
	put(b, NEVER_ENDS, 2);
	put(b, (uint64_t)ts_ns, 8);
	put(b, 1, 4);
	put(b, blocked->tid + 1, 4);
	put_text(b, blocked->thread, PROCNAME);
	put(b, 0, 4); /* no loop */
	put_text(b, blocked->call, strnlen(blocked->call, sizeof(blocked->call) - 1) + 1);
	put_text(b, blocked->note, strnlen(blocked->note, sizeof(blocked->note) - 1) + 1);
}

/* The loop that this thread is, and its latest event of its own; 0: it is no loop. */
static uint32_t loop_of(const struct lx_shared *s, uint32_t tid, const struct lx_event **ret_last)
{
	uint32_t loop = 0, i;

	for (i = 0; i < s->event_count; i++) {
		const struct lx_event *e = &s->event[i];

		if (e->tid == tid && e->type == LX_EV_LOOP)
			loop = e->loop;
		if (e->tid == tid && e->loop == loop)
			*ret_last = e;
	}
	return loop;
}

/* If this thread is a loop that is awake, it begins a wait that nothing ends. */
static void put_endless_wait(struct bytes *b, const struct lx_shared *s, uint32_t tid)
{
	const struct lx_event *last = NULL;
	struct lx_event wait = { .type = LX_EV_WAIT, .tid = tid, .a = -1 };
	uint32_t i;

	wait.loop = loop_of(s, tid, &last);
	if (wait.loop == 0 || last->type == LX_EV_WAIT)
		return;
	for (i = 0; i < s->event_count; i++) {
		if (s->event[i].loop == wait.loop)
			wait.b += (s->event[i].type == LX_EV_DONE) -
				  (s->event[i].type == LX_EV_DELIVER);
	}
	wait.ts_ns = s->event[s->event_count - 1].ts_ns;
	if (s->step_count && s->step[s->step_count - 1].ts_ns > wait.ts_ns)
		wait.ts_ns = s->step[s->step_count - 1].ts_ns;
	(void)snprintf(wait.thread, sizeof(wait.thread), "%s", last->thread);
	put_event(b, &wait);
}

static void put_header(struct bytes *b, uint64_t begin, uint64_t end, size_t used, size_t size)
{
	put(b, MAGIC, 4);
	memcpy(b->at + b->used, uuid, sizeof(uuid));
	b->used += sizeof(uuid);
	put(b, 0, 4); /* stream */
	put(b, 0, 8); /* instance */
	put(b, begin, 8);
	put(b, end, 8);
	put(b, 8 * used, 8);
	put(b, 8 * size, 8);
	put(b, 0, 8); /* sequence number */
	put(b, 0, 8); /* discarded */
	put(b, 0, 4); /* processor */
}

/* ---- files ---- */

static FILE *create(const char *dir, const char *name)
{
	char path[4096];

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >= sizeof(path)) {
		errno = ENAMETOOLONG;
		return NULL;
	}
	return fopen(path, "wxe");
}

static int finish(FILE *f, bool is_good)
{
	if (fclose(f) != 0 || !is_good)
		return errno ? -errno : -EIO;
	return 0;
}

static int write_metadata(const char *dir)
{
	FILE *f = create(dir, "metadata");
	bool is_good;
	int i;

	if (!f)
		return -errno;
	is_good = fputs(head, f) >= 0;
	for (i = 0; i < LX_EV_COUNT; i++)
		is_good = fprintf(f,
				  "\nevent {\n\tname = \"wakegap:%s\";\n\tid = %d;\n\tstream_id = "
				  "0;\n\tfields := struct { uint32_t _loop; %s};\n};\n",
				  kinds[i].name, i, kinds[i].fields) > 0 &&
			  is_good;
	for (i = 0; i < 2; i++)
		is_good = fprintf(f,
				  "\nevent {\n\tname = \"wakegap:%s\";\n\tid = %d;\n"
				  "\tstream_id = 0;\n\tfields := struct { uint32_t _loop; string "
				  "_call; string _why; };\n};\n",
				  i ? "step" : "never_ends", i ? STEP : NEVER_ENDS) > 0 &&
			  is_good;
	return finish(f, is_good);
}

/* When the picture of a hang ends: as long again as all before. */
static int64_t end_of(const struct lx_shared *s)
{
	int64_t first = s->event_count ? s->event[0].ts_ns : 0;
	int64_t last = s->event_count ? s->event[s->event_count - 1].ts_ns : 0;

	if (s->step_count && s->step[s->step_count - 1].ts_ns > last)
		last = s->step[s->step_count - 1].ts_ns;
	return s->blocked_count ? last + (last - first) + HANG_NS : last;
}

/* A thread is found to be a loop when it first acts as one; operations may be waiting for it by
 * then. In the trace each loop is there from the beginning: a later `loop` event means another. */
static void put_loops(struct bytes *b, const struct lx_event *events, uint32_t count)
{
	uint32_t i;

	for (i = 0; i < count; i++) {
		struct lx_event e = events[i];

		e.ts_ns = events[0].ts_ns;
		if (e.type == LX_EV_LOOP)
			put_event(b, &e);
	}
}

/* Events and steps by time; of equal ones, the step comes first. */
static void put_in_order(struct bytes *b, const struct lx_shared *s, struct lx_where *where)
{
	uint32_t e = 0, i = 0;

	for (; i < s->step_count; i++)
		lx_where_add(where, s->step[i].place);
	for (i = 0; e < s->event_count || i < s->step_count;) {
		if (i < s->step_count &&
			(e == s->event_count || s->step[i].ts_ns <= s->event[e].ts_ns)) {
			put_step(b, s, i++, where);
			continue;
		}
		if (s->event[e].type != LX_EV_LOOP)
			put_event(b, &s->event[e]);
		e++;
	}
}

static int write_stream(const char *dir, const struct lx_shared *s, struct lx_where *where)
{
	const struct lx_event *events = s->event;
	uint32_t count = s->event_count;
	size_t most = HEADER_BYTES + (size_t)(count + 2 * s->blocked_count) * EVENT_MAX +
		      (size_t)s->step_count * STEP_MAX + PAGE_BYTES;
	size_t size;
	struct bytes b = { calloc(1, most), HEADER_BYTES }, header = { b.at, 0 };
	FILE *f = b.at ? create(dir, "steps_0") : NULL;
	bool is_good = false;
	uint32_t i;

	if (!f) {
		int error = b.at ? -errno : -ENOMEM;

		free(b.at);
		return error;
	}
	put_loops(&b, events, count);
	put_in_order(&b, s, where);
	for (i = 0; i < s->blocked_count; i++)
		put_endless_wait(&b, s, s->blocked[i].tid);
	for (i = 0; i < s->blocked_count; i++)
		put_never(&b, end_of(s), &s->blocked[i]);
	size = (b.used + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;
	put_header(
		&header, count ? (uint64_t)events[0].ts_ns : 0, (uint64_t)end_of(s), b.used, size);
	is_good = header.used == HEADER_BYTES && fwrite(b.at, 1, size, f) == size;
	free(b.at);
	return finish(f, is_good);
}

static int make_empty(const char *dir)
{
	int count = 0;
	DIR *d;

	if (mkdir(dir, 0777) == 0)
		return 0;
	if (errno != EEXIST || !(d = opendir(dir)))
		return -errno;
	while (readdir(d))
		count++;
	(void)closedir(d);
	return count > 2 ? -ENOTEMPTY : 0;
}

int lx_ctf_write(const char *dir, const struct lx_shared *s, struct lx_where *where)
{
	int rc = make_empty(dir);

	if (rc == 0)
		rc = write_metadata(dir);
	if (rc == 0)
		rc = write_stream(dir, s, where);
	return rc;
}
