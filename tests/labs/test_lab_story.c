/*
 * test_lab_story.c: what a failure says: the step that its lab is about, the learner's step that
 * broke the check, every thread that cannot go on; on a screen of 80 columns and 24 rows.
 */
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"
#include "tests/labs/lab_run.h"

#define WIDTH 80

/* Does the output say so? If not, print what it says. */
static void must_say(const char *lab, const char *what)
{
	bool says = wg_learner_says(what);

	if (!says)
		printf("#   lab %s does not say: %s\n%s\n", lab, what, learner.out);
	CU_ASSERT_TRUE(says);
}

static void must_fit(const char *lab)
{
	const char *at = learner.out;

	while (*at) {
		size_t len = strcspn(at, "\n"), width = 0, i;

		for (i = 0; i < len; i++)
			width += (at[i] & 0xc0) != 0x80;
		if (width > WIDTH)
			printf("#   lab %s: %.*s\n", lab, (int)len, at);
		CU_ASSERT(width <= WIDTH);
		at += len + (at[len] == '\n');
	}
}

/* The last line but for what to do next is the verdict. */
static void must_end_with_verdict(const char *lab)
{
	char *next = strstr(learner.out, "\n next: "), *last;

	CU_ASSERT_PTR_NOT_NULL_FATAL(next);
	*next = '\0';
	last = strrchr(learner.out, '\n');
	if (last && strcmp(last, "\n this is not counted as an attempt") == 0) {
		*last = '\0';
		last = strrchr(learner.out, '\n');
		learner.out[strlen(learner.out)] = '\n';
	}
	if (!last || strncmp(last, "\nlab ", 5) != 0)
		printf("#   lab %s: the verdict is not last\n%s\n", lab, learner.out);
	CU_ASSERT(last && strncmp(last, "\nlab ", 5) == 0);
	*next = '\n';
}

/* ---- each lab's starter ---- */

static const struct {
	const char *lab, *says[4];
} stories[] = {
	{ "1", { "\n          loop                  disk", "ready   op 160", "poll   found 1" } },
	{ "2", { "cond_signal  loop.c:17", "nobody waits: the signal is forgotten",
		       "cond_wait  loop.c:27   (never ends)" } },
	{ "3", { "spurious wake-up  loop.c:29", "cond_wait returns  loop.c:29", "poll   found 0",
		       "you: cond_wait returns at loop.c:29, in 'consumer A'" } },
	{ "4", { "cond_broadcast  loop.c:19", "nobody waits: the signal is forgotten",
		       "cond_wait  loop.c:31   (never ends)" } },
	{ "5", { "mutex_unlock  loop.c:35   open of op 1 says -2",
		       "cond_wait  loop.c:33   (never ends)",
		       "cond_wait  loop.c:20   (never ends)" } },
	{ "6", { "you: epoll_wait at loop.c:54, in 'loop'", "epoll_wait  loop.c:54" } },
	{ "7", { "you: poll at loop.c:49, in 'loop'", "poll  loop.c:49   times out" } },
	{ "8", { "you: epoll_wait at loop.c:43, in 'loop'",
		       "poll   found 0\n          epoll_wait  loop.c:43   fd 1001 is ready" } },
	{ "9", { "write in eventfd_notify()   the count is 9",
		       "write in eventfd_notify()   the count is 10" } },
	{ "10", { "free  loop.c:44", "you: cond_signal at loop.c:32, in 'worker'",
			"cond_signal  loop.c:32" } },
	{ "11", { "you: cond_broadcast at loop.c:17, in 'boss'",
			"wakes worker A; wakes worker B; wakes worker C" } },
	{ "12", { "op 1 is taken", "op 2 is taken", "cond_signal  loop.c:10   nobody waits" } },
	{ "13", { "signal  loop.c:73   interrupts epoll_wait", "handles signal 10; EINTR",
			"you: epoll_wait at loop.c:73, in 'loop'" } },
	{ "14", { "read  loop.c:25   the value is 0",
			"cond_broadcast  loop.c:70   nobody waits: the signal is forgotten",
			"cond_wait  loop.c:26   (never ends)",
			"join  loop.c:72   (never ends: T1 has not ended)" } },
	{ "15", { "nanosleep in sleep_ns()   49 times" } },
	{ "16", { "_wait()   1 ready" } },
	{ "17", { "atomic_load  loop.c:12   reads 0", "store buffer  loop.c:11   1 reaches memory",
			"sem_wait in kernel_sleep()   (never ends)" } },
};

static void each_story_holds_the_step_of_its_lab(void)
{
	char dir[300];
	size_t i, j;

	wg_learner_init_in("labs");
	for (i = 0; i < sizeof(stories) / sizeof(stories[0]); i += WG_STRIDE) {
		const char *lab = stories[i].lab;

		(void)snprintf(dir, sizeof(dir), "%s/%s", learner.home, lab);
		CU_ASSERT_EQUAL(LAB("start", lab, dir), 0);
		if (LAB("check", dir) == 77)
			continue; /* this machine has no io_uring */
		for (j = 0; j < 4 && stories[i].says[j]; j++)
			must_say(lab, stories[i].says[j]);
		must_fit(lab);
		must_end_with_verdict(lab);
		must_say(lab, "checks failed");
	}
	wg_learner_fini();
}

/* ---- other files ---- */

/* Put a file, changed by sed, in the place of the first lab's of tests/data/course. */
static void try_changed(const char *lab, const char *file, const char *sed, int status)
{
	char command[900], dir[300];
	const char *argv[] = { "sh", "-c", command, NULL };

	wg_learner_init_in("labs");
	(void)snprintf(dir, sizeof(dir), "%s/it", learner.home);
	CU_ASSERT_EQUAL(LAB("start", lab, dir), 0);
	(void)snprintf(command, sizeof(command), "sed '%s' labs/%s >%s/loop.c", sed, file, dir);
	CU_ASSERT_EQUAL(wg_run(NULL, NULL, argv), 0);
	CU_ASSERT_EQUAL(LAB("check", dir), status);
	must_fit(lab);
	must_end_with_verdict(lab);
}

/* Each with what it waits for, and on which line; a lock that was obtained has its plain line. */
static void every_blocked_thread_is_drawn(void)
{
	try_changed("4", "04-sampled-too-late/wrong/4-hold.c", "", 1);
	must_say("4", "\n          mutex_lock  loop.c:26\n");
	must_say("4", "mutex_lock in take_from()   (never ends: held by sockets)");
	must_say("4", "mutex_lock  loop.c:15\n                                 (never ends: held "
		      "by loop A)\n");
	must_say("4", "you: mutex_lock at loop.c:26, in 'loop A'");
	wg_learner_fini();
	try_changed("14", "14-closing-time/wrong/6-join-inside.c", "", 1);
	must_say("14", "join  loop.c:70   (never ends: T1 has not ended)");
	must_say("14",
		"mutex_lock  loop.c:19\n                                   (never ends: held "
		"by boss)");
	wg_learner_fini();
}

static void you_is_the_step_that_ends_it(void)
{
	static const char file[] = "08-drain-the-eventfd/loop.c";

	try_changed("8", file, "s/	queue_push(op);/	__builtin_trap();/", 1);
	must_say("8", "you: crash at loop.c:32, in 'worker 1'");
	must_say("8", "                                crash  loop.c:32\n");
	wg_learner_fini();
	try_changed("8", file, "s/	queue_push(op);/	__builtin_abort();/", 1);
	must_say("8", "you: abort at loop.c:32, in 'worker 1'");
	wg_learner_fini();
	try_changed("14", "14-closing-time/wrong/3-cancel.c", "", 1);
	must_say("14", "you: cancel at loop.c:67, in 'boss'");
	wg_learner_fini();
}

/* The process ends, whichever way it is ended: the line that did it. */
static void you_is_the_line_that_ends_the_program(void)
{
	static const struct {
		const char *call, *you;
	} ends[] = {
		{ "raise(SIGABRT)", "raise" },
		{ "raise(SIGKILL)", "raise" },
		{ "kill(getpid(), SIGKILL)", "kill" },
		{ "pthread_kill(pthread_self(), 15)", "kill" },
		{ "killpg(0, SIGKILL)", "killpg" },
		{ "abort()", "abort" },
		{ "exit(0)", "exit" },
		{ "assert(op == 99)", "assert" },
		{ "errx(3, \"no\")", "errx" },
		{ "syscall(SYS_exit_group, 0)", "syscall" },
		{ "syscall(SYS_gettid)", "syscall" },
		{ "execl(\"/bin/true\", \"true\", (char *)0)", "execl" },
#if defined(__x86_64__)
		{ "__asm__ __volatile__(\"syscall\" :: \"a\"(231), \"D\"(0))", "system call" },
		{ "__asm__ __volatile__(\"syscall\" :: \"a\"(62), \"D\"(getpid()), \"S\"(9))",
			"system call" },
#endif
	};
	char sed[500], you[100];
	size_t i;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i += WG_STRIDE) {
		(void)snprintf(sed, sizeof(sed),
			"1i #include <assert.h>\n1i #include <err.h>\n1i #include <pthread.h>\n"
			"1i #include <signal.h>\n1i #include <stdlib.h>\n"
			"1i #include <sys/syscall.h>\n1i #include <unistd.h>\ns~^	"
			"queue_push(op);~	%s;~",
			ends[i].call);
		try_changed("8", "08-drain-the-eventfd/loop.c", sed, 1);
		(void)snprintf(
			you, sizeof(you), "you: %s at loop.c:39, in 'worker 1'", ends[i].you);
		must_say(ends[i].call, you);
		wg_learner_fini();
	}
}

static void you_is_the_endless_loop(void)
{
	try_changed("8", "08-drain-the-eventfd/loop.c",
		"s/epoll_wait(ep, &event, 1, -1);/while (!ep) ;/; "
		"s/ep = epoll_create1/ep = 0 * epoll_create1/",
		1);
	must_say("8", "you: endless loop at loop.c:43, in 'loop'");
	wg_learner_fini();
}

/* A compiler quotes the file as it is, and assert() its own text. */
static void nothing_reaches_the_terminal_raw(void)
{
	try_changed("8", "08-drain-the-eventfd/loop.c", "1i #error \\o033]0;owned\\o007", 1);
	CU_ASSERT(!strchr(learner.out, '\033') && !strchr(learner.out, '\007'));
	must_say("8", "\\x1b]0;owned\\x07");
	wg_learner_fini();
	try_changed("8", "08-drain-the-eventfd/loop.c",
		"1i #include <assert.h>\ns/	queue_push(op);/	assert(op == "
		"\"\\o033[2J\"[0]);/",
		1);
	CU_ASSERT(!strchr(learner.out, '\033'));
	wg_learner_fini();
}

static void says_not(const char *lab, const char *text)
{
	CU_ASSERT(!wg_has(learner.out, text));
	if (wg_has(learner.out, text))
		printf("# lab %s says '%s':\n%s\n", lab, text, learner.out);
}

/* The sleep that never ends is drawn to the end of the picture, and is wasted time in it; it has no
 * length itself. A picture of a schedule begins at 0. */
static void a_hang_is_drawn_to_the_end(void)
{
	char dir[300];

	wg_learner_init_in("labs");
	(void)snprintf(dir, sizeof(dir), "%s/two", learner.home);
	CU_ASSERT_EQUAL(LAB("start", "2", dir), 0);
	CU_ASSERT_EQUAL(LAB("check", dir), 1);
	CU_ASSERT_EQUAL(LAB("view", dir), 0);
	must_say("2", "is stuck: asleep for ever with 1 result ready\n");
	must_say("2", " with op 1 ready, never woke");
	must_say("2", "in sight: 0 to ");
	says_not("2", "the last 9.01 us");
	says_not("2", "will notify for ");
	says_not("2", "wasted 9.01 us with");
	says_not("2", " -1 ns");
	must_say("2", "lane: loop 1 condvar (chosen): wasted 9.01 us");
	must_say("2", "note: loop sleeps for ever in pthread_cond_wait: nobody will notify");
	wg_learner_fini();
}

/* So is a lock that never comes, with the thread that holds it. */
static void a_hang_on_a_lock_has_a_length(void)
{
	char dir[300];

	try_changed("4", "04-sampled-too-late/wrong/4-hold.c", "", 1);
	(void)snprintf(dir, sizeof(dir), "%s/it", learner.home);
	CU_ASSERT_EQUAL(LAB("view", dir), 0);
	must_say("4", "is stuck: asleep for ever with 2 results ready\n");
	must_say("4", "note: loop A is in pthread_mutex_lock for ever: held by sockets");
	must_say("4", "lane: loop 1 condvar (chosen): wasted 9.01 us in 1, awake 8.01 us");
	wg_learner_fini();
}

void suite_lab_story(void)
{
	/* What a story says of a line is what gcc makes of it; clang leaves out empty loops. */
	(void)setenv("CC", "gcc", 1);
	WG_TEST(a_hang_is_drawn_to_the_end);
	WG_TEST(a_hang_on_a_lock_has_a_length);
	WG_TEST(each_story_holds_the_step_of_its_lab);
	WG_TEST(every_blocked_thread_is_drawn);
	WG_TEST(you_is_the_step_that_ends_it);
	WG_TEST(you_is_the_line_that_ends_the_program);
	WG_TEST(you_is_the_endless_loop);
	WG_TEST(nothing_reaches_the_terminal_raw);
}
