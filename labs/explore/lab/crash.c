/*
 * crash.c: see crash.h.
 *
 * A fiber that crashed is abandoned, like every other at the end of a schedule, and the search goes
 * on. This is sound unless libc held a lock, so a crash in a library ends the process.
 */
#include "labs/explore/lab/crash.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unistd.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/lab/image.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/engine/search.h"
#include "labs/explore/calls/wrap.h"

#define TICK_MS	      250
#define TICK_US	      (TICK_MS * 1000L)
#define TICKS_AT_MOST 8 /* without a step: 2 s of processor time */
#define STACK_BYTES   65536
#define NEAR_ZERO     65536

static struct {
	char stack[STACK_BYTES];
	uint32_t steps;	    /* at the latest tick */
	uint64_t schedules; /* likewise */
	int ticks;
	uint32_t endless_at; /* as crash.h says */
	unsigned alarm_s;
	uint64_t done; /* at the latest alarm */
} crash;

/* The code that the signal interrupted; NULL on an unknown machine. */
static const char *place_of(const void *context)
{
	const ucontext_t *uc = context;

#if defined(__x86_64__)
	return (const char *)uc->uc_mcontext.gregs[REG_RIP];
#elif defined(__aarch64__)
	return (const char *)uc->uc_mcontext.pc;
#else
	(void)uc;
	return NULL;
#endif
}

static bool is_ours(const char *place)
{
	extern const char __executable_start[], etext[];

	return place >= __executable_start && place < etext;
}

/* End a process that cannot go on. */
static _Noreturn void die(const char *why)
{
	struct lx_shared *s = lx.shared;

	if (lx.self) {
		s->schedules++;
		s->failing += lx_checks_end();
	}
	(void)snprintf(s->trouble, sizeof(s->trouble), "%s; the search ends here", why);
	(void)snprintf(s->bound, sizeof(s->bound), "up to where the process ended");
	_exit(3);
}

static _Noreturn void leave_schedule(void)
{
	struct lx_thread *self = lx.self;

	lx.outcome = LX_RAN;
	lx.self = NULL;
	lx_fiber_abandon(&self->fiber, &lx.main);
}

/* The address, if it is near 0: a member of nothing. Any other differs from run to run, and a
 * report shall not. Static. */
static const char *address(const void *at)
{
	static char text[40];

	text[0] = '\0';
	if ((uintptr_t)at < NEAR_ZERO)
		(void)snprintf(text, sizeof(text), ", address 0x%lx", (unsigned long)(uintptr_t)at);
	return text;
}

static void on_crash(int number, siginfo_t *info, void *context)
{
	const char *place = place_of(context), *after = place ? place + 1 : NULL;
	unsigned long long offset = lx_place(after);

	if (!lx.self) {
		(void)signal(number, SIG_DFL); /* not in the lab */
		return;
	}
	lx_step_begin(lx.self, "crash", offset ? after : lx.self->op.caller);
	if (lx_fiber_is_overflow(&lx.self->fiber, info->si_addr))
		lx_fail("crash", "%s has no stack left at {%llx}: endless recursion?",
			lx.self->name, offset);
	else if (offset)
		lx_fail("crash", "%s: %s at {%llx}%s", lx.self->name, strsignal(number), offset,
			address(info->si_addr));
	else
		lx_fail("crash", "%s: %s in a call at or after {%llx}%s", lx.self->name,
			strsignal(number), lx_place(lx.self->op.caller), address(info->si_addr));
	if (place && !lx_image_has_code(place) && !is_ours(place))
		die("the lab crashed in a library");
	leave_schedule();
}

/* A call that fence.c keeps from the lab's own code: the signal names the instruction after it. */
static void on_raw_call(int number, siginfo_t *info, void *context)
{
	const char *place = place_of(context);

	(void)number;
	if (!lx.self)
		die("the lab makes a system call outside every thread");
	lx_step_begin(lx.self, "system call", place);
	lx_fail("not-modelled", "%s makes system call %d at {%llx}, past libc", lx.self->name,
		info->si_syscall, lx_place(place));
	leave_schedule();
}

static void on_tick(int number, siginfo_t *info, void *context)
{
	const char *place = place_of(context);
	bool is_in_lab;

	(void)number;
	(void)info;
	if (!lx.self || lx.steps != crash.steps || lx.shared->schedules != crash.schedules) {
		crash.steps = lx.steps;
		crash.schedules = lx.shared->schedules;
		crash.ticks = 0;
		return;
	}
	/* A replay of a loop that ran for 2 s in the search ends at the first tick. */
	if (++crash.ticks < (lx.steps + 1 == crash.endless_at ? 1 : TICKS_AT_MOST))
		return;
	lx.shared->is_endless = true;
	/* Out of its code, it is in a function of ours that an access calls. */
	is_in_lab = lx_image_has_code(place) || (lx.access && lx.access_step == lx.steps);
	if (lx_image_has_code(place))
		place = place + 1;
	else
		place = is_in_lab ? lx.access : lx.self->op.caller;
	lx_step_begin(lx.self, "endless loop", place);
	lx_fail("spin", "%s runs for 2 s without a step %s {%llx}: an endless loop", lx.self->name,
		is_in_lab ? "at" : "after", lx_place(place));
	lx_search_stop("up to an endless loop");
	leave_schedule();
}

static void on_alarm(int number)
{
	const struct lx_shared *s = lx.shared;
	uint64_t done = s->schedules + s->redundant + lx.steps;

	(void)number;
	/* On a busy machine a search gets little processor time: it has a bound of its own. */
	if (done != crash.done) {
		crash.done = done;
		(void)alarm(crash.alarm_s);
		return;
	}
	if (lx.self)
		lx_fail("spin", "%s is in a call that is not modelled and does not return",
			lx.self->name);
	die("the lab did not end in time");
}

static void install(int number, void (*handler)(int, siginfo_t *, void *))
{
	struct sigaction action = { .sa_sigaction = handler,
		.sa_flags = SA_SIGINFO | SA_ONSTACK | SA_NODEFER | SA_RESTART };

	(void)sigaction(number, &action, NULL);
}

void lx_crash_install(int wall_seconds, uint32_t endless_at)
{
	static const int fatal[] = { SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP };
	const struct itimerval each = { { 0, TICK_US }, { 0, TICK_US } };
	const stack_t stack = { .ss_sp = crash.stack, .ss_size = sizeof(crash.stack) };
	struct sigaction on_late = { .sa_handler = on_alarm, .sa_flags = SA_ONSTACK };
	size_t i;

	crash.endless_at = endless_at;
	(void)sigaltstack(&stack, NULL);
	for (i = 0; i < sizeof(fatal) / sizeof(fatal[0]); i++)
		install(fatal[i], on_crash);
	install(SIGSYS, on_raw_call);
	install(SIGPROF, on_tick);
	(void)setitimer(ITIMER_PROF, &each, NULL);
	(void)sigaction(SIGALRM, &on_late, NULL);
	crash.alarm_s = (unsigned)wall_seconds;
	(void)alarm(crash.alarm_s);
}

/* ---- calls that end the process ---- */

#define LX_WRAP_EXIT(call)                                                                         \
	LX_WRAP(_Noreturn void, call, int status)                                                  \
	{                                                                                          \
		lx_only_in_a_schedule(#call);                                                      \
		lx_remark_call(#call, LX_CALLER());                                                \
		lx_fail_and_end("exit", "%s calls %s(%d) at {%llx}", lx.self->name, #call, status, \
			lx_place(LX_CALLER()));                                                    \
	}

/* clang-format off */
LX_WRAP_EXIT(exit)
LX_WRAP_EXIT(_exit)
LX_WRAP_EXIT(_Exit)
LX_WRAP_EXIT(quick_exit)
/* clang-format on */

LX_WRAP(_Noreturn void, abort, void)
{
	lx_only_in_a_schedule("abort");
	lx_remark_call("abort", LX_CALLER());
	lx_fail_and_end(
		"crash", "%s calls abort() at {%llx}", lx.self->name, lx_place(LX_CALLER()));
}

LX_WRAP(_Noreturn void, __assert_fail, const char *what, const char *file, unsigned line,
	const char *function)
{
	const char *name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;

	(void)function;
	lx_only_in_a_schedule("assert");
	lx_remark_call("assert", LX_CALLER());
	lx_fail_and_end("crash", "%s: assertion `%.100s` fails at %.60s:%u", lx.self->name, what,
		name, line);
}

/* ---- calls that are not modelled ---- */

#define LX_WRAP_MISSING(name)                                                                      \
	LX_WRAP(void, name, void)                                                                  \
	{                                                                                          \
		lx_only_in_a_schedule(#name);                                                      \
		lx_remark_call(#name, LX_CALLER());                                                \
		lx_fail_and_end("not-modelled", #name "() at {%llx}", lx_place(LX_CALLER()));      \
	}

/* clang-format off */
LX_WRAP_MISSING(pthread_cancel)
LX_WRAP_MISSING(pthread_tryjoin_np)
LX_WRAP_MISSING(pthread_timedjoin_np)
LX_WRAP_MISSING(pthread_rwlock_rdlock)
LX_WRAP_MISSING(pthread_rwlock_wrlock)
LX_WRAP_MISSING(pthread_spin_lock)
LX_WRAP_MISSING(pthread_barrier_wait)
LX_WRAP_MISSING(pthread_key_create)
LX_WRAP_MISSING(sem_open)
LX_WRAP_MISSING(mtx_lock)
LX_WRAP_MISSING(cnd_wait)
LX_WRAP_MISSING(thrd_create)
LX_WRAP_MISSING(select)
LX_WRAP_MISSING(pselect)
LX_WRAP_MISSING(ppoll)
LX_WRAP_MISSING(dup)
LX_WRAP_MISSING(dup2)
LX_WRAP_MISSING(accept)
LX_WRAP_MISSING(connect)
LX_WRAP_MISSING(recvmsg)
LX_WRAP_MISSING(sendmsg)
LX_WRAP_MISSING(vfork)
LX_WRAP_MISSING(err)
LX_WRAP_MISSING(errx)
LX_WRAP_MISSING(verr)
LX_WRAP_MISSING(verrx)
LX_WRAP_MISSING(error)
LX_WRAP_MISSING(error_at_line)
LX_WRAP_MISSING(execl)
LX_WRAP_MISSING(execle)
LX_WRAP_MISSING(execlp)
LX_WRAP_MISSING(execv)
LX_WRAP_MISSING(execve)
LX_WRAP_MISSING(execvp)
LX_WRAP_MISSING(execvpe)
LX_WRAP_MISSING(fexecve)
LX_WRAP_MISSING(posix_spawn)
LX_WRAP_MISSING(posix_spawnp)
LX_WRAP_MISSING(popen)
LX_WRAP_MISSING(system)
LX_WRAP_MISSING(alarm)
LX_WRAP_MISSING(setitimer)
LX_WRAP_MISSING(timer_create)
LX_WRAP_MISSING(pause)
LX_WRAP_MISSING(sigsuspend)
LX_WRAP_MISSING(sigwait)
LX_WRAP_MISSING(waitpid)
LX_WRAP_MISSING(killpg)
LX_WRAP_MISSING(sigqueue)
LX_WRAP_MISSING(pthread_sigqueue)
LX_WRAP_MISSING(tgkill)
/* clang-format on */
