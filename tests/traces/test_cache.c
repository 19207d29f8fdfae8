/*
 * test_cache.c: a model that is kept in a file: when it is, when it is used, and that it is the
 * same then.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/fake_threads.h"
#include "tests/harness/harness.h"
#include "tests/harness/trace_files.h"
#include "tests/traces/cache_run.h"
#include "tests/traces/same_model.h"
#include "traces/base/marker.h"

/* ---- the same ---- */

static void is_the_same(const char *dir)
{
	struct wg_trace *whole = cache_load(dir, NULL), *first, *second;

	CU_ASSERT(!cache_told[0]);
	first = cache_load(dir, &cache_any);
	CU_ASSERT(wg_has(cache_told, "there is none yet"));
	CU_ASSERT_EQUAL(wg_cache_write(first), 0);
	CU_ASSERT_EQUAL(wg_cache_write(first), 1); /* once is enough */
	second = cache_load(dir, &cache_any);
	CU_ASSERT(cache_was_used());
	CU_ASSERT_EQUAL(wg_cache_write(second), 1);
	wg_same_model(whole, second);
	wg_same_screens(whole, second);
	wg_trace_free(whole);
	wg_trace_free(first);
	wg_trace_free(second);
}

static void what_is_kept_is_what_was_read(void)
{
	static const char *const names[] = { "tick", "eventfd", "packets" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		is_the_same(wg_copy_sample(names[i]));
	is_the_same(cache_trace(fake_reads("reads", 2000, 4, 0)));
	is_the_same(cache_trace(fake_reads("reads", 500, 3, 10000000)));
	is_the_same(cache_trace(fake_processes()));
	is_the_same(cache_trace(fake_hour()));
}

static void threads_are_kept_too(void)
{
	is_the_same(cache_threads(false));
	is_the_same(cache_threads(true));
}

/* A thread that woke so often, in so many places and after so many times, that not all is kept one
 * by one. */
static void so_are_many_places_and_periods(void)
{
	const char *dir = wg_tmpdir();

	fake_waits_write(dir, 4000, 70);
	is_the_same(dir);
}

/* In pieces, as the viewer does: all is there before the first piece. */
static void a_load_from_the_file_is_over_at_once(void)
{
	const char *dir = cache_kept("tick");
	struct wg_load *load = NULL;
	struct wg_error err;
	struct wg_trace *trace;

	CU_ASSERT_FATAL(wg_load_open_cached(dir, &cache_any, &load, &err) == 0);
	CU_ASSERT(wg_load_is_over(load) && wg_load_read(load, 1, &err) == 0);
	CU_ASSERT(wg_load_stop(load, &err) == 0 && wg_load_show(load, true) == 0);
	CU_ASSERT(wg_load_trace(load)->event_count > 0);
	trace = wg_load_take(load);
	wg_load_close(load);
	CU_ASSERT(trace->note_count == 0);
	wg_trace_free(trace);
	/* Or never taken. */
	CU_ASSERT_FATAL(wg_load_open_cached(dir, &cache_any, &load, &err) == 0);
	wg_load_close(load);
}

static void other_readers_pass_over_the_file(void)
{
	const char *dir = cache_kept("tick");
	struct wg_reading with, without;

	wg_reader_choose(WG_READER_BABELTRACE);
	wg_read_all(dir, &with);
	(void)unlink(cache_of(dir));
	wg_read_all(dir, &without);
	wg_reader_choose(WG_READER_ANY);
	CU_ASSERT(with.rc == 0 && with.events == without.events && with.events > 0);
	CU_ASSERT_STRING_EQUAL(with.text, without.text);
}

/* ---- not used ---- */

static void a_changed_trace_is_read(void)
{
	const struct timespec times[2] = { { .tv_sec = 1000 }, { .tv_sec = 1000 } };
	const char *dir = cache_kept("tick");
	const char *changed = "has changed since";

	CU_ASSERT_EQUAL(wg_sh_in(dir, "touch wakegap_0"), 0);
	cache_is_not_used(dir, changed);
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), 0); /* the old one goes */
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), 1);
	/* Its times are set back, its size stays. */
	CU_ASSERT(utimensat(AT_FDCWD, cache_path(dir, "wakegap_0"), times, 0) == 0);
	cache_is_not_used(dir, changed);
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), 0);
	CU_ASSERT_EQUAL(wg_sh_in(dir, "cp -p wakegap_0 new && mv new wakegap_0"), 0);
	cache_is_not_used(dir, changed);
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), 0);
	wg_cut(dir, "wakegap_0", wg_file_bytes(dir, "wakegap_0") / 2 + 7);
	cache_is_not_used(dir, changed);
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), 1); /* it is damaged now */
	dir = cache_kept("tick");
	CU_ASSERT_EQUAL(wg_sh_in(dir, "mkdir -p more && cp metadata more/other"), 0);
	cache_is_not_used(dir, changed);
	dir = cache_kept("tick");
	CU_ASSERT_EQUAL(wg_sh_in(dir, "ln -s metadata link_0"), 0);
	cache_is_not_used(dir, "there is a link among its files");
}

/* Bookmarks are no part of it. */
static void a_file_of_ours_changes_nothing(void)
{
	const char *dir = cache_kept("tick");
	struct wg_trace *trace;

	CU_ASSERT_EQUAL(wg_sh_in(dir, "echo '# x' > .wakegap-bookmarks"), 0);
	trace = cache_load(dir, &cache_any);
	CU_ASSERT(cache_was_used());
	wg_trace_free(trace);
}

static void a_file_that_others_could_have_made_is_not_used(void)
{
	const char *dir = cache_kept("tick");

	CU_ASSERT(chmod(cache_of(dir), 0620) == 0);
	cache_is_not_used(dir, "others may write to it");
	CU_ASSERT(chmod(cache_of(dir), 0600) == 0);
	CU_ASSERT_EQUAL(wg_sh_in(dir, "mv .wakegap-cache .c && ln -s .c .wakegap-cache"), 0);
	cache_is_not_used(dir, "it cannot be opened");
	CU_ASSERT_EQUAL(wg_sh_in(dir, "rm .wakegap-cache && mkdir .wakegap-cache"), 0);
	cache_is_not_used(dir, "it is no file");
	CU_ASSERT_EQUAL(wg_sh_in(dir, "rmdir .wakegap-cache && mkfifo .wakegap-cache"), 0);
	cache_is_not_used(dir, "it is no file");
}

static void that_of_another_user_is_not_used(void)
{
	const char *dir = cache_kept("tick");

	if (chown(cache_of(dir), 65534, 65534) < 0) {
		wg_skip("only root gives files away");
		return;
	}
	cache_is_not_used(dir, "it belongs to somebody else");
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), -EEXIST); /* nor replaced */
	CU_ASSERT(chown(cache_of(dir), 0, 0) == 0 && chown(dir, 65534, 65534) == 0);
	CU_ASSERT_EQUAL(wg_sh_in(dir, "touch wakegap_0"), 0);
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), 1); /* nor a folder of theirs written to */
}

/* ---- not written ---- */

static void what_is_not_worth_it_is_not_kept(void)
{
	const struct wg_cache_limits longer = { 1000000, 0 }, settled = { 1, INT64_MAX / 2 };
	const char *dir = wg_copy_sample("tick");
	struct wg_load *load = NULL;
	struct wg_error err;

	CU_ASSERT(cache_keep(dir, NULL) == 1 && cache_keep(dir, &longer) == 1 &&
		  cache_keep(dir, &settled) == 1);
	wg_reader_choose(WG_READER_BABELTRACE);
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), 1);
	wg_reader_choose(WG_READER_ANY);
	/* Not to its end. */
	CU_ASSERT_FATAL(wg_load_open_cached(dir, &cache_any, &load, &err) == 0);
	CU_ASSERT(wg_load_read(load, 20, &err) == 1 && wg_load_stop(load, &err) == 0);
	CU_ASSERT_EQUAL(wg_cache_write(wg_load_trace(load)), 1);
	wg_load_close(load);
	CU_ASSERT(!has_cache(dir));
	CU_ASSERT_EQUAL(wg_sh_in(dir, "echo > " WG__MARKER), 0);
	CU_ASSERT(cache_keep(dir, &cache_any) == 1 && !has_cache(dir));
	CU_ASSERT(wg_has(cache_told, "it is being recorded"));
}

static void what_changed_while_it_was_read_is_not_kept(void)
{
	const char *dir = wg_copy_sample("tick");
	struct wg_trace *trace = cache_load(dir, &cache_any);

	CU_ASSERT_EQUAL(wg_sh_in(dir, "touch wakegap_0"), 0);
	CU_ASSERT_EQUAL(wg_cache_write(trace), 1);
	wg_trace_free(trace);
	CU_ASSERT(!has_cache(dir));
}

static void a_link_is_not_written_through(void)
{
	const char *dir = wg_copy_sample("tick"), *target = cache_path(wg_tmpdir(), "precious");

	CU_ASSERT_EQUAL(symlink(target, cache_of(dir)), 0);
	CU_ASSERT_EQUAL(cache_keep(dir, &cache_any), -EEXIST);
	CU_ASSERT(access(target, F_OK) < 0);
}

static void a_folder_for_everybody_is_not_written_to(void)
{
	const char *dir = wg_copy_sample("tick");

	CU_ASSERT(chmod(dir, 0777) == 0 && cache_keep(dir, &cache_any) == 1);
	CU_ASSERT(!has_cache(dir));
	if (geteuid() != 0) {
		CU_ASSERT(chmod(dir, 0500) == 0 && cache_keep(dir, &cache_any) == 1);
		CU_ASSERT(!has_cache(dir));
	}
	(void)chmod(dir, 0700);
}

void suite_cache(void)
{
	WG_TEST(what_is_kept_is_what_was_read);
	WG_TEST(threads_are_kept_too);
	WG_TEST(so_are_many_places_and_periods);
	WG_TEST(a_load_from_the_file_is_over_at_once);
	WG_TEST(other_readers_pass_over_the_file);
	WG_TEST(a_changed_trace_is_read);
	WG_TEST(a_file_of_ours_changes_nothing);
	WG_TEST(a_file_that_others_could_have_made_is_not_used);
	WG_TEST(that_of_another_user_is_not_used);
	WG_TEST(what_is_not_worth_it_is_not_kept);
	WG_TEST(what_changed_while_it_was_read_is_not_kept);
	WG_TEST(a_link_is_not_written_through);
	WG_TEST(a_folder_for_everybody_is_not_written_to);
}
