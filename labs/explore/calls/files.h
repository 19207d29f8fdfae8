/*
 * files.h: the file behind a modelled descriptor. Private to fds.c, streams.c, epoll.c and
 * timerfd.c.
 *
 * Modelled descriptors are numbers from LX_FD_FIRST on. Smaller ones are the system's; calls on
 * them go to the system. All calls on modelled descriptors touch one object: their order always
 * matters.
 */
#ifndef LABS_EXPLORE_CALLS_FILES_H
#define LABS_EXPLORE_CALLS_FILES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/epoll.h>

#include "labs/explore/engine/engine.h"

#define LX_FD_FIRST 1000
#define LX_FILES    64
#define LX_WATCHES  16
#define LX_CHANNEL  4096 /* bytes that a pipe holds */

enum lx_file_kind { LX_NO_FILE, LX_EVENTFD, LX_STREAM, LX_TIMERFD, LX_EPOLL };

/* One direction of a pipe or of a pair of sockets. */
struct lx_channel {
	char data[LX_CHANNEL];
	size_t used;
	bool has_writer, has_reader;
};

struct lx_watch {
	int fd; /* 0: free */
	uint32_t events;
	epoll_data_t data;
	bool is_listed; /* something happened since it was last reported */
	bool is_off;	/* EPOLLONESHOT, and it was reported */
};

struct lx_file {
	enum lx_file_kind kind;
	bool is_nonblocking, is_semaphore;
	uint64_t count;		     /* of an eventfd, or expirations of a timer */
	struct lx_channel *in, *out; /* of a stream; NULL: not that way */
	int64_t expiry_ns, interval_ns;
	struct lx_watch watch[LX_WATCHES]; /* of an epoll */
	int next_watch;			   /* reported first the next time */
};

/* A descriptor for a file that is all zero but for its kind, or -EMFILE. */
int lx_file_create(enum lx_file_kind kind, bool is_nonblocking);

/* NULL: not one of ours. */
struct lx_file *lx_file_of(int fd);
int lx_fd_of(const struct lx_file *f);
bool lx_is_ours(int fd);

/* EPOLLIN and so on, as it is now. */
uint32_t lx_file_ready(const struct lx_file *f);

/* Something happened to f that makes `events`: list it in every epoll that watches f. */
void lx_file_edge(const struct lx_file *f, uint32_t events);

/* A point at a call on descriptors; is_ready NULL: it never blocks. Afterwards the thread's `wake`
 * says whether it was interrupted or timed out. */
void lx_point_fd(const char *call, const void *object, int64_t arg,
	bool (*is_ready)(const struct lx_thread *t), int64_t deadline_ns, const void *caller);

/* Streams. Bytes, or -EAGAIN, -EPIPE; 0 at the end. */
int64_t lx_stream_read(struct lx_file *f, void *to, size_t size);
int64_t lx_stream_write(struct lx_file *f, const void *from, size_t size);
void lx_stream_close(struct lx_file *f);
void lx_streams_reset(void);

/* epoll forgets a descriptor that is closed. */
void lx_epoll_forget(int fd);

#endif
