/*
 * check.c: the judge. See check.h for what comes out, and report.c for how a verdict is made.
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
#include "labs/grade/base/say.h"
#include "labs/grade/judge/checks.h"
#include "labs/grade/judge/report.h"
#include "labs/grade/judge/requires.h"
#include "labs/grade/judge/work.h"

#define SAID_MAX 16000u

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
	char path[4400], word[WG_SHELL_MAX], *text;

	SHA256Init(&ctx);
	for (i = 0; i < lab->file_count; i++) {
		int rc;

		(void)snprintf(path, sizeof(path), "%.4000s/%.63s", dir, lab->files[i]);
		rc = wg_file_read(path, &text, &len, err);
		if (rc == -ENOENT)
			return wg_error_set(err, rc,
				"'%s' is missing: `wakegap lab reset %s` puts it back", path,
				wg_shell_word(word, "%s", dir));
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

/* A compiler can say megabytes about one line; a grading system takes one at most. */
static json_t *words_of_compiler(char *said)
{
	static const char more[] = "\n... and more";
	size_t len = SAID_MAX;

	if (strlen(said) > SAID_MAX + sizeof(more)) {
		while (((unsigned char)said[len] & 0xc0) == 0x80) /* between characters */
			len--;
		memcpy(said + len, more, sizeof(more));
	}
	return wg_json_text(said);
}

/* Build and run in the work folder. */
static int try_it(const struct wg_check_options *o, struct wg_work *work, json_t *record,
	struct wg_error *err)
{
	struct wg_box_result result;
	char *said = NULL, lack[200];
	int rc = wg_work_build(o, work, &said, err);

	if (rc == -ETIMEDOUT) {
		wg_report_verdict(record, "inconclusive", err->text);
		rc = 0;
	} else if (rc == 0) {
		(void)json_object_set_new(record, "output", words_of_compiler(said));
		wg_report_verdict(record, "build", "it does not compile");
	} else if (rc > 0 && wg_lab_lacks(o->lab, lack, sizeof(lack))) {
		wg_report_verdict(record, "inconclusive", lack);
		rc = 0;
	} else if (rc > 0) {
		if (said && *said)
			(void)json_object_set_new(record, "warnings", words_of_compiler(said));
		rc = wg_work_explore(o, work, &result, err);
		if (rc == 0) {
			rc = wg_report_take(record, o->lab, o->replay, &result, err);
			if (o->keeps_report)
				(void)json_object_set_new(
					record, "report", json_loads(result.report.text, 0, NULL));
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
