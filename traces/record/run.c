/*
 * run.c: see run.h.
 */
#include "traces/record/run.h"

#include <stdlib.h>
#include <string.h>

#include "traces/base/program.h"

#define LOOK_MS 1000

struct waiting {
	struct wg__child *child;
	struct wg__signals *signals;
	const struct wg_record_options *options;
	const struct wg__run_look *look;
	int64_t until_ms; /* -1: no such time */
	int64_t next_ms;  /* the next look */
};

static int64_t step_ms(const struct waiting *w)
{
	/* A signal ends the command, not the time. */
	return w->until_ms >= 0 && w->until_ms < w->next_ms && !w->signals->first ? w->until_ms
										  : w->next_ms;
}

/* After a step; is the time over? */
static bool look(struct waiting *w)
{
	if (w->until_ms >= 0 && wg__now_ms() >= w->until_ms && !w->signals->first)
		return true;
	w->next_ms = wg__now_ms() + (w->look->look ? w->look->look(w->look->user) : LOOK_MS);
	return false;
}

/* Until the command's end, 0, or until that time, 1. */
static int wait_for_command(struct waiting *w, int *ret_exit_code, struct wg_error *err)
{
	for (;;) {
		int code = wg__child_wait(w->child, w->signals, step_ms(w), ret_exit_code, err);

		if (code <= 0 || look(w))
			return code;
	}
}

static void await_left(struct waiting *w)
{
	while (wg__child_await_left(w->child, w->signals, w->look->except, w->options->until_idle,
		       step_ms(w)) == 1) {
		if (look(w))
			return;
	}
}

int wg__run(struct wg__child *child, struct wg__signals *signals, const struct wg_record_options *o,
	const struct wg__run_look *look, struct wg_record_result *result, struct wg_error *err)
{
	struct waiting w = { child, signals, o, look, -1,
		wg__now_ms() + (look->first_ms ? look->first_ms : LOOK_MS) };
	struct wg__process left = { 0 };
	int code = wg__child_release(child, o->argv[0], err);

	if (code != 0)
		return code;
	result->has_run = true;
	w.until_ms = o->for_ms > 0 ? wg__now_ms() + o->for_ms : -1;
	code = wait_for_command(&w, &result->exit_code, err);
	result->still_runs = code == 1;
	if (code == 0 && !signals->first && (o->until_idle || o->for_ms > 0)) {
		if (wg__child_left(child, look->except, &left) > 0)
			result->outlived_by = left.pid;
		await_left(&w);
	}
	if (code == 0)
		result->left = wg__child_left(child, look->except, &left);
	memcpy(result->left_name, left.name, sizeof(result->left_name));
	result->left_pid = left.pid;
	if (code == 1)
		child->pid = 0; /* it is the user's program, and goes on */
	return code < 0 ? code : 0;
}

int wg__run_find(const char *name, char path[PATH_MAX], struct wg_error *err)
{
	const char *search = getenv("PATH");
	int code = wg__program_find(name, search ? search : "/bin:/usr/bin", path, PATH_MAX);

	return code == 0 ? 0 : wg__child_no_command(name, code, err);
}
