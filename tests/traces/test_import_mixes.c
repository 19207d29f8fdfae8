/*
 * test_import_mixes.c: strace has many options and people mix them: one program's log in every mix
 * gives the same figures.
 */
#include "tests/harness/harness.h"
#include "tests/traces/import_run.h"

static bool near(double value, double wanted)
{
	return value > wanted * 0.98 && value < wanted * 1.02;
}

enum { F = 1, T = 2, Y = 4, I = 8, K = 16, P = 32 };
enum clock { NO_CLOCK, DAY, DAY_US, EPOCH, RELATIVE, DAY_RELATIVE };

/* What stands in front of a call that begins then; the one before it began at before_us. */
static void front(FILE *out, unsigned flags, enum clock clock, uint64_t us, uint64_t before_us)
{
	uint64_t of_day = UINT64_C(86399000000) + us; /* a second before midnight */
	uint64_t s = of_day / 1000000 % 86400;
	uint64_t delta = us - before_us;

	if (flags & F)
		(void)fprintf(out, flags & P ? "[pid %5d] " : "%-5d ", 3107);
	if (clock == DAY || clock == DAY_US || clock == DAY_RELATIVE) {
		(void)fprintf(
			out, "%02d:%02d:%02d", (int)(s / 3600), (int)(s / 60 % 60), (int)(s % 60));
		if (clock != DAY)
			(void)fprintf(out, ".%06d", (int)(of_day % 1000000));
		(void)fputc(' ', out);
	}
	if (clock == EPOCH)
		(void)fprintf(
			out, "%d.%06d ", 1711111111 + (int)(us / 1000000), (int)(us % 1000000));
	if (clock == RELATIVE)
		(void)fprintf(out, "%6d.%06d ", (int)(delta / 1000000), (int)(delta % 1000000));
	if (clock == DAY_RELATIVE)
		(void)fprintf(out, "(+%6d.%06d) ", (int)(delta / 1000000), (int)(delta % 1000000));
	if (flags & I)
		(void)fprintf(out, "[00007f5a1c2b3d4e] ");
}

static void back(FILE *out, unsigned flags, uint64_t us)
{
	if (flags & T)
		(void)fprintf(out, " <%d.%06d>", (int)(us / 1000000), (int)(us % 1000000));
	(void)fputc('\n', out);
	if (flags & K)
		(void)fprintf(out, " > /usr/lib/x86_64-linux-gnu/libc.so.6(epoll_wait+0x57) "
				   "[0x10a0b7]\n > /opt/ticker(turn+0x2a) [0x4c2a]\n > "
				   "/opt/ticker(main+0x10) [0x1f10]\n\n");
}

/* 80 waits of 25 ms each; after each a look at the clock, and every fourth time a byte is written.
 */
static struct import_run ticker(unsigned flags, enum clock clock)
{
	struct import_log l;
	uint64_t us = 0, before = 0;
	const char *y = flags & Y ? "<anon_inode:[eventpoll]>" : "";
	int i;

	import_start(&l);
	for (i = 0; i < 80; i++) {
		front(l.out, flags, clock, us, before);
		(void)fprintf(l.out, "epoll_wait(7%s, [], 64, 25) = 0", y);
		back(l.out, flags, 25000);
		before = us;
		us += 25000;
		front(l.out, flags & ~(unsigned)K, clock, us, before);
		before = us;
		if (i % 4 == 3)
			(void)fprintf(l.out, "write(1%s, \"x\", 1)                  = 1",
				flags & Y ? "</dev/pts/3>" : "");
		else
			(void)fprintf(l.out, "clock_gettime(CLOCK_MONOTONIC, {tv_sec=5, "
					     "tv_nsec=77}) = 0");
		back(l.out, flags & ~(unsigned)K, 12);
	}
	front(l.out, flags, clock, us, before);
	(void)fprintf(l.out, "epoll_wait(7%s, \n", y);
	return import_finish(&l);
}

static void check_ticker(const struct import_run *r, unsigned flags, enum clock clock)
{
	const struct wg_thread_stats *s = import_thread(r, flags & F ? 3107 : 0);

	CU_ASSERT(r->rc == 0 && r->stats.format == WG_IMPORT_STRACE);
	CU_ASSERT(r->stats.unread == 0);
	CU_ASSERT(r->stats.halves == 0);
	CU_ASSERT(r->stats.times_back == 0);

	CU_ASSERT(r->stats.calls == 160);
	CU_ASSERT(r->stats.has_times == (clock != NO_CLOCK));
	CU_ASSERT(r->stats.has_spent == ((flags & T) != 0));
	CU_ASSERT(s->waits == 81 && s->wakes == 80 && s->is_asleep);
	CU_ASSERT(s->class[WG_CLASS_TIMER_EMPTY] == 60 && s->class[WG_CLASS_TIMER_ACTED] == 20);
	CU_ASSERT(s->by_how[WG_IN_EPOLL].timeout == 80);
	CU_ASSERT(s->group_count == 1 || flags & K);
	CU_ASSERT(s->group[0]->asked[0].ns == 25000000 && s->group[0]->asked[0].count >= 80);
	if (clock == NO_CLOCK) {
		CU_ASSERT(s->wakes_per_s < 0 && s->period_ns == WG_NOT_OBSERVABLE);
		CU_ASSERT(wg_has(r->findings, "at most 40.0/s by the timeouts asked for"));
	} else if (clock != DAY) { /* whole seconds tell no period */
		CU_ASSERT(near(s->wakes_per_s, 40));
		CU_ASSERT(s->period_ns == 25000000);
		CU_ASSERT(wg_has(r->findings, "40.0 wakes/s (every 25.0 ms)"));
	} else {
		CU_ASSERT(s->wakes_per_s < 0 && s->period_ns == WG_NOT_OBSERVABLE);
		CU_ASSERT(s->asleep_ns == (flags & T ? 80 * INT64_C(25000000) : WG_NOT_OBSERVABLE));
		CU_ASSERT(wg_has(r->findings, "at most 40.0/s by the timeouts asked for"));
	}
	CU_ASSERT(wg_has(r->findings, "epoll_wait on fd 7"));
	CU_ASSERT(wg_has(r->findings, "75 % of those empty: then it only looked"));
	CU_ASSERT(wg_has(r->findings, "at ticker+0x4c2a (turn)") == ((flags & K) != 0));
	CU_ASSERT(wg_has(r->findings, "asleep at the end in epoll_wait"));
}

static void every_mix_of_options_gives_the_same_figures(void)
{
	static const enum clock clocks[] = { NO_CLOCK, DAY, DAY_US, EPOCH, RELATIVE, DAY_RELATIVE };
	unsigned flags;
	size_t c;

	for (c = 0; c < sizeof(clocks) / sizeof(clocks[0]); c++) {
		for (flags = 0; flags < 64; flags++) {
			struct import_run r = ticker(flags, clocks[c]);

			check_ticker(&r, flags, clocks[c]);
			import_done(&r);
		}
	}
}

void suite_import_mixes(void)
{
	WG_TEST(every_mix_of_options_gives_the_same_figures);
}
