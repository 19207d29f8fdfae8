/*
 * test_memory.c: what the core asks of the heap: nothing for an operation, little for a loop.
 *
 * malloc and its family are replaced in this program by functions that count and pass on to
 * glibc's own. Under the sanitizers, which replace them too, the counting tests are skipped.
 */
#include <fcntl.h>
#include <malloc.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "core/loop.h"
#include "core/wait/wait.h"
#include "tests/harness/harness.h"
#include "tests/core/loop_cases.h"
#include "tests/core/trace_test.h"

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define IS_COUNTING 0
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer)
#define IS_COUNTING 0
#endif
#endif
#ifndef IS_COUNTING
#define IS_COUNTING 1
#endif

static _Atomic size_t calls, bytes;

#if IS_COUNTING

extern void *__libc_malloc(size_t size);
extern void *__libc_calloc(size_t n, size_t size);
extern void *__libc_realloc(void *p, size_t size);

static void count(size_t size)
{
	atomic_fetch_add(&calls, 1);
	atomic_fetch_add(&bytes, size);
}

void *malloc(size_t size)
{
	count(size);
	return __libc_malloc(size);
}

void *calloc(size_t n, size_t size)
{
	count(n * size);
	return __libc_calloc(n, size);
}

void *realloc(void *p, size_t size)
{
	count(size);
	return __libc_realloc(p, size);
}

#endif

static bool is_skipped(void)
{
	if (!IS_COUNTING)
		wg_skip("a sanitizer counts memory here");
	return !IS_COUNTING;
}

static void on_done(struct wg_op *op, int64_t result)
{
	int *left = op->user;

	(void)result;
	if (--*left > 0)
		(void)wg_loop_submit(op->loop, op);
}

static int64_t nothing(struct wg_op *op, void *arg)
{
	(void)op;
	(void)arg;
	return 0;
}

/* Reads, work, timers and sends on a loop that has done each once. */
static void round_of_everything(struct wg_loop *loop, struct wg_sock *sock, int fd, int times)
{
	int left[4] = { times, times, times, times }, i;
	struct wg_op op[4];
	char c = 0;

	wg_op_read(&op[0], fd, &c, 1, 0);
	wg_op_work(&op[1], nothing, NULL);
	wg_op_timer(&op[2], 1);
	wg_op_send(&op[3], sock, &c, 1);
	for (i = 0; i < 4; i++) {
		op[i].done = on_done;
		op[i].user = &left[i];
		CU_ASSERT_EQUAL_FATAL(wg_loop_submit(loop, &op[i]), 0);
	}
	while (left[0] > 0 || left[1] > 0 || left[2] > 0 || left[3] > 0)
		CU_ASSERT_FATAL(wg_loop_run_once(loop, 0) >= 0);
}

static void counted(struct wg_loop *loop, const struct wg_wait_ops *ops)
{
	int fd = open("/dev/zero", O_RDONLY | O_CLOEXEC), pair[2];
	int times =
		ops->caps & WG_CAP_POLLS ? 20 : 50; /* fewer than fill a quarter of the socket */
	struct wg_sock sock;
	size_t before;

	CU_ASSERT_EQUAL_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	CU_ASSERT_EQUAL_FATAL(wg_sock_init(&sock, pair[0]), 0);
	round_of_everything(loop, &sock, fd, 2);
	before = atomic_load(&calls);
	round_of_everything(loop, &sock, fd, times);
	CU_ASSERT_EQUAL(atomic_load(&calls) - before, 0);
	wg_loop_sock_close(loop, &sock);
	(void)close(pair[1]);
	(void)close(fd);
}

static void no_operation_allocates(void)
{
	if (is_skipped())
		return;
	wg_trace_test_mute(true);
	wg_test_over_all(0, counted);
	wg_trace_test_mute(false);
}

static void an_idle_loop_is_small(void)
{
	const struct wg_wait_ops *ops;
	size_t i;

	if (is_skipped())
		return;
	for (i = 0; (ops = wg_wait_at(i)); i++) {
		size_t before = atomic_load(&bytes);
		struct wg_loop *loop;

		if (!wg_test_has_wait(ops))
			continue;
		loop = wg_test_loop(ops, 4);
		CU_ASSERT(atomic_load(&bytes) - before < 1000000);
		wg_loop_destroy(loop);
	}
}

static void a_hundred_thousand_wait_in_25_megabytes(void)
{
	enum { N = 100000 };
	struct wg_op *ops = calloc(N, sizeof(*ops));
	struct wg_loop *loop = wg_test_loop(wg_wait_find("eventfd"), 1);
	size_t before;
	int i;

	CU_ASSERT(sizeof(*ops) <= 256);
	wg_trace_test_mute(true);
	before = atomic_load(&bytes);
	for (i = 0; i < N; i++) {
		wg_op_close(&ops[i], -1);
		CU_ASSERT_EQUAL_FATAL(wg_loop_submit(loop, &ops[i]), 0);
	}
	CU_ASSERT_EQUAL(wg_loop_in_flight(loop), N);
	CU_ASSERT_EQUAL(atomic_load(&bytes) - before, 0); /* queued in their own memory */
	wg_loop_destroy(loop);
	wg_trace_test_mute(false);
	free(ops);
}

void suite_memory(void)
{
	WG_TEST(no_operation_allocates);
	WG_TEST(an_idle_loop_is_small);
	WG_TEST(a_hundred_thousand_wait_in_25_megabytes);
}
