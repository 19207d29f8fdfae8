/*
 * test_export_sqlite.c: `wakegap export --format sqlite`: the tables of `wakegap query` as a file,
 * which appears when it is whole; and the page of ten questions.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "tests/traces/export_run.h"
#include "tests/traces/query_run.h"

#define WITHOUT "built without SQLite"

static bool lacks_shell(void)
{
	const char *const argv[] = { "sh", "-c", "command -v sqlite3 >/dev/null", NULL };

	if (wg_run(NULL, NULL, argv) == 0)
		return false;
	wg_skip("the command sqlite3 is not installed");
	return true;
}

/* As query_ask() has it. */
static char *shell_says(const char *file, const char *sql)
{
	char *out = NULL;
	const char *const argv[] = { "sqlite3", "-list", file, sql, NULL };

	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
	return out;
}

/* Whoever opens it sees what a query sees, in the same order. */
static void the_file_has_what_a_query_has(void)
{
	static const char *const questions[] = { "SELECT * FROM events", "SELECT * FROM ops",
		"SELECT * FROM waits", "SELECT * FROM gaps", "SELECT * FROM wakes",
		"SELECT tid, waits, spin, period_ns, wakes_per_s > 50 FROM threads",
		"SELECT * FROM sites", "SELECT * FROM lanes", "SELECT * FROM traces" };
	const char *const paths[] = { wg_sample("lossy"), wg_sample("server") };
	struct wg_error error;
	struct wg_query *q;
	char file[512], *a, *b, *err = NULL;
	size_t i;

	if (lacks_shell())
		return;
	CU_ASSERT_EQUAL_FATAL(wg_query_open(paths, 2, &q, &error), 0);
	(void)snprintf(file, sizeof(file), "%s/t.db", wg_tmpdir());
	CU_ASSERT_EQUAL(wg_export(NULL, &err, paths[0], paths[1], "-o", file, NULL), 0);
	CU_ASSERT(wg_has(err, "lossy: at least 82 events are missing"));
	free(err);
	a = shell_says(file, "PRAGMA integrity_check");
	CU_ASSERT_STRING_EQUAL(a, "ok\n");
	free(a);
	for (i = 0; i < sizeof(questions) / sizeof(questions[0]); i++) {
		a = shell_says(file, questions[i]);
		b = query_ask(q, questions[i]);
		CU_ASSERT_STRING_EQUAL(a, b);
		CU_ASSERT(*b || strstr(questions[i], "sites"));
		free(a);
		free(b);
	}
	/* What a column is, is in the file too. */
	a = shell_says(file, "SELECT sql FROM sqlite_schema WHERE name = 'gaps'");
	CU_ASSERT(wg_has(a, "-- for so long"));
	free(a);
	wg_query_close(q);
}

static void a_range_takes_what_is_in_it_in_part(void)
{
	char file[512], *text;

	if (lacks_shell())
		return;
	(void)snprintf(file, sizeof(file), "%s/t.db", wg_tmpdir());
	CU_ASSERT_EQUAL(
		wg_export(NULL, NULL, wg_sample("tick"), "-o", file, "--range", "15ms..30ms", NULL),
		0);
	text = shell_says(file,
		"SELECT min(t_ns) >= 15000000 AND max(t_ns) < 30000000, count(*) > 0 FROM events;"
		"SELECT count(*) FROM waits; SELECT count(*) FROM ops; SELECT count(*) FROM "
		"traces");
	CU_ASSERT_STRING_EQUAL(text, "1|1\n2\n2\n1\n");
	free(text);
}

static void it_needs_a_file_of_its_own(void)
{
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(wg_export(&out, &err, wg_sample("tick"), "--format", "sqlite", NULL), 1);
	CU_ASSERT_STRING_EQUAL(
		err, "wakegap: an SQLite database needs a file of its own: -o FILE.db\n");
	CU_ASSERT_STRING_EQUAL(out, "");
	free(out);
	free(err);
}

/* The old file stays, and nothing else is left. */
static void a_failure_leaves_the_old_file(void)
{
	const char *dir = wg_tmpdir();
	char file[512], small[512], command[1200], *err = NULL, *text;

	(void)snprintf(file, sizeof(file), "%s/t.db", dir);
	(void)snprintf(command, sizeof(command), "echo old >%s", file);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, (const char *const[]){ "sh", "-c", command, NULL }), 0);
	CU_ASSERT_EQUAL(wg_export(NULL, &err, wg_sample("foreign"), "-o", file, NULL), 1);
	CU_ASSERT(wg_has(err, "has no wakegap events"));
	free(err);
	(void)snprintf(small, sizeof(small), "%s/small", dir);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, (const char *const[]){ "mkdir", small, NULL }), 0);
	if (mount("wakegap-test", small, "tmpfs", 0, "size=16k") == 0) {
		(void)snprintf(small, sizeof(small), "%s/small/t.db", dir);
		CU_ASSERT_EQUAL(wg_export(NULL, &err, wg_sample("tick"), "-o", small, NULL), 1);
		CU_ASSERT(wg_has(err, "t.db': No space left on device\n"));
		free(err);
		*strrchr(small, '/') = '\0';
		CU_ASSERT_EQUAL(umount(small), 0);
	}
	(void)snprintf(command, sizeof(command), "cat %s; ls -A %s %s", file, dir, small);
	CU_ASSERT_EQUAL(wg_run(&text, NULL, (const char *const[]){ "sh", "-c", command, NULL }), 0);
	CU_ASSERT(strncmp(text, "old\n", 4) == 0 && !strstr(text, ".part"));
	free(text);
	/* And it can be replaced. */
	CU_ASSERT_EQUAL(wg_export(NULL, NULL, wg_sample("tick"), "-o", file, NULL), 0);
	text = wg_slurp(file);
	CU_ASSERT(text && strncmp(text, "SQLite format 3", 15) == 0);
	free(text);
}

/* --- the page --- */

/* The block from at, which begins with "$ COMMAND": its command ends with a quote. */
static void is_answered(const char *at)
{
	const char *sql = strchr(at, '"'), *sql_end = sql ? strchr(sql + 1, '"') : NULL;
	const char *end = strstr(at, "\n```");
	char command[1600], *out = NULL, *want;
	size_t skip = strlen("$ build/wakegap");

	if (!sql_end || !end || end < sql_end) {
		CU_FAIL("the page has a command without SQL");
		return;
	}
	(void)snprintf(command, sizeof(command), "%s%.*s", wg_build_path("wakegap"),
		(int)((size_t)(sql_end + 1 - at) - skip), at + skip);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, (const char *const[]){ "sh", "-c", command, NULL }), 0);
	want = strndup(sql_end + 2, (size_t)(end - sql_end - 1));
	CU_ASSERT_STRING_EQUAL(out, want);
	if (strcmp(out, want) != 0)
		(void)fprintf(stderr, "# the page says otherwise than %s:\n%s", command, out);
	free(want);
	free(out);
}

static void the_page_of_questions_is_right(void)
{
	char *text = wg_slurp("traces/query/README.md"), *at = text;
	int count = 0;

	CU_ASSERT_FATAL(text != NULL);
	for (; (at = strstr(at, "```\n$ build/wakegap query ")); count++, at += 4)
		is_answered(at + 4);
	CU_ASSERT_EQUAL(count, 10);
	free(text);
}

void suite_export_sqlite(void)
{
	bool have = wg_query_available();

	WG_TEST_IF(have, WITHOUT, the_file_has_what_a_query_has);
	WG_TEST_IF(have, WITHOUT, a_range_takes_what_is_in_it_in_part);
	WG_TEST_IF(have, WITHOUT, it_needs_a_file_of_its_own);
	WG_TEST_IF(have, WITHOUT, a_failure_leaves_the_old_file);
	WG_TEST_IF(have, WITHOUT, the_page_of_questions_is_right);
}
