/*
 * planted_run.c: see planted_run.h.
 */
#include "tests/traces/planted_run.h"

#include <poll.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "traces/read/read.h"
#include "traces/read/tail.h"

static void count_wake(struct planted_tally *t, const struct wg_event *ev)
{
	t->open--;
	t->notified += ev->thread_wake.reason == WG_REASON_NOTIFIED;
	t->timed_out += ev->thread_wake.reason == WG_REASON_TIMEOUT;
	t->other += ev->thread_wake.reason != WG_REASON_NOTIFIED &&
		    ev->thread_wake.reason != WG_REASON_TIMEOUT;
	t->ready += ev->thread_wake.reason == WG_REASON_READY;
	t->exact += ev->thread_wake.certainty == WG_CERTAINTY_EXACT &&
		    strcmp(ev->thread_wake.by_call, "") != 0 && ev->thread_wake.by_tid != ev->tid &&
		    ev->thread_wake.waking_ns <= ev->ts_ns;
}

static void count(struct planted_tally *t, const struct wg_event *ev)
{
	switch (ev->record) {
	case WG_RECORD_WAIT:
		t->waits++;
		t->open++;
		t->how[ev->thread_wait.how]++;
		t->has_site |= ev->thread_wait.site != 0;
		return;
	case WG_RECORD_WAKE: count_wake(t, ev); return;
	default: return;
	}
}

/* What the records so far say of objects and sites. */
struct known {
	uint8_t kind[4096];
	bool is_site[4096], is_notifier[4096];
};

static void count_notify(struct planted_tally *t, const struct known *k, const struct wg_event *ev)
{
	uint32_t site = ev->thread_notify.site;

	t->placed += site > 0 && site < 4096 && k->is_notifier[site];
	t->notifies++;
	t->woke += ev->thread_notify.woke == 1;
	t->woke_nobody += ev->thread_notify.woke == 0;
	t->unclear += ev->thread_notify.woke != 1 && ev->thread_notify.woke != 0;
}

static void learn(struct known *k, const struct wg_event *ev, const char *site)
{
	if (ev->record == WG_RECORD_OBJECT && ev->op < 4096)
		k->kind[ev->op] = (uint8_t)ev->object.kind;
	if (ev->record == WG_RECORD_SITE && ev->site.id < 4096)
		k->is_site[ev->site.id] = site && strcmp(ev->site.symbol, site) == 0 &&
					  strcmp(ev->site.module, "planted") == 0;
	if (ev->record == WG_RECORD_SITE && ev->site.id < 4096)
		k->is_notifier[ev->site.id] = strncmp(ev->site.symbol, "notif", 5) == 0;
}

static void add(
	struct planted_tally *t, const struct known *k, const struct wg_event *ev, const char *name)
{
	bool is_notifier = strncmp(ev->procname, "n-", 2) == 0;

	if (strcmp(ev->procname + (is_notifier ? 2 : 0), name) != 0)
		return;
	if (ev->record == WG_RECORD_NOTIFY && is_notifier)
		count_notify(t, k, ev);
	else if (!is_notifier)
		count(t, ev);
	if (ev->record == WG_RECORD_WAKE && ev->op && ev->op < 4096)
		t->has_object[k->kind[ev->op]] = true;
	if (ev->record == WG_RECORD_WAIT && ev->thread_wait.site < 4096)
		t->has_symbol |= k->is_site[ev->thread_wait.site];
}

struct planted_tally planted_count(
	const struct wg_event *events, size_t count, const char *name, const char *site)
{
	static struct known known;
	struct planted_tally t = { 0 };
	size_t i;

	memset(&known, 0, sizeof(known));
	for (i = 0; i < count; i++) {
		learn(&known, &events[i], site);
		add(&t, &known, &events[i], name);
	}
	return t;
}

struct planted_tally planted_look(const char *dir, const char *name, const char *site)
{
	static struct known known;
	struct planted_tally t = { 0 };
	struct wg_reader *r = NULL;
	struct wg_error err = { 0, "" };
	struct wg_event ev;
	int rc = wg_reader_open(dir, &r, &err);

	CU_ASSERT(rc == 0);
	memset(&known, 0, sizeof(known));
	while (rc == 0 && wg_reader_next(r, &ev, &err) > 0) {
		learn(&known, &ev, site);
		if (ev.procname)
			add(&t, &known, &ev, name);
	}
	wg_reader_close(r);
	return t;
}

void planted_check(const struct planted_tally *t, const struct plan *plan)
{
	/* What io_uring waits for is not seen, so not by whom it was woken; and its own timers are
	 * operations like others. */
	bool is_uring = plan->how == WG_IN_URING;
	unsigned timed_out = strcmp(plan->name, "uring-timer") == 0 ? 0 : plan->timed_out;
	unsigned all = plan->notified + plan->timed_out + plan->early;
	unsigned notified = is_uring ? 0 : plan->notified;
	bool is_right = t->waits == all && t->how[plan->how] == all && t->notified == notified &&
			t->exact == notified && t->timed_out == timed_out &&
			t->ready == all - notified - timed_out && t->other == t->ready &&
			t->open == 0 && t->notifies == plan->notified + plan->nobody &&
			t->placed == t->notifies && t->has_site &&
			(is_uring || t->has_object[plan->object]);

	if (is_uring) /* somebody may have waited there */
		is_right &= t->unclear == t->notifies;
	else
		is_right &= t->woke == plan->notified && t->woke_nobody == plan->nobody &&
			    t->unclear == 0;
	CU_ASSERT(is_right);
	if (!is_right)
		planted_print(plan->name, t);
}

void planted_print(const char *name, const struct planted_tally *t)
{
	printf("# %s: %u waits, %u notified, %u exact, %u timed out, %u other, %u of them ready, "
	       "%u open; %u notifies, %u placed, %u woke one, %u nobody, %u unclear\n",
		name, t->waits, t->notified, t->exact, t->timed_out, t->other, t->ready, t->open,
		t->notifies, t->placed, t->woke, t->woke_nobody, t->unclear);
}

/*
 * The time of the program: that of its last line, when nothing before is still to come. So who
 * woke whom is known at each look, however long the machine lets a thread wait. The reader's
 * thread alone reads the pipe and writes these, until the reader has ended.
 */
static struct {
	int fd;
	char said[4096];
	size_t len;
	int64_t now_ns;
} progress;

static int64_t progress_ns(void)
{
	struct pollfd out = { .fd = progress.fd, .events = POLLIN };
	size_t room = sizeof(progress.said) - 1 - progress.len;
	char *end, *line;
	long long ns;

	if (room && poll(&out, 1, 0) == 1) {
		ssize_t n = read(progress.fd, progress.said + progress.len, room);

		progress.len += n > 0 ? (size_t)n : 0;
	}
	progress.said[progress.len] = '\0';
	end = strrchr(progress.said, '\n');
	for (line = end; line && line > progress.said && line[-1] != '\n'; line--)
		;
	if (line && sscanf(line, "%*s %*d %*d %lld", &ns) == 1)
		progress.now_ns = ns + WG__TAIL_LAG_NS;
	return progress.now_ns;
}

void planted_follow(int fd)
{
	memset(&progress, 0, sizeof(progress));
	progress.fd = fd;
	wg__tail_set_clock(fd < 0 ? NULL : progress_ns);
}

const char *planted_said(void)
{
	(void)progress_ns();
	return progress.said;
}
