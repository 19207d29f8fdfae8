/*
 * spins.c: how long a strategy or a worker spins before it sleeps, and what it learns from its
 * waits.
 *
 * A spin cannot be seen from outside, but two things can: a notify during it needs no system call,
 * and a strategy that does not even try does not ask how busy the machine is. The numbers below
 * follow from core/wait/spin_budget.c: an average, an eighth new at a time.
 */
#include <pthread.h>

#include "core/pool_state.h"
#include "tests/prove/prove.h"

static struct {
	struct wg_waiter *waiter;
	int64_t at_ns, done_ns; /* when to notify, and when that was done */
	int must_kick;
} s;

static void make(const char *wait)
{
	lab_check("made", wg_wait_find(wait)->create(0, &s.waiter) == 0, "no waiter");
	lab_check("caps", s.waiter->ops->caps & WG_CAP_SPINS, "it spins, and does not say so");
}

static void end(void)
{
	s.waiter->ops->destroy(s.waiter);
	prove_end();
}

static void *notify_late(void *unused)
{
	struct timespec ts = wg_timespec(s.at_ns);

	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &ts, NULL);
	s.must_kick = s.waiter->ops->notify(s.waiter);
	s.done_ns = wg_now_ns();
	if (s.must_kick)
		s.waiter->ops->kick(s.waiter);
	return unused;
}

/* One sleep, notified so long after its begin; until then nobody but the loop can go on. When it
 * began. */
static int64_t sleep_notified_after(int64_t ns)
{
	int64_t begin_ns = wg_now_ns();
	pthread_t thread;
	int woke;

	s.at_ns = begin_ns + ns;
	pthread_create(&thread, NULL, notify_late, NULL);
	woke = s.waiter->ops->sleep(s.waiter, s.waiter->ops->arm(s.waiter), WG_FOREVER);
	lab_check("W1", woke == WG_WOKE_NOTIFIED, "notified, and the sleep ended by %d", woke);
	pthread_join(thread, NULL);
	return begin_ns;
}

/* So many sleeps, each notified before it begins, or never: how many of them spin must be this. */
static void check_spins(int sleeps, bool is_notified, int wanted)
{
	int i, asked = prove.crowd_asked, spun;

	for (i = 0; i < sleeps; i++) {
		uint64_t ticket = s.waiter->ops->arm(s.waiter);
		int64_t until_ns = is_notified ? WG_FOREVER : wg_now_ns() + WG_NS_PER_MS;
		int woke;

		if (is_notified)
			(void)wg_notify(s.waiter);
		woke = s.waiter->ops->sleep(s.waiter, ticket, until_ns);
		lab_check("W1", woke == (is_notified ? WG_WOKE_NOTIFIED : WG_WOKE_TIMEOUT),
			"the sleep ended by %d", woke);
	}
	spun = prove.crowd_asked - asked;
	lab_check("learns", spun == wanted, "%d of %d sleeps spin, not %d", spun, sleeps, wanted);
}

/* A new waiter spins for 50 us and then sleeps: a later notify needs a system call. That makes it
 * expect more, so the second spin lasts 93 us, and a notify during it needs none. */
void prove_spins(const char *wait)
{
	int64_t begin_ns;
	int asked;

	make(wait);
	(void)sleep_notified_after(200000);
	lab_check("spins", s.must_kick, "200 us are over, and it still spins");
	asked = prove.crowd_asked;
	begin_ns = sleep_notified_after(60000);
	lab_check("spins", prove.crowd_asked > asked, "one failure, and it does not spin");
	lab_check("spins", !s.must_kick || s.done_ns >= begin_ns + 93000,
		"a system call after %d ns, where it should spin", (int)(s.done_ns - begin_ns));
	end();
}

/* On a crowded machine it does not look even once: a look reads the clock, and so moves it. */
static void check_crowded(void)
{
	int64_t begin_ns = wg_now_ns(), step_ns = wg_now_ns() - begin_ns, late_ns;
	int64_t until_ns = begin_ns + 2 * step_ns + step_ns / 10;

	prove.is_crowded = true;
	(void)s.waiter->ops->sleep(s.waiter, s.waiter->ops->arm(s.waiter), until_ns);
	late_ns = wg_now_ns() - until_ns;
	lab_check("crowded", late_ns <= step_ns, "%d ns late: it looked", (int)late_ns);
	prove.is_crowded = false;
}

/* Who spins and fails twice stops, begins again when waits are short, and so on. */
void prove_learns(const char *wait)
{
	make(wait);
	check_crowded();
	check_spins(4, false, 2);
	check_spins(12, true, 9);
	check_spins(4, false, 2);
	end();
}

/* A long wait counts as 200 us, whatever it was; a shorter one as what it was. */
void prove_forgets(const char *wait)
{
	int i;

	make(wait);
	for (i = 0; i < 2; i++)
		(void)sleep_notified_after(200000); /* spins, and fails */
	(void)sleep_notified_after(300000);
	check_spins(8, true, 3);
	(void)sleep_notified_after(200000);
	for (i = 0; i < 4; i++)
		(void)sleep_notified_after(120000);
	check_spins(8, true, 3);
	end();
}

/* ---- a worker ---- */

/* One spin of a worker: how long it takes, in steps of the clock, of which each reading is one. */
static int64_t spin_once(struct wg_pool *pool)
{
	int64_t begin_ns = wg_now_ns(), step_ns = wg_now_ns() - begin_ns;

	wg_lock(&pool->lock);
	wg__pool_spin(pool);
	wg_unlock(&pool->lock);
	return (wg_now_ns() - begin_ns) / step_ns - 2;
}

/* So many spins fail, until it expects to fail. Each reads the clock once, then for its window. */
static void check_failures(struct wg_pool *pool, int failures)
{
	int64_t begin_ns = wg_now_ns(), since_ns = pool->spin.empty_since_ns;
	int i;

	for (i = 0; i < failures; i++) {
		int was = prove.crowd_asked;
		int64_t steps = spin_once(pool);

		lab_check("spins", prove.crowd_asked == was + 1 && steps > 5,
			"spin %d lasts %d steps", i, (int)steps);
		lab_check("spins",
			since_ns ? pool->spin.empty_since_ns == since_ns
				 : pool->spin.empty_since_ns > begin_ns &&
					   pool->spin.empty_since_ns < wg_now_ns(),
			"it does not know since when there is no work");
		since_ns = pool->spin.empty_since_ns;
	}
	lab_check("spins", spin_once(pool) == 1, "it goes on to spin although it fails");
	lab_check("spins", !pool->spin.has_spinner, "the spin is over, and counts");
}

static struct wg_pool alone;

/* While it spins the lock is free, and push can count on it. */
static void check_unlocked(void)
{
	lab_check("spins", pthread_mutex_trylock(&alone.lock.os) == 0, "it spins with the lock");
	lab_check("spins", alone.spin.has_spinner, "it spins, and nobody knows");
	pthread_mutex_unlock(&alone.lock.os);
}

/* A push so long after the worker found nothing. */
static unsigned push_after(struct wg_pool *pool, int64_t ns)
{
	pool->spin.empty_since_ns = wg_now_ns() - ns;
	return wg__pool_spin_pushed(&pool->spin);
}

/* One thread plays worker and push: how long a spin lasts, and what it learns. The numbers follow
 * from core/wait/spin_budget.c. */
void prove_spinner(const char *wait)
{
	struct wg_pool *pool = &alone;
	int i;

	(void)wait;
	wg_mutex_init(&pool->lock);
	lab_check("spins", spin_once(pool) == 0, "a pool that may not spin does");
	lab_check("spins", wg__pool_spin_pushed(&pool->spin) == 0, "nobody spins, and one comes");
	wg__pool_spin_fini(&pool->spin);
	wg__pool_let_spin(pool);
	prove.on_crowd = check_unlocked;
	check_failures(pool, 2);
	for (i = 0; i < 12; i++)
		lab_check("spins", push_after(pool, 5000) == 0, "nobody spins, and one comes");
	lab_check("spins", pool->spin.empty_since_ns == 0, "work came, and none is there since");
	check_failures(pool, 2);
	for (i = 0; i < 12; i++)
		(void)push_after(pool, 5000);
	/* None of these is a spin that failed, or a wait. */
	for (i = 0; i < 4; i++)
		(void)wg__pool_spin_pushed(&pool->spin);
	pool->queued = 1;
	for (i = 0; i < 4; i++)
		lab_check("spins", spin_once(pool) == 1, "it spins, and there is work");
	pool->queued = 0;
	prove.is_crowded = true;
	for (i = 0; i < 4; i++)
		lab_check("spins", spin_once(pool) == 1, "it spins on a crowded machine");
	prove.is_crowded = false;
	pool->spin.has_spinner = true;
	pool->spin.empty_since_ns = 0;
	i = prove.crowd_asked;
	(void)spin_once(pool);
	lab_check("spins", prove.crowd_asked == i && pool->spin.has_spinner, "two spin at a time");
	lab_check("spins", pool->spin.empty_since_ns > 0, "work is missed, and nobody knows since");
	pool->spin.empty_since_ns = 0;
	lab_check("spins", wg__pool_spin_pushed(&pool->spin) == 1, "one spins, and none comes");
	pool->spin.has_spinner = false;
	check_failures(pool, 2);
	wg__pool_spin_abandon(&pool->spin);
	lab_check("spins", !pool->spin.has_spinner && pool->spin.empty_since_ns == 0,
		"the child of a fork has a worker that spins");
	wg__pool_spin_fini(&pool->spin);
	wg_mutex_fini(&pool->lock);
	prove_end();
}
