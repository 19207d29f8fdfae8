/*
 * out_file.c: see out_file.h.
 *
 * SQLite writes pages in any order and reads them again, so the buffer of the wg_out is not used,
 * only its descriptor. Nobody else knows the file yet, so there is nothing to lock, and it need not
 * be on the disk before it has its name.
 */
#include "traces/query/out_file.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/out.h"
#include "traces/query/vfs.h"

struct file {
	sqlite3_file base;
	struct wg_out *out;
};

static int do_nothing(sqlite3_file *base)
{
	(void)base;
	return SQLITE_OK;
}

static int do_nothing_with(sqlite3_file *base, int flags)
{
	(void)base;
	(void)flags;
	return SQLITE_OK;
}

static int is_locked(sqlite3_file *base, int *ret)
{
	(void)base;
	*ret = 0;
	return SQLITE_OK;
}

static int control(sqlite3_file *base, int op, void *arg)
{
	(void)base;
	(void)op;
	(void)arg;
	return SQLITE_NOTFOUND;
}

/* What failed is said when the wg_out is closed. */
static int fail(struct wg_out *out, int code)
{
	if (out->rc == 0)
		out->rc = -errno;
	return code;
}

static int read_at(sqlite3_file *base, void *to, int count, sqlite3_int64 at)
{
	struct wg_out *out = ((struct file *)base)->out;
	size_t done = 0, wanted = (size_t)count;
	ssize_t n;

	while (done < wanted) {
		n = pread(out->fd, (char *)to + done, wanted - done, at + (sqlite3_int64)done);
		if (n < 0 && errno != EINTR)
			return fail(out, SQLITE_IOERR_READ);
		if (n == 0)
			break;
		done += n > 0 ? (size_t)n : 0;
	}
	memset((char *)to + done, 0, wanted - done);
	return done < wanted ? SQLITE_IOERR_SHORT_READ : SQLITE_OK;
}

static int write_at(sqlite3_file *base, const void *from, int count, sqlite3_int64 at)
{
	struct wg_out *out = ((struct file *)base)->out;
	size_t done = 0, wanted = (size_t)count;
	ssize_t n;

	while (done < wanted) {
		n = pwrite(out->fd, (const char *)from + done, wanted - done,
			at + (sqlite3_int64)done);
		if (n < 0 && errno != EINTR)
			return fail(out, errno == ENOSPC ? SQLITE_FULL : SQLITE_IOERR_WRITE);
		done += n > 0 ? (size_t)n : 0;
	}
	return SQLITE_OK;
}

static int truncate_at(sqlite3_file *base, sqlite3_int64 size)
{
	struct wg_out *out = ((struct file *)base)->out;

	return ftruncate(out->fd, size) < 0 ? fail(out, SQLITE_IOERR_TRUNCATE) : SQLITE_OK;
}

static int size_of(sqlite3_file *base, sqlite3_int64 *ret)
{
	struct wg_out *out = ((struct file *)base)->out;
	struct stat st;

	if (fstat(out->fd, &st) < 0)
		return fail(out, SQLITE_IOERR_FSTAT);
	*ret = st.st_size;
	return SQLITE_OK;
}

static int sector_size(sqlite3_file *base)
{
	(void)base;
	return 4096;
}

static int traits(sqlite3_file *base)
{
	(void)base;
	return SQLITE_IOCAP_UNDELETABLE_WHEN_OPEN;
}

static const sqlite3_io_methods methods = {
	.iVersion = 1,
	.xClose = do_nothing,
	.xRead = read_at,
	.xWrite = write_at,
	.xTruncate = truncate_at,
	.xSync = do_nothing_with,
	.xFileSize = size_of,
	.xLock = do_nothing_with,
	.xUnlock = do_nothing_with,
	.xCheckReservedLock = is_locked,
	.xFileControl = control,
	.xSectorSize = sector_size,
	.xDeviceCharacteristics = traits,
};

static int open_file(
	sqlite3_vfs *vfs, const char *name, sqlite3_file *base, int flags, int *ret_flags)
{
	struct file *file = (struct file *)base;

	(void)name;
	file->base.pMethods = NULL;
	if (!(flags & SQLITE_OPEN_MAIN_DB))
		return SQLITE_CANTOPEN;
	*file = (struct file){ .base = { &methods }, .out = vfs->pAppData };
	if (ret_flags)
		*ret_flags = flags;
	return SQLITE_OK;
}

static int delete_file(sqlite3_vfs *vfs, const char *name, int sync)
{
	(void)vfs;
	(void)name;
	(void)sync;
	return SQLITE_OK;
}

const char *wg__out_file(struct wg_out *out)
{
	static sqlite3_vfs vfs;

	if (!sqlite3_vfs_find("wakegap-out")) {
		if (wg__vfs_make("wakegap-out", &vfs) != SQLITE_OK)
			return NULL;
		vfs.szOsFile = sizeof(struct file);
		vfs.xOpen = open_file;
		vfs.xDelete = delete_file;
		if (sqlite3_vfs_register(&vfs, 0) != SQLITE_OK)
			return NULL;
	}
	vfs.pAppData = out;
	return "wakegap-out";
}
