/*
 * real.c: see real.h.
 *
 * pthread_cond_* of glibc before 2.3.2 have another layout; a lookup without a version may find
 * them.
 */
#include "traces/preload/real.h"

#include <dlfcn.h>
#include <string.h>

#define DEFINE_REAL(name) __typeof__(name) *wg__real_##name;
WG_REALS(DEFINE_REAL)
WG_CONDS(DEFINE_REAL)

void wg__real_find(const char *name, void *ret_function)
{
	void *found = dlsym(RTLD_NEXT, name);

	memcpy(ret_function, &found, sizeof(found));
}

void wg__real_find_cond(const char *name, void *ret_function)
{
	void *found = dlvsym(RTLD_NEXT, name, "GLIBC_2.3.2");

	if (found)
		memcpy(ret_function, &found, sizeof(found));
	else
		wg__real_find(name, ret_function);
}

void wg__real_bind(void)
{
#define BIND(name) (void)REAL(name);
	WG_REALS(BIND)
	WG_CONDS(BIND)
}
