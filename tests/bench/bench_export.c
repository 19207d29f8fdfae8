/*
 * bench_export.c: what an export costs compared with only reading the trace: time, and memory at
 * two sizes. All in one run, in turns, so that a busy machine slows all of them. Prints medians;
 * judges nothing.
 *
 *     make bench-export        EVENTS=1000000 by default
 */
#include <fcntl.h>
#include <ftw.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "traces/read/read.h"

#define ROUNDS	    7
#define FILE_BYTES  (1 << 20)
#define CHUNK_BYTES 4096
#define OP_EVENTS   8 /* a read with a notify, about */

static const struct {
	const char *name;
	const char *format; /* NULL: read only */
	const char *what;
} cases[] = {
	{ "reading alone", NULL, NULL },
	{ "csv", "csv", "events" },
	{ "csv of intervals", "csv", "intervals" },
	{ "csv of operations", "csv", "operations" },
	{ "jsonl", "jsonl", "events" },
	{ "chrome", "chrome", "events" },
	{ "perfetto", "perfetto", "events" },
};
#define CASES (sizeof(cases) / sizeof(cases[0]))

static const char *self, *wakegap;
static char dir[] = "/tmp/wakegap-bench-XXXXXX";

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *at)
{
	(void)st, (void)type, (void)at;
	return remove(path);
}

static void remove_all(void)
{
	(void)nftw(dir, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

static double seconds(const struct timeval *t)
{
	return (double)t->tv_sec + (double)t->tv_usec / 1e6;
}

/* Run it to its end: wall and CPU time in seconds, memory in KiB. */
static void run(const char *const argv[], double *ret_wall, double *ret_cpu, long *ret_kib)
{
	struct timespec begin, end;
	struct rusage usage;
	int status;
	pid_t pid;

	(void)clock_gettime(CLOCK_MONOTONIC, &begin);
	pid = fork();
	if (pid == 0) {
		(void)dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
		(void)execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	if (pid < 0 || wait4(pid, &status, 0, &usage) != pid || status != 0) {
		(void)fprintf(stderr, "bench: %s %s failed\n", argv[0], argv[1]);
		exit(1);
	}
	(void)clock_gettime(CLOCK_MONOTONIC, &end);
	*ret_wall =
		(double)(end.tv_sec - begin.tv_sec) + (double)(end.tv_nsec - begin.tv_nsec) / 1e9;
	*ret_cpu = seconds(&usage.ru_utime) + seconds(&usage.ru_stime);
	*ret_kib = usage.ru_maxrss;
}

static void run_case(size_t i, const char *trace, double *ret_wall, double *ret_cpu, long *ret_kib)
{
	char out[64];
	const char *const reading[] = { self, "--read", trace, NULL };
	const char *const writing[] = { wakegap, "export", trace, "--format", cases[i].format,
		"--what", cases[i].what, "-o", out, NULL };

	(void)snprintf(out, sizeof(out), "%s/out", dir);
	run(cases[i].format ? writing : reading, ret_wall, ret_cpu, ret_kib);
}

static uint64_t read_all(const char *trace)
{
	struct wg_reader *reader = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev;
	uint64_t count = 0;

	if (wg_reader_open(trace, &reader, &err) < 0) {
		(void)fprintf(stderr, "bench: %s\n", err.text);
		exit(1);
	}
	while (wg_reader_next(reader, &ev, &err) > 0)
		count++;
	wg_reader_close(reader);
	return count;
}

/* A recording of so many events, about, below dir; its path in ret. */
static void record(long events, const char *name, char *ret, size_t len)
{
	char file[64], passes[24];
	const char *const argv[] = { wakegap, "run", "read", "--file", file, "--chunk", "4K",
		"--passes", passes, "--wait", "eventfd", "--record", ret, NULL };
	double wall, cpu;
	long kib;
	int fd;

	(void)snprintf(file, sizeof(file), "%s/file", dir);
	(void)snprintf(ret, len, "%s/%s", dir, name);
	(void)snprintf(
		passes, sizeof(passes), "%ld", 1 + events / OP_EVENTS / (FILE_BYTES / CHUNK_BYTES));
	fd = open(file, O_CREAT | O_WRONLY | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, FILE_BYTES) < 0) {
		perror(file);
		exit(1);
	}
	(void)close(fd);
	run(argv, &wall, &cpu, &kib);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double median(double *v)
{
	qsort(v, ROUNDS, sizeof(*v), by_size);
	return v[ROUNDS / 2];
}

int main(int argc, char **argv)
{
	static double wall[CASES][ROUNDS], cpu[CASES][ROUNDS];
	long events, kib, most[CASES][2] = { { 0 } };
	char trace[2][64], command[512];
	double unused, one, reading = 0, reading_cpu = 0;
	size_t i, round;

	if (argc == 3 && strcmp(argv[1], "--read") == 0)
		return read_all(argv[2]) == 0;
	events = argc > 1 ? strtol(argv[1], NULL, 10) : 1000000;
	self = argv[0];
	(void)snprintf(command, sizeof(command), "%.*swakegap",
		(int)(strrchr(self, '/') ? strrchr(self, '/') - self + 1 : 0), self);
	wakegap = command;
	if (!mkdtemp(dir) || atexit(remove_all) != 0)
		return 1;
	record(events / 4, "quarter", trace[0], sizeof(trace[0]));
	record(events, "whole", trace[1], sizeof(trace[1]));
	for (i = 0; i < CASES; i++)
		run_case(i, trace[0], &unused, &unused, &most[i][0]);
	for (round = 0; round < ROUNDS; round++) {
		for (i = 0; i < CASES; i++) {
			run_case(i, trace[1], &wall[i][round], &cpu[i][round], &kib);
			most[i][1] = kib > most[i][1] ? kib : most[i][1];
		}
	}
	printf("%llu events, and %llu for the memory; medians of %d, in turns\n\n"
	       "%-20s %8s %8s %8s %8s %12s %12s\n",
		(unsigned long long)read_all(trace[1]), (unsigned long long)read_all(trace[0]),
		ROUNDS, "", "time", "of it", "CPU", "of it", "KiB, 1/4", "KiB");
	for (i = 0; i < CASES; i++) {
		one = median(wall[i]);
		unused = median(cpu[i]);
		reading = i == 0 ? one : reading;
		reading_cpu = i == 0 ? unused : reading_cpu;
		printf("%-20s %6.2f s %7.2fx %6.2f s %7.2fx %12ld %12ld\n", cases[i].name, one,
			one / reading, unused, unused / reading_cpu, most[i][0], most[i][1]);
	}
	return 0;
}
