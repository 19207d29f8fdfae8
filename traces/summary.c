/*
 * summary.c: see summary.h.
 */
#include "traces/summary.h"

#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "traces/names.h"
#include "traces/read.h"

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

static int measure_all(struct wg_reader *reader, struct wg_measure *measure, struct wg_error *err)
{
	struct wg_event ev;
	int rc;

	while ((rc = wg_reader_next(reader, &ev, err)) > 0) {
		if (wg_measure_feed(measure, &ev) < 0)
			return wg_error_set(err, -ENOMEM, "out of memory");
	}
	wg_measure_finish(measure);
	return rc;
}

int wg_summary_load(const char *path, struct wg_summary **ret_summary, struct wg_error *err)
{
	struct wg_summary *s = calloc(1, sizeof(*s));
	struct wg_reader *reader = NULL;
	int rc;

	if (!s)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = wg_reader_open(path, &reader, err);
	if (rc == 0 && wg_measure_create(NULL, &s->measure) < 0)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	if (rc == 0)
		rc = measure_all(reader, s->measure, err);
	if (rc == 0 && wg_measure_events(s->measure) == 0)
		rc = wg__no_events(path, reader, err);
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
	free(summary);
}
