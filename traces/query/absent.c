/*
 * absent.c: in place of all other files here, where SQLite is not installed.
 */
#include <errno.h>

#include "traces/base/format.h"
#include "traces/query/query.h"

#define ADVICE                                                                                     \
	"needs SQLite, without which wakegap was built: run `make deps` (Debian: "                 \
	"libsqlite3-dev), then `make`"

bool wg_query_available(void)
{
	return false;
}

int wg_query_open(
	const char *const *paths, size_t count, struct wg_query **ret_query, struct wg_error *err)
{
	(void)paths;
	(void)count;
	(void)ret_query;
	return wg_error_set(err, -ENOSYS, "a query " ADVICE);
}

int wg_query_run(struct wg_query *query, const char *sql, const struct wg_query_sink *sink,
	struct wg_error *err)
{
	(void)query;
	(void)sql;
	(void)sink;
	return wg_error_set(err, -ENOSYS, "a query " ADVICE);
}

void wg_query_stop(struct wg_query *query)
{
	(void)query;
}

const char *wg_query_note(const struct wg_query *query, size_t i, const char **ret_label)
{
	(void)query;
	(void)i;
	(void)ret_label;
	return NULL;
}

void wg_query_close(struct wg_query *query)
{
	(void)query;
}

static int export_sqlite(const struct wg_export *ex, struct wg_error *err)
{
	(void)ex;
	return wg_error_set(err, -ENOSYS, "--format sqlite " ADVICE);
}

const struct wg_export_format wg__format_sqlite = { "sqlite", "db",
	"the tables of `wakegap query` as an SQLite database (-o FILE)", WG_EXPORT_WHOLE,
	export_sqlite };
