/*
 * recorder_write.h: what was kept becomes files, all or none. Private to the recorder.
 */
#ifndef CORE_WORKLOAD_RECORDER_WRITE_H
#define CORE_WORKLOAD_RECORDER_WRITE_H

#include "core/workload/recorder_kept.h"

/*
 * A trace of the settled threads in list, which ends at end_ns, in the folder, which is empty. 0,
 * or a negative errno, and then no file of it is left.
 */
int wg__recorder_write(int dir_fd, const struct wg__kept *list, int64_t end_ns);

#endif
