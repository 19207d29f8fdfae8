/*
 * ctf.c: see ctf.h.
 *
 * Streams are runs of sorted records, packets of at most 64 KiB each. Streams have ascending
 * numbers, and where two records have one time readers take the lower stream first.
 */
#include "traces/write/ctf.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "traces/base/names.h"
#include "traces/base/out.h"
#include "traces/write/ctf_impl.h"

/* --- a run --- */

static int by_time(const void *a, const void *b)
{
	const struct wg__ctf_kept *x = a, *y = b;

	if (x->ev.ts_ns != y->ev.ts_ns)
		return x->ev.ts_ns < y->ev.ts_ns ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

static void write_packet(struct wg_ctf *c, struct wg_out *out, int64_t begin_ns, int64_t end_ns)
{
	const struct wg__ctf_head head = { c->uuid, c->streams, begin_ns, end_ns, c->sequence++,
		c->discarded };

	wg_out_write(out, c->packet.bytes, wg__ctf_seal(&c->packet, &head));
	c->packet.used = WG__CTF_HEADER;
}

/* A packet without events, at whose end the count of those that were lost is higher. */
static void write_hole(struct wg_ctf *c, struct wg_out *out, const struct wg_event *ev)
{
	int64_t begin = ev->lost.begin_ns, end = ev->ts_ns;

	if (c->sequence == 0) /* a reader compares it with the packet before */
		write_packet(c, out, begin, begin);
	c->discarded += ev->lost.count ? ev->lost.count : 1;
	write_packet(c, out, begin, end);
}

static void write_events(struct wg_ctf *c, struct wg_out *out)
{
	size_t i, first = 0;

	c->packet.used = WG__CTF_HEADER;
	c->sequence = c->discarded = 0;
	for (i = 0; i < c->count; i++) {
		bool is_hole = c->v[i].ev.type == WG_EV_LOST;

		if (c->packet.used > WG__CTF_HEADER &&
			(is_hole || c->packet.used + WG__CTF_EVENT > WG__CTF_BYTES))
			write_packet(c, out, c->v[first].ev.ts_ns, c->v[i - 1].ev.ts_ns);
		if (is_hole) {
			write_hole(c, out, &c->v[i].ev);
			continue;
		}
		if (c->packet.used == WG__CTF_HEADER)
			first = i;
		wg__ctf_put_event(&c->packet, &c->v[i].ev);
	}
	if (c->packet.used > WG__CTF_HEADER)
		write_packet(c, out, c->v[first].ev.ts_ns, c->v[c->count - 1].ev.ts_ns);
}

static int fail(struct wg_ctf *c, int rc)
{
	if (!c->err.text[0])
		(void)wg_error_set(&c->err, rc, "cannot write the trace: %s", strerror(-rc));
	return c->rc = rc;
}

static int open_file(struct wg_ctf *c, const char *name, unsigned number, struct wg_out *out)
{
	char *path;
	int rc = asprintf(&path, name, c->dir, number);

	if (rc < 0)
		return -ENOMEM;
	rc = wg_out_open(out, path, &c->err);
	free(path);
	return rc;
}

static int write_run(struct wg_ctf *c)
{
	struct wg_out out;
	int rc;

	if (c->count == 0)
		return 0;
	qsort(c->v, c->count, sizeof(*c->v), by_time);
	if (c->about.grows) {
		rc = wg__ctf_lanes_write(c);
		return rc < 0 ? fail(c, rc) : 0;
	}
	rc = open_file(c, "%s/wakegap_%u", c->streams, &out);
	if (rc < 0)
		return fail(c, rc);
	write_events(c, &out);
	rc = wg_out_close(&out, true, &c->err);
	c->streams++;
	c->count = 0;
	return rc < 0 ? fail(c, rc) : 0;
}

/* --- from outside --- */

static const char *copy(struct wg_ctf *c, const char *name)
{
	const char *kept = wg__names_intern(c->names, name ? name : "");

	if (!kept)
		(void)fail(c, -ENOMEM);
	return kept;
}

static bool is_written(const struct wg_event *ev)
{
	if (ev->ts_ns < 0 || ev->record >= WG_RECORD_COUNT)
		return false;
	if (ev->type == WG_EV_LOST)
		return ev->lost.begin_ns >= 0 && ev->lost.begin_ns <= ev->ts_ns;
	return ev->record != WG_RECORD_NONE || ev->type == WG_EV_LOOP || ev->type == WG_EV_SUBMIT ||
	       ev->type == WG_EV_DELIVER;
}

int wg_ctf_add(struct wg_ctf *c, const struct wg_event *ev)
{
	struct wg__ctf_kept *k;

	if (c->rc < 0)
		return c->rc;
	if (!is_written(ev))
		return -EINVAL;
	/* A wake stays in the run of its wait. */
	if (c->count >= WG_CTF_RUN && ev->record != WG_RECORD_WAKE && write_run(c) < 0)
		return c->rc;
	if (wg__grow(&c->v, &c->cap, c->count, sizeof(*c->v)) < 0)
		return fail(c, -ENOMEM);
	k = &c->v[c->count];
	*k = (struct wg__ctf_kept){ *ev, (uint32_t)c->count };
	k->ev.procname = copy(c, ev->procname);
	if (ev->record == WG_RECORD_NONE && ev->type == WG_EV_LOOP)
		k->ev.loop_.wait = copy(c, ev->loop_.wait);
	if (ev->record == WG_RECORD_WAKE)
		k->ev.thread_wake.by_call = copy(c, ev->thread_wake.by_call);
	if (ev->record == WG_RECORD_SITE) {
		k->ev.site.module = copy(c, ev->site.module);
		k->ev.site.build_id = copy(c, ev->site.build_id);
		k->ev.site.symbol = copy(c, ev->site.symbol);
	}
	c->count += c->rc == 0;
	return c->rc;
}

static int write_metadata(struct wg_ctf *c)
{
	char *text = wg__ctf_metadata(&c->about, c->uuid);
	struct wg_out out;
	int rc;

	if (!text)
		return fail(c, -ENOMEM);
	rc = open_file(c, "%s/metadata", 0, &out);
	if (rc == 0) {
		wg_out_text(&out, text);
		rc = wg_out_close(&out, true, &c->err);
	}
	free(text);
	return rc < 0 ? fail(c, rc) : 0;
}

int wg_ctf_create(const char *dir, const struct wg_ctf_about *about, struct wg_ctf **ret,
	struct wg_error *err)
{
	struct wg_ctf *c = calloc(1, sizeof(*c));

	if (c) {
		c->about = *about;
		c->dir_fd = about->grows ? open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC) : -1;
		c->dir = strdup(dir);
		c->names = wg__names_create();
		c->packet.bytes = malloc(WG__CTF_BUFFER);
	}
	if (!c || !c->dir || !c->names || !c->packet.bytes) {
		if (c)
			(void)wg_ctf_finish(c, false, NULL);
		return wg_error_set(err, -ENOMEM, "out of memory");
	}
	if (getrandom(c->uuid, sizeof(c->uuid), 0) != sizeof(c->uuid)) {
		(void)wg_ctf_finish(c, false, NULL);
		return wg_error_set(err, -EIO, "cannot make a number for the trace");
	}
	if (about->grows && write_metadata(c) < 0)
		return wg_ctf_finish(c, false, err);
	*ret = c;
	return 0;
}

void wg_ctf_set_epoch(struct wg_ctf *c, bool is_epoch)
{
	c->about.is_epoch = is_epoch;
}

int wg_ctf_flush(struct wg_ctf *c)
{
	return c->rc < 0 ? c->rc : write_run(c);
}

struct wg_ctf_dropped wg_ctf_dropped(const struct wg_ctf *c)
{
	return c->dropped;
}

static void remove_streams(const struct wg_ctf *c)
{
	char *path;
	uint32_t i;

	for (i = 0; i < c->streams; i++) {
		if (asprintf(&path, "%s/wakegap_%u", c->dir, i) < 0)
			return;
		(void)unlink(path);
		free(path);
	}
}

/* One that has grown stays as it is after an error. */
static void remove_files(const struct wg_ctf *c, bool keep)
{
	if (c->about.grows && !keep)
		(void)unlinkat(c->dir_fd, "metadata", 0);
	else if (!c->about.grows && (!keep || c->rc < 0))
		remove_streams(c);
}

int wg_ctf_finish(struct wg_ctf *c, bool keep, struct wg_error *err)
{
	int rc = 0;

	if (!c)
		return 0;
	if (keep && c->rc == 0 && write_run(c) == 0 && !c->about.grows)
		(void)write_metadata(c);
	rc = c->rc;
	if (c->dir)
		remove_files(c, keep);
	wg__ctf_lanes_fini(c, keep);
	if (c->dir_fd >= 0)
		(void)close(c->dir_fd);
	if (rc < 0 && err)
		*err = c->err;
	free(c->dir);
	wg__names_destroy(c->names);
	free(c->packet.bytes);
	free(c->v);
	free(c);
	return rc;
}
