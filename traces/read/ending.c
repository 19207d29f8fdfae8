/*
 * ending.c: see ending.h.
 */
#include "traces/read/ending.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/names.h"
#include "traces/read/files.h"

static bool is_of(const struct wg__ending *e, const uint8_t uuid[16])
{
	return memcmp(e->uuid, uuid, sizeof(e->uuid)) == 0;
}

static bool is_named(const struct wg__ending *e, const char *name)
{
	const char *slash = strrchr(e->name, '/');

	return strcmp(slash ? slash + 1 : e->name, name) == 0;
}

/* An empty file says by its name alone which stream goes on in it. */
static struct wg__ending *find(struct wg__endings *endings, const struct wg__metadata *metadata,
	const struct wg__health *health, const char *name)
{
	size_t i;

	for (i = 0; i < endings->count; i++) {
		struct wg__ending *e = &endings->v[i];
		bool is_same = health->packets && e->end ? e->stream == health->stream &&
								   e->instance == health->instance
							 : is_named(e, name);

		if (is_same && is_of(e, metadata->uuid))
			return e;
	}
	return NULL;
}

int wg__endings_add(struct wg__endings *endings, const struct wg__metadata *metadata,
	const struct wg__health *health, const char *prefix, const char *name)
{
	struct wg__ending *e;
	struct wg__ending new = {
		.stream = health->stream, .instance = health->instance, .end = health->end
	};

	if (!metadata->ends_at_stop || !metadata->has_uuid ||
		!metadata->layout.stream_instance_id ||
		(!health->packets && !wg__is_named_as_stream(name)))
		return 0;
	e = find(endings, metadata, health, name);
	if (e) {
		e->stream = e->end ? e->stream : new.stream;
		e->instance = e->end ? e->instance : new.instance;
		e->end = e->end < new.end ? new.end : e->end;
		return 0;
	}
	if (wg__grow(&endings->v, &endings->cap, endings->count, sizeof(*endings->v)) < 0 ||
		asprintf(&new.name, "%s%s", prefix, name) < 0)
		return -ENOMEM;
	memcpy(new.uuid, metadata->uuid, sizeof(new.uuid));
	endings->v[endings->count++] = new;
	return 0;
}

const struct wg__ending *wg__endings_first(
	const struct wg__endings *endings, const uint8_t uuid[16])
{
	const struct wg__ending *first = NULL;
	size_t i;

	for (i = 0; i < endings->count; i++) {
		const struct wg__ending *e = &endings->v[i];

		if (is_of(e, uuid) && (!first || e->end < first->end))
			first = e;
	}
	return first;
}

void wg__endings_fini(struct wg__endings *endings)
{
	while (endings->count)
		free(endings->v[--endings->count].name);
	free(endings->v);
	*endings = (struct wg__endings){ 0 };
}
