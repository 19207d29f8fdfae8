/*
 * sleeps.c: single sleeps of a strategy: how long they last, and what a notify costs.
 * Mostly one thread, so there is little to explore; but no luck with the clock either.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/eventfd.h>
#include <unistd.h>

#include "core/wait/fds.h"
#include "tests/prove/prove.h"

#define DEADLINE_NS (WG_NS_PER_MS / 2)

static struct wg_waiter *waiter(const char *wait)
{
	struct wg_waiter *ret = NULL;

	lab_check("made", wg_wait_find(wait)->create(0, &ret) == 0, "no waiter");
	return ret;
}

static bool polls_ops(const struct wg_wait_ops *ops)
{
	return ops->caps & WG_CAP_POLLS;
}

static bool polls(const struct wg_waiter *w)
{
	return polls_ops(w->ops);
}

/* Sleep for so long with nobody to notify: what it says, and how late it was. */
static int64_t sleep_for(struct wg_waiter *w, int64_t ns)
{
	int64_t until_ns = wg_now_ns() + ns;
	uint64_t ticket = w->ops->arm(w);
	int woke = w->ops->sleep(w, ticket, until_ns);
	int64_t late_ns = wg_now_ns() - until_ns;

	lab_check(
		"W5", woke == WG_WOKE_TIMEOUT, "nobody notified, and the sleep ended by %d", woke);
	lab_check("W5", late_ns >= 0, "the sleep is %d ns early", (int)-late_ns);
	return late_ns;
}

/* Late by no more than a few readings of the clock (which moves by itself only where code spins).
 */
void prove_times_out(const char *wait)
{
	struct wg_waiter *w = waiter(wait);
	int64_t begin_ns = wg_now_ns(), step_ns = wg_now_ns() - begin_ns;
	int64_t spans_ns[] = { DEADLINE_NS, 10000, 0, -1000000 };
	size_t i;

	for (i = 0; i < sizeof(spans_ns) / sizeof(spans_ns[0]); i++) {
		int64_t late_ns = sleep_for(w, spans_ns[i]);

		lab_check("W5", late_ns <= 4 * step_ns || spans_ns[i] < 0,
			"a sleep of %d ns is %d ns late", (int)spans_ns[i], (int)late_ns);
	}
	w->ops->destroy(w);
	prove_end();
}

/* No deadline at all, and a signal. The loop keeps its deadline itself. */
void prove_signal(const char *wait)
{
	struct wg_waiter *w = waiter(wait);
	int64_t until_ns = wg_now_ns() + DEADLINE_NS;
	uint64_t ticket = w->ops->arm(w);
	int woke = w->ops->sleep(w, ticket, until_ns);

	lab_check("W5", woke == WG_WOKE_TIMEOUT || woke == WG_WOKE_INTERRUPTED,
		"nobody notified, and the sleep ended by %d", woke);
	lab_check("W5", woke != WG_WOKE_TIMEOUT || wg_now_ns() >= until_ns,
		"the sleep says that the time is over, and it is not");
	w->ops->destroy(w);
	prove_end();
}

/* ---- when is a system call needed? ---- */

/* notify() after a sleep that timed out, once more, after the next arm(), and after a sleep that
 * was notified. */
static const struct {
	const char *wait;
	int awake, again, armed, notified;
} needs[] = {
	{ "condvar", 1, 0, 1, 0 },
	{ "futex", 1, 1, 1, 1 },
	{ "elide", 0, 0, 0, 0 },
	{ "hybrid", 0, 0, 0, 0 },
	{ "eventfd", 1, 0, 1, 1 },
	{ "uring", 1, 0, 1, 1 },
	{ "spin", 0, 0, 0, 0 },
	{ "tick", 0, 0, 0, 0 },
	{ "ticker", 0, 0, 0, 0 },
};

static const struct wg_wait_ops *ours;
static int kicks;

static void count_kick(struct wg_waiter *w)
{
	kicks++;
	ours->kick(w);
}

/* What it says is needed is done, and no more. */
static void check_need(struct wg_waiter *w, int wanted, const char *when)
{
	struct wg_wait_ops counted = *w->ops;
	int is_needed;

	ours = w->ops;
	if (ours->kick)
		counted.kick = count_kick;
	kicks = 0;
	w->ops = &counted;
	is_needed = wg_notify(w);
	w->ops = ours;
	lab_check("kick", is_needed == wanted, "notify() %s says %d, not %d", when, is_needed,
		wanted);
	lab_check("kick", kicks == wanted, "%d kicks %s, not %d", kicks, when, wanted);
}

void prove_skips(const char *wait)
{
	struct wg_waiter *w = waiter(wait);
	uint64_t ticket;
	size_t i;

	(void)sleep_for(w, DEADLINE_NS);
	for (i = 0; strcmp(needs[i].wait, wait) != 0; i++)
		;
	check_need(w, needs[i].awake, "while nobody sleeps");
	check_need(w, needs[i].again, "that another one covers");
	ticket = w->ops->arm(w);
	check_need(w, needs[i].armed, "after arm()");
	lab_check("W1", polls(w) || w->ops->sleep(w, ticket, WG_FOREVER) == WG_WOKE_NOTIFIED,
		"it was notified, and sleeps");
	check_need(w, needs[i].notified, "after a sleep that was notified");
	/* What ended that sleep does not end the next. */
	(void)sleep_for(w, DEADLINE_NS);
	check_need(w, needs[i].awake, "after all that");
	w->ops->destroy(w);
	prove_end();
}

/* Notified before arm(), kicked after it: a sleep that goes on, or is said to be spurious. */
static void kick_late(struct wg_waiter *w)
{
	int must_kick = w->ops->notify(w), woke;
	int64_t until_ns = wg_now_ns() + DEADLINE_NS;
	uint64_t ticket = w->ops->arm(w);

	if (must_kick)
		w->ops->kick(w);
	woke = w->ops->sleep(w, ticket, until_ns);
	lab_check("W2", woke == WG_WOKE_TIMEOUT || woke == WG_WOKE_SPURIOUS,
		"the ticket counts the only notify, and the sleep ended by %d", woke);
	lab_check("W5", woke != WG_WOKE_TIMEOUT || wg_now_ns() >= until_ns, "the sleep is early");
}

static void check_notified(struct wg_waiter *w)
{
	uint64_t ticket = w->ops->arm(w);

	(void)wg_notify(w);
	lab_check("W1", polls(w) || w->ops->sleep(w, ticket, WG_FOREVER) == WG_WOKE_NOTIFIED,
		"it was notified, and sleeps");
}

/* The first sleep of all, and one after a sleep that timed out; each time the next notify is
 * noticed. */
void prove_late_kick(const char *wait)
{
	struct wg_waiter *w = waiter(wait);

	kick_late(w);
	check_notified(w);
	(void)sleep_for(w, DEADLINE_NS);
	kick_late(w);
	check_notified(w);
	w->ops->destroy(w);
	prove_end();
}

static void *kick_soon(void *w)
{
	struct timespec ts = wg_timespec(DEADLINE_NS / 2);

	(void)nanosleep(&ts, NULL);
	((struct wg_waiter *)w)->ops->kick(w);
	return NULL;
}

/* The same with a kick in the middle of the sleep: that ends then, or when it should. */
void prove_kick_between(const char *wait)
{
	struct wg_waiter *w = waiter(wait);
	int64_t until_ns = wg_now_ns() + DEADLINE_NS;
	pthread_t thread;
	uint64_t ticket;
	int woke;

	(void)w->ops->notify(w);
	ticket = w->ops->arm(w);
	pthread_create(&thread, NULL, kick_soon, w);
	woke = w->ops->sleep(w, ticket, until_ns);
	lab_check("W2", woke == WG_WOKE_TIMEOUT || woke == WG_WOKE_SPURIOUS,
		"the ticket counts the only notify, and the sleep ended by %d", woke);
	lab_check("W5", woke != WG_WOKE_TIMEOUT || wg_now_ns() == until_ns,
		"the sleep is %d ns late", (int)(wg_now_ns() - until_ns));
	pthread_join(thread, NULL);
	w->ops->destroy(w);
	prove_end();
}

/* A kernel whose io_uring knows no flags does as well; one that knows no deadlines is refused. */
void prove_old_kernel(const char *wait)
{
	struct wg_waiter *w = NULL;

	prove.kernel = OLD;
	w = waiter(wait);
	check_notified(w);
	(void)sleep_for(w, DEADLINE_NS);
	w->ops->destroy(w);
	prove.kernel = OLDER;
	lab_check("refused", wg_wait_find(wait)->create(0, &w) == -ENOSYS, "it was made");
	prove_end();
}

/* A kernel that is short of memory is asked again; any other error is the caller's to know. */
void prove_short_of(const char *wait)
{
	struct wg_waiter *w = waiter(wait);
	int rc;

	prove.uring_error = -EAGAIN;
	(void)sleep_for(w, DEADLINE_NS);
	lab_check("asked", prove.uring_error == 0, "it did not ask the kernel");
	prove.uring_error = -ENXIO;
	rc = w->ops->sleep(w, w->ops->arm(w), wg_now_ns() + DEADLINE_NS);
	lab_check("error", rc == -ENXIO, "the sleep returned %d, not -ENXIO", rc);
	w->ops->destroy(w);
	prove_end();
}

/* A read that the kernel gives up is handed in again. */
void prove_read_fails(const char *wait)
{
	struct wg_waiter *w = waiter(wait);

	prove.read_error = -ECANCELED;
	(void)sleep_for(w, DEADLINE_NS);
	lab_check("asked", prove.read_error == 0, "it did not ask the kernel");
	check_notified(w);
	prove.read_error = -ECANCELED;
	check_notified(w);
	w->ops->destroy(w);
	prove_end();
}

/* Notified is notified, even if the time is over when the sleep begins. */
void prove_past(const char *wait)
{
	struct wg_waiter *w = waiter(wait);
	uint64_t ticket = w->ops->arm(w);

	(void)wg_notify(w);
	lab_check("W1", w->ops->sleep(w, ticket, wg_now_ns()) == WG_WOKE_NOTIFIED,
		"it was notified, and says that the time is over");
	w->ops->destroy(w);
	prove_end();
}

/* ---- the list of strategies ---- */

static void check_entry(const struct wg_wait_ops *ops)
{
	static const char *const spinning[] = { "spin", "hybrid" };
	size_t i;
	int spins = 0;

	lab_check("registry", wg_wait_find(ops->name) == ops, "not found by its name");
	lab_check("registry", ops->does && ops->does[0], "it does not say what it does");
	lab_check("registry", ops->create && ops->destroy && ops->arm && ops->sleep && ops->notify,
		"it lacks a part");
	for (i = 0; i < sizeof(spinning) / sizeof(spinning[0]); i++)
		spins += strcmp(ops->name, spinning[i]) == 0;
	lab_check("registry", spins == !!(ops->caps & WG_CAP_SPINS), "does it spin?");
	lab_check("registry", (strncmp(ops->name, "tick", 4) == 0) == polls_ops(ops),
		"does it poll?");
	lab_check("registry",
		(strcmp(ops->name, "condvar") != 0) == !!(ops->caps & WG_CAP_SIGNAL_SAFE),
		"may a signal handler notify?");
}

void prove_registry(const char *unused)
{
	size_t i, count = sizeof(needs) / sizeof(needs[0]);

	(void)unused;
	for (i = 0; i < count; i++) {
		lab_check("registry", wg_wait_find(needs[i].wait) != NULL, "not found");
		lab_check("registry", wg_wait_at(i) != NULL, "%d are missing", (int)(count - i));
		if (wg_wait_at(i))
			check_entry(wg_wait_at(i));
	}
	lab_check("registry", !wg_wait_at(count) && !wg_wait_at(count + 1), "there are more");
	lab_check("registry", !wg_wait_find("") && !wg_wait_find("zzz"), "what is not there is");
	prove_end();
}

/* ---- other descriptors in the sleep ---- */

static void check_ready(struct wg_waiter *w, bool is_notified, void *cookie)
{
	const struct epoll_event *ev;
	uint64_t ticket = w->ops->arm(w);
	int woke;

	if (is_notified)
		(void)wg_notify(w);
	woke = w->ops->sleep(w, ticket, WG_FOREVER);
	lab_check("ready", woke == (is_notified ? WG_WOKE_NOTIFIED : WG_WOKE_READY),
		"a descriptor is ready, and the sleep ended by %d", woke);
	/* That of the notify may come before it, without a cookie. */
	lab_check("ready",
		w->ops->fds->harvest(w, &ev) >= 1 &&
			(ev[0].data.ptr == cookie || ev[1].data.ptr == cookie),
		"it is not reported");
	lab_check("ready", w->ops->fds->harvest(w, &ev) == 0, "it is reported twice");
}

static void check_nothing(struct wg_waiter *w, const char *when)
{
	const struct epoll_event *ev;

	(void)sleep_for(w, DEADLINE_NS);
	lab_check("ready", w->ops->fds->harvest(w, &ev) == 0, "reported %s", when);
}

/* A descriptor is reported once each time that it becomes ready, whoever notifies meanwhile; and
 * no more after a sleep that timed out. */
void prove_ready(const char *wait)
{
	struct wg_waiter *w = waiter(wait);
	const struct wg_wait_fds *fds = w->ops->fds;
	int fd = eventfd(1, EFD_CLOEXEC);

	lab_check("ready", fds->watch(w, fd, EPOLLIN, false, &fd) == 0, "it cannot be watched");
	check_ready(w, false, &fd);
	check_nothing(w, "twice");
	(void)eventfd_write(fd, 1);
	check_ready(w, true, &fd);
	(void)eventfd_write(fd, 1);
	lab_check("ready", fds->watch(w, fd, 0, true, &fd) == 0, "it cannot be changed");
	check_nothing(w, "though nobody asks for it");
	fds->unwatch(w, fd);
	lab_check("ready", fds->watch(w, fd, EPOLLIN, false, &fd) == 0, "it is still watched");
	check_ready(w, false, &fd);
	w->ops->destroy(w);
	(void)close(fd);
	prove_end();
}

/* ---- ticks ---- */

static int64_t give(struct wg_op *op, void *arg)
{
	(void)op;
	(void)arg;
	return 0;
}

/* The tick that was asked for; with `tick`, at most 50 ms, and five times as long for sockets. */
void prove_ticks(const char *wait)
{
	static const struct {
		int asked_ms, fixed_ms, files_ms, sockets_ms;
	} cases[] = {
		{ 0, 10, 10, 50 },
		{ 1, 1, 1, 5 },
		{ 8, 8, 8, 40 },
		{ 20, 20, 20, 50 },
		{ 60, 60, 50, 50 },
		{ 90000, 90000, 50, 50 },
	};
	const struct wg_wait_ops *ops = wg_wait_find(wait);
	struct wg_waiter *w = NULL;
	size_t i;

	lab_check("tick", ops->create(-1, &w) == -EINVAL && !w, "a tick that is negative");
	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		int64_t files_ms = ops->plan ? cases[i].files_ms : cases[i].fixed_ms;

		lab_check("made", ops->create(cases[i].asked_ms * WG_NS_PER_MS, &w) == 0,
			"no waiter");
		lab_check("tick", w->tick_ns == files_ms * WG_NS_PER_MS, "a tick of %d ns",
			(int)w->tick_ns);
		if (ops->plan) {
			ops->plan(w, true);
			lab_check("tick", w->tick_ns == cases[i].sockets_ms * WG_NS_PER_MS,
				"a tick of %d ns for sockets", (int)w->tick_ns);
			ops->plan(w, false);
			lab_check("tick", w->tick_ns == files_ms * WG_NS_PER_MS,
				"a tick of %d ns for files", (int)w->tick_ns);
		}
		ops->destroy(w);
	}
	prove_end();
}

/* A chain of operations: each costs a whole tick. On a fixed grid at most that, and always ends on
 * the grid. */
void prove_chain(const char *wait)
{
	struct wg_loop *loop = prove_loop(wait, 1, NULL);
	bool is_fixed = strcmp(wait, "ticker") == 0;
	int64_t begin_ns = wg_now_ns(), ticks;
	struct wg_op op;
	int i;

	for (i = 1; i <= 2; i++) {
		wg_op_work(&op, give, NULL);
		(void)wg_loop_submit(loop, &op);
		prove_result(loop, &op, 0);
		ticks = (wg_now_ns() - begin_ns) / WG_TICK_DEFAULT_NS;
		lab_check("tick", is_fixed ? ticks <= i : ticks == i,
			"operation %d is there after %d ticks", i, (int)ticks);
		lab_check(
			"tick", (wg_now_ns() - begin_ns) % WG_TICK_DEFAULT_NS == 0, "off the grid");
	}
	wg_loop_destroy(loop);
	prove_end();
}
