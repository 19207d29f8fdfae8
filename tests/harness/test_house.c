/*
 * test_house.c: what `make lint` promises about rooms and words, shown on a copy of the tree: as it
 * is it passes, and each include against an arrow and each word that is out is found by name.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"

/* One include each that no room may make: from a room to one further on, or across. */
static const struct {
	const char *room, *header;
} against[] = {
	{ "core", "traces/read/read.h" }, { "core", "core/workload/workload.h" },
	{ "core/wait", "core/loop.h" }, { "core/wait", "core/workload/workload.h" },
	{ "core/emit", "core/loop.h" }, { "core/workload", "traces/read/schema.h" },
	{ "traces/base", "traces/read/read.h" }, { "traces/record", "traces/read/read.h" },
	{ "traces/record", "core/clock.h" }, { "traces/read", "traces/record/record.h" },
	{ "traces/read", "traces/measure/measure.h" }, { "traces/measure", "traces/model/model.h" },
	{ "traces/model", "traces/export/export.h" },
	{ "traces/export", "traces/picture/picture.h" },
	{ "traces/picture", "traces/export/export.h" }, { "traces/picture", "viz/canvas/canvas.h" },
	{ "viz/base", "viz/app/app.h" }, { "viz/canvas", "viz/app/app.h" },
	{ "viz/app", "viz/screen/screen.h" }, { "viz/screen", "viz/live/live_view.h" },
	{ "viz/live", "viz/cmd/frame.h" }, { "viz/term", "viz/live/live_view.h" },
	{ "viz/run", "viz/stats/stats.h" }, { "viz/stats", "viz/run/run.h" },
	{ "viz/cmd", "core/loop.h" }, { "viz/cmd", "labs/grade/cmd/cmd.h" },
	{ "labs/explore/engine", "labs/explore/calls/fds.h" },
	{ "labs/explore/engine", "labs/explore/report/report.h" },
	{ "labs/explore/calls", "labs/explore/report/report.h" },
	{ "labs/explore/calls", "labs/explore/lab/image.h" },
	{ "labs/explore/report", "labs/explore/lab/image.h" },
	{ "labs/explore/lab", "labs/explore/report/report.h" },
	{ "labs/grade/base", "labs/grade/cmd/cmd.h" },
	{ "labs/grade/box", "labs/grade/judge/check.h" },
	{ "labs/grade/course", "labs/grade/box/box.h" },
	{ "labs/grade/judge", "labs/grade/tell/tell.h" },
	{ "labs/grade/tell", "labs/grade/cmd/cmd.h" }, { "labs/grade/cmd", "viz/canvas/canvas.h" },
	{ "labs/waits", "viz/canvas/canvas.h" },
	{ "traces/attic", "traces/attic/a.h" }, /* a room that nobody named */
};

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char *sh(const char *folder, const char *script, int wanted)
{
	char *out = NULL, *err = NULL;
	const char *argv[] = { "/bin/sh", "-c", script, folder, NULL };

	CU_ASSERT_EQUAL(wg_run(&out, &err, argv), wanted);
	free(out);
	return err;
}

/* The tracked sources and .ci in a folder of their own, where they may be spoilt. */
static const char *copy_of_the_tree(void)
{
	const char *copy = wg_tmpdir();

	free(sh(copy,
		"git -c safe.directory='*' ls-files -co --exclude-standard |"
		" grep -v '^traces/samples/' | xargs cp --parents -t \"$0\" && git init -q \"$0\"",
		0));
	return copy;
}

static void plant(const char *copy, size_t i)
{
	char path[512];
	FILE *f;

	(void)snprintf(path, sizeof(path), "mkdir -p \"$0/%s\"", against[i].room);
	free(sh(copy, path, 0));
	(void)snprintf(path, sizeof(path), "%s/%s/planted_%zu.c", copy, against[i].room, i);
	f = fopen(path, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	(void)fprintf(f, "/* planted */\n#include \"%s\"\n", against[i].header);
	(void)fclose(f);
}

static void an_include_against_an_arrow_fails(void)
{
	const char *copy = copy_of_the_tree();
	char *said = sh(copy, "sh \"$0/.ci/lint\" arrows", 0), wanted[256];
	size_t i;

	free(said);
	for (i = 0; i < COUNT(against); i++)
		plant(copy, i);
	said = sh(copy, "sh \"$0/.ci/lint\" arrows", 1);
	for (i = 0; i < COUNT(against); i++) {
		if (strcmp(against[i].room, "traces/attic") == 0)
			(void)snprintf(wanted, sizeof(wanted), "traces/attic has no line");
		else
			(void)snprintf(wanted, sizeof(wanted), "%s/planted_%zu.c:2:#include \"%s\"",
				against[i].room, i, against[i].header);
		CU_ASSERT(wg_has(said, wanted));
		if (!wg_has(said, wanted))
			(void)fprintf(stderr, "# not found: %s\n", wanted);
	}
	free(said);
}

static void a_word_that_is_out_fails(void)
{
	/* Taken apart, so that this file passes. */
	static const char *const words[] = { "r"
					     "ing the loop",
		"a b"
		"ell",
		"m"
		"ended",
		"not to be h"
		"ad",
		"in every order of st"
		"eps",
		"a d"
		"eaf loop",
		"in v"
		"ain" };
	const char *copy = copy_of_the_tree();
	char *said = sh(copy, "sh \"$0/.ci/lint\" words", 0), script[256], wanted[64];
	size_t i;

	free(said);
	for (i = 0; i < COUNT(words); i++) {
		(void)snprintf(script, sizeof(script), "echo '%s' >\"$0/core/planted_%zu.md\"",
			words[i], i);
		free(sh(copy, script, 0));
	}
	said = sh(copy, "sh \"$0/.ci/lint\" words", 1);
	for (i = 0; i < COUNT(words); i++) {
		(void)snprintf(wanted, sizeof(wanted), "core/planted_%zu.md:1:", i);
		CU_ASSERT(wg_has(said, wanted));
	}
	free(said);
}

static void folders_are_no_heaps(void)
{
	char *said = sh(".",
		"for d in core traces viz labs/explore labs/grade tests; do\n"
		"n=$(find $d -maxdepth 1 -name '*.c' | wc -l); test $n -le 30 || echo $d: $n >&2\n"
		"done",
		0);

	CU_ASSERT_STRING_EQUAL(said, "");
	free(said);
}

/* The second column of the tables of promises: each row names suites, and all of them exist. */
static void promises_name_suites(void)
{
	char *said = sh(".",
		"sed -n '/^## What is promised/,/^## Lines/p' tests/README.md |\n"
		"grep '^|' | grep -v '^| promise \\|^|---' | cut -d'|' -f3 >\"$TMPDIR/rows\"\n"
		"test $(wc -l <\"$TMPDIR/rows\") -ge 40 || echo 'the tables are gone' >&2\n"
		"grep -nv '`' \"$TMPDIR/rows\" >&2\n"
		"for s in $(tr -d '`,' <\"$TMPDIR/rows\" | sort -u); do\n"
		"grep -q \"^SUITE($s,\" tests/suites.def || echo \"no such suite: $s\" >&2\n"
		"done",
		0);

	CU_ASSERT_STRING_EQUAL(said, "");
	if (*said)
		(void)fprintf(stderr, "# %s", said);
	free(said);
}

void suite_house(void)
{
	WG_TEST(promises_name_suites);
	WG_TEST(an_include_against_an_arrow_fails);
	WG_TEST(a_word_that_is_out_fails);
	WG_TEST(folders_are_no_heaps);
}
