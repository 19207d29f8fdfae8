/*
 * record_length.c: see record_length.h. What is said stands on standard error.
 */
#include "viz/cmd/record_length.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/options.h"
#include "traces/base/units.h"

/* A gap that comes again and again would fill the disk. */
#define GAPS_MAX 10

#define SIZE_MIN (UINT64_C(1) << 20)

/* Each chunk costs a switch of all buffers. */
#define ROTATE_MIN_NS INT64_C(1000000000)

enum { KEY_FLIGHT = 0x1100, KEY_TRIGGER, KEY_MAX_SIZE, KEY_ROTATE };

static error_t take_trigger(const char *arg, struct wg_length *length, struct argp_state *state)
{
	if (wg_parse_time(arg, &length->trigger.min_ns) < 0 || length->trigger.min_ns <= 0)
		return wg_option_fail(
			state, "--trigger-gap wants a time, such as 20ms, not '%s'", arg);
	return 0;
}

static error_t take_size(const char *arg, struct wg_length *length, struct argp_state *state)
{
	if (wg_parse_size(arg, &length->max_bytes) < 0 || length->max_bytes < SIZE_MIN)
		return wg_option_fail(state,
			"--max-size wants a size of at least 1M, such as 500M, not '%s'", arg);
	return 0;
}

static error_t take_flight(const char *arg, struct wg_length *length, struct argp_state *state)
{
	length->is_flight = true;
	if (arg &&
		(wg_parse_size(arg, &length->flight_bytes) < 0 || length->flight_bytes < SIZE_MIN))
		return wg_option_fail(state,
			"--flight-recorder wants a size of at least 1M, such as 64M, not '%s'",
			arg);
	return 0;
}

static bool is_rotated(const struct wg_length *length)
{
	return length->rotate_bytes || length->rotate_ns;
}

/* "10m" is a time, "10M" a size. */
static error_t take_rotate(const char *arg, struct wg_length *length, struct argp_state *state)
{
	length->rotate_bytes = 0;
	length->rotate_ns = 0;
	if (!strpbrk(arg, "BGKMT") && wg_parse_time(arg, &length->rotate_ns) == 0 &&
		length->rotate_ns >= ROTATE_MIN_NS)
		return 0;
	length->rotate_ns = 0;
	if (wg_parse_size(arg, &length->rotate_bytes) == 0 && length->rotate_bytes >= SIZE_MIN)
		return 0;
	return wg_option_fail(state,
		"--rotate wants a size of at least 1M or a time of at least 1s, such as 100M or "
		"10m, not '%s'",
		arg);
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct wg_length *length = state->input;

	switch (key) {
	case KEY_FLIGHT: return take_flight(arg, length, state);
	case KEY_TRIGGER: return take_trigger(arg, length, state);
	case KEY_MAX_SIZE: return take_size(arg, length, state);
	case KEY_ROTATE: return take_rotate(arg, length, state);
	case ARGP_KEY_END:
		if (is_rotated(length) && length->is_flight)
			return wg_option_fail(state, "--rotate and --flight-recorder: a flight "
						     "recorder keeps in memory, "
						     "and writes snapshots only");
		if (length->trigger.min_ns && !length->is_flight)
			return wg_option_fail(state, "--trigger-gap needs --flight-recorder");
		if (length->max_bytes && length->is_flight)
			return wg_option_fail(state,
				"--max-size and --flight-recorder: a flight recorder keeps in "
				"memory, and writes snapshots only");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "flight-recorder", KEY_FLIGHT, "SIZE", OPTION_ARG_OPTIONAL,
		"keep the last seconds only, in SIZE of memory (the default is 32M, with LTTng 16M "
		"for each CPU), and write them at the end, when `wakegap "
		"snapshot` asks, and when --trigger-gap says so: DIR/1-asked, DIR/2-gap, DIR/3-end",
		0 },
	{ "trigger-gap", KEY_TRIGGER, "TIME", 0,
		"with --flight-recorder: write a snapshot when a gap is longer than TIME; at most "
		"10 are written",
		0 },
	{ "max-size", KEY_MAX_SIZE, "SIZE", 0,
		"the trace takes at most SIZE, such as 500M: the oldest events are written over; "
		"with the preload library, the latest are lost, and counted",
		0 },
	{ "rotate", KEY_ROTATE, "SIZE|TIME", 0,
		"begin a new chunk after SIZE or TIME, such as 100M or 10m: DIR/archives/ has a "
		"trace for each, which can be read, copied and removed meanwhile; DIR is all of "
		"them. With --max-size the newest chunks are kept, and none grows beyond half of "
		"it",
		0 },
	{ 0 },
};

const struct argp wg_length_argp = { options, take, NULL, NULL, NULL, NULL, NULL };

/* ---- meanwhile ---- */

static void clear_line(struct wg_length *length)
{
	if (length->has_line)
		(void)fputs("\r\033[K", stderr);
	length->has_line = false;
}

static void on_kept(void *user, enum wg_snapshot why, const char *dir)
{
	struct wg_length *length = user;
	const struct wg_gap_found *gap = &length->trigger.longest;
	char word[WG_SHELL_MAX], time[32];

	clear_line(length);
	(void)wg_shell_word(word, "%s", dir);
	if (why != WG_SNAPSHOT_GAP) {
		wg_say("snapshot in %s", word);
		return;
	}
	(void)wg_format_time(time, sizeof(time), gap->end_ns - gap->begin_ns);
	length->trigger.has_found = false;
	if (gap->tid)
		wg_say("snapshot in %s: a gap of %s in thread %" PRIu32 " (%s)", word, time,
			gap->tid, gap->name);
	else
		wg_say("snapshot in %s: a gap of %s in loop %" PRIu64 " of %s (%" PRIu32 ")", word,
			time, gap->loop, gap->name, gap->pid);
}

static int on_event(void *user, const struct wg_event *event)
{
	struct wg_length *length = user;

	return wg_trigger_feed(&length->trigger, event);
}

static int on_look(void *user, const char *dir, struct wg_error *err)
{
	struct wg_length *length = user;

	return wg_trigger_look(&length->trigger, dir, err);
}

/* One line, written over: for people who watch. */
static void on_progress(void *user, const struct wg_record_progress *now)
{
	struct wg_length *length = user;
	int64_t ms = now->ms - length->last.ms;
	uint64_t more = now->bytes > length->last.bytes ? now->bytes - length->last.bytes : 0;
	char size[32], rate[32], lost[64] = "", kept[48] = "";

	(void)wg_format_size(size, sizeof(size), now->bytes);
	(void)wg_format_size(rate, sizeof(rate), ms > 0 ? more * 1000 / (uint64_t)ms : 0);
	if (now->discarded)
		(void)snprintf(
			lost, sizeof(lost), ", %" PRIu64 " events discarded", now->discarded);
	if (length->is_flight)
		(void)snprintf(kept, sizeof(kept), ", %u snapshot%s", now->snapshots,
			wg_s(now->snapshots));
	(void)fprintf(stderr, "\r\033[Krecording: %" PRId64 " s, %s, %s/s%s%s", now->ms / 1000,
		size, rate, kept, lost);
	(void)fflush(stderr);
	length->has_line = true;
	length->last = *now;
}

/* ---- before and after ---- */

void wg_length_use(struct wg_length *length, struct wg_record_options *record)
{
	record->max_bytes = length->max_bytes;
	record->rotate_bytes = length->rotate_bytes;
	record->rotate_ns = length->rotate_ns;
	if (isatty(STDERR_FILENO)) {
		record->progress = on_progress;
		record->progress_user = length;
	}
	if (!length->is_flight)
		return;
	length->flight = (struct wg_flight){ .kept = on_kept, .user = length, .max = GAPS_MAX };
	length->flight.bytes = length->flight_bytes;
	if (length->trigger.min_ns) {
		length->flight.look = on_look;
		length->flight.event = on_event;
	}
	record->flight = &length->flight;
}

bool wg_length_goes_with(const struct wg_length *length, const char *recorder)
{
	if (!is_rotated(length))
		return true;
	wg_say("--rotate is for programs that emit wakegap events (--with lttng): %s would record "
	       "all of it; --max-size SIZE or --for TIME limits that",
		recorder);
	return false;
}

static void say_dropped(uint64_t packets, int64_t begin_ns, int64_t since_ns)
{
	char time[32];

	if (packets)
		wg_say("to keep within --max-size, the oldest %" PRIu64
		       " packet%s dropped: the trace begins %s after the start",
			packets, packets == 1 ? " was" : "s were",
			wg_format_time(time, sizeof(time), since_ns - begin_ns));
}

static void say_gaps(const struct wg_trigger *trigger)
{
	char time[32], looks[48] = "";

	if (trigger->looks)
		(void)snprintf(looks, sizeof(looks), " in %" PRIu64 " look%s", trigger->looks,
			wg_s(trigger->looks));
	wg_say("%" PRIu64 " gap%s of at least %s%s", trigger->gaps, wg_s(trigger->gaps),
		wg_format_time(time, sizeof(time), trigger->min_ns), looks);
}

void wg_length_say(struct wg_length *length, const struct wg_record_result *result)
{
	clear_line(length);
	if (result->not_kept)
		wg_say("%u later snapshots with gaps were not kept: at most %d are",
			result->not_kept, GAPS_MAX);
	if (length->trigger.min_ns && result->has_run)
		say_gaps(&length->trigger);
	wg_trigger_end(&length->trigger);
	if (result->chunks_removed)
		wg_say("to keep within --max-size, the oldest %zu chunk%s removed",
			result->chunks_removed, result->chunks_removed == 1 ? " was" : "s were");
	if (result->chunks)
		wg_say("%zu chunk%s in %s/archives", result->chunks, wg_s(result->chunks),
			result->dir);
	say_dropped(result->dropped_packets, result->begin_ns, result->since_ns);
}
