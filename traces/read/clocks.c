/*
 * clocks.c: see clocks.h.
 */
#include "traces/read/clocks.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "traces/read/read.h"

#define CORRECTIONS_MAX 64

/* Of the process, as its command line is: set before the first trace is opened. */
static struct {
	char host[64];
	int64_t by_ns;
} corrections[CORRECTIONS_MAX];
static size_t correction_count;

int wg_reader_correct_clock(const char *host, int64_t by_ns)
{
	if (correction_count == CORRECTIONS_MAX)
		return -ENOSPC;
	(void)snprintf(corrections[correction_count].host, sizeof(corrections[0].host), "%s", host);
	corrections[correction_count++].by_ns = by_ns;
	return 0;
}

static int64_t correction_of(const struct wg__clock *clock)
{
	int64_t by_ns = 0;
	size_t i;

	for (i = 0; i < correction_count; i++) {
		if (strcmp(corrections[i].host, clock->host) == 0)
			by_ns += corrections[i].by_ns;
	}
	return by_ns;
}

/* Each correction is for a host that is there; the line names those that are. */
static int check_corrections(
	const struct wg__folder_clock *folder, size_t count, struct wg_error *err)
{
	char hosts[200] = "";
	size_t i, k;

	for (i = 0; i < correction_count; i++) {
		for (k = 0; k < count; k++) {
			if (folder[k].is_known &&
				strcmp(folder[k].clock.host, corrections[i].host) == 0)
				break;
		}
		if (k < count)
			continue;
		for (k = 0; k < count; k++) {
			size_t used = strlen(hosts);

			if (folder[k].is_known && !strstr(hosts, folder[k].clock.host))
				(void)snprintf(hosts + used, sizeof(hosts) - used, "%s%s",
					used ? ", " : "", folder[k].clock.host);
		}
		return wg_error_set(err, -EINVAL,
			"--clock-offset: no part of the trace is of host '%s': it has %s",
			corrections[i].host, *hosts ? hosts : "no names of hosts");
	}
	return 0;
}

/* The first folder with the clock of folder i. */
static size_t first_with(const struct wg__folder_clock *folder, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++) {
		if (folder[k].is_known && wg__clock_is_same(&folder[k].clock, &folder[i].clock))
			break;
	}
	return k;
}

/* "+5000.000012 s": all digits, for hosts may be days or nanoseconds apart. */
static void format_shift(char *buf, size_t len, int64_t ns)
{
	uint64_t size = ns < 0 ? -(uint64_t)ns : (uint64_t)ns;

	(void)snprintf(buf, len, "%c%" PRIu64 ".%09" PRIu64 " s", ns < 0 ? '-' : '+',
		size / 1000000000, size % 1000000000);
}

/* One line for each host and clock. */
static void remark(const struct wg__folder_clock *folder, size_t count, size_t base,
	char *const *names, struct wg__notes *remarks)
{
	char shift[48], by[48], corrected[80];
	size_t i, k;

	for (i = 0; i < count; i++) {
		const struct wg__clock *c = &folder[i].clock;
		int64_t by_ns = correction_of(c);
		bool is_one = wg__clock_is_same(c, &folder[base].clock);

		for (k = 0; k < i; k++) {
			if (folder[k].is_known && strcmp(folder[k].clock.host, c->host) == 0 &&
				wg__clock_is_same(&folder[k].clock, c))
				break;
		}
		if (k < i || !folder[i].is_known)
			continue;
		format_shift(shift, sizeof(shift), folder[i].shift_ns);
		format_shift(by, sizeof(by), by_ns);
		corrected[0] = '\0';
		if (by_ns)
			(void)snprintf(corrected, sizeof(corrected), "%s%s by --clock-offset",
				is_one ? "" : ", and ", by);
		wg__notes_add(remarks, "times of %s%s: %s: %s%s", *c->host ? "host " : "",
			*c->host ? c->host : names[i], shift,
			is_one ? (by_ns ? "" : "the clock that others are put on")
			       : "different clocks (another host or boot), found by clock.offset "
				 "of "
				 "the metadata, each host's own time of day: as exact as those "
				 "were "
				 "set, not better",
			corrected);
	}
}

int wg__clocks_settle(struct wg__folder_clock *folder, size_t count, char *const *names,
	struct wg__notes *remarks, struct wg_error *err)
{
	size_t i, first = count, other = count, base;
	bool is_shifted = false;
	int rc = check_corrections(folder, count, err);

	for (i = 0; i < count; i++) {
		if (!folder[i].is_known)
			continue;
		if (first == count)
			first = i;
		else if (other == count && first_with(folder, i) == i)
			other = i;
	}
	if (rc < 0 || first == count)
		return rc;
	for (i = 0, base = first; i < count && other < count; i++) {
		if (!folder[i].is_known)
			continue;
		if (!folder[i].clock.is_real)
			return wg_error_set(err, -EINVAL,
				"'%s' and '%s' were recorded on different clocks (two boots or two "
				"hosts), and '%s' does not say when that was: they cannot be put "
				"in one order; read them one by one",
				names[first], names[other], names[i]);
		if (folder[i].clock.offset_ns < folder[base].clock.offset_ns)
			base = i;
	}
	base = first_with(folder, base);
	for (i = 0; i < count; i++) {
		if (!folder[i].is_known)
			continue;
		if (other < count)
			folder[i].shift_ns = folder[first_with(folder, i)].clock.offset_ns -
					     folder[base].clock.offset_ns;
		folder[i].shift_ns += correction_of(&folder[i].clock);
		is_shifted = is_shifted || folder[i].shift_ns;
	}
	if (other < count || is_shifted)
		remark(folder, count, base, names, remarks);
	return other < count || is_shifted;
}
