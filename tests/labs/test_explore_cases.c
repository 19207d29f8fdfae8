/*
 * test_explore_cases.c: what the explorer must find, and must not find: the programs in
 * labs/explore/cases, each with the check that it breaks.
 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/labs/explorer.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

enum how_many { NONE, SOME, ALL };

struct expected {
	const char *scenario;
	enum how_many failing; /* schedules that break it */
	const char *check;     /* this one */
	const char *words;     /* in its message */
};

static bool is_as_expected(const json_t *s, const struct expected *e)
{
	const json_t *check = e->check ? wg_explorer_check(s, e->check) : NULL;
	long long failing = wg_json_number(s, "failing"), all = wg_json_number(s, "schedules");

	if (e->failing == NONE)
		return s && failing == 0 && all > 0 && json_is_true(json_object_get(s, "complete"));
	return check && wg_json_number(check, "failing") == failing && failing > 0 &&
	       (e->failing == ALL) == (failing == all) &&
	       (!e->words || wg_has(wg_json_text(check, "message"), e->words));
}

static void expect(const struct expected *e, size_t count)
{
	size_t i;

	for (i = 0; i < count; i += WG_STRIDE) {
		int status;
		json_t *report = EXPLORE("cases", &status, "--scenario", e[i].scenario);
		const json_t *s = wg_explorer_scenario(report, e[i].scenario);
		bool is_good = is_as_expected(s, &e[i]);

		CU_ASSERT_EQUAL(status, e[i].failing != NONE);
		CU_ASSERT(is_good);
		if (!is_good) {
			printf("# %s:\n", e[i].scenario);
			(void)json_dumpf(s, stdout, JSON_INDENT(2));
			putchar('\n');
		}
		json_decref(report);
	}
}

#define EXPECT(...)                                                                                \
	do {                                                                                       \
		static const struct expected list[] = { __VA_ARGS__ };                             \
		expect(list, sizeof(list) / sizeof(list[0]));                                      \
	} while (0)

static void misuse_is_named(void)
{
	EXPECT({ "unlock_not_held", ALL, "misuse",
		       "pthread_mutex_unlock with a mutex that nobody" },
		{ "unlock_of_another", ALL, "misuse", "pthread_mutex_unlock" },
		{ "wait_without_mutex", ALL, "misuse",
			"pthread_cond_wait with a mutex that T0 does not hold" },
		{ "destroy_locked", ALL, "misuse",
			"pthread_mutex_destroy of a mutex that T0 holds" },
		{ "free_with_lock", ALL, "misuse",
			"free() of memory with a mutex in it that T0 holds" },
		{ "realloc_with_lock", ALL, "misuse", "a mutex in it that T0 holds" },
		{ "free_while_another_locks", SOME, "misuse", "a mutex in it that T1 holds" },
		{ "free_after_unlock", NONE, NULL, NULL },
		{ "lock_twice", ALL, "misuse", "it waits for itself" },
		{ "join_twice", ALL, "misuse", "joined already" },
		{ "destroy_waited_on", ALL, "misuse", "pthread_cond_destroy while T1 waits on it" },
		{ "closed_twice", ALL, "misuse", "which is not open" },
		{ "not_modelled", ALL, "not-modelled", "pthread_cancel() at misuse.c:" },
		{ "crossed_locks", SOME, "stuck", "held by T2" },
		{ "notified_and_locked_out", ALL, "stuck", "held by T2" },
		{ "crowd_is_stuck", ALL, "stuck", "T8 is in pthread_mutex_lock" });
}

static void misused_memory_is_found(void)
{
	EXPECT({ "use_after_free", ALL, "use-after-free", "freed at heap.c:" },
		{ "double_free", ALL, "double-free", "already" },
		{ "overflow", ALL, "overflow", "4 bytes" },
		{ "leak", ALL, "leak", "the first of heap.c:" }, { "no_leak", NONE, NULL, NULL },
		{ "free_too_early", SOME, "use-after-free", "pthread_cond_signal of memory" });
}

static void crashes_are_findings(void)
{
	EXPECT({ "null_pointer", ALL, "crash", "crash.c:" }, { "some_crash", SOME, "crash", "T2" },
		{ "recursion", ALL, "crash", "no stack left" },
		{ "leaves", ALL, "exit", "exit(3)" }, { "leaves_at_once", ALL, "exit", "_Exit(3)" },
		{ "aborts", ALL, "crash", "abort()" }, { "asserts", ALL, "crash", "sum == 1" },
		{ "endless", ALL, "endless", "300 steps" },
		{ "vanishes", ALL, "exit", "ended its process, with status 5" },
		{ "crash_in_library", ALL, "crash", "in a call at or after crash.c:" });
}

/* In any folder, with or without the grader's box. */
static void the_lab_stays_in_its_process(void)
{
	EXPECT({ "litters", NONE, NULL, NULL });
	CU_ASSERT(access("litter", F_OK) < 0);
#if defined(__x86_64__) || defined(__aarch64__)
	EXPECT({ "raw_call", ALL, "not-modelled", "at fence.c:" });
#endif
}

static void a_null_pointer_is_a_finding(void)
{
#ifdef WG_UNDER_ASAN
	wg_skip("UBSan ends the explorer at the lab's pointer");
#else
	EXPECT({ "null_mutex", ALL, "crash", "in a call at or after crash.c:" });
#endif
}

static void a_loop_without_a_step_is_ended(void)
{
	EXPECT({ "spin", ALL, "spin", "endless loop" });
}

static void shared_accesses_are_steps_where_it_matters(void)
{
	EXPECT({ "racy_counter", SOME, "counted", "count to 1" },
		{ "locked_counter", NONE, NULL, NULL }, { "atomic_counter", NONE, NULL, NULL },
		{ "racy_counter_marked", NONE, NULL, NULL },
		{ "init_then_create", NONE, NULL, NULL }, { "spins_politely", NONE, NULL, NULL },
		{ "thread_local", NONE, NULL, NULL });
}

static void stores_are_buffered_if_the_scenario_says_so(void)
{
	EXPECT({ "stale_flag", SOME, "seen", "neither" }, { "fenced_flag", NONE, NULL, NULL },
		{ "plain_flag", NONE, NULL, NULL });
}

static void descriptors_behave_as_in_linux(void)
{
	EXPECT({ "eventfd_notifies", NONE, NULL, NULL },
		{ "eventfd_drained_late", SOME, "stuck", "epoll_wait" },
		{ "pipe_blocks_and_ends", NONE, NULL, NULL },
		{ "edge_is_reported_once", NONE, NULL, NULL },
		{ "level_is_reported_again", NONE, NULL, NULL },
		{ "edge_before_add", NONE, NULL, NULL }, { "hangup_is_reported", NONE, NULL, NULL },
		{ "too_many_pipes", NONE, NULL, NULL }, { "too_many_pairs", NONE, NULL, NULL },
		{ "shut_for_writing", NONE, NULL, NULL }, { "semaphore", NONE, NULL, NULL });
}

static void time_passes_only_when_no_thread_can_go_on(void)
{
	EXPECT({ "timeout_without_a_notify", NONE, NULL, NULL },
		{ "no_timeout_with_a_notify", NONE, NULL, NULL },
		{ "timers_in_order", NONE, NULL, NULL }, { "timerfd", NONE, NULL, NULL },
		{ "clock_jump", NONE, NULL, NULL });
}

static void waits_end_in_every_way(void)
{
	EXPECT({ "spurious_wake", SOME, "ready", NULL }, { "spurious_wake_met", NONE, NULL, NULL },
		{ "any_waiter", SOME, "first", "waiter 2" }, { "first_waiter", NONE, NULL, NULL },
		{ "interrupted", NONE, NULL, NULL },
		{ "interrupt_is_deadly", SOME, "answered", "gave up" },
		{ "killed_awake", NONE, NULL, NULL });
}

static void operations_are_counted(void)
{
	EXPECT({ "counts", SOME, "late", "1 waits ended by timeout" },
		{ "delivered_twice", ALL, "once", "operation 1 is delivered twice" },
		{ "left_undelivered", ALL, "stuck",
			"every thread has ended; 1 of 1 open operations is ready" },
		{ "left_unready", ALL, "stuck",
			"every thread has ended; 0 of 1 open operations are ready" });
}

static void a_futex_compares_and_sleeps_in_one(void)
{
	EXPECT({ "futex_without_compare", SOME, "stuck", "futex wait" },
		{ "futex_compared", NONE, NULL, NULL }, { "futex_differs", NONE, NULL, NULL },
		{ "futex_times_out", NONE, NULL, NULL }, { "futex_in_a_loop", NONE, NULL, NULL },
		{ "futex_wakes_all", NONE, NULL, NULL },
		{ "futex_spurious", SOME, "set", "woken up, and the word is 0" },
		{ "futex_interrupted", SOME, "answered", "EINTR" },
		{ "futex_wakes_one", SOME, "stuck", "futex wait" },
		{ "futex_requeue", ALL, "not-modelled", "futex operation" },
		{ "other_syscall", ALL, "not-modelled", "syscall(" });
}

static void a_fork_leaves_threads_behind(void)
{
	EXPECT({ "fork_lock_held", SOME, "stuck", "pthread_mutex_lock" },
		{ "fork_with_lock", NONE, NULL, NULL },
		{ "fork_leaves_threads", SOME, "counted", "0 in the child" },
		{ "fork_frees_lock", NONE, NULL, NULL },
		{ "fork_then_join", SOME, "misuse", "which a fork left behind" },
		{ "fork_then_join_ended", SOME, "misuse", "which a fork left behind" },
		{ "fork_and_unjoined", NONE, NULL, NULL },
		{ "fork_fails", SOME, "forked", "no child" });
}

static void a_thread_that_ends_cleans_up(void)
{
	EXPECT({ "cleanup_at_exit", NONE, NULL, NULL }, { "cleanup_popped", NONE, NULL, NULL },
		{ "exit_with_lock", ALL, "stuck", "held by T1" },
		{ "reallocarray_grows", NONE, NULL, NULL },
		{ "reallocarray_overflow", ALL, "overflow", "outside of 12 bytes" });
}

static void weak_messages_need_release_and_acquire(void)
{
	EXPECT({ "mp_relaxed", SOME, "end", "message" },
		{ "mp_release_only", SOME, "end", "message" },
		{ "mp_acquire_only", SOME, "end", "message" },
		{ "mp_one_fence", SOME, "end", "message" },
		{ "mp_release_acquire", NONE, NULL, NULL }, { "mp_seq_cst", NONE, NULL, NULL },
		{ "mp_fences", NONE, NULL, NULL }, { "mp_plain", NONE, NULL, NULL },
		{ "wrc_release_acquire", NONE, NULL, NULL },
		{ "sequence_of_add", NONE, NULL, NULL }, { "spinlock", NONE, NULL, NULL },
		{ "mp_plain_relaxed", SOME, "race", "nothing orders the two" },
		{ "mp_plain_acquire_only", SOME, "race", "nothing orders the two" },
		{ "sequence_of_store", SOME, "race", "nothing orders the two" },
		{ "wrc_relaxed", SOME, "end", "ahead of its cause" },
		{ "spinlock_lock_relaxed", ALL, "race", "nothing orders the two" },
		{ "spinlock_unlock_relaxed", ALL, "race", "nothing orders the two" });
}

static void weak_stores_are_seen_late_unless_seq_cst(void)
{
	EXPECT({ "sb_relaxed", SOME, "end", "neither" },
		{ "sb_release_acquire", SOME, "end", "neither" },
		{ "sb_stores_seq_cst", SOME, "end", "neither" },
		{ "sb_loads_seq_cst", SOME, "end", "neither" },
		{ "sb_weak_fences", SOME, "end", "neither" },
		{ "sb_exchange", SOME, "end", "neither" }, { "sb_seq_cst", NONE, NULL, NULL },
		{ "sb_fences", NONE, NULL, NULL }, { "sb_fence_and_seq_cst", NONE, NULL, NULL },
		{ "sb_one_weak_load", SOME, "end", "neither" },
		{ "iriw_relaxed", SOME, "end", "disagree" },
		{ "iriw_acquire", SOME, "end", "disagree" }, { "iriw_seq_cst", NONE, NULL, NULL },
		{ "coherent_reads", NONE, NULL, NULL }, { "coherent_own", NONE, NULL, NULL },
		{ "spin_sees_store", NONE, NULL, NULL },
		{ "spin_hard_sees_store", NONE, NULL, NULL }, { "lb_relaxed", NONE, NULL, NULL });
}

static void races_are_found_by_bytes(void)
{
	EXPECT({ "race", ALL, "race", "nothing orders the two" },
		{ "race_read", ALL, "race", "nothing orders the two" },
		{ "neighbours", NONE, NULL, NULL }, { "two_readers", NONE, NULL, NULL },
		{ "no_race_with_mutex", NONE, NULL, NULL });
}

void suite_explore_cases(void)
{
	WG_TEST(misuse_is_named);
	WG_TEST(misused_memory_is_found);
	WG_TEST(crashes_are_findings);
	WG_TEST(the_lab_stays_in_its_process);
	WG_TEST(a_null_pointer_is_a_finding);
	WG_TEST(a_loop_without_a_step_is_ended);
	WG_TEST(shared_accesses_are_steps_where_it_matters);
	WG_TEST(stores_are_buffered_if_the_scenario_says_so);
	WG_TEST(descriptors_behave_as_in_linux);
	WG_TEST(time_passes_only_when_no_thread_can_go_on);
	WG_TEST(waits_end_in_every_way);
	WG_TEST(operations_are_counted);
	WG_TEST(a_futex_compares_and_sleeps_in_one);
	WG_TEST(a_fork_leaves_threads_behind);
	WG_TEST(a_thread_that_ends_cleans_up);
	WG_TEST(weak_messages_need_release_and_acquire);
	WG_TEST(weak_stores_are_seen_late_unless_seq_cst);
	WG_TEST(races_are_found_by_bytes);
}
