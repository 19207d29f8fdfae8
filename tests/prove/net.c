/*
 * net.c: sockets on a loop, in its own sleep or on the net thread.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/prove/prove.h"

static int other_end, other_ends[2];

static void *write_one(void *unused)
{
	(void)unused;
	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	return NULL;
}

static void pair(struct wg_sock *sock)
{
	other_end = prove_pair(sock);
}

/* The byte comes before, while, or after the loop begins to watch. */
void prove_socket(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock;
	pthread_t thread;
	struct wg_op op;
	char byte = 0;

	pair(&sock);
	pthread_create(&thread, NULL, write_one, NULL);
	wg_op_recv(&op, &sock, &byte, 1);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, 1);
	lab_check("byte", byte == 'x', "the byte is %d", byte);
	pthread_join(thread, NULL);
	wg_loop_sock_close(loop, &sock);
	(void)close(other_end);
	wg_loop_destroy(loop);
	prove_end();
}

/* The socket is closed while its byte may be on its way to the loop. */
void prove_socket_close(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock;
	int64_t result = 0;
	pthread_t thread;
	struct wg_op op;
	char byte = 0;

	pair(&sock);
	pthread_create(&thread, NULL, write_one, NULL);
	wg_op_recv(&op, &sock, &byte, 1);
	(void)wg_loop_submit(loop, &op);
	wg_loop_sock_close(loop, &sock);
	(void)wg_loop_wait_result(loop, &op, &result);
	lab_check("result", result == 1 || result == -ECANCELED, "the result is %d", (int)result);
	pthread_join(thread, NULL);
	(void)close(other_end);
	wg_loop_destroy(loop);
	prove_end();
}

/* ---- what is left, what is gone ---- */

static void finish(struct wg_loop *loop, struct wg_sock *sock)
{
	wg_loop_sock_close(loop, sock);
	(void)close(other_end);
	wg_loop_destroy(loop);
	prove_end();
}

/*
 * Two bytes come and one is asked for. The rest is no reason to wake up: time must pass until the
 * timer is due. Then it is there, though nothing new came.
 */
void prove_socket_rest(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op op, timer;
	struct wg_sock sock;
	char byte = 0;

	pair(&sock);
	wg_op_recv(&op, &sock, &byte, 1);
	(void)wg_loop_submit(loop, &op);
	(void)send(other_end, "xy", 2, MSG_NOSIGNAL);
	prove_result(loop, &op, 1);
	wg_op_timer(&timer, WG_NS_PER_MS);
	(void)wg_loop_submit(loop, &timer);
	prove_result(loop, &timer, 0);
	wg_op_recv(&op, &sock, &byte, 1);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, 1);
	lab_check("byte", byte == 'y', "the byte is %d", byte);
	finish(loop, &sock);
}

static void *write_two(void *unused)
{
	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	(void)send(other_end, "y", 1, MSG_NOSIGNAL);
	return unused;
}

/* One byte after the other, and a read that would take both: the second comes before, in or after
 * the first read. */
void prove_socket_twice(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock;
	int64_t result = 0;
	pthread_t thread;
	struct wg_op op;
	char bytes[2];
	int got = 0;

	pair(&sock);
	pthread_create(&thread, NULL, write_two, NULL);
	while (got < 2) {
		wg_op_recv(&op, &sock, bytes, sizeof(bytes));
		(void)wg_loop_submit(loop, &op);
		(void)wg_loop_wait_result(loop, &op, &result);
		lab_check("bytes", result == 1 || (result == 2 && got == 0), "%d after %d",
			(int)result, got);
		if (result <= 0)
			break;
		got += (int)result;
	}
	pthread_join(thread, NULL);
	finish(loop, &sock);
}

static void *hang_up(void *unused)
{
	(void)close(other_end);
	return unused;
}

/* The end of the stream, and again: nothing new ever comes of it. */
void prove_socket_end(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock;
	pthread_t thread;
	struct wg_op op;
	char byte;
	int i;

	pair(&sock);
	pthread_create(&thread, NULL, hang_up, NULL);
	for (i = 0; i < 2; i++) {
		wg_op_recv(&op, &sock, &byte, 1);
		(void)wg_loop_submit(loop, &op);
		prove_result(loop, &op, 0);
	}
	pthread_join(thread, NULL);
	(void)wg_loop_sleep(loop, 1); /* it wakes up nobody any more */
	wg_loop_sock_close(loop, &sock);
	wg_loop_destroy(loop);
	prove_end();
}

/* Cancel what waits for a byte that may come. */
void prove_socket_cancel(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock;
	pthread_t thread;
	struct wg_op op;
	char byte = 0;
	int rc;

	pair(&sock);
	pthread_create(&thread, NULL, write_one, NULL);
	wg_op_recv(&op, &sock, &byte, 1);
	(void)wg_loop_submit(loop, &op);
	rc = wg_loop_cancel(loop, &op);
	lab_check("cancelled", rc == 0 || rc == -EBUSY || rc == -EINVAL, "cancel returned %d", rc);
	prove_result(loop, &op, rc == 0 ? -ECANCELED : 1);
	lab_check("byte", rc != 0 || byte == 0, "it was cancelled, and its byte is gone");
	pthread_join(thread, NULL);
	finish(loop, &sock);
}

/* ---- several sockets ---- */

static void *write_both(void *unused)
{
	(void)send(other_ends[1], "y", 1, MSG_NOSIGNAL);
	(void)send(other_ends[0], "x", 1, MSG_NOSIGNAL);
	return unused;
}

void prove_two_sockets(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock[2];
	struct wg_op op[2];
	char bytes[2] = "";
	pthread_t thread;
	int i;

	for (i = 0; i < 2; i++) {
		pair(&sock[i]);
		other_ends[i] = other_end;
		wg_op_recv(&op[i], &sock[i], &bytes[i], 1);
		(void)wg_loop_submit(loop, &op[i]);
	}
	pthread_create(&thread, NULL, write_both, NULL);
	for (i = 0; i < 2; i++)
		prove_result(loop, &op[i], 1);
	lab_check("bytes", bytes[0] == 'x' && bytes[1] == 'y', "at the wrong socket");
	pthread_join(thread, NULL);
	for (i = 0; i < 2; i++) {
		wg_loop_sock_close(loop, &sock[i]);
		(void)close(other_ends[i]);
	}
	wg_loop_destroy(loop);
	prove_end();
}

static void *make_room(void *unused)
{
	char some[1024];

	while (recv(other_end, some, sizeof(some), MSG_DONTWAIT) > 0)
		;
	return unused;
}

/* The stream is full, and a send waits until there is room. */
void prove_socket_writer(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	static char big[1024];
	struct wg_sock sock;
	pthread_t thread;
	struct wg_op op;

	pair(&sock);
	while (send(sock.fd, big, sizeof(big), MSG_NOSIGNAL) > 0)
		;
	wg_op_send(&op, &sock, "y", 1);
	(void)wg_loop_submit(loop, &op);
	pthread_create(&thread, NULL, make_room, NULL);
	prove_result(loop, &op, 1);
	pthread_join(thread, NULL);
	finish(loop, &sock);
}

/* Three reads wait for one socket; the second is cancelled, the others get their bytes in order. */
void prove_socket_queue(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock;
	struct wg_op op[3];
	char bytes[3];
	int i;

	pair(&sock);
	for (i = 0; i < 3; i++) {
		wg_op_recv(&op[i], &sock, &bytes[i], 1);
		(void)wg_loop_submit(loop, &op[i]);
	}
	lab_check("cancelled", wg_loop_cancel(loop, &op[1]) == 0, "cancel failed");
	prove_result(loop, &op[1], -ECANCELED);
	(void)write_two(NULL);
	prove_result(loop, &op[2], 1);
	prove_result(loop, &op[0], 1);
	lab_check("bytes", bytes[0] == 'x' && bytes[2] == 'y', "they got each other's");
	lab_check("starts", prove.starts == 0 || prove.starts == 2, "%d begin, not two",
		prove.starts);
	lab_check("place", sock.slot < 2, "it has another place for each operation");
	finish(loop, &sock);
}

#define MANY	40
#define SOCKETS 12

/* One event is for all that waits: an edge is said once. */
void prove_socket_many(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	static struct wg_op op[MANY];
	char bytes[MANY], sent[MANY];
	struct wg_sock sock;
	int i;

	pair(&sock);
	for (i = 0; i < MANY; i++) {
		wg_op_recv(&op[i], &sock, &bytes[i], 1);
		(void)wg_loop_submit(loop, &op[i]);
	}
	(void)send(other_end, sent, MANY, MSG_NOSIGNAL);
	prove_turn(loop, 0, MANY);
	for (i = 0; i < MANY; i++)
		prove_result(loop, &op[i], 1);
	finish(loop, &sock);
}

/* And one sleep reports all sockets. */
void prove_sockets(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	static struct wg_sock sock[SOCKETS];
	static struct wg_op op[SOCKETS];
	char bytes[SOCKETS];
	int ends[SOCKETS], i;

	for (i = 0; i < SOCKETS; i++) {
		ends[i] = prove_pair(&sock[i]);
		wg_op_recv(&op[i], &sock[i], &bytes[i], 1);
		(void)wg_loop_submit(loop, &op[i]);
		(void)send(ends[i], "x", 1, MSG_NOSIGNAL);
	}
	prove_turn(loop, 0, SOCKETS);
	for (i = 0; i < SOCKETS; i++) {
		prove_result(loop, &op[i], 1);
		wg_loop_sock_close(loop, &sock[i]);
		(void)close(ends[i]);
	}
	wg_loop_destroy(loop);
	prove_end();
}

/* Two sends wait for room, and the other end hangs up: each hears of it. */
void prove_socket_broken(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	static char big[1024];
	struct wg_sock sock;
	struct wg_op op[2];
	int i;

	pair(&sock);
	while (send(sock.fd, big, sizeof(big), MSG_NOSIGNAL) > 0)
		;
	for (i = 0; i < 2; i++) {
		wg_op_send(&op[i], &sock, "y", 1);
		(void)wg_loop_submit(loop, &op[i]);
	}
	(void)close(other_end);
	for (i = 0; i < 2; i++)
		prove_result(loop, &op[i], -EPIPE);
	wg_loop_sock_close(loop, &sock);
	wg_loop_destroy(loop);
	prove_end();
}

/* A byte comes when nobody waits for it any more, and the loop sleeps: the next read gets it. */
void prove_socket_early(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock;
	struct wg_op op;
	char byte = 0;

	pair(&sock);
	wg_op_recv(&op, &sock, &byte, 1);
	(void)wg_loop_submit(loop, &op);
	lab_check("cancelled", wg_loop_cancel(loop, &op) == 0, "cancel failed");
	prove_result(loop, &op, -ECANCELED);
	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	(void)wg_loop_sleep(loop, 1);
	(void)wg_loop_submit(loop, &op);
	prove_result(loop, &op, 1);
	lab_check("byte", byte == 'x', "another byte");
	finish(loop, &sock);
}

/* The other end writes no more, and the stream to it is full: a send waits. When there is room, a
 * second one does not go before it. */
void prove_socket_order(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	static char big[4096];
	struct wg_op op[2];
	struct wg_sock sock;
	char byte = 0;
	int i;

	pair(&sock);
	wg_op_recv(&op[0], &sock, &byte, 1);
	(void)wg_loop_submit(loop, &op[0]);
	(void)shutdown(other_end, SHUT_WR);
	prove_result(loop, &op[0], 0);
	while (send(sock.fd, big, sizeof(big), MSG_NOSIGNAL) > 0)
		;
	for (i = 0; i < 2; i++) {
		wg_op_send(&op[i], &sock, &"12"[i], 1);
		(void)wg_loop_submit(loop, &op[i]);
		if (i == 0) /* in one go: what is sent from now on stays */
			(void)recv(other_end, big, sizeof(big), 0);
	}
	for (i = 0; i < 2; i++) {
		prove_result(loop, &op[i], 1);
		lab_check("byte", recv(other_end, &byte, 1, 0) == 1 && byte == "12"[i],
			"number %d is '%c'", i + 1, byte);
	}
	finish(loop, &sock);
}

/* ---- two loops ---- */

static void watch_one(struct wg_pool *pool)
{
	struct wg_loop *loop = prove_loop("condvar", 0, pool);
	struct wg_sock sock;
	int end = prove_pair(&sock);
	struct wg_op op;
	char byte;

	wg_op_recv(&op, &sock, &byte, 1);
	(void)wg_loop_submit(loop, &op);
	wg_loop_sock_close(loop, &sock);
	(void)close(end);
	wg_loop_destroy(loop);
}

static void *second_loop(void *pool)
{
	watch_one(pool);
	return NULL;
}

/* Two loops on two threads have the first socket of their pool: there is one net thread. */
void prove_socket_loops(const char *wait)
{
	struct wg_pool *pool = NULL;
	pthread_t thread;

	(void)wait;
	prove.drops_ops = true;
	lab_check("made", wg_pool_create(1, &pool) == 0, "no pool");
	pthread_create(&thread, NULL, second_loop, pool);
	watch_one(pool);
	pthread_join(thread, NULL);
	wg_pool_destroy(pool);
	prove_end();
}
