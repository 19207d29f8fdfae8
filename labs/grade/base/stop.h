/*
 * stop.h: a signal ends what is running in good order, and nothing is left behind.
 */
#ifndef LABS_GRADE_BASE_STOP_H
#define LABS_GRADE_BASE_STOP_H

/* From now on SIGINT, SIGTERM and SIGHUP interrupt waits and are kept; SIGPIPE is ignored. */
void wg_stop_catch(void);

/* The signal that came, or 0. */
int wg_stop_signal(void);

#endif
