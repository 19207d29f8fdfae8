/*
 * reader_impl.h: what read.c, which merges, read_part.c, which reads a part, and read_open.c, which
 * opens, share. Private to them.
 */
#ifndef TRACES_READ_READER_IMPL_H
#define TRACES_READ_READER_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "traces/base/error.h"
#include "traces/base/map.h"
#include "traces/base/names.h"
#include "traces/base/others.h"
#include "traces/base/scratch.h"
#include "traces/base/since.h"
#include "traces/read/clocks.h"
#include "traces/read/ending.h"
#include "traces/read/holes.h"
#include "traces/read/feed.h"
#include "traces/read/order.h"
#include "traces/read/twice.h"

#define WG__UNTIL_THE_END INT64_MAX

struct wg__part {
	struct wg__feed feed; /* closed: ended */
	char *dir;
	char *stream;  /* the one stream it holds, or NULL for all of dir */
	char *prefix;  /* before stream names in notes */
	size_t folder; /* which of the folders that hold metadata it is of */
	bool damaged;
	bool has_pids; /* the context vpid was recorded */
	/* The next events, one at least, if feed is open: run[at] to run[count - 1]. */
	const struct wg_event *const *run;
	size_t at, count;
	uint64_t bytes;	  /* of its files; 0: not known */
	int64_t last_ns;  /* time of the last of them */
	int64_t since_ns; /* on its own clock: what is earlier is left out (since.h) */
};

struct wg__folder_end {
	uint8_t uuid[16];
	const struct wg__ending *first; /* what is later is not whole; NULL: all is */
	struct wg__others *others;	/* whose events are left out; NULL: nobody's */
};

struct wg_reader {
	struct wg__shared shared;
	struct wg__scratch scratch;
	struct wg__notes dirs;		 /* the folders that hold metadata */
	struct wg__folder_clock *clocks; /* of each */
	int64_t *since;			 /* of each: before that, some stream was written over */
	struct wg__endings endings;	 /* of the streams of all */
	struct wg__folder_end *end;	 /* of each */
	size_t folder;			 /* the one that is being opened or read */
	struct wg__twice twice;
	bool has_hosts;		   /* parts are of several hosts */
	struct wg__map at_host;	   /* (folder, interned name) to the name with its host */
	uint64_t left_out;	   /* events before since_ns */
	struct wg__others *others; /* of all folders */
	bool has_bad_others;	   /* which was said */
	bool is_unfinished;	   /* it was being recorded: its end is missing (marker.h) */
	const struct wg__ending *first_end; /* a later event came: its end is not whole; or NULL */
	int64_t whole_ns;		    /* up to then it is; INT64_MIN: nothing of it */
	bool has_ended;
	struct wg__part *parts;
	size_t part_count, part_cap;
	struct wg__order order; /* of the parts that are open */
	bool is_behind;		/* the first of them has given out all its events */
	/* What was got and not yet handed out: rest[0] to rest[rest_count - 1]. */
	const struct wg_event *const *rest;
	size_t rest_count;
	struct wg_event single; /* a hole that was handed out */
	const struct wg_event *single_at;
	struct wg__holes holes;	  /* not yet due */
	int64_t first_ns, now_ns; /* of what was returned: its beginning and end so far */
	uint64_t events, told;	  /* handed out; when the watcher was told last */
	bool is_watched;	  /* it was told */
};

/* progress.c: tell the watcher if it is time: at the beginning, or some events later. */
void wg__reader_tell(struct wg_reader *r);
void wg__reader_tell_end(struct wg_reader *r);

/* Open what can be opened of the folders in r->dirs, whose names begin with the same path_len
 * bytes; an error only if nothing can. */
int wg__reader_open_all(struct wg_reader *r, size_t path_len, struct wg_error *err);

/* Each stream of dir as a part of its own; from where `feed` stands, if it is not NULL. */
int wg__reader_open_streams(struct wg_reader *r, const char *dir, const char *prefix,
	const struct wg__feed *feed, size_t *ret_opened, struct wg_error *err);

/* left_out.c: whose events of a folder, the i-th, are left out? 0 or -ENOMEM. */
int wg__reader_find_others(struct wg_reader *r, size_t i);

/* Pass over those among the next ones of a part. */
void wg__reader_leave_out(const struct wg_reader *r, struct wg__part *part);

/* How many there were. */
void wg__reader_say_others(struct wg_reader *r);

/* A hole in that folder, which is kept in its `who`; the same one from another folder is left out.
 * 0 or -ENOMEM. */
int wg__reader_add_hole(struct wg_reader *r, const struct wg_event *hole, size_t folder);

/* A hole in the folder at hand, from there to the end; INT64_MIN: from the beginning. */
int wg__reader_open_hole(struct wg_reader *r, int64_t begin_ns);

/* All of it is decoded by our own decoder, which works ahead by itself. */
bool wg__reader_is_ahead(const struct wg_reader *r);

/* Add that to the times of what was got from the part. */
void wg__reader_shift(const struct wg__part *part, int64_t by_ns);

/* Get the next events of a part and put it among the others, or end it. */
int wg__reader_go_on(struct wg_reader *r, size_t part, struct wg_error *err);

#endif
