/*
 * box_impl.h: between the files of the box: box.c (the grader's side), keeper.c (the processes
 * around the program), fence.c (what they may not do), filter.c (which system calls).
 */
#ifndef LABS_GRADE_BOX_BOX_IMPL_H
#define LABS_GRADE_BOX_BOX_IMPL_H

#include <stdint.h>
#include <sys/types.h>

#include "labs/grade/box/box.h"

/* What goes over the status pipe: once when the fences are up, once when the program has ended. */
struct wg__box_news {
	uint32_t is_end;
	uint32_t fences;
	int32_t status; /* as of waitpid(2) */
};

struct wg__box {
	const struct wg_box_options *options;
	int out_fd, report_fd, status_fd, null_fd; /* the program's ends; report_fd may be -1 */
	pid_t grader;
	pid_t keeper;
	unsigned user; /* wg_box_user() of the grader */
	unsigned fences;
};

/* The keeper's life; called in the child, does not return. */
_Noreturn void wg__box_keep(struct wg__box *box);

/* As root, become the box's user. 0 or -1. */
int wg__box_drop_root(struct wg__box *box);

/* Namespaces, if this machine has them for us; the fences that stand are noted. */
void wg__box_enter_namespaces(struct wg__box *box);

/* As the first process in there: a /proc of its own, and files that cannot be written. */
void wg__box_fence_files(struct wg__box *box);

/* Just before exec: limits, no new rights, the filter. 0 or -1. */
int wg__box_limit(const struct wg__box *box);

/* Install the filter of system calls; true if there is one. */
bool wg__box_filter(const struct wg__box *box);
bool wg__box_can_filter(void);

#endif
