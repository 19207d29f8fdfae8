/*
 * test_flight.c: the bytes of an operation in flight, wherever one is tracked; and the finder,
 * which is most of what is not its node.
 *
 * Bytes are those that malloc() says are in use while all operations are in flight, less those of
 * the same program with one in flight. Sanitizers have an allocator of their own, which does not
 * say.
 */
#include <malloc.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/fake_ctf.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "traces/base/finder.h"
#include "traces/measure/flight.h"
#include "traces/measure/measure.h"

#define MANY	  50000
#define BYTES_MAX 100

static size_t bytes_in_use(void)
{
	struct mallinfo2 info = mallinfo2();

	return info.uordblks + info.hblkhd;
}

/* ---- the finder ---- */

#define ELEMENTS 3000

static struct wg__key elements[ELEMENTS];

static struct wg__key key_of(const void *user, uint32_t i)
{
	return ((const struct wg__key *)user)[i];
}

/* Against a list that is searched from its end: put replaces, remove leaves the others there. */
static void it_finds_what_is_in_it(void)
{
	struct wg__finder f;
	bool is_in[ELEMENTS] = { false };
	uint32_t i, k;

	wg__finder_init(&f, key_of, elements);
	for (i = 0; i < ELEMENTS; i++)
		elements[i] = (struct wg__key){ i % 7, i / 7 * 64 };
	for (i = 0; i < ELEMENTS; i++) {
		CU_ASSERT_EQUAL(wg__finder_get(&f, elements[i]), WG__FINDER_NONE);
		CU_ASSERT_FATAL(wg__finder_put(&f, i) == 0);
		is_in[i] = true;
		if (i % 3 == 2) {
			k = i / 2;
			wg__finder_remove(&f, k);
			is_in[k] = false;
		}
	}
	for (i = 0, k = 0; i < ELEMENTS; i++) {
		CU_ASSERT_EQUAL(wg__finder_get(&f, elements[i]), is_in[i] ? i : WG__FINDER_NONE);
		k += is_in[i];
	}
	CU_ASSERT_EQUAL(f.count, k);
	wg__finder_fini(&f);
	CU_ASSERT_EQUAL(wg__finder_get(&f, elements[0]), WG__FINDER_NONE);
}

static void a_later_one_of_a_key_takes_its_place(void)
{
	static const size_t to[] = { 1, 0 };
	struct wg__finder f;

	wg__finder_init(&f, key_of, elements);
	elements[0] = elements[1] = (struct wg__key){ 1, 2 };
	CU_ASSERT(wg__finder_put(&f, 0) == 0 && wg__finder_put(&f, 1) == 0);
	CU_ASSERT_EQUAL(f.count, 1);
	wg__finder_remove(&f, 0);
	CU_ASSERT_EQUAL(wg__finder_get(&f, elements[0]), 1);
	wg__finder_renumber(&f, to);
	CU_ASSERT_EQUAL(wg__finder_get(&f, elements[0]), 0);
	wg__finder_fini(&f);
}

/* ---- the measure ---- */

static void feed(struct wg_measure *m, enum wg_event_type type, uint64_t op, int64_t at)
{
	struct wg_event ev = { .type = type, .pid = 7, .tid = 7, .procname = "", .loop = 1 };

	ev.op = op;
	ev.ts_ns = at;
	CU_ASSERT_FATAL(wg_measure_feed(m, &ev) == 0);
}

/* How many bytes the measure of so many operations takes, all submitted and, if so, ready. */
static size_t measure_bytes(uint64_t ops, bool are_ready)
{
	size_t before = bytes_in_use(), most = 0;
	struct wg_measure *m = NULL;
	uint64_t op;

	CU_ASSERT_FATAL(wg_measure_create(NULL, &m) == 0 && wg_measure_by_kind(m) == 0);
	/* One number a stage is kept besides, and said so. */
	wg_measure_keep_no_samples(m);
	for (op = 1; op <= ops; op++) {
		feed(m, WG_EV_SUBMIT, op, (int64_t)op * 10);
		if (are_ready) {
			feed(m, WG_EV_START, op, (int64_t)op * 10 + 1);
			feed(m, WG_EV_DONE, op, (int64_t)op * 10 + 2);
			feed(m, WG_EV_NOTIFY, op, (int64_t)op * 10 + 3);
		}
		if (op % 1000 == 1 && bytes_in_use() - before > most)
			most = bytes_in_use() - before;
	}
	CU_ASSERT_EQUAL(wg__flight_count(wg__measure_flight(m)), ops);
	wg_measure_destroy(m);
	return most;
}

static void an_operation_of_a_measure_takes_few_bytes(void)
{
	int are_ready;

	for (are_ready = 0; are_ready < 2; are_ready++) {
		size_t one = measure_bytes(1, are_ready), all = measure_bytes(MANY, are_ready);

		CU_ASSERT(all - one <= (size_t)MANY * BYTES_MAX);
	}
}

/* What is over gives its place to the next: memory is that of what is in flight. */
static void what_is_over_is_used_again(void)
{
	size_t before = bytes_in_use();
	struct wg_measure *m = NULL;
	uint64_t op;

	CU_ASSERT_FATAL(wg_measure_create(NULL, &m) == 0);
	wg_measure_keep_no_samples(m);
	for (op = 1; op <= MANY; op++) {
		feed(m, WG_EV_SUBMIT, op, (int64_t)op * 10);
		feed(m, WG_EV_DONE, op, (int64_t)op * 10 + 1);
		feed(m, WG_EV_DELIVER, op, (int64_t)op * 10 + 2);
	}
	CU_ASSERT(bytes_in_use() - before < (size_t)MANY * 10);
	wg_measure_destroy(m);
}

/* ---- the exports ---- */

static void make_up(const char *dir, bool are_delivered)
{
	struct fake *fake = fake_create();
	uint64_t op;

	for (op = 1; op <= MANY; op++) {
		int64_t t = (int64_t)op * 10000;

		fake_submit(fake, t, 1, op);
		fake_start(fake, t + 1000, 1, op, 0);
		fake_done(fake, t + 2000, 1, op);
		fake_notify(fake, t + 3000, 1, op);
		if (are_delivered)
			fake_deliver(fake, t + 4000, 1, op);
		else
			fake_poll(fake, t + 4000, 1, 0);
	}
	fake_write(fake, dir);
}

/* In a child: the most memory that a program took counts what its parent had when it was started.
 */
static const char *made_up(bool are_delivered)
{
	const char *dir = wg_tmpdir();
	pid_t pid = fork();
	int status = -1;

	if (pid == 0) {
		make_up(dir, are_delivered);
		_exit(0);
	}
	CU_ASSERT_FATAL(waitpid(pid, &status, 0) == pid && status == 0);
	return dir;
}

/* The most memory that a command took. */
static size_t rss_bytes(const char *dir, const char *const command[])
{
	const char *argv[10] = { wg_build_path("wakegap") };
	struct rusage usage;
	int status = -1, n = 1;
	pid_t pid;

	for (; command[n - 1]; n++)
		argv[n] = command[n - 1];
	argv[n] = dir;
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout))
			(void)execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	CU_ASSERT_EQUAL_FATAL(wait4(pid, &status, 0, &usage), pid);
	CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	return (size_t)usage.ru_maxrss * 1024;
}

/* As many events in both, and in one of them all operations are in flight at the end. */
static void an_operation_of_an_export_takes_few_bytes(void)
{
	static const char *const commands[][8] = {
		{ "export", "--format", "csv", "--what", "operations", "-o", "-" },
		{ "export", "--format", "csv", "--what", "intervals", "-o", "-" },
		{ "export", "--format", "chrome", "-o", "-" },
		{ "export", "--format", "perfetto", "-o", "-" },
	};
	const char *ready = made_up(false), *over = made_up(true);
	size_t i;

	for (i = 0; i < sizeof(commands) / sizeof(commands[0]); i++) {
		size_t all = rss_bytes(ready, commands[i]), few = rss_bytes(over, commands[i]);

		if (all > few + (size_t)MANY * BYTES_MAX)
			printf("  %s: %zu bytes an operation\n", commands[i][2],
				(all - few) / MANY);
		CU_ASSERT(all <= few + (size_t)MANY * BYTES_MAX);
	}
}

void suite_flight(void)
{
	static const char why[] = "malloc() that counts bytes: a sanitizer has its own";

	WG_TEST(it_finds_what_is_in_it);
	WG_TEST(a_later_one_of_a_key_takes_its_place);
	WG_TEST_IF(WG_COUNTS_BYTES, why, an_operation_of_a_measure_takes_few_bytes);
	WG_TEST_IF(WG_COUNTS_BYTES, why, what_is_over_is_used_again);
	WG_TEST_IF(WG_COUNTS_BYTES, why, an_operation_of_an_export_takes_few_bytes);
}
