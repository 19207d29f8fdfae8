/*
 * threads_json.c: the threads of `stats --json`. Keys are a promise: some may be added, none
 * renamed. What is not observable is null.
 */
#include "viz/stats/json_parts.h"

static json_t *observable(int64_t value)
{
	return value == WG_NOT_OBSERVABLE ? json_null() : json_integer(I(value));
}

static json_t *classes_json(const uint64_t *class)
{
	json_t *o = json_object();
	int i;

	for (i = 0; i < WG_CLASS_COUNT; i++)
		wg__json_set(
			&o, wg_wake_class_name((enum wg_wake_class)i), json_integer(I(class[i])));
	return o;
}

static json_t *how_json(const struct wg_thread_stats *s)
{
	json_t *o = json_object();
	int i;

	for (i = 0; i < WG_IN_COUNT; i++) {
		if (s->by_how[i].waits)
			wg__json_set(&o, wg_wait_in_name((enum wg_wait_in)i),
				json_pack("{s:I, s:I, s:I}", "waits", I(s->by_how[i].waits),
					"notified", I(s->by_how[i].notified), "timeout",
					I(s->by_how[i].timeout)));
	}
	return o;
}

/* The main thread's name is the process's; "" if that thread is not in the trace. */
static const char *process_name(const struct wg_threads *threads, const struct wg_thread_stats *of)
{
	const struct wg_thread_stats *s = wg_thread_of(threads, of->space, of->pid, of->pid);

	return s ? s->name : "";
}

static json_t *thread_json(const struct wg_threads *threads, const struct wg_thread_stats *s)
{
	const struct wg_dist *d = &s->notify_to_wake;
	json_t *o = json_object();

	wg__json_set(&o, "process", wg__json_text(process_name(threads, s)));
	wg__json_set(&o, "pid", json_integer(I(s->pid)));
	wg__json_set(&o, "tid", json_integer(I(s->tid)));
	wg__json_set(&o, "name", wg__json_text(s->name));
	wg__json_set(&o, "waits", json_integer(I(s->waits)));
	wg__json_set(&o, "wakes", json_integer(I(s->wakes)));
	wg__json_set(&o, "asleep_ns", json_integer(I(s->asleep_ns)));
	wg__json_set(
		&o, "wakes_per_s", s->wakes_per_s < 0 ? json_null() : json_real(s->wakes_per_s));
	wg__json_set(&o, "period_ns", observable(s->period_ns));
	wg__json_set(&o, "classes", classes_json(s->class));
	wg__json_set(&o, "by_how", how_json(s));
	wg__json_set(&o, "certainty",
		json_pack("{s:I, s:I, s:I}", "exact", I(s->certainty[WG_CERTAINTY_EXACT]), "likely",
			I(s->certainty[WG_CERTAINTY_LIKELY]), "none",
			I(s->certainty[WG_CERTAINTY_NONE])));
	wg__json_set(&o, "notify_to_wake_ns",
		json_pack("{s:I, s:I, s:I, s:I, s:I}", "count", I(d->count), "p50", I(d->p50),
			"p90", I(d->p90), "p99", I(d->p99), "max", I(d->max)));
	return o;
}

void wg_threads_json(struct wg__json_stream *out, const char *key, const struct wg_threads *threads)
{
	const struct wg_thread_stats *s;
	size_t i;

	wg__json_open(out, key, '[');
	for (i = 0; out->rc == 0 && (s = wg_thread_at(threads, i)); i++)
		wg__json_put(out, NULL, thread_json(threads, s));
	wg__json_close(out, ']');
}

static json_t *finding_json(const struct wg_thread_finding *f)
{
	json_t *o = json_object();

	wg__json_set(&o, "text", wg__json_text(f->text));
	wg__json_set(&o, "wakes", json_integer(I(f->weight)));
	wg__json_set(&o, "pid", json_integer(I(f->pid)));
	wg__json_set(&o, "tid", json_integer(I(f->tid)));
	return o;
}

void wg_thread_findings_json(
	struct wg__json_stream *out, const char *key, const struct wg_threads *threads)
{
	struct wg_thread_finding *findings;
	size_t count, i;

	if (wg_thread_findings(threads, &findings, &count) < 0) {
		wg__json_put(out, key, NULL);
		return;
	}
	wg__json_open(out, key, '[');
	for (i = 0; out->rc == 0 && i < count; i++)
		wg__json_put(out, NULL, finding_json(&findings[i]));
	wg__json_close(out, ']');
	wg_thread_findings_free(findings, count);
}
