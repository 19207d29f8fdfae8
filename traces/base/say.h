/*
 * say.h: how programs speak: one line, `wakegap: what failed: why`, lower case, no full stop.
 *
 * Only commands and what parses their options speak; the rest of traces/ returns errors.
 */
#ifndef TRACES_BASE_SAY_H
#define TRACES_BASE_SAY_H

#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>

enum {
	WG_EXIT_OK = 0,
	WG_EXIT_FAILED = 1, /* or a bound is broken */
	WG_EXIT_USAGE = 2,
	WG_EXIT_SKIPPED = 77, /* something that was named is not installed */
	WG_EXIT_PIPE = 141,   /* nobody reads what is printed: as if SIGPIPE had ended it */
};

/* One line on stderr, prefixed with `wakegap: `. Returns WG_EXIT_FAILED: `return wg_say(...)`. */
int wg_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* A part of a line on stderr: names in it are shown to a terminal, not obeyed by it, and end no
 * line. */
void wg_say_v(const char *fmt, va_list ap) __attribute__((format(printf, 1, 0)));

/*
 * The same for a mistake in the call of `who`, a command as it is typed ("wakegap view"); adds
 * where the help is. Returns WG_EXIT_USAGE.
 */
int wg_say_usage(const char *who, const char *fmt, ...) __attribute__((format(printf, 2, 3)));
int wg_say_usage_v(const char *who, const char *fmt, va_list ap)
	__attribute__((format(printf, 2, 0)));

/*
 * A path that a person may copy into a shell: as it is if that is safe, else quoted, with control
 * characters as bash and zsh read them. buf holds WG_SHELL_MAX bytes. Returns buf.
 */
#define WG_SHELL_MAX 4608
char *wg_shell_word(char *buf, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * The bytes of the character that text begins with, of len bytes, if a terminal may have it; 0: a
 * control character that it would obey, but for ends of lines and tabs, or no character at all.
 */
size_t wg_say_shown(const char *text, size_t len);

/* The same where a line must stay one: 0 for an end of line and a tab, too. */
size_t wg_say_shown_in_line(const char *text, size_t len);

/*
 * From here on, bytes that wg_say_shown() does not count are written to standard output as \xNN:
 * names of traces, processes and files may hold any bytes, and a terminal would obey some.
 * wg_say() does so always. Not for output that others parse, which has escapes of its own.
 */
void wg_say_plainly(void);

/* The same for lines that go to another stream, one beside standard output; without memory, that
 * one itself. It is closed at exit. */
FILE *wg_say_plain(FILE *to);

/* What goes to such a stream is JSON: what it does not show is \uNNNN, and not \xNN, there. */
void wg_say_json(FILE *plain);

/* From here on, writing to a pipe without a reader is an error. It ends no process. */
void wg_say_pipes(void);

/*
 * Flush stdout and report what could not be written (a full disk). Returns exit_code; if it was 0
 * and output was lost, 1, or WG_EXIT_PIPE without a word: `... | head -1` wants no more.
 */
int wg_say_flushed(int exit_code);

#endif
