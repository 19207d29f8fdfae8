/*
 * fence.h: what the lab's process may not do, wherever the explorer runs: in the grader's box or by
 * itself.
 *
 * The explorer's parent process writes reports and traces, so the lab's process needs no file, no
 * other process and no other program. The limits come first, before the lab's constructors run.
 */
#ifndef LABS_EXPLORE_LAB_FENCE_H
#define LABS_EXPLORE_LAB_FENCE_H

/* From now on this process neither forks, nor runs another program, nor makes, changes or removes
 * files: such calls fail with EPERM. Bytes written to a file end it with SIGXFSZ. Where the kernel
 * has no filters of system calls, only the limits on processes and bytes hold. */
void lx_fence(void);

/* A system call that is made by this code itself, not by a library, is a SIGSYS. */
void lx_fence_code(const char *begin, const char *end);

#endif
