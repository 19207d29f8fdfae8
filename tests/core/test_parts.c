/*
 * test_parts.c: the small parts that the whole core stands on: lists, times, the calls that sleep,
 * and how busy the machine is. Each is a few lines in a header, and a mistake there shows late and
 * elsewhere.
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/list.h"
#include "core/sync.h"
#include "core/wait/crowd.h"
#include "core/wait/futex_call.h"
#include "core/workload/workload.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"

/* A kernel before 5.11 has no epoll_pwait2(2). It tells how long it was to wait. */
static bool is_old;
static int asked_ms;

static int pwait2(int epfd, struct epoll_event *ev, int count, const struct timespec *ts)
{
	errno = ENOSYS;
	return is_old ? -1 : epoll_pwait2(epfd, ev, count, ts, NULL);
}

static int wait_ms(int epfd, struct epoll_event *ev, int count, int ms)
{
	asked_ms = ms;
	return is_old ? 0 : epoll_wait(epfd, ev, count, ms);
}

#define epoll_pwait2(epfd, ev, count, ts, mask) pwait2(epfd, ev, count, ts)
#define epoll_wait				wait_ms
#include "core/wait/epoll_until.h"

/* ---- lists ---- */

static struct wg_list nodes[6];

static void fill(struct wg_list *list, size_t from, size_t to)
{
	wg_list_init(list);
	for (; from < to; from++)
		wg_list_push(list, &nodes[from]);
}

/* Forwards and backwards. */
static void holds(const struct wg_list *list, const char *digits)
{
	const struct wg_list *node = list->next;
	size_t i, len = 0;

	for (i = 0; digits[i]; i++, node = node->next, len++)
		CU_ASSERT(node == &nodes[digits[i] - '0']);
	CU_ASSERT(node == list);
	for (node = list->prev; len > 0; node = node->prev)
		CU_ASSERT(node == &nodes[digits[--len] - '0']);
	CU_ASSERT(node == list);
	CU_ASSERT_EQUAL(wg_list_is_empty(list), !digits[0]);
}

static void a_list_is_first_in_first_out(void)
{
	struct wg_list list;

	fill(&list, 0, 3);
	holds(&list, "012");
	CU_ASSERT(wg_list_pop(&list) == &nodes[0]);
	holds(&list, "12");
	CU_ASSERT(wg_list_pop(&list) == &nodes[1]);
	CU_ASSERT(wg_list_pop(&list) == &nodes[2]);
	CU_ASSERT_PTR_NULL(wg_list_pop(&list));
	holds(&list, "");
}

/* A node that was taken out is a list of its own: to take it out again changes no other one. */
static void a_node_is_taken_out_of_the_middle(void)
{
	struct wg_list list;

	fill(&list, 0, 4);
	wg_list_remove(&nodes[2]);
	holds(&list, "013");
	CU_ASSERT(wg_list_is_empty(&nodes[2]));
	wg_list_push(&list, &nodes[4]);
	wg_list_remove(&nodes[2]);
	holds(&list, "0134");
	(void)wg_list_pop(&list);
	CU_ASSERT(wg_list_is_empty(&nodes[0]));
}

static void a_list_is_appended_to_another(void)
{
	struct wg_list to, from;

	fill(&to, 0, 2);
	fill(&from, 2, 5);
	wg_list_move(&to, &from);
	holds(&to, "01234");
	holds(&from, "");
	wg_list_move(&to, &from); /* nothing */
	holds(&to, "01234");
	wg_list_move(&from, &to);
	holds(&from, "01234");
	holds(&to, "");
}

/* ---- times ---- */

static void times_do_not_wrap(void)
{
	struct timespec ts = wg_timespec(3 * WG_NS_PER_SEC + 7);

	CU_ASSERT(ts.tv_sec == 3 && ts.tv_nsec == 7);
	CU_ASSERT_EQUAL(wg_time_add(5, 6), 11);
	CU_ASSERT_EQUAL(wg_time_add(WG_FOREVER, 1), WG_FOREVER);
	CU_ASSERT_EQUAL(wg_time_add(WG_FOREVER - 1, 1), WG_FOREVER);
	CU_ASSERT_EQUAL(wg_time_add(WG_FOREVER - 2, 1), WG_FOREVER - 1);
	CU_ASSERT_EQUAL(wg_time_add(1, WG_FOREVER), WG_FOREVER);
}

/* The clock is the one that the sleeps below and LTTng's events use. */
static void the_clock_is_monotonic(void)
{
	struct timespec ts;
	int64_t before_ns = wg_now_ns(), ns;

	(void)clock_gettime(CLOCK_MONOTONIC, &ts);
	ns = (int64_t)ts.tv_sec * WG_NS_PER_SEC + ts.tv_nsec;
	CU_ASSERT(before_ns <= ns && ns <= wg_now_ns());
}

static void a_futex_sleeps_until_a_moment(void)
{
	_Atomic uint32_t word = 5;
	int64_t until_ns = wg_now_ns() + WG_NS_PER_MS;
	int rc;

	CU_ASSERT_EQUAL(wg_futex_wait(&word, 4, WG_FOREVER), -EAGAIN);
	CU_ASSERT_EQUAL(wg_futex_wait(&word, 5, wg_now_ns() - 1), -ETIMEDOUT);
	do /* for no reason */
		rc = wg_futex_wait(&word, 5, until_ns);
	while (rc == 0);
	CU_ASSERT_EQUAL(rc, -ETIMEDOUT);
	CU_ASSERT(wg_now_ns() >= until_ns);
}

static void a_condition_sleeps_until_a_moment(void)
{
	int64_t until_ns = wg_now_ns() + WG_NS_PER_MS;
	struct wg_mutex m;
	struct wg_cond c;
	int rc;

	wg_mutex_init(&m);
	wg_cond_init(&c);
	wg_lock(&m);
	do
		rc = wg_cond_wait(&c, &m, until_ns);
	while (rc == 0);
	CU_ASSERT_EQUAL(rc, -ETIMEDOUT);
	CU_ASSERT(wg_now_ns() >= until_ns);
	CU_ASSERT_EQUAL(wg_cond_wait(&c, &m, 0), -ETIMEDOUT);
	wg_unlock(&m);
	wg_cond_fini(&c);
	wg_mutex_fini(&m);
}

static void epoll_sleeps_until_a_moment(void)
{
	int64_t until_ns = wg_now_ns() + WG_NS_PER_MS;
	struct epoll_event ev = { .events = EPOLLIN };
	int epfd = epoll_create1(EPOLL_CLOEXEC), efd = eventfd(0, EFD_CLOEXEC);

	CU_ASSERT_EQUAL_FATAL(epoll_ctl(epfd, EPOLL_CTL_ADD, efd, &ev), 0);
	CU_ASSERT_EQUAL(wg_epoll_until(epfd, &ev, 1, until_ns), 0);
	CU_ASSERT(wg_now_ns() >= until_ns);
	CU_ASSERT_EQUAL(wg_epoll_until(epfd, &ev, 1, wg_now_ns() - WG_NS_PER_SEC), 0);
	CU_ASSERT_EQUAL(wg_epoll_until(epfd, &ev, 1, 0), 0);
	(void)eventfd_write(efd, 1);
	CU_ASSERT_EQUAL(wg_epoll_until(epfd, &ev, 1, 0), 1);
	CU_ASSERT_EQUAL(wg_epoll_until(epfd, &ev, 1, WG_FOREVER), 1);
	(void)close(efd);
	(void)close(epfd);
}

/* In whole milliseconds, of which an int holds 24 days. */
static void an_old_kernel_sleeps_no_shorter(void)
{
	struct epoll_event ev;
	int64_t until_ns = wg_now_ns() + WG_NS_PER_MS;

	is_old = true;
	asked_ms = 0;
	CU_ASSERT_EQUAL(wg_epoll_until(-1, &ev, 1, until_ns), 0);
	CU_ASSERT(asked_ms == 1 || wg_now_ns() >= until_ns);
	CU_ASSERT_EQUAL(wg_epoll_until(-1, &ev, 1, 0), 0);
	CU_ASSERT_EQUAL(asked_ms, 0);
	CU_ASSERT_EQUAL(wg_epoll_until(-1, &ev, 1, WG_FOREVER - 1), 0);
	CU_ASSERT_EQUAL(asked_ms, INT_MAX);
	CU_ASSERT_EQUAL(wg_epoll_until(-1, &ev, 1, WG_FOREVER), 0);
	CU_ASSERT_EQUAL(asked_ms, -1);
	is_old = false;
}

/* ---- how busy the machine is ---- */

/* In place of /proc/loadavg. */
static void write_load(const struct wg_crowd *crowd, const char *text)
{
	CU_ASSERT_EQUAL_FATAL(ftruncate(crowd->fd, 0), 0);
	CU_ASSERT_EQUAL_FATAL(pwrite(crowd->fd, text, strlen(text), 0), (ssize_t)strlen(text));
}

#define BLANKS "                                                                "

static void running_threads_are_compared_with_processors(void)
{
	static const struct {
		const char *text;
		int processors;
		bool is_crowded;
	} cases[] = {
		{ "9.00 8.00 7.00 2/900 12345\n", 2, false },
		{ "0.00 0.00 0.00 3/900 12345\n", 2, true },
		{ "0.00 0.00 0.00 3/900 12345\n", 4, false },
		{ "0.00 0.00 0.00 1/1 1\n", 1, true },
		{ "0.00 0.00 0.00 3/900 12345" BLANKS BLANKS, 4, false },
		{ "", 4, true },
		{ "what?\n", 4, true },
	};
	struct wg_crowd crowd = { .fd = memfd_create("loadavg", MFD_CLOEXEC) };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		wg_fault_processors(cases[i].processors);
		write_load(&crowd, cases[i].text);
		crowd.valid_ns = 0;
		CU_ASSERT_EQUAL(wg_is_crowded(&crowd, 1), cases[i].is_crowded);
	}
	wg_crowd_fini(&crowd);
	crowd = (struct wg_crowd){ .fd = -1 };
	CU_ASSERT(wg_is_crowded(&crowd, 1));
	wg_fault_processors(0);
}

/* And not before, since a look costs more than a short spin. */
static void it_looks_again_after_a_millisecond(void)
{
	static const char *const loads[] = { "0 0 0 1/9 9\n", "0 0 0 9/9 9\n" };
	struct wg_crowd crowd = { .fd = memfd_create("loadavg", MFD_CLOEXEC) };
	int i;

	wg_fault_processors(4);
	for (i = 0; i < 6; i++) {
		int64_t now_ns = (i + 1) * WG_NS_PER_MS;

		write_load(&crowd, loads[i % 2]);
		if (i > 0)
			CU_ASSERT_EQUAL(wg_is_crowded(&crowd, now_ns - 1), (i - 1) % 2 == 1);
		CU_ASSERT_EQUAL(wg_is_crowded(&crowd, now_ns), i % 2 == 1);
	}
	wg_crowd_fini(&crowd);
	wg_fault_processors(0);
}

/* An hour longer between the look and the sleep, but nothing is longer for a loop that only looks:
 * its deadline is past. */
static void a_window_is_not_for_looks(void)
{
	const struct wg_wait_ops *ops =
		wg_workload_widen(wg_wait_find("condvar"), 3600 * WG_NS_PER_SEC);
	struct wg_waiter *w = NULL;

	CU_ASSERT_EQUAL_FATAL(ops->create(0, &w), 0);
	CU_ASSERT_EQUAL(w->ops->sleep(w, w->ops->arm(w), wg_now_ns()), WG_WOKE_TIMEOUT);
	w->ops->destroy(w);
}

void suite_parts(void)
{
	WG_TEST(a_list_is_first_in_first_out);
	WG_TEST(a_node_is_taken_out_of_the_middle);
	WG_TEST(a_list_is_appended_to_another);
	WG_TEST(times_do_not_wrap);
	WG_TEST(the_clock_is_monotonic);
	WG_TEST(a_futex_sleeps_until_a_moment);
	WG_TEST(a_condition_sleeps_until_a_moment);
	WG_TEST(epoll_sleeps_until_a_moment);
	WG_TEST(an_old_kernel_sleeps_no_shorter);
	WG_TEST(running_threads_are_compared_with_processors);
	WG_TEST(it_looks_again_after_a_millisecond);
	WG_TEST(a_window_is_not_for_looks);
}
