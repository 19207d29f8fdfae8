/*
 * interned.h: names out of a log, as many as are worth their memory. Private to traces/import.
 */
#ifndef TRACES_IMPORT_INTERNED_H
#define TRACES_IMPORT_INTERNED_H

#include "traces/import/span.h"

struct wg__names;

struct wg__interned {
	struct wg__names *names;
	size_t count; /* of those taken */
};

int wg__interned_init(struct wg__interned *n); /* 0 or -ENOMEM */
void wg__interned_fini(struct wg__interned *n);

/* *ret becomes a lasting copy of text; a name that is too long or one too many changes nothing.
 * 0 or -ENOMEM. */
int wg__interned_name(struct wg__interned *n, struct wg__span text, const char **ret);

#endif
