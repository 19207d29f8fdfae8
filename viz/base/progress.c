/*
 * progress.c: see progress.h.
 *
 * Who ends a command while the line stands has the next prompt on a line of its own: a handler
 * wipes it and lets the signal take its course. It writes to the terminal, since it can take no
 * lock; a picture of the line that comes at the same moment may still follow.
 */
#include "viz/base/progress.h"

#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "traces/read/read.h"
#include "viz/base/tty.h"

#define BETWEEN_NS INT64_C(100000000)
#define WIPE	   "\r\033[K"

/* Of the process, as its terminal is. guards: all below. order: alone. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t after_ns = 500000000; /* shorter waits are none */
static int64_t began_ns, printed_ns;
static unsigned reading; /* so many traces now */

/* Written with the lock held. The handler reads it without: it is alone and orders nothing. */
static atomic_bool is_printed;

static void wipe(void)
{
	if (is_printed)
		(void)fputs(WIPE, stderr);
	is_printed = false;
}

static void print(const struct wg_reader_progress *p, int64_t now_ns)
{
	char percent[16] = "";

	if (p->all_bytes)
		(void)snprintf(percent, sizeof(percent), "%d %%, ",
			wg_reader_percent(p->bytes, p->all_bytes));
	is_printed = true;
	(void)fprintf(stderr, "\rreading %s%.1fM events\033[K", percent, (double)p->events / 1e6);
	printed_ns = now_ns;
}

static void look(const struct wg_reader *reader, bool is_over)
{
	int64_t now_ns = wg_tty_now_ns();
	struct wg_reader_progress p;

	(void)pthread_mutex_lock(&lock);
	wg_reader_progress(reader, &p);
	if (is_over) {
		reading--;
	} else if (p.events == 0) {
		reading++;
		began_ns = now_ns;
	}
	if (is_over || reading > 1)
		wipe();
	else if (now_ns - began_ns >= after_ns && now_ns - printed_ns >= BETWEEN_NS)
		print(&p, now_ns);
	(void)pthread_mutex_unlock(&lock);
}

/* SA_RESETHAND has put the default action back, so raising again ends as it would have. */
static void on_end(int signo)
{
	if (is_printed)
		(void)!write(STDERR_FILENO, WIPE, sizeof(WIPE) - 1);
	(void)raise(signo);
}

/* Who ignores a signal, or answers it, goes on doing so. */
static void catch_ends(void)
{
	static const int ends[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };
	struct sigaction action = { .sa_handler = on_end,
		.sa_flags = (int)(SA_RESETHAND | SA_NODEFER) };
	struct sigaction now;
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		if (sigaction(ends[i], NULL, &now) == 0 && now.sa_handler == SIG_DFL)
			(void)sigaction(ends[i], &action, NULL);
	}
}

void wg_progress_start(void)
{
	if (!isatty(STDERR_FILENO))
		return;
	catch_ends();
	wg_reader_watch(look);
}

void wg_progress_wipe(void)
{
	(void)pthread_mutex_lock(&lock);
	wipe();
	(void)pthread_mutex_unlock(&lock);
}

void wg_progress_after(int64_t ns)
{
	after_ns = ns;
}
