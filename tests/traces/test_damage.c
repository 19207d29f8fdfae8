/*
 * test_damage.c: traces that a stranger made or a crash left: headers with impossible numbers,
 * metadata of other tracers, files that claim more than they hold. test_read.c has the damage that
 * copying does.
 *
 * The rule is the same: what can be read is read, what cannot is said, and nothing crashes.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/harness/trace_files.h"
#include "traces/read/packets.h"

#define PACKET_BYTES	4096
#define WHOLE		545 /* events of the sample `packets` */
#define IN_FIRST	85  /* of them in the first packet of wakegap_0 */
#define IN_SECOND	85
#define EVENT_BYTES_MIN 12 /* an event of a sample takes more */

static const uint64_t none = UINT64_MAX;

static void only_notes(const char *dir, size_t events, const char *note)
{
	struct wg_reading r;

	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT_EQUAL(r.events, events);
	CU_ASSERT_EQUAL(r.backwards, 0);
	CU_ASSERT(note ? wg_has(r.text, note) : r.text[0] == '\0');
}

/* Each number of a header, set to what the library uses for "none" and asserts never to read. */
static void numbers_that_cannot_be_true(void)
{
	static const struct {
		size_t field, lost[2]; /* in the first packet, in the second */
		const char *note;
	} cases[] = {
		{ 24, { 0, 0 }, NULL }, /* stream_instance_id */
		{ 32, { IN_FIRST, IN_SECOND }, "are not packets of this trace" },
		{ 40, { 0, 0 }, "the time of the end of 1 packet was never written" },
		{ 56, { IN_FIRST, IN_SECOND }, "are not packets of this trace" },
		{ 64, { 0, 0 }, "the header of 1 packet holds a count that cannot be true" },
		{ 72, { 0, 0 }, "the header of 1 packet holds a count that cannot be true" },
	};
	size_t i, packet;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		for (packet = 0; packet < 2; packet++) {
			const char *dir = wg_copy_sample("packets");

			wg_overwrite(dir, "wakegap_0", packet * PACKET_BYTES + cases[i].field,
				&none, sizeof(none));
			only_notes(dir, WHOLE - cases[i].lost[packet], cases[i].note);
		}
	}
}

/* An id of no stream spoils its packet, not the trace. */
static void an_id_that_no_stream_has(void)
{
	const char *dir = wg_copy_sample("packets");

	wg_overwrite(dir, "wakegap_0", 20, "\005", 1);
	only_notes(dir, WHOLE - IN_FIRST, "4096 bytes at byte 0 are not packets of this trace");
}

/* What a crashed session leaves: the sizes are true, the time of the end is not there. */
static void packets_without_an_end(void)
{
	const uint64_t zero = 0;
	const char *dir = wg_copy_sample("packets");
	size_t file, at;

	for (file = 0; file < 2; file++) {
		const char *name = file ? "wakegap_1" : "wakegap_0";

		for (at = 0; at < wg_file_bytes(dir, name); at += PACKET_BYTES)
			wg_overwrite(dir, name, at + 40, &zero, sizeof(zero));
	}
	only_notes(dir, WHOLE, "the time of the end of 5 packets was never written");
	wg_edit_metadata(dir, "tracer_minor = 13", "tracer_minor = 10");
	only_notes(dir, WHOLE, "the time of the end of 5 packets was never written");
}

static void repaired_is_good(const char *dir, const char *name)
{
	const char *out = wg_tmpdir();
	struct wg__metadata metadata;
	struct wg__health health;
	struct wg_error err;

	CU_ASSERT_EQUAL_FATAL(wg__metadata_check(dir, &metadata, &err), 0);
	CU_ASSERT_EQUAL_FATAL(wg__packets_repair(dir, name, &metadata, out), 0);
	CU_ASSERT_EQUAL_FATAL(wg__packets_check(out, name, &metadata, &health), 0);
	CU_ASSERT(wg__health_is_good(&health));
}

/* Tracers before 2.8 write no stream_instance_id: all that follows it comes 8 bytes earlier. */
static void headers_of_an_older_tracer(void)
{
	const char *dir = wg_copy_sample("packets");
	size_t file;

	for (file = 0; file < 2; file++) {
		char path[1024], *bytes, idx[1024];
		size_t len = wg_file_bytes(dir, file ? "wakegap_1" : "wakegap_0"), at;
		FILE *f;

		(void)snprintf(path, sizeof(path), "%s/wakegap_%zu", dir, file);
		(void)snprintf(idx, sizeof(idx), "%s/index/wakegap_%zu.idx", dir, file);
		CU_ASSERT_EQUAL(unlink(idx), 0);
		f = fopen(path, "r+e");
		bytes = malloc(len);
		CU_ASSERT_FATAL(f && bytes && fread(bytes, 1, len, f) == len);
		for (at = 0; at < len; at += PACKET_BYTES) {
			uint64_t bits;

			memmove(bytes + at + 24, bytes + at + 32, PACKET_BYTES - 32);
			memcpy(&bits, bytes + at + 40, sizeof(bits));
			bits -= 64;
			memcpy(bytes + at + 40, &bits, sizeof(bits));
		}
		rewind(f);
		CU_ASSERT_EQUAL(fwrite(bytes, 1, len, f), len);
		(void)fclose(f);
		free(bytes);
	}
	wg_edit_metadata(dir, "uint64_t stream_instance_id;", "");
	only_notes(dir, WHOLE, NULL);
	wg_cut(dir, "wakegap_0", 2 * PACKET_BYTES + 30);
	only_notes(dir, WHOLE - 171, "only 30 bytes of the header are there");
}

static void a_clock_needs_a_frequency(void)
{
	static const char *const freqs[] = { "freq = 0;", "freq = 0x0;", "" };
	struct wg_reading r;
	size_t i;

	for (i = 0; i < 3; i++) {
		const char *dir = wg_copy_sample("tick");

		wg_edit_metadata(dir, "freq = 1000000000;", freqs[i]);
		wg_read_all(dir, &r);
		CU_ASSERT_EQUAL(r.rc, -EINVAL);
		CU_ASSERT(wg_has(r.text, "a clock without a frequency"));
	}
}

/* Its end is made up from the next one's begin, which is no better if it lies before. */
static void a_packet_ends_after_it_begins(void)
{
	const char *dir = wg_copy_sample("packets");
	const uint64_t zero = 0, one = 1;

	wg_overwrite(dir, "wakegap_0", 40, &zero, sizeof(zero));
	wg_overwrite(dir, "wakegap_0", PACKET_BYTES + 32, &one, sizeof(one));
	repaired_is_good(dir, "wakegap_0");
}

static void make_sparse(const char *dir, const char *file, uint64_t bytes)
{
	char path[1024];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, file);
	CU_ASSERT_EQUAL(truncate(path, (off_t)bytes), 0);
}

/* A file may claim any size: only what was written is read and copied. */
static void holes_are_stepped_over(void)
{
	const uint64_t claim = UINT64_C(512) << 33; /* 512 GiB, in bits */
	const char *dir = wg_copy_sample("packets");

	make_sparse(dir, "wakegap_0", UINT64_C(8) << 30);
	only_notes(dir, WHOLE, "8589914112 bytes at byte 20480 are not packets");
	dir = wg_copy_sample("packets");
	wg_overwrite(dir, "wakegap_0", 4 * PACKET_BYTES + 56, &claim, sizeof(claim));
	make_sparse(dir, "wakegap_0", UINT64_C(300) << 30);
	only_notes(dir, WHOLE, "of 549755813888 bytes are there, among them all its events");
	/* The content claims the hole as well. */
	wg_overwrite(dir, "wakegap_0", 4 * PACKET_BYTES + 48, &claim, sizeof(claim));
	only_notes(dir, WHOLE, "never finished");
}

/* The library asserts that names of fields differ: that must not end us. */
static void the_library_may_fail_where_it_opens(void)
{
	const char *dir = wg_copy_sample("tick"), *both = wg_tmpdir();
	struct wg_reading r, good;
	char to[1024];

	wg_edit_metadata(dir, "_op;", "_loop;");
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, -EINVAL);
	CU_ASSERT(wg_has(r.text, "babeltrace2 itself fails: Duplicate member"));
	CU_ASSERT(wg_has(r.text, "\"loop\""));
	CU_ASSERT(strchr(r.text, '\n') == strrchr(r.text, '\n')); /* one line */
	/* Beside a good one, that is read. */
	wg_read_all(wg_sample("eventfd"), &good);
	(void)snprintf(to, sizeof(to), "%s/bad", both);
	CU_ASSERT_EQUAL_FATAL(rename(dir, to), 0);
	(void)snprintf(to, sizeof(to), "%s/good", both);
	CU_ASSERT_EQUAL_FATAL(rename(wg_copy_sample("eventfd"), to), 0);
	wg_read_all(both, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT_EQUAL(r.events, good.events);
	CU_ASSERT_EQUAL(r.holes, 1);
	CU_ASSERT(wg_has(r.text, "a part of the trace was left out: "));
}

/* It also asserts things while it reads; what came before stays. */
static void the_library_may_fail_where_it_reads(void)
{
	static const char *const edits[][2] = {
		{ "_procname[17];", "_procname[4294967295];" },
		{ "_procname[17];", "_procname[17]; uint8_t s[stream.event.header.id];" },
	};
	size_t i;

	for (i = 0; i < sizeof(edits) / sizeof(*edits); i++) {
		const char *dir = wg_copy_sample("tick");
		struct wg_reading r;

		wg_edit_metadata(dir, edits[i][0], edits[i][1]);
		wg_read_all(dir, &r);
		CU_ASSERT_EQUAL(r.rc, 0);
		CU_ASSERT(r.holes > 0);
		CU_ASSERT(wg_has(r.text, "wakegap_0 is damaged and was read up to"));
		CU_ASSERT(wg_has(r.text, "wakegap_1 is damaged and was read up to"));
	}
}

/* One stream that the library refuses does not take the others with it. */
static void a_refused_stream_leaves_the_others(void)
{
	const char *dir = wg_copy_sample("tick");
	struct wg_reading whole, r;

	/* Without this the packet would be left out before the library sees it. */
	wg_edit_metadata(dir, "\nstream {\n\tid = 0;", "\nstream {\nid = 0;");
	wg_read_all(dir, &whole);
	wg_overwrite(dir, "wakegap_0", 20, "\005", 1);
	wg_read_all(dir, &r);
	CU_ASSERT_EQUAL(r.rc, 0);
	CU_ASSERT_EQUAL(r.events, whole.by_cpu[1]);
	CU_ASSERT_EQUAL(r.holes, 1);
	CU_ASSERT(wg_has(r.text, "stream wakegap_0 was left out: "));
}

/* The status of a command with so many descriptors and no more; what it said in *err. */
static int with_descriptors(int count, const char *const command[], char **err)
{
	const char *argv[16] = { "sh", "-c", "ulimit -n $0; exec \"$@\"", NULL,
		wg_build_path("wakegap") };
	char text[16];
	size_t i;

	(void)snprintf(text, sizeof(text), "%d", count);
	argv[3] = text;
	for (i = 0; command[i]; i++)
		argv[5 + i] = command[i];
	return wg_run(NULL, err, argv);
}

/* Not the metadata and not the plugins: the limit is named. */
static void too_few_descriptors_are_said(void)
{
	const char *const command[] = { "stats", wg_copy_sample("tick"), NULL };
	int refused = 0, count;

	for (count = 5; count < 30; count++) {
		char *err = NULL;
		int status = with_descriptors(count, command, &err);

		CU_ASSERT(status == 0 || (status == 1 && wg_has(err, "oo many open files")));
		refused += status == 1;
		free(err);
	}
	CU_ASSERT(refused > 0);
}

/* One file a stream: 60 traces of two streams do not fit in 100 descriptors. If there may be more,
 * they are taken; if not, the limit is blamed and not the traces. */
static void many_traces_raise_the_limit(void)
{
	const char *above = wg_tmpdir();
	const char *const check[] = { "check", "--max-stuck", "0", above, NULL };
	const char *const export[] = { "export", "--format", "csv", "-o", "/dev/null", above,
		NULL };
	struct wg_reading one, all;
	struct rlimit before, few;
	char to[1024], *err = NULL;
	int i;

	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &before), 0);
	for (i = 0; i < 60; i++) {
		(void)snprintf(to, sizeof(to), "%s/%d", above, i);
		CU_ASSERT_EQUAL_FATAL(
			wg_run(NULL, NULL,
				(const char *[]){ "cp", "-r", wg_sample("tick"), to, NULL }),
			0);
	}
	wg_read_all(to, &one);
	few = before;
	few.rlim_cur = 100;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &few), 0);
	wg_read_all(above, &all);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &before), 0);
	CU_ASSERT_EQUAL(all.rc, 0);
	CU_ASSERT_EQUAL(all.events, one.events);
	(void)snprintf(to, sizeof(to), "%zu events are both in ", 59 * one.events);
	CU_ASSERT(wg_has(all.text, to));
	CU_ASSERT_EQUAL(all.holes, 0);
	CU_ASSERT_EQUAL(with_descriptors(100, check, &err), 77);
	free(err);
	CU_ASSERT_EQUAL(with_descriptors(100, export, &err), 0);
	CU_ASSERT(wg_has(err, "oo many open files") && !wg_has(err, "metadata"));
	free(err);
}

/* One trace, and a stream file for each of many processors. */
static void many_streams_raise_the_limit(void)
{
	const char *dir = wg_copy_sample("tick");
	struct wg_reading one, all;
	struct rlimit before, few;
	const char *const copy[] = { "sh", "-c",
		"for i in $(seq 2 79); do cp $0/wakegap_0 $0/wakegap_$i || exit 1; done", dir,
		NULL };
	char name[32];
	uint64_t i;

	wg_read_all(dir, &one);
	CU_ASSERT_EQUAL_FATAL(wg_run(NULL, NULL, copy), 0);
	for (i = 2; i < 80; i++) {
		(void)snprintf(name, sizeof(name), "wakegap_%" PRIu64, i);
		wg_overwrite(dir, name, 24, &i, sizeof(i)); /* the stream's number */
	}
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &before), 0);
	few = before;
	few.rlim_cur = 60;
	CU_ASSERT_EQUAL_FATAL(setrlimit(RLIMIT_NOFILE, &few), 0);
	wg_read_all(dir, &all);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &before), 0);
	CU_ASSERT_EQUAL(all.rc, 0);
	CU_ASSERT_EQUAL(all.events, one.events + 78 * one.by_cpu[0]);
}

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

/* Wherever it ends, alone or beside a whole trace: no more is lost than what was cut off, and that
 * is said. A library that leaves an error on its thread would end all that follow. */
static void streams_cut_anywhere(void)
{
	const char *above = wg_tmpdir();
	uint64_t seed = 20240607;
	struct wg_reading whole, beside, r;
	char dir[1024], shown[1024], hidden[1024];
	int i;

	wg_read_all(wg_sample("packets"), &whole);
	wg_read_all(wg_sample("tick"), &beside);
	(void)snprintf(dir, sizeof(dir), "%s/a", above);
	(void)snprintf(shown, sizeof(shown), "%s/b", above);
	(void)snprintf(hidden, sizeof(hidden), "%s/.b", above);
	CU_ASSERT_EQUAL_FATAL(rename(wg_copy_sample("packets"), dir), 0);
	CU_ASSERT_EQUAL_FATAL(rename(wg_copy_sample("tick"), hidden), 0);
	for (i = 0; i < 60; i += WG_STRIDE) {
		bool is_alone = next_random(&seed) % 2;
		size_t all = whole.events + (is_alone ? 0 : beside.events), cut = 0, file;

		for (file = 0; file < 2; file++) {
			const char *name = file ? "wakegap_1" : "wakegap_0";
			size_t bytes = wg_restore(dir, "packets", name);
			size_t keep = next_random(&seed) % (bytes + 1);

			wg_cut(dir, name, keep);
			cut += bytes - keep;
		}
		CU_ASSERT(is_alone || rename(hidden, shown) == 0);
		wg_read_all(above, &r);
		CU_ASSERT(is_alone || rename(shown, hidden) == 0);
		CU_ASSERT_EQUAL(r.rc, 0);
		CU_ASSERT(r.events <= all && r.events >= all - whole.events);
		CU_ASSERT(r.events + cut / EVENT_BYTES_MIN >= all);
		CU_ASSERT(cut == 0 || (r.holes > 0 && r.text[0]));
	}
}

void suite_damage(void)
{
	WG_TEST(numbers_that_cannot_be_true);
	WG_TEST(an_id_that_no_stream_has);
	WG_TEST(packets_without_an_end);
	WG_TEST(headers_of_an_older_tracer);
	WG_TEST(a_clock_needs_a_frequency);
	WG_TEST(a_packet_ends_after_it_begins);
	WG_TEST(holes_are_stepped_over);
	WG_TEST(streams_cut_anywhere);
	WG_TEST(the_library_may_fail_where_it_opens);
	WG_TEST(the_library_may_fail_where_it_reads);
	WG_TEST(a_refused_stream_leaves_the_others);
	WG_TEST(too_few_descriptors_are_said);
	WG_TEST(many_traces_raise_the_limit);
	WG_TEST(many_streams_raise_the_limit);
}
