/*
 * perf_line.c: see perf_line.h.
 */
#include "traces/import/perf_line.h"

#define TID_MAX (INT64_C(1) << 22) /* the kernel's own limit */

static bool is_digit(char c)
{
	return c >= '0' && c <= '9';
}

/* The last word of s, taken off with the blanks before it. */
static struct wg__span take_last(struct wg__span *s)
{
	struct wg__span word = *s;

	while (word.p < s->end && word.end[-1] == ' ')
		word.end--;
	s->end = word.end;
	while (s->end > s->p && s->end[-1] != ' ')
		s->end--;
	word.p = s->end;
	while (s->end > s->p && s->end[-1] == ' ')
		s->end--;
	return word;
}

static const char *find_last(struct wg__span s, const char *text)
{
	const char *found = NULL, *at;

	while ((at = wg__span_find(s, text))) {
		found = at;
		s.p = at + 1;
	}
	return found;
}

static bool whole_number(struct wg__span s, int64_t *ret)
{
	return wg__span_number(&s, ret) && s.p == s.end;
}

static bool take_tid(struct wg__span s, uint32_t *ret)
{
	int64_t tid;

	if (wg__span_is(s, "-1")) {
		*ret = WG__PERF_NO_TID;
		return true;
	}
	if (!whole_number(s, &tid) || tid >= TID_MAX)
		return false;
	*ret = (uint32_t)tid;
	return true;
}

/* "36646.067254" in front of a colon: where it begins, or NULL. */
static const char *time_before(const char *begin, const char *colon)
{
	const char *p = colon;

	while (p > begin && is_digit(p[-1]))
		p--;
	if (p == colon || p == begin || p[-1] != '.')
		return NULL;
	for (colon = --p; p > begin && is_digit(p[-1]);)
		p--;
	return p < colon && (p == begin || p[-1] == ' ') ? p : NULL;
}

/* ftrace's "d.h2.": interrupts off, must resched, in an interrupt, preemption, migration. */
static bool is_flags(struct wg__span s)
{
	size_t len = wg__span_len(s), i;

	if (len < 4 || len > 6)
		return false;
	for (i = 0; i < len; i++) {
		if (!s.p[i] || !strchr(".dDbBnNpPlLhHsSzZiIX#0123456789abcdef", s.p[i]))
			return false;
	}
	return true;
}

/* "(4700)", "( 4700)", "(-----)" off the end. */
static bool take_group(struct wg__span *s, uint32_t *ret)
{
	struct wg__span inside;
	const char *open;
	int64_t pid;

	if (wg__span_len(*s) < 3 || s->end[-1] != ')' ||
		!(open = memrchr(s->p, '(', wg__span_len(*s))))
		return false;
	inside = wg__span_trim((struct wg__span){ open + 1, s->end - 1 });
	if (whole_number(inside, &pid) && pid < TID_MAX)
		*ret = (uint32_t)pid;
	else if (!wg__span_begins(inside, "---"))
		return false;
	*s = wg__span_trim((struct wg__span){ s->p, open });
	return true;
}

/* "comm 4712", "comm 4711/4712", "comm-4712". */
static bool take_who(struct wg__span s, struct wg__perf_line *ret)
{
	struct wg__span rest = s, word = take_last(&rest), before;
	const char *sign = memrchr(word.p, '/', wg__span_len(word));

	if (take_tid(word, &ret->tid)) {
		ret->comm = rest;
		return true;
	}
	before = (struct wg__span){ word.p, sign };
	if (sign && take_tid((struct wg__span){ sign + 1, word.end }, &ret->tid) &&
		take_tid(before, &ret->pid)) {
		ret->comm = rest;
		if (ret->pid == WG__PERF_NO_TID)
			ret->pid = 0;
		return true;
	}
	(void)take_group(&s, &ret->pid);
	sign = wg__span_len(s) ? memrchr(s.p, '-', wg__span_len(s)) : NULL;
	if (!sign || !take_tid((struct wg__span){ sign + 1, s.end }, &ret->tid))
		return false;
	ret->comm = (struct wg__span){ s.p, sign };
	return true;
}

static bool take_prefix(struct wg__span s, struct wg__perf_line *ret)
{
	struct wg__span rest = s, word = take_last(&rest), before = rest, cpu = take_last(&before);

	if (is_flags(word) && wg__span_len(cpu) > 2 && cpu.end[-1] == ']') {
		/* The third one; in older kernels too. */
		ret->context = word.p[2] && strchr("hHsSzZ", word.p[2]) ? WG__CONTEXT_INTERRUPT
									: WG__CONTEXT_OWN;
		s = rest;
		rest = before;
		word = cpu;
	}
	if (wg__span_len(word) > 2 && *word.p == '[' && word.end[-1] == ']')
		s = rest;
	return take_who(s, ret);
}

static enum wg__perf_event event_of(struct wg__span name)
{
	(void)(wg__span_take(&name, "sched:") || wg__span_take(&name, "raw_syscalls:"));
	if (wg__span_is(name, "sched_switch"))
		return WG__PERF_SWITCH;
	if (wg__span_is(name, "sched_waking"))
		return WG__PERF_WAKING;
	if (wg__span_is(name, "sys_enter"))
		return WG__PERF_ENTER;
	if (wg__span_is(name, "sys_exit"))
		return WG__PERF_EXIT;
	return wg__span_begins(name, "PERF_RECORD_LOST") ? WG__PERF_LOST : WG__PERF_OTHER;
}

/* "sched:sched_waking: ..."; perf may put a count in front of it. */
static bool take_event(struct wg__span s, struct wg__perf_line *ret)
{
	struct wg__span rest = s, name;
	int64_t count;

	if (wg__span_number(&rest, &count) && rest.p < rest.end && *rest.p == ' ') {
		wg__span_skip_blanks(&rest);
		s = rest;
	}
	for (name = (struct wg__span){ s.p, s.p }; name.end < s.end && *name.end != ' ';)
		name.end++;
	ret->args = wg__span_trim((struct wg__span){ name.end, s.end });
	if (name.end > name.p && name.end[-1] == ':')
		name.end--;
	else if (!wg__span_begins(name, "PERF_RECORD_"))
		return false;
	ret->event = event_of(name);
	return name.end > name.p;
}

bool wg__perf_split(struct wg__span line, struct wg__perf_line *ret)
{
	struct wg__span rest = line, event, number;
	const char *begin, *colon;

	/* A comm may look like a time: the first one with a thread before it and an event behind
	 * it.
	 */
	while ((colon = wg__span_len(rest) ? memchr(rest.p, ':', wg__span_len(rest)) : NULL)) {
		rest.p = colon + 1;
		if (rest.p == rest.end || *rest.p != ' ' || !(begin = time_before(line.p, colon)))
			continue;
		*ret = (struct wg__perf_line){ .context = WG__CONTEXT_UNKNOWN };
		number = (struct wg__span){ begin, colon };
		event = rest;
		wg__span_skip_blanks(&event);
		if (wg__span_seconds(&number, &ret->time_ns) &&
			take_prefix(wg__span_trim((struct wg__span){ line.p, begin }), ret) &&
			take_event(event, ret))
			return true;
	}
	return false;
}

/* "comm:4711 [120] S" or, of the next one, "comm:4711 [120]". */
static bool short_task(
	struct wg__span s, uint32_t *ret_tid, struct wg__span *ret_comm, struct wg__span *ret_rest)
{
	const char *open = find_last(s, " ["), *colon;

	if (!open)
		return false;
	*ret_rest = (struct wg__span){ open + 2, s.end };
	colon = memrchr(s.p, ':', (size_t)(open - s.p));
	if (!colon || !take_tid((struct wg__span){ colon + 1, open }, ret_tid))
		return false;
	*ret_comm = (struct wg__span){ s.p, colon };
	return true;
}

/* "KEYcomm=demo KEYpid=4711 KEYprio=...": the pid behind the last mark, as a comm may hold one. */
static bool long_task(struct wg__span s, const char *comm, const char *pid, uint32_t *ret_tid,
	struct wg__span *ret_comm, struct wg__span *ret_rest)
{
	const char *at = find_last(s, pid), *blank;

	if (!at || !wg__span_take(&s, comm) || at < s.p)
		return false;
	*ret_comm = (struct wg__span){ s.p, at };
	s.p = at + strlen(pid);
	blank = wg__span_len(s) ? memchr(s.p, ' ', wg__span_len(s)) : NULL;
	*ret_rest = (struct wg__span){ blank ? blank : s.end, s.end };
	return take_tid((struct wg__span){ s.p, ret_rest->p }, ret_tid);
}

bool wg__perf_switch(struct wg__span args, struct wg__perf_switch *ret)
{
	struct wg__span prev, next, rest;
	const char *arrow = find_last(args, " ==> "), *state;

	if (!arrow)
		return false;
	prev = (struct wg__span){ args.p, arrow };
	next = (struct wg__span){ arrow + 5, args.end };
	if (wg__span_begins(prev, "prev_comm=")) {
		if (!long_task(
			    prev, "prev_comm=", " prev_pid=", &ret->prev, &ret->prev_comm, &rest) ||
			!(state = wg__span_find(rest, "prev_state=")))
			return false;
		state += strlen("prev_state=");
	} else {
		if (!short_task(prev, &ret->prev, &ret->prev_comm, &rest) ||
			!(state = wg__span_find(rest, "] ")))
			return false;
		state += 2;
	}
	ret->state = '?';
	if (state < arrow)
		ret->state = *state;
	return wg__span_begins(next, "next_comm=")
		       ? long_task(next, "next_comm=", " next_pid=", &ret->next, &ret->next_comm,
				 &rest)
		       : short_task(next, &ret->next, &ret->next_comm, &rest);
}

bool wg__perf_waking(struct wg__span args, uint32_t *ret_tid, struct wg__span *ret_comm)
{
	struct wg__span rest;

	return wg__span_begins(args, "comm=")
		       ? long_task(args, "comm=", " pid=", ret_tid, ret_comm, &rest)
		       : short_task(args, ret_tid, ret_comm, &rest);
}

static bool take_number(struct wg__span *s, int64_t *ret)
{
	return wg__span_take(s, "NR ") && wg__span_integer(s, ret) && wg__span_take(s, " ");
}

static int hex_value(char c)
{
	if (is_digit(c))
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static bool take_hex(struct wg__span *s, uint64_t *ret)
{
	const char *begin = s->p;

	for (*ret = 0; s->p < s->end && hex_value(*s->p) >= 0; s->p++)
		*ret = *ret << 4 | (uint64_t)hex_value(*s->p);
	return s->p > begin && s->p - begin <= 16;
}

bool wg__perf_enter(struct wg__span args, int64_t *ret_number, uint64_t ret_arg[6])
{
	int i;

	if (!take_number(&args, ret_number) || !wg__span_take(&args, "("))
		return false;
	for (i = 0; i < 6; i++) {
		if (!take_hex(&args, &ret_arg[i]) || !wg__span_take(&args, i < 5 ? ", " : ")"))
			return false;
	}
	return true;
}

bool wg__perf_exit(struct wg__span args, int64_t *ret_number, int64_t *ret_result)
{
	return take_number(&args, ret_number) && wg__span_take(&args, "= ") &&
	       wg__span_integer(&args, ret_result) && args.p == args.end;
}

bool wg__perf_lost(struct wg__span line, int64_t *ret_count)
{
	static const char *const marks[] = { "LOST ", "lost ", "[" };
	size_t i;

	*ret_count = 0;
	line = wg__span_trim(line);
	if (!wg__span_begins(line, "LOST ") && !wg__span_has(line, " events and lost ") &&
		!(wg__span_begins(line, "CPU:") &&
			(wg__span_has(line, "[LOST ") || wg__span_has(line, " DROPPED]"))))
		return false;
	for (i = 0; i < sizeof(marks) / sizeof(marks[0]); i++) {
		const char *at = wg__span_find(line, marks[i]);
		struct wg__span rest = { at ? at + strlen(marks[i]) : line.end, line.end };

		if (wg__span_number(&rest, ret_count))
			return true;
	}
	return true;
}
