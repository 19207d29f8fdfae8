/*
 * keep.c: see keep.h.
 */
#include "traces/base/keep.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <xxhash.h>

#include "traces/base/names.h"
#include "traces/base/out.h"

#define WORD 8

static void put(struct wg__keep *k, const void *bytes, size_t count)
{
	static const char zeros[WORD];
	size_t rest = (WORD - count % WORD) % WORD;

	if (count) {
		wg_out_write(k->out, bytes, count);
		(void)XXH3_64bits_update(k->sum, bytes, count);
	}
	if (rest) {
		wg_out_write(k->out, zeros, rest);
		(void)XXH3_64bits_update(k->sum, zeros, rest);
	}
	if (wg_out_failed(k->out))
		k->rc = k->out->rc;
}

/* The next bytes of the file; NULL: so many are not there. */
static const void *take(struct wg__keep *k, size_t count)
{
	const char *at = k->at;
	size_t left = (size_t)(k->end - at), rest = (WORD - count % WORD) % WORD;

	if (count > left || rest > left - count) {
		k->rc = -EBADMSG;
		return NULL;
	}
	k->at += count + rest;
	return at;
}

void wg__keep_refuse(struct wg__keep *k, bool is_wrong)
{
	if (is_wrong && k->rc == 0)
		k->rc = -EBADMSG;
}

void wg__keep_value(struct wg__keep *k, void *value, size_t bytes)
{
	const void *at;

	if (k->rc < 0)
		return;
	if (!wg__keep_reads(k)) {
		put(k, value, bytes);
		return;
	}
	at = take(k, bytes);
	if (at)
		memcpy(value, at, bytes);
}

void wg__keep_flag(struct wg__keep *k, bool *flag)
{
	uint64_t word = *flag;

	wg__keep_value(k, &word, sizeof(word));
	if (k->rc == 0)
		*flag = word != 0;
}

void wg__keep_time(struct wg__keep *k, int64_t *t, int64_t besides)
{
	wg__keep_value(k, t, sizeof(*t));
	wg__keep_refuse(k, *t != besides && (*t < -WG__KEEP_TIME_MAX || *t > WG__KEEP_TIME_MAX));
}

void wg__keep_place(struct wg__keep *k, const void **at, size_t count, size_t element_bytes)
{
	const void *place;

	wg__keep_refuse(k, count > SIZE_MAX / 2 / element_bytes);
	if (k->rc < 0)
		return;
	if (!wg__keep_reads(k)) {
		put(k, *at, count * element_bytes);
		return;
	}
	place = take(k, count * element_bytes);
	if (place)
		*at = place;
}

void wg__keep_array(struct wg__keep *k, void *array, size_t *count, size_t element_bytes)
{
	const void *at;
	void *copy;

	/* array is a `T **` for any T, as in wg__grow(). */
	memcpy(&copy, array, sizeof(copy));
	at = copy;
	wg__keep_value(k, count, sizeof(*count));
	wg__keep_place(k, &at, *count, element_bytes);
	if (!wg__keep_reads(k))
		return;
	copy = k->rc < 0 ? NULL : malloc(*count * element_bytes + 1);
	if (k->rc == 0 && !copy)
		k->rc = -ENOMEM;
	if (copy)
		memcpy(copy, at, *count * element_bytes);
	else
		*count = 0;
	memcpy(array, &copy, sizeof(copy)); /* the caller owns it now */
}

void *wg__keep_room(struct wg__keep *k, size_t count, size_t element_bytes)
{
	void *room;

	wg__keep_refuse(k, count > (size_t)(k->end - k->at) / WORD);
	if (k->rc < 0)
		return NULL;
	room = calloc(count ? count : 1, element_bytes);
	if (!room)
		k->rc = -ENOMEM;
	return room;
}

void wg__keep_text(struct wg__keep *k, const char **text)
{
	size_t bytes = !wg__keep_reads(k) && *text ? strlen(*text) + 1 : 0;
	const void *at = wg__keep_reads(k) ? NULL : *text;

	wg__keep_value(k, &bytes, sizeof(bytes));
	wg__keep_place(k, &at, bytes, 1);
	if (!wg__keep_reads(k))
		return;
	*text = NULL;
	if (!at || !bytes) /* it is where wg__keep_place() has set it */
		return;
	if (memchr(at, '\0', bytes) != (const char *)at + bytes - 1) {
		k->rc = -EBADMSG;
		return;
	}
	*text = wg__names_intern(k->names, at);
	if (!*text)
		k->rc = -ENOMEM;
}
