/*
 * check.c: check, replay and view: every schedule, one again, one in the viewer.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/grade/cmd/cmd.h"
#include "labs/grade/base/files.h"
#include "labs/grade/cmd/attempt.h"
#include "labs/grade/cmd/predict.h"
#include "labs/grade/base/say.h"
#include "labs/grade/base/stop.h"
#include "labs/grade/judge/schedule.h"
#include "labs/grade/tell/tell.h"
#include "traces/base/signals.h"
#include "traces/base/tree.h"

/* What to do now, as one line. */
static void next_line(
	const struct wg_open *o, const char *dir, const json_t *record, char *text, size_t len)
{
	const char *verdict = json_string_value(json_object_get(record, "verdict"));
	char file[WG_SHELL_MAX], word[WG_SHELL_MAX];

	(void)wg_shell_word(file, "%s/%s", wg_open_shown(o, dir), o->lab->files[0]);
	(void)wg_shell_word(word, "%s", dir);
	if (strcmp(verdict, "pass") == 0)
		wg_next_after_pass(o, dir, text, len);
	else if (strcmp(verdict, "fail") == 0)
		(void)snprintf(text, len,
			"edit %s, save\nwakegap lab check %s\nwakegap lab hint %s   (%lld of %d "
			"seen)\nwakegap lab view %s",
			file, word, word, wg_progress_number(&o->state, "hints"),
			wg_hint_count(o->lab), word);
	else
		(void)snprintf(text, len, "edit %s, save\nwakegap lab check %s", file, word);
}

/* On real threads as well; the record says if that could not be tried. */
static void confirm(struct wg_open *o, const char *trace, json_t *record)
{
	struct wg_check_options options = {
		.course = &o->course, .lab = o->lab, .dir = o->state.dir
	};
	struct wg_error err = { 0 };

	if (wg_real_confirm(&options, trace, record, &err) < 0)
		wg_lab_say("%s", err.text);
}

static int check(struct wg_open *o, const struct wg_lab_call *call)
{
	const char *dir = call->words[0];
	json_t *record = NULL;
	char next[5 * WG_SHELL_MAX];
	int rc = 0;

	if (wg_predict_open(o) > 0 && isatty(STDIN_FILENO) && isatty(STDOUT_FILENO))
		rc = wg_predict_ask(o);
	wg_predict_remind(stdout, o, dir);
	if (rc == 0)
		rc = wg_attempt(o, call->wall_ms, true, &record);
	if (rc)
		return rc;
	if (call->is_real &&
		strcmp(json_string_value(json_object_get(record, "verdict")), "build") != 0)
		confirm(o, call->trace, record);
	next_line(o, dir, record, next, sizeof(next));
	wg_tell(stdout, o->lab, record, next);
	rc = wg_record_status(record);
	json_decref(record);
	return rc;
}

int wg_lab_check(const struct wg_lab_call *call)
{
	struct wg_open o;
	int rc = wg_open(&o, call->words[0]);

	if (rc == 0)
		rc = check(&o, call);
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

	if (wg_check(&options, ret_record, &err) == 0)
		return 0;
	(void)wg_lab_failed(&err);
	return err.code == -EINVAL ? WG_EXIT_USAGE : WG_EXIT_FAILED;
}

static int no_whole(const char *shown)
{
	wg_lab_say("'%s' is shortened, and no recent check of this folder printed it: copy it from "
		   "the latest check, or give the whole id, as `wakegap lab grade` writes it",
		shown);
	return WG_EXIT_FAILED;
}

int wg_lab_replay(const struct wg_lab_call *call)
{
	const char *schedule = NULL;
	struct wg_open o;
	json_t *record = NULL;
	int rc;

	if (!strchr(call->words[0], '/'))
		return wg_say_usage("wakegap lab replay",
			"a schedule is named SCENARIO/ID, as check prints it, not '%s'",
			call->words[0]);
	rc = wg_open(&o, call->words[1]);
	if (rc == 0) {
		schedule = wg_schedule_whole(&o.state, call->words[0]);
		rc = schedule ? again(&o, schedule, NULL, &record) : no_whole(call->words[0]);
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

/*
 * Until it ends. A terminal that goes says so to the leader of its session only, which may be this
 * process; and a signal meant to end us ends it, too.
 */
static int wait_for_viewer(pid_t pid)
{
	struct pollfd end = { .fd = (int)syscall(SYS_pidfd_open, pid, 0), .events = POLLIN };
	int status = 0;

	if (end.fd >= 0 && wg__poll_until_signal(wg_stop_signal, &end, 1, -1) == -EINTR)
		(void)kill(pid, wg_stop_signal());
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		(void)kill(pid, wg_stop_signal());
	if (end.fd >= 0)
		(void)close(end.fd);
	if (wg_stop_signal())
		return 128 + wg_stop_signal();
	return WIFEXITED(status) ? WEXITSTATUS(status) : WG_EXIT_FAILED;
}

/* wakegap view TRACE, on our terminal. */
static int view_trace(const char *trace)
{
	bool is_text = !isatty(STDIN_FILENO) || !isatty(STDOUT_FILENO) || wg_tell_is_dumb();
	char *argv[] = { "wakegap", "view", (char *)(uintptr_t)trace, is_text ? "--text" : NULL,
		NULL };
	struct wg_error err = { 0 };
	char program[4400];
	pid_t pid;
	int rc;

	if (wg_find_program("wakegap", program, sizeof(program), &err) < 0)
		return wg_lab_failed(&err);
	(void)fflush(NULL);
	/* When it returns, no handler of ours is left there that would take a signal. */
	rc = posix_spawn(&pid, program, NULL, NULL, argv, environ);
	if (rc == 0)
		return wait_for_viewer(pid);
	(void)wg_error_set(&err, -rc, "cannot start '%s': %s", program, strerror(rc));
	return wg_lab_failed(&err);
}

int wg_lab_show(struct wg_open *o, const char *schedule)
{
	struct wg_error err = { 0 };
	char folder[256], trace[300];
	json_t *record = NULL;
	int rc;

	if (!*schedule) {
		wg_lab_say("no schedule has failed yet: `wakegap lab check` looks for one");
		return WG_EXIT_FAILED;
	}
	if (wg_folder_temp(folder, sizeof(folder), &err) < 0)
		return wg_lab_failed(&err);
	/* The viewer's title has its name. */
	(void)snprintf(trace, sizeof(trace), "%s/%.40s", folder, o->lab->name);
	rc = again(o, schedule, trace, &record);
	if (rc == 0) {
		if (access(trace, F_OK) == 0)
			rc = view_trace(trace);
		else
			wg_tell_steps(stdout, record); /* no trace was written: the steps, then */
		json_decref(record);
	}
	(void)wg_remove_tree(folder);
	return rc;
}

int wg_lab_view(const struct wg_lab_call *call)
{
	struct wg_open o;
	int rc = wg_open(&o, call->words[0]);

	if (rc == 0)
		rc = wg_lab_show(&o, wg_progress_text(&o.state, "schedule"));
	wg_close(&o);
	return rc;
}
