/*
 * text_trace.c: see text_trace.h.
 */
#include "tests/harness/text_trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"

/* The number after `name = `, or 0. */
static uint64_t number_after(const char *text, const char *name)
{
	char key[24];
	const char *at;

	(void)snprintf(key, sizeof(key), " %s = ", name);
	at = strstr(text, key);
	return at ? strtoull(at + strlen(key), NULL, 10) : 0;
}

/* "[00001029054952750] (...) host wakegap:wake: { cpu_id = 0 }, { vpid = 1, ... }, { loop = 1, ..."
 */
static bool parse_line(const char *text, struct wg_text_line *ret)
{
	const char *name = strstr(text, " wakegap:");
	const char *fields, *quote;

	if (text[0] != '[' || !name)
		return false;
	*ret = (struct wg_text_line){ .at = strtoll(text + 1, NULL, 10) };
	(void)sscanf(name + 9, "%15[a-z]", ret->event);
	ret->pid = number_after(text, "vpid");
	fields = strrchr(text, '{');
	if (!fields)
		return false;
	ret->loop = number_after(fields, "loop");
	ret->op = number_after(fields, "op");
	ret->number = number_after(fields, "found");
	quote = strstr(fields, " = ( \"");
	if (quote)
		(void)sscanf(quote + 6, "%15[a-z]", ret->label);
	return true;
}

bool wg_text_trace_read(const char *path, struct wg_text_trace *ret)
{
	const char *const argv[] = { "/usr/bin/babeltrace2", "--clock-cycles", path, NULL };
	char *out = NULL, *err = NULL, *save = NULL, *text;
	const char *lost;

	*ret = (struct wg_text_trace){ 0 };
	if (wg_run(&out, &err, argv) != 0) {
		free(out);
		free(err);
		return false;
	}
	ret->lines = calloc(strlen(out) / 60 + 16, sizeof(*ret->lines));
	CU_ASSERT_PTR_NOT_NULL_FATAL(ret->lines);
	for (text = strtok_r(out, "\n", &save); text; text = strtok_r(NULL, "\n", &save)) {
		if (parse_line(text, &ret->lines[ret->count]))
			ret->count++;
	}
	for (lost = err; (lost = strstr(lost, "discarded ")); lost += 10)
		ret->discarded += strtoull(lost + 10, NULL, 10);
	free(out);
	free(err);
	return true;
}
