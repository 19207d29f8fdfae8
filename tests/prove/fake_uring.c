/*
 * fake_uring.c: see fake/liburing.h.
 */
#include "tests/prove/fake/liburing.h"

#include <errno.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "labs/explore/lab.h"
#include "tests/prove/prove.h"

static int perform(struct io_uring *ring)
{
	int res = prove.read_error;

	prove.read_error = 0;
	if (res < 0)
		return res;
	do
		res = (int)read(ring->sqe.fd, ring->sqe.buf, ring->sqe.len);
	while (res < 0 && errno == EINTR);
	return res;
}

static void *kernel(void *arg)
{
	struct io_uring *ring = arg;

	for (;;) {
		while (sem_wait(&ring->handed_in) < 0)
			;
		if (ring->is_ending)
			return NULL;
		ring->cqe.res = perform(ring);
		(void)eventfd_write(ring->done_fd, 1);
	}
}

int io_uring_queue_init(unsigned entries, struct io_uring *ring, unsigned flags)
{
	struct epoll_event ev = { .events = EPOLLIN };

	(void)entries;
	if (flags && prove.kernel)
		return -EINVAL;
	*ring = (struct io_uring){ .features = prove.kernel == OLDER ? 0 : IORING_FEAT_EXT_ARG };
	ring->done_fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	ring->epfd = epoll_create1(EPOLL_CLOEXEC);
	(void)epoll_ctl(ring->epfd, EPOLL_CTL_ADD, ring->done_fd, &ev);
	(void)sem_init(&ring->handed_in, 0, 0);
	(void)pthread_create(&ring->kernel, NULL, kernel, ring);
	return 0;
}

void io_uring_queue_exit(struct io_uring *ring)
{
	if (ring->is_under_way) /* as good as a cancelled read: the descriptor is closed next */
		(void)eventfd_write(ring->sqe.fd, 1);
	ring->is_ending = true;
	(void)sem_post(&ring->handed_in);
	(void)pthread_join(ring->kernel, NULL);
	(void)close(ring->epfd);
	(void)close(ring->done_fd);
	(void)sem_destroy(&ring->handed_in);
}

struct io_uring_sqe *io_uring_get_sqe(struct io_uring *ring)
{
	lab_check("ring", !ring->is_under_way && !ring->is_filled, "a second read is handed in");
	ring->is_filled = true;
	return &ring->sqe;
}

void io_uring_prep_read(struct io_uring_sqe *sqe, int fd, void *buf, unsigned len, uint64_t offset)
{
	(void)offset;
	*sqe = (struct io_uring_sqe){ .fd = fd, .buf = buf, .len = len };
}

int io_uring_submit_and_wait_timeout(struct io_uring *ring, struct io_uring_cqe **ret_cqe,
	unsigned count, struct __kernel_timespec *timeout, void *mask)
{
	struct timespec ts = { 0 };
	struct epoll_event ev;
	int n, submitted = ring->is_filled;

	(void)mask;
	if (ring->is_filled) {
		ring->is_filled = false;
		ring->is_under_way = true;
		(void)sem_post(&ring->handed_in);
	}
	if (prove.uring_error) {
		int error = prove.uring_error;

		prove.uring_error = 0;
		return error;
	}
	if (count == 0) /* for no completion: it does not sleep */
		return submitted;
	if (timeout)
		ts = (struct timespec){ timeout->tv_sec, (long)timeout->tv_nsec };
	n = epoll_pwait2(ring->epfd, &ev, 1, timeout ? &ts : NULL, NULL);
	if (n < 0)
		return -errno;
	*ret_cqe = n > 0 ? &ring->cqe : NULL;
	return n > 0 ? submitted : -ETIME;
}

int io_uring_peek_cqe(struct io_uring *ring, struct io_uring_cqe **ret_cqe)
{
	eventfd_t count;

	if (!ring->is_under_way || eventfd_read(ring->done_fd, &count) < 0)
		return -EAGAIN;
	ring->is_under_way = false;
	*ret_cqe = &ring->cqe;
	return 0;
}

void io_uring_cqe_seen(struct io_uring *ring, struct io_uring_cqe *cqe)
{
	lab_check("ring", cqe == &ring->cqe && (cqe->res == 8 || cqe->res == -ECANCELED),
		"not a completion of a read");
}

ssize_t fake_preadv2(int fd, const struct iovec *iov, int count, int64_t offset, int flags)
{
	(void)count;
	(void)offset;
	return flags & RWF_NOWAIT ? recv(fd, iov->iov_base, iov->iov_len, MSG_DONTWAIT)
				  : read(fd, iov->iov_base, iov->iov_len);
}
