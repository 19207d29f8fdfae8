/*
 * commands.c: the table of commands, and the options that they take.
 */
#include <string.h>

#include "labs/grade/base/memory.h"
#include "labs/grade/base/say.h"
#include "labs/grade/cmd/cmd.h"
#include "labs/grade/course/course.h"
#include "labs/grade/tell/writers.h"
#include "traces/base/near.h"
#include "traces/base/options.h"
#include "traces/base/units.h"

enum {
	KEY_SECONDS = 0x100,
	KEY_REAL,
	KEY_TRACE,
	KEY_POLL,
	KEY_YES,
	KEY_GIVE_UP,
	KEY_FORMAT,
	KEY_STUDENT,
	KEY_LAB,
	KEY_RUNS,
	KEY_JOBS,
	KEY_FACTS,
	KEY_FEEDBACK,
};

struct command {
	struct wg_cmd cmd;
	int (*run)(const struct wg_lab_call *call);
	unsigned least, most; /* arguments */
	unsigned folder;      /* which of them is a lab's folder, from 1; 0: none */
};

/* What a parser fills. */
struct input {
	const struct command *command;
	struct wg_lab_call call;
};

/* ---- values ---- */

/* Their names. Static. */
static const char *all_formats(void)
{
	static char all[128];
	const struct wg_writer *w;
	size_t i, len = 0;

	for (i = 0; (w = wg_writer_at(i)) && len < sizeof(all); i++)
		len += (size_t)snprintf(
			all + len, sizeof(all) - len, "%s%s", i ? ", " : "", w->name);
	return all;
}

static error_t take_format(const struct argp_state *state, const char *arg, struct wg_lab_call *c)
{
	char hint[160];

	c->writer = wg_writer_find(arg);
	if (c->writer)
		return 0;
	return wg_option_fail(state, "no format '%s'%s", arg,
		wg_near_hint(hint, sizeof(hint), arg, all_formats()));
}

static error_t take_number(const struct argp_state *state, const char *name, const char *arg,
	uint64_t max, uint64_t *ret)
{
	if (wg_parse_number(arg, 1, max, ret) == 0)
		return 0;
	return wg_option_fail(
		state, "--%s takes a number from 1 to %u, not '%s'", name, (unsigned)max, arg);
}

static error_t take_word(const struct argp_state *state, char *arg, struct input *in)
{
	if (state->arg_num >= in->command->most)
		return wg_option_fail(state, "'%s' is one argument too many", arg);
	in->call.words[state->arg_num] = wg_option_folder(arg);
	return 0;
}

static error_t take_end(const struct argp_state *state, struct input *in)
{
	const struct command *c = in->command;

	if (state->arg_num < c->least)
		return wg_option_fail(
			state, "an argument is missing: %s", c->cmd.table()->args_doc);
	if (in->call.trace && !in->call.is_real)
		return wg_option_fail(state, "--trace keeps the recording of --real: give both");
	if (c->folder && !in->call.words[c->folder - 1])
		in->call.words[c->folder - 1] = ".";
	return 0;
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct input *in = state->input;
	struct wg_lab_call *c = &in->call;
	uint64_t n = 0;
	error_t rc = 0;

	switch (key) {
	case KEY_SECONDS:
		rc = take_number(state, "seconds", arg, 3600, &n);
		c->wall_ms = (int)n * 1000;
		return rc;
	case KEY_RUNS:
		rc = take_number(state, "runs", arg, 1000, &n);
		c->runs = (unsigned)n;
		return rc;
	case KEY_JOBS:
		rc = take_number(state, "jobs", arg, 256, &n);
		c->jobs = (unsigned)n;
		return rc;
	case KEY_FACTS: c->has_facts = true; return 0;
	case KEY_FEEDBACK: c->feedback = arg; return 0;
	case KEY_REAL: c->is_real = true; return 0;
	case KEY_TRACE: c->trace = arg; return 0;
	case KEY_POLL: c->must_look = true; return 0;
	case KEY_YES: c->is_agreed = true; return 0;
	case KEY_GIVE_UP: c->gives_up = true; return 0;
	case KEY_FORMAT: return take_format(state, arg, c);
	case KEY_STUDENT: c->student = arg; return 0;
	case KEY_LAB: c->lab = arg; return 0;
	case 'o': c->out = arg; return 0;
	case ARGP_KEY_ARG: return take_word(state, arg, in);
	case ARGP_KEY_END: return take_end(state, in);
	default: return ARGP_ERR_UNKNOWN;
	}
}

/* ---- the commands ---- */

static int run(int argc, char **argv);
static const char *words_of(const char *metavar);

/* A command: the arguments it takes, at least and at most how many, and which is a lab's folder. */
#define COMMAND(word, about, takes, at_least, at_most, folder_at, more, ...)                       \
	static const struct argp *word##_table(void)                                               \
	{                                                                                          \
		static const struct argp_option options[] = { __VA_ARGS__{ 0 } };                  \
		static const struct argp table = { options, take, takes, about "\v" more, NULL,    \
			NULL, NULL };                                                              \
                                                                                                   \
		return &table;                                                                     \
	}                                                                                          \
	static const struct command word = { .cmd = { .name = "wakegap lab " #word,                \
						     .does = about,                                \
						     .main = run,                                  \
						     .table = word##_table,                        \
						     .words = words_of },                          \
		.run = wg_lab_##word,                                                              \
		.least = at_least,                                                                 \
		.most = at_most,                                                                   \
		.folder = folder_at };

#define FOLDER                                                                                     \
	"DIR is the folder that `start` made, or the number of a lab that was started; the "       \
	"current folder if it is left out."
#define VERDICT "Exit status: 0 passed, 1 failed, 77 inconclusive."
#define SECONDS { "seconds", KEY_SECONDS, "N", 0, "the longest that a check may take (60)", 0 },
#define RESULT                                                                                     \
	{ "format", KEY_FORMAT, "FORMAT", 0,                                                       \
		"json, gradescope, prairielearn, autolab, github, exercism or csv", 0 },           \
		{ NULL, 'o', "FILE", 0, "write the result there, as a whole or not at all", 0 },   \
		{ "student", KEY_STUDENT, "NAME", 0, "a name that stands in the result", 0 },      \
		{ "facts", KEY_FACTS, NULL, 0,                                                     \
			"attempts, hints and minutes, as the student's folder says them", 0 },

COMMAND(list, "list the labs, how long each takes, and how far you are", NULL, 0, 0, 0, "", )
COMMAND(next, "say which lab comes next", NULL, 0, 0, 0, "", )
COMMAND(start, "put a lab into a new folder", "LAB [DIR]", 1, 2, 0,
	"LAB is the number of a lab, or the beginning of its name.", )
COMMAND(check, "try your solution in every schedule", "[DIR]", 0, 1, 1, FOLDER "\n\n" VERDICT,
	SECONDS{ "real", KEY_REAL, NULL, 0, "on real threads as well, recorded with LTTng", 0 },
	{ "trace", KEY_TRACE, "DIR", 0, "with --real: keep the recording, for `wakegap view`",
		0 }, )
COMMAND(watch, "check after each save", "[DIR]", 0, 1, 1, FOLDER,
	SECONDS{ "poll", KEY_POLL, NULL, 0, "look once a second instead of waiting for events",
		0 }, )
COMMAND(predict, "answer questions before you look", "[DIR]", 0, 1, 1, FOLDER, )
COMMAND(hint, "show the next hint", "[DIR]", 0, 1, 1, FOLDER, )
COMMAND(replay, "run one schedule again, step by step", "SCENARIO/ID [DIR]", 1, 2, 2,
	"SCENARIO/ID names a schedule, as `check` prints it. " FOLDER "\n\n" VERDICT, )
COMMAND(view, "show the schedule that failed in the viewer", "[DIR]", 0, 1, 1, FOLDER, )
COMMAND(reset, "put the files back as they were at the start", "[DIR]", 0, 1, 1, FOLDER,
	{ "yes", KEY_YES, NULL, 0, "do not ask", 0 }, )
COMMAND(solution, "show our solution, once yours has passed", "[DIR]", 0, 1, 1, FOLDER,
	{ "give-up", KEY_GIVE_UP, NULL, 0,
		"show it before you have passed; the lab counts as seen, not as passed", 0 }, )
COMMAND(grade, "check, and write the result for a grading system", "[DIR]", 0, 1, 1,
	FOLDER "\n\nExit status: 0 a result is written, whatever it says; 1 none is.",
	SECONDS RESULT)
COMMAND(verify, "for teachers: grade what was handed in", "PATH", 1, 1, 0,
	"PATH is a submission: a tar or zip file, or a folder. Or it is a folder of submissions, "
	"and "
	"of folders of them: then one CSV is written, a row for each.\n\n" VERDICT
	" Of a folder of submissions: 0 all have a row, whatever it says; 1 there is no result, or "
	"not all feedback.",
	SECONDS RESULT{
		"lab", KEY_LAB, "LAB", 0, "if a submission does not say which lab it is", 0 },
	{ "jobs", KEY_JOBS, "N", 0, "so many at a time (as many as there are processors)", 0 },
	{ "feedback", KEY_FEEDBACK, "DIR", 0,
		"of a folder of submissions: write what each student reads there", 0 }, )
COMMAND(author, "for authors: does a lab judge as its lab.conf says?", "[LAB]", 0, 1, 0,
	"Without LAB: all labs.", )
COMMAND(soak, "for authors: run solutions on real threads, idle and loaded", "[LAB]", 0, 1, 0,
	"Without LAB: all labs.", { "runs", KEY_RUNS, "N", 0, "so many of each (3)", 0 }, )

static const struct wg_cmd *const all[] = { &list.cmd, &next.cmd, &start.cmd, &check.cmd,
	&watch.cmd, &predict.cmd, &hint.cmd, &replay.cmd, &view.cmd, &reset.cmd, &solution.cmd,
	&grade.cmd, &verify.cmd, &author.cmd, &soak.cmd, NULL };

/* For completion: the labs that are here. Static. */
static const char *all_labs(void)
{
	static char names[1024];
	struct wg_course course;
	struct wg_error err = { 0 };
	size_t i, len = 0;

	if (wg_course_read(&course, &err) < 0)
		return NULL;
	for (i = 0; i < course.count && len < sizeof(names); i++)
		len += (size_t)snprintf(
			names + len, sizeof(names) - len, "%s%s", i ? " " : "", course.v[i].name);
	wg_course_fini(&course);
	return names;
}

static const char *words_of(const char *metavar)
{
	if (strcmp(metavar, "LAB") == 0)
		return all_labs();
	return strcmp(metavar, "FORMAT") == 0 ? all_formats() : NULL;
}

/* argv[0] says which. */
static int run(int argc, char **argv)
{
	struct input in = { .call = { .runs = 3 } };
	size_t i = 0;
	int rc;

	while (strcmp(wg_cmd_word(all[i]), argv[0]) != 0)
		i++;
	in.command = (const struct command *)all[i]; /* its first member */
	rc = wg_options_parse(all[i], argc, argv, 0, &in);
	if (rc >= 0)
		return rc;
	rc = in.command->run(&in.call);
	if (rc == WG_EXIT_OK && wg_memory_is_short()) {
		wg_lab_say("out of memory");
		rc = WG_EXIT_FAILED;
	}
	return wg_say_flushed(rc);
}

static const struct argp *lab_table(void);

static const struct wg_cmd lab = { .name = "wakegap lab",
	.does = "exercises on real event-loop bugs, judged in every schedule",
	.table = lab_table,
	.manual = wg_lab_manual,
	.commands = all,
	.words = words_of };

static const struct argp *lab_table(void)
{
	return wg_commands_table(&lab,
		"Exercises on real event-loop bugs, judged in every schedule there is.\v"
		"First steps:\n\n  wakegap lab list\n  wakegap lab start 1\n\n"
		"Exit status: 0 passed or done, 1 failed, 2 usage, 77 inconclusive.");
}

int wg_lab_command(int argc, char **argv)
{
	wg_memory_watch();
	return wg_commands_run(&lab, argc, argv);
}
