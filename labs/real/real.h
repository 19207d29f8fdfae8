/*
 * real.h: the lab_* calls (labs/explore/lab.h) on real threads, recorded with LTTng.
 *
 * The explorer proves; this confirms. The same scenario and the same learner's file run on threads
 * of the system, many times, and emit the events of the provider wakegap. So the recorder, the
 * measures and the viewer work for them as for real programs. Here luck decides what happens: a run
 * that hangs disproves a proof; a run that does not hang confirms it.
 *
 *      wakegap-lab check --real ── records ──▶ wakegap-real LAB.so ── dlopen, run, dlclose, again
 *
 * Linked by -Wl,--wrap=CALL for the few calls with which a loop waits and others notify. A thread
 * is a loop once it calls lab_loop(), or polls or delivers for the first time.
 */
#ifndef LABS_REAL_REAL_H
#define LABS_REAL_REAL_H

#include <stdbool.h>
#include <stdint.h>

/* The first finding; check is empty: there is none. */
struct wg_real_finding {
	char check[32];
	char message[256];
};

/* What the rounds found; printed as one line of JSON. */
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

/* The calling thread is about to wait, woke up, notifies: for the wrapped calls. */
void wg_real_wait(int64_t timeout_ns);
void wg_real_wake(bool timed_out, bool is_ready, bool interrupted);
void wg_real_notify(void);

/* How many threads of the lab have not ended yet. */
int wg_real_threads(void);

/* Pause now and then, where the seed says: without it, luck shows the same schedule each time. Seed
 * 0: no pauses. */
void wg_real_seed(unsigned seed);
void wg_real_jitter(void);

#endif
