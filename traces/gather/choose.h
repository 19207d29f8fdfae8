/*
 * choose.h: which observer fits a command, as far as one can tell before it runs.
 *
 * A program that emits wakegap events names them in a section of its file, or of a library that it
 * needs. If the command is a shell or starts another program, that one is among its words, or in
 * the text of a script. Everything else is recorded by the preload library.
 */
#ifndef TRACES_GATHER_CHOOSE_H
#define TRACES_GATHER_CHOOSE_H

#include <stdbool.h>

enum wg_observer { WG_WITH_ANY, WG_WITH_LTTNG, WG_WITH_KERNEL, WG_WITH_PRELOAD };

struct wg_choice {
	enum wg_observer with;
	char why[320];	/* "PROGRAM emits wakegap events" */
	char warn[480]; /* the preload library will not see it: why, and what does; or "" */
};

/* forced: WG_WITH_ANY, or what the user wants. A command that is not there is no error here. */
void wg_choose(char *const *argv, enum wg_observer forced, struct wg_choice *ret);

/* Has that file, or a library that it needs, tracepoints of wakegap? */
bool wg_has_tracepoints(const char *path);

#endif
