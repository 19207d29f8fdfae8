/*
 * vtab.c: see vtab.h. A table as SQLite sees it; cursor.c has its rows.
 *
 * SQLite asks which of the conditions of a query a table can use (best_index), and then for the
 * rows under these conditions (filter, in cursor.c). We use
 *   - limits of the time that rows are in the order of: found by halving;
 *   - a value that a column must have: the second time that this is asked of a column, as a join
 *     does, rows are looked up by it (traces.h);
 *   - all other comparisons, on each row, which costs less than handing the row to SQLite.
 * Each of them may let too much pass: SQLite looks at every row again.
 */
#include "traces/query/vtab.h"

#include <stdio.h>
#include <string.h>

#include "traces/query/cursor.h"

/* --- its life --- */

char *wg__vtab_schema(const struct wg__table *table)
{
	sqlite3_str *text = sqlite3_str_new(NULL);
	size_t i;

	sqlite3_str_appendf(text, "CREATE TABLE %s( -- %s\n", table->name, table->does);
	for (i = 0; i < table->column_count; i++)
		sqlite3_str_appendf(text, "  %-22s %s%s -- %s\n", table->columns[i].name,
			table->columns[i].type, i + 1 < table->column_count ? "," : "",
			table->columns[i].does);
	sqlite3_str_appendf(text, ")");
	return sqlite3_str_finish(text);
}

static int connect_table(sqlite3 *db, void *user, int argc, const char *const *argv,
	sqlite3_vtab **ret, char **ret_err)
{
	const struct wg__vtab_aux *aux = user;
	struct wg__vtab *vtab = sqlite3_malloc64(sizeof(*vtab));
	char *schema = wg__vtab_schema(aux->table);
	int rc = SQLITE_NOMEM;

	(void)argc;
	(void)argv;
	(void)ret_err;
	aux->traces->is_declaring = true;
	if (vtab && schema)
		rc = sqlite3_declare_vtab(db, schema);
	aux->traces->is_declaring = false;
	sqlite3_free(schema);
	if (rc != SQLITE_OK) {
		sqlite3_free(vtab);
		return rc;
	}
	*vtab = (struct wg__vtab){ .is = *aux };
	(void)sqlite3_vtab_config(db, SQLITE_VTAB_INNOCUOUS);
	*ret = &vtab->base;
	return SQLITE_OK;
}

static int disconnect(sqlite3_vtab *base)
{
	sqlite3_free(base);
	return SQLITE_OK;
}

/* --- which conditions are of use --- */

static bool is_usable(
	sqlite3_index_info *info, int i, const struct wg__table *table, double *selects)
{
	const struct sqlite3_index_constraint *c = &info->aConstraint[i];
	bool is_text;

	if (!c->usable || c->iColumn < 0 || (size_t)c->iColumn >= table->column_count)
		return false;
	is_text = strcmp(table->columns[c->iColumn].type, "TEXT") == 0;
	switch (c->op) {
	case SQLITE_INDEX_CONSTRAINT_EQ:
		if (is_text && strcmp(sqlite3_vtab_collation(info, i), "BINARY") != 0)
			return false;
		*selects *= is_text ? 0.2 : 0.01;
		return true;
	case SQLITE_INDEX_CONSTRAINT_GT:
	case SQLITE_INDEX_CONSTRAINT_GE:
	case SQLITE_INDEX_CONSTRAINT_LT:
	case SQLITE_INDEX_CONSTRAINT_LE: *selects *= 0.5; return !is_text;
	default: return false;
	}
}

static int best_index(sqlite3_vtab *base, sqlite3_index_info *info)
{
	const struct wg__vtab_aux *is = &((struct wg__vtab *)base)->is;
	const struct wg__table *table = is->table;
	char plan[WG__CONDITIONS_MAX * 8 + 1] = "";
	double selects = 1;
	int used = 0, i;
	size_t len = 0;

	is->traces->wanted |= table->needs;
	for (i = 0; i < info->nConstraint && used < WG__CONDITIONS_MAX; i++) {
		if (!is_usable(info, i, table, &selects))
			continue;
		info->aConstraintUsage[i].argvIndex = ++used;
		len += (size_t)snprintf(plan + len, sizeof(plan) - len, "%d,%d;",
			info->aConstraint[i].iColumn & 0xff, info->aConstraint[i].op & 0xff);
	}
	info->idxNum = 0;
	if (info->nOrderBy == 1 && table->time >= 0 && info->aOrderBy[0].iColumn == table->time &&
		is->traces->count == 1) {
		info->orderByConsumed = 1;
		info->idxNum = info->aOrderBy[0].desc ? WG__BACKWARDS : WG__ORDERED;
	}
	info->idxStr = sqlite3_mprintf("%s", plan);
	info->needToFreeIdxStr = 1;
	info->estimatedRows = (sqlite3_int64)(table->size * selects) + 1;
	info->estimatedCost = table->size * selects * (used ? 1 : 2) + 1;
	return info->idxStr ? SQLITE_OK : SQLITE_NOMEM;
}

static const sqlite3_module module = {
	.iVersion = 0,
	.xCreate = NULL, /* it is there by itself, and no other can be made */
	.xConnect = connect_table,
	.xBestIndex = best_index,
	.xDisconnect = disconnect,
	.xDestroy = disconnect,
	.xOpen = wg__cursor_open,
	.xClose = wg__cursor_close,
	.xFilter = wg__cursor_filter,
	.xNext = wg__cursor_next,
	.xEof = wg__cursor_is_eof,
	.xColumn = wg__cursor_column,
	.xRowid = wg__cursor_rowid,
};

int wg__vtab_register(sqlite3 *db, struct wg__traces *traces, const char *prefix)
{
	const struct wg__table *table;
	struct wg__vtab_aux *aux;
	char name[64];
	size_t i;
	int rc = SQLITE_OK;

	for (i = 0; rc == SQLITE_OK && (table = wg__table_at(i)); i++) {
		aux = sqlite3_malloc64(sizeof(*aux));
		if (!aux)
			return SQLITE_NOMEM;
		*aux = (struct wg__vtab_aux){ traces, table };
		(void)snprintf(name, sizeof(name), "%s%s", prefix, table->name);
		rc = sqlite3_create_module_v2(db, name, &module, aux, sqlite3_free);
	}
	return rc;
}
