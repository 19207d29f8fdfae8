/*
 * test_scan_cmd.c: `wakegap scan` as a person and as a program meet it: what is refused, its JSON,
 * and the table on a terminal that is drawn again and again.
 */
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/emulator.h"
#include "tests/harness/harness.h"
#include "tests/harness/pty.h"
#include "tests/traces/parked.h"

static char target[16], summary[32]; /* "3 threads" */
static size_t threads_there;

/* Something to scan: two threads that sleep for an hour, one of them with an odd name. */
static struct parked *start_target(void)
{
	struct park parks[] = {
		{ "quiét", SYS_pause, .function = "pause" },
		{ "odd\n\033[31m", SYS_pause, .function = "pause" },
	};
	struct parked *p = parked_start(parks, 2);

	threads_there = parked_threads(parked_pid(p));
	(void)snprintf(target, sizeof(target), "%ld", (long)parked_pid(p));
	(void)snprintf(summary, sizeof(summary), "of %zu threads", threads_there);
	return p;
}

static char *scan(int status, const char *const words[])
{
	const char *argv[8] = { wg_build_path("wakegap"), "scan" };
	char *text, *err;
	size_t i;

	for (i = 0; words[i]; i++)
		argv[i + 2] = words[i];
	CU_ASSERT_EQUAL(wg_run(&text, &err, argv), status);
	CU_ASSERT(!strchr(err, 033) && !strchr(text, 033));
	if (status == 0) {
		free(err);
		return text;
	}
	CU_ASSERT_STRING_EQUAL(text, "");
	free(text);
	return err;
}

#define SCAN(status, ...) scan(status, (const char *const[]){ __VA_ARGS__, NULL })

static void check_refused(const char *why, char *err)
{
	CU_ASSERT(wg_has(err, why));
	CU_ASSERT(strchr(err, '\n') == err + strlen(err) - 1);
	free(err);
}

static void wrong_words_are_refused(void)
{
	check_refused("--for takes a time", SCAN(2, "--for", "0"));
	check_refused("--for takes a time", SCAN(2, "--for", "5 days"));
	check_refused("--for takes a time", SCAN(2, "--for", "-1s"));
	check_refused("--watch goes with neither", SCAN(2, "--watch", "--json"));
	check_refused("--watch goes with neither", SCAN(2, "--watch", "--hang"));
	check_refused("--hang shows every thread", SCAN(2, "--hang", "--all"));
	check_refused("--hang shows every thread", SCAN(2, "--hang", "--top", "3"));
	check_refused("--all or --top, not both", SCAN(2, "--all", "--top", "3"));
	check_refused("--top: '0' is not a number of rows", SCAN(2, "--top", "0"));
	check_refused("no option", SCAN(2, "--nosuch"));
	check_refused("no process is called", SCAN(1, "no such program"));
	check_refused("there is no process 4194305", SCAN(1, "4194305"));
	check_refused("no process is called", SCAN(1, ""));
	check_refused("\\x1b", SCAN(1, "\033[31m"));
}

/* ---- JSON ---- */

static const char *const kept[] = { "pid", "tid", "process", "name", "how", "call", "number",
	"function", "timeout_ns", "timeout_min_ns", "deadline_ns", "object", "hidden", "looks",
	"site", "symbol", "build_id", "certainty" };
static const char *const counted[] = { "wakes_per_s", "wakes", "involuntary", "cpu_ns_per_wake",
	"cpu_ns", "seen_ns", "began", "ended" };

static void has_keys(const json_t *o, const char *const *keys, size_t n)
{
	while (n-- > 0) {
		CU_ASSERT(json_object_get(o, keys[n]) != NULL);
		if (!json_object_get(o, keys[n]))
			printf("# no key '%s'\n", keys[n]);
	}
}

static json_t *scan_json(const char *option)
{
	char *text = option ? SCAN(0, "--json", option, target)
			    : SCAN(0, "--json", "--for", "10ms", target);
	json_t *root = json_loads(text, JSON_REJECT_DUPLICATES, NULL);

	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	CU_ASSERT(json_is_array(json_object_get(root, "notes")));
	free(text);
	return root;
}

static void its_json_has_every_key(void)
{
	struct parked *p = start_target();
	json_t *root = scan_json(NULL), *threads = json_object_get(root, "threads"), *o;
	bool has_odd = false;
	size_t i;

	CU_ASSERT_EQUAL(json_array_size(threads), threads_there);
	CU_ASSERT(json_real_value(json_object_get(root, "seconds")) >= 0.01);
	json_array_foreach(threads, i, o)
	{
		const char *name = json_string_value(json_object_get(o, "name"));

		has_keys(o, kept, sizeof(kept) / sizeof(*kept));
		has_keys(o, counted, sizeof(counted) / sizeof(*counted));
		CU_ASSERT_EQUAL(json_integer_value(json_object_get(o, "wakes")), 0);
		CU_ASSERT(json_is_null(json_object_get(o, "cpu_ns_per_wake")));
		has_odd = has_odd || (name && strncmp(name, "odd", 3) == 0);
	}
	CU_ASSERT(has_odd);
	json_decref(root);

	root = scan_json("--hang");
	CU_ASSERT_PTR_NULL(json_object_get(root, "seconds"));
	json_array_foreach(json_object_get(root, "threads"), i, o)
	{
		has_keys(o, kept, sizeof(kept) / sizeof(*kept));
		CU_ASSERT(json_array_size(json_object_get(o, "frames")) > 0);
	}
	CU_ASSERT_EQUAL(i, threads_there);
	json_decref(root);
	parked_end(p);
}

/* While a program is recorded, our library stands between it and the C library. */
static void our_library_is_no_call_site(void)
{
	const char *const argv[] = { "sh", "-c",
		"LD_PRELOAD=$1 sleep 1000 & "
		"until grep -q preload /proc/$!/maps && read -r call rest </proc/$!/syscall && "
		"[ \"$call\" = \"$2\" ]; do :; done; \"$0\" scan --hang --json $!; kill $!",
		wg_build_path("wakegap"), wg_build_path("libwakegap-preload.so"), target, NULL };
	const char *site;
	json_t *root;
	char *text;

	(void)snprintf(target, sizeof(target), "%d", SYS_clock_nanosleep);
	CU_ASSERT_EQUAL(wg_run(&text, NULL, argv), 0);
	root = json_loads(text, 0, NULL);
	site = json_string_value(
		json_object_get(json_array_get(json_object_get(root, "threads"), 0), "site"));
	CU_ASSERT_PTR_NOT_NULL_FATAL(site);
	CU_ASSERT(strncmp(site, "sleep+", 6) == 0);
	json_decref(root);
	free(text);
}

/* ---- ended from outside ---- */

static void one_window_ends_early(void)
{
	struct parked *p = start_target();
	const char *const argv[] = { "sh", "-c",
		"\"$0\" scan --json --for 1000s \"$1\" & "
		"while read -r c </proc/$!/comm && [ \"$c\" != wakegap ]; do :; done; "
		"kill -TERM $!; wait $!; echo \"status $?\"",
		wg_build_path("wakegap"), target, NULL };
	char *text;

	(void)wg_run(&text, NULL, argv);
	CU_ASSERT(wg_has(text, "status 143"));
	free(text);
	parked_end(p);
}

static void ends_with_its_reader(void)
{
	struct parked *p = start_target();
	const char *const argv[] = { "sh", "-c",
		"{ \"$0\" scan --watch --for 10ms \"$1\"; echo \"$?\" >&2; } | head -n 1",
		wg_build_path("wakegap"), target, NULL };
	char *text, *err;

	CU_ASSERT_EQUAL(wg_run(&text, &err, argv), 0);
	CU_ASSERT(wg_has(text, summary));
	CU_ASSERT_STRING_EQUAL(err, "141\n"); /* by SIGPIPE, quietly */
	free(text);
	free(err);
	parked_end(p);
}

#ifdef WG_HAVE_VTERM

/* ---- on a terminal ---- */

static void watch(void *arg)
{
	(void)arg;
	(void)setenv("TERM", "xterm-256color", 1);
	(void)setenv("LC_ALL", "C.UTF-8", 1);
	(void)unsetenv("LINES");
	(void)unsetenv("COLUMNS");
	(void)execl(wg_build_path("wakegap"), "wakegap", "scan", "--watch", "--for", "20ms",
		"--all", target, (char *)NULL);
	_exit(127);
}

static void resize(struct seen *s, int cols, int rows)
{
	struct winsize size = { .ws_col = (unsigned short)cols, .ws_row = (unsigned short)rows };

	s->cols = cols;
	s->rows = rows;
	vterm_set_size(s->vt, rows, cols);
	CU_ASSERT_EQUAL(ioctl(s->pty->fd, TIOCSWINSZ, &size), 0);
}

static void the_table_is_drawn_again(void)
{
	struct parked *p = start_target();
	struct seen *s = seen_start(80, 24, watch, NULL);

	CU_ASSERT(seen_text(s, "wakegap scan  every 20.0 ms  q quit"));
	CU_ASSERT(seen_text(s, summary));
	CU_ASSERT(seen_text(s, "/quiét "));
	CU_ASSERT(s->altscreen && !s->cursor_visible);
	resize(s, 40, 10);
	CU_ASSERT(seen_text(s, summary));
	resize(s, 120, 40);
	CU_ASSERT(seen_text(s, summary));
	parked_end(p); /* what is watched ends: that is told, and the watch goes on */
	CU_ASSERT(seen_text(s, "ended during the scan"));
	CU_ASSERT(seen_text(s, "of 0 threads"));
	pty_keys(s->pty, "xyz\t");
	CU_ASSERT(pty_take(s->pty, 0));
	pty_keys(s->pty, "q");
	CU_ASSERT_EQUAL(pty_finish(s->pty), 0);
	CU_ASSERT(!s->altscreen && s->cursor_visible);
	seen_finish(s);
}

static void ctrl_c_ends_the_watch(void)
{
	struct parked *p = start_target();
	struct seen *s = seen_start(80, 24, watch, NULL);
	int status;

	CU_ASSERT(seen_text(s, summary));
	pty_keys(s->pty, "\003");
	status = pty_finish(s->pty);
	CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == SIGINT);
	CU_ASSERT(!s->altscreen && s->cursor_visible);
	seen_finish(s);
	parked_end(p);
}

#endif

void suite_scan_cmd(void)
{
	WG_TEST(wrong_words_are_refused);
	WG_TEST(its_json_has_every_key);
	WG_TEST(our_library_is_no_call_site);
	WG_TEST(one_window_ends_early);
	WG_TEST(ends_with_its_reader);
#ifdef WG_HAVE_VTERM
	WG_TEST(the_table_is_drawn_again);
	WG_TEST(ctrl_c_ends_the_watch);
#endif
}
