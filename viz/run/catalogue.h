/*
 * catalogue.h: the strategies and workloads that wakegap-workload knows, with the options of
 * each workload.
 *
 * Names, presets and bounds are written down once, in the tables of the core; the options and the
 * help of `wakegap run` are made from what the program says of itself.
 */
#ifndef VIZ_RUN_CATALOGUE_H
#define VIZ_RUN_CATALOGUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"

#define WG_PARAMS_MAX	 6
#define WG_WORKLOADS_MAX 16
#define WG_WAITS_MAX	 32

enum wg_unit { WG_UNIT_COUNT, WG_UNIT_SIZE, WG_UNIT_TIME, WG_UNIT_FILE };

struct wg_run_param {
	char name[24];
	enum wg_unit unit;
	uint64_t preset, min, max; /* bytes, ns, or how many */
	char does[96];
};

struct wg_workload_desc {
	char name[24];
	char does[96];
	struct wg_run_param params[WG_PARAMS_MAX];
	size_t param_count;
};

struct wg_wait_name {
	char name[24];
	bool polls;
	char does[128];
};

struct wg_catalogue {
	char program[4096]; /* wakegap-workload */
	struct wg_wait_name waits[WG_WAITS_MAX];
	size_t wait_count;
	struct wg_workload_desc v[WG_WORKLOADS_MAX];
	size_t count;
};

/* Find the program and ask it. *ret is zeroed before. */
int wg_catalogue_read(struct wg_catalogue *ret, struct wg_error *err);
const struct wg_workload_desc *wg_catalogue_find(const struct wg_catalogue *c, const char *name);
bool wg_catalogue_has_wait(const struct wg_catalogue *c, const char *name);

/*
 * What a person typed for p: 0 and *ret_value, or -EINVAL, -ERANGE: not of that unit, or out of
 * bounds. A file is any text and has no value.
 */
int wg_param_parse(const struct wg_run_param *p, const char *text, uint64_t *ret_value);

/* A value as it would be typed: "64K", "4ms", "160". Returns buf. */
char *wg_param_text(char *buf, size_t len, enum wg_unit unit, uint64_t value);

#endif
