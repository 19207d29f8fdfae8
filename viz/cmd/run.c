/*
 * run.c: `wakegap run`: a workload once per wait strategy, recorded, measured, side by side.
 *
 * It is `record` and `stats` in one: start a child that records itself, read its trace. (LTTng
 * would cost a quarter of what blocks: core/workload/recorder.h.) The strategies run one after
 * another, so that they do not disturb each other; before them the floor, if there is a way to do
 * the same without a loop. A strategy that is not available here is left out, with a line that
 * names it.
 */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "traces/base/tree.h"
#include "traces/read/read.h"
#include "traces/record/own.h"
#include "viz/cmd/commands.h"
#include "viz/run/node.h"
#include "viz/run/run.h"
#include "viz/run/run_args.h"

/* ---- one run ---- */

/* What the workload is called with: texts point into here. */
struct call {
	char *argv[2 * (WG_PARAMS_MAX + 7) + 3];
	char names[WG_PARAMS_MAX][32];
	char values[WG_PARAMS_MAX + 5][24];
	char dir[4096]; /* of its trace */
	size_t count;
};

static void add(struct call *call, const char *option, const char *value)
{
	call->argv[call->count++] = (char *)(uintptr_t)option;
	call->argv[call->count++] = (char *)(uintptr_t)value;
	call->argv[call->count] = NULL;
}

static void add_number(struct call *call, const char *option, char *room, int64_t value)
{
	(void)snprintf(room, sizeof(call->values[0]), "%" PRId64, value);
	add(call, option, room);
}

/* Where it leaves its trace. False: nowhere. */
static bool trace_path(const struct wg_run_cmd *c, const struct wg_run_row *row, char dir[4096])
{
	const char *in = c->run.record_dir ? c->run.record_dir
			 : c->hold	   ? wg_record_hold_folder(c->hold)
					   : NULL;

	if (in)
		(void)snprintf(dir, 4096, "%s/%s", in, row->wait);
	return in != NULL;
}

/* A run that is recorded hashes nothing, the other one checks one pass that it does not time. */
static void make_call(const struct wg_run_cmd *c, const struct wg_run_row *row, bool is_recorded,
	struct call *call)
{
	const struct wg_workload_desc *w = c->run.workload;
	char(*common)[sizeof(call->values[0])] = &call->values[WG_PARAMS_MAX];
	size_t i;

	call->count = 0;
	add(call, c->catalogue->program, w->name);
	add(call, "--wait", row->wait);
	add_number(call, "--tick-ns", common[0], c->tick_ns);
	add_number(call, "--passes", common[1], c->run.passes);
	add_number(call, "--patience-ns", common[2], c->patience_ns);
	add_number(call, "--window-ns", common[3], c->window_ns);
	add_number(call, "--check", common[4], !is_recorded);
	if (is_recorded && trace_path(c, row, call->dir))
		add(call, "--record", call->dir);
	for (i = 0; i < w->param_count; i++) {
		const struct wg_run_param *p = &w->params[i];

		(void)snprintf(call->names[i], sizeof(call->names[i]), "--%s%s", p->name,
			p->unit == WG_UNIT_TIME ? "-ns" : "");
		(void)snprintf(
			call->values[i], sizeof(call->values[i]), "%" PRIu64, c->run.values[i]);
		add(call, call->names[i], p->unit == WG_UNIT_FILE ? c->run.file : call->values[i]);
	}
}

/* The figures of the trace in dir, or NULL after one line. */
static struct wg_measure *measure_trace(const char *dir)
{
	struct wg_measure *m = NULL;
	struct wg_reader *r = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev;
	int rc = wg_reader_open(dir, &r, &err);

	if (rc == 0)
		rc = wg_measure_create(NULL, &m);
	while (rc == 0 && (rc = wg_reader_next(r, &ev, &err)) > 0)
		rc = wg_measure_feed(m, &ev);
	if (rc == 0) {
		wg_measure_recorded(m, wg_reader_end_ns(r));
		wg_measure_finish(m);
	} else {
		wg_say("%s", *err.text ? err.text : strerror(-rc));
		wg_measure_destroy(m);
		m = NULL;
	}
	wg_reader_close(r);
	return m;
}

/* The exit status of a workload. One that fails has said why, unless it was killed. */
static int check_end(int status)
{
	if (status > 128)
		wg_say("the workload was ended by signal %d: %s", status - 128,
			strsignal(status - 128));
	return status;
}

/* Run it, recorded. 0, or an exit status; WG_WORKLOAD_HANGS is one with an answer. */
static int run_recorded(struct wg_run_row *row, const struct call *call, int out_fd)
{
	struct wg_record_result result = { 0 };
	struct wg_error err = { 0 };
	int rc = wg_record_own(&(struct wg_record_options){ .dir = call->dir,
				       .argv = call->argv,
				       .dies_with_us = true,
				       .stdout_fd = out_fd },
		&result, &err);

	if (rc < 0)
		return wg_say("%s", err.text);
	if (result.interrupted_by)
		return 128 + result.interrupted_by;
	/* It has said why. The trace of a strategy that is not available shows nothing. */
	if (result.exit_code == WG_EXIT_SKIPPED)
		(void)wg_remove_tree(call->dir);
	if (result.exit_code && result.exit_code != WG_WORKLOAD_HANGS)
		return check_end(result.exit_code);
	/* The core was built without lttng-ust. */
	if (!result.has_events) {
		wg_say("the run with %s left no events, so only times are shown", row->wait);
		return result.exit_code;
	}
	row->measure = measure_trace(call->dir);
	return row->measure ? result.exit_code : WG_EXIT_FAILED;
}

/* "forever: hangs: 4 of 164 operations delivered, 1 result is ready and nothing wakes the loop..."
 */
static void say_hang(const struct wg_run_row *row)
{
	const struct wg_hang *h = &row->answer.hang;
	char of[48] = "", time[24];

	if (h->planned)
		(void)snprintf(of, sizeof(of), " of %" PRIu64, h->planned);
	wg_say("%s: hangs: %" PRIu64 "%s operations delivered, %" PRIu64 " result%s ready and "
	       "nothing wakes the loop; ended after %s without progress",
		row->wait, h->delivered, of, h->ready, h->ready == 1 ? " is" : "s are",
		wg_param_text(time, sizeof(time), WG_UNIT_TIME, (uint64_t)h->patience_ns));
}

/* The same for Node, which records itself. */
static int run_node(
	struct wg_run_cmd *c, struct wg_run_row *row, bool is_recorded, struct wg_run_answer *ret)
{
	struct wg_node_job job = { .file = c->run.file, .passes = c->run.passes };
	char dir[4096];
	size_t i;
	int rc;

	for (i = 0; i < c->run.workload->param_count; i++) {
		if (strcmp(c->run.workload->params[i].name, "chunk") == 0)
			job.chunk = c->run.values[i];
	}
	if (!is_recorded)
		return wg_node_run(&job, ret);
	(void)trace_path(c, row, dir);
	rc = wg_node_record(&job, dir, ret);
	if (rc == 0 && ret->ops)
		row->measure = measure_trace(dir);
	return rc == 0 && ret->ops && !row->measure ? WG_EXIT_FAILED : rc;
}

/* One of the two runs of a row. 0 or an exit status, as below. */
static int run_once(
	struct wg_run_cmd *c, struct wg_run_row *row, bool is_recorded, struct wg_run_answer *ret)
{
	int fd, rc;
	struct wg_error err = { 0 };
	struct call call;

	if (strcmp(row->wait, WG_NODE) == 0)
		return run_node(c, row, is_recorded, ret);
	fd = memfd_create("answer", MFD_CLOEXEC);
	if (fd < 0)
		return wg_say("cannot make a memory file: %s", strerror(errno));
	make_call(c, row, is_recorded, &call);
	if (is_recorded)
		rc = run_recorded(row, &call, fd);
	else
		rc = check_end(wg_workload_run(call.argv, fd, &err));
	if (rc == 0 || rc == WG_WORKLOAD_HANGS)
		rc = wg_workload_answer(fd, ret, &err);
	if (rc < 0)
		rc = wg_say("%s", err.text);
	(void)close(fd);
	return rc;
}

/* 0, or an exit status; WG_EXIT_SKIPPED: this strategy is not available here, which was said. */
static int run_row(struct wg_run_cmd *c, struct wg_run_row *row, bool is_floor)
{
	int rc = 0;

	if (!is_floor && (c->run.record_dir || c->hold))
		rc = run_once(c, row, true, &row->recorded);
	if (rc == 0 && row->recorded.hangs) {
		/* The other run would, too. */
		row->answer = row->recorded;
		row->recorded = (struct wg_run_answer){ 0 };
	} else if (rc == 0) {
		rc = run_once(c, row, false, &row->answer);
	}
	if (rc == 0 && row->answer.hangs)
		say_hang(row);
	return rc;
}

/* ---- all runs ---- */

/* On a terminal only. The cursor stays at the left, so that other messages overwrite it. */
static void show_progress(const char *workload, const char *wait)
{
	if (!isatty(STDERR_FILENO))
		return;
	if (wait)
		(void)fprintf(stderr, "\033[Kwakegap: %s with %s\r", workload, wait);
	else
		(void)fputs("\033[K", stderr);
}

static int run_floor(struct wg_run_cmd *c)
{
	c->run.floor.wait = "pread";
	/* Its first pass brings the file into the page cache for all. */
	return c->run.has_floor ? run_row(c, &c->run.floor, true) : 0;
}

/* Move row i behind those that ran. */
static void skip_row(struct wg_run *run, size_t i)
{
	struct wg_run_row row = run->rows[i];
	size_t all = run->row_count + run->skipped_count;

	memmove(&run->rows[i], &run->rows[i + 1], (all - i - 1) * sizeof(row));
	run->rows[all - 1] = row;
	run->row_count--;
	run->skipped_count++;
}

static int run_all(struct wg_run_cmd *c)
{
	int rc = run_floor(c);
	size_t i = 0;

	while (rc == 0 && i < c->run.row_count) {
		show_progress(c->run.workload->name, c->run.rows[i].wait);
		rc = run_row(c, &c->run.rows[i], false);
		show_progress(NULL, NULL);
		if (rc == WG_EXIT_SKIPPED) {
			skip_row(&c->run, i);
			rc = 0;
		} else {
			i++;
		}
	}
	if (rc == 0 && c->run.row_count == 0) {
		wg_say("none of these strategies is available on this machine");
		rc = WG_EXIT_SKIPPED;
	}
	return rc;
}

static int report(struct wg_run_cmd *c)
{
	if (c->json) {
		if (wg_run_print_json(&c->run) < 0)
			return wg_say("out of memory");
	} else {
		wg_run_print_table(&c->run);
	}
	if (!wg_run_agrees(&c->run)) {
		wg_say("the strategies delivered different data");
		return wg_say_flushed(WG_EXIT_FAILED);
	}
	/* A hang was reported when the run was ended. */
	return wg_say_flushed(
		wg_run_first(&c->run) && !wg_run_has_hang(&c->run) ? WG_EXIT_OK : WG_EXIT_FAILED);
}

/* ---- before and after ---- */

/* A folder for traces that nobody keeps. Without one, times are still measured. */
static void hold_room(struct wg_run_cmd *c)
{
	struct wg_error err = { 0 };

	if (!c->run.record_dir && wg_record_hold_room(&c->hold, &err) < 0)
		wg_say("not recorded, so only times are shown: %s", err.text);
}

static void clean_up(struct wg_run_cmd *c)
{
	size_t i;

	wg_record_release(c->hold);
	for (i = 0; i < c->run.row_count + c->run.skipped_count; i++) {
		wg_measure_destroy(c->run.rows[i].measure);
		wg_run_answer_fini(&c->run.rows[i].answer);
		wg_run_answer_fini(&c->run.rows[i].recorded);
	}
	wg_run_answer_fini(&c->run.floor.answer);
	free(c->run.rows);
	free(c->wait_list);
}

/* ---- the command ---- */

/* What wakegap-workload says of itself; asked once. The error is set if it cannot be asked. */
static const struct wg_catalogue *ask(const struct wg_error **ret_error)
{
	static struct wg_catalogue catalogue;
	static struct wg_error error;

	if (!catalogue.count && !error.code)
		(void)wg_catalogue_read(&catalogue, &error);
	if (ret_error)
		*ret_error = &error;
	return &catalogue;
}

static const struct argp *table(void)
{
	return wg_run_table(ask(NULL), false, NULL);
}

static const char *words(const char *metavar)
{
	return wg_run_words(ask(NULL), metavar);
}

static void on_help(void *input)
{
	((struct wg_run_cmd *)input)->wants_help = true;
}

static int run(int argc, char **argv)
{
	const struct wg_error *error;
	struct wg_run_cmd c = {
		.run = { .passes = 1 },
		.catalogue = ask(&error),
		.wait_list = strdup("tick,condvar,eventfd"),
		.tick_ns = 10000000,
		.patience_ns = 5000000000,
	};
	int rc;

	if (error->code || !c.wait_list) {
		wg_say("%s", error->code ? error->text : "out of memory");
		rc = WG_EXIT_FAILED;
	} else {
		rc = wg_run_parse(&c, &wg_cmd_run, argc, argv);
	}
	wg_say_plainly();
	if (rc < 0) {
		hold_room(&c);
		rc = run_all(&c);
		if (rc == 0)
			rc = report(&c);
	}
	clean_up(&c);
	return rc;
}

const struct wg_cmd wg_cmd_run = {
	.name = "wakegap run",
	.does = "run a workload once per wait strategy and compare them",
	.main = run,
	.table = table,
	.on_help = on_help,
	.words = words,
};
