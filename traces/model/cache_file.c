/*
 * cache_file.c: see cache_file.h.
 *
 * The file is mapped, and the rows of the model stay where they are in it: what costs time is to
 * look at all of it once, for its sum. Nobody but its owner can cut it short meanwhile; wakegap
 * itself never changes one, but puts another in its place.
 */
#include "traces/model/cache_file.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>
#include <xxhash.h>

#include "traces/base/out.h"
#include "traces/model/cache.h"
#include "traces/model/model_keep.h"

#define MAGIC	"wakegap\002" /* its last byte is the version of what follows */
#define PATIENT UINT64_C(0x0102030405060708)

struct head {
	char magic[8];
	uint64_t order; /* of bytes */
	uint64_t key[2];
};

static struct head head_of(const struct wg__cache_key *key)
{
	struct head head = { .order = PATIENT, .key = { key->v[0], key->v[1] } };

	memcpy(head.magic, MAGIC, sizeof(head.magic));
	return head;
}

static char *path_in(const char *dir)
{
	char *path;

	return asprintf(&path, "%s/" WG_CACHE_FILE, dir) < 0 ? NULL : path;
}

/* ---- reading ---- */

/* Why it is not used; NULL: it may be. */
static const char *doubt(const struct stat *st)
{
	if (!S_ISREG(st->st_mode))
		return "it is no file";
	if (st->st_uid != geteuid())
		return "it belongs to somebody else";
	if (st->st_mode & (S_IWGRP | S_IWOTH))
		return "others may write to it";
	if (st->st_size < (off_t)(sizeof(struct head) + sizeof(uint64_t)) ||
		st->st_size % (off_t)sizeof(uint64_t))
		return "it is cut short";
	return NULL;
}

static const char *map(const char *dir, struct wg__mapped *ret)
{
	char *path = path_in(dir);
	const char *why = NULL;
	struct stat st;
	void *at;
	int fd = path ? open(path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC) : -1;

	free(path);
	if (fd < 0)
		return path && errno == ENOENT ? "there is none yet" : "it cannot be opened";
	if (fstat(fd, &st) < 0)
		why = "it cannot be opened";
	else
		why = doubt(&st);
	if (!why) {
		at = mmap(NULL, (size_t)st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
		if (at == MAP_FAILED)
			why = "it cannot be mapped";
		else
			*ret = (struct wg__mapped){ at, (size_t)st.st_size };
	}
	(void)close(fd);
	return why;
}

static const char *check(const struct wg__mapped *file, const struct wg__cache_key *key)
{
	const struct head wanted = head_of(key);
	size_t summed = file->bytes - sizeof(uint64_t);
	struct head head;
	uint64_t sum;

	memcpy(&head, file->at, sizeof(head));
	memcpy(&sum, (const char *)file->at + summed, sizeof(sum));
	if (memcmp(head.magic, wanted.magic, sizeof(head.magic)) != 0 || head.order != wanted.order)
		return "it is of another version";
	if (memcmp(head.key, wanted.key, sizeof(head.key)) != 0)
		return "the trace or wakegap has changed since it was written";
	if (XXH3_64bits(file->at, summed) != sum)
		return "it is damaged";
	return NULL;
}

static struct wg__loaded *make(const char *dir, struct wg__mapped *file)
{
	struct wg__loaded *loaded = calloc(1, sizeof(*loaded));

	if (!loaded)
		return NULL;
	wg__columns_init(&loaded->columns, false);
	loaded->file = *file;
	*file = (struct wg__mapped){ 0 }; /* moved */
	loaded->names = wg__names_create();
	loaded->trace.path = strdup(dir);
	if (loaded->names && loaded->trace.path &&
		wg_measure_create(NULL, &loaded->trace.measure) == 0)
		return loaded;
	wg_trace_free(&loaded->trace);
	return NULL;
}

static struct wg__loaded *read_model(const char *dir, struct wg__mapped *file, const char **ret_why)
{
	const char *at = file->at, *end = at + file->bytes - sizeof(uint64_t);
	struct wg__loaded *loaded = make(dir, file);
	struct wg__keep k = { .at = at + sizeof(struct head), .end = end };

	*ret_why = "out of memory";
	if (!loaded)
		return NULL;
	k.names = loaded->names;
	wg__keep_model(&k, loaded);
	if (k.rc == 0)
		return loaded;
	if (k.rc == -EBADMSG)
		*ret_why = "it cannot be what wakegap wrote";
	wg_trace_free(&loaded->trace);
	return NULL;
}

struct wg__loaded *wg__cache_read(
	const char *dir, const struct wg__cache_key *key, const char **ret_why)
{
	struct wg__mapped file = { 0 };
	struct wg__loaded *loaded = NULL;

	*ret_why = map(dir, &file);
	if (!*ret_why)
		*ret_why = check(&file, key);
	if (!*ret_why)
		loaded = read_model(dir, &file, ret_why);
	if (file.at)
		(void)munmap(file.at, file.bytes);
	return loaded;
}

/* ---- writing ---- */

/* What stands there by that name goes: a link is not followed, and only our own is replaced. */
static int make_way(const char *path)
{
	struct stat st;

	if (lstat(path, &st) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (!S_ISREG(st.st_mode) || st.st_uid != geteuid())
		return -EEXIST;
	return 0;
}

static int write_model(
	struct wg_out *out, const struct wg__cache_key *key, struct wg__loaded *loaded)
{
	XXH3_state_t *sum = XXH3_createState();
	struct wg__keep k = { .out = out, .sum = sum };
	struct head head = head_of(key);
	uint64_t digest;

	if (!sum)
		return -ENOMEM;
	(void)XXH3_64bits_reset(sum);
	wg__keep_value(&k, &head, sizeof(head));
	wg__keep_model(&k, loaded);
	digest = XXH3_64bits_digest(sum);
	wg_out_write(out, &digest, sizeof(digest));
	(void)XXH3_freeState(sum);
	return k.rc;
}

int wg__cache_write(const char *dir, const struct wg__cache_key *key, struct wg__loaded *loaded)
{
	char *path = path_in(dir);
	struct wg_out out;
	int rc = path ? make_way(path) : -ENOMEM, closed;

	if (rc == 0)
		rc = wg_out_open(&out, path, NULL);
	free(path);
	if (rc != 0)
		return rc;
	/* Whatever the mask of the process is: see doubt(). */
	rc = fchmod(out.fd, 0600) < 0 ? -errno : write_model(&out, key, loaded);
	closed = wg_out_close(&out, rc == 0, NULL);
	return rc < 0 ? rc : closed;
}
