/*
 * report.c: see report.h. The text is printed from the JSON, so both have the same content.
 */
#include "labs/explore/report/report.h"

#include <errno.h>
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labs/explore/report/races.h"
#include "labs/explore/report/report_impl.h"
#include "labs/explore/report/where.h"

/* Without memory jansson leaves values out. The rest would be a better verdict than the true one: a
 * check without its count of failing schedules looks good. */
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

/* A lab may print any bytes; jansson accepts UTF-8 only. */
static json_t *text_json(const char *text)
{
	json_t *string = json_string(text);

	return string ? string : json_string("?");
}

static json_t *expanded(struct lx_report *r, const struct lx_shared *s, const char *text)
{
	char races[2 * LX_MESSAGE], full[2 * LX_MESSAGE];

	lx_races_expand(r->where, s, text, races, sizeof(races));
	lx_where_expand(r->where, races, full, sizeof(full));
	return text_json(full);
}

static json_t *shard_json(const struct lx_shared *s)
{
	char tree[20];

	(void)snprintf(tree, sizeof(tree), "%016llx", (unsigned long long)s->tree);
	return json_pack("{s:i, s:i, s:i, s:s}", "number", s->shard, "of", s->shards, "parts",
		(int)s->parts, "tree", tree);
}

static json_t *check_json(struct lx_report *r, const struct lx_shared *s, const struct lx_check *c)
{
	json_t *check;

	if (!c->failing)
		return json_pack("{s:o, s:i}", "id", text_json(c->id), "failing", 0);
	check = json_pack("{s:o, s:I, s:o, s:o}", "id", text_json(c->id), "failing",
		(json_int_t)c->failing, "message", expanded(r, s, c->message), "first_schedule",
		text_json(c->schedule));
	if (s->shards) { /* which of several is the shortest */
		(void)json_object_set_new(check, "switches", json_integer(c->switches));
		(void)json_object_set_new(check, "made", json_integer(c->steps));
	}
	return check;
}

int lx_report_findings(struct lx_report *r, const struct lx_about *about, const struct lx_shared *s)
{
	json_t *checks = json_array();
	uint32_t i;

	for (i = 0; i < s->check_count; i++)
		(void)json_array_append_new(checks, check_json(r, s, &s->check[i]));
	r->last = json_pack("{s:o, s:o, s:I, s:I, s:I, s:b, s:o}", "name", text_json(about->name),
		"title", text_json(about->title), "schedules", (json_int_t)s->schedules,
		"redundant", (json_int_t)s->redundant, "failing", (json_int_t)s->failing,
		"complete", (int)s->is_complete, "bound", text_json(s->bound));
	is_short = is_short || s->is_short;
	if (s->shards)
		(void)json_object_set_new(r->last, "shard", shard_json(s));
	if (s->is_endless)
		(void)json_object_set_new(r->last, "endless", json_true());
	if (s->trouble[0])
		(void)json_object_set_new(r->last, "trouble", expanded(r, s, s->trouble));
	(void)json_object_set_new(r->last, "checks", checks);
	if (s->race_count)
		(void)json_object_set_new(r->last, "races", lx_races_json(r->where, s));
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

/* UTF-8, or all other bytes escaped. */
static json_t *printed_json(const struct lx_step *step)
{
	json_t *whole = json_string(step->printed);
	char text[4 * LX_PRINTED + 8];
	size_t used = 0;
	const char *at;

	for (at = step->printed; *at; at++)
		used += (size_t)snprintf(text + used, sizeof(text) - used,
			whole || (unsigned char)*at < 0x80 ? "%c" : "\\x%02x", (unsigned char)*at);
	(void)snprintf(text + used, sizeof(text) - used, "%s", step->is_cut ? "..." : "");
	json_decref(whole);
	return text_json(text);
}

static json_t *step_json(struct lx_report *r, const struct lx_shared *s, const struct lx_step *step)
{
	const struct lx_place *place = lx_where_find(r->where, step->place);

	json_t *o = json_pack("{s:o, s:o, s:i, s:o, s:o, s:o}", "thread", text_json(step->thread),
		"file", place->file[0] ? text_json(place->file) : json_null(), "line", place->line,
		"function", text_json(place->function), "call", text_json(step->call), "note",
		expanded(r, s, step->note));

	if (step->printed[0])
		(void)json_object_set_new(o, "printed", printed_json(step));
	return o;
}

static json_t *steps_json(
	struct lx_report *r, const struct lx_shared *s, const struct lx_step *steps, uint32_t count)
{
	json_t *all = json_array();
	uint32_t i;

	for (i = 0; i < count; i++)
		lx_where_add(r->where, steps[i].place);
	for (i = 0; i < count; i++)
		(void)json_array_append_new(all, step_json(r, s, &steps[i]));
	return all;
}

void lx_report_steps(struct lx_report *r, const char *id, const struct lx_shared *s)
{
	json_t *shortest, *check = json_null();
	uint32_t i;

	is_short = is_short || s->is_short;
	for (i = 0; i < s->check_count && json_is_null(check); i++) {
		if (s->check[i].failing)
			check = text_json(s->check[i].id);
	}
	shortest = json_pack("{s:o, s:o, s:o}", "id", text_json(id), "check", check, "steps",
		steps_json(r, s, s->step, s->step_count));
	if (s->trouble[0])
		(void)json_object_set_new(shortest, "trouble", expanded(r, s, s->trouble));
	if (s->blocked_count)
		(void)json_object_set_new(
			shortest, "blocked", steps_json(r, s, s->blocked, s->blocked_count));
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

struct lx_where *lx_report_where(const struct lx_report *r)
{
	return r->where;
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

/* What the step printed, line by line. */
static void print_printed(const char *text)
{
	for (; *text; text += strcspn(text, "\n"), text += *text == '\n')
		printf("      prints | %.*s\n", (int)strcspn(text, "\n"), text);
}

static void print_steps(const json_t *steps)
{
	const json_t *each;
	size_t i;

	json_array_foreach(steps, i, each)
	{
		char place[160] = "";

		if (string_of(each, "file")[0])
			(void)snprintf(place, sizeof(place), "%.100s:%lld", string_of(each, "file"),
				number_of(each, "line"));
		printf("    %-10s %-16s %-24s %s\n", string_of(each, "thread"), place,
			string_of(each, "call"), string_of(each, "note"));
		print_printed(string_of(each, "printed"));
	}
}

static void print_scenario(const json_t *s)
{
	const json_t *shortest = json_object_get(s, "shortest"), *each;
	const json_t *shard = json_object_get(s, "shard");
	size_t i;

	printf("%s: %lld of %lld schedules fail (%s%s)\n", string_of(s, "name"),
		number_of(s, "failing"), number_of(s, "schedules"), string_of(s, "bound"),
		json_is_true(json_object_get(s, "complete")) ? "" : "; not complete");
	if (string_of(s, "trouble")[0])
		printf("  %s\n", string_of(s, "trouble"));
	if (shard)
		printf("  shard %lld of %lld\n", number_of(shard, "number"),
			number_of(shard, "of"));
	json_array_foreach(json_object_get(s, "checks"), i, each)
	{
		if (number_of(each, "failing") == 0)
			printf("  [ok]   %s\n", string_of(each, "id"));
		else
			printf("  [FAIL] %s: %lld, first %s: %s\n", string_of(each, "id"),
				number_of(each, "failing"), string_of(each, "first_schedule"),
				string_of(each, "message"));
	}
	json_array_foreach(json_object_get(s, "races"), i, each)
	{
		printf("  data race: %s\n", string_of(each, "message"));
	}
	if (!shortest)
		return;
	printf("  schedule %s\n", string_of(shortest, "id"));
	print_steps(json_object_get(shortest, "steps"));
	if (json_object_get(shortest, "blocked"))
		printf("  blocked at the end\n");
	print_steps(json_object_get(shortest, "blocked"));
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
