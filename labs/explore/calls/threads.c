/*
 * threads.c: pthread_create() and its relatives. A pthread_t is the address of an lx_thread.
 */
#include "labs/explore/calls/threads.h"

#include <errno.h>
#include <pthread.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "labs/explore/engine/engine.h"
#include "labs/explore/engine/record.h"
#include "labs/explore/calls/order.h"
#include "labs/explore/calls/wrap.h"

#define CLEANUPS 4 /* of one thread, one inside the other */

static struct lx_thread *thread_of(pthread_t handle, const char *call)
{
	uintptr_t first = (uintptr_t)lx.thread, at = (uintptr_t)handle;
	size_t i = (at - first) / sizeof(lx.thread[0]);

	if (at < first || i >= (size_t)lx.thread_count || (uintptr_t)&lx.thread[i] != at)
		lx_fail_and_end("misuse", "%s of a thread that does not exist", call);
	return &lx.thread[i];
}

LX_WRAP(int, pthread_create, pthread_t *ret, const pthread_attr_t *attr, void *(*start)(void *),
	void *arg)
{
	int detach = PTHREAD_CREATE_JOINABLE;
	struct lx_thread *t;

	lx_remark_call("pthread_create", LX_CALLER());
	if (attr)
		(void)pthread_attr_getdetachstate(attr, &detach);
	/* The handle first: the new thread may run before lx_thread_start() returns. */
	*ret = (pthread_t)(uintptr_t)&lx.thread[lx.thread_count % LX_THREADS];
	t = lx_thread_start(start, arg);
	if (!t)
		return EAGAIN;
	t->is_detached = detach == PTHREAD_CREATE_DETACHED;
	return 0;
}

static bool has_ended(const struct lx_thread *t)
{
	const struct lx_thread *other = t->op.object;

	return !other->is_live && other->store_count == 0;
}

LX_WRAP(int, pthread_join, pthread_t thread, void **ret)
{
	struct lx_thread *t = thread_of(thread, "pthread_join");
	int i;

	if (t == lx.self)
		return EDEADLK;
	if (t->is_detached || t->is_joined)
		lx_fail_and_end("misuse", "pthread_join of %s, which is %s", t->name,
			t->is_joined ? "joined already" : "detached");
	if (t->is_left_behind)
		lx_fail_and_end("misuse", "pthread_join of %s, which a fork left behind", t->name);
	t->is_joined = true;
	lx_point(&(struct lx_op){ .call = "pthread_join",
		.caller = LX_CALLER(),
		.object = t,
		.is_ready = has_ended,
		.is_silent = true,
		.touch = { { t, true } } });
	for (i = 0; i < LX_THREADS; i++) {
		if (lx.self->clock[i] < t->clock[i])
			lx.self->clock[i] = t->clock[i];
	}
	lx_order_join(t);
	lx_note("%s has ended", t->name);
	if (ret)
		*ret = t->result;
	return 0;
}

LX_WRAP(int, pthread_detach, pthread_t thread)
{
	struct lx_thread *t = thread_of(thread, "pthread_detach");

	if (t->is_detached || t->is_joined)
		lx_fail_and_end("misuse", "pthread_detach of %s, which is %s", t->name,
			t->is_joined ? "joined already" : "detached already");
	t->is_detached = true;
	return 0;
}

LX_WRAP(pthread_t, pthread_self, void)
{
	return (pthread_t)(uintptr_t)lx.self;
}

LX_WRAP(int, pthread_equal, pthread_t a, pthread_t b)
{
	return a == b;
}

/* ---- pthread_cleanup_push(): handlers for a thread that ends early ---- */

/* The innermost last; each is the place in glibc's macro to which unwind() jumps. */
static struct {
	__pthread_unwind_buf_t *at[CLEANUPS];
	int count;
} cleanups[LX_THREADS];

void lx_threads_begin(void)
{
	memset(cleanups, 0, sizeof(cleanups));
}

LX_WRAP(void, __pthread_register_cancel, __pthread_unwind_buf_t *at)
{
	int self = lx.self->id;

	if (cleanups[self].count == CLEANUPS)
		lx_fail_and_end("not-modelled", "more than %d pthread_cleanup_push()", CLEANUPS);
	cleanups[self].at[cleanups[self].count++] = at;
}

LX_WRAP(void, __pthread_unregister_cancel, __pthread_unwind_buf_t *at)
{
	(void)at;
	cleanups[lx.self->id].count--;
}

static _Noreturn void unwind(void)
{
	int self = lx.self->id;
	const __pthread_unwind_buf_t *inner;
	jmp_buf to = { { .__mask_was_saved = 0 } };

	if (cleanups[self].count == 0)
		lx_thread_end(lx.self->result);
	inner = cleanups[self].at[--cleanups[self].count];
	/* The macro has the first part of a jmp_buf: all but the mask, which was not saved. */
	memcpy(&to[0].__jmpbuf, &inner->__cancel_jmp_buf[0].__cancel_jmp_buf,
		sizeof(to[0].__jmpbuf));
	longjmp(to, 1);
}

LX_WRAP(void, __pthread_unwind_next, __pthread_unwind_buf_t *at)
{
	(void)at;
	unwind();
}

LX_WRAP(void, pthread_exit, void *result)
{
	lx.self->result = result;
	unwind();
}

LX_WRAP(int, pthread_setname_np, pthread_t thread, const char *name)
{
	lx_rename(thread_of(thread, "pthread_setname_np"), name);
	return 0;
}

LX_WRAP(int, pthread_getname_np, pthread_t thread, char *name, size_t len)
{
	(void)snprintf(name, len, "%s", thread_of(thread, "pthread_getname_np")->name);
	return 0;
}

enum { ONCE_RUNS = PTHREAD_ONCE_INIT + 1, ONCE_DONE };

static bool is_settled(const struct lx_thread *t)
{
	return *(const pthread_once_t *)t->op.object != ONCE_RUNS;
}

LX_WRAP(int, pthread_once, pthread_once_t *once, void (*init)(void))
{
	/* init() may have points: others wait until it is over. */
	lx_point(&(struct lx_op){ .call = "pthread_once",
		.caller = LX_CALLER(),
		.object = once,
		.is_ready = is_settled,
		.touch = { { once, true } } });
	if (*once == PTHREAD_ONCE_INIT) {
		*once = ONCE_RUNS;
		init();
		*once = ONCE_DONE;
		lx_touch(once, true);
		lx_order_publish(once);
	}
	return 0;
}

/* pthread_cancel() is not modelled, so these have no effect. */
LX_WRAP(int, pthread_setcancelstate, int state, int *ret)
{
	(void)state;
	if (ret)
		*ret = PTHREAD_CANCEL_ENABLE;
	return 0;
}

LX_WRAP(int, pthread_setcanceltype, int type, int *ret)
{
	(void)type;
	if (ret)
		*ret = PTHREAD_CANCEL_DEFERRED;
	return 0;
}

LX_WRAP(void, pthread_testcancel, void)
{
}

void lab_name(const char *name)
{
	lx_rename(lx.self, name);
}
