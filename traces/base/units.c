/*
 * units.c: see units.h. Parsing is exact: a number that does not fit is refused, never clipped.
 */
#include "traces/base/units.h"

#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct unit {
	const char *name;
	double factor;
};

static const struct unit sizes[] = {
	{ "", 1 },
	{ "B", 1 },
	{ "K", 1024 },
	{ "KB", 1024 },
	{ "KiB", 1024 },
	{ "M", 1048576 },
	{ "MB", 1048576 },
	{ "MiB", 1048576 },
	{ "G", 1073741824 },
	{ "GB", 1073741824 },
	{ "GiB", 1073741824 },
	{ "T", 1099511627776 },
	{ "TB", 1099511627776 },
	{ "TiB", 1099511627776 },
	{ NULL, 0 },
};

static const struct unit times[] = {
	{ "ns", 1 },
	{ "us", 1e3 },
	{ "\xc2\xb5s", 1e3 },
	{ "ms", 1e6 },
	{ "s", 1e9 },
	{ "m", 60e9 },
	{ "min", 60e9 },
	{ "h", 3600e9 },
	{ NULL, 0 },
};

int wg_parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret)
{
	uint64_t value = 0;

	if (!*text || text[strspn(text, "0123456789")])
		return -EINVAL; /* strtoull would take blanks, and a minus sign as 2^64 less */
	for (; *text; text++) {
		if (__builtin_mul_overflow(value, 10, &value) ||
			__builtin_add_overflow(value, (unsigned)(*text - '0'), &value))
			return -ERANGE;
	}
	if (value < min || value > max)
		return -ERANGE;
	*ret = value;
	return 0;
}

/* A long double holds every integer below 2^63 exactly. */
static int parse(const char *text, const struct unit *units, long double *ret_value)
{
	char *end;
	long double number;

	if (text[strspn(text, "0123456789.")] == 'x' || !strchr("0123456789.", *text) || !*text)
		return -EINVAL; /* strtold would take hex, inf, nan, signs and blanks */
	errno = 0;
	number = strtold(text, &end);
	if (end == text || end != text + strspn(text, "0123456789."))
		return -EINVAL;
	while (*end == ' ')
		end++;
	for (; units->name; units++) {
		if (strcasecmp(end, units->name) == 0) {
			*ret_value = number * units->factor;
			return *ret_value < 9e18 ? 0 : -ERANGE;
		}
	}
	/* A bare 0 needs no unit. */
	if (*end == '\0' && number == 0) {
		*ret_value = 0;
		return 0;
	}
	return -EINVAL;
}

int wg_parse_size(const char *text, uint64_t *ret_bytes)
{
	long double value;
	int rc = parse(text, sizes, &value);

	if (rc < 0)
		return rc;
	if (value != floorl(value))
		return -EINVAL; /* no half bytes */
	*ret_bytes = (uint64_t)value;
	return 0;
}

int wg_parse_time(const char *text, int64_t *ret_ns)
{
	long double value;
	int rc = parse(text, times, &value);

	if (rc < 0)
		return rc;
	if (value > 0 && value < 1)
		return -EINVAL; /* less than 1 ns */
	*ret_ns = (int64_t)llroundl(value);
	return 0;
}

/* Three significant digits: 1.59, 10.1, 853. */
static char *three_digits(char *buf, size_t len, double value, const char *unit)
{
	int decimals = value < 9.995 ? 2 : value < 99.95 ? 1 : 0;

	(void)snprintf(buf, len, "%.*f %s", decimals, value, unit);
	return buf;
}

char *wg_format_time(char *buf, size_t len, int64_t ns)
{
	double v = fabs((double)ns);
	const char *sign = ns < 0 ? "-" : "";
	char plain[48];

	if (v < 999.5)
		(void)snprintf(plain, sizeof(plain), "%.0f ns", v);
	else if (v < 999.5e3)
		(void)three_digits(plain, sizeof(plain), v / 1e3, "us");
	else if (v < 999.5e6)
		(void)three_digits(plain, sizeof(plain), v / 1e6, "ms");
	else
		(void)three_digits(plain, sizeof(plain), v / 1e9, "s");
	(void)snprintf(buf, len, "%s%s", sign, plain);
	return buf;
}

char *wg_format_size(char *buf, size_t len, uint64_t bytes)
{
	static const char *const names[] = { "B", "KiB", "MiB", "GiB", "TiB" };
	double value = (double)bytes;
	size_t i = 0;

	while (value >= 1024 && i + 1 < sizeof(names) / sizeof(names[0])) {
		value /= 1024;
		i++;
	}
	if (value == floor(value))
		(void)snprintf(buf, len, "%.0f %s", value, names[i]);
	else
		(void)three_digits(buf, len, value, names[i]);
	return buf;
}

char *wg_format_times(char *buf, size_t len, int64_t min_ns, int64_t max_ns)
{
	char min[32], max[32];

	(void)wg_format_time(min, sizeof(min), min_ns);
	(void)wg_format_time(max, sizeof(max), max_ns);
	(void)snprintf(buf, len, strcmp(min, max) == 0 ? "%s" : "%s to %s", min, max);
	return buf;
}
