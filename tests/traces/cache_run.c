/*
 * cache_run.c: see cache_run.h.
 */
#include "tests/traces/cache_run.h"

#include <sys/stat.h>

#include "tests/harness/fake_ctf.h"
#include "tests/harness/fake_threads.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "tests/traces/same_model.h"

const struct wg_cache_limits cache_any = { 1, 0 };
char cache_told[1024];

static void tell(const char *line)
{
	if (wg_has(line, WG_CACHE_FILE))
		(void)snprintf(cache_told, sizeof(cache_told), "%s", line);
}

bool cache_was_used(void)
{
	return wg_has(cache_told, "is taken from");
}

char *cache_path(const char *dir, const char *name)
{
	static char path[4][1024];
	static int next;

	next = (next + 1) % 4;
	(void)snprintf(path[next], sizeof(path[0]), "%s/%s", dir, name);
	return path[next];
}

char *cache_of(const char *dir)
{
	return cache_path(dir, WG_CACHE_FILE);
}

bool has_cache(const char *dir)
{
	struct stat st;

	return lstat(cache_of(dir), &st) == 0 && S_ISREG(st.st_mode);
}

struct wg_trace *cache_load(const char *dir, const struct wg_cache_limits *limits)
{
	struct wg_trace *trace = NULL;
	struct wg_error err = { 0 };

	cache_told[0] = '\0';
	wg_reader_tell(tell);
	CU_ASSERT_EQUAL(wg_trace_load_cached(dir, limits, &trace, &err), 0);
	wg_reader_tell(NULL);
	CU_ASSERT_FATAL(trace != NULL);
	return trace;
}

int cache_keep(const char *dir, const struct wg_cache_limits *limits)
{
	struct wg_trace *trace = cache_load(dir, limits);
	int rc = wg_cache_write(trace);

	wg_trace_free(trace);
	return rc;
}

const char *cache_kept_in(const char *dir)
{
	CU_ASSERT_EQUAL_FATAL(cache_keep(dir, &cache_any), 0);
	return dir;
}

const char *cache_kept(const char *sample)
{
	return cache_kept_in(wg_copy_sample(sample));
}

void cache_is_not_used(const char *dir, const char *why)
{
	struct wg_trace *whole = cache_load(dir, NULL), *trace = cache_load(dir, &cache_any);

	CU_ASSERT(!cache_was_used());
	CU_ASSERT(wg_has(cache_told, why));
	wg_same_model(whole, trace);
	wg_trace_free(whole);
	wg_trace_free(trace);
}

static void write_trace(struct wg_trace *reads, const char *dir)
{
	struct fake *fake = fake_create();
	size_t i;

	for (i = 0; i < reads->event_count; i++)
		fake_event(fake, WG_EVENT(reads, i));
	fake_write(fake, dir);
	fake_trace_free(reads);
}

const char *cache_trace(struct wg_trace *reads)
{
	const char *dir = wg_tmpdir();

	write_trace(reads, dir);
	return dir;
}

const char *cache_threads(bool has_loops)
{
	const char *dir = wg_tmpdir();

	if (!has_loops) {
		fake_threads_write(dir);
		return dir;
	}
	CU_ASSERT_EQUAL_FATAL(wg_sh_in(dir, "mkdir threads loops"), 0);
	fake_threads_write(cache_path(dir, "threads"));
	write_trace(fake_processes(), cache_path(dir, "loops"));
	return dir;
}
