/*
 * test_kernel.c: the kernel's recorder finds what was planted, in programs that are linked
 * dynamically, statically, or to another C library.
 *
 * Needs root (or CAP_BPF and CAP_PERFMON) and a build with libbpf.
 */
#include <stdio.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/traces/kernel_run.h"
#include "traces/observe/scan.h"

static const struct {
	const char *name;
	enum wg_wait_in how;
	enum wg_object_kind kind;
} ways[] = {
	{ "epoll", WG_IN_EPOLL, WG_OBJECT_EPOLL },
	{ "epoll2", WG_IN_EPOLL, WG_OBJECT_EPOLL },
	{ "poll", WG_IN_POLL, WG_OBJECT_PIPE },
	{ "ppoll", WG_IN_POLL, WG_OBJECT_PIPE },
	{ "select", WG_IN_SELECT, WG_OBJECT_SOCKET },
	{ "pselect", WG_IN_SELECT, WG_OBJECT_SOCKET },
	{ "cond", WG_IN_COND, WG_OBJECT_COND },
	{ "c11", WG_IN_COND, WG_OBJECT_COND },
	{ "sem", WG_IN_SEM, WG_OBJECT_SEM },
	{ "futex", WG_IN_FUTEX, WG_OBJECT_FUTEX },
};

#define WAYS (sizeof(ways) / sizeof(ways[0]))

/* In libraries that are part of the program, a condition's word is a word. */
static enum wg_wait_in seen_as(size_t way, bool is_dynamic)
{
	bool is_word = ways[way].how == WG_IN_COND || ways[way].how == WG_IN_SEM;

	return is_word && (!is_dynamic || !wg_scan_has_dwarf()) ? WG_IN_FUTEX : ways[way].how;
}

static void check_place(
	const struct wg_threads *threads, const struct wg_thread_stats *t, size_t way)
{
	const struct wg_wait_group *group = t->group_count ? t->group[0] : NULL;
	const struct wg_thread_object *object =
		group ? wg_thread_object(threads, group->object) : 0;
	const struct wg_thread_site *site = group ? wg_thread_site(threads, group->site) : NULL;
	char symbol[32];

	(void)snprintf(symbol, sizeof(symbol), "wait_%s", ways[way].name);
	CU_ASSERT(site && strcmp(site->symbol, symbol) == 0);
	CU_ASSERT(site && strcmp(site->module, "planted") == 0);
	CU_ASSERT(object && object->kind == ways[way].kind);
}

/* A line of what the program printed: what it knows of a thread. */
static void check_way(
	const struct wg_threads *threads, size_t way, int notified, int timed_out, bool is_dynamic)
{
	const struct wg_thread_stats *t = kernel_thread(threads, ways[way].name);
	enum wg_wait_in how = seen_as(way, is_dynamic);
	bool holds = t && t->by_how[how].waits == (uint64_t)(notified + timed_out) &&
		     t->by_how[how].notified == (uint64_t)notified &&
		     t->by_how[how].timeout == (uint64_t)timed_out &&
		     t->certainty[WG_CERTAINTY_EXACT] >= (uint64_t)notified;

	CU_ASSERT(holds);
	if (!holds && t)
		printf("# %s: planted %d and %d, found %d waits, %d and %d; %d wakes, %d exact\n",
			ways[way].name, notified, timed_out, (int)t->by_how[how].waits,
			(int)t->by_how[how].notified, (int)t->by_how[how].timeout, (int)t->wakes,
			(int)t->certainty[WG_CERTAINTY_EXACT]);
	if (t && is_dynamic && wg_scan_has_dwarf())
		check_place(threads, t, way);
}

static void check_all(const char *trace, const char *truth, bool is_dynamic)
{
	struct wg_threads *threads = kernel_measure(trace);
	FILE *file = fopen(truth, "re");
	int notified, timed_out, asked;
	char name[16];
	size_t i = 0;

	CU_ASSERT_FATAL(file != NULL);
	for (; i < WAYS && fscanf(file, "%15s %d %d %d", name, &notified, &timed_out, &asked) == 4;
		i++) {
		CU_ASSERT_STRING_EQUAL(name, ways[i].name);
		CU_ASSERT(notified >= 50 && timed_out > 0 && timed_out <= asked);
		check_way(threads, i, notified, timed_out, is_dynamic);
	}
	CU_ASSERT_EQUAL(i, WAYS);
	(void)fclose(file);
	kernel_done(threads);
}

/* Build it with these words and record it. false: they cannot build it. */
static bool build(const char *program, const char *const words[])
{
	const char *argv[16] = { NULL };
	size_t n;

	for (n = 0; words[n]; n++)
		argv[n] = words[n];
	argv[n++] = "-o";
	argv[n++] = program;
	argv[n] = "tests/data/programs/planted.c";
	return wg_run(NULL, NULL, argv) == 0;
}

static void record_planted(const char *const words[], bool is_dynamic, const char *else_why)
{
	const char *dir = wg_tmpdir();
	char program[256], trace[256], truth[256], line[1024];
	const char *argv[] = { "sh", "-c", line, NULL };
	struct wg_kernel_result result;

	(void)snprintf(program, sizeof(program), "%s/planted", dir);
	(void)snprintf(trace, sizeof(trace), "%s/trace", dir);
	(void)snprintf(truth, sizeof(truth), "%s/truth", dir);
	(void)snprintf(line, sizeof(line), "exec %s >%s", program, truth);
	if (!build(program, words)) {
		wg_skip(else_why);
		return;
	}
	CU_ASSERT_EQUAL_FATAL(kernel_record(trace, argv, 0, &result), 0);
	CU_ASSERT(result.has_run && result.exit_code == 0 && result.lost == 0);
	check_all(trace, truth, is_dynamic);
}

#define PLANTED(is_dynamic, why, ...)                                                              \
	record_planted((const char *const[]){ __VA_ARGS__, NULL }, is_dynamic, why)

static void a_dynamic_program_is_seen_exactly(void)
{
	PLANTED(true, "cc cannot build it", "cc", "-O1", "-g", "-pthread");
}

static void a_static_program_is_seen_exactly(void)
{
	PLANTED(false, "no static C library", "cc", "-O1", "-static", "-pthread");
}

static void a_program_of_musl_is_seen_exactly(void)
{
	PLANTED(false, "musl-gcc (package musl-tools) is not installed", "musl-gcc", "-O1",
		"-static", "-idirafter", "/usr/include", "-idirafter",
		"/usr/include/x86_64-linux-gnu");
}

void suite_kernel(void)
{
	struct wg_error err = { 0 };
	bool can = wg_kernel_check(&err) == 0;

	WG_TEST_IF(can, err.text, a_dynamic_program_is_seen_exactly);
	WG_TEST_IF(can, err.text, a_static_program_is_seen_exactly);
	WG_TEST_IF(can, err.text, a_program_of_musl_is_seen_exactly);
}
