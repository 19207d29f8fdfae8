/*
 * interned.c: see interned.h.
 */
#include "traces/import/interned.h"

#include <errno.h>

#include "traces/base/names.h"

#define NAMES_MAX 4096

int wg__interned_init(struct wg__interned *n)
{
	*n = (struct wg__interned){ wg__names_create(), 0 };
	return n->names ? 0 : -ENOMEM;
}

void wg__interned_fini(struct wg__interned *n)
{
	wg__names_destroy(n->names);
	*n = (struct wg__interned){ 0 };
}

int wg__interned_name(struct wg__interned *n, struct wg__span text, const char **ret)
{
	char name[256];
	size_t len = wg__span_len(text);

	if (wg__span_is(text, *ret))
		return 0;
	if (len >= sizeof(name) || n->count >= NAMES_MAX || (len && memchr(text.p, 0, len)))
		return 0;
	if (len)
		memcpy(name, text.p, len);
	name[len] = '\0';
	*ret = wg__names_intern(n->names, name);
	n->count++;
	return *ret ? 0 : -ENOMEM;
}
