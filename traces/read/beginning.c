/*
 * beginning.c: see beginning.h. A snapshot has no index, so the first packet of each file tells.
 */
#include "traces/read/beginning.h"

#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/regular.h"
#include "traces/base/since.h"
#include "traces/read/find.h"
#include "traces/read/packets.h"
#include "traces/read/little_endian.h"

#define MAGIC 0xC1FC1FC1u

/* LTTng writes the number of the CPU, others do not. */
static uint64_t instance(const uint8_t *header, const struct wg__layout *l)
{
	return l->stream_instance_id ? wg__le64(header + l->stream_instance_id) : 0;
}

static bool has_fields(const struct wg__layout *l)
{
	return l->stream_id && l->timestamp_begin && l->timestamp_end && l->packet_seq_num &&
	       l->stream_id + 4 <= WG__HEADER_MAX && l->stream_instance_id + 8 <= WG__HEADER_MAX &&
	       l->packet_seq_num + 8 <= WG__HEADER_MAX &&
	       l->timestamp_begin + 8 <= WG__HEADER_MAX && l->timestamp_end + 8 <= WG__HEADER_MAX;
}

static int look_at_stream(
	int dir_fd, const char *name, const struct wg__layout *l, struct wg__since *since)
{
	uint8_t header[WG__HEADER_MAX] = { 0 };
	struct wg__since_stream first;
	struct stat st;
	int fd = wg__open_regular(dir_fd, name, &st);
	ssize_t n = fd < 0 ? -1 : pread(fd, header, sizeof(header), 0);

	if (fd >= 0)
		(void)close(fd);
	if (n < (ssize_t)l->bytes || wg__le32(header) != MAGIC ||
		wg__le64(header + l->timestamp_begin) > wg__le64(header + l->timestamp_end))
		return 0;
	first = (struct wg__since_stream){ wg__le32(header + l->stream_id), instance(header, l),
		wg__le64(header + l->packet_seq_num), wg__le64(header + l->timestamp_begin) };
	return wg__since_put(since, &first);
}

static int look_at_trace(const char *dir, struct wg__since *since)
{
	struct wg__metadata metadata;
	struct dirent *e;
	int rc = 0;
	DIR *d;

	if (wg__metadata_check(dir, &metadata, NULL) < 0 || !metadata.has_lttng_packets ||
		!has_fields(&metadata.layout))
		return 0;
	d = opendir(dir);
	while (d && rc == 0 && (e = readdir(d))) {
		if (e->d_name[0] != '.' && strcmp(e->d_name, "metadata") != 0)
			rc = look_at_stream(dirfd(d), e->d_name, &metadata.layout, since);
	}
	if (d)
		(void)closedir(d);
	return rc;
}

int wg__beginnings(const struct wg__notes *dirs, size_t path_len, int64_t *ret)
{
	size_t i, k, end;

	for (i = 0; i < dirs->count; i = end) {
		const char *dir = dirs->line[i];
		size_t len = wg__recording_len(dir, path_len);
		struct wg__since since = { 0 };
		int rc = 0;

		for (end = i; end < dirs->count && rc == 0 &&
			      wg__recording_len(dirs->line[end], path_len) == len &&
			      strncmp(dir, dirs->line[end], len) == 0;
			end++)
			rc = look_at_trace(dirs->line[end], &since);
		for (k = i; k < end; k++)
			ret[k] = (int64_t)wg__since_begin(&since, NULL);
		wg__since_fini(&since);
		if (rc < 0)
			return rc;
	}
	return 0;
}
