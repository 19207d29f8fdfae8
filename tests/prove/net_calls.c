/*
 * net_calls.c: the calls that a loop makes for its sockets, one thread, exact: what is watched,
 * when the kernel is asked, and that no net thread is made for it. And what a net thread is called.
 */
#include <errno.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/loop_state.h"
#include "core/pool_state.h"
#include "core/wait/fds.h"
#include "tests/prove/prove.h"

/* A strategy that notes what is asked of it, and refuses to watch. */
static struct {
	struct wg_wait_ops ops;
	struct wg_wait_fds fds;
	int refusal;
} spy;

static const struct wg_wait_ops *spied(void)
{
	return wg_wait_find(spy.ops.name);
}

static int make(int64_t tick_ns, struct wg_waiter **ret_waiter)
{
	int rc = spied()->create(tick_ns, ret_waiter);

	(*ret_waiter)->ops = &spy.ops;
	return rc;
}

static int sleep_noted(struct wg_waiter *waiter, uint64_t ticket, int64_t deadline_ns)
{
	if (deadline_ns == 0)
		prove_note("glance ");
	return spied()->sleep(waiter, ticket, deadline_ns);
}

static int watch(struct wg_waiter *waiter, int fd, uint32_t events, bool again, void *cookie)
{
	prove_note("%s(%s%s) ", again ? "again" : "watch", events & EPOLLIN ? "in" : "",
		events & EPOLLOUT ? "out" : "");
	return spy.refusal ? spy.refusal : spied()->fds->watch(waiter, fd, events, again, cookie);
}

static void unwatch(struct wg_waiter *waiter, int fd)
{
	prove_note("unwatch ");
	spied()->fds->unwatch(waiter, fd);
}

static struct wg_loop *make_loop(const char *wait)
{
	struct wg_loop_options options = { .ops = &spy.ops, .workers = 1 };
	struct wg_loop *loop = NULL;

	spy.ops = *wg_wait_find(wait);
	spy.fds = *spy.ops.fds;
	spy.ops.create = make;
	spy.ops.sleep = sleep_noted;
	spy.fds.watch = watch;
	spy.fds.unwatch = unwatch;
	spy.ops.fds = &spy.fds;
	lab_check("made", wg_loop_create(&options, &loop) == 0, "no loop");
	prove.keeps_events = true;
	return loop;
}

static void submit(struct wg_loop *loop, struct wg_op *op)
{
	lab_check("submitted", wg_loop_submit(loop, op) == 0, "submit failed");
}

/* One socket through all that can happen to it, another one that the kernel refuses. */
void prove_socket_calls(const char *wait)
{
	struct wg_loop *loop = make_loop(wait);
	static char big[4096];
	struct wg_sock sock, other;
	int ends[2] = { prove_pair(&sock), prove_pair(&other) };
	struct wg_op timer, recv_op[2], send_op, last;
	char bytes[3];
	int i;

	wg_op_timer(&timer, 0);
	submit(loop, &timer);
	prove.events[0] = '\0';
	prove_turn(loop, 0, 1);
	happened("done(1,0) poll(1) "); /* no socket, no glance */
	prove_result(loop, &timer, 0);
	for (i = 0; i < 2; i++)
		wg_op_recv(&recv_op[i], &sock, &bytes[i], 1);
	wg_op_send(&send_op, &sock, big, sizeof(big));
	prove.events[0] = '\0';
	submit(loop, &recv_op[0]);
	submit(loop, &recv_op[1]);
	submit(loop, &send_op);
	happened(
		"submit(2,other,1) watch(in) submit(3,other,1) submit(4,other,4096) done(4,4096) ");
	prove_turn(loop, 0, 1);
	happened("glance ");
	prove_result(loop, &send_op, sizeof(big));
	submit(loop, &send_op);
	happened("deliver(4,4096) submit(5,other,4096) again(inout) ");

	/* Refused, then not. */
	wg_op_recv(&last, &other, &bytes[2], 1);
	spy.refusal = -ENOSPC;
	submit(loop, &last);
	happened("submit(6,other,1) watch(in) done(6,-28) ");
	prove_result(loop, &last, -ENOSPC);
	spy.refusal = 0;
	submit(loop, &last);
	happened("deliver(6,-28) submit(7,other,1) watch(in) ");

	/* One event, both directions. */
	(void)recv(ends[0], big, sizeof(big), 0);
	(void)send(ends[0], "x", 1, MSG_NOSIGNAL);
	prove_turn(loop, 0, 2);
	happened("wait(-1,0) wake(ready,0) done(2,1) done(5,4096) poll(2) ");
	lab_check("net_thread", !loop->pool->net, "a net thread was made");
	lab_check("cancelled", wg_loop_cancel(loop, &last) == 0, "cancel failed");
	lab_check("net_thread", !loop->pool->net, "a net thread was made to cancel");
	wg_loop_sock_close(loop, &other);
	wg_loop_sock_close(loop, &other);
	happened("done(7,-125) unwatch "); /* once */
	wg_loop_sock_close(loop, &sock);
	happened("unwatch done(3,-125) ");
	prove_result(loop, &recv_op[0], 1);
	prove_result(loop, &recv_op[1], -ECANCELED);
	prove_result(loop, &send_op, sizeof(big));
	prove_result(loop, &last, -ECANCELED);

	/* Never watched, so never unwatched; and the loop watches nothing now. */
	lab_check("made", wg_sock_init(&sock, ends[0]) == 0, "no sock");
	submit(loop, &timer);
	prove.events[0] = '\0';
	wg_loop_sock_close(loop, &sock);
	prove_turn(loop, 0, 1);
	happened("done(8,0) poll(1) ");
	prove_result(loop, &timer, 0);
	(void)close(ends[1]);
	wg_loop_destroy(loop);
	prove_end();
}

static int64_t nothing(struct wg_op *op, void *unused)
{
	(void)op;
	(void)unused;
	return 0;
}

/* The events of the net thread say that it is the worker after the last one. */
void prove_socket_worker(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	struct wg_sock sock;
	int other_end = prove_pair(&sock);
	uint32_t worker;
	struct wg_op op;
	char byte;

	wg_op_work(&op, nothing, NULL);
	submit(loop, &op);
	prove_result(loop, &op, 0);
	worker = prove.start_worker;
	(void)send(other_end, "x", 1, MSG_NOSIGNAL);
	wg_op_recv(&op, &sock, &byte, 1);
	submit(loop, &op);
	prove_result(loop, &op, 1);
	lab_check("worker", prove.start_worker == worker + 1, "after %u comes %u", worker,
		prove.start_worker);
	wg_loop_sock_close(loop, &sock);
	(void)close(other_end);
	wg_loop_destroy(loop);
	prove_end();
}
