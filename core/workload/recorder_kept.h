/*
 * recorder_kept.h: the events of one thread, from when they are emitted until they are written.
 * Private to the recorder.
 *
 * Memory that is written to for the first time is slow: a call for 64 new pages takes 110 us, and
 * what is written to them comes from far away. 200 passes had 17 MB of it, 256 KiB at a time within
 * a pass. So a thread writes to a buffer, the same few pages all the time, and in as few bytes as
 * there are. Between passes, when nothing is timed, what is in the buffer is put away. A thread
 * whose buffer is full in the middle of a pass puts it away itself.
 */
#ifndef CORE_WORKLOAD_RECORDER_KEPT_H
#define CORE_WORKLOAD_RECORDER_KEPT_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "core/sync.h"
#include "core/workload/recorder_ctf.h"

#ifndef WG__KEPT_BUFFER
#define WG__KEPT_BUFFER 2048u /* events: 64 KiB, twice what a pass of `read` has */
#endif
#ifndef WG__KEPT_BLOCKS
#define WG__KEPT_BLOCKS 4096u /* of all threads: 1 GiB; later events count as lost */
#endif

/* Half a line of the cache. Its fields after `loop`, in their order, and submit's kind apart. */
struct wg__kept_event {
	int64_t ns;
	uint64_t first, second; /* of `loop`: where the strategy's name is, and the tick */
	uint32_t loop;
	uint16_t id; /* enum wg__ctf_event */
	uint16_t kind;
};

struct wg__kept_block;

struct wg__kept {
	struct wg__kept *next;	/* immutable: the one that joined before */
	struct wg__ctf_who who; /* immutable */

	/* Its thread's. */
	_Atomic size_t head; /* events so far */
	size_t limit;	     /* up to here there is room */

	struct wg_mutex m;	      /* guards: the next ones */
	_Atomic size_t tail;	      /* events that are put away, or lost; written under m alone */
	struct wg__kept_block *first; /* what is put away */
	struct wg__kept_block *last;
	size_t count;  /* events in the blocks */
	uint64_t lost; /* later ones: there was no memory */

	/* Of the thread that writes alone: what it writes. */
	size_t until;
	uint64_t until_lost;

	struct wg__kept_event
		buffer[WG__KEPT_BUFFER]; /* of an index, the index % WG__KEPT_BUFFER */
};

/* All threads that keep events. */
struct wg__kept_list {
	struct wg__kept *_Atomic newest; /* the first of them; never shorter */
	_Atomic uint64_t unkept;	 /* events of threads for which there was no memory */
};

/* For the calling thread; NULL: no memory. Never freed. */
struct wg__kept *wg__kept_create(void);

/* The same, in the list. Without memory the event that it is for counts as lost. */
struct wg__kept *wg__kept_join(struct wg__kept_list *all);

/* Put away what is in the buffer. Any thread. */
void wg__kept_put_away(struct wg__kept *k);

/* The same for all threads that have joined. */
void wg__kept_put_away_all(struct wg__kept_list *all);

/* Put away, and set until and until_lost. */
void wg__kept_settle(struct wg__kept *k);

/*
 * All of them, and the end of what they have kept until then: no event is later. 0, or -ENOMEM if
 * there were events, and no memory for any thread. Once.
 */
int wg__kept_settle_all(struct wg__kept_list *all, struct wg__kept **ret_list, int64_t *ret_end_ns);

/* The buffer is full, as far as its thread knows: look again, or put away. Its thread. */
void wg__kept_make_room(struct wg__kept *k);

/* Call fn with each event up to k->until, in their order, until it returns not 0. */
int wg__kept_each(const struct wg__kept *k,
	int (*fn)(void *user, const struct wg__kept_event *event), void *user);

/* Where the next event is to be written; wg__kept_add() makes it one. Its thread. */
static inline struct wg__kept_event *wg__kept_next(struct wg__kept *k)
{
	/* relaxed: this thread alone writes it */
	size_t head = atomic_load_explicit(&k->head, memory_order_relaxed);

	if (head == k->limit)
		wg__kept_make_room(k);
	return &k->buffer[head % WG__KEPT_BUFFER];
}

static inline void wg__kept_add(struct wg__kept *k)
{
	/* release: pairs with acquire in put_away_locked(): the event is whole */
	atomic_store_explicit(&k->head, atomic_load_explicit(&k->head, memory_order_relaxed) + 1,
		memory_order_release);
}

#endif
