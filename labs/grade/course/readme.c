/*
 * readme.c: see readme.h. A link has one of these forms:
 *
 *     [text](target)   ![picture](target "title")   [name]: target   href="target"   src="target"
 */
#include "labs/grade/course/readme.h"

#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labs/grade/base/files.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/course/fold.h"

struct copying {
	FILE *out;
	const char *from, *to;
	bool is_line_start;
};

/* Where a link leads, without "#section", and how long that is. */
struct target {
	const char *at;
	size_t len, whole; /* whole: with the section */
};

static struct target target_at(const char *at, const char *ends)
{
	struct target t = { .at = at, .whole = strcspn(at, ends) };

	t.len = strcspn(at, "#");
	t.len = t.len < t.whole ? t.len : t.whole;
	return t;
}

/* "https:", "mailto:" */
static bool has_scheme(struct target t)
{
	size_t i = 0;

	while (i < t.len && isalpha((unsigned char)t.at[i]))
		i++;
	return i > 0 && i < t.len && t.at[i] == ':';
}

/* The target as the learner can use it, owned; NULL: there is no such file. */
static char *find_target(const struct copying *c, struct target t)
{
	char path[PATH_MAX], real[PATH_MAX], *text = NULL;
	bool is_kept = t.len == 0 || has_scheme(t);

	(void)snprintf(path, sizeof(path), "%s/%.*s", c->to, (int)t.len, t.at);
	if (t.at[0] != '/' && strncmp(t.at, "../", 3) != 0)
		is_kept = is_kept || access(path, F_OK) == 0;
	(void)snprintf(
		path, sizeof(path), "%s/%.*s", t.at[0] == '/' ? "" : c->from, (int)t.len, t.at);
	if (!is_kept && !realpath(path, real))
		return NULL;
	if (is_kept)
		text = strndup(t.at, t.whole);
	else if (asprintf(&text, "%s%.*s", real, (int)(t.whole - t.len), t.at + t.len) < 0)
		text = NULL;
	if (!text)
		wg_memory_note_lack();
	return text;
}

/* Each of these: how much was read at `at`; 0: it is no such link. */

static size_t put_inline(const struct copying *c, const char *at)
{
	size_t text = strcspn(at, "]\n"), end;
	bool is_angled = strncmp(at + text, "](<", 3) == 0;
	struct target t;
	char *found;

	if (strncmp(at + text, "](", 2) != 0)
		return 0;
	t = target_at(at + text + 2 + is_angled, is_angled ? ">\n" : ") \t\n");
	end = (size_t)(t.at - at) + t.whole;
	end += strcspn(at + end, ")\n");
	if (at[end] != ')')
		return 0;
	found = find_target(c, t);
	if (found)
		(void)fprintf(c->out, "%.*s%s%.*s", (int)(t.at - at), at, found,
			(int)(at + end + 1 - (t.at + t.whole)), t.at + t.whole);
	else
		(void)fprintf(c->out, "%.*s", (int)text - 1, at + 1);
	free(found);
	return end + 1;
}

/* A target behind `before` characters that stay. */
static size_t put_behind(const struct copying *c, const char *at, size_t before, const char *ends)
{
	struct target t = target_at(at + before, ends);
	char *found = find_target(c, t);

	(void)fprintf(c->out, "%.*s%s", (int)before, at, found ? found : "#");
	free(found);
	return before + t.whole;
}

static size_t put_named(const struct copying *c, const char *at)
{
	size_t name = strcspn(at, "]\n");

	if (!c->is_line_start || strncmp(at + name, "]:", 2) != 0)
		return 0;
	return put_behind(c, at, name + 2 + strspn(at + name + 2, " \t"), " \t\n");
}

static size_t put_attribute(const struct copying *c, const char *at)
{
	static const char *const names[] = { "href=\"", "src=\"" };
	size_t i;

	for (i = 0; i < 2; i++) {
		if (strncmp(at, names[i], strlen(names[i])) == 0)
			return put_behind(c, at, strlen(names[i]), "\"\n");
	}
	return 0;
}

static void copy_text(struct copying *c, const char *at)
{
	size_t used;

	for (c->is_line_start = true; *at; at += used) {
		used = *at == '[' ? put_inline(c, at) : 0;
		if (used == 0 && *at == '[')
			used = put_named(c, at);
		if (used == 0)
			used = put_attribute(c, at);
		if (used == 0) {
			(void)fputc(*at, c->out);
			used = 1;
		}
		c->is_line_start = at[used - 1] == '\n';
	}
}

/* With its links as the learner can use them; owned, NULL without memory. */
static char *with_links(const char *from, const char *to, const char *text)
{
	struct copying c = { .from = from, .to = to };
	char *linked = NULL;
	size_t len = 0;

	c.out = open_memstream(&linked, &len);
	if (c.out)
		copy_text(&c, text);
	if (c.out && fclose(c.out) == 0)
		return linked;
	free(linked);
	return NULL;
}

static char *folded(const char *text)
{
	char *ours = NULL;
	size_t len = 0;
	FILE *out = open_memstream(&ours, &len);

	if (out)
		wg_fold(out, text);
	if (out && fclose(out) == 0)
		return ours;
	free(ours);
	return NULL;
}

int wg_readme_copy(const char *from, const char *to, struct wg_error *err)
{
	char path[PATH_MAX], *text = NULL, *linked, *ours;
	int rc;

	(void)snprintf(path, sizeof(path), "%s/README.md", from);
	rc = wg_file_read(path, &text, NULL, err);
	if (rc < 0)
		return rc;
	linked = with_links(from, to, text);
	ours = linked ? folded(linked) : NULL;
	(void)snprintf(path, sizeof(path), "%s/README.md", to);
	if (!ours) {
		wg_memory_note_lack();
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	} else {
		rc = wg_file_write(path, ours, strlen(ours), err);
	}
	free(text);
	free(linked);
	free(ours);
	return rc;
}
