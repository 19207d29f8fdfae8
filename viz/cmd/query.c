/*
 * query.c: `wakegap query`: questions to traces in SQL. What can be asked is in traces/query/; this
 * file reads the call and speaks.
 */
#include <errno.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/near.h"
#include "traces/query/query.h"
#include "viz/base/progress.h"
#include "viz/base/reader_args.h"
#include "viz/base/recordings.h"
#include "viz/cmd/commands.h"
#include "viz/cmd/man.h"
#include "viz/query/print.h"

#define FORMATS	       "table csv json"
#define SQL_MAX	       ((size_t)1 << 20)
#define RECORDINGS_MAX 256

struct call {
	const char **paths;
	size_t count;
	const char *file; /* the SQL is in it; "-": standard input */
	const char *sql;
	char *schema; /* ".schema TABLE", if it came as two words */
	bool has_format;
	enum wg_query_format format;
};

/* ---- options ---- */

enum { KEY_FORMAT = 0x1000 };

static bool is_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* `.schema TABLE` may be two arguments. 0 or -ENOMEM. */
static int join_schema(struct call *call)
{
	const char *table = call->paths[call->count - 1];

	if (call->count < 2 || strcmp(call->paths[call->count - 2], ".schema") != 0)
		return 0;
	if (asprintf(&call->schema, ".schema %s", table) < 0) {
		call->schema = NULL;
		return -ENOMEM;
	}
	call->paths[--call->count - 1] = call->schema;
	return 0;
}

/* The last argument is the SQL, unless that is in a file. */
static error_t check_call(struct call *call, struct argp_state *state)
{
	if (!call->file) {
		if (call->count == 0)
			return wg_option_fail(state, "which trace, and which question?");
		if (join_schema(call) < 0)
			return ENOMEM;
		call->sql = call->paths[--call->count];
		if (is_folder(call->sql) || !call->sql[strspn(call->sql, " \t\n")])
			return wg_option_fail(state,
				"which question? the last argument is SQL, .tables or .schema; - "
				"reads it from standard input");
		if (strcmp(call->sql, "-") == 0)
			call->file = "-";
	}
	if (call->count == 0 && (call->file || call->sql[0] != '.'))
		return wg_option_fail(state, "which trace? " WG_MAKES_A_TRACE);
	return 0;
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct call *call = state->input;
	char hint[80];

	switch (key) {
	case KEY_FORMAT:
		call->format = wg_query_format_of(arg);
		call->has_format = true;
		return call->format != WG_QUERY_FORMAT_COUNT
			       ? 0
			       : wg_option_fail(state, "no format '%s'%s", arg,
					 wg_near_hint(hint, sizeof(hint), arg, FORMATS));
	case 'f': call->file = arg; return 0;
	case ARGP_KEY_ARG: call->paths[call->count++] = arg; return 0;
	case ARGP_KEY_END: return check_call(call, state);
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *table(void)
{
	static const struct argp_option options[] = {
		{ "format", KEY_FORMAT, "FORMAT", 0,
			"how answers are written: table, csv or json; the default is table on a "
			"terminal and csv elsewhere",
			0 },
		{ "file", 'f', "FILE", 0, "read the SQL from FILE; -, standard input", 0 },
		{ 0 },
	};
	static const struct argp_child children[] = {
		{ &wg_reader_argp, 0, "Reading:", 9 },
		{ 0 },
	};
	static const struct argp table = { options, take, "TRACE... SQL",
		"Answers questions to traces in SQL. SQL is one or more statements, or .tables or "
		".schema [TABLE], which say what can be asked for; - reads it from standard "
		"input.\v"
		"All columns that end in _ns are integer nanoseconds. p50(x), p90(x), p99(x) and "
		"percentile(x, p) are by nearest rank, as in `wakegap stats`, and all figures are "
		"the same.\n\n"
		"  wakegap query DIR \"SELECT kind, count(*), p99(gap_ns) FROM gaps GROUP BY "
		"kind\"\n"
		"  wakegap query DIR .schema\n\n"
		"SQL only reads: no statement reaches a file or the network. Ctrl-C ends it.\n\n"
		"Exit status: 0 done, 1 failed, 2 usage, 77 built without SQLite",
		children, NULL, NULL };

	return &table;
}

/* ---- the SQL ---- */

static int read_all(FILE *in, const char *name, char **ret_sql)
{
	char *sql = malloc(SQL_MAX + 1);
	size_t len;

	if (!sql)
		return wg_say("out of memory");
	len = fread(sql, 1, SQL_MAX + 1, in);
	if (ferror(in) || len > SQL_MAX || memchr(sql, '\0', len)) {
		free(sql);
		if (ferror(in))
			return wg_say("cannot read '%s': %s", name, strerror(errno));
		return wg_say("'%s' is not SQL: it %s", name,
			len > SQL_MAX ? "has more than 1 MiB" : "has a byte 0");
	}
	sql[len] = '\0';
	*ret_sql = sql;
	return WG_EXIT_OK;
}

/* *ret_sql is to be freed. An exit status. */
static int read_sql(const char *file, char **ret_sql)
{
	FILE *in;
	int rc;

	if (strcmp(file, "-") == 0)
		return read_all(stdin, "standard input", ret_sql);
	in = fopen(file, "re");
	if (!in)
		return wg_say("cannot read '%s': %s", file, strerror(errno));
	rc = read_all(in, file, ret_sql);
	(void)fclose(in);
	return rc;
}

/* ---- the answer ---- */

/* For the handler: the query that Ctrl-C ends. */
static _Atomic(struct wg_query *) running;

static void on_interrupt(int signo)
{
	/* acquire: pairs with the release in catch_interrupt(); the query is made. */
	struct wg_query *query = atomic_load_explicit(&running, memory_order_acquire);

	(void)signo;
	if (query)
		wg_query_stop(query);
}

/* The second Ctrl-C ends the program as always. */
static void catch_interrupt(struct wg_query *query)
{
	struct sigaction action = { .sa_handler = on_interrupt, .sa_flags = (int)SA_RESETHAND };
	struct sigaction now;

	/* release: pairs with the acquire in on_interrupt(). */
	atomic_store_explicit(&running, query, memory_order_release);
	if (query && sigaction(SIGINT, NULL, &now) == 0 && now.sa_handler != SIG_IGN)
		(void)sigaction(SIGINT, &action, NULL);
}

static void say_notes(const struct wg_query *query)
{
	const char *label, *note;
	size_t i;

	for (i = 0; (note = wg_query_note(query, i, &label)); i++)
		wg_say("%s: %s", label, note);
}

static int say_failure(int rc, int lost, const struct wg_error *err, const struct wg_error *closing)
{
	if (lost == -EPIPE)
		return WG_EXIT_PIPE;
	if (lost < 0)
		return wg_say("%s", closing->text);
	if (rc == 0)
		return WG_EXIT_OK;
	wg_say("%s", err->text[0] ? err->text : strerror(-rc));
	if (rc == -ECANCELED) {
		(void)sigaction(SIGINT, &(struct sigaction){ .sa_handler = SIG_DFL }, NULL);
		(void)raise(SIGINT);
	}
	return WG_EXIT_FAILED;
}

static int ask(const struct call *call, const char *const *paths, size_t count)
{
	struct wg_printer printer = { .format = call->format };
	struct wg_error err = { 0 }, closing = { 0 };
	struct wg_query_sink sink;
	struct wg_query *query;
	struct wg_out out;
	int rc, lost;

	rc = wg_query_open(paths, count, &query, &err);
	if (rc < 0) {
		wg_say("%s", err.text);
		return rc == -ENOSYS ? WG_EXIT_SKIPPED : WG_EXIT_FAILED;
	}
	if (wg_out_open(&out, NULL, &err) < 0) {
		wg_query_close(query);
		return wg_say("%s", err.text);
	}
	printer.out = &out;
	printer.is_terminal = isatty(STDOUT_FILENO);
	sink = wg_printer_sink(&printer);
	if (count == 1) /* answers of one may come before the next is read */
		wg_progress_start();
	catch_interrupt(query);
	rc = wg_query_run(query, call->sql, &sink, &err);
	catch_interrupt(NULL);
	wg_printer_end(&printer);
	lost = wg_out_close(&out, true, &closing);
	say_notes(query);
	wg_query_close(query);
	return say_failure(rc, lost, &err, &closing);
}

static int ask_all(struct call *call)
{
	struct wg_recordings found = { 0 };
	int rc;

	if (call->count == 1)
		wg_recordings_in(call->paths[0], RECORDINGS_MAX, &found);
	if (!call->has_format)
		call->format = isatty(STDOUT_FILENO) ? WG_QUERY_TABLE : WG_QUERY_CSV;
	rc = found.count ? ask(call, (const char *const *)found.path, found.count)
			 : ask(call, call->paths, call->count);
	wg_recordings_fini(&found);
	return rc;
}

static int run(int argc, char **argv)
{
	struct call call = { .paths = calloc((size_t)argc + 1, sizeof(*call.paths)) };
	char *sql = NULL;
	int status;

	if (!call.paths)
		return wg_say("out of memory");
	status = wg_options_parse(&wg_cmd_query, argc, argv, 0, &call);
	if (status < 0 && call.file) {
		status = read_sql(call.file, &sql);
		call.sql = sql;
		if (status == WG_EXIT_OK)
			status = -1;
	}
	if (status < 0) {
		wg_say_pipes();
		status = ask_all(&call);
	}
	free(sql);
	free(call.schema);
	free(call.paths);
	return status;
}

static const char *words(const char *metavar)
{
	return strcmp(metavar, "FORMAT") == 0 ? FORMATS : wg_reader_words(metavar);
}

const struct wg_cmd wg_cmd_query = {
	.name = "wakegap query",
	.does = "answer questions to traces in SQL",
	.main = run,
	.table = table,
	.chapters = { wg__manual_query },
	.words = words,
};
