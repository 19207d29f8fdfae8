/*
 * feed.c: see feed.h.
 */
#include "traces/read/feed.h"

#include <errno.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>

#include "traces/read/probe.h"
#include "traces/read/read.h"

/* Of the process, as its command line is: set before the first trace is opened. */
static _Atomic(enum wg_reader_way) chosen;
static _Atomic(wg_reader_tell_fn) told;

/*
 * guards: the plugins of libbabeltrace2, which are in one list of the process while they are
 * loaded; a graph loads its own, and drops them when it is closed. order: alone.
 */
static pthread_mutex_t plugins = PTHREAD_MUTEX_INITIALIZER;

void wg_reader_choose(enum wg_reader_way way)
{
	atomic_store(&chosen, way);
}

void wg_reader_tell(wg_reader_tell_fn fn)
{
	atomic_store(&told, fn);
}

bool wg_reader_is_told(void)
{
	return atomic_load(&told) != NULL;
}

void wg__reader_say(const char *line)
{
	wg_reader_tell_fn fn = atomic_load(&told);

	if (fn)
		fn(line);
}

bool wg__reader_is_usual(void)
{
	return atomic_load(&chosen) == WG_READER_ANY;
}

static void tell(const char *where, const char *by, const char *why)
{
	char line[1024];

	(void)snprintf(
		line, sizeof(line), "'%s' is read by %s%s%s", where, by, *why ? ": " : "", why);
	wg__reader_say(line);
}

/* By libbabeltrace2, but not what it fails on. */
static int open_probed(const struct wg__input *input, struct wg__shared *shared,
	struct wg__source **ret, struct wg_error *err)
{
	char why[320];
	struct wg__probe probe;
	int rc;

	wg__probe(input->dir, input->doubtful, &probe);
	if (probe.has_died && !probe.has_opened)
		return wg_error_set(err, -EINVAL, "babeltrace2 itself fails: %s", probe.why);
	rc = wg__source_open(input->dir, shared, ret, err);
	if (rc == 0)
		wg__source_takes(*ret, probe.taken_bytes);
	if (rc == 0 && probe.has_died) {
		(void)snprintf(why, sizeof(why), "babeltrace2 itself fails: %s", probe.why);
		wg__source_stop_at(*ret, probe.messages, why);
	}
	return rc;
}

/* 0, -ENOTSUP with the reason in why, or -ENOMEM. */
static int open_ctf(const struct wg__input *input, struct wg__shared *shared, struct wg__ctf **ret,
	char *why, size_t len)
{
	if (input->stream) {
		(void)snprintf(why, len, "its stream %s is damaged", input->stream);
		return -ENOTSUP;
	}
	if (input->doubtful) {
		(void)snprintf(why, len, "metadata of another form");
		return -ENOTSUP;
	}
	return wg__ctf_open(input->dir, shared, ret, why, len);
}

int wg__feed_open(const struct wg__input *input, struct wg__shared *shared, struct wg__feed *ret,
	struct wg_error *err)
{
	const char *where = shared->folder ? shared->folder : input->dir;
	enum wg_reader_way way = atomic_load(&chosen);
	char why[256] = "";
	int rc = -ENOTSUP;

	*ret = (struct wg__feed){ 0 };
	if (way != WG_READER_BABELTRACE)
		rc = open_ctf(input, shared, &ret->ctf, why, sizeof(why));
	if (rc == -ENOMEM)
		return wg_error_set(err, rc, "out of memory");
	if (rc == 0) {
		tell(where, "wakegap's own decoder", "");
		return 0;
	}
	/* What is damaged nobody else reads. */
	if (way == WG_READER_CTF && !input->stream)
		return wg_error_set(
			err, rc, "%s, which only babeltrace2 reads: leave out --reader ctf", why);
	tell(where, "babeltrace2", why);
	ret->single = malloc(sizeof(*ret->single));
	if (!ret->single)
		return wg_error_set(err, -ENOMEM, "out of memory");
	ret->single->run[0] = &ret->single->event;
	(void)pthread_mutex_lock(&plugins);
	rc = open_probed(input, shared, &ret->babeltrace, err);
	(void)pthread_mutex_unlock(&plugins);
	if (rc < 0)
		wg__feed_close(ret);
	return rc;
}

int wg__feed_run(struct wg__feed *feed, const struct wg_event *const **ret_run, size_t *ret_count,
	struct wg_error *err)
{
	if (feed->ctf)
		return wg__ctf_run(feed->ctf, ret_run, ret_count, err);
	*ret_run = feed->single->run;
	*ret_count = 1;
	return wg__source_next(feed->babeltrace, &feed->single->event, err);
}

const struct wg__origin *wg__feed_origin(const struct wg__feed *feed)
{
	return feed->ctf ? wg__ctf_origin(feed->ctf) : wg__source_origin(feed->babeltrace);
}

uint64_t wg__feed_doubles(const struct wg__feed *feed)
{
	return feed->ctf ? wg__ctf_doubles(feed->ctf) : wg__source_doubles(feed->babeltrace);
}

bool wg__feed_stream(
	const struct wg__feed *feed, size_t i, const char **ret_file, uint64_t *ret_messages)
{
	return feed->ctf ? wg__ctf_stream(feed->ctf, i, ret_file, ret_messages)
			 : wg__source_stream(feed->babeltrace, i, ret_file, ret_messages);
}

bool wg__feed_bytes(const struct wg__feed *feed, uint64_t *ret_done, uint64_t *ret_all)
{
	if (feed->ctf)
		wg__ctf_bytes(feed->ctf, ret_done, ret_all);
	return feed->ctf != NULL;
}

bool wg__feed_is_open(const struct wg__feed *feed)
{
	return feed->ctf || feed->babeltrace;
}

void wg__feed_close(struct wg__feed *feed)
{
	wg__ctf_close(feed->ctf);
	if (feed->babeltrace) {
		(void)pthread_mutex_lock(&plugins);
		wg__source_close(feed->babeltrace);
		(void)pthread_mutex_unlock(&plugins);
	}
	free(feed->single);
	*feed = (struct wg__feed){ 0 };
}
