/*
 * progress.c: see progress.h.
 */
#include "tests/harness/progress.h"

#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define SLOWEST 10

int64_t wg_now_ns(void)
{
	struct timespec now;

	(void)clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000000000 + now.tv_nsec;
}

/* ---- the line on a terminal ---- */

static int columns(void)
{
	struct winsize size;

	return ioctl(STDOUT_FILENO, TIOCGWINSZ, &size) == 0 && size.ws_col ? size.ws_col : 80;
}

void wg_progress_clear(const struct wg_progress *p)
{
	if (p->is_terminal)
		fputs("\r\033[K", stdout);
}

void wg_progress_draw(const struct wg_progress *p)
{
	char line[400];
	size_t i, used, done = 0;

	if (!p->is_terminal)
		return;
	for (i = 0; i < p->count; i++)
		done += p->jobs[i].stage == WG_ENDED;
	used = (size_t)snprintf(line, sizeof(line), "%zu of %zu suites, %d failed; running:", done,
		p->count, p->failed);
	for (i = 0; i < p->count; i++) {
		if (p->jobs[i].stage == WG_RUNS && used < sizeof(line))
			used += (size_t)snprintf(line + used, sizeof(line) - used, " %s %ds",
				p->jobs[i].suite->name,
				(int)((wg_now_ns() - p->jobs[i].start_ns) / 1000000000));
	}
	/* A line that wraps could not be rewritten. */
	printf("\r%.*s\033[K", columns() - 1, line);
	(void)fflush(stdout);
}

/* ---- the end of a suite ---- */

/* Why it has no result, or NULL. */
static const char *what_went_wrong(const struct wg_job *job)
{
	const struct wg_report *r = job->report;
	static char text[200];

	if (!r->is_kept)
		return "could not be started";
	if (r->is_late)
		(void)snprintf(text, sizeof(text),
			"took longer than its %d s and was killed, in %s", job->suite->limit_s,
			r->test);
	else if (WIFSIGNALED(r->status))
		(void)snprintf(text, sizeof(text), "was killed by signal %d (%s), in %s",
			WTERMSIG(r->status), strsignal(WTERMSIG(r->status)), r->test);
	else if (!r->is_complete)
		(void)snprintf(text, sizeof(text), "exited with %d in %s", WEXITSTATUS(r->status),
			r->test);
	else if (WEXITSTATUS(r->status) != (r->failed ? 1 : 0)) /* a sanitizer, at the exit */
		(void)snprintf(text, sizeof(text), "exited with %d after its last test",
			WEXITSTATUS(r->status));
	else if (r->used_lttng && !(job->suite->flags & WG_SUITE_LTTNG))
		return "uses LTTng: suites.def must say LTTNG";
	else
		return NULL;
	return text;
}

/* A failure is its line and the remarks that follow. On a terminal nothing else is shown. */
static void show_lines(struct wg_progress *p, FILE *from)
{
	static const char failed[] = "not ok - ";
	char *line = NULL;
	size_t size = 0;
	bool is_failure = false;

	while (getline(&line, &size, from) > 0) {
		if (strncmp(line, failed, strlen(failed)) == 0) {
			is_failure = true;
			(void)fprintf(p->failures, "FAILED: %s", line + strlen(failed));
		} else if (line[0] != '#') {
			is_failure = false;
		} else if (is_failure) {
			fputs(line, p->failures);
		}
		if (is_failure || !p->is_terminal)
			fputs(line, stdout);
	}
	free(line);
}

void wg_progress_end(struct wg_progress *p, const struct wg_job *job)
{
	const char *wrong = what_went_wrong(job);
	FILE *text;

	p->passed += job->report->passed;
	p->skipped += job->report->skipped;
	p->failed += job->report->failed + (wrong != NULL);
	if (wrong)
		(void)dprintf(job->out_fd, "not ok - %s: the suite %s\n", job->suite->name, wrong);
	text = lseek(job->out_fd, 0, SEEK_SET) == 0 ? fdopen(job->out_fd, "r") : NULL;
	wg_progress_clear(p);
	if (text)
		show_lines(p, text);
	if (text)
		(void)fclose(text);
	(void)fflush(stdout);
}

/* ---- the end ---- */

static int longer_first(const void *a, const void *b)
{
	const struct wg_job *const *x = a, *const *y = b;

	return ((*x)->ns < (*y)->ns) - ((*x)->ns > (*y)->ns);
}

static void list_slowest(const struct wg_progress *p)
{
	const struct wg_job **sorted = calloc(p->count, sizeof(*sorted));
	int64_t cpu_ns = 0;
	size_t i;

	if (!sorted)
		return;
	for (i = 0; i < p->count; i++) {
		sorted[i] = &p->jobs[i];
		cpu_ns += p->jobs[i].cpu_ns;
	}
	qsort(sorted, p->count, sizeof(*sorted), longer_first);
	printf("\n%zu suites took %.1f s, and %.1f s of processor time. The slowest:\n", p->count,
		(double)(wg_now_ns() - p->start_ns) / 1e9, (double)cpu_ns / 1e9);
	for (i = 0; i < p->count && i < SLOWEST; i++)
		printf("  %6.1f s  %6.1f s  %s\n", (double)sorted[i]->ns / 1e9,
			(double)sorted[i]->cpu_ns / 1e9, sorted[i]->suite->name);
	putchar('\n');
	free(sorted);
}

void wg_progress_sum_up(struct wg_progress *p)
{
	int c;

	wg_progress_clear(p);
	list_slowest(p);
	rewind(p->failures);
	while ((c = getc(p->failures)) != EOF)
		putchar(c);
	printf("%d passed, %d failed", p->passed, p->failed);
	if (p->skipped)
		printf(", %d skipped", p->skipped);
	putchar('\n');
}
