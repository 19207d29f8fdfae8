/*
 * table_lanes.c: the tables lanes, threads and sites (see tables.h): who waits, and where. Figures
 * are those of `stats --json`, under the same names.
 */
#include "traces/query/tables.h"

#define LANES(X)                                                                                   \
	X(trace, TEXT, "what the trace is called: the last part of its path")                      \
	X(lane, INTEGER, "its number, one for all traces")                                         \
	X(type, TEXT, "'loop', 'worker', or 'thread' if it was seen from outside")                 \
	X(pid, INTEGER, "process id")                                                              \
	X(tid, INTEGER, "thread id; of a loop: the thread that waits")                             \
	X(process, TEXT, "name of the process")                                                    \
	X(loop, INTEGER, "id of the loop, or of the first that a worker served")                   \
	X(worker, INTEGER, "number of the worker")                                                 \
	X(pid_use, INTEGER, "loop: its process is the 1st, 2nd ... of its pid")                    \
	X(first_ns, INTEGER, "its first event, since that of the trace")                           \
	X(last_ns, INTEGER, "its last")                                                            \
	X(wait, TEXT, "loop: its way to wait. All that follows is of a loop; NULL: not seen")      \
	X(tick_ns, INTEGER, "how long it sleeps at most")                                          \
	X(submitted, INTEGER, "operations handed in")                                              \
	X(started, INTEGER, "operations that a worker began")                                      \
	X(done, INTEGER, "results published")                                                      \
	X(delivered, INTEGER, "results that the caller had")                                       \
	X(waits, INTEGER, "waits")                                                                 \
	X(unclosed_waits, INTEGER, "of them, without a wake")                                      \
	X(life_ns, INTEGER, "from its first event to its last")                                    \
	X(asleep_ns, INTEGER, "time asleep")                                                       \
	X(wakes, INTEGER, "wakes")                                                                 \
	X(empty_wakes, INTEGER, "wakes with nothing there")                                        \
	X(late_wakes, INTEGER, "wakes by a timeout with a result ready")                           \
	X(stuck, INTEGER, "1: at its end it sleeps with a result ready")                           \
	X(stuck_results, INTEGER, "so many results")                                               \
	X(stuck_ns, INTEGER, "for so long")                                                        \
	X(polls, INTEGER, "polls")                                                                 \
	X(empty_polls, INTEGER, "polls that found nothing")                                        \
	X(notifies_sent, INTEGER, "notifies sent")                                                 \
	X(notifies_coalesced, INTEGER, "notifies that another one made needless")                  \
	X(wasted_ns, INTEGER, "the sum of its gaps")                                               \
	X(working_ns, INTEGER, "the sum of its workers' service times")                            \
	X(cpu_ns, INTEGER, "CPU time of the thread that waits, if recorded")
#define ID(name, type, does) LA_##name,
enum { LANES(ID) LA_COUNT };
#undef ID
static const struct wg__column lane_columns[] = { LANES(WG__COLUMN_ROW){ NULL, NULL, NULL } };

static size_t count_lanes(const struct wg__rows *rows)
{
	return rows->lane_count;
}

static int64_t all_wakes(const struct wg_loop_stats *s)
{
	uint64_t sum = 0;
	size_t i;

	for (i = 0; i < WG_REASON_COUNT; i++)
		sum += s->wakes[i];
	return (int64_t)sum;
}

/* A figure of a loop; *ret_needs is what it must be seen by, or WG_SEES_COUNT. */
static int64_t figure(const struct wg_loop_stats *s, size_t column, enum wg_sees *ret_needs)
{
#define FIGURE(name, needs, value)                                                                 \
	case LA_##name: *ret_needs = (needs); return (int64_t)(value)
	switch (column) {
		FIGURE(submitted, WG_SEES_SUBMITTED, s->submitted);
		FIGURE(started, WG_SEES_WORKED, s->started);
		FIGURE(done, WG_SEES_DONE, s->done);
		FIGURE(delivered, WG_SEES_DELIVERED, s->delivered);
		FIGURE(waits, WG_SEES_WAITS, s->waits);
		FIGURE(asleep_ns, WG_SEES_ASLEEP, s->asleep_ns);
		FIGURE(wakes, WG_SEES_WAKES, all_wakes(s));
		FIGURE(empty_wakes, WG_SEES_EMPTY_WAKES, s->empty_wakes);
		FIGURE(late_wakes, WG_SEES_LATE_WAKES, s->late_wakes);
		FIGURE(stuck, WG_SEES_STUCK, s->stuck);
		FIGURE(stuck_results, WG_SEES_STUCK, s->stuck_results);
		FIGURE(stuck_ns, WG_SEES_STUCK, s->stuck_ns);
		FIGURE(polls, WG_SEES_POLLS, s->polls);
		FIGURE(empty_polls, WG_SEES_POLLS, s->empty_polls);
		FIGURE(notifies_sent, WG_SEES_NOTIFIES, s->notifies_sent);
		FIGURE(notifies_coalesced, WG_SEES_NOTIFIES, s->notifies_coalesced);
		FIGURE(wasted_ns, WG_SEES_GAPS, s->wasted_ns);
		FIGURE(working_ns, WG_SEES_WORKED, s->working_ns);
		FIGURE(pid_use, WG_SEES_COUNT, s->life);
		FIGURE(tick_ns, WG_SEES_COUNT, s->tick_ns);
	default: *ret_needs = WG_SEES_COUNT; return (int64_t)s->unclosed_waits;
	}
#undef FIGURE
}

static void loop_cell(struct wg__rows *rows, uint32_t lane, size_t column, struct wg__value *ret)
{
	const struct wg_loop_stats *s = wg__lane_loop(rows, lane);
	enum wg_sees needs;
	int64_t value;

	if (!s)
		return;
	if (column == LA_wait) {
		wg__set_text(ret, rows, s->wait);
	} else if (column == LA_life_ns) {
		wg__set_int(ret, wg_measure_life_ns(rows->measure, rows->lane[lane].number));
	} else if (column == LA_cpu_ns) {
		if (s->cpu_samples)
			wg__set_int(ret, s->cpu_ns);
	} else {
		value = figure(s, column, &needs);
		if (needs == WG_SEES_COUNT || wg_stats_sees(s, needs))
			wg__set_int(ret, value);
	}
}

static void lane_cell(struct wg__rows *rows, size_t i, size_t column, struct wg__value *ret)
{
	const struct wg__lane_row *row = &rows->lane[i];

	switch (column) {
	case LA_worker:
		if (row->type == WG__LANE_WORKER)
			wg__set_int(ret, row->worker);
		break;
	case LA_first_ns: wg__set_time(ret, rows, row->first_ns); break;
	case LA_last_ns: wg__set_time(ret, rows, row->last_ns); break;
	default:
		if (column <= LA_loop)
			wg__set_whose(ret, rows, (uint32_t)i, column);
		else
			loop_cell(rows, (uint32_t)i, column, ret);
		break;
	}
}

const struct wg__table wg__table_lanes = { "lanes",
	"one row a loop, worker or thread, with the figures of loops", lane_columns, LA_COUNT,
	WG__NO_COLUMN, WG__NO_COLUMN, WG__NO_COLUMN, 0, 20, count_lanes, lane_cell };

/* --- threads --- */

#define CLASSES(X)                                                                                 \
	X(notified, INTEGER, "wakes of a timed wait by a notify")                                  \
	X(input, INTEGER, "wakes by input")                                                        \
	X(idle_worker, INTEGER, "wakes of an untimed wait by a notify: never waste")               \
	X(timer_acted, INTEGER, "wakes by a timer after which it did something")                   \
	X(timer_empty, INTEGER, "wakes by a timer for nothing")                                    \
	X(timer, INTEGER, "wakes by a timer of which nobody knows")                                \
	X(late, INTEGER, "wakes by a timeout in spite of a notify")                                \
	X(zero_poll, INTEGER, "looks that asked for no time and found nothing")                    \
	X(spin, INTEGER, "wakes of a spin: ten or more that took nothing")                         \
	X(lock, INTEGER, "wakes from a lock")                                                      \
	X(interrupted, INTEGER, "wakes by a signal")                                               \
	X(unknown, INTEGER, "wakes whose cause is not observable")
#define THREADS(X)                                                                                 \
	X(trace, TEXT, "what the trace is called: the last part of its path")                      \
	X(lane, INTEGER, "its number in lanes")                                                    \
	X(pid, INTEGER, "process id")                                                              \
	X(tid, INTEGER, "thread id")                                                               \
	X(process, TEXT, "name of the process")                                                    \
	X(name, TEXT, "name of the thread")                                                        \
	X(waits, INTEGER, "waits")                                                                 \
	X(wakes, INTEGER, "wakes")                                                                 \
	X(asleep_ns, INTEGER, "time asleep")                                                       \
	X(wasted_ns, INTEGER, "the sum of its gaps: asleep after a notify")                        \
	X(wakes_per_s, REAL, "wakes a second; NULL: not observable")                               \
	X(period_ns, INTEGER, "median time between wakes, where it wakes most by a timer")         \
	X(notifies, INTEGER, "notifies that it sent")                                              \
	CLASSES(X)                                                                                 \
	X(exact, INTEGER, "wakes of which it is known who woke it")                                \
	X(likely, INTEGER, "wakes of which it is likely who woke it")                              \
	X(notify_to_wake_count, INTEGER, "wakes of which the time of the notify is known")         \
	X(notify_to_wake_p50_ns, INTEGER, "from notify to wake, up to 0.1 % too low")              \
	X(notify_to_wake_p90_ns, INTEGER, "likewise")                                              \
	X(notify_to_wake_p99_ns, INTEGER, "likewise")                                              \
	X(notify_to_wake_max_ns, INTEGER, "the longest")
#define ID(name, type, does) TH_##name,
enum { THREADS(ID) TH_COUNT };
#undef ID
static const struct wg__column thread_columns[] = { THREADS(WG__COLUMN_ROW){ NULL, NULL, NULL } };
_Static_assert(TH_unknown - TH_notified == WG_CLASS_COUNT - 1, "a column for each class");

static size_t count_threads(const struct wg__rows *rows)
{
	size_t count = 0;

	while (rows->threads && wg_thread_at(rows->threads, count))
		count++;
	return count;
}

static uint32_t lane_of(const struct wg__rows *rows, const struct wg_thread_stats *s)
{
	uint32_t i;

	for (i = 0; i < rows->lane_count; i++) {
		const struct wg__lane_row *row = &rows->lane[i];

		if (row->type == WG__LANE_THREAD && row->space == s->space && row->pid == s->pid &&
			row->tid == s->tid)
			return i;
	}
	return WG__NO_ROW;
}

static void thread_count(const struct wg_thread_stats *s, size_t column, struct wg__value *ret)
{
	const struct wg_dist *d = &s->notify_to_wake;

	switch (column) {
	case TH_waits: wg__set_int(ret, (int64_t)s->waits); break;
	case TH_wakes: wg__set_int(ret, (int64_t)s->wakes); break;
	case TH_asleep_ns: wg__set_int(ret, s->asleep_ns); break;
	case TH_wasted_ns: wg__set_int(ret, s->wasted_ns); break;
	case TH_period_ns:
		if (s->period_ns != WG_NOT_OBSERVABLE)
			wg__set_int(ret, s->period_ns);
		break;
	case TH_notifies: wg__set_int(ret, (int64_t)s->notifies); break;
	case TH_exact: wg__set_int(ret, (int64_t)s->certainty[WG_CERTAINTY_EXACT]); break;
	case TH_likely: wg__set_int(ret, (int64_t)s->certainty[WG_CERTAINTY_LIKELY]); break;
	case TH_notify_to_wake_count: wg__set_int(ret, (int64_t)d->count); break;
	case TH_notify_to_wake_p50_ns: wg__set_int(ret, d->p50); break;
	case TH_notify_to_wake_p90_ns: wg__set_int(ret, d->p90); break;
	case TH_notify_to_wake_p99_ns: wg__set_int(ret, d->p99); break;
	case TH_notify_to_wake_max_ns: wg__set_int(ret, d->max); break;
	default: wg__set_int(ret, (int64_t)s->class[column - TH_notified]); break;
	}
}

static void thread_cell(struct wg__rows *rows, size_t i, size_t column, struct wg__value *ret)
{
	const struct wg_thread_stats *s = wg_thread_at(rows->threads, i);
	const struct wg_thread_stats *main_thread;

	switch (column) {
	case TH_trace: wg__set_text(ret, rows, rows->label); break;
	case TH_lane: wg__set_lane(ret, rows, lane_of(rows, s)); break;
	case TH_pid: wg__set_int(ret, s->pid); break;
	case TH_tid: wg__set_int(ret, s->tid); break;
	case TH_process:
		main_thread = wg_thread_of(rows->threads, s->space, s->pid, s->pid);
		wg__set_text(ret, rows, main_thread ? main_thread->name : "");
		break;
	case TH_name: wg__set_text(ret, rows, s->name); break;
	case TH_wakes_per_s:
		if (s->wakes_per_s >= 0) {
			ret->type = WG__REAL;
			ret->d = s->wakes_per_s;
		}
		break;
	default: thread_count(s, column, ret); break;
	}
}

const struct wg__table wg__table_threads = { "threads",
	"one row a thread that was seen from outside, with its figures", thread_columns, TH_COUNT,
	WG__NO_COLUMN, WG__NO_COLUMN, WG__NO_COLUMN, 0, 20, count_threads, thread_cell };

/* --- sites --- */

#define SITES(X)                                                                                   \
	X(trace, TEXT, "what the trace is called: the last part of its path")                      \
	X(site, INTEGER, "its number, unique in the trace: waits.site")                            \
	X(module, TEXT, "which executable or library")                                             \
	X(offset, INTEGER, "where in it")                                                          \
	X(symbol, TEXT, "the function there, if known")                                            \
	X(build_id, TEXT, "which build of the module, if known")
#define ID(name, type, does) SI_##name,
enum { SITES(ID) SI_COUNT };
#undef ID
static const struct wg__column site_columns[] = { SITES(WG__COLUMN_ROW){ NULL, NULL, NULL } };

static size_t count_sites(const struct wg__rows *rows)
{
	return rows->site_count;
}

static void known_text(struct wg__value *ret, struct wg__rows *rows, const char *text)
{
	if (text && *text)
		wg__set_text(ret, rows, text);
}

static void site_cell(struct wg__rows *rows, size_t i, size_t column, struct wg__value *ret)
{
	const struct wg__site_row *row = &rows->site[i];

	switch (column) {
	case SI_trace: wg__set_text(ret, rows, rows->label); break;
	case SI_site: wg__set_int(ret, row->id); break;
	case SI_module: known_text(ret, rows, row->module); break;
	case SI_offset: wg__set_int(ret, (int64_t)row->offset); break;
	case SI_symbol: known_text(ret, rows, row->symbol); break;
	default: known_text(ret, rows, row->build_id); break;
	}
}

const struct wg__table wg__table_sites = { "sites",
	"one row a place in a program where a thread waits or notifies", site_columns, SI_COUNT,
	WG__NO_COLUMN, WG__NO_COLUMN, WG__NO_COLUMN, 0, 50, count_sites, site_cell };
