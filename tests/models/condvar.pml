/*
 * condvar.pml: a condition variable whose predicate is a count, changed and checked under a mutex.
 *
 * models: core/wait/condvar.c condvar_arm condvar_sleep condvar_notify condvar_kick
 *
 * flaw NO_PREDICATE: the plan, word for word: wait for a signal, with no fact to check: hangs
 * flaw SAMPLED_LATE: the ticket is read when the sleep begins, after the look: hangs
 * flaw IF_NOT_WHILE: a wake-up without a cause is taken for the end of the time: woke too early
 * flaw NO_LOCK: notify changes the count outside the mutex: hangs
 */
#include "basics.pml"

bit m;		  /* guards notified, heard */
byte notified;	  /* notify() calls so far */
byte heard;	  /* notified when the loop last armed */
bit waits;	  /* the loop is in the condition variable's queue */
#ifdef NO_PREDICATE
bit spurious = 0; /* it hangs without that, too */
#else
bit spurious = 1; /* one wake-up without a cause may happen, at any moment */
#endif

inline arm(ticket)
{
	lock(m);
	heard = notified;
	ticket = notified;
	unlock(m)
}

inline cond_wait()
{
	atomic { m = 0; waits = 1 };
	if
	:: waits == 0
	:: atomic { spurious == 1 -> spurious = 0; waits = 0 }
	fi;
	lock(m)
}

inline sleep(ticket, woke)
{
	lock(m);
#ifdef SAMPLED_LATE
	ticket = notified;
#endif
#ifdef NO_PREDICATE
	cond_wait();
#else
#ifdef IF_NOT_WHILE
	if
	:: notified == ticket -> cond_wait()
	:: else
	fi;
#else
	do
	:: notified == ticket -> cond_wait()
	:: else -> break
	od;
#endif
#endif
	woke = (notified != ticket -> NOTIFIED : TIMEOUT);
	unlock(m)
}

inline notify(must_kick)
{
#ifdef NO_LOCK
	must_kick = (notified == heard);
	notified++;
#else
	lock(m);
	must_kick = (notified == heard);
	notified++;
	unlock(m)
#endif
}

inline kick()
{
	printf("producer: signals\n");
	waits = 0
}

#include "turn.pml"
