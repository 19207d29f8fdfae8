/*
 * faults.h: let the N-th allocation or thread fail, to see what is left behind.
 *
 * The test program is linked with --wrap for the calls below; unarmed they are the real ones.
 */
#ifndef TESTS_HARNESS_FAULTS_H
#define TESTS_HARNESS_FAULTS_H

#include <stdbool.h>
#include <stddef.h>

#define WG_FAULT_NEVER 0

/* The nth of these calls of this thread from now on fails with ENOMEM, once: malloc, calloc,
 * realloc, reallocarray, strdup, asprintf, vasprintf, open_memstream. */
void wg_fault_alloc(int nth);

/* The same in each thread that is created from now on. */
void wg_fault_alloc_in_threads(int nth);

/*
 * Hold the next eventfd_write of any thread back: it waits in front of the system call until
 * wg_fault_release_write(). Once. The second call tells whether one is waiting.
 */
void wg_fault_hold_write(void);
bool wg_fault_holds_write(void);
void wg_fault_release_write(void);

/* realloc() for the tests' own memory: never made to fail, and not counted. */
void *wg_fault_free_realloc(void *p, size_t size);

/* It has not come to that call yet. */
bool wg_fault_is_armed(void);

/* From now on every mprotect of any thread fails with ENOMEM, or none does. */
void wg_fault_mprotect(bool fails);

/* From now on every thread may use so many processors, if one asks; 0: the truth. */
void wg_fault_processors(int count);

/* The nth pthread_create of any thread from now on and all after it fail with EAGAIN. */
void wg_fault_threads(int nth);

#endif
