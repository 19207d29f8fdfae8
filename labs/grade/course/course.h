/*
 * course.h: the labs there are, as their folders and lab.conf files say.
 *
 * lab.conf is an INI file, read by libinih: `key = value`, sections [lab], [check ID], [starter],
 * [wrong FILE], [predict N], comments after ` ;`. A line has at most 199 characters; indented lines
 * continue it.
 */
#ifndef LABS_GRADE_COURSE_COURSE_H
#define LABS_GRADE_COURSE_COURSE_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/base/error.h"

#define WG_LAB_FILES  8
#define WG_LAB_CHECKS 16
#define WG_LAB_TEXT   1024

struct wg_lab_check {
	char id[32];
	char title[128];
	char why[WG_LAB_TEXT];	/* why it holds on a slow machine as well */
	char idea[WG_LAB_TEXT]; /* one idea for those who fail it */
	char step[64];		/* that it is about: calls or parts of notes, between bars */
	int points;		/* 1 unless said */
};

struct wg_lab_wrong {
	char file[64];		   /* in wrong/ */
	char check[32];		   /* that it breaks */
	char message[WG_LAB_TEXT]; /* part of what is said then */
};

struct wg_lab_question {
	char question[WG_LAB_TEXT];
	char answer[WG_LAB_TEXT]; /* alternatives between bars; see predict.h */
	char why[WG_LAB_TEXT];	  /* told after the answer */
};

struct wg_lab {
	char name[64]; /* of the folder: 02-wait-forever */
	int number;
	char dir[4096];
	char title[128];
	int minutes;
	char story[256];
	char requires[128]; /* words: epoll, io_uring, lttng */
	bool races_fail;    /* a data race breaks check `race`; else a pass only tells it */
	int interval_ms;    /* [real] interval: how often the starter polls; 0: it does not */
	char files[WG_LAB_FILES][64];
	size_t file_count;
	struct wg_lab_check checks[WG_LAB_CHECKS];
	size_t check_count;
	struct wg_lab_wrong starter; /* file is empty */
	struct wg_lab_wrong wrongs[WG_LAB_CHECKS];
	size_t wrong_count;
	struct wg_lab_question questions[WG_LAB_FILES];
	size_t question_count;
};

struct wg_course {
	char home[4096];  /* what this program came with: explore/ is in it */
	char root[4096];  /* the folder of the labs: home, or WAKEGAP_LABS */
	struct wg_lab *v; /* by number; owned */
	size_t count;
};

/* Where the labs are: WAKEGAP_LABS, or beside the program, or in ../../share/wakegap/labs. */
int wg_course_read(struct wg_course *ret, struct wg_error *err);
void wg_course_fini(struct wg_course *course);

/* By number, name, or the beginning of a name; NULL: none, or several. */
const struct wg_lab *wg_course_find(const struct wg_course *course, const char *what);

/* Behind "no lab 'X'": "; did you mean 'NAME'?", or that `list` names them. Returns buf. */
char *wg_course_hint(const struct wg_course *course, const char *what, char *buf, size_t len);

const struct wg_lab_check *wg_lab_check_find(const struct wg_lab *lab, const char *id);
int wg_lab_points(const struct wg_lab *lab); /* of all its checks together */
bool wg_lab_has_file(const struct wg_lab *lab, const char *name);

#endif
