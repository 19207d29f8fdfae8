/*
 * main.c: wakegap-real: the scenarios of a lab on real threads, many times.
 *
 *     wakegap-real [--rounds N] [--budget MS] [--patience MS] [--seed N] LAB.so
 *
 * Each scenario of each round loads the lab anew, so that its variables are as at the start. The
 * first round that breaks a check is the last, since its threads may be left. No round begins after
 * the budget is used up: the number of rounds says how quick the machine is, and nothing else.
 *
 * A thread looks on. If all its looks find a result ready and nothing delivered, the round hangs,
 * and the process with it: it prints so and ends the process. The answer is one line of JSON on
 * standard output. Exit 0: all rounds ended well; 1: a check failed; 3: hangs; 2: usage.
 */
#include <errno.h>
#include <dlfcn.h>
#include <getopt.h>
#include <inttypes.h>
#include <limits.h>
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
#include "traces/base/units.h"

#define BROKEN 1
#define USAGE  2
#define HANGS  3

#define LOOKS 20 /* of the onlooker, during its patience */

static long rounds = 300, budget_ms = 1000, patience_ms = 2000;

static _Atomic int rounds_done;
static _Atomic int64_t worst_late_ms; /* how late the latest look came: how busy the machine is */
static _Atomic(const char *) scenario_name;

static int64_t now_ms(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

/* As a JSON object; a learner's message may contain anything. */
static void say_finding(FILE *out, const char *name, struct wg_real_finding *f)
{
	char *p;

	for (p = f->message; *p; p++) {
		if (*p == '"' || *p == '\\' || (unsigned char)*p < ' ' || (unsigned char)*p > 126)
			*p = '\'';
	}
	(void)fprintf(
		out, ",\"%s\":{\"check\":\"%s\",\"message\":\"%s\"}", name, f->check, f->message);
}

/* 0, or 1 after a line: nobody gets it. */
static int answer(FILE *out, bool hangs)
{
	struct wg_real_counts c;

	wg_real_counts(&c);
	/* relaxed, all: numbers to look at */
	(void)fprintf(out,
		"{\"rounds\":%d,\"hangs\":%s,\"scenario\":\"%.60s\",\"delivered\":%" PRIu64
		",\"submitted\":%" PRIu64 ",\"ready\":%" PRIu64 ",\"late_ms\":%" PRId64,
		atomic_load_explicit(&rounds_done, memory_order_relaxed), hangs ? "true" : "false",
		atomic_load_explicit(&scenario_name, memory_order_relaxed), c.delivered,
		c.submitted, c.ready, atomic_load_explicit(&worst_late_ms, memory_order_relaxed));
	if (c.broken.check[0])
		say_finding(out, "broken", &c.broken);
	if (c.unsure.check[0])
		say_finding(out, "unsure", &c.unsure);
	(void)fputs("}\n", out);
	if (fflush(out) == 0 && !ferror(out))
		return 0;
	(void)fprintf(stderr, "wakegap-real: cannot write the answer: %s\n", strerror(errno));
	return 1;
}

/* A scenario may hang with nothing ready, in a join for example: wait longer for that. */
static void *look_on(void *unused)
{
	int same = 0, last_round = -1;
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
			(void)answer(stdout, true);
			_exit(HANGS); /* its threads sleep, and would not end */
		}
	}
	return unused;
}

/* The program may do anything: a learner wrote it. */
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

static bool is_broken(void)
{
	struct wg_real_counts c;

	wg_real_counts(&c);
	return c.broken.check[0] != '\0';
}

/* Unload the lab's code only when no thread runs it. If one never ends, the onlooker finds a hang.
 */
static void wait_for_threads(void)
{
	static const struct timespec moment = { 0, 1000000 };

	while (wg_real_threads() > 0 && !is_broken())
		(void)nanosleep(&moment, NULL);
}

/* Scenario number i, with all variables as at the start. 0, or a status; *ret_is_last: it is the
 * last one. */
static int run_scenario(const char *lab, int i, bool *ret_is_last)
{
	void *so = dlopen(lab, RTLD_NOW | RTLD_LOCAL);
	const struct lab_scenario *s = so ? dlsym(so, "lab_scenarios") : NULL;

	if (!s) {
		(void)fprintf(stderr, "wakegap-real: %s\n", dlerror());
		return USAGE;
	}
	s += i;
	*ret_is_last = !s[1].name;
	/* relaxed: a name to show */
	atomic_store_explicit(&scenario_name, s->name, memory_order_relaxed);
	wg_real_begin();
	s->run();
	wait_for_threads();
	if (is_broken())
		return BROKEN; /* stay loaded: its threads may run */
	/* relaxed: the text goes with the lab; the onlooker reads it only if something hangs, and
	 * now nothing does */
	atomic_store_explicit(&scenario_name, "", memory_order_relaxed);
	(void)dlclose(so);
	return 0;
}

/* All scenarios once, or up to the first that breaks a check. 0, or a status after one line. */
static int round_of(const char *lab)
{
	bool is_last = false;
	int i, rc = 0;

	for (i = 0; rc == 0 && !is_last; i++)
		rc = run_scenario(lab, i, &is_last);
	return rc;
}

static int all_rounds(const char *lab)
{
	int64_t begin_ms = now_ms();
	int i, rc = 0;

	for (i = 0; rc == 0 && i < rounds && (i == 0 || now_ms() - begin_ms < budget_ms); i++) {
		rc = round_of(lab);
		/* relaxed: a number to look at */
		if (rc == 0)
			atomic_fetch_add_explicit(&rounds_done, 1, memory_order_relaxed);
	}
	return rc;
}

static bool number(const char *text, uint64_t min, long *ret)
{
	uint64_t n;

	if (wg_parse_number(text, min, UINT_MAX, &n) < 0)
		return false;
	*ret = (long)n;
	return true;
}

/* False: a usage error. */
static bool read_options(int argc, char **argv)
{
	static const struct option longs[] = { { "rounds", required_argument, NULL, 'r' },
		{ "budget", required_argument, NULL, 'b' },
		{ "patience", required_argument, NULL, 'p' },
		{ "seed", required_argument, NULL, 's' }, { 0 } };
	long seed = 0;
	bool is_fine = true;
	int opt;

	opterr = 0;
	while (is_fine && (opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		switch (opt) {
		case 'r': is_fine = number(optarg, 1, &rounds); break;
		case 'b': is_fine = number(optarg, 1, &budget_ms); break;
		case 'p': is_fine = number(optarg, LOOKS, &patience_ms); break;
		case 's': is_fine = number(optarg, 0, &seed); break;
		default: return false;
		}
	}
	wg_real_seed((unsigned)seed);
	return is_fine && optind == argc - 1;
}

static const char usage[] =
	"usage: wakegap-real [--rounds N] [--budget MS] [--patience MS] [--seed N]\n"
	"                    LAB.so\n"
	"       wakegap-real --help | --version\n";

static int say(const char *text)
{
	if (fputs(text, stdout) >= 0 && fflush(stdout) == 0)
		return 0;
	(void)fprintf(
		stderr, "wakegap-real: cannot write to standard output: %s\n", strerror(errno));
	return 1;
}

int main(int argc, char **argv)
{
	pthread_t onlooker;
	int rc;

	if (argc == 2 && (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0))
		return say(usage);
	if (argc == 2 && (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0))
		return say("wakegap-real " WG_VERSION "\n");
	if (!read_options(argc, argv)) {
		(void)fputs(usage, stderr);
		return USAGE;
	}
	limit();
	/* relaxed: no other thread yet */
	atomic_store_explicit(&scenario_name, "", memory_order_relaxed);
	if (pthread_create(&onlooker, NULL, look_on, NULL) != 0)
		return USAGE;
	rc = all_rounds(argv[optind]);
	if ((rc == 0 || rc == BROKEN) && answer(stdout, false) != 0)
		rc = BROKEN;
	_exit(rc); /* threads of a broken round may be left, and exit() would run beside them */
}
