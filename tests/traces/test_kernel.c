/*
 * test_kernel.c: the kernel's recorder finds what was planted (tests/planted), in programs that are
 * linked dynamically, statically, or to another C library; in its light form and in its full one.
 *
 * Needs root (or CAP_BPF and CAP_PERFMON) and a build with libbpf.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/traces/kernel_run.h"
#include "tests/traces/planted_run.h"
#include "traces/import/syscalls.h"
#include "traces/kernel/light.h"
#include "traces/kernel/meanings.h"
#include "traces/observe/scan.h"

struct build {
	bool is_dynamic, is_glibc;
};

/* In libraries that are part of the program, a condition's word is a word. */
static enum wg_wait_in seen_as(const struct plan *plan, const struct build *build)
{
	bool is_word = plan->how == WG_IN_COND || plan->how == WG_IN_SEM;

	return is_word && (!build->is_dynamic || !wg_scan_has_dwarf()) ? WG_IN_FUTEX : plan->how;
}

/* Each wait that slept; how many did, the program counted. */
static bool light_is_right(const struct planted_tally *t, unsigned notified, unsigned timed_out)
{
	return t->waits == notified + timed_out && t->notified == notified &&
	       t->exact == notified && t->timed_out == timed_out && t->notifies == 0;
}

/*
 * Each wait, slept or not. musl looks at the clock before it waits for a condition, so one that is
 * put aside there makes no call.
 */
static bool full_is_right(const struct planted_tally *t, const struct plan *plan,
	const struct build *build, unsigned slept)
{
	bool is_word = plan->how == WG_IN_COND || plan->how == WG_IN_SEM;
	unsigned least = is_word && !build->is_glibc ? slept : plan->timed_out;
	unsigned nobody = is_word ? 0 : plan->nobody; /* without a waiter, no call is made */
	unsigned end;

	if (t->notified != plan->notified || t->exact != plan->notified || t->timed_out < least ||
		t->timed_out > plan->timed_out || t->ready != plan->early ||
		t->waits != t->notified + t->timed_out + plan->early)
		return false;
	if (is_word && !build->is_glibc)
		return true;
	/* At its end, a thread of musl wakes whoever joins it: one notify more. */
	end = build->is_glibc ? 0 : t->notifies - plan->notified - nobody;
	return end <= 1 && t->unclear == 0 && t->woke >= plan->notified &&
	       t->woke_nobody >= nobody &&
	       t->woke + t->woke_nobody == plan->notified + nobody + end;
}

struct truth {
	const struct plan *plan;
	unsigned notified, timed_out; /* it slept so often */
};

static bool plan_is_right(const char *trace, const struct truth *truth, const struct build *build,
	bool is_full, bool is_last)
{
	const struct plan *plan = truth->plan;
	struct planted_tally t = planted_look(trace, plan->name, plan->site);
	bool is_right = truth->notified >= plan->notified &&
			t.how[seen_as(plan, build)] == t.waits && t.open == 0 &&
			(is_full ? full_is_right(&t, plan, build, truth->timed_out)
				 : light_is_right(&t, truth->notified, truth->timed_out));

	/* Of the last plans it may be gone, if the recorder has to wait for a processor. */
	if (build->is_dynamic && wg_scan_has_dwarf() && plan < &plans[PLANS - 4])
		is_right &= t.has_symbol && t.has_object[plan->whole] &&
			    (!is_full || t.placed == t.notifies);
	if (!is_right && is_last) {
		printf("# slept %u and %u times\n", truth->notified, truth->timed_out);
		planted_print(plan->name, &t);
	}
	return is_right;
}

static const struct plan *find_plan(const char *name)
{
	size_t i;

	for (i = 0; i < PLANS; i++) {
		if (strcmp(plans[i].name, name) == 0)
			return &plans[i];
	}
	return NULL;
}

static bool all_are_right(
	const char *trace, const char *said, const struct build *build, bool is_full, bool is_last)
{
	FILE *file = fopen(said, "re");
	struct truth truth;
	char name[16];
	size_t count = 0;
	bool are_right = true;

	CU_ASSERT_FATAL(file != NULL);
	while (fscanf(file, "%15s %u %u %*d", name, &truth.notified, &truth.timed_out) == 3) {
		truth.plan = find_plan(name);
		CU_ASSERT_FATAL(truth.plan != NULL);
		are_right &= plan_is_right(trace, &truth, build, is_full, is_last);
		count++;
	}
	CU_ASSERT(count >= 13); /* io_uring and clockwait are not everywhere */
	(void)fclose(file);
	return are_right;
}

/* Compile sources, a pattern of the shell, with these words. */
static bool compile(const char *program, const char *const words[], const char *sources)
{
	const char *argv[20] = { "sh", "-c",
		"out=$1 from=$2; shift 2; exec \"$@\" -D_GNU_SOURCE -I. -o \"$out\" $from -pthread",
		"sh", program, sources };
	size_t n = 6, i;

	for (i = 0; words[i]; i++)
		argv[n++] = words[i];
	return wg_run(NULL, NULL, argv) == 0;
}

/* What can build anything has to build the planted program. false: it can build nothing. */
static bool build_planted(const char *dir, const char *program, const char *const words[])
{
	char least[256];
	FILE *file;

	(void)snprintf(least, sizeof(least), "%s/least.c", dir);
	file = fopen(least, "we");
	CU_ASSERT_FATAL(file != NULL);
	CU_ASSERT(fputs("int main(void) { return 0; }\n", file) >= 0);
	CU_ASSERT_EQUAL_FATAL(fclose(file), 0);
	if (!compile(program, words, least))
		return false;
	CU_ASSERT_FATAL(compile(program, words, "tests/planted/*.c"));
	return true;
}

/*
 * A kernel that runs no program of ours while certain tasks are on the processor (light.bpf.c) may
 * hide a waking. Such a wake is said to be not known, and that is not what is planted: once more.
 */
static void record_until_right(
	const char *dir, const char *const argv[], const struct build *build, bool is_full)
{
	enum { TIMES = 3 };
	struct wg_kernel_result result;
	char trace[300], said[300];
	bool are_right = false;
	int i;

	(void)snprintf(said, sizeof(said), "%s/said", dir);
	for (i = 0; i < TIMES && !are_right; i++) {
		(void)snprintf(trace, sizeof(trace), "%s/trace%d%d", dir, is_full, i);
		CU_ASSERT_EQUAL_FATAL(kernel_record(trace, argv, 0, is_full, &result), 0);
		CU_ASSERT(result.has_run && result.exit_code == 0 && result.lost == 0);
		are_right = all_are_right(trace, said, build, is_full, i == TIMES - 1);
	}
	CU_ASSERT(are_right);
}

static void record_planted(
	const char *const words[], const struct build *build, const char *else_why, bool is_as_old)
{
	const char *dir = wg_tmpdir();
	char program[256], said[256], line[1024];
	const char *argv[] = { "sh", "-c", line, NULL };
	int is_full;

	(void)snprintf(program, sizeof(program), "%s/planted", dir);
	(void)snprintf(said, sizeof(said), "%s/said", dir);
	(void)snprintf(line, sizeof(line), "exec %s plans >%s", program, said);
	if (!build_planted(dir, program, words)) {
		wg_skip(else_why);
		return;
	}
	wg__light_is_as_old = is_as_old;
	for (is_full = is_as_old; is_full < 2; is_full++)
		record_until_right(dir, argv, build, is_full);
	wg__light_is_as_old = false;
}

#define PLANTED_ON(is_as_old, is_dynamic, is_glibc, why, ...)                                      \
	record_planted((const char *const[]){ __VA_ARGS__, NULL },                                 \
		&(const struct build){ is_dynamic, is_glibc }, why, is_as_old)
#define PLANTED(...) PLANTED_ON(false, __VA_ARGS__)

static void a_dynamic_program_is_seen_exactly(void)
{
	PLANTED(true, true, "cc cannot build it", "cc", "-O1", "-g", "-D_FORTIFY_SOURCE=2");
}

/* The full form only: the light one has nothing of later kernels. */
static void it_is_seen_exactly_as_on_linux_6_1(void)
{
	PLANTED_ON(true, true, true, "cc cannot build it", "cc", "-O1", "-g");
}

static void a_static_program_is_seen_exactly(void)
{
	PLANTED(false, true, "no static C library", "cc", "-O1", "-static");
}

static void a_program_of_musl_is_seen_exactly(void)
{
	PLANTED(false, false, "musl-gcc (package musl-tools) is not installed", "musl-gcc", "-O1",
		"-static", "-idirafter", "/usr/include", "-idirafter",
		"/usr/include/x86_64-linux-gnu");
}

/* The table of numbers and the importers' table of names say the same. */
static void calls_mean_what_they_mean_in_a_log(void)
{
	static const struct {
		unsigned here, there;
	} same[] = {
		{ WG_RAW_ACTS, WG__CALL_ACTS },
		{ WG_RAW_READS, WG__CALL_READS },
		{ WG_RAW_WRITES, WG__CALL_NOTIFIES },
		{ WG_RAW_WAITS | WG_RAW_SLEEPS, WG__CALL_WAIT },
		{ WG_RAW_MOVES | WG_RAW_READS | WG_RAW_WRITES, WG__CALL_MOVES },
	};
	const char *name;
	unsigned meaning;
	size_t i, j;

	for (i = 0; wg__meaning_at(i, &name, &meaning); i++) {
		struct wg__span span = { name, name + strlen(name) };
		const struct wg__syscall *call = wg__syscall_find(span);

		if (meaning & (WG_RAW_FUTEX | WG_RAW_SUBMITS)) /* their arguments decide */
			continue;
		for (j = 0; j < sizeof(same) / sizeof(same[0]); j++)
			CU_ASSERT_EQUAL(!(meaning & same[j].here), !(call->is & same[j].there));
	}
}

void suite_kernel(void)
{
	struct wg_error err = { 0 };
	bool can = wg_kernel_check(&err) == 0;

	WG_TEST_IF(can, err.text, a_dynamic_program_is_seen_exactly);
	WG_TEST_IF(can, err.text, it_is_seen_exactly_as_on_linux_6_1);
	WG_TEST_IF(can, err.text, a_static_program_is_seen_exactly);
	WG_TEST_IF(can, err.text, a_program_of_musl_is_seen_exactly);
	WG_TEST(calls_mean_what_they_mean_in_a_log);
}
