/*
 * test_scan.c: a scan finds what is known: in which call each thread stands, what it asked for,
 * what it waits for and who called; and how often it woke.
 */
#include <fcntl.h>
#include <linux/futex.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/traces/parked.h"

#define S    INT64_C(1000000000)
#define MS   INT64_C(1000000)
#define P(x) (long)(uintptr_t)(x)

#define PARKS 21

/* What the threads wait on. In this process and its fork at the same addresses. */
static struct bench {
	int event, epoll, timer, timer_epoll, pipe[2], pair[2];
	struct pollfd poll;
	fd_set set;
	struct timeval select_for;
	struct timespec ppoll_for, sleep_for, signal_for, futex_for, epoll_for;
	struct timespec wall, mono; /* moments */
	pthread_mutex_t held, mutex[3];
	pthread_cond_t cond[3];
	sem_t sem[2];
	uint32_t word;
	sigset_t signals;
	struct epoll_event ready;
} b;

static struct timespec in_an_hour(clockid_t clock)
{
	struct timespec t;

	(void)clock_gettime(clock, &t);
	t.tv_sec += 3600;
	return t;
}

static int64_t ns_of(struct timespec t)
{
	return (int64_t)t.tv_sec * S + t.tv_nsec;
}

static void open_bench(void)
{
	struct itimerspec period = { .it_value = { 3600, 0 }, .it_interval = { 0, 250 * MS } };
	struct epoll_event ev = { .events = EPOLLIN };
	size_t i;

	memset(&b, 0, sizeof(b));
	b.event = eventfd(0, EFD_CLOEXEC);
	b.epoll = epoll_create1(EPOLL_CLOEXEC);
	b.timer_epoll = epoll_create1(EPOLL_CLOEXEC);
	b.timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	CU_ASSERT_FATAL(pipe2(b.pipe, O_CLOEXEC) == 0);
	CU_ASSERT_FATAL(socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, b.pair) == 0);
	CU_ASSERT_FATAL(timerfd_settime(b.timer, 0, &period, NULL) == 0);
	CU_ASSERT_FATAL(epoll_ctl(b.epoll, EPOLL_CTL_ADD, b.event, &ev) == 0);
	CU_ASSERT_FATAL(epoll_ctl(b.timer_epoll, EPOLL_CTL_ADD, b.event, &ev) == 0);
	CU_ASSERT_FATAL(epoll_ctl(b.timer_epoll, EPOLL_CTL_ADD, b.timer, &ev) == 0);
	b.poll = (struct pollfd){ b.pipe[0], POLLIN, 0 };
	FD_SET(b.pair[0], &b.set);
	b.select_for = (struct timeval){ 333, 250000 };
	b.ppoll_for = (struct timespec){ 444, 7 };
	b.sleep_for = (struct timespec){ 777, 1 };
	b.signal_for = (struct timespec){ 555, 500000000 };
	b.futex_for = (struct timespec){ 400, 123456789 };
	b.epoll_for = (struct timespec){ 700, 500000 };
	b.wall = in_an_hour(CLOCK_REALTIME);
	b.mono = in_an_hour(CLOCK_MONOTONIC);
	(void)pthread_mutex_init(&b.held, NULL);
	(void)pthread_mutex_lock(&b.held);
	for (i = 0; i < 3; i++) {
		(void)pthread_mutex_init(&b.mutex[i], NULL);
		(void)pthread_cond_init(&b.cond[i], NULL);
	}
	(void)sem_init(&b.sem[0], 0, 0);
	(void)sem_init(&b.sem[1], 0, 0);
	(void)sigemptyset(&b.signals);
	(void)sigaddset(&b.signals, SIGUSR2);
}

static void close_bench(void)
{
	int fds[] = { b.event, b.epoll, b.timer, b.timer_epoll, b.pipe[0], b.pipe[1], b.pair[0],
		b.pair[1] };
	size_t i;

	for (i = 0; i < sizeof(fds) / sizeof(fds[0]); i++)
		(void)close(fds[i]);
	(void)pthread_mutex_unlock(&b.held);
}

/* Every way to wait. condition variables: nobody needs the mutex locked but the one that waits. */
static size_t every_way(struct park *to)
{
	int64_t wall = ns_of(b.wall), mono = ns_of(b.mono);
	const struct park parks[] = {
		{ "epoll", SYS_epoll_wait, "epoll_wait", WG_IN_EPOLL, "epoll_wait",
			{ b.epoll, P(&b.ready), 1, 123456 }, 123456 * MS, 0, "epoll", b.epoll, 0,
			0 },
		{ "epoll2", SYS_epoll_pwait2, "epoll_pwait2", WG_IN_EPOLL, "epoll_pwait2",
			{ b.epoll, P(&b.ready), 1, P(&b.epoll_for), 0 }, 700 * S + 500000, 0,
			"epoll", b.epoll, 0, 0 },
		{ "epoll timer", SYS_epoll_wait, "epoll_wait", WG_IN_EPOLL, "epoll_wait",
			{ b.timer_epoll, P(&b.ready), 1, -1 }, WG_FOR_EVER, 0, "epoll",
			b.timer_epoll, 250 * MS, 0 },
		{ "poll", SYS_poll, "poll", WG_IN_POLL, "poll", { P(&b.poll), 1, 600000 }, 600 * S,
			0, "pipe", b.pipe[0], 0, 0 },
		{ "poll nothing", SYS_poll, "poll", WG_IN_POLL, "poll", { 0, 0, 98765 }, 98765 * MS,
			0, NULL, -1, 0, 0 },
		{ "ppoll", SYS_ppoll, "ppoll", WG_IN_POLL, "ppoll",
			{ P(&b.poll), 1, P(&b.ppoll_for), 0 }, 444 * S + 7, 0, "pipe", b.pipe[0], 0,
			0 },
		{ "select", SYS_pselect6, "pselect6", WG_IN_SELECT, "select",
			{ b.pair[0] + 1, P(&b.set), 0, 0, P(&b.select_for) }, 333 * S + 250 * MS, 0,
			"socket", b.pair[0], 0, 0 },
		{ "cond", SYS_futex, "futex", WG_IN_COND, "pthread_cond_wait",
			{ P(&b.cond[0]), P(&b.mutex[0]) }, WG_FOR_EVER, 0, "futex", -1, 0, 0 },
		{ "cond wall", SYS_futex, "futex", WG_IN_COND, "pthread_cond_timedwait",
			{ P(&b.cond[1]), P(&b.mutex[1]), P(&b.wall) }, PARKED_MOMENT, wall, "futex",
			-1, 0, 0 },
		{ "cond mono", SYS_futex, "futex", WG_IN_COND, "pthread_cond_clockwait",
			{ P(&b.cond[2]), P(&b.mutex[2]), CLOCK_MONOTONIC, P(&b.mono) },
			PARKED_MOMENT, mono, "futex", -1, 0, 0 },
		{ "sem", SYS_futex, "futex", WG_IN_SEM, "sem_wait", { P(&b.sem[0]) }, WG_FOR_EVER,
			0, "futex", -1, 0, 0 },
		{ "sem wall", SYS_futex, "futex", WG_IN_SEM, "sem_timedwait",
			{ P(&b.sem[1]), P(&b.wall) }, PARKED_MOMENT, wall, "futex", -1, 0, 0 },
		{ "lock", SYS_futex, "futex", WG_IN_LOCK, "pthread_mutex_lock", { P(&b.held) },
			WG_FOR_EVER, 0, "futex", -1, 0, 0 },
		{ "futex", SYS_futex, "futex", WG_IN_FUTEX, "syscall",
			{ SYS_futex, P(&b.word), FUTEX_WAIT_PRIVATE, 0, P(&b.futex_for) },
			400 * S + 123456789, 0, "futex", -1, 0, 0 },
		{ "sleep", SYS_clock_nanosleep, "clock_nanosleep", WG_IN_SLEEP, "nanosleep",
			{ P(&b.sleep_for), 0 }, 777 * S + 1, 0, NULL, -1, 0, 0 },
		{ "sleep until", SYS_clock_nanosleep, "clock_nanosleep", WG_IN_SLEEP,
			"clock_nanosleep", { CLOCK_MONOTONIC, TIMER_ABSTIME, P(&b.mono), 0 },
			PARKED_MOMENT, mono, NULL, -1, 0, 0 },
		{ "signal", SYS_rt_sigtimedwait, "rt_sigtimedwait", WG_IN_SIGNAL, "sigtimedwait",
			{ P(&b.signals), 0, P(&b.signal_for) }, 555 * S + 500 * MS, 0, NULL, -1, 0,
			0 },
		{ "read", SYS_read, "read", WG_IN_READ, "read", { b.pipe[0], P(&b.word), 1 },
			WG_FOR_EVER, 0, "pipe", b.pipe[0], 0, 0 },
		{ "read timer", SYS_read, "read", WG_IN_READ, "read", { b.timer, P(&b.ready), 8 },
			WG_FOR_EVER, 0, "timerfd", b.timer, 250 * MS, 0 },
		{ "recv", SYS_recvfrom, "recvfrom", WG_IN_READ, "recv",
			{ b.pair[0], P(&b.word), 1, 0 }, WG_NOT_OBSERVABLE, 0, "socket", b.pair[0],
			0, 0 },
		{ "pause", SYS_pause, "pause", WG_IN_SIGNAL, "pause", { 0 }, WG_FOR_EVER, 0, NULL,
			-1, 0, 0 },
	};

	memcpy(to, parks, sizeof(parks));
	return sizeof(parks) / sizeof(parks[0]);
}

static struct wg_scan *open_pid(pid_t pid, unsigned flags)
{
	char number[16];
	const char *name = number;
	struct wg_scan *scan = NULL;
	struct wg_error err = { 0 };

	(void)snprintf(number, sizeof(number), "%ld", (long)pid);
	CU_ASSERT_EQUAL_FATAL(wg_scan_open(&name, 1, flags, &scan, &err), 0);
	return scan;
}

static struct wg_scan_row *row_of(struct wg_scan *scan, pid_t tid)
{
	struct wg_scan_row *row;
	size_t i;

	for (i = 0; (row = wg_scan_row(scan, i)); i++) {
		if (row->tid == tid)
			return row;
	}
	return NULL;
}

static bool same(const char *a, const char *b_)
{
	return a == b_ || (a && b_ && strcmp(a, b_) == 0);
}

/* For a failure: which of them. */
#define HOLDS(park, fact)                                                                          \
	do {                                                                                       \
		if (!(fact))                                                                       \
			printf("# %s: not %s\n", (park)->name, #fact);                             \
		CU_ASSERT(fact);                                                                   \
	} while (0)

static void check_site(struct wg_scan *scan, struct wg_scan_row *row, const struct park *park)
{
	struct wg_frame frames[64];
	size_t site, count = wg_scan_frames(scan, row, frames, 64, &site);
	char id[72];

	if (!wg_scan_has_dwarf() || !parked_site())
		return;
	CU_ASSERT_FATAL(site < count);
	HOLDS(park, frames[site].address == (uintptr_t)parked_site());
	HOLDS(park, !frames[site].is_likely);
	HOLDS(park, same(frames[site].symbol, "park_call"));
	HOLDS(park, same(frames[site].module, "wakegap-tests"));
	/* sem_wait() jumps on to a function without a name, and this call goes through a register.
	 */
	if (park->how != WG_IN_SEM) {
		HOLDS(park, same(row->function, park->function));
		HOLDS(park, row->how == park->how);
	}
	wg_scan_build_id(scan, row, &frames[site], id, sizeof(id));
	HOLDS(park, strlen(id) >= 16);
}

static void each_wait_is_found_as_it_is(void)
{
	struct park parks[PARKS];
	struct parked *program;
	struct wg_scan *scan;
	size_t count, i;

	open_bench();
	count = every_way(parks);
	program = parked_start(parks, count);
	scan = open_pid(parked_pid(program), 0);
	CU_ASSERT_EQUAL(wg_scan_look(scan), 0);
	CU_ASSERT_EQUAL(wg_scan_end(scan), 0);
	for (i = 0; i < count; i++) {
		const struct park *park = &parks[i];
		struct wg_scan_row *row = row_of(scan, park->tid);

		CU_ASSERT_PTR_NOT_NULL_FATAL(row);
		HOLDS(park, same(row->name, park->name));
		HOLDS(park, row->pid == parked_pid(program));
		HOLDS(park, row->number == park->number);
		HOLDS(park, same(row->call, park->call));
		HOLDS(park, row->how == park->how || row->how == WG_IN_FUTEX);
		HOLDS(park, row->deadline_ns == park->deadline_ns);
		HOLDS(park, park->timeout_ns == PARKED_MOMENT
				    ? row->timeout_ns > 0 && row->timeout_ns <= 3600 * S
				    : row->timeout_ns == park->timeout_ns);
		HOLDS(park, same(row->object.kind, park->kind));
		HOLDS(park, row->object.fd == park->fd);
		HOLDS(park, row->object.period_ns == park->period_ns);
		HOLDS(park, row->wakes == 0 && row->looks == 1 && row->here == 1);
		HOLDS(park, !row->hidden);
		check_site(scan, row, park);
	}
	CU_ASSERT_PTR_NULL(wg_scan_note(scan, 0));
	wg_scan_close(scan);
	parked_end(program);
	close_bench();
}

/* Without libdw: the word is on the stack, and is not called certain. */
static void without_tables_sites_are_likely(void)
{
	struct park parks[PARKS];
	struct parked *program;
	struct wg_scan *scan;
	size_t count, i, k;

	open_bench();
	count = every_way(parks);
	program = parked_start(parks, count);
	scan = open_pid(parked_pid(program), WG_SCAN_GUESS);
	CU_ASSERT(wg_scan_look(scan) == 0 && wg_scan_end(scan) == 0);
	for (i = 0; i < count && parked_site(); i++) {
		struct wg_frame frames[64];
		size_t site, n;
		bool has = false;

		n = wg_scan_frames(scan, row_of(scan, parks[i].tid), frames, 64, &site);
		for (k = 1; k < n; k++) {
			HOLDS(&parks[i], frames[k].is_likely && !frames[k].symbol[0]);
			has = has || frames[k].address == (uintptr_t)parked_site();
		}
		HOLDS(&parks[i], has);
		HOLDS(&parks[i], n > 0 && !frames[0].is_likely);
	}
	wg_scan_close(scan);
	parked_end(program);
	close_bench();
}

static void the_stack_leads_to_the_start(void)
{
	struct park park = { .name = "deep", .number = SYS_pause, .function = "pause" };
	struct parked *program = parked_start(&park, 1);
	struct wg_scan *scan = open_pid(parked_pid(program), WG_SCAN_DEEP);
	struct wg_frame frames[64];
	size_t site, n;

	CU_ASSERT(wg_scan_look(scan) == 0 && wg_scan_end(scan) == 0);
	n = wg_scan_frames(scan, row_of(scan, park.tid), frames, 64, &site);
	CU_ASSERT(n > 0);
	if (wg_scan_has_dwarf() && parked_site()) {
		CU_ASSERT_FATAL(n > site + 1);
		CU_ASSERT(same(frames[site].symbol, "park_call"));
		CU_ASSERT(same(frames[site + 1].symbol, "thread"));
	}
	wg_scan_close(scan);
	parked_end(program);
}

/* ---- counts ---- */

static uint64_t pass(int fd_in, int fd_out)
{
	uint64_t value = 1;

	if (fd_out >= 0 && write(fd_out, &value, sizeof(value)) < 0)
		return 0;
	return fd_in < 0 || read(fd_in, &value, sizeof(value)) == sizeof(value) ? value : 0;
}

/* A process that wakes once for each notify. Eventfds: their locks let nobody sleep. */
static pid_t start_answering(int *ask, int *answer)
{
	pid_t pid;

	*ask = eventfd(0, EFD_CLOEXEC);
	*answer = eventfd(0, EFD_CLOEXEC);
	pid = fork();
	CU_ASSERT_FATAL(pid >= 0);
	while (pid == 0 && pass(*ask, -1))
		(void)pass(-1, *answer);
	if (pid == 0)
		_exit(1);
	parked_await(pid, pid, SYS_read);
	return pid;
}

static void ask_for_wakes(pid_t pid, int ask, int answer, unsigned count)
{
	while (count-- > 0) {
		CU_ASSERT(pass(answer, ask) > 0);
		parked_await(pid, pid, SYS_read);
	}
}

static void end_child(pid_t pid)
{
	(void)kill(pid, SIGKILL);
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
}

static void wakes_are_counted_exactly(void)
{
	static const unsigned counts[] = { 0, 1, 25 };
	int ask, answer;
	pid_t pid = start_answering(&ask, &answer);
	struct wg_scan *scan;
	struct wg_scan_row *row;
	size_t i;

	ask_for_wakes(pid, ask, answer, 3); /* its pages are its own now */
	scan = open_pid(pid, 0);
	for (i = 0; i < sizeof(counts) / sizeof(counts[0]); i++) {
		ask_for_wakes(pid, ask, answer, counts[i]);
		CU_ASSERT(wg_scan_look(scan) == 0 && wg_scan_end(scan) == 0);
		row = row_of(scan, pid);
		CU_ASSERT_PTR_NOT_NULL_FATAL(row);
		CU_ASSERT_EQUAL(row->wakes, counts[i]);
		CU_ASSERT((row->cpu_per_wake_ns >= 0) == (counts[i] > 0));
		CU_ASSERT((row->wakes_per_s > 0) == (counts[i] > 0));
		CU_ASSERT(!row->is_new && !row->has_ended);
		wg_scan_restart(scan);
	}
	wg_scan_close(scan);
	end_child(pid);
	(void)close(ask);
	(void)close(answer);
}

void suite_scan(void)
{
	WG_TEST(each_wait_is_found_as_it_is);
	WG_TEST(without_tables_sites_are_likely);
	WG_TEST(the_stack_leads_to_the_start);
	WG_TEST(wakes_are_counted_exactly);
}
