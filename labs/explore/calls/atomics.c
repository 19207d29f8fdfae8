/*
 * atomics.c: C11 atomics, through the calls that -fsanitize=thread makes of them.
 *
 * Every access is a point. With store buffers, a store lingers unless it is seq_cst. As on x86, a
 * read-modify-write and a seq_cst fence empty the buffer first. With weak memory, weak.h decides
 * what is read.
 */
#include <stdatomic.h>
#include <string.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/calls/marked.h"
#include "labs/explore/calls/order.h"
#include "labs/explore/calls/weak.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/wrap.h"

static void fence(int order, const void *caller)
{
	if (lx.self && lx_is_weak())
		lx_weak_fence(order);
	else if (lx.self)
		lx_order_fence(order, NULL);
	if (order != memory_order_seq_cst)
		return; /* it orders two stores or two loads: total store order does that anyway */
	lx_point(&(struct lx_op){ .call = "atomic_thread_fence", .caller = caller });
}

LX_WRAP(void, __tsan_atomic_thread_fence, int order)
{
	fence(order, LX_CALLER());
}

LX_WRAP(void, __tsan_atomic_signal_fence, int order)
{
	(void)order; /* between a thread and its own handler */
}

static uint64_t load(const void *at, size_t size, int order, const void *caller)
{
	uint64_t value;

	lx_point_memory("atomic_load", at, size, false, caller);
	if (!lx_is_weak())
		lx_order_load(at, order);
	value = lx_is_weak() ? lx_weak_load(at, size, order) : lx_value_seen(at, size);
	lx_note("reads %llu", (unsigned long long)value);
	return value;
}

static void store(void *at, size_t size, uint64_t value, int order, const void *caller)
{
	lx_point_memory("atomic_store", at, size, true, caller);
	if (lx_is_weak()) {
		lx_weak_store(at, size, value, order);
	} else {
		lx_order_store(at, order, false);
		lx_put(at, size, value, order != memory_order_seq_cst, NULL);
	}
	lx_note("stores %llu", (unsigned long long)value);
}

enum change { EXCHANGE, ADD, SUB, AND, OR, XOR, NAND };

static uint64_t changed(enum change change, uint64_t old, uint64_t by)
{
	switch (change) {
	case ADD: return old + by;
	case SUB: return old - by;
	case AND: return old & by;
	case OR: return old | by;
	case XOR: return old ^ by;
	case NAND: return ~(old & by);
	default: return by;
	}
}

/* Read the newest value; a store buffer is emptied first. */
static uint64_t latest(const void *at, size_t size, int order)
{
	lx_drain_all(lx.self);
	if (lx_is_weak())
		return lx_weak_latest(at, size, order);
	lx_order_load(at, order);
	return lx_value_seen(at, size);
}

/* And the write that belongs to it. */
static void replace(void *at, size_t size, uint64_t value, int order)
{
	if (lx_is_weak()) {
		lx_weak_modify(at, size, value, order);
	} else {
		lx_order_store(at, order, true);
		lx_put(at, size, value, false, NULL);
	}
}

static uint64_t modify(enum change change, void *at, size_t size, uint64_t by, int order,
	const char *call, const void *caller)
{
	uint64_t old;

	lx_point_memory(call, at, size, true, caller);
	old = latest(at, size, order);
	replace(at, size, changed(change, old, by), order);
	lx_note("%llu becomes %llu", (unsigned long long)old,
		(unsigned long long)changed(change, old, by));
	return old;
}

/* The value that was there; *at becomes `wanted` if that was `expected`. */
static uint64_t compare(
	void *at, size_t size, uint64_t expected, uint64_t wanted, int order, const void *caller)
{
	uint64_t old;

	lx_point_memory("atomic_compare_exchange", at, size, true, caller);
	old = latest(at, size, order);
	if (old == expected)
		replace(at, size, wanted, order);
	lx_note("%llu %s", (unsigned long long)old, old == expected ? "is exchanged" : "stays");
	return old;
}

/* All calls on an atomic of this type; `bits` stands in their names. */
#define LX_WRAP_TYPE(bits, type)                                                                   \
	LX_WRAP(type, __tsan_atomic##bits##_load, const void *at, int order)                       \
	{                                                                                          \
		return (type)load(at, sizeof(type), order, LX_CALLER());                           \
	}                                                                                          \
	LX_WRAP(void, __tsan_atomic##bits##_store, void *at, type value, int order)                \
	{                                                                                          \
		store(at, sizeof(type), value, order, LX_CALLER());                                \
	}                                                                                          \
	LX_WRAP_CHANGE(bits, type, exchange, EXCHANGE)                                             \
	LX_WRAP_CHANGE(bits, type, fetch_add, ADD)                                                 \
	LX_WRAP_CHANGE(bits, type, fetch_sub, SUB)                                                 \
	LX_WRAP_CHANGE(bits, type, fetch_and, AND)                                                 \
	LX_WRAP_CHANGE(bits, type, fetch_or, OR)                                                   \
	LX_WRAP_CHANGE(bits, type, fetch_xor, XOR)                                                 \
	LX_WRAP_CHANGE(bits, type, fetch_nand, NAND)                                               \
	LX_WRAP_COMPARE(bits, type, strong)                                                        \
	LX_WRAP_COMPARE(bits, type, weak)                                                          \
	LX_WRAP(type, __tsan_atomic##bits##_compare_exchange_val, void *at, type expected,         \
		type wanted, int order, int failure)                                               \
	{                                                                                          \
		(void)failure;                                                                     \
		return (type)compare(at, sizeof(type), expected, wanted, order, LX_CALLER());      \
	}

#define LX_WRAP_CHANGE(bits, type, name, change)                                                   \
	LX_WRAP(type, __tsan_atomic##bits##_##name, void *at, type by, int order)                  \
	{                                                                                          \
		return (type)modify(                                                               \
			change, at, sizeof(type), by, order, "atomic_" #name, LX_CALLER());        \
	}

#define LX_WRAP_COMPARE(bits, type, how)                                                           \
	LX_WRAP(int, __tsan_atomic##bits##_compare_exchange_##how, void *at, type *expected,       \
		type wanted, int order, int failure)                                               \
	{                                                                                          \
		type old = (type)compare(at, sizeof(type), *expected, wanted, order, LX_CALLER()); \
		bool is_done = old == *expected;                                                   \
                                                                                                   \
		(void)failure;                                                                     \
		*expected = old;                                                                   \
		return is_done;                                                                    \
	}

/* clang-format off */
LX_WRAP_TYPE(8, uint8_t)
LX_WRAP_TYPE(16, uint16_t)
LX_WRAP_TYPE(32, uint32_t)
LX_WRAP_TYPE(64, uint64_t)
/* clang-format on */
