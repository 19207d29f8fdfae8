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
 * From now on keep all events, of all threads, for a trace in dir, which is there and empty. Before
 * the first loop; once. 0, -ENOTSUP: the core was built without tracepoints, or why dir cannot be
 * opened. An event costs a clock reading and a few bytes in a buffer of its thread; beyond 1 GiB
 * events are counted as lost.
 */
int wg_recorder_start(const char *dir);

/*
 * Make room: between passes, when nothing is timed. It takes a few microseconds for each thousand
 * events. Without it a thread does it whenever its buffer is full. Any thread.
 */
void wg_recorder_put_away(void);

/*
 * Write what was kept until now, in files that are new. Blocks until they are written. Any thread,
 * once; others may go on. 0 (also if nothing was started), or a negative errno: then nothing that
 * was written is left.
 */
int wg_recorder_write(void);

#endif
