/*
 * progress.c: see progress.h.
 */
#include "viz/base/progress.h"

#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <unistd.h>

#include "traces/read/read.h"
#include "viz/base/tty.h"

#define BETWEEN_NS INT64_C(100000000)

/* Of the process, as its terminal is. guards: all below. order: alone. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static int64_t after_ns, began_ns, printed_ns;
static unsigned opened; /* traces so far */
static bool is_printed;

static void wipe(void)
{
	if (is_printed)
		(void)fputs("\r\033[K", stderr);
	is_printed = false;
}

static void print(const struct wg_reader *reader, int64_t now_ns)
{
	struct wg_reader_progress p;
	char percent[16] = "";

	wg_reader_progress(reader, &p);
	if (p.all_bytes)
		(void)snprintf(percent, sizeof(percent), "%d %%, ",
			wg_reader_percent(p.bytes, p.all_bytes));
	(void)fprintf(stderr, "\rreading %s%.1fM events\033[K", percent, (double)p.events / 1e6);
	printed_ns = now_ns;
	is_printed = true;
}

static void look(const struct wg_reader *reader, bool is_over)
{
	int64_t now_ns = wg_tty_now_ns();
	struct wg_reader_progress p;

	(void)pthread_mutex_lock(&lock);
	wg_reader_progress(reader, &p);
	if (p.events == 0 && !is_over) {
		opened++;
		began_ns = now_ns;
	}
	if (is_over || opened > 1)
		wipe();
	else if (now_ns - began_ns >= after_ns && now_ns - printed_ns >= BETWEEN_NS)
		print(reader, now_ns);
	(void)pthread_mutex_unlock(&lock);
}

void wg_progress_start(int64_t after)
{
	if (!isatty(STDERR_FILENO))
		return;
	after_ns = after;
	wg_reader_watch(look);
}
