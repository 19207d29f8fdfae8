/*
 * scale.c: see scale.h. Integer arithmetic only: a double would do at 1 ns a column and seconds
 * from t=0, but integers need no proof.
 */
#include "traces/model/scale.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static const struct unit {
	const char *name;
	int64_t ns;
	int digits; /* decimals that reach down to 1 ns */
} units[] = { { "s", 1000000000, 9 }, { "ms", 1000000, 6 }, { "us", 1000, 3 }, { "ns", 1, 0 } };

static const struct unit *unit_for(int64_t t)
{
	size_t i;

	for (i = 0; i < 3; i++) {
		if (llabs(t) >= units[i].ns)
			break;
	}
	return &units[i];
}

int64_t wg_scale_fit_step(int64_t begin_ns, int64_t end_ns, int cols)
{
	int64_t range = end_ns - begin_ns + 1;

	if (range < 1)
		range = 1;
	return (range + cols - 1) / cols;
}

int64_t wg_scale_time(const struct wg_scale *scale, int64_t col)
{
	return scale->from_ns + col * scale->step_ns;
}

int wg_scale_col(const struct wg_scale *scale, int64_t t)
{
	int64_t col;

	if (t < scale->from_ns)
		return -1;
	col = (t - scale->from_ns) / scale->step_ns;
	return col >= scale->cols ? scale->cols : (int)col;
}

int64_t wg_scale_end(const struct wg_scale *scale)
{
	return wg_scale_time(scale, scale->cols);
}

/* Write t in unit with the given number of decimals. */
static char *write_time(char *buf, size_t len, int64_t t, const struct unit *unit, int decimals)
{
	int64_t size = llabs(t);
	char rest[24];

	if (t == 0) {
		(void)snprintf(buf, len, "0");
		return buf;
	}
	/* All digits of the rest, of which the first few are wanted. */
	(void)snprintf(rest, sizeof(rest), "%09lld", (long long)(size % unit->ns));
	(void)snprintf(buf, len, "%s%lld%s%.*s %s", t < 0 ? "-" : "", (long long)(size / unit->ns),
		decimals > 0 ? "." : "", decimals, rest + 9 - unit->digits, unit->name);
	return buf;
}

char *wg_scale_label(
	const struct wg_scale *scale, char *buf, size_t len, int64_t t, int64_t tick_ns)
{
	int64_t left = llabs(scale->from_ns), right = llabs(wg_scale_end(scale));
	const struct unit *unit = unit_for(left > right ? left : right);
	int decimals = unit->digits;

	/* As many decimals as the tick has. */
	while (decimals > 0 && tick_ns % 10 == 0) {
		tick_ns /= 10;
		decimals--;
	}
	return write_time(buf, len, t, unit, decimals);
}

char *wg_scale_exact(char *buf, size_t len, int64_t t)
{
	const struct unit *unit = unit_for(t);
	int64_t rest = llabs(t) % unit->ns;
	int decimals = unit->digits;

	while (decimals > 0 && rest % 10 == 0) {
		rest /= 10;
		decimals--;
	}
	return write_time(buf, len, t, unit, decimals);
}

int64_t wg_scale_tick(const struct wg_scale *scale)
{
	static const int64_t nice[] = { 1, 2, 5 };
	int64_t power = 1;
	char label[48];
	size_t i;

	for (;; power *= 10) {
		for (i = 0; i < 3; i++) {
			int64_t tick = nice[i] * power;
			size_t a, b;

			a = strlen(wg_scale_label(
				scale, label, sizeof(label), -llabs(scale->from_ns), tick));
			b = strlen(wg_scale_label(
				scale, label, sizeof(label), wg_scale_end(scale), tick));
			/* Two more: the tick itself and a blank. */
			if (tick / scale->step_ns >= (int64_t)(a > b ? a : b) + 2)
				return tick;
			if (power > WG_SCALE_LIMIT_NS / 100)
				return tick;
		}
	}
}

int64_t wg_scale_clip(int64_t t)
{
	int64_t most = t < WG_SCALE_LIMIT_NS ? t : WG_SCALE_LIMIT_NS;

	return most > -WG_SCALE_LIMIT_NS ? most : -WG_SCALE_LIMIT_NS;
}
