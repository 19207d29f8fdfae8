/*
 * part_args.c: see part_args.h.
 */
#include "viz/base/part_args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/near.h"
#include "traces/base/options.h"
#include "traces/base/units.h"
#include "viz/base/reader_args.h"

const char *wg_part_words(const char *metavar)
{
	static char kinds[256];
	size_t used = 0, i;

	if (strcmp(metavar, "KIND") != 0)
		return wg_reader_words(metavar);
	for (i = 0; i < WG_KIND_COUNT && used < sizeof(kinds); i++)
		used += (size_t)snprintf(kinds + used, sizeof(kinds) - used, "%s%s", i ? " " : "",
			wg_kind_name((enum wg_kind)i));
	return kinds;
}

/* "3" or "4242:3". */
static bool add_loop(struct wg_part *part, char *text)
{
	char *colon = strchr(text, ':');
	uint64_t pid = 0, id;

	if (colon)
		*colon = '\0';
	if (part->loop_count == WG_PART_LOOPS ||
		(colon && wg_parse_number(text, 1, UINT32_MAX, &pid) < 0) ||
		wg_parse_number(colon ? colon + 1 : text, 0, UINT64_MAX, &id) < 0)
		return false;
	part->loops[part->loop_count].pid = (uint32_t)pid;
	part->loops[part->loop_count++].loop = id;
	return true;
}

static bool add_kind(struct wg_part *part, char *text)
{
	enum wg_kind kind = wg_kind_of(text);

	part->kinds |= 1u << kind;
	return strcmp(wg_kind_name(kind), text) == 0;
}

/* Each word between commas. 0, -EINVAL or -ENOMEM. */
static int add_list(
	struct wg_part *part, const char *list, bool (*add)(struct wg_part *part, char *text))
{
	char *copy = strdup(list), *rest = copy, *word;
	int rc = copy ? 0 : -ENOMEM;

	while (rc == 0 && (word = strsep(&rest, ",")))
		rc = add(part, word) ? 0 : -EINVAL;
	free(copy);
	return rc;
}

/* ---- the table ---- */

enum { KEY_SINCE = 0x100, KEY_UNTIL, KEY_LOOP, KEY_KIND };

static const struct argp_option options[] = {
	{ "since", KEY_SINCE, "TIME", 0, "from TIME after the first event on, as 10ms or 1.5s", 0 },
	{ "until", KEY_UNTIL, "TIME", 0, "up to TIME, and not TIME itself", 0 },
	{ "loop", KEY_LOOP, "N,...", 0, "these loops only; PID:N for that of one process", 0 },
	{ "kind", KEY_KIND, "KIND,...", 0,
		"operations of these kinds only: read, write, open, close, stat, connect, accept, "
		"recv, send, timer, work, unknown",
		0 },
	{ 0 },
};

/* Of the list, the first that is no kind. */
static error_t fail_kinds(const char *list, struct argp_state *state)
{
	char word[64], hint[200];
	size_t len;

	for (; *list; list += len + (list[len] == ',')) {
		len = strcspn(list, ",");
		(void)snprintf(word, sizeof(word), "%.*s", (int)len, list);
		if (strcmp(wg_kind_name(wg_kind_of(word)), word) != 0)
			break;
	}
	return wg_option_fail(state, "--kind: no kind '%s'%s", *list ? word : "",
		wg_near_hint(hint, sizeof(hint), *list ? word : "", wg_part_words("KIND")));
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct wg_part *part = state->input;
	int rc = 0;

	switch (key) {
	case KEY_SINCE:
	case KEY_UNTIL:
		*(key == KEY_SINCE ? &part->has_since : &part->has_until) = true;
		if (wg_parse_time(arg, key == KEY_SINCE ? &part->since_ns : &part->until_ns) == 0)
			return 0;
		return wg_option_fail(state, "--%s: '%s' is not a time such as 10ms",
			key == KEY_SINCE ? "since" : "until", arg);
	case KEY_LOOP:
		rc = add_list(part, arg, add_loop);
		return rc != -EINVAL
			       ? -rc
			       : wg_option_fail(state,
					 "--loop: '%s' is not a list of at most %d loops such "
					 "as 1,2 or 4242:1",
					 arg, WG_PART_LOOPS);
	case KEY_KIND:
		rc = add_list(part, arg, add_kind);
		return rc != -EINVAL ? -rc : fail_kinds(arg, state);
	case ARGP_KEY_END:
		if (part->has_until && part->until_ns <= (part->has_since ? part->since_ns : 0))
			return wg_option_fail(
				state, "--until is not after --since: nothing is left");
		return 0;
	default: return ARGP_ERR_UNKNOWN;
	}
}

const struct argp wg_part_argp = { .options = options, .parser = take };
