/*
 * futex.c: sleep on a word: with and without the comparison that makes it safe, and every way in
 * which such a sleep ends.
 */
#include <errno.h>
#include <limits.h>
#include <linux/futex.h>
#include <stdatomic.h>
#include <stdint.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

#include "labs/explore/cases/cases.h"

static _Atomic uint32_t word;

static long sleep_on(uint32_t expected)
{
	return syscall(SYS_futex, &word, FUTEX_WAIT | FUTEX_PRIVATE_FLAG, expected, NULL);
}

static long wake(int count)
{
	return syscall(SYS_futex, &word, FUTEX_WAKE | FUTEX_PRIVATE_FLAG, count);
}

static void *set_and_wake(void *unused)
{
	atomic_store(&word, 1);
	(void)wake(1);
	return unused;
}

/* The value to compare with is read after the look: it is whatever the word holds by then. */
static void *look_then_read(void *unused)
{
	if (atomic_load(&word) == 0)
		(void)sleep_on(atomic_load(&word));
	return unused;
}

static void *look_and_compare(void *unused)
{
	while (atomic_load(&word) == 0)
		(void)sleep_on(0);
	return unused;
}

void case_futex_without_compare(void)
{
	case_two(look_then_read, set_and_wake);
}

void case_futex_compared(void)
{
	case_two(look_and_compare, set_and_wake);
}

void case_futex_differs(void)
{
	lab_check("again", sleep_on(7) == -1 && errno == EAGAIN, "it slept on another value");
}

static int64_t now_ns(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return ts.tv_sec * INT64_C(1000000000) + ts.tv_nsec;
}

/* FUTEX_WAIT has a span, FUTEX_WAIT_BITSET a moment. Both end exactly then. */
void case_futex_times_out(void)
{
	struct timespec span = { .tv_nsec = 5000 }, until;
	int64_t begin_ns = now_ns();

	lab_check("late",
		syscall(SYS_futex, &word, FUTEX_WAIT, 0, &span) == -1 && errno == ETIMEDOUT,
		"no timeout");
	lab_check("late", now_ns() == begin_ns + 5000, "after %d ns", (int)(now_ns() - begin_ns));
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_nsec += 3000;
	lab_check("late",
		syscall(SYS_futex, &word, FUTEX_WAIT_BITSET, 0, &until, NULL,
			FUTEX_BITSET_MATCH_ANY) == -1 &&
			errno == ETIMEDOUT,
		"no timeout");
	lab_check("late", now_ns() == begin_ns + 8000, "after %d ns", (int)(now_ns() - begin_ns));
}

static void *sleep_once(void *unused)
{
	if (sleep_on(0) == 0)
		lab_check("set", atomic_load(&word) == 1, "woken up, and the word is 0");
	else
		lab_check("answered", errno == EAGAIN, "the sleep ended with EINTR");
	return unused;
}

void case_futex_spurious(void)
{
	case_two(sleep_once, set_and_wake);
}

void case_futex_interrupted(void)
{
	case_two(sleep_once, set_and_wake);
}

void case_futex_in_a_loop(void)
{
	case_two(look_and_compare, set_and_wake);
}

/* As many wake up as asked for, and no more than sleep. */
static void *wake_all(void *unused)
{
	long first, others;

	atomic_store(&word, 1);
	first = wake(1);
	others = wake(INT_MAX);
	lab_check("count", first <= 1 && first + others <= 2 && (first == 1 || others == 0),
		"%ld, then %ld wake up", first, others);
	return unused;
}

static void *sleep_beside(void *unused)
{
	case_two(look_and_compare, look_and_compare);
	return unused;
}

void case_futex_wakes_all(void)
{
	case_two(sleep_beside, wake_all);
}

/* One of two sleepers: the other stays asleep. */
static void *wake_one(void *unused)
{
	return set_and_wake(unused);
}

void case_futex_wakes_one(void)
{
	case_two(sleep_beside, wake_one);
}

void case_futex_requeue(void)
{
	(void)syscall(SYS_futex, &word, FUTEX_CMP_REQUEUE, 0, NULL, &word, 0);
}

void case_other_syscall(void)
{
	(void)syscall(SYS_gettid);
}
