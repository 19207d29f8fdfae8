/&wg__wait_condvar,/a &wg__wait_semaphore,
