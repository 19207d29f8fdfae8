/*
 * bench_read.c: what reading a long trace costs: our decoder, libbabeltrace2, `wakegap stats`, and
 * `wakegap view` the first time and later.
 * Prints figures and ratios; judges nothing.
 *
 *     make bench-read        EVENTS=10000000 by default
 *     bench_read DIR         only writes the trace
 *
 * The trace is what two threads leave that hand operations to each other as fast as they can, as
 * LTTng-UST writes it: two processors, a stream each.
 */
#include <errno.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "traces/model/cache.h"
#include "traces/read/packets.h"
#include "traces/read/read.h"

#define HEADER	     84
#define PACKET_BYTES (512u << 10)
#define STEP_NS	     1500 /* from event to event */
#define RUNS	     3
#define SAMPLE	     "traces/samples/eventfd" /* its metadata is copied */

/* ---- the trace ---- */

struct stream {
	FILE *f;
	uint32_t cpu;
	uint64_t seq, begin, last;
	size_t used;
	uint8_t at[PACKET_BYTES];
};

static uint8_t uuid[16];

static void put(struct stream *s, uint64_t v, size_t bytes)
{
	memcpy(s->at + s->used, &v, bytes);
	s->used += bytes;
}

static void end_packet(struct stream *s)
{
	size_t used = s->used;

	if (!used)
		return;
	s->used = 0;
	put(s, 0xC1FC1FC1u, 4);
	memcpy(s->at + 4, uuid, 16);
	s->used += 16;
	put(s, 0, 4);
	put(s, s->cpu, 8);
	put(s, s->begin, 8);
	put(s, s->last, 8);
	put(s, used * 8, 8);
	put(s, (uint64_t)PACKET_BYTES * 8, 8);
	put(s, s->seq++, 8);
	put(s, 0, 8);
	put(s, s->cpu, 4);
	memset(s->at + used, 0, PACKET_BYTES - used);
	if (fwrite(s->at, PACKET_BYTES, 1, s->f) != 1)
		abort();
	s->used = 0;
}

static void begin_event(struct stream *s, unsigned id, uint64_t ns, uint32_t tid)
{
	static const char procname[17] = "wakegap-workloa";

	if (s->used + 128 > PACKET_BYTES)
		end_packet(s);
	if (!s->used) {
		s->used = HEADER;
		s->begin = ns;
	}
	s->last = ns;
	put(s, id, 2);
	put(s, ns & UINT32_MAX, 4);
	put(s, 4711, 4);
	put(s, tid, 4);
	memcpy(s->at + s->used, procname, sizeof(procname));
	s->used += sizeof(procname);
	put(s, 1, 4);
}

/* The events of one operation: eight, or seven every other time. */
static void put_operation(struct stream s[2], uint64_t op, uint64_t *ns)
{
	begin_event(&s[0], 1, *ns += STEP_NS, 1); /* submit */
	put(&s[0], op, 8);
	put(&s[0], 0, 4);
	put(&s[0], 65536, 8);
	begin_event(&s[1], 2, *ns += STEP_NS, 2); /* start */
	put(&s[1], op, 8);
	put(&s[1], 1, 4);
	begin_event(&s[0], 5, *ns += STEP_NS, 1); /* wait */
	put(&s[0], UINT64_MAX, 8);
	put(&s[0], 0, 4);
	begin_event(&s[1], 3, *ns += STEP_NS, 2); /* done */
	put(&s[1], op, 8);
	put(&s[1], 65536, 8);
	begin_event(&s[1], 4, *ns += STEP_NS, 2); /* notify */
	put(&s[1], op, 8);
	put(&s[1], 1, 1);
	begin_event(&s[0], 6, *ns += STEP_NS, 1); /* wake */
	put(&s[0], 0, 4);
	put(&s[0], 1, 4);
	begin_event(&s[0], 7, *ns += STEP_NS, 1); /* poll */
	put(&s[0], 1, 4);
	begin_event(&s[0], 8, *ns += STEP_NS, 1); /* deliver */
	put(&s[0], op, 8);
	put(&s[0], 65536, 8);
}

static void open_file(FILE **f, const char *dir, const char *name)
{
	char path[4096];

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	*f = fopen(path, "we");
	if (!*f) {
		perror(path);
		exit(1);
	}
}

static void write_trace(const char *dir, uint64_t events)
{
	struct stream *s = calloc(2, sizeof(*s));
	uint64_t ns = UINT64_C(1000000000), op;
	bool has_uuid;
	char *text = NULL;
	FILE *f;

	(void)mkdir(dir, 0700);
	if (!s || wg__metadata_text(SAMPLE, &text, uuid, &has_uuid) < 0)
		abort();
	open_file(&f, dir, "metadata");
	(void)fputs(text, f);
	(void)fclose(f);
	free(text);
	open_file(&s[0].f, dir, "wakegap_0");
	open_file(&s[1].f, dir, "wakegap_1");
	s[1].cpu = 1;
	begin_event(&s[0], 0, ns, 1); /* loop */
	memcpy(s[0].at + s[0].used, "eventfd", 8);
	s[0].used += 8;
	put(&s[0], 0, 8);
	for (op = 1; op <= events / 8; op++)
		put_operation(s, op, &ns);
	for (op = 0; op < 2; op++) {
		end_packet(&s[op]);
		(void)fclose(s[op].f);
	}
	free(s);
}

/* ---- measured ---- */

static double seconds(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void use_cores(int cores)
{
	cpu_set_t all, some;
	int i, got = 0;

	if (sched_getaffinity(0, sizeof(all), &all) < 0)
		return;
	CPU_ZERO(&some);
	for (i = 0; i < CPU_SETSIZE && got < cores; i++) {
		if (CPU_ISSET(i, &all)) {
			CPU_SET(i, &some);
			got++;
		}
	}
	(void)sched_setaffinity(0, sizeof(some), &some);
}

static void decode(const char *dir, enum wg_reader_way way)
{
	struct wg_reader *r = NULL;
	struct wg_error err;
	struct wg_event ev;
	uint64_t count = 0;

	wg_reader_choose(way);
	if (wg_reader_open(dir, &r, &err) < 0) {
		(void)fprintf(stderr, "%s\n", err.text);
		_exit(1);
	}
	while (wg_reader_next(r, &ev, &err) > 0)
		count++;
	wg_reader_close(r);
	_exit(count ? 0 : 1);
}

static int by_size(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

struct took {
	double wall, cpu; /* of a loaded machine the second one tells more */
};

static double cpu_seconds(const struct rusage *u)
{
	return (double)(u->ru_utime.tv_sec + u->ru_stime.tv_sec) +
	       (double)(u->ru_utime.tv_usec + u->ru_stime.tv_usec) / 1e6;
}

/* The medians of some runs in a child: of a shell line, or of our reader. */
static struct took measure(const char *what, const char *line, const char *dir, int cores)
{
	double wall[RUNS], cpu[RUNS];
	int i;

	for (i = 0; i < RUNS; i++) {
		double begin = seconds();
		struct rusage usage = { 0 };
		int status = 0;
		pid_t pid = fork();

		if (pid == 0) {
			use_cores(cores);
			if (!line)
				decode(dir, WG_READER_CTF);
			(void)execl("/bin/sh", "sh", "-c", line, "sh", dir, (char *)NULL);
			_exit(127);
		}
		if (pid < 0 || wait4(pid, &status, 0, &usage) < 0 || status != 0)
			printf("%s failed\n", what);
		wall[i] = seconds() - begin;
		cpu[i] = cpu_seconds(&usage);
	}
	qsort(wall, RUNS, sizeof(*wall), by_size);
	qsort(cpu, RUNS, sizeof(*cpu), by_size);
	printf("%-44s %8.3f s, %8.3f s of CPU\n", what, wall[RUNS / 2], cpu[RUNS / 2]);
	(void)fflush(stdout);
	return (struct took){ wall[RUNS / 2], cpu[RUNS / 2] };
}

static double cache_bytes(const char *dir)
{
	char path[256];
	struct stat st;

	(void)snprintf(path, sizeof(path), "%s/" WG_CACHE_FILE, dir);
	return stat(path, &st) < 0 ? 0 : (double)st.st_size;
}

int main(int argc, char **argv)
{
	const char *text = getenv("EVENTS");
	uint64_t events = text ? strtoull(text, NULL, 10) : 10000000;
	char dir[] = "/tmp/bench_read.XXXXXX", line[256];
	struct took dummy, one, two, lines, alone, stats, before, first, second;

	if (access(SAMPLE, R_OK) < 0) {
		(void)fprintf(stderr,
			"bench_read: no folder '" SAMPLE "' here: `make bench-read` in the folder "
			"of the project\n");
		return 1;
	}
	if (argc > 1) {
		write_trace(argv[1], events);
		return 0;
	}
	if (!mkdtemp(dir))
		return 1;
	write_trace(dir, events);
	printf("%llu events, medians of %d\n", (unsigned long long)events, RUNS);
	dummy = measure("babeltrace2 -o dummy, one core", "babeltrace2 -o dummy $1", dir, 1);
	one = measure("our decoder, one core", NULL, dir, 1);
	two = measure("our decoder, two cores", NULL, dir, 2);
	lines = measure("babeltrace2 TRACE | wc -l", "babeltrace2 $1 | wc -l >/dev/null", dir, 2);
	before = measure("wakegap stats --reader babeltrace",
		"build/wakegap stats --reader babeltrace $1 >/dev/null", dir, 2);
	alone = measure("wakegap stats, one core", "build/wakegap stats $1 >/dev/null", dir, 1);
	stats = measure("wakegap stats", "build/wakegap stats $1 >/dev/null", dir, 2);
	/* With the time that it takes to write the cache. */
	first = measure("wakegap view --frame, first open",
		"rm -f $1/" WG_CACHE_FILE "; build/wakegap view --frame 200x50 $1 >/dev/null", dir,
		2);
	second = measure("wakegap view --frame, second open",
		"build/wakegap view --frame 200x50 $1 >/dev/null", dir, 2);
	printf("decode on one core: %.1f x (CPU %.1f x), on two: %.1f x\n", dummy.wall / one.wall,
		dummy.cpu / one.cpu, dummy.wall / two.wall);
	printf("two cores beside one: decode %.2f x, stats %.2f x\n", one.wall / two.wall,
		alone.wall / stats.wall);
	printf("stats: %.1f x text (CPU %.1f x), %.1f x before (CPU %.1f x)\n",
		lines.wall / stats.wall, lines.cpu / stats.cpu, before.wall / stats.wall,
		before.cpu / stats.cpu);
	printf("second open: %.1f x the first (CPU %.1f x), %.1f bytes an event in its cache\n",
		first.wall / second.wall, first.cpu / second.cpu,
		cache_bytes(dir) / (double)events);
	(void)snprintf(line, sizeof(line), "rm -r %s", dir);
	return system(line) != 0;
}
