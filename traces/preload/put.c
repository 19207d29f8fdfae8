/*
 * put.c: see put.h. The chunks of threads, and their records.
 */
#include "traces/preload/put.h"

#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/syscall.h>

#include "traces/preload/map.h"
#include "traces/preload/real.h"
#include "traces/preload/site.h"

#define CHUNK_MAX (1u << 20)
/* A language that hands its lock on notifies thousands of times a second, and nobody sleeps. */
#define NOBODY_MAX 1000
/* The CPU time of shorter ones would cost more than it tells. */
#define CPU_FROM_NS 500000

/*
 * What happens at each wait is short and stands together: between two waits the program and the
 * kernel have taken the cache, and each line of code or memory costs more than its instructions.
 */
#define AT_EACH __attribute__((flatten)) /* all that it calls is part of it */
#define SELDOM	__attribute__((noinline))

static struct wg_preload_control *control;
static struct wg_preload_arena *arena;
static bool has_begun;
static _Atomic uint32_t *generation; /* of forks, from 1 on; in a page that fork sets to 0 */
static _Atomic uint32_t generations;
_Atomic bool wg__fenced;

static WG__THREAD_LOCAL struct {
	struct wg_preload_chunk *chunk;
	uint32_t count, room; /* records that it has, and can have */
	uint32_t generation, nobody;
	int busy;
	bool is_dry;	     /* there is no room any more */
	int64_t cpu_from_ns; /* at its last wake, or 0 */
	uint64_t site;	     /* known already */
} my __attribute__((aligned(64)));
WG__THREAD_LOCAL uint8_t wg__my_did;

/* --- set up --- */

static pthread_key_t ended;

/* A thread ends: it is not asleep any more, whatever it was cancelled in. */
static void on_thread_end(void *chunk)
{
	struct wg_preload_chunk *c = chunk;

	if (my.chunk == c)
		c->is_ended = 1;
}

__attribute__((constructor(101))) static void begin(void)
{
	const char *dir = getenv(WG_PRELOAD_DIR);
	int error = errno;

	my.busy = 1;
	wg__real_bind();
	if (dir && (generation = wg__map_own_page()) &&
		pthread_key_create(&ended, on_thread_end) == 0) {
		control = wg__map_control(dir);
		arena = control ? wg__map_arena(dir) : NULL;
	}
	my.busy = 0;
	has_begun = true;
	errno = error;
}

/* --- chunks --- */

static bool take_room(uint32_t bytes)
{
	/* relaxed: a number alone. A reader that follows gives room back: it is asked for again. */
	if (atomic_load_explicit(&control->left, memory_order_relaxed) < bytes)
		return false;
	if (atomic_fetch_sub_explicit(&control->left, bytes, memory_order_relaxed) >= bytes)
		return true;
	(void)atomic_fetch_add_explicit(&control->left, bytes, memory_order_relaxed);
	return false;
}

static struct wg_preload_chunk *carve(uint32_t bytes)
{
	struct wg_preload_chunk *chunk;
	uint64_t at;

	if (my.is_dry || !take_room(bytes))
		return NULL;
	my.is_dry = true; /* what fails from here on fails for good */
	/* relaxed: the place is nobody else's; what is in it is published by count. */
	at = atomic_fetch_add_explicit(&arena->used, bytes, memory_order_relaxed);
	if (at + bytes > arena->size)
		return NULL;
	chunk = (struct wg_preload_chunk *)((char *)arena + at);
	if (madvise(chunk, bytes, MADV_POPULATE_WRITE) < 0)
		return NULL;
	my.is_dry = false;
	chunk->bytes = bytes;
	return chunk;
}

static SELDOM void read_name(struct wg_preload_chunk *chunk)
{
	int error = errno;

	(void)REAL(prctl)(PR_GET_NAME, chunk->name);
	errno = error;
}

/* The first one has a page, each next one four times as much. */
static struct wg_preload_chunk *next_chunk(struct wg_preload_chunk *old)
{
	uint32_t bytes = !old			  ? WG_PRELOAD_PAGE
			 : old->bytes < CHUNK_MAX ? old->bytes * 4
						  : old->bytes;
	struct wg_preload_chunk *chunk = carve(bytes);

	while (!chunk && bytes > WG_PRELOAD_PAGE)
		chunk = carve(bytes /= 4);
	if (!chunk)
		return NULL;
	if (old) {
		chunk->pid = old->pid;
		chunk->tid = old->tid;
		chunk->thread = old->thread;
	} else {
		chunk->pid = (uint32_t)getpid();
		chunk->tid = (uint32_t)REAL(syscall)(SYS_gettid);
		chunk->thread = atomic_fetch_add_explicit(&arena->threads, 1, memory_order_relaxed);
	}
	read_name(chunk);
	/* It may be asleep, and have begun a site: from here on the old one is not touched. */
	if (old) {
		chunk->open = old->open;
		atomic_store_explicit(&old->open.begin_ns, 0, memory_order_relaxed);
	}
	/* release: a reader that sees the number sees the header. */
	atomic_store_explicit(&chunk->magic, WG_PRELOAD_MAGIC, memory_order_release);
	(void)pthread_setspecific(ended, chunk);
	return chunk;
}

/* It has no chunk, or a full one. */
static SELDOM struct wg_preload_chunk *another_chunk(void)
{
	struct wg_preload_chunk *chunk = NULL;
	int error = errno;

	if (!wg__is_fenced())
		chunk = next_chunk(my.chunk);
	else if (!my.chunk)
		return NULL; /* that is said once, and not counted */
	errno = error;
	if (chunk) {
		my.count = 0;
		my.room = (uint32_t)((chunk->bytes - sizeof(*chunk)) /
				     sizeof(struct wg_preload_record));
		return my.chunk = chunk;
	}
	(void)atomic_fetch_add_explicit(
		my.chunk ? &my.chunk->lost : &arena->lost, 1, memory_order_relaxed);
	return NULL;
}

/* The calling thread's, with room for one record; NULL: none. */
static inline struct wg_preload_chunk *my_chunk(void)
{
	return __builtin_expect(my.count < my.room, 1) ? my.chunk : another_chunk();
}

/* Where the next record begins. */
static inline struct wg_preload_record *next_record(struct wg_preload_chunk *chunk)
{
	return (struct wg_preload_record *)(chunk + 1) + my.count;
}

/* This process was just forked: it has one thread, or few that it made since. */
static uint32_t new_generation(void)
{
	uint32_t old = 0, now;

	/* relaxed: a number alone. */
	now = atomic_fetch_add_explicit(&generations, 1, memory_order_relaxed) + 1;
	/* relaxed: likewise; who comes second takes that of the first. */
	return atomic_compare_exchange_strong_explicit(
		       generation, &old, now, memory_order_relaxed, memory_order_relaxed)
		       ? now
		       : old;
}

/* This thread forked, or is new: what it has is its parent's. */
static SELDOM void begin_thread(uint32_t now)
{
	my.generation = now ? now : new_generation();
	my.chunk = NULL;
	my.count = my.room = 0;
	my.is_dry = false;
	my.cpu_from_ns = 0;
}

bool wg__enter(void)
{
	uint32_t now;

	if (!arena || my.busy || atomic_load_explicit(&control->stopped, memory_order_relaxed))
		return false;
	my.busy = 1;
	/* relaxed: a number alone. */
	now = atomic_load_explicit(generation, memory_order_relaxed);
	if (__builtin_expect(my.generation != now || now == 0, 0))
		begin_thread(now);
	return true;
}

void wg__leave(void)
{
	my.busy = 0;
}

bool wg__is_over(void)
{
	/* relaxed: a flag alone, which is never taken back. */
	return has_begun &&
	       (!arena || atomic_load_explicit(&control->stopped, memory_order_relaxed));
}

struct wg_preload_record *wg__put(enum wg_preload_type type)
{
	struct wg_preload_chunk *chunk = my_chunk();
	struct wg_preload_record *r;

	if (!chunk)
		return NULL;
	r = next_record(chunk);
	r->type = type;
	r->ns = wg__now();
	return r;
}

void wg__put_done(struct wg_preload_record *r)
{
	(void)r;
	/* release: pairs with acquire in the reader; the record is whole. */
	atomic_store_explicit(&my.chunk->count, ++my.count, memory_order_release);
	/* A thread has its name soon after it began. */
	if (__builtin_expect((my.count & (my.count - 1)) == 0, 0) && !wg__is_fenced())
		read_name(my.chunk);
}

/* --- a program that confines itself --- */

/* This thread gets the largest chunk first: there will be no other. */
void wg__fence(void)
{
	int error = errno, i;

	if (!wg__is_fenced() && wg__enter()) {
		(void)my_chunk();
		for (i = 0; i < 4 && my.chunk && my.chunk->bytes < CHUNK_MAX; i++)
			(void)another_chunk();
		wg__site_prepare();
		/* relaxed: likewise; a reader only says it. */
		atomic_store_explicit(&arena->is_fenced, 1, memory_order_relaxed);
		wg__leave();
	}
	atomic_store_explicit(&wg__fenced, true, memory_order_relaxed);
	errno = error;
}

/* --- times --- */

int64_t wg__clock(clockid_t clock)
{
	struct timespec ts;

	(void)clock_gettime(clock, &ts);
	return wg__timespec_ns(&ts);
}

/* --- what happens --- */

/* In a signal handler, the thread is asleep already. */
static void keep_around(struct wg__sleep *w, struct wg_preload_chunk *chunk)
{
	/* relaxed: this thread alone writes it. */
	int64_t begin_ns = atomic_load_explicit(&chunk->open.begin_ns, memory_order_relaxed);

	if (__builtin_expect(begin_ns != 0, 0))
		w->around = chunk->open;
	else
		atomic_store_explicit(&w->around.begin_ns, 0, memory_order_relaxed);
}

static void end_open(const struct wg__sleep *w, struct wg_preload_chunk *chunk)
{
	/* relaxed: as above. */
	if (__builtin_expect(
		    atomic_load_explicit(&w->around.begin_ns, memory_order_relaxed) != 0, 0))
		chunk->open = w->around;
	else
		atomic_store_explicit(&chunk->open.begin_ns, 0, memory_order_relaxed);
}

/* Outside of enter and leave. A loop waits in one place again and again. */
static SELDOM void know_site(uint64_t site)
{
	wg__site_know(site);
	my.site = site;
}

/* What it took since a sleep that its time ended. */
static SELDOM int64_t take_cpu(void)
{
	int64_t from_ns = my.cpu_from_ns;

	my.cpu_from_ns = 0;
	return wg__is_fenced() ? WG_NOT_OBSERVABLE : wg__clock(CLOCK_THREAD_CPUTIME_ID) - from_ns;
}

/* Each record is in memory that was never used: it comes while the thread sleeps. */
static void fetch_ahead(struct wg_preload_chunk *chunk)
{
	const char *r = (const char *)next_record(chunk);

	__builtin_prefetch(r, 1);
	__builtin_prefetch(r + sizeof(struct wg_preload_record) - 1, 1);
}

AT_EACH void wg__sleep_begin(struct wg__sleep *w, enum wg_wait_in how, uint64_t object,
	int64_t timeout_ns, uint64_t site)
{
	struct wg_preload_chunk *chunk;

	w->is_on = wg__enter();
	if (!w->is_on)
		return;
	w->how = (uint8_t)how;
	w->object = object;
	w->timeout_ns = timeout_ns;
	w->site = site;
	w->a = w->b = 0;
	w->flags = 0;
	w->did = wg__my_did;
	w->cpu_ns = WG_NOT_OBSERVABLE;
	chunk = my_chunk();
	if (__builtin_expect(my.cpu_from_ns != 0, 0))
		w->cpu_ns = take_cpu();
	w->begin_ns = wg__now();
	if (chunk) {
		fetch_ahead(chunk);
		keep_around(w, chunk);
		chunk->open.how = w->how;
		chunk->open.object = object;
		chunk->open.site = site;
		chunk->open.timeout_ns = timeout_ns;
		chunk->open.cpu_ns = w->cpu_ns;
		chunk->open.did = w->did;
		/* release: whoever sees the time sees what it is about. */
		atomic_store_explicit(&chunk->open.begin_ns, w->begin_ns, memory_order_release);
	} else {
		w->is_on = false;
	}
	wg__leave();
	if (site != my.site && w->is_on)
		know_site(site);
}

/* After a sleep that its time may have ended. */
static SELDOM void note_cpu(const struct wg__sleep *w, int32_t ret)
{
	if (wg_preload_timed_out(w->how, w->timeout_ns, ret) && w->timeout_ns >= CPU_FROM_NS &&
		!wg__is_fenced())
		my.cpu_from_ns = wg__clock(CLOCK_THREAD_CPUTIME_ID);
}

AT_EACH void wg__sleep_end(struct wg__sleep *w, int64_t ret)
{
	struct wg_preload_record *r;

	if (!w->is_on || !wg__enter())
		return;
	r = wg__put(WG_PRELOAD_WAIT);
	if (r) {
		r->begin_ns = w->begin_ns;
		r->timeout_ns = w->timeout_ns;
		r->cpu_ns = w->cpu_ns;
		r->object = w->object;
		r->site = w->site;
		r->a = w->a;
		r->b = w->b;
		r->ret = (int32_t)(ret > INT32_MAX ? INT32_MAX : ret);
		r->kind = w->how;
		r->did = w->did;
		r->flags = w->flags;
		wg__put_done(r);
	}
	if (my.chunk)
		end_open(w, my.chunk);
	wg__my_did = WG_DID_UNKNOWN;
	if (ret <= 0)
		note_cpu(w, (int32_t)ret);
	wg__leave();
}

AT_EACH void wg__notify(const struct wg__notified *n)
{
	struct wg_preload_record *r = NULL;

	if (!wg__enter())
		return;
	if (!n->is_nobody)
		wg__my_did = WG_DID_ACTED;
	if (n->is_nobody && my.chunk && my.nobody >= NOBODY_MAX) {
		(void)atomic_fetch_add_explicit(&my.chunk->nobody, 1, memory_order_relaxed);
	} else if ((r = wg__put(WG_PRELOAD_NOTIFY))) {
		my.nobody += n->is_nobody;
		r->ns = n->at_ns ? n->at_ns : r->ns;
		r->object = n->object;
		r->site = n->site;
		r->a = (uint64_t)n->value;
		r->ret = n->woke;
		r->kind = (uint8_t)n->how;
		r->flags = n->is_nobody ? WG_PRELOAD_NOBODY : 0;
		wg__put_done(r);
	}
	wg__leave();
	if (r && n->site != my.site)
		know_site(n->site);
}

uint64_t wg__new_object(void)
{
	return arena ? WG_PRELOAD_MADE | (atomic_fetch_add_explicit(
						  &arena->objects, 1, memory_order_relaxed) +
						 1)
		     : 0;
}
