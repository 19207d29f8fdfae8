/*
 * trigger.c: see trigger.h.
 */
#include "traces/measure/trigger.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/measure/measure.h"
#include "traces/measure/threads_impl.h"
#include "traces/read/read.h"

struct look {
	struct wg_trigger *trigger;
	struct wg_measure *measure;
	struct wg_threads *threads;
	int64_t last_ns; /* the latest end of a gap */
};

/* So many threads that came and went are remembered. */
#define THREADS_MAX 4096

static void found(struct look *look, const struct wg_gap_found *gap)
{
	struct wg_trigger *trigger = look->trigger;
	int64_t ns = gap->end_ns - gap->begin_ns;

	if (ns < trigger->min_ns || gap->end_ns <= trigger->until_ns)
		return;
	trigger->gaps++;
	if (gap->end_ns > look->last_ns)
		look->last_ns = gap->end_ns;
	if (!trigger->has_found || ns > trigger->longest.end_ns - trigger->longest.begin_ns)
		trigger->longest = *gap;
	trigger->has_found = true;
}

static void on_interval(void *user, const struct wg_interval *interval)
{
	struct look *look = user;
	const struct wg_loop_stats *loop = wg_measure_loop(look->measure, interval->loop_idx);
	struct wg_gap_found gap = { interval->gap_begin_ns, interval->wake_ns, loop->pid, 0,
		loop->loop, "" };

	if (interval->open || interval->gap_begin_ns < 0)
		return;
	(void)snprintf(gap.name, sizeof(gap.name), "%s", loop->process);
	found(look, &gap);
}

static void on_thread(struct look *look, const struct wg_event *ev)
{
	const struct wg__thread_step *step = &look->threads->step;
	struct wg_gap_found gap = { step->gap_begin_ns, ev->ts_ns, ev->pid, ev->tid, 0, "" };

	if (ev->record == WG_RECORD_NONE || !step->has_woken || step->gap_begin_ns < 0)
		return;
	(void)snprintf(gap.name, sizeof(gap.name), "%s", ev->procname);
	found(look, &gap);
}

static int look_at(struct look *look, struct wg_reader *reader, struct wg_error *err)
{
	struct wg_event ev;
	int rc;

	while ((rc = wg_reader_next(reader, &ev, err)) > 0) {
		if (wg_measure_feed(look->measure, &ev) < 0 ||
			wg_threads_feed(look->threads, &ev) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
		on_thread(look, &ev);
	}
	return rc;
}

int wg_trigger_look(struct wg_trigger *trigger, const char *dir, struct wg_error *err)
{
	struct look look = { .trigger = trigger };
	const struct wg_measure_hooks hooks = { .interval = on_interval, .user = &look };
	struct wg_reader *reader = NULL;
	int rc = wg_reader_open(dir, &reader, err);

	trigger->has_found = false;
	if (rc == 0 && (wg_measure_create(&hooks, &look.measure) < 0 ||
			       wg_threads_create(&look.threads) < 0))
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	if (rc == 0) {
		wg_measure_keep_no_samples(look.measure);
		rc = look_at(&look, reader, err);
	}
	trigger->looks++;
	if (look.last_ns > trigger->until_ns)
		trigger->until_ns = look.last_ns;
	wg_measure_destroy(look.measure);
	wg_threads_destroy(look.threads);
	wg_reader_close(reader);
	return rc < 0 ? rc : trigger->has_found;
}

int wg_trigger_feed(struct wg_trigger *trigger, const struct wg_event *event)
{
	struct look look = { .trigger = trigger };
	uint64_t before = trigger->gaps;
	int rc = 0;

	if (trigger->threads && trigger->threads->count > THREADS_MAX)
		wg_trigger_end(trigger);
	if (!trigger->threads)
		rc = wg_threads_create(&trigger->threads);
	if (rc == 0)
		rc = wg_threads_feed(trigger->threads, event);
	if (rc < 0)
		return rc;
	look.threads = trigger->threads;
	on_thread(&look, event);
	return trigger->gaps > before;
}

void wg_trigger_end(struct wg_trigger *trigger)
{
	wg_threads_destroy(trigger->threads);
	trigger->threads = NULL;
}
