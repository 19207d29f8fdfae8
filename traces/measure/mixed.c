/*
 * mixed.c: signs that two processes are taken for one.
 *
 * A `loop` event of an id that was there begins a new loop (loops.h), and the old one is over. That
 * is true after an exec, and if a pid is used again. But two processes of one pid that run side by
 * side, in two pid namespaces or in a trace without pids, go on both. Then the new loop does what
 * no loop does: it wakes without having slept, or sleeps twice, or has results of operations that
 * nobody handed in. A trace with holes shows all of this too, so nothing is concluded from it.
 */
#include <inttypes.h>
#include <stdio.h>

#include "traces/measure/measure_impl.h"

void wg__mixed_look(struct wg_measure *m, size_t loop_idx, const struct wg_event *ev)
{
	struct wg__loop *loop = &m->loops[loop_idx];
	const struct wg__op *op =
		m->step.op == WG__NO_OP ? NULL : wg__flight_op(&m->ops, m->step.op);

	if (m->discarded)
		return;
	switch (ev->type) {
	case WG_EV_LOOP:
		/* Without pids there is nothing that tells processes apart. */
		loop->is_mixed = loop->is_mixed || ev->pid == 0;
		break;
	case WG_EV_WAIT: loop->is_mixed = loop->is_mixed || loop->is_waiting; break;
	case WG_EV_WAKE: loop->is_mixed = loop->is_mixed || !loop->is_waiting; break;
	case WG_EV_START:
	case WG_EV_DONE:
	case WG_EV_DELIVER:
		loop->is_mixed = loop->is_mixed || (op && op->submit_ns == WG_NO_TIME);
		break;
	default: break;
	}
}

bool wg_measure_mixed(const struct wg_measure *m, size_t i, char *line, size_t len)
{
	const struct wg_loop_stats *s;
	size_t k;

	for (k = 0; k < m->loop_count; k++) {
		if (m->loops[k].is_mixed && i-- == 0)
			break;
	}
	if (k == m->loop_count)
		return false;
	s = &m->loops[k].stats;
	if (s->pid == 0)
		(void)snprintf(line, len,
			"loop %" PRIu64 " began %" PRIu32 " times, and the events do not say in "
			"which processes: record the context vpid",
			s->loop, s->life);
	else
		(void)snprintf(line, len,
			"two processes with pid %" PRIu32 " have a loop %" PRIu64 " at the same "
			"time, and their events cannot be told apart: record the context pid_ns, "
			"or each by itself",
			s->pid, s->loop);
	return true;
}
