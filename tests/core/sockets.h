/*
 * sockets.h: pairs of connected sockets for the suites about sockets; every failure is fatal.
 */
#ifndef TESTS_CORE_SOCKETS_H
#define TESTS_CORE_SOCKETS_H

#include <netinet/in.h>
#include <stddef.h>

#include "core/loop.h"

/* Does the loopback interface carry anything? In a namespace of its own it is down. */
bool wg_test_has_loopback(void);

/* Register a test that needs TCP on the loopback. */
#define WG_TEST_TCP(fn) WG_TEST_IF(wg_test_has_loopback(), "the loopback interface is down", fn)

/* A TCP socket that listens on loopback, and where. */
int wg_test_listen(struct sockaddr_in *ret_addr);

/* Two ends of one stream: fd[0] to be watched, fd[1] plain and blocking. */
void wg_test_socketpair(int fd[2]);
void wg_test_tcp_pair(int fd[2]);

/* Put all of text into a blocking socket, with flags of send(2). */
void wg_test_put(int fd, const char *text, int flags);

/* Take len bytes out of a blocking socket, in as many calls as it takes. */
void wg_test_get(int fd, char *buf, size_t len);

/* recv on sock over loop, waited for: its result. */
int64_t wg_test_recv(struct wg_loop *loop, struct wg_sock *sock, char *buf, size_t len);

#endif
