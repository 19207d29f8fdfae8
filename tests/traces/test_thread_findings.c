/*
 * test_thread_findings.c: which timeout a finding names, of waits that asked for several; and how
 * many of the wakes a timer caused.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "traces/measure/threads.h"

#define US INT64_C(1000)
#define MS INT64_C(1000000)

static void feed(
	struct wg_threads *t, const struct wg_event *like, enum wg_record record, int64_t ts_ns)
{
	struct wg_event ev = *like;

	ev.record = record;
	ev.ts_ns = ts_ns;
	ev.type = WG_EV_OTHER;
	ev.pid = ev.tid = 7;
	ev.procname = "asker";
	CU_ASSERT_EQUAL(wg_threads_feed(t, &ev), 0);
}

/* What is said first of it, the only thread. */
static char *take_finding(struct wg_threads *t)
{
	struct wg_thread_finding *findings;
	size_t count;
	char *text;

	wg_threads_finish(t, true);
	CU_ASSERT_EQUAL_FATAL(wg_thread_findings(t, &findings, &count), 0);
	CU_ASSERT_FATAL(count > 0);
	text = strdup(findings[0].text);
	CU_ASSERT_FATAL(text != NULL);
	wg_thread_findings_free(findings, count);
	wg_threads_destroy(t);
	return text;
}

/* What is said of a thread with these waits, each of which its timeout ended. cpu_ns: what it used
 * before the first. */
static char *finding_of(enum wg_wait_in how, int64_t cpu_ns, const int64_t *asked)
{
	struct wg_threads *t = NULL;
	struct wg_event wait = { 0 }, wake = { 0 };
	int64_t now_ns = MS;

	CU_ASSERT_EQUAL_FATAL(wg_threads_create(&t), 0);
	wake.thread_wake.reason = WG_REASON_TIMEOUT;
	wake.thread_wake.by_call = "";
	for (wait.thread_wait.cpu_ns = cpu_ns; *asked; asked++) {
		wait.thread_wait.how = (uint8_t)how;
		wait.thread_wait.timeout_ns = *asked;
		feed(t, &wait, WG_RECORD_WAIT, now_ns);
		now_ns += *asked > 0 ? *asked : MS;
		feed(t, &wake, WG_RECORD_WAKE, now_ns);
		now_ns += US;
		wait.thread_wait.cpu_ns = US;
	}
	return take_finding(t);
}

static void the_timeout_it_asks_for_most_is_named(void)
{
	static const struct {
		enum wg_wait_in how;
		int64_t cpu_ns, asked[12];
		const char *says;
	} cases[] = {
		/* What is left of a deadline differs a little each time. */
		{ WG_IN_SEM, US, { 49990 * US, 49970 * US, 49995 * US, 49960 * US, 49985 * US },
			"a semaphore for 50.0 ms, " },
		{ WG_IN_EPOLL, US, { 100 * MS, 99 * MS, 101 * MS, 100 * MS },
			"epoll_wait for 100 ms, " },
		{ WG_IN_EPOLL, US, { 100 * MS, 103 * MS, 100 * MS },
			"epoll_wait for 100 ms and others, " },
		/* Asleep when all began: the rest of a deadline. */
		{ WG_IN_SEM, 0, { 1170 * US, 49990 * US, 49970 * US, 49980 * US },
			"a semaphore for 50.0 ms, " },
		{ WG_IN_SEM, 0, { 1170 * US, 49990 * US }, "a semaphore for 50.0 ms, " },
		{ WG_IN_SEM, 0, { 49200 * US, 49990 * US }, "a semaphore for 50.0 ms, " },
		{ WG_IN_SEM, 0, { 1170 * US }, "a semaphore for 1.17 ms, " },
		{ WG_IN_SEM, 0, { 1170 * US, 50 * MS, 3 * MS, 50 * MS },
			"a semaphore for 50.0 ms and others, " },
		{ WG_IN_SEM, 0, { 50 * MS, 3 * MS, 3 * MS },
			"a semaphore for 3.00 ms and others, " },
		/* What was not seen is no other one. */
		{ WG_IN_EPOLL, US, { 50 * MS, 50 * MS, WG_NOT_OBSERVABLE },
			"epoll_wait for 50.0 ms, " },
		{ WG_IN_EPOLL, US, { 50 * MS, 50 * MS, WG_FOR_EVER },
			"epoll_wait for 50.0 ms and others, " },
		/* It was awake then, or asks for no deadline: that is what it asked for. */
		{ WG_IN_SEM, US, { 1170 * US, 50 * MS, 50 * MS },
			"a semaphore for 50.0 ms and others, " },
		{ WG_IN_POLL, 0, { 1170 * US, 50 * MS, 50 * MS }, "poll for 50.0 ms and others, " },
		/* The most common one, also if it comes after more than are kept. */
		{ WG_IN_POLL, US,
			{ 1 * MS, 2 * MS, 3 * MS, 4 * MS, 50 * MS, 50 * MS, 5 * MS, 50 * MS,
				50 * MS, 50 * MS },
			"poll for 50.0 ms and others, " },
	};
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		char *text = finding_of(cases[i].how, cases[i].cpu_ns, cases[i].asked);

		CU_ASSERT(wg_has(text, cases[i].says));
		if (!wg_has(text, cases[i].says))
			printf("# not '%s': %s\n", cases[i].says, text);
		free(text);
	}
}

/* So many waits, of which the first ended by its timeout and led to nothing. */
static void check_share(int waits, const char *says)
{
	struct wg_threads *t = NULL;
	struct wg_event wait = { .thread_wait = { .how = WG_IN_EPOLL,
					 .timeout_ns = 100 * MS,
					 .cpu_ns = US,
					 .did = WG_DID_ACTED } },
			wake = { .thread_wake = { .reason = WG_REASON_TIMEOUT, .by_call = "" } };
	int64_t now_ns = MS;
	char *text;
	int i;

	CU_ASSERT_EQUAL_FATAL(wg_threads_create(&t), 0);
	for (i = 0; i < waits; i++) {
		feed(t, &wait, WG_RECORD_WAIT, now_ns += MS);
		feed(t, &wake, WG_RECORD_WAKE, now_ns += i ? MS : 100 * MS);
		wait.thread_wait.did = i ? WG_DID_ACTED : WG_DID_NOTHING; /* of this wake */
		wake.thread_wake.reason = WG_REASON_READY;
	}
	feed(t, &wait, WG_RECORD_WAIT, now_ns += MS);
	text = take_finding(t);
	CU_ASSERT(wg_has(text, says));
	if (!wg_has(text, says))
		printf("# not '%s': %s\n", says, text);
	free(text);
}

static void a_small_share_is_not_none(void)
{
	check_share(1000, ": less than 1 % by timer, 100 % of those empty: then nothing");
	check_share(100, ": 1 % by timer, 100 % of those empty: then nothing");
	check_share(1, ": 100 % by timer, 100 % of those empty: then nothing");
}

void suite_thread_findings(void)
{
	WG_TEST(a_small_share_is_not_none);
	WG_TEST(the_timeout_it_asks_for_most_is_named);
}
