/*
 * import.c: see import.h. Which format it is, and one line after the other.
 */
#include "traces/import/import.h"

#include <errno.h>

#include "traces/base/say.h"
#include "traces/import/lines.h"
#include "traces/import/perf.h"
#include "traces/import/strace.h"

struct import {
	const struct wg_import_sink *sink;
	struct wg_import_stats *stats;
	struct wg__strace *strace;
	struct wg__perf *perf;
	bool is_in_table;
	const struct other *other; /* what it is instead of a log; or NULL */
};

/* Files that people take for logs, by their first bytes, and what makes a log of them. */
static const struct other {
	const char *begin, *what, *command;
} others[] = {
	{ "\x1f\x8b", "compressed by gzip", "zcat" },
	{ "BZh", "compressed by bzip2", "bzcat" },
	{ "\xfd"
	  "7zXZ",
		"compressed by xz", "xzcat" },
	{ "\x28\xb5\x2f\xfd", "compressed by zstd", "zstdcat" },
	{ "PERFILE2", "what perf record writes", "perf script -F +pid -i" },
	{ "\x17\x08"
	  "Dtracing",
		"what trace-cmd records", "trace-cmd report -i" },
};

static enum wg_import_format recognise(struct wg__span line)
{
	if (wg__strace_is_table(line))
		return WG_IMPORT_STRACE_TABLE;
	if (wg__strace_is(line))
		return WG_IMPORT_STRACE;
	return wg__perf_is(line) ? WG_IMPORT_PERF : WG_IMPORT_ANY;
}

static const struct other *find_other(struct wg__span line)
{
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		if (wg__span_begins(line, others[i].begin))
			return &others[i];
	}
	return NULL;
}

static void unread(struct wg_import_stats *stats)
{
	if (stats->unread++ == 0)
		stats->first_unread = stats->lines;
}

static int strace_line(struct import *im, struct wg__span line)
{
	if (!im->strace && !(im->strace = wg__strace_create(im->sink, im->stats)))
		return -ENOMEM;
	return wg__strace_line(im->strace, line);
}

static int perf_line(struct import *im, struct wg__span line)
{
	if (!im->perf && !(im->perf = wg__perf_create(im->sink, im->stats)))
		return -ENOMEM;
	return wg__perf_line(im->perf, line);
}

/* 0, 1: not understood, or a negative errno. */
static int take(struct import *im, struct wg__span line)
{
	enum wg_import_format format = im->stats->format;
	int rc;

	/* A table may follow the calls (strace -C), or be all there is. */
	if (format != WG_IMPORT_PERF && wg__strace_is_table(line)) {
		im->is_in_table = true;
		if (!im->strace)
			im->stats->format = WG_IMPORT_STRACE_TABLE;
		return 0;
	}
	if (im->is_in_table) {
		rc = wg__strace_row(im->sink, im->stats, line);
		if (rc != 1 || !im->strace)
			return rc;
		im->is_in_table = false; /* and another log */
	}
	if (format == WG_IMPORT_ANY)
		format = im->stats->format = recognise(line);
	switch (format) {
	case WG_IMPORT_STRACE: return strace_line(im, line);
	case WG_IMPORT_PERF: return perf_line(im, line);
	default: return wg__span_len(wg__span_trim(line)) != 0;
	}
}

static int read_all(struct import *im, struct wg__lines *lines)
{
	struct wg__span line;
	int rc = wg__lines_are_text(lines);

	if (rc <= 0)
		return rc < 0 ? rc : -EILSEQ;
	while ((rc = wg__lines_next(lines, &line)) > 0) {
		if (im->stats->lines++ == 0)
			im->other = find_other(line);
		im->stats->bytes = lines->bytes;
		if (rc == 2) {
			im->stats->too_long++;
			unread(im->stats);
			continue;
		}
		rc = take(im, line);
		if (rc == 1)
			unread(im->stats);
		else if (rc < 0)
			return rc;
	}
	return rc;
}

static bool is_empty(const struct wg_import_stats *stats)
{
	return !stats->calls && !stats->unended && !stats->table_calls && !stats->has_switches &&
	       !stats->has_calls;
}

/* It says which command writes what can be read. */
static int refuse(const struct import *im, const char *path, struct wg_error *err)
{
	const struct wg_import_stats *stats = im->stats;
	unsigned long long lines = stats->lines;
	const char *were = lines == 1 ? " was" : "s were";
	char word[WG_SHELL_MAX];

	if (im->other)
		return wg_error_set(err, -EINVAL, "'%s' is %s, no text: `%s %s | wakegap import -`",
			path, im->other->what, im->other->command, wg_shell_word(word, "%s", path));
	if (stats->format == WG_IMPORT_PERF)
		return wg_error_set(err, -EINVAL,
			"'%s' has no event that tells of waits (%llu line%s read): record them "
			"with `perf record " WG_IMPORT_PERF_EVENTS " -- COMMAND`, and import what "
			"`perf script` prints",
			path, lines, were);
	return wg_error_set(err, -EINVAL,
		"'%s' has no line that %s wrote (%llu line%s read); it should be what "
		"`strace -f -tt -T -o FILE COMMAND` or `perf script` prints",
		path, stats->format == WG_IMPORT_STRACE ? "strace" : "strace, perf or ftrace",
		lines, were);
}

static int finish(struct import *im, const char *path, int rc, struct wg_error *err)
{
	if (rc == 0 && im->strace)
		rc = wg__strace_end(im->strace);
	if (rc == 0 && im->perf)
		rc = wg__perf_end(im->perf);
	wg__strace_destroy(im->strace);
	wg__perf_destroy(im->perf);
	if (rc == -ENOMEM)
		return wg_error_set(err, rc, "out of memory");
	if (rc == -EISDIR)
		return wg_error_set(err, rc,
			"'%s' is a folder, but a log is a file: `wakegap stats` reads the folder "
			"of a trace",
			path);
	if (rc == -EILSEQ)
		return wg_error_set(err, rc,
			"'%s' is binary, but a log is a text: import what `perf script` prints of "
			"perf.data, `trace-cmd report` of trace.dat, and zcat of a compressed log",
			path);
	if (rc < 0)
		return wg_error_set(err, rc, "cannot read '%s': %s", path, strerror(-rc));
	return is_empty(im->stats) ? refuse(im, path, err) : 0;
}

static int import(struct wg__lines *lines, const char *path, enum wg_import_format from,
	const struct wg_import_sink *sink, struct wg_import_stats *ret_stats, struct wg_error *err)
{
	struct import im = { .sink = sink, .stats = ret_stats };
	int rc;

	*ret_stats = (struct wg_import_stats){ .format = from };
	rc = read_all(&im, lines);
	wg__lines_close(lines);
	return finish(&im, path, rc, err);
}

int wg_import(const char *path, enum wg_import_format from, const struct wg_import_sink *sink,
	struct wg_import_stats *ret_stats, struct wg_error *err)
{
	struct wg__lines lines;
	int rc = wg__lines_open(&lines, path, err);

	return rc < 0 ? rc : import(&lines, path, from, sink, ret_stats, err);
}

int wg_import_bytes(const void *bytes, size_t len, enum wg_import_format from,
	const struct wg_import_sink *sink, struct wg_import_stats *ret_stats, struct wg_error *err)
{
	struct wg__lines lines;
	int rc = wg__lines_bytes(&lines, bytes, len, err);

	return rc < 0 ? rc : import(&lines, "(bytes)", from, sink, ret_stats, err);
}

bool wg_import_format_of(const char *name, enum wg_import_format *ret_format)
{
	*ret_format = WG_IMPORT_ANY;
	if (strcmp(name, "strace") == 0)
		*ret_format = WG_IMPORT_STRACE;
	else if (strcmp(name, "perf") == 0)
		*ret_format = WG_IMPORT_PERF;
	return *ret_format != WG_IMPORT_ANY;
}
