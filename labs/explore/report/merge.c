/*
 * merge.c: see merge.h.
 */
#include "labs/explore/report/merge.h"

#include <jansson.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labs/explore/report/report_impl.h"

struct merging {
	json_t **shard; /* the roots */
	char *const *files;
	size_t count;
	char *why;
	size_t len;
};

__attribute__((format(printf, 2, 3))) static int refuse(struct merging *m, const char *what, ...)
{
	va_list args;

	va_start(args, what);
	(void)vsnprintf(m->why, m->len, what, args);
	va_end(args);
	return -1;
}

static const char *text_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

static json_int_t number_of(const json_t *o, const char *key)
{
	return json_integer_value(json_object_get(o, key));
}

static json_t *scenario_of(const json_t *root, size_t i)
{
	return json_array_get(json_object_get(root, "scenarios"), i);
}

/* ---- do they belong together? ---- */

/* So small that those of all shards add up. */
static bool has_count(const json_t *o, const char *key)
{
	return json_is_integer(json_object_get(o, key)) && number_of(o, key) >= 0 &&
	       number_of(o, key) < (json_int_t)1 << 53;
}

static bool is_report(const json_t *scenario)
{
	const json_t *shard = json_object_get(scenario, "shard"), *check;
	size_t i;

	json_array_foreach(json_object_get(scenario, "checks"), i, check)
	{
		if (!has_count(check, "failing"))
			return false;
	}
	return has_count(scenario, "schedules") && has_count(scenario, "failing") &&
	       has_count(scenario, "redundant") && number_of(shard, "number") >= 1 &&
	       number_of(shard, "number") <= number_of(shard, "of");
}

/* Two that came to their ends have counted the same way; to another end each may come. */
static int check_alike(struct merging *m, size_t s, size_t i)
{
	const json_t *first = scenario_of(m->shard[0], i), *each = scenario_of(m->shard[s], i);

	if (!json_is_true(json_object_get(first, "complete")) ||
		!json_is_true(json_object_get(each, "complete")))
		return 0;
	if (strcmp(text_of(each, "bound"), text_of(first, "bound")) != 0)
		return refuse(m, "'%s' is of %s, '%s' of %s: explore all with the same options",
			m->files[s], text_of(each, "bound"), m->files[0], text_of(first, "bound"));
	if (strcmp(text_of(json_object_get(each, "shard"), "tree"),
		    text_of(json_object_get(first, "shard"), "tree")) != 0)
		return refuse(m,
			"'%s' and '%s' have cut '%s' in different places: explore it without "
			"--shard",
			m->files[0], m->files[s], text_of(first, "name"));
	return 0;
}

/* Scenario i of all: one of each number, cut alike. */
static int check_scenario(struct merging *m, size_t i)
{
	const json_t *first = scenario_of(m->shard[0], i);
	size_t s, t;

	for (s = 0; s < m->count; s++) {
		const json_t *each = scenario_of(m->shard[s], i),
			     *shard = json_object_get(each, "shard");

		if (strcmp(text_of(each, "name"), text_of(first, "name")) != 0)
			return refuse(m, "'%s' has scenario '%s' where '%s' has '%s'", m->files[s],
				text_of(each, "name"), m->files[0], text_of(first, "name"));
		if (!shard)
			return refuse(m, "'%s' is the report of all, not of a shard", m->files[s]);
		if (number_of(shard, "of") != (json_int_t)m->count)
			return refuse(m,
				"'%s' is shard %lld of %lld, but %zu report%s given: name all "
				"%lld, each once",
				m->files[s], (long long)number_of(shard, "number"),
				(long long)number_of(shard, "of"), m->count,
				m->count == 1 ? " is" : "s are", (long long)number_of(shard, "of"));
		if (!is_report(each))
			return refuse(m, "'%s' is no report of wakegap-explore", m->files[s]);
		if (check_alike(m, s, i) < 0)
			return -1;
		for (t = 0; t < s; t++) {
			if (number_of(json_object_get(scenario_of(m->shard[t], i), "shard"),
				    "number") == number_of(shard, "number"))
				return refuse(m, "'%s' and '%s' are both shard %lld", m->files[t],
					m->files[s], (long long)number_of(shard, "number"));
		}
	}
	return 0;
}

static int check_all(struct merging *m)
{
	const json_t *first = m->shard[0];
	size_t s, i, n = json_array_size(json_object_get(first, "scenarios"));

	for (s = 0; s < m->count; s++) {
		const json_t *each = m->shard[s];

		if (json_object_get(each, "trouble"))
			return refuse(m, "'%s': %s", m->files[s], text_of(each, "trouble"));
		if (strcmp(text_of(each, "lab"), text_of(first, "lab")) != 0)
			return refuse(m, "'%s' is of '%s', '%s' of '%s'", m->files[s],
				text_of(each, "lab"), m->files[0], text_of(first, "lab"));
		if (json_array_size(json_object_get(each, "scenarios")) != n || n == 0)
			return refuse(m, "'%s' has %zu scenarios, '%s' %zu", m->files[s],
				json_array_size(json_object_get(each, "scenarios")), m->files[0],
				n);
	}
	for (i = 0; i < n; i++) {
		if (check_scenario(m, i) < 0)
			return -1;
	}
	return 0;
}

/* ---- one scenario ---- */

static json_t *check_called(const json_t *scenario, const char *id)
{
	json_t *each;
	size_t i;

	json_array_foreach(json_object_get(scenario, "checks"), i, each)
	{
		if (strcmp(text_of(each, "id"), id) == 0)
			return each;
	}
	return NULL;
}

/* As lx_report_shortest() has it. */
static bool is_shorter(const json_t *a, const json_t *b)
{
	json_int_t x = number_of(a, "switches"), y = number_of(b, "switches");

	return x < y || (x == y && number_of(a, "made") < number_of(b, "made"));
}

static void add_check(json_t *checks, const json_t *check)
{
	json_t *whole = NULL, *each, *copy;
	json_int_t failing;
	size_t i;

	json_array_foreach(checks, i, each)
	{
		if (strcmp(text_of(each, "id"), text_of(check, "id")) == 0)
			whole = each;
	}
	if (!whole) {
		(void)json_array_append_new(checks, json_deep_copy(check));
		return;
	}
	failing = number_of(whole, "failing") + number_of(check, "failing");
	if (number_of(check, "failing") > 0 &&
		(number_of(whole, "failing") == 0 || is_shorter(check, whole))) {
		copy = json_deep_copy(check);
		(void)json_object_update(whole, copy);
		json_decref(copy);
	}
	(void)json_object_set_new(whole, "failing", json_integer(failing));
}

static void add_count(json_t *whole, const json_t *part, const char *key)
{
	(void)json_object_set_new(
		whole, key, json_integer(number_of(whole, key) + number_of(part, key)));
}

/* The steps of the shortest of all: of the check that fails in fewest switches. */
static void take_shortest(json_t *whole, const json_t *part)
{
	json_t *shortest = json_object_get(part, "shortest");
	const json_t *ours = json_object_get(whole, "shortest");
	const json_t *theirs = check_called(part, text_of(shortest, "check"));
	const json_t *old = check_called(whole, text_of(ours, "check"));

	if (shortest && (!ours || !old || (theirs && is_shorter(theirs, old))))
		(void)json_object_set_new(whole, "shortest", json_deep_copy(shortest));
}

/* Once for each pair of places: the message names them. */
static void add_races(json_t *whole, const json_t *races)
{
	json_t *ours = json_object_get(whole, "races"), *each, *known;
	size_t i, k;

	json_array_foreach(races, i, each)
	{
		bool is_new = true;

		json_array_foreach(ours, k, known)
		{
			is_new = is_new &&
				 strcmp(text_of(known, "message"), text_of(each, "message")) != 0;
		}
		if (!ours) {
			ours = json_array();
			(void)json_object_set_new(whole, "races", ours);
		}
		if (is_new)
			(void)json_array_append_new(ours, json_deep_copy(each));
	}
}

static json_t *merge_scenario(struct merging *m, size_t i)
{
	json_t *whole = json_deep_copy(scenario_of(m->shard[0], i)), *each;
	json_t *checks = json_object_get(whole, "checks");
	bool is_complete = json_is_true(json_object_get(whole, "complete"));
	size_t s, k;

	for (s = 1; s < m->count; s++) {
		json_t *part = scenario_of(m->shard[s], i);

		add_count(whole, part, "schedules");
		add_count(whole, part, "failing");
		add_count(whole, part, "redundant");
		take_shortest(whole, part);
		json_array_foreach(json_object_get(part, "checks"), k, each)
		{
			add_check(checks, each);
		}
		add_races(whole, json_object_get(part, "races"));
		if (!json_is_true(json_object_get(part, "complete"))) {
			is_complete = false;
			(void)json_object_set(whole, "bound", json_object_get(part, "bound"));
		}
		if (json_object_get(part, "trouble") && !json_object_get(whole, "trouble"))
			(void)json_object_set(whole, "trouble", json_object_get(part, "trouble"));
	}
	(void)json_object_set_new(whole, "complete", json_boolean(is_complete));
	(void)json_object_del(whole, "shard");
	json_array_foreach(checks, k, each)
	{
		(void)json_object_del(each, "switches");
		(void)json_object_del(each, "made");
	}
	return whole;
}

static bool is_broken(const json_t *scenario)
{
	return number_of(scenario, "failing") > 0 || json_object_get(scenario, "trouble");
}

static int load(struct merging *m)
{
	size_t s;

	for (s = 0; s < m->count; s++) {
		json_error_t error;

		m->shard[s] = json_load_file(m->files[s], 0, &error);
		if (!m->shard[s])
			return refuse(
				m, "cannot read the report '%s': %s", m->files[s], error.text);
	}
	return 0;
}

int lx_merge(struct lx_report *r, char *const *files, size_t count, char *why, size_t len)
{
	struct merging m = { calloc(count ? count : 1, sizeof(json_t *)), files, count, why, len };
	size_t i;
	int rc = m.shard ? load(&m) : refuse(&m, "out of memory");

	if (rc == 0)
		rc = check_all(&m);
	if (rc == 0)
		(void)json_object_set(r->root, "lab", json_object_get(m.shard[0], "lab"));
	for (i = 0; rc == 0 && scenario_of(m.shard[0], i); i++) {
		json_t *whole = merge_scenario(&m, i);

		r->is_broken = r->is_broken || is_broken(whole);
		if (json_array_append_new(r->scenarios, whole) < 0)
			rc = refuse(&m, "out of memory");
	}
	for (i = 0; m.shard && i < count; i++)
		json_decref(m.shard[i]);
	free(m.shard);
	return rc;
}
