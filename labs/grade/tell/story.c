/*
 * story.c: see story.h.
 */
#include "labs/grade/tell/story.h"

#include <stdio.h>
#include <string.h>

#include "labs/grade/base/json.h"

const char *wg_short_call(const char *call)
{
	static const char *const prefixes[] = { "pthread_", "lab_" };
	size_t i;

	for (i = 0; i < 2; i++) {
		if (strncmp(call, prefixes[i], strlen(prefixes[i])) == 0)
			return call + strlen(prefixes[i]);
	}
	return strcmp(call, "(read)") == 0 ? "read" : strcmp(call, "(write)") == 0 ? "write" : call;
}

/* The file's name, if it is the learner's. */
const char *wg_story_file(const struct wg_lab *lab, const json_t *step)
{
	const char *file = text_of(step, "file"), *slash = strrchr(file, '/');

	file = slash ? slash + 1 : file;
	return wg_lab_has_file(lab, file) ? file : NULL;
}

/* The note without what the line `seen` says. */
int wg_own_note(const char *note)
{
	const char *check = strstr(note, "check `");

	if (!check)
		return (int)strlen(note);
	while (check > note && strchr("; ", check[-1]))
		check--;
	return (int)(check - note);
}

/* Does the note say more than the number of an operation, or the value of a variable? */
static bool is_remark(const char *note)
{
	return wg_own_note(note) > 0 && strncmp(note, "the value", 9) != 0 &&
	       (strncmp(note, "op ", 3) != 0 || note[3 + strspn(note + 3, "0123456789")] == ' ');
}

static bool is_end(const char *call)
{
	return strcmp(call, "crash") == 0 || strcmp(call, "endless loop") == 0;
}

/* Which steps are shown: all of the learner's file but silent unlocks; the end of the program; and
 * of the scenario what becomes of operations, joins, and remarks. */
bool wg_story_tells(const struct wg_lab *lab, const json_t *step)
{
	static const char *const scenarios[] = { "ready", "start", "poll", "deliver", "join",
		"nanosleep", "sem_wait", "kill", "write" };
	const char *full = text_of(step, "call"), *call = wg_short_call(full);
	bool has_remark = is_remark(text_of(step, "note"));
	size_t i;

	if (!*call || is_end(call))
		return *call != '\0';
	if (wg_story_file(lab, step))
		return strcmp(call, "mutex_unlock") != 0 || has_remark;
	if (*full == '(')
		return has_remark;
	for (i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
		if (strcmp(call, scenarios[i]) == 0)
			return true;
	}
	return false;
}

/* ---- the step that matters ---- */

/* Does the last step break it, whatever lab.conf says that it is about? */
static bool ends_program(const char *check)
{
	return strcmp(check, "crash") == 0 || strcmp(check, "exit") == 0 ||
	       strcmp(check, "not-modelled") == 0;
}

/* Is one of these, between bars, the step's call or a part of its note? */
static bool is_one_of(const json_t *step, const char *words)
{
	char copy[sizeof(((struct wg_lab_check *)NULL)->step)], *rest = copy, *word;

	(void)snprintf(copy, sizeof(copy), "%s", words);
	while ((word = strsep(&rest, "|"))) {
		if (strcmp(wg_short_call(text_of(step, "call")), word) == 0 ||
			strstr(text_of(step, "note"), word))
			return true;
	}
	return false;
}

/* The last of the learner's steps with one of these calls, or by this thread; each may be NULL. */
static const json_t *last_step(const struct wg_story *s, const char *calls, const char *thread)
{
	const json_t *each, *last = NULL;
	size_t i;

	json_array_foreach(s->steps, i, each)
	{
		if (wg_story_file(s->lab, each) && wg_story_tells(s->lab, each) &&
			(!calls || is_one_of(each, calls)) &&
			(!thread || strcmp(text_of(each, "thread"), thread) == 0))
			last = each;
	}
	return last;
}

/* Does one of these threads wait for a lock that `thread` holds? */
static bool is_holder(const json_t *blocked, const char *thread)
{
	char held[64];
	const json_t *each;
	size_t i;

	(void)snprintf(held, sizeof(held), "held by %.40s", thread);
	json_array_foreach(blocked, i, each)
	{
		if (strcmp(text_of(each, "note"), held) == 0)
			return true;
	}
	return false;
}

/* Of the threads that cannot go on: the learner's that does not only wait for another of them; or
 * what the learner did before a thread went to sleep elsewhere, with a lock; or any. */
static const json_t *blocked_you(const struct wg_story *s)
{
	const json_t *each, *found = NULL, *before = NULL;
	size_t i;

	json_array_foreach(s->blocked, i, each)
	{
		const char *note = text_of(each, "note"), *thread = text_of(each, "thread");

		if (wg_story_file(s->lab, each)) {
			if (!*note || strcmp(note, "waits for a notify") == 0)
				return each;
			found = found ? found : each;
		} else if (!before && is_holder(s->blocked, thread)) {
			before = last_step(s, NULL, thread);
		}
	}
	return before ? before : found;
}

/*
 * The learner's step that breaks the check. steps ends with the one in which that was noticed; it
 * may be the scenario's, later. lab.conf knows which call a check judges.
 */
static const json_t *find_you(const struct wg_story *s, const char *check)
{
	const json_t *last = json_array_get(s->steps, json_array_size(s->steps) - 1), *you = NULL;

	if (json_array_size(s->blocked))
		you = blocked_you(s);
	if (!you && wg_story_file(s->lab, last) &&
		(ends_program(check) || is_end(text_of(last, "call"))))
		return last;
	if (!you)
		you = s->named;
	if (!you && wg_story_file(s->lab, last))
		return last;
	if (!you)
		you = last_step(s, NULL, text_of(last, "thread"));
	return you ? you : last_step(s, NULL, NULL);
}

/* ---- the whole ---- */

/* The steps up to the one in which the check broke. The caller's. */
static json_t *steps_until(const json_t *steps, const char *check)
{
	json_t *some = json_array(), *each;
	char broken[64];
	size_t i;

	(void)snprintf(broken, sizeof(broken), "check `%.40s` is broken", check);
	json_array_foreach(steps, i, each)
	{
		(void)json_array_append(some, each);
		if (strstr(text_of(each, "note"), broken))
			break;
	}
	return some;
}

void wg_story_read(const struct wg_lab *lab, const json_t *record, struct wg_story *ret)
{
	const char *check = text_of(record, "evidence_check");
	const struct wg_lab_check *known = wg_lab_check_find(lab, check);

	*ret = (struct wg_story){ .lab = lab };
	ret->steps = steps_until(json_object_get(record, "evidence"), check);
	if (strcmp(check, "stuck") == 0)
		ret->blocked = json_object_get(record, "blocked");
	if (known && *known->step)
		ret->named = last_step(ret, known->step, NULL);
	ret->you = find_you(ret, check);
}

void wg_story_fini(struct wg_story *story)
{
	json_decref(story->steps);
}
