/*
 * fake_threads.h: a small trace of a program that was seen only from outside, with every class of
 * wakes, for the suites that show threads.
 */
#ifndef TESTS_HARNESS_FAKE_THREADS_H
#define TESTS_HARNESS_FAKE_THREADS_H

#include "tests/harness/fake_trace.h"

/*
 * Process 812 "server", one second from t = 1 s on:
 *   812 "server"  epoll_wait on fd 5 for 100 ms: empty, but for the 3rd wake, which acts, and the
 *                 6th, which is late: its object was notified 30 ms before
 *   813 "worker"  waits for a condition without end; 812 notifies it at 1.25 s (exact), and it is
 *                 awake 40 us later; then in a timed wait for 1 ms until 900 "client" notifies it
 *                 (likely), 200 us before it wakes
 *   814 "flusher" sleeps 20 ms at a time, 12 times, and does nothing
 *   815 "eager"   polls: 12 wakes that find something and take nothing: a spin; then a lock
 * Process 900 "client" only notifies.
 */
struct fake *fake_threads(void);

/* Its events as a CTF trace in a folder that exists and is empty. */
void fake_threads_write(const char *dir);

/* The same, by_ns later: what is the same in two recordings is read once. */
void fake_threads_write_later(const char *dir, int64_t by_ns);

/* The same of any records of threads; destroys the fake. */
void fake_records_write(struct fake *fake, const char *dir);

/* A thread that waits so often, in turn in so many places, for times of all lengths: groups and
 * periods. Into a folder that exists and is empty. */
void fake_waits_write(const char *dir, size_t waits, size_t places);

#endif
