/*
 * index.c: see index.h. The layout is that of CTF index 1.1; all of it is big-endian.
 */
#include "traces/base/index.h"

#include <endian.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/regular.h"

#define MAGIC	    0xC1F1DCC1u
#define ENTRY_BYTES 72	 /* of version 1.1; later ones may only append */
#define ENTRY_MAX   4096 /* far beyond any */

struct head {
	uint32_t magic, major, minor, entry_bytes;
};

int wg__index_open(int at, const char *path, struct wg__index *ret_index)
{
	struct wg__index index = { .entry_bytes = ENTRY_BYTES };
	struct head head;
	struct stat st;

	index.fd = wg__open_regular(at, path, &st);
	if (index.fd < 0)
		return index.fd;
	index.is_cut = pread(index.fd, &head, sizeof(head), 0) != sizeof(head);
	if (!index.is_cut && be32toh(head.magic) == MAGIC) {
		size_t bytes = be32toh(head.entry_bytes);

		if (bytes >= ENTRY_BYTES && bytes < ENTRY_MAX) {
			index.entry_bytes = bytes;
			index.count = ((uint64_t)st.st_size - sizeof(head)) / bytes;
		}
	}
	*ret_index = index;
	return 0;
}

void wg__index_close(struct wg__index *index)
{
	(void)close(index->fd);
}

bool wg__index_entry(const struct wg__index *index, uint64_t i, struct wg__index_entry *ret_entry)
{
	off_t at = (off_t)(sizeof(struct head) + i * index->entry_bytes);
	uint64_t e[ENTRY_BYTES / 8];

	if (pread(index->fd, e, sizeof(e), at) != sizeof(e))
		return false;
	/* e[5] counts discarded events; the stream has that, too. */
	*ret_entry = (struct wg__index_entry){ be64toh(e[0]), be64toh(e[1]), be64toh(e[2]),
		be64toh(e[3]), be64toh(e[4]), be64toh(e[6]), be64toh(e[7]), be64toh(e[8]) };
	return true;
}
