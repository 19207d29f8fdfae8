/*
 * course.c: see course.h.
 */
#include "labs/grade/course/course.h"

#include <dirent.h>
#include <errno.h>
#include <ini.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "labs/grade/base/files.h"
#include "traces/base/near.h"
#include "traces/base/units.h"

/* ---- one lab.conf ---- */

struct reading {
	struct wg_lab *lab;
	const char *section, *name; /* of the value that is read */
	char trouble[256];	    /* the first thing that is wrong */
};

/* Set, or go on after a line break. */
static void put(char *text, size_t len, const char *value)
{
	size_t have = strlen(text);

	(void)snprintf(text + have, len - have, "%s%s", have ? " " : "", value);
}

#define PUT(field) put(field, sizeof(field), value)

__attribute__((format(printf, 2, 3))) static void complain(struct reading *r, const char *fmt, ...)
{
	char what[128];
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(what, sizeof(what), fmt, ap);
	va_end(ap);
	if (!*r->trouble)
		(void)snprintf(r->trouble, sizeof(r->trouble), "'%s'%s%s%s %s", r->name,
			*r->section ? " in [" : "", r->section, *r->section ? "]" : "", what);
}

static void number(struct reading *r, const char *value, unsigned max, int *ret)
{
	uint64_t n;

	if (wg_parse_number(value, 0, max, &n) == 0)
		*ret = (int)n;
	else
		complain(r, "is a number from 0 to %u, not '%s'", max, value);
}

static void add_files(struct wg_lab *lab, const char *value)
{
	char copy[512], *rest = copy, *word;

	(void)snprintf(copy, sizeof(copy), "%s", value);
	while ((word = strsep(&rest, " ,\t")) && lab->file_count < WG_LAB_FILES) {
		/* A name, never a path. */
		if (*word && !strchr(word, '/') && *word != '.')
			(void)snprintf(
				lab->files[lab->file_count++], sizeof(lab->files[0]), "%s", word);
	}
}

static void choose_races(struct reading *r, const char *value)
{
	r->lab->races_fail = strcmp(value, "fail") == 0;
	if (!r->lab->races_fail && strcmp(value, "tell") != 0)
		complain(r, "is 'tell' or 'fail', not '%s'", value);
}

static bool general(struct reading *r, const char *id, const char *value)
{
	struct wg_lab *lab = r->lab;
	const char *name = r->name;

	(void)id;
	if (strcmp(name, "title") == 0)
		PUT(lab->title);
	else if (strcmp(name, "minutes") == 0)
		number(r, value, 10000, &lab->minutes);
	else if (strcmp(name, "files") == 0)
		add_files(lab, value);
	else if (strcmp(name, "story") == 0)
		PUT(lab->story);
	else if (strcmp(name, "requires") == 0)
		PUT(lab->requires);
	else if (strcmp(name, "races") == 0)
		choose_races(r, value);
	else /* for people, and for the suite that holds the labs to what they say */
		return strcmp(name, "id") == 0 || strcmp(name, "name") == 0 ||
		       strcmp(name, "given") == 0 || strcmp(name, "size") == 0;
	return true;
}

/* The entry called `id`, made if it is new; NULL: no room. */
static void *entry(
	void *table, size_t size, size_t *count, size_t max, const char *id, size_t id_len)
{
	char *at = table;
	size_t i;

	for (i = 0; i < *count; i++, at += size) {
		if (strcmp(at, id) == 0)
			return at;
	}
	if (*count == max)
		return NULL;
	++*count;
	(void)snprintf(at, id_len, "%s", id);
	return at;
}

static bool in_check(struct reading *r, const char *id, const char *value)
{
	struct wg_lab *lab = r->lab;
	size_t before = lab->check_count;
	struct wg_lab_check *c =
		entry(lab->checks, sizeof(*c), &lab->check_count, WG_LAB_CHECKS, id, sizeof(c->id));

	if (!c)
		return false;
	if (lab->check_count > before)
		c->points = 1;
	if (strcmp(r->name, "title") == 0)
		PUT(c->title);
	else if (strcmp(r->name, "why") == 0)
		PUT(c->why);
	else if (strcmp(r->name, "idea") == 0)
		PUT(c->idea);
	else if (strcmp(r->name, "step") == 0)
		PUT(c->step);
	else if (strcmp(r->name, "points") == 0)
		number(r, value, 1000, &c->points);
	else
		return false;
	return true;
}

static bool fails_how(struct wg_lab_wrong *w, const char *name, const char *value)
{
	if (w && strcmp(name, "fails") == 0)
		PUT(w->check);
	else if (w && strcmp(name, "message") == 0)
		PUT(w->message);
	else
		return false;
	return true;
}

static bool in_starter(struct reading *r, const char *id, const char *value)
{
	(void)id;
	return fails_how(&r->lab->starter, r->name, value);
}

static bool in_wrong(struct reading *r, const char *id, const char *value)
{
	struct wg_lab *lab = r->lab;

	return fails_how(entry(lab->wrongs, sizeof(lab->wrongs[0]), &lab->wrong_count,
				 WG_LAB_CHECKS, id, sizeof(lab->wrongs[0].file)),
		r->name, value);
}

static bool in_predict(struct reading *r, const char *id, const char *value)
{
	struct wg_lab_question *q;
	uint64_t i;

	if (wg_parse_number(id, 1, WG_LAB_FILES, &i) < 0)
		return false;
	q = &r->lab->questions[i - 1];
	if (i > r->lab->question_count)
		r->lab->question_count = i;
	if (strcmp(r->name, "question") == 0)
		PUT(q->question);
	else if (strcmp(r->name, "answer") == 0)
		PUT(q->answer);
	else if (strcmp(r->name, "why") == 0)
		PUT(q->why);
	else
		return false;
	return true;
}

static bool in_real(struct reading *r, const char *id, const char *value)
{
	char digits[16];
	size_t len = strspn(value, "0123456789");

	(void)id;
	if (strcmp(r->name, "interval") != 0)
		return false;
	(void)snprintf(digits, sizeof(digits), "%.*s", (int)len, value);
	if (strcmp(value + len, " ms") == 0)
		number(r, digits, 60000, &r->lab->interval_ms);
	else
		complain(r, "is a number of ms, as '10 ms', not '%s'", value);
	return true;
}

static int on_value(void *arg, const char *section, const char *name, const char *value)
{
	static const struct {
		const char *name; /* one that ends with a blank is followed by an id */
		bool (*take)(struct reading *r, const char *id, const char *value);
	} sections[] = { { "", general }, { "lab", general }, { "check ", in_check },
		{ "wrong ", in_wrong }, { "starter", in_starter }, { "predict ", in_predict },
		{ "real", in_real } };
	struct reading *r = arg;
	size_t i;

	r->section = section;
	r->name = name;
	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		size_t len = strlen(sections[i].name);
		bool has_id = len && sections[i].name[len - 1] == ' ';

		if (has_id ? strncmp(section, sections[i].name, len) == 0
			   : strcmp(section, sections[i].name) == 0) {
			if (sections[i].take(r, section + len, value))
				return 1;
		}
	}
	complain(r, "is not known");
	return 1;
}

static int read_lab(struct wg_lab *lab, struct wg_error *err)
{
	struct reading r = { .lab = lab, .section = "", .name = lab->name };
	char path[4200], digits[16];
	int line;

	(void)snprintf(
		digits, sizeof(digits), "%.*s", (int)strspn(lab->name, "0123456789"), lab->name);
	number(&r, digits, 999, &lab->number);
	(void)snprintf(path, sizeof(path), "%s/lab.conf", lab->dir);
	line = ini_parse(path, on_value, &r);
	if (line < 0)
		return wg_error_set(err, -EIO, "cannot read '%s': %s", path, strerror(errno));
	if (line > 0)
		return wg_error_set(
			err, -EINVAL, "%s:%d: neither a section nor 'key = value'", path, line);
	if (*r.trouble)
		return wg_error_set(err, -EINVAL, "%s: %s", path, r.trouble);
	if (lab->file_count == 0)
		return wg_error_set(err, -EINVAL, "%s: names no files", path);
	return 0;
}

/* ---- all of them ---- */

static bool is_lab(const char *root, const char *name)
{
	char path[4400];

	(void)snprintf(path, sizeof(path), "%s/%s/lab.conf", root, name);
	return name[0] >= '0' && name[0] <= '9' && access(path, R_OK) == 0;
}

static int by_number(const void *a, const void *b)
{
	const struct wg_lab *x = a, *y = b;

	return x->number != y->number ? x->number - y->number : strcmp(x->name, y->name);
}

/* The folder of the labs that this program came with. */
static int find_root(char *root, size_t len, struct wg_error *err)
{
	static const char *const places[] = { "/../labs", "/../../labs",
		"/../../share/wakegap/labs" };
	char dir[4096], path[4200];
	size_t i;

	wg_own_folder(dir, sizeof(dir));
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		char real[4096];

		/* Of the folders called labs, the one with the harness in it. */
		(void)snprintf(path, sizeof(path), "%s%s/explore/lab.h", dir, places[i]);
		if (access(path, R_OK) < 0)
			continue;
		(void)snprintf(path, sizeof(path), "%s%s", dir, places[i]);
		if (realpath(path, real)) {
			(void)snprintf(root, len, "%s", real);
			return 0;
		}
	}
	return wg_error_set(err, -ENOENT,
		"cannot find the labs beside wakegap-lab or in ../../share/wakegap: run `make "
		"install` again, or set WAKEGAP_LABS");
}

int wg_course_read(struct wg_course *ret, struct wg_error *err)
{
	const char *given = getenv("WAKEGAP_LABS");
	struct dirent *e;
	DIR *dir;
	int rc;

	memset(ret, 0, sizeof(*ret));
	rc = find_root(ret->home, sizeof(ret->home), err);
	if (rc < 0)
		return rc;
	if (!realpath(given ? given : ret->home, ret->root))
		return wg_error_set(err, -errno, "cannot open '%s': %s", given, strerror(errno));
	dir = opendir(ret->root);
	if (!dir)
		return wg_error_set(
			err, -errno, "cannot open '%s': %s", ret->root, strerror(errno));
	while (rc == 0 && (e = readdir(dir))) {
		struct wg_lab *grown, *lab;

		if (!is_lab(ret->root, e->d_name))
			continue;
		grown = reallocarray(ret->v, ret->count + 1, sizeof(*grown));
		if (!grown) {
			rc = wg_error_set(err, -ENOMEM, "out of memory");
			break;
		}
		ret->v = grown;
		lab = &ret->v[ret->count++];
		memset(lab, 0, sizeof(*lab));
		(void)snprintf(lab->name, sizeof(lab->name), "%.63s", e->d_name);
		(void)snprintf(lab->dir, sizeof(lab->dir), "%.4000s/%.63s", ret->root, e->d_name);
		rc = read_lab(lab, err);
	}
	(void)closedir(dir);
	if (ret->count)
		qsort(ret->v, ret->count, sizeof(*ret->v), by_number);
	return rc;
}

void wg_course_fini(struct wg_course *course)
{
	free(course->v);
	course->v = NULL;
	course->count = 0;
}

const struct wg_lab *wg_course_find(const struct wg_course *course, const char *what)
{
	const struct wg_lab *found = NULL;
	uint64_t number;
	/* 1 is lab 1, and not the beginning of 10. */
	bool is_number = wg_parse_number(what, 0, INT_MAX, &number) == 0;
	size_t i;

	for (i = 0; i < course->count; i++) {
		const struct wg_lab *lab = &course->v[i];

		if (is_number ? lab->number == (int)number : strcmp(lab->name, what) == 0)
			return lab;
		if (!is_number && strncmp(lab->name, what, strlen(what)) == 0) {
			if (found)
				return NULL;
			found = lab;
		}
	}
	return found;
}

const struct wg_lab_check *wg_lab_check_find(const struct wg_lab *lab, const char *id)
{
	size_t i;

	for (i = 0; i < lab->check_count; i++) {
		if (strcmp(lab->checks[i].id, id) == 0)
			return &lab->checks[i];
	}
	return NULL;
}

int wg_lab_points(const struct wg_lab *lab)
{
	size_t i;
	int points = 0;

	for (i = 0; i < lab->check_count; i++)
		points += lab->checks[i].points;
	return points;
}

bool wg_lab_has_file(const struct wg_lab *lab, const char *name)
{
	size_t i;

	for (i = 0; i < lab->file_count; i++) {
		if (strcmp(lab->files[i], name) == 0)
			return true;
	}
	return false;
}

char *wg_course_hint(const struct wg_course *course, const char *what, char *buf, size_t len)
{
	size_t best = wg_near_limit(what) + 1, i;

	(void)snprintf(buf, len, ": `wakegap lab list` names them");
	for (i = 0; i < course->count; i++) {
		const char *name = course->v[i].name, *dash = strchr(name, '-');
		size_t whole = wg_near_distance(what, name);
		size_t d = dash ? wg_near_distance(what, dash + 1) : whole;

		d = d < whole ? d : whole;
		if (d >= best)
			continue;
		best = d;
		(void)snprintf(buf, len, "; did you mean '%s'?", name);
	}
	return buf;
}
