/*
 * mistakes.c: see mistakes.h.
 *
 * A name that is not known is the most common mistake. SQLite says which one; here is said which
 * ones there are: of columns, those of the tables that the statement names.
 */
#include "traces/query/mistakes.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "traces/base/near.h"
#include "traces/query/tables.h"

#define LIST_MAX 2048

/* Does the SQL have this word? Whether it is in a string or a comment does not matter here. */
static bool has_word(const char *sql, const char *word)
{
	size_t len = strlen(word);
	const char *at;

	for (at = sql; *at; at++) {
		if (sqlite3_strnicmp(at, word, (int)len) == 0 &&
			(at == sql || !(isalnum((unsigned char)at[-1]) || at[-1] == '_')) &&
			!(isalnum((unsigned char)at[len]) || at[len] == '_'))
			return true;
	}
	return false;
}

static void list_tables(char *list, size_t len)
{
	const struct wg__table *table;
	size_t i, used = 0;

	for (i = 0; (table = wg__table_at(i)) && used < len; i++)
		used += (size_t)snprintf(
			list + used, len - used, "%s%s", i ? " " : "", table->name);
}

/* Those of the tables that the statement names; of all, if it names none. */
static void list_columns(const char *sql, char *list, size_t len)
{
	const struct wg__table *table;
	bool has_any = false;
	size_t i, k, used = 0;

	list[0] = '\0';
	for (i = 0; (table = wg__table_at(i)); i++)
		has_any = has_any || has_word(sql, table->name);
	for (i = 0; (table = wg__table_at(i)); i++) {
		if (has_any && !has_word(sql, table->name))
			continue;
		for (k = 0; k < table->column_count && used < len; k++)
			used += (size_t)snprintf(list + used, len - used, "%s%s", used ? " " : "",
				table->columns[k].name);
	}
}

int wg__mistake_table(const char *name, struct wg_error *err)
{
	char list[LIST_MAX], hint[LIST_MAX];

	list_tables(list, sizeof(list));
	return wg_error_set(err, -EINVAL, "no table '%.60s'%s", name,
		wg_near_hint(hint, sizeof(hint), name, list));
}

/* "t.gap" is looked for as "gap". */
static int no_column(const char *name, const char *sql, struct wg_error *err)
{
	const char *dot = strrchr(name, '.'), *column = dot ? dot + 1 : name;
	char list[LIST_MAX], hint[LIST_MAX], quoted[128];

	(void)snprintf(quoted, sizeof(quoted), "\"%s\"", name);
	if (strstr(sql, quoted))
		return wg_error_set(err, -EINVAL,
			"no column '%.60s': a text stands in single quotes, '%.60s'", name, name);
	list_columns(sql, list, sizeof(list));
	return wg_error_set(err, -EINVAL, "no column '%.60s'%s", name,
		wg_near_hint(hint, sizeof(hint), column, list));
}

static int no_function(const char *name, struct wg_error *err)
{
	char hint[200];

	return wg_error_set(err, -EINVAL,
		"no function '%s'%s, and those of SQLite (https://sqlite.org/lang_corefunc.html)",
		name,
		wg_near_hint(hint, sizeof(hint), name,
			"p50 p90 p99 percentile count sum avg min max total group_concat"));
}

static const char *behind(const char *text, const char *prefix)
{
	size_t len = strlen(prefix);

	return strncmp(text, prefix, len) == 0 ? text + len : NULL;
}

int wg__mistake(sqlite3 *db, int code, const char *sql, struct wg_error *err)
{
	const char *what = sqlite3_errmsg(db), *name;
	char line[300];

	if (strstr(what, "not authorized") || strstr(what, "may not be modified"))
		code = SQLITE_AUTH;
	switch (code & 0xff) {
	case SQLITE_INTERRUPT: return wg_error_set(err, -ECANCELED, "interrupted");
	case SQLITE_NOMEM:
		return wg_error_set(err, -ENOMEM,
			"out of memory: sorting and grouping may take 1 GiB; ask for less, with "
			"WHERE or fewer columns");
	case SQLITE_AUTH:
		return wg_error_set(err, -EACCES,
			"not allowed: a query only reads the tables of its traces (SELECT, WITH, "
			"VALUES, EXPLAIN)");
	case SQLITE_TOOBIG:
		return wg_error_set(
			err, -EINVAL, "too long: a text may have 16 MiB and a statement 1 MiB");
	default: break;
	}
	name = behind(what, "no such table: ");
	if (name) {
		(void)snprintf(line, sizeof(line), "%s", name);
		return wg__mistake_table(line, err);
	}
	name = behind(what, "no such column: ");
	if (name)
		return no_column(name, sql, err);
	name = behind(what, "no such function: ");
	if (name)
		return no_function(name, err);
	return wg_error_set(err, -EINVAL, "SQL: %s%s", what,
		strstr(what, "syntax error") || strstr(what, "incomplete input")
			? " (`wakegap query TRACE .schema` names tables and columns)"
			: "");
}
