/*
 * basics.pml: what all models share: a lock, and why a sleep ended.
 */
#define NOTIFIED 1
#define TIMEOUT	 2

inline lock(l)
{
	atomic { l == 0 -> l = 1 }
}

inline unlock(l)
{
	l = 0
}
