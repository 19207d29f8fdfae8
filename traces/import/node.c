/*
 * node.c: see node.h. The log is one object, {"traceEvents":[...]}: its members are read one by
 * one.
 *
 * An event is known by the address of its request, which is used again once it has ended; so each
 * gets a number of its own.
 */
#include "traces/import/node.h"

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <jansson.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/regular.h"

#define IN_FLIGHT_MAX 256 /* node has 4 threads for files; what is beyond is not followed */

struct node_log {
	const struct wg_node_sink *sink;
	struct {
		uint64_t address, op; /* 0: free */
	} flying[IN_FLIGHT_MAX];
	uint64_t last_op, delivered;
	unsigned skip; /* closes that have still to pass */
	bool has_loop;
};

static int emit(struct node_log *log, struct wg_event *ev, int64_t ts_ns, json_int_t pid)
{
	ev->ts_ns = ts_ns;
	ev->pid = ev->tid = (uint32_t)pid;
	ev->procname = "node";
	ev->loop = 1;
	return log->sink->event(log->sink->user, ev);
}

static int begin(
	struct node_log *log, const char *name, uint64_t address, int64_t ts_ns, json_int_t pid)
{
	struct wg_event loop = { .type = WG_EV_LOOP, .loop_ = { "node", 0 } };
	struct wg_event ev = { .type = WG_EV_SUBMIT, .submit = { wg_kind_of(name), 0 } };
	size_t i;
	int rc = 0;

	for (i = 0; i < IN_FLIGHT_MAX && log->flying[i].op; i++)
		;
	if (log->skip || i == IN_FLIGHT_MAX)
		return 0;
	if (!log->has_loop)
		rc = emit(log, &loop, ts_ns, pid);
	log->has_loop = true;
	log->flying[i].address = address;
	log->flying[i].op = ev.op = ++log->last_op;
	return rc < 0 ? rc : emit(log, &ev, ts_ns, pid);
}

static int end(struct node_log *log, const char *name, uint64_t address, int64_t ts_ns,
	json_int_t pid, json_int_t result)
{
	struct wg_event ev = { .type = WG_EV_DELIVER, .deliver = { result } };
	size_t i;

	if (log->skip) {
		log->skip -= strcmp(name, "close") == 0;
		return 0;
	}
	for (i = 0; i < IN_FLIGHT_MAX; i++) {
		if (!log->flying[i].op || log->flying[i].address != address)
			continue;
		ev.op = log->flying[i].op;
		log->flying[i].op = 0;
		log->delivered++;
		return emit(log, &ev, ts_ns, pid);
	}
	return 0;
}

/* Anything else in the log is not for us: names of threads, other categories. */
static int take(struct node_log *log, json_t *root)
{
	const char *phase, *categories, *name, *id;
	json_int_t pid, us, result = 0;
	uint64_t address;

	if (json_unpack(root, "{s:s, s:s, s:s, s:s, s:I, s:I}", "ph", &phase, "cat", &categories,
		    "name", &name, "id", &id, "pid", &pid, "ts", &us) < 0 ||
		!strstr(categories, "node.fs.async") || us < 0 || us > INT64_MAX / 1000)
		return 0;
	address = strtoull(id, NULL, 16);
	if (strcmp(phase, "b") == 0)
		return begin(log, name, address, us * 1000, pid);
	(void)json_unpack(root, "{s:{s:I}}", "args", "result", &result);
	return strcmp(phase, "e") == 0 ? end(log, name, address, us * 1000, pid, result) : 0;
}

/* The next character that is no space. */
static int next_char(FILE *in)
{
	int c;

	while ((c = getc(in)) != EOF && isspace(c))
		;
	return c;
}

static int read_members(FILE *in, struct node_log *log)
{
	int c, rc = 0;

	/* {"traceEvents":[ */
	while ((c = getc(in)) != EOF && c != '[')
		;
	for (c = c == '[' ? next_char(in) : EOF; rc == 0 && c != ']'; c = next_char(in)) {
		json_t *member;

		if (c == ',')
			continue;
		if (c != '{' || ungetc(c, in) == EOF)
			return ferror(in) ? -EIO : -EINVAL;
		member = json_loadf(in, JSON_DISABLE_EOF_CHECK, NULL);
		if (!member)
			return ferror(in) ? -EIO : -EINVAL;
		rc = take(log, member);
		json_decref(member);
	}
	return rc;
}

int wg_import_node(const char *path, unsigned skip, const struct wg_node_sink *sink,
	uint64_t *ret_ops, struct wg_error *err)
{
	struct node_log log = { .sink = sink, .skip = skip };
	FILE *in = fopen(path, "re");
	int rc;

	if (!in)
		return wg_error_set(err, -errno, "cannot open '%s': %s", path, strerror(errno));
	rc = read_members(in, &log);
	(void)fclose(in);
	*ret_ops = log.delivered;
	if (rc == -EINVAL)
		return wg_error_set(err, rc, "'%s' is no whole log of Node's trace events", path);
	return rc < 0 ? wg_error_set(err, rc, "cannot read '%s': %s", path, strerror(-rc)) : 0;
}
