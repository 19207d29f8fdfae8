/*
 * track_names.c: which tracks there are, and what they and their slices are called; see
 * tracks_impl.h.
 *
 * Timeline programs know a track by its pid and tid, so these have to be unique in a file. They are
 * the real ones where possible. A second trace of the same process, another process of the same
 * pid, or a thread beside the track of its loop, gets a number that no process has.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "traces/base/names.h"
#include "traces/export/tracks_impl.h"

static const char *const slice_names[] = {
	[WG__SLICE_ASLEEP] = "asleep",
	[WG__SLICE_WASTED] = "wasted",
	[WG__SLICE_AWAKE] = "awake",
	[WG__SLICE_WORKING] = "working",
	[WG__SLICE_SUBMIT] = "submit",
	[WG__SLICE_NOTIFY] = "notify",
	[WG__SLICE_WAKE] = "wake",
	[WG__SLICE_POLL] = "poll",
	[WG__SLICE_DELIVER] = "deliver",
};

const char *wg__slice_name(enum wg__slice_kind kind)
{
	return kind < WG__SLICE_KIND_COUNT ? slice_names[kind] : "?";
}

const char *wg__slice_number(const struct wg__slice *slice)
{
	switch (slice->kind) {
	case WG__SLICE_NOTIFY:
		return !slice->is_thread ? "sent" : slice->number >= 0 ? "woke" : NULL;
	case WG__SLICE_POLL: return "found";
	case WG__SLICE_DELIVER: return "result";
	default: return NULL;
	}
}

const char *wg__track_category(const struct wg__track *track)
{
	return track->is_loop ? "loop" : track->is_thread ? "thread" : "worker";
}

static void say_process(
	struct wg__tracks *t, const struct wg__process_state *process, const struct wg_event *ev)
{
	const char *name = ev->procname[0] ? ev->procname : "process";
	char text[384];

	if (t->ex->path_count > 1)
		(void)snprintf(text, sizeof(text), "%s: %s", t->pass->label, name);
	else
		(void)snprintf(text, sizeof(text), "%s", name);
	t->ops->process(t->user, process->pid_in_file, text);
}

/* An id for the file: the wanted one, or a new one if that is taken. 0 without memory. */
static uint32_t take_id(struct wg__tracks *t, struct wg__map *used, uint32_t group, uint32_t wanted)
{
	uint32_t id = wanted;

	if (wanted == 0 || wg__map_get(used, group, wanted) != WG__MAP_NONE)
		id = t->next_id++;
	return wg__map_put(used, group, id, 1) < 0 ? 0 : id;
}

static size_t process_of(struct wg__tracks *t, uint32_t who, const struct wg_event *ev)
{
	size_t i = wg__map_get(&t->process_map, 0, who);
	struct wg__process_state *process;

	if (i == WG__MAP_NONE) {
		uint32_t id = take_id(t, &t->pids, 0, ev->pid);

		i = t->process_count;
		if (!id || wg__grow(&t->processes, &t->process_cap, i, sizeof(*t->processes)) < 0 ||
			wg__map_put(&t->process_map, 0, who, i) < 0)
			return SIZE_MAX;
		t->process_count++;
		t->processes[i] = (struct wg__process_state){
			.who = who,
			.pid_in_file = id,
			.is_named = ev->tid == ev->pid,
		};
		say_process(t, &t->processes[i], ev);
	}
	process = &t->processes[i];
	/* Worker threads may carry names of their own; the main thread's is the program's. */
	if (!process->is_named && ev->tid == ev->pid) {
		process->is_named = true;
		say_process(t, process, ev);
	}
	process->last_ns = t->now_ns;
	return i;
}

static size_t new_strand(struct wg__tracks *t, size_t process, uint32_t tid, bool is_loop)
{
	uint32_t pid = t->processes[process].pid_in_file;
	uint32_t id = take_id(t, &t->tids, pid, tid);
	size_t i = t->strand_count;

	if (!id || wg__grow(&t->strands, &t->strand_cap, i, sizeof(*t->strands)) < 0)
		return SIZE_MAX;
	t->strands[i] = (struct wg__strand){
		.who = t->processes[process].who,
		.is = { .id = ++t->track_count, .pid = pid, .tid = id, .is_loop = is_loop },
		.working_ns = WG_NO_TIME,
	};
	t->strand_count++;
	return i;
}

size_t wg__tracks_thread(
	struct wg__tracks *t, uint32_t who, uint32_t tid, const struct wg_event *start)
{
	size_t i = wg__map_get(&t->thread_map, who, tid);

	if (i != WG__MAP_NONE)
		return i;
	/* Its process is known: every event has a loop, and comes through wg__tracks_loop(). */
	i = new_strand(t, wg__map_get(&t->process_map, 0, who), tid, false);
	if (i == SIZE_MAX || wg__map_put(&t->thread_map, who, tid, i) < 0)
		return SIZE_MAX;
	if (!start)
		wg__tracks_rename(t, i, "thread %u", tid);
	return i;
}

size_t wg__tracks_seen(struct wg__tracks *t, uint32_t who, const struct wg_event *ev)
{
	size_t process = process_of(t, who, ev);
	size_t i = process == SIZE_MAX ? SIZE_MAX : new_strand(t, process, ev->tid, false);

	if (i != SIZE_MAX)
		t->strands[i].is.is_thread = true;
	return i;
}

size_t wg__tracks_loop(struct wg__tracks *t, const struct wg_event *ev)
{
	size_t i = wg__measure_step(t->measure)->loop_idx;
	size_t process = process_of(t, wg__measure_who(t->measure, i), ev), strand;

	if (process == SIZE_MAX)
		return SIZE_MAX;
	if (i >= t->loop_count) {
		strand = new_strand(t, process, ev->tid, true);
		if (strand == SIZE_MAX ||
			wg__grow(&t->loops, &t->loop_cap, i, sizeof(*t->loops)) < 0)
			return SIZE_MAX;
		t->loop_count++;
		t->loops[i] = (struct wg__loop_state){
			.strand = strand,
			.process = process,
			.tid = ev->tid,
			.awake_ns = t->now_ns,
		};
		if (ev->type != WG_EV_LOOP)
			wg__tracks_rename(t, strand, "loop %" PRIu64, ev->loop);
	}
	if (ev->type == WG_EV_LOOP)
		wg__tracks_rename(
			t, t->loops[i].strand, "loop %" PRIu64 " %s", ev->loop, ev->loop_.wait);
	return i;
}

void wg__tracks_rename(struct wg__tracks *t, size_t strand, const char *fmt, ...)
{
	struct wg__track *track = &t->strands[strand].is;
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(track->name, sizeof(track->name), fmt, ap);
	va_end(ap);
	t->ops->track(t->user, track);
}
