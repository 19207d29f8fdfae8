/*
 * events.c: what an event costs: compiled out, built in but not recorded, and recorded; against a
 * bare LTTng-UST event of the same size.
 *
 * To be recorded, this program runs itself under the recorder; the bare provider gets a session of
 * its own with the same buffers and contexts, made and destroyed by that child.
 */
#include "tests/bench/events.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/trace.h"
#include "tests/bench/bench.h"
#include "traces/record/record.h"

#define DISABLED 2000000
#define ENABLED	 100000

#ifdef WG_TRACE_LTTNG

#include <lttng/lttng.h>

#include "tests/bench/bare_tp.h"

double wg_bench_emit_facade(int n)
{
	int64_t begin_ns = wg_now_ns();
	int i;

	for (i = 0; i < n; i++)
		WG_TRACE(poll, 1u, (uint32_t)i);
	return (double)(wg_now_ns() - begin_ns) / n;
}

double wg_bench_emit_bare(int n)
{
	int64_t begin_ns = wg_now_ns();
	int i;

	for (i = 0; i < n; i++)
		lttng_ust_tracepoint(wgbench, bare, 1u, (uint32_t)i);
	return (double)(wg_now_ns() - begin_ns) / n;
}

/* A session for the bare provider, like the recorder's. 0 or -EIO. */
static int start_bare(const char *name, const char *dir)
{
	struct lttng_domain domain = { .type = LTTNG_DOMAIN_UST, .buf_type = LTTNG_BUFFER_PER_UID };
	struct lttng_event_context contexts[] = { { .ctx = LTTNG_EVENT_CONTEXT_VPID },
		{ .ctx = LTTNG_EVENT_CONTEXT_VTID }, { .ctx = LTTNG_EVENT_CONTEXT_PROCNAME } };
	struct lttng_event *event = lttng_event_create();
	struct lttng_channel *channel = lttng_channel_create(&domain);
	struct lttng_handle *handle = NULL;
	size_t i;
	int rc = -1;

	if (event && channel && lttng_create_session(name, dir) == 0)
		handle = lttng_create_handle(name, &domain);
	if (handle) {
		(void)snprintf(channel->name, sizeof(channel->name), "bare");
		channel->attr.overwrite = 0;
		channel->attr.subbuf_size = 4 << 20;
		channel->attr.num_subbuf = 4;
		event->type = LTTNG_EVENT_TRACEPOINT;
		(void)snprintf(event->name, sizeof(event->name), "wgbench:*");
		rc = lttng_enable_channel(handle, channel);
		for (i = 0; rc == 0 && i < 3; i++)
			rc = lttng_add_context(handle, &contexts[i], NULL, "bare");
		if (rc == 0)
			rc = lttng_enable_event(handle, event, "bare");
		if (rc == 0)
			rc = lttng_start_tracing(name);
		lttng_destroy_handle(handle);
	}
	if (event)
		lttng_event_destroy(event);
	if (channel)
		lttng_channel_destroy(channel);
	return rc == 0 ? 0 : -EIO;
}

int wg_bench_emit(void)
{
	char name[64], dir[] = "/tmp/wakegap-bare-XXXXXX", command[64];
	double bare = 0, facade;
	int rc;

	(void)snprintf(name, sizeof(name), "wakegap-bench-%ld", (long)getpid());
	if (!mkdtemp(dir))
		return 1;
	rc = start_bare(name, dir);
	(void)wg_bench_emit_facade(1000); /* warm up both */
	facade = wg_bench_emit_facade(ENABLED);
	if (rc == 0) {
		(void)wg_bench_emit_bare(1000);
		bare = wg_bench_emit_bare(ENABLED);
	}
	(void)lttng_destroy_session(name);
	(void)snprintf(command, sizeof(command), "rm -rf %s", dir);
	if (system(command) != 0)
		return 1;
	printf("%f %f\n", facade, bare);
	return rc == 0 ? 0 : 1;
}

#else

double wg_bench_emit_facade(int n)
{
	return wg_bench_emit_out(n);
}

double wg_bench_emit_bare(int n)
{
	(void)n;
	return 0;
}

int wg_bench_emit(void)
{
	return 1;
}

#endif

static int measure_here(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	(void)ret_extra;
#ifndef WG_TRACE_LTTNG
	if (strcmp(row->arg, "out") != 0) {
		*ret_why = "built without LTTng-UST";
		return -ENOTSUP;
	}
#endif
	(void)ret_why;
	*ret = strcmp(row->arg, "out") == 0	 ? wg_bench_emit_out(DISABLED)
	       : strcmp(row->arg, "facade") == 0 ? wg_bench_emit_facade(DISABLED)
						 : wg_bench_emit_bare(DISABLED);
	return 0;
}

/* Both figures come from one recorded child; the second row takes what the first has left. */
static int measure_recorded(
	const struct wg_bench_row *row, double *ret, double *ret_extra, const char **ret_why)
{
	static double bare;
	static char why[480];
	char dir[128], text[64] = "";
	char *argv[] = { (char *)(uintptr_t)wg_bench_setup.self, (char *)(uintptr_t) "--emit",
		NULL };
	struct wg_record_result result = { 0 };
	struct wg_error err = { 0 };
	int rc, fd;

	(void)ret_extra;
	if (strcmp(row->arg, "bare") == 0) {
		*ret = bare;
		*ret_why = bare > 0 ? NULL : "the recorded row gave none";
		return bare > 0 ? 0 : -ENODATA;
	}
	(void)snprintf(dir, sizeof(dir), "%s/trace", wg_bench_setup.dir);
	fd = memfd_create("answer", MFD_CLOEXEC);
	rc = wg_record(
		&(struct wg_record_options){
			.dir = dir, .argv = argv, .only_command = true, .stdout_fd = fd },
		&result, &err);
	if (rc == 0 && pread(fd, text, sizeof(text) - 1, 0) > 0 &&
		sscanf(text, "%lf %lf", ret, &bare) != 2)
		rc = -EPROTO;
	(void)close(fd);
	(void)snprintf(why, sizeof(why), "rm -rf %s", dir);
	if (system(why) != 0)
		rc = -EIO;
	if (rc < 0 || result.exit_code != 0) {
		(void)snprintf(why, sizeof(why), "%s", *err.text ? err.text : "the child failed");
		*ret_why = why;
		return -EIO;
	}
	return 0;
}

static struct wg_bench_row rows[] = {
	{ .group = "events", .name = "compiled out", .measure = measure_here, .arg = "out" },
	{ .group = "events",
		.name = "not recorded",
		.measure = measure_here,
		.arg = "facade",
		.against = "bare, not recorded" },
	{ .group = "events", .name = "bare, not recorded", .measure = measure_here, .arg = "bare" },
	{ .group = "events",
		.name = "recorded",
		.measure = measure_recorded,
		.arg = "facade",
		.against = "bare, recorded" },
	{ .group = "events", .name = "bare, recorded", .measure = measure_recorded, .arg = "bare" },
	{ .name = NULL },
};

struct wg_bench_group wg_bench_events = { .name = "events",
	.title = "one event of two numbers (with three contexts where recorded)",
	.rounds = 7,
	.rows = rows };
