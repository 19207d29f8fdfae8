/*
 * test_lab_class.c: `wakegap lab verify` on what a whole class handed in: archives, folders, and
 * folders of those; among them those that are made to do harm. Each is a row.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/labs/lab_run.h"

static char class_dir[260];

static int sh(const char *command)
{
	const char *argv[] = { "sh", "-c", command, NULL };

	return wg_run(NULL, NULL, argv);
}

/* Run in the folder of the class; $course is the course, $mine a folder that `start` made. */
static void hand_in(const char *command)
{
	char all[4000];

	(void)snprintf(all, sizeof(all), "course=$PWD/%s; mine=%s; cd %s && %s", WG_COURSE,
		learner.dir, class_dir, command);
	CU_ASSERT_EQUAL(sh(all), 0);
}

static void begin(void)
{
	wg_learner_init();
	(void)snprintf(class_dir, sizeof(class_dir), "%s/class", learner.home);
	CU_ASSERT_EQUAL(mkdir(class_dir, 0755), 0);
}

static void end(void)
{
	wg_learner_fini();
}

/* Does the CSV have a line that begins with this, and holds that? */
static bool has_row(const char *begins, const char *holds)
{
	const char *at = learner.out;

	while (at && strncmp(at, begins, strlen(begins)) != 0) {
		at = strchr(at, '\n');
		at += at != NULL;
	}
	if (at && memmem(at, strcspn(at, "\r"), holds, strlen(holds)))
		return true;
	printf("#   no row %s... with '%s' in\n%s%s", begins, holds, learner.out, learner.err);
	return false;
}

static int rows(void)
{
	const char *at = learner.out;
	int count = -1; /* the header */

	while ((at = strchr(at, '\n')))
		count++, at++;
	return count;
}

static void every_form_is_taken(void)
{
	char *first;

	begin();
	hand_in("tar cf ann.tar -C $mine . && tar czf 'Bob B..tgz' -C $mine .");
	hand_in("mkdir -p cem/mine && cp $mine/.wakegap-lab.json cem/mine && "
		"cp $course/solution.c cem/mine/loop.c");
	hand_in("mkdir -p lab1/dee && cp $course/solution.c lab1/dee/loop.c && "
		"tar cJf lab1/eve.tar.xz -C lab1/dee loop.c");
	hand_in("cp $course/wrong/keeps.c lab1/loop.c && cd lab1 && zip -q ../fay.ZIP loop.c && "
		"rm loop.c && mkdir ../01-first && mv ../fay.ZIP ../01-first");
	hand_in("d=$(printf 'n%.0s' $(seq 200))/$(printf '\\303\\234bung') && mkdir -p $d && "
		"cp $course/solution.c $d/loop.c && tar --format=pax -cf lab1/gus.tar $d && rm -r "
		"n*");
	hand_in("echo 'name,mail' >roster.csv && touch .hidden");
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--jobs", "3"), 0);
	CU_ASSERT_EQUAL(rows(), 7);
	CU_ASSERT(strncmp(learner.out, "student,lab,verdict,score,max,why,file\r\n", 40) == 0);
	/* The untouched starter has no points. */
	CU_ASSERT(has_row("\"ann\",\"01-first\",\"fail\",0,5,\"no wake-up lost", "\"ann.tar\""));
	CU_ASSERT(has_row("\"Bob B.\",\"01-first\",\"fail\",0,5,", "Bob B..tgz"));
	CU_ASSERT(has_row("\"cem\",\"01-first\",\"pass\",5,5,\"\"", "cem/mine"));
	CU_ASSERT(has_row("\"dee\",\"01-first\",\"pass\",5,5,", "lab1/dee"));
	CU_ASSERT(has_row("\"eve\",\"01-first\",\"pass\",5,5,", "lab1/eve.tar.xz"));
	CU_ASSERT(has_row("\"fay\",\"01-first\",\"fail\",", "01-first/fay.ZIP"));
	/* A folder's letters need not be those of our locale. */
	CU_ASSERT(has_row("\"gus\",\"01-first\",\"pass\",5,5,", "lab1/gus.tar"));
	/* The same bytes, however many at a time. */
	first = strdup(learner.out);
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--jobs", "1"), 0);
	CU_ASSERT_STRING_EQUAL(learner.out, first);
	free(first);
	end();
}

static void what_cannot_be_taken_is_a_row(void)
{
	begin();
	hand_in("mkdir empty nothing && touch nothing/essay.txt empty.tar essay.pdf");
	hand_in("ln -s /etc linked && mkfifo pipe && head -c 5000 /dev/urandom >noise.zip");
	hand_in("mkdir link && cp $mine/.wakegap-lab.json link && ln -s /etc/passwd link/loop.c");
	hand_in("mkdir fifo && cp $mine/.wakegap-lab.json fifo && mkfifo fifo/loop.c");
	hand_in("mkdir l && ln -s /etc/passwd l/loop.c && tar cf points.tar -C l loop.c && rm -r "
		"l");
	hand_in("mkdir huge && truncate -s 2G huge/loop.c && tar cSf holes.tar -C huge loop.c");
	hand_in("mkdir ./-rf && cp $course/solution.c ./-rf/loop.c");
	hand_in("mkdir many && cd many && seq 10002 | xargs touch");
	hand_in("cd many && find . -name '*1' | tar cf ../cut.tar -T - && "
		"tar cf ../many.tar . && truncate -s -30000 ../cut.tar");
	hand_in("mkdir b && head -c 80000000 /dev/zero >b/loop.c && zip -qr bomb.zip b && "
		"tar czf bomb.tgz b && rm -r b");
	hand_in("cp $mine/loop.c . && zip -qP secret locked.zip loop.c && rm loop.c");
	hand_in("mkdir deep && cd deep && mkdir -p 1/2/3/4/5/6/7/8/9/10");
	hand_in("cp $course/solution.c loop.c && tar cf good.tar -P --transform "
		"'s,^,../../../../etc/,' loop.c && rm loop.c");
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--lab", "1"), 0);
	CU_ASSERT(has_row("\"empty\",\"01-first\",\"none\",0,5,\"the folder is empty\"", "empty"));
	CU_ASSERT(has_row("\"empty\",\"01-first\",\"none\",0,5,\"'", "empty.tar' is empty"));
	CU_ASSERT(has_row("\"nothing\",", "the folder has no file of a lab"));
	CU_ASSERT(has_row("\"deep\",", "the folder has no file of a lab"));
	CU_ASSERT(has_row("\"essay.pdf\",", "it is not a tar, tar.gz or zip file"));
	CU_ASSERT(has_row("\"linked\",", "it is a link or a device"));
	CU_ASSERT(has_row("\"pipe\",", "it is a link or a device"));
	CU_ASSERT(
		has_row("\"link\",", "'loop.c' is a link, a folder or a device: hand in the file"));
	CU_ASSERT(
		has_row("\"fifo\",", "'loop.c' is a link, a folder or a device: hand in the file"));
	CU_ASSERT(has_row("\"points\",", "'loop.c' is a link, a folder or a device: hand in the"));
	CU_ASSERT(has_row(
		"\"huge\",\"01-first\",\"none\",0,5,\"'loop.c' is longer than 1 MiB\"", ""));
	CU_ASSERT(has_row(
		"\"holes\",\"01-first\",\"none\",0,5,\"'loop.c' is longer than 1 MiB\"", ""));
	CU_ASSERT(has_row("\"'-rf\",\"01-first\",\"pass\",5,5", ""));
	CU_ASSERT(has_row("\"noise\",", "is not a tar or zip file, or damaged"));
	CU_ASSERT(has_row("\"cut\",", "is not a tar or zip file, or damaged"));
	CU_ASSERT(has_row("\"many\",", "the folder holds more than 10000 files"));
	CU_ASSERT(has_row("\"many\",\"01-first\",\"none\",0,5,\"'", "more than 10000 files"));
	CU_ASSERT(has_row("\"bomb\",\"01-first\",\"none\",0,5,\"'", "unpacks to more than 64 MiB"));
	CU_ASSERT(has_row("\"locked\",", "is encrypted"));
	CU_ASSERT(has_row("\"good\",\"01-first\",\"pass\",5,5", ""));
	CU_ASSERT_EQUAL(rows(), 21);
	end();
}

/* Nobody's file ends the run, and what it prints or is called cannot break the table. */
static void a_program_that_does_harm_is_a_row(void)
{
	begin();
	hand_in("for c in crashes exits endless closes forges aborts; do mkdir $c; "
		"cat $course/solution.c $course/../../hostile/$c.c >$c/loop.c; done");
	hand_in("for c in names sleeps; do mkdir $c; "
		"cat $course/loop.c $course/../../hostile/$c.c >$c/loop.c; done");
	hand_in("mkdir wild asm linked latin; cat $course/loop.c | tee wild/loop.c asm/loop.c "
		"linked/loop.c >latin/loop.c; "
		"sed -i 's/b->is_full = true/*(long *)0x123456789000 = 1/' wild/loop.c; "
		"echo '__asm__(\".rept 3\");' >>asm/loop.c; "
		"echo 'extern int no __attribute__((visibility(\"hidden\"))); int f(void);' "
		"'int f(void) { return no; }' >>linked/loop.c; "
		"printf 'int x = ; /* caf\\351 */\\n' >>latin/loop.c");
	hand_in("mkdir '=1+1' && echo 'int x = \"a,b\";;' >'=1+1/loop.c'");
	hand_in("d=$(printf 'new\\nline\\377') && mkdir \"$d\" && echo '#error no' >\"$d/loop.c\"");
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--lab", "1", "--seconds", "2"), 0);
	CU_ASSERT_EQUAL(rows(), 14);
	CU_ASSERT(has_row("\"names\",\"01-first\",\"build\",0,5,\"loop.c: error: it defines "
			  "'lab_check', which is the lab's",
		""));
	CU_ASSERT(has_row("\"sleeps\",\"01-first\",\"fail\",0,5,", "() while it is being loaded"));
	CU_ASSERT(has_row("\"wild\",\"01-first\",\"fail\",0,5,", ""));
	CU_ASSERT(has_row("\"asm\",\"01-first\",\"build\",0,5,", "rror"));
	CU_ASSERT(has_row("\"linked\",\"01-first\",\"build\",0,5,", "`no'"));
	CU_ASSERT(has_row("\"latin\",\"01-first\",\"build\",0,5,\"loop.c:", "error: expected"));
	/* What differs at each run, as the name of a folder or an address, would be another row. */
	CU_ASSERT(!wg_has(learner.out, "/wakegap-lab-") && !wg_has(learner.out, "123456789000"));
	CU_ASSERT(has_row("\"crashes\",\"01-first\",\"fail\",0,5,\"", WG_A_CRASH));
	CU_ASSERT(has_row("\"exits\",\"01-first\",\"fail\",0,5,\"", "exit"));
	CU_ASSERT(has_row("\"endless\",\"01-first\",\"fail\",0,5,\"", "it did not end in 2 s"));
	CU_ASSERT(has_row("\"'=1+1\",\"01-first\",\"build\",0,5,\"loop.c:1:", "error"));
	CU_ASSERT(has_row("\"new line?\",\"01-first\",\"build\",0,5,\"loop.c:1:2: error", "no"));
	end();
}

/* A pointer that is used before it is set is another one at each run, but for the box. */
static void what_stands_in_memory_is_the_same(void)
{
	int was = personality(0xffffffff);
	const char *first, *second;

	if (was < 0 || personality((unsigned)was | ADDR_NO_RANDOMIZE) < 0) {
		wg_skip("the right to have the same addresses at each run");
		return;
	}
	(void)personality((unsigned)was);
#ifdef WG_UNDER_ASAN
	wg_skip("a sanitizer ends a crash itself");
	return;
#endif
	begin();
	hand_in("for i in 1 2; do mkdir $i; { cat $course/loop.c; echo \"/* $i */\"; } >$i/loop.c; "
		"sed -i 's/b->is_full = true/char x; *(char *)(((unsigned long)\\&x >> "
		"12) \\& 0xfff0) = 1/' $i/loop.c; done");
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--lab", "1"), 0);
	first = strstr(learner.out, ", address 0x");
	CU_ASSERT_PTR_NOT_NULL_FATAL(first);
	second = strstr(first + 1, ", address 0x");
	CU_ASSERT_PTR_NOT_NULL_FATAL(second);
	CU_ASSERT_EQUAL(strncmp(first, second, strcspn(first, "\"") + 1), 0);
	end();
}

static void facts_and_feedback_are_for_who_asks(void)
{
	char text[300], command[700];

	begin();
	hand_in("cp $course/solution.c $mine/loop.c");
	CU_ASSERT_EQUAL(LAB("check", learner.dir), 0);
	hand_in("mkdir -p ann/lab1 && cp -r $mine/. ann/lab1 && mkdir bob");
	hand_in("mkdir eve && cp $course/loop.c eve && cp $mine/.wakegap-lab.json eve");
	(void)snprintf(text, sizeof(text), "%s/back", learner.home);
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--facts", "--feedback", text), 0);
	CU_ASSERT(wg_has(learner.out, ",attempts,hints,minutes,sha256,same_as_last_check\r\n"));
	CU_ASSERT(
		has_row("\"ann\",\"01-first\",\"pass\",5,5,\"\",\"ann/lab1\",1,0,0,\"", "\",yes"));
	CU_ASSERT(
		has_row("\"bob\",\"\",\"none\",0,0,\"the folder is empty\",\"bob\",,,,\"\",", ""));
	CU_ASSERT(has_row("\"eve\",\"01-first\",\"fail\",0,5", "\",no"));
	(void)snprintf(command, sizeof(command),
		"cd %s && grep -q 'lab 01  PASS' ann/lab1.txt && grep -q 'is empty' bob.txt && "
		"grep -q 'lab 01  FAIL' eve.txt && grep -q 'you: cond_wait at loop.c' eve.txt",
		text);
	CU_ASSERT_EQUAL(sh(command), 0);
	end();
}

/* A class takes minutes: what cannot be written is said before, and nothing that was done is lost.
 */
static void a_table_is_not_lost(void)
{
	begin();
	hand_in("mkdir ann && cp $course/solution.c ann/loop.c && mkdir bob");
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--lab", "1", "-o", "no/x.csv"), 1);
	CU_ASSERT_STRING_EQUAL(learner.out, "");
	CU_ASSERT_STRING_EQUAL(
		learner.err, "wakegap lab: cannot write 'no/x.csv': No such file or directory\n");
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--lab", "1", "-o", "/dev/full"), 1);
	CU_ASSERT(wg_has(learner.err, "cannot write '/dev/full': No space left"));
	CU_ASSERT(has_row("\"ann\",\"01-first\",\"pass\",5,5", ""));
	end();
}

/* What a student's folders are called may leave no room for what the student should read. */
static void a_name_in_the_way_costs_no_row(void)
{
	char back[300];

	begin();
	hand_in("for d in ann/a ann/a.txt/x ann/$(printf 'n%.0s' $(seq 253)) bob; do mkdir -p $d "
		"&& "
		"cp $course/solution.c $d/loop.c; done");
	(void)snprintf(back, sizeof(back), "%s/back", learner.home);
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--lab", "1", "--feedback", back), 1);
	CU_ASSERT_EQUAL(rows(), 4);
	CU_ASSERT(has_row("\"bob\",\"01-first\",\"pass\",5,5", ""));
	CU_ASSERT(wg_has(learner.err, "/ann/a.txt/x.txt': Not a directory\n"));
	CU_ASSERT(wg_has(learner.err, "nnn.txt': File name too long\n"));
	end();
}

/* A grading system unpacks what was handed in: one submission, wherever in the folder it is. */
static void another_format_is_of_one_submission(void)
{
	begin();
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--format", "gradescope", "--lab", "1"), 77);
	CU_ASSERT(wg_has(learner.out, "is empty: it has no loop.c\""));
	hand_in("mkdir mine && cp $course/solution.c mine/loop.c");
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--format", "gradescope", "--lab", "1"), 0);
	CU_ASSERT(wg_has(learner.out, "\"score\": 5"));
	hand_in("cp $course/loop.c .");
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--format", "gradescope", "--lab", "1"), 1);
	CU_ASSERT(wg_has(learner.out, "\"score\": 0"));
	hand_in("rm loop.c && cp -r mine yours");
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--format", "json", "--lab", "1"), 77);
	CU_ASSERT(wg_has(learner.err, "holds 2 submissions, and --format json is for one"));
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--student", "ann"), 2);
	CU_ASSERT_EQUAL(LAB("verify", class_dir, "--lab", "77"), 1);
	CU_ASSERT(wg_has(learner.err, "no lab '77'"));
	end();
}

/*
 * Those that were not begun say so; nothing is left. It is at work when its folder is there, and
 * none of the three ends by itself before its time is over.
 */
static void a_signal_ends_it_with_a_table(void)
{
	char command[1600];

	begin();
	hand_in("for i in 1 2 3; do mkdir $i; cat $course/solution.c "
		"$course/../../hostile/endless.c >$i/loop.c; echo \"/* $i */\" >>$i/loop.c; done");
	(void)snprintf(command, sizeof(command),
		"export TMPDIR=%s/tmp; mkdir $TMPDIR; %s verify %s --lab 1 --jobs 2 >%s/out & "
		"p=$!; "
		"until ls -d $TMPDIR/wakegap-lab-* >/dev/null 2>&1; do :; done; " /* others are the
										     sanitizer's */
		"kill $p; wait $p; [ $? = 143 ] && grep -c interrupted %s/out | grep -qx 3 && "
		"rmdir $TMPDIR || { cat %s/out; ls -R $TMPDIR; false; }",
		learner.home, wg_build_path("wakegap-lab"), class_dir, learner.home, learner.home,
		learner.home);
	CU_ASSERT_EQUAL(sh(command), 0);
	end();
}

void suite_lab_class(void)
{
	WG_TEST(every_form_is_taken);
	WG_TEST(what_cannot_be_taken_is_a_row);
	WG_TEST(a_program_that_does_harm_is_a_row);
	WG_TEST(what_stands_in_memory_is_the_same);
	WG_TEST(facts_and_feedback_are_for_who_asks);
	WG_TEST(a_table_is_not_lost);
	WG_TEST(a_name_in_the_way_costs_no_row);
	WG_TEST(another_format_is_of_one_submission);
	WG_TEST(a_signal_ends_it_with_a_table);
}
