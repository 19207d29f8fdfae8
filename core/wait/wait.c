/*
 * wait.c: the registry of strategies. Help, traces, tests and labs learn a name from here.
 */
#include "core/wait/wait.h"

#include <string.h>

static const struct wg_wait_ops *const registry[] = {
	&wg__wait_tick,
	&wg__wait_ticker,
	&wg__wait_condvar,
	&wg__wait_futex,
	&wg__wait_elide,
	&wg__wait_eventfd,
	&wg__wait_hybrid,
#ifdef WG_HAVE_URING
	&wg__wait_uring,
#endif
	&wg__wait_spin,
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
