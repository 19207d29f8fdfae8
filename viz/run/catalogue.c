/*
 * catalogue.c: see catalogue.h.
 */
#include "viz/run/catalogue.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/base/units.h"
#include "viz/run/node.h"
#include "viz/run/workload_program.h"

/* "\tchunk\tsize\t65536\t1\t1073741824\tbytes a read", without the first tab. */
static int parse_param(const char *line, struct wg_workload_desc *w)
{
	static const char *const units[] = { "count", "size", "time", "file" };
	struct wg_run_param *p = &w->params[w->param_count];
	char unit[8];
	size_t i;

	if (w->param_count == WG_PARAMS_MAX ||
		sscanf(line, "%23[^\t]\t%7[^\t]\t%" SCNu64 "\t%" SCNu64 "\t%" SCNu64 "\t%95[^\n]",
			p->name, unit, &p->preset, &p->min, &p->max, p->does) != 6)
		return -EPROTO;
	for (i = 0; i < sizeof(units) / sizeof(units[0]); i++) {
		if (strcmp(unit, units[i]) == 0) {
			p->unit = (enum wg_unit)i;
			w->param_count++;
			return 0;
		}
	}
	return -EPROTO;
}

static int parse_workload(const char *line, struct wg_catalogue *c)
{
	struct wg_workload_desc *w = &c->v[c->count];

	if (*line == '\t')
		return c->count ? parse_param(line + 1, w - 1) : -EPROTO;
	if (c->count == WG_WORKLOADS_MAX ||
		sscanf(line, "%23[^\t]\t%95[^\n]", w->name, w->does) != 2)
		return -EPROTO;
	c->count++;
	return 0;
}

static int parse_wait(const char *line, struct wg_catalogue *c)
{
	struct wg_wait_name *w = &c->waits[c->wait_count];
	char how[16];

	if (c->wait_count == WG_WAITS_MAX ||
		sscanf(line, "%23[^\t]\t%15[^\t]\t%127[^\n]", w->name, how, w->does) != 3)
		return -EPROTO;
	w->polls = strcmp(how, "polls") == 0;
	c->wait_count++;
	return 0;
}

static int read_list(const char *option, int (*parse)(const char *line, struct wg_catalogue *c),
	struct wg_catalogue *c, struct wg_error *err)
{
	char *line, *rest, *text;
	int rc = wg_workload_ask(c->program, option, &text, err);

	if (rc < 0)
		return rc;
	rest = text;
	while (rc == 0 && (line = strsep(&rest, "\n")) && *line)
		rc = parse(line, c);
	free(text);
	return rc == 0 ? 0
		       : wg_error_set(err, rc,
				 "'%s' is from another version of wakegap: run `make`", c->program);
}

/* No strategy of ours, and none of the workload's program: see node.h. */
static int add_node(struct wg_catalogue *c)
{
	struct wg_wait_name *w = &c->waits[c->wait_count];

	if (c->wait_count == WG_WAITS_MAX)
		return -EPROTO;
	(void)snprintf(w->name, sizeof(w->name), "%s", WG_NODE);
	(void)snprintf(w->does, sizeof(w->does),
		"read only: a stream of Node.js instead, with its own trace events");
	c->wait_count++;
	return 0;
}

int wg_catalogue_read(struct wg_catalogue *ret, struct wg_error *err)
{
	int rc;

	memset(ret, 0, sizeof(*ret));
	rc = wg_program_beside("wakegap-workload", ret->program, sizeof(ret->program), err);
	if (rc == 0)
		rc = read_list("--waits", parse_wait, ret, err);
	if (rc == 0)
		rc = add_node(ret);
	return rc == 0 ? read_list("--workloads", parse_workload, ret, err) : rc;
}

const struct wg_workload_desc *wg_catalogue_find(const struct wg_catalogue *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->count && strcmp(c->v[i].name, name) != 0; i++)
		;
	return i < c->count ? &c->v[i] : NULL;
}

bool wg_catalogue_has_wait(const struct wg_catalogue *c, const char *name)
{
	size_t i;

	for (i = 0; i < c->wait_count && strcmp(c->waits[i].name, name) != 0; i++)
		;
	return i < c->wait_count;
}

int wg_param_parse(const struct wg_run_param *p, const char *text, uint64_t *ret_value)
{
	uint64_t value = 0;
	int64_t ns = 0;
	int rc = 0;

	switch (p->unit) {
	case WG_UNIT_COUNT: return wg_parse_number(text, p->min, p->max, ret_value);
	case WG_UNIT_SIZE: rc = wg_parse_size(text, &value); break;
	case WG_UNIT_TIME:
		rc = wg_parse_time(text, &ns);
		value = (uint64_t)ns;
		break;
	case WG_UNIT_FILE: return 0;
	}
	if (rc < 0 || value < p->min || value > p->max)
		return -EINVAL;
	*ret_value = value;
	return 0;
}

char *wg_param_text(char *buf, size_t len, enum wg_unit unit, uint64_t value)
{
	static const struct {
		enum wg_unit unit;
		uint64_t factor;
		const char *name;
	} scales[] = {
		{ WG_UNIT_SIZE, 1 << 30, "G" },
		{ WG_UNIT_SIZE, 1 << 20, "M" },
		{ WG_UNIT_SIZE, 1 << 10, "K" },
		{ WG_UNIT_TIME, 1000000000, "s" },
		{ WG_UNIT_TIME, 1000000, "ms" },
		{ WG_UNIT_TIME, 1000, "us" },
		{ WG_UNIT_TIME, 1, "ns" },
	};
	size_t i;

	for (i = 0; value && i < sizeof(scales) / sizeof(scales[0]); i++) {
		if (scales[i].unit == unit && value % scales[i].factor == 0) {
			(void)snprintf(buf, len, "%" PRIu64 "%s", value / scales[i].factor,
				scales[i].name);
			return buf;
		}
	}
	(void)snprintf(buf, len, "%" PRIu64, value);
	return buf;
}
