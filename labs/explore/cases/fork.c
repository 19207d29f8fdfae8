/*
 * fork.c: the child of a fork has one thread and all the memory; and a fork may fail. What is to be
 * done when a thread ends inside (pthread_cleanup_push).
 */
#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "labs/explore/cases/cases.h"

static pthread_mutex_t m = PTHREAD_MUTEX_INITIALIZER;
static int counter, cleaned;

static void *count_locked(void *unused)
{
	pthread_mutex_lock(&m);
	LAB_STORE(counter, LAB_LOAD(counter) + 1);
	pthread_mutex_unlock(&m);
	return unused;
}

static void lock_once(void)
{
	pthread_mutex_lock(&m);
	pthread_mutex_unlock(&m);
}

/* The other thread may hold the lock at that moment: in the child nobody will ever unlock it. */
void case_fork_lock_held(void)
{
	pthread_t thread;
	pid_t pid;

	pthread_create(&thread, NULL, count_locked, NULL);
	pid = fork();
	lock_once();
	if (pid != 0)
		pthread_join(thread, NULL);
}

/* Who forks holds the lock: the child has it too, and what it guards is whole. */
void case_fork_with_lock(void)
{
	pthread_t thread;
	pid_t pid;

	pthread_create(&thread, NULL, count_locked, NULL);
	pthread_mutex_lock(&m);
	pid = fork();
	pthread_mutex_unlock(&m);
	lock_once();
	if (pid != 0)
		pthread_join(thread, NULL);
	lab_check("whole", pid == 0 || counter == 1, "the counter is %d", counter);
}

/* In some schedules of the child the other thread's step never comes. */
void case_fork_leaves_threads(void)
{
	pthread_t thread;
	pid_t pid;

	pthread_create(&thread, NULL, count_locked, NULL);
	pid = fork();
	if (pid != 0)
		pthread_join(thread, NULL);
	lab_check("counted", LAB_LOAD(counter) == 1, "the counter is %d in the %s",
		LAB_LOAD(counter), pid == 0 ? "child" : "parent");
}

struct guarded {
	pthread_mutex_t m;
	int counter;
};

static void *count_guarded(void *guarded)
{
	struct guarded *g = guarded;

	pthread_mutex_lock(&g->m);
	g->counter++;
	pthread_mutex_unlock(&g->m);
	return NULL;
}

/* Nobody is left who could unlock it, and its memory is the child's own. */
void case_fork_frees_lock(void)
{
	struct guarded *g = malloc(sizeof(*g));
	pthread_t thread;

	if (!g)
		return;
	pthread_mutex_init(&g->m, NULL);
	g->counter = 0;
	pthread_create(&thread, NULL, count_guarded, g);
	if (fork() != 0)
		pthread_join(thread, NULL);
	free(g);
}

void case_fork_then_join(void)
{
	pthread_t thread;

	pthread_create(&thread, NULL, count_locked, NULL);
	if (fork() == 0)
		pthread_join(thread, NULL);
}

static void *post(void *sem)
{
	(void)sem_post(sem);
	return NULL;
}

/* That the thread has posted does not tell whether it has ended: in the child no join is right. */
void case_fork_then_join_ended(void)
{
	pthread_t thread;
	sem_t has_posted;

	(void)sem_init(&has_posted, 0, 0);
	pthread_create(&thread, NULL, post, &has_posted);
	(void)sem_wait(&has_posted);
	(void)fork();
	pthread_join(thread, NULL);
}

static void are_unjoined(int wanted)
{
	int found = lab_counts().unjoined;

	lab_check("unjoined", found == wanted, "%d threads, not %d", found, wanted);
}

/* Joined, detached, or left behind by a fork: nobody has to join them any more. */
void case_fork_and_unjoined(void)
{
	pthread_t thread[2];
	int i;

	for (i = 0; i < 2; i++) {
		are_unjoined(i);
		pthread_create(&thread[i], NULL, count_locked, NULL);
	}
	are_unjoined(2);
	if (fork() == 0) {
		are_unjoined(0);
		return;
	}
	pthread_join(thread[0], NULL);
	are_unjoined(1);
	pthread_detach(thread[1]);
	are_unjoined(0);
}

void case_fork_fails(void)
{
	pid_t pid = fork();

	lab_check(
		"error", pid == 0 || (pid == -1 && errno == EAGAIN), "fork returned %d", (int)pid);
	lab_check("forked", pid == 0, "there is no child");
}

/* ---- the end of a thread ---- */

static void clean(void *digit)
{
	cleaned = cleaned * 10 + (int)(size_t)digit;
}

static void leave(void)
{
	pthread_exit(NULL);
}

static void *end_inside(void *unused)
{
	pthread_cleanup_push(clean, (void *)(size_t)1);
	pthread_cleanup_push(clean, (void *)(size_t)2);
	pthread_cleanup_push(clean, (void *)(size_t)3);
	pthread_cleanup_pop(0);
	leave();
	pthread_cleanup_pop(0);
	pthread_cleanup_pop(0);
	return unused;
}

static void *end_normally(void *unused)
{
	pthread_cleanup_push(clean, (void *)(size_t)1);
	pthread_cleanup_pop(0);
	pthread_cleanup_push(clean, (void *)(size_t)2);
	pthread_cleanup_pop(1);
	return unused;
}

/* The innermost first, and none that was popped. */
void case_cleanup_at_exit(void)
{
	case_one(end_inside);
	lab_check("cleaned", cleaned == 21, "handlers %d were called", cleaned);
}

void case_cleanup_popped(void)
{
	case_one(end_normally);
	lab_check("cleaned", cleaned == 2, "handlers %d were called", cleaned);
}

static void *exit_with_lock(void *unused)
{
	(void)unused;
	pthread_mutex_lock(&m);
	pthread_exit(NULL);
}

/* No handler, no unlock. */
void case_exit_with_lock(void)
{
	case_one(exit_with_lock);
	lock_once();
}
