/*
 * box_impl.h: between the files of the box: box.c (the grader's side), keeper.c (the processes
 * around the program), fence.c (its user and its limits), memory_sum.c (what its processes use
 * together), world.c (which files and processes it sees), filter.c (which system calls it may
 * make).
 */
#ifndef LABS_GRADE_BOX_BOX_IMPL_H
#define LABS_GRADE_BOX_BOX_IMPL_H

#include <stdint.h>
#include <sys/types.h>

#include "labs/grade/base/words.h"
#include "labs/grade/box/box.h"

/* What goes over the status pipe: once when the fences are up, once when the program has ended. */
struct wg__box_news {
	uint32_t is_end;
	uint32_t fences;
	int32_t exit_code; /* -1: a signal ended it */
	int32_t signal;
	uint64_t used_bytes; /* not 0: it was ended, because all its processes used that much */
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

/* Can the program have a world of its own here? Blocks for a moment. */
bool wg__box_has_world(struct wg__box *box);

/* The words that start bwrap; the program's follow. */
void wg__box_add_world(struct wg_words *w, const struct wg_box_options *o);

/* Just before exec: limits, no new rights. 0 or -1. */
int wg__box_limit(const struct wg__box *box);

/* Bytes in memory of all processes below this one; what they share counts once, if it is needed to
 * tell whether that is more than `most`. Blocks for some milliseconds at most. Not reentrant. */
uint64_t wg__box_memory(uint64_t most);

/* Install the filter of system calls, or write it to a file for bwrap. 0 or a descriptor, or -1. */
int wg__box_filter(const struct wg__box *box);
int wg__box_filter_fd(const struct wg__box *box);
bool wg__box_can_filter(void);

#endif
