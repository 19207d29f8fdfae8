/*
 * mixed.c: files, timers, sockets and computing at once, on one loop.
 *
 * Four chains share the loop; each submits its next operation when the previous one is delivered,
 * and knows nothing of the others. Side by side they show two things. On a loop that blocks, a
 * chain goes as fast as its own work. On a loop that polls, all go at the pace of the tick,
 * whatever they do; and a chain of sockets goes even slower as soon as it is alone, since the
 * runtime as found waited 10 ms for files and timers and 50 ms if it waited for sockets only.
 *
 * A chain is a step function: given the result of the last operation, it sets up the next, or says
 * that it is over. The socket chain talks to itself: both ends of a TCP connection on loopback are
 * on this loop.
 */
#include "core/workload/workload.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <xxhash.h>

#include "core/clock.h"

#define CHUNK	  16384
#define MESSAGE	  64
#define WORK_SIZE 65536

enum chain_id { FILES, TIMERS, SOCKETS, WORK, CHAIN_COUNT };

struct mix;

struct chain {
	struct wg_op op; /* first */
	struct mix *mix;

	/* Set up op for the next step, given the result of the last one (0 at first). 1: it is; 0:
	 * the chain is over; or a negative errno. */
	int (*step)(struct mix *m, struct chain *c, int64_t result);
	const char *name;
	uint64_t steps; /* delivered in this pass */
	int64_t submitted_ns;
	struct wg_times times; /* from submit to delivery; of a timer, from its deadline */
};

struct mix {
	struct wg_job job; /* first */
	struct wg_loop *loop;
	struct chain chains[CHAIN_COUNT];
	const char *failed_chain; /* the first that failed, or NULL */
	int error;

	int file; /* this program's own: it is there, and the same for all strategies */
	uint64_t offset, bytes;
	unsigned char chunk[CHUNK];
	XXH3_state_t *hash; /* of the file's bytes; owned */

	struct wg_sock listener, near, far; /* fd -1: not open */
	struct sockaddr_in addr;
	struct wg_op connecting; /* near's; the chain's own is the accept */
	unsigned char message[MESSAGE], echoed[MESSAGE];

	unsigned char work[WORK_SIZE];
	uint64_t worked; /* sum of results */
};

/* ---- the chains ---- */

/* open, one read a round, close. At the end of the file, begin again. */
static int step_files(struct mix *m, struct chain *c, int64_t result)
{
	uint64_t rounds = m->job.w->rounds;

	if (c->steps == 0) {
		wg_op_open(&c->op, "/proc/self/exe", O_RDONLY, 0);
		return 1;
	}
	if (result < 0)
		return (int)result;
	if (c->steps == 1)
		m->file = (int)result;
	if (c->steps > rounds + 1)
		return 0;
	if (c->steps > 1) {
		if (m->job.is_checked)
			(void)XXH3_64bits_update(m->hash, m->chunk, (size_t)result);
		m->bytes += (uint64_t)result;
		m->offset = result ? m->offset + (uint64_t)result : 0;
	}
	if (c->steps == rounds + 1) {
		wg_op_close(&c->op, m->file);
		m->file = -1;
	} else {
		wg_op_read(&c->op, m->file, m->chunk, CHUNK, (int64_t)m->offset);
	}
	return 1;
}

static int step_timers(struct mix *m, struct chain *c, int64_t result)
{
	if (result < 0)
		return (int)result;
	wg_op_timer(&c->op, (int64_t)m->job.w->every_ns);
	return c->steps < m->job.w->rounds;
}

static int64_t compute(struct wg_op *op, void *arg)
{
	(void)op;
	/* Without the sign bit: a result below 0 is an error. */
	return (int64_t)(XXH3_64bits(arg, WORK_SIZE) >> 1);
}

static int step_work(struct mix *m, struct chain *c, int64_t result)
{
	if (result < 0)
		return (int)result;
	m->worked += (uint64_t)result;
	wg_op_work(&c->op, compute, m->work);
	return c->steps < m->job.w->rounds;
}

static void on_connected(struct wg_op *op, int64_t result);

/* Both ends: the accept is this chain's first step, the connect runs beside it. */
static int begin_sockets(struct mix *m, struct chain *c)
{
	int rc;

	wg_op_connect(&m->connecting, &m->near, (struct sockaddr *)&m->addr, sizeof(m->addr));
	m->connecting.done = on_connected;
	m->connecting.user = m;
	rc = wg_loop_submit(m->loop, &m->connecting);
	if (rc < 0)
		return rc;
	wg_op_accept(&c->op, &m->listener);
	return 1;
}

/* accept, then send at one end and receive at the other in turn. */
static int step_sockets(struct mix *m, struct chain *c, int64_t result)
{
	uint64_t talked = c->steps - 1; /* after the accept */

	if (c->steps == 0)
		return begin_sockets(m, c);
	if (result < 0)
		return (int)result;
	if (c->steps == 1) {
		int rc = wg_sock_init(&m->far, (int)result);

		if (rc < 0) {
			(void)close((int)result);
			return rc;
		}
		wg_workload_tcp_no_delay((int)result);
	} else if (result != MESSAGE) {
		return -EPROTO; /* 64 bytes on an idle connection come in one piece */
	} else if (talked % 2 == 0 && memcmp(m->message, m->echoed, MESSAGE) != 0) {
		return -EBADMSG;
	}
	if (talked % 2 == 0) {
		memset(m->message, (int)(talked & 0x7f), MESSAGE);
		wg_op_send(&c->op, &m->far, m->message, MESSAGE);
	} else {
		wg_op_recv(&c->op, &m->near, m->echoed, MESSAGE);
	}
	return talked < m->job.w->rounds;
}

static void fail(struct mix *m, const char *chain, int rc)
{
	if (!m->failed_chain) {
		m->failed_chain = chain;
		m->error = -rc;
	}
	wg_loop_stop(m->loop);
}

static void on_connected(struct wg_op *op, int64_t result)
{
	struct mix *m = op->user;

	if (result < 0)
		fail(m, "connect", (int)result);
}

/* ---- running them ---- */

static void done(struct wg_op *op, int64_t result);

static void go_on(struct chain *c, int64_t result)
{
	struct mix *m = c->mix;
	int rc = m->failed_chain ? 0 : c->step(m, c, result);

	if (rc > 0) {
		c->op.done = done;
		c->submitted_ns = wg_now_ns();
		rc = wg_loop_submit(m->loop, &c->op);
	}
	if (rc < 0)
		fail(m, c->name, rc);
}

static void done(struct wg_op *op, int64_t result)
{
	struct chain *c = (struct chain *)(void *)op;
	int64_t due_ns = c->submitted_ns + (op->kind == WG_OP_TIMER ? op->delay_ns : 0);

	wg_times_add(&c->times, wg_now_ns() - due_ns);
	c->steps++;
	go_on(c, result);
}

static void close_sock(struct mix *m, struct wg_sock *sock)
{
	if (sock->fd >= 0)
		wg_loop_sock_close(m->loop, sock);
}

/* Run the chains to their ends. 0 or a negative errno. */
static int run_chains(struct mix *m)
{
	size_t i;
	int rc;

	for (i = 0; i < CHAIN_COUNT; i++) {
		m->chains[i].steps = 0;
		go_on(&m->chains[i], 0);
	}
	rc = wg_loop_run(m->loop);
	close_sock(m, &m->near);
	close_sock(m, &m->far);
	close_sock(m, &m->listener);
	/* If something failed: deliver what the others had in flight, and what the close cancelled.
	 */
	while (rc > 0)
		rc = wg_loop_run(m->loop);
	if (m->file >= 0)
		(void)close(m->file);
	m->file = -1;
	return rc;
}

static int open_sockets(struct mix *m)
{
	int fd = -1, rc;

	m->near.fd = m->far.fd = m->listener.fd = -1;
	if (wg_workload_listen(1, &fd, &m->addr))
		return 1;
	rc = wg_sock_init(&m->listener, fd); /* cannot fail on a socket just made */
	if (rc == 0) {
		fd = wg_workload_tcp_socket();
		rc = fd < 0 ? fd : wg_sock_init(&m->near, fd);
	}
	if (rc < 0) {
		(void)close(m->listener.fd);
		return wg_workload_fail("cannot make a socket: %s", strerror(-rc));
	}
	return 0;
}

static int one_pass(struct wg_job *job, struct wg_loop *loop, struct wg_pass *p)
{
	struct mix *m = (struct mix *)(void *)job;
	int64_t begin_ns = wg_now_ns();
	size_t i;
	int rc;

	m->loop = loop;
	m->offset = m->bytes = m->worked = 0;
	(void)XXH3_64bits_reset(m->hash);
	if (open_sockets(m))
		return 1;
	rc = run_chains(m);
	if (rc < 0)
		return wg_workload_fail("the loop failed: %s", strerror(-rc));
	if (m->failed_chain)
		return wg_workload_fail(
			"the chain of %s failed: %s", m->failed_chain, strerror(m->error));
	p->ns = wg_now_ns() - begin_ns;
	p->ops = 1; /* the connect */
	for (i = 0; i < CHAIN_COUNT; i++) {
		p->ops += m->chains[i].steps;
		if (job->is_extra)
			m->chains[i].times.count = 0;
	}
	p->bytes = m->bytes;
	p->checksum = XXH3_64bits_digest(m->hash) + m->worked + m->chains[SOCKETS].steps;
	return 0;
}

static void print_more(struct wg_job *job, int64_t median_ns)
{
	struct mix *m = (struct mix *)(void *)job;
	char name[32];
	size_t i;

	(void)median_ns;
	for (i = 0; i < CHAIN_COUNT; i++) {
		(void)snprintf(name, sizeof(name), "%s_ns",
			i == TIMERS ? "timer_lateness" : m->chains[i].name);
		wg_times_print(&m->chains[i].times, name);
	}
}

static int prepare(struct mix *m)
{
	static const struct {
		const char *name;
		int (*step)(struct mix *m, struct chain *c, int64_t result);
	} kinds[CHAIN_COUNT] = {
		[FILES] = { "files", step_files },
		[TIMERS] = { "timers", step_timers },
		[SOCKETS] = { "sockets", step_sockets },
		[WORK] = { "work", step_work },
	};
	size_t i;

	m->file = -1;
	m->hash = XXH3_createState();
	for (i = 0; i < CHAIN_COUNT; i++) {
		struct chain *c = &m->chains[i];

		c->mix = m;
		c->name = kinds[i].name;
		c->step = kinds[i].step;
		if (wg_times_init(&c->times, (m->job.w->rounds + 2) * m->job.w->passes) < 0)
			return -ENOMEM;
	}
	return m->hash ? 0 : -ENOMEM;
}

static int run(const struct wg_workload *w)
{
	struct mix *m = calloc(1, sizeof(*m));
	size_t i;
	int rc;

	if (!m)
		return wg_workload_fail("out of memory");
	m->job = (struct wg_job){
		.pass = one_pass, .print_more = print_more, .w = w, .hashes = true
	};
	if (prepare(m) == 0)
		rc = wg_workload_repeat(&m->job);
	else
		rc = wg_workload_fail("out of memory");
	for (i = 0; i < CHAIN_COUNT; i++)
		wg_times_fini(&m->chains[i].times);
	(void)XXH3_freeState(m->hash);
	free(m);
	return rc;
}

#define AT(field) offsetof(struct wg_workload, field)

const struct wg_workload_ops wg_workload_mixed = {
	.name = "mixed",
	.does = "files, timers, sockets and computing at once on one loop",
	.params = {
		{ "rounds", WG_PARAM_COUNT, AT(rounds), 50, 1, 100000,
			"steps of each of the four chains" },
		{ "every", WG_PARAM_TIME, AT(every_ns), WG_NS_PER_MS, 1, 3600 * WG_NS_PER_SEC,
			"how long each timer lasts" },
	},
	.run = run,
};
