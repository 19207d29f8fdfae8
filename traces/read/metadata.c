/*
 * metadata.c: the part of packets.h that looks at `metadata`.
 *
 * The library's own messages on metadata that is empty, cut or of a newer format help nobody. And
 * the walk over a stream needs a few facts from it: the uuid, and where in a packet header is what
 * (layout.c; a copy made by babeltrace2 has another layout than LTTng's).
 *
 * The file is packets of text: magic 0x75D11D57 u32, uuid 16, checksum u32, content_size u32 bits,
 * packet_size u32 bits, five bytes; content_size counts this header. Plain text is legal as well.
 */
#include "traces/read/packets.h"

#include <babeltrace2/babeltrace.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/regular.h"
#include "traces/read/little_endian.h"

#define METADATA_MAGIC 0x75D11D57u
#define HEADER_BYTES   37
#define BYTES_MAX      (64u << 20) /* a metadata file of more than this describes no trace of ours */

/* The whole file, with a NUL behind it. */
static int slurp(const char *path, char **ret_text, size_t *ret_len)
{
	struct stat st;
	char *text = NULL;
	int fd = wg__open_regular(AT_FDCWD, path, &st), rc = 0;

	if (fd < 0)
		return fd;
	if ((uint64_t)st.st_size > BYTES_MAX)
		rc = -EFBIG;
	else if (!(text = malloc((size_t)st.st_size + 1)))
		rc = -ENOMEM;
	else if (pread(fd, text, (size_t)st.st_size, 0) != st.st_size)
		rc = -EIO;
	(void)close(fd);
	if (rc < 0) {
		free(text);
		return rc;
	}
	text[st.st_size] = '\0';
	*ret_text = text;
	*ret_len = (size_t)st.st_size;
	return 0;
}

/* Squeeze the packets' text together in place; -ENODATA and *ret_at if the file ends early. */
static int unpack(char *text, size_t len, size_t *ret_at)
{
	size_t in = 0, out = 0;

	while (in < len) {
		size_t content, packet;

		*ret_at = in;
		if (len - in < HEADER_BYTES || wg__le32(text + in) != METADATA_MAGIC)
			return -ENODATA;
		content = wg__le32(text + in + 24) / 8;
		packet = wg__le32(text + in + 28) / 8;
		if (content < HEADER_BYTES || content > packet || content > len - in)
			return -ENODATA;
		memmove(text + out, text + in + HEADER_BYTES, content - HEADER_BYTES);
		out += content - HEADER_BYTES;
		/* Missing padding costs nothing. */
		in += packet < len - in ? packet : len - in;
	}
	text[out] = '\0';
	return 0;
}

static bool is_ctf2(char first)
{
	return first == 0x1e || first == '{' || first == '[';
}

static bool library_reads_ctf2(void)
{
	return bt_version_get_major() > 2 ||
	       (bt_version_get_major() == 2 && bt_version_get_minor() >= 1);
}

static int check_text(
	const char *dir, char *text, size_t len, struct wg__metadata *m, struct wg_error *err)
{
	size_t at = 0;

	if (len == 0)
		return wg_error_set(
			err, -EINVAL, "'%s' is not a whole trace: its metadata is empty", dir);
	if (is_ctf2(text[0])) {
		if (library_reads_ctf2())
			return 0;
		return wg_error_set(err, -EINVAL,
			"'%s' is in the format CTF 2, which needs babeltrace2 2.1 or newer; "
			"record it with --trace-format=ctf-1.8",
			dir);
	}
	if (len >= HEADER_BYTES && wg__le32(text) == METADATA_MAGIC) {
		memcpy(m->uuid, text + 4, sizeof(m->uuid));
		m->has_uuid = true;
		if (unpack(text, len, &at) < 0) {
			return wg_error_set(err, -EINVAL,
				"'%s' is not a whole trace: its metadata is damaged or cut from "
				"byte %zu on",
				dir, at);
		}
	}
	return wg__layout_parse(dir, text, m, err);
}

/* What LTTng writes into each packet besides its text. */
static bool is_plain_packet(const char *packet, const uint8_t uuid[16])
{
	static const char about[] = { 0, 0, 0, 1, 8 }; /* not compressed, encrypted, summed; 1.8 */

	return memcmp(packet + 4, uuid, 16) == 0 && wg__le32(packet + 20) == 0 &&
	       memcmp(packet + 32, about, sizeof(about)) == 0 && wg__le32(packet + 24) % 8 == 0 &&
	       wg__le32(packet + 28) % 8 == 0;
}

int wg__metadata_text(const char *dir, char **ret_text, uint8_t ret_uuid[16], bool *ret_has_uuid)
{
	char *path, *text = NULL;
	size_t len = 0, at = 0, sum = 0;
	int rc;

	*ret_has_uuid = false;
	if (asprintf(&path, "%s/metadata", dir) < 0)
		return -ENOMEM;
	rc = slurp(path, &text, &len);
	free(path);
	if (rc == 0 && len >= HEADER_BYTES && wg__le32(text) == METADATA_MAGIC) {
		*ret_has_uuid = true;
		memcpy(ret_uuid, text + 4, 16);
		while (rc == 0 && at < len) {
			if (len - at < HEADER_BYTES || !is_plain_packet(text + at, ret_uuid) ||
				wg__le32(text + at + 28) / 8 > len - at ||
				wg__le32(text + at + 28) / 8 < HEADER_BYTES)
				rc = -ENOTSUP;
			if (rc < 0)
				break;
			sum += wg__le32(text + at + 24) / 8 - HEADER_BYTES;
			at += wg__le32(text + at + 28) / 8;
		}
		/* A NUL in it would end it for us. */
		if (rc == 0 && (unpack(text, len, &at) < 0 || strlen(text) != sum))
			rc = -ENOTSUP;
	} else if (rc == 0 && strlen(text) != len) {
		rc = -ENOTSUP;
	}
	if (rc < 0)
		free(text);
	else
		*ret_text = text;
	return rc;
}

int wg__metadata_check(const char *dir, struct wg__metadata *ret_metadata, struct wg_error *err)
{
	struct wg__metadata m = { 0 };
	char *path, *text = NULL;
	size_t len = 0;
	int rc;

	if (asprintf(&path, "%s/metadata", dir) < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	rc = slurp(path, &text, &len);
	if (rc < 0) {
		rc = wg_error_set(err, rc, "cannot read '%s': %s", path, strerror(-rc));
	} else {
		rc = check_text(dir, text, len, &m, err);
	}
	free(text);
	free(path);
	if (rc == 0)
		*ret_metadata = m;
	return rc;
}
