/*
 * error.h: an error as a value that can become one clear line for a person.
 *
 * Libraries here never print and never exit. A fallible function returns 0 or a negative errno and,
 * where it can say more than the number does, fills a struct wg_error with one line: lower case, no
 * full stop, what failed and what to do about it. Only the commands in viz/ speak.
 */
#ifndef TRACES_BASE_ERROR_H
#define TRACES_BASE_ERROR_H

struct wg_error {
	int code;	/* 0, or a negative errno */
	char text[480]; /* one line for a person; "" while code is 0 */
};

/* The end of a line about a trace that is not there. */
#define WG_MAKES_A_TRACE "`wakegap record -o DIR -- COMMAND` makes one"

/* The end of a line that says why this machine cannot record. */
#define WG_SEE_DOCTOR " (`wakegap doctor` says more)"

/*
 * Fill *err (which may be NULL) and return code, so that a function can end in
 * `return wg_error_set(err, -ENOENT, "cannot open '%s': no such file", path);`.
 * Thread: any, on an err of its own. Never blocks. An earlier error in *err is overwritten.
 */
int wg_error_set(struct wg_error *err, int code, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

#endif
