/*
 * wait.c: the registry of strategies, made from waits.def.
 */
#include "core/wait/wait.h"

#include <string.h>

static const struct wg_wait_ops *const registry[] = {
#define WG_WAIT(name) &wg__wait_##name,
#include "core/wait/waits.def"
#undef WG_WAIT
};

const struct wg_wait_ops *wg_wait_at(size_t i)
{
	return i < sizeof(registry) / sizeof(registry[0]) ? registry[i] : NULL;
}

const struct wg_wait_ops *wg_wait_find(const char *name)
{
	const struct wg_wait_ops *ops;
	size_t i;

	for (i = 0; (ops = wg_wait_at(i)); i++) {
		if (strcmp(ops->name, name) == 0)
			return ops;
	}
	return NULL;
}
