/*
 * manual.c: see manual.h. Text that argp shows as it stands is filled here: a blank line begins a
 * paragraph, and a line that begins with a blank is an example.
 */
#include "traces/base/manual.h"

#include <ctype.h>
#include <stdbool.h>
#include <string.h>

#include "traces/base/options.h"

#define EXIT_STATUS "Exit status: "

/* len characters that must not be taken for a request or an escape. */
static void put(FILE *out, const char *text, size_t len)
{
	if (len && (*text == '.' || *text == '\''))
		(void)fputs("\\&", out);
	for (; len; text++, len--) {
		if (*text == '\\')
			(void)fputs("\\e", out);
		else if (*text == '-')
			(void)fputs("\\-", out);
		else if (!(*text == '\n' && len == 1))
			(void)fputc(*text, out);
	}
}

static void put_upper(FILE *out, const char *text)
{
	for (; *text; text++)
		(void)fputc(*text == ' ' ? '-' : toupper((unsigned char)*text), out);
}

static void heading(FILE *out, const char *request, const char *text, size_t len)
{
	(void)fprintf(out, "%s \"", request);
	put(out, text, len);
	(void)fputs("\"\n", out);
}

/* One line of text. was_literal: the one before stands as it is. */
static bool put_line(FILE *out, const char *line, size_t len, bool was_literal)
{
	bool literal = len && (*line == ' ' || *line == '\t');

	if (literal != was_literal)
		(void)fputs(literal ? ".PP\n.nf\n" : ".fi\n", out);
	if (len == 0) {
		(void)fputs(".PP\n", out);
	} else if (strncmp(line, "# ", 2) == 0) {
		heading(out, ".SH", line + 2, len - 2);
	} else if (strncmp(line, "## ", 3) == 0) {
		heading(out, ".SS", line + 3, len - 3);
	} else if (strncmp(line, "= ", 2) == 0) {
		(void)fputs(".TP\n\\fB", out);
		put(out, line + 2, len - 2);
		(void)fputs("\\fR\n", out);
	} else if (strncmp(line, "- ", 2) == 0) {
		(void)fputs(".IP \\(bu 2\n", out);
		put(out, line + 2, len - 2);
		(void)fputc('\n', out);
	} else {
		put(out, line, len);
		(void)fputc('\n', out);
	}
	return literal;
}

/* Up to end, which may be NULL: the end of text. */
static void put_text(FILE *out, const char *text, const char *end)
{
	bool literal = false;
	const char *line = text;

	end = end ? end : text + strlen(text);
	while (line < end) {
		size_t len = (size_t)(end - line);
		const char *newline = memchr(line, '\n', len);

		len = newline ? (size_t)(newline - line) : len;
		literal = put_line(out, line, len, literal);
		line += len + 1;
	}
	if (literal)
		(void)fputs(".fi\n", out);
}

void wg_manual_text(FILE *out, const char *text)
{
	put_text(out, text, NULL);
}

void wg_manual_item(FILE *out, const char *term, const char *text)
{
	(void)fputs(".TP\n\\fB", out);
	put(out, term, strlen(term));
	(void)fputs("\\fR\n", out);
	put(out, text, strlen(text));
	(void)fputc('\n', out);
}

/* Each line of args_doc is a way to call the command. */
static void synopsis(FILE *out, const struct wg_cmd *c, const char *takes)
{
	(void)fputs(".SH SYNOPSIS\n", out);
	do {
		size_t len = takes ? strcspn(takes, "\n") : 0;

		(void)fprintf(out, ".PP\n.B %s\n[\\fIOPTION\\fR...]\n", c->name);
		if (len) {
			put(out, takes, len);
			(void)fputc('\n', out);
		}
		takes = takes && takes[len] ? takes + len + 1 : NULL;
	} while (takes);
}

static void item_of_option(void *user, const struct argp_option *o)
{
	FILE *out = user;
	bool is_letter = o->key > 0 && o->key < 128 && isgraph(o->key);

	if (!o->name && !o->key) {
		if (o->doc)
			heading(out, ".SS", o->doc, strcspn(o->doc, ":"));
		return;
	}
	if (o->name && o->flags & OPTION_DOC) {
		wg_manual_item(out, o->name, o->doc);
		return;
	}
	(void)fputs(".TP\n", out);
	if (is_letter)
		(void)fprintf(out, "\\fB\\-%c\\fR%s", o->key, o->name ? ", " : "");
	if (o->name) {
		(void)fputs("\\fB\\-\\-", out);
		put(out, o->name, strlen(o->name));
		(void)fputs("\\fR", out);
	}
	if (o->arg) {
		(void)fputs(o->name ? "=\\fI" : " \\fI", out);
		put(out, o->arg, strlen(o->arg));
		(void)fputs("\\fR", out);
	}
	(void)fputc('\n', out);
	put(out, o->doc ? o->doc : "", o->doc ? strlen(o->doc) : 0);
	(void)fputc('\n', out);
}

/* Names with blanks are files with hyphens. */
static void put_name(FILE *out, const char *name, size_t len, const char *hyphen)
{
	for (; len; name++, len--)
		(void)fputs(
			*name == ' ' || *name == '-' ? hyphen : (const char[]){ *name, '\0' }, out);
}

static void see_also(FILE *out, const struct wg_cmd *c)
{
	const char *word = wg_cmd_word(c);
	size_t i, count = 0;

	if (!c->commands && word == c->name)
		return;
	(void)fputs(".SH SEE ALSO\n", out);
	if (word != c->name) {
		(void)fputs(count++ ? ",\n.BR " : ".BR ", out);
		put_name(out, c->name, (size_t)(word - c->name) - 1, "\\-");
		(void)fputs(" (1)", out);
	}
	for (i = 0; c->commands && c->commands[i]; i++) {
		(void)fputs(count++ ? ",\n.BR " : ".BR ", out);
		put_name(out, c->commands[i]->name, strlen(c->commands[i]->name), "\\-");
		(void)fputs(" (1)", out);
	}
	for (i = 0; c->formats && c->formats[i].name; i++) {
		(void)fputs(",\n.BR ", out);
		put_name(out, c->formats[i].name, strlen(c->formats[i].name), "\\-");
		(void)fputs(" (5)", out);
	}
	(void)fputc('\n', out);
}

void wg_manual_title(FILE *out, const char *name, int section, const char *does)
{
	(void)fputs(".TH ", out);
	put_upper(out, name);
	(void)fprintf(out, " %d \"\" \"wakegap " WG_VERSION "\" \"%s\"\n.SH NAME\n", section,
		section == 1 ? "User Commands" : "File Formats");
	put_name(out, name, strlen(name), "\\-");
	(void)fprintf(out, " \\- %s\n", does);
}

void wg_manual_print(FILE *out, const struct wg_cmd *c)
{
	const struct argp *table = c->table();
	const char *doc = table->doc ? table->doc : "";
	const char *after = strchr(doc, '\v');
	const char *status = strstr(doc, EXIT_STATUS);
	size_t i;

	wg_manual_title(out, c->name, 1, c->does);
	synopsis(out, c, table->args_doc);
	(void)fputs(".SH DESCRIPTION\n", out);
	put_text(out, doc, after ? after : status);
	if (after && after + 1 != status) {
		(void)fputs(".PP\n", out);
		put_text(out, after + 1, status);
	}
	(void)fputs(".SH OPTIONS\n", out);
	wg_options_walk(table, item_of_option, out);
	if (c->manual)
		c->manual(out);
	for (i = 0; i < sizeof(c->chapters) / sizeof(c->chapters[0]) && c->chapters[i]; i++)
		wg_manual_text(out, c->chapters[i]);
	if (status) {
		(void)fputs(".SH EXIT STATUS\n", out);
		put_text(out, status + strlen(EXIT_STATUS), NULL);
	}
	see_also(out, c);
}
