/*
 * keeper.h: the process around a suite, which leaves nothing of it behind.
 *
 *     runner --- keeper --- suite --- what the suite starts, LTTng's daemons among it
 *
 * The keeper ends the suite at its time limit, ends whatever the suite left running, and removes
 * its folder. A pid namespace could do it too, but only for root, and with another /proc than the
 * tests expect. The keeper is a "subreaper" instead (see prctl(2)), which every user may be:
 * a process below it that loses its parent becomes its child. A daemon cannot get away.
 */
#ifndef TESTS_HARNESS_KEEPER_H
#define TESTS_HARNESS_KEEPER_H

#include <signal.h>
#include <stdbool.h>

#include "tests/harness/suite.h"

/*
 * How a suite comes to a session daemon of its own, so that it may run beside another that records.
 * LTTng looks for root's daemon in /var/run/lttng, whatever the environment says: so for root, that
 * folder is the suite's own, in a mount namespace. For other users LTTNG_HOME is enough.
 */
enum wg_privacy { WG_SHARED, WG_OWN_NAMESPACE, WG_OWN_HOME };

/* The best that this user has here; for WG_SHARED *ret_why is the errno value that says why. */
enum wg_privacy wg_keeper_privacy(bool may_use_namespaces, int *ret_why);

struct wg_keeping {
	const struct wg_suite *suite;
	enum wg_privacy privacy;
	int out_fd;    /* what the suite prints */
	sigset_t mask; /* the suite's signal mask */
	struct wg_report *report;
};

/*
 * Start a keeper and with it the suite. SIGTERM ends both, and so does the end of the runner. The
 * caller has SIGCHLD and SIGTERM blocked. Returns the keeper's pid, or a negative errno.
 */
pid_t wg_keeper_start(const struct wg_keeping *k);

#endif
