/*
 * man.c: see man.h. What is not in a table stands here as it is to be read.
 */
#include "viz/cmd/man.h"

#include "viz/app/bookmarks.h"
#include "viz/app/keys.h"

static const char head[] =
	".TH WAKEGAP\\-VIEW 1 \"\" \"wakegap " WG_VERSION "\" \"User Commands\"\n"
	".SH NAME\n"
	"wakegap\\-view \\- see where an event loop waits for nothing\n"
	".SH SYNOPSIS\n"
	".B wakegap view\n"
	"[\\fIOPTION\\fR...] \\fITRACE\\fR [\\fITRACE\\fR]\n"
	".SH DESCRIPTION\n"
	"Shows one trace, or two side by side on one time scale.\n"
	"The gap is the time between a result being ready and the loop waking for it.\n"
	".SH OPTIONS\n"
	".TP\n\\fB\\-\\-frame\\fR \\fICOLS\\fRx\\fIROWS\\fR\n"
	"print one screen as text and exit\n"
	".TP\n\\fB\\-\\-keys\\fR \\fIKEYS\\fR\n"
	"press these keys first; Type:TEXT types, Play:500ms plays\n"
	".TP\n\\fB\\-\\-text\\fR\n"
	"the same in lines of words, for screen readers and pipes; on a terminal it asks for\n"
	"keys, a line at a time\n"
	".TP\n\\fB\\-\\-ascii\\fR\n"
	"draw with ASCII characters only\n"
	".TP\n\\fB\\-\\-background\\fR light|dark\n"
	"the terminal's background; else COLORFGBG says, else it is dark\n"
	".TP\n\\fB\\-\\-no\\-mouse\\fR\n"
	"leave the mouse to the terminal\n"
	".TP\n\\fB\\-\\-man\\fR\n"
	"print this page\n"
	".SH KEYS\n";

static const char tail[] =
	".SH SEARCHING\n"
	"Conditions stand side by side, with blanks or commas between; all must hold.\n"
	".TP\n\\fBof an operation\\fR\n"
	"kind op result loop pid thread worker; queued served ready total (times)\n"
	".TP\n\\fBof a wait\\fR\n"
	"reason gap wait (times); late empty stuck wasted (as they are)\n"
	".TP\n\\fBof an event\\fR\n"
	"event\n"
	".PP\n"
	"Signs are = != < <= > >=; names may be one of several: kind=read|write.\n"
	"Examples: gap>1ms reason=timeout; kind=read ready>100us; op=17; event=notify.\n"
	".SH FILES\n"
	".TP\n\\fITRACE\\fR/" WG_BOOKMARKS_FILE "\n"
	"bookmarks, one a line: nanoseconds of the trace's clock, name\n"
	".SH ENVIRONMENT\n"
	"NO_COLOR, TERM, COLORFGBG, COLUMNS, LINES.\n"
	".SH EXIT STATUS\n"
	"0 done, 1 a trace or the terminal cannot be used, 2 usage.\n";

/* Text that must not be taken for a command or an escape. */
static void print_plain(FILE *out, const char *text)
{
	if (*text == '.' || *text == '\'')
		(void)fputs("\\&", out);
	for (; *text; text++) {
		if (*text == '\\')
			(void)fputs("\\e", out);
		else if (*text == '-')
			(void)fputs("\\-", out);
		else
			(void)fputc(*text, out);
	}
}

void wg_man_print(FILE *out)
{
	const struct wg_key_row *row;
	size_t i;

	(void)fputs(head, out);
	for (i = 0; (row = wg_key_row(i)); i++) {
		if (row->action == WG_ACT_NONE) {
			(void)fputs(".SS \"", out);
			print_plain(out, row->help);
			(void)fputs("\"\n", out);
			continue;
		}
		(void)fputs(".TP\n\\fB", out);
		print_plain(out, row->keys);
		(void)fputs("\\fR\n", out);
		print_plain(out, row->help);
		(void)fputc('\n', out);
	}
	(void)fputs(tail, out);
}
