/*
 * apart.c: see apart.h.
 *
 *     fuzzer --"look at the folder"--> child --answer--> fuzzer
 *
 * What libbabeltrace2 fails on ends the process that reads it, and so a program reads each trace in
 * a child first (traces/read/probe.h). With AddressSanitizer that fork costs more than all the rest
 * of an input. Here one child reads thousands of traces without children of its own, and if one
 * ends it the fuzzer reads that trace anew as a program does, and forks the next child. The child
 * also keeps the plugins of the library, which are else loaded for each trace.
 */
#include "tests/fuzz/apart.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include <babeltrace2/babeltrace.h>

#include "traces/base/signals.h"
#include "traces/read/probe.h"

#define INPUTS_MAX 4096 /* of one child: the library loses memory where it fails */
#define WHY_BYTES  5000
/*
 * A child without an answer by then is ended, and the trace is read anew, which has limits of its
 * own. libFuzzer has a thread: forked while that one holds a lock of the sanitizer, a child hangs.
 */
#define ANSWER_MS 10000

static struct {
	pid_t pid;
	int ask, answer; /* pipes */
	unsigned inputs;
	char *why; /* shared with the child */
	unsigned long count[FUZZ_DIFFERS + 1];
	long most_kib;
} child = { .pid = -1 };

static bool is_child;

/* ---- what the linker puts before functions of the same name (--wrap) ---- */

void __real_wg__probe(const char *dir, bool to_the_end, struct wg__probe *ret);
void __wrap_wg__probe(const char *dir, bool to_the_end, struct wg__probe *ret);
bt_plugin_find_status __real_bt_plugin_find(const char *name, bt_bool in_env, bt_bool in_home,
	bt_bool in_system, bt_bool in_static, bt_bool fail, const bt_plugin **ret);
bt_plugin_find_status __wrap_bt_plugin_find(const char *name, bt_bool in_env, bt_bool in_home,
	bt_bool in_system, bt_bool in_static, bt_bool fail, const bt_plugin **ret);

void __wrap_wg__probe(const char *dir, bool to_the_end, struct wg__probe *ret)
{
	if (is_child)
		*ret = (struct wg__probe){ 0 };
	else
		__real_wg__probe(dir, to_the_end, ret);
}

bt_plugin_find_status __wrap_bt_plugin_find(const char *name, bt_bool in_env, bt_bool in_home,
	bt_bool in_system, bt_bool in_static, bt_bool fail, const bt_plugin **ret)
{
	static const bt_plugin *kept[2]; /* ctf, utils */
	const bt_plugin **at = &kept[strcmp(name, "ctf") != 0];
	bt_plugin_find_status status = BT_PLUGIN_FIND_STATUS_OK;

	if (!is_child)
		return __real_bt_plugin_find(
			name, in_env, in_home, in_system, in_static, fail, ret);
	if (!*at)
		status = __real_bt_plugin_find(
			name, in_env, in_home, in_system, in_static, fail, at);
	if (status == BT_PLUGIN_FIND_STATUS_OK) {
		bt_plugin_get_ref(*at);
		*ret = *at;
	}
	return status;
}

/* ---- the child ---- */

/* The fuzzer's handlers would take its death for theirs. */
static void prepare(pid_t parent)
{
	static const int deadly[] = { SIGABRT, SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGALRM, SIGTRAP,
		SIGINT, SIGTERM, SIGXFSZ };
	const struct rlimit no_core = { 0, 0 };
	int null = open("/dev/null", O_WRONLY | O_CLOEXEC);
	size_t i;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(0);
	for (i = 0; i < sizeof(deadly) / sizeof(*deadly); i++)
		(void)signal(deadly[i], SIG_DFL);
	(void)alarm(0);
	(void)setrlimit(RLIMIT_CORE, &no_core);
	if (null >= 0)
		(void)dup2(null, STDERR_FILENO);
	is_child = true;
}

static void serve(fuzz_check_fn check, const char *dir, int ask, int answer)
{
	char byte;

	while (read(ask, &byte, 1) == 1) {
		child.why[0] = '\0';
		byte = (char)check(dir, child.why, WHY_BYTES);
		if (write(answer, &byte, 1) != 1)
			break;
	}
	_exit(0);
}

static void end_child(void)
{
	struct rusage usage;

	if (child.pid < 0)
		return;
	(void)close(child.ask);
	(void)close(child.answer);
	(void)kill(child.pid, SIGKILL); /* it has nothing to lose */
	while (wait4(child.pid, NULL, 0, &usage) < 0 && errno == EINTR)
		;
	if (usage.ru_maxrss > child.most_kib)
		child.most_kib = usage.ru_maxrss;
	child.pid = -1;
}

static bool begin_child(fuzz_check_fn check, const char *dir)
{
	int ask[2], answer[2];
	pid_t parent = getpid();

	if (!child.why)
		child.why = mmap(
			NULL, WHY_BYTES, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (child.why == MAP_FAILED || pipe2(ask, O_CLOEXEC) < 0)
		abort();
	if (pipe2(answer, O_CLOEXEC) < 0)
		abort();
	child.pid = fork();
	if (child.pid == 0) {
		prepare(parent);
		(void)close(ask[1]);
		(void)close(answer[0]);
		serve(check, dir, ask[0], answer[1]);
	}
	(void)close(ask[0]);
	(void)close(answer[1]);
	child.ask = ask[1];
	child.answer = answer[0];
	child.inputs = 0;
	return child.pid > 0;
}

/* ---- the fuzzer ---- */

/* libFuzzer's alarm interrupts. */
static bool hear(char *ret_byte)
{
	struct pollfd answer = { child.answer, POLLIN, 0 };
	int64_t deadline = wg__now_ms() + ANSWER_MS, left = ANSWER_MS;

	while (left > 0 && poll(&answer, 1, (int)left) < 0 && errno == EINTR)
		left = deadline - wg__now_ms();
	return answer.revents && read(child.answer, ret_byte, 1) == 1;
}

enum fuzz_answer fuzz_apart_ask(fuzz_check_fn check, const char *dir, char *why, size_t len)
{
	enum fuzz_answer answer = FUZZ_DIED;
	char byte = 0;

	if (child.pid < 0 && !begin_child(check, dir))
		return FUZZ_DIED;
	if (write(child.ask, &byte, 1) == 1 && hear(&byte))
		answer = (enum fuzz_answer)byte;
	child.count[answer]++;
	(void)snprintf(why, len, "%s", answer == FUZZ_DIED ? "" : child.why);
	if (answer == FUZZ_DIED || ++child.inputs == INPUTS_MAX)
		end_child();
	return answer;
}

void fuzz_apart_end(void)
{
	end_child();
	if (child.why)
		(void)fprintf(stderr,
			"apart: %lu read by both, %lu refused, %lu ended a child, which had at "
			"most "
			"%ld MiB\n",
			child.count[FUZZ_SAME], child.count[FUZZ_REFUSED], child.count[FUZZ_DIED],
			child.most_kib >> 10);
}
