/*
 * junit.c: see junit.h.
 *
 * Names come from the traced program and from the file system and may hold anything. XML 1.0 can
 * express no control characters even as references, and the file must be valid UTF-8: any other
 * byte becomes a '?'.
 */
#include "viz/stats/junit.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/out.h"
#include "traces/base/text_out.h"

/* Bytes of the UTF-8 character at s that XML may hold, or 0. */
static size_t character(const char *s)
{
	size_t len = wg_utf8_len(s);

	if (len == 1)
		return (unsigned char)*s >= 0x20 && *s != 0x7f;
	/* U+FFFE and U+FFFF */
	return len == 3 && (memcmp(s, "\xef\xbf\xbe", 3) == 0 || memcmp(s, "\xef\xbf\xbf", 3) == 0)
		       ? 0
		       : len;
}

static void put_text(FILE *out, const char *text)
{
	while (*text) {
		size_t len = character(text);

		switch (*text) {
		case '&': (void)fputs("&amp;", out); break;
		case '<': (void)fputs("&lt;", out); break;
		case '>': (void)fputs("&gt;", out); break;
		case '"': (void)fputs("&quot;", out); break;
		case '\'': (void)fputs("&apos;", out); break;
		default:
			if (len)
				(void)fwrite(text, 1, len, out);
			else
				(void)fputc('?', out);
			break;
		}
		text += len ? len : 1;
	}
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
	(void)fprintf(out, " %s=\"", name);
	put_text(out, value);
	(void)fputc('"', out);
}

static void put_case(FILE *out, const struct junit_case *c)
{
	static const char *const elements[] = { "", "failure", "skipped", "error" };

	(void)fputs("    <testcase", out);
	put_attribute(out, "classname", c->class_name);
	put_attribute(out, "name", c->name);
	(void)fputs(" time=\"0\"", out);
	if (c->outcome == JUNIT_PASSED) {
		(void)fputs("/>\n", out);
		return;
	}
	(void)fprintf(out, ">\n      <%s", elements[c->outcome]);
	put_attribute(out, "message", c->message ? c->message : "");
	(void)fputs("/>\n    </testcase>\n", out);
}

void junit_add(struct junit *junit, const struct junit_case *c)
{
	struct junit_suite *suite = &junit->suites[c->suite];

	suite->count[c->outcome]++;
	if (!suite->cases)
		suite->cases = open_memstream(&suite->text, &suite->len);
	if (suite->cases)
		put_case(suite->cases, c);
	else
		junit->rc = -ENOMEM;
}

void junit_fini(struct junit *junit)
{
	size_t i;

	for (i = 0; i < junit->suite_count; i++) {
		if (junit->suites[i].cases)
			(void)fclose(junit->suites[i].cases);
		free(junit->suites[i].text);
	}
}

static void put_counts(FILE *out, const size_t count[JUNIT_ERROR + 1])
{
	(void)fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		count[JUNIT_PASSED] + count[JUNIT_FAILED] + count[JUNIT_ERROR] +
			count[JUNIT_SKIPPED],
		count[JUNIT_FAILED], count[JUNIT_ERROR], count[JUNIT_SKIPPED]);
}

/* 0 or -ENOMEM. */
static int put_suite(FILE *out, const struct junit_suite *suite)
{
	if (suite->cases && (fflush(suite->cases) != 0 || ferror(suite->cases)))
		return -ENOMEM;
	(void)fputs("  <testsuite", out);
	put_attribute(out, "name", suite->name);
	put_counts(out, suite->count);
	(void)fprintf(out, " time=\"%.9f\">\n%s  </testsuite>\n", (double)suite->duration_ns / 1e9,
		suite->text ? suite->text : "");
	return 0;
}

static int put_all(FILE *out, const struct junit *junit)
{
	size_t all[JUNIT_ERROR + 1] = { 0 }, s, i;
	int rc = junit->rc;

	for (s = 0; s < junit->suite_count; s++) {
		for (i = 0; i <= JUNIT_ERROR; i++)
			all[i] += junit->suites[s].count[i];
	}
	(void)fputs("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites", out);
	put_attribute(out, "name", junit->name);
	put_counts(out, all);
	(void)fputs(">\n", out);
	for (s = 0; s < junit->suite_count && rc == 0; s++)
		rc = put_suite(out, &junit->suites[s]);
	(void)fputs("</testsuites>\n", out);
	return rc;
}

int junit_write(const struct junit *junit, const char *path, struct wg_error *err)
{
	struct wg_out out;
	char *text = NULL;
	size_t len;
	FILE *memory = open_memstream(&text, &len);
	int rc = memory ? put_all(memory, junit) : -ENOMEM;

	if (memory && fclose(memory) != 0)
		rc = -ENOMEM;
	if (rc < 0)
		(void)wg_error_set(err, rc, "cannot write '%s': %s", path, strerror(-rc));
	else
		rc = wg_out_open(&out, path, err);
	if (rc == 0) {
		wg_out_write(&out, text, len);
		rc = wg_out_close(&out, true, err);
	}
	free(text);
	return rc;
}
