/*
 * protobuf.c: see protobuf.h.
 */
#include "traces/export/protobuf.h"

#include <stdlib.h>

#include "traces/base/text_out.h"

#define TEXT_MAX 1023 /* the rest of a longer one is left out */

void wg__pb_fini(struct wg__pb *pb)
{
	free(pb->buf);
	*pb = (struct wg__pb){ .buf = NULL };
}

bool wg__pb_grow(struct wg__pb *pb, size_t bytes)
{
	size_t cap = pb->cap * 2 + bytes + 256;
	unsigned char *bigger = realloc(pb->buf, cap);

	if (!bigger) {
		pb->failed = true;
		return false;
	}
	pb->buf = bigger;
	pb->cap = cap;
	return true;
}

/* Such a text needs no cleaning. */
static bool is_ascii(const char *text, size_t *ret_len)
{
	size_t len = strlen(text), i;
	unsigned char all = 0;

	for (i = 0; i < len; i++)
		all |= (unsigned char)text[i];
	*ret_len = len;
	return all < 0x80;
}

void wg__pb_text(struct wg__pb *pb, uint32_t field, const char *text)
{
	char clean[TEXT_MAX + 1];
	size_t len;

	if (!is_ascii(text, &len) || len > TEXT_MAX) {
		len = wg_utf8_clean(text, clean, sizeof(clean));
		text = clean;
	}
	wg__pb_bytes(pb, field, text, len);
}
