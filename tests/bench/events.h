/*
 * events.h: emitting N events: compiled out, by the core's facade, and by a bare LTTng provider.
 */
#ifndef TESTS_BENCH_EVENTS_H
#define TESTS_BENCH_EVENTS_H

/* Nanoseconds an event. */
double wg_bench_emit_out(int n);
double wg_bench_emit_facade(int n);
double wg_bench_emit_bare(int n);

/* main of the recorded child: emit with tracing on and print the two figures. Exit status. */
int wg_bench_emit(void);

#endif
