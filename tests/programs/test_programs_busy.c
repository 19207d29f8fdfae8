/*
 * test_programs_busy.c: a busy redis-server under a flight recorder. The machine withholds its
 * processor for a moment, in which a client's request wakes it: the snapshot holds that gap.
 *
 * Whether it sleeps when the processor is taken is chance, so that is done until it did. A server
 * that is stopped by a signal has no gap: nothing wakes it until it may go on.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/harness/harness.h"
#include "tests/programs/programs.h"
#include "traces/measure/trigger.h"

#define MIN_NS INT64_C(20000000) /* of --trigger-gap */

/* 77: nobody may take a processor here. */
static const char busy[] =
	"CPU=$(taskset -pc $$ | sed 's/.*: //; s/[-,].*//')\n"
	"redis-server --port 0 --unixsocket $HERE/s --save '' --dir $HERE >/dev/null & S=$!\n"
	"trap 'kill $S $C' EXIT\n"
	"until test -S $HERE/s; do sleep 0.02; done\n"
	"taskset -pc $CPU $S >/dev/null\n"
	"$BUILD/wakegap record --with kernel --flight-recorder --trigger-gap 20ms -p $S "
	"-o $HERE/t 2>$HERE/said & R=$!\n"
	"until grep -q 'Ctrl-C ends it' $HERE/said; do sleep 0.02; done\n"
	"redis-benchmark -s $HERE/s -c 1 -n 100000000 -t get -q >/dev/null & C=$!\n"
	"for i in 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20; do\n"
	"  test -e $HERE/t/1-gap && break\n"
	"  taskset -c $CPU $BUILD/planted gap-cpu 50 >/dev/null || exit\n"
	"done\n"
	"kill -INT $R; wait $R; cat $HERE/said\n";

static void a_busy_redis_server_that_gets_no_processor_is_kept(void)
{
	struct wg_trigger trigger = { .min_ns = MIN_NS };
	const char *here = wg_tmpdir();
	char path[512], *said = NULL;
	int status;

	if (programs_lack_kernel() ||
		programs_lack("command -v redis-server && command -v redis-benchmark",
			"redis-server or redis-benchmark is not installed") ||
		programs_lack("command -v taskset && test -x $BUILD/planted",
			"taskset or the program planted is not there"))
		return;
	status = programs_shell(here, busy, &said, NULL);
	if (status == 77) {
		wg_skip("no processor can be taken for a while");
	} else {
		CU_ASSERT(status == 0 && wg_has(said, "/t/1-gap: a gap of "));
		CU_ASSERT(wg_has(said, " (redis-server)\n"));
		(void)snprintf(path, sizeof(path), "%s/t/1-gap", here);
		CU_ASSERT_EQUAL(wg_trigger_look(&trigger, path, NULL), 1);
		CU_ASSERT_STRING_EQUAL(trigger.longest.name, "redis-server");
		CU_ASSERT(trigger.longest.end_ns - trigger.longest.begin_ns >= MIN_NS);
	}
	free(said);
}

void programs_sample_busy(void)
{
	WG_TEST(a_busy_redis_server_that_gets_no_processor_is_kept);
}
