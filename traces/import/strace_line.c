/*
 * strace_line.c: see strace_line.h.
 *
 * Lines are read from both ends, since strings and paths in the middle may hold anything: the name
 * from the front, the return value and the time from the back.
 */
#include "traces/import/strace_line.h"

#include "traces/read/schema.h"

#define TID_MAX	  (INT64_C(1) << 22) /* the kernel's own limit: a larger number is a time */
#define EPOCH_MIN 100000000	     /* seconds; strace -r never shows as many */

static bool take_tid(struct wg__span *s, struct wg__strace_line *ret)
{
	struct wg__span rest = *s;
	bool in_brackets = wg__span_take(&rest, "[pid");
	int64_t tid;

	wg__span_skip_blanks(&rest);
	if (!wg__span_number(&rest, &tid) || tid >= TID_MAX)
		return !in_brackets;
	if (rest.p < rest.end && *rest.p == '<') { /* -Y */
		rest.p++;
		if (!wg__span_until(&rest, '>', &ret->comm))
			return false;
	}
	if (in_brackets ? !wg__span_take(&rest, "]") : rest.p == rest.end || *rest.p != ' ')
		return !in_brackets;
	wg__span_skip_blanks(&rest);
	ret->tid = (uint32_t)tid;
	*s = rest;
	return true;
}

/* "12:34:56.789" */
static bool take_day(struct wg__span *s, int64_t *ret_ns)
{
	struct wg__span rest = *s;
	int64_t hours, minutes, ns;

	if (!wg__span_number(&rest, &hours) || hours > 23 || !wg__span_take(&rest, ":") ||
		!wg__span_number(&rest, &minutes) || minutes > 59 || !wg__span_take(&rest, ":") ||
		!wg__span_seconds(&rest, &ns) || ns >= INT64_C(61000000000))
		return false;
	*ret_ns = (hours * 3600 + minutes * 60) * 1000000000 + ns;
	*s = rest;
	return true;
}

static bool take_time(struct wg__span *s, struct wg__strace_line *ret)
{
	struct wg__span rest = *s;
	int64_t ns;

	if (take_day(&rest, &ret->time_ns)) {
		ret->clock = WG__CLOCK_DAY;
	} else if (wg__span_seconds(&rest, &ret->time_ns)) {
		ret->clock =
			ret->time_ns / 1000000000 >= EPOCH_MIN ? WG__CLOCK_EPOCH : WG__CLOCK_DELTA;
	} else {
		return s->p == s->end || *s->p < '0' || *s->p > '9';
	}
	ret->is_coarse = !wg__span_has((struct wg__span){ s->p, rest.p }, ".");
	if (rest.p < rest.end && *rest.p != ' ')
		return false;
	wg__span_skip_blanks(&rest);
	if (wg__span_take(&rest, "(+")) { /* -r beside another time: the finer one counts */
		wg__span_skip_blanks(&rest);
		if (!wg__span_seconds(&rest, &ns) || !wg__span_take(&rest, ")"))
			return false;
		wg__span_skip_blanks(&rest);
		if (ret->is_coarse) {
			ret->clock = WG__CLOCK_DELTA;
			ret->time_ns = ns;
			ret->is_coarse = false;
		}
	}
	*s = rest;
	return true;
}

/* -i: "[00007f00deadbeef] ", -n: "[ 232] ". */
static void skip_brackets(struct wg__span *s)
{
	struct wg__span rest = *s, inside;

	while (wg__span_take(&rest, "[")) {
		if (!wg__span_until(&rest, ']', &inside) || wg__span_len(inside) > 18)
			return;
		for (; inside.p < inside.end; inside.p++) {
			if (!strchr("0123456789abcdef? ", *inside.p) || !*inside.p)
				return;
		}
		wg__span_skip_blanks(&rest);
		*s = rest;
	}
}

bool wg__strace_prefix(struct wg__span line, struct wg__strace_line *ret)
{
	struct wg__span rest = wg__span_trim(line);

	*ret = (struct wg__strace_line){ .clock = WG__CLOCK_NONE };
	ret->comm = (struct wg__span){ rest.p, rest.p };
	if (!take_tid(&rest, ret) || !take_time(&rest, ret))
		return false;
	skip_brackets(&rest);
	ret->rest = rest;
	return true;
}

bool wg__strace_name(struct wg__span *rest, struct wg__span *ret_name)
{
	const char *p = rest->p;

	while (p < rest->end && ((*p >= 'a' && *p <= 'z') || (*p >= 'A' && *p <= 'Z') ||
					(*p >= '0' && *p <= '9') || *p == '_'))
		p++;
	if (p == rest->p || p == rest->end || *p != '(' || (*rest->p >= '0' && *rest->p <= '9'))
		return false;
	*ret_name = (struct wg__span){ rest->p, p };
	rest->p = p + 1;
	return true;
}

/* "<0.100123>" off the end. */
static int64_t take_spent(struct wg__span *s)
{
	struct wg__span inside = *s;
	const char *p = s->end - 1;
	int64_t ns;

	if (s->p == s->end || *p != '>')
		return -1;
	while (p > s->p && *p != '<')
		p--;
	inside = (struct wg__span){ p + 1, s->end - 1 };
	if (*p != '<' || !wg__span_seconds(&inside, &ns) || inside.p != inside.end)
		return -1;
	s->end = p;
	*s = wg__span_trim(*s);
	return ns;
}

/* The last ") = ", with any number of blanks before the sign. */
static const char *find_sign(struct wg__span s)
{
	const char *p = s.end, *before;

	while (wg__span_len(s) && (p = memrchr(s.p, '=', (size_t)(p - s.p)))) {
		for (before = p; before > s.p && before[-1] == ' '; before--)
			;
		if (before < p && before > s.p && before[-1] == ')' &&
			(p + 1 == s.end || p[1] == ' '))
			return p;
	}
	return NULL;
}

bool wg__strace_result(struct wg__span rest, struct wg__strace_call *ret)
{
	struct wg__span result;
	const char *sign, *end;

	ret->spent_ns = take_spent(&rest);
	sign = find_sign(rest);
	if (!sign)
		return false;
	for (end = sign; end[-1] == ' '; end--)
		;
	ret->args = (struct wg__span){ rest.p, end - 1 };
	result = wg__span_trim((struct wg__span){ sign + 1, rest.end });
	if (wg__span_take(&result, "?"))
		ret->ret = WG_RET_UNKNOWN;
	else if (!wg__span_integer(&result, &ret->ret))
		return false;
	ret->result = wg__span_trim(result);
	return true;
}

/* Where a string or a path that begins at p ends: behind its closing sign. */
static const char *skip_quoted(const char *p, const char *end)
{
	for (p++; p < end && *p != '"'; p++) {
		if (*p == '\\' && p + 1 < end)
			p++;
	}
	return p < end ? p + 1 : end;
}

static const char *skip_path(const char *p, const char *end)
{
	for (p++; p < end; p++) {
		if (*p == '>' && p[-1] != '-' && p[-1] != '=')
			return p + 1;
	}
	return end;
}

static bool opens_path(const char *p, const char *begin)
{
	return *p == '<' && p > begin &&
	       ((p[-1] >= '0' && p[-1] <= '9') || (p[-1] >= 'A' && p[-1] <= 'Z'));
}

/* One of them; -N puts its name in front: "timeout=25". */
static struct wg__span argument(const char *begin, const char *end)
{
	struct wg__span arg = wg__span_trim((struct wg__span){ begin, end });
	const char *p = arg.p;

	while (p < arg.end && ((*p >= 'a' && *p <= 'z') || *p == '_'))
		p++;
	if (p > arg.p && p < arg.end && *p == '=')
		arg.p = p + 1;
	return arg;
}

size_t wg__strace_args(struct wg__span args, struct wg__span *ret, size_t max)
{
	const char *p = args.p, *begin = args.p;
	size_t count = 0;
	int depth = 0;

	while (p < args.end) {
		if (*p == '"') {
			p = skip_quoted(p, args.end);
			continue;
		}
		if (opens_path(p, args.p)) {
			p = skip_path(p, args.end);
			continue;
		}
		if (*p == '(' || *p == '[' || *p == '{')
			depth++;
		if (*p == ')' || *p == ']' || *p == '}')
			depth--;
		if (*p == ',' && depth <= 0 && count + 1 < max) {
			ret[count++] = argument(begin, p);
			begin = p + 1;
		}
		p++;
	}
	ret[count] = argument(begin, args.end);
	return count || wg__span_len(ret[0]) ? count + 1 : 0;
}

bool wg__strace_fd(struct wg__span arg, int *ret_fd, struct wg__span *ret_path)
{
	int64_t fd;

	if (arg.p == arg.end || *arg.p == '-' || !wg__span_integer(&arg, &fd) || fd < 0 ||
		fd > INT32_MAX)
		return false;
	*ret_path = (struct wg__span){ arg.end, arg.end };
	if (arg.p < arg.end && *arg.p == '<' && arg.end[-1] == '>')
		*ret_path = (struct wg__span){ arg.p + 1, arg.end - 1 };
	*ret_fd = (int)fd;
	return true;
}

bool wg__strace_timespec(struct wg__span arg, int64_t unit_ns, int64_t *ret_ns)
{
	int64_t seconds, part;
	const char *comma;

	if (!wg__span_take(&arg, "{"))
		return false;
	(void)wg__span_take(&arg, "tv_sec=");
	comma = wg__span_find(arg, ", ");
	if (!comma || !wg__span_number(&arg, &seconds) || arg.p != comma)
		return false;
	arg.p = comma + 2;
	if (!wg__span_take(&arg, "tv_nsec="))
		(void)wg__span_take(&arg, "tv_usec=");
	if (!wg__span_number(&arg, &part) || seconds > INT64_MAX / 2000000000 ||
		part > INT64_MAX / 2 / unit_ns)
		return false;
	*ret_ns = seconds * 1000000000 + part * unit_ns;
	return true;
}
