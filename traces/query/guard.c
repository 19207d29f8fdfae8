/*
 * guard.c: see guard.h.
 *
 * Three walls, each of which is enough: the authorizer knows what a statement wants before it runs;
 * the file system that the database is opened on has no file and opens none; and temporary tables
 * are in memory. Limits bound what one call of a function can take, since nothing interrupts that.
 */
#include "traces/query/guard.h"

#include <stdio.h>
#include <string.h>

#include "traces/query/query.h"
#include "traces/query/vfs.h"

static int refuse_open(sqlite3_vfs *vfs, const char *name, sqlite3_file *file, int flags, int *ret)
{
	(void)vfs;
	(void)name;
	(void)flags;
	(void)ret;
	file->pMethods = NULL;
	return SQLITE_CANTOPEN;
}

static int refuse_delete(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)name;
	(void)sync;
	return SQLITE_IOERR_DELETE;
}

static const char *without_files(void)
{
	static sqlite3_vfs vfs;

	if (!sqlite3_vfs_find("wakegap-nothing")) {
		if (wg__vfs_make("wakegap-nothing", &vfs) != SQLITE_OK)
			return NULL;
		vfs.xOpen = refuse_open;
		vfs.xDelete = refuse_delete;
		if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
			return NULL;
	}
	return "wakegap-nothing";
}

static int authorize(
	void *user, int action, const char *a, const char *b, const char *database, const char *by)
{
	static const char *const pragmas[] = { "table_info", "table_xinfo", "table_list",
		"function_list", "collation_list", "compile_options" };
	static const char *const functions[] = { "load_extension", "fts3_tokenizer" };
	size_t i;

	(void)database;
	(void)by;
	if (*(const bool *)user)
		return SQLITE_OK;
	switch (action) {
	case SQLITE_SELECT:
	case SQLITE_READ:
	case SQLITE_RECURSIVE: return SQLITE_OK;
	case SQLITE_FUNCTION:
		for (i = 0; i < sizeof(functions) / sizeof(functions[0]); i++) {
			if (b && sqlite3_stricmp(b, functions[i]) == 0)
				return SQLITE_DENY;
		}
		return SQLITE_OK;
	case SQLITE_PRAGMA:
		for (i = 0; i < sizeof(pragmas) / sizeof(pragmas[0]); i++) {
			if (a && sqlite3_stricmp(a, pragmas[i]) == 0)
				return SQLITE_OK;
		}
		return SQLITE_DENY;
	default: return SQLITE_DENY;
	}
}

void wg__guard_configure(sqlite3 *db)
{
	static const int off[] = { SQLITE_DBCONFIG_ENABLE_LOAD_EXTENSION,
		SQLITE_DBCONFIG_ENABLE_FTS3_TOKENIZER, SQLITE_DBCONFIG_ENABLE_TRIGGER,
		SQLITE_DBCONFIG_TRUSTED_SCHEMA, SQLITE_DBCONFIG_DQS_DML, SQLITE_DBCONFIG_DQS_DDL };
	static const struct {
		int limit, value;
	} limits[] = {
		{ SQLITE_LIMIT_LENGTH, 16 << 20 },
		{ SQLITE_LIMIT_SQL_LENGTH, 1 << 20 },
		{ SQLITE_LIMIT_EXPR_DEPTH, 200 },
		{ SQLITE_LIMIT_LIKE_PATTERN_LENGTH, 200 },
		{ SQLITE_LIMIT_ATTACHED, 0 },
		{ SQLITE_LIMIT_WORKER_THREADS, 0 },
		{ SQLITE_LIMIT_TRIGGER_DEPTH, 1 },
	};
	size_t i;

	for (i = 0; i < sizeof(off) / sizeof(off[0]); i++)
		(void)sqlite3_db_config(db, off[i], 0, NULL);
	(void)sqlite3_db_config(db, SQLITE_DBCONFIG_DEFENSIVE, 1, NULL);
	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++)
		(void)sqlite3_limit(db, limits[i].limit, limits[i].value);
}

/* Tables that SQLite has by itself declare their columns when they are first used, which would look
 * like a CREATE TABLE; so they are used now. */
static void use_tables(sqlite3 *db)
{
	static const char *const tables[] = { "json_each('1')", "json_tree('1')",
		"pragma_table_info('x')", "pragma_table_xinfo('x')", "pragma_table_list",
		"pragma_function_list" };
	char sql[64];
	size_t i;

	for (i = 0; i < sizeof(tables) / sizeof(tables[0]); i++) {
		(void)snprintf(sql, sizeof(sql), "SELECT 1 FROM %s LIMIT 0", tables[i]);
		(void)sqlite3_exec(db, sql, NULL, NULL, NULL);
	}
}

int wg__guard_open(sqlite3 **ret_db)
{
	const char *vfs = without_files();
	int rc;

	*ret_db = NULL;
	if (!vfs)
		return SQLITE_NOMEM;
	(void)sqlite3_hard_heap_limit64(WG_QUERY_MEMORY);
	rc = sqlite3_open_v2(":memory:", ret_db,
		SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE | SQLITE_OPEN_MEMORY, vfs);
	if (rc == SQLITE_OK)
		rc = sqlite3_exec(*ret_db, "PRAGMA temp_store = MEMORY", NULL, NULL, NULL);
	if (rc == SQLITE_OK)
		use_tables(*ret_db);
	return rc;
}

void wg__guard_close_gate(sqlite3 *db, const bool *is_ours)
{
	wg__guard_configure(db);
	(void)sqlite3_set_authorizer(db, authorize, (void *)is_ours);
}
