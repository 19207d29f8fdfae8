/*
 * lab.h: what a lab's scenario and a learner's file may use beside POSIX.
 *
 * A scenario is a small program over the learner's file: it starts threads, hands operations in,
 * and says what must hold. It runs in two ways from the same sources: under the controlled
 * scheduler (labs/explore), which tries every order of steps on a virtual clock, and on real
 * threads (labs/real), recorded by LTTng.
 *
 *     static void run(void)
 *     {
 *             pthread_t worker;
 *
 *             pthread_create(&worker, NULL, work, NULL);
 *             lab_loop("condvar");
 *             lab_submit(1);
 *             run_loop();                             // the learner's
 *             pthread_join(worker, NULL);
 *             lab_check("delivered", got == 1, "%d of 1 results delivered", got);
 *     }
 *
 *     const struct lab_scenario lab_scenarios[] = {
 *             { .name = "one", .title = "one hand-over", .run = run },
 *             { 0 },
 *     };
 */
#ifndef LABS_EXPLORE_LAB_H
#define LABS_EXPLORE_LAB_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct lab_scenario {
	const char *name;  /* NULL ends the list */
	const char *title; /* in words; may be NULL */
	void (*run)(void); /* the main thread, T0; the schedule ends when it has returned */

	/* What may go wrong beside the order of steps, in one schedule. */
	int spurious;	    /* so many waits on a condition return for no reason */
	int interrupts;	    /* so many blocking calls end with EINTR */
	bool store_buffers; /* stores reach memory late, as on x86 (TSO) */
	bool weak_memory;   /* atomics are as weak as C11 has them, and a data race breaks `race` */

	/* What counts as broken. */
	bool leaks; /* memory that is not freed at the end breaks the check `leak` */

	/* What is a step. */
	bool only_marked; /* ordinary memory accesses are never schedule points */
	bool any_waiter;  /* a signal may wake any waiter, not only the one that waits longest */

	/* Bounds; 0 is the default of each. */
	int max_schedules; /* 200000 */
	int max_steps;	   /* of one schedule: 2000 */
	int max_seconds;   /* of processor time: 20 */
};

extern const struct lab_scenario lab_scenarios[];

/* The calling thread's name in reports and traces. pthread_setname_np() does the same. */
void lab_name(const char *name);

/* The calling thread is a loop: from now on what it waits for is shown as its waits. `how` is the
 * name of its way to wait. A thread that polls or delivers is a loop without saying so. */
void lab_loop(const char *how);

/* The life of an operation, op > 0, in this order. lab_ready() is the moment from which a loop that
 * looks finds the result; what is ready and not delivered is pending work. */
void lab_submit(uint64_t op);
void lab_start(uint64_t op);
void lab_done(uint64_t op, int64_t result);
void lab_ready(uint64_t op);
void lab_poll(int found); /* the loop looked at its results and found so many */
void lab_deliver(uint64_t op);

/* Unless condition holds, this schedule breaks check `id`; the message says what was seen. */
__attribute__((format(printf, 3, 4))) void lab_check(
	const char *id, bool condition, const char *message, ...);

/*
 * The same for what a clock says: how late, how long. On real threads a clock tells as much about
 * the machine as about the loop, so a miss there is inconclusive, and breaks nothing.
 */
__attribute__((format(printf, 3, 4))) void lab_check_time(
	const char *id, bool condition, const char *message, ...);

/*
 * Do the threads of the system run this, and not the controlled scheduler? Then threads run at the
 * same time, also those of the scenario; a clock goes on by itself; and nothing is injected
 * (spurious, interrupts). A scenario that depends on what it is told here changes how long it takes
 * or what it can know, never what must hold.
 */
bool lab_is_real(void);

/* For functions that only keep a scenario's books: what they do is no step. On real threads they
 * run at the same time, so what they share is _Atomic, or under a lock that is held anyway. The
 * second attribute is clang's, which makes atomics steps with the first alone. */
#if __has_attribute(disable_sanitizer_instrumentation)
#define LAB_QUIET __attribute__((no_sanitize("thread"), disable_sanitizer_instrumentation))
#else
#define LAB_QUIET __attribute__((no_sanitize("thread")))
#endif

/* A remark that stands in the report of a schedule, at the step that is being made. */
__attribute__((format(printf, 1, 2))) void lab_note(const char *text, ...);

/* What the loops have done so far in this schedule. */
struct lab_counts {
	int waits;	   /* begun */
	int endless_waits; /* of these: without a timeout */
	int zero_waits;	   /* of these: with a timeout of nothing */
	int empty_wakes;   /* came back, and found nothing to do */
	int late_wakes;	   /* came back by timeout with work pending: a wake-up was lost */
	int spurious, interrupted;
	int polls, empty_polls;
	int notifies;		 /* rings by other threads: signals, writes to an eventfd, ... */
	int64_t last_timeout_ns; /* of the latest wait; -1: for ever */
	int pending;		 /* ready and not delivered */
	int open_fds;		 /* modelled descriptors that are open */
};
struct lab_counts lab_counts(void);

/* Set the wall clock (CLOCK_REALTIME) this much ahead or back. Under real threads: nothing. */
void lab_clock_jump(int64_t ns);

/* Marked accesses of shared variables: schedule points, through the store buffer where the scenario
 * has one. Integers and pointers of up to 8 bytes. */
#define LAB_LOAD(var) ((__typeof__(var))lab_load(&(var), sizeof(var), #var))
#define LAB_STORE(var, value)                                                                      \
	lab_store(&(var), sizeof(var), (uint64_t)((__typeof__(var))(value)), #var)

uint64_t lab_load(const void *at, size_t size, const char *name);
void lab_store(void *at, size_t size, uint64_t value, const char *name);

/* Everything this thread stored is in memory before it goes on. */
void lab_fence(void);

#endif
