/*
 * memory.c: shared variables, with and without a lock, an atomic, a fence.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

#include "labs/explore/cases/cases.h"

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static int counter, table[4];
static atomic_int number, flags[2];
static int seen[2];
static _Thread_local int own;

static void *add_plainly(void *unused)
{
	counter++;
	return unused;
}

static void check_counter(int count)
{
	lab_check("counted", count == 2, "two threads count to %d", count);
}

void case_racy_counter(void)
{
	case_two(add_plainly, add_plainly);
	check_counter(counter);
}

/* Without schedule points at plain accesses the mistake stays hidden. */
void case_racy_counter_marked(void)
{
	case_racy_counter();
}

static void *add_locked(void *unused)
{
	pthread_mutex_lock(&m);
	counter++;
	pthread_mutex_unlock(&m);
	return unused;
}

void case_locked_counter(void)
{
	case_two(add_locked, add_locked);
	check_counter(counter);
}

static void *add_atomically(void *unused)
{
	atomic_fetch_add(&number, 1);
	return unused;
}

void case_atomic_counter(void)
{
	case_two(add_atomically, add_atomically);
	check_counter(atomic_load(&number));
}

static void *read_table(void *unused)
{
	seen[0] = table[0] + table[3];
	return unused;
}

/* pthread_create() orders what came before it: one schedule. */
void case_init_then_create(void)
{
	table[0] = table[3] = 1;
	case_one(read_table);
	lab_check("counted", seen[0] == 2, "%d", seen[0]);
}

static void *set_flag(void *unused)
{
	atomic_store(&number, 1);
	return unused;
}

static void *spin_politely(void *unused)
{
	while (!atomic_load(&number))
		sched_yield();
	return unused;
}

void case_spins_politely(void)
{
	case_two(spin_politely, set_flag);
}

/* Each sets its flag and reads the other: with store buffers both can read 0. */
static void *first(void *unused)
{
	atomic_store_explicit(&flags[0], 1, memory_order_release);
	seen[0] = atomic_load_explicit(&flags[1], memory_order_acquire);
	return unused;
}

static void *second(void *unused)
{
	atomic_store_explicit(&flags[1], 1, memory_order_release);
	seen[1] = atomic_load_explicit(&flags[0], memory_order_acquire);
	return unused;
}

void case_stale_flag(void)
{
	case_two(first, second);
	lab_check("seen", seen[0] || seen[1], "neither saw the other");
}

static void *first_fenced(void *unused)
{
	atomic_store_explicit(&flags[0], 1, memory_order_relaxed);
	atomic_thread_fence(memory_order_seq_cst);
	seen[0] = atomic_load_explicit(&flags[1], memory_order_relaxed);
	return unused;
}

static void *second_seq_cst(void *unused)
{
	atomic_store(&flags[1], 1);
	seen[1] = atomic_load(&flags[0]);
	return unused;
}

void case_fenced_flag(void)
{
	case_two(first_fenced, second_seq_cst);
	lab_check("seen", seen[0] || seen[1], "neither saw the other");
}

/* Without store buffers the plain version cannot fail. */
void case_plain_flag(void)
{
	case_stale_flag();
}

static void *count_own(void *unused)
{
	own++;
	pthread_mutex_lock(&m);
	own++;
	pthread_mutex_unlock(&m);
	lab_check("own", own == 2, "a thread's own variable is %d", own);
	return unused;
}

void case_thread_local(void)
{
	case_two(count_own, count_own);
	lab_check("own", own == 0, "the main thread's own variable is %d", own);
}

static void *take_turns(void *unused)
{
	int i;

	for (i = 0; i < 8; i++)
		add_locked(unused);
	return unused;
}

/* More schedules than its bound allows. */
void case_big(void)
{
	case_two(take_turns, take_turns);
}

static void *add_and_take_turns(void *unused)
{
	LAB_STORE(counter, LAB_LOAD(counter) + 1);
	return take_turns(unused);
}

/* The mistake needs one switch, at the beginning of very long schedules. */
void case_needle(void)
{
	case_two(add_and_take_turns, add_and_take_turns);
	lab_check("counted", counter == 18, "two threads count to %d", counter);
}
