/*
 * packets.c: see packets.h. The index that LTTng keeps says what should be there.
 */
#include "traces/read/packets.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "traces/base/index.h"
#include "traces/read/packets_walk.h"

/* 0, -ENOENT if there is none, or another negative errno. */
static int open_index(const char *dir, const char *name, struct wg__index *ret)
{
	char *path;
	int rc;

	if (asprintf(&path, "%s/index/%s.idx", dir, name) < 0)
		return -ENOMEM;
	rc = wg__index_open(AT_FDCWD, path, ret);
	free(path);
	return rc;
}

static bool index_agrees(const struct wg__index *index, uint64_t i, const struct wg__packet *p)
{
	struct wg__index_entry e;

	return i < index->count && wg__index_entry(index, i, &e) && e.offset_bytes == p->off &&
	       e.packet_bits == p->packet_bits && e.content_bits == p->content_bits &&
	       e.begin == p->begin && e.end == p->end;
}

static void note_packet(struct wg__health *health, const struct wg__packet *p)
{
	if (p->no_content)
		health->unfinished++;
	else if (p->no_end)
		health->unclosed++;
	if (p->no_seq || p->no_discarded)
		health->mistaken++;
	if (p->there * 8 == p->packet_bits) {
		health->packets++;
		return;
	}
	health->cut_at = p->off;
	health->cut_there = p->there;
	health->cut_wanted = p->packet_bits / 8;
	health->only_padding_cut = !p->no_content && p->there * 8 >= p->content_bits;
}

int wg__packets_check(const char *dir, const char *name, const struct wg__metadata *metadata,
	struct wg__health *ret_health)
{
	struct wg__health health = { 0 };
	struct wg__walk walk;
	struct wg__packet p;
	struct wg__index index = { .count = 0 };
	uint64_t seen = 0;
	int idx, rc = wg__walk_open(dir, name, metadata, &walk);

	if (rc < 0)
		return rc;
	idx = open_index(dir, name, &index);
	if (idx == -ENOMEM) {
		(void)close(walk.fd);
		return idx;
	}
	/* The library would block on a FIFO. */
	health.index_wrong = idx == -EINVAL;
	while ((rc = wg__walk_next(&walk, &p)) > 0) {
		note_packet(&health, &p);
		if (idx >= 0 && !index_agrees(&index, seen, &p))
			health.index_wrong = true;
		seen++;
		health.stream = p.stream;
		health.instance = p.instance;
		health.end = p.end;
	}
	if (walk.cut_header) {
		health.cut_at = walk.size - walk.cut_header;
		health.cut_there = walk.cut_header;
	}
	if (index.count > seen)
		health.index_lacks = index.count - seen;
	health.file_bytes = walk.size;
	health.garbage_at = walk.garbage_at;
	health.garbage_bytes = walk.garbage_bytes;
	health.is_no_stream = walk.size > 0 && idx < 0 && !wg__walk_saw_magic(&walk);
	if (idx >= 0)
		wg__index_close(&index);
	(void)close(walk.fd);
	*ret_health = health;
	return rc;
}

bool wg__health_is_good(const struct wg__health *health)
{
	return !health->cut_there && !health->garbage_bytes && !health->unfinished &&
	       !health->unclosed && !health->mistaken && !health->index_lacks &&
	       !health->index_wrong;
}
