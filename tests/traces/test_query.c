/*
 * test_query.c: what rows a question gets does not depend on how they were looked for; percentiles;
 * and what is said of mistakes.
 */
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/traces/query_run.h"

#define WITHOUT "built without SQLite"

/* The same rows, with and without what a table can use of the condition: +x hides it. */
static void same_rows(struct wg_query *q, const char *with, const char *without)
{
	char *a = query_ask(q, with), *b = query_ask(q, without);

	CU_ASSERT_STRING_EQUAL(a, b);
	CU_ASSERT(*a && !wg_has(a, "error"));
	if (strcmp(a, b) != 0)
		(void)fprintf(stderr, "# %s\n# %s\n", with, without);
	free(a);
	free(b);
}

static void conditions_change_no_answer(void)
{
	static const char *const conditions[][2] = {
		{ "t_ns >= 20000000 AND t_ns < 60000000",
			"+t_ns >= 20000000 AND +t_ns < 60000000" },
		{ "t_ns BETWEEN 10102839 AND 10144507", "+t_ns BETWEEN 10102839 AND 10144507" },
		{ "t_ns > 1e7 AND t_ns <= 3.5e7", "+t_ns > 1e7 AND +t_ns <= 3.5e7" },
		{ "t_ns < 9e999 AND t_ns > -9e999", "+t_ns < 9e999" },
		{ "t_ns = 10102839", "+t_ns = 10102839" },
		{ "event = 'submit' AND kind = 'read'", "+event = 'submit' AND +kind = 'read'" },
		{ "op = '3'", "+op = 3" },
		{ "op = 3.0", "+op = 3" },
		{ "cpu >= 1", "+cpu >= 1" },
		{ "kind = 'READ' COLLATE NOCASE", "+kind = 'READ' COLLATE NOCASE" },
		{ "event = 'wait' ORDER BY t_ns DESC", "+event = 'wait' ORDER BY +t_ns DESC" },
		{ "event = 'done' ORDER BY t_ns", "+event = 'done' ORDER BY +t_ns" },
		{ "event IN ('done', 'wake') ORDER BY t_ns",
			"+event IN ('done', 'wake') ORDER BY +t_ns" },
	};
	struct wg_query *q = query_open(wg_sample("tick"));
	char with[300], without[300];
	size_t i, k;

	for (i = 0; i < sizeof(conditions) / sizeof(conditions[0]); i++) {
		/* The second time rows are looked up. */
		for (k = 0; k < 3; k++) {
			(void)snprintf(with, sizeof(with), "SELECT * FROM events WHERE %s",
				conditions[i][0]);
			(void)snprintf(without, sizeof(without), "SELECT * FROM events WHERE %s",
				conditions[i][1]);
			same_rows(q, with, without);
		}
	}
	same_rows(q,
		"SELECT o.op, e.event, e.t_ns FROM ops o JOIN events e ON e.op = o.op ORDER BY 1, "
		"3",
		"SELECT o.op, e.event, e.t_ns FROM ops o JOIN events e ON +e.op = +o.op ORDER BY "
		"1, 3");
	same_rows(q, "SELECT g.gap_ns, w.asleep_ns FROM gaps g JOIN waits w ON w.id = g.wait_id",
		"SELECT g.gap_ns, w.asleep_ns FROM gaps g JOIN waits w ON +w.id = +g.wait_id");
	wg_query_close(q);
}

static void traces_stand_side_by_side(void)
{
	const char *const paths[] = { wg_sample("tick"), wg_sample("eventfd") };
	struct wg_query *q;
	struct wg_error err;
	char *text;

	CU_ASSERT_EQUAL_FATAL(wg_query_open(paths, 2, &q, &err), 0);
	text = query_ask(q,
		"SELECT trace, count(*) FROM gaps GROUP BY trace ORDER BY trace;"
		"SELECT count(DISTINCT lane) = count(*) FROM lanes;"
		"SELECT count(DISTINCT id) = count(*) FROM waits;"
		/* Times are relative to each trace: their order is made, not taken over. */
		"SELECT min(t_ns >= before) FROM (SELECT t_ns, lag(t_ns, 1, 0) OVER () AS before "
		"FROM (SELECT t_ns FROM events ORDER BY t_ns))");
	CU_ASSERT_STRING_EQUAL(text, "eventfd|10\ntick|12\n1\n1\n1\n");
	free(text);
	wg_query_close(q);
}

static void percentiles_are_nearest_rank(void)
{
	static const char values[] =
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10)";
	static const char *const asked[][2] = {
		{ "p50(i), p90(i), p99(i)", "5|9|10\n" },
		{ "percentile(i, 0), percentile(i, 10), percentile(i, 10.1)", "1|1|2\n" },
		{ "percentile(i, 100), p90(-i), p50(nullif(i, 5))", "10|-2|6\n" },
		{ "p90(i / 2.0), p50(CASE WHEN i < 4 THEN i ELSE -i * 0.5 END)", "4.5|-3\n" },
		{ "p50(NULL)", "\n" },
		{ "p50('a')", "error: SQL: percentiles are of numbers\n" },
		{ "percentile(i, 101)",
			"error: SQL: percentile(x, p): p is a number from 0 to 100\n" },
		{ "percentile(i, i)",
			"error: SQL: percentile(x, p): p is the same for all rows\n" },
		{ "p50(i + 9223372036854775797)", "9223372036854775802\n" },
	};
	char sql[400], *text;
	size_t i;

	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		(void)snprintf(sql, sizeof(sql), "%s SELECT %s FROM n", values, asked[i][0]);
		text = query_once(wg_sample("tick"), sql);
		CU_ASSERT_STRING_EQUAL(text, asked[i][1]);
		if (strcmp(text, asked[i][1]) != 0)
			(void)fprintf(stderr, "# %s: %s", asked[i][0], text);
		free(text);
	}
}

/* --- what is said of mistakes --- */

static void mistakes_say_what_there_is(void)
{
	static const char *const asked[][2] = {
		{ "SELECT * FROM gapz", "no table 'gapz'; did you mean 'gaps'?" },
		{ "SELECT * FROM xyzzy", "no table 'xyzzy'; there are events, ops, waits, gaps, " },
		{ "SELECT gap FROM gaps", "no column 'gap'; there are trace, lane, " },
		{ "SELECT g.gap_n FROM gaps g", "no column 'g.gap_n'; did you mean 'gap_ns'?" },
		{ "SELECT 1 FROM gaps WHERE kind = \"read\"", "a text stands in single quotes" },
		{ "SELECT p95(gap_ns) FROM gaps", "no function 'p95'; did you mean 'p9" },
		{ "SELEC 1",
			"SQL: near \"SELEC\": syntax error (`wakegap query TRACE .schema` names" },
		{ ".schema gap", "no table 'gap'; did you mean 'gaps'?" },
		{ ".quit", "no '.quit' here: .tables and .schema" },
		{ ".schema gaps; SELECT 1", ".schema stands on a line of its own" },
		{ ".tables; SELECT 1", ".tables stands on a line of its own" },
	};
	char *text;
	size_t i;

	for (i = 0; i < sizeof(asked) / sizeof(asked[0]); i++) {
		text = query_once(wg_sample("tick"), asked[i][0]);
		CU_ASSERT(wg_has(text, asked[i][1]));
		if (!wg_has(text, asked[i][1]))
			(void)fprintf(stderr, "# %s: %s", asked[i][0], text);
		free(text);
	}
	text = query_once("/nonexistent", "SELECT * FROM gaps");
	CU_ASSERT(wg_has(text, "error: ") && wg_has(text, "/nonexistent"));
	free(text);
	text = query_once(wg_sample("foreign"), "SELECT * FROM gaps");
	CU_ASSERT(wg_has(text, "has no wakegap events"));
	free(text);
}

/* Every column has a meaning, and is in its table under that name. */
static void schemas_can_be_run(void)
{
	struct wg_query *q = query_open(wg_sample("tick"));
	char *tables = query_ask(q, ".tables"), *schema = query_ask(q, ".schema"), *text;
	char *rest = tables, *line, sql[100];
	size_t count = 0;

	while ((line = strsep(&rest, "\n")) && *line) {
		line[strcspn(line, "|")] = '\0';
		(void)snprintf(sql, sizeof(sql), "CREATE TABLE %s(", line);
		CU_ASSERT(wg_has(schema, sql));
		(void)snprintf(sql, sizeof(sql), "SELECT * FROM %s", line);
		text = query_ask(q, sql);
		CU_ASSERT(!wg_has(text, "error"));
		free(text);
		count++;
	}
	CU_ASSERT_EQUAL(count, 9);
	free(tables);
	free(schema);
	wg_query_close(q);
}

/* `.schema TABLE` is what the help says: as one argument or as two. */
static void a_schema_may_be_two_words(void)
{
	const char *program = wg_build_path("wakegap"), *sample = wg_sample("tick");
	char *one = NULL, *two = NULL, *err = NULL;

	CU_ASSERT_EQUAL(
		wg_run(&one, NULL,
			(const char *const[]){ program, "query", sample, ".schema gaps", NULL }),
		0);
	CU_ASSERT_EQUAL(
		wg_run(&two, &err,
			(const char *const[]){ program, "query", sample, ".schema", "gaps", NULL }),
		0);
	CU_ASSERT(wg_has(one, "CREATE TABLE gaps("));
	CU_ASSERT_STRING_EQUAL(one, two);
	CU_ASSERT_STRING_EQUAL(err, "");
	free(two);
	free(err);
	CU_ASSERT_EQUAL(
		wg_run(NULL, &err,
			(const char *const[]){ program, "query", sample, ".schema", "gap", NULL }),
		1);
	CU_ASSERT(wg_has(err, "no table 'gap'; did you mean 'gaps'?"));
	free(one);
	free(err);
}

/* A shell's <(...) is a pipe. */
static void sql_comes_from_any_file(void)
{
	char *out = NULL, *err = NULL, script[800];

	(void)snprintf(script, sizeof(script), "echo 'SELECT 7;' | %s query %s --file /dev/fd/0",
		wg_build_path("wakegap"), wg_sample("tick"));
	CU_ASSERT_EQUAL(wg_run(&out, &err, (const char *const[]){ "sh", "-c", script, NULL }), 0);
	CU_ASSERT(wg_has(out, "7\n7\n"));
	CU_ASSERT_STRING_EQUAL(err, "");
	free(out);
	free(err);
	CU_ASSERT_EQUAL(wg_run(NULL, &err,
				(const char *const[]){ wg_build_path("wakegap"), "query",
					wg_sample("tick"), "-f", wg_tmpdir(), NULL }),
		1);
	CU_ASSERT(wg_has(err, ": Is a directory"));
	free(err);
}

void suite_query(void)
{
	bool have = wg_query_available();

	WG_TEST_IF(have, WITHOUT, conditions_change_no_answer);
	WG_TEST_IF(have, WITHOUT, traces_stand_side_by_side);
	WG_TEST_IF(have, WITHOUT, percentiles_are_nearest_rank);
	WG_TEST_IF(have, WITHOUT, mistakes_say_what_there_is);
	WG_TEST_IF(have, WITHOUT, schemas_can_be_run);
	WG_TEST_IF(have, WITHOUT, a_schema_may_be_two_words);
	WG_TEST_IF(have, WITHOUT, sql_comes_from_any_file);
}
