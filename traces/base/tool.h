/*
 * tool.h: what a small program of ours has that is no command of wakegap: -h and -V beside argp's
 * long forms, and a line and an exit status if standard output could not be written.
 *
 *	static const struct argp_child children[] = { { .argp = &wg_tool_argp }, { 0 } };
 *	...
 *	wg_tool_begin("wakegap-mutate", 1);
 */
#ifndef TRACES_BASE_TOOL_H
#define TRACES_BASE_TOOL_H

#include <argp.h>

extern const struct argp wg_tool_argp;

/* First in main(). name is static. At exit, what could not be written is said, and the status is
 * `failed`; a closed pipe ends the program without a word. */
void wg_tool_begin(const char *name, int failed);

#endif
