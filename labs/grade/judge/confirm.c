/*
 * confirm.c: real threads beside the proof. See check.h and real.h.
 *
 * A failure on real threads counts only if the lab's own solution passes right after it; else the
 * machine is the reason.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labs/grade/judge/check.h"
#include "labs/grade/base/json.h"
#include "labs/grade/judge/real.h"

#define BUDGET_MS 1000

static void set(json_t *o, const char *key, const char *text)
{
	(void)json_object_set_new(o, key, wg_json_text(text));
}

/* Go on with the reason. */
static void add_reason(json_t *o, const char *more)
{
	char text[700];

	(void)snprintf(text, sizeof(text), "%.500s%s", text_of(o, "reason"), more);
	set(o, "reason", text);
}

/* Build and run once; NULL after err. */
static json_t *run_once(
	const struct wg_check_options *options, const char *trace, struct wg_error *err)
{
	struct wg_work work;
	char own[320];
	json_t *real;

	if (wg_real_build(options, &work, err) < 0)
		return NULL;
	(void)snprintf(own, sizeof(own), "%s/real", work.dir);
	real = wg_real_run(options->lab, &work, trace ? trace : own, BUDGET_MS);
	wg_work_destroy(&work);
	return real;
}

static void doubt(const struct wg_check_options *options, json_t *real)
{
	struct wg_check_options o = *options;
	struct wg_error err = { 0 };
	json_t *ours;

	o.in_place = "solution.c";
	ours = run_once(&o, NULL, &err);
	set(real, "canary", ours ? text_of(ours, "verdict") : err.text);
	if (!ours || !wg_real_is(ours, "pass")) {
		set(real, "verdict", "inconclusive");
		add_reason(real, ours ? "; our solution does not pass on this machine now either"
				      : "; our solution could not be run beside it");
	}
	json_decref(ours);
}

/* Into the record goes how `real` fits what the schedules say. */
static void compare(json_t *record, json_t *real)
{
	const char *proved = text_of(record, "verdict");

	if (strcmp(proved, "fail") == 0 && wg_real_is(real, "pass"))
		add_reason(real, ", by luck: see the schedule above");
	if (strcmp(proved, "pass") == 0 && wg_real_is(real, "fail")) {
		set(record, "verdict", "inconclusive");
		set(record, "reason", "every schedule passes, but real threads fail");
	}
	(void)json_object_set_new(record, "real", real);
}

int wg_real_confirm(const struct wg_check_options *options, const char *trace, json_t *record,
	struct wg_error *err)
{
	json_t *real = run_once(options, trace, err);

	if (!real)
		return err->code;
	if (wg_real_is(real, "fail"))
		doubt(options, real);
	compare(record, real);
	return 0;
}
