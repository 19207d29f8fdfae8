/*
 * support.c: see prove.h.
 */
#include <string.h>
#include <sys/socket.h>

#include "tests/prove/prove.h"

struct prove prove;

struct wg_loop *prove_loop(const char *wait, unsigned workers, struct wg_pool *pool)
{
	struct wg_loop_options options = { .wait = wait, .workers = workers, .pool = pool };
	struct wg_loop *loop = NULL;

	lab_check("made", wg_loop_create(&options, &loop) == 0, "no loop");
	return loop;
}

void prove_result(struct wg_loop *loop, struct wg_op *op, int64_t wanted)
{
	int64_t result = 0;
	int rc = wg_loop_wait_result(loop, op, &result);

	lab_check("result", rc == 0 && result == wanted, "the result is %d (%d), not %d",
		(int)result, rc, (int)wanted);
}

int prove_pair(struct wg_sock *sock)
{
	int fds[2] = { -1, -1 };

	lab_check("made", socketpair(AF_UNIX, SOCK_STREAM, 0, fds) == 0, "no sockets");
	lab_check("made", wg_sock_init(sock, fds[0]) == 0, "no sock");
	return fds[1];
}

void happened(const char *events)
{
	lab_check("events", strcmp(prove.events, events) == 0, "it was '%s', not '%s'",
		prove.events, events);
	prove.events[0] = '\0';
}

void prove_turn(struct wg_loop *loop, int timeout_ms, int wanted)
{
	int rc = wg_loop_run_once(loop, timeout_ms);

	lab_check("found", rc == wanted, "run_once returned %d, not %d", rc, wanted);
}

void prove_end(void)
{
	lab_check("late", prove.late_wakes == 0 || prove.polls, "%d late wakes", prove.late_wakes);
	lab_check("empty", prove.empty_notified == 0 || prove.wakes_are_empty,
		"%d wakes by a notify with nothing there", prove.empty_notified);
	lab_check("crowd", prove.crowds == 0, "%d still ask how busy the machine is", prove.crowds);
	lab_check("threads", lab_counts().unjoined == 0, "%d threads are joined by nobody",
		lab_counts().unjoined);
	lab_check("fds", lab_counts().open_fds == 0, "%d descriptors are left open",
		lab_counts().open_fds);
}
