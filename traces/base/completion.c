/*
 * completion.c: what the words of a command line may be; see manual.h.
 *
 * A script of a shell is a few lines that ask the program: `PROGRAM --complete WORD... CURRENT`. It
 * answers in lines, `WORD TAB what it is`, or with a line that leaves it to the shell, as `:dirs`.
 * So the shells know nothing that could disagree with the tables, and a command whose
 * table is in another program is asked for by running that.
 */
#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "traces/base/embed.h"
#include "traces/base/manual.h"
#include "traces/base/options.h"

struct asked {
	const struct wg_cmd *c;
	const char *current; /* the word to be completed */
	const char *option;  /* whose value it is: "--format", "-o"; or NULL */
	const char *metavar; /* found: what the option takes, or NULL */
	int head;	     /* characters of current that stay: "--format=", "tick," */
};

static void offer(const struct asked *a, const char *dashes, const char *word, const char *does)
{
	const char *rest = a->current + a->head;
	char whole[256];

	(void)snprintf(whole, sizeof(whole), "%s%s", dashes, word);
	if (strncmp(whole, rest, strlen(rest)) == 0)
		printf("%.*s%s\t%.*s\n", a->head, a->current, whole,
			does ? (int)strcspn(does, ";:(\n") : 0, does ? does : "");
}

static bool is_option(const struct argp_option *o)
{
	return (o->name || o->key) && !(o->flags & OPTION_DOC);
}

static void offer_option(void *user, const struct argp_option *o)
{
	if (is_option(o) && o->name)
		offer(user, "--", o->name, o->doc);
}

static void find_option(void *user, const struct argp_option *o)
{
	struct asked *a = user;
	const char *name = a->option + strspn(a->option, "-");
	bool is_long = name - a->option == 2;

	if (!is_option(o) || !o->arg)
		return;
	if (is_long ? o->name && strcmp(o->name, name) == 0 : o->key == *name && !name[1])
		a->metavar = o->arg;
}

/* What the shell knows to complete. */
static bool leave_to_shell(const char *metavar)
{
	static const char *const shells[][2] = { { "FILE", ":files" }, { "DIR", ":dirs" },
		{ "TRACE", ":dirs" }, { "COMMAND", ":commands" } };
	size_t i;

	for (i = 0; i < sizeof(shells) / sizeof(shells[0]); i++) {
		if (strcmp(metavar, shells[i][0]) == 0)
			return puts(shells[i][1]) >= 0;
	}
	return false;
}

/* Words that an argument may be: known ones, or each of "bash|zsh". What has a capital, as PID,
 * only stands for a word. */
static void offer_values(struct asked *a, const char *metavar)
{
	static const char capitals[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
	const char *comma = strrchr(a->current, ',');
	char name[64], words[1024], *rest = words, *word;
	const char *known;

	metavar += strspn(metavar, "[-] ");
	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(metavar, " .,]=\n"), metavar);
	known = a->c->words ? a->c->words(name) : NULL;
	if (strstr(metavar, ",...") && comma)
		a->head = (int)(comma + 1 - a->current);
	(void)snprintf(words, sizeof(words), "%s", known ? known : name);
	while ((word = strsep(&rest, " ,|"))) {
		if (!*word || (!known && leave_to_shell(word)))
			continue;
		if (known || (strchr(name, '|') && !strpbrk(word, capitals)))
			offer(a, "", word, NULL);
	}
}

/* The last word of argv, in a call of c. bash hands over "--a=b" as three words. */
static void complete_arguments(const struct wg_cmd *c, int argc, char **argv)
{
	struct asked a = { .c = c, .current = argv[argc - 1] };
	const struct argp *table = c->table();
	const char *sign = strchr(a.current, '=');
	char option[64];
	int last = argc - 1;

	if (strcmp(a.current, "=") == 0)
		a.current = "";
	else if (last > 0 && strcmp(argv[last - 1], "=") == 0)
		last--;
	a.option = last > 0 && argv[last - 1][0] == '-' ? argv[last - 1] : NULL;
	if (a.current[0] == '-' && sign) {
		(void)snprintf(option, sizeof(option), "%.*s", (int)(sign - a.current), a.current);
		a.option = option;
		a.head = (int)(sign + 1 - a.current);
	}
	if (a.option)
		wg_options_walk(table, find_option, &a);
	if (a.metavar) {
		offer_values(&a, a.metavar);
	} else if (a.current[0] == '-') {
		wg_options_walk(table, offer_option, &a);
		wg_options_walk(&wg_options_common, offer_option, &a);
	} else if (table->args_doc && !c->commands) {
		offer_values(&a, table->args_doc);
	}
}

int wg_complete(const struct wg_cmd *c, int argc, char **argv)
{
	static char option[] = "--complete";
	struct asked a = { .c = c, .current = argv[0] };
	size_t i;

	for (i = 0; c->commands[i]; i++) {
		const char *word = wg_cmd_word(c->commands[i]);

		if (argc == 1) {
			offer(&a, "", word, c->commands[i]->does);
		} else if (strcmp(argv[0], word) == 0 && !c->commands[i]->table) {
			argv[-1] = argv[0];
			argv[0] = option;
			return c->commands[i]->main(argc + 1, argv - 1);
		} else if (strcmp(argv[0], word) == 0) {
			complete_arguments(c->commands[i], argc - 1, argv + 1);
			return wg_say_flushed(WG_EXIT_OK);
		}
	}
	if (argc == 1)
		offer(&a, "", "help", "print the help of a command");
	complete_arguments(c, argc, argv);
	return wg_say_flushed(WG_EXIT_OK);
}

/* ---- scripts ---- */

extern const char wg__completion_bash[], wg__completion_zsh[], wg__completion_fish[];
WG_EMBED(wg__completion_bash, "traces/base/completion.bash");
WG_EMBED(wg__completion_zsh, "traces/base/completion.zsh");
WG_EMBED(wg__completion_fish, "traces/base/completion.fish");

int wg_completion_print(FILE *out, const struct wg_cmd *c, const char *shell)
{
	static const char *const shells[] = { "bash", "zsh", "fish" };
	const char *const scripts[] = { wg__completion_bash, wg__completion_zsh,
		wg__completion_fish };
	char name[64]; /* of the program's file: "wakegap lab" is wakegap-lab */
	const char *p, *at;
	size_t i;

	for (i = 0; i < sizeof(name) - 1 && c->name[i]; i++)
		name[i] = (char)(c->name[i] == ' ' ? '-' : c->name[i]);
	name[i] = '\0';
	for (i = 0; i < 3 && strcmp(shells[i], shell) != 0; i++)
		;
	if (i == 3)
		return -EINVAL;
	for (p = scripts[i]; (at = strstr(p, "PROGRAM")); p = at + strlen("PROGRAM"))
		(void)fprintf(out, "%.*s%s", (int)(at - p), p, name);
	(void)fputs(p, out);
	return 0;
}
