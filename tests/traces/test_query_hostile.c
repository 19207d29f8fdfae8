/*
 * test_query_hostile.c: SQL reaches nothing but the traces; a query without end ends when it is
 * told to; memory is bounded; and no name in a trace reaches a terminal as it is.
 */
#include <dirent.h>
#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/fake_ctf.h"
#include "tests/harness/harness.h"
#include "tests/traces/query_run.h"

#define WITHOUT "built without SQLite"
#define ENDLESS "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) "

static size_t files_in(const char *dir)
{
	DIR *d = opendir(dir);
	size_t count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	while (readdir(d))
		count++;
	(void)closedir(d);
	return count;
}

static void sql_reaches_no_file(void)
{
	static const char *const sql[] = { "ATTACH '%s/x.db' AS x", "ATTACH ':memory:' AS x",
		"ATTACH 'file:%s/x?vfs=unix' AS x", "VACUUM INTO '%s/x.db'", "VACUUM",
		"SELECT load_extension('%s/x.so')", "SELECT fts3_tokenizer('simple')",
		"PRAGMA journal_mode = WAL", "PRAGMA temp_store_directory = '%s'",
		"PRAGMA trusted_schema = 1", "PRAGMA writable_schema = 1", "CREATE TABLE t(x)",
		"CREATE TEMP TABLE t(x)", "CREATE TEMP VIEW v AS SELECT 1",
		"CREATE VIRTUAL TABLE t USING fts5(x)", "CREATE VIRTUAL TABLE t USING gaps",
		"INSERT INTO gaps(kind) VALUES('x')", "UPDATE gaps SET kind = 'x'",
		"DELETE FROM gaps", "INSERT INTO sqlite_schema VALUES(1, 2, 3, 4, 5)",
		"DROP TABLE gaps", "ALTER TABLE gaps RENAME TO g", "BEGIN", "COMMIT", "SAVEPOINT s",
		"DETACH main", "ANALYZE", "SELECT * FROM dbstat; CREATE INDEX i ON gaps(kind)",
		"EXPLAIN ATTACH '%s/x.db' AS x", "SELECT * FROM pragma_journal_mode('wal')" };
	char *dir = wg_tmpdir(), text[200], *answer;
	struct wg_query *q = query_open(wg_sample("tick"));
	size_t i;

	for (i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		const char *at = strstr(sql[i], "%s");

		(void)snprintf(text, sizeof(text), "%.*s%s%s",
			(int)(at ? at - sql[i] : (int)strlen(sql[i])), sql[i], at ? dir : "",
			at ? at + 2 : "");
		answer = query_ask(q, text);
		CU_ASSERT(wg_has(answer, "error: "));
		if (!wg_has(answer, "error: "))
			(void)fprintf(stderr, "# %s: %s", text, answer);
		free(answer);
	}
	CU_ASSERT_EQUAL(files_in(dir), 2); /* . and .. */
	/* After all of this it still answers. */
	answer = query_ask(q, "SELECT count(*) FROM gaps; SELECT value FROM json_each('[7]')");
	CU_ASSERT_STRING_EQUAL(answer, "12\n7\n");
	free(answer);
	wg_query_close(q);
}

/* --- an end --- */

struct stopping {
	struct wg_query *query;
	char *answer;
};

struct after {
	struct wg_query *query;
	unsigned rows;
};

static int stop_at_row(void *user, const struct wg_query_value *values, size_t count)
{
	struct after *after = user;

	(void)values;
	(void)count;
	if (++after->rows == 100)
		wg_query_stop(after->query);
	return 0;
}

static int nothing(void *user, const char *const *names, size_t count)
{
	(void)user;
	(void)names;
	(void)count;
	return 0;
}

static int no_end(void *user)
{
	(void)user;
	return 0;
}

static void endless_answers_end_when_stopped(void)
{
	struct after after = { query_open(wg_sample("tick")), 0 };
	const struct wg_query_sink sink = { nothing, stop_at_row, no_end, NULL, &after };
	struct wg_error err = { 0 };

	CU_ASSERT_EQUAL(
		wg_query_run(after.query, ENDLESS "SELECT i FROM n", &sink, &err), -ECANCELED);
	CU_ASSERT_STRING_EQUAL(err.text, "interrupted");
	CU_ASSERT(after.rows >= 100 && after.rows < 10000);
	wg_query_close(after.query);
}

static void *ask_endless(void *user)
{
	struct stopping *s = user;

	s->answer = query_ask(s->query, ENDLESS "SELECT count(*) FROM n");
	return NULL;
}

/* No row ever comes. */
static void endless_counts_end_when_stopped(void)
{
	struct stopping s = { query_open(wg_sample("tick")), NULL };
	pthread_t thread;

	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, ask_endless, &s), 0);
	wg_query_stop(s.query);
	CU_ASSERT_EQUAL(pthread_join(thread, NULL), 0);
	CU_ASSERT_STRING_EQUAL(s.answer, "error: interrupted\n");
	free(s.answer);
	wg_query_close(s.query);
}

/* The program, by a signal: what was answered before is there, and the shell sees why it ended. */
static void an_interrupt_ends_the_program(void)
{
	const char *program = wg_build_path("wakegap"), *sample = wg_sample("tick");
	char byte = 0, text[64] = "";
	int out[2], err[2], status;
	ssize_t n;
	pid_t pid;

	CU_ASSERT_EQUAL_FATAL(pipe(out), 0);
	CU_ASSERT_EQUAL_FATAL(pipe(err), 0);
	pid = fork();
	if (pid == 0) {
		(void)dup2(out[1], 1);
		(void)dup2(err[1], 2);
		(void)close(out[0]);
		(void)close(err[0]);
		(void)execl(
			program, program, "query", sample, ENDLESS "SELECT i FROM n", (char *)NULL);
		_exit(99);
	}
	(void)close(out[1]);
	(void)close(err[1]);
	CU_ASSERT_EQUAL(read(out[0], &byte, 1), 1); /* it runs */
	CU_ASSERT_EQUAL(kill(pid, SIGINT), 0);
	while (read(out[0], text, sizeof(text)) > 0)
		;
	n = read(err[0], text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	CU_ASSERT_STRING_EQUAL(text, "wakegap: interrupted\n");
	CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	(void)close(out[0]);
	(void)close(err[0]);
}

/* --- limits --- */

static void huge_values_are_refused(void)
{
	static const char *const sql[][2] = {
		{ "SELECT length(zeroblob(1000000000))", "too long" },
		{ "SELECT length(replace(printf('%.*c', 1000000, 'x'), 'x', "
		  "'xxxxxxxxxxxxxxxxxxxx'))",
			"too long" },
		{ "SELECT '%' LIKE printf('%.*c', 300, '%')", "error: SQL: LIKE or GLOB pattern" },
	};
	char *text;
	size_t i;

	for (i = 0; i < sizeof(sql) / sizeof(sql[0]); i++) {
		text = query_once(wg_sample("tick"), sql[i][0]);
		CU_ASSERT(wg_has(text, sql[i][1]));
		if (!wg_has(text, sql[i][1]))
			(void)fprintf(stderr, "# %s: %s", sql[i][0], text);
		free(text);
	}
}

static void deep_sql_is_refused(void)
{
	char sql[4096] = "SELECT ", *text;
	size_t used = strlen(sql), i;

	for (i = 0; i < 1000; i++)
		used += (size_t)snprintf(sql + used, sizeof(sql) - used, "(1+");
	text = query_once(wg_sample("tick"), sql);
	CU_ASSERT(wg_has(text, "error: "));
	free(text);
}

/* --- names --- */

static int query(char **out, const char *format, const char *dir, const char *sql)
{
	return wg_run(out, NULL,
		(const char *const[]){
			wg_build_path("wakegap"), "query", "--format", format, dir, sql, NULL });
}

static void names_are_shown_and_not_obeyed(void)
{
	const char *dir = wg_tmpdir(), *sql = "SELECT DISTINCT process FROM events";
	struct fake *fake = fake_create();
	char *out = NULL;

	fake_process(fake, 7, "\033[2J\x9b\xff,a\nb");
	fake_loop(fake, 1, 1, "tick", 10);
	fake_wait(fake, 2, 1, 10, 0);
	fake_write(fake, dir);
	CU_ASSERT_EQUAL(query(&out, "table", dir, sql), 0);
	CU_ASSERT(wg_has(out, "\\x1b[2J") && !strchr(out, 033));
	free(out);
	CU_ASSERT_EQUAL(query(&out, "json", dir, sql), 0);
	CU_ASSERT(wg_has(out, "[{\"process\":\"\\u001b[2J") && !strchr(out, 033));
	free(out);
	CU_ASSERT_EQUAL(query(&out, "csv", dir, sql), 0);
	CU_ASSERT(wg_has(out, "\"\033[2J") && wg_has(out, "a\nb\""));
	free(out);
	/* Names of columns are texts of the person who asks, or of whoever wrote the script. */
	CU_ASSERT_EQUAL(query(&out, "table", dir, "SELECT 1 AS \"a\033[2Jb\", char(155) AS c"), 0);
	CU_ASSERT(wg_has(out, "a\\x1b[2Jb") && wg_has(out, "\\xc2\\x9b") && !strchr(out, 033));
	free(out);
}

void suite_query_hostile(void)
{
	bool have = wg_query_available();

	WG_TEST_IF(have, WITHOUT, sql_reaches_no_file);
	WG_TEST_IF(have, WITHOUT, endless_answers_end_when_stopped);
	WG_TEST_IF(have, WITHOUT, endless_counts_end_when_stopped);
	WG_TEST_IF(have, WITHOUT, an_interrupt_ends_the_program);
	WG_TEST_IF(have, WITHOUT, huge_values_are_refused);
	WG_TEST_IF(have, WITHOUT, deep_sql_is_refused);
	WG_TEST_IF(have, WITHOUT, names_are_shown_and_not_obeyed);
}
