/*
 * strace_table.c: what tells strace's text from other text, and the tables of `strace -c`.
 *
 *	% time     seconds  usecs/call     calls    errors syscall
 *	------ ----------- ----------- --------- --------- ----------------
 *	 61.20    0.012345          12      1000       990 futex
 *
 * A table has numbers of calls and no moments. Its seconds are the kernel's CPU time, or with -w
 * the time in the calls; it does not say which. But no call takes no time: a row without any shows
 * that it is CPU time.
 */
#include "traces/import/strace.h"
#include "traces/import/strace_line.h"
#include "traces/import/syscalls.h"

bool wg__strace_is_table(struct wg__span line)
{
	return wg__span_begins(wg__span_trim(line), "% time ") && wg__span_has(line, "syscall");
}

/* A call that begins, ends or is whole; or what strace says of itself. */
bool wg__strace_is(struct wg__span text)
{
	struct wg__strace_line line;
	struct wg__span name;

	if (wg__span_begins(text, "strace: ") || wg__span_begins(text, "Process "))
		return wg__span_has(text, " attached");
	if (!wg__strace_prefix(text, &line))
		return false;
	if (wg__span_begins(line.rest, "<... "))
		return wg__span_has(line.rest, " resumed>");
	if (wg__span_begins(line.rest, "+++ ") || wg__span_begins(line.rest, "--- SIG"))
		return true;
	return wg__strace_name(&line.rest, &name) &&
	       (wg__syscall_find(name)->is || wg__span_has(line.rest, ") ") ||
		       wg__span_has(line.rest, "<unfinished ...>"));
}

static size_t words(struct wg__span line, struct wg__span *ret, size_t max)
{
	size_t count = 0;

	for (wg__span_skip_blanks(&line); line.p < line.end && count < max;
		wg__span_skip_blanks(&line)) {
		ret[count].p = line.p;
		while (line.p < line.end && *line.p != ' ' && *line.p != '\t')
			line.p++;
		ret[count++].end = line.p;
	}
	return count;
}

int wg__strace_row(
	const struct wg_import_sink *sink, struct wg_import_stats *stats, struct wg__span line)
{
	struct wg__span word[7];
	const struct wg__syscall *is;
	size_t count = words(wg__span_trim(line), word, 7);
	int64_t ns, calls, errors = 0;

	if (count == 0 || wg__span_begins(word[0], "----"))
		return 0;
	if (wg__span_is(word[count - 1], "total"))
		return 0;
	if (count < 5 || count > 6 || !wg__span_seconds(&word[1], &ns) ||
		!wg__span_number(&word[3], &calls) ||
		(count == 6 && !wg__span_number(&word[4], &errors)))
		return 1;
	stats->table_calls += (uint64_t)calls;
	stats->is_cpu_table |= calls > 0 && ns == 0;
	is = wg__syscall_find(word[count - 1]);
	if (!(is->is & (WG__CALL_WAIT | WG__CALL_FUTEX)) || is->is & WG__CALL_SLOW || !sink->row)
		return 0;
	return sink->row(sink->user, is->name, (uint64_t)calls, (uint64_t)errors, (double)ns / 1e9);
}
