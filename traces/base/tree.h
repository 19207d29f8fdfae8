/*
 * tree.h: a folder is removed with all in it; is there anything in it?
 */
#ifndef TRACES_BASE_TREE_H
#define TRACES_BASE_TREE_H

/*
 * Remove the file, link or folder at path with all below it, whatever the modes and the depth.
 * Links are removed, never followed; another file system mounted below stays untouched. Any thread;
 * the working folder does not change; two descriptors. Returns 0 (also if nothing was there) or the
 * first -errno; then as much as possible is gone, and what stays may have another name.
 */
int wg_remove_tree(const char *path);

/* 1 if nothing is in the folder but the cache of a trace that is gone (model/cache.h), 0 if there
 * is, or a negative errno. */
int wg__tree_is_empty(int dir_fd);

#endif
