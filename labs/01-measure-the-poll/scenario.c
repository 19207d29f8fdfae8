/*
 * scenario.c: runs the loop of lab01.h and compares your answers with what it does.
 *
 * All times are measured where a trace has its events, and on the virtual clock. On real threads
 * it is the machine's clock: counts are exact there too and need only a few reads and ticks, but
 * times depend on how busy the machine is.
 */
#include "lab01.h"

#include <semaphore.h>
#include <stdlib.h>

#define RANDOMS 24

pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
pthread_cond_t cond = PTHREAD_COND_INITIALIZER;

static sem_t requests;
static int ready; /* guarded by lock; 0: none */
static int64_t asked_ns[READS + 1], ready_ns[READS + 1], found_ns[READS + 1]; /* of each read */
static int64_t waste_ns, begin_ns;

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

LAB_QUIET static void note_asked(int op)
{
	asked_ns[op] = now_ns();
}

LAB_QUIET static void note_ready(int op)
{
	ready_ns[op] = now_ns();
}

LAB_QUIET static void note_found(int op)
{
	found_ns[op] = now_ns();
	waste_ns += found_ns[op] - ready_ns[op];
}

/* The disk of the story: it publishes a result and does not notify the loop. */
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
	       is_open(a->random_ms) + is_open(a->idle_wakes);
}

static bool is_near(double answer, double measured)
{
	double off = answer > measured ? answer - measured : measured - answer;

	return off <= 0.2 * measured;
}

/* The first round tells what was measured. The second one does not: now it is your turn. */
static void compare(
	const char *id, double answer, double measured, const char *unit, const char *idea)
{
	bool is_right = is_open(answer) || is_near(answer, measured);

	if (round_ == &first)
		lab_check_time(id, is_right,
			"tick %d ms: you say %.1f%s, the trace says %.1f%s (20 %% allowed): %s",
			round_->tick_ms, answer, unit, measured, unit, idea);
	else
		lab_check_time(id, is_right,
			"tick %d ms: you say %.1f%s, but it is %s (20 %% allowed): %s",
			round_->tick_ms, answer, unit, answer < measured ? "more" : "less", idea);
}

static const char *about_waste(void)
{
	double tick = round_->tick_ms;

	if (is_near(round_->waste_ms, tick / 2))
		return "half a tick is for random moments; where in the tick does each read of a "
		       "chain begin?";
	if (is_near(round_->waste_ms, tick))
		return "the read itself is not waste; before its end the loop could not find it";
	return "look at one wait: where does it begin, when is the result ready, where does it "
	       "end?";
}

static const char *about_empty(void)
{
	return round_->tick_ms * 1000 < READ_US
		       ? "a shorter tick finds nothing more often: count the ticks in one read"
		       : "a wake that finds a result is late, but not empty";
}

static void begin_round(const struct answers *a)
{
	int open = open_answers(&first) + open_answers(&again);

	round_ = a;
	lab_check("answered", open == 0, "%d of 10 answers are given", 10 - open);
	if (open_answers(&again) == 0)
		lab_check("again",
			(again.tick_ms >= 1 && again.tick_ms <= 5) ||
				(again.tick_ms >= 20 && again.tick_ms <= 50),
			"the second round is at %d ms: choose 1 to 5, or 20 to 50, to get "
			"another case",
			again.tick_ms);
	lab_check("again", first.tick_ms == 10, "the first round is at %d ms; it must be 10",
		first.tick_ms);
	lab_name("loop");
	lab_loop("tick");
}

/* Nothing notifies the loop, so only the clock finds results, on every machine. */
static void check_late(int found)
{
	int late = lab_counts().late_wakes;

	lab_check("waste", late == found, "%d of %d results are found by a tick", late, found);
}

/* ---- chain: 160 reads, one after the other ---- */

static int reads(void)
{
	return lab_is_real() ? 3 : READS;
}

static void *disk(void *unused)
{
	int op;

	lab_name("disk");
	for (op = 1; op <= reads(); op++) {
		sem_wait(&requests);
		lab_start((uint64_t)op);
		take_time(READ_US);
		publish(op);
	}
	return unused;
}

/* Did the read take as long as it should, and was the tick on time? Half a millisecond more is
 * little at a tick of 10 ms, and too much at 1 ms. */
static bool is_punctual(int op)
{
	int64_t late_ns = 500000, tick_ns = round_->tick_ms * 1000000LL;

	return tick_ns >= 20 * late_ns && ready_ns[op] - asked_ns[op] <= READ_US * 1000 + late_ns &&
	       found_ns[op] - asked_ns[op] <= tick_ns + late_ns;
}

/* The other reads only tell how busy the machine is. */
static void check_punctual_reads(void)
{
	int op;

	for (op = 1; op <= reads(); op++) {
		if (is_punctual(op))
			compare("waste", round_->waste_ms,
				(double)(found_ns[op] - ready_ns[op]) / 1e6, " ms", about_waste());
	}
}

static void check_chain(void)
{
	int64_t all_ns = now_ns() - begin_ns;

	check_late(reads());
	if (lab_is_real()) {
		check_punctual_reads();
		return;
	}
	compare("waste", round_->waste_ms, (double)waste_ns / READS / 1e6, " ms", about_waste());
	compare("ready", round_->ready_percent, 100.0 * (double)waste_ns / (double)all_ns, " %",
		"from submit to deliver of one read, what share is the waste?");
	compare("empty", round_->empty_wakes, lab_counts().empty_wakes, " wakes", about_empty());
}

static void chain(const struct answers *a)
{
	pthread_t thread;
	int op;

	begin_round(a);
	sem_init(&requests, 0, 0);
	pthread_create(&thread, NULL, disk, NULL);
	begin_ns = now_ns();
	for (op = 1; op <= reads(); op++) {
		lab_submit((uint64_t)op);
		note_asked(op);
		sem_post(&requests);
		while (run_once(a->tick_ms) == 0)
			continue;
		note_found(op);
		lab_deliver((uint64_t)op);
	}
	check_chain();
	pthread_join(thread, NULL);
}

/* ---- random: results at moments that have nothing to do with the tick ---- */

/* From 51 to 91 ms, never a multiple of 0.1 ms, so that a tick and a result never coincide. With
 * this seed the mean of 24 is near half a tick for every allowed tick. */
static int64_t gap_us(int i)
{
	uint32_t mixed = ((uint32_t)i + 1848) * 2654435761u;

	return 51000 + (mixed >> 8) % 400 * 100 + 37;
}

/* On real threads there is one: a second could arrive before a busy loop has found the first. */
static int how_many(void)
{
	return lab_is_real() ? 1 : RANDOMS;
}

static void *world(void *unused)
{
	int op;

	lab_name("world");
	for (op = 1; op <= how_many(); op++) {
		take_time(lab_is_real() ? gap_us(op) / 16 : gap_us(op));
		lab_submit((uint64_t)op);
		lab_start((uint64_t)op);
		publish(op);
	}
	return unused;
}

static void random_results(const struct answers *a)
{
	pthread_t thread;
	int found = 0;

	begin_round(a);
	pthread_create(&thread, NULL, world, NULL);
	while (found < how_many()) {
		int op = run_once(a->tick_ms);

		if (op == 0)
			continue;
		note_found(op);
		lab_deliver((uint64_t)op);
		found++;
	}
	check_late(found);
	if (!lab_is_real()) /* one result has no mean */
		compare("random", a->random_ms, (double)waste_ns / RANDOMS / 1e6, " ms",
			"nothing connects a random moment to the tick: it is early in a tick as "
			"likely as late");
	pthread_join(thread, NULL);
}

/* ---- idle: one second in which nothing happens ---- */

/* True on every machine: a wait is never shorter than its tick, and there is at least one. */
static void check_real_idle(int wakes, int64_t ns)
{
	double tick_ns = round_->tick_ms * 1e6;

	lab_check("idle", wakes >= 1 && wakes <= (double)ns / tick_ns + 1,
		"%d wakes in %.1f ms, with a tick of %d ms", wakes, (double)ns / 1e6,
		round_->tick_ms);
	lab_check("idle", round_->idle_wakes != 0,
		"tick %d ms: you say that it never wakes up, but it does", round_->tick_ms);
	lab_check("idle", round_->idle_wakes <= 1.2 * (1e9 / tick_ns + 1),
		"tick %d ms: you say %.1f wakes, but a second does not have that many ticks",
		round_->tick_ms, round_->idle_wakes);
}

static void idle(const struct answers *a)
{
	int64_t long_ns = lab_is_real() ? 2000000LL * a->tick_ms : 1000000000;
	int wakes;

	begin_round(a);
	begin_ns = now_ns();
	do
		(void)run_once(a->tick_ms);
	while (now_ns() - begin_ns < long_ns);
	wakes = lab_counts().empty_wakes;
	if (lab_is_real())
		check_real_idle(wakes, now_ns() - begin_ns);
	else
		compare("idle", a->idle_wakes, wakes, " wakes",
			"a loop with a tick wakes up at every tick, also when nothing happens");
}

/* ---- both rounds ---- */

static void chain_first(void)
{
	chain(&first);
}

static void random_first(void)
{
	random_results(&first);
}

static void idle_first(void)
{
	idle(&first);
}

static void chain_again(void)
{
	chain(&again);
}

static void random_again(void)
{
	random_results(&again);
}

static void idle_again(void)
{
	idle(&again);
}

#define LIMITS .max_steps = 100000, .max_schedules = 1000, .max_seconds = 5

const struct lab_scenario lab_scenarios[] = {
	{ .name = "chain", .title = "160 reads, one after the other", .run = chain_first, LIMITS },
	{ .name = "random", .title = "24 results at random moments", .run = random_first, LIMITS },
	{ .name = "idle", .title = "one second without work", .run = idle_first, LIMITS },
	{ .name = "chain-again", .title = "the chain, your tick", .run = chain_again, LIMITS },
	{ .name = "random-again",
		.title = "random moments, your tick",
		.run = random_again,
		LIMITS },
	{ .name = "idle-again", .title = "without work, your tick", .run = idle_again, LIMITS },
	{ 0 },
};
