/*
 * checks.c: see checks.h.
 */
#include "labs/grade/judge/checks.h"

#include <stdio.h>
#include <string.h>

#include "labs/grade/base/json.h"

/* Checks that every lab has without naming them; titles for people. */
static const struct {
	const char *id, *title, *why;
} builtin[] = {
	{ "stuck", "no wake-up lost, no thread sleeps for ever",
		"a signal that no thread waits for is forgotten: what do you test between lock and "
		"wait?" },
	{ "endless", "every schedule ends", "a thread goes on without waiting for what it needs" },
	{ "misuse", "locks and threads used as allowed",
		"the thread that takes a lock releases it, and waits hold the mutex they name" },
	{ "race", "no data race",
		"two threads use the same memory, and one of them writes: which lock do both "
		"hold?" },
	{ "once", "every operation delivered exactly once",
		"the thread that takes a result also removes it" },
	{ "leak", "all memory freed", "free what you allocate, also on the way out" },
	{ "crash", "no crash", "look at the last line that was reached" },
	{ "spin", "no thread loops without waiting", "a loop that only looks does not wait" },
	{ "exit", "the program does not end by itself", "your file returns; it does not exit" },
	{ "use-after-free", "no memory used after it was freed", "the last user frees it" },
	{ "double-free", "no memory freed twice", "one owner frees it" },
	{ "overflow", "no memory written beyond its end", "how long is it?" },
	{ "not-modelled", "only calls that can be checked",
		"the scheduler does not know this call; the lab does not need it" },
	{ "report", "the program lets the check end",
		"Your file ended the check itself (exit, close, kill or fork), or did something "
		"before it began. It must not." },
};

static json_t *new_check(const struct wg_lab *lab, const char *id)
{
	const struct wg_lab_check *c = wg_lab_check_find(lab, id);
	const char *title = c && *c->title ? c->title : id, *why = c ? c->idea : "";
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < sizeof(builtin) / sizeof(builtin[0]); i++) {
		if (strcmp(builtin[i].id, id) != 0)
			continue;
		if (!c || !*c->title)
			title = builtin[i].title;
		if (!*why)
			why = builtin[i].why;
	}
	(void)json_object_set_new(o, "id", wg_json_text(id));
	(void)json_object_set_new(o, "title", wg_json_text(title));
	(void)json_object_set_new(o, "why", wg_json_text(why));
	(void)json_object_set_new(o, "verdict", json_string("skip"));
	(void)json_object_set_new(o, "points", json_integer(0));
	(void)json_object_set_new(o, "max", json_integer(c ? c->points : 0));
	(void)json_object_set_new(o, "measured", json_string("not tried"));
	(void)json_object_set_new(o, "bound", json_string(""));
	(void)json_object_set_new(o, "message", json_string(""));
	return o;
}

/* The check called id in the record; made if it is not there. */
json_t *wg_checks_find(json_t *record, const struct wg_lab *lab, const char *id)
{
	json_t *checks = json_object_get(record, "checks"), *each;
	size_t i;

	json_array_foreach(checks, i, each)
	{
		if (strcmp(text_of(each, "id"), id) == 0)
			return each;
	}
	(void)json_array_append_new(checks, new_check(lab, id));
	return json_array_get(checks, json_array_size(checks) - 1);
}

void wg_checks_break(json_t *check, const char *message)
{
	(void)json_object_set_new(check, "verdict", json_string("fail"));
	if (!*text_of(check, "message"))
		(void)json_object_set_new(check, "message", wg_json_text(message));
}

static void set_count(json_t *check, const char *key, long long n)
{
	(void)json_object_set_new(check, key, json_integer(number_of(check, key) + n));
}

/* One scenario's findings about one check. */
void wg_checks_take(
	json_t *record, const struct wg_lab *lab, const json_t *scenario, const json_t *found)
{
	long long failing = number_of(found, "failing");
	json_t *check;

	/* A check that lab.conf does not name, and that holds, is not worth a line. */
	if (failing == 0 && !wg_lab_check_find(lab, text_of(found, "id")))
		return;
	check = wg_checks_find(record, lab, text_of(found, "id"));
	set_count(check, "failing", failing); /* also 0: it was reached */
	if (failing == 0)
		return;
	wg_checks_break(check, text_of(found, "message"));
	if (!json_object_get(check, "schedule")) {
		(void)json_object_set_new(
			check, "schedule", wg_json_text(text_of(found, "first_schedule")));
		(void)json_object_set_new(
			check, "scenario", wg_json_text(text_of(scenario, "name")));
	}
}

/* The first check with this verdict, or NULL. */
const json_t *wg_checks_with(const json_t *record, const char *verdict)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		if (strcmp(text_of(each, "verdict"), verdict) == 0)
			return each;
	}
	return NULL;
}

static bool is_builtin(const char *id)
{
	size_t i;

	for (i = 0; i < sizeof(builtin) / sizeof(builtin[0]); i++) {
		if (strcmp(builtin[i].id, id) == 0)
			return true;
	}
	return false;
}

/* Did a check break in every schedule? is_named: one of lab.conf; else one such as a crash. */
static bool always_breaks(
	const json_t *record, const struct wg_lab *lab, bool is_named, long long schedules)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		if ((wg_lab_check_find(lab, text_of(each, "id")) != NULL) == is_named &&
			number_of(each, "failing") >= schedules)
			return true;
	}
	return false;
}

/* "9 of 17 schedules", for all scenarios together. The explorer lists a check of lab.conf once it
 * is reached, and one of its own once it fails. */
void wg_checks_finish(json_t *record, const struct wg_lab *lab, long long schedules, bool is_whole)
{
	bool may_miss = !is_whole || always_breaks(record, lab, true, schedules);
	json_t *each;
	char text[96];
	size_t i;

	is_whole = is_whole && !always_breaks(record, lab, false, schedules);
	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		bool is_reached = (is_whole && !may_miss) || json_object_get(each, "failing") ||
				  is_builtin(text_of(each, "id"));
		bool failed = strcmp(text_of(each, "verdict"), "fail") == 0;

		if (!failed && is_reached && !is_whole)
			(void)json_object_set_new(
				each, "measured", json_string("not tried to the end"));
		if (!failed && !(is_whole && is_reached))
			continue;
		if (!failed)
			(void)json_object_set_new(each, "verdict", json_string("ok"));
		(void)snprintf(text, sizeof(text), "%lld of %lld schedules",
			number_of(each, "failing"), schedules);
		(void)json_object_set_new(each, "measured", wg_json_text(text));
		(void)json_object_set_new(each, "bound", json_string("0"));
	}
}

/*
 * The starter holds most checks before anybody has touched it. So points count from when the check
 * that it breaks holds; and none count if something goes wrong that lab.conf has no points for, as
 * a crash, since what comes after a crash was not tried.
 */
static bool has_points(const json_t *record, const struct wg_lab *lab)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		const char *id = text_of(each, "id"), *verdict = text_of(each, "verdict");

		if (strcmp(verdict, "fail") == 0 && !wg_lab_check_find(lab, id))
			return false;
		if (strcmp(id, lab->starter.check) == 0 && strcmp(verdict, "ok") != 0)
			return false;
	}
	return true;
}

void wg_checks_score(json_t *record, const struct wg_lab *lab)
{
	bool counts = has_points(record, lab);
	long long points = 0, max = 0;
	json_t *each;
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		long long worth = number_of(each, "max");

		max += worth;
		if (!counts || strcmp(text_of(each, "verdict"), "ok") != 0)
			continue;
		points += worth;
		(void)json_object_set_new(each, "points", json_integer(worth));
	}
	(void)json_object_set_new(record, "score", json_integer(points));
	(void)json_object_set_new(record, "max", json_integer(max));
}
