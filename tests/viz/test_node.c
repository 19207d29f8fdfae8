/*
 * test_node.c: Node.js as a row of `wakegap run read`: the real one, one that is absent, too old or
 * fails, and what node's log may be.
 */
#include <inttypes.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "traces/import/node.h"

#define BYTES (10 * 65536 + 1)

static const char *file(void)
{
	static const char *path;

	if (!path)
		path = wg_make_file(wg_tmpdir(), "f", BYTES);
	return path;
}

/* run read with these strategies, and node found in this PATH (NULL: as it is). */
static int run(const char *path, const char *waits, const char *option, char **out, char **err)
{
	char variable[300];

	(void)snprintf(variable, sizeof(variable), "PATH=%s", path ? path : getenv("PATH"));
	return wg_run(out, err,
		(const char *[]){ "/usr/bin/env", variable, wg_build_path("wakegap"), "run", "read",
			"--passes=2", "--file", file(), "--wait", waits, option, NULL });
}

/* ---- the real one ---- */

static bool lacks_node(void)
{
	if (wg_run(NULL, NULL, (const char *[]){ "sh", "-c", "command -v node", NULL }) == 0)
		return false;
	wg_skip("node is not installed");
	return true;
}

static void node_reads_what_ours_read(void)
{
	const char *dir = wg_tmpdir();
	char option[300], *out = NULL, *err = NULL;

	if (lacks_node())
		return;
	(void)snprintf(option, sizeof(option), "--record=%s/t", dir);
	CU_ASSERT_EQUAL(run(NULL, "eventfd,node", option, &out, &err), 0);
	if (wg_has(err, "not traced") || wg_has(err, "only its times") || wg_has(err, "LTTng")) {
		wg_skip("nothing can be recorded here");
	} else {
		CU_ASSERT(wg_has(out, "all delivered the same bytes: 11 reads"));
		CU_ASSERT(wg_has(out, "; node: not observable\n"));
		CU_ASSERT(wg_has(out, "an operation was under way in it: eventfd "));
	}
	free(out);
	free(err);
}

/* Two passes of 11 reads, the one that finds the end, open and close; the first is left out. */
static void its_trace_is_like_any_other(void)
{
	char dir[300], script[800], *out = NULL, *err = NULL;

	if (lacks_node())
		return;
	(void)snprintf(dir, sizeof(dir), "--record=%s/t", wg_tmpdir());
	CU_ASSERT_EQUAL_FATAL(run(NULL, "node", dir, &out, &err), 0);
	free(out);
	if (wg_has(err, "only its times")) {
		free(err);
		wg_skip("this node writes no trace events");
		return;
	}
	CU_ASSERT_STRING_EQUAL(err, "");
	free(err);
	(void)snprintf(script, sizeof(script), "%s stats --json %s/node", wg_build_path("wakegap"),
		dir + strlen("--record="));
	CU_ASSERT_EQUAL(wg_run(&out, NULL, (const char *[]){ "sh", "-c", script, NULL }), 0);
	CU_ASSERT(wg_has(out, "\"wait\": \"node\""));
	CU_ASSERT(wg_has(out, "\"submitted\": 28") && wg_has(out, "\"delivered\": 28"));
	CU_ASSERT(wg_has(out, "\"done\": null") && wg_has(out, "\"late_wakes\": null"));
	CU_ASSERT(wg_has(out, "\"empty_wakes\": null") && wg_has(out, "\"wasted_ns\": null"));
	free(out);
	(void)snprintf(script, sizeof(script), "%s export --format csv -o - %s/node",
		wg_build_path("wakegap"), dir + strlen("--record="));
	CU_ASSERT_EQUAL(wg_run(&out, NULL, (const char *[]){ "sh", "-c", script, NULL }), 0);
	CU_ASSERT(wg_has(out, ",submit,") && wg_has(out, ",read,") && wg_has(out, ",close,"));
	CU_ASSERT(wg_has(out, ",node,1,2,,,,65536,"));
	free(out);
	(void)snprintf(script, sizeof(script), "%s view %s/node --frame=100x20",
		wg_build_path("wakegap"), dir + strlen("--record="));
	CU_ASSERT_EQUAL(wg_run(&out, NULL, (const char *[]){ "sh", "-c", script, NULL }), 0);
	CU_ASSERT(wg_has(out, "wasted: not observable") && !wg_has(out, "0 notifies"));
	free(out);
}

/* ---- others ---- */

/* A folder with a program `node`: a script of sh(1). */
static const char *node_that(const char *does)
{
	const char *dir = wg_tmpdir();
	char path[300];
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/node", dir);
	f = fopen(path, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fprintf(f, "#!/bin/sh\n%s\n", does);
	CU_ASSERT_EQUAL(fclose(f), 0);
	CU_ASSERT_EQUAL(chmod(path, 0755), 0);
	return dir;
}

#define ANSWER                                                                                     \
	"printf '{\"wait\":\"node\",\"ops\":11,\"bytes_read\":655361,\"checksum\":\"\","           \
	"\"seconds\":{\"min\":1,\"median\":1,\"max\":1}}'"
#define DELIVER "case $2 in *writeSync*) exec /bin/cat \"$4\";; esac; "
#define REFUSE	"case $1 in --trace*) exit 9;; esac; "
#define LOG(text)                                                                                  \
	"case $1 in --trace*) printf '%s' '" text "' >\"${4%%/\\$*}/1\"; " ANSWER "; exit;; "      \
	"esac; "

static const struct {
	const char *does, *said; /* of the line, or of the table */
	int status;
} nodes[] = {
	{ "exit 3", "node failed with status 3", 1 },
	{ "kill -9 $$", "node was ended by signal 9", 1 },
	{ DELIVER "exit 7", "node failed with status 7", 1 },
	{ REFUSE DELIVER ANSWER, "node failed with status 9 when it was to write trace events", 0 },
	{ LOG("{\"traceEvents\":[]}") DELIVER ANSWER, "this node writes no trace events", 0 },
	{ "case $1 in --trace*) " ANSWER "; exit;; esac; " DELIVER ANSWER,
		"this node writes no trace events", 0 },
	{ LOG("{\"traceEvents\":[{\"ph\"") DELIVER ANSWER, "is no whole log", 1 },
	{ REFUSE "case $2 in *writeSync*) exit;; esac; " ANSWER, "changed while node read it", 1 },
	{ REFUSE "case $2 in *writeSync*) exec /bin/head -c 655361 /dev/zero;; esac; " ANSWER,
		"the strategies delivered different data", 1 },
	{ "case $2 in *writeSync*) exec /bin/cat \"$4\";; esac; echo hello", "node gave no answer",
		1 },
};

static void a_node_that_fails_is_named(void)
{
	size_t i;

	for (i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++) {
		char *out = NULL, *err = NULL;
		int status = run(node_that(nodes[i].does), "node", NULL, &out, &err);

		if (status != nodes[i].status || !wg_has(err, nodes[i].said))
			printf("  %s: %d, %s\n", nodes[i].does, status, err);
		CU_ASSERT_EQUAL(status, nodes[i].status);
		CU_ASSERT(wg_has(err, nodes[i].said));
		CU_ASSERT(status || wg_has(out, "\nnode "));
		free(out);
		free(err);
	}
}

static void without_node_it_is_skipped_by_name(void)
{
	char *out = NULL, *err = NULL;

	CU_ASSERT_EQUAL(run(wg_tmpdir(), "eventfd,node", "--json", &out, &err), 0);
	CU_ASSERT(wg_has(err, "skipped: node is not installed"));
	CU_ASSERT(wg_has(out, "\"skipped\": [\n    \"node\"\n  ]"));
	free(out);
	free(err);
	CU_ASSERT_EQUAL(run(wg_tmpdir(), "node", NULL, NULL, NULL), 77);
}

static void it_can_only_read(void)
{
	char *err = NULL;

	CU_ASSERT_EQUAL(wg_run(NULL, &err,
				(const char *[]){ wg_build_path("wakegap"), "run", "sleep",
					"--wait=node", NULL }),
		2);
	CU_ASSERT(wg_has(err, "node can do one workload only: read"));
	free(err);
}

/* ---- logs ---- */

struct seen {
	char text[512];
	int stop_after; /* events; 0: never */
};

static int see(void *user, const struct wg_event *ev)
{
	struct seen *s = user;
	size_t used = strlen(s->text);

	(void)snprintf(s->text + used, sizeof(s->text) - used, "%s %" PRIu64 " %" PRId64 "; ",
		wg_event_type_name(ev->type), ev->op, ev->ts_ns);
	return --s->stop_after == 0 ? -ENOSPC : 0;
}

static int import(const char *text, unsigned skip, struct seen *s, uint64_t *ops)
{
	struct wg_node_sink sink = { see, s };
	struct wg_error err = { 0 };
	char path[300];
	FILE *f;
	int rc;

	(void)snprintf(path, sizeof(path), "%s/log", wg_tmpdir());
	f = fopen(path, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fputs(text, f);
	(void)fclose(f);
	s->text[0] = '\0';
	rc = wg_import_node(path, skip, &sink, ops, &err);
	CU_ASSERT_EQUAL(rc < 0, err.text[0] != '\0');
	return rc;
}

#define EVENT(phase, name, id, us)                                                                 \
	"{\"pid\":7,\"tid\":7,\"ts\":" #us ",\"ph\":\"" phase "\",\"cat\":\"node,node.fs.async\"," \
	"\"name\":\"" name "\",\"id\":\"" id "\",\"args\":{\"result\":5}}"
#define OPEN  "{\"traceEvents\":["
#define CLOSE "]}"

static const struct {
	const char *log;
	unsigned skip;
	int rc;
	const char *seen;
} logs[] = {
	{ OPEN CLOSE, 0, 0, "" },
	{ OPEN EVENT("b", "read", "0xa", 1) "," EVENT("e", "read", "0xa", 3) CLOSE, 0, 0,
		"loop 0 1000; submit 1 1000; deliver 1 3000; " },
	/* The same address again is another operation; an end without a begin is none. */
	{ OPEN EVENT("e", "read", "0xb", 1) "," EVENT("b", "read", "0xa", 2) ", \n" EVENT(
		  "e", "read", "0xa", 3) "," EVENT("b", "stat", "0xa", 4) CLOSE,
		0, 0, "loop 0 2000; submit 1 2000; deliver 1 3000; submit 2 4000; " },
	/* Up to the first close. */
	{ OPEN EVENT("b", "close", "0xa", 1) "," EVENT("e", "close", "0xa", 2) "," EVENT(
		  "b", "open", "0xa", 3) CLOSE,
		1, 0, "loop 0 3000; submit 1 3000; " },
	/* Others' events, and what is no event. */
	{ OPEN "{\"ph\":\"M\",\"cat\":\"__metadata\"},{},{\"ph\":1}," EVENT("b", "read", "0xa", -5)
			CLOSE,
		0, 0, "" },
	{ "", 0, -EINVAL, "" },
	{ "{}", 0, -EINVAL, "" },
	{ "hello", 0, -EINVAL, "" },
	{ OPEN, 0, -EINVAL, "" },
	{ OPEN "7" CLOSE, 0, -EINVAL, "" },
	{ OPEN EVENT("b", "read", "0xa", 1) ",{\"ph\":\"e", 0, -EINVAL,
		"loop 0 1000; submit 1 1000; " },
	{ OPEN EVENT("b", "read", "0xa", 1) ",", 0, -EINVAL, "loop 0 1000; submit 1 1000; " },
};

static void logs_are_read_as_far_as_they_go(void)
{
	struct seen s = { .stop_after = 0 };
	uint64_t ops;
	size_t i;

	for (i = 0; i < sizeof(logs) / sizeof(logs[0]); i++) {
		CU_ASSERT_EQUAL(import(logs[i].log, logs[i].skip, &s, &ops), logs[i].rc);
		CU_ASSERT_STRING_EQUAL(s.text, logs[i].seen);
	}
	s.stop_after = 2;
	CU_ASSERT_EQUAL(import(logs[1].log, 0, &s, &ops), -ENOSPC);
	CU_ASSERT_STRING_EQUAL(s.text, "loop 0 1000; submit 1 1000; ");
}

void suite_node(void)
{
	WG_TEST(node_reads_what_ours_read);
	WG_TEST(its_trace_is_like_any_other);
	WG_TEST(a_node_that_fails_is_named);
	WG_TEST(without_node_it_is_skipped_by_name);
	WG_TEST(it_can_only_read);
	WG_TEST(logs_are_read_as_far_as_they_go);
}
