/*
 * put.c: see put.h. The arena of this program, the chunks of its threads, their records.
 *
 * The whole arena is mapped once, at the start: a sandbox may refuse new files later, and a program
 * may close all descriptors. The file is sparse. Pages are made before they are written to, with
 * MADV_POPULATE_WRITE, because a full file system would be a SIGBUS for the program.
 */
#include "traces/preload/put.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>

#include "traces/preload/real.h"
#include "traces/preload/site.h"

#ifndef MADV_POPULATE_WRITE
#define MADV_POPULATE_WRITE 23
#endif

#define ARENA_BYTES (UINT64_C(1) << 32)
#define ARENA_MIN   (UINT64_C(1) << 20)
#define CHUNK_MAX   (1u << 20)
/* A language that hands its lock on notifies thousands of times a second, and nobody sleeps. */
#define NOBODY_MAX 1000
/* The CPU time of shorter ones would cost more than it tells. */
#define CPU_FROM_NS 500000

static struct wg_preload_control *control;
static struct wg_preload_arena *arena;
static _Atomic uint32_t *is_same_process; /* a page that fork sets to 0 */
static _Atomic uint32_t generation = 1;	  /* of forks */

static WG__THREAD_LOCAL struct {
	struct wg_preload_chunk *chunk;
	uint32_t generation, nobody;
	int busy;
	bool is_dry; /* there is no room any more */
	uint8_t did;
	int64_t cpu_from_ns; /* at its last wake, or 0 */
} my;

/* --- set up --- */

static void *map_file(const char *dir, const char *name, int flags, uint64_t size)
{
	char path[512];
	struct stat st;
	void *map = MAP_FAILED;
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >= sizeof(path))
		return NULL;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
	if (fd < 0)
		return NULL;
	if (flags & O_CREAT ? ftruncate(fd, (off_t)size) == 0
			    : fstat(fd, &st) == 0 && (uint64_t)st.st_size >= size)
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
	(void)syscall(SYS_close, fd);
	if (map == MAP_FAILED && flags & O_CREAT)
		(void)unlink(path);
	return map == MAP_FAILED ? NULL : map;
}

/* A limit on the length of files would be a signal, and one on memory is the program's. */
static uint64_t arena_bytes(void)
{
	struct rlimit limit;
	uint64_t size = ARENA_BYTES;

	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < size)
		size = limit.rlim_cur;
	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur / 8 < size)
		size = limit.rlim_cur / 8;
	return size / WG_PRELOAD_PAGE * WG_PRELOAD_PAGE;
}

static void map_arena(const char *dir)
{
	struct wg_preload_arena *made;
	uint64_t size = arena_bytes();
	char name[48];

	if (size < ARENA_MIN)
		return;
	(void)snprintf(name, sizeof(name), "%ld.%lld", (long)getpid(), (long long)wg__now());
	made = map_file(dir, name, O_CREAT | O_EXCL, size);
	if (!made || madvise(made, WG_PRELOAD_PAGE, MADV_POPULATE_WRITE) < 0)
		return;
	made->size = size;
	made->pid = (uint32_t)getpid();
	made->has_lttng = wg__sites_have("/liblttng-ust.so");
	made->has_uring = wg__sites_have("/liburing.so");
	atomic_store_explicit(&made->used, WG_PRELOAD_PAGE, memory_order_relaxed);
	/* release: whoever reads this file sees a whole header. */
	atomic_store_explicit(&made->magic, WG_PRELOAD_MAGIC, memory_order_release);
	arena = made;
}

static bool map_page_of_this_process(void)
{
	void *page = mmap(
		NULL, WG_PRELOAD_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	if (page == MAP_FAILED)
		return false;
	if (madvise(page, WG_PRELOAD_PAGE, MADV_WIPEONFORK) < 0)
		return false;
	is_same_process = page;
	atomic_store_explicit(is_same_process, 1, memory_order_relaxed);
	return true;
}

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
	if (dir && map_page_of_this_process() && pthread_key_create(&ended, on_thread_end) == 0) {
		control = map_file(dir, "control", 0, sizeof(*control));
		if (control && control->magic == WG_PRELOAD_MAGIC)
			map_arena(dir);
	}
	my.busy = 0;
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

static void read_name(struct wg_preload_chunk *chunk)
{
	(void)prctl(PR_GET_NAME, chunk->name);
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

/* The calling thread's, with room for one record; NULL: none. */
static struct wg_preload_chunk *my_chunk(void)
{
	struct wg_preload_chunk *chunk = my.chunk;

	if (my.generation != atomic_load_explicit(&generation, memory_order_relaxed)) {
		my.generation = atomic_load_explicit(&generation, memory_order_relaxed);
		my.chunk = chunk = NULL;
		my.is_dry = false;
		my.cpu_from_ns = 0;
	}
	/* relaxed: this thread alone writes it. */
	if (chunk && atomic_load_explicit(&chunk->count, memory_order_relaxed) <
			     (chunk->bytes - sizeof(*chunk)) / sizeof(struct wg_preload_record))
		return chunk;
	chunk = next_chunk(chunk);
	if (chunk)
		return my.chunk = chunk;
	(void)atomic_fetch_add_explicit(
		my.chunk ? &my.chunk->lost : &arena->lost, 1, memory_order_relaxed);
	return NULL;
}

bool wg__enter(void)
{
	if (!arena || my.busy || atomic_load_explicit(&control->stopped, memory_order_relaxed))
		return false;
	my.busy = 1;
	/* relaxed: a child that was just forked has one thread. */
	if (!atomic_load_explicit(is_same_process, memory_order_relaxed)) {
		atomic_store_explicit(is_same_process, 1, memory_order_relaxed);
		(void)atomic_fetch_add_explicit(&generation, 1, memory_order_relaxed);
	}
	return true;
}

void wg__leave(void)
{
	my.busy = 0;
}

struct wg_preload_record *wg__put(enum wg_preload_type type)
{
	struct wg_preload_chunk *chunk = my_chunk();
	struct wg_preload_record *r;

	if (!chunk)
		return NULL;
	r = (struct wg_preload_record *)(chunk + 1) +
	    atomic_load_explicit(&chunk->count, memory_order_relaxed);
	r->type = type;
	r->ns = wg__now();
	return r;
}

void wg__put_done(struct wg_preload_record *r)
{
	struct wg_preload_chunk *chunk = my.chunk;
	uint32_t count = atomic_load_explicit(&chunk->count, memory_order_relaxed) + 1;

	(void)r;
	/* release: pairs with acquire in the reader; the record is whole. */
	atomic_store_explicit(&chunk->count, count, memory_order_release);
	/* A thread has its name soon after it began. */
	if ((count & (count - 1)) == 0)
		read_name(chunk);
}

/* --- times --- */

int64_t wg__clock(clockid_t clock)
{
	struct timespec ts;

	(void)clock_gettime(clock, &ts);
	return wg__timespec_ns(&ts);
}

int64_t wg__until(clockid_t clock, const struct timespec *time)
{
	int64_t ns;

	if (!time)
		return WG_FOR_EVER;
	ns = wg__timespec_ns(time) - wg__clock(clock);
	return ns > 0 ? ns : 0;
}

/* --- what happens --- */

void wg__sleep_begin(struct wg__sleep *w, enum wg_wait_in how, uint64_t object, int64_t timeout_ns,
	uint64_t site)
{
	struct wg_preload_chunk *chunk;
	int error = errno;

	w->is_on = wg__enter();
	if (!w->is_on)
		return;
	w->how = (uint8_t)how;
	w->object = object;
	w->timeout_ns = timeout_ns;
	w->site = site;
	w->a = w->b = 0;
	w->flags = 0;
	w->did = my.did;
	w->cpu_ns = WG_NOT_OBSERVABLE;
	chunk = my_chunk();
	if (my.cpu_from_ns)
		w->cpu_ns = wg__clock(CLOCK_THREAD_CPUTIME_ID) - my.cpu_from_ns;
	my.cpu_from_ns = 0;
	w->begin_ns = wg__now();
	if (chunk) {
		w->around = chunk->open;
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
	errno = error;
	if (w->is_on)
		wg__site_know(site);
}

void wg__sleep_end(struct wg__sleep *w, int64_t ret)
{
	struct wg_preload_record *r;
	int error = errno;

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
		my.chunk->open = w->around;
	my.did = WG_DID_UNKNOWN;
	if (wg_preload_timed_out(w->how, w->timeout_ns, (int32_t)ret) &&
		w->timeout_ns >= CPU_FROM_NS)
		my.cpu_from_ns = wg__clock(CLOCK_THREAD_CPUTIME_ID);
	wg__leave();
	errno = error;
}

void wg__notify(const struct wg__notified *n)
{
	struct wg_preload_record *r = NULL;
	int error = errno;

	if (!wg__enter())
		return;
	if (!n->is_nobody)
		my.did = WG_DID_ACTED;
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
	errno = error;
	if (r)
		wg__site_know(n->site);
}

void wg__did(enum wg_did did)
{
	if (did > my.did)
		my.did = (uint8_t)did;
}

uint64_t wg__new_object(void)
{
	return arena ? WG_PRELOAD_MADE | (atomic_fetch_add_explicit(
						  &arena->objects, 1, memory_order_relaxed) +
						 1)
		     : 0;
}
