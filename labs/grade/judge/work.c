/*
 * work.c: see work.h.
 */
#include "labs/grade/judge/work.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "labs/grade/base/files.h"
#include "labs/grade/base/memory.h"
#include "labs/grade/base/stop.h"
#include "labs/grade/base/words.h"
#include "traces/base/tree.h"

/* A compiler needs seconds; a file that takes a minute was written to take it. */
#define BUILD_MS   60000
#define WALL_MS	   60000
#define MEMORY	   (UINT64_C(2) << 30) /* of each process, and of all together */
#define FILE_BYTES (UINT64_C(64) << 20)
#define PROCESSES  64
#define KEEP_BYTES (32u << 20)
/* As the tools see it, which begin in src/: their words name no folder that differs each time. */
#define OUT "../out/"

/* ---- the folder ---- */

/* The learner's file number i, or what stands in its place. */
static int copy_learners(
	const struct wg_check_options *o, const struct wg_work *w, size_t i, struct wg_error *err)
{
	char from[4300], to[400], *text = NULL;
	size_t len;
	int rc;

	if (i > 0 || !o->in_place)
		return wg_file_copy(o->dir, w->src, o->lab->files[i], err);
	(void)snprintf(from, sizeof(from), "%s/%.120s", o->lab->dir, o->in_place);
	(void)snprintf(to, sizeof(to), "%s/%s", w->src, o->lab->files[i]);
	rc = wg_file_read(from, &text, &len, err);
	if (rc == 0)
		rc = wg_file_write(to, text, len, err);
	free(text);
	return rc;
}

static int copy_sources(
	const struct wg_check_options *o, const struct wg_work *w, struct wg_error *err)
{
	size_t i;
	int rc = wg_headers_copy(o->lab->dir, w->src, err);

	if (rc == 0)
		rc = wg_file_copy(o->lab->dir, w->src, "scenario.c", err);
	for (i = 0; rc == 0 && i < o->lab->file_count; i++)
		rc = copy_learners(o, w, i, err);
	return rc;
}

static int copy_harness(
	const struct wg_check_options *o, const struct wg_work *w, struct wg_error *err)
{
	char from[4200], to[400], program[4400], *slash;
	int rc;

	(void)snprintf(from, sizeof(from), "%s/explore", o->course->home);
	(void)snprintf(to, sizeof(to), "%s/labs/explore", w->src);
	rc = wg_folder_make(to, err);
	if (rc == 0)
		rc = wg_file_copy(from, to, "lab.h", err);
	if (rc == 0)
		rc = wg_file_copy(from, w->src, "wrap.opts", err);
	(void)snprintf(from, sizeof(from), "%s/real", o->course->home);
	if (rc == 0 && o->is_real) {
		rc = wg_file_copy(from, w->out, "wrap.opts", err);
		(void)snprintf(from, sizeof(from), "%s/wrap.opts", w->out);
		(void)snprintf(to, sizeof(to), "%s/real.opts", w->src);
		if (rc == 0 && rename(from, to) < 0)
			rc = wg_error_set(err, -errno, "cannot rename '%s'", from);
	}
	if (rc == 0)
		rc = wg_find_program("wakegap-explore", program, sizeof(program), err);
	if (rc < 0)
		return rc;
	slash = strrchr(program, '/');
	*slash = '\0';
	return wg_file_copy(program, w->src, slash + 1, err);
}

int wg_work_create(const struct wg_check_options *o, struct wg_work *ret, struct wg_error *err)
{
	int rc;

	memset(ret, 0, sizeof(*ret));
	rc = wg_folder_temp(ret->dir, sizeof(ret->dir), err);
	if (rc < 0)
		return rc;
	(void)snprintf(ret->src, sizeof(ret->src), "%s/src", ret->dir);
	(void)snprintf(ret->out, sizeof(ret->out), "%s/out", ret->dir);
	(void)snprintf(ret->so, sizeof(ret->so), "%s/lab.so", ret->out);
	(void)snprintf(ret->trace, sizeof(ret->trace), "%s/trace", ret->out);
	(void)snprintf(ret->explorer, sizeof(ret->explorer), "%s/wakegap-explore", ret->src);
	rc = wg_folder_make(ret->src, err);
	if (rc == 0)
		rc = wg_folder_make(ret->out, err);
	if (rc == 0 && geteuid() == 0 && chown(ret->out, wg_box_user(), wg_box_user()) < 0)
		rc = wg_error_set(
			err, -errno, "cannot give '%s' away: %s", ret->out, strerror(errno));
	if (rc == 0)
		rc = copy_sources(o, ret, err);
	if (rc == 0)
		rc = copy_harness(o, ret, err);
	if (rc < 0)
		wg_work_destroy(ret);
	return rc;
}

void wg_work_destroy(struct wg_work *work)
{
	(void)wg_remove_tree(work->dir);
	work->dir[0] = '\0';
}

/* ---- building ---- */

static struct wg_box_options box(
	const struct wg_check_options *o, const struct wg_work *w, char *const *argv)
{
	return (struct wg_box_options){ .argv = argv,
		.dir = w->out,
		.start_dir = w->src,
		.without = o->box_without,
		.cpu_s = 120,
		.memory_bytes = MEMORY,
		.file_bytes = FILE_BYTES,
		.processes = PROCESSES,
		.keep_bytes = KEEP_BYTES,
		.is_over = wg_stop_signal };
}

/* Leave the folder of this run out of a text: it has another name each time. */
static void hide(char *text, const char *folder)
{
	size_t len = strlen(folder);
	char *at = text;

	while ((at = strstr(at, folder))) {
		const char *rest = at + len + (at[len] == '/');

		memmove(at, rest, strlen(rest) + 1);
	}
}

static void hide_folders(const struct wg_work *w, struct wg_box_result *r)
{
	hide(r->out.text, w->src);
	hide(r->out.text, w->out);
	hide(r->report.text, w->src);
	hide(r->report.text, w->out);
}

/* What the compiler said so far, and goes on saying. */
static void append(char **text, const char *more)
{
	char *all = NULL;

	if (asprintf(&all, "%s%s", *text ? *text : "", more) < 0) {
		wg_memory_note_lack();
		return;
	}
	free(*text);
	*text = all;
}

/* 1: done; 0: it says no; or a negative errno. */
static int run_compiler(const struct wg_check_options *o, const struct wg_work *work,
	const struct wg_words *words, char **text, struct wg_error *err)
{
	struct wg_box_options options = box(o, work, words->v);
	struct wg_box_result result;
	int rc;

	options.wall_ms = BUILD_MS;
	if (o->wall_ms && o->wall_ms * 10 < BUILD_MS) /* a busy machine is no reason to give up */
		options.wall_ms = o->wall_ms * 10;
	rc = wg_box_run(&options, &result, err);
	if (rc < 0)
		return rc;
	hide_folders(work, &result);
	if (result.is_late)
		rc = wg_error_set(err, -ETIMEDOUT, "the compiler did not end in %d s",
			options.wall_ms / 1000);
	else if (result.exit_code == 127)
		rc = wg_error_set(err, -ENOENT,
			"cannot run the compiler '%s': %.*s: `apt install gcc` installs one, CC "
			"names another" WG_SEE_DOCTOR,
			words->v[0], (int)strcspn(result.out.text, "\n"), result.out.text);
	else
		append(text, result.out.text);
	if (rc == 0 && result.used_bytes)
		append(text, "the compiler used more memory than it may, and was ended\n");
	wg_box_result_fini(&result);
	return rc < 0 ? rc : result.exit_code == 0;
}

/* $CC may have several words, as in make: "ccache gcc", "gcc -m32". The words are static. */
static void add_compiler(struct wg_words *words)
{
	static char copy[1024];
	const char *cc = getenv("CC");
	char *rest = copy, *word;

	(void)snprintf(copy, sizeof(copy), "%s", cc && cc[strspn(cc, " \t")] ? cc : "cc");
	while ((word = strtok_r(rest, " \t", &rest)))
		WG_WORDS_ADD(words, word);
}

/* Does it call itself clang? Asked once; a name says nothing, cc may be either. */
static bool is_clang(const struct wg_check_options *o, const struct wg_work *work)
{
	static int known = -1;
	struct wg_words words = { .count = 0 };
	struct wg_error err = { 0 };
	char *text = NULL;

	if (known >= 0)
		return known;
	add_compiler(&words);
	WG_WORDS_ADD(&words, "-dM", "-E", "-x", "c", "/dev/null");
	known = run_compiler(o, work, &words, &text, &err) == 1 && text &&
		strstr(text, "__clang__");
	free(text);
	return known;
}

/* As run_compiler(): src/NAME.c to out/NAME.c.o. */
static int compile(const struct wg_check_options *o, const struct wg_work *work, const char *name,
	char **text, struct wg_error *err)
{
	struct wg_words words = { .count = 0 };
	char object[80];

	(void)snprintf(object, sizeof(object), OUT "%.63s.o", name);
	add_compiler(&words);
	WG_WORDS_ADD(&words, "-std=c11", "-D_GNU_SOURCE", "-g", "-O1", "-Wall", "-Wextra", "-fPIC",
		"-pthread", "-pipe", "-I.", "-c", "-o", object, name);
	/* For the explorer: it makes accesses of shared variables visible. */
	if (!o->is_real)
		WG_WORDS_ADD(&words, "-fsanitize=thread");
	/* It leaves out the read of a read-then-write, and a verdict must not depend on that. */
	if (!o->is_real && is_clang(o, work))
		WG_WORDS_ADD(&words, "-mllvm", "-tsan-instrument-read-before-write=1");
	return run_compiler(o, work, &words, text, err);
}

/*
 * A file that defines a name of lab.h, or of a call as the explorer has it, would be asked in its
 * place. 1: it defines none, or nobody here can say; 0: it does; or a negative errno.
 */
static int check_names(const struct wg_check_options *o, const struct wg_work *work,
	const char *name, char **text, struct wg_error *err)
{
	static const char *const ours[] = { "lab_", "__wrap_", "__tsan_" };
	struct wg_words words = { .count = 0 };
	struct wg_box_options options;
	struct wg_box_result result;
	char object[80], why[300], *rest, *line;
	int is_fine = 1;
	size_t i;

	(void)snprintf(object, sizeof(object), OUT "%.63s.o", name);
	WG_WORDS_ADD(&words, "nm", "-P", "-g", "--defined-only", object);
	options = box(o, work, words.v);
	options.wall_ms = BUILD_MS;
	if (wg_box_run(&options, &result, err) < 0)
		return err->code;
	for (rest = result.out.text; is_fine && (line = strsep(&rest, "\n"));) {
		for (i = 0; i < sizeof(ours) / sizeof(ours[0]); i++)
			is_fine = is_fine && strncmp(line, ours[i], strlen(ours[i])) != 0;
	}
	if (!is_fine) {
		(void)snprintf(why, sizeof(why),
			"%.63s: error: it defines '%.*s', which is the lab's: choose another "
			"name\n",
			name, (int)strcspn(line, " "), line);
		append(text, why);
	}
	wg_box_result_fini(&result);
	return is_fine;
}

static bool is_c(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && strcmp(dot, ".c") == 0;
}

static int link_all(const struct wg_check_options *o, const struct wg_work *work, char **text,
	struct wg_error *err)
{
	char objects[WG_LAB_FILES + 1][80];
	struct wg_words words = { .count = 0 };
	size_t i;

	(void)snprintf(objects[0], sizeof(objects[0]), OUT "scenario.c.o");
	/* An object may carry options for the linker's plugin, which runs programs of its choice.
	 */
	add_compiler(&words);
	WG_WORDS_ADD(&words, "-shared", "-fno-lto", "-o", work->so, objects[0]);
	for (i = 0; i < o->lab->file_count; i++) {
		(void)snprintf(objects[i + 1], sizeof(objects[0]), OUT "%.63s.o", o->lab->files[i]);
		if (is_c(o->lab->files[i]))
			WG_WORDS_ADD(&words, objects[i + 1]);
	}
	WG_WORDS_ADD(&words, o->is_real ? "@real.opts" : "@wrap.opts");
	return run_compiler(o, work, &words, text, err);
}

int wg_work_build(const struct wg_check_options *o, const struct wg_work *work, char **ret_text,
	struct wg_error *err)
{
	size_t i;
	int rc = 1;

	*ret_text = NULL;
	for (i = 0; rc > 0 && i < o->lab->file_count; i++) {
		if (!is_c(o->lab->files[i]))
			continue;
		rc = compile(o, work, o->lab->files[i], ret_text, err);
		if (rc > 0)
			rc = check_names(o, work, o->lab->files[i], ret_text, err);
	}
	if (rc > 0)
		rc = compile(o, work, "scenario.c", ret_text, err);
	return rc > 0 ? link_all(o, work, ret_text, err) : rc;
}

/* ---- running ---- */

int wg_work_explore(const struct wg_check_options *o, const struct wg_work *work,
	struct wg_box_result *ret, struct wg_error *err)
{
	struct wg_box_options options;
	int wall_ms = o->wall_ms ? o->wall_ms : WALL_MS;
	struct wg_words words = { .count = 0 };
	char scenario[128], seconds[16];
	int rc;

	/* So that it is the explorer that ends, with a report, and not we that end it. */
	(void)snprintf(seconds, sizeof(seconds), "%d", wall_ms > 4000 ? wall_ms / 3000 : 1);
	WG_WORDS_ADD(&words, work->explorer, work->so, "--fd", "3", "--seconds", seconds);
	if (o->lab->races_fail)
		WG_WORDS_ADD(&words, "--races");
	if (o->replay) {
		const char *slash = strrchr(o->replay, '/');
		int len = slash ? (int)(slash - o->replay) : 0;

		(void)snprintf(scenario, sizeof(scenario), "%.*s", len, o->replay);
		WG_WORDS_ADD(
			&words, "--scenario", scenario, "--replay", slash ? slash + 1 : o->replay);
	}
	if (o->replay && o->trace)
		WG_WORDS_ADD(&words, "--trace", work->trace);
	options = box(o, work, words.v);
	options.wants_report = true;
	options.wall_ms = wall_ms;
	options.is_read_only = !o->trace;
	/* Where there is no world of its own, root can still take the folder back. */
	if (options.is_read_only && geteuid() == 0)
		(void)chown(work->out, 0, 0);
	rc = wg_box_run(&options, ret, err);
	if (rc == 0)
		hide_folders(work, ret);
	return rc;
}
