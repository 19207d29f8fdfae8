/*
 * words.c: see words.h.
 */
#include "traces/ctf/words.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define TEXT_MAX 1024 /* a name, or a text in quotes */

void wg__ctf_refuse(struct wg__ctf_parser *p, const char *fmt, ...)
{
	va_list ap;
	size_t used;

	if (p->rc < 0)
		return;
	p->rc = -ENOTSUP;
	p->word = WG__CTF_END;
	va_start(ap, fmt);
	(void)vsnprintf(p->why, p->why_len, fmt, ap);
	va_end(ap);
	used = strlen(p->why);
	if (p->in)
		(void)snprintf(p->why + used, p->why_len - used, " in %s", p->in);
}

static bool is_letter(char c)
{
	return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_';
}

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static void skip_blanks(struct wg__ctf_parser *p)
{
	for (;;) {
		p->at += strspn(p->at, " \t\n");
		if (p->at[0] != '/' || p->at[1] != '*')
			return;
		p->at = strstr(p->at + 2, "*/");
		if (!p->at) {
			p->at = "";
			wg__ctf_refuse(p, "a comment without an end");
			return;
		}
		p->at += 2;
	}
}

static void keep_text(struct wg__ctf_parser *p, const char *text, size_t len)
{
	char copy[TEXT_MAX];

	p->text = "";
	if (len >= sizeof(copy)) {
		wg__ctf_refuse(p, "a word of %zu letters", len);
		return;
	}
	memcpy(copy, text, len);
	copy[len] = '\0';
	p->text = wg__names_intern(p->schema->names, copy);
	if (!p->text) {
		p->text = "";
		p->rc = p->rc < 0 ? p->rc : -ENOMEM;
	}
}

static void take_number(struct wg__ctf_parser *p)
{
	char *end;

	errno = 0;
	p->number = strtoull(p->at, &end, 10);
	/* Octal, hexadecimal and suffixes are left to those who know them. */
	if (errno || is_letter(*end) || (p->at[0] == '0' && end > p->at + 1))
		wg__ctf_refuse(p, "a number of an unusual form");
	p->at = end;
	p->word = WG__CTF_NUMBER;
}

static void take_sign_char(struct wg__ctf_parser *p)
{
	p->word = WG__CTF_SIGN;
	if (strncmp(p->at, ":=", 2) == 0) {
		p->sign = 'A';
		p->at += 2;
	} else if (strncmp(p->at, "...", 3) == 0) {
		p->sign = 'D';
		p->at += 3;
	} else {
		p->sign = *p->at++;
		if (!strchr("{}[]<>();:=,.-", p->sign))
			wg__ctf_refuse(p, "a sign that is not expected");
	}
}

void wg__ctf_step(struct wg__ctf_parser *p)
{
	size_t len = 0;

	if (p->rc < 0)
		return;
	skip_blanks(p);
	p->word = WG__CTF_END;
	if (p->rc < 0 || !*p->at)
		return;
	if (is_letter(*p->at)) {
		while (is_letter(p->at[len]) || is_digit(p->at[len]))
			len++;
		p->word = WG__CTF_NAME;
		keep_text(p, p->at, len);
		p->at += len;
	} else if (is_digit(*p->at)) {
		take_number(p);
	} else if (*p->at == '"') {
		len = strcspn(p->at + 1, "\"\\\n");
		p->word = WG__CTF_QUOTED;
		keep_text(p, p->at + 1, len);
		if (p->at[1 + len] != '"')
			wg__ctf_refuse(p, "a text with unusual signs");
		else
			p->at += len + 2;
	} else {
		take_sign_char(p);
	}
	if (p->rc < 0)
		p->word = WG__CTF_END;
}

bool wg__ctf_is_sign(const struct wg__ctf_parser *p, char sign)
{
	return p->word == WG__CTF_SIGN && p->sign == sign;
}

bool wg__ctf_is_name(const struct wg__ctf_parser *p, const char *name)
{
	return p->word == WG__CTF_NAME && strcmp(p->text, name) == 0;
}

bool wg__ctf_take_sign(struct wg__ctf_parser *p, char sign)
{
	if (!wg__ctf_is_sign(p, sign))
		return false;
	wg__ctf_step(p);
	return true;
}

bool wg__ctf_take_name(struct wg__ctf_parser *p, const char *name)
{
	if (!wg__ctf_is_name(p, name))
		return false;
	wg__ctf_step(p);
	return true;
}

void wg__ctf_need_sign(struct wg__ctf_parser *p, char sign)
{
	if (!wg__ctf_take_sign(p, sign))
		wg__ctf_refuse(p, "no '%c' where one is expected",
			sign == 'A'   ? '='
			: sign == 'D' ? '.'
				      : sign);
}

void wg__ctf_need_name(struct wg__ctf_parser *p, const char *name)
{
	if (!wg__ctf_take_name(p, name))
		wg__ctf_refuse(p, "no '%s' where one is expected", name);
}

const char *wg__ctf_need_any_name(struct wg__ctf_parser *p)
{
	const char *text = p->text;

	if (p->word != WG__CTF_NAME) {
		wg__ctf_refuse(p, "no name where one is expected");
		return "";
	}
	wg__ctf_step(p);
	return text;
}

uint64_t wg__ctf_need_number(struct wg__ctf_parser *p)
{
	uint64_t number = p->number;

	if (p->word != WG__CTF_NUMBER) {
		wg__ctf_refuse(p, "no number where one is expected");
		return 0;
	}
	wg__ctf_step(p);
	return number;
}

const char *wg__ctf_need_quoted(struct wg__ctf_parser *p)
{
	const char *text = p->text;

	if (p->word != WG__CTF_QUOTED) {
		wg__ctf_refuse(p, "no text where one is expected");
		return "";
	}
	wg__ctf_step(p);
	return text;
}
