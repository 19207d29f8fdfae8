/*
 * part_args.h: the options that choose a part of a trace, the same for every command that counts.
 */
#ifndef VIZ_BASE_PART_ARGS_H
#define VIZ_BASE_PART_ARGS_H

#include "traces/measure/part.h"

/* The lines of --help about them; ends with a newline. */
extern const char wg_part_help[];

/*
 * Is argv[*i] option `name`, as "--name VALUE" or "--name=VALUE"? 1: yes, *ret_value is set and *i
 * at the last argument taken; 0: no; -1: yes, and the value is missing.
 */
int wg_option_value(int argc, char **argv, int *i, const char *name, const char **ret_value);

/*
 * Take argv[*i] if it chooses a part. 1 taken; 0 not one of these; -1 a mistake, which was told to
 * the user of `wakegap COMMAND`.
 */
int wg_part_option(const char *command, int argc, char **argv, int *i, struct wg_part *part);

/* After the last option: 0, or -1 if they contradict each other, which was told. */
int wg_part_done(const char *command, const struct wg_part *part);

#endif
