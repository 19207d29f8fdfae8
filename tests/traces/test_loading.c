/*
 * test_loading.c: a trace that is looked at while it is read: in the end it is the one that is read
 * whole, to the last row and the last cell of the screen.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/fake_ctf.h"
#include "tests/harness/fake_threads.h"
#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "tests/traces/same_model.h"
#include "traces/model/figures.h"
#include "traces/model/load.h"

/* ---- reading in pieces ---- */

/* So many events, a look, and so on. The caller frees it. */
static struct wg_trace *in_pieces(const char *path, size_t events, size_t *ret_looks)
{
	struct wg_reader_progress p;
	struct wg_load *load = NULL;
	struct wg_trace *trace;
	struct wg_error err;
	uint64_t before = 0;
	int rc = wg_load_open(path, &load, &err);

	*ret_looks = 0;
	CU_ASSERT_FATAL(rc == 0);
	while ((rc = wg_load_read(load, events, &err)) > 0) {
		struct wg_trace *shown[2] = { NULL, NULL };
		char *screen;

		CU_ASSERT(!wg_load_is_over(load) && wg_load_show(load, true) == 0);
		wg_load_progress(load, &p);
		CU_ASSERT(p.events > before && p.bytes <= p.all_bytes);
		before = p.events;
		shown[0] = (struct wg_trace *)wg_load_trace(load);
		CU_ASSERT_EQUAL(shown[0]->event_count, p.events);
		if ((*ret_looks)++ % 50 == 0) {
			screen = wg_screen_text(shown, 1, 80, 24, true, "w z i");
			CU_ASSERT(wg_has(screen, "wakegap view"));
			free(screen);
		}
	}
	CU_ASSERT_EQUAL_FATAL(rc, 0);
	CU_ASSERT(wg_load_is_over(load) && wg_load_read(load, 1, &err) == 0);
	wg_load_progress(load, &p);
	CU_ASSERT(p.bytes == p.all_bytes);
	trace = wg_load_take(load);
	wg_load_close(load);
	return trace;
}

static void is_alike(const char *path, size_t events, size_t looks)
{
	struct wg_trace *whole = NULL, *pieces;
	struct wg_error err;
	size_t looked;

	CU_ASSERT_FATAL(wg_trace_load(path, &whole, &err) == 0);
	pieces = in_pieces(path, events, &looked);
	CU_ASSERT(looked >= looks);
	wg_same_model(whole, pieces);
	wg_same_screens(whole, pieces);
	wg_trace_free(whole);
	wg_trace_free(pieces);
}

static void samples_in_pieces_are_those_read_whole(void)
{
	static const char *const names[] = { "tick", "eventfd", "lossy", "packets", "server" };
	static const enum wg_reader_way ways[] = { WG_READER_CTF, WG_READER_BABELTRACE };
	size_t i, k;

	for (k = 0; k < 2; k++) {
		wg_reader_choose(ways[k]);
		for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
			is_alike(wg_sample(names[i]), 1, 1);
			is_alike(wg_sample(names[i]), 7, 1);
		}
	}
	wg_reader_choose(WG_READER_ANY);
}

static void damaged_ones_too(void)
{
	const char *cut = wg_copy_sample("tick");

	wg_cut(cut, "wakegap_0", wg_file_bytes(cut, "wakegap_0") / 2 + 7);
	is_alike(cut, 1, 10);
}

static void threads_too(void)
{
	const char *dir = wg_tmpdir();

	fake_threads_write(dir);
	is_alike(dir, 1, 1);
	is_alike(dir, 10, 1);
}

/* A thread that woke in many places, as often in each: no look changes their order or periods. */
static void groups_and_periods_of_threads_too(void)
{
	const char *dir = wg_tmpdir();

	fake_waits_write(dir, 4000, 3);
	is_alike(dir, 97, 10);
}

/* One loop sleeps while another one has more waits than stay open to be set (columns.h, K3). */
static void a_wait_that_is_long_packed_too(void)
{
	struct fake *fake = fake_create();
	const char *dir = wg_tmpdir();
	int64_t t = 1000;
	uint64_t i;

	fake_wait(fake, t, 2, -1, 0);
	for (i = 1; i < 70000; i++) {
		fake_wait(fake, t += 10, 1, -1, 0);
		fake_wake(fake, t += 10, 1, WG_REASON_NOTIFIED, 0);
	}
	fake_submit(fake, t += 10, 2, 1);
	fake_done(fake, t += 10, 2, 1);
	fake_write(fake, dir);
	is_alike(dir, 20000, 5);
}

/* ---- stopping ---- */

static void what_is_stopped_says_how_much_of_it_was_read(void)
{
	struct wg_trace *reads = fake_reads("tick", 2000, 4, 10000000);
	struct fake *fake = fake_create();
	const char *dir = wg_tmpdir();
	struct wg_load *load = NULL;
	struct wg_figures figures;
	struct wg_trace *trace;
	struct wg_error err;
	size_t i;

	for (i = 0; i < reads->event_count; i++)
		fake_event(fake, WG_EVENT(reads, i));
	fake_write(fake, dir);
	fake_trace_free(reads);
	CU_ASSERT_FATAL(wg_load_open(dir, &load, &err) == 0);
	CU_ASSERT_FATAL(wg_load_read(load, 4000, &err) == 1);
	CU_ASSERT(wg_load_show(load, true) == 0);
	CU_ASSERT_EQUAL(wg_load_stop(load, &err), 0);
	CU_ASSERT(wg_load_is_over(load) && wg_load_stop(load, &err) == 0);
	trace = wg_load_take(load);
	wg_load_close(load);
	CU_ASSERT(trace->event_count == 4000);
	CU_ASSERT_FATAL(trace->note_count == 1);
	CU_ASSERT(wg_has(trace->notes[0], "only 4000 events of it were read") ||
		  wg_has(trace->notes[0], "% of it was read, 4000 events"));
	CU_ASSERT(wg_has(trace->notes[0], "reading was stopped"));
	CU_ASSERT(wg_figures_init(&figures, trace) == 0);
	CU_ASSERT_EQUAL(figures.stuck, 0);
	wg_trace_free(trace);
}

static void what_cannot_be_read_is_an_error_at_the_same_step(void)
{
	struct wg_load *load = NULL;
	struct wg_error err;

	CU_ASSERT_EQUAL(wg_load_open("/no/such/folder", &load, &err), -ENOENT);
	CU_ASSERT_FATAL(wg_load_open(wg_sample("foreign"), &load, &err) == 0);
	CU_ASSERT(wg_load_show(load, true) == 0);
	while (wg_load_read(load, 10, &err) > 0)
		CU_ASSERT(wg_load_show(load, true) == 0);
	wg_load_close(load);
	/* Closed in the middle. */
	CU_ASSERT_FATAL(wg_load_open(wg_sample("tick"), &load, &err) == 0);
	CU_ASSERT(wg_load_read(load, 20, &err) == 1 && wg_load_show(load, true) == 0);
	wg_load_close(load);
	wg_load_close(NULL);
}

void suite_loading(void)
{
	WG_TEST(samples_in_pieces_are_those_read_whole);
	WG_TEST(damaged_ones_too);
	WG_TEST(threads_too);
	WG_TEST(groups_and_periods_of_threads_too);
	WG_TEST(a_wait_that_is_long_packed_too);
	WG_TEST(what_is_stopped_says_how_much_of_it_was_read);
	WG_TEST(what_cannot_be_read_is_an_error_at_the_same_step);
}
