/*
 * query.c: see query.h. Here statements are run one after another, and answers handed on.
 */
#include "traces/query/query.h"

#include <ctype.h>
#include <errno.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/query/guard.h"
#include "traces/query/mistakes.h"
#include "traces/query/percentile.h"
#include "traces/query/vtab.h"
#include "traces/read/find.h"

#define COLUMNS_MAX 2000 /* SQLite's own limit */
#define ASK_STEPS   1000 /* of SQLite's machine: some microseconds */

struct wg_query {
	sqlite3 *db;
	struct wg__traces traces;
	atomic_bool is_stopped;
};

bool wg_query_available(void)
{
	return true;
}

static bool is_stopped(void *user)
{
	struct wg_query *q = user;

	/* relaxed: it says only that the end is wanted, nothing rides on it. */
	return atomic_load_explicit(&q->is_stopped, memory_order_relaxed);
}

static int progress(void *user)
{
	return is_stopped(user);
}

/* A trace is read when a table of it is asked for; that it is there is known at once. 0 or a
 * negative errno with a line. */
static int find_all(const char *const *paths, size_t count, struct wg_error *err)
{
	size_t i, len;
	int rc = 0;

	for (i = 0; i < count && rc == 0; i++) {
		struct wg__notes dirs = { 0 }, notes = { 0 };

		rc = wg__find_all(paths[i], &dirs, &notes, &len, err);
		wg__notes_fini(&dirs);
		wg__notes_fini(&notes);
	}
	return rc;
}

int wg_query_open(
	const char *const *paths, size_t count, struct wg_query **ret_query, struct wg_error *err)
{
	struct wg_query *q;
	int rc = find_all(paths, count, err);

	if (rc < 0)
		return rc;
	q = calloc(1, sizeof(*q));
	rc = q ? wg__guard_open(&q->db) : SQLITE_NOMEM;
	if (rc == SQLITE_OK && wg__traces_init(&q->traces, paths, count) < 0)
		rc = SQLITE_NOMEM;
	if (rc == SQLITE_OK)
		rc = wg__vtab_register(q->db, &q->traces, "");
	if (rc == SQLITE_OK)
		rc = wg__percentile_register(q->db);
	if (rc != SQLITE_OK) {
		wg_query_close(q);
		return wg_error_set(err, -ENOMEM, "out of memory");
	}
	q->traces.is_stopped = is_stopped;
	q->traces.user = q;
	sqlite3_progress_handler(q->db, ASK_STEPS, progress, q);
	wg__guard_close_gate(q->db, &q->traces.is_declaring);
	*ret_query = q;
	return 0;
}

void wg_query_close(struct wg_query *query)
{
	if (!query)
		return;
	(void)sqlite3_close(query->db);
	wg__traces_fini(&query->traces);
	free(query);
}

void wg_query_stop(struct wg_query *query)
{
	/* relaxed: see is_stopped(). */
	atomic_store_explicit(&query->is_stopped, true, memory_order_relaxed);
}

const char *wg_query_note(const struct wg_query *query, size_t i, const char **ret_label)
{
	size_t k;

	for (k = 0; k < query->traces.count; k++) {
		const struct wg__rows *rows = &query->traces.rows[k];

		*ret_label = rows->label;
		if (i < rows->notes.count)
			return rows->notes.line[i];
		i -= rows->notes.count;
	}
	return NULL;
}

/* --- statements --- */

/* *ret_blob is to be freed. 0 or -ENOMEM. */
static int take_blob(sqlite3_stmt *stmt, int i, struct wg_query_value *ret, char **ret_blob)
{
	const unsigned char *bytes = sqlite3_column_blob(stmt, i);
	size_t len = (size_t)sqlite3_column_bytes(stmt, i), k;
	char *text = sqlite3_malloc64(2 * len + 1);

	if (!text)
		return -ENOMEM;
	for (k = 0; k < len; k++)
		(void)snprintf(text + 2 * k, 3, "%02x", bytes[k]);
	text[2 * len] = '\0';
	*ret_blob = text;
	*ret = (struct wg_query_value){ .type = WG_QUERY_TEXT, .text = text };
	return 0;
}

static int take_cell(sqlite3_stmt *stmt, int i, struct wg_query_value *ret, char **ret_blob)
{
	*ret = (struct wg_query_value){ .type = WG_QUERY_NULL };
	switch (sqlite3_column_type(stmt, i)) {
	case SQLITE_INTEGER:
		ret->type = WG_QUERY_INT;
		ret->i = sqlite3_column_int64(stmt, i);
		return 0;
	case SQLITE_FLOAT:
		ret->type = WG_QUERY_REAL;
		ret->d = sqlite3_column_double(stmt, i);
		return 0;
	case SQLITE_TEXT:
		ret->type = WG_QUERY_TEXT;
		ret->text = (const char *)sqlite3_column_text(stmt, i);
		return ret->text ? 0 : -ENOMEM;
	case SQLITE_BLOB: return take_blob(stmt, i, ret, ret_blob);
	default: return 0;
	}
}

static int give_row(sqlite3_stmt *stmt, int count, struct wg_query_value *values,
	const struct wg_query_sink *sink)
{
	char **blobs = calloc((size_t)count + 1, sizeof(*blobs));
	int i, rc = blobs ? 0 : -ENOMEM;

	for (i = 0; i < count && rc == 0; i++)
		rc = take_cell(stmt, i, &values[i], &blobs[i]);
	if (rc == 0)
		rc = sink->row(sink->user, values, (size_t)count);
	for (i = 0; blobs && i < count; i++)
		sqlite3_free(blobs[i]);
	free(blobs);
	return rc;
}

static int begin(sqlite3_stmt *stmt, int count, const struct wg_query_sink *sink)
{
	const char **names = calloc((size_t)count + 1, sizeof(*names));
	int i, rc = names ? 0 : -ENOMEM;

	for (i = 0; rc == 0 && i < count; i++) {
		names[i] = sqlite3_column_name(stmt, i);
		rc = names[i] ? 0 : -ENOMEM;
	}
	if (rc == 0)
		rc = sink->begin(sink->user, names, (size_t)count);
	free(names);
	return rc;
}

/* What failed while a row was fetched: reading the traces, or SQLite. */
static int failed(struct wg_query *q, int code, const char *sql, struct wg_error *err)
{
	if (q->traces.err.code) {
		*err = q->traces.err;
		return err->code;
	}
	return wg__mistake(q->db, code, sql, err);
}

static int answer(struct wg_query *q, sqlite3_stmt *stmt, const char *sql,
	const struct wg_query_sink *sink, struct wg_error *err)
{
	int count = sqlite3_column_count(stmt), code, rc = 0;
	struct wg_query_value *values = calloc((size_t)count + 1, sizeof(*values));
	bool has_begun = false;

	if (!values)
		return wg_error_set(err, -ENOMEM, "out of memory");
	/* A statement that fails before its first row shows no header. */
	while (rc == 0 && (code = sqlite3_step(stmt)) == SQLITE_ROW) {
		if (!has_begun)
			rc = begin(stmt, count, sink);
		has_begun = true;
		if (rc == 0)
			rc = give_row(stmt, count, values, sink);
	}
	if (rc == 0 && code == SQLITE_DONE && !has_begun && count) {
		rc = begin(stmt, count, sink);
		has_begun = true;
	}
	if (rc == 0 && code != SQLITE_DONE)
		rc = failed(q, code, sql, err);
	else if (rc == -ENOMEM)
		(void)wg_error_set(err, rc, "out of memory");
	if (has_begun && rc == 0)
		rc = sink->end(sink->user);
	free(values);
	return rc;
}

static int run_statement(struct wg_query *q, const char *sql, const struct wg_query_sink *sink,
	const char **ret_rest, struct wg_error *err)
{
	sqlite3_stmt *stmt = NULL;
	int code, rc;

	q->traces.err = (struct wg_error){ 0 };
	code = sqlite3_prepare_v2(q->db, sql, -1, &stmt, ret_rest);
	if (code != SQLITE_OK)
		return wg__mistake(q->db, code, sql, err);
	if (!stmt)
		return 0; /* a comment, or blanks */
	rc = answer(q, stmt, sql, sink, err);
	(void)sqlite3_finalize(stmt);
	return rc;
}

/* --- lines that begin with a dot --- */

static int show_tables(const struct wg_query_sink *sink)
{
	static const char *const names[] = { "table", "rows" };
	const struct wg__table *table;
	size_t i;
	int rc = sink->begin(sink->user, names, 2);

	for (i = 0; rc == 0 && (table = wg__table_at(i)); i++) {
		const struct wg_query_value values[] = {
			{ .type = WG_QUERY_TEXT, .text = table->name },
			{ .type = WG_QUERY_TEXT, .text = table->does },
		};

		rc = sink->row(sink->user, values, 2);
	}
	return rc < 0 ? rc : sink->end(sink->user);
}

static int show_schema(const char *name, const struct wg_query_sink *sink, struct wg_error *err)
{
	const struct wg__table *table;
	bool has_any = false;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && (table = wg__table_at(i)); i++) {
		char *schema, *line;

		if (*name && sqlite3_stricmp(name, table->name) != 0)
			continue;
		schema = wg__vtab_schema(table);
		line = schema ? sqlite3_mprintf("%s;\n", schema) : NULL;
		has_any = true;
		rc = line ? sink->text(sink->user, line)
			  : wg_error_set(err, -ENOMEM, "out of memory");
		sqlite3_free(line);
		sqlite3_free(schema);
	}
	return rc == 0 && !has_any ? wg__mistake_table(name, err) : rc;
}

/* One line, its end excluded. */
static int run_dot(
	const char *line, size_t len, const struct wg_query_sink *sink, struct wg_error *err)
{
	char text[128], word[64] = "", name[64] = "", more[2] = "";
	bool is_tables, is_schema;
	size_t i;

	(void)snprintf(text, sizeof(text), "%.*s", (int)(len < 127 ? len : 127), line);
	for (i = 0; text[i]; i++) {
		if (text[i] == ';')
			text[i] = ' ';
	}
	(void)sscanf(text, "%63s %63s %1s", word, name, more);
	is_tables = strcmp(word, ".tables") == 0;
	is_schema = strcmp(word, ".schema") == 0;
	if (is_tables && !*name)
		return show_tables(sink);
	if (is_schema && !*more)
		return show_schema(name, sink, err);
	if (is_tables || is_schema)
		return wg_error_set(err, -EINVAL, "%s stands on a line of its own", word);
	return wg_error_set(err, -EINVAL,
		"no '%s' here: .tables and .schema [TABLE] say what can be asked for", word);
}

int wg_query_run(struct wg_query *query, const char *sql, const struct wg_query_sink *sink,
	struct wg_error *err)
{
	int rc = 0;

	while (rc == 0) {
		while (isspace((unsigned char)*sql) || *sql == ';')
			sql++;
		if (!*sql)
			return 0;
		if (is_stopped(query))
			return wg_error_set(err, -ECANCELED, "interrupted");
		if (*sql == '.') {
			size_t len = strcspn(sql, "\n");

			rc = run_dot(sql, len, sink, err);
			sql += len;
		} else {
			rc = run_statement(query, sql, sink, &sql, err);
		}
	}
	return rc;
}
