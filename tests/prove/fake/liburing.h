/*
 * liburing.h: io_uring as core/wait/uring.c sees it, at the boundary of its three calls (hand in,
 * wait, reap), for the explorer, which has no such kernel. It comes first on the include path.
 *
 * The kernel is a thread that performs the one read that is handed in, whenever it likes: at once,
 * or when the loop has looked and sleeps. Its completion is one more eventfd, so that a wait for it
 * may time out, be interrupted, or end in any schedule. One read is under way at most: all that
 * uring.c asks for. Anything else is a broken check.
 */
#ifndef TESTS_PROVE_FAKE_LIBURING_H
#define TESTS_PROVE_FAKE_LIBURING_H

#include <pthread.h>
#include <semaphore.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/uio.h>

#define IORING_SETUP_SINGLE_ISSUER (1u << 12)
#define IORING_SETUP_DEFER_TASKRUN (1u << 13)
#define IORING_FEAT_EXT_ARG	   (1u << 8)

struct __kernel_timespec {
	int64_t tv_sec;
	long long tv_nsec;
};

struct io_uring_sqe {
	int fd;
	void *buf;
	unsigned len;
};

struct io_uring_cqe {
	int res;
};

struct io_uring {
	unsigned features;
	struct io_uring_sqe sqe;
	struct io_uring_cqe cqe;
	bool is_filled;	   /* sqe was taken and not yet handed in */
	bool is_under_way; /* handed in, its completion not yet seen */
	_Atomic bool is_ending;
	int done_fd, epfd; /* readable: there is a completion */
	sem_t handed_in;
	pthread_t kernel;
};

int io_uring_queue_init(unsigned entries, struct io_uring *ring, unsigned flags);
void io_uring_queue_exit(struct io_uring *ring);
struct io_uring_sqe *io_uring_get_sqe(struct io_uring *ring);
void io_uring_prep_read(struct io_uring_sqe *sqe, int fd, void *buf, unsigned len, uint64_t offset);
int io_uring_submit_and_wait_timeout(struct io_uring *ring, struct io_uring_cqe **ret_cqe,
	unsigned count, struct __kernel_timespec *timeout, void *mask);
int io_uring_peek_cqe(struct io_uring *ring, struct io_uring_cqe **ret_cqe);
void io_uring_cqe_seen(struct io_uring *ring, struct io_uring_cqe *cqe);

/* The explorer has no preadv2(); of an eventfd with RWF_NOWAIT it is this. */
ssize_t fake_preadv2(int fd, const struct iovec *iov, int count, int64_t offset, int flags);
#define preadv2 fake_preadv2

#endif
