/*
 * rows.c: see rows.h. Nothing that differs from run to run stands in a row: no times, no names of
 * temporary files. So the same submissions give the same bytes.
 */
#include "labs/grade/tell/rows.h"

#include <string.h>

#include "labs/grade/base/json.h"

void wg_rows_cell(FILE *out, const char *text, const char *after)
{
	json_t *is_utf8 = json_string(text);

	(void)fputc('"', out);
	if (*text && strchr("=+-@", *text))
		(void)fputc('\'', out);
	for (; *text; text++) {
		unsigned char c = (unsigned char)*text;

		if (c == '"')
			(void)fputc('"', out);
		(void)fputc(c < 0x20 || c == 0x7f ? ' ' : c > 0x7f && !is_utf8 ? '?' : c, out);
	}
	(void)fprintf(out, "\"%s", after);
	json_decref(is_utf8);
}

/* The line of a compiler's words that says most: the first error of compiler, assembler or linker,
 * or the first line. */
static void first_error(const char *output, char *line, size_t len)
{
	static const char *const signs[] = { " error:", " Error:", "multiple definition of",
		"undefined reference to" };
	const char *first = NULL, *at;
	size_t i;

	for (i = 0; i < sizeof(signs) / sizeof(signs[0]); i++) {
		at = strstr(output, signs[i]);
		while (at && at > output && at[-1] != '\n')
			at--;
		/* "collect2: error: ld returned 1" only says that there was one. */
		if (at && strncmp(at, "collect2:", 9) != 0 && (!first || at < first))
			first = at;
	}
	if (!first)
		first = output + strspn(output, "\n");
	(void)snprintf(line, len, "%.*s", (int)strcspn(first, "\n"), first);
}

/* Why it did not pass, in one line. */
static void why(const json_t *record, char *line, size_t len)
{
	const char *verdict = text_of(record, "verdict");
	const json_t *each;
	size_t i;

	line[0] = '\0';
	if (strcmp(verdict, "pass") == 0)
		return;
	if (strcmp(verdict, "build") == 0)
		first_error(text_of(record, "output"), line, len);
	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		if (!*line && strcmp(text_of(each, "verdict"), "fail") == 0)
			(void)snprintf(line, len, "%s: %s", text_of(each, "title"),
				text_of(each, "message"));
	}
	if (!*line || strcmp(verdict, "inconclusive") == 0)
		(void)snprintf(line, len, "%s", text_of(record, "reason"));
}

void wg_rows_begin(FILE *out, bool has_facts)
{
	(void)fprintf(out, "student,lab,verdict,score,max,why,file%s\r\n",
		has_facts ? ",attempts,hints,minutes,sha256,same_as_last_check" : "");
}

/* The learner's own count: what stands in a file of theirs. */
static void number(FILE *out, const json_t *state, const char *key)
{
	const json_t *n = json_object_get(state, key);

	if (json_is_integer(n))
		(void)fprintf(out, ",%lld", (long long)json_integer_value(n));
	else
		(void)fputc(',', out);
}

static void facts(FILE *out, const json_t *record, const json_t *state)
{
	const char *claimed = text_of(state, "source_sha256"),
		   *is = text_of(record, "source_sha256");
	json_int_t begun = number_of(state, "started"), passed = number_of(state, "passed");

	number(out, state, "attempts");
	number(out, state, "hints");
	if (begun > 0 && passed >= begun)
		(void)fprintf(out, ",%lld,", (long long)(passed - begun) / 60);
	else
		(void)fputs(",,", out);
	wg_rows_cell(out, is, ",");
	(void)fputs(!*claimed || !*is ? "" : strcmp(claimed, is) == 0 ? "yes" : "no", out);
}

void wg_rows_add(FILE *out, const struct wg_row *row, bool has_facts)
{
	const json_t *record = row->record;
	char line[1000];

	wg_rows_cell(out, row->student, ",");
	wg_rows_cell(out, text_of(record, "lab"), ",");
	wg_rows_cell(out, text_of(record, "verdict"), ",");
	(void)fprintf(out, "%lld,%lld,", (long long)number_of(record, "score"),
		(long long)number_of(record, "max"));
	why(record, line, sizeof(line));
	wg_rows_cell(out, line, ",");
	wg_rows_cell(out, row->file, "");
	if (has_facts)
		facts(out, record, row->state);
	(void)fputs("\r\n", out);
}
