/*
 * perf_log.c: see perf_log.h.
 */
#include "tests/traces/perf_log.h"

#include <inttypes.h>
#include <string.h>

const struct who worker = { "my wor ker:1", 22 }, main_thread = { "de-mo", 20 };
const struct who idle = { "swapper", 0 }, other = { "[001] 5.5: x", 77 };

static void begin(FILE *out, enum shape shape, struct who who, int64_t ns, const char *event,
	bool in_interrupt)
{
	int64_t s = ns / 1000000000, us = ns % 1000000000 / 1000;
	const char *group = !strncmp(event, "sys", 3) ? "raw_syscalls" : "sched";
	uint32_t pid = who.tid == 22 ? 20 : who.tid;

	if (shape < FTRACE) {
		(void)fprintf(out, "%16s ", who.comm);
		if (shape == PERF_PID)
			(void)fprintf(out, "%5" PRIu32 "/%" PRIu32 " ", pid, who.tid);
		else
			(void)fprintf(out, "%5" PRIu32 " ", who.tid);
		if (shape != PERF_NO_CPU)
			(void)fprintf(out, "[001] ");
		if (shape == PERF_NS)
			(void)fprintf(out, "%5" PRId64 ".%09" PRId64, s, ns % 1000000000);
		else
			(void)fprintf(out, "%5" PRId64 ".%06" PRId64, s, us);
		(void)fprintf(out, ":  %s:%s: ", group, event);
		return;
	}
	(void)fprintf(out, "%16s-%-5" PRIu32, who.tid ? who.comm : "<idle>", who.tid);
	if (shape == FTRACE_GROUP)
		(void)fprintf(out, " (%7" PRIu32 ")", pid);
	(void)fprintf(out, " [001] ");
	if (shape != TRACE_CMD)
		(void)fprintf(out, "%s ", in_interrupt ? "d.h2." : "d..2.");
	(void)fprintf(out, "%5" PRId64 ".%06" PRId64 ": %s: %s", s, us, event,
		shape == TRACE_CMD ? "       " : "");
}

static void chain(FILE *out, enum shape shape, bool in_interrupt)
{
	if (shape != PERF_CHAIN)
		return;
	(void)fprintf(out, "\tffffffff810b71e0 try_to_wake_up+0x1b0 ([kernel.kallsyms])\n");
	if (in_interrupt)
		(void)fprintf(out, "\tffffffff810b71e0 asm_sysvec_apic_timer_interrupt+0x1a "
				   "([kernel.kallsyms])\n");
	(void)fprintf(out, "\tffffffff81e001b0 do_syscall_64+0x50 ([kernel.kallsyms])\n"
			   "\t           fdd6b __GI___ioctl+0x3b (/usr/lib/libc.so.6)\n\n");
}

void enters(FILE *out, enum shape shape, struct who who, int64_t ns, int number, uint64_t a,
	uint64_t b, uint64_t c, uint64_t d)
{
	begin(out, shape, who, ns, "sys_enter", false);
	(void)fprintf(out, "NR %d (%" PRIx64 ", %" PRIx64 ", %" PRIx64 ", %" PRIx64 ", 0, 7f)\n",
		number, a, b, c, d);
	chain(out, shape, false);
}

void leaves(FILE *out, enum shape shape, struct who who, int64_t ns, int number, int64_t ret)
{
	begin(out, shape, who, ns, "sys_exit", false);
	(void)fprintf(out, "NR %d = %" PRId64 "\n", number, ret);
	chain(out, shape, false);
}

void switches(FILE *out, enum shape shape, struct who prev, char state, struct who next, int64_t ns)
{
	begin(out, shape, prev, ns, "sched_switch", false);
	if (shape == TRACE_CMD)
		(void)fprintf(out, "%s:%" PRIu32 " [120] %c ==> %s:%" PRIu32 " [120]\n", prev.comm,
			prev.tid, state, next.comm, next.tid);
	else
		(void)fprintf(out,
			"prev_comm=%s prev_pid=%" PRIu32 " prev_prio=120 prev_state=%c ==> "
			"next_comm=%s next_pid=%" PRIu32 " next_prio=120\n",
			prev.comm, prev.tid, state, next.comm, next.tid);
	chain(out, shape, false);
}

void wakes(
	FILE *out, enum shape shape, struct who by, struct who woken, int64_t ns, bool in_interrupt)
{
	begin(out, shape, by, ns, "sched_waking", in_interrupt);
	(void)fprintf(
		out, "comm=%s pid=%" PRIu32 " prio=120 target_cpu=001\n", woken.comm, woken.tid);
	chain(out, shape, in_interrupt);
}
