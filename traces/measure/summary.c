/*
 * summary.c: see summary.h.
 */
#include "traces/measure/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "traces/measure/part.h"
#include "traces/base/names.h"
#include "traces/read/read.h"

int wg__no_events(const char *path, const struct wg_reader *reader, struct wg_error *err)
{
	const char *note = wg_reader_note(reader, 0);

	return wg_error_set(err, -ENODATA,
		"'%s' has no wakegap events (%" PRIu64 " events of other providers)%s%s", path,
		wg_reader_foreign(reader), note ? "; " : "", note ? note : "");
}

int wg__copy_notes(const struct wg_reader *reader, const struct wg_measure *measure,
	char ***ret_notes, size_t *ret_count, size_t *ret_faults)
{
	struct wg__notes notes = { 0 };
	size_t faults = wg_reader_faults(reader), i;
	const char *line;
	char mixed[320];

	for (i = 0; i < faults; i++)
		wg__notes_add(&notes, "%s", wg_reader_note(reader, i));
	for (i = 0; wg_measure_mixed(measure, i, mixed, sizeof(mixed)); i++)
		wg__notes_add(&notes, "%s", mixed);
	*ret_faults = notes.count;
	for (i = faults; (line = wg_reader_note(reader, i)); i++)
		wg__notes_add(&notes, "%s", line);
	if (notes.is_short) {
		wg__notes_fini(&notes);
		return -ENOMEM;
	}
	*ret_notes = notes.line;
	*ret_count = notes.count;
	return 0;
}

/* Records of threads in the window. Who chooses loops or kinds wants no threads. */
static int feed_threads(
	struct wg_threads **threads, const struct wg_parting *f, const struct wg_event *ev)
{
	const struct wg_part *part = f->part;

	if (ev->record == WG_RECORD_NONE || f->is_over)
		return 0;
	if (part && (part->loop_count || part->kinds))
		return 0;
	/* Objects and sites are named once, maybe before the window. */
	if (part && part->has_since && !f->has_begun && ev->record != WG_RECORD_OBJECT &&
		ev->record != WG_RECORD_SITE)
		return 0;
	if (!*threads && wg_threads_create(threads) < 0)
		return -ENOMEM;
	return wg_threads_feed(*threads, ev);
}

/* What is before a window is needed: an operation of then may end in it. What is after it is not.
 */
static int feed_all(struct wg_reader *reader, const struct wg_part *part, bool may_narrow,
	struct wg_summary *s, struct wg_error *err)
{
	struct wg_parting parting = { .part = part };
	const struct wg_event *const *events;
	size_t i, count;
	int rc;

	may_narrow = may_narrow && part && part->has_until && !part->is_strict;
	/* To the end, even past the window: only then is known what is missing. */
	while ((rc = wg_reader_events(reader, &events, &count, err)) > 0) {
		for (i = 0; i < count; i++) {
			if (wg_part_feed(&parting, s->measure, events[i]) < 0 ||
				feed_threads(&s->threads, &parting, events[i]) < 0)
				return wg_error_set(err, -ENOMEM, "out of memory");
		}
		if (may_narrow && parting.has_origin) {
			may_narrow = false;
			(void)wg_reader_narrow(
				reader, parting.origin_ns, INT64_MIN, part->until_ns);
		}
	}
	wg_measure_recorded(s->measure, wg_reader_end_ns(reader));
	wg_part_finish(&parting, s->measure);
	if (s->threads)
		wg_threads_finish(s->threads, true);
	return rc;
}

static int measure_all(struct wg_summary *s, struct wg_reader *reader, const struct wg_part *part,
	bool by_kind, bool may_narrow, struct wg_error *err)
{
	int rc = wg_measure_create(NULL, &s->measure);

	if (rc == 0 && by_kind)
		rc = wg_measure_by_kind(s->measure);
	if (rc < 0)
		return wg_error_set(err, rc, "out of memory");
	if (part && part->kinds)
		wg_measure_select(s->measure, part->kinds);
	return feed_all(reader, part, may_narrow, s, err);
}

static void forget(struct wg_summary *s)
{
	wg_measure_destroy(s->measure);
	wg_threads_destroy(s->threads);
	*s = (struct wg_summary){ 0 };
}

/* Read and measure: no more than is needed, or all if that fails (wg_reader_narrow()). */
static int read_and_measure(const char *path, struct wg_summary *s, struct wg_reader **ret_reader,
	const struct wg_part *part, bool by_kind, struct wg_error *err)
{
	bool may_narrow = true;
	int rc;

	for (;;) {
		rc = wg_reader_open(path, ret_reader, err);
		if (rc == 0)
			rc = measure_all(s, *ret_reader, part, by_kind, may_narrow, err);
		if (rc != -EAGAIN || !may_narrow)
			return rc;
		may_narrow = false;
		wg_reader_close(*ret_reader);
		*ret_reader = NULL;
		forget(s);
	}
}

/* Nothing at all, or nothing that the part left. */
static int refuse_nothing(const char *path, const struct wg_summary *s, struct wg_reader *reader,
	const struct wg_part *part, struct wg_error *err)
{
	const struct wg_measure *m = s->measure;

	if (!wg_part_is_set(part) || wg_measure_end_ns(m) == 0)
		return wg_measure_events(m) ? 0 : wg__no_events(path, reader, err);
	if (wg_measure_events(m) == 0 && wg_measure_begin_ns(m) >= wg_measure_end_ns(m))
		return wg_error_set(
			err, -ENODATA, "'%s' has no event in that part of its time", path);
	if (!wg_measure_loop(m, 0) && !s->threads)
		return wg_error_set(err, -ENODATA, "'%s' has no loop of that number", path);
	return 0;
}

int wg_summary_load(const char *path, const struct wg_part *part, bool by_kind,
	struct wg_summary **ret_summary, struct wg_error *err)
{
	struct wg_summary *s = calloc(1, sizeof(*s));
	struct wg_reader *reader = NULL;
	int rc;

	if (!s)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = read_and_measure(path, s, &reader, part, by_kind, err);
	if (rc == 0)
		rc = refuse_nothing(path, s, reader, part, err);
	if (rc == 0 &&
		wg__copy_notes(reader, s->measure, &s->notes, &s->note_count, &s->fault_count) < 0)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	wg_reader_close(reader);
	if (rc < 0) {
		wg_summary_free(s);
		return rc;
	}
	*ret_summary = s;
	return 0;
}

void wg_summary_free(struct wg_summary *summary)
{
	size_t i;

	if (!summary)
		return;
	for (i = 0; i < summary->note_count; i++)
		free(summary->notes[i]);
	free(summary->notes);
	forget(summary);
	free(summary);
}
