/*
 * test_programs_pairs.c: programs of five runtimes, in which a known number of notifies wake a
 * thread: so many pairs are found.
 *
 * A wake that was no timeout is paired (another thread woke it), or early (another thread notified
 * before the wait began, so that it slept for nothing), or without a cause.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/programs/programs.h"
#include "traces/read/read.h"

#define JAVA_RUNS                                                                                  \
	"echo 'class A { public static void main(String[] a) { } }' >\"$HERE/A.java\" && "         \
	"java \"$HERE/A.java\"",                                                                   \
		"java that runs a source (default-jdk-headless) is not installed"

struct program {
	const char *needs, *else_why; /* a line that succeeds where it can run */
	const char *command, *output;
	const char *waiter; /* the name of the thread; NULL: all that wait so */
	bool is_loop;	    /* it waits in epoll or poll, else in a condition */
	unsigned pairs;	    /* at least so many */
	unsigned percent;   /* of the wakes that were no timeout have a cause */
	unsigned causes;    /* with preload: at least so many are paired or early */
};

static const struct program unpark = { JAVA_RUNS, "java $SOURCES/Unpark.java", "unparked 500\n",
	"waiter", false, 500, 0, 500 };
static const struct program wakeup = { JAVA_RUNS, "java $SOURCES/Wakeup.java", "woke 500\n",
	"waiter", true, 500, 0, 500 };
static const struct program call_soon = { "python3 -c 'import asyncio'", "python3 is not installed",
	"python3 $SOURCES/call_soon.py", "called 400\n", NULL, true, 395, 0, 395 };
static const struct program idle_add = { "cc -o $HERE/idle_add $SOURCES/idle_add.c "
					 "$(pkg-config --cflags --libs glib-2.0)",
	"GLib (libglib2.0-dev) is not installed", "$HERE/idle_add", "called 200\n", "idle_add",
	true, 195, 0, 195 };
/* What the pool does is short: now and then it is done before the loop sleeps. Then the notify is
 * early: nobody slept, and the next wait returned at once. The light form in the kernel sees no
 * wait that did not sleep. */
static const struct program pool = { "node -e 0", "node (nodejs) is not installed",
	"node $SOURCES/pool.js", "done 1000\n", NULL, true, 100, 99, 990 };

#define THREADS 64

struct count {
	unsigned paired, early, without;
};

struct thread {
	uint32_t tid;
	enum wg_wait_in how; /* of its wait */
	struct count count;
};

struct look {
	const struct program *program;
	struct thread thread[THREADS];
	struct {
		uint64_t object;
		uint32_t tid; /* who notified it while nobody slept; 0: nobody */
	} early[THREADS];
	size_t threads;
};

static struct thread *thread_of(struct look *look, uint32_t tid)
{
	size_t i;

	for (i = 0; i < look->threads; i++) {
		if (look->thread[i].tid == tid)
			return &look->thread[i];
	}
	CU_ASSERT_FATAL(look->threads < THREADS);
	look->thread[look->threads].tid = tid;
	return &look->thread[look->threads++];
}

static void add_early(struct look *look, const struct wg_event *ev)
{
	size_t i;

	for (i = 0; i < THREADS; i++) {
		if (look->early[i].tid && look->early[i].object != ev->op)
			continue;
		look->early[i].object = ev->op;
		look->early[i].tid = ev->tid;
		return;
	}
	CU_FAIL("more objects than this looks at");
}

/* Did another thread notify that object before? Then no more. */
static bool take_early(struct look *look, uint64_t object, uint32_t tid)
{
	size_t i;

	for (i = 0; i < THREADS; i++) {
		if (look->early[i].object == object && look->early[i].tid) {
			bool is_other = look->early[i].tid != tid;

			look->early[i].tid = 0;
			return is_other;
		}
	}
	return false;
}

static void take_wake(struct look *look, const struct wg_event *ev)
{
	struct thread *t = thread_of(look, ev->tid);
	bool is_loop = t->how == WG_IN_EPOLL || t->how == WG_IN_POLL;
	bool is_cond = t->how == WG_IN_COND || t->how == WG_IN_FUTEX;

	if (!(look->program->is_loop ? is_loop : is_cond) ||
		ev->thread_wake.reason == WG_REASON_TIMEOUT ||
		ev->thread_wake.reason == WG_REASON_INTERRUPTED ||
		(look->program->waiter && strcmp(ev->procname, look->program->waiter) != 0))
		return;
	if (ev->thread_wake.by_tid && ev->thread_wake.by_tid != ev->tid)
		t->count.paired++;
	else if (take_early(look, ev->op, ev->tid))
		t->count.early++;
	else
		t->count.without++;
}

/* The thread with the most pairs. */
static struct count count_pairs(const char *trace, const struct program *program)
{
	struct look look = { .program = program };
	struct count most = { 0 };
	struct wg_reader *r = NULL;
	struct wg_error err = { 0, "" };
	struct wg_event ev;
	size_t i;
	int rc = wg_reader_open(trace, &r, &err);

	CU_ASSERT_EQUAL(rc, 0);
	while (rc == 0 && wg_reader_next(r, &ev, &err) > 0) {
		if (ev.record == WG_RECORD_WAIT)
			thread_of(&look, ev.tid)->how = ev.thread_wait.how;
		else if (ev.record == WG_RECORD_NOTIFY && ev.thread_notify.woke == 0)
			add_early(&look, &ev);
		else if (ev.record == WG_RECORD_WAKE)
			take_wake(&look, &ev);
	}
	wg_reader_close(r);
	for (i = 0; i < look.threads; i++) {
		if (look.thread[i].count.paired >= most.paired)
			most = look.thread[i].count;
	}
	return most;
}

static void record_pairs(const char *with, const char *here, const struct program *program)
{
	char line[512], trace[300], *out, *err;
	struct count n;
	unsigned known, all;
	int status;

	(void)snprintf(line, sizeof(line), "$BUILD/wakegap record --with %s -o $HERE/%s -- %s",
		with, with, program->command);
	(void)snprintf(trace, sizeof(trace), "%s/%s", here, with);
	status = programs_shell(here, line, &out, &err);
	CU_ASSERT_EQUAL(status, 0);
	CU_ASSERT_STRING_EQUAL(out, program->output);
	CU_ASSERT(!wg_has(err, "lost"));
	free(out);
	free(err);
	if (status != 0)
		return;
	n = count_pairs(trace, program);
	known = n.paired + n.early;
	all = known + n.without;
	printf("# %s: %u pairs, %u early, %u without a cause\n", with, n.paired, n.early,
		n.without);
	CU_ASSERT(n.paired >= program->pairs);
	CU_ASSERT(known * 100 >= program->percent * all);
	CU_ASSERT(strcmp(with, "preload") != 0 || known >= program->causes);
}

static void check(const char *with, const struct program *program)
{
	char *here = wg_tmpdir(), line[700];

	(void)snprintf(line, sizeof(line), "HERE=%s; %s", here, program->needs);
	if (!programs_lack(line, program->else_why))
		record_pairs(with, here, program);
}

#define PAIRS(name)                                                                                \
	static void name##_with_preload(void)                                                      \
	{                                                                                          \
		check("preload", &(name));                                                         \
	}                                                                                          \
	static void name##_in_the_kernel(void)                                                     \
	{                                                                                          \
		if (!programs_lack_kernel())                                                       \
			check("kernel", &(name));                                                  \
	}

PAIRS(unpark)
PAIRS(wakeup)
PAIRS(call_soon)
PAIRS(idle_add)
PAIRS(pool)

void suite_programs_pairs(void)
{
	WG_TEST(unpark_with_preload);
	WG_TEST(unpark_in_the_kernel);
	WG_TEST(wakeup_with_preload);
	WG_TEST(wakeup_in_the_kernel);
	WG_TEST(call_soon_with_preload);
	WG_TEST(call_soon_in_the_kernel);
	WG_TEST(idle_add_with_preload);
	WG_TEST(idle_add_in_the_kernel);
	WG_TEST(pool_with_preload);
	WG_TEST(pool_in_the_kernel);
}

void programs_sample_pairs(void)
{
	WG_TEST(idle_add_with_preload);
	WG_TEST(idle_add_in_the_kernel);
}
