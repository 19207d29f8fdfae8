/*
 * check.c: check, replay and view: every schedule, one again, one in the viewer.
 */
#include <errno.h>
#include <getopt.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/grade/cmd/cmd.h"
#include "labs/grade/base/files.h"
#include "labs/grade/cmd/attempt.h"
#include "labs/grade/cmd/predict.h"
#include "labs/grade/base/say.h"
#include "labs/grade/judge/schedule.h"
#include "labs/grade/tell/tell.h"

/* What to do now, as one line. */
static void next_line(
	const struct wg_open *o, const char *dir, const json_t *record, char *text, size_t len)
{
	const char *verdict = json_string_value(json_object_get(record, "verdict"));
	const char *folder = wg_open_shown(o, dir);

	if (strcmp(verdict, "pass") == 0)
		(void)snprintf(text, len, "wakegap lab solution %s   then wakegap lab list", dir);
	else if (strcmp(verdict, "fail") == 0)
		(void)snprintf(text, len,
			"edit %s/%s, save, wakegap lab check %s   |   wakegap lab hint %s (%lld of "
			"%d seen)   |   wakegap lab view %s",
			folder, o->lab->files[0], dir, dir, wg_progress_number(&o->state, "hints"),
			wg_hint_count(o->lab), dir);
	else
		(void)snprintf(text, len, "edit %s/%s, save, wakegap lab check %s", folder,
			o->lab->files[0], dir);
}

struct how {
	int wall_ms;
	bool also_real;
	const char *trace; /* NULL, or where the recording of real threads is left */
};

/* Real threads, too; what does not work out is said in the record. */
static void confirm(struct wg_open *o, const char *trace, json_t *record)
{
	struct wg_check_options options = {
		.course = &o->course, .lab = o->lab, .dir = o->state.dir
	};
	struct wg_error err = { 0 };

	if (wg_real_confirm(&options, trace, record, &err) < 0)
		wg_lab_say("%s", err.text);
}

static int check(struct wg_open *o, const char *dir, const struct how *how)
{
	json_t *record;
	char next[1200];
	int rc = 0;

	if (wg_predict_open(o) > 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		rc = wg_predict_ask(o);
	if (rc == 0)
		rc = wg_attempt(o, how->wall_ms, &record);
	if (rc)
		return rc;
	if (how->also_real &&
		strcmp(json_string_value(json_object_get(record, "verdict")), "build") != 0)
		confirm(o, how->trace, record);
	next_line(o, dir, record, next, sizeof(next));
	wg_tell(stdout, o->lab, record, next);
	rc = wg_record_status(record);
	json_decref(record);
	return rc;
}

/* 0, or an exit status after one line; the folder is left at argv[optind]. */
static int read_options(int argc, char **argv, struct how *ret)
{
	static const struct option longs[] = { { "seconds", required_argument, NULL, 's' },
		{ "real", no_argument, NULL, 'r' }, { "trace", required_argument, NULL, 't' },
		{ 0 } };
	long seconds = 0;
	int opt;

	opterr = 0;
	while ((opt = getopt_long(argc, argv, "", longs, NULL)) != -1) {
		ret->also_real = ret->also_real || opt == 'r';
		if (opt == 't')
			ret->trace = optarg;
		if (opt == 's')
			seconds = strtol(optarg, NULL, 10);
		if (opt == '?' || (opt == 's' && (seconds < 1 || seconds > 3600)))
			return wg_lab_usage(
				"check takes --real, --trace DIR with it, and --seconds "
				"N from 1 to 3600");
	}
	if (ret->trace && !ret->also_real)
		return wg_lab_usage(
			"--trace keeps the recording of --real, which was not asked for");
	ret->wall_ms = (int)seconds * 1000;
	return 0;
}

int wg_lab_check_cmd(int argc, char **argv)
{
	struct how how = { 0 };
	const char *dir;
	struct wg_open o;
	int rc = read_options(argc, argv, &how);

	if (rc)
		return rc;
	argv[optind - 1] = argv[0];
	dir = wg_lab_folder(argc - optind + 1, argv + optind - 1);
	if (!dir)
		return WG_LAB_USAGE;
	rc = wg_open(&o, dir);
	if (rc == 0)
		rc = check(&o, dir, &how);
	wg_close(&o);
	return rc;
}

/* ---- one schedule ---- */

/* Run it once more; trace may be NULL. 0 and the record, or an exit status. */
static int again(struct wg_open *o, const char *schedule, const char *trace, json_t **ret_record)
{
	struct wg_check_options options = { .course = &o->course,
		.lab = o->lab,
		.dir = o->state.dir,
		.replay = schedule,
		.trace = trace };
	struct wg_error err = { 0 };

	if (!strchr(schedule, '/'))
		return wg_lab_usage(
			"a schedule is named SCENARIO/ID, as check prints it, not '%s'", schedule);
	if (wg_check(&options, ret_record, &err) == 0)
		return 0;
	wg_lab_say("%s", err.text);
	return WG_LAB_FAILED;
}

static int no_whole(const char *shown)
{
	wg_lab_say(
		"'%s' is short for an id that no check of this folder ended with lately: copy it "
		"from the latest check, or give the whole id, as `wakegap lab grade` writes it",
		shown);
	return WG_LAB_FAILED;
}

int wg_lab_replay(int argc, char **argv)
{
	const char *schedule = NULL;
	struct wg_open o;
	json_t *record;
	int rc;

	if (argc < 2 || argc > 3)
		return wg_lab_usage("replay takes a schedule, SCENARIO/ID, and a folder");
	rc = wg_open(&o, argc == 3 ? argv[2] : ".");
	if (rc == 0) {
		schedule = wg_schedule_whole(&o.state, argv[1]);
		rc = schedule ? again(&o, schedule, NULL, &record) : no_whole(argv[1]);
	}
	if (rc == 0) {
		wg_tell_steps(stdout, record);
		wg_tell(stdout, o.lab, record, "wakegap lab view shows it on a time scale");
		rc = wg_record_status(record);
		json_decref(record);
	}
	wg_close(&o);
	return rc;
}

/* wakegap view TRACE, on our terminal. */
static int view_trace(const char *trace)
{
	struct wg_error err = { 0 };
	char program[4400];
	int status = 0;
	pid_t pid;

	if (wg_find_program("wakegap", program, sizeof(program), &err) < 0) {
		wg_lab_say("%s", err.text);
		return WG_LAB_FAILED;
	}
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		if (isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
			(void)execl(program, "wakegap", "view", trace, (char *)NULL);
		else
			(void)execl(program, "wakegap", "view", "--text", trace, (char *)NULL);
		_exit(127);
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : WG_LAB_FAILED;
}

int wg_lab_show(struct wg_open *o, const char *schedule)
{
	struct wg_error err = { 0 };
	char folder[256], trace[300];
	json_t *record;
	int rc;

	if (!*schedule) {
		wg_lab_say("no schedule has failed yet: `wakegap lab check` looks for one");
		return WG_LAB_FAILED;
	}
	if (wg_folder_temp(folder, sizeof(folder), &err) < 0) {
		wg_lab_say("%s", err.text);
		return WG_LAB_FAILED;
	}
	(void)snprintf(trace, sizeof(trace), "%s/trace", folder);
	rc = again(o, schedule, trace, &record);
	if (rc == 0) {
		if (access(trace, F_OK) == 0)
			rc = view_trace(trace);
		else
			wg_tell_steps(stdout, record); /* no trace was written: the steps, then */
		json_decref(record);
	}
	wg_folder_remove(folder);
	return rc;
}

int wg_lab_view(int argc, char **argv)
{
	const char *dir = wg_lab_folder(argc, argv);
	struct wg_open o;
	int rc;

	if (!dir)
		return WG_LAB_USAGE;
	rc = wg_open(&o, dir);
	if (rc == 0)
		rc = wg_lab_show(&o, wg_progress_text(&o.state, "schedule"));
	wg_close(&o);
	return rc;
}
