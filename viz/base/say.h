/*
 * say.h: how commands speak: one line, `wakegap: what failed: why`, lower case, no full stop.
 */
#ifndef VIZ_BASE_SAY_H
#define VIZ_BASE_SAY_H

/* One line on stderr, prefixed with `wakegap: `. */
void wg_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The same for a mistake in the call of `wakegap COMMAND`; adds where help is. Returns 2. */
int wg_say_usage(const char *command, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The same for an option that getopt_long(3) does not know ('?') or misses the value of (':'). */
int wg_say_bad_option(const char *command, int opt, char *const *argv);

/* From here on a pipe that nobody reads any more is an error to be told, not a reason to vanish. */
void wg_say_pipes(void);

/*
 * Flush stdout and say so if what was printed did not all arrive (full disk, closed pipe).
 * Returns exit_code, or 1 if it was 0 and output was lost.
 */
int wg_say_flushed(int exit_code);

#endif
