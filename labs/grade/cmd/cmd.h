/*
 * cmd.h: what a command of `wakegap lab` is: argv with its own name in argv[0], an exit status.
 */
#ifndef LABS_GRADE_CMD_CMD_H
#define LABS_GRADE_CMD_CMD_H

#include <stdbool.h>

/* Any of them: argv as of main(). */
int wg_lab_command(int argc, char **argv);

int wg_lab_list(int argc, char **argv);
int wg_lab_start(int argc, char **argv);
int wg_lab_check_cmd(int argc, char **argv);
int wg_lab_watch(int argc, char **argv);
int wg_lab_hint(int argc, char **argv);
int wg_lab_predict(int argc, char **argv);
int wg_lab_replay(int argc, char **argv);
int wg_lab_view(int argc, char **argv);
int wg_lab_reset(int argc, char **argv);
int wg_lab_solution(int argc, char **argv);
int wg_lab_grade(int argc, char **argv);
int wg_lab_verify(int argc, char **argv);
int wg_lab_author(int argc, char **argv);
int wg_lab_soak(int argc, char **argv);

/*
 * A folder as the only argument; ".": none was given. NULL: usage, which was said. Beside it `flag`
 * may be given ("--yes"; NULL: there is none), before or after the folder; what follows "--" is no
 * option.
 */
const char *wg_lab_folder(int argc, char **argv);
const char *wg_lab_folder_flag(int argc, char **argv, const char *flag, bool *ret_is_given);

/* How many hints a lab has. */
struct wg_lab;
int wg_hint_count(const struct wg_lab *lab);

/* Show a schedule in the viewer; SCENARIO/ID. An exit status. (check and watch have it, too.) */
struct wg_open;
int wg_lab_show(struct wg_open *o, const char *schedule);

#endif
