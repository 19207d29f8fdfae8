/*
 * own.h: run a command that writes its own trace, in a folder that is made for it.
 */
#ifndef TRACES_RECORD_OWN_H
#define TRACES_RECORD_OWN_H

#include "traces/record/record.h"

/*
 * As wg_record(), without LTTng: signals, the command's end and the folder are handled as there.
 * argv names the folder options->dir, where the command leaves `metadata` last. Without it the
 * folder is removed, and has_events is false. Errors, each with a line: as wg_record(), but for
 * LTTng's. If this process is killed, an empty folder stays.
 */
int wg_record_own(const struct wg_record_options *options, struct wg_record_result *ret_result,
	struct wg_error *err);

#endif
