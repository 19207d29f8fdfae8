/*
 * merge.c: see merge.h.
 */
#include "viz/base/merge.h"

#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/options.h"
#include "traces/base/units.h"
#include "traces/read/read.h"

enum { KEY_MERGE = 0x3c0, KEY_OFFSET };

static const struct argp_option options[] = {
	{ "merge", KEY_MERGE, NULL, 0,
		"all traces as one, on one time axis, such as those of several hosts; a note says "
		"how far each host's clock was moved, and how that was found",
		0 },
	{ "clock-offset", KEY_OFFSET, "HOST=TIME", 0,
		"with --merge: move the times of HOST by TIME, such as alpha=-2ms, on top of what "
		"the traces say; may be given again",
		0 },
	{ 0 },
};

/* "alpha=-2ms" */
static int take_offset(const char *arg)
{
	const char *equals = strrchr(arg, '='), *text = equals ? equals + 1 : "";
	bool is_back = *text == '-';
	char host[64];
	int64_t ns;

	if (!equals || equals == arg || equals - arg >= (ptrdiff_t)sizeof(host))
		return -1;
	text += is_back || *text == '+';
	if (wg_parse_time(text, &ns) < 0 || ns > INT64_MAX / 4)
		return -1;
	(void)snprintf(host, sizeof(host), "%.*s", (int)(equals - arg), arg);
	return wg_reader_correct_clock(host, is_back ? -ns : ns);
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct wg_merge *merge = state->input;

	switch (key) {
	case KEY_MERGE: merge->is_set = true; return 0;
	case KEY_OFFSET:
		merge->is_corrected = true;
		if (take_offset(arg) < 0)
			return wg_option_fail(state,
				"--clock-offset wants a host and a time, such as alpha=-2ms, not "
				"'%s'",
				arg);
		return 0;
	case ARGP_KEY_END:
		if (merge->is_corrected && !merge->is_set)
			return wg_option_fail(state, "--clock-offset needs --merge");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp wg_merge_argp = { .options = options, .parser = take };

char *wg_merge_paths(const char *const *paths, size_t count)
{
	char *text = NULL, real[PATH_MAX];
	size_t len = 0, i;
	FILE *f = open_memstream(&text, &len);

	/* What cannot be found stays as it is, and reading it says why. */
	for (i = 0; f && i < count; i++)
		(void)fprintf(f, "%s%s", WG_READER_AND, realpath(paths[i], real) ? real : paths[i]);
	if (f && fclose(f) != 0) {
		free(text);
		return NULL;
	}
	return text;
}

char *wg_merge_title(char *path)
{
	static const char and[] = WG_READER_AND;
	char *at;

	if (!path)
		return NULL;
	memmove(path, path + sizeof(and) - 1, strlen(path + sizeof(and) - 1) + 1);
	for (at = path; (at = strstr(at, and)) != NULL;)
		memcpy(at, " + ", sizeof(and) - 1);
	return path;
}
