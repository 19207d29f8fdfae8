/*
 * vfs.c: see vfs.h.
 */
#include "traces/query/vfs.h"

#include <stddef.h>

static int see_nothing(sqlite3_vfs *vfs, const char *name, int flags, int *ret)
{
	(void)vfs;
	(void)name;
	(void)flags;
	*ret = 0;
	return SQLITE_OK;
}

static int same_name(sqlite3_vfs *vfs, const char *name, int len, char *ret)
{
	(void)vfs;
	(void)sqlite3_snprintf(len, ret, "%s", name);
	return SQLITE_OK;
}

static void *refuse_library(sqlite3_vfs *vfs, const char *name)
{
	(void)vfs;
	(void)name;
	return NULL;
}

int wg__vfs_make(const char *name, sqlite3_vfs *ret)
{
	const sqlite3_vfs *system = sqlite3_vfs_find(NULL);

	if (!system)
		return SQLITE_ERROR;
	*ret = *system;
	ret->zName = name;
	ret->pNext = NULL;
	ret->xAccess = see_nothing;
	ret->xFullPathname = same_name;
	ret->xDlOpen = refuse_library;
	return SQLITE_OK;
}
