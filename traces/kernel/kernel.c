/*
 * kernel.c: see kernel.h. The order in which a recording is set up; undone from the end.
 *
 *	1 the folder            removed, if there is no trace in it
 *	2 signals wait          given back
 *	3 the kernel's program  unloaded; by the kernel, if we are killed
 *	4 the trace             written to its end; stays if we are killed
 *	5 the command, held     killed, if it has not run
 */
#include "traces/kernel/kernel.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "traces/base/program.h"
#include "traces/base/signals.h"
#include "traces/kernel/light.h"
#include "traces/kernel/records.h"
#include "traces/kernel/seed.h"
#include "traces/record/child.h"
#include "traces/record/files.h"
#include "traces/record/flight.h"
#include "traces/write/ctf.h"
#include "traces/write/memory.h"

/* How long records may wait for us. */
#define LOOK_MS 100

struct recording {
	const struct wg_kernel_options *options;
	struct wg_kernel_result *result;
	struct wg__folder folder;
	struct wg__signals signals;
	struct wg__light *light;
	struct wg__records *records;
	struct wg_ctf *ctf; /* in the folder, or in memory */
	struct wg__memory memory;
	struct wg__flight flight;
	struct wg__flight_from from;
	struct wg__child child;
	bool has_ended;	  /* the command */
	int broken;	  /* the trace cannot be written on: an error */
	int64_t taken_ns; /* the buffer was emptied last */
	int64_t flushed_ns;
};

static int add(void *user, const struct wg_event *event)
{
	struct recording *r = user;
	int rc = wg_ctf_add(r->ctf, event);

	if (rc == 0)
		wg__flight_event(&r->flight, event);
	return rc;
}

int wg_kernel_check(struct wg_error *err)
{
	struct wg__light *light = NULL;
	int rc = wg__light_open(&light, false, err);

	wg__light_close(light);
	return rc;
}

static int hold_command(struct recording *r, struct wg_error *err)
{
	static const char *const nothing[] = { NULL };
	const struct wg__child_setup setup = { { -1, -1, -1 }, false, nothing };
	int rc;

	r->child.adopts = true;
	rc = wg__child_hold(&r->child, r->options->argv, &setup, &r->signals, err);
	if (rc < 0 || r->child.pid == 0)
		return rc;
	rc = wg__light_add(r->light, r->child.pid, WG_RAW_AT_EXEC);
	return rc < 0 ? wg_error_set(err, rc, "cannot record: %s" WG_SEE_DOCTOR, strerror(-rc)) : 0;
}

static int add_processes(struct recording *r, struct wg_error *err)
{
	size_t i;
	int rc;

	for (i = 0; i < r->options->pids; i++) {
		pid_t pid = r->options->pid[i];

		if (kill(pid, 0) < 0 && errno == ESRCH)
			return wg_error_set(err, -ESRCH, "there is no process %ld", (long)pid);
		rc = wg__light_add(r->light, pid, WG_RAW_ON);
		if (rc == 0)
			rc = wg__seed_waits(pid, r->records);
		if (rc < 0)
			return wg_error_set(err, rc, "cannot record process %ld: %s" WG_SEE_DOCTOR,
				(long)pid, strerror(-rc));
	}
	return 0;
}

static int64_t now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* The buffer was emptied at that time: what was lost was lost since. */
static int note_lost(struct recording *r)
{
	struct wg_event hole = { .type = WG_EV_LOST, .ts_ns = now_ns(), .procname = "" };
	uint64_t lost = wg__light_lost(r->light);

	hole.lost.begin_ns = r->taken_ns;
	hole.lost.count = lost - r->result->lost;
	r->result->lost = lost;
	return hole.lost.count ? wg_ctf_add(r->ctf, &hole) : 0;
}

/* N6 */
static int flush(struct recording *r, bool is_last)
{
	if (!is_last && r->taken_ns - r->flushed_ns < LOOK_MS * INT64_C(1000000))
		return 0;
	r->flushed_ns = r->taken_ns;
	return wg_ctf_flush(r->ctf);
}

/* N5: an error is said at the end. */
static void take(struct recording *r, bool is_last)
{
	int64_t begin_ns = now_ns();
	int rc = r->broken;

	if (rc == 0)
		rc = wg__light_take(r->light, 0, wg__records_take, r->records);
	if (rc == 0)
		rc = note_lost(r);
	r->taken_ns = begin_ns;
	r->broken = rc == 0 ? flush(r, is_last) : rc;
}

static int take_snapshot(void *user, const char *dir, char ret[PATH_MAX], struct wg_error *err)
{
	struct recording *r = user;

	take(r, false);
	if (r->broken < 0)
		return wg_error_set(err, r->broken, "cannot record on: %s", strerror(-r->broken));
	if (wg__records_count(r->records) == 0)
		return wg_error_set(
			err, -ENODATA, "nothing was recorded yet: there is no snapshot");
	return wg__memory_snapshot(&r->memory, dir, ret, err);
}

static bool have_ended(const struct recording *r)
{
	size_t i;

	for (i = 0; i < r->options->pids; i++) {
		if (kill(r->options->pid[i], 0) == 0 || errno != ESRCH)
			return false;
	}
	return true;
}

/* The same for a command, and for what it leaves running. */
static int command_is_over(struct recording *r, bool is_late, struct wg_error *err)
{
	const struct wg_kernel_options *o = r->options;
	int64_t now_ms = wg__now_ms();
	int rc;

	if (!r->has_ended) {
		rc = wg__child_wait(&r->child, &r->signals, now_ms, &r->result->exit_code, err);
		r->result->still_runs = rc == 1;
		if (rc != 0)
			return rc < 0 ? rc : is_late;
		r->has_ended = true;
	}
	if (r->signals.first || (!o->until_idle && o->for_ms == 0))
		return 1;
	return wg__child_await_left(&r->child, &r->signals, 0, o->until_idle, now_ms) == 0 ||
	       is_late;
}

/* Signals that came; is there an end? 1, or 0, or an error. */
static int is_over(struct recording *r, int64_t until_ms, struct wg_error *err)
{
	bool is_late = until_ms >= 0 && wg__now_ms() >= until_ms;
	siginfo_t info;

	if (r->options->argv)
		return command_is_over(r, is_late, err);
	while (wg__signals_next(&r->signals, 0, &info) != 0)
		continue;
	return is_late || r->signals.first || have_ended(r);
}

static void find_left(struct recording *r)
{
	struct wg__process one = { 0 };

	r->result->left = wg__child_left(&r->child, 0, &one);
	r->result->left_pid = one.pid;
	memcpy(r->result->left_name, one.name, sizeof(one.name));
}

static int run(struct recording *r, struct wg_error *err)
{
	int64_t until_ms = r->options->for_ms > 0 ? wg__now_ms() + r->options->for_ms : -1;
	struct pollfd fds[2] = { { .fd = wg__light_fd(r->light), .events = POLLIN },
		{ .fd = r->signals.fd, .events = POLLIN } };
	int rc = 0, over = 0;

	r->taken_ns = r->result->begin_ns = now_ns();
	if (r->options->started)
		r->options->started(r->options->user);
	if (r->options->argv)
		rc = wg__child_release(&r->child, r->options->argv[0], err);
	r->result->has_run = rc == 0;
	while (rc == 0 && over == 0) {
		int64_t left = until_ms < 0 ? LOOK_MS : until_ms - wg__now_ms();

		(void)poll(fds, 2, left < 0 ? 0 : left < LOOK_MS ? (int)left : LOOK_MS);
		take(r, false);
		(void)wg__flight_step(&r->flight);
		over = is_over(r, until_ms, err);
		if (r->broken < 0) {
			fds[0].fd = -1;
			over = over == 0 && !r->options->argv ? 1 : over;
		}
	}
	if (over > 0)
		take(r, true);
	if (over > 0 && wg__flight_end(&r->flight, err) < 0)
		over = err ? err->code : -EIO;
	r->result->snapshots = r->flight.kept;
	r->result->not_kept = r->flight.not_kept;
	if (r->has_ended)
		find_left(r);
	if (r->result->still_runs)
		r->child.pid = 0; /* it is the user's program, and goes on */
	return over < 0 ? over : rc;
}

static int open_trace(struct recording *r, struct wg_error *err)
{
	const struct wg_ctf_about about = {
		.tracer = "wakegap-kernel", .grows = true, .max_bytes = r->options->max_bytes
	};
	const struct wg_flight *flight = r->options->flight;
	int rc;

	if (!flight)
		return wg_ctf_create(r->folder.path, &about, &r->ctf, err);
	rc = wg__memory_open(&r->memory, about.tracer, flight->bytes, err);
	r->ctf = r->memory.ctf;
	r->from = (struct wg__flight_from){ take_snapshot, r, true };
	return rc == 0 ? wg__flight_open(&r->flight, flight, &r->from, &r->folder, err) : rc;
}

static int set_up(struct recording *r, struct wg_error *err)
{
	int rc = wg__light_open(&r->light, r->options->has_calls, err);

	if (rc == 0)
		rc = open_trace(r, err);
	if (rc < 0)
		return rc;
	r->records = wg__records_create(add, r);
	if (!r->records)
		return wg_error_set(err, -ENOMEM, "out of memory");
	return r->options->argv ? hold_command(r, err) : add_processes(r, err);
}

static int record(struct recording *r, struct wg_error *err)
{
	struct wg_ctf_dropped dropped = { 0 };
	struct wg_error later = { 0 };
	int rc = set_up(r, err), end = 0;

	if (rc == 0 && !wg__signals_interrupted(&r->signals))
		rc = run(r, err);
	wg__child_abandon(&r->child);
	if (r->records)
		r->result->records = wg__records_count(r->records);
	wg__flight_close(&r->flight);
	if (r->options->flight) {
		wg__memory_close(&r->memory);
	} else if (r->ctf) {
		dropped = wg_ctf_dropped(r->ctf);
		end = wg_ctf_finish(r->ctf, r->result->has_run, &later);
	}
	r->result->dropped_packets = dropped.packets;
	r->result->since_ns = dropped.since_ns;
	wg__records_destroy(r->records);
	wg__light_close(r->light);
	if (rc == 0 && end < 0)
		rc = wg_error_set(err, end, "%s: the trace ends there", later.text);
	else if (rc == 0 && r->broken < 0)
		rc = wg_error_set(err, r->broken,
			"cannot record on: %s: the trace ends there" WG_SEE_DOCTOR,
			strerror(-r->broken));
	return rc;
}

/* The most common mistake first. */
static int find_command(char *const *argv, struct wg_error *err)
{
	const char *search = getenv("PATH");
	char path[PATH_MAX];
	int rc = wg__program_find(argv[0], search ? search : "/bin:/usr/bin", path, sizeof(path));

	return rc == 0 ? 0 : wg__child_no_command(argv[0], rc, err);
}

int wg_kernel_record(const struct wg_kernel_options *options, struct wg_kernel_result *ret_result,
	struct wg_error *err)
{
	struct recording r = { .options = options, .result = ret_result };
	int rc = options->argv ? find_command(options->argv, err) : 0;

	*ret_result = (struct wg_kernel_result){ .has_run = false };
	r.flight.control.fd = -1;
	r.child.exec_fd = r.child.hold[0] = r.child.hold[1] = -1;
	if (rc == 0)
		rc = wg__folder_make(options->dir, &r.folder, err);
	if (rc < 0)
		return rc;
	wg__signals_start(&r.signals);
	rc = record(&r, err);
	wg__signals_stop(&r.signals);
	ret_result->interrupted_by = r.signals.first;
	/* What ends early keeps the marker that says so. */
	wg__folder_end(&r.folder, r.broken < 0, rc == 0 && ret_result->has_run);
	return rc;
}
