/*
 * workload.c: main of wakegap-workload. See workload.h.
 */
#include "core/workload.h"

#include <errno.h>
#include <getopt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "core/pool.h"
#include "core/wait.h"

int wg_workload_fail(const char *fmt, ...)
{
	va_list ap;

	(void)fputs("wakegap: ", stderr);
	va_start(ap, fmt);
	(void)vfprintf(stderr, fmt, ap);
	va_end(ap);
	(void)fputc('\n', stderr);
	return 1;
}

static void print_help(void)
{
	puts("wakegap-workload: the programs that `wakegap run` records\n\n"
	     "usage: wakegap-workload read --file F --wait NAME [--chunk BYTES] [--tick-ns N]\n"
	     "                             [--passes N] [--workers N]\n"
	     "       wakegap-workload --waits\n\n"
	     "--wait pread reads without a loop. --waits lists the strategies: name, polls or\n"
	     "blocks, what it does. The answer is one line of JSON. Meant for `wakegap run`, "
	     "which\n"
	     "takes sizes and times with units.");
}

static int list_waits(void)
{
	const struct wg_wait_ops *ops;
	size_t i;

	for (i = 0; (ops = wg_wait_at(i)); i++)
		printf("%s\t%s\t%s\n", ops->name, ops->caps & WG_CAP_POLLS ? "polls" : "blocks",
			ops->does);
	return fflush(stdout) == 0 ? 0 : 1;
}

static int parse_number(const char *text, uint64_t max, uint64_t *ret_value)
{
	char *end;

	errno = 0;
	*ret_value = strtoull(text, &end, 10);
	if (errno || end == text || *end || strchr(text, '-') || *ret_value > max)
		return -EINVAL;
	return 0;
}

enum { OPT_FILE, OPT_WAIT, OPT_CHUNK, OPT_TICK, OPT_PASSES, OPT_WORKERS, OPT_WAITS, OPT_HELP };

static const struct option options[] = {
	{ "file", required_argument, NULL, OPT_FILE },
	{ "wait", required_argument, NULL, OPT_WAIT },
	{ "chunk", required_argument, NULL, OPT_CHUNK },
	{ "tick-ns", required_argument, NULL, OPT_TICK },
	{ "passes", required_argument, NULL, OPT_PASSES },
	{ "workers", required_argument, NULL, OPT_WORKERS },
	{ "waits", no_argument, NULL, OPT_WAITS },
	{ "help", no_argument, NULL, OPT_HELP },
	{ NULL, 0, NULL, 0 },
};

/* 0, or a usage status after one line. */
static int set_option(struct wg_workload *w, int opt, const char *arg)
{
	uint64_t n = 0;
	int rc = 0;

	switch (opt) {
	case OPT_FILE: w->file = arg; break;
	case OPT_WAIT: w->wait = arg; break;
	case OPT_CHUNK:
		rc = parse_number(arg, UINT64_C(1) << 30, &n);
		w->chunk = n;
		break;
	case OPT_TICK:
		rc = parse_number(arg, INT64_MAX, &n);
		w->tick_ns = (int64_t)n;
		break;
	case OPT_PASSES:
		rc = parse_number(arg, 1000000, &n);
		w->passes = (unsigned)n;
		break;
	case OPT_WORKERS:
		rc = parse_number(arg, WG_WORKERS_MAX, &n);
		w->workers = (unsigned)n;
		break;
	default: return 2; /* getopt has said why */
	}
	if (rc < 0) {
		(void)wg_workload_fail("'%s' is no number for --%s", arg, options[opt].name);
		return 2;
	}
	return 0;
}

int main(int argc, char **argv)
{
	struct wg_workload w = { .wait = "eventfd", .chunk = 65536, .passes = 1 };
	int opt;

	while ((opt = getopt_long(argc, argv, "", options, NULL)) != -1) {
		if (opt == OPT_WAITS)
			return list_waits();
		if (opt == OPT_HELP) {
			print_help();
			return fflush(stdout) == 0 ? 0 : 1;
		}
		if (set_option(&w, opt, optarg))
			return 2;
	}
	if (optind + 1 != argc || strcmp(argv[optind], "read") != 0 || !w.file) {
		(void)wg_workload_fail("usage: wakegap-workload read --file F (see --help)");
		return 2;
	}
	if (w.chunk == 0 || w.passes == 0) {
		(void)wg_workload_fail("--chunk and --passes must be at least 1");
		return 2;
	}
	return wg_workload_read(&w);
}
