/*
 * targets.c: see targets.h. The targets but the trace (fuzz_trace.c) are a few lines each.
 */
#include "tests/fuzz/targets.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "labs/grade/course/course.h"
#include "labs/grade/course/tar.h"
#include "traces/model/filter.h"
#include "traces/model/model.h"
#include "viz/app/app.h"
#include "viz/app/script.h"
#include "viz/canvas/canvas.h"
#include "viz/screen/screen.h"

const struct fuzz_target *const fuzz_targets[] = { &fuzz_trace, &fuzz_conf, &fuzz_tar, &fuzz_keys,
	&fuzz_filter, &fuzz_strace, NULL };

void fuzz_write(const char *dir, const char *name, const void *bytes, size_t len)
{
	char path[4096];
	int fd;

	(void)snprintf(path, sizeof(path), "%s/%s", dir, name);
	fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0 || write(fd, bytes, len) != (ssize_t)len || close(fd) < 0)
		abort();
}

char *fuzz_read(const char *path, size_t *ret_len)
{
	struct stat st;
	char *bytes = NULL;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0 || !(bytes = malloc((size_t)st.st_size + 1)) ||
		read(fd, bytes, (size_t)st.st_size) != st.st_size || close(fd) < 0)
		abort();
	bytes[st.st_size] = '\0';
	*ret_len = (size_t)st.st_size;
	return bytes;
}

const char *fuzz_sample(const char *name)
{
	static char path[4096];

	(void)snprintf(path, sizeof(path), "traces/samples/%s", name);
	return path;
}

/* The bytes as a string: up to the first NUL. */
static void as_text(const uint8_t *data, size_t len, char *text, size_t size)
{
	(void)snprintf(text, size, "%.*s", (int)len, (const char *)data);
}

static struct wg_trace *tick(void)
{
	static struct wg_trace *trace;
	struct wg_error err;

	if (!trace && wg_trace_load(fuzz_sample("tick"), &trace, &err) < 0)
		abort();
	return trace;
}

/* ---- lab.conf ---- */

static void run_conf(const uint8_t *data, size_t len, const char *dir)
{
	struct wg_course course;
	struct wg_error err;
	char lab[4000];
	size_t i;

	(void)snprintf(lab, sizeof(lab), "%s/01-lab", dir);
	(void)mkdir(lab, 0700);
	fuzz_write(lab, "lab.conf", data, len);
	(void)setenv("WAKEGAP_LABS", dir, 1);
	if (wg_course_read(&course, &err) == 0) {
		for (i = 0; i < course.count; i++) {
			if (course.v[i].file_count > WG_LAB_FILES ||
				course.v[i].check_count > WG_LAB_CHECKS)
				abort();
		}
	}
	wg_course_fini(&course);
	(void)unsetenv("WAKEGAP_LABS");
}

/* ---- a submission ---- */

static void run_tar(const uint8_t *data, size_t len, const char *dir)
{
	static struct wg_lab lab = { .name = "01-lab", .number = 1, .file_count = 1 };
	const struct wg_course course = { .v = &lab, .count = 1 };
	const struct wg_lab *which = NULL;
	struct wg_error err;
	json_t *state = NULL;
	char path[4096], out[4096];
	int i;

	(void)snprintf(lab.files[0], sizeof(lab.files[0]), "loop.c");
	(void)snprintf(path, sizeof(path), "%s/in.tar", dir);
	(void)snprintf(out, sizeof(out), "%s/out", dir);
	(void)mkdir(out, 0700);
	fuzz_write(dir, "in.tar", data, len);
	for (i = 0; i < 2; i++, which = &lab) {
		(void)wg_tar_take(path, &course, &which, out, &state, &err);
		json_decref(state);
		state = NULL;
	}
}

/* ---- keys and prompts ---- */

static void run_keys(const uint8_t *data, size_t len, const char *dir)
{
	const struct wg_trace *borrowed[1] = { tick() };
	struct wg_canvas canvas;
	struct wg_app app;
	char script[4096], bad[64];
	int cols = len > 0 ? data[0] : 80, rows = len > 1 ? data[1] % 100 : 24;

	(void)dir;
	as_text(data + (len < 2 ? len : 2), len < 2 ? 0 : len - 2, script, sizeof(script));
	if (cols < 1 || rows < 1 || wg_app_init(&app, borrowed, 1, cols, rows, false) < 0)
		return;
	(void)wg_script_run(&app, script, bad, sizeof(bad));
	if (wg_canvas_init(&canvas, cols, rows, false) == 0) {
		(void)wg_screen_draw(&app, &canvas);
		wg_canvas_fini(&canvas);
	}
}

/* ---- the language of searches ---- */

static void run_filter(const uint8_t *data, size_t len, const char *dir)
{
	struct wg_filter filter;
	struct wg_found found;
	char text[4096], why[120] = "";

	(void)dir;
	as_text(data, len, text, sizeof(text));
	if (wg_filter_parse(text, &filter, why, sizeof(why)) < 0) {
		if (!why[0])
			abort(); /* refused without a reason */
		return;
	}
	if (filter.count > WG_TERMS_MAX)
		abort();
	(void)wg_filter_next(&filter, tick(), INT64_MIN, true, &found);
	(void)wg_filter_next(&filter, tick(), INT64_MAX, false, &found);
}

const struct fuzz_target fuzz_conf = { "conf", run_conf, NULL };
const struct fuzz_target fuzz_tar = { "tar", run_tar, NULL };
const struct fuzz_target fuzz_keys = { "keys", run_keys, NULL };
const struct fuzz_target fuzz_filter = { "filter", run_filter, NULL };
