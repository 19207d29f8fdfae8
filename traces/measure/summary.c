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

int wg__copy_notes(const struct wg_reader *reader, char ***ret_notes, size_t *ret_count)
{
	struct wg__notes notes = { 0 };
	const char *line;
	size_t i;

	for (i = 0; (line = wg_reader_note(reader, i)); i++)
		wg__notes_add(&notes, "%s", line);
	if (notes.count < i) {
		wg__notes_fini(&notes);
		return -ENOMEM;
	}
	*ret_notes = notes.line;
	*ret_count = notes.count;
	return 0;
}

/* The measures of a summary, the one of everything first. */
struct feeding {
	struct wg_measure *measure;
	struct wg_parting parting;
};

static int feed_all(
	struct wg_reader *reader, struct feeding *to, size_t count, struct wg_error *err)
{
	struct wg_event ev;
	size_t i;
	int rc;

	/* To the end, even past the window: only then is known what is damaged. */
	while ((rc = wg_reader_next(reader, &ev, err)) > 0) {
		for (i = 0; i < count; i++) {
			if (wg_part_feed(&to[i].parting, to[i].measure, &ev) < 0)
				return wg_error_set(err, -ENOMEM, "out of memory");
		}
	}
	for (i = 0; i < count; i++)
		wg_part_finish(&to[i].parting, to[i].measure);
	return rc;
}

static bool has_operations(const struct wg_measure *measure)
{
	const struct wg_loop_stats *s;
	size_t i;

	for (i = 0; (s = wg_measure_loop(measure, i)); i++) {
		if (s->submitted || s->started || s->done || s->delivered || s->gap.count)
			return true;
	}
	return false;
}

static int create(struct wg_measure **ret_measure, const struct wg_part *part, uint32_t kinds)
{
	int rc = wg_measure_create(NULL, ret_measure);

	if (rc == 0)
		wg_measure_select(
			*ret_measure, kinds & (part && part->kinds ? part->kinds : UINT32_MAX));
	return rc;
}

static int measure_all(struct wg_summary *s, struct wg_reader *reader, const struct wg_part *part,
	bool by_kind, struct wg_error *err)
{
	struct feeding to[1 + WG_KIND_COUNT] = { 0 };
	size_t count = by_kind ? 1 + WG_KIND_COUNT : 1, i;
	int rc = create(&s->measure, part, UINT32_MAX);

	for (i = 1; i < count && rc == 0; i++)
		rc = create(&s->kinds[i - 1], part, 1u << (i - 1));
	if (rc < 0)
		return wg_error_set(err, rc, "out of memory");
	for (i = 0; i < count; i++)
		to[i] = (struct feeding){ i ? s->kinds[i - 1] : s->measure, { .part = part } };
	rc = feed_all(reader, to, count, err);
	for (i = 0; i < WG_KIND_COUNT; i++) {
		if (s->kinds[i] && !has_operations(s->kinds[i])) {
			wg_measure_destroy(s->kinds[i]);
			s->kinds[i] = NULL;
		}
	}
	return rc;
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
	if (!wg_measure_loop(m, 0))
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
	rc = wg_reader_open(path, &reader, err);
	if (rc == 0)
		rc = measure_all(s, reader, part, by_kind, err);
	if (rc == 0)
		rc = refuse_nothing(path, s, reader, part, err);
	if (rc == 0 && wg__copy_notes(reader, &s->notes, &s->note_count) < 0)
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
	wg_measure_destroy(summary->measure);
	for (i = 0; i < WG_KIND_COUNT; i++)
		wg_measure_destroy(summary->kinds[i]);
	free(summary);
}
