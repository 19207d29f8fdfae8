/*
 * signals.c: see signals.h. A handler runs on the stack of the thread that gets the signal, before
 * that thread's next step. Blocked signals stay pending.
 */
#include "labs/explore/calls/signals.h"

#include <errno.h>
#include <pthread.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "labs/explore/calls/order.h"
#include "labs/explore/engine/engine.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/wrap.h"

#define SIGNALS	 32
#define INJECTED SIGUSR1

static struct sigaction actions[SIGNALS];

void lx_signals_reset(void)
{
	memset(actions, 0, sizeof(actions));
}

static uint64_t bit(int number)
{
	return (uint64_t)1 << number;
}

static bool has_handler(int number)
{
	return actions[number].sa_handler != SIG_DFL && actions[number].sa_handler != SIG_IGN;
}

/* Without a handler these do nothing. */
static bool is_ignored(int number)
{
	return actions[number].sa_handler == SIG_IGN ||
	       (!has_handler(number) && (number == SIGCHLD || number == SIGURG ||
						number == SIGWINCH || number == SIGCONT));
}

/* A signal without a handler ends all threads, at once: the step is the sender's. */
static void must_have_handler(int number)
{
	if (!has_handler(number))
		lx_fail_and_end("exit", "signal %d ends the process: it has no handler", number);
}

/* Interrupt t now if it sleeps in a call that signals interrupt. */
static void hit(struct lx_thread *t, int number)
{
	if (is_ignored(number))
		return;
	if (!(t->blocked_signals & bit(number)))
		must_have_handler(number);
	t->pending_signals |= bit(number);
	if (t != lx.self)
		lx_order_signal(t);
	if ((t->blocked_signals & bit(number)) || !t->op.is_blocking || t->wake != LX_ASLEEP ||
		t->op.is_ready(t))
		return;
	t->wake = LX_INTERRUPTED;
	t->deadline_ns = LX_NEVER;
}

void lx_signal_interrupts(struct lx_thread *t)
{
	if (has_handler(INJECTED))
		t->pending_signals |= bit(INJECTED);
	t->wake = LX_INTERRUPTED;
	t->deadline_ns = LX_NEVER;
	lx_note("interrupts %s", t->op.call);
}

void lx_signals_deliver(struct lx_thread *t)
{
	while (t->pending_signals & ~t->blocked_signals) {
		int number = __builtin_ctzll(t->pending_signals & ~t->blocked_signals);
		struct lx_op op = t->op; /* a handler may have points of its own */
		enum lx_wake wake = t->wake;

		t->pending_signals &= ~bit(number);
		must_have_handler(number);
		lx_note("handles signal %d", number);
		lx.touched_all = true;
		if (actions[number].sa_flags & SA_SIGINFO)
			actions[number].sa_sigaction(
				number, &(siginfo_t){ .si_signo = number }, NULL);
		else
			actions[number].sa_handler(number);
		t->op = op;
		t->wake = wake;
	}
}

static bool is_known(int number)
{
	return number > 0 && number < SIGNALS;
}

LX_WRAP(int, sigaction, int number, const struct sigaction *to, struct sigaction *ret_old)
{
	if (!is_known(number)) {
		errno = EINVAL;
		return -1;
	}
	if (ret_old)
		*ret_old = actions[number];
	if (to)
		actions[number] = *to;
	return 0;
}

LX_WRAP(sighandler_t, signal, int number, sighandler_t handler)
{
	sighandler_t old;

	if (!is_known(number)) {
		errno = EINVAL;
		return SIG_ERR;
	}
	old = actions[number].sa_handler;
	actions[number] = (struct sigaction){ .sa_handler = handler, .sa_flags = SA_RESTART };
	return old;
}

LX_WRAP(int, pthread_kill, pthread_t thread, int number)
{
	struct lx_thread *t = (struct lx_thread *)(uintptr_t)thread;

	lx_point(&(struct lx_op){
		.call = "pthread_kill", .caller = LX_CALLER(), .touches_all = true });
	if (!is_known(number))
		return EINVAL;
	if (!t->is_live)
		return ESRCH;
	lx_note("signal %d for %s", number, t->name);
	hit(t, number);
	lx_signals_deliver(lx.self);
	return 0;
}

/* For the calling thread. */
LX_WRAP(int, raise, int number)
{
	lx_only_in_a_schedule("raise");
	lx_remark_call("raise", LX_CALLER());
	if (is_known(number))
		hit(lx.self, number);
	lx_signals_deliver(lx.self);
	return 0;
}

static int set_mask(int how, const sigset_t *set, sigset_t *ret_old)
{
	uint64_t *blocked = &lx.self->blocked_signals, given = 0;
	int i;

	if (ret_old)
		(void)sigemptyset(ret_old);
	for (i = 1; i < SIGNALS; i++) {
		if (ret_old && (*blocked & bit(i)))
			(void)sigaddset(ret_old, i);
		if (set && sigismember(set, i))
			given |= bit(i);
	}
	if (set && how == SIG_BLOCK)
		*blocked |= given;
	else if (set && how == SIG_UNBLOCK)
		*blocked &= ~given;
	else if (set)
		*blocked = given;
	lx_signals_deliver(lx.self);
	return 0;
}

LX_WRAP(int, pthread_sigmask, int how, const sigset_t *set, sigset_t *ret_old)
{
	return set_mask(how, set, ret_old);
}

LX_WRAP(int, sigprocmask, int how, const sigset_t *set, sigset_t *ret_old)
{
	return set_mask(how, set, ret_old);
}

/* A signal for the process goes to the first thread that does not block it. */
LX_WRAP(int, kill, pid_t pid, int number)
{
	int i = 0;

	lx_only_in_a_schedule("kill");
	lx_point(&(struct lx_op){ .call = "kill", .caller = LX_CALLER(), .touches_all = true });
	if (pid != getpid() || !is_known(number))
		lx_fail_and_end("not-modelled", "kill(%d, %d)", (int)pid, number);
	while (i + 1 < lx.thread_count &&
		(!lx.thread[i].is_live || (lx.thread[i].blocked_signals & bit(number))))
		i++;
	lx_note("signal %d for %s", number, lx.thread[i].name);
	hit(&lx.thread[i], number);
	lx_signals_deliver(lx.self);
	return 0;
}
