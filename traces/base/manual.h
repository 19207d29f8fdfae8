/*
 * manual.h: man pages and completion, made from the tables that parse the options.
 */
#ifndef TRACES_BASE_MANUAL_H
#define TRACES_BASE_MANUAL_H

#include <stdio.h>

struct wg_cmd;

/*
 * The man page of c, as man(7) source. In its chapters "# TITLE" begins a section, "## Title" a
 * part of it, a blank line a paragraph; "- " begins an item, "= " is a term that the next lines
 * explain, and lines that begin with a blank stay as they are.
 */
void wg_manual_print(FILE *out, const struct wg_cmd *c);

/* The same for every command of c, as files DIR/man1/NAME.1, and for its formats. An exit status.
 */
int wg_pages_write(const struct wg_cmd *c, const char *dir);

/* The head of a page: its title, and what it is about. */
void wg_manual_title(FILE *out, const char *name, int section, const char *does);

/* For a command's `manual`: the text of a chapter; one term and what it means. */
void wg_manual_text(FILE *out, const char *text);
void wg_manual_item(FILE *out, const char *term, const char *text);

/*
 * The completion script of c for bash, zsh or fish, which asks the program itself. 0, or -EINVAL:
 * no such shell.
 */
int wg_completion_print(FILE *out, const struct wg_cmd *c, const char *shell);

/*
 * What it asks: print what the last of these words of a command line may be. Alternatives in an
 * option's argument ("light|dark") are words; FILE, DIR, TRACE and COMMAND are left to the shell;
 * for others c->words is asked. "NAME,..." is a list. An exit status.
 */
int wg_complete(const struct wg_cmd *c, int argc, char **argv);

#endif
