/*
 * test_recorded.c: the files of a trace that the recorder writes: each event as it was given, field
 * by field; packets that fit together; and no file that is cut short.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <time.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/op.h"
#include "core/wait/wait.h"
#include "core/workload/recorder_ctf.h"
#include "core/workload/recorder_kept.h"
#include "core/workload/recorder_write.h"
#include "tests/core/sockets.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

/* Write what it has kept as a trace in a folder, which is returned. */
static const char *write_trace(struct wg__kept *k)
{
	const char *dir = wg_tmpdir();
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	wg__kept_settle(k);
	CU_ASSERT_EQUAL(wg__recorder_write(fd, k, INT32_MAX), 0);
	(void)close(fd);
	return dir;
}

/* ---- events ---- */

static const struct {
	struct wg__kept_event event;
	const char *line; /* of the export, from `event` and `loop` on */
} given[] = {
	{ { .id = WG__CTF_LOOP, .second = 2500000000000 }, "loop,7,,,,,,,a way,2500000000000,,,," },
	{ { .id = WG__CTF_SUBMIT, .first = UINT64_MAX, .second = 1ull << 63, .kind = WG_OP_READ },
		"submit,7,18446744073709551615,read,-9223372036854775808,,,,,,,,," },
	{ { .id = WG__CTF_SUBMIT, .kind = WG_OP_WRITE }, "submit,7,0,write,0,,,,,,,,," },
	{ { .id = WG__CTF_SUBMIT, .kind = WG_OP_OPEN }, "submit,7,0,open,0,,,,,,,,," },
	{ { .id = WG__CTF_SUBMIT, .kind = WG_OP_CLOSE }, "submit,7,0,close,0,,,,,,,,," },
	{ { .id = WG__CTF_SUBMIT, .kind = WG_OP_STAT }, "submit,7,0,stat,0,,,,,,,,," },
	{ { .id = WG__CTF_SUBMIT, .kind = WG_OP_CONNECT }, "submit,7,0,connect,0,,,,,,,,," },
	{ { .id = WG__CTF_SUBMIT, .kind = WG_OP_ACCEPT }, "submit,7,0,accept,0,,,,,,,,," },
	{ { .id = WG__CTF_SUBMIT, .kind = WG_OP_RECV }, "submit,7,0,recv,0,,,,,,,,," },
	{ { .id = WG__CTF_SUBMIT, .kind = WG_OP_SEND }, "submit,7,0,send,0,,,,,,,,," },
	{ { .id = WG__CTF_SUBMIT, .kind = WG_OP_TIMER }, "submit,7,0,timer,0,,,,,,,,," },
	{ { .id = WG__CTF_SUBMIT, .kind = WG_OP_WORK }, "submit,7,0,work,0,,,,,,,,," },
	{ { .id = WG__CTF_START, .first = 1, .second = 4 }, "start,7,1,,,4,,,,,,,," },
	{ { .id = WG__CTF_DONE, .first = 1, .second = 5000000000 },
		"done,7,1,,,,5000000000,,,,,,," },
	{ { .id = WG__CTF_NOTIFY, .first = 1, .second = 1 }, "notify,7,1,,,,,1,,,,,," },
	{ { .id = WG__CTF_WAIT, .first = 5000000000, .second = 3 },
		"wait,7,,,,,,,,,5000000000,,3," },
	{ { .id = WG__CTF_WAIT, .first = UINT64_MAX }, "wait,7,,,,,,,,,-1,,0," },
	{ { .id = WG__CTF_WAKE, .first = WG_WOKE_NOTIFIED }, "wake,7,,,,,,,,,,notified,0," },
	{ { .id = WG__CTF_WAKE, .first = WG_WOKE_TIMEOUT }, "wake,7,,,,,,,,,,timeout,0," },
	{ { .id = WG__CTF_WAKE, .first = WG_WOKE_READY }, "wake,7,,,,,,,,,,ready,0," },
	{ { .id = WG__CTF_WAKE, .first = WG_WOKE_SPURIOUS }, "wake,7,,,,,,,,,,spurious,0," },
	{ { .id = WG__CTF_WAKE, .first = WG_WOKE_INTERRUPTED, .second = 9 },
		"wake,7,,,,,,,,,,interrupted,9," },
	{ { .id = WG__CTF_POLL, .first = 6 }, "poll,7,,,,,,,,,,,,6" },
	{ { .id = WG__CTF_DELIVER, .first = 1, .second = (uint64_t)-110 },
		"deliver,7,1,,,,-110,,,,,,," },
};

/* The numbers whole, the kinds and reasons by their names. */
static void each_event_is_as_it_was_given(void)
{
	struct wg__kept *k = wg__kept_create();
	char *out, *line, *next;
	size_t i;

	CU_ASSERT_FATAL(k != NULL);
	for (i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		struct wg__kept_event *e = wg__kept_next(k);

		*e = given[i].event;
		e->ns = (int64_t)i;
		e->loop = 7;
		if (e->id == WG__CTF_LOOP)
			e->first = (uint64_t)(uintptr_t) "a way";
		wg__kept_add(k);
	}
	CU_ASSERT_EQUAL(wg_run(&out, NULL,
				(const char *const[]){ "sh", "-c",
					"\"$0\" export --format csv -o - \"$1\" | sed 1d | cut -d, "
					"-f4,9-21",
					wg_build_path("wakegap"), write_trace(k), NULL }),
		0);
	next = out;
	for (i = 0; i < sizeof(given) / sizeof(given[0]); i++) {
		line = strsep(&next, "\n");
		CU_ASSERT_FATAL(line != NULL);
		CU_ASSERT_STRING_EQUAL(line, given[i].line);
		if (strcmp(line, given[i].line) != 0)
			printf("# '%s', not '%s'\n", line, given[i].line);
	}
	CU_ASSERT_STRING_EQUAL(next, "");
	free(out);
}

/* A file of 16 chunks: stat, open, 17 reads, close, one after the other. */
static const char sums[] =
	"\"$0\" read --file \"$2\" --chunk 4096 --wait condvar --record \"$3\" >/dev/null && "
	"\"$1\" export --format csv -o - \"$3\" | awk -F, '"
	"{ n[$4]++ }"
	"$4 == \"loop\" && $16 == \"condvar\" && $17 == 0 { loops++ }"
	"$4 == \"submit\" && $12 == 4096 { reads += $11 == \"read\" }"
	"$4 == \"start\" && $13 < 4 { starts++ }"
	"$4 == \"done\" && $14 == 4096 { done++ }"
	"$4 == \"deliver\" && $14 == 4096 { delivered++ }"
	"$4 == \"notify\" && $10 == ++op { notifies += $15 == 0 || $15 == 1 }"
	"$4 == \"wait\" && $18 == -1 && $20 <= 1 { waits++ }"
	"$4 == \"wake\" && $19 == \"notified\" && $20 == 1 { wakes++ }"
	"$4 == \"poll\" && $21 == 1 { polls++ }"
	"NR > 1 && $3 !~ /000$/ { has_ns = 1 }"
	"END { print loops, reads, starts, done, delivered, notifies, polls,"
	" waits == n[\"wait\"], wakes == n[\"wake\"], waits == wakes, has_ns }'";

/* Nothing is left out or mixed up between the core's events and what is kept of them. */
static void a_workload_emits_each_field(void)
{
	const char *file = wg_make_file(wg_tmpdir(), "file", 1 << 16);
	char *out;

	CU_ASSERT_EQUAL(
		wg_run(&out, NULL,
			(const char *const[]){ "sh", "-c", sums, wg_build_path("wakegap-workload"),
				wg_build_path("wakegap"), file, wg_tmpdir(), NULL }),
		0);
	CU_ASSERT_STRING_EQUAL(out, "1 17 20 16 16 20 20 1 1 1 1\n");
	if (strcmp(out, "1 17 20 16 16 20 20 1 1 1 1\n") != 0)
		printf("# %s", out);
	free(out);
}

/* Timers of an hour, beside chains that lose their wake-up: only a run that hangs is over before.
 */
static void numbers_beyond_32_bits_arrive(void)
{
	char *out;

	CU_ASSERT_EQUAL(
		wg_run(&out, NULL,
			(const char *const[]){ "sh", "-c",
				"\"$0\" mixed --rounds 5 --every-ns 3600000000000 --wait forever "
				"--window-ns 20000000 --patience-ns 200000000 --record \"$2\" "
				">/dev/null; echo $?; "
				"\"$1\" export --format csv -o - \"$2\" | cut -d, -f4,11,12 "
				"| grep timer",
				wg_build_path("wakegap-workload"), wg_build_path("wakegap"),
				wg_tmpdir(), NULL }),
		0);
	CU_ASSERT_STRING_EQUAL(out, "3\nsubmit,timer,3600000000000\n");
	free(out);
}

/* ---- the description ---- */

/* From the first line of text on. */
static void describe(char *text, size_t size)
{
	const uint8_t uuid[16] = { 0 };
	FILE *f = tmpfile();
	size_t n;

	CU_ASSERT_FATAL(f != NULL);
	CU_ASSERT_EQUAL(wg__ctf_describe(f, uuid), 0);
	rewind(f);
	while (fgetc(f) != '/')
		CU_ASSERT_FATAL(!feof(f));
	n = fread(text, 1, size - 1, f);
	CU_ASSERT(n > 0);
	text[n] = '\0';
	(void)fclose(f);
}

static int64_t real_now_ns(void)
{
	struct timespec ts;

	(void)clock_gettime(CLOCK_REALTIME, &ts);
	return (int64_t)ts.tv_sec * WG_NS_PER_SEC + ts.tv_nsec;
}

/* Between two looks at the clocks, from the monotonic one to the time of day it is as far as the
 * description says. Somebody may set the clocks a little at the same time. */
static void the_clock_is_the_machines(void)
{
	char text[16384], boot[64] = "", wanted[200];
	int64_t begin_ns = wg_now_ns(), before_ns = real_now_ns() - wg_now_ns(), offset_ns = 0;
	FILE *id = fopen("/proc/sys/kernel/random/boot_id", "re");
	const char *at;

	describe(text, sizeof(text));
	at = strstr(text, "\toffset = ");
	CU_ASSERT_FATAL(at && sscanf(at, " offset = %" SCNd64, &offset_ns) == 1);
	CU_ASSERT(offset_ns >= before_ns - (wg_now_ns() - begin_ns) - WG_NS_PER_MS);
	CU_ASSERT(offset_ns <= before_ns + (wg_now_ns() - begin_ns) + WG_NS_PER_MS);
	if (id && fgets(boot, sizeof(boot), id)) {
		boot[strcspn(boot, "\n")] = '\0';
		(void)snprintf(wanted, sizeof(wanted),
			"clock {\n\tname = \"monotonic\";\n\tuuid = \"%s\";\n", boot);
		CU_ASSERT(wg_has(text, wanted));
	}
	if (id)
		(void)fclose(id);
}

static void the_host_is_named(void)
{
	char text[16384], host[65] = "", wanted[200];

	describe(text, sizeof(text));
	CU_ASSERT_EQUAL(gethostname(host, sizeof(host) - 1), 0);
	(void)snprintf(wanted, sizeof(wanted), "\thostname = \"%s\";\n", host);
	CU_ASSERT(wg_has(text, wanted));
}

/* ---- packets ---- */

#define EVENTS	  20000
#define PACKET	  (256u << 10) /* bytes at most */
#define HEAD	  sizeof(struct wg__ctf_packet)
#define BYTES_MAX (EVENTS * 64)

/* The next packet of a stream, whose first event is this one; returns its bytes. */
static size_t check_packet(const unsigned char *at, uint64_t number, int64_t last_ns)
{
	struct wg__ctf_packet p;
	struct wg__ctf_head first;

	memcpy(&p, at, HEAD);
	memcpy(&first, at + HEAD, sizeof(first));
	CU_ASSERT_EQUAL(p.magic, WG__CTF_MAGIC);
	CU_ASSERT_EQUAL(p.packet_seq_num, number);
	CU_ASSERT_EQUAL(p.timestamp_begin, first.timestamp);
	CU_ASSERT(p.timestamp_begin == last_ns + 1);
	CU_ASSERT_EQUAL(p.content_size, p.packet_size);
	CU_ASSERT(p.packet_size % 8 == 0 && p.packet_size / 8 > HEAD);
	CU_ASSERT(p.packet_size / 8 <= PACKET);
	return p.packet_size / 8;
}

/* Each begins with its first event, behind the last one of the packet before, and is no longer than
 * its room. */
static void packets_fit_together(void)
{
	struct wg__kept *k = wg__kept_create();
	unsigned char *stream = malloc(BYTES_MAX);
	size_t bytes, at, i;
	uint64_t number;
	int64_t last_ns = -1;
	char path[300];
	FILE *f;

	CU_ASSERT_FATAL(k != NULL && stream != NULL);
	for (i = 0; i < EVENTS; i++) {
		*wg__kept_next(k) =
			(struct wg__kept_event){ .ns = (int64_t)i, .id = WG__CTF_DELIVER };
		wg__kept_add(k);
	}
	(void)snprintf(path, sizeof(path), "%s/wakegap_0", write_trace(k));
	f = fopen(path, "re");
	CU_ASSERT_FATAL(f != NULL);
	bytes = fread(stream, 1, BYTES_MAX, f);
	(void)fclose(f);
	for (at = 0, number = 0; at + HEAD < bytes; number++) {
		struct wg__ctf_packet p;

		memcpy(&p, stream + at, HEAD);
		at += check_packet(stream + at, number, last_ns);
		last_ns = p.timestamp_end;
	}
	CU_ASSERT_EQUAL(at, bytes);
	CU_ASSERT(number > 2);
	free(stream);
}

/* ---- what cannot be written ---- */

static int count_files(const char *dir)
{
	struct dirent *entry;
	DIR *d = opendir(dir);
	int count = 0;

	CU_ASSERT_FATAL(d != NULL);
	while ((entry = readdir(d)))
		count += *entry->d_name != '.';
	(void)closedir(d);
	return count;
}

/* A file that fails only when it is closed, for it fits into the buffer of its stream. The
 * description, which is shorter, would do. */
static void a_file_that_fails_at_its_end_is_not_kept(void)
{
	struct wg__kept *k = wg__kept_create();
	const char *dir = wg_tmpdir();
	int fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC), i;
	struct rlimit was, few;

	CU_ASSERT_FATAL(k != NULL && fd >= 0);
	for (i = 0; i < 70; i++) {
		*wg__kept_next(k) = (struct wg__kept_event){ .ns = i, .id = WG__CTF_DELIVER };
		wg__kept_add(k);
	}
	wg__kept_settle(k);
	(void)signal(SIGXFSZ, SIG_IGN);
	CU_ASSERT_EQUAL(getrlimit(RLIMIT_FSIZE, &was), 0);
	few = (struct rlimit){ 3900, was.rlim_max };
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &few), 0);
	CU_ASSERT_EQUAL(wg__recorder_write(fd, k, INT32_MAX), -EFBIG);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_FSIZE, &was), 0);
	(void)signal(SIGXFSZ, SIG_DFL);
	CU_ASSERT_EQUAL(count_files(dir), 0);
	(void)close(fd);
}

void suite_recorded(void)
{
	WG_TEST(each_event_is_as_it_was_given);
	WG_TEST(a_workload_emits_each_field);
	WG_TEST_TCP(numbers_beyond_32_bits_arrive);
	WG_TEST(the_clock_is_the_machines);
	WG_TEST(the_host_is_named);
	WG_TEST(packets_fit_together);
	WG_TEST(a_file_that_fails_at_its_end_is_not_kept);
}
