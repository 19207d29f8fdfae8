/*
 * report.c: see report.h. The JSON is made first; the text is read off it, so both say the same.
 */
#include "labs/explore/report/report.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labs/explore/report/where.h"

struct lx_report {
	json_t *root, *scenarios, *last;
	struct lx_where *where;
	bool is_broken;
};

/* jansson leaves out what it finds no memory for, and what is left of a report would be a better
 * one: a check without its count of failing schedules holds. */
static bool is_short;

static void *noting_malloc(size_t size)
{
	void *p = malloc(size);

	is_short = is_short || !p;
	return p;
}

struct lx_report *lx_report_create(const char *lab)
{
	struct lx_report *r = calloc(1, sizeof(*r));

	json_set_alloc_funcs(noting_malloc, free);
	if (!r)
		return NULL;
	r->scenarios = json_array();
	r->root = json_pack("{s:s%, s:o}", "lab", lab, strlen(lab), "scenarios", r->scenarios);
	r->where = lx_where_create(lab);
	if (!r->root || !r->where) {
		lx_report_destroy(r);
		return NULL;
	}
	return r;
}

void lx_report_destroy(struct lx_report *r)
{
	if (!r)
		return;
	json_decref(r->root);
	lx_where_destroy(r->where);
	free(r);
}

/* A lab may say anything; jansson takes UTF-8 only. */
static json_t *text_json(const char *text)
{
	json_t *string = json_string(text);

	return string ? string : json_string("?");
}

static json_t *expanded(struct lx_report *r, const char *text)
{
	char full[1024];

	lx_where_expand(r->where, text, full, sizeof(full));
	return text_json(full);
}

static json_t *check_json(struct lx_report *r, const struct lx_check *c)
{
	json_t *o = json_object();

	(void)json_object_set_new(o, "id", text_json(c->id));
	(void)json_object_set_new(o, "failing", json_integer((json_int_t)c->failing));
	if (c->failing) {
		(void)json_object_set_new(o, "message", expanded(r, c->message));
		(void)json_object_set_new(o, "first_schedule", text_json(c->schedule));
	}
	return o;
}

int lx_report_findings(struct lx_report *r, const struct lx_about *about, const struct lx_shared *s)
{
	json_t *checks = json_array();
	uint32_t i;

	for (i = 0; i < s->check_count; i++)
		(void)json_array_append_new(checks, check_json(r, &s->check[i]));
	r->last = json_object();
	(void)json_object_set_new(r->last, "name", text_json(about->name));
	(void)json_object_set_new(r->last, "title", text_json(about->title));
	(void)json_object_set_new(r->last, "schedules", json_integer((json_int_t)s->schedules));
	(void)json_object_set_new(r->last, "redundant", json_integer((json_int_t)s->redundant));
	(void)json_object_set_new(r->last, "failing", json_integer((json_int_t)s->failing));
	(void)json_object_set_new(r->last, "complete", json_boolean(s->is_complete));
	(void)json_object_set_new(r->last, "bound", text_json(s->bound));
	is_short = is_short || s->is_short;
	if (s->is_endless)
		(void)json_object_set_new(r->last, "endless", json_true());
	if (s->trouble[0])
		(void)json_object_set_new(r->last, "trouble", expanded(r, s->trouble));
	(void)json_object_set_new(r->last, "checks", checks);
	r->is_broken = r->is_broken || s->failing > 0 || s->trouble[0];
	return json_array_append_new(r->scenarios, r->last) < 0 ? -ENOMEM : 0;
}

const struct lx_check *lx_report_shortest(const struct lx_shared *s)
{
	const struct lx_check *best = NULL;
	uint32_t i;

	for (i = 0; i < s->check_count; i++) {
		const struct lx_check *c = &s->check[i];

		if (c->failing > 0 &&
			(!best || c->switches < best->switches ||
				(c->switches == best->switches && c->steps < best->steps)))
			best = c;
	}
	return best;
}

static json_t *step_json(struct lx_report *r, const struct lx_step *step)
{
	const struct lx_place *place = lx_where_find(r->where, step->place);
	json_t *o = json_object();

	(void)json_object_set_new(o, "thread", text_json(step->thread));
	(void)json_object_set_new(o, "file", place->file[0] ? text_json(place->file) : json_null());
	(void)json_object_set_new(o, "line", json_integer(place->line));
	(void)json_object_set_new(o, "function", text_json(place->function));
	(void)json_object_set_new(o, "call", text_json(step->call));
	(void)json_object_set_new(o, "note", expanded(r, step->note));
	return o;
}

void lx_report_steps(struct lx_report *r, const char *id, const struct lx_shared *s)
{
	json_t *steps = json_array(), *shortest = json_object(), *check = json_null();
	uint32_t i;

	is_short = is_short || s->is_short;

	for (i = 0; i < s->step_count; i++)
		lx_where_add(r->where, s->step[i].place);
	for (i = 0; i < s->step_count; i++)
		(void)json_array_append_new(steps, step_json(r, &s->step[i]));
	for (i = 0; i < s->check_count && json_is_null(check); i++) {
		if (s->check[i].failing)
			check = text_json(s->check[i].id);
	}
	(void)json_object_set_new(shortest, "id", text_json(id));
	(void)json_object_set_new(shortest, "check", check);
	if (s->trouble[0])
		(void)json_object_set_new(shortest, "trouble", expanded(r, s->trouble));
	(void)json_object_set_new(shortest, "steps", steps);
	(void)json_object_set_new(r->last, "shortest", shortest);
}

void lx_report_trouble(struct lx_report *r, const char *why)
{
	(void)json_object_set_new(r->root, "trouble", text_json(why));
	r->is_broken = true;
}

bool lx_report_is_whole(const struct lx_report *r)
{
	return !is_short && !lx_where_is_short(r->where);
}

bool lx_report_is_broken(const struct lx_report *r)
{
	return r->is_broken;
}

/* ---- text ---- */

static const char *string_of(const json_t *o, const char *key)
{
	const char *text = json_string_value(json_object_get(o, key));

	return text ? text : "";
}

static long long number_of(const json_t *o, const char *key)
{
	return (long long)json_integer_value(json_object_get(o, key));
}

static void print_step(const json_t *step)
{
	char place[160] = "";

	if (string_of(step, "file")[0])
		(void)snprintf(place, sizeof(place), "%.100s:%lld", string_of(step, "file"),
			number_of(step, "line"));
	printf("    %-10s %-16s %-24s %s\n", string_of(step, "thread"), place,
		string_of(step, "call"), string_of(step, "note"));
}

static void print_scenario(const json_t *s)
{
	const json_t *shortest = json_object_get(s, "shortest"), *each;
	size_t i;

	printf("%s: %lld of %lld schedules fail (%s%s)\n", string_of(s, "name"),
		number_of(s, "failing"), number_of(s, "schedules"), string_of(s, "bound"),
		json_is_true(json_object_get(s, "complete")) ? "" : "; not complete");
	if (string_of(s, "trouble")[0])
		printf("  %s\n", string_of(s, "trouble"));
	json_array_foreach(json_object_get(s, "checks"), i, each)
	{
		if (number_of(each, "failing") == 0)
			printf("  [ok]   %s\n", string_of(each, "id"));
		else
			printf("  [FAIL] %s: %lld, first %s: %s\n", string_of(each, "id"),
				number_of(each, "failing"), string_of(each, "first_schedule"),
				string_of(each, "message"));
	}
	if (!shortest)
		return;
	printf("  schedule %s\n", string_of(shortest, "id"));
	json_array_foreach(json_object_get(shortest, "steps"), i, each)
	{
		print_step(each);
	}
	if (string_of(shortest, "trouble")[0])
		printf("  %s\n", string_of(shortest, "trouble"));
}

static int print_text(const struct lx_report *r)
{
	const json_t *each;
	size_t i;

	if (string_of(r->root, "trouble")[0])
		printf("%s\n", string_of(r->root, "trouble"));
	json_array_foreach(r->scenarios, i, each)
	{
		print_scenario(each);
	}
	return fflush(stdout) == 0 ? 0 : -1;
}

static int write_all(int fd, const char *text, size_t len)
{
	while (len > 0) {
		ssize_t n = write(fd, text, len);

		if (n < 0 && errno != EINTR)
			return -1;
		if (n > 0) {
			text += n;
			len -= (size_t)n;
		}
	}
	return 0;
}

int lx_report_print(const struct lx_report *r, int fd)
{
	char *text;
	int rc;

	if (fd < 0)
		return print_text(r);
	text = json_dumps(r->root, JSON_INDENT(2));
	if (!text) {
		errno = ENOMEM;
		return -1;
	}
	rc = write_all(fd, text, strlen(text));
	if (rc == 0)
		rc = write_all(fd, "\n", 1);
	free(text);
	return rc;
}
