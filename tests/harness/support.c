/*
 * support.c: see support.h.
 */
#include "tests/harness/support.h"

#include <dirent.h>
#include <fcntl.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/harness.h"

void wg_child_says(void (*fn)(void), int status, const char *wanted)
{
	int fd = memfd_create("said", MFD_CLOEXEC), how;
	char text[1000] = "";
	pid_t pid;

	CU_ASSERT_FATAL(fd >= 0);
	pid = fork();
	if (pid == 0) {
		(void)dup2(fd, STDOUT_FILENO);
		(void)dup2(fd, STDERR_FILENO);
		fn();
		_exit(0);
	}
	CU_ASSERT_EQUAL(waitpid(pid, &how, 0), pid);
	CU_ASSERT(WIFEXITED(how) && WEXITSTATUS(how) == status);
	CU_ASSERT(pread(fd, text, sizeof(text) - 1, 0) >= 0);
	CU_ASSERT_STRING_EQUAL(text, wanted);
	(void)close(fd);
}

int wg_fd_count(void)
{
	DIR *dir = opendir("/proc/self/fd");
	int n = 0;

	if (!dir)
		return -1;
	while (readdir(dir))
		n++;
	(void)closedir(dir);
	return n;
}

int wg_inherited_fds(void)
{
	int fd, flags, count = 0;

	for (fd = 0; fd < 256; fd++) {
		flags = fcntl(fd, F_GETFD);
		count += flags >= 0 && !(flags & FD_CLOEXEC);
	}
	return count;
}

unsigned char wg_file_byte(size_t offset)
{
	return (unsigned char)(offset * 31 + (offset >> 8) * 7 + (offset >> 16));
}

const char *wg_make_file(const char *dir, const char *name, size_t bytes)
{
	static char path[512];
	FILE *f;
	size_t i;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	f = fopen(path, "we");
	if (!f)
		abort();
	for (i = 0; i < bytes; i++)
		(void)fputc(wg_file_byte(i), f);
	if (fclose(f) != 0)
		abort();
	return path;
}

struct wg_storm {
	pthread_t target, thread;
	_Atomic int stop;
};

static _Atomic int signals_seen;

static void count_signal(int signo)
{
	(void)signo;
	/* relaxed: a count, read after the sender was joined */
	atomic_fetch_add_explicit(&signals_seen, 1, memory_order_relaxed);
}

static void *storm_main(void *arg)
{
	struct wg_storm *s = arg;
	struct timespec pause = { .tv_nsec = 200000 };

	/* relaxed: no data rides on the flag */
	while (!atomic_load_explicit(&s->stop, memory_order_relaxed)) {
		(void)pthread_kill(s->target, SIGUSR1);
		(void)nanosleep(&pause, NULL);
	}
	return NULL;
}

struct wg_storm *wg_storm_start(void)
{
	struct wg_storm *s = calloc(1, sizeof(*s));
	struct sigaction sa = { .sa_handler = count_signal }; /* no SA_RESTART: let calls end */

	if (!s)
		abort();
	(void)sigaction(SIGUSR1, &sa, NULL);
	atomic_store(&signals_seen, 0);
	s->target = pthread_self();
	if (pthread_create(&s->thread, NULL, storm_main, s) != 0)
		abort();
	/* On a busy machine the thread may not run before what it is to disturb is over. */
	while (atomic_load(&signals_seen) == 0)
		(void)sched_yield();
	return s;
}

int wg_storm_stop(struct wg_storm *s)
{
	atomic_store(&s->stop, 1);
	(void)pthread_join(s->thread, NULL);
	free(s);
	return atomic_load(&signals_seen);
}

unsigned wg_seed(void)
{
	const char *text = getenv("WG_SEED");
	unsigned seed = text ? (unsigned)strtoul(text, NULL, 10) : (unsigned)time(NULL);

	printf("# WG_SEED=%u\n", seed);
	return seed;
}
