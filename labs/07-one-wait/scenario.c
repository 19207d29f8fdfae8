/*
 * scenario.c: a worker with results, a peer that writes to a socket, and a loop for both.
 *
 * A loop that spins is held after SEEN_ENOUGH waits until all other threads have finished. On real
 * threads they run at the same time.
 */
#include "lab07.h"

#include <pthread.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define PART	    200 /* bytes that the peer writes at once, at most */
#define SEEN_ENOUGH 20

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER; /* guards the queue */
static int queue[3], head, tail;
static int results, parts, idle_ms, peer_fd; /* the plan; set before the threads start */
static int part_bytes = PART;		     /* the same */
static int got, reads;			     /* the loop's, as is bytes */
static long bytes;

static void pause_ms(int ms)
{
	struct timespec t = { ms / 1000, ms % 1000 * 1000000L };

	if (ms > 0)
		nanosleep(&t, NULL);
}

void queue_push(int op)
{
	pthread_mutex_lock(&lock);
	queue[tail++] = op;
	lab_ready((uint64_t)op);
	pthread_mutex_unlock(&lock);
}

int queue_pop(void)
{
	int op = 0;

	pthread_mutex_lock(&lock);
	if (head < tail)
		op = queue[head++];
	lab_poll(op != 0);
	pthread_mutex_unlock(&lock);
	return op;
}

/* ---- what must hold ---- */

static void check_waits(void)
{
	static bool is_checked;
	struct lab_counts c = lab_counts();
	int reasons = c.notifies + reads;

	if (is_checked) /* the loop is held now, and this is not its own wait */
		return;
	is_checked = true;
	lab_check("wait", c.late_wakes == 0,
		"%d of %d waits ended by timeout with work pending: no notify", c.late_wakes,
		c.waits);
	lab_check("wait", c.waits == c.endless_waits,
		"%d of %d waits have a timeout: this loop polls", c.waits - c.endless_waits,
		c.waits);
	/* A notify is counted before it is made, and only the loop removes what woke it: so each
	 * wake has its own notify or read, in every schedule. */
	if (c.waits == c.endless_waits)
		lab_check("spin", c.waits <= reasons,
			"%d wakes for %d notifies and reads: the cause of a wake is never "
			"removed",
			c.waits, reasons);
}

bool is_done(void)
{
	if (!lab_is_real() && lab_counts().waits > SEEN_ENOUGH) {
		check_waits();
		pause_ms(5000);
	}
	return got == results && bytes == (long)parts * part_bytes;
}

void got_result(int op)
{
	got++;
	lab_deliver((uint64_t)op);
}

void got_bytes(long count)
{
	bytes += count;
	reads++;
	lab_note("%ld of %d bytes", bytes, parts * part_bytes);
}

/* ---- the other threads ---- */

static void *work(void *unused)
{
	int i;

	lab_name("worker");
	for (i = 1; i <= results; i++) {
		lab_start((uint64_t)i);
		pause_ms(idle_ms);
		lab_done((uint64_t)i, 0);
		publish(i);
	}
	return unused;
}

static void *talk(void *unused)
{
	static const char part[PART];
	int i;

	lab_name("peer");
	for (i = 0; i < parts; i++) {
		pause_ms(idle_ms);
		(void)!write(peer_fd, part, (size_t)part_bytes);
	}
	return unused;
}

static void serve(int result_count, int part_count, bool is_early)
{
	pthread_t worker, peer;
	int pair[2], i;

	lab_name("loop");
	lab_loop("epoll");
	results = result_count;
	parts = part_count;
	(void)socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, pair);
	peer_fd = pair[1];
	for (i = 1; i <= results; i++)
		lab_submit((uint64_t)i);
	if (is_early)
		talk(NULL);
	lab_name("loop");
	loop_open(pair[0]);
	pthread_create(&worker, NULL, work, NULL);
	if (!is_early)
		pthread_create(&peer, NULL, talk, NULL);
	loop_run();
	check_waits();
	pthread_join(worker, NULL);
	if (!is_early)
		pthread_join(peer, NULL);
	loop_close();
	close(pair[0]);
	close(pair[1]);
	lab_check("closed", lab_counts().open_fds == 0, "descriptors left open: %d",
		lab_counts().open_fds);
}

static void result(void)
{
	serve(2, 0, false);
}

static void both(void)
{
	serve(1, 1, false);
}

static void byte(void)
{
	part_bytes = 1;
	serve(1, 1, true);
}

static void before(void)
{
	serve(1, 1, true);
}

static void idle(void)
{
	idle_ms = lab_is_real() ? 3 : 120;
	serve(2, 2, false);
}

const struct lab_scenario lab_scenarios[] = {
	{ .name = "results", .title = "two results, and a silent socket", .run = result },
	{ .name = "both", .title = "a result, and bytes on the socket", .run = both },
	{ .name = "before", .title = "the bytes are there before the loop starts", .run = before },
	{ .name = "byte", .title = "the same, with one byte", .run = byte },
	{ .name = "idle", .title = "both, 120 ms apart", .run = idle },
	{ 0 },
};
