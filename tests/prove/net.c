/*
 * net.c: sockets on a loop, in its own sleep or on the net thread.
 */
#include <errno.h>
#include <pthread.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/prove/prove.h"

static int other_end;

static void *write_one(void *unused)
{
	(void)unused;
	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	return NULL;
}

static void pair(struct wg_sock *sock)
{
	int fds[2] = { -1, -1 };

	lab_check("made", socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "no sockets");
	other_end = fds[1];
	lab_check("made", wg_sock_init(sock, fds[0]) == 0, "no sock");
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
