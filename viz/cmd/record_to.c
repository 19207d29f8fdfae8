/*
 * record_to.c: see record_to.h. What is said stands on standard error.
 */
#include "viz/cmd/record_to.h"

#include "traces/base/options.h"

enum { KEY_TO = 0x1200, KEY_LIVE };

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct wg_to *to = state->input;

	switch (key) {
	case KEY_TO: to->url = arg; return 0;
	case KEY_LIVE: to->is_live = true; return 0;
	case ARGP_KEY_END:
		if (to->is_live && !to->url)
			return wg_option_fail(state,
				"--live needs --to: a relay daemon passes the events on (`wakegap "
				"live COMMAND` watches without one)");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp_option options[] = {
	{ "to", KEY_TO, "net://HOST[:PORT[:PORT]]", 0,
		"send the trace to LTTng's relay daemon (lttng-relayd) at HOST, which stores it, "
		"instead of storing it here; its ports for control and data are 5342 and 5343 "
		"unless named",
		0 },
	{ "live", KEY_LIVE, NULL, 0,
		"with --to: `wakegap live net://HOST/...` may watch it meanwhile, from any host",
		0 },
	{ 0 },
};

const struct argp wg_to_argp = { options, take, NULL, NULL, NULL, NULL, NULL };

static void say(const char *line)
{
	wg_say("%s", line);
}

void wg_to_use(const struct wg_to *to, struct wg_record_options *record)
{
	record->to = to->url;
	record->is_live = to->is_live;
	record->say = say;
}

bool wg_to_goes_with(const struct wg_to *to, const char *recorder)
{
	if (!to->url)
		return true;
	wg_say("--to is for programs that emit wakegap events (--with lttng): %s cannot send; "
	       "record into a folder and copy it",
		recorder);
	return false;
}

void wg_to_say(const struct wg_to *to, const struct wg_record_result *result)
{
	wg_say("trace at %s in the folder of its relay daemon: %s", to->url, result->dir);
}
