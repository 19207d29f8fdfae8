/*
 * turn.pml: one loop and the producers that hand results over to it, for a strategy that defines
 * arm(), sleep(), notify() and kick() before it includes this file.
 *
 * models: core/turn.c turn sleep_and_look
 * models: core/inbox.c wg__inbox_publish kick wg__inbox_await_quiet wg__inbox_take wg__inbox_take_awake
 *
 * flaw LOOK_FIRST: the loop looks before it arms: hangs
 * flaw NO_QUIET: the loop is destroyed while a kick is still to come: touches freed memory
 *
 * A lost wake-up is an invalid end state: the producers have ended, and the loop sleeps.
 */
#ifndef PRODUCERS
#define PRODUCERS 2
#endif
#ifndef HANDOVERS
#define HANDOVERS 3
#endif

bit inbox;	   /* the inbox lock */
byte count;	   /* results published and not taken */
byte kicks;	   /* producers between their notify and the end of their kick */
bool is_destroyed; /* the strategy's memory is freed */

/*
 * As wg__inbox_publish(): result and notify in one critical section. With APART as wg_loop_wake():
 * the fact first, the notify some time later. A strategy has to be right in both.
 */
proctype producer()
{
	byte i;
	bit must_kick;

	for (i : 1 .. HANDOVERS) {
		lock(inbox);
		count++;
#ifdef APART
		kicks++;
		unlock(inbox);
		notify(must_kick);
#else
		assert(!is_destroyed);
		notify(must_kick);
		kicks = kicks + must_kick;
		unlock(inbox);
#endif
		if
		:: must_kick ->
			assert(!is_destroyed);
			kick();
			assert(!is_destroyed)
		:: else
		fi;
#ifdef APART
		must_kick = 1;
#endif
		lock(inbox);
		kicks = kicks - must_kick;
		unlock(inbox)
	}
}

active proctype loop()
{
	byte taken, ticket, i;
	byte woke;

	for (i : 1 .. PRODUCERS) {
		run producer()
	}
	do
	:: taken == PRODUCERS * HANDOVERS -> break
	:: else ->
#ifdef LOOK_FIRST
		if
		:: count > 0 -> goto take
		:: else
		fi;
		arm(ticket);
#else
		arm(ticket);
		if
		:: count > 0 -> goto take
		:: else
		fi;
#endif
		printf("loop: nothing there, sleeps\n");
		sleep(ticket, woke);
		assert(woke == NOTIFIED); /* no deadline was given */
#ifndef APART
		assert(count > 0); /* and a notify finds its result */
#endif
take:
		lock(inbox);
		taken = taken + count;
		count = 0;
		unlock(inbox);
		printf("loop: has %d of %d\n", taken, PRODUCERS * HANDOVERS)
	od;
#ifndef NO_QUIET
	atomic { inbox == 0 && kicks == 0 -> skip };
#endif
	is_destroyed = true
}
