/*
 * id.c: see id.h.
 */
#include "labs/explore/engine/id.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

#include "labs/explore/engine/actor.h"

static void print_segment(const struct lx_segment *s, uint32_t count, char *text, size_t len)
{
	int thread = s->actor == LX_PICK ? -1 : lx_thread_of(s->actor);

	if (s->actor == LX_PICK)
		(void)snprintf(text, len, ".%u", s->count);
	else if (s->actor < LX_DRAIN)
		(void)snprintf(text, len, "%c%u", 'a' + thread, count);
	else if (s->actor == LX_TIME || s->actor == LX_END)
		(void)snprintf(text, len, "%c", s->actor == LX_TIME ? 'T' : 'E');
	else
		(void)snprintf(text, len, "%c%c%u",
			s->actor < LX_TIME	  ? 'D'
			: s->actor < LX_INTERRUPT ? 'S'
						  : 'I',
			'a' + thread, count);
}

bool lx_id_print(const struct lx_log *log, char *text, size_t len)
{
	uint32_t last = log->count, i;
	size_t used = 0;

	while (last > 0 && !log->segment[last - 1].is_forced)
		last--;
	(void)snprintf(text, len, "%s", last ? "" : "0");
	for (i = 0; i < last; i++) {
		char part[16];

		/* After the last forced segment everything follows by default. */
		print_segment(&log->segment[i], i + 1 < last ? log->segment[i].count : 1, part,
			sizeof(part));
		if (used + strlen(part) + 4 > len) {
			(void)snprintf(text + used, len - used, "...");
			return false;
		}
		used += (size_t)snprintf(text + used, len - used, "%s", part);
	}
	return true;
}

static bool parse_count(const char **at, uint32_t *ret)
{
	uint32_t n = 0;

	if (!isdigit((unsigned char)**at))
		return false;
	for (; isdigit((unsigned char)**at) && n < 100000000; (*at)++)
		n = n * 10 + (uint32_t)(**at - '0');
	*ret = n;
	return true;
}

static bool parse_segment(const char **at, struct lx_segment *s)
{
	char first = *(*at)++, thread = first;

	*s = (struct lx_segment){ .is_forced = true, .count = 1 };
	if (first == 'T' || first == 'E') {
		s->actor = first == 'T' ? LX_TIME : LX_END;
		return true;
	}
	if (first == '.') {
		s->actor = LX_PICK;
		return parse_count(at, &s->count);
	}
	if (first == 'D' || first == 'S' || first == 'I')
		thread = *(*at)++;
	if (thread < 'a' || thread >= 'a' + LX_THREADS)
		return false;
	s->actor = (uint8_t)((first == 'D'	    ? LX_DRAIN
				     : first == 'S' ? LX_SPURIOUS
				     : first == 'I' ? LX_INTERRUPT
						    : LX_RUN) +
			     thread - 'a');
	return parse_count(at, &s->count) && s->count > 0;
}

bool lx_id_parse(const char *text, struct lx_segment *segment, uint32_t max, uint32_t *ret_count)
{
	uint32_t count = 0;

	if (strcmp(text, "0") == 0) {
		*ret_count = 0;
		return true;
	}
	while (*text) {
		if (count == max || !parse_segment(&text, &segment[count++]))
			return false;
	}
	*ret_count = count;
	/* A pick happens within a step. */
	return count > 0 && segment[0].actor != LX_PICK;
}
