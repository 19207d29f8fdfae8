/*
 * lab.h: what a scenario and a learner's file may use besides POSIX.
 *
 * A scenario is a small program over the learner's file: it starts threads, hands operations in,
 * and says what must hold. The same sources run in two ways: under the controlled scheduler
 * (labs/explore), which tries every schedule on a virtual clock, and on real threads (labs/real),
 * recorded by LTTng.
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

	/* What the machine may do in one schedule, besides switching threads. */
	int spurious;	    /* this many waits on a condition return without cause */
	int interrupts;	    /* this many blocking calls end with EINTR */
	bool store_buffers; /* stores reach memory late, as on x86 (TSO) */
	bool weak_memory;   /* atomics are as weak as C11 has them, and a data race breaks `race` */
	int64_t clock_step_ns; /* each reading of a clock moves it on: code that spins comes to an
				  end */

	/* What counts as broken. */
	bool leaks; /* memory that is not freed at the end breaks check `leak` */

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

/* The calling thread is a loop: from now on reports and traces show its waits. `how` names its way
 * to wait. A thread that calls lab_poll() or lab_deliver() becomes a loop by that. */
void lab_loop(const char *how);

/* The life of an operation, op > 0, in this order. From lab_ready() on, a loop that looks finds the
 * result. An operation that is ready and not delivered is pending work. */
void lab_submit(uint64_t op);
void lab_start(uint64_t op);
void lab_done(uint64_t op, int64_t result);
void lab_ready(uint64_t op);
void lab_poll(int found); /* the loop looked at its results and found this many */
void lab_deliver(uint64_t op);

/* Unless the condition is true, this schedule breaks check `id`. The message says what was seen. */
__attribute__((format(printf, 3, 4))) void lab_check(
	const char *id, bool condition, const char *message, ...);

/*
 * The same for what a clock says: how late, how long. On real threads a clock depends on the
 * machine as much as on the loop, so a failure there is inconclusive and breaks no check.
 */
__attribute__((format(printf, 3, 4))) void lab_check_time(
	const char *id, bool condition, const char *message, ...);

/*
 * Does this run on real threads, not under the controlled scheduler? Then threads run at the same
 * time, also those of the scenario; time passes by itself; and nothing is injected (spurious,
 * interrupts). A scenario may adapt its durations and what it can observe, never what must hold.
 */
bool lab_is_real(void);

/* For functions that only count for the scenario: their accesses are not steps. On real threads
 * they run at the same time, so the data they share is _Atomic, or under a lock that is held
 * anyway. The second attribute is for clang, where with the first alone atomics are still steps. */
#if __has_attribute(disable_sanitizer_instrumentation)
#define LAB_QUIET __attribute__((no_sanitize("thread"), disable_sanitizer_instrumentation))
#else
#define LAB_QUIET __attribute__((no_sanitize("thread")))
#endif

/* A remark for the report of a schedule, at the current step. */
__attribute__((format(printf, 1, 2))) void lab_note(const char *text, ...);

/* What the loops have done so far in this schedule. */
struct lab_counts {
	int waits;	   /* begun */
	int endless_waits; /* of these: without a timeout */
	int zero_waits;	   /* of these: with timeout 0 */
	int empty_wakes;   /* wakes that found nothing to do */
	int late_wakes;	   /* wakes by timeout with work pending: a wake-up was lost */
	int spurious, interrupted;
	int polls, empty_polls;
	int notifies;		 /* by other threads: signals, writes to an eventfd, ... */
	int64_t last_timeout_ns; /* of the latest wait; -1: for ever */
	int pending;		 /* ready and not delivered */
	int open_fds;		 /* modelled descriptors that are open */
	int unjoined;		 /* threads that nobody has joined or detached */
};
struct lab_counts lab_counts(void);

/* Set the wall clock (CLOCK_REALTIME) ahead or back by ns. On real threads: no effect. */
void lab_clock_jump(int64_t ns);

/* Marked accesses of shared variables: schedule points, through the store buffer if the scenario
 * has them. Integers and pointers of up to 8 bytes. */
#define LAB_LOAD(var) ((__typeof__(var))lab_load(&(var), sizeof(var), #var))
#define LAB_STORE(var, value)                                                                      \
	lab_store(&(var), sizeof(var), (uint64_t)((__typeof__(var))(value)), #var)

uint64_t lab_load(const void *at, size_t size, const char *name);
void lab_store(void *at, size_t size, uint64_t value, const char *name);

/* All stores of this thread reach memory before it goes on. */
void lab_fence(void);

#endif
