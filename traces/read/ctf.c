/*
 * ctf.c: see ctf.h.
 *
 *     metadata --> schema --> tables
 *     stream files --> items of each (ctf_stream.h) --> merged by time --> wg__ctf_next()
 *
 * Where times are equal the stream of the lower number is first, as in libbabeltrace2: by the
 * number of its kind, then by its own.
 */
#include "traces/read/ctf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/read/budget.h"
#include "traces/read/ctf_pool.h"
#include "traces/read/descriptors.h"
#include "traces/read/files.h"
#include "traces/read/packets.h"
#include "traces/read/take.h"

#define SPARE		  8 /* descriptors that opening takes besides the streams */
#define ITEMS_MAX	  1024
#define ITEMS_MIN	  16
#define BUFFER_MAX	  (256u << 10)
#define BUFFER_MIN	  (16u << 10)
#define BYTES_FOR_THREADS (1u << 20) /* less is read before they run */
#define BUDGET_SHARE	  4	     /* all of its streams take at most that part of the budget */

struct stream {
	char *name;
	struct wg__ctf_stream_file *file; /* until it is the pool's */
	struct wg__ctf_seen seen;
	const void *channel;	   /* what tells streams of another kind apart */
	bool has_vpid, has_pid_ns; /* contexts of its events */
	const struct wg__ctf_item *item;
	size_t items, next;
	uint64_t messages;
};

struct wg__ctf {
	struct wg__shared *shared;
	char *dir;
	struct wg__ctf_schema schema;
	struct wg__ctf_tables *tables;
	struct wg__ctf_pool *pool;
	struct stream *stream;
	size_t streams;
	size_t *heap; /* those that have an item, the earliest first */
	size_t heap_count;
	size_t items_max;
	uint64_t bytes, budget_bytes; /* of its files; of memory */
	bool has_origin;
	struct wg__origin origin;
	struct wg__doubles doubles;
	/* The last pid namespace. */
	bool has_ns;
	uint64_t ns;
	uint32_t space_in_ns;
};

/* ---- opening ---- */

static int refuse(char *why, size_t len, const char *text)
{
	(void)snprintf(why, len, "%s", text);
	return -ENOTSUP;
}

static int read_metadata(struct wg__ctf *ctf, const char *dir, char *why, size_t len)
{
	uint8_t uuid[16];
	bool has_uuid;
	char *text;
	int rc = wg__metadata_text(dir, &text, uuid, &has_uuid);

	if (rc == -ENOMEM)
		return rc;
	if (rc < 0)
		return refuse(why, len, "metadata of another form");
	rc = wg__ctf_parse(text, &ctf->schema, why, len);
	free(text);
	if (rc == 0 && has_uuid && memcmp(uuid, ctf->schema.uuid, sizeof(uuid)) != 0)
		rc = refuse(why, len, "metadata of another trace");
	if (rc < 0)
		return rc;
	ctf->tables = wg__ctf_tables_create(&ctf->schema, ctf->shared->names);
	return ctf->tables ? 0 : -ENOMEM;
}

/* Memory for each stream: less if there are many. */
static int share_memory(
	struct wg__ctf *ctf, size_t count, size_t *ret_buffer, char *why, size_t len)
{
	uint64_t all = wg__budget_left() / BUDGET_SHARE, each = count ? all / count : all;
	size_t item = 2 * sizeof(struct wg__ctf_item); /* two chunks of them */

	*ret_buffer = BUFFER_MAX;
	ctf->items_max = ITEMS_MAX;
	while (*ret_buffer + ctf->items_max * item > each && *ret_buffer > BUFFER_MIN) {
		*ret_buffer /= 2;
		ctf->items_max /= 2;
	}
	if (*ret_buffer + ctf->items_max * item > each || ctf->items_max < ITEMS_MIN)
		return refuse(why, len, "more streams than there is memory for");
	ctf->budget_bytes = (uint64_t)count * (*ret_buffer + ctf->items_max * item);
	wg__budget_take(ctf->budget_bytes);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct stream *x = a, *y = b;

	if (x->channel != y->channel)
		return (uintptr_t)x->channel < (uintptr_t)y->channel ? -1 : 1;
	return (x->seen.instance > y->seen.instance) - (x->seen.instance < y->seen.instance);
}

/* Several files of one stream are left to libbabeltrace2, which knows how to put them in order. */
static int sort_streams(struct wg__ctf *ctf, char *why, size_t len)
{
	size_t i;

	if (ctf->streams)
		qsort(ctf->stream, ctf->streams, sizeof(*ctf->stream), by_number);
	for (i = 1; i < ctf->streams; i++) {
		if (by_number(&ctf->stream[i - 1], &ctf->stream[i]) == 0)
			return refuse(why, len, "a stream of several files");
	}
	return 0;
}

static int open_stream(struct wg__ctf *ctf, const char *dir, const char *name, size_t buffer_bytes,
	char *why, size_t len)
{
	struct stream *s = &ctf->stream[ctf->streams];
	int rc;

	s->name = strdup(name);
	ctf->streams++; /* from here on it is freed with the others */
	if (!s->name)
		return -ENOMEM;
	rc = wg__ctf_stream_open(
		dir, name, &ctf->schema, ctf->tables, buffer_bytes, &s->file, &s->seen, why, len);
	if (rc < 0)
		return rc;
	ctf->bytes += s->seen.bytes;
	s->has_vpid = wg__ctf_has_context(ctf->tables, s->seen.stream, WG__CTF_VPID);
	s->has_pid_ns = wg__ctf_has_context(ctf->tables, s->seen.stream, WG__CTF_PID_NS);
	s->channel = (const void *)(uintptr_t)(ctf->schema.stream[s->seen.stream].id + 1);
	if (s->seen.bytes == 0) { /* as if it were not there */
		wg__ctf_stream_close(s->file);
		free(s->name);
		*s = (struct stream){ 0 };
		ctf->streams--;
	}
	return 0;
}

static int open_streams(struct wg__ctf *ctf, const char *dir, char *why, size_t len)
{
	struct wg__notes names = { 0 };
	size_t i, buffer_bytes = 0;
	int rc = wg__files_all(dir, &names);

	if (rc == 0 && wg__descriptors_lack(names.count + SPARE) && !wg__descriptors_raise())
		rc = refuse(why, len, "more streams than may be open");
	else if (rc < 0 && rc != -ENOMEM)
		rc = refuse(why, len, "a folder that cannot be read");
	if (rc == 0)
		rc = share_memory(ctf, names.count, &buffer_bytes, why, len);
	if (rc == 0) {
		ctf->stream = calloc(names.count + 1, sizeof(*ctf->stream));
		ctf->heap = calloc(names.count + 1, sizeof(*ctf->heap));
		rc = ctf->stream && ctf->heap ? 0 : -ENOMEM;
	}
	for (i = 0; i < names.count && rc == 0; i++)
		rc = open_stream(ctf, dir, names.line[i], buffer_bytes, why, len);
	wg__notes_fini(&names);
	return rc < 0 ? rc : sort_streams(ctf, why, len);
}

/* ---- items in the order of time ---- */

static const struct wg__ctf_item *head(const struct wg__ctf *ctf, size_t stream)
{
	const struct stream *s = &ctf->stream[stream];

	return &s->item[s->next];
}

static bool is_before(const struct wg__ctf *ctf, size_t a, size_t b)
{
	int64_t a_ns = head(ctf, a)->at_ns, b_ns = head(ctf, b)->at_ns;

	return a_ns < b_ns || (a_ns == b_ns && a < b);
}

/* The one at place i may be later than those below it. */
static void sink(struct wg__ctf *ctf, size_t i)
{
	size_t stream = ctf->heap[i], child;

	while ((child = 2 * i + 1) < ctf->heap_count) {
		if (child + 1 < ctf->heap_count &&
			is_before(ctf, ctf->heap[child + 1], ctf->heap[child]))
			child++;
		if (!is_before(ctf, ctf->heap[child], stream))
			break;
		ctf->heap[i] = ctf->heap[child];
		i = child;
	}
	ctf->heap[i] = stream;
}

static void refill(struct wg__ctf *ctf, size_t stream)
{
	struct stream *s = &ctf->stream[stream];

	s->item = wg__ctf_pool_take(ctf->pool, stream, &s->items);
	s->next = 0;
}

static int begin(struct wg__ctf *ctf)
{
	size_t i;
	int rc = 0;

	ctf->pool = wg__ctf_pool_create(ctf->streams, ctf->items_max);
	if (!ctf->pool)
		return -ENOMEM;
	for (i = 0; i < ctf->streams && rc == 0; i++) {
		rc = wg__ctf_pool_add(ctf->pool, ctf->stream[i].file);
		ctf->stream[i].file = NULL;
	}
	if (rc < 0)
		return rc;
	wg__ctf_pool_start(ctf->pool, ctf->bytes >= BYTES_FOR_THREADS);
	for (i = 0; i < ctf->streams; i++) {
		refill(ctf, i);
		ctf->heap[i] = i;
	}
	ctf->heap_count = ctf->streams;
	for (i = ctf->heap_count / 2; i-- > 0;)
		sink(ctf, i);
	return 0;
}

int wg__ctf_open(
	const char *dir, struct wg__shared *shared, struct wg__ctf **ret, char *why, size_t len)
{
	struct wg__ctf *ctf = calloc(1, sizeof(*ctf));
	int rc;

	if (!ctf)
		return -ENOMEM;
	ctf->shared = shared;
	ctf->dir = strdup(shared->folder ? shared->folder : dir);
	rc = ctf->dir ? read_metadata(ctf, dir, why, len) : -ENOMEM;
	if (rc == 0)
		rc = open_streams(ctf, dir, why, len);
	if (rc == 0)
		rc = begin(ctf);
	if (rc < 0) {
		wg__ctf_close(ctf);
		return rc;
	}
	*ret = ctf;
	return 0;
}

void wg__ctf_close(struct wg__ctf *ctf)
{
	size_t i;

	if (!ctf)
		return;
	wg__ctf_pool_destroy(ctf->pool);
	for (i = 0; i < ctf->streams; i++) {
		wg__ctf_stream_close(ctf->stream[i].file);
		free(ctf->stream[i].name);
	}
	free(ctf->stream);
	free(ctf->heap);
	wg__budget_give_back(ctf->budget_bytes);
	wg__ctf_tables_destroy(ctf->tables);
	wg__ctf_schema_fini(&ctf->schema);
	wg__doubles_fini(&ctf->doubles);
	free(ctf->dir);
	free(ctf);
}

/* ---- events ---- */

/* Known with the first message, as that of source.c is. */
static int learn_origin(struct wg__ctf *ctf)
{
	const struct wg__ctf_schema *s = &ctf->schema;
	struct wg__origin *o = &ctf->origin;
	struct wg__names *names = ctf->shared->names;

	ctf->has_origin = true;
	o->clock.has_uuid = s->clock_has_uuid;
	memcpy(o->clock.uuid, s->clock_uuid, sizeof(o->clock.uuid));
	o->clock.is_real = s->clock_is_absolute && s->offset_s > 0;
	if (o->clock.is_real)
		o->clock.offset_ns = s->offset_s * 1000000000 + s->offset_ns;
	o->pid = (uint32_t)s->vpid;
	o->procname = wg__names_intern(names, s->procname);
	o->clock.host = wg__names_intern(names, s->hostname);
	return wg__origin_place(o, s->uuid, ctf->dir, names, &ctf->shared->spaces);
}

static int find_space(struct wg__ctf *ctf, const struct stream *s, uint64_t ns, struct wg_event *ev)
{
	ev->space = ctf->origin.space & INT32_MAX;
	if (!s->has_pid_ns)
		return 0;
	if (!ctf->has_ns || ctf->ns != ns) {
		if (wg__space_in(&ctf->shared->spaces, ctf->origin.space, ns, &ctf->space_in_ns) <
			0)
			return -ENOMEM;
		ctf->has_ns = true;
		ctf->ns = ns;
	}
	ev->space = ctf->space_in_ns & INT32_MAX;
	return 0;
}

static int take_event(struct wg__ctf *ctf, const struct stream *s, const struct wg__ctf_item *item,
	struct wg_event *ret)
{
	*ret = item->event;
	if (!s->has_vpid)
		ret->pid = ctf->origin.pid;
	if (!ret->procname)
		ret->procname = ctf->origin.procname;
	if (find_space(ctf, s, item->ns, ret) < 0)
		return -ENOMEM;
	return wg__take_event(
		ctf->shared, ctf->schema.stream_count > 1 ? &ctf->doubles : NULL, s->channel, ret);
}

/* 1 an event, 0 nothing for us, -errno. */
static int take(struct wg__ctf *ctf, struct stream *s, const struct wg__ctf_item *item,
	struct wg_event *ret)
{
	const struct wg_event *ev = &item->event;
	bool is_message = item->what <= WG__CTF_LOST_PACKETS;

	s->messages += item->foreign + (uint64_t)is_message;
	ctf->shared->foreign += item->foreign;
	if (!ctf->has_origin && (item->foreign || is_message) && learn_origin(ctf) < 0)
		return -ENOMEM;
	switch (item->what) {
	case WG__CTF_EVENT: return take_event(ctf, s, item, ret);
	case WG__CTF_LOST_PACKETS:
		wg__take_lost_packets(ctf->shared, s->name, ev->lost.count);
		wg__take_lost_events(ctf->shared, s->name, ev->lost.begin_ns, ev->ts_ns, 0, ret);
		return 1;
	case WG__CTF_LOST_EVENTS:
		wg__take_lost_events(
			ctf->shared, s->name, ev->lost.begin_ns, ev->ts_ns, ev->lost.count, ret);
		return 1;
	case WG__CTF_BROKEN: return -EIO;
	case WG__CTF_NO_ROOM: return -ENOMEM;
	default: return 0;
	}
}

int wg__ctf_next(struct wg__ctf *ctf, struct wg_event *ret, struct wg_error *err)
{
	while (ctf->heap_count) {
		struct stream *s = &ctf->stream[ctf->heap[0]];
		enum wg__ctf_what what = s->item[s->next].what;
		int rc = take(ctf, s, &s->item[s->next], ret);

		if (rc < 0)
			return wg_error_set(err, rc, "%s",
				rc == -EIO ? "a packet cannot be decoded" : "out of memory");
		if (what == WG__CTF_LAST)
			ctf->heap[0] = ctf->heap[--ctf->heap_count];
		else if (++s->next == s->items)
			refill(ctf, ctf->heap[0]);
		if (ctf->heap_count > 1)
			sink(ctf, 0);
		if (rc > 0)
			return 1;
	}
	return 0;
}

const struct wg__origin *wg__ctf_origin(const struct wg__ctf *ctf)
{
	return ctf->has_origin ? &ctf->origin : NULL;
}

uint64_t wg__ctf_doubles(const struct wg__ctf *ctf)
{
	return ctf->doubles.count;
}

bool wg__ctf_stream(
	const struct wg__ctf *ctf, size_t i, const char **ret_file, uint64_t *ret_messages)
{
	if (i >= ctf->streams)
		return false;
	*ret_file = ctf->stream[i].name;
	*ret_messages = ctf->stream[i].messages;
	return true;
}
