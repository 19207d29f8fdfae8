/*
 * regular.h: open a file that somebody else named, for reading.
 */
#ifndef TRACES_BASE_REGULAR_H
#define TRACES_BASE_REGULAR_H

#include <sys/stat.h>

/*
 * Open path below the folder `at` and stat it. Never blocks: a FIFO or a device in place of a file
 * is -EINVAL. The descriptor, or a negative errno.
 */
int wg__open_regular(int at, const char *path, struct stat *ret_stat);

#endif
