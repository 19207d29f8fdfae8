/*
 * ticks.c: a program that looks for its results every 10 ms, for ever: nearly always it is in such
 * a wait, beside a result. It has one thread, so that wait is the last event of any recording of
 * it that ends there. It says once that it has looked often.
 */
#include <poll.h>
#include <stddef.h>
#include <stdint.h>
#include <unistd.h>
#include <wakegap/trace.h>

int main(void)
{
	uint64_t op;

	wg_trace_loop(1, "ticks", 10000000);
	for (op = 1;; op++) {
		wg_trace_submit(1, op, WG_TRACE_READ, 0);
		wg_trace_start(1, op, 0);
		wg_trace_done(1, op, 0);
		wg_trace_wait(1, 10000000, 0);
		(void)poll(NULL, 0, 10);
		wg_trace_wake(1, WG_TRACE_TIMEOUT, 1);
		wg_trace_poll(1, 1);
		wg_trace_deliver(1, op, 0);
		if (op == 20)
			(void)!write(STDOUT_FILENO, "x", 1);
	}
}
