/*
 * waiting.c: see waiting.h.
 */
#include "traces/base/waiting.h"

#include <stddef.h>
#include <string.h>

static const char *const names[] = {
	[WG_IN_EPOLL] = "epoll",
	[WG_IN_POLL] = "poll",
	[WG_IN_SELECT] = "select",
	[WG_IN_COND] = "cond",
	[WG_IN_SEM] = "sem",
	[WG_IN_FUTEX] = "futex",
	[WG_IN_LOCK] = "lock",
	[WG_IN_SLEEP] = "sleep",
	[WG_IN_READ] = "read",
	[WG_IN_CHILD] = "child",
	[WG_IN_URING] = "uring",
	[WG_IN_SIGNAL] = "signal",
	[WG_IN_OTHER] = "other",
};
_Static_assert(sizeof(names) / sizeof(names[0]) == WG_IN_COUNT, "every way to wait has a name");

const char *wg_wait_in_name(enum wg_wait_in how)
{
	return (size_t)how < WG_IN_COUNT ? names[how] : "?";
}

enum wg_wait_in wg_wait_in_of(const char *name)
{
	size_t i;

	for (i = 0; i < WG_IN_COUNT; i++) {
		if (strcmp(names[i], name) == 0)
			return (enum wg_wait_in)i;
	}
	return WG_IN_OTHER;
}
