/*
 * term.c: see term.h.
 *
 * This program is about loops that wake without need, so its own loop must not be one: it sleeps in
 * poll(2) on the keyboard and on a pipe that the signal handlers write to, for ever unless
 * something is playing, and writes to the terminal only cells that changed.
 */
#include "viz/term/term.h"

#include <curses.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <term.h>
#include <unistd.h>

#include "viz/canvas/canvas.h"
#include "viz/app/feed.h"
#include "traces/base/say.h"
#include "viz/term/curses_key.h"
#include "viz/term/guard.h"
#include "viz/app/keys.h"
#include "viz/screen/screen.h"
#include "viz/term/input.h"
#include "viz/term/sgr.h"
#include "viz/term/styles.h"
#include "viz/term/usable.h"
#include "viz/base/tty.h"

struct terminal {
	FILE *in; /* ours if the keyboard is not standard input */
	SCREEN *screen;
	struct wg_canvas now, shown; /* what is to be seen, what the terminal shows */
	struct wg_styles styles;
	struct wg_feed *feed; /* or NULL */
	int ended_by;	      /* a signal, or 0 */
	bool lost;	      /* the terminal is gone */
	bool mouse;	      /* it reports its mouse */
	struct wg_sgr sgr;
	struct wg_input input;
};

/* ---- opening and closing ---- */

static void keep_capability(const char *name)
{
	const char *text = tigetstr((char *)name);

	if (text && text != (char *)-1)
		(void)tputs(text, 1, wg_guard_restore_byte);
}

/* The keyboard, and the guard before newterm(), which leaves alone the signals it finds caught. */
static int open_keyboard(struct terminal *term)
{
	term->in = wg_tty_open_keys();
	if (!term->in)
		return wg_term_fail("cannot read keys: standard input is no terminal");
	if (wg_guard_start(fileno(term->in)) < 0)
		return wg_term_fail("cannot read the terminal's settings");
	return WG_EXIT_OK;
}

/* Presses, the wheel, and motion while a button is down, all in the words of sgr.h. */
#define MOUSE_ON  "\033[?1002h\033[?1006h"
#define MOUSE_OFF "\033[?1002l\033[?1006l"
#define KEY_SGR	  (KEY_MAX + 1)
#define ESC_MS	  50

static void open_mouse(struct terminal *term, const struct wg_app *app)
{
	const char *kmous = tigetstr("kmous");

	if (app->no_mouse || !kmous || kmous == (char *)-1)
		return;
	term->mouse = define_key("\033[<", KEY_SGR) == OK;
	if (!term->mouse)
		return;
	wg_guard_restore(MOUSE_OFF);
	wg_tty_say(MOUSE_ON);
}

static void set_modes(void)
{
	(void)cbreak(); /* ^C and ^Z stay signals */
	/*
	 * A signal key would discard what was typed before it, and so might come between poll(2),
	 * which saw a key, and read(2), which would then sleep with that signal unanswered.
	 */
	(void)intrflush(stdscr, FALSE);
	(void)noecho();
	(void)nonl();
	(void)keypad(stdscr, TRUE);
	(void)nodelay(stdscr, TRUE);
	(void)leaveok(stdscr, TRUE);
	(void)set_escdelay(25);
	(void)curs_set(0);
}

static int open_screen(struct terminal *term, const struct wg_app *app)
{
	int status = wg_term_check();

	if (status != WG_EXIT_OK)
		return status;
	term->screen = newterm(NULL, stdout, term->in);
	if (!term->screen)
		return wg_term_fail("cannot use the terminal: curses refuses it");
	set_modes();
	keep_capability("sgr0");
	keep_capability("rmkx");
	keep_capability("cnorm");
	keep_capability("rmcup");
	wg_guard_restore(WG_PASTE_OFF);
	wg_tty_say(WG_PASTE_ON);
	open_mouse(term, app);
	wg_styles_set(&term->styles, app->light);
	return WG_EXIT_OK;
}

static void leave(const struct terminal *term)
{
	wg_tty_say(WG_PASTE_OFF);
	if (term->mouse)
		wg_tty_say(MOUSE_OFF);
	(void)endwin();
}

static void close_screen(struct terminal *term)
{
	if (term->screen) {
		if (term->ended_by)
			flushinp(); /* keys typed before ^C are not for the shell */
		leave(term);
		delscreen(term->screen);
	}
	if (term->in && term->in != stdin)
		(void)fclose(term->in);
	wg_canvas_fini(&term->now);
	wg_canvas_fini(&term->shown);
}

/* ---- drawing ---- */

static void draw_row(struct terminal *term, int y)
{
	const struct wg_canvas *canvas = &term->now;
	cchar_t row[WG_COLS_MAX];
	int x, n = 0;

	for (x = 0; x < canvas->cols; x++) {
		struct wg_cell cell = wg_canvas_at(canvas, x, y);
		unsigned style = cell.style & ~WG_STYLE_REVERSED;
		wchar_t text[3] = { (wchar_t)cell.ch, (wchar_t)cell.mark, 0 };
		attr_t attrs = term->styles.attrs[style];

		if (cell.style & WG_STYLE_REVERSED)
			attrs ^= A_REVERSE;
		if (cell.ch == WG_CELL_REST)
			continue; /* curses knows that the one before is wide */
		(void)setcchar(&row[n++], text, attrs, term->styles.pairs[style], NULL);
	}
	(void)mvadd_wchnstr(y, 0, row, n);
}

/* Both canvases take the app's size; what is shown is then unknown, hence drawn anew. */
static int fit_canvases(struct terminal *term, const struct wg_app *app, bool anew)
{
	int cols = app->cols, rows = app->rows;

	if (term->now.cols == cols && term->now.rows == rows && !anew)
		return 0;
	wg_canvas_fini(&term->now);
	wg_canvas_fini(&term->shown);
	(void)erase();
	(void)clearok(curscr, anew ? TRUE : FALSE);
	if (wg_canvas_init(&term->now, cols, rows, app->ascii) < 0)
		return -ENOMEM;
	return wg_canvas_init(&term->shown, cols, rows, app->ascii);
}

static int draw(struct terminal *term, const struct wg_app *app, bool anew)
{
	struct wg_canvas swap;
	bool changed = anew;
	int y, rc;

	rc = fit_canvases(term, app, anew);
	if (rc == 0 && term->feed && term->feed->draw)
		rc = term->feed->draw(term->feed->user, &term->now);
	else if (rc == 0)
		rc = wg_screen_draw(app, &term->now);
	if (rc < 0)
		return rc;
	for (y = 0; y < term->now.rows; y++) {
		if (!anew && wg_canvas_same_row(&term->now, &term->shown, y))
			continue;
		draw_row(term, y);
		changed = true;
	}
	swap = term->shown;
	term->shown = term->now;
	term->now = swap;
	if (changed) {
		(void)wnoutrefresh(stdscr);
		(void)doupdate();
	}
	return 0;
}

/* ---- events ---- */

static unsigned take_size(struct wg_app *app)
{
	int cols, rows;

	if (!wg_tty_size(&cols, &rows) || (cols == app->cols && rows == app->rows))
		return 0;
	(void)resize_term(rows, cols);
	return wg_app_resize(app, cols, rows) | WG_FX_REDRAW;
}

/* Give the terminal back, stop as the default action would, and take it again when continued. */
static unsigned suspend(const struct terminal *term, struct wg_app *app)
{
	leave(term);
	wg_guard_suspend();
	(void)doupdate(); /* takes the screen and the keyboard again */
	wg_tty_say(WG_PASTE_ON);
	if (term->mouse)
		wg_tty_say(MOUSE_ON);
	(void)take_size(app);
	return WG_FX_DRAW | WG_FX_REDRAW;
}

static unsigned take_signals(struct terminal *term, struct wg_app *app)
{
	unsigned fx = 0;
	int signo;

	while ((signo = wg_guard_next()) != 0) {
		switch (signo) {
		case SIGWINCH: fx |= take_size(app); break;
		case SIGTSTP: fx |= suspend(term, app); break;
		case SIGCONT:
			/* After a SIGSTOP the terminal has the shell's modes. */
			(void)reset_prog_mode();
			fx |= take_size(app) | WG_FX_DRAW | WG_FX_REDRAW;
			break;
		default: term->ended_by = signo; return WG_FX_QUIT;
		}
	}
	return fx;
}

/* A sequence may end in a later read, so its state is kept. */
static unsigned take_mouse(struct terminal *term, struct wg_app *app, wint_t ch)
{
	const struct wg_feed *feed = term->feed;
	enum wg_mouse what;
	int x, y;

	if (!wg_sgr_feed(&term->sgr, (uint32_t)ch, &what, &x, &y))
		return 0;
	return feed ? feed->mouse(feed->user, what, x, y, wg_tty_now_ns())
		    : wg_app_mouse(app, what, x, y, wg_tty_now_ns());
}

static unsigned press(const struct terminal *term, struct wg_app *app, uint32_t key)
{
	const struct wg_feed *feed = term->feed;

	return feed ? feed->key(feed->user, key, wg_tty_now_ns())
		    : wg_app_key(app, key, wg_tty_now_ns());
}

/* Pasted text goes into a prompt, and nowhere else. */
static unsigned take_key(struct terminal *term, struct wg_app *app, uint32_t key)
{
	key = wg_input_feed(&term->input, key);
	if (term->input.is_pasting && app->prompt.kind == WG_PROMPT_NONE)
		return 0;
	if (key == WG_INPUT_SGR)
		wg_sgr_begin(&term->sgr);
	return key && key != WG_INPUT_SGR ? press(term, app, key) : 0;
}

static unsigned take_keys(struct terminal *term, struct wg_app *app)
{
	unsigned fx = 0;
	uint32_t key;
	wint_t ch;
	int rc;

	while (!(fx & WG_FX_QUIT) && (rc = get_wch(&ch)) != ERR) {
		if (rc == KEY_CODE_YES && ch == KEY_RESIZE)
			fx |= take_size(app);
		else if (rc == KEY_CODE_YES && ch == KEY_SGR)
			wg_sgr_begin(&term->sgr);
		else if (rc != KEY_CODE_YES && term->sgr.active)
			fx |= take_mouse(term, app, ch);
		else if ((key = wg_curses_key(rc == KEY_CODE_YES, ch)))
			fx |= take_key(term, app, key);
	}
	return fx;
}

/* An Esc that begins a sequence has the rest close behind it. */
static unsigned take_input(struct terminal *term, struct wg_app *app)
{
	struct pollfd in = { .fd = fileno(term->in), .events = POLLIN };
	unsigned fx = take_keys(term, app);
	uint32_t key;

	while (!(fx & WG_FX_QUIT) && term->input.state == WG_INPUT_ESC &&
		poll(&in, 1, ESC_MS) > 0 && in.revents == POLLIN)
		fx |= take_keys(term, app);
	key = fx & WG_FX_QUIT ? 0 : wg_input_pause(&term->input);
	return key ? fx | press(term, app, key) : fx;
}

/* For poll(2), rounded up so that it is not too early; -1 for never. */
static int time_to_next(const struct terminal *term, const struct wg_app *app)
{
	int64_t now = wg_tty_now_ns(), next = wg_feed_next(term->feed, wg_app_next_tick(app, now));

	if (next < 0)
		return -1;
	return next <= now ? 0 : (int)((next - now + 999999) / 1000000);
}

/* Sleep until there is a key, a signal, something from the feed, or time for the next picture. */
static unsigned wait_for_more(struct terminal *term, struct wg_app *app)
{
	struct pollfd fds[3] = { { .fd = fileno(term->in), .events = POLLIN },
		{ .fd = wg_guard_fd(), .events = POLLIN },
		{ .fd = wg_feed_fd(term->feed), .events = POLLIN } };
	unsigned fx = 0;

	if (poll(fds, 3, time_to_next(term, app)) < 0 && errno != EINTR) {
		term->lost = true;
		return WG_FX_QUIT;
	}
	if (fds[1].revents)
		fx |= take_signals(term, app);
	if (fx & WG_FX_QUIT)
		return fx;
	/* A terminal that has hung up can be read as well, for ever: nothing comes. */
	if (fds[0].revents & ~POLLIN)
		term->lost = true;
	else if (fds[0].revents)
		fx |= take_input(term, app);
	if (term->feed)
		fx |= wg_feed_polled(term->feed, fds[2].revents != 0, wg_tty_now_ns());
	return fx | wg_app_tick(app, wg_tty_now_ns()) | (term->lost ? WG_FX_QUIT : 0);
}

static int loop(struct terminal *term, struct wg_app *app)
{
	unsigned fx = WG_FX_DRAW | WG_FX_REDRAW;
	int rc = 0;

	while (!(fx & WG_FX_QUIT) && rc == 0) {
		if (fx & WG_FX_SAVE)
			wg_app_save(app);
		if (fx & WG_FX_DRAW) {
			rc = draw(term, app, fx & WG_FX_REDRAW);
			if (term->feed && term->feed->drawn)
				term->feed->drawn(term->feed->user, wg_tty_now_ns());
		}
		if (rc == 0)
			fx = wait_for_more(term, app);
	}
	return rc;
}

int wg_term_run_fed(struct wg_app *app, struct wg_feed *feed, int *ret_signal)
{
	struct terminal term = { .feed = feed };
	int status, late, rc = 0;

	status = open_keyboard(&term);
	if (status == WG_EXIT_OK)
		status = open_screen(&term, app);
	if (status == WG_EXIT_OK) {
		(void)take_size(app);
		rc = loop(&term, app);
	}
	close_screen(&term);
	late = wg_guard_stop();
	if (rc < 0)
		wg_say("cannot draw: %s", strerror(-rc));
	else if (term.lost)
		wg_say("the terminal is gone");
	*ret_signal = term.ended_by ? term.ended_by : late;
	return status == WG_EXIT_OK && (rc < 0 || term.lost) ? WG_EXIT_FAILED : status;
}

int wg_term_run(struct wg_app *app)
{
	int signo, status = wg_term_run_fed(app, NULL, &signo);

	if (signo)
		(void)raise(signo);
	return status;
}
