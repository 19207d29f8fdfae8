/*
 * test_lab_way.c: what leads a learner from one lab to the next: questions that wait, links that
 * work, a folder that was moved, the next lab.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labs/grade/base/files.h"
#include "labs/grade/course/fold.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/labs/lab_run.h"

static int sh(const char *command)
{
	const char *argv[] = { "sh", "-c", command, NULL };

	free(learner.out);
	free(learner.err);
	learner.out = learner.err = NULL;
	return wg_run(&learner.out, &learner.err, argv);
}

/* Only Enter is no answer: the question waits, and its answer is not shown. */
static void no_answer_is_no_prediction(void)
{
	char command[600];

	wg_learner_init();
	(void)snprintf(command, sizeof(command), "echo | %s lab predict %s",
		wg_build_path("wakegap"), learner.dir);
	CU_ASSERT_EQUAL(sh(command), 0);
	CU_ASSERT(wg_learner_says("not answered") && !wg_learner_says("it is"));
	CU_ASSERT(wg_lab_lists(", 0 of 1 predicted"));
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT(wg_learner_says("1 prediction is not made yet: wakegap lab predict "));
	(void)snprintf(command, sizeof(command), "echo none | %s lab predict %s",
		wg_build_path("wakegap"), learner.dir);
	CU_ASSERT_EQUAL(sh(command), 0);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	CU_ASSERT(!wg_learner_says("not made yet"));
	wg_learner_fini();
}

static void a_pass_names_the_next_lab(void)
{
	char dir[300], command[900];

	wg_learner_init_in("labs");
	CU_ASSERT_EQUAL(LAB("next"), 0);
	CU_ASSERT(wg_learner_says("lab 01: ") && wg_learner_says("wakegap lab check /"));
	(void)snprintf(dir, sizeof(dir), "%s/two", learner.home);
	CU_ASSERT_EQUAL(LAB("start", "2", dir), 0);
	(void)snprintf(command, sizeof(command), "cp labs/02-*/solution.c %s/loop.c", dir);
	CU_ASSERT_EQUAL(sh(command), 0);
	CU_ASSERT_EQUAL(LAB("check", dir), 0);
	CU_ASSERT(wg_learner_says("wakegap lab start 3   (while, not if)"));
	wg_learner_fini();
	/* There is no other one. */
	wg_learner_init();
	wg_learner_writes(WG_COURSE "/solution.c", NULL);
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 0);
	CU_ASSERT(wg_learner_says("(the last lab)"));
	CU_ASSERT_EQUAL(LAB("next"), 0);
	CU_ASSERT(wg_learner_says("every lab is passed or seen"));
	wg_learner_fini();
}

/* A lab is named, but there is nothing yet to check. */
static void a_lab_that_is_not_started_says_how(void)
{
	wg_learner_init_in("labs");
	CU_ASSERT_EQUAL(LAB("check", "5"), 1);
	CU_ASSERT(wg_has(learner.err, "lab 05 is not started: `wakegap lab start 5`"));
	CU_ASSERT_EQUAL(LAB("hint", "99"), 1);
	CU_ASSERT(wg_has(learner.err, "`wakegap lab list` names"));
	wg_learner_fini();
}

/* What is printed can be pasted into a shell. */
static void a_folder_with_blanks_is_quoted(void)
{
	char dir[300], wanted[700];

	wg_learner_init();
	(void)snprintf(dir, sizeof(dir), "%s/it's one", learner.home);
	CU_ASSERT_EQUAL(LAB("start", "1", dir), 0);
	(void)snprintf(
		wanted, sizeof(wanted), "wakegap lab watch '%s/it'\\''s one' ", learner.home);
	CU_ASSERT(wg_learner_says(wanted));
	CU_ASSERT_EQUAL(LAB("check", dir), 1);
	(void)snprintf(wanted, sizeof(wanted), "wakegap lab view '%s/it'\\''s one'", learner.home);
	CU_ASSERT(wg_learner_says(wanted));
	wg_learner_fini();
}

/* A result for others leaves the learner's own count alone. */
static void a_grade_is_no_attempt(void)
{
	json_t *root;

	wg_learner_init();
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 1);
	root = wg_learner_grade("json"); /* which says nothing of them, unless asked */
	CU_ASSERT_PTR_NULL(json_object_get(root, "attempts"));
	json_decref(root);
	CU_ASSERT_EQUAL(LAB("grade", "--facts", learner.dir), 0);
	CU_ASSERT(wg_learner_says("\"attempts\": 1,"));
	CU_ASSERT(wg_lab_lists("1 attempt, "));
	wg_learner_fini();
}

static void a_moved_folder_is_found(void)
{
	char command[1200], program[400];

	wg_learner_init();
	(void)snprintf(program, sizeof(program), "%s", wg_build_path("wakegap"));
	(void)snprintf(command, sizeof(command), "mv %s %s/elsewhere", learner.dir, learner.home);
	CU_ASSERT_EQUAL(sh(command), 0);
	CU_ASSERT(wg_lab_lists("min  moved\n    it was in "));
	/* Below the current folder it is found. */
	(void)snprintf(command, sizeof(command),
		"p=$(realpath %s); export WAKEGAP_LABS=$(realpath tests/data/course); "
		"cd %s && $p lab list",
		program, learner.home);
	CU_ASSERT_EQUAL(sh(command), 0);
	CU_ASSERT(wg_learner_says("started\n") && wg_learner_says("/elsewhere\n"));
	/* And by any command in it, from then on everywhere. */
	(void)snprintf(command, sizeof(command), "%s/elsewhere", learner.home);
	CU_ASSERT_EQUAL(LAB("check", command), 1);
	CU_ASSERT(wg_lab_lists("started\n    1 attempt, "));
	wg_learner_fini();
}

/* The targets of all links in folder FOLDER's texts that lead nowhere, whatever their form. */
#define DEAD_LINKS                                                                                 \
	"for f in */README.md; do d=$(dirname \"$f\"); { grep -o '](<\\?[^) ]*' $f | sed "         \
	"'s/](<\\?//'; "                                                                           \
	"sed -n 's/^\\[[^]]*\\]:[ \t]*\\([^ \t]*\\).*/\\1/p' $f; "                                 \
	"grep -o '\\(href\\|src\\)=\"[^\"]*' $f | sed 's/.*\"//'; } | sed 's/[>#].*//' | "         \
	"grep -v '^[a-z]*:' | while read -r l; do case $l in '') ;; /*) test -e \"$l\" || echo "   \
	"\"dead: $l\";; *) test -e \"$d/$l\" || echo \"dead: $l\";; esac; done; done; "

static void no_link_is_dead(void)
{
	char dir[300], number[16], command[1200];
	int i;

	wg_learner_init_in("labs");
	for (i = 2; i <= 17; i++) {
		(void)snprintf(number, sizeof(number), "%d", i);
		(void)snprintf(dir, sizeof(dir), "%s/%d", learner.home, i);
		CU_ASSERT_EQUAL(LAB("start", number, dir), 0);
	}
	(void)snprintf(command, sizeof(command), "cd %s && " DEAD_LINKS "grep -c '](/' 9/README.md",
		learner.home);
	CU_ASSERT_EQUAL(sh(command), 0);
	CU_ASSERT(!wg_learner_says("dead: "));
	CU_ASSERT(wg_learner_says("3\n"));
	wg_learner_fini();
}

/* An author's README has links of every form: to what is copied, what is not, and what is nowhere.
 */
static void links_of_every_form_are_kept_alive(void)
{
	static const char readme[] =
		"[a](lab01.h) [b](./scenario.c#L3) [c](hints.md \"title\") [d](nowhere.md)\n"
		"![e](<solution.c>) [f](../01-first/wrong) [g](#section) "
		"[h](https://example.org/x) [i]\n"
		"[i]: wrong/\n[j]: gone.md\n<a href=\"lab.conf\">k</a> <img src=\"no.png\">\n";
	struct wg_error err = { 0 };
	char command[1500], dir[300], path[400], *text = NULL, *at;

	wg_learner_init();
	(void)snprintf(command, sizeof(command), "cp -r tests/data/course %s/c", learner.home);
	CU_ASSERT_EQUAL_FATAL(sh(command), 0);
	(void)snprintf(path, sizeof(path), "%s/c/01-first/README.md", learner.home);
	CU_ASSERT_EQUAL(wg_file_put(path, readme, sizeof(readme) - 1, &err), 0);
	(void)snprintf(path, sizeof(path), "%s/c", learner.home);
	(void)setenv("WAKEGAP_LABS", path, 1);
	(void)snprintf(dir, sizeof(dir), "%s/z", learner.home);
	CU_ASSERT_EQUAL(LAB("start", "1", dir), 0);
	(void)snprintf(command, sizeof(command),
		"cd %s && mkdir c/x && mv z c/x && cd c/x && " DEAD_LINKS, learner.home);
	(void)sh(command);
	CU_ASSERT(!wg_learner_says("dead: "));
	(void)snprintf(path, sizeof(path), "%s/c/x/z/README.md", learner.home);
	CU_ASSERT_EQUAL_FATAL(wg_file_read(path, &text, NULL, &err), 0);
	for (at = text; (at = strpbrk(at, "\n ")); at++)
		*at = ' '; /* it is folded */
	CU_ASSERT(wg_has(text, "[a](lab01.h) [b](/") && wg_has(text, "scenario.c#L3)"));
	CU_ASSERT(wg_has(text, "hints.md \"title\")") && wg_has(text, " d ![e](</"));
	CU_ASSERT(wg_has(text, "[g](#section) [h](https://example.org/x) [i] [i]: /"));
	CU_ASSERT(wg_has(text, "[j]: # <a href=\"/") && wg_has(text, "<img src=\"#\">"));
	free(text);
	wg_learner_fini();
}

/* Lines of a text that are wider than a screen; a word alone, as a link, may be. */
#define WIDE                                                                                       \
	"for f in */README.md *.start *.hint *.hints next list help; do LC_ALL=C sed "             \
	"'s/[\x80-\xbf]//g' \"$f\" | LC_ALL=C awk -v f=\"$f\" 'length($0) > 80 && "                \
	"$0 !~ /^[- ]*[^ ]*$/ { print f \": \" $0 }'; done"

static void every_text_fits_a_screen(void)
{
	char command[3000], program[300];

	wg_learner_init_in("labs");
	(void)realpath(wg_build_path("wakegap"), program);
	(void)snprintf(command, sizeof(command),
		"p=%s; export HOME=%s WAKEGAP_LABS=$(realpath labs); cd %s; i=0; "
		"while [ $i -lt 17 ]; do i=$((i + 1)); $p lab start $i $i >$i.start && "
		"cp $WAKEGAP_LABS/$(printf %%02d $i)-*/hints.md $i.hints && "
		"$p lab hint $i >$i.hint || exit 9; done; "
		"$p lab next >next; $p lab list >list; $p lab >help || true; " WIDE,
		program, learner.home, learner.home);
	CU_ASSERT_EQUAL(sh(command), 0);
	CU_ASSERT_STRING_EQUAL(learner.out, "");
	wg_learner_fini();
}

/* What a renderer makes of a folded text is what it makes of the text. */
static void a_text_is_folded_between_words(void)
{
	static const char text[] =
		"One sentence that is wider than a screen of eighty columns - with `code that "
		"stays whole` in it.\n"
		"- an item that is wider than a screen of eighty columns, so that it needs a "
		"second "
		"line\n"
		"    code that is indented stays as it is, however wide it is, since it is no "
		"sentence at all\n"
		"| a | b |\n|---|---|\n| `x` | of a table that is wider than a screen of eighty "
		"columns, which is a list then |\n"
		"| a | b |\n";
	static const char folded[] =
		"One sentence that is wider than a screen of eighty columns - with\n"
		"`code that stays whole` in it.\n"
		"- an item that is wider than a screen of eighty columns, so that it needs a\n"
		"  second line\n"
		"    code that is indented stays as it is, however wide it is, since it is no "
		"sentence at all\n"
		"- a: b\n"
		"- `x`: of a table that is wider than a screen of eighty columns, which is a list\n"
		"  then\n"
		"- a: b\n";
	char *out = NULL;
	size_t len = 0;
	FILE *f = open_memstream(&out, &len);

	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	wg_fold(f, text);
	(void)fclose(f);
	CU_ASSERT_STRING_EQUAL(out, folded);
	free(out);
}

/* The README of lab 01 asks for guesses first. */
static void no_readme_tells_what_it_asks(void)
{
	struct wg_error err = { 0 };
	char *text = NULL;

	CU_ASSERT_EQUAL_FATAL(
		wg_file_read("labs/01-measure-the-poll/README.md", &text, NULL, &err), 0);
	CU_ASSERT(!wg_has(text, "7.30") && !wg_has(text, "73 %"));
	free(text);
}

void suite_lab_way(void)
{
	WG_TEST(no_answer_is_no_prediction);
	WG_TEST(a_pass_names_the_next_lab);
	WG_TEST(a_lab_that_is_not_started_says_how);
	WG_TEST(a_folder_with_blanks_is_quoted);
	WG_TEST(a_grade_is_no_attempt);
	WG_TEST(a_moved_folder_is_found);
	WG_TEST(no_link_is_dead);
	WG_TEST(links_of_every_form_are_kept_alive);
	WG_TEST(every_text_fits_a_screen);
	WG_TEST(a_text_is_folded_between_words);
	WG_TEST(no_readme_tells_what_it_asks);
}
