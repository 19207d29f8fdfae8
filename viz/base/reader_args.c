/*
 * reader_args.c: see reader_args.h.
 */
#include "viz/base/reader_args.h"

#include <string.h>

#include "traces/base/near.h"
#include "traces/base/options.h"
#include "traces/read/read.h"

#define READERS "ctf babeltrace"

enum { KEY_READER = 0x300, KEY_VERBOSE };

static const struct argp_option options[] = {
	{ "reader", KEY_READER, "WHO", 0,
		"who decodes: ctf, wakegap itself, which is fast and knows what LTTng-UST and "
		"wakegap "
		"write; or babeltrace, babeltrace2. The default is what fits; both show the same",
		0 },
	{ "verbose", KEY_VERBOSE, NULL, 0, "say who decodes each trace, and why", 0 },
	{ 0 },
};

const char *wg_reader_words(const char *metavar)
{
	return strcmp(metavar, "WHO") == 0 ? READERS : NULL;
}

static void tell(const char *line)
{
	wg_say("%s", line);
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	char hint[80];

	switch (key) {
	case KEY_READER:
		if (strcmp(arg, "ctf") != 0 && strcmp(arg, "babeltrace") != 0)
			return wg_option_fail(state, "--reader: no '%s'%s", arg,
				wg_near_hint(hint, sizeof(hint), arg, READERS));
		wg_reader_choose(*arg == 'c' ? WG_READER_CTF : WG_READER_BABELTRACE);
		return 0;
	case KEY_VERBOSE: wg_reader_tell(tell); return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp wg_reader_argp = { .options = options, .parser = take };
