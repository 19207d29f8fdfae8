/*
 * commands.h: what a command of `wakegap` is.
 *
 * A command is one file, NAME.c, and one line of the table in main.c. It gets argv with its own
 * name in argv[0], speaks to people itself (say.h) and returns the exit status.
 */
#ifndef VIZ_CMD_COMMANDS_H
#define VIZ_CMD_COMMANDS_H

#include "traces/base/say.h"

int cmd_check(int argc, char **argv);
int cmd_export(int argc, char **argv);
int cmd_lab(int argc, char **argv);
int cmd_live(int argc, char **argv);
int cmd_record(int argc, char **argv);
int cmd_run(int argc, char **argv);
int cmd_stats(int argc, char **argv);
int cmd_view(int argc, char **argv);

#endif
