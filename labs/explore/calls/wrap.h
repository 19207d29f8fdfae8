/*
 * wrap.h: how the lab's calls reach the explorer.
 *
 * A lab is linked with `-Wl,--wrap=CALL` for every modelled call (wrap.opts): its calls go to
 * __wrap_CALL in the explorer. Calls of the explorer and of libraries are not changed, so here
 * malloc() is libc's.
 */
#ifndef LABS_EXPLORE_CALLS_WRAP_H
#define LABS_EXPLORE_CALLS_WRAP_H

/* The linker prescribes the names. */
#define LX_WRAP(type, name, ...)                                                                   \
	type __wrap_##name(__VA_ARGS__);                                                           \
	type __wrap_##name(__VA_ARGS__)

#endif
