/*
 * reused.c: a number of a descriptor that is used again, and was closed where nobody sees it: by
 * fclose(), inside the C library. It was a file's, and is a socket's, whose reads wait.
 */
#include <poll.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <unistd.h>

#include "tests/planted/planted.h"

#define TIMES 5

static struct sockaddr_un name;
static socklen_t name_len = sizeof(name);
static pid_t sleeper;
static _Atomic int taken; /* bytes */

/* A byte each time when the other one is asleep, for that byte and not still for the one before. */
static void *sends(void *arg)
{
	int fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0), i;

	for (i = 0; i < TIMES; i++) {
		while (atomic_load_explicit(&taken, memory_order_acquire) != i ||
			planted_call_of(sleeper) != SYS_recvfrom)
			(void)poll(NULL, 0, 1);
		(void)sendto(fd, "x", 1, 0, (const struct sockaddr *)&name, name_len);
	}
	(void)close(fd);
	return arg;
}

int planted_reused(void)
{
	FILE *file = fopen("/proc/self/stat", "re");
	pthread_t thread;
	int was, fd, i;
	char c;

	if (!file)
		return 1;
	was = fileno(file);
	if (read(was, &c, 1) != 1)
		return 1;
	(void)fclose(file);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	name.sun_family = AF_UNIX;
	/* The kernel chooses a name. */
	if (fd != was || bind(fd, (const struct sockaddr *)&name, sizeof(sa_family_t)) < 0 ||
		getsockname(fd, (struct sockaddr *)&name, &name_len) < 0)
		return 1;
	sleeper = getpid();
	if (pthread_create(&thread, NULL, sends, NULL) != 0)
		return 1;
	for (i = 0; i < TIMES; i++) {
		(void)!recv(fd, &c, 1, 0);
		atomic_store_explicit(&taken, i + 1, memory_order_release);
	}
	return pthread_join(thread, NULL);
}
