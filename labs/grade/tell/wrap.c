/*
 * wrap.c: see wrap.h.
 */
#include "labs/grade/tell/wrap.h"

#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "labs/grade/base/memory.h"
#include "traces/base/columns.h"
#include "traces/base/text_out.h"

#define WIDEST	  80 /* longer lines are hard to read */
#define NARROWEST 40

int wg_tell_width(FILE *out)
{
	struct winsize size;
	int fd = fileno(out);

	if (fd < 0 || ioctl(fd, TIOCGWINSZ, &size) < 0 || size.ws_col == 0 || size.ws_col >= WIDEST)
		return WIDEST;
	return size.ws_col > NARROWEST ? size.ws_col : NARROWEST;
}

/* Columns of the first len bytes of UTF-8. */
static int columns(const char *text, size_t len)
{
	const char *end = text + len;
	int n = 0;

	while (text < end && *text)
		n += wg_columns_of(wg_utf8_next(&text), n > 0);
	return n;
}

void wg_tell_wrap(FILE *out, int at, int indent, const char *text)
{
	int width = wg_tell_width(out);
	bool is_first = true; /* in its line: it may be too wide, and another line is not wider */

	while (*text) {
		size_t blanks = strspn(text, " "), len = strcspn(text + blanks, " \n");
		int wide = columns(text + blanks, len);

		if (text[blanks + len] == '\0' && len == 0)
			break;
		if ((at + (int)blanks + wide > width && !is_first) || text[blanks] == '\n') {
			(void)fprintf(out, "\n%*s", indent, "");
			at = indent;
			text += blanks + (text[blanks] == '\n');
			is_first = true;
			continue;
		}
		(void)fprintf(out, "%.*s", (int)(blanks + len), text);
		at += (int)blanks + wide;
		text += blanks + len;
		is_first = is_first && len == 0;
	}
	(void)fputc('\n', out);
}

void wg_tell_wrapf(FILE *out, int indent, const char *fmt, ...)
{
	char room[4096], *text = room; /* a verdict is told where memory is short, too */
	va_list args;
	int len;

	va_start(args, fmt);
	len = vsnprintf(room, sizeof(room), fmt, args);
	va_end(args);
	if (len >= (int)sizeof(room)) {
		va_start(args, fmt);
		len = vasprintf(&text, fmt, args);
		va_end(args);
	}
	if (len < 0) {
		wg_memory_note_lack();
		return;
	}
	wg_tell_wrap(out, 0, indent, text);
	if (text != room)
		free(text);
}
