/*
 * query_run.c: see query_run.h.
 */
#include "tests/traces/query_run.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"

static int on_begin(void *user, const char *const *names, size_t count)
{
	(void)user;
	(void)names;
	(void)count;
	return 0;
}

static int on_row(void *user, const struct wg_query_value *values, size_t count)
{
	FILE *to = user;
	size_t i;

	for (i = 0; i < count; i++) {
		if (i)
			(void)fputc('|', to);
		switch (values[i].type) {
		case WG_QUERY_INT: (void)fprintf(to, "%lld", (long long)values[i].i); break;
		case WG_QUERY_REAL: (void)fprintf(to, "%.17g", values[i].d); break;
		case WG_QUERY_TEXT: (void)fputs(values[i].text, to); break;
		default: break;
		}
	}
	(void)fputc('\n', to);
	return 0;
}

static int on_end(void *user)
{
	(void)user;
	return 0;
}

static int on_text(void *user, const char *text)
{
	(void)fputs(text, user);
	return 0;
}

char *query_ask(struct wg_query *query, const char *sql)
{
	struct wg_error err = { 0 };
	char *text = NULL;
	size_t len;
	FILE *to = open_memstream(&text, &len);
	const struct wg_query_sink sink = { on_begin, on_row, on_end, on_text, to };

	if (wg_query_run(query, sql, &sink, &err) < 0)
		(void)fprintf(to, "error: %s\n", err.text);
	(void)fclose(to);
	return text;
}

struct wg_query *query_open(const char *path)
{
	struct wg_error err = { 0 };
	struct wg_query *query = NULL;

	CU_ASSERT_EQUAL_FATAL(wg_query_open(&path, 1, &query, &err), 0);
	return query;
}

char *query_once(const char *path, const char *sql)
{
	struct wg_error err = { 0 };
	struct wg_query *query = NULL;
	char *text = NULL;

	if (wg_query_open(&path, 1, &query, &err) == 0)
		text = query_ask(query, sql);
	else if (asprintf(&text, "error: %s\n", err.text) < 0)
		abort();
	wg_query_close(query);
	return text;
}

long long query_number(struct wg_query *query, const char *fmt, ...)
{
	char sql[600], *text, *end;
	long long number;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(sql, sizeof(sql), fmt, ap);
	va_end(ap);
	text = query_ask(query, sql);
	number = strtoll(text, &end, 10);
	CU_ASSERT(end != text);
	if (end == text)
		(void)fprintf(stderr, "# %s: %s", sql, text);
	free(text);
	return number;
}
