/*
 * record_length.h: the part of `wakegap record` that is about long recordings: what is kept, and
 * what a person sees meanwhile.
 */
#ifndef VIZ_CMD_RECORD_LENGTH_H
#define VIZ_CMD_RECORD_LENGTH_H

#include <argp.h>
#include <stdbool.h>

#include "traces/measure/trigger.h"
#include "traces/record/record.h"

struct wg_length {
	bool is_flight;
	uint64_t flight_bytes;	   /* 0: as many as are usual */
	uint64_t max_bytes;	   /* 0: no limit */
	uint64_t rotate_bytes;	   /* a new chunk after so many, or */
	int64_t rotate_ns;	   /* after so long; 0: no */
	struct wg_trigger trigger; /* min_ns 0: none */
	struct wg_flight flight;
	bool has_line; /* a line that is written over stands on the terminal */
	struct wg_record_progress last;
};

/* For an argp_child; its input is a struct wg_length. */
extern const struct argp wg_length_argp;

/* Put it into the options, which point to it from then on. */
void wg_length_use(struct wg_length *length, struct wg_record_options *options);

/*
 * Chunks are LTTng's: may this recorder ("the kernel") go on without them? False, and a line says
 * what to do, if they were asked for.
 */
bool wg_length_goes_with(const struct wg_length *length, const char *recorder);

/* What was kept, what was dropped. */
void wg_length_say(struct wg_length *length, const struct wg_record_result *result);

#endif
