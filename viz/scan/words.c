/*
 * words.c: a row of a scan in words. Only what the kernel told is said.
 */
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/say.h"
#include "traces/base/units.h"
#include "viz/scan/scan.h"

char *wg_scan_clean(const char *text, char *ret, size_t len)
{
	size_t used = 0, left = strlen(text), n;

	for (; left && used + 5 < len; text += n, left -= n) {
		n = wg_say_shown_in_line(text, left);
		if (n)
			memcpy(ret + used, text, n);
		used += n;
		if (n == 0) {
			used += (size_t)snprintf(
				ret + used, len - used, "\\x%02x", (unsigned char)*text);
			n = 1;
		}
	}
	ret[used] = '\0';
	return ret;
}

/* Append. */
static void add(char *text, size_t len, const char *fmt, ...) __attribute__((format(printf, 3, 4)));

static void add(char *text, size_t len, const char *fmt, ...)
{
	size_t used = strlen(text);
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(text + used, len - used, fmt, ap);
	va_end(ap);
}

static void set_thread(const struct wg_scan_row *row, struct scan_words *w)
{
	char name[80];

	(void)wg_scan_clean(row->process, w->thread, sizeof(w->thread) / 2);
	(void)wg_scan_clean(row->name, name, sizeof(name));
	if (row->tid != row->pid)
		add(w->thread, sizeof(w->thread), "/%s", name);
	if (row->has_ended)
		add(w->thread, sizeof(w->thread), " (ended)");
}

static void set_wait(const struct wg_scan_row *row, struct scan_words *w)
{
	char text[96];

	if (row->hidden)
		(void)snprintf(w->wait, sizeof(w->wait), "? (%s)", row->hidden);
	else if (row->here == 0)
		(void)snprintf(w->wait, sizeof(w->wait), "%s", row->running ? "running" : "-");
	else if (!row->call)
		(void)snprintf(w->wait, sizeof(w->wait), "call %ld", row->number);
	else if (row->object.address && row->function[0])
		(void)snprintf(w->wait, sizeof(w->wait), "%s", row->function);
	else
		(void)snprintf(w->wait, sizeof(w->wait), "%s%s%s", row->call,
			row->object.text[0] ? " " : "",
			wg_scan_clean(row->object.text, text, sizeof(text)));
}

static void set_asked(const struct wg_scan_row *row, struct scan_words *w)
{
	char text[64];

	if (row->here == 0 || row->timeout_ns == WG_NOT_OBSERVABLE)
		(void)snprintf(w->asked, sizeof(w->asked), "-");
	else if (row->timeout_ns == WG_FOR_EVER)
		(void)snprintf(w->asked, sizeof(w->asked), "for ever");
	else if (row->deadline_ns)
		(void)snprintf(w->asked, sizeof(w->asked), ">= %s",
			wg_format_time(text, sizeof(text), row->timeout_ns));
	else
		(void)snprintf(w->asked, sizeof(w->asked), "%s",
			wg_format_times(text, sizeof(text),
				row->timeout_min_ns < 0 ? row->timeout_ns : row->timeout_min_ns,
				row->timeout_ns));
	if (row->here && row->object.period_ns)
		add(w->asked, sizeof(w->asked), ", timer %s",
			wg_format_time(text, sizeof(text), row->object.period_ns));
}

static void set_site(
	const struct wg_scan_row *row, const struct wg_frame *site, struct scan_words *w)
{
	char module[160];

	(void)wg_scan_clean(site->module ? site->module : "?", module, sizeof(module));
	(void)snprintf(w->site, sizeof(w->site), "%s%s+0x%llx%s%s", site->is_likely ? "? " : "",
		module, (unsigned long long)site->offset, site->symbol[0] ? " " : "", site->symbol);
	(void)snprintf(w->at, sizeof(w->at), " at %s+0x%llx%s%s%s%s",
		site->module && strcmp(site->module, row->program) == 0 ? "" : module,
		(unsigned long long)site->offset, site->symbol[0] ? " (" : "", site->symbol,
		site->symbol[0] ? ")" : "", site->is_likely ? " (likely)" : "");
}

#define FRAMES_MAX 64

void wg_scan_describe(struct wg_scan *scan, struct wg_scan_row *row, struct scan_words *ret)
{
	struct wg_frame *frames = calloc(FRAMES_MAX, sizeof(*frames));
	size_t site = 0, count = 0;

	*ret = (struct scan_words){ 0 };
	if (frames)
		count = wg_scan_frames(scan, row, frames, FRAMES_MAX, &site);
	if (site < count)
		set_site(row, &frames[site], ret);
	free(frames);
	set_thread(row, ret);
	set_wait(row, ret);
	set_asked(row, ret);
}

/* ---- the sentence ---- */

/* Do its wakes fit waits of such a length that nothing else ends? A window may cut one wait. */
static bool fits(const struct wg_scan_row *row, int64_t min_ns, int64_t max_ns)
{
	double one = 1e9 / (double)row->seen_ns;

	return row->wakes_per_s > 0.8e9 / (double)max_ns - one &&
	       row->wakes_per_s < 1.1e9 / (double)min_ns + one;
}

static bool is_more(const struct wg_scan_row *row, int64_t min_ns)
{
	return row->wakes_per_s > 1.5e9 / (double)min_ns + 1e9 / (double)row->seen_ns;
}

static const char *why(const struct wg_scan_row *row)
{
	int64_t period = row->object.period_ns, max = row->timeout_ns, min = row->timeout_min_ns;

	/* Of a moment, a look sees what is left. */
	if (row->deadline_ns || min < 1)
		min = max;
	if (row->running * 2 > row->looks)
		return "on a processor at most looks";
	if (row->wakes == 0 || row->here == 0 || row->hidden)
		return NULL;
	if (period > 0 && fits(row, period, period))
		return "as many as its timer gives";
	if (max == 0)
		return "it looks without waiting";
	if (max > 0 && fits(row, min, max))
		return "as many as this timeout alone gives";
	if (max > 0 && is_more(row, min))
		return "more than this timeout gives: something else wakes it";
	if (max == WG_FOR_EVER)
		return "without a timeout: something else wakes it";
	return NULL;
}

void wg_scan_sentence(
	const struct wg_scan_row *row, const struct scan_words *words, char *ret, size_t len)
{
	const char *reason = why(row), *asked = words->asked;
	char text[64];

	if (row->deadline_ns && row->here)
		(void)snprintf(text, sizeof(text), "%s or more", asked + strlen(">= "));
	/* Of an epoll, the number is of no use in a sentence. */
	(void)snprintf(ret, len, "%s%s: %s%s%s%s, %.1f wakes/s", words->thread,
		row->tid == row->pid && !row->has_ended ? " main" : "",
		row->how == WG_IN_EPOLL && row->call ? row->call : words->wait,
		strcmp(asked, "-") == 0 ? "" : " ",
		strcmp(asked, "-") == 0		? ""
		: row->deadline_ns && row->here ? text
						: asked,
		words->at, row->wakes_per_s);
	if (reason)
		add(ret, len, ", %s", reason);
	if (row->cpu_per_wake_ns >= 0)
		add(ret, len, "; %s CPU a wake",
			wg_format_time(text, sizeof(text), row->cpu_per_wake_ns));
}
