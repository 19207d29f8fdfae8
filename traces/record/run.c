/*
 * run.c: see run.h.
 */
#include "traces/record/run.h"

#include <stdlib.h>
#include <string.h>

#include "traces/base/program.h"

#define LOOK_MS 1000

/* Until the command's end, 0, or until that time, 1; -1: no such time. */
static int wait_for_command(struct wg__child *child, struct wg__signals *signals,
	const struct wg__run_look *look, int64_t until_ms, int *ret_exit_code, struct wg_error *err)
{
	for (;;) {
		int64_t next_ms = wg__now_ms() + LOOK_MS;
		bool is_last = until_ms >= 0 && until_ms <= next_ms && !signals->first;
		int code = wg__child_wait(
			child, signals, is_last ? until_ms : next_ms, ret_exit_code, err);

		if (code <= 0 || (is_last && !signals->first))
			return code;
		if (look->look)
			look->look(look->user);
	}
}

int wg__run(struct wg__child *child, struct wg__signals *signals, const struct wg_record_options *o,
	const struct wg__run_look *look, struct wg_record_result *result, struct wg_error *err)
{
	int64_t until_ms = o->for_ms > 0 ? wg__now_ms() + o->for_ms : -1;
	struct wg__process left = { 0 };
	int code = wg__child_release(child, o->argv[0], err);

	if (code != 0)
		return code;
	result->has_run = true;
	code = wait_for_command(child, signals, look, until_ms, &result->exit_code, err);
	result->still_runs = code == 1;
	if (code == 0 && !signals->first && (o->until_idle || o->for_ms > 0)) {
		if (wg__child_left(child, look->except, &left) > 0)
			result->outlived_by = left.pid;
		wg__child_await_left(child, signals, look->except, o->until_idle, until_ms);
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
