/*
 * test_others.c: the file that says whose events of a trace are left out, beside made-up traces.
 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/both_readers.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "tests/traces/cache_run.h"
#include "traces/base/others.h"
#include "traces/read/read.h"
#include "traces/write/ctf.h"

#define EVENTS 100 /* of each of the processes 7 and 8: at 10, 20, ... and at 15, 25, ... */

static void put(const char *dir, const void *text, size_t len)
{
	int fd = open(cache_path(dir, WG__OTHERS), O_WRONLY | O_CREAT | O_TRUNC, 0666);

	CU_ASSERT(fd >= 0 && write(fd, text, len) == (ssize_t)len);
	(void)close(fd);
}

static void put_lines(const char *dir, const char *lines)
{
	char text[4096];
	int len = snprintf(text, sizeof(text), "%s%s", WG__OTHERS_FIRST, lines);

	put(dir, text, (size_t)len);
}

static const char *two_processes(void)
{
	const struct wg_ctf_about about = { .tracer = "wakegap-test" };
	const char *dir = wg_tmpdir();
	struct wg_event ev = { .type = WG_EV_SUBMIT, .loop = 1 };
	struct wg_ctf *ctf = NULL;
	int i;

	CU_ASSERT_EQUAL_FATAL(wg_ctf_create(dir, &about, &ctf, NULL), 0);
	for (i = 2; i < 2 * EVENTS + 2; i++) {
		ev.pid = ev.tid = i % 2 ? 8 : 7;
		ev.procname = i % 2 ? "eight" : "seven";
		ev.ts_ns = 5 * i;
		ev.op = (uint64_t)i / 2;
		CU_ASSERT_EQUAL_FATAL(wg_ctf_add(ctf, &ev), 0);
	}
	CU_ASSERT_EQUAL_FATAL(wg_ctf_finish(ctf, true, NULL), 0);
	return dir;
}

/* So many events are there, and both readers say so. */
static void reads(const char *dir, size_t events, const char *note)
{
	char why[5000] = "";
	struct wg_reading all;

	wg_read_all(dir, &all);
	CU_ASSERT_EQUAL(all.rc, 0);
	CU_ASSERT_EQUAL(all.events, events);
	CU_ASSERT(all.holes == 0 && all.backwards == 0);
	CU_ASSERT(note ? wg_has(all.text, note) : !*all.text);
	CU_ASSERT(wg_both_readers(dir, why, sizeof(why)));
	CU_ASSERT_STRING_EQUAL(why, "");
}

static void their_events_are_left_out(void)
{
	static const struct {
		const char *lines, *note;
		size_t left_out;
	} table[] = {
		{ "", NULL, 0 },
		{ "6 0 9223372036854775807\n9 0 9223372036854775807\n", NULL, 0 },
		{ "7 0 9223372036854775807\n",
			"100 events of 1 process that the recorded command did not start are left "
			"out",
			100 },
		{ "7 0 500\n8 505 505\n", "51 events of 2 processes that", 51 },
		{ "7 20 40\n7 51 59\n7 60 60\n", "4 events of 2 processes that", 4 },
		{ "8 0 15\n", "1 event of 1 process that the recorded command did not start is",
			1 },
		{ "7 0 5000\n8 0 5000\n", "200 events of 2 processes that", 200 },
	};
	const char *dir = two_processes();
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		put_lines(dir, table[i].lines);
		reads(dir, 2 * EVENTS - table[i].left_out, table[i].note);
	}
}

/* The note is no fault: what is shown is whole. */
static void what_is_left_out_is_no_fault(void)
{
	const char *dir = two_processes();
	struct wg_reader *reader = NULL;
	struct wg_event ev;
	size_t processes;
	int rc;

	put_lines(dir, "8 0 9223372036854775807\n");
	CU_ASSERT_FATAL(wg_reader_open(dir, &reader, NULL) == 0);
	CU_ASSERT(!wg_reader_narrow(reader, 0, 100, 200));
	while ((rc = wg_reader_next(reader, &ev, NULL)) > 0)
		CU_ASSERT_EQUAL(ev.pid, 7);
	CU_ASSERT_EQUAL(rc, 0);
	CU_ASSERT_EQUAL(wg_reader_others(reader, &processes), EVENTS);
	CU_ASSERT_EQUAL(processes, 1);
	CU_ASSERT(wg_reader_faults(reader) == 0 && wg_reader_note(reader, 0) &&
		  !wg_reader_note(reader, 1));
	wg_reader_close(reader);
}

static void a_file_of_another_form_is_said_and_not_used(void)
{
	static const struct {
		const char *lines, *at;
	} table[] = {
		{ "7 0\n", "line 2" },
		{ "7 5 4\n", "line 2" },
		{ "0 0 5000\n", "line 2" },
		{ "-7 0 5000\n", "line 2" },
		{ "7 0 5000", "line 2" },
		{ "7 0 5000 \n", "line 2" },
		{ "7  0 5000\n", "line 2" },
		{ "7 0 9223372036854775808\n", "line 2" },
		{ "2147483648 0 1\n", "line 2" },
		{ "8 0 1\n7 0 1\n", "line 3" },
		{ "7 1 1\n7 0 1\n", "line 3" },
		{ "\n", "line 2" },
	};
	const char *dir = two_processes(), *other = "it has another form";
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		put_lines(dir, table[i].lines);
		reads(dir, 2 * EVENTS, table[i].at);
	}
	put(dir, "7 0 5000\n", 9);
	reads(dir, 2 * EVENTS, "line 1");
	put_lines(dir, "");
	CU_ASSERT_EQUAL(wg_sh_in(dir, "printf '7 0 \\0005\\n' >> " WG__OTHERS), 0);
	reads(dir, 2 * EVENTS, other);
	CU_ASSERT_EQUAL(wg_sh_in(dir, "truncate -s 5M " WG__OTHERS), 0);
	reads(dir, 2 * EVENTS, "File too large");
	CU_ASSERT_EQUAL(wg_sh_in(dir, "rm " WG__OTHERS " && mkfifo " WG__OTHERS), 0);
	reads(dir, 2 * EVENTS, other);
	CU_ASSERT_EQUAL(wg_sh_in(dir, "rm " WG__OTHERS), 0);
	reads(dir, 2 * EVENTS, NULL);
}

/* As many as a recorder writes down, and no more. */
static void it_has_a_bound(void)
{
	const char *dir = two_processes();
	struct wg__others many = { 0 }, *list = NULL, *one;
	int fd = open(dir, O_RDONLY | O_DIRECTORY);
	size_t line;
	uint32_t i;

	for (i = 0; i < WG__OTHERS_MAX + 2; i++)
		CU_ASSERT_EQUAL(wg__others_add(&many, i + 1, i, i), 0);
	CU_ASSERT_EQUAL(wg__others_write(&many, fd), 0);
	CU_ASSERT_EQUAL(wg__others_read(dir, &list, &one, &line), 0);
	CU_ASSERT_FATAL(one && one == list);
	CU_ASSERT_EQUAL(one->count, WG__OTHERS_MAX);
	CU_ASSERT(wg__others_has(one, WG__OTHERS_MAX, WG__OTHERS_MAX - 1) &&
		  !wg__others_has(one, WG__OTHERS_MAX + 1, WG__OTHERS_MAX));
	/* The same file is read once. */
	CU_ASSERT(wg__others_read(dir, &list, &one, &line) == 0 && one == list && !one->next);
	wg__others_free(list);
	wg__others_fini(&many);
	reads(dir, 2 * EVENTS, NULL);
	CU_ASSERT_EQUAL(wg_sh_in(dir, "echo '2147483647 0 0' >> " WG__OTHERS), 0);
	reads(dir, 2 * EVENTS, "line 65538");
	CU_ASSERT_EQUAL(wg__others_write(&many, fd), 0); /* none: it goes */
	CU_ASSERT_EQUAL(access(cache_path(dir, WG__OTHERS), F_OK), -1);
	(void)close(fd);
}

/* It is in the folder of the recording, and the trace some levels below; a kept model knows. */
static void it_may_be_above(void)
{
	const char *dir = two_processes(), *at = "ust/uid/0/64-bit";
	char *below = cache_path(dir, at);

	CU_ASSERT_EQUAL_FATAL(wg_sh_in(dir, "mkdir -p ust/uid/0/64-bit; mv $(ls | grep -v ust) "
					    "ust/uid/0/64-bit"),
		0);
	CU_ASSERT_EQUAL(cache_keep(below, &cache_any), 0);
	put_lines(dir, "7 0 5000\n");
	cache_is_not_used(below, "has changed since");
	reads(below, EVENTS, "100 events of 1 process that");
	reads(dir, EVENTS, "100 events of 1 process that");
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), 0);
	put_lines(dir, "7 0 500\n");
	cache_is_not_used(dir, "has changed since");
}

void suite_others(void)
{
	WG_TEST(their_events_are_left_out);
	WG_TEST(what_is_left_out_is_no_fault);
	WG_TEST(a_file_of_another_form_is_said_and_not_used);
	WG_TEST(it_has_a_bound);
	WG_TEST(it_may_be_above);
}
