/*
 * parts.h: what the engine asks of the modelled calls and of the loaded lab.
 *
 * The engine includes none of them. main hands this one table in as lx.parts before the first
 * schedule; labs/explore/parts.c fills it. All run in the child, on its only thread.
 */
#ifndef LABS_EXPLORE_ENGINE_PARTS_H
#define LABS_EXPLORE_ENGINE_PARTS_H

#include <stdint.h>

struct lx_thread;

struct lx_parts {
	void (*begin)(void);   /* a schedule begins: everything as it was at first */
	void (*at_rest)(void); /* no thread can go on: is this the end, or are they stuck? */
	void (*end)(void);     /* the schedule is over: is the memory in order? */

	int64_t (*deadline)(void); /* the earliest that is not a thread's; LX_NEVER: none */
	void (*pass_time)(void);   /* lx.now_ns has changed */

	void (*interrupt)(struct lx_thread *t); /* a signal ends t's blocking call with EINTR */
	void (*deliver)(struct lx_thread *t);	/* t runs again: its signal handlers come first */

	void (*new_tls)(int thread); /* thread-local variables, as every thread begins with them */
	void (*swap_tls)(int from, int to);

	void (*take_printed)(void); /* what the running thread printed goes to the latest step */

	uint64_t (*data)(const void *at);    /* the offset of a variable; 0: it is no variable */
	uint64_t (*place)(const void *code); /* as addr2line wants it; 0: not in the lab */
};

#endif
