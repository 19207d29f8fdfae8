/*
 * repair.c: see repair.h.
 *
 * An error of the decoder ends its whole graph: one cut stream would end the reading of all others.
 * So each damaged stream gets a folder of its own, with the metadata and a repaired copy, and the
 * whole ones stay together behind links. Nothing is ever written into the trace.
 */
#include "traces/read/repair.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/units.h"
#include "traces/read/files.h"
#include "traces/read/packets.h"

struct plan {
	const char *dir, *prefix;
	struct wg__metadata metadata;
	struct wg__scratch *scratch;
	struct wg__notes *notes;
	struct wg__endings *endings;
	struct wg__inputs *inputs;
	struct wg__files *files;
};

static int add_input(struct wg__inputs *inputs, char *dir, const char *stream, bool damaged)
{
	struct wg__input input = { dir, stream ? strdup(stream) : NULL, stream != NULL, damaged };

	if (!dir || (stream && !input.stream) ||
		wg__grow(&inputs->v, &inputs->cap, inputs->count, sizeof(*inputs->v)) < 0) {
		free(dir);
		free(input.stream);
		return -ENOMEM;
	}
	inputs->v[inputs->count++] = input;
	return 0;
}

/* A folder that holds a link to the metadata of dir, and so far nothing else. */
static int new_folder(struct wg__scratch *scratch, const char *dir, char **ret_folder)
{
	char *folder;
	int rc = wg__scratch_folder(scratch, &folder);

	if (rc < 0)
		return rc;
	rc = wg__scratch_link(folder, dir, "metadata");
	if (rc < 0) {
		free(folder);
		return rc;
	}
	*ret_folder = folder;
	return 0;
}

/* Link DIR/index/NAME.idx into FOLDER/index; that there is none is fine. */
static void link_index(const char *folder, const char *dir, const char *name)
{
	char *from = NULL, *to = NULL, *file = NULL;

	if (asprintf(&from, "%s/index", dir) < 0)
		from = NULL;
	if (asprintf(&to, "%s/index", folder) < 0)
		to = NULL;
	if (asprintf(&file, "%s.idx", name) < 0)
		file = NULL;
	if (from && to && file && access(from, X_OK) == 0 &&
		(mkdir(to, 0700) == 0 || errno == EEXIST))
		(void)wg__scratch_link(to, from, file); /* an index only saves time */
	free(from);
	free(to);
	free(file);
}

static void note_damage(const struct plan *plan, const char *name, const struct wg__health *h)
{
	struct wg__notes *notes = plan->notes;
	const char *pre = plan->prefix;

	if (h->cut_there && !h->cut_wanted) {
		wg__notes_add(notes,
			"stream %s%s was cut at byte %" PRIu64 ": of its last packet only %" PRIu64
			" bytes of the header are there",
			pre, name, h->cut_at, h->cut_there);
	} else if (h->cut_there) {
		wg__notes_add(notes,
			"stream %s%s was cut at byte %" PRIu64
			": its last packet is incomplete, %" PRIu64 " of %" PRIu64
			" bytes are there%s",
			pre, name, h->cut_at, h->cut_there, h->cut_wanted,
			h->only_padding_cut ? ", among them all its events" : "");
	}
	if (h->garbage_bytes) {
		wg__notes_add(notes,
			"stream %s%s: %" PRIu64 " bytes at byte %" PRIu64
			" are not packets of this trace and were left out",
			pre, name, h->garbage_bytes, h->garbage_at);
	}
	if (h->unfinished) {
		wg__notes_add(notes,
			"stream %s%s: %" PRIu64 " packet%s never finished (a crash?); it is read "
			"up to the end of the first",
			pre, name, h->unfinished, h->unfinished == 1 ? " was" : "s were");
	}
	if (h->unclosed) {
		wg__notes_add(notes,
			"stream %s%s: the time of the end of %" PRIu64
			" packet%s was never written (a crash?)",
			pre, name, h->unclosed, wg_s(h->unclosed));
	}
	if (h->mistaken) {
		wg__notes_add(notes,
			"stream %s%s: the header%s of %" PRIu64
			" packet%s hold%s a count that cannot be true and was not used",
			pre, name, wg_s(h->mistaken), h->mistaken, wg_s(h->mistaken),
			h->mistaken == 1 ? "s" : "");
	}
	if (h->index_lacks) {
		wg__notes_add(notes,
			"stream %s%s: %" PRIu64 " packet%s missing at its end (the index has more)",
			pre, name, h->index_lacks, h->index_lacks == 1 ? " is" : "s are");
	}
	if (h->index_wrong) {
		wg__notes_add(
			notes, "stream %s%s: its index contradicts it and was not used", pre, name);
	}
}

static bool is_data_lost(const struct wg__health *h)
{
	return (h->cut_there && !h->only_padding_cut) || h->garbage_bytes || h->unfinished ||
	       h->unclosed || h->index_lacks;
}

/* A damaged stream: repaired in a folder of its own. */
static int plan_damaged(struct plan *plan, const char *name, const struct wg__health *h)
{
	char *folder;
	int rc;

	note_damage(plan, name, h);
	rc = new_folder(plan->scratch, plan->dir, &folder);
	if (rc == 0) {
		rc = wg__packets_repair(plan->dir, name, &plan->metadata, folder);
		if (rc == 0)
			return add_input(plan->inputs, folder, name, is_data_lost(h));
		free(folder);
	}
	wg__files_leave_out(plan->files, plan->notes, plan->prefix, name, rc);
	return rc == -ENOMEM ? rc : 0;
}

/* Sort out one stream: into the folder of whole ones, or into one of its own. */
static int plan_stream(struct plan *plan, const char *name, const char *whole)
{
	struct wg__health h = { 0 };
	bool index_only;
	int rc = plan->metadata.has_lttng_packets
			 ? wg__packets_check(plan->dir, name, &plan->metadata, &h)
			 : 0;

	if (rc == -ENOMEM)
		return rc;
	if (rc < 0) {
		wg__files_leave_out(plan->files, plan->notes, plan->prefix, name, rc);
		return 0;
	}
	if (h.is_no_stream && !wg__is_named_as_stream(name))
		return 0; /* somebody's README beside the trace */
	if (h.is_no_stream) {
		wg__notes_add(plan->notes,
			"file %s%s is not a stream of this trace and was left out", plan->prefix,
			name);
		return 0;
	}
	index_only = h.index_wrong && !h.cut_there && !h.garbage_bytes && !h.unfinished &&
		     !h.unclosed && !h.mistaken && !h.index_lacks;
	if (!wg__health_is_good(&h) && !index_only)
		return plan_damaged(plan, name, &h);
	rc = wg__endings_add(plan->endings, &plan->metadata, &h, plan->prefix, name);
	if (rc == 0)
		rc = wg__scratch_link(whole, plan->dir, name);
	if (index_only)
		note_damage(plan, name, &h);
	else if (rc == 0)
		link_index(whole, plan->dir, name);
	return rc;
}

/* 1, 0 or -ENOMEM. */
static int is_all_good(const struct plan *plan)
{
	const struct wg__notes *names = &plan->files->names;
	struct wg__health h;
	size_t i;

	for (i = 0; plan->metadata.has_lttng_packets && i < names->count; i++) {
		if (wg__packets_check(plan->dir, names->line[i], &plan->metadata, &h) < 0 ||
			!wg__health_is_good(&h))
			return 0;
		if (wg__endings_add(
			    plan->endings, &plan->metadata, &h, plan->prefix, names->line[i]) < 0)
			return -ENOMEM;
	}
	return 1;
}

static int plan_streams(struct plan *plan)
{
	const struct wg__notes *names = &plan->files->names;
	char *whole;
	size_t i;
	int rc = new_folder(plan->scratch, plan->dir, &whole);

	if (rc == 0)
		rc = add_input(plan->inputs, whole, NULL, false);
	for (i = 0; i < names->count && rc == 0; i++)
		rc = plan_stream(plan, names->line[i], whole);
	return rc;
}

int wg__repair_plan(const char *dir, const char *prefix, struct wg__scratch *scratch,
	struct wg__notes *notes, struct wg__endings *endings, struct wg__inputs *ret_inputs,
	struct wg_error *err)
{
	struct wg__files files = { 0 };
	struct plan plan = { dir, prefix, { 0 }, scratch, notes, endings, ret_inputs, &files };
	char why[512];
	size_t i;
	int is_good = 0, rc = wg__metadata_check(dir, &plan.metadata, err);

	if (rc < 0)
		return rc;
	rc = wg__files_list(dir, prefix, &plan.metadata, notes, &files);
	if (rc == 0 && !files.has_others)
		is_good = rc = is_all_good(&plan);
	if (rc >= 0)
		rc = is_good > 0 ? add_input(ret_inputs, strdup(dir), NULL, false)
				 : plan_streams(&plan);
	memcpy(ret_inputs->uuid, plan.metadata.uuid, sizeof(ret_inputs->uuid));
	ret_inputs->left_out = files.left_out;
	for (i = 0; i < ret_inputs->count; i++)
		ret_inputs->v[i].doubtful = ret_inputs->v[i].doubtful || !plan.metadata.is_plain;
	wg__files_fini(&files);
	return rc < 0 ? wg_error_set(err, rc, "cannot read '%s': %s", dir,
				wg__scratch_error(rc, why, sizeof(why)))
		      : 0;
}

int wg__repair_split(const char *dir, struct wg__scratch *scratch, struct wg__inputs *ret_inputs)
{
	struct wg__notes names = { 0 };
	size_t i;
	int rc = wg__files_all(dir, &names);

	for (i = 0; i < names.count && rc == 0; i++) {
		char *folder;

		rc = new_folder(scratch, dir, &folder);
		if (rc < 0)
			break;
		rc = wg__scratch_link(folder, dir, names.line[i]);
		if (rc < 0)
			free(folder);
		else
			rc = add_input(ret_inputs, folder, names.line[i], false);
	}
	wg__notes_fini(&names);
	return rc;
}

void wg__inputs_fini(struct wg__inputs *inputs)
{
	size_t i;

	for (i = 0; i < inputs->count; i++) {
		free(inputs->v[i].dir);
		free(inputs->v[i].stream);
	}
	free(inputs->v);
	*inputs = (struct wg__inputs){ 0 };
}
