/*
 * record_to.h: the part of `wakegap record` that sends the trace to another host.
 */
#ifndef VIZ_CMD_RECORD_TO_H
#define VIZ_CMD_RECORD_TO_H

#include <argp.h>
#include <stdbool.h>

#include "traces/record/record.h"

struct wg_to {
	const char *url; /* NULL: the trace stays here */
	bool is_live;
};

/* For an argp_child; its input is a struct wg_to. */
extern const struct argp wg_to_argp;

/* Put it into the options. */
void wg_to_use(const struct wg_to *to, struct wg_record_options *record);

/* May this recorder ("the kernel") go on? False, and a line says what to do, if it cannot send. */
bool wg_to_goes_with(const struct wg_to *to, const char *recorder);

/* Where the trace is. */
void wg_to_say(const struct wg_to *to, const struct wg_record_result *result);

#endif
