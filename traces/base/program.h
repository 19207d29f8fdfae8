/*
 * program.h: find a program the way execvp(3) would, before anything is set up for it.
 */
#ifndef TRACES_BASE_PROGRAM_H
#define TRACES_BASE_PROGRAM_H

#include <stddef.h>

/*
 * Put where `name` is found in `search` (a list like PATH; not used if the name has a slash) into
 * path. 0, -ENOENT, -EACCES (found, but it may not be run), -ENAMETOOLONG.
 */
int wg__program_find(const char *name, const char *search, char *path, size_t len);

/*
 * The same for a daemon of LTTng: what the environment variable `given` names, or else `name` in
 * PATH or in the folders where systems keep daemons.
 */
int wg__program_find_daemon(const char *name, const char *given, char *path, size_t len);

#endif
