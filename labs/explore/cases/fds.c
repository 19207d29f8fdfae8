/*
 * fds.c: descriptors: eventfd, pipes that fill and end, edges and levels.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdint.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <unistd.h>

#include "labs/explore/cases/cases.h"

static int ep, event_fd, ends[2], queue, taken;
static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static sem_t posted;
static char big[6000];

static void watch(int fd, uint32_t events)
{
	struct epoll_event event = { .events = events, .data.fd = fd };

	lab_check("watched", epoll_ctl(ep, EPOLL_CTL_ADD, fd, &event) == 0, "epoll_ctl: %d", errno);
}

/* What epoll reports within this time, or 0. */
static uint32_t next_event(int timeout_ms)
{
	struct epoll_event event = { 0 };

	return epoll_wait(ep, &event, 1, timeout_ms) == 1 ? event.events : 0;
}

static void open_eventfd(void)
{
	ep = epoll_create1(EPOLL_CLOEXEC);
	event_fd = eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC);
	watch(event_fd, EPOLLIN);
}

static void close_eventfd(void)
{
	close(event_fd);
	close(ep);
	lab_check("closed", lab_counts().open_fds == 0, "%d descriptors stay open",
		lab_counts().open_fds);
}

static void *publish_and_notify(void *unused)
{
	uint64_t one = 1;

	pthread_mutex_lock(&m);
	queue = 1;
	pthread_mutex_unlock(&m);
	lab_check(
		"notified", write(event_fd, &one, sizeof(one)) == sizeof(one), "write: %d", errno);
	return unused;
}

static void drain(void)
{
	uint64_t count;

	(void)!read(event_fd, &count, sizeof(count));
}

static void look(void)
{
	pthread_mutex_lock(&m);
	taken += queue;
	queue = 0;
	pthread_mutex_unlock(&m);
}

static void *loop_that_drains_first(void *unused)
{
	while (!taken) {
		next_event(-1);
		drain();
		look();
	}
	return unused;
}

static void *loop_that_drains_last(void *unused)
{
	while (!taken) {
		look();
		drain();
		if (!taken)
			next_event(-1);
	}
	return unused;
}

void case_eventfd_notifies(void)
{
	open_eventfd();
	case_two(loop_that_drains_first, publish_and_notify);
	close_eventfd();
}

void case_eventfd_drained_late(void)
{
	open_eventfd();
	case_two(loop_that_drains_last, publish_and_notify);
	close_eventfd();
}

static void *write_all(void *unused)
{
	size_t done = 0;

	while (done < sizeof(big)) {
		ssize_t n = write(ends[1], big + done, sizeof(big) - done);

		lab_check("written", n > 0, "write: %zd", n);
		done += (size_t)n;
	}
	close(ends[1]);
	return unused;
}

static void *read_all(void *unused)
{
	char part[3000];
	ssize_t n;

	while ((n = read(ends[0], part, sizeof(part))) > 0)
		taken += (int)n;
	return unused;
}

void case_pipe_blocks_and_ends(void)
{
	lab_check("opened", pipe(ends) == 0, "pipe");
	case_two(write_all, read_all);
	lab_check("read", taken == (int)sizeof(big), "%d of %zu bytes", taken, sizeof(big));
	close(ends[0]);
}

static void open_pair(uint32_t events)
{
	char byte = 1;

	ep = epoll_create1(0);
	lab_check("opened", socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends) == 0, "pair");
	watch(ends[0], events);
	lab_check("sent", send(ends[1], &byte, 1, 0) == 1, "send: %d", errno);
}

void case_edge_is_reported_once(void)
{
	open_pair(EPOLLIN | EPOLLET);
	lab_check("first", next_event(0) == EPOLLIN, "the edge is not reported");
	lab_check("second", next_event(10) == 0, "the edge is reported twice");
	(void)!write(ends[1], "x", 1);
	lab_check("third", next_event(-1) == EPOLLIN, "more data is no new edge");
}

void case_level_is_reported_again(void)
{
	char byte;

	open_pair(EPOLLIN);
	lab_check("first", next_event(0) == EPOLLIN, "it is not ready");
	lab_check("second", next_event(0) == EPOLLIN, "it is no longer ready");
	(void)!read(ends[0], &byte, 1);
	lab_check("third", next_event(0) == 0, "it is ready after it was read");
	lab_check("again", read(ends[0], &byte, 1) == -1 && errno == EAGAIN, "errno is %d", errno);
}

void case_edge_before_add(void)
{
	ep = epoll_create1(0);
	lab_check("opened", pipe2(ends, O_NONBLOCK) == 0, "pipe");
	(void)!write(ends[1], "x", 1);
	watch(ends[0], EPOLLIN | EPOLLET);
	lab_check("seen", next_event(0) == EPOLLIN, "data that was there before is no edge");
}

void case_hangup_is_reported(void)
{
	ep = epoll_create1(0);
	lab_check("opened", pipe(ends) == 0, "pipe");
	watch(ends[0], 0);
	lab_check("quiet", next_event(0) == 0, "an event too early");
	close(ends[1]);
	lab_check("hangup", next_event(0) == EPOLLHUP, "no EPOLLHUP");
	lab_check("again", next_event(0) == EPOLLHUP, "EPOLLHUP is reported once only");
}

static void *post(void *unused)
{
	sem_post(&posted);
	return unused;
}

static void *take(void *unused)
{
	lab_check("taken", sem_wait(&posted) == 0, "sem_wait: %d", errno);
	return unused;
}

void case_semaphore(void)
{
	sem_init(&posted, 0, 0);
	case_two(post, take);
	lab_check("empty", sem_trywait(&posted) == -1 && errno == EAGAIN, "something is left");
	sem_destroy(&posted);
}

void case_closed_twice(void)
{
	event_fd = eventfd(0, 0);
	close(event_fd);
	close(event_fd);
}

/* With one descriptor left, a call that needs two fails, and leaves that one. */
static void use_up(int (*make)(int fds[2]))
{
	int extra = eventfd(0, 0), before;

	while (make(ends) == 0)
		;
	lab_check("error", errno == EMFILE, "errno is %d", errno);
	before = lab_counts().open_fds;
	lab_check("left", eventfd(0, 0) >= 0, "the last descriptor is gone");
	lab_check("counted", lab_counts().open_fds == before + 1, "%d are open", before);
	close(extra);
}

static int make_pair(int fds[2])
{
	return socketpair(AF_UNIX, SOCK_STREAM, 0, fds);
}

void case_too_many_pipes(void)
{
	use_up(pipe);
}

void case_too_many_pairs(void)
{
	use_up(make_pair);
}

void case_shut_for_writing(void)
{
	make_pair(ends);
	shutdown(ends[0], SHUT_WR);
	lab_check("end", read(ends[1], big, 1) == 0, "the other side does not read the end");
	lab_check("shut", write(ends[0], big, 1) == -1 && errno == EPIPE, "errno is %d", errno);
	lab_check("answer", write(ends[1], big, 1) == 1 && read(ends[0], big, 1) == 1,
		"the other direction is shut");
}
