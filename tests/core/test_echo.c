/*
 * test_echo.c: what the clients of `echo` measure, with a server that answers as it likes; and its
 * own server, with sockets that take little.
 */
#include <pthread.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/workload/echo.h"
#include "tests/core/sockets.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

#define REQUESTS 5		   /* of each client */
#define BYTES	 UINT64_C(9000001) /* of one: more than the kernel's buffers hold */

/* Send back all that comes, until the client has left: how much it was. */
static uint64_t echo_all(int fd)
{
	static char buf[65536];
	uint64_t all = 0;
	ssize_t n;

	while ((n = recv(fd, buf, sizeof(buf), 0)) > 0) {
		CU_ASSERT_EQUAL(send(fd, buf, (size_t)n, MSG_NOSIGNAL), n);
		all += (uint64_t)n;
	}
	CU_ASSERT_EQUAL(n, 0);
	return all;
}

/*
 * The first client's first byte is here, and no more is taken until the second client has had all
 * its answers. So one time is as long as all those, but for the one that was under way.
 */
static void latency_counts_from_the_first_byte(void)
{
	const struct wg_workload w = { .clients = 2, .requests = 2 * REQUESTS, .bytes = BYTES };
	struct wg_echo_clients c = { .w = &w };
	int64_t others_ns = 0;
	pthread_t thread;
	int listener, a, b, i;
	char byte;

	CU_ASSERT_EQUAL_FATAL(wg_times_init(&c.latency, w.requests), 0);
	CU_ASSERT_EQUAL_FATAL(
		wg_loop_create(&(struct wg_loop_options){ .workers = 1 }, &c.loop), 0);
	listener = wg_test_listen(&c.addr);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, wg_echo_clients_main, &c), 0);
	a = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	b = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	CU_ASSERT_EQUAL(recv(a, &byte, 1, 0), 1);
	CU_ASSERT_EQUAL(echo_all(b), REQUESTS * BYTES);
	CU_ASSERT_EQUAL(send(a, &byte, 1, MSG_NOSIGNAL), 1);
	CU_ASSERT_EQUAL(echo_all(a), REQUESTS * BYTES - 1);
	(void)pthread_join(thread, NULL);
	CU_ASSERT_PTR_NULL(c.failed_at);
	CU_ASSERT_EQUAL_FATAL(c.latency.count, w.requests);
	for (i = 1; i < REQUESTS; i++)
		others_ns += c.latency.v[i];
	CU_ASSERT(c.latency.v[REQUESTS] >= others_ns);
	(void)close(a);
	(void)close(b);
	(void)close(listener);
	wg_loop_destroy(c.loop);
	wg_times_fini(&c.latency);
}

/* A client that fails ends the server's run, which would wait for it: here for an hour. */
static void another_answer_ends_the_run(void)
{
	const struct wg_workload w = { .clients = 1, .requests = 1, .bytes = 1 };
	struct wg_echo_clients c = { .w = &w };
	struct wg_op hour;
	pthread_t thread;
	int listener = wg_test_listen(&c.addr), fd;
	char byte;

	CU_ASSERT_EQUAL_FATAL(
		wg_loop_create(&(struct wg_loop_options){ .workers = 1 }, &c.loop), 0);
	wg_op_timer(&hour, 3600 * WG_NS_PER_SEC);
	CU_ASSERT_EQUAL(wg_loop_submit(c.loop, &hour), 0);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, wg_echo_clients_main, &c), 0);
	fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	CU_ASSERT_EQUAL(recv(fd, &byte, 1, 0), 1);
	byte++;
	CU_ASSERT_EQUAL(send(fd, &byte, 1, MSG_NOSIGNAL), 1);
	CU_ASSERT_EQUAL(wg_loop_run(c.loop), 1);
	(void)pthread_join(thread, NULL);
	CU_ASSERT_PTR_NOT_NULL_FATAL(c.failed_at);
	CU_ASSERT_STRING_EQUAL(c.failed_at, "find its own bytes in the answer");
	(void)close(fd);
	(void)close(listener);
	wg_loop_destroy(c.loop);
}

/* A socket takes two small packets at a time there. The server looks so rarely that its own buffer
 * is full: it sends that back in some twenty pieces. */
static void echo_in_pieces(void)
{
	const char *argv[] = { "unshare", "-n", "sh", "-c",
		"ip link set lo up && ip link set lo mtu 1500 gso_max_segs 1 && "
		"echo 4096 4096 4096 >/proc/sys/net/ipv4/tcp_wmem || exit 99; exec \"$0\" echo "
		"--clients 1 --requests 2 --bytes 300000 --wait tick --tick-ns 1000000",
		wg_build_path("wakegap-workload"), NULL };
	char *out, *err;
	int status = wg_run(&out, &err, argv);

	if (status == 99 || wg_has(err, "unshare")) {
		wg_skip("no network namespace of its own");
	} else {
		CU_ASSERT_EQUAL(status, 0);
		CU_ASSERT_STRING_EQUAL(err, "");
		CU_ASSERT(wg_has(out, "\"ops\":2,") && wg_has(out, "\"bytes_read\":600000,"));
	}
	free(out);
	free(err);
}

static void nobody_from_outside_can_connect(void)
{
	struct sockaddr_in addr = { 0 };
	int fd = -1;

	CU_ASSERT_EQUAL_FATAL(wg_workload_listen(1, &fd, &addr), 0);
	CU_ASSERT_EQUAL(addr.sin_addr.s_addr, htonl(INADDR_LOOPBACK));
	CU_ASSERT(addr.sin_port != 0);
	(void)close(fd);
}

void suite_echo(void)
{
	WG_TEST(echo_in_pieces);
	WG_TEST_TCP(another_answer_ends_the_run);
	WG_TEST_TCP(nobody_from_outside_can_connect);
	WG_TEST_TCP(latency_counts_from_the_first_byte);
}
