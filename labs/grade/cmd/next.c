/*
 * next.c: which lab comes next: after a pass, and as a command.
 */
#include <stdio.h>
#include <string.h>

#include "labs/grade/base/say.h"
#include "labs/grade/cmd/cmd.h"
#include "labs/grade/cmd/open.h"

/* Is it passed, or its solution seen? */
static bool is_done(const struct wg_lab *lab)
{
	struct wg_progress state = { .root = NULL };
	const char *status;
	bool done;

	(void)wg_progress_find(lab, &state);
	status = wg_progress_text(&state, "status");
	done = *status && strcmp(status, "started") != 0;
	wg_progress_fini(&state);
	return done;
}

/* The first lab after this one that is not done; else the first of all; NULL: all are done. */
static const struct wg_lab *next_lab(const struct wg_course *course, const struct wg_lab *lab)
{
	size_t begin = lab ? (size_t)(lab - course->v) + 1 : 0, i;

	for (i = 0; i < course->count; i++) {
		const struct wg_lab *each = &course->v[(begin + i) % course->count];

		if (each != lab && !is_done(each))
			return each;
	}
	return NULL;
}

void wg_next_after_pass(const struct wg_open *o, const char *dir, char *text, size_t len)
{
	const struct wg_lab *next = next_lab(&o->course, o->lab);
	char word[WG_SHELL_MAX];

	(void)wg_shell_word(word, "%s", dir);
	if (next)
		(void)snprintf(text, len,
			"wakegap lab solution %.400s\nwakegap lab start %d   (%s)", word,
			next->number, next->title);
	else
		(void)snprintf(text, len, "wakegap lab solution %.400s   (the last lab)", word);
}

int wg_lab_next(const struct wg_lab_call *call)
{
	struct wg_progress state = { .root = NULL };
	const struct wg_lab *lab;
	char word[WG_SHELL_MAX];
	struct wg_open o;
	int rc = wg_open_course(&o);

	(void)call;
	lab = rc == 0 ? next_lab(&o.course, NULL) : NULL;
	if (rc == 0 && !lab) {
		printf("every lab is passed or seen: wakegap lab list\n");
	} else if (rc == 0) {
		printf("lab %02d: %s, about %d minutes\n", lab->number, lab->title, lab->minutes);
		if (wg_progress_find(lab, &state) == 0)
			printf(" next: wakegap lab check %s\n",
				wg_shell_word(word, "%s", state.dir));
		else
			printf(" next: wakegap lab start %d\n", lab->number);
		wg_progress_fini(&state);
	}
	wg_close(&o);
	return rc;
}
