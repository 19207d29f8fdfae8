/*
 * options.h: one way for commands to take options: argp(3) of glibc, in our voice.
 *
 * A command describes itself once: a struct wg_cmd with a table of argp. From that table come
 * parsing, --help, --usage, --version, its man page and the completion of shells (manual.h).
 * Groups of options that several commands share are tables too, joined by argp_child.
 *
 *	static error_t take(int key, char *arg, struct argp_state *state)
 *	{
 *		struct options *o = state->input;
 *
 *		switch (key) {
 *		case 'o': o->file = arg; return 0;
 *		case ARGP_KEY_ARG: return wg_option_fail(state, "'%s' is one too many", arg);
 *		default: return ARGP_ERR_UNKNOWN;
 *		}
 *	}
 *
 * A mistake is one line, `wakegap: no option '--x' (see `wakegap view --help`)`, and exit status 2.
 * Everything here runs on the main thread, before a command begins its work.
 */
#ifndef TRACES_BASE_OPTIONS_H
#define TRACES_BASE_OPTIONS_H

#include <argp.h>
#include <stdio.h>

#include "traces/base/say.h"

/* A man page about a kind of file, in section 5. */
struct wg_format_page {
	const char *name, *does;
	void (*print)(FILE *out); /* its sections */
};

/* A command. `wakegap` is one as well: one that has commands. */
struct wg_cmd {
	const char *name; /* as it is typed: "wakegap view" */
	const char *does; /* one line */
	/* argv[0] is the last word of name. Returns the exit status. */
	int (*main)(int argc, char **argv);
	/* Its options, static; NULL: main() hands over to a program that has a table itself. */
	const struct argp *(*table)(void);
	void (*manual)(FILE *out);	      /* more sections of its man page, or NULL */
	const char *chapters[2];	      /* then these: texts as in manual.h, or NULL */
	const struct wg_cmd *const *commands; /* up to NULL; or NULL: it has none */
	const char *const *handed; /* those of the program that main() hands over to, or NULL */
	const struct wg_format_page *formats; /* up to one without a name; or NULL */
	/* NULL, or: --help is only noted here, and its main() calls wg_options_help(). */
	void (*on_help)(void *input);
	/* Words that an argument may be: "FORMAT" -> "csv jsonl ...". NULL: not known. */
	const char *(*words)(const char *metavar);
};

/*
 * Parse argv by the table of c. flags: ARGP_IN_ORDER or 0. -1: go on; else the exit status: help
 * was printed, or the mistake was. --help, -h, --usage, --man, --version and -V are added to what
 * the table has.
 */
int wg_options_parse(const struct wg_cmd *c, int argc, char **argv, unsigned flags, void *input);

/* In a parser: say what is wrong, with where the help is. Returns what the parser returns then. */
error_t wg_option_fail(const struct argp_state *state, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* In a parser: a folder without slashes at its end, with which shells complete it; arg, cut. */
char *wg_option_folder(char *arg);

/* Print the help of c, made from this table. An exit status. */
int wg_options_help(const struct wg_cmd *c, const struct argp *table);

/* Run the command of c that argv names; also `help COMMAND` and --completion. An exit status. */
int wg_commands_run(const struct wg_cmd *c, int argc, char **argv);

/* What is added to the table of every command. */
extern const struct argp wg_options_common;

/* Its table: the commands, and the options that wg_commands_run() takes. Static. */
const struct argp *wg_commands_table(const struct wg_cmd *c, const char *doc);

/* The last word of c's name. */
const char *wg_cmd_word(const struct wg_cmd *c);

/*
 * Call fn for each option of a table and of its children that --help shows, as they stand there. A
 * header is an option without name and key whose doc is the title.
 */
typedef void (*wg_option_fn)(void *user, const struct argp_option *option);
void wg_options_walk(const struct argp *table, wg_option_fn fn, void *user);

#endif
