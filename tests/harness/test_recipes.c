/*
 * test_recipes.c: what README.md says under "Changing it" is done here, on a copy of the tree.
 *
 * A recipe is a folder of tests/data/recipes, laid out as the tree: a file there is a new file, and
 * FILE.sed is a script of sed(1) that adds a few lines to FILE. All recipes are applied to one copy
 * and built once, from the objects that are there. Then each has to be seen where a user looks.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"

static struct {
	char dir[200]; /* the copy */
	bool is_tried, is_built;
	char *out, *err;
} tree;

/* Run a line of sh(1) in the copy; it finds the checkout in $1. */
static int in_tree(const char *script)
{
	static char here[4096];
	const char *const argv[] = { "env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", "-u", "WG_BUILD",
		"-C", tree.dir, "sh", "-c", script, "sh", here, NULL };

	free(tree.out);
	free(tree.err);
	CU_ASSERT_PTR_NOT_NULL_FATAL(getcwd(here, sizeof(here)));
	return wg_run(&tree.out, &tree.err, argv);
}

static bool is_said(const char *part)
{
	return wg_has(tree.out, part);
}

static void recipes_apply_and_build(void)
{
	tree.is_tried = true;
	(void)snprintf(tree.dir, sizeof(tree.dir), "%s", wg_tmpdir());
	CU_ASSERT_EQUAL_FATAL(
		in_tree("set -e; cp -a \"$1\"/Makefile \"$1\"/.ci \"$1\"/.packaging \"$1\"/core "
			"\"$1\"/traces \"$1\"/viz "
			"\"$1\"/labs \"$1\"/tests .; mkdir build; cd \"$1\"/build; "
			"cp -a obj libwakegap.a $(find . -maxdepth 1 -type f -name "
			"'wakegap*') "
			"\"$OLDPWD\"/build/"),
		0);
	CU_ASSERT_EQUAL_FATAL(
		in_tree("set -e; for recipe in tests/data/recipes/*/; do (cd $recipe; find . -type "
			"f) | while read -r file; do case $file in *.sed) cp ${file%.sed} before; "
			"sed -i -f $recipe/$file ${file%.sed}; ! cmp -s before ${file%.sed};; "
			"*) cp $recipe/$file $file;; esac; done; done"),
		0);
	CU_ASSERT_EQUAL_FATAL(
		in_tree("make -j2 WERROR=-Werror build/wakegap build/wakegap-workload "
			"build/wakegap-tests 2>&1"),
		0);
	tree.is_built = true;
}

/* For `--test NAME`. If it fails, so does each of them. */
static void build_once(void)
{
	if (!tree.is_tried)
		recipes_apply_and_build();
	CU_ASSERT_TRUE_FATAL(tree.is_built);
}

/* The suites that run over every registered strategy take it in. */
static void a_strategy(void)
{
	build_once();
	CU_ASSERT_EQUAL(in_tree("build/wakegap run --wait help"), 0);
	CU_ASSERT(is_said("semaphore"));
	CU_ASSERT_EQUAL(in_tree("WG_SOAK=200 build/wakegap-tests --suite wait --suite loop --suite "
				"soak"),
		0);
	CU_ASSERT(is_said("# semaphore: 200 hand-overs\n"));
}

static void an_export_format(void)
{
	build_once();
	CU_ASSERT_EQUAL(in_tree("build/wakegap export --help"), 0);
	CU_ASSERT(is_said("lines") && is_said("for grep and awk: one line an event"));
	CU_ASSERT_EQUAL(in_tree("build/wakegap export traces/samples/tick --format lines -o -"), 0);
	CU_ASSERT(is_said(" wait\n") && is_said(" wake\n"));
}

static void a_workload(void)
{
	build_once();
	CU_ASSERT_EQUAL(in_tree("build/wakegap run --help"), 0);
	CU_ASSERT(is_said("steps"));
	CU_ASSERT_EQUAL(in_tree("build/wakegap run steps --ops 10 --wait condvar,semaphore"), 0);
	CU_ASSERT(is_said("semaphore"));
}

static void a_command(void)
{
	build_once();
	CU_ASSERT_EQUAL(in_tree("build/wakegap --help"), 0);
	CU_ASSERT(is_said("list the formats of export"));
	CU_ASSERT_EQUAL(in_tree("build/wakegap formats --help"), 0);
	CU_ASSERT(is_said("Lists the formats of `wakegap export`"));
	CU_ASSERT_EQUAL(in_tree("build/wakegap formats"), 0);
	CU_ASSERT(is_said("\nlines\tfor grep and awk"));
}

#define VIEW "build/wakegap view traces/samples/tick --frame 100x40 --keys "

static void a_key(void)
{
	char *begin;

	build_once();
	CU_ASSERT_EQUAL(in_tree(VIEW "'?'"), 0);
	CU_ASSERT(is_said("cursor to the middle of the trace"));
	CU_ASSERT_EQUAL(in_tree(VIEW "Home"), 0);
	begin = tree.out;
	tree.out = NULL;
	CU_ASSERT_EQUAL(in_tree(VIEW "'Home T'"), 0);
	CU_ASSERT_STRING_NOT_EQUAL(tree.out, begin);
	free(begin);
}

static void a_finding(void)
{
	build_once();
	CU_ASSERT_EQUAL(in_tree(VIEW "i"), 0);
	CU_ASSERT(is_said("times at its results"));
}

/* Needs no compiler of ours: a lab is built when it is checked. */
static void a_lab(void)
{
	build_once();
	CU_ASSERT_EQUAL(in_tree("cp -a labs/03-while-not-if labs/18-again; sed -i "
				"'s/^id = .*/id = 18/; s/^name = .*/name = again/; "
				"s/^title = .*/title = the same again/' "
				"labs/18-again/lab.conf"),
		0);
	CU_ASSERT_EQUAL(in_tree("WAKEGAP_LABS=labs build/wakegap lab list"), 0);
	CU_ASSERT(is_said("18  "));
	CU_ASSERT_EQUAL(in_tree("WAKEGAP_LABS=labs build/wakegap lab author 18"), 0);
}

#if defined(WG_UNDER_TSAN) || defined(WG_UNDER_ASAN) || !defined(__OPTIMIZE__)
static const bool is_plain = false;
#else
static const bool is_plain = true;
#endif

#define RECIPE(fn) WG_TEST_IF(is_plain, "once is enough, in the release build", fn)

void suite_recipes(void)
{
	RECIPE(recipes_apply_and_build);
	RECIPE(a_strategy);
	RECIPE(an_export_format);
	RECIPE(a_workload);
	RECIPE(a_command);
	RECIPE(a_key);
	RECIPE(a_finding);
	RECIPE(a_lab);
}
