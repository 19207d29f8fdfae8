/*
 * test_options.c: one table of options is parsed, explained, printed as a page and completed.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "traces/base/manual.h"
#include "traces/base/near.h"
#include "traces/base/options.h"

/* ---- a program with one command, and a group of options that others could share ---- */

struct taken {
	const char *file, *colour, *argument;
	bool is_loud;
};

static error_t take_colour(int key, char *arg, struct argp_state *state)
{
	if (key != 'c')
		return ARGP_ERR_UNKNOWN;
	*(const char **)state->input = arg;
	return 0;
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct taken *taken = state->input;

	switch (key) {
	case ARGP_KEY_INIT: state->child_inputs[0] = &taken->colour; return 0;
	case 'o':
		taken->file = arg;
		return *arg ? 0 : wg_option_fail(state, "the name of the file is empty");
	case 'l': taken->is_loud = true; return 0;
	case 'L':
	case 'w':
	case 'p': return 0;
	case ARGP_KEY_ARG:
		if (taken->argument)
			return ARGP_ERR_UNKNOWN;
		taken->argument = arg;
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *paint_table(void)
{
	static const struct argp_option colours[] = {
		{ "colour", 'c', "red|green", 0, "what to paint with; the default is red", 0 },
		{ 0 },
	};
	static const struct argp_option options[] = {
		{ "output", 'o', "FILE", 0, "write to FILE", 0 },
		{ "loud", 'l', NULL, 0, "say what is painted", 0 },
		{ "loop", 'L', NULL, 0, "paint round and round", 0 },
		{ "with", 'w', "FILE|-", 0, "what to paint with", 0 },
		{ "painter", 'p', "PID|anyone", 0, "who paints", 0 },
		{ "secret", 's', NULL, OPTION_HIDDEN, "not shown", 0 },
		{ 0 },
	};
	static const struct argp shared = { .options = colours, .parser = take_colour };
	static const struct argp_child children[] = { { &shared, 0, "Colours:", 0 }, { 0 } };
	static const struct argp table = { options, take, "WALL [ROOM...]",
		"Paints a wall.\vFirst paint:\n  tool paint north\n\nExit status: 0 done, 2 usage",
		children, NULL, NULL };

	return &table;
}

static void paint_manual(FILE *out)
{
	wg_manual_text(out, "# WALLS\nA wall is flat.\n\n- it stands\n- .dots are text\n");
}

static int paint(int argc, char **argv);

static const char *paint_words(const char *metavar)
{
	return strcmp(metavar, "WALL") == 0 ? "north south" : NULL;
}

static const struct wg_cmd paint_command = {
	.name = "tool paint",
	.does = "paint a wall",
	.main = paint,
	.table = paint_table,
	.manual = paint_manual,
	.words = paint_words,
};

static int paint(int argc, char **argv)
{
	struct taken t = { .colour = "red" };
	int rc = wg_options_parse(&paint_command, argc, argv, 0, &t);

	if (rc < 0)
		printf("%s %s %s %d\n", t.argument ? t.argument : "-", t.colour,
			t.file ? t.file : "-", t.is_loud);
	return rc < 0 ? 0 : rc;
}

static const struct argp *tool_table(void);
static const struct wg_cmd *const tool_commands[] = { &paint_command, NULL };
static const struct wg_cmd tool = {
	.name = "tool",
	.does = "paint and draw",
	.table = tool_table,
	.commands = tool_commands,
};

static const struct argp *tool_table(void)
{
	return wg_commands_table(&tool, "The tool.\n\nCommands:");
}

/* ---- calling it ---- */

/* Run it in a process of its own; what it prints on both outputs, the caller's to free. */
static char *call(int *ret_status, const char *words)
{
	int fd = memfd_create("output", MFD_CLOEXEC), status = 0, argc = 0;
	char copy[200], *argv[12] = { NULL }, *rest = copy, *text = calloc(1, 1 << 16);
	pid_t pid;

	(void)snprintf(copy, sizeof(copy), "%s", words);
	while (argc < 11 && (argv[argc] = strsep(&rest, " ")))
		argc++;
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0) {
		(void)dup2(fd, 1);
		(void)dup2(fd, 2);
		status = wg_commands_run(&tool, argc, argv);
		(void)fflush(NULL);
		_exit(status);
	}
	(void)waitpid(pid, &status, 0);
	*ret_status = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
	if (text && pread(fd, text, (1 << 16) - 1, 0) < 0)
		text[0] = '\0';
	(void)close(fd);
	return text;
}

static void check(const char *words, int status, const char *part)
{
	int got;
	char *text = call(&got, words);

	if (got != status || !wg_has(text, part))
		printf("# %s: %d '%s'\n", words, got, text);
	CU_ASSERT_EQUAL(got, status);
	CU_ASSERT(wg_has(text, part));
	free(text);
}

static void options_reach_their_parsers(void)
{
	check("tool paint north", 0, "north red - 0\n");
	check("tool paint --loud north -ofile -c green", 0, "north green file 1\n");
	check("tool paint --lou --col=green --out file", 0, "- green file 1\n");
	check("tool paint -- -o", 0, "-o red - 0\n");
}

static void mistakes_are_one_line(void)
{
	const char *const help = " (see `tool paint --help`)\n";
	static const struct {
		const char *words, *message;
	} table[] = {
		{ "tool paint --output", "tool: --output needs a value" },
		{ "tool paint -lo", "tool: -o needs a value" },
		{ "tool paint --nosuch=3 x", "tool: no option '--nosuch=3'" },
		{ "tool paint --colur red", "tool: no option '--colur'; did you mean '--colour'?" },
		{ "tool paint --lo", "tool: option '--lo' could be --loud or --loop" },
		{ "tool paint --loud=3", "tool: no option '--loud=3': --loud takes no value" },
		{ "tool paint --loud -xl", "tool: no option '-x'" },
		{ "tool paint -xy", "tool: no option '-x'" },
		{ "tool paint -lx", "tool: no option '-x'" },
		{ "tool paint a b", "tool: 'b' is one argument too many" },
		{ "tool paint --output= a", "tool: the name of the file is empty" },
	};
	char line[200];
	size_t i;

	for (i = 0; i < sizeof(table) / sizeof(table[0]); i++) {
		int status;
		char *text = call(&status, table[i].words);

		(void)snprintf(line, sizeof(line), "%s%s", table[i].message, help);
		CU_ASSERT_STRING_EQUAL(text, line);
		CU_ASSERT_EQUAL(status, 2);
		free(text);
	}
	check("tool pant", 2,
		"tool: no command 'pant'; did you mean 'paint'? (see `tool --help`)\n");
	check("tool sculpt", 2, "tool: no command 'sculpt' (see `tool --help`)\n");
	check("tool --completion=csh", 2, "no shell 'csh'; did you mean 'zsh'?");
}

static void the_word_that_was_meant_is_found(void)
{
	static const char *const known[] = { "read", "eventfd", "json", "jsonl", "bash", "late",
		NULL };
	static const struct {
		const char *word, *meant;
	} words[] = { { "raed", "read" }, { "evntfd", "eventfd" }, { "jsn", "json" },
		{ "jnl", "jsonl" }, { "bsh", "bash" }, { "ltae", "late" }, { "", NULL },
		{ "x", NULL }, { "html", NULL },
		{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa", NULL } };
	char hint[80];
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++) {
		const char *meant = wg_near(words[i].word, known);

		CU_ASSERT(words[i].meant ? meant && strcmp(meant, words[i].meant) == 0 : !meant);
	}
	CU_ASSERT_EQUAL(wg_near_distance("ab", "ba"), 1);
	CU_ASSERT_EQUAL(wg_near_distance("", "abc"), 3);
	CU_ASSERT_STRING_EQUAL(
		wg_near_hint(hint, sizeof(hint), "zz", "a, b, c"), "; there are a, b and c");
	CU_ASSERT_STRING_EQUAL(
		wg_near_hint(hint, sizeof(hint), "reads", "a read"), "; did you mean 'read'?");
}

static void help_is_made_from_the_table(void)
{
	static const char *const calls[] = { "tool paint --help", "tool paint -h",
		"tool help paint", "tool paint --loud north --help" };
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		check(calls[i], 0,
			"Usage: tool paint [OPTION...] WALL [ROOM...]\nPaints a wall.\n");
		check(calls[i], 0, "\nColours:\n  -c, --colour=red|green");
		check(calls[i], 0, "\nFirst paint:\n  tool paint north\n");
	}
	check("tool --help", 0, "Commands:\n\n  paint                 paint a wall\n");
	check("tool help help", 0, "Usage: tool");
	check("tool help", 0, "  paint                 paint a wall\n");
	check("tool", 2, "Usage: tool [OPTION...] COMMAND");
	check("tool paint --usage", 0, "[--colour=red|green]");
	check("tool paint -V", 0, "tool " WG_VERSION "\n");
}

static void a_page_is_made_from_the_table(void)
{
	static const char *const parts[] = { ".TH TOOL-PAINT 1", "tool\\-paint \\- paint a wall\n",
		".SH DESCRIPTION\nPaints a wall.\n", ".nf\n  tool paint north\n.fi\n",
		"\\fB\\-o\\fR, \\fB\\-\\-output\\fR=\\fIFILE\\fR\nwrite to FILE\n",
		".SS \"Colours\"\n", ".SH \"WALLS\"\nA wall is flat.\n",
		".IP \\(bu 2\n\\&.dots are text\n", ".SH EXIT STATUS\n0 done, 2 usage\n" };
	size_t i;
	int status;
	char *text;

	for (i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		check("tool paint --man", 0, parts[i]);
	text = call(&status, "tool paint --man");
	CU_ASSERT(!wg_has(text, "secret"));
	free(text);
	check("tool --man", 0, ".SH SEE ALSO\n.BR tool\\-paint (1)\n");
}

/* The shells ask the program, so what it answers is what they offer. */
static void completion_is_made_from_the_table(void)
{
	static const char *const calls[][2] = {
		{ "tool --complete p", "paint\tpaint a wall\n" },
		{ "tool --complete --c", "--completion\t" },
		{ "tool --complete --completion z", "zsh\t\n" },
		{ "tool --complete paint --l", "--loud\tsay what is painted\n" },
		{ "tool --complete paint --h", "--help\tprint this help\n" },
		{ "tool --complete paint --colour g", "green\t\n" },
		{ "tool --complete paint -c g", "green\t\n" },
		{ "tool --complete paint --colour=g", "--colour=green\t\n" },
		{ "tool --complete paint --colour = g", "green\t\n" },
		{ "tool --complete paint --output x", ":files\n" },
		{ "tool --complete paint --loud n", "north\t\n" },
		/* What only stands for a word is no word. */
		{ "tool --complete paint --with", "--with\twhat to paint with\n" },
		{ "tool --complete paint --with -", ":files\n-\t\n" },
		{ "tool --complete paint --with=", ":files\n--with=-\t\n" },
		{ "tool --complete paint --painter=", "--painter=anyone\t\n" },
		{ "tool --complete paint --painter P", "" },
	};
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		int status;
		char *text = call(&status, calls[i][0]);

		if (strncmp(text, calls[i][1], strlen(calls[i][1])) != 0)
			printf("# %s: '%s'\n", calls[i][0], text);
		CU_ASSERT_EQUAL(strncmp(text, calls[i][1], strlen(calls[i][1])), 0);
		CU_ASSERT_EQUAL(status, 0);
		free(text);
	}
	check("tool --completion bash", 0, "complete -F _tool tool\n");
	check("tool --completion zsh", 0, "#compdef tool\n");
	check("tool --completion fish", 0, "complete -c tool -f -a '(__tool_complete)'\n");
}

static void check_offers(const char *command, const char *option, const char *offers)
{
	const char *argv[] = { wg_build_path("wakegap"), "--complete", command, option, "", NULL };
	char *out = NULL;

	CU_ASSERT_EQUAL(
		wg_run(&out, NULL,
			option ? argv
			       : (const char *const[]){ argv[0], argv[1], command, "", NULL }),
		0);
	if (strcmp(out, offers) != 0)
		printf("# %s %s: '%s'\n", command, option ? option : "", out);
	CU_ASSERT_STRING_EQUAL(out, offers);
	free(out);
}

static void commands_offer_their_words(void)
{
	static const char *const readers[] = { "view", "stats", "check", "diff", "query",
		"export" };
	size_t i;

	for (i = 0; i < sizeof(readers) / sizeof(readers[0]); i++)
		check_offers(readers[i], "--reader", "ctf\t\nbabeltrace\t\n");
	check_offers("export", "--what", "events\t\nintervals\t\noperations\t\nthreads\t\n");
	check_offers("query", "--format", "table\t\ncsv\t\njson\t\n");
	check_offers("scan", NULL, "");
	check_offers("snapshot", NULL, ":dirs\n");
	check_offers("record", "--rotate", "");
	check_offers("diff", "--fail-if", "");
}

/*
 * glibc's argp may write the indent of a text before the option it belongs to, where its buffer
 * ends and the text has a line of its own. Then a shorter name of the value does.
 */
static bool is_straight(const char *line, size_t len)
{
	size_t blanks = strspn(line, " "), words = len;

	while (words > 0 && line[words - 1] == ' ')
		words--;
	/* Texts stand after 24 blanks, where glibc's own format is kept after 29. */
	return len < 80 && !(blanks > 24 && blanks != 29 && line[blanks] == '-') &&
	       !memmem(line + blanks, words > blanks ? words - blanks : 0,
		       "                         ", 25);
}

static void the_columns_of_each_help_stand_straight(void)
{
	const char *argv[] = { "sh", "-c",
		"for c in '' $(\"$0\" --help | sed -n 's/^  \\([a-z]\\{1,\\}\\)  .*/\\1/p'); do "
		"\"$0\" $c --help; done; for c in '' list next start check watch predict hint "
		"replay view reset solution grade verify author soak; do \"$0\" lab $c --help; "
		"done; for p in explore workload mutate real; do ! [ -x \"$0-$p\" ] || \"$0-$p\" "
		"--help; done",
		wg_build_path("wakegap"), NULL };
	char *out = NULL, *line;
	size_t len;

	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
	CU_ASSERT(wg_has(out, "Usage: wakegap export") && wg_has(out, "Usage: wakegap lab soak"));
	CU_ASSERT(wg_has(out, "Usage: wakegap-explore") && wg_has(out, "usage: wakegap-workload"));
	for (line = out; *line; line += len + (line[len] == '\n')) {
		len = strcspn(line, "\n");
		if (!is_straight(line, len))
			printf("# '%.*s'\n", (int)len, line);
		CU_ASSERT(is_straight(line, len));
	}
	free(out);
}

void suite_options(void)
{
	WG_TEST(options_reach_their_parsers);
	WG_TEST(mistakes_are_one_line);
	WG_TEST(the_word_that_was_meant_is_found);
	WG_TEST(help_is_made_from_the_table);
	WG_TEST(a_page_is_made_from_the_table);
	WG_TEST(completion_is_made_from_the_table);
	WG_TEST(commands_offer_their_words);
	WG_TEST(the_columns_of_each_help_stand_straight);
}
