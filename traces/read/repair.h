/*
 * repair.h: which folders to hand to the decoder so that what can be read of a trace is read.
 * Private to traces/.
 */
#ifndef TRACES_READ_REPAIR_H
#define TRACES_READ_REPAIR_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/base/error.h"
#include "traces/base/names.h"
#include "traces/base/scratch.h"
#include "traces/read/ending.h"

/* One folder to open as a source. */
struct wg__input {
	char *dir;     /* the trace itself, or a folder of links to parts of it */
	char *stream;  /* its file name if it holds this one stream only, else NULL */
	bool doubtful; /* the decoder may fail on it: probe all of it (probe.h) */
	bool damaged;  /* its end is missing, and the decoder will say so in its own way */
};

struct wg__inputs {
	struct wg__input *v;
	size_t count, cap;
	size_t left_out;  /* streams that cannot be read, each said in a note */
	uint8_t uuid[16]; /* of the trace; 0: not known */
};

/*
 * What to open for the trace in dir: dir itself if it is whole; otherwise one folder with its whole
 * streams and one for each damaged stream, and a note for each fault. prefix stands before stream
 * names in notes. Its undamaged streams come to `endings`. -EINVAL with a line if the metadata
 * cannot be used.
 */
int wg__repair_plan(const char *dir, const char *prefix, struct wg__scratch *scratch,
	struct wg__notes *notes, struct wg__endings *endings, struct wg__inputs *ret_inputs,
	struct wg_error *err);

/* Every stream of dir in a folder of its own; 0 or a negative errno. */
int wg__repair_split(const char *dir, struct wg__scratch *scratch, struct wg__inputs *ret_inputs);

void wg__inputs_fini(struct wg__inputs *inputs);

#endif
