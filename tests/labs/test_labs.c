/*
 * test_labs.c: every lab judges as its lab.conf says.
 *
 * A lab that lets a wrong fix pass teaches it. So for each labs/NN-name/ the starter must break the
 * check that [starter] names and no other, each file of wrong/ its own check with its own message,
 * and the solution none, after a search that is complete. WG_LAB=02 tries one lab only.
 */
#include <ctype.h>
#include <glob.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/labs/lab_build.h"
#include "tests/harness/support.h"

#define PROCESSOR_S "10" /* a search may take so much; most take less than a second */

/* What one search said, over all its scenarios. */
struct report {
	json_t *json;
	long schedules, failing;
	bool is_complete;
	char broken[256]; /* ids of the broken checks: " stuck late" */
};

/* ---- build and search ---- */

static const char *text(const json_t *o, const char *key)
{
	const char *found = json_string_value(json_object_get(o, key));

	return found ? found : "";
}

static long number(const json_t *o, const char *key)
{
	return (long)json_integer_value(json_object_get(o, key));
}

static void add_up(struct report *r)
{
	const json_t *scenario, *check;
	size_t i, j, have;

	r->is_complete = true;
	json_array_foreach(json_object_get(r->json, "scenarios"), i, scenario)
	{
		r->schedules += number(scenario, "schedules");
		r->failing += number(scenario, "failing");
		r->is_complete &= json_is_true(json_object_get(scenario, "complete"));
		json_array_foreach(json_object_get(scenario, "checks"), j, check)
		{
			char id[64];

			(void)snprintf(id, sizeof(id), " %.60s", text(check, "id"));
			have = strlen(r->broken);
			if (number(check, "failing") > 0 && !wg_has(r->broken, id))
				(void)snprintf(
					r->broken + have, sizeof(r->broken) - have, "%s", id);
		}
	}
}

/* The lab with `source` in the learner's place, searched; false: it came to no report. */
static bool search(
	const struct lab *lab, const char *source, const char *werror, struct report *ret)
{
	char so[256], *said = NULL, *out = NULL;
	const char *const argv[] = { wg_build_path("wakegap-explore"), so, "--fd", "1", "--seconds",
		PROCESSOR_S, NULL };
	json_error_t error;
	bool is_built;
	int rc;

	memset(ret, 0, sizeof(*ret));
	(void)snprintf(so, sizeof(so), "%s/lab.so", lab->tmp);
	is_built = wg_labs_compile_learner(lab, source, werror, &said);
	MUST(is_built, "%s: %s", source, said ? said : "it cannot be copied");
	free(said);
	if (!is_built)
		return false;
	is_built = wg_labs_link(lab, &said);
	MUST(is_built, "%s: %s", source, said);
	free(said);
	if (!is_built)
		return false;
	rc = wg_run(&out, NULL, argv);
	ret->json = json_loads(out, 0, &error);
	MUST(rc == 0 || rc == 1, "%s: the search ends with %d", source, rc);
	MUST(ret->json, "%s: no report", source);
	free(out);
	if (ret->json)
		add_up(ret);
	return ret->json != NULL;
}

/* Does the report say `part` of check id: in its message, or in a step of the schedule shown? */
static bool says(const struct report *r, const char *id, const char *part)
{
	const json_t *scenario, *each;
	size_t i, j;

	json_array_foreach(json_object_get(r->json, "scenarios"), i, scenario)
	{
		const json_t *shortest = json_object_get(scenario, "shortest");

		json_array_foreach(json_object_get(scenario, "checks"), j, each)
		{
			if (number(each, "failing") > 0 && strcmp(text(each, "id"), id) == 0 &&
				wg_has(text(each, "message"), part))
				return true;
		}
		json_array_foreach(json_object_get(shortest, "steps"), j, each)
		{
			if (strcmp(text(shortest, "check"), id) == 0 &&
				wg_has(text(each, "note"), part))
				return true;
		}
	}
	return false;
}

static void show_messages(const struct report *r)
{
	const json_t *scenario, *check;
	size_t i, j;

	json_array_foreach(json_object_get(r->json, "scenarios"), i, scenario)
	{
		json_array_foreach(json_object_get(scenario, "checks"), j, check)
		{
			if (number(check, "failing") > 0)
				printf("#     %s %s: %ld fail: %s\n", text(scenario, "name"),
					text(check, "id"), number(check, "failing"),
					text(check, "message"));
		}
	}
}

/* ---- data races ---- */

/* Fixes of wrong/ that race, and the variable; all others must not be told of one. */
static const char *const racy[][2] = { { "08-drain-the-eventfd/wrong/5-new-eventfd.c", "event_fd" },
	{ "10-inside-or-after/wrong/2-state-first.c", "is_done" },
	{ "14-closing-time/loop.c", "closing" }, { "14-closing-time/wrong/4-timed.c", "closing" },
	{ "14-closing-time/wrong/8-detach.c", "closing" } };

static bool has_place_in(const json_t *race, const char *file)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(race, "places"), i, each)
	{
		if (strcmp(text(each, "file"), file) == 0)
			return true;
	}
	return false;
}

/* The learner's races: is this variable among them, or with NULL, are there none? */
static bool has_race(const struct lab *lab, const struct report *r, const char *name)
{
	const json_t *scenario, *race;
	bool has_any = false, has_name = false;
	size_t i, j;

	json_array_foreach(json_object_get(r->json, "scenarios"), i, scenario)
	{
		json_array_foreach(json_object_get(scenario, "races"), j, race)
		{
			if (!has_place_in(race, lab->learner))
				continue;
			has_any = true;
			has_name = has_name || (name && strcmp(text(race, "name"), name) == 0);
			if (!name)
				printf("#     race: %s\n", text(race, "message"));
		}
	}
	return name ? has_name : !has_any;
}

static void try_races(const struct lab *lab, const char *source, const struct report *r)
{
	const char *name = NULL;
	size_t i;

	for (i = 0; i < sizeof(racy) / sizeof(racy[0]); i++) {
		if (wg_has(source, racy[i][0]))
			name = racy[i][1];
	}
	MUST(has_race(lab, r, name), "%s: race of '%s'", source, name ? name : "nothing");
}

/* ---- the three kinds of file ---- */

static void try_starter(const struct lab *lab, char *words, size_t len)
{
	const char *fails = lab_conf(lab, "starter", "fails");
	const char *message = lab_conf(lab, "starter", "message");
	char source[256];
	struct report r;

	(void)snprintf(source, sizeof(source), "%s/%s", lab->dir, lab->learner);
	if (!search(lab, source, "-Werror", &r))
		return;
	MUST(*fails && strcmp(r.broken + (*r.broken == ' '), fails) == 0,
		"%s breaks%s, and should break '%s'", source, r.broken, fails);
	MUST(*message && says(&r, fails, message), "%s does not say '%s'", source, message);
	if (!says(&r, fails, message))
		show_messages(&r);
	try_races(lab, source, &r);
	(void)snprintf(words, len, "starter %ld of %ld schedules fail (%s)", r.failing, r.schedules,
		fails);
	json_decref(r.json);
}

static void try_wrong(const struct lab *lab, const char *source)
{
	char section[96];
	const char *fails, *message;
	struct report r;
	bool is_told;

	(void)snprintf(section, sizeof(section), "wrong %.80s", strrchr(source, '/') + 1);
	fails = lab_conf(lab, section, "fails");
	message = lab_conf(lab, section, "message");
	if (!search(lab, source, "-Wall", &r))
		return;
	is_told = *fails && *message && says(&r, fails, message);
	MUST(is_told, "%s does not break '%s' with '%s':", source, fails, message);
	if (!is_told)
		show_messages(&r);
	try_races(lab, source, &r);
	json_decref(r.json);
}

static int try_wrongs(const struct lab *lab)
{
	char pattern[256];
	glob_t files;
	int count, i, sections = 0;

	(void)snprintf(pattern, sizeof(pattern), "%s/wrong/*.c", lab->dir);
	count = glob(pattern, 0, NULL, &files) == 0 ? (int)files.gl_pathc : 0;
	for (i = 0; i < count; i++)
		try_wrong(lab, files.gl_pathv[i]);
	for (i = 0; i < lab->entries; i++)
		sections += strncmp(lab->entry[i].section, "wrong ", 6) == 0 &&
			    strcmp(lab->entry[i].key, "fails") == 0;
	MUST(count >= 4 && count == sections, "%s has %d wrong fixes, lab.conf %d", lab->dir, count,
		sections);
	globfree(&files);
	return count;
}

static long try_solution(const struct lab *lab)
{
	char source[256];
	struct report r;

	(void)snprintf(source, sizeof(source), "%s/solution.c", lab->dir);
	if (!search(lab, source, "-Werror", &r))
		return 0;
	MUST(r.failing == 0 && !*r.broken, "%s breaks%s", source, r.broken);
	if (r.failing)
		show_messages(&r);
	try_races(lab, source, &r);
	MUST(r.is_complete, "%s: the search is not complete after %ld", source, r.schedules);
	json_decref(r.json);
	return r.schedules;
}

static void try_lab(struct lab *lab)
{
	char words[256] = "", *said = NULL;
	long tried;
	int wrongs;

	(void)snprintf(lab->tmp, sizeof(lab->tmp), "%s", wg_tmpdir());
	CU_ASSERT_TRUE(wg_labs_compile_scenario(lab, &said));
	printf("%s%s", *said ? "#   " : "", said);
	free(said);
	try_starter(lab, words, sizeof(words));
	wrongs = try_wrongs(lab);
	tried = try_solution(lab);
	printf("# lab %.2s: %s; %d wrong fixes fail; solution 0 of %ld\n",
		strchr(lab->dir, '/') + 1, words, wrongs, tried);
	(void)fflush(stdout);
}

/* ---- all labs ---- */

static void labs_judge_as_they_say(void)
{
	/* Nothing that runs here is built with it (labs.mk). */
	if (WG_IS_UNDER_TSAN)
		wg_skip("ThreadSanitizer sees no explorer");
	else if (wg_labs_each(try_lab) == 0)
		wg_skip("there are no labs");
}

/* A learner's editor may use either; the first thing it shows must not be a warning. */
static void try_warnings(struct lab *lab)
{
	static const char *const compilers[] = { "gcc", "clang" };
	static const char *const files[] = { NULL, "solution.c" };
	size_t c, f;

	for (c = 0; c < 2; c++) {
		for (f = 0; f < 2; f++) {
			char source[256], *said = NULL;
			bool is_clean;

			(void)snprintf(source, sizeof(source), "%s/%s", lab->dir,
				files[f] ? files[f] : lab->learner);
			is_clean = wg_labs_compile(
				lab, compilers[c], "-Werror", source, "/dev/null", &said);
			MUST(is_clean || wg_has(said, "cannot run"), "%s: %s", compilers[c], said);
			free(said);
		}
	}
}

static void starters_have_no_warning(void)
{
	if (wg_labs_each(try_warnings) == 0)
		wg_skip("there are no labs");
}

/* What a learner reads is there, and is short. */
static void try_texts(struct lab *lab)
{
	static const char *const texts[] = { "README.md", "hints.md", "instructor.md" };
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++) {
		char path[256], line[1024];
		int lines = 0, hints = 0;
		FILE *f;

		(void)snprintf(path, sizeof(path), "%s/%s", lab->dir, texts[i]);
		f = fopen(path, "re");
		MUST(f, "%s is missing", path);
		if (!f)
			continue;
		while (fgets(line, sizeof(line), f)) {
			lines++;
			hints += strncmp(line, "## ", 3) == 0 && isdigit((unsigned char)line[3]);
		}
		(void)fclose(f);
		MUST(lines <= 120, "%s has %d lines", path, lines);
		MUST(i != 1 || hints == 3, "%s has %d levels, not 3", path, hints);
	}
}

static void texts_are_there(void)
{
	if (wg_labs_each(try_texts) == 0)
		wg_skip("there are no labs");
}

void suite_labs(void)
{
	WG_TEST(texts_are_there);
	WG_TEST(starters_have_no_warning);
	WG_TEST(labs_judge_as_they_say);
}
