/*
 * watch.c: see watch.h.
 */
#include "viz/scan/watch.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "traces/base/units.h"
#include "viz/canvas/canvas.h"

static void set_timer(const struct scan_watch *watch, int64_t ns)
{
	struct itimerspec when = { .it_value = { ns / 1000000000, ns % 1000000000 } };

	(void)timerfd_settime(watch->timer, 0, &when, NULL);
}

/* The window as text; what cannot be seen stands below. */
static int keep_text(struct scan_watch *watch, int cols)
{
	char *text = NULL;
	size_t len = 0, i;
	FILE *out = open_memstream(&text, &len);
	int rc;

	if (!out)
		return -ENOMEM;
	watch->options.cols = cols;
	rc = wg_scan_print(out, watch->scan, &watch->options);
	for (i = 0; wg_scan_note(watch->scan, i); i++)
		(void)fprintf(out, "\n%s\n", wg_scan_note(watch->scan, i));
	if (fclose(out) != 0)
		rc = -ENOMEM;
	free(watch->text);
	watch->text = text;
	return rc;
}

static unsigned take(void *user, int64_t now_ns)
{
	struct scan_watch *watch = user;
	uint64_t expired;
	unsigned fx = 0;

	(void)!read(watch->timer, &expired, sizeof(expired));
	watch->rc = wg_scan_look(watch->scan);
	if (watch->rc == 0 && now_ns >= watch->end_ns) {
		watch->rc = wg_scan_end(watch->scan);
		if (watch->rc == 0)
			watch->rc = keep_text(watch, watch->options.cols);
		wg_scan_restart(watch->scan);
		watch->end_ns = now_ns + watch->window_ns;
		fx = WG_FX_DRAW;
	}
	set_timer(watch, wg_scan_pace_next(&watch->pace));
	return watch->rc < 0 ? WG_FX_QUIT : fx;
}

static unsigned key(void *user, uint32_t key, int64_t now_ns)
{
	(void)user;
	(void)now_ns;
	return key == 'q' || key == 'Q' || key == 0x1b ? WG_FX_QUIT : 0;
}

static unsigned mouse(void *user, enum wg_mouse what, int x, int y, int64_t now_ns)
{
	(void)user, (void)what, (void)x, (void)y, (void)now_ns;
	return 0;
}

static int draw(void *user, struct wg_canvas *canvas)
{
	struct scan_watch *watch = user;
	const char *at = watch->text;
	char line[1024], time[32];
	int y;

	wg_canvas_clear(canvas);
	watch->options.cols = canvas->cols;
	wg_canvas_fill(canvas, 0, 0, canvas->cols, WG_STYLE_TITLE, ' ');
	(void)wg_canvas_textf(canvas, 1, 0, canvas->cols - 1, WG_STYLE_TITLE,
		"wakegap scan  every %s  q quit",
		wg_format_time(time, sizeof(time), watch->window_ns));
	if (!at)
		(void)wg_canvas_text(
			canvas, 1, 2, canvas->cols - 1, WG_STYLE_DIM, "counting wakes...");
	for (y = 1; at && *at && y < canvas->rows; y++) {
		size_t len = strcspn(at, "\n");

		(void)snprintf(line, sizeof(line), "%.*s", (int)len, at);
		(void)wg_canvas_text(canvas, 0, y, canvas->cols,
			y == 2 ? WG_STYLE_STRONG : WG_STYLE_PLAIN, line);
		at += len + (at[len] == '\n');
	}
	return 0;
}

int wg_scan_watch_start(struct scan_watch *watch, struct wg_feed *ret_feed)
{
	watch->timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC | TFD_NONBLOCK);
	if (watch->timer < 0)
		return -errno;
	wg_scan_pace_start(&watch->pace, watch->window_ns);
	watch->end_ns = wg_scan_begin_ns(watch->scan) + watch->window_ns;
	set_timer(watch, wg_scan_pace_next(&watch->pace));
	*ret_feed = (struct wg_feed){ .fd = watch->timer,
		.user = watch,
		.take = take,
		.key = key,
		.mouse = mouse,
		.draw = draw };
	return 0;
}

void wg_scan_watch_stop(struct scan_watch *watch)
{
	free(watch->text);
	watch->text = NULL;
	(void)close(watch->timer);
}
