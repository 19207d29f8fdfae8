/*
 * probe.c: see probe.h.
 *
 * libbabeltrace2 asserts what it believes of a trace, and so an odd or hostile one ends the process
 * that reads it, however many good ones it reads besides. A child reads it first and counts in
 * shared memory how far it came; the reader then stops right there.
 *
 * What the metadata calls plain (packets.h) and whose headers are true can only fail where it is
 * opened, so of that the child reads just the first events: one fork and 3 ms of processor time for
 * a trace. Everything else is read to its end, twice in all.
 */
#include "traces/read/probe.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/read/budget.h"
#include "traces/read/source.h"
#include "traces/read/read.h"

#define BEGINNING    64 /* events: every class of packet and context has been seen by then */
#define SILENT_MAX_S 20
#define ALARM_EVENTS 4096		 /* the alarm is set anew after so many */
#define OWN_BYTES    (UINT64_C(1) << 20) /* what a process takes to read any trace */

/* Between the two processes. */
struct progress {
	/* One writer, and the other reads when that has ended: any order will do. */
	_Atomic uint64_t messages;
	_Atomic uint64_t begin_bytes; /* in memory, when the child began */
	_Atomic bool has_opened, has_ended;
};

/* RLIMIT_DATA counts what is there already; with a sanitizer that is terabytes. */
static void limit_memory(uint64_t more_bytes)
{
	unsigned long pages[6] = { 0 };
	FILE *f = fopen("/proc/self/statm", "re");
	struct rlimit limit;

	if (f && fscanf(f, "%lu %lu %lu %lu %lu %lu", &pages[0], &pages[1], &pages[2], &pages[3],
			 &pages[4], &pages[5]) == 6) {
		limit.rlim_cur = limit.rlim_max =
			pages[5] * (rlim_t)sysconf(_SC_PAGESIZE) + more_bytes;
		(void)setrlimit(RLIMIT_DATA, &limit);
	}
	if (f)
		(void)fclose(f);
}

static void prepare(int messages_fd, pid_t parent, uint64_t more_bytes)
{
	static const int deadly[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM, SIGTERM,
		SIGINT, SIGQUIT, SIGHUP };
	const struct rlimit no_core = { 0, 0 };
	sigset_t none;
	size_t i;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	for (i = 0; i < sizeof(deadly) / sizeof(*deadly); i++) {
		struct sigaction sa = { .sa_handler = SIG_DFL };

		(void)sigaction(deadly[i], &sa, NULL);
	}
	(void)sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	limit_memory(more_bytes);
	if (messages_fd < 0)
		messages_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	if (messages_fd >= 0)
		(void)dup2(messages_fd, STDERR_FILENO);
	(void)alarm(SILENT_MAX_S);
}

/* The most so far, and at first what is there. */
static uint64_t most_bytes(const struct rusage *usage)
{
	return (uint64_t)usage->ru_maxrss * 1024;
}

static void read_as_child(const char *dir, bool to_the_end, struct progress *progress)
{
	struct wg__shared shared = { .names = wg__names_create() };
	struct wg__source *source;
	struct wg_error err;
	struct wg_event ev;
	uint64_t events = 0;
	struct rusage usage = { 0 };

	(void)getrusage(RUSAGE_SELF, &usage);
	/* relaxed: see struct progress */
	atomic_store_explicit(&progress->begin_bytes, most_bytes(&usage), memory_order_relaxed);
	if (shared.names && wg__source_open(dir, &shared, &source, &err) == 0) {
		/* relaxed: see struct progress */
		atomic_store_explicit(&progress->has_opened, true, memory_order_relaxed);
		do {
			/* relaxed: see struct progress */
			atomic_store_explicit(&progress->messages, wg__source_taken(source),
				memory_order_relaxed);
			if (++events % ALARM_EVENTS == 0)
				(void)alarm(SILENT_MAX_S);
		} while ((to_the_end || events <= BEGINNING) &&
			 wg__source_next(source, &ev, &err) > 0);
		wg__source_close(source);
	}
	/* relaxed: see struct progress */
	atomic_store_explicit(&progress->has_ended, true, memory_order_relaxed);
	_exit(0);
}

/*
 * The library's last words, without what only its developers understand:
 *     DATE PIDS F LIB/X function@file.c:996 The reason: container-fc-addr=0x5, name="loop"
 *     file.c:2535: function(): Assertion `x` failed.
 */
static void take_reason(int fd, char *why, size_t len)
{
	char text[2048], *line, *save = NULL;
	ssize_t n = fd >= 0 ? pread(fd, text, sizeof(text) - 1, 0) : -1;

	text[n > 0 ? n : 0] = '\0';
	for (line = strtok_r(text, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *reason = strstr(line, ".c:"), *addr, *name;

		if (!reason || strstr(line, "precondition not satisfied") ||
			strstr(line, "Aborting..."))
			continue;
		reason += strcspn(reason, " ");
		reason += strspn(reason, " ");
		addr = strstr(reason, "-addr=");
		while (addr && addr > reason && *addr != ':')
			addr--;
		name = addr ? strstr(addr, "name=") : NULL;
		(void)snprintf(why, len, "%.*s%s%s", addr ? (int)(addr - reason) : (int)len, reason,
			name ? ": " : "", name ? name : "");
		return;
	}
}

static const char *signal_reason(int status)
{
	if (!WIFSIGNALED(status))
		return "it ended the process";
	switch (WTERMSIG(status)) {
	case SIGALRM: return "no event for 20 s";
	case SIGFPE: return "a division by zero";
	case SIGTRAP: /* of glib */
	case SIGABRT: return "it aborted; not enough memory, perhaps";
	default: return "it crashed";
	}
}

/* What of its memory the trace asked for. */
static uint64_t taken_bytes(const struct progress *progress, const struct rusage *usage)
{
	/* relaxed: see struct progress */
	uint64_t begin = atomic_load_explicit(&progress->begin_bytes, memory_order_relaxed);
	uint64_t most = most_bytes(usage);

	return begin && most > begin + OWN_BYTES ? most - begin - OWN_BYTES : 0;
}

/* An array that doubles fails when half is used. */
static void add_budget(char *why, size_t len, uint64_t left, uint64_t taken)
{
	size_t used = strlen(why);

	if (taken >= left / 2)
		(void)snprintf(why + used, len - used,
			" (of the %d MiB that all traces may take together, %d were left)",
			(int)(WG__BUDGET_BYTES >> 20), (int)(left >> 20));
}

static void watch(
	const char *dir, bool to_the_end, struct progress *progress, struct wg__probe *ret)
{
	int fd = memfd_create("wakegap-probe", MFD_CLOEXEC), status = 0;
	/* Only a trace that is read to its end can ask for more than it has bytes. */
	uint64_t budget = to_the_end ? wg__budget_left() : WG__BUDGET_BYTES;
	pid_t parent = getpid(), pid, got;
	struct rusage usage = { 0 };

	/* A child that ends under a sanitizer writes what it finds in the buffers. */
	(void)fflush(stdout);
	pid = fork();
	if (pid == 0) {
		prepare(fd, parent, budget);
		read_as_child(dir, to_the_end, progress);
	}
	do {
		got = pid > 0 ? wait4(pid, &status, 0, &usage) : -1;
	} while (got < 0 && pid > 0 && errno == EINTR);
	if (to_the_end)
		ret->taken_bytes = taken_bytes(progress, &usage);
	/* relaxed: see struct progress */
	if (pid > 0 && !atomic_load_explicit(&progress->has_ended, memory_order_relaxed)) {
		ret->has_died = true;
		/* relaxed: see struct progress */
		ret->has_opened = atomic_load_explicit(&progress->has_opened, memory_order_relaxed);
		/* relaxed: see struct progress */
		ret->messages = atomic_load_explicit(&progress->messages, memory_order_relaxed);
		(void)snprintf(ret->why, sizeof(ret->why), "%s",
			got > 0 ? signal_reason(status) : "it ended the process");
		take_reason(fd, ret->why, sizeof(ret->why));
		if (to_the_end)
			add_budget(ret->why, sizeof(ret->why), budget, ret->taken_bytes);
	}
	if (fd >= 0)
		(void)close(fd);
}

static _Thread_local bool *must_be_alone;

void wg_reader_share(bool *ret_alone)
{
	must_be_alone = ret_alone;
}

void wg__probe(const char *dir, bool to_the_end, struct wg__probe *ret)
{
	if (must_be_alone) {
		*must_be_alone = true;
		*ret = (struct wg__probe){ .has_died = true, .why = "other threads are reading" };
		return;
	}
	struct progress *progress = mmap(
		NULL, sizeof(*progress), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	*ret = (struct wg__probe){ 0 };
	if (progress == MAP_FAILED)
		return;
	watch(dir, to_the_end, progress, ret);
	(void)munmap(progress, sizeof(*progress));
}
