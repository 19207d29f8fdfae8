/*
 * eventfd.pml: a descriptor that stays readable until it is read, and a flag that spares writes.
 *
 * models: core/wait/eventfd.c drain eventfd_arm eventfd_sleep eventfd_notify eventfd_kick
 *
 * flaw CLEARED_FIRST: `pending` is cleared before the eventfd is read: hangs
 * flaw COUNTED_LATE: the count is raised after `pending` was set: hangs
 * flaw NOT_DRAINED: sleep leaves the eventfd readable: spins without end
 */
#include "basics.pml"

byte notified; /* notify() calls so far */
bit pending;   /* a notify is in the eventfd, or its write is under way */
bit readable;  /* the eventfd's count is not 0 */
byte written;  /* kicks so far */
byte strays;   /* times that epoll returned for a notify which the loop had already seen */

inline drain()
{
#ifdef CLEARED_FIRST
	pending = 0;
	readable = 0
#else
	readable = 0;
	pending = 0
#endif
}

inline arm(ticket)
{
	if
	:: pending == 1 -> drain()
	:: else
	fi;
	ticket = notified
}

inline sleep(ticket, woke)
{
	do
	:: readable == 1 ->
#ifndef NOT_DRAINED
		drain();
#endif
		if
		:: notified != ticket -> break
		:: else ->
			strays++;
			assert(strays <= written) /* one for each late write at the most */
		fi
	od;
	woke = NOTIFIED
}

inline notify(must_kick)
{
#ifdef COUNTED_LATE
	atomic { must_kick = !pending; pending = 1 };
	notified++
#else
	notified++;
	atomic { must_kick = !pending; pending = 1 }
#endif
}

inline kick()
{
	printf("producer: writes the eventfd\n");
	atomic { written++; readable = 1 }
}

#include "turn.pml"
