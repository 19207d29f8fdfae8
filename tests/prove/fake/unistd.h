/*
 * unistd.h: the system's, and in front of it one file whose calls a scenario controls (files.c):
 * the explorer has no files, and here a call can be interrupted, or fail, as often as it takes.
 * Other descriptors and paths are what they were. A workload that
 * hangs ends its thread (watched.c). It comes first on the include path.
 */
#ifndef TESTS_PROVE_FAKE_UNISTD_H
#define TESTS_PROVE_FAKE_UNISTD_H

#pragma GCC system_header
#include_next <unistd.h>
#include <fcntl.h>
#include <stdint.h>
#include <sys/stat.h>

#define PROVE_FILE 7777 /* its descriptor */

/* Note the call, and return what the scenario wants. buf: where the bytes go, or come from. */
int64_t prove_file_call(const char *call, int fd, const void *buf, int64_t len, int64_t offset);

#define read(fd, buf, len)                                                                         \
	((fd) == PROVE_FILE ? (ssize_t)prove_file_call("read", fd, buf, (int64_t)(len), -1)        \
			    : (read)(fd, buf, len))
#define write(fd, buf, len)                                                                        \
	((fd) == PROVE_FILE ? (ssize_t)prove_file_call("write", fd, buf, (int64_t)(len), -1)       \
			    : (write)(fd, buf, len))
#define close(fd)		 ((fd) == PROVE_FILE ? (int)prove_file_call("close", fd, NULL, 0, 0) : (close)(fd))
#define pread(fd, buf, len, at)	 (ssize_t) prove_file_call("pread", fd, buf, (int64_t)(len), at)
#define pwrite(fd, buf, len, at) (ssize_t) prove_file_call("pwrite", fd, buf, (int64_t)(len), at)
#define open(path, flags, mode)	 (int)prove_file_call("open", flags, path, mode, 0)
#define stat(path, buf)		 (int)prove_file_call(path, 0, buf, 0, 0)

/* How a workload that hangs ends, but not the explorer. */
#define PROVE_HANGS 3
_Noreturn void prove_exit(int status);
#define _exit(status) ((status) == PROVE_HANGS ? prove_exit(status) : (_exit)(status))

#endif
