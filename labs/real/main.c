/*
 * main.c: wakegap-real: the scenarios of a lab on real threads, many times.
 *
 *     wakegap-real LAB.so [ROUNDS [PATIENCE_MS [SEED]]]
 *
 * Each round loads the lab anew, so that its variables are as at the start. A thread looks on: if
 * a result is ready and nothing is delivered for all of its looks, the round hangs, and with it the
 * process; that is told and the process ended. The answer is one line of JSON on standard output.
 * Exit 0: all rounds ended well; 1: a check was broken; 3: hangs; 2: usage.
 */
#include <dlfcn.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "labs/explore/lab.h"
#include "labs/real/real.h"

#define HANGS	    3
#define LOOKS	    20
#define ROUNDS	    200
#define PATIENCE_MS 2000

static _Atomic int rounds_done;
static _Atomic int64_t worst_late_ms; /* how much too late a look came: how busy the machine is */
static _Atomic(const char *) scenario_name;

static int64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

static void answer(FILE *out, bool hangs)
{
	struct wg_real_counts c;
	char *p;

	wg_real_counts(&c);
	for (p = c.message; *p; p++) {
		if (*p == '"' || *p == '\\' || (unsigned char)*p < ' ' || (unsigned char)*p > 126)
			*p = '\'';
	}
	/* relaxed, all: numbers to look at */
	(void)fprintf(out,
		"{\"rounds\":%d,\"hangs\":%s,\"scenario\":\"%.60s\",\"delivered\":%" PRIu64
		",\"submitted\":%" PRIu64 ",\"ready\":%" PRIu64 ",\"failing\":%" PRIu64
		",\"check\":\"%s\",\"message\":\"%s\",\"late_ms\":%" PRId64 "}\n",
		atomic_load_explicit(&rounds_done, memory_order_relaxed), hangs ? "true" : "false",
		atomic_load_explicit(&scenario_name, memory_order_relaxed), c.delivered,
		c.submitted, c.ready, c.failing, c.check, c.message,
		atomic_load_explicit(&worst_late_ms, memory_order_relaxed));
	(void)fflush(out);
}

/* A scenario may have nothing ready and hang all the same, as in a join: that takes longer. */
static void *look_on(void *arg)
{
	int patience_ms = *(int *)arg, same = 0, last_round = -1;
	struct wg_real_counts last = { 0 }, now;
	struct timespec step = { patience_ms / LOOKS / 1000,
		patience_ms / LOOKS % 1000 * 1000000L };

	for (;;) {
		int64_t before = now_ms(), late;
		int round;

		(void)nanosleep(&step, NULL);
		late = now_ms() - before - patience_ms / LOOKS;
		/* relaxed, all: numbers to look at */
		if (late > atomic_load_explicit(&worst_late_ms, memory_order_relaxed))
			atomic_store_explicit(&worst_late_ms, late, memory_order_relaxed);
		round = atomic_load_explicit(&rounds_done, memory_order_relaxed);
		wg_real_counts(&now);
		same = round == last_round && now.delivered == last.delivered &&
				       now.submitted == last.submitted && now.ready == last.ready
			       ? same + 1
			       : 0;
		last = now;
		last_round = round;
		if (same >= (now.ready > 0 ? LOOKS : 3 * LOOKS)) {
			answer(stdout, true);
			_exit(HANGS); /* its threads sleep, and would not end */
		}
	}
	return NULL;
}

/* For a program that somebody wrote who is learning. */
static void limit(void)
{
	static const struct {
		__rlimit_resource_t what;
		rlim_t most;
	} limits[] = { { RLIMIT_CORE, 0 }, { RLIMIT_CPU, 60 }, { RLIMIT_FSIZE, 64u << 20 } };
	size_t i;

	for (i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		struct rlimit r = { limits[i].most, limits[i].most };

		(void)setrlimit(limits[i].what, &r);
	}
}

/* All scenarios once. 0, or a status after one line. */
static int round_of(const char *lab)
{
	void *so = dlopen(lab, RTLD_NOW | RTLD_LOCAL);
	const struct lab_scenario *s = so ? dlsym(so, "lab_scenarios") : NULL;

	if (!s) {
		(void)fprintf(stderr, "wakegap-real: %s\n", dlerror());
		return 2;
	}
	for (; s->name; s++) {
		/* relaxed: a name to show; its text outlives the onlooker's use of it but for the
		 * moment between two rounds, in which nothing hangs */
		atomic_store_explicit(&scenario_name, s->name, memory_order_relaxed);
		wg_real_begin();
		s->run();
	}
	/* relaxed: as above */
	atomic_store_explicit(&scenario_name, "", memory_order_relaxed);
	(void)dlclose(so);
	return 0;
}

int main(int argc, char **argv)
{
	int rounds = argc > 2 ? (int)strtol(argv[2], NULL, 10) : ROUNDS;
	static int patience_ms;
	struct wg_real_counts c;
	pthread_t onlooker;
	int i, rc = 0;

	patience_ms = argc > 3 ? (int)strtol(argv[3], NULL, 10) : PATIENCE_MS;
	if (argc < 2 || argc > 5 || rounds < 1 || patience_ms < LOOKS) {
		(void)fprintf(stderr, "usage: wakegap-real LAB.so [ROUNDS [PATIENCE_MS [SEED]]]\n");
		return 2;
	}
	wg_real_seed(argc > 4 ? (unsigned)strtoul(argv[4], NULL, 10) : 0);
	limit();
	/* relaxed: no other thread yet */
	atomic_store_explicit(&scenario_name, "", memory_order_relaxed);
	if (pthread_create(&onlooker, NULL, look_on, &patience_ms) != 0)
		return 2;
	for (i = 0; i < rounds && rc == 0; i++) {
		rc = round_of(argv[1]);
		/* relaxed: a number to look at */
		atomic_fetch_add_explicit(&rounds_done, 1, memory_order_relaxed);
	}
	if (rc)
		return rc;
	answer(stdout, false);
	wg_real_counts(&c);
	return c.failing ? 1 : 0;
}
