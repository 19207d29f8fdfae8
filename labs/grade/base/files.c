/*
 * files.c: see files.h.
 */
#include "labs/grade/base/files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "labs/grade/base/memory.h"
#include "traces/base/tree.h"

void wg_own_folder(char *dir, size_t len)
{
	ssize_t n = readlink("/proc/self/exe", dir, len - 1);
	char *slash;

	dir[n < 0 ? 0 : n] = '\0';
	slash = strrchr(dir, '/');
	if (slash)
		*slash = '\0';
}

int wg_find_program(const char *name, char *path, size_t len, struct wg_error *err)
{
	static const char *const places[] = { "", "/../libexec/wakegap", "/../../bin" };
	char dir[4096];
	size_t i;

	wg_own_folder(dir, sizeof(dir));
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		(void)snprintf(path, len, "%s%s/%s", dir, places[i], name);
		if (access(path, X_OK) == 0)
			return 0;
	}
	return wg_error_set(
		err, -ENOENT, "cannot find %s beside wakegap-lab: run `make` again", name);
}

/* ---- contents ---- */

int wg_file_read(const char *path, char **ret_text, size_t *ret_len, struct wg_error *err)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOFOLLOW);
	struct stat st;
	char *text = NULL;
	size_t len = 0;
	ssize_t n = 1;

	if (fd < 0)
		return wg_error_set(err, -errno, "cannot read '%s': %s", path, strerror(errno));
	if (fstat(fd, &st) < 0 || !S_ISREG(st.st_mode) || st.st_size > (off_t)WG_FILE_MAX * 64)
		n = -1;
	else
		text = malloc((size_t)st.st_size + 1);
	if (n > 0 && !text) {
		wg_memory_note_lack();
		(void)close(fd);
		return wg_error_set(err, -ENOMEM, "cannot read '%s': out of memory", path);
	}
	while (text && n > 0 && len < (size_t)st.st_size) {
		n = read(fd, text + len, (size_t)st.st_size - len);
		len += n > 0 ? (size_t)n : 0;
	}
	(void)close(fd);
	if (!text || n < 0) {
		free(text);
		return wg_error_set(err, -EINVAL, "'%s' is not a file that can be read", path);
	}
	text[len] = '\0';
	*ret_text = text;
	if (ret_len)
		*ret_len = len;
	return 0;
}

/* All of it; on a full disk the first write takes a part, and only the next one says why. */
static int write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

static int write_mode(
	const char *path, const char *text, size_t len, mode_t mode, struct wg_error *err)
{
	char beside[4200];
	int fd, rc;

	(void)snprintf(beside, sizeof(beside), "%s.new", path);
	(void)unlink(beside);
	fd = open(beside, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	rc = fd < 0 ? -errno : write_all(fd, text, len);
	if (rc == 0 && fchmod(fd, mode) < 0)
		rc = -errno;
	if (fd >= 0 && close(fd) < 0 && rc == 0)
		rc = -errno;
	if (rc == 0 && rename(beside, path) < 0)
		rc = -errno;
	if (rc == 0)
		return 0;
	(void)unlink(beside);
	return wg_error_set(err, rc, "cannot write '%s': %s", path, strerror(-rc));
}

/* Into what is there: a device, a pipe, or a file in a folder that takes no new ones. */
static int write_into(const char *path, const char *text, size_t len, struct wg_error *err)
{
	int fd = open(path, O_WRONLY | O_TRUNC | O_CLOEXEC | O_NOCTTY);
	int rc = fd < 0 ? -errno : write_all(fd, text, len);

	if (fd >= 0 && close(fd) < 0 && rc == 0)
		rc = -errno;
	return rc == 0 ? 0 : wg_error_set(err, rc, "cannot write '%s': %s", path, strerror(-rc));
}

int wg_file_put(const char *path, const char *text, size_t len, struct wg_error *err)
{
	char real[4096];
	struct stat st;
	int rc;

	if (stat(path, &st) < 0)
		return write_mode(path, text, len, 0644, err);
	if (!S_ISREG(st.st_mode) || !realpath(path, real))
		return write_into(path, text, len, err);
	rc = write_mode(real, text, len, st.st_mode & 0777, err);
	return rc == -EACCES || rc == -EPERM ? write_into(path, text, len, err) : rc;
}

int wg_file_write(const char *path, const char *text, size_t len, struct wg_error *err)
{
	return write_mode(path, text, len, 0644, err);
}

int wg_file_copy(const char *from, const char *to, const char *name, struct wg_error *err)
{
	char source[4400], target[4400], *text = NULL;
	size_t len = 0;
	int rc;

	(void)snprintf(source, sizeof(source), "%.4000s/%.300s", from, name);
	(void)snprintf(target, sizeof(target), "%.4000s/%.300s", to, name);
	rc = wg_file_read(source, &text, &len, err);
	if (rc < 0)
		return rc;
	rc = write_mode(target, text, len, access(source, X_OK) == 0 ? 0755 : 0644, err);
	free(text);
	return rc;
}

int wg_headers_copy(const char *from, const char *to, struct wg_error *err)
{
	DIR *dir = opendir(from);
	struct dirent *e;
	int rc = 0;

	if (!dir)
		return wg_error_set(err, -errno, "cannot open '%s': %s", from, strerror(errno));
	while (rc == 0 && (e = readdir(dir))) {
		size_t len = strlen(e->d_name);

		if (len > 2 && strcmp(e->d_name + len - 2, ".h") == 0)
			rc = wg_file_copy(from, to, e->d_name, err);
	}
	(void)closedir(dir);
	return rc;
}

/* ---- folders ---- */

int wg_folder_make(const char *path, struct wg_error *err)
{
	char part[4200], *p;

	(void)snprintf(part, sizeof(part), "%s", path);
	for (p = part + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		(void)mkdir(part, 0755);
		*p = '/';
	}
	if (mkdir(part, 0755) < 0 && errno != EEXIST)
		return wg_error_set(err, -errno, "cannot make '%s': %s", path, strerror(errno));
	return 0;
}

int wg_folder_is_empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	int entries = 0;

	if (!dir)
		return errno == ENOENT;
	while ((e = readdir(dir)))
		entries += strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0;
	(void)closedir(dir);
	return entries == 0;
}

void wg_folder_empty(const char *path)
{
	DIR *dir = opendir(path);
	struct dirent *e;
	char entry[4400];

	while (dir && (e = readdir(dir))) {
		(void)snprintf(entry, sizeof(entry), "%.4000s/%.300s", path, e->d_name);
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			(void)wg_remove_tree(entry);
	}
	if (dir)
		(void)closedir(dir);
}

int wg_folder_temp(char *path, size_t len, struct wg_error *err)
{
	const char *base = getenv("TMPDIR");

	base = base && *base ? base : "/tmp";
	(void)snprintf(path, len, "%s/wakegap-lab-XXXXXX", base);
	if (mkdtemp(path) && chmod(path, 0755) == 0)
		return 0;
	*path = '\0';
	return wg_error_set(err, -errno, "cannot make a folder in '%s': %s: TMPDIR names another",
		base, strerror(errno));
}
