/*
 * tree.h: remove a folder with all in it.
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

#endif
