/*
 * epoll.c: an event loop with epoll, an eventfd and one worker, made visible to wakegap.
 *
 *     wakegap record -o DIR -- build/examples/epoll; wakegap stats DIR
 *
 * The loop is run() and work(), some 30 lines; the lines with wg_trace_ are all that was added. It
 * hands in 20 operations, one after another, and each wakes the loop once. Then it sleeps 5 times
 * for a millisecond, though nothing can come: five empty wakes.
 */
#include <pthread.h>
#include <semaphore.h>
#include <stdatomic.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <unistd.h>
#include <wakegap/trace.h>

enum { LOOP = 1, OPS = 20, EMPTY = 5 };

static sem_t submitted;
static _Atomic uint64_t result; /* release: its operation is done; 0: none */
static int poller, notifier;

static void *work(void *unused)
{
	for (uint64_t op = 1; op <= OPS; op++) {
		uint64_t one = 1;

		sem_wait(&submitted);
		wg_trace_start(LOOP, op, 0);
		wg_trace_done(LOOP, op, 0);
		atomic_store_explicit(&result, op, memory_order_release);
		wg_trace_notify(LOOP, op, 1);
		if (write(notifier, &one, sizeof(one)) < 0)
			perror("write");
	}
	return unused;
}

/* One turn: sleep, look, deliver. Returns how many results there were. */
static int run(int timeout_ms)
{
	struct epoll_event event;
	uint64_t count, op;
	int n;

	wg_trace_wait(LOOP, timeout_ms < 0 ? -1 : timeout_ms * INT64_C(1000000), 0);
	while ((n = epoll_wait(poller, &event, 1, timeout_ms)) < 0)
		;
	wg_trace_wake(LOOP, n ? WG_TRACE_NOTIFIED : WG_TRACE_TIMEOUT, (uint32_t)n);
	if (n && read(notifier, &count, sizeof(count)) < 0)
		perror("read");
	op = atomic_exchange_explicit(&result, 0, memory_order_acquire);
	wg_trace_poll(LOOP, op != 0);
	if (op)
		wg_trace_deliver(LOOP, op, 0);
	return op != 0;
}

int main(void)
{
	struct epoll_event event = { .events = EPOLLIN };
	pthread_t worker;
	int delivered = 0, i;

	poller = epoll_create1(EPOLL_CLOEXEC);
	notifier = eventfd(0, EFD_CLOEXEC);
	if (poller < 0 || notifier < 0 || epoll_ctl(poller, EPOLL_CTL_ADD, notifier, &event) < 0 ||
		sem_init(&submitted, 0, 0) < 0 || pthread_create(&worker, NULL, work, NULL) != 0) {
		perror("epoll");
		return 1;
	}
	wg_trace_loop(LOOP, "epoll", 0);
	for (i = 1; i <= OPS; i++) {
		wg_trace_submit(LOOP, (uint64_t)i, WG_TRACE_WORK, 0);
		sem_post(&submitted);
		delivered += run(-1);
	}
	for (i = 0; i < EMPTY; i++)
		delivered += run(1);
	pthread_join(worker, NULL);
	printf("epoll: %d operations delivered\n", delivered);
	return 0;
}
