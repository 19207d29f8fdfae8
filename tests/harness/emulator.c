/*
 * emulator.c: see emulator.h.
 */
#ifdef WG_HAVE_VTERM

#include "tests/harness/emulator.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/patience.h"

#define LIMIT_S 30

static int take_prop(VTermProp prop, VTermValue *value, void *user)
{
	struct seen *s = user;

	if (prop == VTERM_PROP_ALTSCREEN)
		s->altscreen = value->boolean;
	else if (prop == VTERM_PROP_CURSORVISIBLE)
		s->cursor_visible = value->boolean;
	else if (prop == VTERM_PROP_MOUSE)
		s->mouse = value->number;
	return 1;
}

static void hear(void *user, const char *bytes, size_t n)
{
	struct seen *s = user;

	(void)vterm_input_write(s->vt, bytes, n);
}

struct seen *seen_start(int cols, int rows, void (*child)(void *arg), void *arg)
{
	static const VTermScreenCallbacks callbacks = { .settermprop = take_prop };
	struct seen *s = calloc(1, sizeof(*s));

	CU_ASSERT_FATAL(s != NULL);
	s->cols = cols;
	s->rows = rows;
	s->cursor_visible = 1;
	s->vt = vterm_new(rows, cols);
	vterm_set_utf8(s->vt, 1);
	s->screen = vterm_obtain_screen(s->vt);
	vterm_screen_enable_altscreen(s->screen, 1);
	vterm_screen_set_callbacks(s->screen, &callbacks, s);
	vterm_screen_reset(s->screen, 1);
	s->pty = pty_start(cols, rows, child, arg);
	s->pty->heard = hear;
	s->pty->user = s;
	return s;
}

void seen_finish(struct seen *s)
{
	vterm_free(s->vt);
	free(s->pty);
	free(s->text);
	free(s);
}

const char *seen_screen(struct seen *s)
{
	size_t len;
	FILE *out;
	int y;

	free(s->text);
	out = open_memstream(&s->text, &len);
	for (y = 0; y < s->rows; y++) {
		char row[4096];
		VTermRect rect = {
			.start_row = y, .end_row = y + 1, .start_col = 0, .end_col = s->cols
		};
		size_t n = vterm_screen_get_text(s->screen, row, sizeof(row) - 1, rect);

		while (n > 0 && row[n - 1] == ' ')
			n--;
		(void)fprintf(out, "%.*s\n", (int)n, row);
	}
	(void)fclose(out);
	return s->text;
}

bool seen_text(struct seen *s, const char *text)
{
	struct wg_patience patience = wg_patience(LIMIT_S);

	while (!wg_has(seen_screen(s), text) && wg_patience_lasts(&patience) &&
		pty_take(s->pty, 20))
		;
	return wg_has(seen_screen(s), text);
}

bool seen_all(struct seen *s, const char *screen)
{
	struct wg_patience patience = wg_patience(LIMIT_S);

	while (strcmp(seen_screen(s), screen) != 0 && wg_patience_lasts(&patience) &&
		pty_take(s->pty, 20))
		;
	return strcmp(seen_screen(s), screen) == 0;
}

VTermScreenCell seen_cell(struct seen *s, const char *text)
{
	VTermScreenCell cell = { 0 };
	const char *at = strstr(seen_screen(s), text), *line, *p;
	VTermPos pos = { 0 };

	CU_ASSERT_FATAL(at != NULL);
	for (line = p = s->text; p < at; p++) {
		if (*p == '\n') {
			line = p + 1;
			pos.row++;
		}
	}
	for (p = line; p < at; p++)
		pos.col += ((unsigned char)*p & 0xc0) != 0x80;
	(void)vterm_screen_get_cell(s->screen, pos, &cell);
	return cell;
}

#else

/* Without libvterm there is nothing here. */
typedef int wg_no_emulator;

#endif
