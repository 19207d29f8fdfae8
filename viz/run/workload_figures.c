/*
 * workload_figures.c: the figures that only one workload has: lateness, requests a second.
 *
 * Nothing here knows a workload. Every member of the answers beyond those that all have becomes a
 * line: a number, or the members of a distribution; names that end in _ns are times.
 */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "viz/run/run.h"
#include "traces/base/units.h"

static bool is_common(const char *key)
{
	static const char *const common[] = { "wait", "ops", "seconds", "cpu_seconds", "bytes_read",
		"checksum", "hangs" };
	size_t i;

	for (i = 0; i < sizeof(common) / sizeof(common[0]); i++) {
		if (strcmp(key, common[i]) == 0)
			return true;
	}
	return false;
}

static bool is_time(const char *key)
{
	size_t len = strlen(key);

	return len > 3 && strcmp(key + len - 3, "_ns") == 0;
}

/* "lateness_ns", "p50" -> "lateness p50"; "requests_per_s" -> "requests/s". */
static void print_label(const char *key, const char *member)
{
	char label[64];
	int len = (int)strlen(key) - (is_time(key) ? 3 : 0);
	char *p;

	(void)snprintf(label, sizeof(label), "%.*s%s%s", len, key, member ? " " : "",
		member ? member : "");
	p = strstr(label, "_per_s");
	if (p) {
		memcpy(p, "/s", 2);
		memmove(p + 2, p + 6, strlen(p + 6) + 1);
	}
	for (p = label; *p; p++) {
		if (*p == '_')
			*p = ' ';
	}
	printf("%-20s", label);
}

static void print_value(const json_t *value, bool is_ns)
{
	double number = json_number_value(value);
	char text[32] = "-";

	if (json_is_number(value) && is_ns)
		(void)wg_format_time(text, sizeof(text), (int64_t)number);
	else if (json_is_integer(value) || number >= 1000)
		(void)snprintf(text, sizeof(text), "%.0f", number);
	else if (json_is_number(value))
		(void)snprintf(text, sizeof(text), "%.1f", number);
	printf("  %9s", text);
}

static void print_line(const struct wg_run *run, const char *key, const char *member)
{
	size_t i;

	print_label(key, member);
	for (i = 0; i < run->row_count; i++) {
		const json_t *value = json_object_get(run->rows[i].answer.all, key);

		print_value(member ? json_object_get(value, member) : value, is_time(key));
	}
	printf("\n");
}

void wg_run_print_figures(const struct wg_run *run)
{
	const struct wg_run_row *row = wg_run_first(run);
	const char *key, *member;
	json_t *value, *inner;
	bool is_first = true;
	size_t i;

	if (!row)
		return;
	json_object_foreach(row->answer.all, key, value)
	{
		if (is_common(key))
			continue;
		if (is_first) {
			printf("%-20s", "");
			for (i = 0; i < run->row_count; i++)
				printf("  %9s", run->rows[i].wait);
			printf("\n");
			is_first = false;
		}
		if (!json_is_object(value)) {
			print_line(run, key, NULL);
			continue;
		}
		json_object_foreach(value, member, inner)
		{
			/* The least says little; it is in the JSON. */
			if (strcmp(member, "min") != 0)
				print_line(run, key, member);
		}
	}
	if (!is_first)
		printf("\n");
}
