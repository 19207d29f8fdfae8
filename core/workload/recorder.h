/*
 * recorder.h: keep this program's events in memory, and make a trace of them when all is over.
 *
 * A pass of `wakegap run` is a millisecond long and has 1,300 events. LTTng takes 190 ns for one,
 * which is a quarter of what it is to show (tests/bench/recording.c); this takes some 30 ns. It is
 * one more probe on the same tracepoints, so the core does not know of it, and a session of LTTng
 * records beside it. The trace has the events, fields and contexts that LTTng would give it.
 */
#ifndef CORE_WORKLOAD_RECORDER_H
#define CORE_WORKLOAD_RECORDER_H

/*
 * From now on keep all events, of all threads. Before the first loop; once. 0, -ENOTSUP: the core
 * was built without tracepoints, or what they say. An event costs a clock reading and a copy, and
 * memory every few thousand; beyond 1 GiB events are counted as lost.
 */
int wg_recorder_start(void);

/*
 * Write what was kept until now to files in dir, which is there and empty. Blocks until they are
 * written. Any thread, once; others may go on. 0 (also if nothing was started) or a negative errno.
 */
int wg_recorder_write(const char *dir);

#endif
