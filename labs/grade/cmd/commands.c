/*
 * commands.c: the table of commands.
 */
#include <stdio.h>
#include <string.h>

#include "labs/grade/cmd/cmd.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/base/say.h"

const char *wg_lab_folder_flag(int argc, char **argv, const char *flag, bool *ret_is_given)
{
	const char *folder = NULL;
	bool are_options = true;
	int i;

	*ret_is_given = false;
	for (i = 1; i < argc; i++) {
		bool is_option = are_options && argv[i][0] == '-' && argv[i][1];

		if (is_option && strcmp(argv[i], "--") == 0) {
			are_options = false;
		} else if (is_option && flag && strcmp(argv[i], flag) == 0) {
			*ret_is_given = true;
		} else if (is_option) {
			(void)wg_lab_usage("%s has no option '%s'; it takes %s%sa folder", argv[0],
				argv[i], flag ? flag : "", flag ? " and " : "");
			return NULL;
		} else if (folder) {
			(void)wg_lab_usage("%s takes one folder; '%s' is one argument too many",
				argv[0], argv[i]);
			return NULL;
		} else {
			folder = argv[i];
		}
	}
	return folder ? folder : ".";
}

const char *wg_lab_folder(int argc, char **argv)
{
	bool none;

	return wg_lab_folder_flag(argc, argv, NULL, &none);
}

static const struct command {
	const char *name;
	int (*main)(int argc, char **argv);
	const char *takes, *does;
} commands[] = {
	{ "list", wg_lab_list, "", "the labs, how long each takes, and how far you are" },
	{ "start", wg_lab_start, "N [DIR]", "put lab N into a new folder" },
	{ "check", wg_lab_check_cmd, "[DIR]", "try your solution in every schedule" },
	{ "watch", wg_lab_watch, "[DIR]", "check after each save" },
	{ "predict", wg_lab_predict, "[DIR]", "questions to answer before you look" },
	{ "hint", wg_lab_hint, "[DIR]", "the next hint" },
	{ "replay", wg_lab_replay, "ID [DIR]", "one schedule again, step by step" },
	{ "view", wg_lab_view, "[DIR]", "the schedule that failed, in the viewer" },
	{ "reset", wg_lab_reset, "[DIR]", "put the files back as they were at the start" },
	{ "solution", wg_lab_solution, "[DIR]", "ours, once yours has passed" },
	{ "grade", wg_lab_grade, "[DIR]", "check, and write the result for a grading system" },
	{ "verify", wg_lab_verify, "FILE.tar", "for teachers: grade what was handed in" },
	{ "author", wg_lab_author, "[N]", "for authors: does lab N judge as it says?" },
	{ "soak", wg_lab_soak, "[N]",
		"for authors: its solution on real threads, idle and loaded" },
};

#define COMMAND_COUNT (sizeof(commands) / sizeof(commands[0]))

static void print_help(void)
{
	size_t i;

	puts("wakegap lab: exercises on real event-loop bugs, judged in every schedule there "
	     "is.\n\n"
	     "usage: wakegap lab COMMAND [OPTION...]\n");
	for (i = 0; i < COMMAND_COUNT; i++)
		printf("  %-8s %-9s %s\n", commands[i].name, commands[i].takes, commands[i].does);
	puts("\n  --seconds N                 the longest that a check may take (60); check, "
	     "watch,\n"
	     "                              grade and verify take it\n"
	     "  check --real                on real threads as well, recorded with LTTng\n"
	     "  check --real --trace DIR    and the recording is left there, for wakegap view\n"
	     "  watch --poll                look once a second instead of waiting for events\n"
	     "  reset --yes                 do not ask\n"
	     "  solution --give-up          show it now; the lab counts as seen, not as passed\n"
	     "  grade, verify --format F    json, gradescope, prairielearn, autolab, exercism, "
	     "csv\n"
	     "  grade, verify -o FILE       write it there, whole or not at all; --student NAME "
	     "is\n"
	     "                              noted in it\n"
	     "  soak --runs N               so many of each (3)\n"
	     "  verify --lab N              if the tar file does not say which lab it is\n\n"
	     "DIR is the folder that `start` made, or the lab's number; the current one if it is "
	     "left out. First steps:\n"
	     "  wakegap lab list\n"
	     "  wakegap lab start 1\n\n"
	     "exit status: 0 passed or done, 1 failed, 2 usage, 77 inconclusive");
}

static int run(const struct command *c, int argc, char **argv)
{
	int rc = c->main(argc, argv);

	if (rc == WG_LAB_OK && wg_memory_is_short()) {
		wg_lab_say("out of memory");
		rc = WG_LAB_FAILED;
	}
	if (fflush(stdout) != 0 && rc == WG_LAB_OK) {
		wg_lab_say("cannot write the answer");
		rc = WG_LAB_FAILED;
	}
	return rc;
}

int wg_lab_command(int argc, char **argv)
{
	size_t i;

	wg_memory_watch();
	if (argc < 2) {
		print_help();
		return WG_LAB_USAGE;
	}
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0 ||
		strcmp(argv[1], "help") == 0) {
		print_help();
		return fflush(stdout) == 0 ? WG_LAB_OK : WG_LAB_FAILED;
	}
	for (i = 0; i < COMMAND_COUNT; i++) {
		if (strcmp(argv[1], commands[i].name) != 0)
			continue;
		if (argc == 3 && strcmp(argv[2], "--help") == 0) {
			print_help();
			return WG_LAB_OK;
		}
		return run(&commands[i], argc - 1, argv + 1);
	}
	return wg_lab_usage("no command '%s'", argv[1]);
}
