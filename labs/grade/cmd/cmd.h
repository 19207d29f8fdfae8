/*
 * cmd.h: the commands of `wakegap lab`. Each takes what commands.c made of its arguments and
 * returns an exit status.
 */
#ifndef LABS_GRADE_CMD_CMD_H
#define LABS_GRADE_CMD_CMD_H

#include <stdbool.h>
#include <stdio.h>

struct wg_lab;
struct wg_open;
struct wg_writer;

struct wg_lab_call {
	const char *words[2]; /* the arguments; NULL: left out, and "." for a lab's folder */
	int wall_ms;	      /* --seconds; 0: as always */
	bool is_real, must_look, is_agreed, gives_up, has_facts;
	const char *trace, *out, *student, *lab, *feedback;
	const struct wg_writer *writer; /* NULL: no --format */
	unsigned runs, jobs;		/* jobs 0: as many as there are processors */
};

/* Any of them: argv as of main(). */
int wg_lab_command(int argc, char **argv);

int wg_lab_list(const struct wg_lab_call *call);
int wg_lab_next(const struct wg_lab_call *call);
int wg_lab_start(const struct wg_lab_call *call);
int wg_lab_check(const struct wg_lab_call *call);
int wg_lab_watch(const struct wg_lab_call *call);
int wg_lab_hint(const struct wg_lab_call *call);
int wg_lab_predict(const struct wg_lab_call *call);
int wg_lab_replay(const struct wg_lab_call *call);
int wg_lab_view(const struct wg_lab_call *call);
int wg_lab_reset(const struct wg_lab_call *call);
int wg_lab_solution(const struct wg_lab_call *call);
int wg_lab_grade(const struct wg_lab_call *call);
int wg_lab_verify(const struct wg_lab_call *call);
int wg_lab_author(const struct wg_lab_call *call);
int wg_lab_soak(const struct wg_lab_call *call);

/* More sections of the man page. */
void wg_lab_manual(FILE *out);

/* How many hints a lab has. */
int wg_hint_count(const struct wg_lab *lab);

/* "wakegap lab solution DIR, then wakegap lab start N": what to do after a pass. */
void wg_next_after_pass(const struct wg_open *o, const char *dir, char *text, size_t len);

/* Show a schedule, SCENARIO/ID, in the viewer. An exit status. */
int wg_lab_show(struct wg_open *o, const char *schedule);

#endif
