/*
 * guard.h: signals while the terminal is ours, so that it is restored whatever way the program
 * ends.
 *
 * Ordinary signals become bytes in a pipe that the viewer's loop polls. In a crash the handler
 * may call almost nothing. So what restores the terminal is prepared in advance, as
 * bytes for write(2) and settings for tcsetattr(3), both async-signal-safe; then the signal takes
 * its default course (a core file, the right exit status).
 *
 * One guard a process at a time: handlers have no argument to carry state.
 */
#ifndef VIZ_TERM_GUARD_H
#define VIZ_TERM_GUARD_H

/*
 * Start catching; in_fd is the keyboard, whose settings are remembered. 0 or negative errno. What
 * the caller has blocked is unblocked once it is caught.
 */
int wg_guard_start(int in_fd);

/* Add one byte of what restores the terminal, as tputs(3) hands them out. */
int wg_guard_restore_byte(int byte);
void wg_guard_restore(const char *text);

/* The end to poll(2) for signals, and the next signal that came, 0 if none is left. */
int wg_guard_fd(void);
int wg_guard_next(void);

/* Stop the process as ^Z does; returns when it is continued. */
void wg_guard_suspend(void);

/*
 * The mask of before again, then the actions. Fine if never started. Returns a signal that asks for
 * an end and that nobody has taken, or 0.
 */
int wg_guard_stop(void);

#endif
