/*
 * part_args.c: see part_args.h.
 */
#include "viz/base/part_args.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/say.h"
#include "traces/base/units.h"

const char wg_part_help[] =
	"  --since T      from T after the first event on, as 10ms or 1.5s\n"
	"  --until T      up to T, and not T itself\n"
	"  --loop N,...   these loops only; PID:N for that of one process\n"
	"  --kind K,...   operations of these kinds only: read, write, open, close, stat,\n"
	"                 connect, accept, recv, send, timer, work, unknown\n\n"
	"What --since and --until cut in two counts, whole, where its end lies: a gap and\n"
	"time asleep at the wake, an operation's time in service at its done, an empty\n"
	"wake at the wait that follows. So [0, T) and [T, end) add up to the whole trace.\n"
	"What was handed in before is known in the window. Only a window that reaches the\n"
	"end of the trace can tell whether a loop is stuck. Discarded events count from\n"
	"the beginning of the trace to the end of the window.\n"
	"With --kind a gap begins with the first result of these kinds; waits, wakes,\n"
	"empty wakes, polls and notifies have no kind and count all the same.\n";

int wg_option_value(int argc, char **argv, int *i, const char *name, const char **ret_value)
{
	size_t len = strlen(name);
	const char *arg = argv[*i];

	if (strncmp(arg, "--", 2) != 0 || strncmp(arg + 2, name, len) != 0)
		return 0;
	if (arg[2 + len] == '=') {
		*ret_value = arg + 3 + len;
		return 1;
	}
	if (arg[2 + len] != '\0')
		return 0;
	if (*i + 1 >= argc)
		return -1;
	*ret_value = argv[++*i];
	return 1;
}

/* All of text is a number that fits 32 bits. */
static bool parse_id(const char *text, size_t len, uint32_t *ret)
{
	uint64_t value = 0;
	size_t i;

	for (i = 0; i < len; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (uint64_t)(text[i] - '0');
		if (value > UINT32_MAX)
			return false;
	}
	*ret = (uint32_t)value;
	return len > 0;
}

/* "3" or "4242:3", len characters of it. */
static bool add_loop(struct wg_part *part, const char *text, size_t len)
{
	const char *colon = memchr(text, ':', len);
	size_t n = part->loop_count, pid_len = colon ? (size_t)(colon - text) : 0;
	const char *id = colon ? colon + 1 : text;
	uint32_t pid = 0;

	if (n == WG_PART_LOOPS)
		return false;
	if (colon && (!parse_id(text, pid_len, &pid) || pid == 0))
		return false;
	if (!parse_id(id, len - (size_t)(id - text), &part->loops[n].loop))
		return false;
	part->loops[n].pid = pid;
	part->loop_count++;
	return true;
}

static bool add_kind(struct wg_part *part, const char *text, size_t len)
{
	size_t i;

	for (i = 0; i < WG_KIND_COUNT; i++) {
		const char *name = wg_kind_name((enum wg_kind)i);

		if (strlen(name) == len && strncmp(name, text, len) == 0) {
			part->kinds |= 1u << i;
			return true;
		}
	}
	return false;
}

/* Each part between commas. */
static bool add_list(
	struct wg_part *part, const char *list, bool (*add)(struct wg_part *, const char *, size_t))
{
	for (;; list++) {
		size_t len = strcspn(list, ",");

		if (!add(part, list, len))
			return false;
		list += len;
		if (*list == '\0')
			return true;
	}
}

static int told(int usage)
{
	(void)usage;
	return -1;
}

static int take_time(const char *command, const char *name, const char *text, int64_t *ret_ns)
{
	if (wg_parse_time(text, ret_ns) == 0)
		return 1;
	return told(wg_say_usage(command, "--%s: '%s' is not a time such as 10ms", name, text));
}

int wg_part_option(const char *command, int argc, char **argv, int *i, struct wg_part *part)
{
	static const char *const names[] = { "since", "until", "loop", "kind" };
	const char *value = NULL;
	size_t n;
	int rc = 0;

	for (n = 0; n < 4 && rc == 0; n++)
		rc = wg_option_value(argc, argv, i, names[n], &value);
	if (rc < 0)
		return told(wg_say_usage(command, "%s needs a value", argv[*i]));
	if (rc == 0)
		return 0;
	switch (n - 1) {
	case 0: part->has_since = true; return take_time(command, "since", value, &part->since_ns);
	case 1: part->has_until = true; return take_time(command, "until", value, &part->until_ns);
	case 2:
		if (!add_list(part, value, add_loop))
			return told(wg_say_usage(command,
				"--loop: '%s' is not a list of at most %d loops such as 1,2 or "
				"4242:1",
				value, WG_PART_LOOPS));
		return 1;
	default:
		if (!add_list(part, value, add_kind))
			return told(wg_say_usage(command,
				"--kind: '%s' is not a list of kinds such as read,timer", value));
		return 1;
	}
}

int wg_part_done(const char *command, const struct wg_part *part)
{
	int64_t since_ns = part->has_since ? part->since_ns : 0;

	if (!part->has_until || part->until_ns > since_ns)
		return 0;
	return told(wg_say_usage(command, "--until is not after --since: nothing is left"));
}
