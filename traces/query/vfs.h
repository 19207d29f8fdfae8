/*
 * vfs.h: what the file systems that we give to SQLite have in common: there is no file in them but
 * the one, if any, that their open() knows.
 */
#ifndef TRACES_QUERY_VFS_H
#define TRACES_QUERY_VFS_H

#include <sqlite3.h>

/*
 * Time and randomness are the default's. No file is found, names stay as they are, no library is
 * loaded. The caller sets xOpen, xDelete and szOsFile, and registers it. An SQLITE_ code.
 */
int wg__vfs_make(const char *name, sqlite3_vfs *ret);

#endif
