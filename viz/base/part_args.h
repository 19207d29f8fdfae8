/*
 * part_args.h: the options that choose a part of a trace, the same for every command that counts.
 */
#ifndef VIZ_BASE_PART_ARGS_H
#define VIZ_BASE_PART_ARGS_H

#include <argp.h>

#include "traces/measure/part.h"

/* For an argp_child; its input is a struct wg_part. */
extern const struct argp wg_part_argp;

/* The words of its arguments, and of those of reader_args.h; see struct wg_cmd. */
const char *wg_part_words(const char *metavar);

#endif
