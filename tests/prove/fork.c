/*
 * fork.c: wg_loop_fork() at any moment of a worker: the child's loop works, and has each operation
 * in exactly one place.
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/fork.h"
#include "core/loop_state.h"
#include "core/pool_state.h"
#include "tests/prove/prove.h"

static int64_t give(struct wg_op *op, void *arg)
{
	(void)op;
	return (int64_t)(intptr_t)arg;
}

void prove_fork(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op before, after;
	int64_t result = 0;
	int pid;

	wg_op_work(&before, give, (void *)(intptr_t)1);
	(void)wg_loop_submit(loop, &before);
	pid = (int)wg_loop_fork(loop);
	lab_check("forked", pid == 0 || pid == -EAGAIN, "fork returned %d", pid);
	(void)wg_loop_wait_result(loop, &before, &result);
	lab_check("result", result == 1 || (pid == 0 && result == -ECANCELED), "the result is %d",
		(int)result);
	lab_check("queued", loop->pool->queued == 0, "%u are queued", loop->pool->queued);
	wg_op_work(&after, give, (void *)(intptr_t)2);
	(void)wg_loop_submit(loop, &after);
	prove_result(loop, &after, 2);
	wg_loop_destroy(loop);
	prove_end();
}

static sem_t has_begun, may_end;

static int64_t begin_and_wait(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	(void)sem_post(&has_begun);
	(void)sem_wait(&may_end);
	return 1;
}

/* Fork while a worker, whichever it is, is in `work`. */
static int fork_in_work(struct wg_loop *loop, struct wg_op *op)
{
	int64_t result = 0;
	int pid;

	(void)sem_init(&has_begun, 0, 0);
	(void)sem_init(&may_end, 0, 0);
	wg_op_work(op, begin_and_wait, NULL);
	(void)wg_loop_submit(loop, op);
	(void)sem_wait(&has_begun);
	pid = (int)wg_loop_fork(loop);
	(void)sem_post(&may_end);
	(void)wg_loop_wait_result(loop, op, &result);
	lab_check("result", result == (pid == 0 ? -ECANCELED : 1), "the result is %d", (int)result);
	return pid;
}

/* Two workers: what either of them is at ends in the child. */
void prove_fork_two(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 2, NULL);
	struct wg_op op;

	(void)fork_in_work(loop, &op);
	wg_loop_destroy(loop);
	prove_end();
}

/* What wakes up or stops the loop before the fork does so in both. */
void prove_fork_woken(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);

	prove.wakes_are_empty = true;
	wg_loop_stop(loop);
	(void)wg_loop_fork(loop);
	prove_turn(loop, 0, 0);
	lab_check("stopped", wg_loop_run(loop) == 1, "the stop was forgotten");
	prove_turn(loop, 1, 0);
	wg_loop_destroy(loop);
	prove_end();
}

/* The child forks, too: what ended in it has ended. */
void prove_fork_again(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op before, after;

	(void)fork_in_work(loop, &before);
	memset(&before, 0x55, sizeof(before)); /* it is ours again */
	(void)wg_loop_fork(loop);
	wg_op_work(&after, give, (void *)(intptr_t)2);
	(void)wg_loop_submit(loop, &after);
	prove_result(loop, &after, 2);
	wg_loop_destroy(loop);
	prove_end();
}

/* A worker of the parent spins: nobody in the child does. */
void prove_fork_spinning(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op op;
	int i;

	for (i = 0; i < 3; i++) {
		wg_op_work(&op, give, (void *)(intptr_t)2);
		(void)wg_loop_submit(loop, &op);
		prove_result(loop, &op, 2);
		if (i == 0) /* the worker looks for more, with no preemption of it but one */
			(void)wg_loop_fork(loop);
	}
	wg_loop_destroy(loop);
	prove_end();
}

/* ---- sockets ---- */

static char big[4096];

static struct {
	struct wg_sock sock[2];
	int other_end[2];
	struct wg_op recv[2], send[2];
	char byte[2];
} net;

/* Two sockets, each with a reader and a writer that wait. */
static void wait_for_sockets(struct wg_loop *loop)
{
	int fds[2], i;

	for (i = 0; i < 2; i++) {
		lab_check("made", socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "no sockets");
		net.other_end[i] = fds[1];
		lab_check("made", wg_sock_init(&net.sock[i], fds[0]) == 0, "no sock");
		while (send(fds[0], big, sizeof(big), MSG_NOSIGNAL) > 0)
			;
		wg_op_recv(&net.recv[i], &net.sock[i], &net.byte[i], 1);
		(void)wg_loop_submit(loop, &net.recv[i]);
		wg_op_send(&net.send[i], &net.sock[i], "y", 1);
		(void)wg_loop_submit(loop, &net.send[i]);
	}
}

/* In the child all four are cancelled and the sockets work; with no child, they wait on. */
void prove_fork_sockets(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	int64_t result;
	int pid, i;

	wait_for_sockets(loop);
	pid = (int)wg_loop_fork(loop);
	for (i = 0; i < 2; i++) {
		(void)send(net.other_end[i], "x", 1, MSG_NOSIGNAL);
		if (pid == 0) {
			prove_result(loop, &net.send[i], -ECANCELED);
			prove_result(loop, &net.recv[i], -ECANCELED);
			wg_op_recv(&net.recv[i], &net.sock[i], &net.byte[i], 1);
			(void)wg_loop_submit(loop, &net.recv[i]);
		} else {
			(void)wg_loop_cancel(loop, &net.send[i]);
			(void)wg_loop_wait_result(loop, &net.send[i], &result);
		}
		prove_result(loop, &net.recv[i], 1);
		lab_check("byte", net.byte[i] == 'x', "the byte is %d", net.byte[i]);
		/* A new socket operation waits, and is woken up. */
		wg_op_recv(&net.recv[i], &net.sock[i], &net.byte[i], 1);
		(void)wg_loop_submit(loop, &net.recv[i]);
		(void)send(net.other_end[i], "z", 1, MSG_NOSIGNAL);
		prove_result(loop, &net.recv[i], 1);
	}
	for (i = 0; i < 2; i++) {
		wg_loop_sock_close(loop, &net.sock[i]);
		(void)close(net.other_end[i]);
	}
	lab_check("loops", prove.loops == (pid == 0 ? 2 : 1), "%d events `loop`", prove.loops);
	wg_loop_destroy(loop);
	prove_end();
}

/* Fork while the net thread has a byte for us: it holds its lock then, and will want the inbox's.
 */
void prove_fork_receiving(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock;
	struct wg_op op;
	int64_t result = 0;
	int end = prove_pair(&sock), pid;
	char byte = 0;

	wg_op_recv(&op, &sock, &byte, 1);
	(void)wg_loop_submit(loop, &op);
	(void)send(end, "x", 1, MSG_NOSIGNAL);
	pid = (int)wg_loop_fork(loop);
	(void)wg_loop_wait_result(loop, &op, &result);
	lab_check("result", (result == 1 && byte == 'x') || (pid == 0 && result == -ECANCELED),
		"the result is %d", (int)result);
	wg_loop_sock_close(loop, &sock);
	(void)close(end);
	wg_loop_destroy(loop);
	prove_end();
}

/* Fork after a socket was closed: nothing is left of it, for the child neither, and the one that
 * had come before it is not forgotten. */
void prove_fork_closed(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock kept, *gone = malloc(sizeof(*gone));
	int ends[2] = { prove_pair(&kept), prove_pair(gone) }, i;
	struct wg_op op[2];
	char bytes[2];

	for (i = 0; i < 2; i++) {
		wg_op_recv(&op[i], i == 0 ? &kept : gone, &bytes[i], 1);
		(void)wg_loop_submit(loop, &op[i]);
	}
	wg_loop_sock_close(loop, gone);
	free(gone);
	prove_result(loop, &op[1], -ECANCELED);
	if (wg_loop_fork(loop) == 0)
		prove_result(loop, &op[0], -ECANCELED);
	wg_loop_sock_close(loop, &kept);
	if (wg_loop_in_flight(loop) > 0)
		prove_result(loop, &op[0], -ECANCELED);
	for (i = 0; i < 2; i++)
		(void)close(ends[i]);
	wg_loop_destroy(loop);
	prove_end();
}

/* ---- a thread inside the waiter ---- */

static sem_t is_about;

static void *wake_loop(void *loop)
{
	(void)sem_post(&is_about);
	wg_loop_wake(loop);
	return NULL;
}

/* Fork while another thread notifies: it may hold what the waiter has. */
void prove_fork_waking(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op after;
	pthread_t thread;

	prove.wakes_are_empty = true;
	(void)sem_init(&is_about, 0, 0);
	pthread_create(&thread, NULL, wake_loop, loop);
	(void)sem_wait(&is_about);
	if (wg_loop_fork(loop) != 0)
		pthread_join(thread, NULL);
	wg_op_work(&after, give, (void *)(intptr_t)2);
	(void)wg_loop_submit(loop, &after);
	prove_result(loop, &after, 2);
	wg_loop_destroy(loop);
	(void)sem_destroy(&is_about);
	prove_end();
}

/* ---- what the pool remembers ---- */

static int64_t end_thread(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	pthread_exit(NULL);
}

/* Fork when a worker has died and its successor has not begun: the child's worker joins nobody. */
void prove_fork_death(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op last, after;

	wg_op_work(&last, end_thread, NULL);
	(void)wg_loop_submit(loop, &last);
	prove_result(loop, &last, -EOWNERDEAD);
	(void)wg_loop_fork(loop);
	wg_op_work(&after, give, (void *)(intptr_t)2);
	(void)wg_loop_submit(loop, &after);
	prove_result(loop, &after, 2);
	wg_loop_destroy(loop);
	prove_end();
}
