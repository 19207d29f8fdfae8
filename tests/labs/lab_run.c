/*
 * lab_run.c: see lab_run.h.
 */
#include "tests/labs/lab_run.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/harness.h"

struct wg_learner learner;

void wg_learner_fini(void)
{
	free(learner.out);
	free(learner.err);
	learner.out = learner.err = NULL;
}

/* wakegap lab WORDS, its output in t. */
int wg_lab_run(const char *const *words)
{
	const char *argv[16] = { wg_build_path("wakegap"), "lab" };
	size_t n = 2;

	wg_learner_fini();
	while (*words && n < 15)
		argv[n++] = *words++;
	return wg_run(&learner.out, &learner.err, argv);
}

void wg_learner_init(void)
{
	wg_learner_init_in("tests/data/course");
}

void wg_learner_init_in(const char *course)
{
	wg_learner_fini();
	(void)snprintf(learner.home, sizeof(learner.home), "%s", wg_tmpdir());
	(void)snprintf(learner.dir, sizeof(learner.dir), "%s/mine", learner.home);
	CU_ASSERT_EQUAL(setenv("WAKEGAP_LABS", course, 1), 0);
	CU_ASSERT_EQUAL(setenv("WAKEGAP_STATE", learner.home, 1), 0);
	CU_ASSERT_EQUAL(LAB("start", "1", learner.dir), 0);
}

bool wg_learner_says(const char *text)
{
	char *flat = strdup(learner.out ? learner.out : ""), *from, *to;
	bool says;

	if (!flat)
		return false;
	for (from = to = flat; *from; from++) {
		if (*from != '\n') {
			*to++ = *from;
			continue;
		}
		*to++ = ' ';
		while (from[1] == ' ')
			from++;
	}
	*to = '\0';
	says = wg_has(learner.out, text) || wg_has(flat, text);
	free(flat);
	return says;
}

bool wg_learner_has(const char *name)
{
	char path[300];

	(void)snprintf(path, sizeof(path), "%s/%s", learner.dir, name);
	return access(path, F_OK) == 0;
}

/* Put a file of the repository in the place of the learner's; more may be NULL. */
void wg_learner_writes(const char *from, const char *more)
{
	char command[900];
	const char *argv[] = { "sh", "-c", command, NULL };

	(void)snprintf(command, sizeof(command),
		"cat %s %s >%s/loop.new && mv %s/loop.new %s/loop.c", from, more ? more : "",
		learner.dir, learner.dir, learner.dir);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
}

bool wg_lab_lists(const char *what)
{
	CU_ASSERT_EQUAL(LAB("list"), 0);
	return wg_has(learner.out, what);
}

json_t *wg_learner_grade(const char *format)
{
	const char *at;
	json_t *root;

	CU_ASSERT_EQUAL(LAB("grade", "--format", format, learner.dir), 0);
	/* Autolab reads the last line; those before are for the learner. */
	at = strcmp(format, "autolab") == 0 ? strstr(learner.out, "\n{") : learner.out;
	root = at ? json_loads(at, 0, NULL) : NULL;
	CU_ASSERT_PTR_NOT_NULL_FATAL(root);
	return root;
}
