/*
 * weak.c: the litmus tests of weak memory: which ends C11 allows and which it forbids, for the
 * orders that people write. Each check forbids one end; a case says whether it is met.
 */
#include <pthread.h>
#include <sched.h>
#include <stdatomic.h>
#include <stddef.h>

#include "labs/explore/cases/cases.h"

static _Atomic int x, y;
static int data, a, b, c, d;
static unsigned char bytes[2];

#define LOAD(var, order)	 atomic_load_explicit(&(var), memory_order_##order)
#define STORE(var, value, order) atomic_store_explicit(&(var), value, memory_order_##order)

/* Two threads named after their case. */
#define TWO(name, end, message, first, second)                                                     \
	static void *name##_1(void *unused)                                                        \
	{                                                                                          \
		first;                                                                             \
		return unused;                                                                     \
	}                                                                                          \
	static void *name##_2(void *unused)                                                        \
	{                                                                                          \
		second;                                                                            \
		return unused;                                                                     \
	}                                                                                          \
	void case_##name(void)                                                                     \
	{                                                                                          \
		case_two(name##_1, name##_2);                                                      \
		lab_check("end", !(end), message);                                                 \
	}

/* ---- message passing: the flag y says that x is there ---- */

#define MP(name, store, load)                                                                      \
	TWO(name, a == 1 && b == 0, "the flag is seen, and the message is not",                    \
		STORE(x, 1, relaxed);                                                              \
		STORE(y, 1, store), a = LOAD(y, load); b = LOAD(x, relaxed))

MP(mp_relaxed, relaxed, relaxed)
MP(mp_release_only, release, relaxed)
MP(mp_acquire_only, relaxed, acquire)
MP(mp_release_acquire, release, acquire)
MP(mp_seq_cst, seq_cst, seq_cst)

TWO(mp_fences, a == 1 && b == 0, "the flag is seen, and the message is not", STORE(x, 1, relaxed);
	atomic_thread_fence(memory_order_release); STORE(y, 1, relaxed), a = LOAD(y, relaxed);
	atomic_thread_fence(memory_order_acquire); b = LOAD(x, relaxed))

TWO(mp_one_fence, a == 1 && b == 0, "the flag is seen, and the message is not",
	STORE(x, 1, relaxed);
	atomic_thread_fence(memory_order_release); STORE(y, 1, relaxed), a = LOAD(y, relaxed);
	b = LOAD(x, relaxed))

/* The message is ordinary memory: without an order that is a data race. */
#define MP_PLAIN(name, store, load)                                                                \
	TWO(name, a == 1 && b == 0, "the flag is seen, and the message is not", data = 1;          \
		STORE(y, 1, store), a = LOAD(y, load); if (a) b = data)

MP_PLAIN(mp_plain_relaxed, relaxed, relaxed)
MP_PLAIN(mp_plain_acquire_only, relaxed, acquire)
MP_PLAIN(mp_plain, release, acquire)

/* ---- store buffering: each stores, and looks for the other's store ---- */

#define SB(name, store, load)                                                                      \
	TWO(name, a == 0 && b == 0, "neither saw the other", STORE(x, 1, store);                   \
		a = LOAD(y, load), STORE(y, 1, store); b = LOAD(x, load))

SB(sb_relaxed, relaxed, relaxed)
SB(sb_release_acquire, release, acquire)
SB(sb_stores_seq_cst, seq_cst, acquire)
SB(sb_loads_seq_cst, release, seq_cst)
SB(sb_seq_cst, seq_cst, seq_cst)

TWO(sb_fences, a == 0 && b == 0, "neither saw the other", STORE(x, 1, relaxed);
	atomic_thread_fence(memory_order_seq_cst); a = LOAD(y, relaxed), STORE(y, 1, relaxed);
	atomic_thread_fence(memory_order_seq_cst); b = LOAD(x, relaxed))

TWO(sb_weak_fences, a == 0 && b == 0, "neither saw the other", STORE(x, 1, relaxed);
	atomic_thread_fence(memory_order_acq_rel); a = LOAD(y, relaxed), STORE(y, 1, relaxed);
	atomic_thread_fence(memory_order_acq_rel); b = LOAD(x, relaxed))

/* An acq_rel exchange is no fence for another variable, as C11 has it. */
TWO(sb_exchange, a == 0 && b == 0, "neither saw the other",
	(void)atomic_exchange_explicit(&x, 1, memory_order_acq_rel);
	a = LOAD(y, acquire), (void)atomic_exchange_explicit(&y, 1, memory_order_acq_rel);
	b = LOAD(x, acquire))

TWO(sb_fence_and_seq_cst, a == 0 && b == 0, "neither saw the other", STORE(x, 1, relaxed);
	atomic_thread_fence(memory_order_seq_cst); a = LOAD(y, relaxed), STORE(y, 1, seq_cst);
	b = LOAD(x, seq_cst))

/* A seq_cst read-modify-write, whose load is weaker: it need not see the other's store. */
TWO(sb_one_weak_load, a == 0 && b == 0, "neither saw the other", STORE(x, 1, seq_cst);
	a = LOAD(y, acquire), (void)atomic_fetch_add(&y, 1); b = LOAD(x, seq_cst))

/* ---- load buffering: allowed by C11, and not modelled ---- */

TWO(lb_relaxed, a == 1 && b == 1, "each read a store that was not yet made", a = LOAD(x, relaxed);
	STORE(y, 1, relaxed), b = LOAD(y, relaxed); STORE(x, 1, relaxed))

/* ---- coherence: of one variable nobody sees an older value after a newer one ---- */

TWO(coherent_reads, a == 1 && b == 0, "the store was seen, and then not", STORE(x, 1, relaxed),
	a = LOAD(x, relaxed);
	b = LOAD(x, relaxed))

TWO(coherent_own, a != 2, "a thread does not see its own store", STORE(x, 2, relaxed);
	a = LOAD(x, relaxed), b = LOAD(x, relaxed))

/* ---- three and four threads ---- */

static void run(void *(*const thread[])(void *), int count)
{
	pthread_t t[4];
	int i;

	for (i = 0; i < count; i++)
		pthread_create(&t[i], NULL, thread[i], NULL);
	for (i = 0; i < count; i++)
		pthread_join(t[i], NULL);
}

#define THREAD(name, ...)                                                                          \
	static void *name(void *unused)                                                            \
	{                                                                                          \
		__VA_ARGS__;                                                                       \
		return unused;                                                                     \
	}

/* Two writers, two readers: may these see the two stores in different orders? */
#define IRIW(name, store, load)                                                                    \
	THREAD(name##_1, STORE(x, 1, store))                                                       \
	THREAD(name##_2, STORE(y, 1, store))                                                       \
	THREAD(name##_3, a = LOAD(x, load); b = LOAD(y, load))                                     \
	THREAD(name##_4, c = LOAD(y, load); d = LOAD(x, load))                                     \
	void case_##name(void)                                                                     \
	{                                                                                          \
		run((void *(*const[])(void *)){ name##_1, name##_2, name##_3, name##_4 }, 4);      \
		lab_check("end", !(a && !b && c && !d), "the readers disagree");                   \
	}

IRIW(iriw_relaxed, relaxed, relaxed)
IRIW(iriw_acquire, release, acquire)
IRIW(iriw_seq_cst, seq_cst, seq_cst)

/* A message that a second thread passes on. */
#define WRC(name, store, load)                                                                     \
	THREAD(name##_1, STORE(x, 1, store))                                                       \
	THREAD(name##_2, a = LOAD(x, load); STORE(y, 1, store))                                    \
	THREAD(name##_3, b = LOAD(y, load); c = LOAD(x, relaxed))                                  \
	void case_##name(void)                                                                     \
	{                                                                                          \
		run((void *(*const[])(void *)){ name##_1, name##_2, name##_3 }, 3);                \
		lab_check("end", !(a && b && !c), "the message went ahead of its cause");          \
	}

WRC(wrc_relaxed, relaxed, relaxed)
WRC(wrc_release_acquire, release, acquire)

/* A read-modify-write carries on the release of the store that it read; a store does not. */
#define SEQUENCE(name, step)                                                                       \
	THREAD(name##_1, data = 1; STORE(y, 1, release))                                           \
	THREAD(name##_2, step)                                                                     \
	THREAD(name##_3, if (LOAD(y, acquire) == 2) b = data)                                      \
	void case_##name(void)                                                                     \
	{                                                                                          \
		run((void *(*const[])(void *)){ name##_1, name##_2, name##_3 }, 3);                \
	}

SEQUENCE(sequence_of_add,
	if (LOAD(y, relaxed) == 1)(void) atomic_fetch_add_explicit(&y, 1, memory_order_relaxed))
SEQUENCE(sequence_of_store, if (LOAD(y, relaxed) == 1) STORE(y, 2, relaxed))

/* ---- locks, races, bytes ---- */

static void add_with_lock(memory_order lock, memory_order unlock)
{
	int free = 0;

	while (!atomic_compare_exchange_strong_explicit(&x, &free, 1, lock, memory_order_relaxed)) {
		free = 0;
		sched_yield();
	}
	data++;
	atomic_store_explicit(&x, 0, unlock);
}

#define SPINLOCK(name, lock, unlock)                                                               \
	THREAD(name##_1, add_with_lock(memory_order_##lock, memory_order_##unlock))                \
	void case_##name(void)                                                                     \
	{                                                                                          \
		case_two(name##_1, name##_1);                                                      \
	}

SPINLOCK(spinlock, acquire, release)
SPINLOCK(spinlock_lock_relaxed, relaxed, release)
SPINLOCK(spinlock_unlock_relaxed, acquire, relaxed)

TWO(race, 0, "never", bytes[0] = 1, bytes[0] = 2)
TWO(race_read, 0, "never", bytes[0] = 1, a = bytes[0])
TWO(neighbours, 0, "never", bytes[0] = 1, bytes[1] = 2)
TWO(two_readers, 0, "never", a = bytes[0], b = bytes[0])

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;

static void *write_locked(void *unused)
{
	pthread_mutex_lock(&m);
	data++;
	pthread_mutex_unlock(&m);
	return unused;
}

void case_no_race_with_mutex(void)
{
	data = 1;
	case_two(write_locked, write_locked);
	data++;
}

/* Old values may be read again and again, but not for ever. */
TWO(spin_sees_store, 0, "never", STORE(x, 1, relaxed), while (!LOAD(x, relaxed)) sched_yield())
TWO(spin_hard_sees_store, 0, "never", STORE(x, 1, relaxed), while (!LOAD(x, relaxed)))
