/*
 * steps.c: what the six steps are, and what is said about them.
 */
#include "viz/tour/tour.h"

static const struct tour_step steps[] = {
	{ "As found: sleep 10 ms, then look", "tick", "0s", "10s",
		"The loop of a language runtime reads a file. It sleeps 10 ms, looks for results, "
		"and sleeps again.",
		"Each read was done after a fraction of a millisecond, and its result lay there "
		"for the rest of the 10 ms: that time is the gap. Nobody notified the loop, so the "
		"timeout ended every sleep: a late wake.",
		"It hung, and should not have: a timeout ends every sleep." },
	{ "The plan: sleep until somebody notifies", "forever", "0s", "1s",
		"The worker that has read notifies the loop, and the loop sleeps without a "
		"timeout.",
		"The gaps are gone, the tests pass, and the plan looks finished. It is not: the "
		"next step runs the same code again.",
		"It hangs, and this run did not even need help: the notify came before the loop "
		"slept, and was lost. The next step makes that moment longer." },
	{ "What the plan forgot: it hangs", "forever", "1ms", "1s",
		"The same code. Only the moment between the last look and the sleep now lasts "
		"1 ms, as it may on a busy machine.",
		"It did not hang this time, which is what makes this bug so hard to find.",
		"The result came in that moment. Its notify found nobody asleep and was lost, and "
		"the loop sleeps for ever with a result ready. A notify is not kept for "
		"later." },
	{ "A counter", "generation", "1ms", "1s",
		"Now notifies are counted, and the loop sleeps until the count changes.",
		"It did not hang this time, but the count is still read too late.",
		"The count is read inside the wait, after the look. A notify in between is counted "
		"already, so the loop waits for the one after it. There is none." },
	{ "A cap", "cap50", "1ms", "10s",
		"No sleep lasts longer than 50 ms, so that the loop goes on whatever was lost.",
		"The clock repairs each lost wake-up, up to 50 ms late. The hang has become "
		"waiting, which is harder to see: every wake is a late wake.",
		"It hung, and should not have: a timeout ends every sleep." },
	{ "Correct: a fact under a lock", "condvar", "1ms", "10s",
		"The worker sets a fact, \"a result is there\", under a lock. The loop looks at "
		"it under the same lock, and falls asleep and lets go of the lock in one step.",
		"No notify falls in between, however long the moment lasts: the gap that is left "
		"is that 1 ms itself, which the loop spends before it sleeps. No wake is late.",
		"It hung, and should not have. Please report it: `wakegap view` shows where it "
		"sleeps." },
};

const struct tour_step *wg_tour_step(size_t i)
{
	return i < sizeof(steps) / sizeof(steps[0]) ? &steps[i] : NULL;
}
