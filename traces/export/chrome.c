/*
 * chrome.c: trace-event JSON, which chrome://tracing, Perfetto and speedscope read.
 *
 * Times are microseconds with three decimals from the beginning of the trace: as doubles these are
 * exact to the nanosecond for more than a hundred days, which times since the Epoch are not. Arrows
 * are flow events (s, t, f); each follows the slice it belongs to and has that slice's begin for
 * its time, so no reader can bind it to another one.
 *
 * Slices are B and E, not X with a duration: a reader that adds ts and dur as doubles (speedscope)
 * may get an end just after the next begin, and nest slices that are neighbours.
 */
#include <stdio.h>
#include <string.h>

#include "traces/base/format.h"
#include "traces/base/names.h"
#include "traces/base/text_out.h"
#include "traces/export/rows.h"
#include "traces/export/tracks.h"

#define LINE_BYTES 512 /* the longest line of our own words and numbers, and COPIED more */
#define NS_PER_MS  1000000
#define COPIED	   32 /* bytes at a time: a few moves, where a call for each piece costs more */

/* ","pid":1,"tid":2,"ts":3 of the last event: the next one is often of the same thread and ms. */
struct whose {
	uint32_t pid, tid;
	int64_t ms; /* 0: not in the text */
	size_t len; /* 0: none yet */
	char text[64];
};

/* ,"cat":"loop","name":"wake" of a kind of slices. */
struct kind {
	size_t len; /* 0: not made yet */
	char text[2 * COPIED];
};

struct chrome {
	struct wg_out *out;
	bool has_events;
	struct whose whose;
	uint32_t counted;	 /* the track of the last count; `ready` is its counter */
	struct wg__quoted ready; /* its name; len 0: none yet */
	struct wg__notes notes;
	char rest[LINE_BYTES];			      /* of a slice, all but its times */
	struct kind kind[2][2][WG__SLICE_KIND_COUNT]; /* of loops, of threads */
};

/* --- pieces --- */

/* Its length is known where text is a literal: then a copy is a few moves. */
static inline char *put(char *to, const char *text)
{
	size_t len = strlen(text);

	/* NOLINTNEXTLINE(bugprone-not-null-terminated-result): a piece */
	memcpy(to, text, len);
	return to + len;
}

/* May write COPIED bytes more. */
static inline char *put_copy(char *to, const char *from, size_t len)
{
	size_t i;

	for (i = 0; i < len; i += COPIED)
		memcpy(to + i, from + i, COPIED);
	return to + len;
}

static void set_whose(struct whose *whose, uint32_t pid, uint32_t tid, int64_t ms)
{
	char *to = put(whose->text, "\",\"pid\":");

	to = put(wg_put_u64(to, pid), ",\"tid\":");
	to = put(wg_put_u64(to, tid), ",\"ts\":");
	if (ms)
		to = wg_put_u64(to, (uint64_t)ms);
	whose->len = (size_t)(to - whose->text);
	whose->pid = pid;
	whose->tid = tid;
	whose->ms = ms;
}

/*
 * {"ph":"X","pid":1,"tid":2,"ts":3.004 of a new event; the caller goes on from where this ends, for
 * at most LINE_BYTES, and says by wg_out_took() up to where.
 */
static char *begin_event(struct chrome *c, char phase, uint32_t pid, uint32_t tid, int64_t t_ns)
{
	char *to = wg_out_room(c->out, (size_t)2 * LINE_BYTES);
	int64_t ms = t_ns > 0 ? t_ns / NS_PER_MS : 0;

	if (!c->whose.len || c->whose.ms != ms || c->whose.pid != pid || c->whose.tid != tid)
		set_whose(&c->whose, pid, tid, ms);
	if (c->has_events)
		*to++ = ',';
	c->has_events = true;
	to = put(to, "\n{\"ph\":\"");
	*to++ = phase;
	memcpy(to, c->whose.text, sizeof(c->whose.text));
	to += c->whose.len;
	return ms ? wg_put_us_of_ms(to, (uint32_t)(t_ns - ms * NS_PER_MS)) : wg_put_us(to, t_ns);
}

static void name_event(
	struct chrome *c, uint32_t pid, uint32_t tid, const char *what, const char *name)
{
	char *to = put(begin_event(c, 'M', pid, tid, 0), ",\"name\":\"");

	wg_out_took(c->out, put(put(to, what), "\",\"args\":{\"name\":"));
	wg_out_json(c->out, name);
	wg_out_text(c->out, "}}");
}

/* --- tracks --- */

static void on_process(void *user, uint32_t pid, const char *name)
{
	name_event(user, pid, 0, "process_name", name);
}

static void on_track(void *user, const struct wg__track *track)
{
	struct chrome *c = user;
	char *to;

	name_event(c, track->pid, track->tid, "thread_name", track->name);
	to = put(begin_event(c, 'M', track->pid, track->tid, 0),
		",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":");
	/* Loops above those who work for them. */
	to = wg_put_json_i64(to, (int64_t)track->id + (track->is_loop ? 0 : 1 << 20));
	wg_out_took(c->out, put(to, "}}"));
}

static void awake_edge(struct chrome *c, char phase, const struct wg__track *track, int64_t t_ns)
{
	char *to = put(begin_event(c, phase, track->pid, track->tid, t_ns), ",\"cat\":\"");

	wg_out_took(c->out, put(put(to, wg__track_category(track)), "\",\"name\":\"awake\"}"));
}

static void on_begin(void *user, const struct wg__track *track, int64_t t_ns)
{
	awake_edge(user, 'B', track, t_ns);
}

static void on_end(void *user, const struct wg__track *track, int64_t t_ns)
{
	awake_edge(user, 'E', track, t_ns);
}

/* Goes before a key of args: ,"args":{" before the first one. */
static inline char *put_key(char *to, const char **before, const char *key)
{
	to = put(put(to, *before), key);
	*before = ",\"";
	return put(to, "\":");
}

/* A word of ours, as schema.h has them: nothing in it has to be escaped. */
static char *put_word(char *to, const char **before, const char *key, const char *word)
{
	to = put(put_key(to, before, key), "\"");
	return put(put(to, word), "\"");
}

/* ,"args":{...}: what of a slice has a meaning. */
static char *put_args(char *to, const struct wg__slice *slice)
{
	static const char first[] = ",\"args\":{\"";
	const char *before = first, *number_key = wg__slice_number(slice);

	if (slice->op)
		to = wg_put_json_u64(put_key(to, &before, "op"), slice->op);
	if (slice->op_kind != WG_KIND_UNKNOWN)
		to = put_word(to, &before, "kind", wg_kind_name(slice->op_kind));
	if (slice->reason != WG_REASON_UNKNOWN)
		to = put_word(to, &before, "reason", wg_reason_name(slice->reason));
	if (number_key)
		to = wg_put_json_i64(put_key(to, &before, number_key), slice->number);
	if (slice->in)
		to = put_word(to, &before, "in", slice->in);
	if (slice->class)
		to = put_word(to, &before, "class", slice->class);
	if (slice->by_tid)
		to = wg_put_u64(put_key(to, &before, "by"), slice->by_tid);
	if (slice->certainty)
		to = put_word(to, &before, "certainty", slice->certainty);
	if (slice->open)
		to = put(put_key(to, &before, "open"), "true");
	return before == first ? to : put(to, "}");
}

static void write_flow(struct chrome *c, const struct wg__track *track,
	const struct wg__slice *slice, const struct wg__flow *flow)
{
	static const char phases[] = {
		[WG__FLOW_BEGIN] = 's',
		[WG__FLOW_STEP] = 't',
		[WG__FLOW_END] = 'f',
	};
	char *to = begin_event(c, phases[flow->role], track->pid, track->tid, slice->begin_ns);

	/* bp:e binds to the slice around it; without it `f` takes the next one. */
	if (slice->is_thread)
		to = put(to, ",\"bp\":\"e\",\"cat\":\"thread\",\"name\":\"notify\",\"id\":");
	else
		to = put(to, ",\"bp\":\"e\",\"cat\":\"operation\",\"name\":\"result\",\"id\":");
	wg_out_took(c->out, put(wg_put_json_u64(to, flow->id), "}"));
}

static void set_kind(struct kind *kind, const struct wg__track *track, enum wg__slice_kind of)
{
	char *to = put(put(kind->text, ",\"cat\":\""), wg__track_category(track));

	to = put(put(put(to, "\",\"name\":\""), wg__slice_name(of)), "\"");
	kind->len = (size_t)(to - kind->text);
}

/* All of a slice but its times; its length. */
static size_t put_rest(
	struct chrome *c, const struct wg__track *track, const struct wg__slice *slice)
{
	struct kind *kind = &c->kind[track->is_loop][track->is_thread][slice->kind];

	if (!kind->len)
		set_kind(kind, track, slice->kind);
	memcpy(c->rest, kind->text, sizeof(kind->text));
	return (size_t)(put(put_args(c->rest + kind->len, slice), "}") - c->rest);
}

/* Where a slice begins, and where it ends: both say all of it, by which speedscope pairs them. */
static void on_slice(void *user, const struct wg__track *track, const struct wg__slice *slice)
{
	struct chrome *c = user;
	size_t i, len = put_rest(c, track, slice);
	char *to = begin_event(c, 'B', track->pid, track->tid, slice->begin_ns);

	wg_out_took(c->out, put_copy(to, c->rest, len));
	for (i = 0; i < slice->flow_count; i++)
		write_flow(c, track, slice, &slice->flows[i]);
	to = begin_event(c, 'E', track->pid, track->tid, slice->end_ns);
	wg_out_took(c->out, put_copy(to, c->rest, len));
}

static void on_ready(void *user, const struct wg__track *track, int64_t t_ns, uint64_t count)
{
	struct chrome *c = user;
	char *to = put(begin_event(c, 'C', track->pid, track->tid, t_ns), ",\"name\":");
	char name[128];

	if (!c->ready.len || c->counted != track->id) {
		/* Counters belong to a process, so the name says which loop. */
		(void)snprintf(name, sizeof(name), "ready results, %s", track->name);
		wg__jsonl_rows.quote(name, &c->ready);
		c->counted = track->id;
	}
	if (c->ready.len) {
		to = put_copy(to, c->ready.bytes, c->ready.len);
	} else {
		wg_out_took(c->out, to);
		wg_out_json(c->out, name);
		to = wg_out_room(c->out, LINE_BYTES);
	}
	to = wg_put_json_u64(put(to, ",\"args\":{\"ready\":"), count);
	wg_out_took(c->out, put(to, "}}"));
}

static void on_lost(void *user, const char *trace, int64_t begin_ns, int64_t end_ns, uint64_t count)
{
	struct chrome *c = user;
	char *to = put(begin_event(c, 'i', 0, 0, end_ns),
		",\"s\":\"g\",\"cat\":\"trace\",\"name\":\"events lost\",\"args\":{\"trace\":");

	wg_out_took(c->out, to);
	wg_out_json(c->out, trace);
	to = put(wg_out_room(c->out, LINE_BYTES), ",\"since_ns\":");
	to = wg_put_json_i64(to, begin_ns);
	if (count)
		to = wg_put_json_u64(put(to, ",\"count\":"), count);
	wg_out_took(c->out, put(to, "}}"));
}

static void on_note(void *user, const char *trace, const char *line)
{
	wg__notes_add(&((struct chrome *)user)->notes, "%s: %s", trace, line);
}

static int export_chrome(const struct wg_export *ex, struct wg_error *err)
{
	static const struct wg__track_ops ops = { NULL, on_process, on_track, on_begin, on_end,
		on_slice, on_ready, on_lost, on_note };
	struct chrome c = { .out = ex->out };
	size_t i;
	int rc;

	wg_out_text(ex->out, "{\"traceEvents\":[");
	rc = wg__export_tracks(ex, &ops, &c, err);
	wg_out_text(ex->out, "\n],\n\"displayTimeUnit\":\"ns\",\n\"otherData\":{\"notes\":[");
	for (i = 0; i < c.notes.count; i++) {
		if (i)
			wg_out_char(ex->out, ',');
		wg_out_json(ex->out, c.notes.line[i]);
	}
	wg_out_text(ex->out, "]}}\n");
	wg__notes_fini(&c.notes);
	return rc;
}

const struct wg_export_format wg__format_chrome = { "chrome", "json",
	"for Perfetto, chrome://tracing, speedscope: trace-event JSON", WG_EXPORT_WHOLE,
	export_chrome };
