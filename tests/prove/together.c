/*
 * together.c: two things at the same moment: a notify and an event of a socket, a notify and a
 * timer, a cancel and the byte, two directions of one socket, two readers of one byte.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "core/loop_state.h"
#include "tests/prove/prove.h"

static struct wg_sock sock;
static int other_end;

static void finish(struct wg_loop *loop)
{
	wg_loop_sock_close(loop, &sock);
	(void)close(other_end);
	wg_loop_destroy(loop);
	prove_end();
}

static struct wg_loop *begin(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);

	other_end = prove_pair(&sock);
	return loop;
}

static void submit_recv(struct wg_loop *loop, struct wg_op *op, char *byte)
{
	wg_op_recv(op, &sock, byte, 1);
	(void)wg_loop_submit(loop, op);
}

static void *send_one(void *unused)
{
	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	return unused;
}

static int64_t nothing(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	return 1;
}

/* One sleep may report both. epoll says an edge once, so each must be seen to then. */
void prove_socket_and_result(const char *wait)
{
	struct wg_loop *loop = begin(wait);
	struct wg_op recv_op, work;
	pthread_t thread;
	char byte;

	submit_recv(loop, &recv_op, &byte);
	pthread_create(&thread, NULL, send_one, NULL);
	wg_op_work(&work, nothing, NULL);
	(void)wg_loop_submit(loop, &work);
	prove_result(loop, &work, 1);
	prove_result(loop, &recv_op, 1);
	pthread_join(thread, NULL);
	finish(loop);
}

/* A read waits for what never comes, and a send for room: the room is enough. */
void prove_socket_both(const char *wait)
{
	struct wg_loop *loop = begin(wait);
	static char big[1024];
	struct wg_op recv_op, send_op;
	char byte;

	while (send(sock.fd, big, sizeof(big), MSG_NOSIGNAL) > 0)
		;
	submit_recv(loop, &recv_op, &byte);
	wg_op_send(&send_op, &sock, "y", 1);
	(void)wg_loop_submit(loop, &send_op);
	while (recv(other_end, big, sizeof(big), MSG_DONTWAIT) > 0)
		;
	prove_result(loop, &send_op, 1);
	lab_check("cancelled", wg_loop_cancel(loop, &recv_op) == 0, "the read does not wait");
	prove_result(loop, &recv_op, -ECANCELED);
	finish(loop);
}

/* The first byte may be somebody else's when the loop comes for it: it waits for the second. */
static void *send_and_take(void *unused)
{
	char byte;

	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	(void)recv(sock.fd, &byte, 1, MSG_DONTWAIT);
	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	return unused;
}

void prove_socket_taken(const char *wait)
{
	struct wg_loop *loop = begin(wait);
	pthread_t thread;
	struct wg_op op;
	char byte;

	submit_recv(loop, &op, &byte);
	pthread_create(&thread, NULL, send_and_take, NULL);
	prove_result(loop, &op, 1);
	pthread_join(thread, NULL);
	finish(loop);
}

/* Of two reads the first is cancelled when its byte may have come: then the second gets the byte,
 * or it is too late, and the second waits on. */
void prove_socket_cancel_first(const char *wait)
{
	struct wg_loop *loop = begin(wait);
	struct wg_op op[2];
	pthread_t thread;
	char bytes[2];
	int rc;

	submit_recv(loop, &op[0], &bytes[0]);
	submit_recv(loop, &op[1], &bytes[1]);
	pthread_create(&thread, NULL, send_one, NULL);
	rc = wg_loop_cancel(loop, &op[0]);
	lab_check("cancelled", rc == 0 || rc == -EBUSY || rc == -EINVAL, "cancel returned %d", rc);
	prove_result(loop, &op[0], rc == 0 ? -ECANCELED : 1);
	if (rc != 0)
		(void)send_one(NULL);
	prove_result(loop, &op[1], 1);
	pthread_join(thread, NULL);
	finish(loop);
}

/* ---- without sockets ---- */

static void *wake_loop(void *loop)
{
	wg_loop_wake(loop);
	return NULL;
}

/* The turn that wg_loop_wake() ends may be over before its notify, which then disturbs the next
 * sleep: once. */
void prove_wake_late(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	pthread_t thread;
	struct wg_op op;

	prove.wakes_are_empty = true;
	pthread_create(&thread, NULL, wake_loop, loop);
	prove_turn(loop, 0, 0);
	wg_op_timer(&op, WG_NS_PER_MS);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, 0);
	lab_check("wakes", prove.wakes[WG_WOKE_NOTIFIED] <= 2, "one notify wakes it up %d times",
		prove.wakes[WG_WOKE_NOTIFIED]);
	pthread_join(thread, NULL);
	wg_loop_destroy(loop);
	prove_end();
}

static void note_done(struct wg_op *op, int64_t result)
{
	(void)op;
	lab_check("result", result == 0, "the result is %d", (int)result);
}

/* wg_loop_wake() ends a turn, and not wg_loop_run(). */
void prove_run_woken(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	pthread_t thread;
	struct wg_op op;
	int rc;

	prove.wakes_are_empty = true;
	wg_op_timer(&op, WG_NS_PER_MS);
	op.done = note_done;
	(void)wg_loop_submit(loop, &op);
	pthread_create(&thread, NULL, wake_loop, loop);
	rc = wg_loop_run(loop);
	lab_check("ran", rc == 0 && wg_loop_in_flight(loop) == 0, "run returned %d", rc);
	pthread_join(thread, NULL);
	wg_loop_destroy(loop);
	prove_end();
}

static void *notify_soon(void *loop)
{
	struct timespec ts = wg_timespec(WG_NS_PER_MS);

	(void)nanosleep(&ts, NULL);
	(void)wg_notify(((struct wg_loop *)loop)->waiter);
	return NULL;
}

/* A notify for nothing in the middle of a turn: it ends when it should. */
void prove_turn_until(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int64_t end_ns = wg_now_ns() + 3 * WG_NS_PER_MS;
	pthread_t thread;

	prove.wakes_are_empty = true;
	pthread_create(&thread, NULL, notify_soon, loop);
	prove_turn(loop, 3, 0);
	lab_check("end", wg_now_ns() == end_ns, "it is %d ns late", (int)(wg_now_ns() - end_ns));
	pthread_join(thread, NULL);
	wg_loop_destroy(loop);
	prove_end();
}

/* A sleep that ends just when a timer is due. */
static struct wg_wait_ops slow;

static int make_slow(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	int rc = wg_wait_find(slow.name)->create(tick_ns, ret_waiter);

	(*ret_waiter)->ops = &slow;
	return rc;
}

static sem_t sleeps;
static enum wg_woke slow_woke;

static int sleep_past(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	struct timespec until = wg_timespec(deadline_ns);

	(void)sem_post(&sleeps);
	(void)wg_wait_find(slow.name)->sleep(waiter, ticket, deadline_ns);
	(void)clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &until, NULL);
	return (int)slow_woke;
}

static struct wg_loop *slow_loop(const char *wait)
{
	struct wg_loop_options options = { .ops = &slow, .workers = 1 };
	struct wg_loop *loop = NULL;

	slow = *wg_wait_find(wait);
	slow.create = make_slow;
	slow.sleep = sleep_past;
	(void)sem_init(&sleeps, 0, 0);
	lab_check("made", wg_loop_create(&options, &loop) == 0, "no loop");
	return loop;
}

/* The timer fires in the turn whose sleep was that long, whatever ended it. */
void prove_timer_notified(const char *wait)
{
	static const char *const events[] = {
		"wait(1000000,0) wake(notified,0) done(1,0) poll(1) deliver(1,0) ",
		"wait(1000000,0) wake(timeout,0) done(2,0) poll(1) deliver(2,0) ",
		"wait(1000000,0) wake(ready,0) done(3,0) poll(1) deliver(3,0) ",
		"wait(1000000,0) wake(spurious,0) done(4,0) poll(1) deliver(4,0) ",
		"wait(1000000,0) wake(interrupted,0) done(5,0) poll(1) deliver(5,0) ",
	};
	struct wg_loop *loop = slow_loop(wait);
	struct wg_op op;
	int i;

	prove.wakes_are_empty = prove.keeps_events = true;
	for (i = 0; i <= WG_WOKE_INTERRUPTED; i++) {
		slow_woke = (enum wg_woke)i;
		wg_op_timer(&op, WG_NS_PER_MS);
		(void)wg_loop_submit(loop, &op);
		prove.events[0] = '\0';
		prove_turn(loop, 0, 1);
		prove_result(loop, &op, 0);
		happened(events[i]);
	}
	wg_loop_destroy(loop);
	prove_end();
}

static int64_t until_asleep(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	(void)sem_wait(&sleeps);
	return 1;
}

/* A result comes in that sleep, and the timer is due at its end: one turn finds both. */
void prove_timer_and_result(const char *wait)
{
	struct wg_loop *loop = slow_loop(wait);
	struct wg_op timer, work;

	wg_op_timer(&timer, WG_NS_PER_MS);
	(void)wg_loop_submit(loop, &timer);
	wg_op_work(&work, until_asleep, NULL);
	(void)wg_loop_submit(loop, &work);
	prove_turn(loop, 0, 2);
	prove_result(loop, &work, 1);
	prove_result(loop, &timer, 0);
	wg_loop_destroy(loop);
	prove_end();
}

/* Both are there when the loop looks before it sleeps. */
void prove_result_and_timer(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_loop_progress progress;
	struct wg_op timer, work;

	wg_op_work(&work, nothing, NULL);
	(void)wg_loop_submit(loop, &work);
	while (wg__inbox_count(loop) == 0)
		sched_yield();
	wg_loop_progress(loop, &progress);
	lab_check("progress", progress.ready == 1 && progress.delivered == 0, "%u, %d",
		progress.ready, (int)progress.delivered);
	wg_op_timer(&timer, 0);
	(void)wg_loop_submit(loop, &timer);
	prove_turn(loop, 0, 2);
	prove_result(loop, &work, 1);
	prove_result(loop, &timer, 0);
	wg_loop_destroy(loop);
	prove_end();
}

static int64_t end_thread(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	pthread_exit(NULL);
}

/* One of two workers dies while the pool is stopped: it has a successor, which is joined, or none.
 */
void prove_death_and_stop(const char *wait)
{
	struct wg_pool *pool = NULL;
	struct wg_loop *loop;
	int64_t result = 0;
	struct wg_op op;

	lab_check("made", wg_pool_create(2, &pool) == 0, "no pool");
	loop = prove_loop(wait, 0, pool);
	wg_op_work(&op, end_thread, NULL);
	(void)wg_loop_submit(loop, &op);
	wg_pool_stop(pool);
	(void)wg_loop_wait_result(loop, &op, &result);
	lab_check("result", result == -EOWNERDEAD || result == -ESHUTDOWN, "the result is %d",
		(int)result);
	wg_loop_destroy(loop);
	wg_pool_destroy(pool);
	prove_end();
}

/* A worker and the net thread kick, and the first is not done before the second has begun. */
static _Atomic int kicks;
static sem_t second_kicks;

static void kick_together(struct wg_waiter *waiter)
{
	if (atomic_fetch_add(&kicks, 1) == 0)
		(void)sem_wait(&second_kicks);
	else
		(void)sem_post(&second_kicks);
	wg_wait_find(slow.name)->kick(waiter);
}

/* Both are counted: the loop is destroyed when both are done. The pool is not, which would wait for
 * them itself. */
void prove_two_kicks(const char *wait)
{
	struct wg_loop_options options = { .ops = &slow };
	struct wg_loop *loop = NULL;
	struct wg_op op[2];
	char byte;

	slow = *wg_wait_find(wait);
	slow.create = make_slow;
	slow.kick = kick_together;
	(void)sem_init(&second_kicks, 0, 0);
	lab_check("made", wg_pool_create(1, &options.pool) == 0, "no pool");
	lab_check("made", wg_loop_create(&options, &loop) == 0, "no loop");
	other_end = prove_pair(&sock);
	(void)send_one(NULL);
	submit_recv(loop, &op[0], &byte);
	wg_op_close(&op[1], -1);
	(void)wg_loop_submit(loop, &op[1]);
	prove_result(loop, &op[0], 1);
	prove_result(loop, &op[1], -EBADF);
	wg_loop_sock_close(loop, &sock);
	(void)close(other_end);
	wg_loop_destroy(loop);
	wg_pool_destroy(options.pool);
	prove_end();
}
