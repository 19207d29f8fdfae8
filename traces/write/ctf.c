/*
 * ctf.c: see ctf.h.
 *
 * Streams are runs of sorted records, packets of at most 64 KiB each. Streams have ascending
 * numbers, and where two records have one time readers take the lower stream first.
 */
#include "traces/write/ctf.h"

#include <endian.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "traces/base/names.h"
#include "traces/base/out.h"

#define MAGIC	     0xC1FC1FC1u
#define HEADER_BYTES 84
#define PACKET_BYTES (64u << 10)
#define NAME_MAX_LEN 255 /* of a module or symbol; longer ones are cut */
#define EVENT_MAX    (1024u)
#define PAGE_BYTES   4096u
#define PROCNAME     17

struct kept {
	struct wg_event ev;
	uint32_t number; /* keeps the order of equals */
};

struct wg_ctf {
	char *dir;
	struct wg_ctf_about about;
	uint8_t uuid[16];
	struct wg__names *names;
	struct kept *v;
	size_t count, cap;
	uint32_t streams;
	uint8_t *packet;
	size_t used;
	uint64_t sequence, discarded; /* of the stream */
	int rc;
	struct wg_error err;
};

/* --- bytes --- */

static void put(struct wg_ctf *c, uint64_t value, size_t size)
{
	uint64_t le = htole64(value);

	memcpy(c->packet + c->used, &le, size);
	c->used += size;
}

static void put_text(struct wg_ctf *c, const char *text)
{
	size_t len = strnlen(text, NAME_MAX_LEN);

	memcpy(c->packet + c->used, text, len);
	c->packet[c->used + len] = '\0';
	c->used += len + 1;
}

static void put_context(struct wg_ctf *c, const struct wg_event *ev)
{
	put(c, ev->record ? (uint64_t)ev->record : WG_CTF_LOOPS + (uint64_t)ev->type, 2);
	put(c, (uint64_t)ev->ts_ns, 8);
	put(c, ev->pid, 4);
	put(c, ev->tid, 4);
	memset(c->packet + c->used, 0, PROCNAME);
	memcpy(c->packet + c->used, ev->procname, strnlen(ev->procname, PROCNAME - 1));
	c->used += PROCNAME;
	put(c, ev->record ? 0 : ev->loop, 4);
}

static void put_loop_event(struct wg_ctf *c, const struct wg_event *ev)
{
	switch (ev->type) {
	case WG_EV_LOOP:
		put_text(c, ev->loop_.wait);
		put(c, (uint64_t)ev->loop_.tick_ns, 8);
		return;
	case WG_EV_SUBMIT:
		put(c, ev->op, 8);
		put(c, (uint64_t)ev->submit.kind, 1);
		put(c, (uint64_t)ev->submit.arg, 8);
		return;
	default: put(c, ev->op, 8); put(c, (uint64_t)ev->deliver.result, 8);
	}
}

static void put_wake(struct wg_ctf *c, const struct wg_event *ev)
{
	put(c, ev->thread_wake.reason, 1);
	put(c, 0, 4);
	put(c, (uint64_t)ev->thread_wake.ret, 8);
	put(c, ev->op, 8);
	put(c, ev->thread_wake.by_pid, 4);
	put(c, ev->thread_wake.by_tid, 4);
	put_text(c, ev->thread_wake.by_call);
	put(c, ev->thread_wake.by_site, 4);
	put(c, ev->thread_wake.certainty, 1);
	put(c, (uint64_t)ev->thread_wake.waking_ns, 8);
	put(c, (uint64_t)ev->thread_wake.oncpu_ns, 8);
}

/* At most EVENT_MAX bytes. */
static void put_event(struct wg_ctf *c, const struct wg_event *ev)
{
	put_context(c, ev);
	switch (ev->record) {
	case WG_RECORD_NONE: put_loop_event(c, ev); return;
	case WG_RECORD_WAIT:
		put(c, (uint64_t)ev->thread_wait.timeout_ns, 8);
		put(c, 0, 4);
		put(c, (uint64_t)ev->thread_wait.how, 1);
		put(c, ev->op, 8);
		put(c, ev->thread_wait.site, 4);
		put(c, (uint64_t)ev->thread_wait.cpu_ns, 8);
		put(c, (uint64_t)ev->thread_wait.calls, 8);
		put(c, (uint64_t)ev->thread_wait.did, 1);
		return;
	case WG_RECORD_WAKE: put_wake(c, ev); return;
	case WG_RECORD_NOTIFY:
		put(c, ev->op, 8);
		put(c, (uint64_t)ev->thread_notify.how, 1);
		put(c, (uint64_t)ev->thread_notify.value, 8);
		put(c, (uint64_t)ev->thread_notify.woke, 8);
		put(c, ev->thread_notify.site, 4);
		return;
	case WG_RECORD_OBJECT:
		put(c, ev->op, 8);
		put(c, (uint64_t)ev->object.kind, 1);
		put(c, (uint64_t)ev->object.fd, 4);
		put(c, ev->object.generation, 4);
		return;
	default:
		put(c, ev->site.id, 4);
		put_text(c, ev->site.module);
		put_text(c, ev->site.build_id);
		put(c, ev->site.offset, 8);
		put_text(c, ev->site.symbol);
	}
}

static void write_packet(struct wg_ctf *c, struct wg_out *out, uint64_t begin, uint64_t end)
{
	size_t used = c->used, size = (used + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;

	c->used = 0;
	put(c, MAGIC, 4);
	memcpy(c->packet + c->used, c->uuid, sizeof(c->uuid));
	c->used += sizeof(c->uuid);
	put(c, 0, 4); /* the kind of stream */
	put(c, c->streams, 8);
	put(c, begin, 8);
	put(c, end, 8);
	put(c, 8 * (uint64_t)used, 8);
	put(c, 8 * (uint64_t)size, 8);
	put(c, c->sequence++, 8);
	put(c, c->discarded, 8);
	put(c, 0, 4); /* processor */
	memset(c->packet + used, 0, size - used);
	wg_out_write(out, c->packet, size);
	c->used = HEADER_BYTES;
}

/* --- a run --- */

static int by_time(const void *a, const void *b)
{
	const struct kept *x = a, *y = b;

	if (x->ev.ts_ns != y->ev.ts_ns)
		return x->ev.ts_ns < y->ev.ts_ns ? -1 : 1;
	return (x->number > y->number) - (x->number < y->number);
}

/* A packet without events, at whose end the count of those that were lost is higher. */
static void write_hole(struct wg_ctf *c, struct wg_out *out, const struct wg_event *ev)
{
	uint64_t begin = (uint64_t)ev->lost.begin_ns, end = (uint64_t)ev->ts_ns;

	if (c->sequence == 0) /* a reader compares it with the packet before */
		write_packet(c, out, begin, begin);
	c->discarded += ev->lost.count ? ev->lost.count : 1;
	write_packet(c, out, begin, end);
}

static void write_events(struct wg_ctf *c, struct wg_out *out)
{
	size_t i, first = 0;

	c->used = HEADER_BYTES;
	c->sequence = c->discarded = 0;
	for (i = 0; i < c->count; i++) {
		bool is_hole = c->v[i].ev.type == WG_EV_LOST;

		if (c->used > HEADER_BYTES && (is_hole || c->used + EVENT_MAX > PACKET_BYTES))
			write_packet(c, out, (uint64_t)c->v[first].ev.ts_ns,
				(uint64_t)c->v[i - 1].ev.ts_ns);
		if (is_hole) {
			write_hole(c, out, &c->v[i].ev);
			continue;
		}
		if (c->used == HEADER_BYTES)
			first = i;
		put_event(c, &c->v[i].ev);
	}
	if (c->used > HEADER_BYTES)
		write_packet(c, out, (uint64_t)c->v[first].ev.ts_ns,
			(uint64_t)c->v[c->count - 1].ev.ts_ns);
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
	struct kept *k;

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
	*k = (struct kept){ *ev, (uint32_t)c->count };
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

int wg_ctf_create(const char *dir, const struct wg_ctf_about *about, struct wg_ctf **ret,
	struct wg_error *err)
{
	struct wg_ctf *c = calloc(1, sizeof(*c));

	if (c) {
		c->about = *about;
		c->dir = strdup(dir);
		c->names = wg__names_create();
		c->packet = malloc(PACKET_BYTES + PAGE_BYTES);
	}
	if (!c || !c->dir || !c->names || !c->packet) {
		if (c)
			(void)wg_ctf_finish(c, false, NULL);
		return wg_error_set(err, -ENOMEM, "out of memory");
	}
	if (getrandom(c->uuid, sizeof(c->uuid), 0) != sizeof(c->uuid)) {
		(void)wg_ctf_finish(c, false, NULL);
		return wg_error_set(err, -EIO, "cannot make a number for the trace");
	}
	*ret = c;
	return 0;
}

void wg_ctf_set_epoch(struct wg_ctf *c, bool is_epoch)
{
	c->about.is_epoch = is_epoch;
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

int wg_ctf_finish(struct wg_ctf *c, bool keep, struct wg_error *err)
{
	int rc = 0;

	if (!c)
		return 0;
	if (keep && c->rc == 0 && write_run(c) == 0)
		(void)write_metadata(c);
	rc = c->rc;
	if (c->dir && (!keep || rc < 0))
		remove_streams(c);
	if (rc < 0 && err)
		*err = c->err;
	free(c->dir);
	wg__names_destroy(c->names);
	free(c->packet);
	free(c->v);
	free(c);
	return rc;
}
