/*
 * uring.c: waits in io_uring: an eventfd is polled, and the thread sleeps in io_uring_enter until
 * that is over. The timeout is an argument of the call, or an operation of its own.
 *
 * Through syscall() of the C library, so that a library in front of it may see the call; liburing
 * makes its calls itself.
 */
#include <linux/io_uring.h>
#include <poll.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "tests/planted/planted.h"

#define ENTRIES 8

enum { POLLS = 1, TIMES }; /* user_data */

static struct {
	int fd;
	bool is_polled; /* an operation for it is under way */
	struct io_uring_sqe *sqe;
	_Atomic unsigned *tail, *done_head, *done_tail;
	unsigned *array, mask, done_mask;
	struct io_uring_cqe *done;
} ring = { .fd = -1 };

bool uring_works(void)
{
	struct io_uring_params p = { .flags = 0 };
	int fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &p);

	if (fd < 0)
		return false;
	(void)close(fd);
	return p.features & IORING_FEAT_EXT_ARG && p.features & IORING_FEAT_SINGLE_MMAP;
}

static char *map(size_t bytes, off_t at)
{
	return mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_POPULATE, ring.fd, at);
}

void uring_set_up(void)
{
	struct io_uring_params p = { .flags = 0 };
	char *queues;

	if (ring.fd >= 0)
		(void)close(ring.fd);
	ring.fd = (int)syscall(SYS_io_uring_setup, ENTRIES, &p);
	ring.is_polled = false;
	queues = map(p.cq_off.cqes + p.cq_entries * sizeof(struct io_uring_cqe) + p.sq_off.array +
			     ENTRIES * sizeof(unsigned),
		IORING_OFF_SQ_RING);
	ring.sqe = (struct io_uring_sqe *)(void *)map(ENTRIES * sizeof(*ring.sqe), IORING_OFF_SQES);
	ring.tail = (_Atomic unsigned *)(void *)(queues + p.sq_off.tail);
	ring.array = (unsigned *)(void *)(queues + p.sq_off.array);
	ring.mask = *(unsigned *)(void *)(queues + p.sq_off.ring_mask);
	ring.done_head = (_Atomic unsigned *)(void *)(queues + p.cq_off.head);
	ring.done_tail = (_Atomic unsigned *)(void *)(queues + p.cq_off.tail);
	ring.done_mask = *(unsigned *)(void *)(queues + p.cq_off.ring_mask);
	ring.done = (struct io_uring_cqe *)(void *)(queues + p.cq_off.cqes);
}

/* The kernel takes it at the next call. */
static unsigned put(const struct io_uring_sqe *sqe)
{
	unsigned tail = atomic_load_explicit(ring.tail, memory_order_relaxed);

	ring.sqe[tail & ring.mask] = *sqe;
	ring.array[tail & ring.mask] = tail & ring.mask;
	atomic_store_explicit(ring.tail, tail + 1, memory_order_release);
	return 1;
}

static unsigned put_poll(void)
{
	struct io_uring_sqe sqe = { .opcode = IORING_OP_POLL_ADD,
		.fd = planted_event_fd,
		.poll32_events = POLLIN,
		.user_data = POLLS };

	if (ring.is_polled)
		return 0;
	ring.is_polled = true;
	return put(&sqe);
}

static void take_done(void)
{
	unsigned head = atomic_load_explicit(ring.done_head, memory_order_relaxed);

	while (head != atomic_load_explicit(ring.done_tail, memory_order_acquire)) {
		if (ring.done[head & ring.done_mask].user_data == POLLS)
			ring.is_polled = false;
		head++;
	}
	atomic_store_explicit(ring.done_head, head, memory_order_release);
}

void uring_waits(int64_t ns)
{
	struct __kernel_timespec timeout = { ns / 1000000000, ns % 1000000000 };
	struct io_uring_getevents_arg arg = { .ts = (uintptr_t)&timeout };
	unsigned flags = IORING_ENTER_GETEVENTS | (ns < 0 ? 0 : IORING_ENTER_EXT_ARG);

	if (put_poll()) /* apart, or else its number is returned in place of -ETIME */
		(void)syscall(SYS_io_uring_enter, ring.fd, 1, 0, 0, NULL, 0);
	(void)syscall(SYS_io_uring_enter, ring.fd, 0, 1, flags, ns < 0 ? NULL : &arg,
		ns < 0 ? 0 : sizeof(arg));
	take_done();
}

void uring_timer_waits(int64_t ns)
{
	struct __kernel_timespec timeout = { ns / 1000000000, ns % 1000000000 };
	struct io_uring_sqe sqe = { .opcode = IORING_OP_TIMEOUT,
		.addr = (uintptr_t)&timeout,
		.len = 1,
		.user_data = TIMES };
	unsigned count = put_poll();

	if (ns >= 0)
		count += put(&sqe);
	(void)syscall(SYS_io_uring_enter, ring.fd, count, 1, IORING_ENTER_GETEVENTS, NULL, 0);
	take_done();
}
