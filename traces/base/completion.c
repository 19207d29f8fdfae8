/*
 * completion.c: completion scripts for bash, zsh and fish; see manual.h.
 *
 * A command with commands of its own is one shell function, also if another program has its table:
 * that program prints its function itself.
 */
#include "traces/base/manual.h"

#include <ctype.h>
#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/base/options.h"

#define WORDS_MAX 1024

struct script {
	FILE *out;
	const struct wg_cmd *c;
	const char *path; /* fish: what follows the program's name */
};

enum wg_complete wg_complete_argument(
	const struct wg_cmd *c, const char *metavar, char *words, size_t len)
{
	char name[WORDS_MAX];
	const char *known;
	size_t start = strspn(metavar, "[-] "), i;

	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(metavar + start, " .,]=\n"),
		metavar + start);
	known = c->words ? c->words(name) : NULL;
	words[0] = '\0';
	if (known || strchr(name, '|')) {
		(void)snprintf(words, len, "%s", known ? known : name);
		for (i = 0; words[i]; i++)
			words[i] = words[i] == '|' || words[i] == ',' ? ' ' : words[i];
		return WG_COMPLETE_WORDS;
	}
	if (strcmp(name, "DIR") == 0 || strcmp(name, "TRACE") == 0)
		return WG_COMPLETE_DIRS;
	if (strcmp(name, "COMMAND") == 0)
		return WG_COMPLETE_COMMANDS;
	return strcmp(name, "FILE") == 0 ? WG_COMPLETE_FILES : WG_COMPLETE_NOTHING;
}

static bool is_option(const struct argp_option *o)
{
	return (o->name || o->key) && !(o->flags & OPTION_DOC);
}

static char letter(const struct argp_option *o)
{
	return o->key > 0 && o->key < 128 && isgraph(o->key) ? (char)o->key : '\0';
}

/* The beginning of what it does, with a backslash before each character of escape. */
static void put_doc(FILE *out, const char *doc, const char *escape)
{
	size_t len = doc ? strcspn(doc, ";:(\n") : 0, i;

	while (len && doc[len - 1] == ' ')
		len--;
	for (i = 0; i < len; i++) {
		if (doc[i] == '\'')
			(void)fputs("'\\'", out); /* ends the quotes, and begins others */
		else if (strchr(escape, doc[i]))
			(void)fputc('\\', out);
		(void)fputc(doc[i], out);
	}
}

/* The name of the shell function: "_wakegap_lab". */
static void put_function(FILE *out, const char *name)
{
	(void)fputc('_', out);
	for (; *name; name++)
		(void)fputc(*name == ' ' || *name == '-' ? '_' : *name, out);
}

static int first_word(const char *name)
{
	return (int)strcspn(name, " ");
}

/* Let the program behind a command print its function; where it is not installed, nothing. */
static void hand_over(FILE *out, const struct wg_cmd *c, const char *shell)
{
	static char option[] = "--completion";
	char *argv[] = { (char *)(uintptr_t)wg_cmd_word(c), option, (char *)(uintptr_t)shell,
		NULL };
	pid_t pid;

	(void)fflush(out);
	pid = fork();
	if (pid == 0) {
		(void)dup2(fileno(out), STDOUT_FILENO);
		(void)!freopen("/dev/null", "w", stderr);
		_exit(c->main(3, argv));
	}
	while (pid > 0 && waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* ---- bash ---- */

static void bash_action(const struct script *s, const char *metavar)
{
	static const char *const files[] = {
		[WG_COMPLETE_FILES] = "-f", [WG_COMPLETE_DIRS] = "-d", [WG_COMPLETE_COMMANDS] = "-c"
	};
	char words[WORDS_MAX];
	enum wg_complete how = wg_complete_argument(s->c, metavar, words, sizeof(words));
	int len = first_word(s->c->name);

	if (how == WG_COMPLETE_WORDS)
		(void)fprintf(s->out, "_%.*s_words '%s'", len, s->c->name, words);
	else if (how == WG_COMPLETE_NOTHING)
		(void)fputc(':', s->out);
	else
		(void)fprintf(s->out, "_%.*s_files %s", len, s->c->name, files[how]);
}

static void bash_value(void *user, const struct argp_option *o)
{
	struct script *s = user;

	if (!is_option(o) || !o->arg)
		return;
	(void)fputs("\t\t", s->out);
	if (letter(o))
		(void)fprintf(s->out, "-%c%s", letter(o), o->name ? "|" : "");
	(void)fprintf(s->out, "%s%s) ", o->name ? "--" : "", o->name ? o->name : "");
	bash_action(s, o->arg);
	(void)fputs(" ;;\n", s->out);
}

static void bash_name(void *user, const struct argp_option *o)
{
	struct script *s = user;

	if (is_option(o) && o->name)
		(void)fprintf(s->out, "--%s ", o->name);
}

static void bash_options(FILE *out, const struct wg_cmd *c, bool takes_command)
{
	struct script s = { out, c, NULL };
	const struct argp *table = c->table();

	(void)fputs("\t\tcase $prev in\n", out);
	wg_options_walk(table, bash_value, &s);
	(void)fprintf(out, "\t\t*) if [[ $cur == -* ]]; then _%.*s_words '", first_word(c->name),
		c->name);
	wg_options_walk(table, bash_name, &s);
	(void)fputs("--help --usage --man --version'; else ", out);
	if (takes_command)
		(void)fprintf(out, "_%.*s_words \"$commands\"", first_word(c->name), c->name);
	else
		bash_action(&s, table->args_doc ? table->args_doc : "");
	(void)fputs("; fi ;;\n\t\tesac\n", out);
}

static void bash(FILE *out, const struct wg_cmd *c)
{
	size_t depth = 1, i;
	const char *p;

	for (p = c->name; *p; p++)
		depth += *p == ' ';
	if (depth == 1)
		(void)fprintf(out,
			"_%s_words()\n{\n\tlocal head=\n\t[[ $cur == *,* ]] && head=${cur%%,*},\n"
			"\tmapfile -t COMPREPLY < <(compgen -P \"$head\" -W \"$1\" -- "
			"\"${cur##*,}\")\n}\n"
			"_%s_files()\n{\n\tcompopt -o filenames\n"
			"\tmapfile -t COMPREPLY < <(compgen \"$1\" -- \"$cur\")\n}\n",
			c->name, c->name);
	put_function(out, c->name);
	(void)fprintf(out,
		"()\n{\n\tlocal cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]} "
		"command\n"
		"\t[[ $prev == '=' ]] && prev=${COMP_WORDS[COMP_CWORD-2]}\n"
		"\t[[ $cur == '=' ]] && cur=\n\tCOMPREPLY=()\n"
		"\t((COMP_CWORD > %zu)) && command=${COMP_WORDS[%zu]}\n\tcase $command in\n",
		depth, depth);
	for (i = 0; c->commands[i]; i++) {
		(void)fprintf(out, "\t%s)\n", wg_cmd_word(c->commands[i]));
		if (c->commands[i]->table) {
			bash_options(out, c->commands[i], false);
		} else {
			(void)fputs("\t\tdeclare -F ", out);
			put_function(out, c->commands[i]->name);
			(void)fputs(" >/dev/null && ", out);
			put_function(out, c->commands[i]->name);
			(void)fputc('\n', out);
		}
		(void)fputs("\t\t;;\n", out);
	}
	(void)fprintf(out, "\t''|help|-*)\n\t\tlocal commands='");
	for (i = 0; c->commands[i]; i++)
		(void)fprintf(out, "%s ", wg_cmd_word(c->commands[i]));
	(void)fputs("help'\n", out);
	bash_options(out, c, true);
	(void)fputs("\t\t;;\n\tesac\n}\n", out);
	if (depth == 1)
		(void)fprintf(out, "complete -F _%s %s\n", c->name, c->name);
}

/* ---- zsh ---- */

static void zsh_action(const struct script *s, const char *metavar)
{
	static const char *const actions[] = { [WG_COMPLETE_NOTHING] = " ",
		[WG_COMPLETE_FILES] = "_files",
		[WG_COMPLETE_DIRS] = "_files -/",
		[WG_COMPLETE_COMMANDS] = "_command_names -e" };
	char words[WORDS_MAX];
	enum wg_complete how = wg_complete_argument(s->c, metavar, words, sizeof(words));

	(void)fputc(':', s->out);
	put_doc(s->out, metavar, "[]:");
	if (how != WG_COMPLETE_WORDS)
		(void)fprintf(s->out, ":%s", actions[how]);
	else if (strstr(metavar, ",..."))
		(void)fprintf(s->out, ":_values -s , value %s", words);
	else
		(void)fprintf(s->out, ":(%s)", words);
}

static void zsh_one(const struct script *s, const struct argp_option *o, bool is_letter)
{
	(void)fputs(" \\\n\t\t\t'", s->out);
	if (is_letter)
		(void)fprintf(s->out, "-%c%s", letter(o), o->arg ? "+" : "");
	else
		(void)fprintf(s->out, "--%s%s", o->name, o->arg ? "=" : "");
	(void)fputc('[', s->out);
	put_doc(s->out, o->doc, "[]:\\");
	(void)fputc(']', s->out);
	if (o->arg)
		zsh_action(s, o->arg);
	(void)fputc('\'', s->out);
}

static void zsh_option(void *user, const struct argp_option *o)
{
	if (is_option(o) && letter(o))
		zsh_one(user, o, true);
	if (is_option(o) && o->name)
		zsh_one(user, o, false);
}

static void zsh_options(FILE *out, const struct wg_cmd *c, bool has_arguments)
{
	struct script s = { out, c, NULL };
	const struct argp *table = c->table();

	(void)fputs(
		"\t\t_arguments -s '--help[print this help]' '--version[print the version]'", out);
	wg_options_walk(table, zsh_option, &s);
	if (has_arguments && table->args_doc) {
		(void)fputs(" \\\n\t\t\t'*", out);
		zsh_action(&s, table->args_doc);
		(void)fputc('\'', out);
	}
	(void)fputc('\n', out);
}

static void zsh(FILE *out, const struct wg_cmd *c)
{
	bool is_top = !strchr(c->name, ' ');
	size_t i;

	put_function(out, c->name);
	(void)fputs("()\n{\n\tif ((CURRENT == 2)) && [[ $words[2] != -* ]]; then\n\t\tlocal -a "
		    "commands=(",
		out);
	for (i = 0; c->commands[i]; i++) {
		(void)fprintf(out, "\n\t\t\t'%s:", wg_cmd_word(c->commands[i]));
		put_doc(out, c->commands[i]->does, ":\\");
		(void)fputc('\'', out);
	}
	(void)fputs(
		")\n\t\t_describe command commands\n\t\treturn\n\tfi\n\tcase $words[2] in\n", out);
	for (i = 0; c->commands[i]; i++) {
		(void)fprintf(out, "\t%s)\n\t\tshift words\n\t\t((CURRENT--))\n",
			wg_cmd_word(c->commands[i]));
		if (c->commands[i]->table) {
			zsh_options(out, c->commands[i], true);
		} else {
			(void)fputs("\t\t(($+functions[", out);
			put_function(out, c->commands[i]->name);
			(void)fputs("])) && ", out);
			put_function(out, c->commands[i]->name);
			(void)fputc('\n', out);
		}
		(void)fputs("\t\t;;\n", out);
	}
	(void)fputs("\t*)\n", out);
	zsh_options(out, c, false);
	(void)fputs("\t\t;;\n\tesac\n}\n", out);
	if (is_top)
		(void)fprintf(out, "_%s \"$@\"\n", c->name);
}

/* ---- fish ---- */

static void fish_begin(const struct script *s, const char *test)
{
	(void)fprintf(s->out, "complete -c %.*s -n '__%.*s_%s%s'", first_word(s->c->name),
		s->c->name, first_word(s->c->name), s->c->name, test, s->path);
}

static void fish_argument(const struct script *s, const char *metavar)
{
	static const char *const how[] = { [WG_COMPLETE_NOTHING] = "-x",
		[WG_COMPLETE_FILES] = "-r -F",
		[WG_COMPLETE_DIRS] = "-x -a '(__fish_complete_directories)'",
		[WG_COMPLETE_COMMANDS] = "-x -a '(__fish_complete_command)'" };
	char words[WORDS_MAX];
	enum wg_complete kind = wg_complete_argument(s->c, metavar, words, sizeof(words));

	if (kind == WG_COMPLETE_WORDS && strstr(metavar, ",..."))
		(void)fprintf(
			s->out, " -x -a '(__fish_append , (string split \" \" \"%s\"))'", words);
	else if (kind == WG_COMPLETE_WORDS)
		(void)fprintf(s->out, " -x -a '%s'", words);
	else
		(void)fprintf(s->out, " %s", how[kind]);
}

static void fish_option(void *user, const struct argp_option *o)
{
	struct script *s = user;

	if (!is_option(o))
		return;
	fish_begin(s, "in");
	if (letter(o))
		(void)fprintf(s->out, " -s %c", letter(o));
	if (o->name)
		(void)fprintf(s->out, " -l %s", o->name);
	if (o->arg)
		fish_argument(s, o->arg);
	(void)fputs(" -d '", s->out);
	put_doc(s->out, o->doc, "\\");
	(void)fputs("'\n", s->out);
}

static void fish(FILE *out, const struct wg_cmd *c)
{
	const char *below = strchr(c->name, ' ') ? strchr(c->name, ' ') : "";
	struct script s = { out, c, below };
	size_t i;

	if (!*below)
		(void)fprintf(out,
			"function __%s_in\n\tset -l words (commandline -opc)[2..]\n"
			"\tset -l n (count $argv)\n\ttest $n -eq 0; and return 0\n"
			"\ttest (count $words) -ge $n; and test \"$words[1..$n]\" = "
			"\"$argv\"\nend\n"
			"function __%s_at\n\t__%s_in $argv; and test (count (commandline -opc)) "
			"-eq (math (count $argv) + 1)\nend\n"
			"complete -c %s -f\n",
			c->name, c->name, c->name, c->name);
	wg_options_walk(c->table(), fish_option, &(struct script){ out, c, below });
	for (i = 0; c->commands[i]; i++) {
		const struct wg_cmd *command = c->commands[i];

		s = (struct script){ out, c, below };
		fish_begin(&s, "at");
		(void)fprintf(out, " -a %s -d '", wg_cmd_word(command));
		put_doc(out, command->does, "\\");
		(void)fputs("'\n", out);
		if (!command->table)
			continue;
		s = (struct script){ out, command, strchr(command->name, ' ') };
		wg_options_walk(command->table(), fish_option, &s);
		if (command->table()->args_doc) {
			fish_begin(&s, "in");
			fish_argument(&s, command->table()->args_doc);
			(void)fputc('\n', out);
		}
	}
}

int wg_completion_print(FILE *out, const struct wg_cmd *c, const char *shell)
{
	static const struct {
		const char *name;
		void (*print)(FILE *out, const struct wg_cmd *c);
	} shells[] = { { "bash", bash }, { "zsh", zsh }, { "fish", fish } };
	size_t i, k;

	for (i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(shells[i].name, shell) != 0)
			continue;
		if (strcmp(shell, "zsh") == 0 && !strchr(c->name, ' '))
			(void)fprintf(out, "#compdef %s\n", c->name);
		for (k = 0; c->commands[k]; k++) {
			if (!c->commands[k]->table)
				hand_over(out, c->commands[k], shell);
		}
		shells[i].print(out, c);
		return 0;
	}
	return -EINVAL;
}
