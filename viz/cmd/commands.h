/*
 * commands.h: the commands of `wakegap`.
 *
 * A command is one file, cmd/NAME.c, and one line of the table in main.c. It gets argv with its own
 * name in argv[0], speaks to people itself (say.h) and returns the exit status.
 */
#ifndef VIZ_CMD_COMMANDS_H
#define VIZ_CMD_COMMANDS_H

#include "traces/base/options.h"

extern const struct wg_cmd wg_cmd_check, wg_cmd_demo, wg_cmd_diff, wg_cmd_doctor, wg_cmd_export,
	wg_cmd_import, wg_cmd_lab, wg_cmd_live, wg_cmd_query, wg_cmd_record, wg_cmd_run,
	wg_cmd_scan, wg_cmd_snapshot, wg_cmd_stats, wg_cmd_tour, wg_cmd_view;

#endif
