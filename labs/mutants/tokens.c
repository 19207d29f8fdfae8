/*
 * tokens.c: see tokens.h.
 */
#include "labs/mutants/tokens.h"

#include <ctype.h>
#include <string.h>

static bool is_in_name(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* ---- what is skipped ---- */

static bool is_line_start(const char *text, size_t at)
{
	while (at > 0 && (text[at - 1] == ' ' || text[at - 1] == '\t'))
		at--;
	return at == 0 || text[at - 1] == '\n';
}

/* Past a line, and past those that a backslash joins to it. */
static size_t line_end(const char *text, size_t at)
{
	while (text[at] && (text[at] != '\n' || text[at - 1] == '\\'))
		at++;
	return at;
}

static size_t skip_blank(const char *text, size_t at)
{
	const char *end;

	for (;;) {
		if (isspace((unsigned char)text[at])) {
			at++;
		} else if (text[at] == '/' && text[at + 1] == '*') {
			end = strstr(text + at + 2, "*/");
			at = end ? (size_t)(end + 2 - text) : strlen(text);
		} else if (text[at] == '/' && text[at + 1] == '/') {
			at = line_end(text, at);
		} else if (text[at] == '#' && is_line_start(text, at)) {
			at = line_end(text, at);
		} else {
			return at;
		}
	}
}

/* ---- one word ---- */

static size_t quoted_length(const char *text)
{
	size_t len = 1;

	while (text[len] && text[len] != text[0])
		len += text[len] == '\\' && text[len + 1] ? 2 : 1;
	return len + (text[len] == text[0]);
}

static size_t mark_length(const char *text)
{
	static const char *const marks[] = { "...", "<<=", ">>=", "->", "++", "--", "<<", ">>",
		"<=", ">=", "==", "!=", "&&", "||",
		"+=", "-=", "*=", "/=", "%=", "&=", "|=", "^=", NULL };
	int i;

	for (i = 0; marks[i]; i++) {
		if (strncmp(text, marks[i], strlen(marks[i])) == 0)
			return strlen(marks[i]);
	}
	return 1;
}

static struct mu_token word_at(const char *text, size_t at)
{
	struct mu_token t = { .at = at };
	const char *p = text + at;

	if (isdigit((unsigned char)*p) || (*p == '.' && isdigit((unsigned char)p[1]))) {
		t.kind = MU_NUMBER;
		while (is_in_name(p[t.len]) || p[t.len] == '.')
			t.len++;
	} else if (is_in_name(*p)) {
		t.kind = MU_NAME;
		while (is_in_name(p[t.len]))
			t.len++;
	} else if (*p == '"' || *p == '\'') {
		t.kind = MU_STRING;
		t.len = quoted_length(p);
	} else {
		t.kind = MU_MARK;
		t.len = mark_length(p);
	}
	return t;
}

bool mu_tokens_read(struct mu_tokens *ret, const char *text)
{
	size_t at = skip_blank(text, 0);

	ret->text = text;
	for (ret->count = 0; text[at]; ret->count++) {
		if (ret->count == MU_TOKENS)
			return false;
		ret->v[ret->count] = word_at(text, at);
		at = skip_blank(text, at + ret->v[ret->count].len);
	}
	return true;
}

/* ---- tests ---- */

bool mu_is(const struct mu_tokens *t, int i, const char *word)
{
	return i >= 0 && i < t->count && strlen(word) == t->v[i].len &&
	       strncmp(t->text + t->v[i].at, word, t->v[i].len) == 0;
}

bool mu_is_one_of(const struct mu_tokens *t, int i, const char *const *words)
{
	for (; *words; words++) {
		if (mu_is(t, i, *words))
			return true;
	}
	return false;
}

bool mu_is_kind(const struct mu_tokens *t, int i, enum mu_kind kind)
{
	return i >= 0 && i < t->count && t->v[i].kind == kind;
}

static const char *const opens[] = { "(", "[", "{", NULL };
static const char *const closes[] = { ")", "]", "}", NULL };

int mu_closing(const struct mu_tokens *t, int i)
{
	int depth = 0;

	for (; i < t->count; i++) {
		depth += mu_is_one_of(t, i, opens);
		depth -= mu_is_one_of(t, i, closes);
		if (depth == 0)
			return i;
	}
	return t->count - 1;
}

int mu_opening(const struct mu_tokens *t, int i)
{
	int depth = 0;

	for (; i > 0; i--) {
		depth += mu_is_one_of(t, i, closes);
		depth -= mu_is_one_of(t, i, opens);
		if (depth == 0)
			return i;
	}
	return 0;
}

void mu_tokens_print(
	const char *text, size_t from, size_t to, bool is_spaced, char *ret, size_t len)
{
	size_t used = 0, end = from, at;

	for (at = skip_blank(text, from); at < to && text[at];) {
		struct mu_token word = word_at(text, at);

		if (used > 0 && (is_spaced || at > end) && used + 1 < len)
			ret[used++] = ' ';
		if (used + word.len >= len)
			break;
		memcpy(ret + used, text + at, word.len);
		used += word.len;
		end = at + word.len;
		at = skip_blank(text, end);
	}
	ret[used] = '\0';
}
