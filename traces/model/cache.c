/*
 * cache.c: see cache.h. When a model is kept, and when it is used.
 */
#include "traces/model/cache.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "traces/base/marker.h"
#include "traces/model/cache_file.h"
#include "traces/model/load_impl.h"

/* A million events are read in less than 0.2 s. Kernels round times of files to 10 ms at most. */
const struct wg_cache_limits wg_cache_usual = { 1000000, 100000000 };

static void tell(const char *path, const char *why)
{
	char line[1024];

	if (why)
		(void)snprintf(line, sizeof(line),
			"'%s' is read anew, not from " WG_CACHE_FILE ": %s", path, why);
	else
		(void)snprintf(line, sizeof(line), "'%s' is taken from " WG_CACHE_FILE, path);
	wg__reader_say(line);
}

static const char *why_no_key(int rc)
{
	switch (rc) {
	case -ELOOP: return "there is a link among its files";
	case -ENOEXEC: return "this build of wakegap has no id";
	default: return strerror(-rc);
	}
}

/* Is what is read just the folder, as it is? */
static bool is_plain(const char *path)
{
	return wg__reader_is_usual() && strncmp(path, WG_READER_AND, strlen(WG_READER_AND)) != 0;
}

static int64_t now_ns(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	return (int64_t)t.tv_sec * 1000000000 + t.tv_nsec;
}

/* What is known before it is read. */
static struct wg__loaded *look(
	const char *path, const struct wg_cache_limits *limits, struct wg__cached *ret)
{
	struct wg__loaded *loaded;
	const char *why;
	int rc = wg__cache_key(path, &ret->key);

	if (rc == -ENOENT || rc == -ENOTDIR)
		return NULL; /* who reads it says so */
	if (rc < 0 || wg__marker_is_in(path)) {
		tell(path, rc < 0 ? why_no_key(rc) : "it is being recorded");
		return NULL;
	}
	ret->least_events = limits->least_events;
	ret->is_wanted = ret->key.newest_ns <= now_ns() - limits->settled_ns;
	loaded = wg__cache_read(path, &ret->key, &why);
	tell(path, loaded ? NULL : why);
	return loaded;
}

int wg_load_open_cached(const char *path, const struct wg_cache_limits *limits,
	struct wg_load **ret, struct wg_error *err)
{
	struct wg__cached cached = { .is_wanted = false };
	struct wg__loaded *loaded = NULL;
	int rc;

	if (limits && is_plain(path))
		loaded = look(path, limits, &cached);
	if (loaded)
		return wg__load_whole(loaded, ret, err);
	rc = wg_load_open(path, ret, err);
	if (rc == 0)
		wg__load_loaded(*ret)->cached = cached;
	return rc;
}

int wg_trace_load_cached(const char *path, const struct wg_cache_limits *limits,
	struct wg_trace **ret, struct wg_error *err)
{
	struct wg_load *load = NULL;
	int rc = wg_load_open_cached(path, limits, &load, err);

	return wg__load_all(rc, load, ret, err);
}

/* Ours, and nobody else can put a file there. */
static bool is_our_folder(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && st.st_uid == geteuid() && !(st.st_mode & S_IWOTH) &&
	       access(path, W_OK) == 0;
}

int wg_cache_write(const struct wg_trace *trace)
{
	struct wg__loaded *loaded = (struct wg__loaded *)trace;
	struct wg__cached *cached = &loaded->cached;
	struct wg__cache_key now;

	if (!cached->is_wanted || !cached->is_whole || trace->event_count < cached->least_events ||
		!is_our_folder(trace->path) || wg__marker_is_in(trace->path))
		return 1;
	cached->is_wanted = false;
	if (wg__cache_key(trace->path, &now) < 0 || !wg__cache_key_is(&cached->key, &now))
		return 1;
	return wg__cache_write(trace->path, &cached->key, loaded);
}
