/*
 * walk.h: from the stack of a sleeping thread to its call sites.
 *
 * The kernel shows two registers of it: the stack pointer and the program counter. With libdw the
 * tables of the program's own files (.eh_frame) lead from there to each caller, exactly, until a
 * function needs a register that nobody saved. From there on, and without libdw, a word on the
 * stack that follows a call instruction is taken for a return address. It is likely one; it may be
 * left over from an earlier call. Each frame says which of the two it is.
 *
 * Why libdw: .eh_frame, symbols and build ids are formats with many corners, and elfutils reads
 * them all. Why it is optional: the rest of a scan needs nothing but /proc.
 */
#ifndef TRACES_OBSERVE_WALK_H
#define TRACES_OBSERVE_WALK_H

#include "traces/observe/maps.h"

struct wg_frame {
	uint64_t address;   /* where it goes on when the call returns */
	const char *module; /* the last part of the file's path; borrowed from the maps */
	uint64_t offset;    /* in it, as tools for object files count */
	char symbol[96];    /* the function that holds it, within its size; "": not known */
	bool is_likely;	    /* not exact, see above */
	bool is_libc;
};

/* What is copied of a stack at the moment of a look. */
struct wg__stack {
	uint64_t sp, pc;
	unsigned char *bytes; /* from sp */
	size_t count;
};

struct wg__walker; /* of one process */

/*
 * dir and tid: one of its threads. maps are borrowed, and read code is checked against them. What
 * cannot be opened is done without. NULL without memory.
 */
struct wg__walker *wg__walker_open(
	int dir, pid_t tid, const struct wg__maps *maps, bool with_dwarf);
void wg__walker_close(struct wg__walker *w);

/* At most max frames, the innermost (the program counter) first; returns how many. */
size_t wg__walk(
	struct wg__walker *w, const struct wg__stack *stack, struct wg_frame *frames, size_t max);

/* The symbol of a frame, if it has one: costs a look through a table. */
void wg__walk_name(struct wg__walker *w, struct wg_frame *frame);

/*
 * The function of the C library that was called at frames[site], without leading underscores: the
 * call says it, or else the outermost frame inside the library. "" if it is not known.
 */
void wg__walk_function(
	struct wg__walker *w, struct wg_frame *frames, size_t site, char *ret, size_t len);

/* The build id of what holds the address, in hexadecimal; "" if it is not known. */
void wg__walk_build_id(struct wg__walker *w, uint64_t address, char *ret, size_t len);

/* The first frame outside the C library that called; count if there is none. */
size_t wg__walk_site(const struct wg_frame *frames, size_t count);

/* ---- what libdw knows; without it nothing ---- */

struct wg__dwarf;

extern const bool wg__has_dwarf;
struct wg__dwarf *wg__dwarf_open(int dir, pid_t tid); /* NULL: not available */
void wg__dwarf_close(struct wg__dwarf *d);
/* Exact return addresses, the program counter first; *ret_sp: up to where the stack is used. */
size_t wg__dwarf_walk(struct wg__dwarf *d, const struct wg__stack *stack, uint64_t *addresses,
	size_t max, uint64_t *ret_sp);
void wg__dwarf_symbol(struct wg__dwarf *d, uint64_t address, char *ret, size_t len);
void wg__dwarf_build_id(struct wg__dwarf *d, uint64_t address, char *ret, size_t len);

#endif
