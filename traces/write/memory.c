/*
 * memory.c: see memory.h.
 */
#include "traces/write/memory.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#define SHM	  "/dev/shm"
#define BYTES_MIN (UINT64_C(1) << 20)

/* 0: there is no room for so many. */
static uint64_t find_room(uint64_t bytes)
{
	struct statvfs fs;
	uint64_t most = 0;

	if (statvfs(SHM, &fs) == 0 && access(SHM, W_OK) == 0)
		most = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (bytes)
		return bytes <= most ? bytes : 0;
	most = most / 4 < WG_MEMORY_BYTES ? most / 4 : WG_MEMORY_BYTES;
	return most < BYTES_MIN ? 0 : most;
}

int wg__memory_open(struct wg__memory *m, const char *tracer, uint64_t bytes, struct wg_error *err)
{
	struct wg_ctf_about about = { .tracer = tracer, .grows = true };
	int rc;

	about.max_bytes = find_room(bytes);
	if (about.max_bytes == 0)
		return wg_error_set(err, -ENOSPC,
			"no room to keep the last seconds: " SHM " has less than %" PRIu64
			" MiB free: --flight-recorder=SIZE takes less" WG_SEE_DOCTOR,
			(bytes ? bytes : BYTES_MIN * 4) >> 20);
	m->scratch.parent = SHM;
	rc = wg__scratch_folder(&m->scratch, &m->dir);
	if (rc < 0)
		return wg_error_set(
			err, rc, "cannot make a folder in '" SHM "': %s", strerror(-rc));
	return wg_ctf_create(m->dir, &about, &m->ctf, err);
}

static int copy_bytes(int from, int to)
{
	struct stat st;
	off_t at = 0;
	ssize_t n;

	if (fstat(from, &st) < 0)
		return -errno;
	while (at < st.st_size) {
		n = sendfile(to, from, &at, (size_t)(st.st_size - at));
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : -EIO;
	}
	return 0;
}

static int copy_file(int from_dir, const char *name, int to_dir)
{
	int from = openat(from_dir, name, O_RDONLY | O_NOFOLLOW | O_CLOEXEC), to, rc;

	if (from < 0)
		return -errno;
	to = openat(to_dir, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0666);
	rc = to < 0 ? -errno : copy_bytes(from, to);
	if (to >= 0 && close(to) < 0 && rc == 0)
		rc = -errno;
	(void)close(from);
	return rc;
}

static int copy_all(const char *from, const char *to)
{
	DIR *files = opendir(from);
	struct dirent *entry;
	int to_dir, rc;

	if (!files)
		return -errno;
	to_dir = open(to, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	rc = to_dir < 0 ? -errno : 0;
	while (rc == 0 && (entry = readdir(files))) {
		if (entry->d_name[0] != '.')
			rc = copy_file(dirfd(files), entry->d_name, to_dir);
	}
	(void)closedir(files);
	if (to_dir >= 0)
		(void)close(to_dir);
	return rc;
}

int wg__memory_snapshot(
	struct wg__memory *m, const char *dir, char ret[PATH_MAX], struct wg_error *err)
{
	int rc = wg_ctf_flush(m->ctf);

	if (rc < 0)
		return wg_error_set(err, rc, "the last seconds could not be kept in '" SHM "': %s",
			strerror(-rc));
	if ((size_t)snprintf(ret, PATH_MAX, "%s/trace", dir) >= PATH_MAX)
		rc = -ENAMETOOLONG;
	else if (mkdir(ret, 0777) < 0)
		rc = -errno;
	if (rc == 0)
		rc = copy_all(m->dir, ret);
	return rc == 0 ? 0
		       : wg_error_set(err, rc, "cannot write a snapshot to '%.200s': %s", dir,
				 strerror(-rc));
}

void wg__memory_close(struct wg__memory *m)
{
	(void)wg_ctf_finish(m->ctf, false, NULL);
	wg__scratch_fini(&m->scratch);
	free(m->dir);
	*m = (struct wg__memory){ .dir = NULL };
}
