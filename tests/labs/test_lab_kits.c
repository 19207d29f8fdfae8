/*
 * test_lab_kits.c: the kits of labs/kits, each run as its grading system runs it: the paths, the
 * working folder, what it reads, and what it may write. The world is bubblewrap's, so /autograder
 * and /grade are those of the systems.
 */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/golden.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/labs/lab_run.h"

#define MAX_RESULT 1000000 /* PrairieLearn's, and the least of all */

/* What students hand in: a shell's words that write loop.c; $c is the course's lab. */
static const struct handed {
	const char *name, *make;
	int points;	  /* of 5 */
	bool is_gradable; /* to the systems that know it */
	const char *says;
} handed[] = {
	{ "nothing", "true", 0, false, "has no loop.c" },
	{ "an empty file", ": >loop.c", 0, false, "loop.c does not define" },
	{ "no C", "echo 'int x = ;' >loop.c", 0, false, "loop.c:1:9: error" },
	{ "a thousand errors", "yes 'int x = ;' | head -n 1500 >loop.c", 0, false, "... and more" },
	{ "a crash", "cat $c/solution.c $c/../../hostile/crashes.c >loop.c", 0, true, WG_A_CRASH },
	{ "an exit", "cat $c/solution.c $c/../../hostile/exits.c >loop.c", 0, true,
		"the lab calls _exit()" },
	{ "a hang", "cat $c/solution.c $c/../../hostile/endless.c >loop.c", 0, true,
		"it did not end in 1 s" },
	{ "the starter", "cp $c/loop.c .", 0, true, "for ever" },
	{ "a wrong fix", "cp $c/wrong/keeps.c loop.c", 3, true, "the result is delivered" },
	{ "the solution", "cp $c/solution.c loop.c", 5, true, "no wake-up lost" },
	{ "a data race", "cp $c/racy.c loop.c", 5, true, "at loop.c:18: passes here, undefined" },
};

static char home[200];

static int sh(const char *command)
{
	const char *argv[] = { "sh", "-c", command, NULL };

	return wg_run(NULL, NULL, argv);
}

/* Where programs and labs are in the world of a grading system, as the kits build them there. */
static bool world(const char *tool, const char *command)
{
	char build[4200], all[12000], *slash;

	(void)snprintf(build, sizeof(build), "%s", wg_build_path("wakegap-lab"));
	slash = strrchr(build, '/');
	*slash = '\0';
	(void)snprintf(all, sizeof(all),
		"cd %s && bwrap --cap-add ALL --unshare-pid --die-with-parent --ro-bind /usr /usr "
		"--symlink usr/bin /bin --symlink usr/sbin /sbin "
		"--symlink usr/lib /lib --symlink usr/lib64 /lib64 --ro-bind /etc /etc "
		"--proc /proc --dev /dev --tmpfs /tmp --bind-try autograder /autograder "
		"--bind-try grade /grade --bind-try al /al --bind-try gh /gh "
		"--ro-bind $OLDPWD/%s %s/build --bind labs %s/labs "
		"--ro-bind $OLDPWD/tests/data/course /course --setenv WAKEGAP_LABS /course "
		"--ro-bind $OLDPWD/tests/data $OLDPWD/tests/data --unsetenv TMPDIR --unsetenv CC "
		"--unsetenv MAKEFLAGS --unsetenv MAKELEVEL --unsetenv MFLAGS %s",
		home, build, tool, tool, command);
	return sh(all) == 0;
}

static bool is_possible(void)
{
	if (sh("command -v bwrap zip unzip git >/dev/null && bwrap --cap-add ALL --unshare-pid "
	       "--ro-bind / / --proc /proc true 2>/dev/null") == 0)
		return true;
	wg_skip("bubblewrap that works here, zip, unzip and git");
	return false;
}

/* Make the kits, unpacked where the systems have them. */
static void begin(const char *unpack)
{
	char command[2000];

	wg_learner_init();
	(void)snprintf(home, sizeof(home), "%s", learner.home);
	(void)snprintf(command, sizeof(command),
		"b=%s; cp -r labs %s && sh labs/kits/make ${b%%/wakegap-lab} 1 %s && cd %s/lab01 "
		"&& %s",
		wg_build_path("wakegap-lab"), home, home, home, unpack);
	CU_ASSERT_EQUAL_FATAL(sh(command), 0);
}

/* So long may a check take: what hangs shall not hold the test up, all else has the kit's time. */
static int seconds_for(const struct handed *h)
{
	return strcmp(h->name, "a hang") == 0 ? 1 : 60;
}

static void hand_in(const struct handed *h, const char *dir)
{
	char command[1000];

	(void)snprintf(command, sizeof(command),
		"c=$PWD/%s && mkdir -p %s/%s && cd %s && find . -name kit.conf -exec "
		"sed -i 's/^SECONDS_MAX=.*/SECONDS_MAX=%d/' {} + && cd %s && rm -f loop.c && %s",
		WG_COURSE, home, dir, home, seconds_for(h), dir, h->make);
	CU_ASSERT_EQUAL(sh(command), 0);
}

/* The file that the system reads; it must hold what the student should read. Owned by the caller.
 */
static json_t *result(const struct handed *h, const char *file)
{
	char path[400];
	json_t *root;
	char *text;

	(void)snprintf(path, sizeof(path), "%s/%s", home, file);
	text = wg_slurp(path);
	CU_ASSERT_PTR_NOT_NULL_FATAL(text);
	if (!wg_has(text, h->says))
		printf("#   %s: '%s' is not in %s\n", h->name, h->says, text);
	CU_ASSERT(wg_has(text, h->says));
	CU_ASSERT(strlen(text) < MAX_RESULT);
	root = json_loads(text, 0, NULL);
	CU_ASSERT_PTR_NOT_NULL(root);
	free(text);
	(void)unlink(path);
	return root;
}

static double number(const json_t *o, const char *key)
{
	return json_number_value(json_object_get(o, key));
}

static void check_points(const struct handed *h, double points)
{
	if (points != h->points)
		printf("#   %s: %g points\n", h->name, points);
	CU_ASSERT_EQUAL(points, h->points);
}

#define EACH(h) for (h = handed; h < handed + sizeof(handed) / sizeof(handed[0]); h++)

/* Where the box can hide nothing, as in a container that gives no namespaces. */
static void ours_cannot_be_included(void)
{
	static const struct handed ours = { "our solution",
		"echo '#include \"/autograder/wakegap/labs/02-wait-forever/solution.c\"' >loop.c",
		0, false, "Permission denied" };

	if (geteuid() != 0) /* then the student's file has the grader's rights */
		return;
	hand_in(&ours, "autograder/submission");
	CU_ASSERT(world("/autograder/wakegap",
		"--ro-bind /dev/null /usr/bin/bwrap --chdir /autograder ./run_autograder"));
	json_decref(result(&ours, "autograder/results/results.json"));
}

/* setup.sh once; then run_autograder, a copy of it, in /autograder; it always ends with 0. */
static void gradescope(void)
{
	const struct handed *h;

	if (!is_possible())
		return;
	begin("mkdir -p ../autograder/results ../autograder/wakegap ../autograder/source && "
	      "cd ../autograder && unzip -q ../lab01/gradescope.zip -d source && "
	      "cp source/run_autograder . && chmod +x run_autograder && "
	      "mkdir -p wakegap/build wakegap/labs");
	CU_ASSERT(world("/autograder/wakegap", "sh /autograder/source/setup.sh"));
	ours_cannot_be_included();
	EACH(h)
	{
		json_t *root;

		hand_in(h, "autograder/submission");
		CU_ASSERT(world("/autograder/wakegap", "--chdir /autograder ./run_autograder"));
		root = result(h, "autograder/results/results.json");
		check_points(h, number(root, "score"));
		CU_ASSERT(json_array_size(json_object_get(root, "tests")) >= 2);
		json_decref(root);
	}
	wg_learner_fini();
}

/* The entry of info.json, made executable; /grade/results is not there before. */
static void prairielearn(void)
{
	const struct handed *h;
	char path[400], entry[600];
	json_t *info;
	const json_t *options;

	if (!is_possible())
		return;
	begin("mkdir ../grade && cp -r prairielearn/questions/wakegap-lab01/tests "
	      "prairielearn/serverFilesCourse ../grade");
	(void)snprintf(path, sizeof(path),
		"%s/lab01/prairielearn/questions/wakegap-lab01/info.json", home);
	info = json_load_file(path, 0, NULL);
	options = json_object_get(info, "externalGradingOptions");
	CU_ASSERT(number(options, "timeout") > 60 && number(options, "timeout") <= 600);
	(void)snprintf(entry, sizeof(entry), "sh -c 'chmod +x %s && %s'",
		json_string_value(json_object_get(options, "entrypoint")),
		json_string_value(json_object_get(options, "entrypoint")));
	json_decref(info);
	EACH(h)
	{
		json_t *root;
		double score;

		hand_in(h, "grade/student");
		CU_ASSERT(world("/opt/wakegap", entry));
		root = result(h, "grade/results/results.json");
		score = number(root, "score");
		check_points(h, score * 5);
		CU_ASSERT_EQUAL(json_is_true(json_object_get(root, "gradable")), h->is_gradable);
		json_decref(root);
	}
	wg_learner_fini();
}

/* An empty folder with two files and the student's; `make`; the last line is the result. */
static void autolab(void)
{
	const struct handed *h;

	if (!is_possible())
		return;
	begin("true");
	EACH(h)
	{
		const json_t *scores;
		json_t *root;
		char command[800], *text;

		(void)snprintf(command, sizeof(command),
			"cd %s && rm -rf al && mkdir al && cp lab01/autolab/autograde-Makefile "
			"al/Makefile && cp lab01/autolab/autograde.tar al && tar -C al -xf "
			"al/autograde.tar && cd al && sed 's/^SECONDS_MAX=.*/SECONDS_MAX=%d/' "
			"autograde/kit.conf "
			">kit.new && mv kit.new autograde/kit.conf && tar cf autograde.tar "
			"autograde && "
			"rm -r autograde",
			home, seconds_for(h));
		CU_ASSERT_EQUAL_FATAL(sh(command), 0);
		hand_in(h, "al");
		CU_ASSERT(world("/opt/wakegap", "--chdir /al sh -c 'make >stdout'"));
		(void)snprintf(command, sizeof(command), "%s/al/stdout", home);
		text = wg_slurp(command);
		CU_ASSERT_PTR_NOT_NULL_FATAL(text);
		CU_ASSERT(wg_has(text, h->says));
		text[strlen(text) - 1] = '\0';
		root = json_loads(strrchr(text, '\n'), 0, NULL);
		CU_ASSERT_PTR_NOT_NULL_FATAL(root);
		free(text);
		scores = json_object_get(root, "scores");
		CU_ASSERT_EQUAL(json_object_size(scores), 2);
		check_points(h, number(scores, "stuck") + number(scores, "delivered"));
		json_decref(root);
	}
	wg_learner_fini();
}

/* At the top of the repository; the result in base64 behind result=; 0 only for a pass. */
static void github(void)
{
	const struct handed *h;

	if (!is_possible())
		return;
	begin("cp -r github ../gh && grep -q 'sh .github/wakegap/grade.sh$' "
	      "../gh/.github/workflows/classroom.yml");
	EACH(h)
	{
		double points = 0;
		json_t *root, *each;
		size_t i;

		hand_in(h, "gh");
		CU_ASSERT_EQUAL(
			world("/opt/wakegap",
				"--chdir /gh sh -c 'GITHUB_OUTPUT=/gh/.out sh "
				".github/wakegap/grade.sh >/gh/.log; s=$?; "
				"sed s/^result=// .out | base64 -d >.json; rm .out; exit $s'"),
			h->points == 5);
		root = result(h, "gh/.json");
		CU_ASSERT_EQUAL(number(root, "max_score"), 5);
		json_array_foreach(json_object_get(root, "tests"), i, each)
		{
			points += number(each, "score");
		}
		check_points(h, points);
		json_decref(root);
	}
	wg_learner_fini();
}

/* The commands of COURSE.md, in their order, each as it stands there. */
static void the_roster_loop_runs_as_printed(void)
{
	char command[2000];

	wg_learner_init();
	(void)snprintf(command, sizeof(command),
		"sed -n '/^## The roster loop/,/^## Grading systems/s/^    //p' labs/COURSE.md "
		">%s/loop && mkdir %s/loops && cd %s/loops && PATH=$OLDPWD/%.*s:$PATH && unset "
		"WAKEGAP_LABS && sh -eu ../loop "
		">out && grep -q '^\"ann\",\"03-while-not-if\",\"fail\",0,.*lab03.tar.gz\",0,0,' "
		"class.csv && "
		"grep -q '^\"bob\",\"\",\"none\",.*the folder is empty' class.csv && "
		"grep -q 'lab 03  FAIL' out",
		learner.home, learner.home, learner.home,
		(int)(strlen(wg_build_path("wakegap")) - 8), wg_build_path("wakegap"));
	CU_ASSERT_EQUAL(sh(command), 0);
	wg_learner_fini();
}

void suite_lab_kits(void)
{
	WG_TEST(the_roster_loop_runs_as_printed);
	WG_TEST(gradescope);
	WG_TEST(prairielearn);
	WG_TEST(autolab);
	WG_TEST(github);
}
