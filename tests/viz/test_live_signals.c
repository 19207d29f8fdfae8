/*
 * test_live_signals.c: `wakegap live` is ended by a signal, at whatever moment: it says what runs
 * on.
 *
 * The moments are counted in system calls from that which lets the command run.
 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "tests/harness/harness.h"
#include "tests/harness/stepped.h"
#include "tests/viz/live_any.h"

#define STEP  12 /* system calls from one stage to the next; 1 takes a minute and tries all */
#define START 40 /* the same before the command runs */

static const char *const screen[] = { "--ascii", "--no-mouse" };
static const char *const text[] = { "--text", "--for=1ms" };
static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT };

static const char words[] = "planted keeps running as process ";

static struct stepped *start(const char *const *mode)
{
	static char planted[512], wakegap[512];
	char *argv[] = { wakegap, "live", "--with", "preload", (char *)(uintptr_t)mode[0],
		(char *)(uintptr_t)mode[1], "--", planted, "ticks", NULL };
	struct stepped *s;

	(void)snprintf(planted, sizeof(planted), "%s", wg_build_path("planted"));
	(void)snprintf(wakegap, sizeof(wakegap), "%s", wg_build_path("wakegap"));
	s = stepped_start(80, 24, argv);
	pty_keys(s->pty, "q"); /* the screen ends without a signal, too */
	return s;
}

/* It waits for a byte before it is the program planted. */
static pid_t held_command(const struct stepped *s)
{
	return live_child_of(s->pty->pid, "wakegap");
}

/* It is the one that is said to run on, and it does. Then it ends. */
static void check_it_runs_on(const char *said, pid_t command)
{
	const char *where = strstr(said, words);

	CU_ASSERT(where && strtol(where + strlen(words), NULL, 10) == command);
	CU_ASSERT_EQUAL(kill(command, SIGKILL), 0);
}

/* So many system calls after it was started. False: the command runs before. */
static bool signal_before(int calls, int signo)
{
	struct stepped *s = start(screen);
	int status = 0, i;
	bool is_held;
	pid_t command;
	char *said;

	for (i = 0; i < calls && !stepped_writes(s, 'g') && stepped_next(s); i++)
		;
	is_held = !stepped_writes(s, 'g');
	command = held_command(s);
	CU_ASSERT_EQUAL(kill(s->pty->pid, is_held ? signo : SIGKILL), 0);
	said = stepped_finish(s, &status);
	if (is_held)
		CU_ASSERT(WIFSIGNALED(status) && WTERMSIG(status) == signo);
	if (strstr(said, words)) /* it came just before that moment */
		check_it_runs_on(said, command);
	else
		CU_ASSERT(command == 0 || live_until_gone(command));
	free(said);
	return is_held;
}

/* So many system calls after that which lets the command run. False: it had ended by itself. */
static bool signal_after(int calls, const char *const *mode, int signo)
{
	struct stepped *s = start(mode);
	int status = 0, i;
	pid_t command;
	char *said;
	bool comes;

	while (!stepped_writes(s, 'g') && stepped_next(s))
		;
	command = held_command(s);
	CU_ASSERT_FATAL(command > 0);
	for (i = 0; i < calls && !stepped_exits(s) && stepped_next(s); i++)
		;
	comes = !s->has_ended && !stepped_exits(s);
	if (comes)
		CU_ASSERT_EQUAL(kill(s->pty->pid, signo), 0);
	said = stepped_finish(s, &status);
	CU_ASSERT(comes ? WIFSIGNALED(status) && WTERMSIG(status) == signo : status == 0);
	check_it_runs_on(said, command);
	free(said);
	return comes;
}

static bool lacks_anything(void)
{
	if (live_any_lacks_planted())
		return true;
	if (stepped_allowed())
		return false;
	wg_skip("a process may not trace its child here");
	return true;
}

static void before_the_command_runs_it_never_will(void)
{
	int stage = 0;

	if (lacks_anything())
		return;
	while (signal_before(stage * START, signals[stage % 4]))
		stage++;
	CU_ASSERT(stage > 4);
}

/* From the start of the command to our end, no signal leaves it running without a word. */
static void at_each_stage(const char *const *mode)
{
	int stage = 0;

	if (lacks_anything())
		return;
	while (signal_after(stage * STEP, mode, signals[stage % 4]))
		stage++;
	CU_ASSERT(stage > 4); /* each signal */
}

static void on_a_terminal_it_says_what_runs_on(void)
{
	at_each_stage(screen);
}

static void without_one_it_says_what_runs_on(void)
{
	at_each_stage(text);
}

void suite_live_signals(void)
{
	WG_TEST(before_the_command_runs_it_never_will);
	WG_TEST(on_a_terminal_it_says_what_runs_on);
	WG_TEST(without_one_it_says_what_runs_on);
}
