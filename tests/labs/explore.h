/*
 * explore.h: try every schedule of a few threads, with the store buffers of a processor.
 *
 * In a model, each thread is a program of small steps over a few shared words. The machine makes
 * each step at once. A plain store goes to the thread's buffer, and from there to memory at any
 * later moment, in order (total store order, as x86 has it). The explorer tries every schedule, and
 * counts all of them and those that end badly.
 */
#ifndef TESTS_LABS_EXPLORE_H
#define TESTS_LABS_EXPLORE_H

#include <stdbool.h>
#include <stdint.h>

#define WG_THREADS 3
#define WG_WORDS   8
#define WG_BUFFER  4

/* Bytes only: no padding, so states are compared as memory. */
struct wg_state {
	int8_t pc[WG_THREADS];
	int8_t mem[WG_WORDS];
	int8_t reg[WG_THREADS][3];
	int8_t buffered[WG_THREADS];
	int8_t buffer[WG_THREADS][WG_BUFFER][2]; /* word, value; oldest first */
};

struct wg_model {
	int threads;
	/* Make t's next step on s; false: it cannot now (it waits, or has ended): s is unchanged.
	 */
	bool (*step)(struct wg_state *s, int t, const void *config);
	/* No thread can make a step: is that bad? */
	bool (*is_bad)(const struct wg_state *s, const void *config);
	const void *config;
};

struct wg_explored {
	uint64_t schedules, bad;
	uint64_t states; /* different ones that it met */
};

/* From *start: all zero, or what the test set. */
struct wg_explored wg_explore(const struct wg_model *model, const struct wg_state *start);

/* From all zero: how many schedules end badly; printed beside how many there are. */
uint64_t wg_hanging(const char *what, const struct wg_model *model);

/* As t sees word: its own latest store that is not yet in memory, else memory. */
int wg_state_load(const struct wg_state *s, int t, int word);

/* A plain store, into the buffer. */
void wg_state_store(struct wg_state *s, int t, int word, int value);

/* Is everything that t stored in memory? Fences, locked instructions and system calls wait for it.
 */
bool wg_state_is_drained(const struct wg_state *s, int t);

#endif
