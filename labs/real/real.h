/*
 * real.h: the lab_* calls (labs/explore/lab.h) on real threads, recorded with LTTng.
 *
 * The explorer proves; this confirms. The same scenario and the same learner's file run on threads
 * of the system, as often as there is patience for, and emit the events of the wakegap provider,
 * so that the recorder, the measures and the viewer of real programs work for them. Luck decides
 * what happens, so nothing is proved here: a run that hangs contradicts, one that does not
 * confirms.
 *
 *      wakegap-lab check --real ── records ──▶ wakegap-real LAB.so ── dlopen, run, dlclose, again
 *
 * Linked by -Wl,--wrap=CALL for the few calls that a loop waits with and others ring with; what
 * thread is a loop says lab_loop(), or its first poll or delivery.
 */
#ifndef LABS_REAL_REAL_H
#define LABS_REAL_REAL_H

#include <stdbool.h>
#include <stdint.h>

/* The first that was said; check is empty: nothing was. */
struct wg_real_finding {
	char check[32];
	char message[256];
};

/* What the rounds brought to light; printed as one line of JSON. */
struct wg_real_counts {
	uint64_t submitted, delivered; /* operations of this round */
	uint64_t ready;		       /* of these, published and not delivered */
	struct wg_real_finding broken; /* by lab_check() */
	struct wg_real_finding unsure; /* by lab_check_time(): a busy machine may be the reason */
};

/* A new round: no operations, no loops. Main thread, no other runs. */
void wg_real_begin(void);

/* Any thread. */
void wg_real_counts(struct wg_real_counts *ret);

/* The calling thread is about to wait, and is back: for the wrapped calls. */
void wg_real_wait(int64_t timeout_ns);
void wg_real_wake(bool timed_out, bool is_ready, bool interrupted);
void wg_real_ring(void);

/* How many threads of the lab have not returned to us yet. */
int wg_real_threads(void);

/* Now and then a pause, at a place of the seed's choice: luck alone shows the same order each time.
 * 0 is no seed: no pauses. */
void wg_real_seed(unsigned seed);
void wg_real_jitter(void);

#endif
