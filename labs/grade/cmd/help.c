/*
 * help.c: hint, predict and solution: help for the learner.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labs/grade/cmd/cmd.h"
#include "labs/grade/base/files.h"
#include "labs/grade/cmd/open.h"
#include "labs/grade/cmd/predict.h"
#include "labs/grade/base/say.h"

/* ---- hint ---- */

/* The n-th part of hints.md that begins with "## "; its end in *ret_len. */
static const char *part(const char *text, int n, size_t *ret_len)
{
	const char *at = strncmp(text, "## ", 3) == 0 ? text : strstr(text, "\n## ");
	const char *end;

	while (at && --n > 0)
		at = strstr(at + 1, "\n## ");
	if (!at)
		return NULL;
	at += *at == '\n';
	end = strstr(at, "\n## ");
	*ret_len = end ? (size_t)(end - at) : strlen(at);
	return at;
}

static char *read_hints(const struct wg_lab *lab)
{
	struct wg_error err = { 0 };
	char path[4200], *text = NULL;

	(void)snprintf(path, sizeof(path), "%s/hints.md", lab->dir);
	(void)wg_file_read(path, &text, NULL, &err);
	return text;
}

int wg_hint_count(const struct wg_lab *lab)
{
	char *text = read_hints(lab);
	size_t len;
	int n = 0;

	while (text && part(text, n + 1, &len))
		n++;
	free(text);
	return n;
}

static char *hint_text(const struct wg_lab *lab, int level)
{
	char *text = read_hints(lab), *hint = NULL;
	const char *at;
	size_t len = 0;

	at = text ? part(text, level, &len) : NULL;
	if (at) {
		size_t title = strcspn(at, "\n"); /* "## 1" */

		hint = strndup(at + title + (at[title] == '\n'), len > title ? len - title - 1 : 0);
	}
	free(text);
	return hint;
}

static int hint(struct wg_open *o)
{
	int count = wg_hint_count(o->lab), level = (int)wg_progress_number(&o->state, "hints") + 1;
	char *text;

	if (count == 0) {
		printf("lab %02d has no hints\n", o->lab->number);
		return WG_EXIT_OK;
	}
	if (level > count)
		level = count;
	text = hint_text(o->lab, level);
	printf("hint %d of %d (counted, but costs no points)\n\n%s\n", level, count,
		text ? text : "");
	free(text);
	wg_progress_set_number(&o->state, "hints", level);
	return wg_open_save(o);
}

int wg_lab_hint(const struct wg_lab_call *call)
{
	struct wg_open o;
	int rc = wg_open(&o, call->words[0]);

	if (rc == 0)
		rc = hint(&o);
	wg_close(&o);
	return rc;
}

/* ---- predict ---- */

int wg_lab_predict(const struct wg_lab_call *call)
{
	struct wg_open o;
	int rc = wg_open(&o, call->words[0]);

	if (rc == 0 && wg_predict_open(&o) > 0)
		rc = wg_predict_ask(&o);
	else if (rc == 0)
		wg_predict_review(stdout, &o);
	wg_close(&o);
	return rc;
}

/* ---- solution ---- */

static int show(struct wg_open *o, bool gives_up)
{
	const char *status = wg_progress_text(&o->state, "status");
	char from[4200], path[4300], word[WG_SHELL_MAX], own[WG_SHELL_MAX], *text = NULL;
	struct wg_error err = { 0 };
	size_t len;
	int rc;

	if (strcmp(status, "started") == 0 && !gives_up) {
		wg_lab_say("lab %02d has not passed yet: `wakegap lab hint` helps; --give-up shows "
			   "the solution, and the lab then counts as seen",
			o->lab->number);
		return WG_EXIT_FAILED;
	}
	(void)snprintf(from, sizeof(from), "%s/solution.c", o->lab->dir);
	(void)snprintf(path, sizeof(path), "%s/solution.c", o->state.dir);
	rc = wg_file_read(from, &text, &len, &err);
	if (rc == 0)
		rc = wg_file_write(path, text, len, &err);
	free(text);
	if (rc < 0)
		return wg_lab_failed(&err);
	if (strcmp(status, "started") == 0)
		wg_progress_set_text(&o->state, "status", "seen");
	(void)wg_shell_word(word, "%s", path);
	printf("%s\n next: diff %s %s\n", word,
		wg_shell_word(own, "%s/%s", o->state.dir, o->lab->files[0]), word);
	return wg_open_save(o);
}

int wg_lab_solution(const struct wg_lab_call *call)
{
	struct wg_open o;
	int rc = wg_open(&o, call->words[0]);

	if (rc == 0)
		rc = show(&o, call->gives_up);
	wg_close(&o);
	return rc;
}
