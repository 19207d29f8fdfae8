/*
 * ctf.c: see ctf.h.
 *
 *     metadata --> schema --> tables
 *     stream files --> items of each (ctf_stream.h) --> merged by time (ctf_take.c)
 */
#include "traces/read/ctf.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/read/budget.h"
#include "traces/read/ctf_impl.h"
#include "traces/read/descriptors.h"
#include "traces/read/files.h"
#include "traces/read/packets.h"

#define SPARE		  8   /* descriptors that opening takes besides the streams */
#define ITEMS_MAX	  512 /* of a chunk */
#define ITEMS_MIN	  16
#define CHUNKS_MAX	  16 /* of a stream, to be decoded ahead */
#define CHUNKS_MIN	  2
#define BUFFER_MAX	  (256u << 10)
#define BUFFER_MIN	  (16u << 10)
#define BYTES_FOR_THREADS (1u << 20) /* less is read before they run */
#define BUDGET_SHARE	  4	     /* all of its streams take at most that part of the budget */

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

static size_t stream_bytes(const struct wg__ctf *ctf, size_t buffer)
{
	return buffer + ctf->chunks * ctf->items_max * WG__CTF_ITEM_BYTES;
}

/* Memory for each stream: less if there are many. */
static int share_memory(
	struct wg__ctf *ctf, size_t count, size_t *ret_buffer, char *why, size_t len)
{
	uint64_t all = wg__budget_left() / BUDGET_SHARE, each = count ? all / count : all;

	*ret_buffer = BUFFER_MAX;
	ctf->items_max = ITEMS_MAX;
	ctf->chunks = CHUNKS_MAX;
	while (stream_bytes(ctf, *ret_buffer) > each) {
		if (*ret_buffer == BUFFER_MIN && ctf->items_max == ITEMS_MIN)
			return refuse(why, len, "more streams than there is memory for");
		if (*ret_buffer > BUFFER_MIN)
			*ret_buffer /= 2;
		if (ctf->chunks > CHUNKS_MIN)
			ctf->chunks /= 2;
		else if (ctf->items_max > ITEMS_MIN)
			ctf->items_max /= 2;
	}
	ctf->budget_bytes = (uint64_t)count * stream_bytes(ctf, *ret_buffer);
	wg__budget_take(ctf->budget_bytes);
	return 0;
}

static int by_number(const void *a, const void *b)
{
	const struct wg__ctf_stream_of *x = a, *y = b;

	if (x->channel != y->channel)
		return (uintptr_t)x->channel < (uintptr_t)y->channel ? -1 : 1;
	return (x->seen.instance > y->seen.instance) - (x->seen.instance < y->seen.instance);
}

/* Where times are equal the stream of the lower number is first, as in libbabeltrace2: by the
 * number of its kind, then by its own. Several files of one stream are left to libbabeltrace2,
 * which knows how to put them in order. */
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
	struct wg__ctf_stream_of *s = &ctf->stream[ctf->streams];
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
	s->has_procname = wg__ctf_has_context(ctf->tables, s->seen.stream, WG__CTF_PROCNAME);
	s->channel = (const void *)(uintptr_t)(ctf->schema.stream[s->seen.stream].id + 1);
	if (s->seen.bytes == 0) { /* as if it were not there */
		wg__ctf_stream_close(s->file);
		free(s->name);
		*s = (struct wg__ctf_stream_of){ 0 };
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
		rc = ctf->stream ? 0 : -ENOMEM;
	}
	for (i = 0; i < names.count && rc == 0; i++)
		rc = open_stream(ctf, dir, names.line[i], buffer_bytes, why, len);
	wg__notes_fini(&names);
	return rc < 0 ? rc : sort_streams(ctf, why, len);
}

static int begin(struct wg__ctf *ctf)
{
	size_t i;
	int rc = 0;

	ctf->pool = wg__ctf_pool_create(ctf->streams, ctf->items_max, ctf->chunks);
	if (!ctf->pool)
		return -ENOMEM;
	for (i = 0; i < ctf->streams && rc == 0; i++) {
		rc = wg__ctf_pool_add(ctf->pool, ctf->stream[i].file);
		ctf->stream[i].file = NULL;
	}
	if (rc < 0)
		return rc;
	wg__ctf_pool_start(ctf->pool, ctf->bytes >= BYTES_FOR_THREADS);
	for (i = 0; i < ctf->streams && rc == 0; i++) {
		ctf->stream[i].items = wg__ctf_pool_take(ctf->pool, i);
		rc = wg__order_add(&ctf->order, ctf->stream[i].items->tag[0].at_ns, i);
	}
	return rc;
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

/* Of several channels, what is in two of them is counted. */
bool wg__ctf_narrow(struct wg__ctf *ctf, const struct wg__ctf_window *window)
{
	if (ctf->schema.stream_count != 1 || !wg__ctf_is_plain(ctf->tables))
		return false;
	ctf->is_narrow = true;
	wg__ctf_pool_narrow(ctf->pool, window);
	return true;
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
	free(ctf->order.head);
	wg__budget_give_back(ctf->budget_bytes);
	wg__ctf_tables_destroy(ctf->tables);
	wg__ctf_schema_fini(&ctf->schema);
	wg__doubles_fini(&ctf->doubles);
	free(ctf->dir);
	free(ctf);
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
