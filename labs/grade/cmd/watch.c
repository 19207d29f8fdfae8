/*
 * watch.c: check after each save; keys for the rest.
 *
 * This is an event loop, so it does what the labs ask for: it waits for the next save or key
 * without a timeout, and wakes for nothing else, unless the file system tells no events.
 */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <termios.h>
#include <unistd.h>

#include "labs/grade/cmd/cmd.h"
#include "labs/grade/cmd/events.h"
#include "labs/grade/cmd/attempt.h"
#include "labs/grade/cmd/open.h"
#include "labs/grade/cmd/predict.h"
#include "labs/grade/base/say.h"
#include "labs/grade/base/stop.h"
#include "labs/grade/tell/tell.h"
#include "traces/base/signals.h"

/* Editors write more than once for one save; a check begins when it has been quiet so long. */
#define QUIET_MS 200

#define KEYS "r run   h hint   p predict   v view   l list   q quit"

struct watch {
	struct wg_open o;
	struct wg_events events;
	const char *dir;
	int wall_ms;
	bool has_keys;
	struct termios before;
};

/* ---- the terminal ---- */

/* For signals: the modes of the shell and ours, and whether ours are set. */
static struct termios shells, ours;
static volatile sig_atomic_t is_raw;

/* Ctrl-Z: the shell gets its terminal back first. */
static void on_stop(int sig)
{
	int saved = errno;

	(void)sig;
	if (is_raw)
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &shells);
	(void)kill(getpid(), SIGSTOP);
	errno = saved;
}

/* `fg`, also after a SIGSTOP from elsewhere; `bg` leaves the terminal to the shell. */
static void on_resume(int sig)
{
	int saved = errno;

	(void)sig;
	if (is_raw && tcgetpgrp(STDIN_FILENO) == getpgrp()) {
		(void)tcsetattr(STDIN_FILENO, TCSANOW, &ours);
		(void)!write(STDOUT_FILENO, KEYS "\n", sizeof(KEYS));
	}
	errno = saved;
}

static void catch_stops(void)
{
	struct sigaction stop = { .sa_handler = on_stop }, resume = { .sa_handler = on_resume };

	(void)sigaction(SIGTSTP, &stop, NULL);
	(void)sigaction(SIGCONT, &resume, NULL);
}

/* Keys without Enter. Ctrl-C stays a signal. */
static void raw(struct watch *w)
{
	struct termios t;

	w->has_keys = isatty(STDIN_FILENO) && isatty(STDOUT_FILENO) &&
		      tcgetattr(STDIN_FILENO, &w->before) == 0;
	if (!w->has_keys)
		return;
	t = w->before;
	t.c_lflag &= ~(tcflag_t)(ICANON | ECHO);
	t.c_lflag |= NOFLSH; /* or Ctrl-Z discards a key that poll(2) saw, and read(2) sleeps */
	t.c_cc[VMIN] = 1;
	t.c_cc[VTIME] = 0;
	shells = w->before;
	ours = t;
	is_raw = 1;
	(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &t);
}

static void cooked(struct watch *w)
{
	is_raw = 0;
	if (w->has_keys)
		(void)tcsetattr(STDIN_FILENO, TCSADRAIN, &w->before);
}

/* ---- what there is to do ---- */

/* Other commands write into the same file: a hint, answers that were given in another window. */
static bool load_again(struct watch *w)
{
	struct wg_error err = { 0 };
	char dir[sizeof(w->o.state.dir)];

	memcpy(dir, w->o.state.dir, sizeof(dir));
	wg_progress_fini(&w->o.state);
	if (wg_progress_load(dir, &w->o.state, &err) == 0)
		return true;
	wg_lab_say("%s", err.text);
	return false;
}

static void check(struct watch *w)
{
	char what[300], next[400];
	json_t *record;

	if (!load_again(w))
		return;
	if (wg_tell_has_colour(stdout))
		(void)fputs("\033[H\033[2J", stdout);
	wg_predict_remind(stdout, &w->o, w->dir);
	printf("checking %s/%s ...\n", wg_open_shown(&w->o, w->dir), w->o.lab->files[0]);
	(void)fflush(stdout);
	if (wg_attempt(&w->o, w->wall_ms, true, &record) != 0)
		return;
	if (wg_record_status(record) == WG_EXIT_OK)
		wg_next_after_pass(&w->o, w->dir, what, sizeof(what));
	else
		(void)snprintf(what, sizeof(what), "edit %.200s/%s, save",
			wg_open_shown(&w->o, w->dir), w->o.lab->files[0]);
	(void)snprintf(next, sizeof(next), "%s%s%s", what, w->has_keys ? "\n" : "",
		w->has_keys ? KEYS : "");
	wg_tell(stdout, w->o.lab, record, next);
	(void)fflush(stdout);
	json_decref(record);
}

static void hint(struct watch *w)
{
	(void)wg_lab_hint(&(struct wg_lab_call){ .words = { w->dir } });
	(void)load_again(w);
	(void)fflush(stdout);
}

static void predict(struct watch *w)
{
	if (!load_again(w))
		return;
	if (wg_predict_open(&w->o) > 0)
		(void)wg_predict_ask(&w->o);
	else
		wg_predict_review(stdout, &w->o);
}

/* False: leave. */
static bool key(struct watch *w)
{
	char c;

	if (read(STDIN_FILENO, &c, 1) != 1)
		return false;
	switch (c) {
	case 'r': check(w); break;
	case 'h': hint(w); break;
	case 'l': (void)wg_lab_list(NULL); break;
	case 'v':
		cooked(w);
		(void)wg_lab_show(&w->o, wg_progress_text(&w->o.state, "schedule"));
		raw(w);
		break;
	case 'p':
		cooked(w);
		predict(w);
		raw(w);
		break;
	case 'q': return false;
	default: printf("%s\n", KEYS);
	}
	(void)fflush(stdout);
	return w->o.state.root != NULL;
}

/* Something was saved: wait until no more comes. */
static void settle(struct watch *w)
{
	struct pollfd p = { w->events.fd, POLLIN, 0 };

	while (w->events.fd >= 0 && poll(&p, 1, QUIET_MS) == 1)
		(void)wg_events_saved(&w->events);
}

static int loop(struct watch *w)
{
	check(w);
	while (!wg_stop_signal() && w->o.state.root) {
		struct pollfd p[2] = { { w->events.fd, POLLIN, 0 },
			{ w->has_keys ? STDIN_FILENO : -1, POLLIN, 0 } };
		int n = wg__poll_until_signal(
			wg_stop_signal, p, 2, wg_events_timeout_ms(&w->events));

		if (n < 0)
			continue; /* a signal: the loop's condition knows */
		if (p[1].revents && !key(w))
			break;
		if (wg_events_saved(&w->events)) {
			settle(w);
			check(w);
		}
	}
	return wg_stop_signal() ? 128 + wg_stop_signal() : WG_EXIT_OK;
}

static int watch(struct watch *w, bool must_look)
{
	int rc;

	wg_events_open(&w->events, w->o.lab, w->o.state.dir, must_look);
	if (w->events.why)
		printf("no events of the file system (%s): checking once a second instead\n",
			w->events.why);
	catch_stops();
	raw(w);
	rc = loop(w);
	cooked(w);
	wg_events_close(&w->events);
	return rc;
}

int wg_lab_watch(const struct wg_lab_call *call)
{
	struct watch w = { .wall_ms = call->wall_ms, .dir = call->words[0] };
	int rc = wg_open(&w.o, w.dir);

	if (rc == 0)
		rc = watch(&w, call->must_look);
	wg_close(&w.o);
	return rc;
}
