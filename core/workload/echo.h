/*
 * echo.h: the clients of `echo`, all in one thread that uses nothing of the core.
 *
 * They use poll(2) and their own state. So the trace shows one loop, the measured one, and what is
 * measured is not used to measure it.
 */
#ifndef CORE_WORKLOAD_ECHO_H
#define CORE_WORKLOAD_ECHO_H

#include <netinet/in.h>

#include "core/workload/workload.h"

struct wg_echo_clients {
	/* immutable while they run */
	const struct wg_workload *w;
	struct sockaddr_in addr; /* of the server */
	struct wg_loop *loop;	 /* stopped if the clients give up; else untouched */

	/* theirs until they are joined */
	struct wg_times latency; /* from the first byte sent to the last byte back */
	const char *failed_at;	 /* what failed, or NULL */
	int error;		 /* errno of it, or 0: a wrong answer */
};

/* The byte at `offset` of what client `client` sends; checked at both ends. */
unsigned char wg_echo_byte(uint64_t client, uint64_t offset);

/* How many of all `requests` are this client's. */
uint64_t wg_echo_share(const struct wg_workload *w, uint64_t client);

/* A thread: connect all, have every request echoed, close. arg is a struct wg_echo_clients. */
void *wg_echo_clients_main(void *arg);

#endif
