/*
 * check.c: the judge. See check.h for what comes out.
 *
 * PASS needs a report that is whole, of all scenarios, with every schedule tried and no check
 * broken. One broken check is FAIL, however little else was tried. What is neither, because time or
 * schedules ran out or the machine lacks something, is INCONCLUSIVE with the reason. If the
 * explorer brought no report the learner's program is at fault, since nothing else ran in there;
 * how it ended is told.
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
#include "labs/grade/judge/requires.h"
#include "labs/grade/judge/work.h"

/* Checks that every lab has without naming them; titles for people. */
static const struct {
	const char *id, *title, *why;
} builtin[] = {
	{ "stuck", "no wake-up lost, nobody sleeps for ever",
		"a signal that nobody waits for is forgotten: what is tested between lock and "
		"wait?" },
	{ "endless", "every schedule comes to an end",
		"something goes on without waiting for what it needs" },
	{ "misuse", "locks and threads used as they may be",
		"each lock is given back by who took it, and waits hold the mutex they name" },
	{ "once", "every operation delivered exactly once", "who takes a result takes it away" },
	{ "leak", "all memory given back", "what is made is freed, also on the way out" },
	{ "crash", "no crash", "look at the last line that was reached" },
	{ "spin", "no thread turns without waiting", "a loop that only looks waits for nothing" },
	{ "exit", "the program does not end by itself", "a lab's file returns; it does not exit" },
	{ "use-after-free", "no memory used after it was freed", "who frees it must be the last" },
	{ "double-free", "no memory freed twice", "one owner frees" },
	{ "overflow", "no memory written beyond its end", "how long is it?" },
	{ "not-modelled", "only calls that can be checked",
		"the scheduler does not know this call; the lab does not need it" },
	{ "report", "the program lets the check end",
		"a lab's file has no business with descriptors and processes" },
};

static json_t *text_json(const char *text)
{
	json_t *s = text ? json_string(text) : NULL;

	return s ? s : json_string("?"); /* not UTF-8 */
}

/* ---- checks ---- */

static json_t *new_check(const struct wg_lab *lab, const char *id)
{
	const struct wg_lab_check *c = wg_lab_check_find(lab, id);
	const char *title = c && *c->title ? c->title : id, *why = c ? c->idea : "";
	json_t *o = json_object();
	size_t i;

	for (i = 0; i < sizeof(builtin) / sizeof(builtin[0]); i++) {
		if (strcmp(builtin[i].id, id) != 0)
			continue;
		if (!c || !*c->title)
			title = builtin[i].title;
		if (!*why)
			why = builtin[i].why;
	}
	(void)json_object_set_new(o, "id", text_json(id));
	(void)json_object_set_new(o, "title", text_json(title));
	(void)json_object_set_new(o, "why", text_json(why));
	(void)json_object_set_new(o, "verdict", json_string("ok"));
	(void)json_object_set_new(o, "points", json_integer(c ? c->points : 0));
	(void)json_object_set_new(o, "max", json_integer(c ? c->points : 0));
	(void)json_object_set_new(o, "message", json_string(""));
	return o;
}

/* The check called id in the record; made if it is not there. */
static json_t *check_in(json_t *record, const struct wg_lab *lab, const char *id)
{
	json_t *checks = json_object_get(record, "checks"), *each;
	size_t i;

	json_array_foreach(checks, i, each)
	{
		if (strcmp(text_of(each, "id"), id) == 0)
			return each;
	}
	(void)json_array_append_new(checks, new_check(lab, id));
	return json_array_get(checks, json_array_size(checks) - 1);
}

static void break_check(json_t *check, const char *message)
{
	(void)json_object_set_new(check, "verdict", json_string("fail"));
	(void)json_object_set_new(check, "points", json_integer(0));
	if (!*text_of(check, "message"))
		(void)json_object_set_new(check, "message", text_json(message));
}

static void set_count(json_t *check, const char *key, long long n)
{
	(void)json_object_set_new(check, key, json_integer(number_of(check, key) + n));
}

/* One scenario's findings about one check. */
static void take_check(
	json_t *record, const struct wg_lab *lab, const json_t *scenario, const json_t *found)
{
	long long failing = number_of(found, "failing");
	json_t *check;

	/* What nobody names and nothing broke is not worth a line. */
	if (failing == 0 && !wg_lab_check_find(lab, text_of(found, "id")))
		return;
	check = check_in(record, lab, text_of(found, "id"));
	set_count(check, "failing", failing);
	if (failing == 0)
		return;
	break_check(check, text_of(found, "message"));
	if (!json_object_get(check, "schedule")) {
		(void)json_object_set_new(
			check, "schedule", text_json(text_of(found, "first_schedule")));
		(void)json_object_set_new(check, "scenario", text_json(text_of(scenario, "name")));
	}
}

static void take_evidence(json_t *record, const json_t *scenario)
{
	json_t *shortest = json_object_get(scenario, "shortest");

	if (!shortest || json_object_get(record, "schedule_id"))
		return;
	(void)json_object_set_new(record, "schedule_id",
		json_sprintf("%s/%s", text_of(scenario, "name"), text_of(shortest, "id")));
	(void)json_object_set_new(record, "evidence_check", text_json(text_of(shortest, "check")));
	(void)json_object_set(record, "evidence", json_object_get(shortest, "steps"));
}

/* A loop without a step ended it all: what else holds nobody knows. */
static void leave_out(json_t *check)
{
	(void)json_object_set_new(check, "verdict", json_string("skip"));
	(void)json_object_set_new(check, "points", json_integer(0));
	(void)json_object_set_new(check, "measured", json_string("not tried to the end"));
	(void)json_object_set_new(check, "bound", json_string(""));
}

/* "9 of 17 schedules" for every check, over the scenarios. */
static void finish_checks(json_t *record, long long schedules)
{
	json_t *each;
	char text[96];
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		(void)snprintf(text, sizeof(text), "%lld of %lld schedules",
			number_of(each, "failing"), schedules);
		(void)json_object_set_new(each, "measured", text_json(text));
		(void)json_object_set_new(each, "bound", json_string("0"));
	}
}

static void set_verdict(json_t *record, const char *verdict, const char *reason)
{
	(void)json_object_set_new(record, "verdict", json_string(verdict));
	(void)json_object_set_new(record, "reason", text_json(reason));
}

static bool any_failed(const json_t *record)
{
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		if (strcmp(text_of(each, "verdict"), "fail") == 0)
			return true;
	}
	return false;
}

/* ---- the report ---- */

static void take_scenarios(json_t *record, const struct wg_lab *lab, const json_t *report)
{
	const json_t *scenarios = json_object_get(report, "scenarios"), *each, *found;
	char missing[256] = "";
	bool is_endless = false;
	long long schedules = 0;
	size_t i, c;

	json_array_foreach(scenarios, i, each)
	{
		schedules += number_of(each, "schedules");
		is_endless = is_endless || json_is_true(json_object_get(each, "endless"));
		json_array_foreach(json_object_get(each, "checks"), c, found)
		{
			take_check(record, lab, each, found);
		}
		if (*text_of(each, "trouble") && !any_failed(record))
			break_check(check_in(record, lab, "crash"), text_of(each, "trouble"));
		take_evidence(record, each);
		if (!json_is_true(json_object_get(each, "complete")) && !*missing)
			(void)snprintf(missing, sizeof(missing),
				"not every schedule of '%.60s' was tried (%.120s)",
				text_of(each, "name"), text_of(each, "bound"));
	}
	finish_checks(record, schedules);
	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		if (is_endless && strcmp(text_of(each, "verdict"), "ok") == 0)
			leave_out((json_t *)(uintptr_t)each);
	}
	(void)json_object_set_new(record, "schedules", json_integer(schedules));
	if (any_failed(record))
		set_verdict(record, "fail", "");
	else if (json_array_size(scenarios) == 0)
		set_verdict(record, "inconclusive", "the report names no scenario");
	else if (*missing)
		set_verdict(record, "inconclusive", missing);
	else
		set_verdict(record, "pass", "");
}

/* The explorer wrote nothing that can be read: say how it ended. */
static void take_end(json_t *record, const struct wg_lab *lab, const struct wg_box_result *r)
{
	char text[400];

	if (r->is_late)
		(void)snprintf(text, sizeof(text), "it did not end in %.1f s, and was ended",
			(double)r->wall_ms / 1000);
	else if (r->signal)
		(void)snprintf(text, sizeof(text), "it was ended by signal %d (%s)", r->signal,
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
	break_check(check_in(record, lab, "report"), text);
	finish_checks(record, 0);
	set_verdict(record, "fail", text);
}

static void take_report(
	json_t *record, const struct wg_check_options *o, const struct wg_box_result *r)
{
	static const char no_memory[] = "wakegap-explore: out of memory";
	json_t *report = json_loads(r->report.text, 0, NULL);
	const struct wg_lab *lab = o->lab;

	/* The explorer writes its report and then ends by itself: with 0 or 1, or with 2 and the
	 * reason why there was nothing to explore. A report of one that was killed is somebody
	 * else's. */
	if (r->exit_code == 2 && r->report.total == 0 &&
		strncmp(r->out.text, no_memory, strlen(no_memory)) == 0) {
		/* What the lab prints goes nowhere: this is the explorer's own word. */
		finish_checks(record, 0);
		set_verdict(record, "inconclusive", no_memory);
	} else if (r->is_late || r->signal ||
		   r->exit_code > (*text_of(report, "trouble") ? 2 : 1) ||
		   !json_is_array(json_object_get(report, "scenarios")))
		take_end(record, lab, r);
	else if (*text_of(report, "trouble")) {
		break_check(check_in(record, lab, "report"), text_of(report, "trouble"));
		finish_checks(record, 0);
		set_verdict(record, "fail", text_of(report, "trouble"));
	} else
		take_scenarios(record, lab, report);
	if (o->keeps_report && report)
		(void)json_object_set(record, "report", report);
	json_decref(report);
}

/* ---- the rest of the record ---- */

static void add_output(json_t *record, const struct wg_box_result *r)
{
	char text[128];

	if (r->out.total == 0)
		return;
	(void)snprintf(text, sizeof(text), "it printed %" PRIu64 " bytes%s", r->out.total,
		r->out.total > r->out.len ? "; what is kept is the beginning" : "");
	(void)json_object_set_new(record, "output_note", json_string(text));
	if (r->out.len > 4000)
		r->out.text[4000] = '\0';
	(void)json_object_set_new(record, "output", text_json(r->out.text));
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

static void add_score(json_t *record)
{
	long long points = 0, max = 0;
	const json_t *each;
	size_t i;

	json_array_foreach(json_object_get(record, "checks"), i, each)
	{
		points += number_of(each, "points");
		max += number_of(each, "max");
	}
	/* A check may hold for want of anything that runs: only a pass is worth all its points. */
	if (strcmp(text_of(record, "verdict"), "pass") != 0 && points == max && max > 0)
		points = 0;
	(void)json_object_set_new(record, "score", json_integer(points));
	(void)json_object_set_new(record, "max", json_integer(max));
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

	(void)json_object_set_new(record, "lab", text_json(o->lab->name));
	(void)json_object_set_new(record, "title", text_json(o->lab->title));
	(void)json_object_set_new(record, "tool_version", json_string(WG_VERSION));
	(void)json_object_set_new(record, "checks", json_array());
	for (i = 0; i < o->lab->check_count; i++)
		(void)check_in(record, o->lab, o->lab->checks[i].id);
	return record;
}

/* Build and run in the work folder. */
static int try_it(const struct wg_check_options *o, struct wg_work *work, json_t *record,
	struct wg_error *err)
{
	struct wg_box_result result;
	char *said = NULL, lack[200];
	int rc = wg_work_build(o, work, &said, err);

	if (rc == 0) {
		(void)json_object_set_new(record, "output", text_json(said));
		set_verdict(record, "build", "it does not compile");
	} else if (rc > 0 && wg_lab_lacks(o->lab, lack, sizeof(lack))) {
		finish_checks(record, 0);
		set_verdict(record, "inconclusive", lack);
		rc = 0;
	} else if (rc > 0) {
		if (said && *said)
			(void)json_object_set_new(record, "warnings", text_json(said));
		rc = wg_work_explore(o, work, &result, err);
		if (rc == 0) {
			take_report(record, o, &result);
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
	add_score(record);
	rc = wg_memory_check(err);
	if (rc < 0)
		json_decref(record);
	else
		*ret_record = record;
	return rc;
}
