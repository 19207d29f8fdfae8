/*
 * origin.c: see origin.h.
 */
#include "traces/read/origin.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Two recordings of one boot differ by what the clock was set by in between. */
#define SAME_OFFSET_NS INT64_C(1000000000)
#define TEXT_KEYS      UINT32_MAX /* in the map, where others have a space */

static int number_of(struct wg__spaces *s, uint32_t group, uint64_t id, uint32_t *ret)
{
	size_t i = wg__map_get(&s->map, group, id);

	if (i == WG__MAP_NONE) {
		i = s->count;
		if (wg__map_put(&s->map, group, id, i) < 0)
			return -ENOMEM;
		s->count++;
	}
	*ret = (uint32_t)i;
	return 0;
}

int wg__space_in(struct wg__spaces *s, uint32_t space, uint64_t pid_ns, uint32_t *ret)
{
	return number_of(s, space, pid_ns, ret);
}

void wg__spaces_fini(struct wg__spaces *s)
{
	wg__map_fini(&s->map);
	*s = (struct wg__spaces){ 0 };
}

static const char *env_text(const bt_trace *trace, const char *name, struct wg__names *names)
{
	const bt_value *value = bt_trace_borrow_environment_entry_value_by_name_const(trace, name);

	if (!value || !bt_value_is_string(value))
		return "";
	return wg__names_intern(names, bt_value_string_get(value));
}

static uint32_t env_pid(const bt_trace *trace)
{
	const bt_value *value =
		bt_trace_borrow_environment_entry_value_by_name_const(trace, "vpid");

	if (value && bt_value_is_signed_integer(value))
		return (uint32_t)bt_value_integer_signed_get(value);
	if (value && bt_value_is_unsigned_integer(value))
		return (uint32_t)bt_value_integer_unsigned_get(value);
	return 0;
}

static void learn_clock(const bt_clock_class *clock, struct wg__clock *ret)
{
	bt_uuid uuid = clock ? bt_clock_class_get_uuid(clock) : NULL;
	uint64_t cycles, hz;
	int64_t seconds;

	if (!clock)
		return;
	ret->has_uuid = uuid;
	if (uuid)
		memcpy(ret->uuid, uuid, sizeof(ret->uuid));
	hz = bt_clock_class_get_frequency(clock);
	bt_clock_class_get_offset(clock, &seconds, &cycles);
	ret->is_real = bt_clock_class_origin_is_unix_epoch(clock) && seconds > 0 &&
		       seconds < INT64_MAX / 1000000000 - 1;
	if (ret->is_real)
		ret->offset_ns =
			seconds * 1000000000 + (int64_t)((double)(cycles % hz) * 1e9 / (double)hz);
}

int wg__origin_place(struct wg__origin *o, const uint8_t *uuid, const char *dir,
	struct wg__names *names, struct wg__spaces *spaces)
{
	char key[2 * 16 + 1] = "";
	const char *text;
	size_t i;

	for (i = 0; uuid && i < 16; i++)
		(void)snprintf(key + 2 * i, 3, "%02x", uuid[i]);
	text = wg__names_intern(names, uuid ? key : dir);
	if (!text || !o->procname || !o->clock.host ||
		number_of(spaces, TEXT_KEYS, (uintptr_t)text, &o->space) < 0)
		return -ENOMEM;
	return 0;
}

int wg__origin_of(const bt_trace *trace, const bt_clock_class *clock, const char *dir,
	struct wg__names *names, struct wg__spaces *spaces, struct wg__origin *ret)
{
	struct wg__origin o = { 0 };

	o.procname = env_text(trace, "procname", names);
	o.clock.host = env_text(trace, "hostname", names);
	o.pid = env_pid(trace);
	learn_clock(clock, &o.clock);
	*ret = o;
	return wg__origin_place(ret, bt_trace_get_uuid(trace), dir, names, spaces);
}

bool wg__clock_is_same(const struct wg__clock *a, const struct wg__clock *b)
{
	int64_t apart = a->offset_ns - b->offset_ns;

	if (a->has_uuid && b->has_uuid)
		return memcmp(a->uuid, b->uuid, sizeof(a->uuid)) == 0;
	if (a->host[0] && b->host[0] && strcmp(a->host, b->host) != 0)
		return false;
	return !a->is_real || !b->is_real || (apart < SAME_OFFSET_NS && -apart < SAME_OFFSET_NS);
}
