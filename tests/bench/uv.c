/*
 * uv.c: the same work in libuv, the peer. Without libuv's headers the rows are skipped by name.
 */
#include <errno.h>

#include "tests/bench/bench.h"

#ifdef WG_HAVE_UV

#include <fcntl.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <uv.h>

#include "core/clock.h"

#define CHUNK  65536
#define PASSES 15

/* ---- stream ---- */

struct stream {
	uv_loop_t loop;
	uv_fs_t req;
	uv_buf_t buf;
	uv_file fd;
	int64_t offset;
};

static char buf[CHUNK];

static void on_read(uv_fs_t *req)
{
	struct stream *s = req->data;
	ssize_t n = req->result;

	uv_fs_req_cleanup(req);
	if (n <= 0)
		return;
	s->offset += n;
	(void)uv_fs_read(&s->loop, &s->req, s->fd, &s->buf, 1, s->offset, on_read);
}

static void nothing(uv_fs_t *req)
{
	(void)req;
}

static int64_t stream_pass(struct stream *s)
{
	int64_t begin_ns = wg_now_ns();

	/* Open and close on the pool as well, as our loop does. */
	(void)uv_fs_open(&s->loop, &s->req, wg_bench_setup.file, O_RDONLY, 0, nothing);
	(void)uv_run(&s->loop, UV_RUN_DEFAULT);
	s->fd = (uv_file)s->req.result;
	uv_fs_req_cleanup(&s->req);
	s->offset = 0;
	s->req.data = s;
	(void)uv_fs_read(&s->loop, &s->req, s->fd, &s->buf, 1, 0, on_read);
	(void)uv_run(&s->loop, UV_RUN_DEFAULT);
	(void)uv_fs_close(&s->loop, &s->req, s->fd, nothing);
	(void)uv_run(&s->loop, UV_RUN_DEFAULT);
	uv_fs_req_cleanup(&s->req);
	return wg_now_ns() - begin_ns;
}

int wg_uv_stream(double *ret_ns, const char **ret_why)
{
	struct stream s;
	double pass[PASSES];
	int i;

	(void)ret_why;
	(void)uv_loop_init(&s.loop);
	s.buf = uv_buf_init(buf, CHUNK);
	for (i = 0; i < PASSES; i++)
		pass[i] = (double)stream_pass(&s);
	(void)uv_loop_close(&s.loop);
	*ret_ns = wg_bench_median(pass, PASSES);
	return 0;
}

/* ---- timers ---- */

static unsigned fired;

static void on_timer(uv_timer_t *timer)
{
	(void)timer;
	fired++;
}

int wg_uv_timers(unsigned count, double *ret_ns, const char **ret_why)
{
	uv_timer_t *timers = calloc(count, sizeof(*timers));
	unsigned i, seed = 1;
	int64_t begin_ns;
	uv_loop_t loop;

	(void)ret_why;
	if (!timers)
		return -ENOMEM;
	fired = 0;
	memset(timers, 1, count * sizeof(*timers));
	(void)uv_loop_init(&loop);
	begin_ns = wg_now_ns();
	for (i = 0; i < count; i++) {
		(void)uv_timer_init(&loop, &timers[i]);
		(void)uv_timer_start(&timers[i], on_timer, (uint64_t)rand_r(&seed) % 10, 0);
	}
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	*ret_ns = (double)(wg_now_ns() - begin_ns);
	for (i = 0; i < count; i++)
		uv_close((uv_handle_t *)&timers[i], NULL);
	(void)uv_run(&loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&loop);
	free(timers);
	return fired == count ? 0 : -EIO;
}

/* ---- hand-over ---- */

static int64_t stamp_ns;
static double *next_latency;

static void on_work(uv_work_t *req)
{
	(void)req;
	stamp_ns = wg_now_ns();
}

static void after_work(uv_work_t *req, int status)
{
	(void)req;
	(void)status;
	*next_latency = (double)(wg_now_ns() - stamp_ns);
}

int wg_uv_handover(double *v, size_t n, const char **ret_why)
{
	uv_work_t req;
	uv_loop_t loop;
	size_t i;

	(void)ret_why;
	(void)uv_loop_init(&loop);
	for (i = 0; i < n; i++) {
		next_latency = &v[i];
		(void)uv_queue_work(&loop, &req, on_work, after_work);
		(void)uv_run(&loop, UV_RUN_DEFAULT);
	}
	(void)uv_loop_close(&loop);
	return 0;
}

/* ---- echo ---- */

struct server {
	pthread_t thread;
	uv_loop_t loop;
	uv_tcp_t listener;
	uv_async_t stop;
};

struct client {
	uv_tcp_t tcp;
	uv_write_t write;
	char buf[4096];
};

static void on_alloc(uv_handle_t *h, size_t suggested, uv_buf_t *b)
{
	(void)suggested;
	*b = uv_buf_init(((struct client *)h)->buf, sizeof(((struct client *)h)->buf));
}

static void on_closed(uv_handle_t *h)
{
	free(h);
}

static void on_data(uv_stream_t *stream, ssize_t n, const uv_buf_t *b)
{
	struct client *c = (struct client *)stream;
	uv_buf_t out = uv_buf_init(b->base, n > 0 ? (unsigned)n : 0);

	if (n < 0)
		uv_close((uv_handle_t *)stream, on_closed);
	else if (n > 0)
		(void)uv_write(&c->write, stream, &out, 1, NULL);
}

static void on_connection(uv_stream_t *listener, int status)
{
	struct client *c = calloc(1, sizeof(*c));

	(void)status;
	(void)uv_tcp_init(listener->loop, &c->tcp);
	(void)uv_accept(listener, (uv_stream_t *)&c->tcp);
	(void)uv_read_start((uv_stream_t *)&c->tcp, on_alloc, on_data);
}

static void close_any(uv_handle_t *h, void *arg)
{
	struct server *s = arg;

	if (!uv_is_closing(h))
		uv_close(h, h == (uv_handle_t *)&s->listener || h == (uv_handle_t *)&s->stop
				    ? NULL
				    : on_closed);
}

static void on_stop(uv_async_t *async)
{
	uv_walk(async->loop, close_any, async->data);
}

static void *server_main(void *arg)
{
	struct server *s = arg;

	(void)uv_run(&s->loop, UV_RUN_DEFAULT);
	(void)uv_loop_close(&s->loop);
	return NULL;
}

int wg_uv_echo_start(uint16_t *ret_port, void **ret_server, const char **ret_why)
{
	struct server *s = calloc(1, sizeof(*s));
	struct sockaddr_in addr;
	int len = sizeof(addr);

	(void)ret_why;
	(void)uv_loop_init(&s->loop);
	(void)uv_async_init(&s->loop, &s->stop, on_stop);
	s->stop.data = s;
	(void)uv_tcp_init(&s->loop, &s->listener);
	(void)uv_ip4_addr("127.0.0.1", 0, &addr);
	(void)uv_tcp_bind(&s->listener, (const struct sockaddr *)&addr, 0);
	if (uv_listen((uv_stream_t *)&s->listener, 128, on_connection) != 0)
		return -EADDRINUSE;
	(void)uv_tcp_getsockname(&s->listener, (struct sockaddr *)&addr, &len);
	*ret_port = ntohs(addr.sin_port);
	*ret_server = s;
	return -pthread_create(&s->thread, NULL, server_main, s);
}

void wg_uv_echo_stop(void *server)
{
	struct server *s = server;

	(void)uv_async_send(&s->stop);
	(void)pthread_join(s->thread, NULL);
	free(s);
}

#else

static int no_uv(const char **ret_why)
{
	*ret_why = "built without libuv (libuv1-dev)";
	return -ENOTSUP;
}

int wg_uv_stream(double *ret_ns, const char **ret_why)
{
	(void)ret_ns;
	return no_uv(ret_why);
}

int wg_uv_timers(unsigned count, double *ret_ns, const char **ret_why)
{
	(void)count;
	(void)ret_ns;
	return no_uv(ret_why);
}

int wg_uv_handover(double *v, size_t n, const char **ret_why)
{
	(void)v;
	(void)n;
	return no_uv(ret_why);
}

int wg_uv_echo_start(uint16_t *ret_port, void **ret_server, const char **ret_why)
{
	(void)ret_port;
	(void)ret_server;
	return no_uv(ret_why);
}

void wg_uv_echo_stop(void *server)
{
	(void)server;
}

#endif
