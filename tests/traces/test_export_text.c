/*
 * test_export_text.c: csv and jsonl as strict parsers read them.
 */
#include <inttypes.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/traces/export_run.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "traces/base/text_out.h"

#define NAME_BYTES 15 /* of "wakegap-workloa", as the kernel cuts it */

/* Reads csv from argv[1] strictly; prints rows, the widths met, and the process names as JSON. */
static const char python_reader[] =
	"import csv, json, sys\n"
	"f = open(sys.argv[1], newline='', encoding='utf-8')\n"
	"rows = list(csv.reader(f, strict=True))\n"
	"head = rows.pop(0)\n"
	"print(len(rows), sorted({len(r) for r in rows}) == [len(head)])\n"
	"print(json.dumps(sorted({r[head.index('process')] for r in rows})))\n"
	"for r in rows:\n"
	"    for name, cell in zip(head, r):\n"
	"        if name.endswith('_ns') and cell: int(cell)\n";

/* A copy of the sample whose processes are called `name`. */
static const char *renamed_sample(const char *name)
{
	static const char *const streams[] = { "wakegap_0", "wakegap_1" };
	const char *dir = wg_copy_sample("eventfd");
	char padded[NAME_BYTES + 1] = "";
	size_t s, at;

	(void)snprintf(padded, sizeof(padded), "%s", name);
	for (s = 0; s < 2; s++) {
		size_t count = wg_file_bytes(dir, streams[s]);
		char path[1024], *bytes = malloc(count);
		FILE *f;

		(void)snprintf(path, sizeof(path), "%s/%s", dir, streams[s]);
		f = fopen(path, "re");
		CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
		CU_ASSERT_PTR_NOT_NULL_FATAL(f);
		CU_ASSERT_EQUAL_FATAL(fread(bytes, 1, count, f), count);
		(void)fclose(f);
		for (at = 0; at + NAME_BYTES <= count; at++) {
			if (memcmp(bytes + at, "wakegap-workloa", NAME_BYTES) == 0)
				wg_overwrite(dir, streams[s], at, padded, NAME_BYTES);
		}
		free(bytes);
	}
	return dir;
}

static const struct {
	const char *name;    /* 15 bytes */
	const char *in_json; /* as JSON text, what a reader gets */
} hostile[] = {
	{ "a,b,\"c\",\"\"d,,,,", "[\"a,b,\\\"c\\\",\\\"\\\"d,,,,\"]" },
	{ "line\nline\r\nlin\n", "[\"line\\nline\\r\\nlin\\n\"]" },
	{ "\xff\xfe ok \xc3\xa4 \xed\xa0\x80 \xc0",
		"[\"\\\\xff\\\\xfe ok \\u00e4 \\\\xed\\\\xa0\\\\x80 \\\\xc0\"]" },
	{ " {\"a\":1}\\u0000\t", "[\" {\\\"a\\\":1}\\\\u0000\\t\"]" },
};

static void csv_survives_a_strict_parser(void)
{
	char *out = NULL, file[256], rows[32];
	size_t i;

	for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		const char *dir = renamed_sample(hostile[i].name);
		const char *const argv[] = { "python3", "-c", python_reader, file, NULL };
		struct wg_reading reading;
		int rc;

		wg_read_all(dir, &reading);
		(void)snprintf(file, sizeof(file), "%s.csv", dir);
		CU_ASSERT_EQUAL(wg_export(NULL, NULL, dir, "--format", "csv", "-o", file, NULL), 0);
		rc = wg_run(&out, NULL, argv);
		(void)unlink(file);
		if (rc == 127) {
			free(out);
			wg_skip("python3");
			return;
		}
		CU_ASSERT_EQUAL(rc, 0);
		(void)snprintf(rows, sizeof(rows), "%zu True\n", reading.events);
		CU_ASSERT_EQUAL(strncmp(out, rows, strlen(rows)), 0);
		CU_ASSERT(wg_has(out, hostile[i].in_json));
		free(out);
	}
}

/* Parse every line; the number of them, and in *ret the last with that event. */
static size_t parse_lines(char *text, const char *event, json_t **ret)
{
	char *line, *save = NULL;
	size_t count = 0;

	*ret = NULL;
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		json_t *object = json_loads(line, JSON_REJECT_DUPLICATES, NULL);
		const char *is;

		CU_ASSERT_PTR_NOT_NULL_FATAL(object);
		is = json_string_value(json_object_get(object, "event"));
		count++;
		if (event && is && strcmp(is, event) == 0) {
			json_decref(*ret);
			*ret = json_incref(object);
		}
		json_decref(object);
	}
	return count;
}

static void jsonl_survives_a_parser(void)
{
	char *out = NULL;
	json_t *submit, *names;
	size_t i;

	for (i = 0; i < sizeof(hostile) / sizeof(hostile[0]); i++) {
		const char *dir = renamed_sample(hostile[i].name);
		struct wg_reading reading;

		wg_read_all(dir, &reading);
		CU_ASSERT_EQUAL(wg_export(&out, NULL, dir, "--format", "jsonl", NULL), 0);
		CU_ASSERT_EQUAL(parse_lines(out, "submit", &submit), reading.events);
		names = json_loads(hostile[i].in_json, 0, NULL);
		CU_ASSERT(json_equal(json_object_get(submit, "process"), json_array_get(names, 0)));
		json_decref(names);
		json_decref(submit);
		free(out);
	}
}

#define HUGE_ID "18446744073709551605"

/* A copy of the sample in which the operation 11 is called HUGE_ID; how many of its events. */
static const char *sample_with_huge_id(size_t *ret_events)
{
	static const unsigned char is[12] = { 1, 0, 0, 0, 11 }; /* loop, op, as they stand in it */
	static const unsigned char becomes[8] = { 0xf5, 255, 255, 255, 255, 255, 255, 255 };
	const char *dir = wg_copy_sample("eventfd");
	size_t count = wg_file_bytes(dir, "wakegap_0"), at;
	char path[1024], *bytes = malloc(count);
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/wakegap_0", dir);
	f = fopen(path, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT_PTR_NOT_NULL_FATAL(bytes);
	CU_ASSERT_EQUAL_FATAL(fread(bytes, 1, count, f), count);
	(void)fclose(f);
	for (*ret_events = 0, at = 0; at + sizeof(is) <= count; at++) {
		if (memcmp(bytes + at, is, sizeof(is)) != 0)
			continue;
		wg_overwrite(dir, "wakegap_0", at + 4, becomes, sizeof(becomes));
		++*ret_events;
	}
	free(bytes);
	return dir;
}

static size_t count_of(const char *text, const char *part)
{
	size_t count = 0;

	for (; (text = strstr(text, part)); text++)
		count++;
	return count;
}

static void ids_of_64_bits_survive(void)
{
	char *out = NULL;
	json_t *last;
	size_t events;
	const char *dir = sample_with_huge_id(&events);

	CU_ASSERT(events >= 4);
	CU_ASSERT_EQUAL(wg_export(&out, NULL, dir, "--format", "csv", NULL), 0);
	CU_ASSERT_EQUAL(count_of(out, ",1," HUGE_ID ","), events);
	free(out);
	/* A reader that keeps numbers as doubles would round it: so it is a text. */
	CU_ASSERT_EQUAL(wg_export(&out, NULL, dir, "--format", "jsonl", NULL), 0);
	CU_ASSERT_EQUAL(count_of(out, "\"op\":\"" HUGE_ID "\""), events);
	(void)parse_lines(out, "submit", &last);
	CU_ASSERT(json_is_integer(json_object_get(last, "op")));
	json_decref(last);
	free(out);
	CU_ASSERT_EQUAL(
		wg_export(&out, NULL, dir, "--format", "csv", "--what", "operations", NULL), 0);
	CU_ASSERT_EQUAL(count_of(out, ",1," HUGE_ID ","), 1);
	free(out);
}

/* What `write` makes of text. Static until the next call. */
static const char *written(void (*write)(struct wg_out *, const char *), const char *text)
{
	static char bytes[1 << 16];
	int fd = memfd_create("written", MFD_CLOEXEC);
	struct wg_out out;
	ssize_t n;

	CU_ASSERT_EQUAL_FATAL(wg_out_open(&out, NULL, NULL), 0);
	out.fd = fd; /* not ours to close, as standard output is not */
	write(&out, text);
	CU_ASSERT_EQUAL(wg_out_close(&out, true, NULL), 0);
	n = pread(fd, bytes, sizeof(bytes) - 1, 0);
	bytes[n > 0 ? n : 0] = '\0';
	(void)close(fd);
	return bytes;
}

static void texts_of_any_length_are_whole(void)
{
	char *text = malloc(20001);

	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	memset(text, 'a', 20000);
	text[20000] = '\0';
	CU_ASSERT_EQUAL(strlen(written(wg_out_csv, text)), 20000);
	memset(text, '"', 20000);
	CU_ASSERT_EQUAL(strlen(written(wg_out_csv, text)), 40002);
	CU_ASSERT_EQUAL(strlen(written(wg_out_json, text)), 40002);
	memset(text, '\xff', 10000);
	text[10000] = '\0';
	CU_ASSERT_EQUAL(strlen(written(wg_out_json, text)), 50002);
	CU_ASSERT_STRING_EQUAL(written(wg_out_csv, ""), "");
	CU_ASSERT_STRING_EQUAL(written(wg_out_csv, " x"), "\" x\"");
	CU_ASSERT_STRING_EQUAL(written(wg_out_json, "\x01\x7f/"), "\"\\u0001\\u007f/\"");
	free(text);
}

static void put(char *(*fn)(char *, int64_t), int64_t value, const char *expected)
{
	char text[WG_NUMBER_MAX + 3];

	*fn(text, value) = '\0';
	CU_ASSERT_STRING_EQUAL(text, expected);
}

static void numbers_are_exact(void)
{
	char text[WG_NUMBER_MAX + 3], expected[32];
	uint64_t value = 1;
	int i;

	for (i = 0; i < 20; i++, value *= 10) {
		(void)snprintf(expected, sizeof(expected), "%" PRIu64, value - 1);
		*wg_put_u64(text, value - 1) = '\0';
		CU_ASSERT_STRING_EQUAL(text, expected);
		(void)snprintf(expected, sizeof(expected), "%" PRIu64, value);
		*wg_put_u64(text, value) = '\0';
		CU_ASSERT_STRING_EQUAL(text, expected);
	}
	*wg_put_u64(text, UINT64_MAX) = '\0';
	CU_ASSERT_STRING_EQUAL(text, "18446744073709551615");
	put(wg_put_i64, INT64_MIN, "-9223372036854775808");
	put(wg_put_i64, -7, "-7");
	put(wg_put_us, 1, "0.001");
	put(wg_put_us, 1234567, "1234.567");
	put(wg_put_us, -20, "-0.020");
	put(wg_put_json_i64, 9007199254740992, "9007199254740992");
	put(wg_put_json_i64, 9007199254740993, "\"9007199254740993\"");
	put(wg_put_json_i64, -9007199254740993, "\"-9007199254740993\"");
	*wg_put_json_u64(text, UINT64_MAX) = '\0';
	CU_ASSERT_STRING_EQUAL(text, "\"18446744073709551615\"");
}

static size_t count_lines(const char *text)
{
	size_t count = 0;

	for (; *text; text++)
		count += *text == '\n';
	return count;
}

static void sheets_have_a_row_for_each(void)
{
	char *out = NULL;

	CU_ASSERT_EQUAL(wg_export(&out, NULL, wg_sample("tick"), "--format", "csv", "--what",
				"intervals", NULL),
		0);
	CU_ASSERT_EQUAL(count_lines(out), 1 + 12);
	CU_ASSERT(wg_has(out, "trace,pid,process,loop,wait,wait_ns,wake_ns,"));
	free(out);
	CU_ASSERT_EQUAL(wg_export(&out, NULL, wg_sample("tick"), wg_sample("eventfd"), "--format",
				"csv", "--what", "operations", NULL),
		0);
	CU_ASSERT_EQUAL(count_lines(out), 1 + 12 + 12);
	CU_ASSERT(wg_has(out, "\neventfd,12842,wakegap-workloa,1,1,stat,0,0,3,12848,1,5378,"));
	free(out);
	/* loop, submit and wait come in the first 18 us of this trace. */
	CU_ASSERT_EQUAL(wg_export(&out, NULL, wg_sample("tick"), "--format", "csv", "--range",
				"..20us", NULL),
		0);
	CU_ASSERT_EQUAL(count_lines(out), 1 + 3);
	free(out);
}

/* A program of few events: each of its wakes would look empty. */
static void what_is_not_observable_has_no_value(void)
{
	const char *dir = wg_copy_sample("tick");
	char *out = NULL, *row, *save = NULL;
	size_t rows = 0;

	wg_edit_metadata(dir, "wakegap:poll", "another:poll");
	wg_edit_metadata(dir, "wakegap:deliver", "another:deliver");
	wg_edit_metadata(dir, "wakegap:done", "another:done");
	CU_ASSERT_EQUAL(
		wg_export(&out, NULL, dir, "--format", "csv", "--what", "intervals", NULL), 0);
	for (row = strtok_r(out, "\n", &save); row; row = strtok_r(NULL, "\n", &save), rows++)
		CU_ASSERT(rows == 0 || wg_has(row, ",timeout,,,,,,0"));
	CU_ASSERT_EQUAL(rows, 1 + 12);
	free(out);
}

static void what_is_missing_is_said_of_pictures(void)
{
	static const char *const formats[] = { "svg", "html" };
	size_t i;

	for (i = 0; i < 2; i++) {
		char *err = NULL;

		CU_ASSERT_EQUAL(
			wg_export(NULL, &err, wg_sample("lossy"), "--format", formats[i], NULL), 0);
		CU_ASSERT_STRING_EQUAL(err, "wakegap: lossy: at least 82 events are missing\n");
		free(err);
	}
}

static void what_is_missing_is_in_jsonl(void)
{
	const char *dir = wg_copy_sample("packets");
	char *out = NULL, *err = NULL;
	json_t *lost, *note;

	CU_ASSERT_EQUAL(wg_export(&out, &err, wg_sample("lossy"), "--format", "jsonl", NULL), 0);
	CU_ASSERT_STRING_EQUAL(err, "wakegap: lossy: 82 events are missing\n");
	(void)parse_lines(out, "lost", &lost);
	CU_ASSERT_EQUAL(json_integer_value(json_object_get(lost, "lost")), 82);
	json_decref(lost);
	free(out);
	free(err);
	wg_cut(dir, "wakegap_0", 1000);
	CU_ASSERT_EQUAL(
		wg_export(&out, &err, dir, "--format", "jsonl", "--what", "operations", NULL), 0);
	CU_ASSERT(wg_has(err, "stream wakegap_0 was cut at byte 0"));
	CU_ASSERT(wg_has(out, "\"event\":\"note\",\"note\":\"stream wakegap_0 was cut at byte 0"));
	(void)parse_lines(out, "note", &note);
	CU_ASSERT(json_is_string(json_object_get(note, "note")));
	json_decref(note);
	free(out);
	free(err);
}

void suite_export_text(void)
{
	WG_TEST(csv_survives_a_strict_parser);
	WG_TEST(jsonl_survives_a_parser);
	WG_TEST(ids_of_64_bits_survive);
	WG_TEST(texts_of_any_length_are_whole);
	WG_TEST(numbers_are_exact);
	WG_TEST(sheets_have_a_row_for_each);
	WG_TEST(what_is_not_observable_has_no_value);
	WG_TEST(what_is_missing_is_in_jsonl);
	WG_TEST(what_is_missing_is_said_of_pictures);
}
