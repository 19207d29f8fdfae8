/*
 * recorder.c: see recorder.h. A probe for each tracepoint, which writes to blocks of its own
 * thread.
 *
 * A thread writes to its last block alone, and `used` says how far it is. So there is no lock, and
 * nothing is shared but the list of threads. Blocks are made present before they are written to: a
 * page fault for each page would be in the figures, one call for 64 of them every 5,000 events is
 * not.
 */
#include "core/workload/recorder.h"

#include <errno.h>

#ifdef WG_TRACE_LTTNG

#include <fcntl.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/random.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/tp.h"
#include "core/workload/recorder_ctf.h"

#define BLOCK_BYTES    (256u << 10)
#define BLOCKS_MAX     4096 /* of all threads */
#define PREFETCH_BYTES 128
#define WAIT_MAX       31 /* bytes of a strategy's name */

struct block {
	struct block *_Atomic next;
	int64_t last_ns;     /* of its last event; read once there is a next block */
	_Atomic size_t used; /* bytes of `packet`, its header included; its thread writes it */
	struct wg__ctf_packet packet;
};

struct stream {
	struct stream *next; /* immutable */
	struct block *first; /* immutable; NULL: there was no memory */
	struct block *last;  /* its thread's */
	_Atomic uint64_t lost;
	struct wg__ctf_who who; /* immutable */

	/* What is written: up to so many bytes of this block. Of the thread that writes alone. */
	struct block *until;
	size_t until_bytes;
};

static struct stream *_Atomic streams; /* the newest first; never shorter */
static _Atomic unsigned blocks;
static bool is_on; /* immutable once there are threads */
static __thread struct stream *mine;

/* ---- memory ---- */

static struct block *make_block(void)
{
	struct block *b;

	/* relaxed: a number alone */
	if (atomic_fetch_add_explicit(&blocks, 1, memory_order_relaxed) >= BLOCKS_MAX)
		return NULL;
	b = mmap(NULL, BLOCK_BYTES, PROT_READ | PROT_WRITE,
		MAP_PRIVATE | MAP_ANONYMOUS | MAP_POPULATE, -1, 0);
	if (b == MAP_FAILED)
		return NULL;
	b->used = sizeof(b->packet);
	return b;
}

/* The calling thread's; NULL: no memory, and its events are lost without a count. */
static struct stream *make_stream(void)
{
	struct stream *s = calloc(1, sizeof(*s));

	if (!s)
		return NULL;
	s->first = s->last = make_block();
	s->who.vpid = (int32_t)getpid();
	s->who.vtid = (int32_t)gettid();
	(void)prctl(PR_GET_NAME, s->who.procname);
	s->next = atomic_load_explicit(&streams, memory_order_relaxed);
	/* release: whoever sees the stream sees what is in it */
	while (!atomic_compare_exchange_weak_explicit(
		&streams, &s->next, s, memory_order_release, memory_order_relaxed))
		;
	return mine = s;
}

/* Another block, or NULL. */
static struct block *extend(struct stream *s)
{
	struct block *b = s->last ? make_block() : NULL;

	if (b) {
		/* release: pairs with acquire in settle() */
		atomic_store_explicit(&s->last->next, b, memory_order_release);
		s->last = b;
	}
	return b;
}

/* Room for an event, with its head filled in; NULL: it is lost. */
static inline void *begin(size_t bytes, enum wg__ctf_event id, uint32_t loop)
{
	struct stream *s = mine ? mine : make_stream();
	struct block *b = s ? s->last : NULL;
	struct wg__ctf_head *h;

	/* relaxed: this thread alone writes it */
	if (b && offsetof(struct block, packet) + bytes +
				 atomic_load_explicit(&b->used, memory_order_relaxed) >
			 BLOCK_BYTES)
		b = extend(s);
	if (!b) {
		if (s)
			atomic_fetch_add_explicit(&s->lost, 1, memory_order_relaxed);
		return NULL;
	}
	h = (void *)((char *)&b->packet + atomic_load_explicit(&b->used, memory_order_relaxed));
	/* Where the next but one is going to be: a fresh line is far away. */
	__builtin_prefetch((char *)h + PREFETCH_BYTES, 1);
	h->id = (uint16_t)id;
	h->timestamp = b->last_ns = wg_now_ns();
	h->who = s->who;
	h->loop = loop;
	return h;
}

static inline void end(size_t bytes)
{
	struct block *b = mine->last;

	/* release: pairs with acquire in settle(): the event is whole */
	atomic_store_explicit(&b->used,
		atomic_load_explicit(&b->used, memory_order_relaxed) + bytes, memory_order_release);
}

/* ---- probes ---- */

/* One whose fields are FIRST and then, if there is one, SECOND. */
#define PROBE2(event, id, type1, c1, first, type2, c2, second)                                     \
	static void on_##event(void *data, uint32_t loop, c1 first, c2 second)                     \
	{                                                                                          \
		struct WG__PACKED {                                                                \
			struct wg__ctf_head head;                                                  \
			type1 first;                                                               \
			type2 second;                                                              \
		} *r = begin(sizeof(*r), id, loop);                                                \
                                                                                                   \
		(void)data;                                                                        \
		if (r) {                                                                           \
			r->first = (type1)first;                                                   \
			r->second = (type2)second;                                                 \
			end(sizeof(*r));                                                           \
		}                                                                                  \
	}

PROBE2(start, WG__CTF_START, uint64_t, uint64_t, op, uint32_t, uint32_t, worker)
PROBE2(done, WG__CTF_DONE, uint64_t, uint64_t, op, int64_t, int64_t, result)
PROBE2(notify, WG__CTF_NOTIFY, uint64_t, uint64_t, op, uint8_t, int, sent)
PROBE2(wait, WG__CTF_WAIT, int64_t, int64_t, timeout_ns, uint32_t, uint32_t, ready)
PROBE2(wake, WG__CTF_WAKE, int32_t, int, reason, uint32_t, uint32_t, ready)
PROBE2(deliver, WG__CTF_DELIVER, uint64_t, uint64_t, op, int64_t, int64_t, result)

static void on_submit(void *data, uint32_t loop, uint64_t op, int kind, int64_t arg)
{
	struct WG__PACKED {
		struct wg__ctf_head head;
		uint64_t op;
		int32_t kind;
		int64_t arg;
	} *r = begin(sizeof(*r), WG__CTF_SUBMIT, loop);

	(void)data;
	if (r) {
		r->op = op;
		r->kind = kind;
		r->arg = arg;
		end(sizeof(*r));
	}
}

static void on_poll(void *data, uint32_t loop, uint32_t found)
{
	struct WG__PACKED {
		struct wg__ctf_head head;
		uint32_t found;
	} *r = begin(sizeof(*r), WG__CTF_POLL, loop);

	(void)data;
	if (r) {
		r->found = found;
		end(sizeof(*r));
	}
}

static void on_loop(void *data, uint32_t loop, const char *wait, int64_t tick_ns)
{
	size_t len = strnlen(wait, WAIT_MAX);
	size_t bytes = sizeof(struct wg__ctf_head) + len + 1 + sizeof(tick_ns);
	struct wg__ctf_head *head = begin(bytes, WG__CTF_LOOP, loop);
	char *text = (char *)(head + 1);

	(void)data;
	if (head) {
		memcpy(text, wait, len);
		text[len] = '\0';
		memcpy(text + len + 1, &tick_ns, sizeof(tick_ns));
		end(bytes);
	}
}

#define ATTACH(event)                                                                              \
	lttng_ust_tracepoint_register_wakegap___##event((char *)(uintptr_t) "wakegap",             \
		(char *)(uintptr_t) #event, (void (*)(void))on_##event, NULL)

int wg_recorder_start(void)
{
	is_on = true;
	ATTACH(loop);
	ATTACH(submit);
	ATTACH(start);
	ATTACH(done);
	ATTACH(notify);
	ATTACH(wait);
	ATTACH(wake);
	ATTACH(poll);
	ATTACH(deliver);
	return 0;
}

/* ---- files ---- */

static int write_packet(FILE *out, struct wg__ctf_packet *p, size_t bytes)
{
	p->magic = WG__CTF_MAGIC;
	p->content_size = p->packet_size = 8 * (uint64_t)bytes;
	return fwrite(p, bytes, 1, out) == 1 ? 0 : -errno;
}

/* What is lost stands behind the rest: a packet without events has the count. */
static int write_lost(FILE *out, struct wg__ctf_packet *like, uint64_t lost)
{
	struct wg__ctf_packet p = *like;

	p.timestamp_begin = p.timestamp_end;
	p.events_discarded = lost;
	p.packet_seq_num++;
	return write_packet(out, &p, sizeof(p));
}

/*
 * A loop that hangs emits nothing: that it hung until now is seen from the end of its last packet.
 * No event may be later than that, and threads go on meanwhile. So first it is settled for all of
 * them how much is written, then the clock is read.
 */
static int64_t settle(struct stream *s)
{
	struct block *next;

	for (; s; s = s->next) {
		s->until = s->first;
		/* acquire: pairs with release in extend() */
		while (s->until &&
			(next = atomic_load_explicit(&s->until->next, memory_order_acquire)))
			s->until = next;
		/* acquire: pairs with release in end() */
		if (s->until)
			s->until_bytes =
				atomic_load_explicit(&s->until->used, memory_order_acquire);
	}
	return wg_now_ns();
}

static int write_blocks(
	FILE *out, struct stream *s, uint64_t number, const uint8_t uuid[16], int64_t end_ns)
{
	uint64_t lost = atomic_load_explicit(&s->lost, memory_order_relaxed);
	struct block *b;
	uint64_t seq = 0;
	int rc = 0;

	for (b = s->first; b && rc == 0; b = atomic_load_explicit(&b->next, memory_order_acquire)) {
		struct wg__ctf_packet *p = &b->packet;
		bool is_last = b == s->until;
		size_t used = is_last ? s->until_bytes
				      : atomic_load_explicit(&b->used, memory_order_acquire);

		if (used == sizeof(*p))
			break;
		memcpy(p->uuid, uuid, sizeof(p->uuid));
		p->stream_instance_id = number;
		p->packet_seq_num = seq++;
		p->timestamp_begin = ((struct wg__ctf_head *)(void *)(p + 1))->timestamp;
		p->timestamp_end = is_last ? end_ns : b->last_ns;
		rc = write_packet(out, p, used);
		if (rc == 0 && is_last && lost)
			rc = write_lost(out, p, lost);
		if (is_last)
			break;
	}
	return rc;
}

static FILE *make_file(int dir_fd, const char *name)
{
	int fd = openat(dir_fd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0660);
	FILE *out = fd >= 0 ? fdopen(fd, "w") : NULL;

	if (!out && fd >= 0)
		(void)close(fd);
	return out;
}

static int write_all(int dir_fd)
{
	struct stream *s = atomic_load_explicit(&streams, memory_order_acquire);
	int64_t end_ns = settle(s);
	uint64_t number = 0;
	uint8_t uuid[16];
	char name[32];
	FILE *out;
	int rc = 0;

	if (getrandom(uuid, sizeof(uuid), 0) != sizeof(uuid))
		return -EIO;
	for (; s && rc == 0; s = s->next, number++) {
		(void)snprintf(name, sizeof(name), "wakegap_%u", (unsigned)number);
		out = make_file(dir_fd, name);
		if (!out)
			return -errno;
		rc = write_blocks(out, s, number, uuid, end_ns);
		if (fclose(out) != 0 && rc == 0)
			rc = -errno;
	}
	if (rc < 0)
		return rc;
	out = make_file(dir_fd, "metadata");
	if (!out)
		return -errno;
	rc = wg__ctf_describe(out, uuid) == 0 ? 0 : -errno;
	return fclose(out) == 0 ? rc : -errno;
}

int wg_recorder_write(const char *dir)
{
	int fd, rc;

	if (!is_on)
		return 0;
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	rc = write_all(fd);
	(void)close(fd);
	return rc;
}

#else

int wg_recorder_start(void)
{
	return -ENOTSUP;
}

int wg_recorder_write(const char *dir)
{
	(void)dir;
	return 0;
}

#endif
