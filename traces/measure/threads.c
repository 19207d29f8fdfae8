/*
 * threads.c: see threads.h. Records are counted here; threads_end.c has the end, and
 * thread_findings.c the sentences.
 */
#include "traces/measure/threads.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "traces/measure/threads_impl.h"

#define SPIN_MIN 10

static const char *const class_names[] = {
	[WG_CLASS_NOTIFIED] = "notified",
	[WG_CLASS_INPUT] = "input",
	[WG_CLASS_IDLE_WORKER] = "idle_worker",
	[WG_CLASS_TIMER_ACTED] = "timer_acted",
	[WG_CLASS_TIMER_EMPTY] = "timer_empty",
	[WG_CLASS_TIMER] = "timer",
	[WG_CLASS_LATE] = "late",
	[WG_CLASS_ZERO_POLL] = "zero_poll",
	[WG_CLASS_SPIN] = "spin",
	[WG_CLASS_LOCK] = "lock",
	[WG_CLASS_INTERRUPTED] = "interrupted",
	[WG_CLASS_UNKNOWN] = "unknown",
};
_Static_assert(sizeof(class_names) / sizeof(class_names[0]) == WG_CLASS_COUNT, "a name for each");

const char *wg_wake_class_name(enum wg_wake_class class)
{
	return class < WG_CLASS_COUNT ? class_names[class] : "?";
}

/* --- who and where --- */

static int find_thread(struct wg_threads *t, const struct wg_event *ev, struct wg__thread **ret)
{
	size_t i = wg__map_get(&t->by_tid, ev->space, wg__thread_key(ev->pid, ev->tid));
	struct wg__thread *made;
	const char *name = ev->procname ? ev->procname : "";

	if (i == WG__MAP_NONE) {
		if (wg__grow(&t->v, &t->cap, t->count, sizeof(*t->v)) < 0 ||
			!(made = calloc(1, sizeof(*made))))
			return -ENOMEM;
		if (wg__map_put(&t->by_tid, ev->space, wg__thread_key(ev->pid, ev->tid), t->count) <
			0) {
			free(made);
			return -ENOMEM;
		}
		made->number = t->count;
		made->stats.space = ev->space;
		made->stats.pid = ev->pid;
		made->stats.tid = ev->tid;
		made->stats.name = "";
		made->stats.first_ns = made->stats.last_ns = ev->ts_ns;
		made->herd = WG__MAP_NONE;
		i = t->count++;
		t->v[i] = made;
	}
	*ret = t->v[i];
	if (ev->ts_ns > (*ret)->stats.last_ns)
		(*ret)->stats.last_ns = ev->ts_ns;
	if (strcmp((*ret)->stats.name, name) == 0 || !*name)
		return 0;
	(*ret)->stats.name = wg__names_intern(t->names, name);
	return (*ret)->stats.name ? 0 : -ENOMEM;
}

static int find_group(
	struct wg__thread *thread, const struct wg_event *ev, struct wg_wait_group **ret)
{
	struct wg_thread_stats *s = &thread->stats;
	struct wg_wait_group *g;
	size_t i;

	for (i = 0; i < s->group_count; i++) {
		g = s->group[i];
		if ((g->how == ev->thread_wait.how && g->object == ev->op &&
			    g->site == ev->thread_wait.site) ||
			i == WG__GROUPS_MAX - 1) {
			*ret = g;
			return 0;
		}
	}
	if (wg__grow(&s->group, &thread->group_cap, s->group_count, sizeof(*s->group)) < 0 ||
		!(g = calloc(1, sizeof(*g))))
		return -ENOMEM;
	g->number = (uint32_t)s->group_count;
	s->group[s->group_count++] = *ret = g;
	g->how = ev->thread_wait.how;
	g->object = ev->op;
	g->site = ev->thread_wait.site;
	g->first_ns = ev->ts_ns;
	g->cpu_ns = g->period_ns = WG_NOT_OBSERVABLE;
	g->stride = 1;
	return 0;
}

/* *ret WG__MAP_NONE: there are too many, or it has no number. */
static int find_object(struct wg_threads *t, const struct wg_event *ev, size_t *ret)
{
	uint64_t id = ev->op;

	*ret = id ? wg__map_get(&t->by_object, ev->space, id) : WG__MAP_NONE;
	if (*ret != WG__MAP_NONE || id == 0 || t->object_count >= WG__OBJECTS_MAX)
		return 0;
	if (wg__grow(&t->object, &t->object_cap, t->object_count, sizeof(*t->object)) < 0 ||
		wg__map_put(&t->by_object, ev->space, id, t->object_count) < 0)
		return -ENOMEM;
	t->object[t->object_count] = (struct wg_thread_object){ .id = id,
		.space = ev->space,
		.fd = -1,
		.notified_ns = INT64_MIN,
		.waking_ns = INT64_MIN };
	*ret = t->object_count++;
	return 0;
}

/* --- classes --- */

static void count_class(struct wg__thread *thread, enum wg_wake_class class, int64_t by)
{
	thread->stats.class[class] += (uint64_t)by;
	thread->woke->class[class] += (uint64_t)by;
}

/* T4: the tenth tells what the nine before it were. */
static uint64_t settle_spin(struct wg__thread *thread, enum wg_did did)
{
	uint64_t spins;

	bool is_one = thread->may_spin && (did == WG_DID_NOTHING || did == WG_DID_LOOKED);

	thread->run = is_one ? (thread->run_group == thread->woke ? thread->run : 0) + 1 : 0;
	thread->run_group = thread->woke;
	if (thread->run < SPIN_MIN)
		return 0;
	spins = thread->run == SPIN_MIN ? SPIN_MIN : 1;
	count_class(thread, WG_CLASS_INPUT, -(int64_t)spins);
	count_class(thread, WG_CLASS_SPIN, (int64_t)spins);
	return spins;
}

/* What followed the last wake is known now. */
static void settle(struct wg_threads *t, struct wg__thread *thread, enum wg_did did, int64_t calls,
	int64_t cpu_ns)
{
	struct wg_wait_group *g = thread->woke;

	if (!g)
		return;
	if (cpu_ns >= 0)
		g->cpu_ns = g->cpu_ns < 0 ? cpu_ns : g->cpu_ns + cpu_ns;
	if (thread->class == WG_CLASS_TIMER && did != WG_DID_UNKNOWN) {
		g->settled_timers++;
		count_class(thread, WG_CLASS_TIMER, -1);
		thread->class = did == WG_DID_ACTED ? WG_CLASS_TIMER_ACTED : WG_CLASS_TIMER_EMPTY;
		count_class(thread, thread->class, 1);
		if (thread->class == WG_CLASS_TIMER_EMPTY) {
			g->looked += did != WG_DID_NOTHING;
			g->calls += calls > 0 ? (uint64_t)calls : 0;
		}
	}
	if (thread->herd != WG__MAP_NONE && did == WG_DID_ACTED)
		t->object[thread->herd].acted++;
	t->step.has_settled = true;
	t->step.spins = settle_spin(thread, did);
	thread->woke = NULL;
}

static enum wg_wake_class class_of(const struct wg_threads *t, const struct wg__thread *thread,
	const struct wg_event *ev, size_t object)
{
	const struct wg_thread_object *o = object == WG__MAP_NONE ? NULL : &t->object[object];
	bool is_notified = ev->thread_wake.reason == WG_REASON_NOTIFIED ||
			   ev->thread_wake.certainty != WG_CERTAINTY_NONE;

	if (ev->thread_wake.reason == WG_REASON_INTERRUPTED)
		return WG_CLASS_INTERRUPTED;
	if (thread->how == WG_IN_LOCK)
		return WG_CLASS_LOCK;
	if (ev->thread_wake.reason == WG_REASON_TIMEOUT) {
		if (thread->timeout_ns == 0 && thread->how != WG_IN_SLEEP)
			return WG_CLASS_ZERO_POLL;
		if (o && o->notified_ns > thread->wait_ns && o->notified_ns <= ev->ts_ns)
			return WG_CLASS_LATE;
		return WG_CLASS_TIMER;
	}
	if (!is_notified)
		return ev->thread_wake.reason == WG_REASON_UNKNOWN ? WG_CLASS_UNKNOWN
								   : WG_CLASS_INPUT;
	return thread->timeout_ns == WG_FOR_EVER ? WG_CLASS_IDLE_WORKER : WG_CLASS_NOTIFIED;
}

/* --- periods --- */

/* Every stride-th interval is kept: when all places are full, every other one goes. */
static void sample(struct wg_wait_group *g, int64_t ns)
{
	uint32_t i;

	if (g->skipped++ % g->stride)
		return;
	if (g->sample_count == WG_SAMPLES_MAX) {
		for (i = 0; i < WG_SAMPLES_MAX / 2; i++)
			g->sample[i] = g->sample[2 * (size_t)i];
		g->sample_count = WG_SAMPLES_MAX / 2;
		g->stride *= 2;
	}
	g->sample[g->sample_count++] = ns;
}

/* What is left of a deadline differs a little each time. */
static bool is_one_timeout(int64_t a, int64_t b)
{
	int64_t least = a < b ? a : b, most = a < b ? b : a;

	return a == b || (least > 0 && most - least <= most / 50);
}

static void note_asked(struct wg_wait_group *g, int64_t ns)
{
	size_t i = 0;

	if (g->may_be_rest && g->waits == 2 && g->asked[0].ns > 0 && ns > g->asked[0].ns)
		g->asked[0].ns = ns;
	while (i < WG_ASKED_MAX - 1 && g->asked[i].count && !is_one_timeout(g->asked[i].ns, ns))
		i++;
	/* No place: the last one's is free when others are more common. */
	if (g->asked[i].count && !is_one_timeout(g->asked[i].ns, ns)) {
		g->asked[i].count--;
		return;
	}
	if (g->asked[i].count++ == 0)
		g->asked[i].ns = ns;
	for (; i > 0 && g->asked[i].count > g->asked[i - 1].count; i--) {
		struct wg_asked other = g->asked[i - 1];

		g->asked[i - 1] = g->asked[i];
		g->asked[i] = other;
	}
}

/* --- records --- */

static int on_wait(struct wg_threads *t, struct wg__thread *thread, const struct wg_event *ev)
{
	struct wg_wait_group *g;

	settle(t, thread, ev->thread_wait.did, ev->thread_wait.calls, ev->thread_wait.cpu_ns);
	if (find_group(thread, ev, &g) < 0)
		return -ENOMEM;
	thread->waiting = g;
	thread->wait_ns = ev->ts_ns;
	thread->timeout_ns = ev->thread_wait.timeout_ns;
	thread->how = ev->thread_wait.how;
	thread->stats.waits++;
	if (thread->how < WG_IN_COUNT)
		thread->stats.by_how[thread->how].waits++;
	g->waits++;
	/* It was asleep before its first record: it used no processor. A poll has no deadline. */
	g->may_be_rest |= thread->stats.waits == 1 && ev->thread_wait.cpu_ns == 0 &&
			  thread->how != WG_IN_EPOLL && thread->how != WG_IN_POLL &&
			  thread->how != WG_IN_SELECT;
	note_asked(g, thread->timeout_ns);
	return 0;
}

static int note_herd(
	struct wg_threads *t, struct wg__thread *thread, const struct wg_event *ev, size_t object)
{
	struct wg_thread_object *o;

	thread->herd = WG__MAP_NONE;
	if (object == WG__MAP_NONE || ev->thread_wake.waking_ns < 0 || !ev->thread_wake.by_tid)
		return 0;
	o = &t->object[object];
	if (o->waking_ns != ev->thread_wake.waking_ns || o->by_tid != ev->thread_wake.by_tid) {
		o->herd_acted += o->woken > 1 ? o->acted : 0;
		o->waking_ns = ev->thread_wake.waking_ns;
		o->by_tid = ev->thread_wake.by_tid;
		o->woken = o->acted = 0;
	}
	o->woken++;
	if (o->woken == 2) {
		o->herds++;
		o->herd_pid = ev->pid;
		o->herd_tid = ev->tid;
		o->herd_ns = thread->wait_ns;
	}
	o->herd_woken += o->woken == 2 ? 2 : o->woken > 2;
	thread->herd = object;
	return 0;
}

/* T8: since when it slept in spite of a notify, or -1. */
static int64_t gap_of(const struct wg_threads *t, const struct wg__thread *thread,
	const struct wg_event *ev, size_t object)
{
	int64_t begin = -1;

	if (thread->class == WG_CLASS_LATE)
		begin = t->object[object].notified_ns;
	else if (thread->class == WG_CLASS_NOTIFIED &&
		 ev->thread_wake.certainty != WG_CERTAINTY_NONE)
		begin = ev->thread_wake.waking_ns;
	if (begin < 0 || begin > ev->ts_ns)
		return -1;
	return begin > thread->wait_ns ? begin : thread->wait_ns;
}

static int count_wake(
	struct wg_threads *t, struct wg__thread *thread, const struct wg_event *ev, size_t object)
{
	struct wg_thread_stats *s = &thread->stats;
	struct wg_wait_group *g = thread->waiting;
	bool is_timeout = ev->thread_wake.reason == WG_REASON_TIMEOUT;

	thread->woke = g;
	thread->waiting = NULL;
	thread->class = class_of(t, thread, ev, object);
	thread->may_spin = ev->thread_wake.reason == WG_REASON_READY &&
			   thread->class == WG_CLASS_INPUT &&
			   (thread->how == WG_IN_EPOLL || thread->how == WG_IN_POLL ||
				   thread->how == WG_IN_SELECT);
	count_class(thread, thread->class, 1);
	s->wakes++;
	g->wakes++;
	s->asleep_ns += ev->ts_ns - thread->wait_ns;
	if (ev->thread_wake.reason < WG_REASON_COUNT)
		s->reasons[ev->thread_wake.reason]++;
	t->step.has_woken = true;
	t->step.gap_begin_ns = gap_of(t, thread, ev, object);
	if (t->step.gap_begin_ns >= 0)
		s->wasted_ns += ev->ts_ns - t->step.gap_begin_ns;
	if (thread->how < WG_IN_COUNT) {
		s->by_how[thread->how].timeout += is_timeout;
		s->by_how[thread->how].notified +=
			thread->class == WG_CLASS_NOTIFIED || thread->class == WG_CLASS_IDLE_WORKER;
	}
	if (ev->thread_wake.certainty < WG_CERTAINTY_COUNT && !is_timeout)
		s->certainty[ev->thread_wake.certainty]++;
	if (is_timeout && thread->timeout_ns > 0) {
		g->asked_sum_ns += thread->timeout_ns / 1000; /* us: a sum of many fits */
		g->asked_count++;
	}
	if (g->wakes > 1)
		sample(g, ev->ts_ns - g->last_wake_ns);
	g->last_wake_ns = ev->ts_ns;
	if (ev->thread_wake.certainty == WG_CERTAINTY_NONE || ev->thread_wake.waking_ns < 0)
		return 0;
	if (!s->notify_to_wake.hist && wg_dist_bound(&s->notify_to_wake) < 0)
		return -ENOMEM;
	/* Woken before it slept: it did not have to. */
	return wg_dist_add(&s->notify_to_wake,
		ev->ts_ns - (ev->thread_wake.waking_ns > thread->wait_ns ? ev->thread_wake.waking_ns
									 : thread->wait_ns));
}

static int on_wake(struct wg_threads *t, struct wg__thread *thread, const struct wg_event *ev)
{
	size_t object;
	int rc = find_object(t, ev, &object);

	if (rc < 0 || !thread->waiting) /* its wait was not seen */
		return rc;
	rc = note_herd(t, thread, ev, object);
	return rc < 0 ? rc : count_wake(t, thread, ev, object);
}

static int on_notify(struct wg_threads *t, struct wg__thread *thread, const struct wg_event *ev)
{
	size_t object;
	int rc = find_object(t, ev, &object);

	thread->stats.notifies++;
	thread->stats.notified_nobody += ev->thread_notify.woke == 0;
	/* One that is known to have woken so many woke those; T2 is about one that nobody saw. */
	if (rc == 0 && object != WG__MAP_NONE && ev->thread_notify.woke == WG_NOT_OBSERVABLE)
		t->object[object].notified_ns = ev->ts_ns;
	return rc;
}

static int on_object(struct wg_threads *t, const struct wg_event *ev)
{
	size_t object;
	int rc = find_object(t, ev, &object);

	if (rc == 0 && object != WG__MAP_NONE) {
		t->object[object].kind = ev->object.kind;
		t->object[object].fd = ev->object.fd;
	}
	return rc;
}

static int on_site(struct wg_threads *t, const struct wg_event *ev)
{
	struct wg_thread_site site = { wg__names_intern(t->names, ev->site.module),
		wg__names_intern(t->names, ev->site.symbol), ev->site.offset, ev->space,
		ev->site.id };

	if (!site.module || !site.symbol ||
		wg__grow(&t->site, &t->site_cap, t->site_count, sizeof(*t->site)) < 0 ||
		wg__map_put(&t->by_site, ev->space, ev->site.id, t->site_count) < 0)
		return -ENOMEM;
	t->site[t->site_count++] = site;
	return 0;
}

int wg_threads_feed(struct wg_threads *t, const struct wg_event *ev)
{
	struct wg__thread *thread;

	if (ev->record == WG_RECORD_NONE)
		return 0;
	t->step = (struct wg__thread_step){ .gap_begin_ns = -1 };
	if (ev->record == WG_RECORD_OBJECT)
		return on_object(t, ev);
	if (ev->record == WG_RECORD_SITE)
		return on_site(t, ev);
	if (!t->has_any || ev->ts_ns < t->first_ns)
		t->first_ns = ev->ts_ns;
	if (!t->has_any || ev->ts_ns > t->last_ns)
		t->last_ns = ev->ts_ns;
	t->has_any = true;
	if (find_thread(t, ev, &thread) < 0)
		return -ENOMEM;
	t->step.thread = thread;
	switch (ev->record) {
	case WG_RECORD_WAIT: return on_wait(t, thread, ev);
	case WG_RECORD_WAKE: return on_wake(t, thread, ev);
	case WG_RECORD_NOTIFY: return on_notify(t, thread, ev);
	default: return 0;
	}
}
