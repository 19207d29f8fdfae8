/*
 * scratch.h: a temporary folder in which a damaged trace is laid out anew. Private to traces/.
 *
 * A killed process leaves its folder behind. The next one that makes a folder removes those whose
 * owner is gone.
 */
#ifndef TRACES_BASE_SCRATCH_H
#define TRACES_BASE_SCRATCH_H

#include <stdbool.h>
#include <stddef.h>

/* All zero: nothing made yet. The folder is made on first use, below $TMPDIR or /tmp. */
struct wg__scratch {
	const char *parent; /* or NULL: there; set before the first use, and lives as long */
	char *root;
	int lock_fd;	/* on root, locked as long as it has an owner */
	int spare_fd;	/* kept for the removal, which needs two */
	unsigned count; /* folders made in it */
};

/* A new empty folder; 0 and its path (the caller's) or a negative errno. */
int wg__scratch_folder(struct wg__scratch *scratch, char **ret_dir);

/* In ret: what strerror(-rc) says, and where there was no room, since reading alone takes none. */
const char *wg__scratch_error(int rc, char *ret, size_t len);

/* A symbolic link DIR/NAME to FROM/NAME; the target is made absolute. */
int wg__scratch_link(const char *dir, const char *from, const char *name);

/*
 * What is in it belongs to the file of that path, and outlives us: it stays as long as that file is
 * there. 0 or a negative errno.
 */
int wg__scratch_keep_for(struct wg__scratch *scratch, const char *path);
#define WG__SCRATCH_KEPT_FOR "kept-for"

/* Somebody else's, which was left behind: from now on it is ours. -EBUSY: its owner is there;
 * -ENOENT, or what open(2) says; -EINVAL: it is no folder of this kind. */
int wg__scratch_adopt(struct wg__scratch *scratch, const char *root);

/* Close it, and leave all as it is. */
void wg__scratch_leave(struct wg__scratch *scratch);

/* Remove everything. */
void wg__scratch_fini(struct wg__scratch *scratch);

#endif
