/*
 * cache_key.c: see cache_key.h.
 *
 * A file that was written to, replaced or copied has another time of change (ctime) or another
 * inode, whatever its other times were set to. A build is known by the id that the linker made of
 * it, so a model is never read by another build than the one that kept it: what its structs and
 * figures mean may have changed.
 */
#include "traces/model/cache_key.h"

#include <dirent.h>
#include <elf.h>
#include <errno.h>
#include <fcntl.h>
#include <link.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "traces/base/names.h"
#include "traces/base/others.h"

#define DEPTH_MAX 10 /* more than those of read/find.h */

/* ---- the build ---- */

struct id {
	uint8_t bytes[64];
	size_t len;
};

static size_t aligned(size_t n)
{
	return (n + 3) & ~(size_t)3;
}

static void look_for_id(struct id *id, const char *at, size_t len)
{
	ElfW(Nhdr) note;

	while (len >= sizeof(note)) {
		size_t name, all;

		memcpy(&note, at, sizeof(note));
		name = sizeof(note) + aligned(note.n_namesz);
		all = name + aligned(note.n_descsz);
		if (all > len)
			return;
		if (note.n_type == NT_GNU_BUILD_ID && note.n_namesz == sizeof("GNU") &&
			memcmp(at + sizeof(note), "GNU", sizeof("GNU")) == 0 &&
			note.n_descsz <= sizeof(id->bytes)) {
			memcpy(id->bytes, at + name, note.n_descsz);
			id->len = note.n_descsz;
			return;
		}
		at += all;
		len -= all;
	}
}

/* The first object is the program itself. */
static int look_at_object(struct dl_phdr_info *info, size_t size, void *user)
{
	size_t i;

	(void)size;
	for (i = 0; i < info->dlpi_phnum; i++) {
		const ElfW(Phdr) *h = &info->dlpi_phdr[i];

		if (h->p_type == PT_NOTE)
			look_for_id(user, (const char *)(info->dlpi_addr + h->p_vaddr), h->p_memsz);
	}
	return 1;
}

/* ---- the files ---- */

struct walk {
	XXH3_state_t *sum;
	int64_t newest_ns;
};

static int walk(struct walk *w, int at, const char *name, int depth);

/* A file may say of itself that it is from any year: wraps. */
static uint64_t ns_of(const struct timespec *t)
{
	return (uint64_t)t->tv_sec * 1000000000 + (uint64_t)t->tv_nsec;
}

static void add_file(struct walk *w, const char *name, const struct stat *st)
{
	const uint64_t v[] = { (uint64_t)st->st_dev, (uint64_t)st->st_ino, (uint64_t)st->st_size,
		ns_of(&st->st_mtim), ns_of(&st->st_ctim) };

	(void)XXH3_128bits_update(w->sum, name, strlen(name) + 1);
	(void)XXH3_128bits_update(w->sum, v, sizeof(v));
	if ((int64_t)ns_of(&st->st_ctim) > w->newest_ns)
		w->newest_ns = (int64_t)ns_of(&st->st_ctim);
}

static int add_entry(struct walk *w, int dir, const char *name, int depth)
{
	struct stat st;

	if (fstatat(dir, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return walk(w, dir, name, depth + 1);
	if (!S_ISREG(st.st_mode))
		return -ELOOP;
	add_file(w, name, &st);
	return 0;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

static int list(DIR *d, struct wg__notes *names)
{
	struct dirent *e;

	while ((e = readdir(d))) {
		if (e->d_name[0] != '.')
			wg__notes_add(names, "%s", e->d_name);
	}
	if (names->count)
		qsort(names->line, names->count, sizeof(*names->line), by_name);
	return names->is_short ? -ENOMEM : 0;
}

static int walk(struct walk *w, int at, const char *name, int depth)
{
	int fd = openat(at, name, O_RDONLY | O_DIRECTORY | O_CLOEXEC | (depth ? O_NOFOLLOW : 0)),
	    rc = 0;
	DIR *d = fd < 0 ? NULL : fdopendir(fd);
	struct wg__notes names = { 0 };
	size_t i;

	if (!d) {
		rc = -errno;
		if (fd >= 0)
			(void)close(fd);
		return rc;
	}
	if (depth > DEPTH_MAX)
		rc = -ELOOP;
	if (rc == 0)
		rc = list(d, &names);
	/* So that a file of one folder is not taken for one of another. */
	(void)XXH3_128bits_update(w->sum, &names.count, sizeof(names.count));
	for (i = 0; i < names.count && rc == 0; i++)
		rc = add_entry(w, dirfd(d), names.line[i], depth);
	wg__notes_fini(&names);
	(void)closedir(d);
	return rc;
}

int wg__cache_key(const char *path, struct wg__cache_key *ret)
{
	struct walk w = { .newest_ns = INT64_MIN };
	struct id id = { .len = 0 };
	struct stat others;
	XXH128_hash_t h;
	int rc;

	(void)dl_iterate_phdr(look_at_object, &id);
	if (!id.len)
		return -ENOEXEC;
	w.sum = XXH3_createState();
	if (!w.sum)
		return -ENOMEM;
	(void)XXH3_128bits_reset(w.sum);
	(void)XXH3_128bits_update(w.sum, id.bytes, id.len);
	rc = walk(&w, AT_FDCWD, path, 0);
	/* It may be above path. */
	if (rc == 0 && wg__others_stat(path, &others) == 0)
		add_file(&w, WG__OTHERS, &others);
	h = XXH3_128bits_digest(w.sum);
	(void)XXH3_freeState(w.sum);
	if (rc < 0)
		return rc;
	*ret = (struct wg__cache_key){ { h.low64, h.high64 }, w.newest_ns };
	return 0;
}
