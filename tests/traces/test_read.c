/*
 * test_read.c: the reader over whole traces and over traces damaged in every way we know.
 *
 * The rule it checks: what can be read is read, what cannot is said, and nothing crashes.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/harness/trace_files.h"
#include "traces/read/read.h"

#define HEADER_BYTES 84
#define PACKET_BYTES 4096
#define CUT_STEP     (37 * WG_STRIDE) /* and each byte at the end */

/* Bytes of content of the packet at `at`, from its header. */
static size_t content_bytes(const char *dir, const char *file, size_t at)
{
	char path[1024];
	uint64_t bits = 0;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, file);
	f = fopen(path, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_EQUAL(fseek(f, (long)at + 48, SEEK_SET), 0);
	CU_ASSERT_EQUAL(fread(&bits, sizeof(bits), 1, f), 1);
	(void)fclose(f);
	return (size_t)(bits / 8);
}

static void whole_traces(void)
{
	static const char *const names[] = { "tick", "eventfd", "packets" };
	struct wg_reading r;
	size_t i;

	for (i = 0; i < 3; i++) {
		wg_read_all(wg_sample(names[i]), &r);
		CU_ASSERT_EQUAL(r.rc, 0);
		CU_ASSERT(r.events > 80);
		CU_ASSERT_EQUAL(r.holes, 0);
		CU_ASSERT_EQUAL(r.backwards, 0);
		CU_ASSERT_STRING_EQUAL(r.text, "");
	}
}

static void first_event_in_full(void)
{
	struct wg_reader *reader = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev = { 0 };

	CU_ASSERT_EQUAL_FATAL(wg_reader_open(wg_sample("tick"), &reader, &err), 0);
	CU_ASSERT_EQUAL_FATAL(wg_reader_next(reader, &ev, &err), 1);
	CU_ASSERT_EQUAL(ev.type, WG_EV_LOOP);
	CU_ASSERT_EQUAL(ev.loop, 1);
	CU_ASSERT_EQUAL(ev.loop_.tick_ns, 10000000);
	CU_ASSERT_STRING_EQUAL(ev.loop_.wait, "tick");
	CU_ASSERT_STRING_EQUAL(ev.procname, "wakegap-workloa"); /* the kernel keeps 15 letters */
	CU_ASSERT(ev.pid > 0 && ev.tid == ev.pid);
	CU_ASSERT_EQUAL_FATAL(wg_reader_next(reader, &ev, &err), 1);
	CU_ASSERT_EQUAL(ev.type, WG_EV_SUBMIT);
	CU_ASSERT_EQUAL(ev.submit.kind, WG_KIND_STAT);
	CU_ASSERT_EQUAL(ev.op, 1);
	wg_reader_close(reader);
}

static void a_folder_above_will_do(void)
{
	const char *dir = wg_tmpdir();
	const char *names[] = { "tick", "eventfd" };
	struct wg_reading both, one;
	char from[1024], to[1024];
	size_t i, events = 0;

	for (i = 0; i < 2; i++) {
		(void)snprintf(from, sizeof(from), "%s", wg_copy_sample(names[i]));
		(void)snprintf(to, sizeof(to), "%s/%s", dir, names[i]);
		CU_ASSERT_EQUAL_FATAL(rename(from, to), 0);
		wg_read_all(to, &one);
		events += one.events;
	}
	wg_read_all(dir, &both);
	CU_ASSERT_EQUAL(both.rc, 0);
	CU_ASSERT_EQUAL(both.events, events);
	CU_ASSERT_EQUAL(both.backwards, 0);
	/* One of the two is damaged: the other is still read, and the hole is reported. */
	wg_cut(to, "metadata", 0);
	wg_read_all(dir, &both);
	CU_ASSERT_EQUAL(both.rc, 0);
	CU_ASSERT_EQUAL(both.events, events - one.events);
	CU_ASSERT_EQUAL(both.holes, 1);
	CU_ASSERT(wg_has(both.text, "metadata is empty"));
}

/* A recording of root's, for one: LTTng lets nobody else into its folders. */
static void a_folder_that_may_not_be_entered(void)
{
	const char *dir = wg_tmpdir();
	struct wg_reading r;
	char ust[1024];
	bool is_root = geteuid() == 0;

	(void)snprintf(ust, sizeof(ust), "%s/ust", dir);
	CU_ASSERT_EQUAL_FATAL(mkdir(ust, 0), 0);
	CU_ASSERT_EQUAL(chmod(dir, 0755), 0);
	CU_ASSERT(!is_root || seteuid(65534) == 0);
	wg_read_all(dir, &r);
	CU_ASSERT(!is_root || seteuid(0) == 0);
	CU_ASSERT_EQUAL(r.rc, -EACCES);
	CU_ASSERT(wg_has(r.text, "cannot look into '"));
	CU_ASSERT(wg_has(r.text, "/ust': Permission denied"));
}

static void what_is_no_trace(void)
{
	const char *empty = wg_tmpdir(), *file = wg_copy_sample("tick"), *dir;
	char path[1024];
	struct wg_reading r;

	wg_read_all("/nonexistent/trace", &r);
	CU_ASSERT_EQUAL(r.rc, -ENOENT);
	wg_read_all(empty, &r);
	CU_ASSERT_EQUAL(r.rc, -EINVAL);
	CU_ASSERT(wg_has(r.text, "is not a trace: no metadata file in it or below"));
	(void)snprintf(path, sizeof(path), "%s/metadata", file);
	wg_read_all(path, &r);
	CU_ASSERT_EQUAL(r.rc, -ENOTDIR);

	dir = wg_copy_sample("tick");
	wg_cut(dir, "metadata", 0);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, -EINVAL);
	CU_ASSERT(wg_has(r.text, "its metadata is empty"));
	dir = wg_copy_sample("tick");
	wg_overwrite(dir, "metadata", 0, "\036{}", 3);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, -EINVAL);
	CU_ASSERT(wg_has(r.text, "CTF 2") || wg_has(r.text, "babeltrace2 rejects it"));
	dir = wg_copy_sample("tick");
	wg_overwrite(dir, "metadata", 300, "{{{{{{{{", 8);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, -EINVAL);
	CU_ASSERT(
		wg_has(r.text, "babeltrace2 rejects it") && wg_has(r.text, "copy the trace again"));
}

static void metadata_cut_anywhere(void)
{
	size_t whole = wg_file_bytes(wg_sample("tick"), "metadata"), at;
	const char *dir = wg_copy_sample("tick");
	struct wg_reading r;

	for (at = whole - 1; at > 0; at = at > 211 ? at - 211 : 0) {
		wg_cut(dir, "metadata", at);
		wg_read_all(dir, &r);
		/* Only padding may be missing without harm. */
		CU_ASSERT(r.rc == -EINVAL || (r.rc == 0 && r.events > 0 && at > whole / 2));
		CU_ASSERT(r.rc == 0 || r.text[0]);
	}
}

static void a_foreign_trace_has_no_event_of_ours(void)
{
	struct wg_reading r;

	wg_read_all(wg_sample("foreign"), &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT_EQUAL(r.events, 0);
	CU_ASSERT_EQUAL(r.foreign, 12);
}

/* The stream of the sample `tick` that has most in it, by the number of its CPU. */
static int full_stream(const char *dir)
{
	return content_bytes(dir, "wakegap_1", 0) > content_bytes(dir, "wakegap_0", 0);
}

static void a_stream_cut_anywhere(void)
{
	struct wg_reading whole, r;
	const char *dir = wg_copy_sample("tick");
	int cpu = full_stream(dir);
	const char *stream = cpu ? "wakegap_1" : "wakegap_0";
	size_t content = content_bytes(dir, stream, 0), at, last;

	wg_read_all(dir, &whole);
	last = whole.by_cpu[cpu];
	for (at = PACKET_BYTES - 1; at > 0; at -= at > CUT_STEP	   ? CUT_STEP
						  : at > WG_STRIDE ? WG_STRIDE
								   : 1) {
		wg_cut(dir, stream, at);
		wg_read_all(dir, &r);
		CU_ASSERT_EQUAL(r.rc, 0);
		CU_ASSERT_EQUAL(r.by_cpu[!cpu], whole.by_cpu[!cpu]); /* it is untouched */
		CU_ASSERT(r.by_cpu[cpu] <= last);
		CU_ASSERT_EQUAL(r.backwards, 0);
		CU_ASSERT_EQUAL(r.holes, at < content);
		CU_ASSERT_EQUAL(r.by_cpu[cpu] == whole.by_cpu[cpu], at >= content);
		CU_ASSERT(wg_has(r.text, "was cut at byte 0"));
		last = r.by_cpu[cpu];
	}
	CU_ASSERT_EQUAL(last, 0);
	/* An empty stream is a stream without events. */
	wg_cut(dir, stream, 0);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT_EQUAL(r.events, whole.by_cpu[!cpu]);
	/* One byte less than the content is one event less, and no more. */
	dir = wg_copy_sample("tick");
	wg_cut(dir, stream, content - 1);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.events, whole.events - 1);
}

static void discarded_events_are_holes(void)
{
	struct wg_reading r;

	wg_read_all(wg_sample("lossy"), &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT_EQUAL(r.holes, 1);
	CU_ASSERT_EQUAL(r.lost, 82); /* what the session daemon said when it was recorded */
	CU_ASSERT_EQUAL(r.backwards, 0);
}

/* The file of the sample `packets` with at least three packets. */
static const char *long_stream(const char *dir)
{
	return wg_file_bytes(dir, "wakegap_0") >= 3 * PACKET_BYTES ? "wakegap_0" : "wakegap_1";
}

/* The tracer counts up; a count that is less than the one before it says nothing. */
static void a_counter_that_goes_back_is_unknown(void)
{
	const char *dir = wg_copy_sample("packets");
	struct wg_reading r;

	wg_overwrite(dir, long_stream(dir), PACKET_BYTES + 72, "\x07", 1);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT_EQUAL(r.holes, 2);
	CU_ASSERT_EQUAL(r.lost, 7);
	CU_ASSERT(wg_has(r.text, ": its count of discarded events decreases"));
}

static void several_packets_cut(void)
{
	struct wg_reading whole, r;
	const char *dir = wg_copy_sample("packets"), *stream = long_stream(dir);

	wg_read_all(dir, &whole);
	wg_cut(dir, stream, 2 * PACKET_BYTES + 700);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT(r.events < whole.events && r.events > 0);
	CU_ASSERT_EQUAL(r.holes, 1);
	CU_ASSERT(wg_has(r.text, "was cut at byte 8192: its last packet is incomplete, "
				 "700 of 4096 bytes are there"));
	wg_cut(dir, stream, 2 * PACKET_BYTES + 30);
	wg_read_all(dir, &r);
	CU_ASSERT(wg_has(r.text, "only 30 bytes of the header are there"));
	/* Cut between packets only the index knows that there was more. */
	wg_cut(dir, stream, PACKET_BYTES);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT_EQUAL(r.holes, 1);
	CU_ASSERT(wg_has(r.text, "missing at its end (the index has more)"));
}

static void garbage_in_a_stream(void)
{
	static const char junk[200] = "\x5a\xa5\xff\xee junk";
	const uint64_t unknown = UINT64_MAX;
	const char *dir = wg_copy_sample("packets"), *stream = long_stream(dir);
	struct wg_reading whole, r;

	wg_read_all(dir, &whole);
	/* A header: the packets behind it are found again. */
	wg_overwrite(dir, stream, PACKET_BYTES, junk, HEADER_BYTES);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT(r.events > whole.events / 2 && r.events < whole.events);
	CU_ASSERT(r.holes >= 1);
	CU_ASSERT(wg_has(r.text, "are not packets of this trace"));
	/* The content: this stream ends there, the other does not. */
	dir = wg_copy_sample("packets");
	wg_overwrite(dir, stream, PACKET_BYTES + 500, junk, sizeof(junk));
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT(r.events < whole.events);
	CU_ASSERT_EQUAL(r.backwards, 0);
	/* The size as a crash leaves it: up to the end of what was written. */
	dir = wg_copy_sample("tick");
	stream = full_stream(dir) ? "wakegap_1" : "wakegap_0";
	wg_read_all(dir, &whole);
	wg_overwrite(dir, stream, 48, &unknown, sizeof(unknown));
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT_EQUAL(r.events, whole.events);
	CU_ASSERT(wg_has(r.text, "never finished"));
}

static void a_wrong_index_is_not_used(void)
{
	static const char junk[64] = "junk";
	const char *dir = wg_copy_sample("packets");
	char idx[64];
	struct wg_reading whole, r;

	(void)snprintf(idx, sizeof(idx), "index/%s.idx", long_stream(dir));
	wg_read_all(dir, &whole);
	wg_overwrite(dir, idx, 16 + 72, junk, sizeof(junk));
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT_EQUAL(r.events, whole.events);
	CU_ASSERT_EQUAL(r.holes, 0);
	CU_ASSERT(wg_has(r.text, "its index contradicts it and was not used"));
	wg_cut(dir, idx, 3);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.events, whole.events);
}

/* Nobody knows what was in it, so the trace is not whole. */
static void a_stream_that_cannot_be_opened_is_a_hole(void)
{
	const char *dir = wg_copy_sample("packets"), *stream = long_stream(dir);
	struct wg_reading whole, r;
	char path[1024];
	int i;

	wg_read_all(dir, &whole);
	(void)snprintf(path, sizeof(path), "%s/%s", dir, stream);
	for (i = 0; i < 3; i++) {
		(void)unlink(path);
		if (i > 0)
			CU_ASSERT_EQUAL_FATAL(i > 1 ? mkfifo(path, 0600) : symlink("no", path), 0);
		wg_read_all(dir, &r);
		CU_ASSERT_EQUAL(r.rc, 0);
		CU_ASSERT(r.events > 0 && r.events < whole.events);
		CU_ASSERT_EQUAL(r.holes, 1);
		CU_ASSERT(wg_has(r.text, stream) && wg_has(r.text, " was left out: "));
	}
}

/* To open a FIFO waits for somebody who writes to it. */
static void an_index_that_is_no_file_is_not_opened(void)
{
	const char *dir = wg_copy_sample("packets");
	struct wg_reading whole, r;
	char path[1024];

	wg_read_all(dir, &whole);
	(void)snprintf(path, sizeof(path), "%s/index/%s.idx", dir, long_stream(dir));
	CU_ASSERT_EQUAL_FATAL(unlink(path), 0);
	CU_ASSERT_EQUAL_FATAL(mkfifo(path, 0600), 0);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT_EQUAL(r.events, whole.events);
	CU_ASSERT_EQUAL(r.holes, 0);
	CU_ASSERT(wg_has(r.text, "its index contradicts it and was not used"));
}

void suite_read(void)
{
	WG_TEST(whole_traces);
	WG_TEST(a_folder_that_may_not_be_entered);
	WG_TEST(first_event_in_full);
	WG_TEST(a_folder_above_will_do);
	WG_TEST(what_is_no_trace);
	WG_TEST(metadata_cut_anywhere);
	WG_TEST(a_foreign_trace_has_no_event_of_ours);
	WG_TEST(discarded_events_are_holes);
	WG_TEST(a_counter_that_goes_back_is_unknown);
	WG_TEST(a_stream_cut_anywhere);
	WG_TEST(several_packets_cut);
	WG_TEST(garbage_in_a_stream);
	WG_TEST(a_wrong_index_is_not_used);
	WG_TEST(a_stream_that_cannot_be_opened_is_a_hole);
	WG_TEST(an_index_that_is_no_file_is_not_opened);
}
