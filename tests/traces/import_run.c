/*
 * import_run.c: see import_run.h.
 */
#include "tests/traces/import_run.h"

#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"

void import_start(struct import_log *l)
{
	*l = (struct import_log){ 0 };
	l->out = open_memstream(&l->text, &l->len);
	CU_ASSERT_PTR_NOT_NULL_FATAL(l->out);
}

/* I1: of one thread, times never go back. */
static void check_order(struct import_run *r, const struct wg_event *ev)
{
	uint32_t i = ev->tid % 8;

	if (r->last_tid[i] == ev->tid && ev->ts_ns < r->last_ns[i])
		r->backwards++;
	r->last_tid[i] = ev->tid;
	r->last_ns[i] = ev->ts_ns;
}

static int on_event(void *user, const struct wg_event *ev)
{
	struct import_run *r = user;

	r->records++;
	check_order(r, ev);
	return wg_threads_feed(r->threads, ev);
}

static int on_row(void *user, const char *name, uint64_t calls, uint64_t errors, double seconds)
{
	struct import_run *r = user;

	(void)name;
	(void)errors;
	(void)seconds;
	r->rows++;
	r->row_calls += calls;
	return 0;
}

static void tell_findings(struct import_run *r)
{
	struct wg_thread_finding *findings = NULL;
	size_t count = 0, i, len;
	FILE *out = open_memstream(&r->findings, &len);

	CU_ASSERT_FATAL(out && wg_thread_findings(r->threads, &findings, &count) == 0);
	for (i = 0; i < count; i++)
		(void)fprintf(out, "%s\n", findings[i].text);
	(void)fclose(out);
	wg_thread_findings_free(findings, count);
}

struct import_run import_bytes(const void *bytes, size_t len)
{
	struct import_run r = { 0 };
	struct wg_import_sink sink = { on_event, on_row, &r };
	struct wg_error err = { 0 };

	CU_ASSERT_FATAL(wg_threads_create(&r.threads) == 0);
	r.rc = wg_import_bytes(bytes, len, WG_IMPORT_ANY, &sink, &r.stats, &err);
	CU_ASSERT((r.rc == 0) == (err.text[0] == '\0'));
	if (r.stats.is_coarse)
		wg_threads_coarse(r.threads, r.stats.has_spent);
	wg_threads_finish(r.threads, r.stats.has_times);
	CU_ASSERT(r.backwards == 0);
	tell_findings(&r);
	return r;
}

struct import_run import_text(const char *text)
{
	return import_bytes(text, strlen(text));
}

struct import_run import_finish(struct import_log *l)
{
	struct import_run r;

	(void)fclose(l->out);
	r = import_bytes(l->text, l->len);
	free(l->text);
	return r;
}

void import_done(struct import_run *r)
{
	wg_threads_destroy(r->threads);
	free(r->findings);
}

/* The thread of that number; one that did nothing if it is not there. */
const struct wg_thread_stats *import_thread(const struct import_run *r, uint32_t tid)
{
	static const struct wg_thread_stats none;
	const struct wg_thread_stats *s;
	size_t i;

	for (i = 0; (s = wg_thread_at(r->threads, i)); i++) {
		if (s->tid == tid)
			return s;
	}
	CU_FAIL("no such thread");
	return &none;
}
