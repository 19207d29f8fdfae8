/*
 * man.c: see man.h. What is not in a table stands here as it is to be read.
 */
#include "viz/cmd/man.h"

#include "traces/base/manual.h"
#include "viz/app/bookmarks.h"
#include "viz/app/keys.h"

static const char tail[] =
	"# SEARCHING\n"
	"Conditions stand side by side, with blanks or commas between; all must hold.\n"
	"# FILES\n"
	"TRACE/" WG_BOOKMARKS_FILE ": bookmarks, one a line: nanoseconds of the trace's clock, "
	"name\n";

void wg_view_manual(FILE *out)
{
	const struct wg_key_row *row;
	size_t i;

	(void)fputs(".SH KEYS\n", out);
	for (i = 0; (row = wg_key_row(i)); i++) {
		if (row->action == WG_ACT_NONE)
			(void)fprintf(out, ".SS \"%s\"\n", row->help);
		else
			wg_manual_item(out, row->keys, row->help);
	}
	wg_manual_text(out, tail);
}
