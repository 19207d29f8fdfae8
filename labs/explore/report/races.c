/*
 * races.c: see races.h.
 *
 * A variable has a name in the symbol table of the lab. A member of a struct, or memory from
 * malloc(), has none there. It has the name that the two lines of the program have in common.
 */
#include "labs/explore/report/races.h"

#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#define NAME 64

/* ---- names ---- */

static bool is_word(char c)
{
	return isalnum((unsigned char)c) || c == '_';
}

/* The next member in `at`, behind `.` or `->`; the text after it, or NULL: there is none. */
static const char *next_member(const char *at, char name[NAME])
{
	for (; *at; at++) {
		bool is_dot = at[0] == '.', is_arrow = at[0] == '-' && at[1] == '>';
		size_t n = 0;

		if (!is_dot && !is_arrow)
			continue;
		at += is_arrow ? 2 : 1;
		while (is_word(at[n]))
			n++;
		if (n > 0 && n < NAME && !isdigit((unsigned char)*at)) {
			memcpy(name, at, n);
			name[n] = '\0';
			return at + n;
		}
		at--;
	}
	return NULL;
}

static bool has_member(const char *line, const char *wanted)
{
	char name[NAME];

	while ((line = next_member(line, name))) {
		if (strcmp(name, wanted) == 0)
			return true;
	}
	return false;
}

/* The one member that both lines name; "": none, or several. */
static void common_member(const char *one, const char *other, char ret[NAME])
{
	char name[NAME];

	ret[0] = '\0';
	while ((one = next_member(one, name))) {
		if (!has_member(other, name) || strcmp(name, ret) == 0)
			continue;
		if (*ret) {
			ret[0] = '\0';
			return;
		}
		memcpy(ret, name, NAME);
	}
}

/* "" if there is no name. */
static void name_of(struct lx_where *w, const struct lx_race *race, char *ret, size_t len)
{
	const struct lx_variable *v = lx_where_variable(w, race->data);
	char line[2][200], member[NAME];
	int i;

	for (i = 0; i < 2; i++)
		lx_where_line(lx_where_find(w, race->place[i]), line[i], sizeof(line[i]));
	common_member(line[0], line[1], member);
	if (v && v->bytes > 8 && *member)
		(void)snprintf(ret, len, "%s.%s", v->name, member);
	else
		(void)snprintf(ret, len, "%s", v ? v->name : member);
}

/* ---- words ---- */

static void place_text(struct lx_where *w, uint64_t offset, char *ret, size_t len)
{
	const struct lx_place *p = lx_where_find(w, offset);

	if (p->line)
		(void)snprintf(ret, len, "%s:%d", p->file, p->line);
	else
		(void)snprintf(ret, len, "an unknown place");
}

static const char *verb(bool is_write)
{
	return is_write ? "written" : "read";
}

/* The place without a lock; else the one that reads; else the one further down. So two schedules
 * in which the accesses come the other way round say the same. */
static int named_first(struct lx_where *w, const struct lx_race *race)
{
	if (race->has_lock[0] != race->has_lock[1])
		return race->has_lock[0];
	if (race->is_write[0] != race->is_write[1])
		return race->is_write[0];
	return lx_where_find(w, race->place[1])->line > lx_where_find(w, race->place[0])->line;
}

void lx_races_text(struct lx_where *w, const struct lx_race *race, char *ret, size_t len)
{
	char name[2 * NAME], quoted[2 * NAME + 8], place[2][160];
	int bare = named_first(w, race), other = !bare, i;
	bool is_locked = race->has_lock[other] && !race->has_lock[bare];

	const char *locks = is_locked		? "one without its lock"
			    : race->has_lock[0] ? "under different locks"
						: "without a lock";

	name_of(w, race, name, sizeof(name));
	(void)snprintf(quoted, sizeof(quoted), *name ? "`%s`" : "%sthe same memory", name);
	for (i = 0; i < 2; i++)
		place_text(w, race->place[i], place[i], sizeof(place[i]));
	if (strcmp(place[0], place[1]) == 0)
		(void)snprintf(ret, len, "%s is %s at %s by two threads, %s", quoted,
			race->is_write[0] && race->is_write[1] ? "written" : "read and written",
			place[0], locks);
	else if (is_locked)
		(void)snprintf(ret, len, "%s is %s at %s without its lock, and %s at %s", quoted,
			verb(race->is_write[bare]), place[bare], verb(race->is_write[other]),
			place[other]);
	else
		(void)snprintf(ret, len, "%s is %s at %s and %s at %s %s", quoted,
			verb(race->is_write[bare]), place[bare], verb(race->is_write[other]),
			place[other], locks);
}

void lx_races_expand(
	struct lx_where *w, const struct lx_shared *s, const char *text, char *ret, size_t len)
{
	size_t used = 0;

	while (*text && used + 1 < len) {
		unsigned number;
		char race[512];
		int n = 0;

		if (sscanf(text, "{#%u}%n", &number, &n) == 1 && n > 0 && number < s->race_count) {
			lx_races_text(w, &s->race[number], race, sizeof(race));
			used += (size_t)snprintf(ret + used, len - used, "%s", race);
			text += n;
		} else {
			ret[used++] = *text++;
		}
	}
	ret[used < len ? used : len - 1] = '\0';
}

/* ---- the report ---- */

static json_t *text_json(const char *text)
{
	json_t *string = json_string(text);

	return string ? string : json_string("?");
}

static json_t *place_json(struct lx_where *w, const struct lx_race *race, int i)
{
	const struct lx_place *p = lx_where_find(w, race->place[i]);

	return json_pack("{s:o, s:o, s:i, s:o, s:b, s:b}", "thread", text_json(race->thread[i]),
		"file", p->file[0] ? text_json(p->file) : json_null(), "line", p->line, "function",
		text_json(p->function), "write", (int)race->is_write[i], "locked",
		(int)race->has_lock[i]);
}

json_t *lx_races_json(struct lx_where *w, const struct lx_shared *s)
{
	json_t *all = json_array();
	char text[512], name[2 * NAME];
	uint32_t i;

	for (i = 0; i < s->race_count; i++) {
		const struct lx_race *r = &s->race[i];

		lx_where_add(w, r->place[0]);
		lx_where_add(w, r->place[1]);
	}
	for (i = 0; i < s->race_count; i++) {
		const struct lx_race *r = &s->race[i];

		lx_races_text(w, r, text, sizeof(text));
		name_of(w, r, name, sizeof(name));
		(void)json_array_append_new(
			all, json_pack("{s:o, s:o, s:[o, o], s:o}", "name", text_json(name),
				     "message", text_json(text), "places", place_json(w, r, 0),
				     place_json(w, r, 1), "schedule", text_json(r->schedule)));
	}
	return all;
}
