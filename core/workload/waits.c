/*
 * waits.c: the strategies that a workload can run with: the library's, and those that the program
 * is linked with besides.
 */
#include <string.h>

#include "core/workload/workload.h"

const struct wg_wait_ops *wg_workload_wait_at(size_t i)
{
	size_t own = 0;

	while (wg_wait_at(own))
		own++;
	if (i < own)
		return wg_wait_at(i);
	return wg_workload_more_waits ? wg_workload_more_waits[i - own] : NULL;
}

const struct wg_wait_ops *wg_workload_wait_find(const char *name)
{
	const struct wg_wait_ops *ops;
	size_t i;

	for (i = 0; (ops = wg_workload_wait_at(i)); i++) {
		if (strcmp(ops->name, name) == 0)
			return ops;
	}
	return NULL;
}
