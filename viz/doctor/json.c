/*
 * json.c: what the doctor found, for programs.
 */
#include <errno.h>

#include "viz/base/json.h"
#include "viz/doctor/doctor.h"

static const char *const states[WG_HEALTH_COUNT] = { "ok", "limited", "lacking" };

static json_t *json_of(const struct wg_part *part, const struct wg_diagnosis *d)
{
	json_t *list = json_array(), *o = json_object();
	size_t i;

	for (i = 0; i < d->count; i++) {
		json_t *item;

		if (!d->finding[i].says[0])
			continue;
		item = json_object();
		wg__json_set(&item, "item", json_string(part->probe[i].name));
		wg__json_set(&item, "status", json_string(states[d->finding[i].health]));
		wg__json_set(&item, "says", wg__json_text(d->finding[i].says));
		wg__json_set(&item, "fix", wg__json_text_or_null(d->finding[i].fix));
		wg__json_append(&list, item);
	}
	wg__json_set(&o, "part", json_string(part->name));
	wg__json_set(&o, "does", json_string(part->does));
	wg__json_set(&o, "status", json_string(states[d->health]));
	wg__json_set(&o, "without", json_string(part->without));
	wg__json_set(&o, "items", list);
	return o;
}

bool wg_doctor_json(
	const struct wg_facts *facts, const char *const *names, size_t count, int *ret_error)
{
	json_t *root = json_object(), *list = json_array();
	struct wg_diagnosis d;
	bool works = true;
	size_t i;

	for (i = 0; wg_part_at(i); i++) {
		if (!wg_part_is_asked(wg_part_at(i), names, count))
			continue;
		wg_part_look(wg_part_at(i), facts, &d);
		works = works && d.health != WG_HEALTH_LACKS;
		wg__json_append(&list, json_of(wg_part_at(i), &d));
	}
	wg__json_set(&root, "works", json_boolean(works));
	wg__json_set(&root, "parts", list);
	*ret_error = root && json_dumpf(root, stdout, JSON_INDENT(2)) == 0 ? 0 : -ENOMEM;
	if (*ret_error == 0)
		(void)putchar('\n');
	json_decref(root);
	return works;
}
