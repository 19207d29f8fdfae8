/*
 * options.c: see options.h.
 *
 * argp calls every parser of the tree; ours comes last, so that a command may take --help itself.
 * argp's own messages are two lines and its own help exits, so both are done here.
 */
#include "traces/base/options.h"

#include <errno.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/manual.h"
#include "traces/base/near.h"

#define NAMES_MAX    128
#define COMMANDS_MAX 32

enum {
	KEY_USAGE = 0x7000,
	KEY_MAN,
	KEY_COMPLETION,
};

/* What a parser returns after it said what is wrong. argp itself does not return this one. */
#define SAID EBADMSG

struct parse {
	const struct wg_cmd *command;
	const struct argp *table;
	void *input;
	int next; /* where argp stopped at a mistake */
};

const char *wg_cmd_word(const struct wg_cmd *c)
{
	const char *space = strrchr(c->name, ' ');

	return space ? space + 1 : c->name;
}

void wg_options_walk(const struct argp *table, wg_option_fn fn, void *user)
{
	const struct argp_child *child;
	const struct argp_option *o;

	for (o = table->options; o && (o->name || o->key || o->doc); o++) {
		if (!(o->flags & OPTION_HIDDEN))
			fn(user, o);
	}
	for (child = table->children; child && child->argp; child++) {
		if (child->header && *child->header)
			fn(user, &(struct argp_option){ .doc = child->header });
		wg_options_walk(child->argp, fn, user);
	}
}

/* ---- what everyone has ---- */

static const struct argp_option common_options[] = {
	{ "help", 'h', NULL, 0, "print this help", -1 },
	{ "usage", KEY_USAGE, NULL, 0, "print a short form of it", -1 },
	{ "man", KEY_MAN, NULL, 0, "print the man page, as troff source", -1 },
	{ "version", 'V', NULL, 0, "print the version", -1 },
	{ 0 },
};

/* argp is told in the environment how help looks; a user may have done so, too. */
static void set_format(void)
{
	(void)setenv("ARGP_HELP_FMT", "no-dup-args-note,opt-doc-col=24,header-col=0,rmargin=79", 0);
}

static error_t take_common(int key, char *arg, struct argp_state *state)
{
	struct parse *p = state->input;

	(void)arg;
	switch (key) {
	case 'h':
		if (p->command->on_help) {
			p->command->on_help(p->input);
			return 0;
		}
		/* fall through */
	case KEY_USAGE:
		state->flags &= ~(unsigned)ARGP_NO_ERRS; /* that would keep help back, too */
		set_format();
		argp_state_help(state, stdout, key == 'h' ? ARGP_HELP_STD_HELP : ARGP_HELP_USAGE);
		return ECANCELED;
	case KEY_MAN: wg_manual_print(stdout, p->command); return ECANCELED;
	case 'V':
		printf("%.*s " WG_VERSION "\n", (int)strcspn(p->command->name, " "),
			p->command->name);
		return ECANCELED;
	case ARGP_KEY_ERROR: p->next = state->next; return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp wg_options_common = { .options = common_options, .parser = take_common };

static error_t hand_down(int key, char *arg, struct argp_state *state)
{
	struct parse *p = state->input;

	(void)arg;
	if (key != ARGP_KEY_INIT)
		return ARGP_ERR_UNKNOWN;
	state->child_inputs[0] = p->input;
	state->child_inputs[1] = p;
	return 0;
}

/* ---- mistakes ---- */

error_t wg_option_fail(const struct argp_state *state, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)wg_say_usage_v(state->name, fmt, ap);
	va_end(ap);
	return SAID;
}

char *wg_option_folder(char *arg)
{
	size_t len = strlen(arg);

	while (len > 1 && arg[len - 1] == '/')
		arg[--len] = '\0';
	return arg;
}

struct names {
	const char *v[NAMES_MAX + 1]; /* up to a NULL */
	const struct argp_option *option[NAMES_MAX];
	size_t count;
};

static void add_option(void *user, const struct argp_option *o)
{
	struct names *names = user;

	if (names->count == NAMES_MAX || !(o->name || o->key) || (o->flags & OPTION_DOC))
		return;
	names->option[names->count] = o;
	names->v[names->count++] = o->name ? o->name : "";
}

/* "--loud, --loop or --low": the names that begin with this one. Returns buf. */
static char *all_of(char *buf, size_t len, const struct names *names, const char *name)
{
	const char *last = NULL, *each;
	size_t i, used = 0;

	for (i = 0; i < names->count && used < len; i++) {
		each = names->v[i];
		if (strncmp(each, name, strlen(name)) != 0)
			continue;
		if (last)
			used += (size_t)snprintf(
				buf + used, len - used, "%s--%s", used ? ", " : "", last);
		last = each;
	}
	if (used < len)
		(void)snprintf(buf + used, len - used, " or --%s", last ? last : "");
	return buf;
}

/* What is wrong with --word: an exit status after one line, or -1: nothing is. */
static int explain_long(const struct wg_cmd *c, const struct names *names, const char *word)
{
	size_t len = strcspn(word + 2, "="), i, hits = 0;
	bool has_value = word[2 + len] == '=', is_whole = false;
	const struct argp_option *o = NULL;
	char near[400], name[64];
	const char *meant;

	(void)snprintf(name, sizeof(name), "%.*s", (int)len, word + 2);
	for (i = 0; i < names->count && !is_whole; i++) {
		if (strncmp(names->v[i], word + 2, len) != 0 || !len ||
			(o && strcmp(o->name, names->v[i]) == 0))
			continue;
		is_whole = names->v[i][len] == '\0';
		hits = is_whole ? 1 : hits + 1;
		o = names->option[i];
	}
	if (hits > 1)
		return wg_say_usage(c->name, "option '%s' could be %s", word,
			all_of(near, sizeof(near), names, name));
	if (o && o->arg && !has_value)
		return wg_say_usage(c->name, "--%s needs a value", o->name);
	if (o && (o->arg || !has_value))
		return -1;
	if (o)
		return wg_say_usage(c->name, "no option '%s': --%s takes no value", word, o->name);
	meant = wg_near(name, names->v);
	return wg_say_usage(c->name, "no option '%s'%s%s%s", word,
		meant ? "; did you mean '--" : "", meant ? meant : "", meant ? "'?" : "");
}

/* The same for -abc. */
static int explain_short(const struct wg_cmd *c, const struct names *names, const char *word)
{
	const char *p;
	size_t i;

	for (p = word + 1; *p; p++) {
		for (i = 0; i < names->count && names->option[i]->key != *p; i++)
			;
		if (i == names->count)
			return wg_say_usage(c->name, "no option '-%c'", *p);
		if (names->option[i]->arg)
			return p[1] ? -1 : wg_say_usage(c->name, "-%c needs a value", *p);
	}
	return -1;
}

/* argp found a mistake and stopped; `next` is at the word or behind it. */
static int explain(const struct parse *p, const struct argp *top, char **argv)
{
	struct names names = { .count = 0 };
	int i, status = -1;

	wg_options_walk(top, add_option, &names);
	for (i = p->next > 1 ? p->next - 1 : 1; i <= p->next && argv[i] && status < 0; i++) {
		if (strncmp(argv[i], "--", 2) == 0 && argv[i][2])
			status = explain_long(p->command, &names, argv[i]);
		else if (argv[i][0] == '-' && argv[i][1] && argv[i][1] != '-')
			status = explain_short(p->command, &names, argv[i]);
	}
	if (status < 0 && argv[p->next])
		status = wg_say_usage(
			p->command->name, "'%s' is one argument too many", argv[p->next]);
	return status < 0 ? wg_say_usage(p->command->name, "an argument is missing") : status;
}

/* ---- parsing ---- */

/* The command's own table with what all have. */
static struct argp make_top(const struct argp *table, struct argp_child children[3])
{
	children[0] = (struct argp_child){ .argp = table };
	children[1] = (struct argp_child){ .argp = &wg_options_common };
	children[2] = (struct argp_child){ 0 };
	return (struct argp){ .parser = hand_down, .children = children };
}

int wg_options_parse(const struct wg_cmd *c, int argc, char **argv, unsigned flags, void *input)
{
	struct parse p = { .command = c, .table = c->table(), .input = input };
	struct argp_child children[3];
	struct argp top = make_top(p.table, children);
	char *word = argv[0];
	error_t rc;

	argv[0] = (char *)(uintptr_t)c->name; /* argp calls us what this says */
	rc = argp_parse(
		&top, argc, argv, flags | ARGP_NO_HELP | ARGP_NO_EXIT | ARGP_NO_ERRS, NULL, &p);
	argv[0] = word;
	switch (rc) {
	case 0: return -1;
	case ECANCELED: return wg_say_flushed(WG_EXIT_OK);
	case SAID: return WG_EXIT_USAGE;
	case ENOMEM: return wg_say("out of memory");
	default: return explain(&p, &top, argv);
	}
}

static void print_help(const struct wg_cmd *c, const struct argp *table, FILE *out)
{
	struct argp_child children[3];
	struct argp top = make_top(table, children);

	set_format();
	argp_help(&top, out, ARGP_HELP_STD_HELP, (char *)(uintptr_t)c->name);
}

int wg_options_help(const struct wg_cmd *c, const struct argp *table)
{
	print_help(c, table, stdout);
	return wg_say_flushed(WG_EXIT_OK);
}

/* ---- commands ---- */

struct chosen {
	const struct wg_cmd *self;
	const char *shell;
	int at; /* where argv names a command; 0: nowhere */
};

static error_t take_command(int key, char *arg, struct argp_state *state)
{
	struct chosen *chosen = state->input;

	switch (key) {
	case KEY_COMPLETION: chosen->shell = arg; return 0;
	case ARGP_KEY_ARG:
		chosen->at = state->next - 1;
		state->next = state->argc;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const char commands_takes[] = "COMMAND [ARGUMENT...]\nhelp [COMMAND]";

const struct argp *wg_commands_table(const struct wg_cmd *c, const char *doc)
{
	static const struct argp_option own[] = {
		{ NULL, 0, NULL, 0, "Options:", -1 },
		{ "completion", KEY_COMPLETION, "bash|zsh|fish", 0,
			"print what makes the shell complete commands and options", -1 },
		{ 0 },
	};
	static struct argp_option rows[COMMANDS_MAX + sizeof(own) / sizeof(own[0])];
	static struct argp table;
	size_t i;

	/* A group for each: argp sorts within groups, and these stand in the order of use. */
	for (i = 0; i < COMMANDS_MAX && c->commands[i]; i++)
		rows[i] = (struct argp_option){ wg_cmd_word(c->commands[i]), 0, NULL,
			OPTION_DOC | OPTION_NO_USAGE, c->commands[i]->does, (int)i + 1 };
	memcpy(&rows[i], own, sizeof(own));
	table = (struct argp){ rows, take_command, commands_takes, doc, NULL, NULL, NULL };
	return &table;
}

static void add_name(struct names *names, const char *name)
{
	if (names->count < NAMES_MAX)
		names->v[names->count++] = name;
}

static const struct wg_cmd *find_command(const struct wg_cmd *c, const char *word)
{
	size_t i;

	for (i = 0; c->commands[i]; i++) {
		if (strcmp(wg_cmd_word(c->commands[i]), word) == 0)
			return c->commands[i];
	}
	return NULL;
}

/* The command of c that hands over to a program which has this one; NULL: c has it, or none. */
static const struct wg_cmd *who_hands_over(const struct wg_cmd *c, const char *name)
{
	const char *const *each;
	size_t i;

	for (i = 0; c->commands[i] && !find_command(c, name); i++) {
		for (each = c->commands[i]->handed; each && *each; each++) {
			if (strcmp(*each, name) == 0)
				return c->commands[i];
		}
	}
	return NULL;
}

static int no_command(const struct wg_cmd *c, const char *word)
{
	struct names names = { .count = 0 };
	const struct wg_cmd *by;
	const char *const *each, *near;
	size_t i;

	for (i = 0; c->commands[i]; i++)
		add_name(&names, wg_cmd_word(c->commands[i]));
	add_name(&names, "--version");
	for (i = 0; c->commands[i]; i++) {
		for (each = c->commands[i]->handed; each && *each; each++)
			add_name(&names, *each);
	}
	near = wg_near(word, names.v);
	if (!near)
		return wg_say_usage(c->name, "no command '%s'", word);
	by = who_hands_over(c, near);
	return wg_say_usage(c->name, "no command '%s'; did you mean '%s%s%s'?", word,
		by ? wg_cmd_word(by) : "", by ? " " : "", near);
}

/* `help COMMAND [ARGUMENT...]` is `COMMAND [ARGUMENT...] --help`. */
static int run_help(const struct wg_cmd *c, int argc, char **argv)
{
	static char option[] = "--help";
	char *call[COMMANDS_MAX] = { NULL };
	const struct wg_cmd *command;
	int i;

	if (argc < 2 || strcmp(argv[1], "help") == 0)
		return wg_options_help(c, c->table());
	command = find_command(c, argv[1]);
	if (!command)
		return no_command(c, argv[1]);
	for (i = 1; i < argc && i < COMMANDS_MAX - 1; i++)
		call[i - 1] = argv[i];
	call[i - 1] = option;
	return command->main(i, call);
}

int wg_commands_run(const struct wg_cmd *c, int argc, char **argv)
{
	struct chosen chosen = { .at = 0 };
	const struct wg_cmd *command;
	char hint[80];
	int rc;

	if (argc > 2 && strcmp(argv[1], "--complete") == 0)
		return wg_complete(c, argc - 2, argv + 2);
	if (argc == 3 && strcmp(argv[1], "--pages") == 0)
		return wg_pages_write(c, argv[2]);
	rc = wg_options_parse(c, argc, argv, ARGP_IN_ORDER, &chosen);
	if (rc >= 0)
		return rc;
	if (chosen.shell && wg_completion_print(stdout, c, chosen.shell) < 0)
		return wg_say_usage(c->name, "--completion: no shell '%s'%s", chosen.shell,
			wg_near_hint(hint, sizeof(hint), chosen.shell, "bash zsh fish"));
	if (chosen.shell)
		return wg_say_flushed(WG_EXIT_OK);
	if (chosen.at == 0) {
		print_help(c, c->table(), stderr);
		return WG_EXIT_USAGE;
	}
	argc -= chosen.at;
	argv += chosen.at;
	if (strcmp(argv[0], "help") == 0)
		return run_help(c, argc, argv);
	command = find_command(c, argv[0]);
	return command ? command->main(argc, argv) : no_command(c, argv[0]);
}
