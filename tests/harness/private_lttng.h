/*
 * private_lttng.h: commands that record with a session daemon of their own.
 *
 * So a test can see that no daemon is left, and other recordings on this machine neither help nor
 * disturb. As root the daemon lives in a mount namespace where /var/run/lttng is a folder of the
 * test; another user needs only LTTNG_HOME.
 */
#ifndef TESTS_HARNESS_PRIVATE_LTTNG_H
#define TESTS_HARNESS_PRIVATE_LTTNG_H

#include <stdbool.h>

struct wg_private {
	char home[256];	  /* a fresh folder, with all the others below it */
	char rundir[300]; /* where the daemon lives, if one does */
	char temp[300];	  /* TMPDIR of the commands */
};

/* Make the folders. False, and the test is skipped, where no such daemon can be. */
bool wg_private_set_up(struct wg_private *p);

/* The words of a command, as a command with a daemon of its own. Valid until the next call. */
const char *const *wg_private_words(const struct wg_private *p, const char *const words[]);

/* Is a folder left for traces that are not kept? A sanitizer makes a file of its own in TMPDIR. */
bool wg_private_has_temp(const struct wg_private *p);

#endif
