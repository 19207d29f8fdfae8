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

/* ","pid":1,"tid":2,"ts": of the last event: the next one is often of the same thread. */
struct whose {
	uint32_t pid, tid;
	size_t len; /* 0: none yet */
	char text[64];
};

struct chrome {
	struct wg_out *out;
	bool has_events;
	struct whose whose;
	uint32_t counted;	 /* the track of the last count; `ready` is its counter */
	struct wg__quoted ready; /* its name; len 0: none yet */
	struct wg__notes notes;
	char slice[2 * WG_OUT_ROOM_MAX];
};

/* --- pieces --- */

static void number(struct wg_out *out, const char *key, int64_t value)
{
	char *to;

	wg_out_text(out, key);
	to = wg_out_room(out, WG_NUMBER_MAX);
	wg_out_took(out, wg_put_json_i64(to, value));
}

static void op_id(struct wg_out *out, const char *key, uint64_t value)
{
	char *to;

	wg_out_text(out, key);
	to = wg_out_room(out, WG_NUMBER_MAX + 2);
	wg_out_took(out, wg_put_json_u64(to, value));
}

static void set_whose(struct whose *whose, uint32_t pid, uint32_t tid)
{
	char *to = stpcpy(whose->text, "\",\"pid\":");

	to = stpcpy(wg_put_u64(to, pid), ",\"tid\":");
	to = stpcpy(wg_put_u64(to, tid), ",\"ts\":");
	whose->len = (size_t)(to - whose->text);
	whose->pid = pid;
	whose->tid = tid;
}

/* {"ph":"X","pid":1,"tid":2,"ts":3.004 of a new event; the caller goes on. */
static void begin_event(struct chrome *c, char phase, uint32_t pid, uint32_t tid, int64_t t_ns)
{
	char *to;

	if (!c->whose.len || c->whose.pid != pid || c->whose.tid != tid)
		set_whose(&c->whose, pid, tid);
	if (c->has_events)
		wg_out_char(c->out, ',');
	c->has_events = true;
	wg_out_text(c->out, "\n{\"ph\":\"");
	wg_out_char(c->out, phase);
	to = wg_out_room(c->out, sizeof(c->whose.text) + WG_NUMBER_MAX);
	/* All of it, since that is a few moves. */
	memcpy(to, c->whose.text, sizeof(c->whose.text));
	wg_out_took(c->out, wg_put_us(to + c->whose.len, t_ns));
}

static void name_event(
	struct chrome *c, uint32_t pid, uint32_t tid, const char *what, const char *name)
{
	begin_event(c, 'M', pid, tid, 0);
	wg_out_text(c->out, ",\"name\":\"");
	wg_out_text(c->out, what);
	wg_out_text(c->out, "\",\"args\":{\"name\":");
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

	name_event(c, track->pid, track->tid, "thread_name", track->name);
	begin_event(c, 'M', track->pid, track->tid, 0);
	wg_out_text(c->out, ",\"name\":\"thread_sort_index\",\"args\":{\"sort_index\":");
	/* Loops above those who work for them. */
	number(c->out, "", (int64_t)track->id + (track->is_loop ? 0 : 1 << 20));
	wg_out_text(c->out, "}}");
}

static void awake_edge(struct chrome *c, char phase, const struct wg__track *track, int64_t t_ns)
{
	begin_event(c, phase, track->pid, track->tid, t_ns);
	wg_out_text(c->out, ",\"cat\":\"");
	wg_out_text(c->out, wg__track_category(track));
	wg_out_text(c->out, "\",\"name\":\"awake\"}");
}

static void on_begin(void *user, const struct wg__track *track, int64_t t_ns)
{
	awake_edge(user, 'B', track, t_ns);
}

static void on_end(void *user, const struct wg__track *track, int64_t t_ns)
{
	awake_edge(user, 'E', track, t_ns);
}

/* A separator and a key, before a value of args. Returns the colon. */
static const char *next_key(struct wg_out *out, const char **before, const char *key)
{
	wg_out_text(out, *before);
	*before = ",";
	wg_out_json(out, key);
	return ":";
}

static void write_word(struct wg_out *out, const char **before, const char *key, const char *word)
{
	if (!word)
		return;
	wg_out_text(out, next_key(out, before, key));
	wg_out_json(out, word);
}

/* ,"args":{...}: what of a slice has a meaning. */
static void write_args(struct wg_out *out, const struct wg__slice *slice)
{
	const char *before = ",\"args\":{", *number_key = wg__slice_number(slice);

	if (slice->op)
		op_id(out, next_key(out, &before, "op"), slice->op);
	if (slice->op_kind != WG_KIND_UNKNOWN) {
		wg_out_text(out, next_key(out, &before, "kind"));
		wg_out_json(out, wg_kind_name(slice->op_kind));
	}
	if (slice->reason != WG_REASON_UNKNOWN) {
		wg_out_text(out, next_key(out, &before, "reason"));
		wg_out_json(out, wg_reason_name(slice->reason));
	}
	if (number_key)
		number(out, next_key(out, &before, number_key), slice->number);
	write_word(out, &before, "in", slice->in);
	write_word(out, &before, "class", slice->class);
	if (slice->by_tid)
		number(out, next_key(out, &before, "by"), slice->by_tid);
	write_word(out, &before, "certainty", slice->certainty);
	if (slice->open) {
		wg_out_text(out, next_key(out, &before, "open"));
		wg_out_text(out, "true");
	}
	if (before[0] == ',' && !before[1])
		wg_out_char(out, '}');
}

static void write_flow(struct chrome *c, const struct wg__track *track,
	const struct wg__slice *slice, const struct wg__flow *flow)
{
	static const char phases[] = {
		[WG__FLOW_BEGIN] = 's',
		[WG__FLOW_STEP] = 't',
		[WG__FLOW_END] = 'f',
	};

	begin_event(c, phases[flow->role], track->pid, track->tid, slice->begin_ns);
	/* bp:e binds to the slice around it; without it `f` takes the next one. */
	wg_out_text(c->out, slice->is_thread
				    ? ",\"bp\":\"e\",\"cat\":\"thread\",\"name\":\"notify\""
				    : ",\"bp\":\"e\",\"cat\":\"operation\",\"name\":\"result\"");
	op_id(c->out, ",\"id\":", flow->id);
	wg_out_char(c->out, '}');
}

/* All of a slice but its times. Its words are ours and few, so there is room. */
static void write_slice(
	struct wg_out *out, const struct wg__track *track, const struct wg__slice *slice)
{
	wg_out_text(out, ",\"cat\":\"");
	wg_out_text(out, wg__track_category(track));
	wg_out_text(out, "\",\"name\":");
	wg_out_json(out, wg__slice_name(slice->kind));
	write_args(out, slice);
	wg_out_char(out, '}');
}

/* Where a slice begins, and where it ends: both say all of it, by which speedscope pairs them. */
static void on_slice(void *user, const struct wg__track *track, const struct wg__slice *slice)
{
	struct chrome *c = user;
	struct wg_out in_memory = { .fd = -1, .buf = c->slice };
	size_t i;

	write_slice(&in_memory, track, slice);
	begin_event(c, 'B', track->pid, track->tid, slice->begin_ns);
	wg_out_write(c->out, c->slice, in_memory.used);
	for (i = 0; i < slice->flow_count; i++)
		write_flow(c, track, slice, &slice->flows[i]);
	begin_event(c, 'E', track->pid, track->tid, slice->end_ns);
	wg_out_write(c->out, c->slice, in_memory.used);
}

static void on_ready(void *user, const struct wg__track *track, int64_t t_ns, uint64_t count)
{
	struct chrome *c = user;
	char name[128];

	begin_event(c, 'C', track->pid, track->tid, t_ns);
	wg_out_text(c->out, ",\"name\":");
	if (!c->ready.len || c->counted != track->id) {
		/* Counters belong to a process, so the name says which loop. */
		(void)snprintf(name, sizeof(name), "ready results, %s", track->name);
		wg__jsonl_rows.quote(name, &c->ready);
		c->counted = track->id;
	}
	if (c->ready.len)
		wg_out_write(c->out, c->ready.bytes, c->ready.len);
	else
		wg_out_json(c->out, name);
	op_id(c->out, ",\"args\":{\"ready\":", count);
	wg_out_text(c->out, "}}");
}

static void on_lost(void *user, const char *trace, int64_t begin_ns, int64_t end_ns, uint64_t count)
{
	struct chrome *c = user;

	begin_event(c, 'i', 0, 0, end_ns);
	wg_out_text(c->out, ",\"s\":\"g\",\"cat\":\"trace\",\"name\":\"events lost\",\"args\":{");
	wg_out_text(c->out, "\"trace\":");
	wg_out_json(c->out, trace);
	number(c->out, ",\"since_ns\":", begin_ns);
	if (count)
		op_id(c->out, ",\"count\":", count);
	wg_out_text(c->out, "}}");
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
