/*
 * atomics.c: C11 atomics, as -fsanitize=thread has the compiler call them.
 *
 * Every access is a point. With store buffers, a store lingers unless it is seq_cst; what reads and
 * writes in one, and a seq_cst fence, empties the buffer first: so x86 does it.
 */
#include <stdatomic.h>
#include <string.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/calls/marked.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/wrap.h"

static void fence(int order, const void *caller)
{
	if (order != memory_order_seq_cst)
		return; /* of two stores or two loads, which total store order keeps in place */
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

static uint64_t load(const void *at, size_t size, const void *caller)
{
	uint64_t value;

	lx_point_memory("atomic_load", at, size, false, caller);
	value = lx_value_seen(at, size);
	lx_note("reads %llu", (unsigned long long)value);
	return value;
}

static void store(void *at, size_t size, uint64_t value, int order, const void *caller)
{
	lx_point_memory("atomic_store", at, size, true, caller);
	lx_put(at, size, value, order != memory_order_seq_cst, "an atomic");
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

static uint64_t modify(enum change change, void *at, size_t size, uint64_t by, const char *call,
	const void *caller)
{
	uint64_t old;

	lx_point_memory(call, at, size, true, caller);
	lx_drain_all(lx.self);
	old = lx_value_seen(at, size);
	lx_put(at, size, changed(change, old, by), false, NULL);
	lx_note("%llu becomes %llu", (unsigned long long)old,
		(unsigned long long)changed(change, old, by));
	return old;
}

/* The value that was there; *at becomes `wanted` if that was `expected`. */
static uint64_t compare(
	void *at, size_t size, uint64_t expected, uint64_t wanted, const void *caller)
{
	uint64_t old;

	lx_point_memory("atomic_compare_exchange", at, size, true, caller);
	lx_drain_all(lx.self);
	old = lx_value_seen(at, size);
	if (old == expected)
		lx_put(at, size, wanted, false, NULL);
	lx_note("%llu %s", (unsigned long long)old, old == expected ? "is exchanged" : "stays");
	return old;
}

#define LX_WRAP_CHANGE(name, type, change)                                                         \
	LX_WRAP(type, name, void *at, type by, int order)                                          \
	{                                                                                          \
		(void)order;                                                                       \
		return (type)modify(change, at, sizeof(type), by, &(#name)[14], LX_CALLER());      \
	}

#define LX_WRAP_COMPARE(name, type)                                                                \
	LX_WRAP(int, name, void *at, type *expected, type wanted, int order, int failure)          \
	{                                                                                          \
		type old = (type)compare(at, sizeof(type), *expected, wanted, LX_CALLER());        \
		bool is_done = old == *expected;                                                   \
                                                                                                   \
		(void)order;                                                                       \
		(void)failure;                                                                     \
		*expected = old;                                                                   \
		return is_done;                                                                    \
	}

#define LX_WRAP_VALUE(name, type)                                                                  \
	LX_WRAP(type, name, void *at, type expected, type wanted, int order, int failure)          \
	{                                                                                          \
		(void)order;                                                                       \
		(void)failure;                                                                     \
		return (type)compare(at, sizeof(type), expected, wanted, LX_CALLER());             \
	}

#define LX_WRAP_LOAD(name, type)                                                                   \
	LX_WRAP(type, name, const void *at, int order)                                             \
	{                                                                                          \
		(void)order;                                                                       \
		return (type)load(at, sizeof(type), LX_CALLER());                                  \
	}

#define LX_WRAP_STORE(name, type)                                                                  \
	LX_WRAP(void, name, void *at, type value, int order)                                       \
	{                                                                                          \
		store(at, sizeof(type), value, order, LX_CALLER());                                \
	}

/* clang-format off */
LX_WRAP_LOAD(__tsan_atomic8_load, uint8_t)
LX_WRAP_STORE(__tsan_atomic8_store, uint8_t)
LX_WRAP_CHANGE(__tsan_atomic8_exchange, uint8_t, EXCHANGE)
LX_WRAP_CHANGE(__tsan_atomic8_fetch_add, uint8_t, ADD)
LX_WRAP_CHANGE(__tsan_atomic8_fetch_sub, uint8_t, SUB)
LX_WRAP_CHANGE(__tsan_atomic8_fetch_and, uint8_t, AND)
LX_WRAP_CHANGE(__tsan_atomic8_fetch_or, uint8_t, OR)
LX_WRAP_CHANGE(__tsan_atomic8_fetch_xor, uint8_t, XOR)
LX_WRAP_CHANGE(__tsan_atomic8_fetch_nand, uint8_t, NAND)
LX_WRAP_COMPARE(__tsan_atomic8_compare_exchange_strong, uint8_t)
LX_WRAP_COMPARE(__tsan_atomic8_compare_exchange_weak, uint8_t)
LX_WRAP_VALUE(__tsan_atomic8_compare_exchange_val, uint8_t)

LX_WRAP_LOAD(__tsan_atomic16_load, uint16_t)
LX_WRAP_STORE(__tsan_atomic16_store, uint16_t)
LX_WRAP_CHANGE(__tsan_atomic16_exchange, uint16_t, EXCHANGE)
LX_WRAP_CHANGE(__tsan_atomic16_fetch_add, uint16_t, ADD)
LX_WRAP_CHANGE(__tsan_atomic16_fetch_sub, uint16_t, SUB)
LX_WRAP_CHANGE(__tsan_atomic16_fetch_and, uint16_t, AND)
LX_WRAP_CHANGE(__tsan_atomic16_fetch_or, uint16_t, OR)
LX_WRAP_CHANGE(__tsan_atomic16_fetch_xor, uint16_t, XOR)
LX_WRAP_CHANGE(__tsan_atomic16_fetch_nand, uint16_t, NAND)
LX_WRAP_COMPARE(__tsan_atomic16_compare_exchange_strong, uint16_t)
LX_WRAP_COMPARE(__tsan_atomic16_compare_exchange_weak, uint16_t)
LX_WRAP_VALUE(__tsan_atomic16_compare_exchange_val, uint16_t)

LX_WRAP_LOAD(__tsan_atomic32_load, uint32_t)
LX_WRAP_STORE(__tsan_atomic32_store, uint32_t)
LX_WRAP_CHANGE(__tsan_atomic32_exchange, uint32_t, EXCHANGE)
LX_WRAP_CHANGE(__tsan_atomic32_fetch_add, uint32_t, ADD)
LX_WRAP_CHANGE(__tsan_atomic32_fetch_sub, uint32_t, SUB)
LX_WRAP_CHANGE(__tsan_atomic32_fetch_and, uint32_t, AND)
LX_WRAP_CHANGE(__tsan_atomic32_fetch_or, uint32_t, OR)
LX_WRAP_CHANGE(__tsan_atomic32_fetch_xor, uint32_t, XOR)
LX_WRAP_CHANGE(__tsan_atomic32_fetch_nand, uint32_t, NAND)
LX_WRAP_COMPARE(__tsan_atomic32_compare_exchange_strong, uint32_t)
LX_WRAP_COMPARE(__tsan_atomic32_compare_exchange_weak, uint32_t)
LX_WRAP_VALUE(__tsan_atomic32_compare_exchange_val, uint32_t)

LX_WRAP_LOAD(__tsan_atomic64_load, uint64_t)
LX_WRAP_STORE(__tsan_atomic64_store, uint64_t)
LX_WRAP_CHANGE(__tsan_atomic64_exchange, uint64_t, EXCHANGE)
LX_WRAP_CHANGE(__tsan_atomic64_fetch_add, uint64_t, ADD)
LX_WRAP_CHANGE(__tsan_atomic64_fetch_sub, uint64_t, SUB)
LX_WRAP_CHANGE(__tsan_atomic64_fetch_and, uint64_t, AND)
LX_WRAP_CHANGE(__tsan_atomic64_fetch_or, uint64_t, OR)
LX_WRAP_CHANGE(__tsan_atomic64_fetch_xor, uint64_t, XOR)
LX_WRAP_CHANGE(__tsan_atomic64_fetch_nand, uint64_t, NAND)
LX_WRAP_COMPARE(__tsan_atomic64_compare_exchange_strong, uint64_t)
LX_WRAP_COMPARE(__tsan_atomic64_compare_exchange_weak, uint64_t)
LX_WRAP_VALUE(__tsan_atomic64_compare_exchange_val, uint64_t)
/* clang-format on */
