/*
 * json_stream.c: see json_stream.h.
 */
#include "viz/stats/json_stream.h"

#include <errno.h>
#include <stdio.h>

#define INDENT 2

static void begin_line(int depth)
{
	printf("\n%*s", INDENT * depth, "");
}

/* Keys are our own, and need no escape. */
static void begin_value(struct wg__json_stream *s, const char *key)
{
	if (s->has_before)
		(void)putchar(',');
	if (s->depth > 0)
		begin_line(s->depth);
	if (key)
		printf("\"%s\": ", key);
	s->has_before = true;
}

void wg__json_open(struct wg__json_stream *s, const char *key, char bracket)
{
	if (s->rc < 0)
		return;
	begin_value(s, key);
	(void)putchar(bracket);
	s->depth++;
	s->has_before = false;
}

void wg__json_close(struct wg__json_stream *s, char bracket)
{
	if (s->rc < 0)
		return;
	s->depth--;
	if (s->has_before)
		begin_line(s->depth);
	(void)putchar(bracket);
	s->has_before = true;
}

/* Strings have no line breaks of their own in JSON: each is one between values. */
static int print_piece(const char *text, size_t len, void *stream)
{
	const struct wg__json_stream *s = stream;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] == '\n')
			begin_line(s->depth);
		else
			(void)putchar_unlocked(text[i]);
	}
	return 0;
}

void wg__json_put(struct wg__json_stream *s, const char *key, json_t *value)
{
	if (!value)
		s->rc = -ENOMEM;
	if (s->rc == 0) {
		begin_value(s, key);
		if (json_dump_callback(
			    value, print_piece, s, JSON_INDENT(INDENT) | JSON_ENCODE_ANY) < 0)
			s->rc = -ENOMEM;
	}
	json_decref(value);
}
