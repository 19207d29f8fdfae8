/^WG_WAIT(condvar)/a WG_WAIT(semaphore)
