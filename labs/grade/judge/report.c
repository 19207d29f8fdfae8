/*
 * report.c: see report.h.
 *
 * PASS needs a whole report of all scenarios: every schedule tried and no check broken. One broken
 * check is FAIL, however little else was tried. Everything else is INCONCLUSIVE, with the reason:
 * time or schedules ran out. If the explorer wrote no report, the learner's program is at fault,
 * since nothing else ran there; the record says how it ended.
 */
#include "labs/grade/judge/report.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "labs/grade/base/json.h"
#include "labs/grade/judge/checks.h"
#include "labs/grade/judge/races.h"

void wg_report_verdict(json_t *record, const char *verdict, const char *reason)
{
	(void)json_object_set_new(record, "verdict", json_string(verdict));
	(void)json_object_set_new(record, "reason", wg_json_text(reason));
}

static void take_evidence(json_t *record, const json_t *scenario)
{
	json_t *shortest = json_object_get(scenario, "shortest");

	if (!shortest || json_object_get(record, "schedule_id"))
		return;
	(void)json_object_set_new(record, "schedule_id",
		json_sprintf("%s/%s", text_of(scenario, "name"), text_of(shortest, "id")));
	(void)json_object_set_new(
		record, "evidence_check", wg_json_text(text_of(shortest, "check")));
	(void)json_object_set(record, "evidence", json_object_get(shortest, "steps"));
	if (json_object_get(shortest, "blocked"))
		(void)json_object_set(record, "blocked", json_object_get(shortest, "blocked"));
}

static void judge_checks(json_t *record, const json_t *scenarios, const char *missing)
{
	if (wg_checks_with(record, "fail"))
		wg_report_verdict(record, "fail", "");
	else if (json_array_size(scenarios) == 0)
		wg_report_verdict(record, "inconclusive", "the report names no scenario");
	else if (*missing)
		wg_report_verdict(record, "inconclusive", missing);
	else
		wg_report_verdict(record, "pass", "");
}

static void take_scenarios(json_t *record, const struct wg_lab *lab, const json_t *report)
{
	const json_t *scenarios = json_object_get(report, "scenarios"), *each, *found;
	char missing[256] = "";
	long long schedules = 0;
	size_t i, c;

	json_array_foreach(scenarios, i, each)
	{
		schedules += number_of(each, "schedules");
		json_array_foreach(json_object_get(each, "checks"), c, found)
		{
			wg_checks_take(record, lab, each, found);
		}
		if (*text_of(each, "trouble") && !wg_checks_with(record, "fail"))
			wg_checks_break(
				wg_checks_find(record, lab, "crash"), text_of(each, "trouble"));
		take_evidence(record, each);
		wg_races_take(record, lab, each);
		if (!json_is_true(json_object_get(each, "complete")) && !*missing)
			(void)snprintf(missing, sizeof(missing),
				"not every schedule of '%.60s' was tried (%.120s)",
				text_of(each, "name"), text_of(each, "bound"));
	}
	wg_checks_finish(record, lab, schedules, schedules > 0 && !*missing);
	(void)json_object_set_new(record, "schedules", json_integer(schedules));
	judge_checks(record, scenarios, missing);
}

/* Nothing was tried, and the learner's file is the reason. */
static void fail_whole(json_t *record, const struct wg_lab *lab, const char *why)
{
	wg_checks_break(wg_checks_find(record, lab, "report"), why);
	wg_checks_finish(record, lab, 0, false);
	wg_report_verdict(record, "fail", why);
}

/* The file was built, but a function that the scenario calls is in none of its files. */
static bool take_undefined(json_t *record, const struct wg_lab *lab, const char *trouble)
{
	static const char sign[] = "undefined symbol: ";
	const char *symbol = strstr(trouble, sign);
	char text[300];

	if (!symbol)
		return false;
	symbol += strlen(sign);
	(void)snprintf(text, sizeof(text), "%s does not define '%.*s'", lab->files[0],
		(int)strcspn(symbol, " ,\n"), symbol);
	(void)json_object_set_new(record, "output", wg_json_text(text));
	wg_report_verdict(record, "build", text);
	return true;
}

/* The explorer wrote no report that can be read: say how it ended. */
static void take_end(json_t *record, const struct wg_lab *lab, const struct wg_box_result *r)
{
	char text[400];

	if (r->used_bytes)
		(void)snprintf(text, sizeof(text),
			"all its processes together used more than %.1f GiB of memory, and were "
			"ended",
			(double)r->limit_bytes / (1 << 30));
	else if (r->is_late)
		(void)snprintf(text, sizeof(text), "it did not end in %d s, and was killed",
			r->limit_ms / 1000);
	else if (r->signal)
		(void)snprintf(text, sizeof(text), "signal %d ended it (%s)", r->signal,
			strsignal(r->signal));
	else if (r->report.total > r->report.len)
		(void)snprintf(text, sizeof(text), "it wrote %" PRIu64 " bytes over the report",
			r->report.total);
	else if (r->report.len)
		(void)snprintf(text, sizeof(text), "something was written over the report: '%.80s'",
			r->report.text);
	else
		(void)snprintf(text, sizeof(text),
			"it ended with status %d before there was a report: exit, or closed "
			"descriptors",
			r->exit_code);
	fail_whole(record, lab, text);
}

int wg_report_take(json_t *record, const struct wg_lab *lab, const char *replay,
	const struct wg_box_result *r, struct wg_error *err)
{
	static const char no_memory[] = "wakegap-explore: out of memory";
	json_t *report = json_loads(r->report.text, 0, NULL);
	const json_t *first = json_array_get(json_object_get(report, "scenarios"), 0);
	const char *trouble = text_of(report, "trouble");
	int rc = 0;

	/* The explorer writes its report and then ends by itself: with 0 or 1, or with 2 and the
	 * reason why there was nothing to explore. If it was killed, the report is not its own. */
	if (r->exit_code == 2 && r->report.total == 0 &&
		strncmp(r->out.text, no_memory, strlen(no_memory)) == 0)
		/* What the lab prints goes nowhere: these are the explorer's words. */
		wg_report_verdict(record, "inconclusive", no_memory);
	else if (r->is_late || r->used_bytes || r->signal || r->exit_code > (*trouble ? 2 : 1) ||
		 !json_is_array(json_object_get(report, "scenarios")))
		take_end(record, lab, r);
	else if (take_undefined(record, lab, trouble))
		;
	else if (replay && (*trouble || number_of(first, "schedules") == 0))
		rc = wg_error_set(err, -EINVAL,
			"no schedule '%s': %s (it is SCENARIO/ID, as `check` prints it)", replay,
			*trouble ? trouble : text_of(first, "trouble"));
	else if (*trouble)
		fail_whole(record, lab, trouble);
	else
		take_scenarios(record, lab, report);
	json_decref(report);
	return rc;
}
