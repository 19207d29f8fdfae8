/*
 * open.c: see open.h.
 */
#include "labs/grade/cmd/open.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "labs/grade/base/say.h"

int wg_open_course(struct wg_open *o)
{
	struct wg_error err = { 0 };

	memset(o, 0, sizeof(*o));
	if (wg_course_read(&o->course, &err) == 0)
		return 0;
	return wg_lab_failed(&err);
}

int wg_open_course_at(struct wg_open *o, const char *what)
{
	int rc = wg_open_course(o);
	char hint[120];

	if (rc || !what)
		return rc;
	o->lab = wg_course_find(&o->course, what);
	if (o->lab)
		return 0;
	wg_lab_say("no lab '%s'%s", what, wg_course_hint(&o->course, what, hint, sizeof(hint)));
	return WG_EXIT_USAGE;
}

/* The folder of this name, or else the one in which the lab of this name was started. */
static const char *folder_of(const struct wg_open *o, const char *dir, char *path, size_t len)
{
	const struct wg_lab *lab = access(dir, F_OK) < 0 ? wg_course_find(&o->course, dir) : NULL;

	struct wg_progress state = { .root = NULL };

	if (!lab || wg_progress_find(lab, &state) < 0)
		return dir;
	(void)snprintf(path, len, "%s", state.dir);
	wg_progress_fini(&state);
	return path;
}

int wg_open(struct wg_open *o, const char *dir)
{
	const struct wg_lab *lab;
	struct wg_error err = { 0 };
	int rc = wg_open_course(o);
	char path[4096], hint[120];
	const char *folder;

	if (rc)
		return rc;
	folder = folder_of(o, dir, path, sizeof(path));
	lab = access(folder, F_OK) < 0 ? wg_course_find(&o->course, folder) : NULL;
	if (lab) {
		wg_lab_say("lab %02d is not started: `wakegap lab start %d` makes its folder",
			lab->number, lab->number);
		return WG_EXIT_FAILED;
	}
	if (access(folder, F_OK) < 0 && !strchr(folder, '/') &&
		strchr(wg_course_hint(&o->course, folder, hint, sizeof(hint)), ';')) {
		wg_lab_say("no folder and no lab '%s'%s", folder, hint);
		return WG_EXIT_FAILED;
	}
	if (wg_progress_load(folder, &o->state, &err) < 0)
		return wg_lab_failed(&err);
	o->lab = wg_course_find(&o->course, wg_progress_text(&o->state, "lab"));
	if (o->lab) {
		wg_progress_note(&o->state);
		return 0;
	}
	wg_lab_say("'%s' holds lab '%s', which this wakegap does not have", dir,
		wg_progress_text(&o->state, "lab"));
	return WG_EXIT_FAILED;
}

void wg_close(struct wg_open *o)
{
	wg_progress_fini(&o->state);
	wg_course_fini(&o->course);
}

const char *wg_open_shown(const struct wg_open *o, const char *dir)
{
	return access(dir, F_OK) == 0 ? dir : o->state.dir;
}

int wg_open_save(struct wg_open *o)
{
	struct wg_error err = { 0 };

	if (wg_progress_save(&o->state, &err) == 0)
		return 0;
	return wg_lab_failed(&err);
}
