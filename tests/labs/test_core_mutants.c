/*
 * test_core_mutants.c: core/mutants.md, which lists the mutants of the core that neither scenarios
 * nor suites find, stays true: each entry names a mutant that wakegap-mutate makes, below a reason;
 * and a sample is judged again. `make core-mutants` judges all.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/labs/lab_build.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

#define LIST  "core/mutants.md"
#define ENTRY "- `"

/* What a line of wakegap-mutate (id, line, before, after) is in the list. */
static void entry_of(char *text, char *ret, size_t len)
{
	const char *id = strsep(&text, "\t"), *before, *after;

	(void)strsep(&text, "\t");
	before = strsep(&text, "\t");
	after = text ? text : "";
	if (*after)
		(void)snprintf(ret, len, "- `%s`: `%s` becomes `%s`", id, before, after);
	else
		(void)snprintf(ret, len, "- `%s`: `%s` is left out", id, before);
}

/* All entries that the mutants of a file make, one a line; yours to free. */
static char *mutants_of(const char *source)
{
	const char *const argv[] = { wg_build_path("wakegap-mutate"), source, NULL };
	char *out = NULL, *rest, *line, *ret, entry[1024];
	size_t len = 0;
	FILE *f = open_memstream(&ret, &len);

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	MUST(wg_run(&out, NULL, argv) == 0, "%s: wakegap-mutate fails", source);
	for (rest = out; (line = strsep(&rest, "\n"));) {
		if (!*line)
			continue;
		entry_of(line, entry, sizeof(entry));
		(void)fprintf(f, "%s\n", entry);
	}
	(void)fclose(f);
	free(out);
	return ret;
}

static void entries_are_mutants(void)
{
	char line[1024], with_end[1026], *mutants = NULL;
	bool has_reason = false;
	FILE *f = fopen(LIST, "re");
	int count = 0;

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	while (fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "## core/", 8) == 0) {
			free(mutants);
			mutants = mutants_of(line + 3);
		} else if (strncmp(line, ENTRY, strlen(ENTRY)) == 0) {
			(void)snprintf(with_end, sizeof(with_end), "%s\n", line);
			MUST(has_reason, LIST ": no reason is given for\n%s", line);
			MUST(mutants && strstr(mutants, with_end),
				LIST ": there is no such mutant\n%s", line);
			count++;
		}
		if (*line)
			has_reason = line[0] != '#' && (has_reason || strncmp(line, ENTRY, 3) != 0);
	}
	(void)fclose(f);
	free(mutants);
	printf("# " LIST ": %d survivors\n", count);
	CU_ASSERT(count > 0);
}

static char *read_list(void)
{
	FILE *f = fopen(LIST, "re");
	char *text = NULL;
	size_t size = 0;

	if (f && getdelim(&text, &size, '\0', f) < 0) {
		free(text);
		text = NULL;
	}
	if (f)
		(void)fclose(f);
	return text;
}

/* Those that survive in futex.c's sleep, notify and kick are those listed. */
static void a_sample_is_judged(void)
{
	const char *build = getenv("WG_BUILD");
	const char *const argv[] = { "sh", "tests/prove/mutants", build ? build : "build",
		"core/wait/futex.c", NULL };
	char *out = NULL, *rest, *line, *list = read_list();
	int survivors = 0;

	(void)setenv("NO_SUITES", "1", 1);
	(void)setenv("SCHEDULES", "1000", 1);
	(void)setenv("ONLY", "^futex_(arm|sleep|notify|kick)", 1);
	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
	for (rest = out; rest && (line = strsep(&rest, "\n"));) {
		if (strncmp(line, ENTRY, strlen(ENTRY)) != 0)
			continue;
		MUST(list && strstr(list, line), LIST ": survives, and is not listed\n%s", line);
		survivors++;
	}
	MUST(survivors == 2, "%d survive, not 2:\n%s", survivors, out);
	free(out);
	free(list);
}

#if defined(WG_UNDER_TSAN) || defined(WG_UNDER_ASAN) || !defined(__OPTIMIZE__)
static const bool is_plain = false;
#else
static const bool is_plain = true;
#endif

void suite_core_mutants(void)
{
	WG_TEST(entries_are_mutants);
	WG_TEST_IF(is_plain, "once is enough, in the release build", a_sample_is_judged);
}
