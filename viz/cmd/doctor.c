/*
 * doctor.c: `wakegap doctor`: what works on this machine, and the commands that fix the rest.
 */
#include <errno.h>
#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "traces/base/near.h"
#include "viz/cmd/commands.h"
#include "viz/doctor/doctor.h"

#define PARTS_MAX 16

enum { KEY_JSON = 0x1000, KEY_ROOT };

struct asked {
	const char *part[PARTS_MAX];
	size_t parts;
	const char *root;
	bool is_json;
};

/* "run lttng ..."; static. */
static const char *all_parts(void)
{
	static char names[128];
	size_t i, len = 0;

	for (i = 0; wg_part_at(i) && len < sizeof(names); i++)
		len += (size_t)snprintf(names + len, sizeof(names) - len, "%s%s", i ? " " : "",
			wg_part_at(i)->name);
	return names;
}

static const char *words(const char *metavar)
{
	return strcmp(metavar, "PART") == 0 ? all_parts() : NULL;
}

static error_t take_part(const char *arg, struct asked *asked, struct argp_state *state)
{
	char hint[160];
	size_t i;

	for (i = 0; wg_part_at(i); i++) {
		if (strcmp(wg_part_at(i)->name, arg) == 0 && asked->parts < PARTS_MAX) {
			asked->part[asked->parts++] = arg;
			return 0;
		}
	}
	return wg_option_fail(
		state, "no part '%s'%s", arg, wg_near_hint(hint, sizeof(hint), arg, all_parts()));
}

static error_t take(int key, char *arg, struct argp_state *state)
{
	struct asked *asked = state->input;

	switch (key) {
	case KEY_JSON: asked->is_json = true; return 0;
	case KEY_ROOT:
		if (access(arg, X_OK) != 0)
			return wg_option_fail(
				state, "--root: cannot look below '%s': %s", arg, strerror(errno));
		asked->root = strcmp(arg, "/") == 0 ? "" : arg;
		return 0;
	case ARGP_KEY_ARG: return take_part(arg, asked, state);
	default: return ARGP_ERR_UNKNOWN;
	}
}

static const struct argp *table(void)
{
	static const struct argp_option options[] = {
		{ "json", KEY_JSON, NULL, 0, "for programs, with more detail", 0 },
		{ "root", KEY_ROOT, "DIR", 0,
			"look at the files of another system below DIR, such as the image of a "
			"container",
			0 },
		{ 0 },
	};
	static const struct argp table = { options, take, "[PART...]",
		"Shows what this machine has and lacks for each part of wakegap, with the command "
		"that fixes it, and what works without. It changes nothing.\v"
		"PART is run, lttng, preload, kernel, scan, read, import or labs; without one, all "
		"are looked at.\n\n"
		"ok: it is there. less: it works without, with less. LACKS: the part does not "
		"work.\n\n"
		"Exit status: 0 each part that was asked for works, 1 one does not, 2 usage.",
		NULL, NULL, NULL };

	return &table;
}

static int run(int argc, char **argv)
{
	struct asked asked = { .root = "" };
	struct wg_facts facts;
	char self[PATH_MAX];
	int rc = wg_options_parse(&wg_cmd_doctor, argc, argv, 0, &asked);
	bool works;

	if (rc >= 0)
		return rc;
	wg_facts_here(&facts, asked.root, self, sizeof(self));
	if (!asked.is_json) {
		wg_say_plainly();
		works = wg_doctor_text(&facts, asked.part, asked.parts);
	} else {
		works = wg_doctor_json(&facts, asked.part, asked.parts, &rc);
		if (rc == -ENOMEM)
			return wg_say("out of memory");
	}
	return wg_say_flushed(works ? WG_EXIT_OK : WG_EXIT_FAILED);
}

const struct wg_cmd wg_cmd_doctor = {
	.name = "wakegap doctor",
	.does = "show what works on this machine, and what fixes the rest",
	.main = run,
	.table = table,
	.words = words,
};
