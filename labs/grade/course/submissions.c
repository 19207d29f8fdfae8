/*
 * submissions.c: see submissions.h. What students made is walked with bounds: so deep, and so many
 * files for each of them.
 */
#include "labs/grade/course/submissions.h"

#include <dirent.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/stat.h>

#include "labs/grade/course/progress.h"

#define DEPTH_MAX   8	  /* folders */
#define ENTRIES_MAX 10000 /* in the folder of one student */

struct walk {
	const char *root;
	const struct wg_course *course;
	struct wg_submissions *found;
	size_t entries; /* of this student, until now */
	bool is_short;	/* of memory */
};

/* Where in the tree: a path below the root, and what its parts said. */
struct place {
	const char *path; /* "" at the root */
	char student[256];
	const struct wg_lab *lab;
	int depth;
};

/* ---- names ---- */

/* The length of a name without the ending of an archive; 0: it has none. */
static size_t stem_of(const char *name)
{
	static const char *const ends[] = { ".tar", ".tgz", ".tbz", ".tbz2", ".txz", ".tzst",
		".zip" };
	size_t len = strlen(name), i;
	const char *dot;

	for (i = 0; i < sizeof(ends) / sizeof(ends[0]); i++) {
		size_t n = strlen(ends[i]);

		if (len > n && strcasecmp(name + len - n, ends[i]) == 0)
			return len - n;
	}
	dot = strrchr(name, '.'); /* .tar.gz, .tar.zst and the like */
	if (dot && dot - name > 4 && strncasecmp(dot - 4, ".tar", 4) == 0)
		return (size_t)(dot - 4 - name);
	return 0;
}

/* lab3, lab-03, Lab_3, 03-while-not-if; nothing that could be a student's number. */
static const struct wg_lab *lab_of(const struct wg_course *course, const char *name)
{
	const struct wg_lab *lab;

	if (strncasecmp(name, "lab", 3) == 0) {
		name += 3;
		name += strspn(name, "-_ ");
		if (*name && name[strspn(name, "0123456789")] == '\0')
			return wg_course_find(course, name);
		return NULL;
	}
	lab = wg_course_find(course, name);
	return lab && strcmp(lab->name, name) == 0 ? lab : NULL;
}

/* The course's own beside the submissions: the roster, the results, a learning platform's list. */
static bool is_of_course(const char *name)
{
	const char *dot = strrchr(name, '.');

	return dot && (strcasecmp(dot, ".csv") == 0 || strcasecmp(dot, ".yml") == 0);
}

bool wg_submission_is(const char *dir, const struct wg_course *course)
{
	char path[4400];
	struct stat st;
	size_t i, k;

	(void)snprintf(path, sizeof(path), "%.4000s/%s", dir, WG_STATE_FILE);
	if (lstat(path, &st) == 0)
		return true;
	for (i = 0; i < course->count; i++) {
		for (k = 0; k < course->v[i].file_count; k++) {
			(void)snprintf(
				path, sizeof(path), "%.4000s/%s", dir, course->v[i].files[k]);
			if (lstat(path, &st) == 0)
				return true;
		}
	}
	return false;
}

/* ---- the list ---- */

static void add(struct walk *w, const struct place *at, const char *why)
{
	struct wg_submission *grown =
		reallocarray(w->found->v, w->found->count + 1, sizeof(*grown));
	const char *slash = strrchr(at->path, '/');
	struct wg_submission s = { .file = strdup(at->path), .lab = at->lab, .why = why };

	s.student = strdup(*at->student ? at->student : slash ? slash + 1 : at->path);
	if (grown)
		w->found->v = grown;
	if (grown && s.file && s.student) {
		grown[w->found->count++] = s;
		return;
	}
	free(s.file);
	free(s.student);
	w->is_short = true;
}

static void forget_from(struct wg_submissions *s, size_t count)
{
	while (s->count > count) {
		free(s->v[--s->count].file);
		free(s->v[s->count].student);
	}
}

void wg_submissions_fini(struct wg_submissions *s)
{
	forget_from(s, 0);
	free(s->v);
	s->v = NULL;
}

/* ---- the walk ---- */

static int look_into(struct walk *w, const struct place *at);

/* A folder. Of a student's, what is in it is one matter: something of a lab, or a reason. */
static void look_at_folder(struct walk *w, const struct place *at, bool is_students)
{
	size_t before = w->found->count;
	char path[4400];
	int rc;

	if (is_students)
		w->entries = 0;
	(void)snprintf(path, sizeof(path), "%.2000s/%.2300s", w->root, at->path);
	if (wg_submission_is(path, w->course)) {
		add(w, at, NULL);
		return;
	}
	rc = at->depth < DEPTH_MAX ? look_into(w, at) : 0;
	if (!is_students)
		return;
	if (w->entries > ENTRIES_MAX) {
		forget_from(w->found, before);
		add(w, at, "the folder holds more than 10000 files");
	} else if (w->found->count == before)
		add(w, at,
			rc < 0		  ? "the folder cannot be read"
			: w->entries == 0 ? "the folder is empty"
					  : "the folder has no file of a lab");
}

/* One name in a folder. */
static void look_at(struct walk *w, const struct place *in, const char *name)
{
	char path[4400], full[4400];
	struct place at = *in;
	size_t stem = stem_of(name);
	bool is_new = !*in->student; /* no part of the path before this one names a student */
	const struct wg_lab *lab;
	struct stat st;

	(void)snprintf(path, sizeof(path), "%.2000s%s%s", in->path, *in->path ? "/" : "", name);
	(void)snprintf(full, sizeof(full), "%.2000s/%.2300s", w->root, path);
	at.path = path;
	at.depth++;
	if (lstat(full, &st) < 0)
		return;
	if (!S_ISREG(st.st_mode))
		stem = 0;
	(void)snprintf(at.student, sizeof(at.student), "%.*s", stem ? (int)stem : 255, name);
	lab = lab_of(w->course, at.student);
	if (lab)
		at.lab = lab;
	if (!is_new)
		(void)snprintf(at.student, sizeof(at.student), "%s", in->student);
	else if (lab && S_ISDIR(st.st_mode))
		at.student[0] = '\0';
	if (S_ISDIR(st.st_mode))
		look_at_folder(w, &at, is_new && *at.student);
	else if (stem)
		add(w, &at, NULL);
	else if (is_new && !S_ISREG(st.st_mode))
		add(w, &at, "it is a link or a device, and no file");
	else if (is_new && !is_of_course(name))
		add(w, &at, "it is not a tar, tar.gz or zip file");
}

static int look_into(struct walk *w, const struct place *at)
{
	char path[4400];
	struct dirent *e;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "%.2000s/%.2300s", w->root, at->path);
	dir = opendir(path);
	if (!dir)
		return -errno;
	while (w->entries <= ENTRIES_MAX && (e = readdir(dir))) {
		if (e->d_name[0] == '.')
			continue;
		w->entries += at->student[0] != '\0';
		look_at(w, at, e->d_name);
		if (!at->student[0])
			w->entries = 0;
	}
	(void)closedir(dir);
	return 0;
}

static int by_file(const void *a, const void *b)
{
	const struct wg_submission *x = a, *y = b;

	return strcmp(x->file, y->file);
}

int wg_submissions_find(const char *dir, const struct wg_course *course, struct wg_submissions *ret,
	struct wg_error *err)
{
	struct walk w = { .root = dir, .course = course, .found = ret };
	struct place root = { .path = "" };
	int rc;

	*ret = (struct wg_submissions){ .v = NULL };
	rc = look_into(&w, &root);
	if (rc < 0)
		return wg_error_set(err, rc, "cannot open '%s': %s", dir, strerror(-rc));
	if (w.is_short) {
		wg_submissions_fini(ret);
		return wg_error_set(err, -ENOMEM, "out of memory");
	}
	if (ret->count)
		qsort(ret->v, ret->count, sizeof(*ret->v), by_file);
	return 0;
}
