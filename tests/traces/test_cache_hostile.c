/*
 * test_cache_hostile.c: a kept model that is damaged, that a stranger made up, or that cannot be
 * written or read for want of something.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xxhash.h>

#include "tests/harness/faults.h"
#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "tests/traces/cache_run.h"
#include "traces/model/cache_file.h"
#include "traces/model/figures.h"
#include "viz/app/thread_words.h"

/* ---- damaged ---- */

struct file {
	unsigned char *bytes;
	size_t len;
};

static struct file slurp(const char *path)
{
	struct file file = { NULL, 0 };
	FILE *f = fopen(path, "re");
	struct stat st;

	CU_ASSERT_FATAL(f != NULL && fstat(fileno(f), &st) == 0);
	file.len = (size_t)st.st_size;
	file.bytes = malloc(file.len + 1);
	CU_ASSERT_FATAL(file.bytes && fread(file.bytes, 1, file.len, f) == file.len);
	(void)fclose(f);
	return file;
}

static void put(const char *path, const struct file *file, size_t len)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);

	CU_ASSERT_FATAL(fd >= 0 && write(fd, file->bytes, len) == (ssize_t)len);
	(void)close(fd);
}

/* What is there now, as the model alone sees it; NULL: nothing that can be used. */
static struct wg__loaded *read_file(const char *dir, const char **ret_why)
{
	struct wg__cache_key key;

	CU_ASSERT_FATAL(wg__cache_key(dir, &key) == 0);
	return wg__cache_read(dir, &key, ret_why);
}

static void flip_bits(const char *dir)
{
	const char *why = NULL;
	struct file file = slurp(cache_of(dir));
	bool is_seen = true;
	size_t i;

	for (i = 0; i < file.len && is_seen; i += i < 64 ? 1 : 13) {
		file.bytes[i] ^= (unsigned char)(1u << i % 8);
		put(cache_of(dir), &file, file.len);
		is_seen = !read_file(dir, &why) && why;
		file.bytes[i] ^= (unsigned char)(1u << i % 8);
	}
	CU_ASSERT(is_seen);
	file.bytes[7]++; /* the version */
	put(cache_of(dir), &file, file.len);
	cache_is_not_used(dir, "it is of another version");
	free(file.bytes);
}

static void no_bit_can_be_wrong(void)
{
	flip_bits(cache_kept("tick"));
	flip_bits(cache_kept_in(cache_threads(false)));
}

static void cut_short(const char *dir)
{
	const char *why = NULL;
	struct file file = slurp(cache_of(dir));
	bool is_seen = true;
	size_t len;

	for (len = 0; len < file.len && is_seen; len += len < 100 ? 1 : 56) {
		put(cache_of(dir), &file, len);
		is_seen = !read_file(dir, &why) && why;
	}
	CU_ASSERT(is_seen);
	put(cache_of(dir), &file, file.len / 16 * 8);
	cache_is_not_used(dir, "it is damaged");
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), 0);
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), 1);
	free(file.bytes);
}

static void no_byte_can_be_missing(void)
{
	cut_short(cache_kept("tick"));
	cut_short(cache_kept_in(cache_threads(false)));
}

/* ---- made up by a stranger, with a sum that is right ---- */

/* What is said of threads: their waits, who ended them, and all records. */
static void walk_over_threads(const struct wg_trace *trace)
{
	char text[256], lines[WG_WAIT_LINES][WG_WAIT_LINE];
	size_t i;

	for (i = 0; i < trace->wait_count; i++) {
		if (WG_WAIT(trace, i)->is_thread)
			CU_ASSERT(wg_wait_lines(trace, WG_WAIT(trace, i), lines) >= 2);
	}
	for (i = 0; i < trace->event_count; i++)
		wg_record_text(text, sizeof(text), trace, WG_EVENT(trace, i));
}

static void walk_over(struct wg_trace *trace)
{
	static const char *const keys[] = { "", "w w z Enter i", "W e x / Type:kind=read Enter n",
		"/ Type:in=poll,class!=spin,reason=timeout Enter n",
		"/ Type:event=wake,reason=ready Enter n" };
	struct wg_trace *const one[2] = { trace, NULL };
	struct wg_figures figures;
	uint64_t sum = 0;
	size_t i, k;

	for (i = 0; i < trace->event_count; i++)
		sum += strlen(WG_EVENT(trace, i)->procname) + (uint64_t)WG_EVENT(trace, i)->type;
	for (i = 0; i < trace->wait_count; i++)
		sum += wg_wait_lane(trace, WG_WAIT(trace, i)) + WG_WAIT(trace, i)->next;
	for (i = 0; i < trace->op_count; i++)
		sum += wg_trace_op_number(trace, WG_OP(trace, i)->who, WG_OP(trace, i)->op);
	for (k = 0; k < trace->lane_count; k++) {
		for (i = 0; i < trace->lanes[k].span_count; i++)
			sum += (uint64_t)WG_SPAN(&trace->lanes[k], i)->state;
	}
	CU_ASSERT(sum > 0 || trace->event_count == 0);
	if (trace->threads)
		walk_over_threads(trace);
	CU_ASSERT_EQUAL(wg_figures_init(&figures, trace), 0);
	for (i = 0; i < sizeof(keys) / sizeof(keys[0]); i++)
		free(wg_screen_text(one, 1, 80, 24, true, keys[i]));
}

static uint64_t dice(uint64_t *state)
{
	*state = *state * 6364136223846793005u + 1442695040888963407u;
	return *state >> 33;
}

/* Change a word to something that might hurt. */
static void hurt(struct file *file, uint64_t *state)
{
	static const uint64_t evil[] = { 0, 1, 2, 255, 256, 4096, UINT32_MAX, INT64_MAX, UINT64_MAX,
		UINT64_C(1) << 63, UINT64_C(1) << 40 };
	size_t at = 32 + (size_t)dice(state) % (file->len - 40);
	uint64_t v;

	if (dice(state) % 3 == 0) {
		file->bytes[at] = (unsigned char)dice(state);
		return;
	}
	at -= at % 8;
	memcpy(&v, file->bytes + at, sizeof(v));
	v = dice(state) % 2 ? evil[dice(state) % (sizeof(evil) / sizeof(evil[0]))]
			    : v + dice(state) % 5 - 2;
	memcpy(file->bytes + at, &v, sizeof(v));
}

static void strangers(const char *dir, int count)
{
	struct file file = slurp(cache_of(dir)), good = { malloc(file.len), file.len };
	const char *text = getenv("WG_SEED"), *why = NULL;
	uint64_t state = text ? strtoull(text, NULL, 10) : 1, sum;
	size_t changes;
	int i, used = 0;

	CU_ASSERT_FATAL(good.bytes != NULL);
	memcpy(good.bytes, file.bytes, file.len);
	for (i = 0; i < count; i++) {
		struct wg__loaded *loaded;

		memcpy(file.bytes, good.bytes, file.len);
		for (changes = 1 + (size_t)dice(&state) % 3; changes; changes--)
			hurt(&file, &state);
		sum = XXH3_64bits(file.bytes, file.len - 8);
		memcpy(file.bytes + file.len - 8, &sum, 8);
		put(cache_of(dir), &file, file.len);
		loaded = read_file(dir, &why);
		if (!loaded)
			continue;
		used++;
		walk_over(&loaded->trace);
		wg_trace_free(&loaded->trace);
	}
	CU_ASSERT(used > 0 && used < count);
	free(file.bytes);
	free(good.bytes);
}

static void a_strangers_file_leads_nowhere(void)
{
	const char *count = getenv("WG_STRANGERS");

	strangers(cache_kept("tick"), count ? (int)strtol(count, NULL, 10) : 200);
}

static void nor_does_one_of_threads(void)
{
	const char *count = getenv("WG_STRANGERS");
	int all = count ? (int)strtol(count, NULL, 10) : 200;

	strangers(cache_kept_in(cache_threads(false)), all);
	strangers(cache_kept_in(cache_threads(true)), all);
}

/* The first wait as it is in a whole file, but for one thing. */
static bool is_refused(const char *dir, void (*change)(struct wg_wait_rec *rec))
{
	struct wg_trace *trace = cache_load(dir, NULL);
	struct wg__loaded *loaded = (struct wg__loaded *)trace, *again;
	struct wg__cache_key key;
	const char *why = "";
	struct wg_wait_rec rec;

	wg__columns_wait(&loaded->columns, 0, &rec);
	change(&rec);
	CU_ASSERT_FATAL(wg__columns_set_wait(&loaded->columns, 0, &rec) == 0);
	wg__columns_close(&loaded->columns);
	CU_ASSERT_FATAL(wg__cache_key(dir, &key) == 0);
	CU_ASSERT_EQUAL(wg__cache_write(dir, &key, loaded), 0);
	wg_trace_free(trace);
	again = wg__cache_read(dir, &key, &why);
	wg_trace_free(again ? &again->trace : NULL);
	return !again && wg_has(why, "it cannot be what wakegap wrote");
}

static void nothing(struct wg_wait_rec *rec)
{
	(void)rec;
}

static void no_wake(struct wg_wait_rec *rec)
{
	rec->interval.wake_ns = WG_NO_TIME;
}

static void nobodys(struct wg_wait_rec *rec)
{
	rec->interval.loop_idx = 5;
}

static void of_the_other_kind(struct wg_wait_rec *rec)
{
	rec->is_thread = !rec->is_thread;
}

static void into_the_dark(struct wg_wait_rec *rec)
{
	rec->next = 1000000;
}

static void waits_lead_somewhere(void)
{
	const char *const dirs[] = { wg_copy_sample("tick"), cache_threads(false),
		cache_threads(true) };
	size_t i;

	for (i = 0; i < 3; i++) {
		CU_ASSERT(!is_refused(dirs[i], nothing));
		CU_ASSERT(is_refused(dirs[i], no_wake));
		CU_ASSERT(is_refused(dirs[i], nobodys));
		CU_ASSERT(is_refused(dirs[i], into_the_dark));
	}
	CU_ASSERT(is_refused(dirs[0], of_the_other_kind));
	CU_ASSERT(is_refused(dirs[1], of_the_other_kind));
}

/* ---- when something fails ---- */

static bool is_clean(const char *dir)
{
	return wg_sh_in(dir, "! ls -A | grep '^[.]wakegap.*part'") == 0;
}

/* The largest file that a child may write is smaller than this. */
static void a_full_disk_leaves_nothing(void)
{
	const char *dir = wg_copy_sample("tick");
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		const struct rlimit small = { 4096, 4096 };
		struct sigaction ignore = { .sa_handler = SIG_IGN };
		struct wg_trace *trace = cache_load(dir, &cache_any);

		(void)sigaction(SIGXFSZ, &ignore, NULL);
		(void)setrlimit(RLIMIT_FSIZE, &small);
		_exit(wg_cache_write(trace) == -EFBIG ? 0 : 1);
	}
	CU_ASSERT(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0);
	CU_ASSERT(!has_cache(dir) && is_clean(dir));
}

static void two_may_write_at_once(void)
{
	const char *dir = cache_trace(fake_reads("reads", 2000, 4, 0));
	pid_t pids[4];
	struct wg_trace *trace;
	size_t i;

	for (i = 0; i < 4; i++) {
		pids[i] = fork();
		if (pids[i] == 0) {
			int n;

			for (n = 0; n < 5; n++) {
				trace = cache_load(dir, &cache_any);
				if (!cache_was_used() && wg_cache_write(trace) != 0)
					_exit(1);
				wg_trace_free(trace);
				(void)unlink(cache_of(dir));
			}
			_exit(0);
		}
	}
	for (i = 0; i < 4; i++) {
		int status = -1;

		CU_ASSERT(pids[i] > 0 && waitpid(pids[i], &status, 0) == pids[i] && status == 0);
	}
	CU_ASSERT(is_clean(dir));
	(void)cache_keep(dir, &cache_any);
	trace = cache_load(dir, &cache_any);
	CU_ASSERT(cache_was_used());
	wg_trace_free(trace);
}

/* Each allocation fails once: the trace is read then, or there is no memory for that either. */
static void lack_memory(const char *dir)
{
	struct wg_trace *trace;
	struct wg_error err;
	bool is_armed = false;
	int nth, rc;

	for (nth = 1; !is_armed && nth < 1000; nth++) {
		trace = NULL;
		wg_fault_alloc(nth);
		rc = wg_trace_load_cached(dir, &cache_any, &trace, &err);
		is_armed = wg_fault_is_armed();
		wg_fault_alloc(WG_FAULT_NEVER);
		CU_ASSERT((rc == 0) == (trace != NULL) && (rc == 0 || rc == -ENOMEM));
		wg_trace_free(trace);
	}
	CU_ASSERT(is_armed);
	for (nth = 1, is_armed = false; !is_armed && nth < 1000; nth++) {
		(void)unlink(cache_of(dir));
		trace = cache_load(dir, &cache_any);
		wg_fault_alloc(nth);
		rc = wg_cache_write(trace);
		is_armed = wg_fault_is_armed();
		wg_fault_alloc(WG_FAULT_NEVER);
		CU_ASSERT(has_cache(dir) == (rc == 0) && is_clean(dir));
		wg_trace_free(trace);
	}
	CU_ASSERT(is_armed);
}

static void without_memory_it_is_read_or_said(void)
{
	lack_memory(cache_kept("tick"));
	lack_memory(cache_kept_in(cache_threads(false)));
}

void suite_cache_hostile(void)
{
	WG_TEST(no_bit_can_be_wrong);
	WG_TEST(no_byte_can_be_missing);
	WG_TEST(a_strangers_file_leads_nowhere);
	WG_TEST(nor_does_one_of_threads);
	WG_TEST(waits_lead_somewhere);
	WG_TEST(a_full_disk_leaves_nothing);
	WG_TEST(two_may_write_at_once);
	WG_TEST(without_memory_it_is_read_or_said);
}
