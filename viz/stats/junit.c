/*
 * junit.c: see junit.h.
 *
 * Names come from the traced program and from the file system and may hold anything. XML 1.0 can
 * express no control characters even as references, and the file must be valid UTF-8: any other
 * byte becomes a '?'.
 */
#include "viz/stats/junit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

int junit_add(struct junit *junit, const struct junit_case *c)
{
	struct junit_case *grown, *to;

	if (junit->case_count == junit->case_cap) {
		size_t cap = junit->case_cap ? 2 * junit->case_cap : 32;

		grown = realloc(junit->cases, cap * sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		junit->cases = grown;
		junit->case_cap = cap;
	}
	to = &junit->cases[junit->case_count];
	*to = *c;
	to->class_name = strdup(c->class_name);
	to->name = strdup(c->name);
	to->message = c->message ? strdup(c->message) : NULL;
	junit->case_count++; /* half a case is freed by fini */
	return to->class_name && to->name && (to->message || !c->message) ? 0 : -ENOMEM;
}

void junit_fini(struct junit *junit)
{
	size_t i;

	for (i = 0; i < junit->case_count; i++) {
		free(junit->cases[i].class_name);
		free(junit->cases[i].name);
		free(junit->cases[i].message);
	}
	free(junit->cases);
	junit->cases = NULL;
	junit->case_count = junit->case_cap = 0;
}

/* Bytes of the UTF-8 character at s that XML may hold, or 0. */
static size_t character(const unsigned char *s)
{
	uint32_t c = s[0];
	size_t len = 0, i;

	if (c < 0x80)
		len = 1;
	else if (c >= 0xc2 && c < 0xf5) /* the others begin nothing, or what is too long */
		len = c < 0xe0 ? 2 : c < 0xf0 ? 3 : 4;
	if (len == 1)
		return c >= 0x20 && c != 0x7f;
	if (len == 0)
		return 0;
	c &= 0xffu >> (len + 1);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		c = c << 6 | (s[i] & 0x3f);
	}
	if ((len == 3 && c < 0x800) || (len == 4 && (c < 0x10000 || c > 0x10ffff)))
		return 0;
	if ((c >= 0xd800 && c < 0xe000) || c == 0xfffe || c == 0xffff)
		return 0;
	return len;
}

static void put_text(FILE *out, const char *text)
{
	const unsigned char *s = (const unsigned char *)text;

	while (*s) {
		size_t len = character(s);

		switch (*s) {
		case '&': (void)fputs("&amp;", out); break;
		case '<': (void)fputs("&lt;", out); break;
		case '>': (void)fputs("&gt;", out); break;
		case '"': (void)fputs("&quot;", out); break;
		case '\'': (void)fputs("&apos;", out); break;
		default:
			if (len)
				(void)fwrite(s, 1, len, out);
			else
				(void)fputc('?', out);
			break;
		}
		s += len ? len : 1;
	}
}

static void put_attribute(FILE *out, const char *name, const char *value)
{
	(void)fprintf(out, " %s=\"", name);
	put_text(out, value);
	(void)fputc('"', out);
}

/* Of one suite, or of all if suite is suite_count. */
static size_t count_of(const struct junit *junit, size_t suite, enum junit_outcome outcome)
{
	size_t i, count = 0;

	for (i = 0; i < junit->case_count; i++)
		count += (suite == junit->suite_count || junit->cases[i].suite == suite) &&
			 junit->cases[i].outcome == outcome;
	return count;
}

static void put_counts(FILE *out, const struct junit *junit, size_t suite)
{
	size_t failed = count_of(junit, suite, JUNIT_FAILED);
	size_t errors = count_of(junit, suite, JUNIT_ERROR);
	size_t skipped = count_of(junit, suite, JUNIT_SKIPPED);

	(void)fprintf(out, " tests=\"%zu\" failures=\"%zu\" errors=\"%zu\" skipped=\"%zu\"",
		failed + errors + skipped + count_of(junit, suite, JUNIT_PASSED), failed, errors,
		skipped);
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

static void put_all(FILE *out, const struct junit *junit)
{
	size_t s, i;

	(void)fputs(
		"<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"wakegap check\"",
		out);
	put_counts(out, junit, junit->suite_count);
	(void)fputs(">\n", out);
	for (s = 0; s < junit->suite_count; s++) {
		(void)fputs("  <testsuite", out);
		put_attribute(out, "name", junit->suites[s].name);
		put_counts(out, junit, s);
		(void)fprintf(out, " time=\"%.9f\">\n", (double)junit->suites[s].duration_ns / 1e9);
		for (i = 0; i < junit->case_count; i++) {
			if (junit->cases[i].suite == s)
				put_case(out, &junit->cases[i]);
		}
		(void)fputs("  </testsuite>\n", out);
	}
	(void)fputs("</testsuites>\n", out);
}

/* Everything, to a stream that is closed here. 0 or a negative errno. */
static int put_and_close(FILE *out, const struct junit *junit)
{
	int rc = 0;

	errno = 0; /* the first error stays: what follows it writes nothing */
	put_all(out, junit);
	if (ferror(out) || fflush(out) != 0)
		rc = errno ? -errno : -EIO;
	if (fclose(out) != 0 && rc == 0)
		rc = errno ? -errno : -EIO;
	return rc;
}

int junit_write(const struct junit *junit, const char *path)
{
	mode_t mask = umask(0);
	char *temp = NULL;
	FILE *out;
	int fd, rc;

	(void)umask(mask);
	if (strcmp(path, "-") == 0) {
		put_all(stdout, junit);
		return 0; /* whether it arrived is asked when stdout is flushed */
	}
	if (asprintf(&temp, "%s.XXXXXX", path) < 0)
		return -ENOMEM;
	fd = mkostemp(temp, O_CLOEXEC);
	if (fd < 0) {
		rc = -errno;
		free(temp);
		return rc;
	}
	(void)fchmod(fd, 0666 & ~mask);
	out = fdopen(fd, "w");
	if (!out) {
		rc = -errno;
		(void)close(fd);
	} else {
		rc = put_and_close(out, junit);
	}
	if (rc == 0 && rename(temp, path) != 0)
		rc = -errno;
	if (rc < 0)
		(void)unlink(temp);
	free(temp);
	return rc;
}
