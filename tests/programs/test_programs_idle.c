/*
 * test_programs_idle.c: programs that do nothing, watched for 10 s from outside, by `scan`, with
 * the preload library and in the kernel, at the same time: how often each of their threads wakes.
 *
 * What happens in the first seconds, while a program starts, does not count.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/programs/programs.h"
#include "traces/kernel/kernel.h"
#include "traces/measure/threads.h"
#include "traces/read/read.h"

#define SETTLES_S 3
#define WATCHED_S 10
#define S_NS	  INT64_C(1000000000)
#define MS_NS	  INT64_C(1000000)

struct thread {
	const char *name;   /* NULL: all threads together */
	double least, most; /* wakes a second */
	int64_t period_ns;  /* or 0 */
};

struct program {
	const char *needs, *else_why;
	const char *command; /* $DIR is a folder of its own */
	const char *pids;    /* a line that prints them, of $DIR */
	struct thread thread[3];
};

#define PID "cat $DIR/pid"
#define QUIET                                                                                      \
	{                                                                                          \
		{                                                                                  \
			NULL, 0, 0.1, 0                                                            \
		}                                                                                  \
	}

static const struct program redis = { "command -v redis-server", "redis-server is not installed",
	"redis-server --port 0 --unixsocket $DIR/s --save '' --dir $DIR", PID,
	{ { "redis-server", 9.8, 10.2, 100 * MS_NS } } };
static const struct program memcached = { "command -v memcached", "memcached is not installed",
	"memcached -u root -s $DIR/s", PID, { { NULL, 2, 3, 0 } } };
/* VM Periodic: now and then it sleeps 43 ms and 7 ms instead of 50 ms, which is one wake more. */
static const struct program java = { "java -version",
	"java (default-jre-headless) is not installed", "java $SOURCES/Asleep.java", PID,
	{ { "VM Periodic Tas", 19, 20.5, 50 * MS_NS },
		{ "Monitor Deflati", 3.7, 4.1, 250 * MS_NS } } };
static const struct program queue = { "command -v python3", "python3 is not installed",
	"python3 $SOURCES/queue_get.py", PID, { { "python3", 19, 20, 50 * MS_NS } } };
static const struct program node = { "command -v node", "node (nodejs) is not installed",
	"node $SOURCES/http.js", PID, QUIET };
static const struct program nginx = { "command -v nginx", "nginx is not installed",
	"nginx -e $DIR/log -c $SOURCES/nginx.conf -p $DIR",
	"cat $DIR/pid /proc/$(cat $DIR/pid)/task/*/children", QUIET };
static const struct program tmux = { "command -v tmux", "tmux is not installed",
	"tmux -S $DIR/s -f /dev/null new -d cat", "tmux -S $DIR/s display -p '#{pid}'", QUIET };

/* Each observer has a program of its own; all of them are ended. */
static void watch(const char *here, const struct program *p, bool in_kernel)
{
	static const char line[] =
		"held='echo $$ >$DIR/pid; exec %s'; export held\n"
		"pids() { %s; }\n"
		"record() {\n"
		"DIR=$HERE/$1 $BUILD/wakegap record --with $1 --for %ds -o $HERE/$1.trace -- "
		"sh -c \"$held\" & recorders=\"$recorders $!\"; }\n"
		"mkdir $HERE/scan $HERE/preload $HERE/kernel\n"
		"record preload; %s\n"
		"DIR=$HERE/scan sh -c \"$held\" &\n"
		"$BUILD/wakegap scan --for %ds >$HERE/first\n"
		"$BUILD/wakegap scan --json --for %ds $(DIR=$HERE/scan; pids) >$HERE/json\n"
		"wait $recorders\n"
		"for DIR in $HERE/scan $HERE/preload $HERE/kernel; do\n"
		"kill $(pids); done 2>$HERE/ended; true\n";
	char text[2000], *err;
	int n = snprintf(text, sizeof(text), line, p->command, p->pids, SETTLES_S + WATCHED_S,
		in_kernel ? "record kernel" : "", SETTLES_S, WATCHED_S);

	CU_ASSERT_FATAL(n > 0 && (size_t)n < sizeof(text));
	CU_ASSERT_EQUAL(programs_shell(here, text, NULL, &err), 0);
	CU_ASSERT(!wg_has(err, "lost"));
	free(err);
}

static void judge(const char *observer, const struct thread *t, double rate, int64_t period_ns)
{
	bool is_right = rate >= t->least && rate <= t->most;

	printf("# %s: %s: %.2f wakes/s", observer, t->name ? t->name : "all", rate);
	if (period_ns > 0)
		printf(" at %.2f ms", (double)period_ns / 1e6);
	printf("%s\n", is_right ? "" : " (wrong)");
	CU_ASSERT(is_right);
	if (t->period_ns && period_ns != WG_NOT_OBSERVABLE)
		CU_ASSERT(period_ns > t->period_ns * 98 / 100 &&
			  period_ns < t->period_ns * 104 / 100);
}

/* --- a trace --- */

static struct wg_threads *measure(const char *trace, int64_t settles_ns, struct wg_reader **ret)
{
	struct wg_threads *threads = NULL;
	struct wg_error err = { 0, "" };
	struct wg_event ev;
	int64_t first_ns = 0;
	int rc;

	CU_ASSERT_EQUAL_FATAL(wg_threads_create(&threads), 0);
	CU_ASSERT_EQUAL_FATAL(wg_reader_open(trace, ret, &err), 0);
	while ((rc = wg_reader_next(*ret, &ev, &err)) > 0) {
		bool is_place = ev.record == WG_RECORD_OBJECT || ev.record == WG_RECORD_SITE;

		first_ns = first_ns ? first_ns : ev.ts_ns;
		if (is_place || ev.ts_ns >= first_ns + settles_ns)
			CU_ASSERT_EQUAL(wg_threads_feed(threads, &ev), 0);
	}
	CU_ASSERT_EQUAL(rc, 0);
	wg_threads_finish(threads, true);
	return threads;
}

static void judge_trace(const char *observer, const char *here, const struct program *p)
{
	const struct wg_thread_stats *t;
	const struct thread *wanted;
	struct wg_reader *reader = NULL;
	struct wg_threads *threads;
	char trace[300];
	size_t i;

	(void)snprintf(trace, sizeof(trace), "%s/%s.trace", here, observer);
	threads = measure(trace, SETTLES_S * S_NS, &reader);
	for (wanted = p->thread; wanted->most > 0; wanted++) {
		double rate = 0;
		int64_t period_ns = WG_NOT_OBSERVABLE;

		for (i = 0; (t = wg_thread_at(threads, i)); i++) {
			if (!wanted->name)
				rate += (double)t->wakes / WATCHED_S;
			else if (strcmp(t->name, wanted->name) == 0 && t->wakes_per_s > rate)
				rate = t->wakes_per_s, period_ns = t->period_ns;
		}
		judge(observer, wanted, rate, period_ns);
	}
	wg_threads_destroy(threads);
	wg_reader_close(reader);
}

/* --- what scan said --- */

static void judge_scan(const char *here, const struct program *p)
{
	char path[300];
	json_t *all, *thread;
	const struct thread *wanted;
	size_t i;

	(void)snprintf(path, sizeof(path), "%s/json", here);
	all = json_load_file(path, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(all);
	CU_ASSERT(json_array_size(json_object_get(all, "threads")) > 0);
	for (wanted = p->thread; wanted->most > 0; wanted++) {
		double rate = 0;

		json_array_foreach(json_object_get(all, "threads"), i, thread)
		{
			const char *name = json_string_value(json_object_get(thread, "name"));

			if (!wanted->name || strcmp(name, wanted->name) == 0)
				rate += json_number_value(json_object_get(thread, "wakes_per_s"));
		}
		judge("scan", wanted, rate, WG_NOT_OBSERVABLE);
	}
	json_decref(all);
}

static void check(const struct program *p)
{
	struct wg_error err;
	const char *here;
	bool in_kernel = wg_kernel_check(&err) == 0;

	if (programs_lack(p->needs, p->else_why))
		return;
	here = wg_tmpdir();
	watch(here, p, in_kernel);
	judge_scan(here, p);
	judge_trace("preload", here, p);
	if (in_kernel)
		judge_trace("kernel", here, p);
	else
		printf("# kernel: %s\n", err.text);
}

#define IDLE(program)                                                                              \
	static void program##_idle(void)                                                           \
	{                                                                                          \
		check(&(program));                                                                 \
	}

IDLE(redis)
IDLE(memcached)
IDLE(java)
IDLE(queue)
IDLE(node)
IDLE(nginx)
IDLE(tmux)

void suite_programs_idle(void)
{
	WG_TEST(redis_idle);
	WG_TEST(memcached_idle);
	WG_TEST(java_idle);
	WG_TEST(queue_idle);
	WG_TEST(node_idle);
	WG_TEST(nginx_idle);
	WG_TEST(tmux_idle);
}

/* --- a sample --- */

/* A busy machine makes periods longer, never shorter. */
static void sample(const struct program *p, const char *with)
{
	const char *here = wg_tmpdir();
	const struct wg_thread_stats *t;
	struct wg_reader *reader = NULL;
	struct wg_threads *threads;
	char line[600], trace[300];
	int64_t asked_ns;

	(void)snprintf(line, sizeof(line),
		"DIR=$HERE; export DIR\n"
		"$BUILD/wakegap record --with %s --for 500ms -o $HERE/trace -- "
		"sh -c 'echo $$ >$DIR/pid; exec %s'; kill $(cat $DIR/pid)",
		with, p->command);
	CU_ASSERT_EQUAL(programs_shell(here, line, NULL, NULL), 0);
	(void)snprintf(trace, sizeof(trace), "%s/trace", here);
	threads = measure(trace, 0, &reader);
	t = wg_thread_at(threads, 0);
	CU_ASSERT_FATAL(t && t->group_count > 0);
	CU_ASSERT_STRING_EQUAL(t->name, p->thread[0].name);
	CU_ASSERT(t->reasons[WG_REASON_TIMEOUT] >= 2);
	CU_ASSERT(t->period_ns >= p->thread[0].period_ns * 98 / 100);
	asked_ns = t->group[0]->asked[0].ns;
	CU_ASSERT(asked_ns <= p->thread[0].period_ns);
	CU_ASSERT(asked_ns > p->thread[0].period_ns / 2);
	wg_threads_destroy(threads);
	wg_reader_close(reader);
}

static void a_queue_is_asked_every_50_ms(void)
{
	if (programs_lack(queue.needs, queue.else_why))
		return;
	sample(&queue, "preload");
	if (!programs_lack_kernel())
		sample(&queue, "kernel");
}

static void redis_wakes_every_100_ms(void)
{
	if (programs_lack(redis.needs, redis.else_why))
		return;
	sample(&redis, "preload");
	if (!programs_lack_kernel())
		sample(&redis, "kernel");
}

void programs_sample_idle(void)
{
	WG_TEST(a_queue_is_asked_every_50_ms);
	WG_TEST(redis_wakes_every_100_ms);
}
