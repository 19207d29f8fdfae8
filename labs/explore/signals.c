/* signals.c: see signals.h. */
#include "labs/explore/signals.h"

#include "labs/explore/engine.h"

void lx_signals_reset(void)
{
}

void lx_signal_interrupts(struct lx_thread *t)
{
	t->wake = LX_INTERRUPTED;
	t->deadline_ns = LX_NEVER;
}

void lx_signals_deliver(struct lx_thread *t)
{
	(void)t;
}
