/*
 * test_kernel_watched.c: which descriptors a poll or a select waits for, as a recording in the
 * kernel tells. They stand in the memory of the thread, which goes on before its record is read.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/select.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/traces/kernel_run.h"
#include "traces/kernel/light.h"
#include "traces/kernel/records.h"
#include "traces/read/read.h"

#define PID 4194999u /* above what the kernel gives: no such process */
#define TID 4195000u

static struct {
	struct wg_event event[4];
	size_t count;
} seen;

static int keep(void *user, const struct wg_event *event)
{
	(void)user;
	CU_ASSERT_FATAL(seen.count < sizeof(seen.event) / sizeof(seen.event[0]));
	seen.event[seen.count++] = *event;
	return 0;
}

static struct wg_raw_wait wait_in(int nr, uint64_t ts_ns)
{
	return (struct wg_raw_wait){
		.head = { .ts_ns = ts_ns, .what = WG_RAW_WAIT, .pid = PID, .tid = TID },
		.nr = nr,
		.time = { -1, -1 },
		.comm = "watcher",
	};
}

/* The descriptors of a poll or a select, as the kernel's program copied them. */
static void one_descriptor_is_that_one_several_are_a_set(void)
{
	static const struct {
		int nr;
		uint64_t arg0, arg1; /* of a poll: address, count; of a select: count */
		uint64_t watched[WG_RAW_WATCHED];
		int fd, kind; /* kind -1: nothing that can be named */
	} cases[] = {
		{ SYS_poll, 0x1000, 1, { 7 | UINT64_C(1) << 32 }, 7, WG_OBJECT_OTHER },
		{ SYS_ppoll, 0x2000, 3, { UINT32_MAX, 8, UINT32_MAX }, 8, WG_OBJECT_OTHER },
		{ SYS_poll, 0x3000, 2, { 7, 9 }, -1, WG_OBJECT_SET },
		{ SYS_poll, 0x4000, 7, { 7 }, -1, WG_OBJECT_SET },
		{ SYS_poll, 0x5000, 0, { 7 }, -1, -1 },
		{ SYS_poll, 0x6000, 2, { UINT32_MAX, UINT32_MAX }, -1, -1 },
		{ SYS_select, 11, 0, { 1 << 10 }, 10, WG_OBJECT_OTHER },
		{ SYS_pselect6, 101, 0, { 0, 0, 0, UINT64_C(1) << 36 }, 100, WG_OBJECT_OTHER },
		{ SYS_select, 12, 0, { 1 << 10, 0, 0, 0, 1 << 11 }, -1, WG_OBJECT_SET },
		{ SYS_select, 13, 0, { 1 << 13 }, -1, -1 }, /* it does not count */
		{ SYS_select, 300, 0, { 1 }, -1, WG_OBJECT_SET },
	};
	struct wg__records *r = wg__records_create(keep, NULL);
	struct wg_raw_wait wait = { 0 };
	size_t i;

	CU_ASSERT_FATAL(r != NULL);
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		wait = wait_in(cases[i].nr, i + 1);
		wait.arg[0] = cases[i].arg0;
		wait.arg[1] = cases[i].arg1;
		wait.has_watched = 1;
		memcpy(wait.watched, cases[i].watched, sizeof(wait.watched));
		CU_ASSERT_EQUAL(wg__records_take(r, &wait.head, sizeof(wait)), 0);
		CU_ASSERT_EQUAL(seen.count, cases[i].kind < 0 ? 1u : 2u);
		if (cases[i].kind >= 0) {
			CU_ASSERT_EQUAL(seen.event[0].record, WG_RECORD_OBJECT);
			CU_ASSERT_EQUAL((int)seen.event[0].object.kind, cases[i].kind);
			CU_ASSERT_EQUAL(seen.event[0].object.fd, cases[i].fd);
		}
		CU_ASSERT_EQUAL(seen.event[seen.count - 1].record, WG_RECORD_WAIT);
		CU_ASSERT_EQUAL(seen.event[seen.count - 1].op == 0, cases[i].kind < 0);
		seen.count = 0;
	}
	wait.has_watched = 0; /* its memory could not be read */
	wait.arg[0] = 999;
	CU_ASSERT_EQUAL(wg__records_take(r, &wait.head, sizeof(wait)), 0);
	CU_ASSERT_EQUAL(seen.event[0].op, 0);
	wg__records_destroy(r);
}

/* Of a trace: polls and selects that waited for that descriptor. */
static unsigned waits_for(const char *trace, int fd)
{
	struct wg_reader *reader = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev;
	uint64_t object = 0;
	unsigned count = 0;

	CU_ASSERT_EQUAL_FATAL(wg_reader_open(trace, &reader, &err), 0);
	while (wg_reader_next(reader, &ev, &err) > 0) {
		if (ev.record == WG_RECORD_OBJECT && ev.object.fd == fd)
			object = ev.op;
		count += ev.record == WG_RECORD_WAIT && ev.op && ev.op == object &&
			 (ev.thread_wait.how == WG_IN_POLL || ev.thread_wait.how == WG_IN_SELECT);
	}
	wg_reader_close(reader);
	return count;
}

/* The program goes on, and its memory with it, before its record is read. */
static void descriptors_are_those_of_that_moment(void)
{
	const char *argv[] = { wg_build_path("planted"), "watch", NULL };
	struct wg_kernel_result result;
	char trace[256];
	int is_full;

	for (is_full = 0; is_full < 2; is_full++) {
		(void)snprintf(trace, sizeof(trace), "%s/trace", wg_tmpdir());
		CU_ASSERT_EQUAL_FATAL(kernel_record(trace, argv, 0, is_full, &result), 0);
		CU_ASSERT_EQUAL(result.exit_code, 0);
		CU_ASSERT_EQUAL(waits_for(trace, 40), 12);
	}
}

/* ---- where a call begins ---- */

/* Looks at its end of the pipe, by polls that never sleep, until the other end is closed. */
static _Noreturn void look_until_closed(int fd)
{
	for (;;) {
		struct timeval none = { 0, 0 };
		fd_set set;
		char c;

		FD_ZERO(&set);
		FD_SET(fd, &set);
		if (select(fd + 1, &set, NULL, NULL, &none) > 0 && read(fd, &c, 1) == 0)
			_exit(0);
	}
}

struct looks {
	int fd;
	unsigned without, with; /* their sets */
};

static int count_looks(void *user, const struct wg_raw_head *record, size_t bytes)
{
	struct looks *looks = user;
	const struct wg_raw_wait *wait = (const struct wg_raw_wait *)record;

	if (record->what != WG_RAW_WAIT || bytes < sizeof(*wait) ||
		(wait->nr != SYS_select && wait->nr != SYS_pselect6)) /* as libc does it */
		return 0;
	if (!wait->has_watched) {
		CU_ASSERT(wait->lacks_begin && wait->has_ended);
		looks->without++;
	} else if (wait->watched[0] == UINT64_C(1) << looks->fd) {
		CU_ASSERT(!wait->lacks_begin && wait->end_ns > wait->head.ts_ns);
		looks->with++;
	}
	return 0;
}

/* At the end of a select its sets are what it found; so from the first one on, begins are seen. */
static void where_a_select_begins_is_seen_once_there_is_one(void)
{
	struct looks looks = { 0 };
	struct wg__light *light = NULL;
	struct wg_error err = { 0 };
	int end[2];
	pid_t pid;

	CU_ASSERT_FATAL(pipe2(end, O_CLOEXEC) == 0);
	looks.fd = end[0];
	CU_ASSERT_EQUAL_FATAL(wg__light_open(&light, true, &err), 0);
	pid = fork();
	if (pid == 0) {
		(void)close(end[1]);
		look_until_closed(end[0]);
	}
	CU_ASSERT_EQUAL(wg__light_add(light, pid, WG_RAW_ON), 0);
	while (looks.with == 0)
		CU_ASSERT_EQUAL_FATAL(wg__light_take(light, 100, count_looks, &looks), 0);
	CU_ASSERT(looks.without > 0);
	(void)close(end[1]);
	CU_ASSERT_EQUAL(waitpid(pid, NULL, 0), pid);
	(void)close(end[0]);
	wg__light_close(light);
}

void suite_kernel_watched(void)
{
	struct wg_error err = { 0 };
	bool can = wg_kernel_check(&err) == 0 && access(wg_build_path("planted"), X_OK) == 0;

	WG_TEST(one_descriptor_is_that_one_several_are_a_set);
	WG_TEST_IF(can, "it takes the kernel and build/planted",
		where_a_select_begins_is_seen_once_there_is_one);
	WG_TEST_IF(
		can, "it takes the kernel and build/planted", descriptors_are_those_of_that_moment);
}
