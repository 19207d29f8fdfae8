/*
 * elide.pml: kick only if the loop is armed, on a processor with store buffers.
 *
 * models: core/wait/elide.c wg__elide_ticket wg__elide_block wg__elide_notify wg__elide_kick
 *
 * The loop's stores to `armed` pass through a buffer of one entry. A seq_cst store empties it at
 * once; a system call does too. The names S1, L1, S2, L2 are those of elide.c.
 *
 * flaw WEAK_S1: S1 is no barrier, and the sleep does not compare (a semaphore's): hangs
 * flaw SWAPPED: L2 is read before S2: hangs
 * flaw FLAG: `armed` is a flag, not a ticket; a late producer disarms a later sleep: hangs
 */
#include "basics.pml"

byte notified; /* notify() calls so far; the futex word */
byte armed;    /* the sleep's ticket + 1; 0: the loop does not sleep */
bit queued;    /* the loop sleeps on the word */
bit buffered;  /* a store to `armed` is on its way */
byte buffer;   /* its value */
#ifdef WEAK_S1
bit semaphore; /* what the sleep waits for instead of the word */
#endif

inline drain_buffer()
{
	atomic {
		if
		:: buffered -> armed = buffer; buffered = 0
		:: else
		fi
	}
}

inline arm(ticket)
{
	ticket = notified
}

inline sleep(ticket, woke)
{
	do
	:: true ->
		drain_buffer();
		atomic { buffer = ticket + 1; buffered = 1 }; /* S1 */
#ifndef WEAK_S1
		drain_buffer();
#endif
		if
		:: notified != ticket -> break /* L1 */
		:: else
		fi;
#ifdef WEAK_S1
		atomic { semaphore == 1 -> semaphore = 0 }
#else
		atomic {
			if
			:: notified != ticket
			:: else -> queued = 1
			fi
		};
		queued == 0
#endif
	od;
	drain_buffer();
	atomic { buffer = 0; buffered = 1 }; /* relaxed: it may be seen late */
	woke = NOTIFIED
}

inline notify(must_kick)
{
	byte mine, seen;

#ifdef SWAPPED
	seen = armed;
	atomic { notified++; mine = notified };
#else
	atomic { notified++; mine = notified }; /* S2 */
	seen = armed;				/* L2 */
#endif
	must_kick = 0;
#ifdef FLAG
	if
	:: seen != 0 -> atomic { must_kick = (armed != 0); armed = 0 }
	:: else
	fi
#else
	if
	:: seen != 0 && mine + 1 > seen ->
		atomic {
			if
			:: armed == seen -> armed = 0; must_kick = 1
			:: else
			fi
		}
	:: else
	fi
#endif
}

inline kick()
{
	printf("producer: FUTEX_WAKE\n");
	queued = 0;
#ifdef WEAK_S1
	semaphore = 1
#endif
}

/* The processor empties the buffer when it likes. */
active proctype processor()
{
end:
	do
	:: atomic { buffered == 1 -> armed = buffer; buffered = 0 }
	od
}

#include "turn.pml"
