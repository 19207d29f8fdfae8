/*
 * read.h: a trace as a stream of events in time order.
 *
 * A path is a folder that holds `metadata`, or any folder above such folders (what `wakegap record
 * -o` left).
 *
 *     struct wg_reader *r;
 *     struct wg_event ev;
 *     int rc = wg_reader_open("DIR", &r, &err);
 *     while (rc == 0 && (rc = wg_reader_next(r, &ev, &err)) > 0)
 *             rc = 0, use(&ev);
 *     wg_reader_close(r);
 *
 * Whoever reads all of a long trace takes many events at once, where they are:
 *
 *     const struct wg_event *const *events;
 *     size_t i, count;
 *     while ((rc = wg_reader_events(r, &events, &count, &err)) > 0)
 *             for (i = 0; i < count; i++)
 *                     use(events[i]);
 *
 * Damage is not an error as long as something can be read: a cut stream is read up to its last
 * whole event, and wg_reader_note() says what is missing. Discarded events come in the stream as
 * WG_EV_LOST.
 *
 * Thread: one reader belongs to one thread at a time; different readers are independent.
 */
#ifndef TRACES_READ_READ_H
#define TRACES_READ_READ_H

#include <stdbool.h>
#include <stddef.h>

#include "traces/base/error.h"
#include "traces/read/schema.h"

struct wg_reader;

/*
 * Which decoder reads what is opened from now on: what fits each folder; our own (a folder that it
 * does not know is -ENOTSUP); libbabeltrace2. Both give the same events. It belongs to the process.
 */
enum wg_reader_way { WG_READER_ANY, WG_READER_CTF, WG_READER_BABELTRACE };
void wg_reader_choose(enum wg_reader_way way);

/* From now on tell gets a line for each folder that is opened: who reads it, and why. NULL: no
 * longer. It belongs to the process too. */
typedef void (*wg_reader_tell_fn)(const char *line);
void wg_reader_tell(wg_reader_tell_fn tell);
bool wg_reader_is_told(void);

/* Tell that line, if somebody wants it; is nothing chosen for the process that changes what is
 * read? Private to traces/. */
void wg__reader_say(const char *line);
bool wg__reader_is_usual(void);

/*
 * The clock of that host is so much further than its traces say: 0, -ENOSPC if that many cannot be
 * kept. It belongs to the process, too; a trace opened later that has no such host is -EINVAL.
 */
int wg_reader_correct_clock(const char *host, int64_t by_ns);

/*
 * Open the trace below `path`. Several folders are read as one trace: each
 * with WG_READER_AND before it, and as realpath(3) has it, where these three bytes never stand.
 * Blocks for the disk; memory does not grow with the trace. Errors, each with a line in *err:
 * -ENOENT no such folder; -ENOTDIR not a folder; -EINVAL a folder that holds no trace, or one whose
 * metadata cannot be read; -EACCES; -ENOMEM. On success *ret_reader is the caller's, to be closed
 * with wg_reader_close().
 */
#define WG_READER_AND "\n//"
/*
 * Other threads are at work, so this thread makes no child process, as babeltrace2 needs one for a
 * trace that may be its end (probe.h): a lock that another thread holds at that moment is never
 * free in the child. Where one would be needed, what is read is of no use and *ret_alone becomes
 * true: read it again while no other thread runs. NULL: children may be made again.
 */
void wg_reader_share(bool *ret_alone);

int wg_reader_open(const char *path, struct wg_reader **ret_reader, struct wg_error *err);

/*
 * The next event of provider `wakegap`, in time order across all streams: 1 and *ret_event filled,
 * 0 at the end, or a negative errno. Foreign events are counted, not returned.
 */
int wg_reader_next(struct wg_reader *reader, struct wg_event *ret_event, struct wg_error *err);

/*
 * The next events, one at least, as many as are at hand: 1, and events[0] to events[count - 1] are
 * the same, in the same order, as so many calls of wg_reader_next() would give; 0 and negative as
 * there. Nothing is copied: they are borrowed until the next call of either function, which may
 * mix. Interned names in them live as long as the reader. Meanwhile other processors decode what
 * comes next.
 */
int wg_reader_events(struct wg_reader *reader, const struct wg_event *const **ret_events,
	size_t *ret_count, struct wg_error *err);

/*
 * From now on only events from from_ns on and before to_ns are of use, both since origin_ns: others
 * may be left out, with the packets that hold them, which are not even decoded. Holes never are;
 * and there is an event from to_ns on if the trace has one, else its last event. Notes are the same
 * but for damage inside of such packets. False: nothing will be left out, as the trace is not
 * whole, or of several folders or channels, or has events of others, or of other programs than the
 * recorded one, or is not read by our own decoder.
 *
 * wg_reader_events() may be -EAGAIN afterwards: a packet is damaged, and what is good of the trace
 * is known only to who reads all of it. Open it anew, and do not narrow it.
 */
bool wg_reader_narrow(struct wg_reader *reader, int64_t origin_ns, int64_t from_ns, int64_t to_ns);

/*
 * Until then all of the trace was recorded, which may be long after its last event: LTTng writes
 * down when it was stopped. INT64_MIN: that is not known. Once wg_reader_next() returned 0.
 */
int64_t wg_reader_end_ns(const struct wg_reader *reader);

/* Foreign events passed over so far. */
uint64_t wg_reader_foreign(const struct wg_reader *reader);

/* Events passed over so far, and the processes that emitted them: the command that was recorded did
 * not start these (others.h). */
uint64_t wg_reader_others(const struct wg_reader *reader, size_t *ret_processes);

/*
 * The i-th line on what is missing or was repaired in this trace ("stream wakegap_1 was cut at byte
 * 8192: its last packet is incomplete, 3100 of 4096 bytes are there"), or NULL. Complete once
 * wg_reader_next() returned 0. Borrowed; lives as long as the reader.
 */
const char *wg_reader_note(const struct wg_reader *reader, size_t i);

/* So many of these lines, the first ones, say that its figures may be wrong; the others do not. */
size_t wg_reader_faults(const struct wg_reader *reader);

/*
 * How far it is. Events are those handed out; bytes are those of stream files, decoded so far and
 * in all. all_bytes is 0 where that is not known: libbabeltrace2 does not say.
 */
struct wg_reader_progress {
	uint64_t events, bytes, all_bytes;
};
void wg_reader_progress(const struct wg_reader *reader, struct wg_reader_progress *ret);

/* How much of it is read, in %: less than 100, since it is asked before the end; -1: not known. */
static inline int wg_reader_percent(uint64_t bytes, uint64_t all_bytes)
{
	if (!all_bytes)
		return -1;
	return bytes < all_bytes ? (int)(bytes * 100 / all_bytes) : 99;
}

/*
 * From now on watch is called with every reader now and then while it reads: at its opening, after
 * some ten thousand events, and at its end, when `is_over`. On the thread that reads, so on several
 * at once. NULL: no longer. It belongs to the process.
 */
typedef void (*wg_reader_watch_fn)(const struct wg_reader *reader, bool is_over);
void wg_reader_watch(wg_reader_watch_fn watch);

/* The names that its events point to: they outlive the reader and are the caller's. Private. */
struct wg__names;
struct wg__names *wg__reader_take_names(struct wg_reader *reader);

/*
 * The recordings at or below path, sorted by name: several if the folder is that of `wakegap run
 * --record`, one if it is what `wakegap record` left, with a trace for each user or process in it.
 * 0, or an error of wg_reader_open() without a line. Free with fini.
 */
struct wg_recordings {
	char **path;
	size_t count;
};
int wg_recordings_find(const char *path, struct wg_recordings *ret);
void wg_recordings_fini(struct wg_recordings *recordings);

/* Close and free; interned names die with it. NULL is fine. */
void wg_reader_close(struct wg_reader *reader);

#endif
