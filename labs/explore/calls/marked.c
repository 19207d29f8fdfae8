/*
 * marked.c: LAB_LOAD, LAB_STORE, lab_fence, and the store buffers behind them.
 *
 * Total store order, as x86 has it: a store goes into its thread's buffer and reaches memory later,
 * in order. A load sees the newest store of its own thread, else memory. System calls and atomic
 * read-modify-writes empty the buffer first.
 */
#include <stdatomic.h>
#include <string.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/calls/memory.h"
#include "labs/explore/calls/marked.h"
#include "labs/explore/calls/order.h"
#include "labs/explore/calls/weak.h"
#include "labs/explore/engine/record.h"

static uint64_t read_memory(const void *at, size_t size)
{
	uint64_t value = 0;

	memcpy(&value, at, size);
	return value;
}

uint64_t lx_value_seen(const void *at, size_t size)
{
	const struct lx_thread *self = lx.self;
	int i;

	for (i = self->store_count - 1; i >= 0; i--) {
		if (self->store[i].at == at && self->store[i].size == size)
			return self->store[i].value;
	}
	return read_memory(at, size);
}

void lx_put(void *at, size_t size, uint64_t value, bool may_linger, const char *name)
{
	struct lx_thread *self = lx.self;

	if (lx.scenario->store_buffers && may_linger) {
		if (self->store_count == LX_STORES)
			lx_drain_one(self);
		self->store[self->store_count++] =
			(struct lx_store){ at, size, value, name, self->op.caller };
		return;
	}
	lx_drain_all(self);
	memcpy(at, &value, size);
}

void lx_point_memory(
	const char *call, const void *at, size_t size, bool is_write, const void *caller)
{
	lx_point(&(struct lx_op){ .call = call,
		.caller = caller,
		.object = at,
		.is_access = true,
		.touch = { { at, is_write } } });
	lx_memory_atomic(at, size, is_write, caller);
}

/* Addresses differ each time, so they are not shown. */
static void note_value(const char *name, const char *verb, uint64_t value)
{
	if (value > UINT32_MAX && value < (uint64_t)1 << 48)
		lx_note("%s %s an address", name, verb);
	else
		lx_note("%s %s %llu", name, verb, (unsigned long long)value);
}

uint64_t lab_load(const void *at, size_t size, const char *name)
{
	uint64_t value;

	lx_point_memory("LAB_LOAD", at, size, false, LX_CALLER());
	if (!lx_is_weak())
		lx_order_load(at, memory_order_seq_cst);
	value = lx_value_seen(at, size);
	note_value(name, "is", value);
	return value;
}

void lab_store(void *at, size_t size, uint64_t value, const char *name)
{
	lx_point_memory("LAB_STORE", at, size, true, LX_CALLER());
	if (!lx_is_weak())
		lx_order_store(at, memory_order_seq_cst, false);
	lx_put(at, size, value, true, name);
	note_value(name, "=", value);
}

void lab_fence(void)
{
	/* Every step that is no access of memory is a fence. */
	lx_point(&(struct lx_op){ .call = "lab_fence", .caller = LX_CALLER() });
}
