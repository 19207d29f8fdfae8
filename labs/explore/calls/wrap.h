/*
 * wrap.h: how calls of the lab come to us.
 *
 * A lab is linked with `-Wl,--wrap=CALL` for every call that is modelled (wrap.opts): its calls go
 * to __wrap_CALL, which the explorer has. Calls of the explorer and of libraries stay what they
 * are, so here malloc() is libc's.
 */
#ifndef LABS_EXPLORE_CALLS_WRAP_H
#define LABS_EXPLORE_CALLS_WRAP_H

/* The names are the linker's. */
#define LX_WRAP(type, name, ...)                                                                   \
	type __wrap_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__)

#endif
