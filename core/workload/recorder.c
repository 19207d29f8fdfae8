/*
 * recorder.c: see recorder.h. A probe for each tracepoint, which keeps what it is given.
 *
 * A thread has events of its own (recorder_kept.h), so nothing is shared but the list of threads.
 */
#include "core/workload/recorder.h"

#include <errno.h>

#ifdef WG_TRACE_LTTNG

#include <fcntl.h>
#include <stdatomic.h>
#include <unistd.h>

#include "core/clock.h"
#include "core/tp.h"
#include "core/workload/recorder_ctf.h"
#include "core/workload/recorder_kept.h"
#include "core/workload/recorder_write.h"

#define PREFETCH_EVENTS 4

static struct wg__kept_list all;
static int dir_fd = -1; /* immutable once there are threads; -1: off */
static __thread struct wg__kept *mine;

static inline void keep(
	enum wg__ctf_event id, uint32_t loop, uint64_t first, uint64_t second, int kind)
{
	struct wg__kept *k = mine ? mine : (mine = wg__kept_join(&all));
	struct wg__kept_event *e;

	if (!k)
		return;
	e = wg__kept_next(k);
	/* Other data has been in the near cache since this was written to, a pass ago. */
	__builtin_prefetch(e + PREFETCH_EVENTS, 1);
	e->ns = wg_now_ns();
	e->first = first;
	e->second = second;
	e->loop = loop;
	e->id = (uint16_t)id;
	e->kind = (uint16_t)kind; /* of an enumeration of ours */
	wg__kept_add(k);
}

/* ---- probes ---- */

/* One whose fields are FIRST and SECOND. */
#define PROBE(event, id, c1, first, c2, second)                                                    \
	static void on_##event(void *data, uint32_t loop, c1 first, c2 second)                     \
	{                                                                                          \
		(void)data;                                                                        \
		keep(id, loop, (uint64_t)(first), (uint64_t)(second), 0);                          \
	}

PROBE(start, WG__CTF_START, uint64_t, op, uint32_t, worker)
PROBE(done, WG__CTF_DONE, uint64_t, op, int64_t, result)
PROBE(notify, WG__CTF_NOTIFY, uint64_t, op, int, sent)
PROBE(wait, WG__CTF_WAIT, int64_t, timeout_ns, uint32_t, ready)
PROBE(wake, WG__CTF_WAKE, int, reason, uint32_t, ready)
PROBE(deliver, WG__CTF_DELIVER, uint64_t, op, int64_t, result)

static void on_submit(void *data, uint32_t loop, uint64_t op, int kind, int64_t arg)
{
	(void)data;
	keep(WG__CTF_SUBMIT, loop, op, (uint64_t)arg, kind);
}

static void on_poll(void *data, uint32_t loop, uint32_t found)
{
	(void)data;
	keep(WG__CTF_POLL, loop, found, 0, 0);
}

/* The name stands in the strategy's table, which is there as long as the program. */
static void on_loop(void *data, uint32_t loop, const char *wait, int64_t tick_ns)
{
	(void)data;
	keep(WG__CTF_LOOP, loop, (uint64_t)(uintptr_t)wait, (uint64_t)tick_ns, 0);
}

#define ATTACH(event)                                                                              \
	lttng_ust_tracepoint_register_wakegap___##event((char *)(uintptr_t) "wakegap",             \
		(char *)(uintptr_t) #event, (void (*)(void))on_##event, NULL)

int wg_recorder_start(const char *dir)
{
	dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir_fd < 0)
		return -errno;
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

void wg_recorder_put_away(void)
{
	wg__kept_put_away_all(&all);
}

int wg_recorder_write(void)
{
	struct wg__kept *list;
	int64_t end_ns;
	int rc;

	if (dir_fd < 0)
		return 0;
	rc = wg__kept_settle_all(&all, &list, &end_ns);
	if (rc == 0)
		rc = wg__recorder_write(dir_fd, list, end_ns);
	(void)close(dir_fd);
	dir_fd = -1;
	return rc;
}

#else

int wg_recorder_start(const char *dir)
{
	(void)dir;
	return -ENOTSUP;
}

void wg_recorder_put_away(void)
{
}

int wg_recorder_write(void)
{
	return 0;
}

#endif
