/*
 * thread.h: start a thread of a pool. It takes no signals: these belong to the program, whose
 * handlers may count on the threads that it made itself.
 */
#ifndef CORE_THREAD_H
#define CORE_THREAD_H

#include <pthread.h>
#include <signal.h>

/* pthread_create(3) with all signals blocked. 0 or a negative errno. */
static inline int wg__thread_start(pthread_t *ret_thread, void *(*main)(void *), void *arg)
{
	sigset_t all, before;
	int rc;

	(void)sigfillset(&all);
	(void)pthread_sigmask(SIG_SETMASK, &all, &before);
	rc = pthread_create(ret_thread, NULL, main, arg);
	(void)pthread_sigmask(SIG_SETMASK, &before, NULL);
	return -rc;
}

#endif
