/*
 * trace_files.c: see trace_files.h.
 */
#include "tests/harness/trace_files.h"

#include <dirent.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/both_readers.h"
#include "tests/harness/harness.h"
#include "traces/read/read.h"

static void copy_file(const char *from, const char *to)
{
	FILE *in = fopen(from, "re"), *out = fopen(to, "we");
	char buf[4096];
	size_t n;

	CU_ASSERT_PTR_NOT_NULL_FATAL(in);
	CU_ASSERT_PTR_NOT_NULL_FATAL(out);
	while ((n = fread(buf, 1, sizeof(buf), in)) > 0)
		CU_ASSERT_EQUAL_FATAL(fwrite(buf, 1, n, out), n);
	(void)fclose(in);
	CU_ASSERT_EQUAL_FATAL(fclose(out), 0);
}

static void copy_folder(const char *from, const char *to)
{
	DIR *d = opendir(from);
	struct dirent *entry;

	CU_ASSERT_PTR_NOT_NULL_FATAL(d);
	(void)mkdir(to, 0700);
	while ((entry = readdir(d))) {
		char a[1024], b[1024];
		struct stat st;

		if (entry->d_name[0] == '.')
			continue;
		(void)snprintf(a, sizeof(a), "%s/%s", from, entry->d_name);
		(void)snprintf(b, sizeof(b), "%s/%s", to, entry->d_name);
		CU_ASSERT_EQUAL_FATAL(stat(a, &st), 0);
		if (S_ISDIR(st.st_mode))
			copy_folder(a, b);
		else
			copy_file(a, b);
	}
	(void)closedir(d);
}

const char *wg_copy_sample(const char *name)
{
	const char *dir = wg_tmpdir();

	copy_folder(wg_sample(name), dir);
	return dir;
}

size_t wg_restore(const char *dir, const char *name, const char *file)
{
	char from[1024], to[1024];

	(void)snprintf(from, sizeof(from), "%s/%s", wg_sample(name), file);
	(void)snprintf(to, sizeof(to), "%s/%s", dir, file);
	copy_file(from, to);
	return wg_file_bytes(dir, file);
}

static int open_file(const char *dir, const char *file)
{
	char path[1024];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, file);
	fd = open(path, O_RDWR | O_CLOEXEC);
	CU_ASSERT_FATAL(fd >= 0);
	return fd;
}

void wg_cut(const char *dir, const char *file, size_t bytes)
{
	int fd = open_file(dir, file);

	CU_ASSERT_EQUAL(ftruncate(fd, (off_t)bytes), 0);
	(void)close(fd);
}

void wg_overwrite(const char *dir, const char *file, size_t at, const void *bytes, size_t count)
{
	int fd = open_file(dir, file);

	CU_ASSERT_EQUAL(pwrite(fd, bytes, count, (off_t)at), (ssize_t)count);
	(void)close(fd);
}

/* The text of a metadata file of packets (traces/read/metadata.c), in place; plain text stays. */
static void unpack(char *text, size_t *len)
{
	static const uint8_t magic[] = { 0x57, 0x1d, 0xd1, 0x75 };
	size_t in = 0, out = 0;

	while (in + 37 <= *len && memcmp(text + in, magic, sizeof(magic)) == 0) {
		uint32_t bits[2];

		memcpy(bits, text + in + 24, sizeof(bits));
		memmove(text + out, text + in + 37, bits[0] / 8 - 37);
		out += bits[0] / 8 - 37;
		in += bits[1] / 8;
	}
	*len = in ? out : *len;
	text[*len] = '\0';
}

void wg_edit_metadata(const char *dir, const char *from, const char *to)
{
	size_t len = wg_file_bytes(dir, "metadata");
	char *text = calloc(1, len + 1), path[1024], *at;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/metadata", dir);
	f = fopen(path, "r+e");
	CU_ASSERT_FATAL(f && text && fread(text, 1, len, f) == len);
	unpack(text, &len);
	at = strstr(text, from);
	CU_ASSERT_PTR_NOT_NULL_FATAL(at);
	rewind(f);
	(void)fprintf(f, "%.*s%s%s", (int)(at - text), text, to, at + strlen(from));
	CU_ASSERT_EQUAL(ftruncate(fileno(f), ftell(f)), 0);
	CU_ASSERT_EQUAL(fclose(f), 0);
	free(text);
}

void wg_another_boot(const char *dir, int seconds)
{
	char text[32];

	(void)snprintf(text, sizeof(text), "%08x-52f6", (unsigned)seconds);
	wg_edit_metadata(dir, "3d1b848b-52f6", text);
	(void)snprintf(text, sizeof(text), "offset = %d", 1795341796 + seconds);
	wg_edit_metadata(dir, "offset = 1795341796", text);
}

int wg_sh_in(const char *dir, const char *script)
{
	return wg_run(NULL, NULL,
		(const char *const[]){
			"sh", "-c", "cd \"$1\" && eval \"$2\"", "sh", dir, script, NULL });
}

size_t wg_file_bytes(const char *dir, const char *file)
{
	int fd = open_file(dir, file);
	struct stat st;

	CU_ASSERT_EQUAL_FATAL(fstat(fd, &st), 0);
	(void)close(fd);
	return (size_t)st.st_size;
}

static void append(char *text, size_t len, const char *line)
{
	size_t used = strlen(text);

	(void)snprintf(text + used, len - used, "%s\n", line);
}

void wg_read_all(const char *path, struct wg_reading *ret)
{
	struct wg_reader *reader = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev;
	int64_t last = INT64_MIN;
	const char *note;
	char why[5000];
	size_t i;

	*ret = (struct wg_reading){ 0 };
	ret->rc = wg_reader_open(path, &reader, &err);
	while (ret->rc == 0 && (ret->rc = wg_reader_next(reader, &ev, &err)) > 0) {
		ret->rc = 0;
		ret->backwards += ev.ts_ns < last;
		last = ev.ts_ns;
		if (ev.type == WG_EV_LOST) {
			ret->holes++;
			ret->lost += ev.lost.count;
			CU_ASSERT(ev.lost.begin_ns <= ev.ts_ns);
			continue;
		}
		ret->events++;
		ret->by_cpu[ev.cpu % 8]++;
	}
	if (ret->rc < 0)
		append(ret->text, sizeof(ret->text), err.text);
	for (i = 0; reader && (note = wg_reader_note(reader, i)); i++)
		append(ret->text, sizeof(ret->text), note);
	ret->foreign = reader ? wg_reader_foreign(reader) : 0;
	wg_reader_close(reader);
	/* So every trace that a suite reads is also one of the suite `differ`. */
	(void)wg_both_readers(path, why, sizeof(why));
	CU_ASSERT_STRING_EQUAL(why, "");
	if (*why)
		(void)fprintf(stderr, "%s: %s\n", path, why);
}
