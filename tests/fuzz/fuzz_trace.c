/*
 * fuzz_trace.c: a trace folder: read to its end, and as far as our own code looks into it before
 * the library does, which is a thousand times faster.
 *
 * The input is no trace but a list of edits to a good one, so that what is tried is near what the
 * reader has to cope with: byte 0 chooses the sample, then each edit is
 *
 *     file  what  offset (u32, little-endian)  count  `count` bytes
 *
 * The mutator aims edits at fields of packet headers, event ids, lengths, words of the metadata and
 * entries of an index.
 */
#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/fuzz/fuzz_trace.h"
#include "tests/fuzz/targets.h"
#include "traces/read/packets.h"
#include "traces/read/read.h"

#define FILES	  5
#define EDITS_MAX 24
#define BYTES_MAX (64 << 10) /* of a file */

static const char *const samples[] = { "tick", "packets", "eventfd", "lossy" };
static const char *const files[FILES] = { "metadata", "wakegap_0", "wakegap_1",
	"index/wakegap_0.idx", "index/wakegap_1.idx" };

enum what { OVERWRITE, CUT, INSERT, REMOVE, REPLACE_WORD, REPEAT, SPARSE, WHAT_COUNT };

/* Words of the metadata, each replaced by any other. */
static const char *const words[] = { "_loop", "_op", "_kind", "_ready", "integer", "string",
	"struct", "variant", "enum", "size = 32", "size = 64", "size = 8", "size = 0", "size = 65",
	"align = 8", "align = 0", "align = 3", "signed = 0", "signed = 1", "uint32_t", "uint64_t",
	"uint8_t ", "uint64_clock_monotonic_t", "freq = 1000000000", "freq = 1", "freq = 0", "[17]",
	"[4294967295]", "[stream.event.header.id]", "[0]", "id = 0", "id = 1", "id = 5",
	"stream_id = 0", "stream_id = 7", "fields", "event.context", "packet.context",
	"event.header", "stream {", "event {", "clock {", "timestamp_begin", "timestamp_end",
	"content_size", "packet_size", "packet_seq_num", "events_discarded", "cpu_id", "magic",
	"uuid[16]", "byte_order = le", "byte_order = be", "compact", "extended", "0 ... 65534",
	"offset = 1", "offset = 9223372036854775807", "tracer_minor = 13", "tracer_minor = 10", "}",
	"{", ";", "encoding = none", "encoding = UTF8", "map = clock.monotonic.value;" };
#define WORDS (sizeof(words) / sizeof(*words))

struct content {
	char *bytes;
	size_t len;
};

/* The text of LTTng's packets of metadata, so that edits meet words and not checksums. */
static void unpack(struct content *c)
{
	size_t in = 0, out = 0;
	uint32_t bits[2];

	while (in + 37 <= c->len) {
		memcpy(bits, c->bytes + in + 24, sizeof(bits));
		memmove(c->bytes + out, c->bytes + in + 37, bits[0] / 8 - 37);
		out += bits[0] / 8 - 37;
		in += bits[1] / 8;
	}
	c->len = out;
}

static void splice(struct content *c, size_t at, size_t out, const void *bytes, size_t in)
{
	char *grown = malloc(c->len - out + in + 1);

	if (!grown)
		abort();
	memcpy(grown, c->bytes, at);
	memcpy(grown + at, bytes, in);
	memcpy(grown + at + in, c->bytes + at + out, c->len - at - out);
	free(c->bytes);
	c->bytes = grown;
	c->len += in - out;
	c->bytes[c->len] = '\0';
}

static void replace_word(struct content *c, const uint8_t *bytes, size_t count, size_t nth)
{
	const char *from, *to, *at = c->bytes;

	if (count < 2)
		return;
	from = words[bytes[0] % WORDS];
	to = words[bytes[1] % WORDS];
	for (at = strstr(at, from); at && nth % 16; nth--)
		at = strstr(at + 1, from);
	if (at)
		splice(c, (size_t)(at - c->bytes), strlen(from), to, strlen(to));
}

static void apply(struct content *c, enum what what, uint32_t offset, const uint8_t *bytes,
	size_t count, uint64_t *sparse)
{
	size_t at = c->len ? offset % c->len : 0, rest = c->len - at;

	switch (what) {
	case OVERWRITE: memcpy(c->bytes + at, bytes, count < rest ? count : rest); break;
	case CUT: c->len = at; break;
	case INSERT:
		if (c->len < BYTES_MAX)
			splice(c, at, 0, bytes, count);
		break;
	case REMOVE: splice(c, at, count < rest ? count : rest, "", 0); break;
	case REPLACE_WORD: replace_word(c, bytes, count, offset); break;
	case REPEAT: /* a packet once more */
		at -= at % 4096;
		rest = c->len - at < 4096 ? c->len - at : 4096;
		if (c->len < BYTES_MAX) {
			char copy[4096];

			memcpy(copy, c->bytes + at, rest);
			splice(c, at, 0, copy, rest);
		}
		break;
	default: *sparse = (uint64_t)offset << 8; break;
	}
	c->bytes[c->len] = '\0';
}

void fuzz_lay_out(const uint8_t *data, size_t len, const char *dir)
{
	const char *sample = fuzz_sample(samples[len ? data[0] % 4 : 0]);
	struct content content[FILES] = { { 0 } };
	uint64_t sparse[FILES] = { 0 };
	char path[4200];
	size_t i, edits = 0;

	for (i = 0; i < FILES; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", sample, files[i]);
		if (access(path, R_OK) == 0)
			content[i].bytes = fuzz_read(path, &content[i].len);
		else
			content[i].bytes = calloc(1, 1);
	}
	unpack(&content[0]);
	content[0].bytes[content[0].len] = '\0';
	for (i = 1; i + FUZZ_EDIT_HEAD <= len && edits < EDITS_MAX; edits++) {
		const uint8_t *e = data + i;
		uint32_t offset = (uint32_t)e[2] | (uint32_t)e[3] << 8 | (uint32_t)e[4] << 16 |
				  (uint32_t)e[5] << 24;
		size_t count = e[6], file = e[0] % FILES;

		i += FUZZ_EDIT_HEAD;
		count = count < len - i ? count : len - i;
		apply(&content[file], e[1] % WHAT_COUNT, offset, data + i, count, &sparse[file]);
		i += count;
	}
	(void)snprintf(path, sizeof(path), "%s/index", dir);
	(void)mkdir(path, 0700);
	for (i = 0; i < FILES; i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", dir, files[i]);
		(void)unlink(path);
		if (content[i].len)
			fuzz_write(dir, files[i], content[i].bytes, content[i].len);
		if (i > 0 && i < 3 && sparse[i] > content[i].len)
			(void)!truncate(path, (off_t)sparse[i]);
		free(content[i].bytes);
	}
}

static void run(const uint8_t *data, size_t len, const char *dir)
{
	struct wg_reader *reader = NULL;
	struct wg_error err = { 0 };
	struct wg_event ev;
	size_t i;
	int rc;

	fuzz_lay_out(data, len, dir);
	rc = wg_reader_open(dir, &reader, &err);
	while (rc == 0 && (rc = wg_reader_next(reader, &ev, &err)) > 0) {
		if (ev.type == WG_EV_LOST && ev.lost.begin_ns > ev.ts_ns)
			abort();
		if (!ev.procname || ev.type >= WG_EV_COUNT)
			abort();
		rc = 0;
	}
	if (rc < 0 && !err.text[0])
		abort(); /* refused without a reason */
	for (i = 0; reader && wg_reader_note(reader, i); i++) {
		if (strchr(wg_reader_note(reader, i), '\n'))
			abort(); /* a note is one line */
	}
	wg_reader_close(reader);
}

/* What is repaired is good, and has no packet less. */
static void check_stream(const char *dir, const char *name, const struct wg__metadata *metadata)
{
	struct wg__health before, after;
	char out[4100], path[4200];

	if (wg__packets_check(dir, name, metadata, &before) < 0 || before.is_no_stream)
		return;
	(void)snprintf(out, sizeof(out), "%s/repaired", dir);
	(void)snprintf(path, sizeof(path), "%s/%s", out, name);
	(void)mkdir(out, 0700);
	(void)unlink(path);
	if (wg__packets_repair(dir, name, metadata, out) < 0)
		return;
	if (wg__packets_check(out, name, metadata, &after) < 0 || !wg__health_is_good(&after) ||
		after.packets < before.packets)
		abort();
}

static void run_packets(const uint8_t *data, size_t len, const char *dir)
{
	struct wg__metadata metadata;
	struct wg_error err = { 0 };
	size_t i;

	fuzz_lay_out(data, len, dir);
	if (wg__metadata_check(dir, &metadata, &err) < 0) {
		if (!err.text[0])
			abort(); /* refused without a reason */
		return;
	}
	for (i = 1; metadata.has_lttng_packets && i < 3; i++)
		check_stream(dir, files[i], &metadata);
}

/* One more edit, or one that is there changed in its aim. */
size_t fuzz_edit(uint8_t *data, size_t len, size_t max, unsigned seed)
{
	static const uint8_t fields[] = { 0, 4, 20, 24, 32, 40, 48, 56, 64, 72, 80, 84, 86, 90,
		94 };
	static const uint64_t numbers[] = { 0, 1, UINT64_MAX, UINT64_MAX - 1, INT64_MAX,
		UINT64_C(1) << 62, UINT64_C(1) << 32, 4096 * 8, 80 * 8, 79 * 8, UINT64_C(1) << 43 };
	uint64_t number;
	uint32_t offset;
	uint8_t edit[FUZZ_EDIT_HEAD + 8] = { 0 };
	size_t count = 8, size;

	srandom(seed);
	number = numbers[(size_t)random() % 11] + (random() % 4 ? 0 : (uint64_t)random());
	edit[0] = (uint8_t)(random() % FILES);
	edit[1] = edit[0] == 0 && random() % 4
			  ? REPLACE_WORD
			  : (uint8_t)(random() % 3 ? 0 : random() % WHAT_COUNT);
	offset = (uint32_t)random();
	if (edit[1] == REPLACE_WORD) {
		number = (uint64_t)random();
		count = 2;
	} else if (edit[0] == 1 || edit[0] == 2) {
		offset = (uint32_t)(random() % 5) * 4096 +
			 (random() % 4 ? fields[(size_t)random() % sizeof(fields)]
				       : (uint32_t)random() % 4096);
		count = random() % 2 ? 8 : 4;
	} else if (edit[0] > 2) {
		offset = 16 + 72 * (uint32_t)(random() % 5) + 8 * (uint32_t)(random() % 5);
	}
	memcpy(edit + 2, &offset, sizeof(offset));
	edit[6] = (uint8_t)count;
	memcpy(edit + FUZZ_EDIT_HEAD, &number, sizeof(number));
	size = FUZZ_EDIT_HEAD + count;
	if (len == 0 && max > 0)
		data[len++] = (uint8_t)(random() % 4);
	if (len > 160 || len + size > max)
		len = 1;
	if (len + size > max)
		return len;
	memcpy(data + len, edit, size);
	return len + size;
}

const struct fuzz_target fuzz_trace = { "trace", run, fuzz_edit };
const struct fuzz_target fuzz_packets = { "packets", run_packets, fuzz_edit };
