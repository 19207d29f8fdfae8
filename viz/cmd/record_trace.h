/*
 * record_trace.h: the part of `wakegap record` that looks into the trace that LTTng left.
 */
#ifndef VIZ_CMD_RECORD_TRACE_H
#define VIZ_CMD_RECORD_TRACE_H

#include "traces/record/record.h"

/* Where it is, how many processes of the command are in it, and what others are. */
void wg_record_say_trace(const char *command, const struct wg_record_result *result);

#endif
