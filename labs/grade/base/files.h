/*
 * files.h: small helpers for files and folders.
 */
#ifndef LABS_GRADE_BASE_FILES_H
#define LABS_GRADE_BASE_FILES_H

#include <stddef.h>
#include <sys/types.h>

#include "traces/base/error.h"

/* The longest file that is taken from a learner: nobody writes a longer C file. */
#define WG_FILE_MAX (1u << 20)

/* The folder that this program is in. */
void wg_own_folder(char *dir, size_t len);

/* A program beside this one, or in ../libexec/wakegap or ../../bin. 0, or -ENOENT with a line. */
int wg_find_program(const char *name, char *path, size_t len, struct wg_error *err);

/* All of a regular file (no link) as a string, the caller's to free. */
int wg_file_read(const char *path, char **ret_text, size_t *ret_len, struct wg_error *err);

/* Write it anew, mode 0644: beside it first, then renamed into its place. */
int wg_file_write(const char *path, const char *text, size_t len, struct wg_error *err);

/*
 * The same to where a user says: through a link, with the mode that it had; into a device or a
 * pipe, which is not replaced.
 */
int wg_file_put(const char *path, const char *text, size_t len, struct wg_error *err);

/* Copy from/name to to/name; the mode is 0644, or 0755 if it may be executed. */
int wg_file_copy(const char *from, const char *to, const char *name, struct wg_error *err);

/* Every *.h of one folder to another. */
int wg_headers_copy(const char *from, const char *to, struct wg_error *err);

/* mkdir -p. */
int wg_folder_make(const char *path, struct wg_error *err);
int wg_folder_is_empty(const char *path); /* or not there */
void wg_folder_empty(const char *path);	  /* remove all in it */

/* A new folder below TMPDIR that others may read. 0, or a negative errno and an empty path. */
int wg_folder_temp(char *path, size_t len, struct wg_error *err);

#endif
