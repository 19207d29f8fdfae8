/*
 * cmd.h: what a command of `wakegap` is.
 *
 * A command is one file, cmd_NAME.c, and one line of the table in main.c. It gets argv with its own
 * name in argv[0], speaks to people itself (say.h) and returns the exit status.
 */
#ifndef VIZ_BASE_CMD_H
#define VIZ_BASE_CMD_H

enum {
	WG_EXIT_OK = 0,
	WG_EXIT_FAILED = 1, /* or a bound is broken */
	WG_EXIT_USAGE = 2,
	WG_EXIT_SKIPPED = 77, /* for want of something that was named */
};

int cmd_check(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_lab(int argc, char **argv);
int cmd_live(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_view(int argc, char **argv);

#endif
