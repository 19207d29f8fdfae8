/*
 * test_spill.c: a recording by the preload library that is longer than memory has room for: nothing
 * is lost, also if the recorder is killed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "traces/read/read.h"

#define FLOODED 240000 /* writes of all FLOODS */
/*
 * Two of these are more than half of the room in memory, and the next begins when there is half of
 * it again: none is lost, however long the recorder takes.
 */
#define FLOODS                                                                                     \
	"for i in 1 2 3 4 5 6 7 8; do \"$0\" floods 15000; "                                       \
	"while test \"$(df --output=used /dev/shm | tail -n 1)\" -gt 5120; do sleep 0.01; done; "  \
	"done"

static size_t count_notifies(const char *dir, size_t *ret_exact)
{
	struct wg_reader *r = NULL;
	struct wg_event ev;
	size_t count = 0;

	*ret_exact = 0;
	CU_ASSERT_EQUAL_FATAL(wg_reader_open(dir, &r, NULL), 0);
	while (wg_reader_next(r, &ev, NULL) > 0) {
		count += ev.record == WG_RECORD_NOTIFY;
		*ret_exact += ev.record == WG_RECORD_WAKE &&
			      ev.thread_wake.certainty == WG_CERTAINTY_EXACT;
		CU_ASSERT(ev.type != WG_EV_LOST);
	}
	wg_reader_close(r);
	return count;
}

/* In $0 wakegap, in $1 the planted program, $2 the folder, $3 another one; 20 MiB of memory. */
static void flooded(const char *script, const char *wanted)
{
	char *text = NULL, *err = NULL, dir[600];
	const char *argv[] = { "unshare", "-m", "sh", "-c", NULL, wg_build_path("wakegap"),
		wg_build_path("planted"), dir, NULL };
	size_t exact;
	int rc;

	(void)snprintf(dir, sizeof(dir), "%s/t", wg_tmpdir());
	if (asprintf(&text, "mount -t tmpfs -o size=20m none /dev/shm || exit 99; %s", script) < 0)
		abort();
	argv[4] = text;
	rc = access(argv[6], X_OK) == 0 ? wg_run(NULL, &err, argv) : 99;
	if (rc == 99 || wg_has(err, "unshare")) {
		wg_skip("no mount namespace of its own, or the program planted is not built");
	} else {
		CU_ASSERT_EQUAL(rc, 0);
		CU_ASSERT(wg_has(err, wanted));
		CU_ASSERT(!wg_has(err, "lost"));
		CU_ASSERT_EQUAL(count_notifies(dir, &exact), FLOODED);
		CU_ASSERT(exact > 0);
	}
	free(text);
	free(err);
}

static void what_has_no_room_in_memory_goes_to_the_disk(void)
{
	flooded("\"$0\" record --with preload -o \"$2\" -- sh -c '" FLOODS
		"; ls -d \"$1\"/recorded-more >&2' \"$1\" \"$2\" && "
		"test ! -e \"$2/recorded-more\"",
		"/recorded-more\n");
}

/* What is on the disk and what is in memory together. */
static void so_does_what_outlives_its_recorder(void)
{
	flooded("\"$0\" record --with preload -o \"$2\" -- sh -c '" FLOODS
		"; : >\"$1-up\"; until test -e \"$1-go\"; do sleep 0.02; done; "
		": >\"$1-over\"' \"$1\" \"$2\" & R=$!; "
		"until test -e \"$2-up\"; do sleep 0.02; done; "
		"test -d \"$2/recorded-more\" || exit 1; kill -9 $R; wait $R; : >\"$2-go\"; "
		"until test -e \"$2-over\"; do sleep 0.02; done; "
		"\"$0\" record --finish \"$2\" && test ! -e \"$2/recorded-more\"",
		"trace in ");
}

void suite_spill(void)
{
	WG_TEST(what_has_no_room_in_memory_goes_to_the_disk);
	WG_TEST(so_does_what_outlives_its_recorder);
}
