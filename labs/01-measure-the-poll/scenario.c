/*
 * scenario.c: the loop of lab01.h at work, and your answers beside what it does.
 *
 * Everything is measured on the clock of the run, in the same places where a trace has its events.
 */
#include "lab01.h"

#include <semaphore.h>
#include <stdlib.h>

#define STRANGERS 24

/* What only keeps the books: no steps of its own. */
#define QUIET __attribute__((no_sanitize("thread")))

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t bell = PTHREAD_COND_INITIALIZER;

static sem_t requests;
static int ready;					/* guarded by lock; 0: none */
static int64_t ready_ns[READS + 1], waste_ns, begin_ns; /* the books */

static int64_t now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000000LL + t.tv_nsec;
}

static void take_time(int64_t us)
{
	struct timespec t = { 0, us * 1000 };

	nanosleep(&t, NULL);
}

QUIET static void note_ready(int op)
{
	ready_ns[op] = now_ns();
}

QUIET static void note_found(int op)
{
	waste_ns += now_ns() - ready_ns[op];
}

/* The story's disk: the result is there, and nobody is told. */
static void publish(int op)
{
	lab_done((uint64_t)op, 0);
	pthread_mutex_lock(&lock);
	ready = op;
	lab_ready((uint64_t)op);
	note_ready(op);
	pthread_mutex_unlock(&lock);
}

int take_result(void)
{
	int op = ready;

	ready = 0;
	lab_poll(op != 0);
	return op;
}

/* ---- your answers ---- */

static const struct answers *round_;

static bool is_open(double answer)
{
	return answer < 0;
}

static int open_answers(const struct answers *a)
{
	return is_open(a->waste_ms) + is_open(a->ready_percent) + is_open(a->empty_wakes) +
	       is_open(a->stranger_ms) + is_open(a->idle_wakes);
}

static bool is_near(double answer, double measured)
{
	double off = answer > measured ? answer - measured : measured - answer;

	return off <= 0.2 * measured;
}

/* The first round says what was measured. The second one does not: it is for you to know. */
static void compare(
	const char *id, double answer, double measured, const char *unit, const char *idea)
{
	bool holds = is_open(answer) || is_near(answer, measured);

	if (round_ == &first)
		lab_check(id, holds, "at %d ms you say %.1f%s, the trace says %.1f%s (20 %%): %s",
			round_->tick_ms, answer, unit, measured, unit, idea);
	else
		lab_check(id, holds, "at %d ms you say %.1f%s, and it is %s (20 %%): %s",
			round_->tick_ms, answer, unit, answer < measured ? "more" : "less", idea);
}

static const char *about_waste(void)
{
	double tick = round_->tick_ms;

	if (is_near(round_->waste_ms, tick / 2))
		return "half a tick is for strangers; where in the tick does each read of a chain "
		       "begin?";
	if (is_near(round_->waste_ms, tick))
		return "the read itself is no waste; the loop could not have found it before";
	return "look at one wait: where does it begin, when is the result ready, where does it "
	       "end?";
}

static const char *about_empty(void)
{
	return round_->tick_ms * 1000 < READ_US
		       ? "a faster look finds nothing more often: count the ticks in one read"
		       : "a wake that finds a result is late, but it is not empty";
}

/* Under real threads a read takes what it takes, and 300 rounds of this half an hour. */
static bool is_real(void)
{
	int64_t begin = now_ns();

	take_time(1);
	return now_ns() - begin != 1000;
}

/* False: there is nothing to compare with. */
static bool begin_round(const struct answers *a)
{
	int open = open_answers(&first) + open_answers(&again);

	if (is_real())
		return false;
	round_ = a;
	lab_check("answered", open == 0, "%d of 10 answers are given", 10 - open);
	if (open_answers(&again) == 0)
		lab_check("again",
			(again.tick_ms >= 1 && again.tick_ms <= 5) ||
				(again.tick_ms >= 20 && again.tick_ms <= 50),
			"the second round is at %d ms: choose 1 to 5, or 20 to 50, so that it is "
			"another case",
			again.tick_ms);
	lab_check("again", first.tick_ms == 10, "the first round is at %d ms, must be 10",
		first.tick_ms);
	lab_name("loop");
	lab_loop("tick");
	return true;
}

/* ---- chain: 160 reads, one after the other ---- */

static void *disk(void *unused)
{
	int op;

	lab_name("disk");
	for (op = 1; op <= READS; op++) {
		sem_wait(&requests);
		lab_start((uint64_t)op);
		take_time(READ_US);
		publish(op);
	}
	return unused;
}

static void check_chain(void)
{
	int64_t all_ns = now_ns() - begin_ns;
	struct lab_counts c = lab_counts();

	compare("waste", round_->waste_ms, (double)waste_ns / READS / 1e6, " ms", about_waste());
	compare("ready", round_->ready_percent, 100.0 * (double)waste_ns / (double)all_ns, " %",
		"of each read's time from hand-in to delivery, what share is the waste?");
	compare("empty", round_->empty_wakes, c.empty_wakes, " wakes", about_empty());
}

static void chain(const struct answers *a)
{
	pthread_t thread;
	int op;

	if (!begin_round(a))
		return;
	sem_init(&requests, 0, 0);
	pthread_create(&thread, NULL, disk, NULL);
	begin_ns = now_ns();
	for (op = 1; op <= READS; op++) {
		lab_submit((uint64_t)op);
		sem_post(&requests);
		while (run_once(a->tick_ms) == 0)
			continue;
		note_found(op);
		lab_deliver((uint64_t)op);
	}
	check_chain();
	pthread_join(thread, NULL);
}

/* ---- strangers: results at moments that have nothing to do with the tick ---- */

/* From 51 to 91 ms, at no multiple of 0.1 ms: a tick and a result never fall together. The seed is
 * one for which 24 of them are near half a tick for every tick that may be asked about. */
static int64_t gap_us(int i)
{
	uint32_t mixed = ((uint32_t)i + 1848) * 2654435761u;

	return 51000 + (mixed >> 8) % 400 * 100 + 37;
}

static void *world(void *unused)
{
	int op;

	lab_name("world");
	for (op = 1; op <= STRANGERS; op++) {
		take_time(gap_us(op));
		lab_submit((uint64_t)op);
		lab_start((uint64_t)op);
		publish(op);
	}
	return unused;
}

static void strangers(const struct answers *a)
{
	pthread_t thread;
	int found = 0;

	if (!begin_round(a))
		return;
	pthread_create(&thread, NULL, world, NULL);
	while (found < STRANGERS) {
		int op = run_once(a->tick_ms);

		if (op == 0)
			continue;
		note_found(op);
		lab_deliver((uint64_t)op);
		found++;
	}
	compare("strangers", a->stranger_ms, (double)waste_ns / STRANGERS / 1e6, " ms",
		"nothing ties a stranger to the tick: it is as likely to come early in it as late");
	pthread_join(thread, NULL);
}

/* ---- idle: one second of nothing ---- */

static void idle(const struct answers *a)
{
	if (!begin_round(a))
		return;
	begin_ns = now_ns();
	while (now_ns() - begin_ns < 1000000000)
		(void)run_once(a->tick_ms);
	compare("idle", a->idle_wakes, lab_counts().empty_wakes, " wakes",
		"a loop on a tick wakes at every tick, also when nothing happens");
}

/* ---- both rounds ---- */

static void chain_first(void)
{
	chain(&first);
}

static void strangers_first(void)
{
	strangers(&first);
}

static void idle_first(void)
{
	idle(&first);
}

static void chain_again(void)
{
	chain(&again);
}

static void strangers_again(void)
{
	strangers(&again);
}

static void idle_again(void)
{
	idle(&again);
}

#define LIMITS .max_steps = 100000, .max_schedules = 1000, .max_seconds = 5

const struct lab_scenario lab_scenarios[] = {
	{ .name = "chain", .title = "160 reads, one after the other", .run = chain_first, LIMITS },
	{ .name = "strangers",
		.title = "24 results that nobody asked for",
		.run = strangers_first,
		LIMITS },
	{ .name = "idle", .title = "one second of nothing", .run = idle_first, LIMITS },
	{ .name = "chain-again", .title = "the chain, your tick", .run = chain_again, LIMITS },
	{ .name = "strangers-again",
		.title = "the strangers, your tick",
		.run = strangers_again,
		LIMITS },
	{ .name = "idle-again", .title = "nothing, your tick", .run = idle_again, LIMITS },
	{ 0 },
};
