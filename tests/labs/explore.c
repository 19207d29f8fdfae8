/*
 * explore.c: see explore.h.
 *
 * A schedule is a path, and there are too many paths to follow each. But the number of paths from a
 * state is the sum over its next states, and there are few different states.
 */
#include "tests/labs/explore.h"

#include <assert.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"

#define TABLE (1u << 18)

struct entry {
	struct wg_state state;
	bool is_used;
	struct wg_explored found;
};

struct explorer {
	const struct wg_model *model;
	struct entry *table;
	uint64_t states;
};

static_assert(sizeof(struct wg_state) == WG_THREADS * (1 + 3 + 1 + 2 * WG_BUFFER) + WG_WORDS,
	"no padding");

int wg_state_load(const struct wg_state *s, int t, int word)
{
	int i;

	for (i = s->buffered[t] - 1; i >= 0; i--) {
		if (s->buffer[t][i][0] == word)
			return s->buffer[t][i][1];
	}
	return s->mem[word];
}

void wg_state_store(struct wg_state *s, int t, int word, int value)
{
	int i = s->buffered[t]++;

	assert(i < WG_BUFFER);
	s->buffer[t][i][0] = (int8_t)word;
	s->buffer[t][i][1] = (int8_t)value;
}

bool wg_state_is_drained(const struct wg_state *s, int t)
{
	return s->buffered[t] == 0;
}

/* t's oldest buffered store reaches memory. */
static void drain_one(struct wg_state *s, int t)
{
	int left = --s->buffered[t];

	s->mem[s->buffer[t][0][0]] = s->buffer[t][0][1];
	memmove(s->buffer[t][0], s->buffer[t][1], (size_t)left * sizeof(s->buffer[t][0]));
	memset(s->buffer[t][left], 0, sizeof(s->buffer[t][left]));
}

static struct entry *find(struct explorer *x, const struct wg_state *s)
{
	const unsigned char *byte = (const unsigned char *)s;
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; i < sizeof(*s); i++)
		hash = (hash ^ byte[i]) * 16777619u;
	for (i = hash % TABLE; x->table[i].is_used; i = (i + 1) % TABLE) {
		if (memcmp(&x->table[i].state, s, sizeof(*s)) == 0)
			break;
	}
	return &x->table[i];
}

static struct wg_explored explore(struct explorer *x, const struct wg_state *s);

static void add(struct explorer *x, struct wg_explored *sum, const struct wg_state *next)
{
	struct wg_explored found = explore(x, next);

	sum->schedules += found.schedules;
	sum->bad += found.bad;
}

static struct wg_explored explore(struct explorer *x, const struct wg_state *s)
{
	struct wg_explored sum = { 0 };
	struct entry *entry = find(x, s);
	int t;

	if (entry->is_used)
		return entry->found;
	for (t = 0; t < x->model->threads; t++) {
		struct wg_state next = *s;

		if (x->model->step(&next, t, x->model->config))
			add(x, &sum, &next);
		if (s->buffered[t] > 0) {
			next = *s;
			drain_one(&next, t);
			add(x, &sum, &next);
		}
	}
	if (sum.schedules == 0) {
		sum.schedules = 1;
		sum.bad = x->model->is_bad(s, x->model->config);
	}
	entry = find(x, s); /* the table has changed meanwhile */
	*entry = (struct entry){ .state = *s, .is_used = true, .found = sum };
	x->states++;
	assert(x->states < TABLE / 2);
	return sum;
}

struct wg_explored wg_explore(const struct wg_model *model, const struct wg_state *start)
{
	struct explorer x = { .model = model, .table = calloc(TABLE, sizeof(*x.table)) };
	struct wg_explored found;

	if (!x.table)
		abort();
	found = explore(&x, start);
	found.states = x.states;
	free(x.table);
	return found;
}

uint64_t wg_hanging(const char *what, const struct wg_model *model)
{
	struct wg_state start;
	struct wg_explored found;

	memset(&start, 0, sizeof(start));
	found = wg_explore(model, &start);
	printf("# %s: %" PRIu64 " of %" PRIu64 " schedules hang (%" PRIu64 " states)\n", what,
		found.bad, found.schedules, found.states);
	CU_ASSERT(found.schedules > 1);
	return found.bad;
}
