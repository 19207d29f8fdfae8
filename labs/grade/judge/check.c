/*
 * check.c: the judge. See check.h for what comes out.
 *
 * PASS needs a whole report of all scenarios: every schedule tried and no check broken. One broken
 * check is FAIL, however little else was tried. Everything else is INCONCLUSIVE, with the reason:
 * time or schedules ran out, or the machine lacks something. If the explorer wrote no report, the
 * learner's program is at fault, since nothing else ran there; the record says how it ended.
 */
#include "labs/grade/judge/check.h"

#include <errno.h>
#include <inttypes.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include <sha2.h>

#include "labs/grade/base/files.h"
#include "labs/grade/base/json.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/judge/checks.h"
#include "labs/grade/judge/requires.h"
#include "labs/grade/judge/work.h"

static void set_verdict(json_t *record, const char *verdict, const char *reason)
{
	(void)json_object_set_new(record, "verdict", json_string(verdict));
	(void)json_object_set_new(record, "reason", wg_json_text(reason));
}

/* ---- the report ---- */

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
		set_verdict(record, "fail", "");
	else if (json_array_size(scenarios) == 0)
		set_verdict(record, "inconclusive", "the report names no scenario");
	else if (*missing)
		set_verdict(record, "inconclusive", missing);
	else
		set_verdict(record, "pass", "");
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
	set_verdict(record, "fail", why);
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
	set_verdict(record, "build", text);
	return true;
}

/* The explorer wrote no report that can be read: say how it ended. */
static void take_end(json_t *record, const struct wg_lab *lab, const struct wg_box_result *r)
{
	char text[400];

	if (r->is_late)
		(void)snprintf(text, sizeof(text), "it did not end in %.1f s, and was killed",
			(double)r->wall_ms / 1000);
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

/* -EINVAL: there is no such schedule to replay. */
static int take_report(json_t *record, const struct wg_check_options *o,
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
		set_verdict(record, "inconclusive", no_memory);
	else if (r->is_late || r->signal || r->exit_code > (*trouble ? 2 : 1) ||
		 !json_is_array(json_object_get(report, "scenarios")))
		take_end(record, o->lab, r);
	else if (take_undefined(record, o->lab, trouble))
		;
	else if (o->replay && (*trouble || number_of(first, "schedules") == 0))
		rc = wg_error_set(err, -EINVAL,
			"no schedule '%s': %s (it is SCENARIO/ID, as `check` prints it)", o->replay,
			*trouble ? trouble : text_of(first, "trouble"));
	else if (*trouble)
		fail_whole(record, o->lab, trouble);
	else
		take_scenarios(record, o->lab, report);
	if (o->keeps_report && report)
		(void)json_object_set(record, "report", report);
	json_decref(report);
	return rc;
}

/* ---- the rest of the record ---- */

static void add_output(json_t *record, const struct wg_box_result *r)
{
	char text[128];

	if (r->out.total == 0 || json_object_get(record, "output"))
		return; /* that it was not built is said already */
	(void)snprintf(text, sizeof(text), "it printed %" PRIu64 " bytes%s", r->out.total,
		r->out.total > r->out.len ? "; what is kept is the beginning" : "");
	(void)json_object_set_new(record, "output_note", json_string(text));
	if (r->out.len > 4000)
		r->out.text[4000] = '\0';
	(void)json_object_set_new(record, "output", wg_json_text(r->out.text));
}

static void add_env(json_t *record, unsigned fences)
{
	struct utsname u;
	char text[200];

	(void)uname(&u);
	(void)json_object_set_new(record, "env",
		json_pack("{s:I, s:s, s:s, s:s}", "cpus", (json_int_t)sysconf(_SC_NPROCESSORS_ONLN),
			"kernel", u.release, "machine", u.machine, "box",
			wg_box_fences_text(fences, text, sizeof(text))));
}

int wg_check_sha256(const struct wg_lab *lab, const char *dir, char *hex, struct wg_error *err)
{
	SHA2_CTX ctx;
	size_t i, len;
	char path[4400], *text;

	SHA256Init(&ctx);
	for (i = 0; i < lab->file_count; i++) {
		int rc;

		(void)snprintf(path, sizeof(path), "%.4000s/%.63s", dir, lab->files[i]);
		rc = wg_file_read(path, &text, &len, err);
		if (rc < 0)
			return rc;
		SHA256Update(&ctx, (const uint8_t *)text, len);
		free(text);
	}
	(void)SHA256End(&ctx, hex);
	return 0;
}

static json_t *new_record(const struct wg_check_options *o)
{
	json_t *record = json_object();
	size_t i;

	(void)json_object_set_new(record, "lab", wg_json_text(o->lab->name));
	(void)json_object_set_new(record, "title", wg_json_text(o->lab->title));
	(void)json_object_set_new(record, "tool_version", json_string(WG_VERSION));
	(void)json_object_set_new(record, "checks", json_array());
	for (i = 0; i < o->lab->check_count; i++)
		(void)wg_checks_find(record, o->lab, o->lab->checks[i].id);
	return record;
}

/* Build and run in the work folder. */
static int try_it(const struct wg_check_options *o, struct wg_work *work, json_t *record,
	struct wg_error *err)
{
	struct wg_box_result result;
	char *said = NULL, lack[200];
	int rc = wg_work_build(o, work, &said, err);

	if (rc == -ETIMEDOUT) {
		set_verdict(record, "inconclusive", err->text);
		rc = 0;
	} else if (rc == 0) {
		(void)json_object_set_new(record, "output", wg_json_text(said));
		set_verdict(record, "build", "it does not compile");
	} else if (rc > 0 && wg_lab_lacks(o->lab, lack, sizeof(lack))) {
		set_verdict(record, "inconclusive", lack);
		rc = 0;
	} else if (rc > 0) {
		if (said && *said)
			(void)json_object_set_new(record, "warnings", wg_json_text(said));
		rc = wg_work_explore(o, work, &result, err);
		if (rc == 0) {
			rc = take_report(record, o, &result, err);
			add_output(record, &result);
			add_env(record, result.fences);
			(void)json_object_set_new(record, "wall_ms", json_integer(result.wall_ms));
			if (o->trace)
				(void)rename(work->trace, o->trace); /* none: none was written */
			wg_box_result_fini(&result);
		}
	}
	free(said);
	return rc;
}

int wg_check(const struct wg_check_options *options, json_t **ret_record, struct wg_error *err)
{
	char hex[SHA256_DIGEST_STRING_LENGTH];
	struct wg_work work;
	json_t *record;
	int rc = wg_check_sha256(options->lab, options->dir, hex, err);

	if (rc == 0)
		rc = wg_work_create(options, &work, err);
	if (rc < 0)
		return rc;
	record = new_record(options);
	(void)json_object_set_new(record, "source_sha256", json_string(hex));
	rc = try_it(options, &work, record, err);
	wg_work_destroy(&work);
	if (rc < 0) {
		json_decref(record);
		return rc;
	}
	wg_checks_score(record, options->lab);
	rc = wg_memory_check(err);
	if (rc < 0)
		json_decref(record);
	else
		*ret_record = record;
	return rc;
}
