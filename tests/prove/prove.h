/*
 * prove.h: the scenarios in which the explorer runs the core as it ships: its own sources, compiled
 * for the explorer, in every schedule.
 *
 * A scenario is a function here and a line of cases.def, which says for which strategies it is run
 * and what may go wrong beside the schedule. See README.md of this folder.
 */
#ifndef TESTS_PROVE_PROVE_H
#define TESTS_PROVE_PROVE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/loop.h"
#include "core/wait/wait.h"
#include "labs/explore/lab.h"

/* What the loops of this schedule have done; put back before each schedule, as all variables. */
struct prove {
	int loops, waits, notifies;
	int wakes[WG_WOKE_INTERRUPTED + 1];
	int starts;		/* operations that workers began */
	uint32_t start_worker;	/* the worker of the last one */
	uint64_t start_op;	/* the last one */
	int overtaken;		/* begun after one that was submitted later */
	int undelivered[8];	/* of each loop by its id: events `done` less `deliver` */
	bool is_asleep[8];	/* the same: a `wait`, and no `wake` yet */
	int late_wakes;		/* by timeout, with a result ready */
	int empty_notified;	/* by a notify, with nothing ready */
	bool wakes_are_empty;	/* wg_loop_wake() is used: such a notify brings no result */
	bool drops_ops;		/* operations are left to wg_loop_destroy() */
	bool polls;		/* a wake-up by timeout with a result ready is its way */
	bool is_crowded;	/* what the strategies that spin are told of the machine */
	void (*on_crowd)(void); /* called when they ask */
	int crowd_asked;	/* so often they asked */
	int crowds;		/* wg_crowd_init() less wg_crowd_fini() */

	/* The events as text, for scenarios of one thread (events.c). */
	bool keeps_events, times_events; /* with the moment of each `wait` and `wake` */
	int64_t begin_ns;
	int64_t last_arg; /* of `submit` */
	char events[2000];
	enum { NEW, OLD, OLDER } kernel; /* io_uring's: OLD has no flags, OLDER no deadlines */
	int uring_error;		 /* its next wait returns this, a negative errno */
	int read_error;			 /* its next read does */
};
extern struct prove prove;

/* A loop on this strategy; its creation cannot fail here. */
struct wg_loop *prove_loop(const char *wait, unsigned workers, struct wg_pool *pool);

/* op's result is this and nothing else. */
void prove_result(struct wg_loop *loop, struct wg_op *op, int64_t wanted);

/* One more event for a scenario that compares them. */
void prove_note(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Since the last call these events happened, and no others. For scenarios of one thread. */
void happened(const char *events);

/* One turn, which finds as many. */
void prove_turn(struct wg_loop *loop, int timeout_ms, int wanted);

/* Two ends of a stream: one for sock, the other is returned. */
int prove_pair(struct wg_sock *sock);

/* What holds at the end of each scenario: no late wake, no empty one, no thread or descriptor left.
 */
void prove_end(void);

/* ---- a strategy alone (wait.c): W1 to W6 of core/wait/wait.h ---- */
void prove_one(const char *wait);	  /* one notify */
void prove_two(const char *wait);	  /* two threads notify once each */
void prove_twice(const char *wait);	  /* one thread notifies twice */
void prove_thrice(const char *wait);	  /* one thread notifies three times */
void prove_at_deadline(const char *wait); /* a notify at the moment of the deadline */
void prove_deadline(const char *wait);	  /* a notify and a deadline */
void prove_behind(const char *wait);	  /* what was written before it: W3 */
void prove_behind_late(const char *wait); /* the same at the deadline */
void prove_handler(const char *wait);	  /* the notify comes from a signal handler */
void prove_wraps(const char *wait);	  /* the count of notifies begins anew at 0 */
void prove_wraps_once(const char *wait);  /* and none comes after that one */

void prove_crowded(const char *wait); /* one notify, and no spinning */

/* ---- single sleeps (sleeps.c) ---- */
void prove_times_out(const char *wait);	   /* deadlines, near, far and past */
void prove_signal(const char *wait);	   /* a deadline and a signal */
void prove_skips(const char *wait);	   /* which notify needs a system call */
void prove_late_kick(const char *wait);	   /* the kick comes after arm(), its notify before */
void prove_kick_between(const char *wait); /* and in the middle of the sleep */
void prove_short_of(const char *wait);	   /* an io_uring without memory, and one that fails */
void prove_old_kernel(const char *wait);   /* an io_uring that knows less */
void prove_read_fails(const char *wait);   /* one whose read fails */
void prove_past(const char *wait);	   /* notified, and the deadline is past */
void prove_registry(const char *wait);	   /* every strategy is found and says what it does */
void prove_ticks(const char *wait);	   /* how long a tick lasts */
void prove_ready(const char *wait);	   /* a descriptor beside the notifies */
void prove_chain(const char *wait);	   /* N operations take N ticks */

/* ---- how long it spins (spins.c) ---- */
void prove_spins(const char *wait);   /* and when a notify needs no system call */
void prove_learns(const char *wait);  /* who spins and fails stops to spin */
void prove_spinner(const char *wait); /* the same for a worker */
void prove_forgets(const char *wait); /* how much a long wait counts */

/* ---- the loop (loop.c) ---- */
void prove_result_one(const char *wait);      /* one result of one worker */
void prove_result_fails(const char *wait);    /* one that is an error */
void prove_result_freed(const char *wait);    /* and its operation is freed at once */
void prove_results(const char *wait);	      /* two results of one worker */
void prove_workers(const char *wait);	      /* two results of two workers */
void prove_callback(const char *wait);	      /* `done` submits the operation again */
void prove_wake(const char *wait);	      /* wg_loop_wake() from another thread */
void prove_wake_and_result(const char *wait); /* and a result of a worker */
void prove_wake_behind(const char *wait);     /* what was written before wg_loop_wake() */
void prove_stop_behind(const char *wait);     /* what was written before wg_loop_stop() */
void prove_kept(const char *wait);	      /* results without `done` between those with one */
void prove_stop(const char *wait);	      /* wg_loop_stop() from another thread */
void prove_timer(const char *wait);	      /* a timer beside a result */
void prove_run_until(const char *wait);	      /* run_once() with an end, and a result */
void prove_same_moment(const char *wait);     /* its end is the moment of the result */
void prove_cancel(const char *wait);	      /* cancel what may be queued, run, or be done */
void prove_destroy(const char *wait);	     /* destroy with a result under way, on a shared pool */
void prove_destroy_queued(const char *wait); /* what no worker has begun is never performed */
void prove_destroy_sleeps(const char *wait); /* destroy waits asleep */
void prove_pool_stop(const char *wait);	     /* the pool is stopped by another thread */
void prove_two_loops(const char *wait);	     /* two loops on two threads share a worker */
void prove_worker_ends(const char *wait);    /* a user's work ends its thread */

/* ---- workers (pool.c) ---- */
void prove_half(const char *wait);	      /* quick work passes slow work */
void prove_turns(const char *wait);	      /* one of two workers does slow work */
void prove_last_turn(const char *wait);	      /* the last turn at slow work is not lost */
void prove_cancel_running(const char *wait);  /* work that asks whether it was cancelled */
void prove_cancel_again(const char *wait);    /* what was cancelled is submitted again */
void prove_cancel_queued(const char *wait);   /* what is queued is taken back */
void prove_destroy_beside(const char *wait);  /* of two loops on one pool one is destroyed */
void prove_workers_spin(const char *wait);    /* a worker spins before it waits */
void prove_poll(const char *wait);	      /* wg_loop_poll_result() until it is there */
void prove_progress(const char *wait);	      /* wg_loop_progress() from another thread */
void prove_fork_publishing(const char *wait); /* fork while a worker publishes */
void prove_fork_kicking(const char *wait);    /* fork while a worker is about to kick */
void prove_fork_slow(const char *wait);	      /* fork while a worker blocks in slow work */

/* ---- workers from inside (workers.c) ---- */
void prove_counts(const char *wait);	     /* what a pool counts */
void prove_counts_death(const char *wait);   /* the same after the death of a worker */
void prove_death_stopping(const char *wait); /* a death while the pool is stopped */
void prove_death_alone(const char *wait);    /* a death without a successor */
void prove_death_turns(const char *wait);    /* and whose turn it is then */
void prove_spins_idle(const char *wait);     /* a worker spins when it has no work */
void prove_spins_stopping(const char *wait); /* and not while the pool is stopped */
void prove_borrowed(const char *wait);	     /* nor if the pool is borrowed */
void prove_stop_queued(const char *wait);    /* four are queued when the pool is stopped */
void prove_one_is_coming(const char *wait);  /* a worker that comes counts for one operation */
void prove_one_publishes(const char *wait);  /* the same for one that publishes */
void prove_in_turn(const char *wait);	     /* the oldest first, quick or slow */
void prove_not_woken(const char *wait);	     /* nor is another woken up for that one */
void prove_not_its_turn(const char *wait);   /* nor for slow work that must wait */

/* ---- which work is next (next.c) ---- */
void prove_next(const char *wait); /* the older one, while others work */

/* ---- what cannot be made (made.c) ---- */
void prove_refused(const char *wait);  /* a pool that is too large */
void prove_not_made(const char *wait); /* a loop, on a shared pool */

/* ---- timers (timers.c) ---- */
void prove_timers(const char *wait);	     /* eight, two cancelled */
void prove_many_timers(const char *wait);    /* forty, eight cancelled */
void prove_kept_dropped(const char *wait);   /* a result that nobody asks for */
void prove_callback_takes(const char *wait); /* another's result, and frees its own */
void prove_kept_last(const char *wait);	     /* it comes after the last with `done` */
void prove_kept_long(const char *wait);	     /* it is asked for 2^32 turns later */
void prove_dropped(const char *wait);	     /* a loop is destroyed with many timers */
void prove_sleep(const char *wait);	     /* wg_loop_sleep(), and a timer left to destroy */

/* ---- exact events of one thread (events.c) ---- */
void prove_events(const char *wait);	     /* timers: kept, late, cancelled */
void prove_events_wake(const char *wait);    /* wg_loop_wake() before the turn */
void prove_events_tick(const char *wait);    /* a loop that polls */
void prove_events_look(const char *wait);    /* a loop that polls looks before it sleeps */
void prove_events_numbers(const char *wait); /* those of operations */
void prove_events_past(const char *wait);    /* the time is over before the sleep */
void prove_events_busy(const char *wait);    /* sockets on a loop that does not sleep */
void prove_events_again(const char *wait);   /* a callback makes another one ready */
void prove_events_first(const char *wait);   /* one without `done` goes first */
void prove_events_ask(const char *wait);     /* ask, look, run, stop */
void prove_events_args(const char *wait);    /* what `submit` shows as `arg` */
void prove_sleep_fails(const char *wait);    /* a strategy's sleep returns an error */

/* ---- what a worker calls (files.c) ---- */
void prove_file_calls(const char *unused); /* read, write, open, stat */
void prove_file_rest(const char *unused);  /* close, work, timers */

/* ---- sockets: net.c ---- */
void prove_socket(const char *wait);	    /* a socket becomes readable */
void prove_socket_close(const char *wait);  /* and is closed at that moment */
void prove_socket_rest(const char *wait);   /* more came than was asked for */
void prove_socket_twice(const char *wait);  /* more comes while it is read */
void prove_socket_end(const char *wait);    /* the other end hangs up */
void prove_socket_cancel(const char *wait); /* what waits for it is cancelled */
void prove_two_sockets(const char *wait);   /* two become readable */
void prove_socket_writer(const char *wait); /* a send waits for room */
void prove_socket_queue(const char *wait);  /* three reads of one, the second is cancelled */
void prove_socket_many(const char *wait);   /* forty reads wait for one event */
void prove_sockets(const char *wait);	    /* twelve sockets, one sleep */
void prove_socket_broken(const char *wait); /* two sends wait, the other end hangs up */
void prove_socket_early(const char *wait);  /* a byte comes before anybody reads */
void prove_socket_order(const char *wait);  /* a second send does not pass the first */
void prove_socket_loops(const char *wait);  /* two loops of one pool have sockets */

/* ---- that are closed (net_close.c) ---- */
void prove_socket_places(const char *wait); /* three take the places of two closed ones */
void prove_socket_reuse(const char *wait);  /* a new socket in the place of a closed one */
void prove_socket_late(const char *wait); /* cancel after the close; the socket's memory is gone */
void prove_socket_half(const char *wait); /* closed when one of two reads is done */
void prove_socket_gone(const char *wait); /* it had an event, and its memory is gone */
void prove_socket_waiters(const char *wait); /* closed with readers and writers that wait */
void prove_socket_twin(const char *wait);    /* epoll refuses it: it is watched already */
void prove_socket_calls(const char *wait);   /* exactly the calls that a loop needs (net_calls.c) */
void prove_socket_notes(const char *unused); /* what a wg_sock remembers (net_notes.c) */
void prove_socket_worker(const char *wait);  /* what the net thread is called */

/* ---- two things at the same moment (together.c) ---- */
void prove_socket_and_result(const char *wait);	  /* a socket's event and a notify */
void prove_socket_both(const char *wait);	  /* a read and a send wait */
void prove_socket_taken(const char *wait);	  /* somebody else reads the byte */
void prove_socket_cancel_first(const char *wait); /* a byte and a cancel of one of two reads */
void prove_wake_late(const char *wait);		  /* the notify of wg_loop_wake() is late */
void prove_run_woken(const char *wait);		  /* wg_loop_wake() does not end wg_loop_run() */
void prove_turn_until(const char *wait);	  /* a notify in the middle of a turn */
void prove_timer_notified(const char *wait);	  /* a notify when a timer is due */
void prove_timer_and_result(const char *wait);	  /* a result when a timer is due */
void prove_two_kicks(const char *wait);		  /* a worker and the net thread kick */
void prove_death_and_stop(const char *wait); /* one of two workers dies, and the pool is stopped */
void prove_result_and_timer(const char *wait); /* both are there before the sleep */

/* ---- who ends a workload that hangs (watched.c) ---- */
void prove_watched(const char *wait);		/* a result is left for a while, then for ever */
void prove_watched_ends(const char *wait);	/* the passes are done */
void prove_watched_publishes(const char *wait); /* it is left, and others come */

/* ---- what the recorder keeps (recorded.c) ---- */
void prove_recorded(const char *unused);      /* put away while others come */
void prove_recorded_end(const char *unused);  /* threads join while all is settled */
void prove_recorded_join(const char *unused); /* a thread joins while all is put away */
void prove_recorded_full(const char *unused); /* two threads have more than there is room for */

/* ---- fork (fork.c) ---- */
void prove_fork(const char *wait);	     /* wg_loop_fork() at any moment of a worker */
void prove_fork_two(const char *wait);	     /* while one of two works */
void prove_fork_again(const char *wait);     /* and the child forks, too */
void prove_fork_woken(const char *wait);     /* after wg_loop_wake() */
void prove_fork_spinning(const char *wait);  /* while a worker spins */
void prove_fork_receiving(const char *wait); /* while a byte comes */
void prove_fork_sockets(const char *wait);   /* while four socket operations wait */
void prove_fork_closed(const char *wait);    /* after a socket was closed */
void prove_fork_waking(const char *wait);    /* while another thread notifies */
void prove_fork_turns(const char *wait);     /* the child's workers take turns at slow work */
void prove_fork_death(const char *wait);     /* after the death of a worker */

#endif
