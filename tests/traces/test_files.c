/*
 * test_files.c: what lies in the folder of a trace and is none of its streams.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/harness/both_readers.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/read/read.h"

static void other_files_are_left_alone(void)
{
	static const char *const names[] = { "notes.txt", "wakegap_7" };
	struct wg_reading whole, r;
	size_t i;

	wg_read_all(wg_sample("tick"), &whole);
	for (i = 0; i < 2; i++) {
		const char *dir = wg_copy_sample("tick");
		char path[1024];
		FILE *f;

		(void)snprintf(path, sizeof(path), "%s/%s", dir, names[i]);
		f = fopen(path, "we");
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		(void)fputs("what I saw\n", f);
		(void)fclose(f);
		wg_read_all(dir, &r);
		CU_ASSERT_EQUAL(r.rc, 0);
		CU_ASSERT_EQUAL(r.events, whole.events);
		CU_ASSERT_EQUAL(r.holes, 0);
		/* A note makes a check inconclusive: only what may have been a stream deserves it.
		 */
		CU_ASSERT(i == 0 ? !r.text[0]
				 : wg_has(r.text, "file wakegap_7 is not a stream of this trace"));
	}
}

/* A pipe, a socket, a link that leads nowhere: nobody's stream has such a name. */
static void other_things_are_left_alone(void)
{
	static const char *const how[] = { "mkfifo pipe", "ln -s /nowhere link",
		"ln -s /dev/zero zeros", "ln -s . self", "mkdir notes; echo a >notes/b",
		"echo a >README.txt; cp metadata metadata~; head -c 99 /dev/zero >core.1" };
	struct wg_reading whole, r;
	size_t i;

	wg_read_all(wg_sample("tick"), &whole);
	for (i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		const char *dir = wg_copy_sample("tick");

		CU_ASSERT_EQUAL_FATAL(wg_sh_in(dir, how[i]), 0);
		wg_read_all(dir, &r);
		CU_ASSERT_EQUAL(r.rc, 0);
		CU_ASSERT_EQUAL(r.events, whole.events);
		CU_ASSERT_EQUAL(r.holes, 0);
		CU_ASSERT_STRING_EQUAL(r.text, "");
	}
}

/* Its packets are those of the stream itself, and must not be counted again. */
static void the_copy_of_a_stream_is_left_out(void)
{
	static const char *const how[] = { "cp wakegap_1 wakegap_1.bak",
		"cp wakegap_1 'Copy of wakegap_1'", "cp wakegap_1 wakegap_9",
		"cp wakegap_1 0; truncate -s 9000 0" };
	struct wg_reading whole, r;
	size_t i;

	wg_read_all(wg_sample("packets"), &whole);
	for (i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		const char *dir = wg_copy_sample("packets");

		CU_ASSERT_EQUAL_FATAL(wg_sh_in(dir, how[i]), 0);
		wg_read_all(dir, &r);
		CU_ASSERT_EQUAL(r.rc, 0);
		CU_ASSERT_EQUAL(r.events, whole.events);
		CU_ASSERT_EQUAL(r.holes, 0);
		CU_ASSERT(wg_has(r.text, "is a copy of the stream wakegap_1 and was left out"));
	}
}

/* Where headers are not LTTng's, a file is known by its first bytes. */
static void the_files_of_other_tracers(void)
{
	static const char *const how[] = { "true", "echo a >README", "mkdir notes",
		"head -c 99 /dev/zero >core", "cp wakegap_1 wakegap_1.bak", "ln -s /nowhere 1" };
	static const char *const said[] = { "", "", "", "file core is not a stream of this trace",
		"is a copy of the stream wakegap_1", "stream 1 was left out" };
	struct wg_reading whole, r;
	size_t i;

	wg_read_all(wg_sample("packets"), &whole);
	for (i = 0; i < sizeof(how) / sizeof(how[0]); i++) {
		const char *dir = wg_copy_sample("packets");

		wg_edit_metadata(dir, "struct packet_context {", "struct packet_of_theirs {");
		wg_edit_metadata(dir, "struct packet_context;", "struct packet_of_theirs;");
		CU_ASSERT_EQUAL_FATAL(wg_sh_in(dir, how[i]), 0);
		wg_read_all(dir, &r);
		CU_ASSERT_EQUAL(r.rc, 0);
		CU_ASSERT_EQUAL(r.events, whole.events);
		CU_ASSERT(*said[i] ? wg_has(r.text, said[i]) : !r.text[0]);
	}
}

/* A copy that was made while it was recorded ends at any moment: nothing is concluded from that. */
static void a_copy_of_what_is_being_recorded(void)
{
	static const char *const to[] = { ".", "ust/uid/0/64-bit" };
	struct wg_reading whole, r;
	size_t i;

	wg_read_all(wg_sample("tick"), &whole);
	for (i = 0; i < 2; i++) {
		const char *dir = wg_copy_sample("tick");
		char script[200], *out = NULL;

		(void)snprintf(script, sizeof(script),
			"mkdir -p %s; [ %s = . ] || mv metadata wakegap_* %s; "
			"echo x >RECORDING",
			to[i], to[i], to[i]);
		CU_ASSERT_EQUAL_FATAL(wg_sh_in(dir, script), 0);
		wg_read_all(dir, &r);
		CU_ASSERT_EQUAL(r.rc, 0);
		CU_ASSERT_EQUAL(r.events, whole.events);
		CU_ASSERT_EQUAL(r.holes, 1);
		CU_ASSERT(wg_has(r.text, "while it was being recorded"));
		CU_ASSERT_EQUAL(wg_run(&out, NULL,
					(const char *const[]){ wg_build_path("wakegap"), "check",
						"--max-stuck", "0", dir, NULL }),
			77);
		CU_ASSERT(!wg_has(out, "is ready and the loop asleep"));
		free(out);
	}
}

/* A command on that copy: its status, and whether it says what is missing. */
static void check_command(const char *dir, const char *command, int wanted)
{
	char line[1200], *out = NULL, *err = NULL;
	int status;

	(void)snprintf(line, sizeof(line), "'%s' %s", wg_build_path("wakegap"), command);
	status = wg_run(&out, &err, (const char *const[]){ "sh", "-c", line, "sh", dir, NULL });
	CU_ASSERT_EQUAL(status, wanted);
	CU_ASSERT(wg_has(out, "stream wakegap_0") || wg_has(err, "stream wakegap_0"));
	CU_ASSERT(!wg_has(out, "is ready and the loop asleep"));
	free(out);
	free(err);
}

/*
 * Of a session that records, each stream is on the disk up to another moment: here the loop's ends
 * behind a `wait`, and the worker's goes on. Nothing is concluded from that, and it is said.
 */
static void a_copy_of_a_session_that_records(void)
{
	static const uint8_t content[] = { (4087 - 82) * 8 % 256, (4087 - 82) * 8 / 256 };
	static const struct {
		size_t bytes[2]; /* of the streams */
		const char *said;
	} cut[] = {
		{ { 4096, 12288 }, "stream wakegap_0 ends 3.34 ms before the last event" },
		{ { 0, 12288 }, "stream wakegap_0 is empty" },
		{ { 20480, 4096 }, "stream wakegap_1 ends 2.41 ms before the last event" },
		{ { 20480, 12288 }, "" },
	};
	size_t i, way;

	for (i = 0; i < sizeof(cut) / sizeof(cut[0]); i++) {
		const char *dir = wg_copy_sample("packets");
		struct wg_reading r;
		char why[400];

		CU_ASSERT_EQUAL_FATAL(wg_sh_in(dir, "rm -r index"), 0);
		wg_cut(dir, "wakegap_0", cut[i].bytes[0]);
		wg_cut(dir, "wakegap_1", cut[i].bytes[1]);
		if (i == 0)
			wg_overwrite(dir, "wakegap_0", 48, content, sizeof(content));
		for (way = WG_READER_ANY; way <= WG_READER_BABELTRACE; way++) {
			wg_reader_choose((enum wg_reader_way)way);
			wg_read_all(dir, &r);
			CU_ASSERT_EQUAL(r.rc, 0);
			CU_ASSERT_EQUAL(r.holes, *cut[i].said ? 1 : 0);
			CU_ASSERT(*cut[i].said ? wg_has(r.text, cut[i].said) : !*r.text);
		}
		wg_reader_choose(WG_READER_ANY);
		CU_ASSERT(wg_both_readers(dir, why, sizeof(why)));
		CU_ASSERT_STRING_EQUAL(why, "");
		if (i > 1)
			continue;
		check_command(dir, "stats \"$1\"", 0);
		check_command(dir, "check --max-stuck 0 \"$1\"", 77);
		check_command(dir, "view --frame 160x20 \"$1\"", 0);
		check_command(dir, "view --text \"$1\"", 0);
		check_command(dir, "export --format csv \"$1\"", 0);
		check_command(dir, "export --format jsonl \"$1\"", 0);
		check_command(dir, "query \"$1\" 'SELECT count(*) FROM events'", 0);
	}
}

void suite_files(void)
{
	WG_TEST(a_copy_of_a_session_that_records);
	WG_TEST(a_copy_of_what_is_being_recorded);
	WG_TEST(other_files_are_left_alone);
	WG_TEST(other_things_are_left_alone);
	WG_TEST(the_copy_of_a_stream_is_left_out);
	WG_TEST(the_files_of_other_tracers);
}
