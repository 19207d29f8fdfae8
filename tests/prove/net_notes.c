/*
 * net_notes.c: what a wg_sock remembers, by N1 to N3 of core/net.h: from its birth, from each event
 * and from each attempt. One thread, and no loop.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "tests/prove/prove.h"

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

/* r, w: may be ready; e: has ended; u: had urgent data. */
static void remembers(const struct wg_sock *sock, const char *wanted, const char *when)
{
	char found[5];

	(void)snprintf(found, sizeof(found), "%s%s%s%s", sock->may_read ? "r" : "",
		sock->may_write ? "w" : "", sock->has_ended ? "e" : "",
		sock->has_urgent ? "u" : "");
	lab_check("remembers", strcmp(found, wanted) == 0, "after %s it is '%s', not '%s'", when,
		found, wanted);
}

static void forget(struct wg_sock *sock)
{
	sock->may_read = sock->may_write = sock->has_ended = sock->has_urgent = false;
}

/* A new one, in memory that was used: may be ready, nothing else. A bad one is left alone. */
static void is_born(struct wg_sock *sock)
{
	int fd = sock->fd, rc;

	memset(sock, 0x5a, sizeof(*sock));
	rc = wg_sock_init(sock, -1);
	lab_check("bad", rc == -EBADF && sock->fd == 0x5a5a5a5a, "it is %d, and changed", rc);
	lab_check("made", wg_sock_init(sock, fd) == 0, "no sock");
	remembers(sock, "rw", "init");
	lab_check("fd", sock->fd == fd && sock->watched == 0 && sock->slot == 0, "not as new");
	lab_check("lists",
		wg_list_is_empty(&sock->readers) && wg_list_is_empty(&sock->writers) &&
			wg_list_is_empty(&sock->link),
		"a list is not empty");
}

static void notes_events(struct wg_sock *sock)
{
	static const struct {
		uint32_t events;
		const char *wanted;
	} cases[] = { { EPOLLIN, "r" }, { EPOLLOUT, "w" }, { EPOLLIN | EPOLLOUT, "rw" },
		{ EPOLLHUP, "rwe" }, { EPOLLRDHUP, "re" }, { EPOLLERR, "rwe" }, { EPOLLPRI, "ru" },
		{ EPOLLMSG, "" } };
	size_t i, j;
	char both[5];

	for (i = 0; i < COUNT(cases); i++) {
		forget(sock);
		wg__net_note(sock, cases[i].events);
		remembers(sock, cases[i].wanted, "an event");
	}
	/* The next one takes nothing away: what each says is remembered. */
	for (i = 0; i < COUNT(cases) * COUNT(cases); i++) {
		const char *first = cases[i / COUNT(cases)].wanted;
		const char *second = cases[i % COUNT(cases)].wanted;

		for (j = 0, both[0] = '\0'; j < 4; j++) {
			if (strchr(first, "rweu"[j]) || strchr(second, "rweu"[j]))
				(void)strncat(both, &"rweu"[j], 1);
		}
		forget(sock);
		wg__net_note(sock, cases[i / COUNT(cases)].events);
		wg__net_note(sock, cases[i % COUNT(cases)].events);
		remembers(sock, both, "two events");
	}
}

static void attempt(struct wg_op *op, int64_t wanted, const char *remembered)
{
	int64_t result;

	errno = EINTR; /* of an earlier call: it means nothing */
	result = wg__net_try(op);
	lab_check("result", result == wanted, "the result is %d, not %d", (int)result, (int)wanted);
	remembers(op->sock, remembered, "an attempt");
}

static void receives(struct wg_sock *sock, int other_end)
{
	char bytes[4];
	struct wg_op op;

	wg_op_recv(&op, sock, bytes, 2);
	lab_check("events", wg__net_events(&op) == EPOLLIN, "it waits for something else");
	lab_check("queue", wg__net_queue(&op) == &sock->readers, "it waits elsewhere");
	forget(sock);
	(void)send(other_end, "12345678", 8, MSG_NOSIGNAL);
	attempt(&op, -EAGAIN, ""); /* no call: nothing has said that it may be ready */
	sock->may_read = true;
	attempt(&op, 2, "r");
	op.len = 4;
	attempt(&op, 4, "r");
	lab_check("bytes", memcmp(bytes, "3456", 4) == 0, "other bytes");
	attempt(&op, 2, ""); /* less than it asked for: it is empty */
	sock->may_read = true;
	attempt(&op, -EAGAIN, "");
	sock->may_read = true;
	op.flags = MSG_DONTWAIT; /* any flag, as a peek's */
	(void)send(other_end, "9", 1, MSG_NOSIGNAL);
	attempt(&op, 1, "r");
	op.flags = 0;
	sock->has_urgent = true;
	(void)send(other_end, "9", 1, MSG_NOSIGNAL);
	attempt(&op, 1, "ru");
	sock->has_urgent = false;
	sock->has_ended = true;
	(void)send(other_end, "9", 1, MSG_NOSIGNAL);
	attempt(&op, 1, "re");
	attempt(&op, -EAGAIN, "re");
	(void)shutdown(other_end, SHUT_WR);
	attempt(&op, 0, "re");
	sock->has_ended = false;
	attempt(&op, 0, ""); /* no event has said so yet: there will be one */
}

static void sends(struct wg_sock *sock, int other_end)
{
	static char big[5000];
	struct wg_op op;

	wg_op_send(&op, sock, big, sizeof(big));
	lab_check("events", wg__net_events(&op) == EPOLLOUT, "it waits for something else");
	lab_check("queue", wg__net_queue(&op) == &sock->writers, "it waits elsewhere");
	forget(sock);
	attempt(&op, -EAGAIN, "");
	sock->may_write = true;
	attempt(&op, 4096, "w"); /* fewer than asked, and there may be room yet */
	attempt(&op, -EAGAIN, "");
	sock->may_write = true;
	op.kind = WG_OP_READ;	     /* is not for sockets */
	attempt(&op, -ENOTSUP, "w"); /* an error says nothing of what is there: EMFILE at accept */
	op.kind = WG_OP_SEND;
	sock->has_ended = true;
	attempt(&op, -EAGAIN, "we");
	(void)close(other_end);
	attempt(&op, -EPIPE, "we");
}

void prove_socket_notes(const char *unused)
{
	struct wg_op first, second;
	struct wg_sock sock;
	int other_end = prove_pair(&sock);

	(void)unused;
	is_born(&sock);
	notes_events(&sock);
	lab_check("first", !wg__net_first(&sock, EPOLLIN) && !wg__net_first(&sock, EPOLLOUT),
		"it has one");
	wg_list_push(&sock.readers, &first.node);
	wg_list_push(&sock.writers, &second.node);
	lab_check("first", wg__net_first(&sock, EPOLLIN) == &first, "not the reader");
	lab_check("first", wg__net_first(&sock, EPOLLOUT) == &second, "not the writer");
	wg_list_remove(&first.node);
	wg_list_remove(&second.node);
	receives(&sock, other_end);
	sends(&sock, other_end);
	(void)close(sock.fd);
	prove_end();
}
