/*
 * test_workers.c: what a user's work may do to its thread, and must not do to the pool: signals
 * that it lets through, cancellation, and the end of the thread.
 */
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/loop.h"
#include "core/pool_state.h"
#include "tests/core/loop_cases.h"
#include "tests/core/sockets.h"
#include "tests/core/trace_test.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

/* ---- signals ---- */

/* How many signals its thread lets through, of those that can be blocked at all. */
static int64_t count_unblocked(struct wg_op *op, void *arg)
{
	sigset_t mask;
	int signo, count = 0;

	(void)op;
	(void)arg;
	(void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
	for (signo = 1; signo <= SIGSYS; signo++)
		count += signo != SIGKILL && signo != SIGSTOP && !sigismember(&mask, signo);
	return count;
}

/* A signal belongs to the program: its workers take none, and its own mask stays as it was. */
static void workers_block_signals(void)
{
	struct wg_loop *loop = wg_test_loop(wg_wait_find("condvar"), 1);
	sigset_t mask;
	struct wg_op op;

	wg_op_work(&op, count_unblocked, NULL);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 0);
	(void)pthread_sigmask(SIG_SETMASK, NULL, &mask);
	CU_ASSERT_EQUAL(sigismember(&mask, SIGUSR1), 0);
	wg_loop_destroy(loop);
}

static int64_t unblock_and_die(struct wg_op *op, void *arg)
{
	sigset_t none;

	(void)op;
	(void)arg;
	(void)sigemptyset(&none);
	(void)pthread_sigmask(SIG_SETMASK, &none, NULL);
	pthread_exit(NULL);
}

/* Nor does the successor of one that took them. */
static void a_successor_blocks_signals(void)
{
	struct wg_loop *loop = wg_test_loop(wg_wait_find("condvar"), 1);
	struct wg_op op;

	wg_op_work(&op, unblock_and_die, NULL);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EOWNERDEAD);
	wg_op_work(&op, count_unblocked, NULL);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 0);
	wg_loop_destroy(loop);
}

/* The mask of one thread of this process, by its number there. */
static unsigned long long mask_of(const char *tid)
{
	unsigned long long mask = 0;
	char path[sizeof("/proc/self/task//status") + NAME_MAX], line[128];
	FILE *f;

	(void)snprintf(path, sizeof(path), "/proc/self/task/%s/status", tid);
	f = fopen(path, "re");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f) && sscanf(line, "SigBlk: %llx", &mask) != 1)
		;
	(void)fclose(f);
	return mask;
}

/* How many threads beside this one let SIGUSR1 through. */
static int count_open_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	struct dirent *task;
	int count = 0;
	char own[16];

	CU_ASSERT_PTR_NOT_NULL_FATAL(tasks);
	(void)snprintf(own, sizeof(own), "%d", (int)gettid());
	while ((task = readdir(tasks)))
		if (*task->d_name != '.' && strcmp(task->d_name, own) != 0)
			count += !(mask_of(task->d_name) >> (SIGUSR1 - 1) & 1);
	(void)closedir(tasks);
	return count;
}

/* Nor does the thread that waits for sockets. */
static void the_net_thread_blocks_signals(void)
{
	struct wg_loop *loop = wg_test_loop(wg_wait_find("condvar"), 1);
	int before = count_open_threads(), fd[2];
	struct wg_sock sock;
	struct wg_op op;
	char byte;

	wg_test_socketpair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	CU_ASSERT_EQUAL(send(fd[1], "x", 1, MSG_NOSIGNAL), 1);
	wg_op_recv(&op, &sock, &byte, 1);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 1); /* so it has begun: its mask is its own */
	CU_ASSERT_EQUAL(count_open_threads(), before);
	wg_loop_sock_close(loop, &sock);
	(void)close(fd[1]);
	wg_loop_destroy(loop);
}

/* ---- cancellation ---- */

static int64_t give_seven(struct wg_op *op, void *arg)
{
	(void)op;
	(void)arg;
	return 7;
}

static void cancel_idle(struct wg_pool *pool)
{
	bool is_idle;

	do { /* until it waits */
		(void)sched_yield();
		wg_lock(&pool->lock);
		is_idle = pool->idle == 1;
		if (is_idle)
			CU_ASSERT_EQUAL(pthread_cancel(pool->workers[0].thread), 0);
		wg_unlock(&pool->lock);
	} while (!is_idle);
}

/* A worker that is cancelled while it has no work, before the first one or after it, does not end
 * where it waits, with the lock of the queue held; it ends in its next work, and that says so. */
static void a_worker_is_cancelled_only_in_its_work(void)
{
	struct wg_loop_options o = { .wait = "condvar" };
	struct wg_loop *loop;
	struct wg_op op;
	int i;

	CU_ASSERT_EQUAL_FATAL(wg_pool_create(1, &o.pool), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&o, &loop), 0);
	for (i = 0; i < 2; i++) {
		cancel_idle(o.pool);
		wg_op_work(&op, give_seven, NULL);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EOWNERDEAD);
		wg_op_work(&op, give_seven, NULL);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), 7);
	}
	wg_loop_destroy(loop);
	wg_pool_destroy(o.pool);
}

static int64_t wait_for_ever(struct wg_op *op, void *has_begun)
{
	(void)op;
	atomic_store((_Atomic bool *)has_begun, true);
	for (;;)
		(void)pause();
	return 0;
}

static void work_that_waits_can_be_cancelled(void)
{
	struct wg_loop_options o = { .wait = "condvar" };
	_Atomic bool has_begun = false;
	struct wg_loop *loop;
	int64_t result;
	struct wg_op op;

	CU_ASSERT_EQUAL_FATAL(wg_pool_create(1, &o.pool), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&o, &loop), 0);
	wg_op_work(&op, wait_for_ever, &has_begun);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	while (!atomic_load(&has_begun))
		(void)sched_yield();
	CU_ASSERT_EQUAL(pthread_cancel(o.pool->workers[0].thread), 0);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &result), 0);
	CU_ASSERT_EQUAL(result, -EOWNERDEAD);
	wg_loop_destroy(loop);
	wg_pool_destroy(o.pool);
}

static int64_t change_cancel_type(struct wg_op *op, void *arg)
{
	int before;

	(void)op;
	(void)arg;
	(void)pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &before);
	return before;
}

/* What one work function makes of it is not the next one's. */
static void work_begins_with_deferred_cancellation(void)
{
	struct wg_loop *loop = wg_test_loop(wg_wait_find("condvar"), 1);
	struct wg_op op;
	int i;

	for (i = 0; i < 2; i++) {
		wg_op_work(&op, change_cancel_type, NULL);
		CU_ASSERT_EQUAL(wg_test_await(loop, &op), PTHREAD_CANCEL_DEFERRED);
	}
	wg_loop_destroy(loop);
}

/* ---- death ---- */

static sem_t may_end;
static _Atomic int has_ended;

static int64_t is_alone(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	return atomic_load(&has_ended);
}

static int64_t die_when_told(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	while (sem_wait(&may_end) != 0)
		; /* EINTR */
	pthread_exit(NULL);
}

static unsigned count_idle(struct wg_pool *pool)
{
	unsigned idle;

	wg_lock(&pool->lock);
	idle = pool->idle;
	wg_unlock(&pool->lock);
	return idle;
}

/* So there is a thread that waits for sockets. */
static void receive_one(struct wg_loop *loop)
{
	struct wg_sock sock;
	struct wg_op op;
	int fd[2];
	char byte;

	wg_test_socketpair(fd);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, fd[0]), 0);
	CU_ASSERT_EQUAL(send(fd[1], "x", 1, MSG_NOSIGNAL), 1);
	wg_op_recv(&op, &sock, &byte, 1);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), 1);
	wg_loop_sock_close(loop, &sock);
	(void)close(fd[1]);
}

/* What the thread that waits for sockets is called in a trace. */
static int64_t net_id(struct wg_loop *loop)
{
	const struct wg_test_event *ev;
	int64_t id = -1;
	size_t i;

	receive_one(loop);
	for (i = 0; (ev = wg_trace_test_at(i)); i++)
		id = strcmp(ev->name, "start") == 0 ? ev->a : id;
	return id;
}

/* Slow work waits for the turn of a worker that dies and has no successor: the other one, which
 * waits for work, must hear of it. */
static void the_turn_of_a_lost_worker_passes_on(void)
{
	struct wg_loop_options o = { .wait = "condvar" };
	struct wg_op dying, next;
	struct wg_loop *loop;
	int64_t result;

	(void)sem_init(&may_end, 0, 0);
	CU_ASSERT_EQUAL_FATAL(wg_pool_create(2, &o.pool), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&o, &loop), 0);
	while (count_idle(o.pool) < 2)
		(void)sched_yield();
	wg_op_work(&dying, die_when_told, NULL);
	wg_op_work(&next, is_alone, NULL);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &dying), 0);
	while (count_idle(o.pool) != 1)
		(void)sched_yield();
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &next), 0);
	wg_fault_threads(1);
	(void)sem_post(&may_end);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &dying, &result), 0);
	CU_ASSERT_EQUAL(result, -EOWNERDEAD);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &next, &result), 0);
	CU_ASSERT(result >= 0);
	wg_fault_threads(WG_FAULT_NEVER);
	/* Not as one of the workers, whoever is dead. */
	CU_ASSERT_EQUAL(net_id(loop), o.pool->first_id + 2);
	wg_loop_destroy(loop);
	wg_pool_destroy(o.pool);
	(void)sem_destroy(&may_end);
}

static pthread_key_t last_will;
static void end_slowly(void *unused)
{
	(void)unused;
	while (sem_wait(&may_end) != 0)
		; /* EINTR */
	atomic_store(&has_ended, 1);
}

static int64_t die_slowly(struct wg_op *op, void *unused)
{
	(void)unused;
	(void)pthread_setspecific(last_will, op);
	pthread_exit(NULL);
}

/* Until then it holds no lock of the pool, and after that nothing of the dead thread is left. */
static void a_successor_waits_for_the_end_of_the_dead(void)
{
	struct wg_loop_options o = { .wait = "condvar" };
	bool has_begun = false;
	struct wg_loop *loop;
	struct wg_op op;
	int64_t result;
	pthread_t dead;
	int i;

	CU_ASSERT_EQUAL_FATAL(pthread_key_create(&last_will, end_slowly), 0);
	(void)sem_init(&may_end, 0, 0);
	CU_ASSERT_EQUAL_FATAL(wg_pool_create(1, &o.pool), 0);
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(&o, &loop), 0);
	dead = o.pool->workers[0].thread;
	wg_op_work(&op, die_slowly, NULL);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EOWNERDEAD);
	while (!has_begun) {
		wg_lock(&o.pool->lock);
		has_begun = !pthread_equal(o.pool->workers[0].thread, dead) &&
			    !o.pool->workers[0].has_predecessor;
		wg_unlock(&o.pool->lock);
		(void)sched_yield();
	}
	wg_op_work(&op, is_alone, NULL);
	CU_ASSERT_EQUAL(wg_loop_submit(loop, &op), 0);
	for (i = 0; i < 1000; i++)
		(void)sched_yield(); /* a successor that does not wait begins now */
	(void)sem_post(&may_end);
	CU_ASSERT_EQUAL(wg_loop_wait_result(loop, &op, &result), 0);
	CU_ASSERT_EQUAL(result, 1);
	wg_loop_destroy(loop);
	wg_pool_destroy(o.pool);
	(void)sem_destroy(&may_end);
	(void)pthread_key_delete(last_will);
}

#ifdef WG_UNDER_TSAN
static const bool cancels = false;
#else
static const bool cancels = true;
#endif

static int64_t end_thread(struct wg_op *op, void *arg)
{
	(void)op;
	(void)arg;
	pthread_exit(NULL);
}

static size_t count_threads(void)
{
	DIR *tasks = opendir("/proc/self/task");
	size_t count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(tasks);
	while (readdir(tasks))
		count++;
	(void)closedir(tasks);
	return count;
}

/* The one that waits for sockets ends with the pool, whoever else has ended. */
static void nobody_is_left_of_a_pool_whose_workers_died(void)
{
	size_t before = count_threads();
	struct wg_loop *loop = wg_test_loop(wg_wait_find("condvar"), 1);
	struct wg_op op;

	receive_one(loop);
	wg_fault_threads(1);
	wg_op_work(&op, end_thread, NULL);
	CU_ASSERT_EQUAL(wg_test_await(loop, &op), -EOWNERDEAD);
	do
		wg_op_close(&op, -1);
	while (wg_test_await(loop, &op) != -ESHUTDOWN);
	wg_fault_threads(WG_FAULT_NEVER);
	wg_loop_destroy(loop);
	while (count_threads() > before) /* a thread that was joined is in /proc for a moment */
		(void)sched_yield();
}

void suite_workers(void)
{
	WG_TEST(workers_block_signals);
	WG_TEST(a_successor_blocks_signals);
	WG_TEST(the_net_thread_blocks_signals);
	WG_TEST(a_worker_is_cancelled_only_in_its_work);
	WG_TEST_IF(cancels, "ThreadSanitizer does not cancel what waits",
		work_that_waits_can_be_cancelled);
	WG_TEST(work_begins_with_deferred_cancellation);
	WG_TEST(the_turn_of_a_lost_worker_passes_on);
	WG_TEST(a_successor_waits_for_the_end_of_the_dead);
	WG_TEST(nobody_is_left_of_a_pool_whose_workers_died);
}
