/*
 * net_close.c: sockets that are closed while something waits, is on its way, or has come, and those
 * that take their places.
 */
#include <errno.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/prove/prove.h"

/* Two sockets are closed, and three new ones come: each has a place of its own. */
void prove_socket_places(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock[5];
	struct wg_op op[5];
	char bytes[5] = "";
	int ends[5], i;

	for (i = 0; i < 5; i++) {
		ends[i] = prove_pair(&sock[i]);
		wg_op_recv(&op[i], &sock[i], &bytes[i], 1);
		(void)wg_loop_submit(loop, &op[i]);
		if (i == 1) {
			wg_loop_sock_close(loop, &sock[0]);
			wg_loop_sock_close(loop, &sock[0]); /* does nothing */
			wg_loop_sock_close(loop, &sock[1]);
			prove_result(loop, &op[0], -ECANCELED);
			prove_result(loop, &op[1], -ECANCELED);
		}
	}
	for (i = 4; i > 1; i--) {
		lab_check("place", sock[i].slot <= 3, "three sockets, and one has place %u",
			sock[i].slot);
		(void)send(ends[i], &"01234"[i], 1, MSG_NOSIGNAL);
		prove_result(loop, &op[i], 1);
		lab_check("byte", bytes[i] == '0' + i, "socket %d got '%c'", i, bytes[i]);
		wg_loop_sock_close(loop, &sock[i]);
	}
	for (i = 0; i < 5; i++)
		(void)close(ends[i]);
	wg_loop_destroy(loop);
	prove_end();
}

/* A socket is closed while its event may be on its way, and the next one takes its place: the event
 * is not the new one's (see stale-event in core/net_thread.c). */
void prove_socket_reuse(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_op first, second;
	struct wg_sock sock[2];
	int64_t result = 0;
	char bytes[2];
	int ends[2];

	ends[0] = prove_pair(&sock[0]);
	wg_op_recv(&first, &sock[0], &bytes[0], 1);
	(void)wg_loop_submit(loop, &first);
	(void)close(ends[0]); /* the event: hung up */
	wg_loop_sock_close(loop, &sock[0]);
	ends[1] = prove_pair(&sock[1]);
	wg_op_recv(&second, &sock[1], &bytes[1], 1);
	(void)wg_loop_submit(loop, &second);
	(void)send(ends[1], "y", 1, MSG_NOSIGNAL);
	(void)wg_loop_wait_result(loop, &first, &result);
	lab_check("result", result == 0 || result == -ECANCELED, "the result is %d", (int)result);
	prove_result(loop, &second, 1);
	lab_check("ended", !sock[1].has_ended, "the new socket got the old one's hang-up");
	wg_loop_sock_close(loop, &sock[1]);
	(void)close(ends[1]);
	wg_loop_destroy(loop);
	prove_end();
}

/* The socket is closed, its memory is gone, and then its read is cancelled, whose result may be on
 * its way. */
void prove_socket_late(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock *sock = malloc(sizeof(*sock));
	int other_end = prove_pair(sock), rc;
	int64_t result = 0;
	struct wg_op op;
	char byte;

	wg_op_recv(&op, sock, &byte, 1);
	(void)wg_loop_submit(loop, &op);
	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	wg_loop_sock_close(loop, sock);
	free(sock);
	rc = wg_loop_cancel(loop, &op);
	lab_check("cancelled", rc == -EINVAL, "cancel returned %d", rc);
	(void)wg_loop_wait_result(loop, &op, &result);
	lab_check("result", result == 1 || result == -ECANCELED, "the result is %d", (int)result);
	(void)close(other_end);
	wg_loop_destroy(loop);
	prove_end();
}

/* Closed when one of two reads has its byte, or is about to. */
void prove_socket_half(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock;
	int other_end = prove_pair(&sock), i;
	struct wg_op op[2];
	int64_t result = 0;
	char bytes[2];

	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	for (i = 0; i < 2; i++) {
		wg_op_recv(&op[i], &sock, &bytes[i], 1);
		(void)wg_loop_submit(loop, &op[i]);
	}
	wg_loop_sock_close(loop, &sock);
	(void)wg_loop_wait_result(loop, &op[0], &result);
	lab_check("result", result == 1 || result == -ECANCELED, "the result is %d", (int)result);
	prove_result(loop, &op[1], -ECANCELED);
	(void)close(other_end);
	wg_loop_destroy(loop);
	prove_end();
}

/* What the sleep reported of a socket is not looked at again when the socket is gone. */
void prove_socket_gone(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock *sock = malloc(sizeof(*sock));
	int other_end = prove_pair(sock);
	struct wg_op op;
	char byte;

	wg_op_recv(&op, sock, &byte, 1);
	(void)wg_loop_submit(loop, &op);
	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	prove_result(loop, &op, 1);
	wg_loop_sock_close(loop, sock);
	free(sock);
	(void)wg_loop_sleep(loop, 1);
	(void)close(other_end);
	wg_loop_destroy(loop);
	prove_end();
}

/* Closed while two reads and two sends wait: each is cancelled, once. */
void prove_socket_waiters(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	static char big[4096];
	struct wg_sock sock;
	int other_end = prove_pair(&sock), i;
	struct wg_op op[4];
	char bytes[2];

	while (send(sock.fd, big, sizeof(big), MSG_NOSIGNAL) > 0)
		;
	for (i = 0; i < 4; i++) {
		if (i < 2)
			wg_op_recv(&op[i], &sock, &bytes[i], 1);
		else
			wg_op_send(&op[i], &sock, "y", 1);
		(void)wg_loop_submit(loop, &op[i]);
	}
	wg_loop_sock_close(loop, &sock);
	lab_check("closed", sock.fd == -1, "the descriptor is %d", sock.fd);
	wg_loop_sock_close(loop, &sock); /* does nothing */
	for (i = 3; i >= 0; i--)
		prove_result(loop, &op[i], -ECANCELED);
	(void)close(other_end);
	wg_loop_destroy(loop);
	prove_end();
}

/* Two socks of one descriptor: the second cannot be watched, and waits nowhere. */
void prove_socket_twin(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock, twin;
	int other_end = prove_pair(&sock);
	struct wg_op first, second;
	char bytes[2];

	lab_check("made", wg_sock_init(&twin, sock.fd) == 0, "no sock");
	wg_op_recv(&first, &sock, &bytes[0], 1);
	(void)wg_loop_submit(loop, &first);
	wg_op_recv(&second, &twin, &bytes[1], 1);
	(void)wg_loop_submit(loop, &second);
	prove_result(loop, &second, -EEXIST);
	lab_check("queue", wg_list_is_empty(&twin.readers), "it waits as well");
	(void)wg_loop_submit(loop, &second);
	prove_result(loop, &second, -EEXIST);
	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	prove_result(loop, &first, 1);
	twin.fd = -1; /* it is the other one's to close */
	wg_loop_sock_close(loop, &twin);
	wg_loop_sock_close(loop, &sock);
	(void)close(other_end);
	wg_loop_destroy(loop);
	prove_end();
}
