/*
 * export_sqlite.c: the tables of `wakegap query` as an SQLite database.
 *
 * Rows come from the same tables that questions are asked of, under other names, so the database
 * has what they have. Rows are in memory while they are written: rows.h says how much they take.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "traces/base/format.h"
#include "traces/query/out_file.h"
#include "traces/query/vtab.h"

#define PREFIX "wakegap_"

/* The columns that say when a row begins and ends, as a condition; "" if all rows are wanted. */
static void range_of(
	const struct wg_export *ex, const struct wg__table *table, char *where, size_t len)
{
	where[0] = '\0';
	if (table->from < 0 || (ex->from_ns <= 0 && ex->to_ns == INT64_MAX))
		return;
	(void)snprintf(where, len,
		" WHERE ifnull(%s, 0) < %" PRId64 " AND ifnull(%s, %" PRId64 ") >= %" PRId64,
		table->columns[table->from].name, ex->to_ns, table->columns[table->to].name,
		INT64_MAX, ex->from_ns);
}

static int write_table(sqlite3 *db, const struct wg_export *ex, const struct wg__table *table)
{
	char *schema = wg__vtab_schema(table), where[200], sql[320];
	int rc = schema ? sqlite3_exec(db, schema, NULL, NULL, NULL) : SQLITE_NOMEM;

	sqlite3_free(schema);
	range_of(ex, table, where, sizeof(where));
	(void)snprintf(sql, sizeof(sql), "INSERT INTO %s SELECT * FROM " PREFIX "%s%s", table->name,
		table->name, where);
	return rc == SQLITE_OK ? sqlite3_exec(db, sql, NULL, NULL, NULL) : rc;
}

static int write_all(sqlite3 *db, const struct wg_export *ex, struct wg__traces *traces)
{
	const struct wg__table *table;
	size_t i;
	int rc = sqlite3_exec(db,
		"PRAGMA journal_mode = OFF; PRAGMA synchronous = OFF;"
		"PRAGMA locking_mode = EXCLUSIVE; PRAGMA temp_store = MEMORY; BEGIN",
		NULL, NULL, NULL);

	if (rc == SQLITE_OK)
		rc = wg__vtab_register(db, traces, PREFIX);
	/* So the traces are read once, not again for each table. */
	for (i = 0; (table = wg__table_at(i)); i++)
		traces->wanted |= table->needs;
	for (i = 0; rc == SQLITE_OK && (table = wg__table_at(i)); i++)
		rc = write_table(db, ex, table);
	return rc == SQLITE_OK ? sqlite3_exec(db, "COMMIT", NULL, NULL, NULL) : rc;
}

static void say(const struct wg_export *ex, const struct wg__rows *rows)
{
	uint64_t discarded = wg_measure_discarded(rows->measure);
	char line[80];
	size_t i;

	for (i = 0; i < rows->notes.count; i++)
		wg_export_say(ex, rows->label, rows->notes.line[i]);
	if (!discarded)
		return;
	(void)snprintf(line, sizeof(line), "at least %" PRIu64 " events are missing", discarded);
	wg_export_say(ex, rows->label, line);
}

/* Why it failed: a trace, the file (which out says itself), or SQLite. */
static int failed(int code, sqlite3 *db, const struct wg_export *ex,
	const struct wg__traces *traces, struct wg_error *err)
{
	if (traces->err.code) {
		*err = traces->err;
		return err->code;
	}
	if (wg_out_failed(ex->out))
		return ex->out->rc;
	if (code == SQLITE_NOMEM)
		return wg_error_set(err, -ENOMEM, "out of memory");
	return wg_error_set(err, -EIO, "SQLite: %s", sqlite3_errmsg(db));
}

static int export_sqlite(const struct wg_export *ex, struct wg_error *err)
{
	struct wg__traces traces;
	const char *vfs;
	sqlite3 *db = NULL;
	size_t i;
	int code, rc = 0;

	if (!ex->out->final)
		return wg_error_set(
			err, -EINVAL, "an SQLite database needs a file of its own: -o FILE.db");
	vfs = wg__out_file(ex->out);
	if (!vfs || wg__traces_init(&traces, ex->paths, ex->path_count) < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	code = sqlite3_open_v2("database", &db, SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE, vfs);
	if (code == SQLITE_OK)
		code = write_all(db, ex, &traces);
	if (code != SQLITE_OK)
		rc = failed(code, db, ex, &traces, err);
	(void)sqlite3_close(db);
	for (i = 0; rc == 0 && i < traces.count; i++)
		say(ex, &traces.rows[i]);
	wg__traces_fini(&traces);
	return rc;
}

const struct wg_export_format wg__format_sqlite = { "sqlite", "db",
	"the tables of `wakegap query` as an SQLite database (-o FILE)", WG_EXPORT_WHOLE,
	export_sqlite };
