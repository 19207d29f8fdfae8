/*
 * diff_figures.c: the figures that are compared, by the names of `wakegap check`, and a limit as it
 * is typed.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "viz/stats/diff.h"
#include "traces/base/near.h"
#include "traces/base/units.h"

static const struct wg_bound_info *of_loops(int figure)
{
	return wg_bound_info((enum wg_bound)figure);
}

static const struct wg_thread_bound_info *of_threads(int figure)
{
	return wg_thread_bound_info((enum wg_thread_bound)(figure - WG_BOUND_COUNT));
}

const char *wg_diff_figure_option(int figure)
{
	if (figure < 0 || figure >= DIFF_FIGURES)
		return NULL;
	/* Without "max-" or "min-". */
	return strchr(figure < WG_BOUND_COUNT ? of_loops(figure)->option
					      : of_threads(figure)->option,
		       '-') +
	       1;
}

const char *wg_diff_figure_name(int figure)
{
	return figure < WG_BOUND_COUNT ? of_loops(figure)->name : of_threads(figure)->name;
}

bool wg_diff_figure_is_time(int figure)
{
	return figure < WG_BOUND_COUNT && of_loops(figure)->is_time;
}

static int figure_of(const char *option)
{
	const char *known;
	int i;

	for (i = 0; (known = wg_diff_figure_option(i)); i++) {
		if (strcmp(option, known) == 0)
			return i;
	}
	return -1;
}

static int no_figure(const char *option, char *buf, size_t len)
{
	char all[512] = "", hint[120];
	const char *known;
	size_t used = 0;
	int i;

	for (i = 0; (known = wg_diff_figure_option(i)) && used < sizeof(all); i++)
		used += (size_t)snprintf(
			all + used, sizeof(all) - used, "%s%s", i ? " " : "", known);
	(void)snprintf(buf, len, "no figure '%s'%s", option,
		wg_near_hint(hint, sizeof(hint), option, all));
	return -EINVAL;
}

/* A number of per cent, a time, or a count, as the figure has it. */
static int take_amount(const char *text, struct diff_limit *limit)
{
	size_t length = strlen(text);
	char number[32];
	int64_t time_ns;
	uint64_t count;

	limit->is_percent = length > 1 && text[length - 1] == '%';
	if (limit->is_percent) {
		char *end;

		if (length > sizeof(number) || strspn(text, "0123456789.") != length - 1)
			return -EINVAL;
		memcpy(number, text, length - 1);
		number[length - 1] = '\0';
		limit->by = strtod(number, &end) / 100;
		return *end == '\0' ? 0 : -EINVAL;
	}
	if (wg_diff_figure_is_time(limit->figure)) {
		if (wg_parse_time(text, &time_ns) < 0)
			return -EINVAL;
		limit->by = (double)time_ns;
		return 0;
	}
	if (wg_parse_number(text, 0, INT64_MAX, &count) < 0)
		return -EINVAL;
	limit->by = (double)count;
	return 0;
}

int wg_diff_limit_parse(const char *text, struct diff_limit *ret, char *buf, size_t len)
{
	const char *plus = strrchr(text, '+'), *minus = strrchr(text, '-');
	const char *sign = !minus || (plus && plus > minus) ? plus : minus;
	char option[64];

	*ret = (struct diff_limit){ .text = text };
	if (!sign || sign == text || (size_t)(sign - text) >= sizeof(option)) {
		(void)snprintf(
			buf, len, "'%s' is not a figure and a limit such as gap-p99+10%%", text);
		return -EINVAL;
	}
	memcpy(option, text, (size_t)(sign - text));
	option[sign - text] = '\0';
	ret->is_fall = *sign == '-';
	ret->figure = figure_of(option);
	/* "gap-p99" alone: its last part is no limit. */
	if (ret->figure < 0 && figure_of(text) >= 0) {
		(void)snprintf(buf, len, "'%s' needs a limit such as +10%%", text);
		return -EINVAL;
	}
	if (ret->figure < 0)
		return no_figure(option, buf, len);
	if (take_amount(sign + 1, ret) < 0) {
		(void)snprintf(buf, len, "'%s' is not a limit such as +10%%%s", sign,
			wg_diff_figure_is_time(ret->figure) ? " or +1ms" : " or +0");
		return -EINVAL;
	}
	return 0;
}
