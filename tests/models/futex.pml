/*
 * futex.pml: the count of notifies is the futex word: the kernel compares and sleeps in one step.
 *
 * models: core/wait/futex.c futex_arm futex_sleep futex_notify futex_kick
 *
 * flaw SPARED: a flag says "notified already" and spares the system call: hangs
 * flaw NO_COMPARE: the kernel sleeps without comparing: hangs
 */
#include "basics.pml"

byte notified; /* notify() calls so far; the futex word */
bit queued;    /* the loop sleeps on the word */
#ifdef SPARED
bit flag;
#endif

inline arm(ticket)
{
#ifdef SPARED
	flag = 0;
#endif
	ticket = notified
}

inline sleep(ticket, woke)
{
	do
	:: notified != ticket -> break
	:: else ->
		atomic {
			if
#ifndef NO_COMPARE
			:: notified != ticket
#endif
			:: else -> queued = 1
			fi
		};
		queued == 0
	od;
	woke = NOTIFIED
}

inline notify(must_kick)
{
	notified++;
#ifdef SPARED
	atomic { must_kick = !flag; flag = 1 }
#else
	must_kick = 1
#endif
}

inline kick()
{
	printf("producer: FUTEX_WAKE\n");
	queued = 0
}

#include "turn.pml"
