/*
 * follow.h: record one command with libwakegap-preload.so: any dynamically linked program.
 *
 *   F1. The library is in LD_PRELOAD of the command and of all that it starts, in front of what was
 *       there. They get our standard streams and signals; their status is passed on.
 *   F2. Their records are in memory-backed files below /dev/shm, or in the trace's folder if there
 *       is no room, and take at most half of the free space, 256 MiB, or what max_bytes allows.
 *       What has no room there goes to the disk (spill.h). They are gone when the trace is there.
 *
 *   F3. The trace is made when the command has ended. What still runs is not recorded any more.
 *
 *   F5. Of a flight recorder the folder has snapshots, and what is kept is in memory of its own;
 *       nothing of it outlives this process.
 */
#ifndef TRACES_GATHER_FOLLOW_H
#define TRACES_GATHER_FOLLOW_H

#include "traces/gather/gather.h"
#include "traces/record/record.h"

/*
 * As wg_record(), by the library at that path. Of the result, discarded counts records for which
 * there was no room. Errors, each with a line: as wg_record(), but for LTTng's.
 */
int wg_follow(const struct wg_record_options *options, const char *library,
	struct wg_record_result *ret_result, struct wg_gather_stats *ret_stats,
	struct wg_error *err);

/*
 * F4. If this process is killed, the records stay, and so does the folder of the trace: make the
 * trace of what is there. What still runs is not recorded any more. -ENOENT: there is nothing to
 * finish; -EBUSY: its recorder is at work; each error with a line, and then all stays as it is.
 */
int wg_follow_finish(const char *dir, struct wg_record_result *ret_result,
	struct wg_gather_stats *ret_stats, struct wg_error *err);

#endif
