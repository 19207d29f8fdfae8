/*
 * test_hosts.c: recordings that another host stores: a relay daemon and two hosts, each in a
 * network of its own (tests/data/hosts/hosts.sh), what each of them said, and what was stored.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"

static const char *out; /* the folder; NULL: this machine cannot do it */

static bool has_run(void)
{
	static bool is_done;
	char build[4096], real[4096];

	if (!is_done) {
		const char *dir = wg_tmpdir();
		const char *argv[] = { "sh", "tests/data/hosts/hosts.sh", real, dir, NULL };

		is_done = true;
		(void)snprintf(build, sizeof(build), "%s", wg_build_path("wakegap"));
		*strrchr(build, '/') = '\0';
		if (realpath(build, real) && wg_run(NULL, NULL, argv) == 0)
			out = dir;
	}
	if (!out)
		wg_skip("network namespaces, or lttng-relayd");
	return out;
}

static char *said(const char *step)
{
	char path[512], *text = calloc(1, 16384);
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/%s", out, step);
	f = fopen(path, "re");
	if (f && text)
		(void)!fread(text, 1, 16383, f);
	if (f)
		(void)fclose(f);
	return text;
}

static void says(const char *step, const char *a, const char *b)
{
	char *text = said(step);

	CU_ASSERT(wg_has(text, a));
	CU_ASSERT(wg_has(text, b));
	if (!wg_has(text, a) || !wg_has(text, b))
		(void)fprintf(stderr, "# %s: %s\n", step, text);
	free(text);
}

/* The i-th folder that the relay daemon made, by name. */
static void stored(int i, char *path, size_t len)
{
	char *text = said("list"), *line = text;

	while (line && i-- > 0)
		line = strchr(line, '\n') ? strchr(line, '\n') + 1 : NULL;
	(void)snprintf(path, len, "%.*s", line ? (int)strcspn(line, "\n") : 0, line ? line : "");
	free(text);
}

static void what_a_relay_daemon_stores_is_a_trace(void)
{
	struct wg_reading reading;
	char path[512];

	if (!has_run())
		return;
	says("alpha", "trace at net://10.77.1.1 in the folder of its relay daemon: alpha/wakegap-",
		"status 0\n");
	says("beta", "of its relay daemon: beta/wakegap-", "status 0\n");
	for (int i = 0; i < 4; i++) {
		stored(i, path, sizeof(path));
		wg_read_all(path, &reading);
		CU_ASSERT_EQUAL(reading.rc, 0);
		CU_ASSERT(reading.events > 20);
		CU_ASSERT_EQUAL(reading.lost, 0);
	}
}

static void a_relay_daemon_that_is_not_there_is_said(void)
{
	if (!has_run())
		return;
	says("refused", "wakegap: no relay daemon listens at 10.77.1.1, port 99: start ",
		"status 1\n");
	says("unreachable",
		"the relay daemon at 10.77.9.1, port 5343, cannot be reached: ", "status 1\n");
	says("strange", "port 5343, does not answer as a relay daemon does", "status 1\n");
}

static void one_that_dies_takes_nothing_with_it(void)
{
	if (!has_run())
		return;
	says("killed", "ran to its end\n", "is gone (has it ended?): ");
	says("killed", "what it received until then is in its folder alpha/wakegap-", "status 1\n");
}

static void a_network_that_is_cut_is_said(void)
{
	if (!has_run())
		return;
	says("cut", "ran to its end\n",
		"the relay daemon at 10.77.3.1 cannot be reached any more (is the network cut?)");
	says("cut", "what it received until then is in its folder gamma/wakegap-", "status 1\n");
}

static void another_host_watches_meanwhile(void)
{
	char *text;

	if (!has_run())
		return;
	says("sessions", "which session of net://10.77.2.1? It has ", "alpha/wakegap-");
	says("sessions", "alpha/wakegap-", "status 1\n");
	says("live", "watch it with `wakegap live net://10.77.1.1/host/alpha/wakegap-",
		"status 0\n");
	says("watch", " events came\n", "status 0\n");
	text = said("watch");
	CU_ASSERT(!wg_has(text, ": 0 events came"));
	free(text);
}

/* As a note says; in seconds. */
static double shift_of_alpha(const char *text)
{
	static const char before[] = "times of host alpha: ";
	const char *at = strstr(text, before);

	return at ? strtod(at + sizeof(before) - 1, NULL) : 0;
}

/* Both hosts on one time axis, in stats and in the viewer, with the offset and where it is from. */
/* "158 events in 5.81 s"; ms and less count as seconds, too. */
static double seconds_in(const char *text)
{
	const char *at = strstr(text, " events in ");
	double seconds = 1e9;

	CU_ASSERT(at && sscanf(at, " events in %lf", &seconds) == 1);
	return seconds;
}

static void hosts_are_merged_on_one_time_axis(void)
{
	char alpha[512], beta[512], *text = NULL, *err = NULL;
	const char *stats[] = { wg_build_path("wakegap"), "stats", "--merge", alpha, beta, NULL,
		NULL };
	const char *view[] = { wg_build_path("wakegap"), "view", "--merge", alpha, beta, "--text",
		NULL };

	if (!has_run())
		return;
	stored(2, alpha, sizeof(alpha));
	stored(3, beta, sizeof(beta));
	CU_ASSERT(strstr(alpha, "/alpha/") && strstr(beta, "/beta/"));
	CU_ASSERT_EQUAL(wg_run(&text, NULL, stats), 0);
	CU_ASSERT(
		wg_has(text, "times of host beta: +0.000000000 s: the clock that others are put"));
	CU_ASSERT_DOUBLE_EQUAL(shift_of_alpha(text), 5000, 1);
	CU_ASSERT(wg_has(text, "found by clock.offset of the metadata, each host's own time of "
			       "day: as exact as those were set, not better"));
	CU_ASSERT(wg_has(text, "wakegap-workloa@alpha "));
	CU_ASSERT(wg_has(text, "wakegap-workloa@beta "));
	/* The two ran within the test, though their clocks are 5000 s apart. */
	CU_ASSERT(seconds_in(text) < 1000);
	free(text);
	CU_ASSERT_EQUAL(wg_run(&text, NULL, view), 0);
	CU_ASSERT_DOUBLE_EQUAL(shift_of_alpha(text), 5000, 1);
	CU_ASSERT(wg_has(text, "@alpha"));
	CU_ASSERT(wg_has(text, "@beta"));
	free(text);
	stats[5] = "--clock-offset=beta=-2ms";
	CU_ASSERT_EQUAL(wg_run(&text, NULL, stats), 0);
	CU_ASSERT(wg_has(text, "times of host beta: -0.002000000 s: -0.002000000 s by "
			       "--clock-offset"));
	free(text);
	stats[5] = "--clock-offset=gamma=2ms";
	CU_ASSERT_EQUAL(wg_run(NULL, &err, stats), 1);
	CU_ASSERT(wg_has(err, "no part of the trace is of host 'gamma': it has alpha, beta"));
	free(err);
	stats[5] = "--clock-offset=beta=x";
	CU_ASSERT_EQUAL(wg_run(NULL, &err, stats), 2);
	CU_ASSERT(wg_has(err, "--clock-offset wants a host and a time"));
	free(err);
}

static void wrong_calls_are_one_line(void)
{
	static const struct {
		const char *args[5], *says;
		int status;
	} table[] = {
		{ { "--to", "foo", "true" }, "'foo' is not the address of a relay daemon: net://",
			1 },
		{ { "--to", "net://h:0", "true" }, "'net://h:0' is not the address", 1 },
		{ { "--to", "net://h:1:2:3", "true" }, "is not the address", 1 },
		{ { "--to", "net://h/x", "true" }, "is not the address", 1 },
		{ { "--to", "net://", "true" }, "is not the address", 1 },
		{ { "--to", "net://h", "-o", "x", "true" }, "the trace goes to one place", 2 },
		{ { "--to", "net://h", "--flight-recorder", "true" }, "in this host's memory", 2 },
		{ { "--live", "true" }, "--live needs --to", 2 },
		{ { "--to", "net://h", "--with", "preload", "true" },
			"the preload library cannot "
			"send",
			1 },
	};
	size_t i, k;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		const char *argv[10] = { wg_build_path("wakegap"), "record" };
		char *err = NULL;
		size_t n = 2;

		if (table[i].status == 1 && !strstr(table[i].says, "send")) {
			argv[n++] = "--with";
			argv[n++] = "lttng";
		}
		for (k = 0; k < 5 && table[i].args[k]; k++)
			argv[n++] = table[i].args[k];
		CU_ASSERT_EQUAL(wg_run(NULL, &err, argv), table[i].status);
		CU_ASSERT(wg_has(err, table[i].says));
		free(err);
	}
}

void suite_hosts(void)
{
	WG_TEST(what_a_relay_daemon_stores_is_a_trace);
	WG_TEST(a_relay_daemon_that_is_not_there_is_said);
	WG_TEST(one_that_dies_takes_nothing_with_it);
	WG_TEST(a_network_that_is_cut_is_said);
	WG_TEST(another_host_watches_meanwhile);
	WG_TEST(hosts_are_merged_on_one_time_axis);
	WG_TEST(wrong_calls_are_one_line);
}
