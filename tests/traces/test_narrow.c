/*
 * test_narrow.c: a reader that leaves out packets outside of a range (wg_reader_narrow()) gives
 * what a reader of all gives in the range: events, holes, notes, figures and rows.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/both_readers.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/read/read.h"
#include "traces/write/ctf.h"

#define BEGIN_NS     1000000
#define STEP_NS	     1000 /* from event to event of the first stream */
#define EVENTS	     (WG_CTF_RUN / 32 * 33)
#define OTHERS	     (WG_CTF_RUN / 16) /* of the second stream */
#define LENGTH_NS    ((int64_t)EVENTS * STEP_NS)
#define PACKET_BYTES 65536
#define HEADER_BYTES 84
#define RANGES	     12
#define HOLE_EVERY   10007
#define HOLE_EVENTS  300

/* Now and then some events are lost. */
static bool is_lost(unsigned i)
{
	return i > HOLE_EVERY && i % HOLE_EVERY < HOLE_EVENTS;
}

/* Every fourth an operation is submitted, and one of before is delivered. */
static struct wg_event loop_event(unsigned i)
{
	struct wg_event ev = { .type = i % 4 == 3   ? WG_EV_DELIVER
				       : i % 4 == 1 ? WG_EV_SUBMIT
						    : WG_EV_OTHER,
		.ts_ns = BEGIN_NS + (int64_t)i * STEP_NS,
		.pid = 7,
		.tid = 7,
		.procname = "loop",
		.loop = 1 + i % 3 };

	if (i < 3) {
		ev.type = WG_EV_LOOP;
		ev.loop_.wait = "eventfd";
	} else if (i > HOLE_EVERY && i % HOLE_EVERY == HOLE_EVENTS) {
		ev = (struct wg_event){ .type = WG_EV_LOST, .procname = "", .ts_ns = ev.ts_ns };
		ev.lost.begin_ns = ev.ts_ns - HOLE_EVENTS * STEP_NS;
		ev.lost.count = HOLE_EVENTS;
	} else if (ev.type == WG_EV_OTHER) {
		ev.record = WG_RECORD_NOTIFY;
		ev.op = 3;
		ev.loop = 0;
	} else {
		ev.op = i / 4 - (ev.type == WG_EV_DELIVER ? i % 500 / 10 : 0);
		ev.loop = 1;
	}
	return ev;
}

/* A thread that waits, over the same time. */
static struct wg_event thread_event(unsigned i)
{
	struct wg_event ev = { .type = WG_EV_OTHER,
		.record = i % 2 ? WG_RECORD_WAKE : WG_RECORD_WAIT,
		.ts_ns = BEGIN_NS + (int64_t)i * (LENGTH_NS / OTHERS),
		.pid = 8,
		.tid = 9,
		.procname = "thread",
		.op = 3 };

	if (i % 2) {
		ev.thread_wake.by_call = i % 3 ? "write" : "futex";
		ev.thread_wake.reason = WG_REASON_NOTIFIED;
	}
	return ev;
}

/* A trace of some hundred packets: with threads, there are more records than one stream takes. */
static const char *make_trace(const char *tracer, unsigned threads)
{
	const struct wg_ctf_about about = { .tracer = tracer };
	const char *dir = wg_tmpdir();
	struct wg_ctf *ctf = NULL;
	struct wg_error err = { 0 };
	unsigned i;

	CU_ASSERT_EQUAL_FATAL(wg_ctf_create(dir, &about, &ctf, &err), 0);
	for (i = threads ? 0 : EVENTS - WG_CTF_RUN; i < EVENTS + threads; i++) {
		struct wg_event ev = i < EVENTS ? loop_event(i) : thread_event(i - EVENTS);

		if (i < EVENTS && is_lost(i))
			continue;
		CU_ASSERT_EQUAL_FATAL(wg_ctf_add(ctf, &ev), 0);
	}
	CU_ASSERT_EQUAL_FATAL(wg_ctf_finish(ctf, true, &err), 0);
	return dir;
}

/* ---- events ---- */

struct seen {
	int64_t begin_ns, end_ns;
	uint64_t hash; /* of all that it says */
};

static struct seen look(const struct wg_event *ev)
{
	struct seen seen = { ev->ts_ns, ev->ts_ns, 14695981039346656037u };
	char text[2048];
	size_t i;

	if (ev->type == WG_EV_LOST)
		seen.begin_ns = ev->lost.begin_ns;
	both_readers_print(text, sizeof(text), ev);
	for (i = 0; text[i]; i++)
		seen.hash = (seen.hash ^ (uint8_t)text[i]) * 1099511628211u;
	return seen;
}

static struct wg_reader *open_trace(const char *dir)
{
	struct wg_reader *r = NULL;
	struct wg_error err = { 0 };

	CU_ASSERT_EQUAL_FATAL(wg_reader_open(dir, &r, &err), 0);
	return r;
}

/* All of a trace; the notes as lines. */
static struct seen *read_whole(const char *dir, size_t *ret_count, char *notes, size_t len)
{
	struct seen *all = calloc(EVENTS + OTHERS + 1, sizeof(*all));
	struct wg_reader *r = open_trace(dir);
	struct wg_event ev;
	const char *note;
	size_t i, count = 0, used = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(all);
	while (count <= EVENTS + OTHERS && wg_reader_next(r, &ev, NULL) > 0)
		all[count++] = look(&ev);
	for (i = 0; (note = wg_reader_note(r, i)) && used < len; i++)
		used += (size_t)snprintf(notes + used, len - used, "%s\n", note);
	wg_reader_close(r);
	*ret_count = count;
	return all;
}

static bool is_wanted(const struct seen *seen, int64_t from_ns, int64_t to_ns)
{
	return seen->end_ns - BEGIN_NS >= from_ns && seen->begin_ns - BEGIN_NS < to_ns;
}

static int64_t last_of(const struct seen *all, size_t count)
{
	return all[count - 1].end_ns;
}

/* A reader of that range gives what all has in it. How many events it gave at all. */
static size_t same_in_range(const char *dir, const struct seen *all, size_t count,
	const char *notes, int64_t from_ns, int64_t to_ns)
{
	struct wg_reader *r = open_trace(dir);
	int64_t last_ns = INT64_MIN, last_wanted = to_ns == INT64_MAX ? to_ns : BEGIN_NS + to_ns;
	struct wg_event ev;
	char line[4096] = "";
	size_t i = 0, n, given = 0, used = 0, wrong = 0;
	int rc;

	while ((rc = wg_reader_next(r, &ev, NULL)) > 0) {
		struct seen seen = { ev.type == WG_EV_LOST ? ev.lost.begin_ns : ev.ts_ns, ev.ts_ns,
			0 };

		if (given++ == 0)
			CU_ASSERT_TRUE(wg_reader_narrow(r, BEGIN_NS, from_ns, to_ns));
		last_ns = ev.ts_ns;
		if (!is_wanted(&seen, from_ns, to_ns))
			continue;
		while (i < count && !is_wanted(&all[i], from_ns, to_ns))
			i++;
		wrong += i == count || all[i].hash != look(&ev).hash;
		i++;
	}
	while (i < count && !is_wanted(&all[i], from_ns, to_ns))
		i++;
	for (n = 0; wg_reader_note(r, n) && used < sizeof(line); n++)
		used += (size_t)snprintf(
			line + used, sizeof(line) - used, "%s\n", wg_reader_note(r, n));
	CU_ASSERT_EQUAL(rc, 0);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT_EQUAL(i, count);
	CU_ASSERT_STRING_EQUAL(line, notes);
	/* Whether the trace goes on behind the range, and if not, where it ends. */
	CU_ASSERT(last_of(all, count) < last_wanted ? last_ns == last_of(all, count)
						    : last_ns >= last_wanted);
	wg_reader_close(r);
	return given;
}

static void a_range_has_what_all_has_in_it(void)
{
	const char *dir = make_trace("wakegap-test", OTHERS);
	char notes[4096] = "";
	size_t count, given, k;
	struct seen *all = read_whole(dir, &count, notes, sizeof(notes));
	unsigned seed = 20;

	CU_ASSERT_FATAL(count > WG_CTF_RUN && count <= EVENTS + OTHERS);
	for (k = 0; k < RANGES; k++) {
		int64_t from_ns = (int64_t)(rand_r(&seed) % (unsigned)(LENGTH_NS + 5000000));
		int64_t length_ns = 1 + (int64_t)(rand_r(&seed) % (k % 2 ? 100000u : 50000000u));

		given = same_in_range(dir, all, count, notes, from_ns, from_ns + length_ns);
		/* What is decoded already when the range becomes known is given anyway. */
		CU_ASSERT(given < count * 3 / 4);
	}
	(void)same_in_range(dir, all, count, notes, 0, INT64_MAX);
	(void)same_in_range(dir, all, count, notes, LENGTH_NS * 2, LENGTH_NS * 3);
	given = same_in_range(dir, all, count, notes, INT64_MIN, LENGTH_NS / 8);
	CU_ASSERT(given < count / 2);
	free(all);
}

/* Where the first packet from there on begins in a file; *ret_ns: and when. */
static size_t packet_from(const char *dir, const char *file, size_t from, int64_t *ret_ns)
{
	uint64_t head[8], at = 0; /* of 8 bytes each: [4] is the begin, [7] the size in bits */
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	for (;;) {
		CU_ASSERT_EQUAL_FATAL(fseek(f, (long)at, SEEK_SET), 0);
		CU_ASSERT_EQUAL_FATAL(fread(head, sizeof(head), 1, f), 1);
		if (at >= from)
			break;
		at += head[7] / 8;
	}
	(void)fclose(f);
	*ret_ns = (int64_t)head[4];
	return at;
}

/* The range ends just where a packet does: one more is needed to see that the trace goes on. */
static void it_is_known_whether_more_follows(void)
{
	const char *dir = make_trace("wakegap-test", 0);
	size_t bytes = wg_file_bytes(dir, "wakegap_0"), count;
	char notes[4096] = "";
	struct seen *all = read_whole(dir, &count, notes, sizeof(notes));
	int64_t to_ns;

	CU_ASSERT_NOT_EQUAL(wg_sh_in(dir, "test -e wakegap_1"), 0);
	(void)packet_from(dir, "wakegap_0", bytes - 2 * PACKET_BYTES, &to_ns);
	(void)same_in_range(dir, all, count, notes, 0, to_ns - BEGIN_NS);
	free(all);
}

static size_t read_file(const char *dir, const char *file, uint8_t *ret, size_t most)
{
	char path[512];
	size_t count;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "rb");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	count = fread(ret, 1, most, f);
	(void)fclose(f);
	return count;
}

/* Its metadata in a packet, as LTTng writes it: only then is known when recording stopped. */
static void pack_metadata(const char *dir)
{
	static uint8_t packet[65536];
	static const uint8_t magic[] = { 0x57, 0x1d, 0xd1, 0x75 }, version[] = { 1, 8 };
	uint8_t stream[20];
	size_t i, bits = read_file(dir, "metadata", packet + 37, sizeof(packet) - 37) * 8 + 37 * 8;

	CU_ASSERT_EQUAL_FATAL(read_file(dir, "wakegap_0", stream, sizeof(stream)), sizeof(stream));
	memcpy(packet, magic, sizeof(magic));
	memcpy(packet + 4, stream + 4, 16); /* the uuid of the trace */
	for (i = 0; i < 4; i++)
		packet[24 + i] = packet[28 + i] = (uint8_t)(bits >> 8 * i);
	memcpy(packet + 35, version, sizeof(version));
	wg_overwrite(dir, "metadata", 0, packet, bits / 8);
}

/* One stream ends early. How much the other one has beyond that is said. */
static void a_copy_of_a_recording_is_one(void)
{
	const char *dir = make_trace("wakegap-workload", OTHERS);
	size_t bytes = wg_file_bytes(dir, "wakegap_1"), count;
	char notes[4096] = "";
	struct seen *all;
	int64_t end_ns;

	pack_metadata(dir);
	wg_cut(dir, "wakegap_1", packet_from(dir, "wakegap_1", bytes / 2, &end_ns));
	all = read_whole(dir, &count, notes, sizeof(notes));
	CU_ASSERT(wg_has(notes, "before the last event"));
	(void)same_in_range(dir, all, count, notes, 0, LENGTH_NS / 16);
	(void)same_in_range(dir, all, count, notes, LENGTH_NS / 2, LENGTH_NS / 2 + 5000);
	free(all);
}

/* ---- commands ---- */

/* Runs `wakegap` with these arguments, by our decoder and by libbabeltrace2, which leaves nothing
 * out. */
#define both_say_the_same(...) both_say_the_same_argv((const char *const[]){ __VA_ARGS__ })
static void both_say_the_same_argv(const char *const arguments[])
{
	char *out[2] = { NULL, NULL }, *err[2] = { NULL, NULL };
	const char *argv[20] = { wg_build_path("wakegap") };
	size_t i, k;
	int rc[2];

	for (k = 0; k < 2; k++) {
		for (i = 0; arguments[i]; i++)
			argv[i + 1] = arguments[i];
		argv[i + 1] = k ? "--reader=babeltrace" : NULL;
		rc[k] = wg_run(&out[k], &err[k], argv);
	}
	CU_ASSERT_EQUAL(rc[0], rc[1]);
	CU_ASSERT_STRING_EQUAL(out[0], out[1]);
	CU_ASSERT_STRING_EQUAL(err[0], err[1]);
	for (k = 0; k < 2; k++) {
		free(out[k]);
		free(err[k]);
	}
}

static void exports_and_figures_are_those_of_all(void)
{
	static const char *const samples[] = { "eventfd", "lossy", "packets", "tick" };
	const char *dir = make_trace("wakegap-test", OTHERS);
	size_t i;

	both_say_the_same("export", dir, "--format=csv", "--range=60ms..61ms", NULL);
	both_say_the_same("export", dir, "--format=jsonl", "--range=5s..6s", NULL);
	both_say_the_same("stats", dir, "--json", "--until=20ms", NULL);
	for (i = 0; i < sizeof(samples) / sizeof(*samples); i++) {
		const char *sample = wg_sample(samples[i]);

		both_say_the_same("export", sample, "--format=csv", "--range=1ms..3ms", NULL);
		both_say_the_same("stats", sample, "--json", "--until=2ms", NULL);
	}
}

/* The first packet from there on begins with an event of no kind. */
static void damage(const char *dir, size_t from)
{
	uint8_t byte = 0xee;
	int64_t begin_ns;

	from = packet_from(dir, "wakegap_0", from, &begin_ns);
	wg_overwrite(dir, "wakegap_0", from + HEADER_BYTES, &byte, 1);
}

/* A packet in the range is damaged: what comes after it is known only to who reads all. */
static void damage_in_the_range_is_told(void)
{
	const char *dir = make_trace("wakegap-test", OTHERS);
	struct wg_reader *r;
	struct wg_event ev;
	int rc;

	damage(dir, 40 * PACKET_BYTES);
	r = open_trace(dir);
	CU_ASSERT_EQUAL(wg_reader_next(r, &ev, NULL), 1);
	CU_ASSERT_TRUE(wg_reader_narrow(r, BEGIN_NS, 0, LENGTH_NS));
	while ((rc = wg_reader_next(r, &ev, NULL)) > 0)
		continue;
	CU_ASSERT_EQUAL(rc, -EAGAIN);
	wg_reader_close(r);
	both_say_the_same("export", dir, "--format=csv", "--range=25ms..60ms", NULL);
	both_say_the_same("stats", dir, "--json", "--until=60ms", NULL);
}

/* What is damaged never passes, even where nobody looks. */
static void damage_behind_the_end_is_no_pass(void)
{
	const char *dir = make_trace("wakegap-test", OTHERS);
	const char *const argv[] = { wg_build_path("wakegap"), "check", "--until=5ms",
		"--max-wakes-per-second=1000000", dir, NULL };
	char *out = NULL;

	damage(dir, 60 * PACKET_BYTES);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 77);
	CU_ASSERT(wg_has(out, "damaged"));
	free(out);
}

/* Where something is known only at the end, nothing is left out. */
static void what_needs_all_is_read_whole(void)
{
	const char *both = wg_copy_sample("eventfd");
	const char *dirs[] = { wg_copy_sample("eventfd"), both };
	struct wg_event ev;
	size_t i;

	wg_cut(dirs[0], "wakegap_0", wg_file_bytes(dirs[0], "wakegap_0") - 1);
	CU_ASSERT_EQUAL(wg_sh_in(both, "mkdir a && mv metadata wakegap_* a && cp -r a b"), 0);
	for (i = 0; i < 2; i++) {
		struct wg_reader *r = open_trace(dirs[i]);

		CU_ASSERT_EQUAL(wg_reader_next(r, &ev, NULL), 1);
		CU_ASSERT_FALSE(wg_reader_narrow(r, ev.ts_ns, 0, 1000));
		wg_reader_close(r);
	}
}

void suite_narrow(void)
{
	WG_TEST(a_range_has_what_all_has_in_it);
	WG_TEST(it_is_known_whether_more_follows);
	WG_TEST(a_copy_of_a_recording_is_one);
	WG_TEST(exports_and_figures_are_those_of_all);
	WG_TEST(damage_in_the_range_is_told);
	WG_TEST(damage_behind_the_end_is_no_pass);
	WG_TEST(what_needs_all_is_read_whole);
}
