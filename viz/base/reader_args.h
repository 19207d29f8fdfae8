/*
 * reader_args.h: the options that choose who decodes a trace, the same for every command that reads
 * one. They take effect for the process, while options are parsed.
 */
#ifndef VIZ_BASE_READER_ARGS_H
#define VIZ_BASE_READER_ARGS_H

#include <argp.h>

/* For an argp_child; it has no input. */
extern const struct argp wg_reader_argp;

/* The words of its arguments; see struct wg_cmd. */
const char *wg_reader_words(const char *metavar);

#endif
