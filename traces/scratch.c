/*
 * scratch.c: see scratch.h.
 *
 * source.ctf.fs reads a whole folder or nothing, and opens the files of it whenever it likes. To
 * leave one stream out, or to show it a mended copy of one, a folder of links is the only way. It
 * has to stay as long as the reader does.
 */
#include "traces/scratch.h"

#include <errno.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static int make_root(struct wg__scratch *scratch)
{
	const char *tmp = getenv("TMPDIR");
	char *root;
	int rc;

	if (asprintf(&root, "%s/wakegap-XXXXXX", tmp && *tmp ? tmp : "/tmp") < 0)
		return -ENOMEM;
	if (!mkdtemp(root)) {
		rc = -errno;
		free(root);
		return rc;
	}
	scratch->root = root;
	return 0;
}

int wg__scratch_folder(struct wg__scratch *scratch, char **ret_dir)
{
	char *dir;
	int rc = scratch->root ? 0 : make_root(scratch);

	if (rc < 0)
		return rc;
	if (asprintf(&dir, "%s/%u", scratch->root, scratch->count) < 0)
		return -ENOMEM;
	if (mkdir(dir, 0700) < 0) {
		rc = -errno;
		free(dir);
		return rc;
	}
	scratch->count++;
	*ret_dir = dir;
	return 0;
}

int wg__scratch_link(const char *dir, const char *from, const char *name)
{
	char *real = realpath(from, NULL), *target = NULL, *link = NULL;
	int rc = 0;

	if (!real)
		return -errno;
	if (asprintf(&target, "%s/%s", real, name) < 0) {
		target = NULL;
		rc = -ENOMEM;
	}
	if (rc == 0 && asprintf(&link, "%s/%s", dir, name) < 0) {
		link = NULL;
		rc = -ENOMEM;
	}
	if (rc == 0 && symlink(target, link) < 0)
		rc = -errno;
	free(real);
	free(target);
	free(link);
	return rc;
}

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	(void)remove(path);
	return 0;
}

void wg__scratch_fini(struct wg__scratch *scratch)
{
	if (!scratch->root)
		return;
	(void)nftw(scratch->root, remove_one, 16, FTW_DEPTH | FTW_PHYS);
	free(scratch->root);
	*scratch = (struct wg__scratch){ 0 };
}
