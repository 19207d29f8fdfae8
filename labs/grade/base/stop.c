/*
 * stop.c: see stop.h.
 */
#include "labs/grade/base/stop.h"

#include <signal.h>
#include <stddef.h>

static volatile sig_atomic_t stop_signal;

static void on_signal(int sig)
{
	stop_signal = sig;
}

void wg_stop_catch(void)
{
	struct sigaction a = { .sa_handler = on_signal }; /* no SA_RESTART: waits end */
	struct sigaction ignore = { .sa_handler = SIG_IGN };

	(void)sigaction(SIGINT, &a, NULL);
	(void)sigaction(SIGTERM, &a, NULL);
	(void)sigaction(SIGHUP, &a, NULL);
	(void)sigaction(SIGPIPE, &ignore, NULL);
}

int wg_stop_signal(void)
{
	return stop_signal;
}
