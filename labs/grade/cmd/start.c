/*
 * start.c: list, start and reset: the learner's folder.
 *
 * start copies the README, the learner's files, the headers, and what an editor's language server
 * needs. Hints, the scenario and the solution are not copied.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labs/grade/cmd/cmd.h"
#include "labs/grade/base/files.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/cmd/open.h"
#include "labs/grade/course/readme.h"
#include "labs/grade/cmd/predict.h"
#include "labs/grade/base/say.h"
#include "labs/grade/tell/wrap.h"

/* ---- list ---- */

static void print_lab(const struct wg_lab *lab)
{
	struct wg_progress state = { .root = NULL };
	bool is_found = wg_progress_find(lab, &state) == 0;
	long long attempts = wg_progress_number(&state, "attempts");
	long long hints = wg_progress_number(&state, "hints");
	struct wg_predicted predicted;
	char word[WG_SHELL_MAX], counts[160];
	int len;

	printf("%02d  %-40s %4d min  %s\n", lab->number, lab->title, lab->minutes,
		is_found     ? wg_progress_text(&state, "status")
		: *state.dir ? "moved"
			     : "not started");
	if (is_found) {
		predicted = wg_predict_count(lab, state.root);
		len = snprintf(counts, sizeof(counts), "    %lld attempt%s, %lld hint%s", attempts,
			attempts == 1 ? "" : "s", hints, hints == 1 ? "" : "s");
		if (predicted.of)
			len += snprintf(counts + len, sizeof(counts) - (size_t)len,
				", %zu of %zu predicted", predicted.right, predicted.of);
		(void)wg_shell_word(word, "%s", state.dir);
		printf("%s%s%s\n", counts,
			len + 2 + (int)strlen(word) <= wg_tell_width(stdout) ? "  " : "\n    ",
			word);
	} else if (*state.dir) {
		printf("    it was in %s; wakegap lab check DIR, where it is now\n",
			wg_shell_word(word, "%s", state.dir));
	}
	wg_progress_fini(&state);
}

int wg_lab_list(const struct wg_lab_call *call)
{
	struct wg_open o;
	size_t i;
	int rc = wg_open_course(&o);

	(void)call;
	for (i = 0; rc == 0 && i < o.course.count; i++)
		print_lab(&o.course.v[i]);
	if (rc == 0 && o.course.count == 0)
		printf("there are no labs in %s\n", o.course.root);
	wg_close(&o);
	return rc;
}

/* ---- start ---- */

static int write_text(const char *dir, const char *name, const char *text, struct wg_error *err)
{
	char path[4400];

	(void)snprintf(path, sizeof(path), "%.4000s/%s", dir, name);
	return wg_file_write(path, text, strlen(text), err);
}

/* With this an editor finds the headers. */
static int write_compile_commands(const struct wg_course *course, const struct wg_lab *lab,
	const char *dir, struct wg_error *err)
{
	json_t *list = json_array();
	char include[4200], *text;
	size_t i;
	int rc;

	(void)snprintf(include, sizeof(include), "-I%s/..", course->home);
	for (i = 0; i < lab->file_count; i++)
		(void)json_array_append_new(list,
			json_pack("{s:s, s:s, s:[s,s,s,s,s,s,s,s,s]}", "directory", dir, "file",
				lab->files[i], "arguments", "cc", "-std=c11", "-D_GNU_SOURCE",
				"-Wall", "-Wextra", "-I.", include, "-c", lab->files[i]));
	text = json_dumps(list, JSON_INDENT(2));
	rc = wg_memory_check(err);
	if (!text)
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	else if (rc == 0)
		rc = write_text(dir, "compile_commands.json", text, err);
	if (rc == 0)
		rc = write_text(dir, ".clangd", "CompileFlags:\n  CompilationDatabase: .\n", err);
	free(text);
	json_decref(list);
	return rc;
}

static int fill(const struct wg_course *course, const struct wg_lab *lab, const char *dir,
	struct wg_error *err)
{
	struct wg_progress state = { .root = NULL };
	char real[4096];
	size_t i;
	int rc = wg_headers_copy(lab->dir, dir, err);

	for (i = 0; rc == 0 && i < lab->file_count; i++)
		rc = wg_file_copy(lab->dir, dir, lab->files[i], err);
	if (rc == 0) /* it links to what is there */
		rc = wg_readme_copy(lab->dir, dir, err);
	if (rc == 0 && realpath(dir, real))
		rc = write_compile_commands(course, lab, real, err);
	if (rc == 0)
		rc = wg_progress_create(dir, lab, &state, err);
	wg_progress_fini(&state);
	return rc;
}

/* There is something in the way: a file, a lab, or what is none of ours. */
static int refuse(const struct wg_open *o, const struct wg_lab *lab, const char *dir)
{
	struct wg_progress state = { .root = NULL };
	struct wg_error err = { 0 };
	const struct wg_lab *there = NULL;
	char word[WG_SHELL_MAX];

	(void)wg_shell_word(word, "%s", dir);
	if (wg_progress_load(dir, &state, &err) == 0)
		there = wg_course_find(&o->course, wg_progress_text(&state, "lab"));
	if (err.code == -ENOTDIR)
		wg_lab_say("'%s' is a file, or in one: choose another folder", dir);
	else if (there == lab)
		wg_lab_say("'%s' is lab %02d already: `wakegap lab check %s` goes on, `wakegap lab "
			   "reset %s` starts again",
			dir, lab->number, word, word);
	else if (there)
		wg_lab_say("'%s' is lab %02d: choose another folder", dir, there->number);
	else
		wg_lab_say("'%s' is not empty: choose another folder", dir);
	wg_progress_fini(&state);
	return WG_EXIT_FAILED;
}

static int start(struct wg_open *o, const char *what, const char *dir)
{
	const struct wg_lab *lab = wg_course_find(&o->course, what);
	struct wg_error err = { 0 };
	char readme[WG_SHELL_MAX], file[WG_SHELL_MAX], word[WG_SHELL_MAX];
	bool is_new;
	int rc;

	if (!lab)
		return wg_say_usage("wakegap lab start", "no lab '%s'%s", what,
			wg_course_hint(&o->course, what, word, sizeof(word)));
	if (!dir)
		dir = lab->name;
	if (!wg_folder_is_empty(dir))
		return refuse(o, lab, dir);
	is_new = access(dir, F_OK) < 0;
	rc = wg_folder_make(dir, &err);
	if (rc == 0) {
		rc = fill(&o->course, lab, dir, &err);
		/* The next start would refuse half a lab, and check cannot use it. */
		if (rc < 0)
			wg_folder_empty(dir);
		if (rc < 0 && is_new)
			(void)rmdir(dir);
	}
	if (rc < 0) {
		wg_lab_say("%s: `wakegap lab start %d DIR` makes it elsewhere",
			*err.text ? err.text : strerror(-rc), lab->number);
		return WG_EXIT_FAILED;
	}
	printf("lab %02d: %s, about %d minutes\n read %s, then edit %s\n next: "
	       "wakegap lab watch %s\n"
	       "       (or check; `hint` helps; `solution` opens once you pass)\n",
		lab->number, lab->title, lab->minutes, wg_shell_word(readme, "%s/README.md", dir),
		wg_shell_word(file, "%s/%s", dir, lab->files[0]), wg_shell_word(word, "%s", dir));
	return WG_EXIT_OK;
}

int wg_lab_start(const struct wg_lab_call *call)
{
	struct wg_open o;
	int rc = wg_open_course(&o);

	if (rc == 0)
		rc = start(&o, call->words[0], call->words[1]);
	wg_close(&o);
	return rc;
}

/* ---- reset ---- */

/* Ask on a terminal; without one there must be --yes. */
static bool agrees(void)
{
	char line[16];

	if (!isatty(STDIN_FILENO)) {
		wg_lab_say("reset discards your changes, and there is no terminal to ask on: "
			   "give --yes");
		return false;
	}
	printf("This discards your changes. Continue? [y/N] ");
	(void)fflush(stdout);
	return fgets(line, sizeof(line), stdin) && (line[0] == 'y' || line[0] == 'Y');
}

static int put_back(struct wg_open *o)
{
	struct wg_error err = { 0 };
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < o->lab->file_count; i++)
		rc = wg_file_copy(o->lab->dir, o->state.dir, o->lab->files[i], &err);
	if (rc == 0)
		rc = wg_headers_copy(o->lab->dir, o->state.dir, &err);
	if (rc < 0)
		return wg_lab_failed(&err);
	printf("%s is as it was at the start\n", o->lab->files[0]);
	return WG_EXIT_OK;
}

int wg_lab_reset(const struct wg_lab_call *call)
{
	struct wg_open o;
	int rc = wg_open(&o, call->words[0]);

	if (rc == 0 && !call->is_agreed && !agrees()) {
		printf("nothing was changed\n");
		rc = WG_EXIT_FAILED;
	}
	if (rc == 0)
		rc = put_back(&o);
	wg_close(&o);
	return rc;
}
