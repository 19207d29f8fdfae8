/*
 * rare.c: waits that few programs make: for messages, and for semaphores and locks of the kernel.
 *
 * Each is tried without waiting first, as a lock is: what is there is taken without a record.
 */
#include <errno.h>
#include <string.h>

#include "traces/preload/fds.h"
#include "traces/preload/put.h"
#include "traces/preload/real.h"

/* --- messages --- */

static ssize_t end_message(struct wg__sleep *w, ssize_t n)
{
	(void)wg__sleep_errno(w, n < 0 ? -1 : n > INT32_MAX ? INT32_MAX : (int)n);
	return n;
}

FRONT ssize_t msgrcv(int queue, void *message, size_t len, long type, int flags)
{
	struct wg__sleep w;
	int error = errno;
	ssize_t n = REAL(msgrcv)(queue, message, len, type, flags | IPC_NOWAIT);

	if (n < 0 && errno == ENOMSG && !(flags & IPC_NOWAIT)) {
		errno = error;
		wg__sleep_begin(&w, WG_IN_READ, 0, WG_FOR_EVER, SITE);
		n = end_message(&w, REAL(msgrcv)(queue, message, len, type, flags));
	}
	if (n >= 0)
		wg__acted();
	return n;
}

/* A moment that is over: it does not wait. until: NULL is for ever. */
static ssize_t receive(mqd_t queue, char *message, size_t len, unsigned *priority,
	const struct timespec *until, uint64_t site)
{
	const struct timespec past = { 0 };
	struct wg__sleep w;
	int error = errno;
	ssize_t n = REAL(mq_timedreceive)(queue, message, len, priority, &past);

	if (n < 0 && errno == ETIMEDOUT) {
		errno = error;
		wg__sleep_begin(&w, WG_IN_READ, 0, wg__until(CLOCK_REALTIME, until), site);
		n = end_message(
			&w, until ? REAL(mq_timedreceive)(queue, message, len, priority, until)
				  : REAL(mq_receive)(queue, message, len, priority));
	}
	if (n >= 0)
		wg__acted();
	return n;
}

FRONT ssize_t mq_receive(mqd_t queue, char *message, size_t len, unsigned *priority)
{
	return receive(queue, message, len, priority, NULL, SITE);
}

FRONT ssize_t mq_timedreceive(mqd_t queue, char *restrict message, size_t len,
	unsigned *restrict priority, const struct timespec *restrict until)
{
	return receive(queue, message, len, priority, until, SITE);
}

/* --- semaphores of System V --- */

#define STEPS_MAX 16

/* The steps without waiting; false: they may not wait anyway, or are too many. */
static bool at_once(struct sembuf *to, const struct sembuf *steps, size_t count)
{
	size_t i;

	if (count > STEPS_MAX)
		return false;
	memcpy(to, steps, count * sizeof(*to));
	for (i = 0; i < count; i++) {
		if (steps[i].sem_flg & IPC_NOWAIT)
			return false;
		to[i].sem_flg |= IPC_NOWAIT;
	}
	return true;
}

static int operate(
	int set, struct sembuf *steps, size_t count, const struct timespec *timeout, uint64_t site)
{
	struct sembuf now[STEPS_MAX];
	struct wg__sleep w;
	int error = errno, rc;

	w.is_on = false;
	if (at_once(now, steps, count)) {
		rc = REAL(semop)(set, now, count);
		if (rc == 0 || errno != EAGAIN)
			return rc;
		errno = error;
		wg__sleep_begin(&w, WG_IN_SEM, 0, wg__timespec_ns(timeout), site);
	}
	rc = timeout ? REAL(semtimedop)(set, steps, count, timeout)
		     : REAL(semop)(set, steps, count);
	if (w.is_on)
		wg__sleep_end(&w, rc == 0 ? 0 : errno == EAGAIN ? -ETIMEDOUT : -errno);
	return rc;
}

FRONT int semop(int set, struct sembuf *steps, size_t count)
{
	return operate(set, steps, count, NULL, SITE);
}

FRONT int semtimedop(int set, struct sembuf *steps, size_t count, const struct timespec *timeout)
{
	return operate(set, steps, count, timeout, SITE);
}

/* --- locks of files --- */

/* What tries, and what waits. */
#define LOCK_FILE(at_once, call, site)                                                             \
	struct wg__sleep w;                                                                        \
	int error = errno, rc = at_once;                                                           \
                                                                                                   \
	if (rc == 0 || (errno != EAGAIN && errno != EACCES))                                       \
		return rc;                                                                         \
	errno = error;                                                                             \
	wg__sleep_begin(&w, WG_IN_LOCK, 0, WG_FOR_EVER, site);                                     \
	return wg__sleep_errno(&w, call)

FRONT int flock(int fd, int operation)
{
	if (operation & LOCK_NB)
		return REAL(flock)(fd, operation);
	LOCK_FILE(REAL(flock)(fd, operation | LOCK_NB), REAL(flock)(fd, operation), SITE);
}

int wg__lock_part(int fd, int command, void *part, uint64_t site)
{
	int at_once = command == F_SETLKW ? F_SETLK : F_OFD_SETLK;

	LOCK_FILE(REAL(fcntl)(fd, at_once, part), REAL(fcntl)(fd, command, part), site);
}

/* It is fcntl() inside the C library, which does not call it by name. */
static int lock_rest(int fd, int command, off_t len, uint64_t site)
{
	if (command != F_LOCK || wg__is_fenced())
		return REAL(lockf)(fd, command, len);
	LOCK_FILE(REAL(lockf)(fd, F_TLOCK, len), REAL(lockf)(fd, command, len), site);
}

FRONT int lockf(int fd, int command, off_t len)
{
	return lock_rest(fd, command, len, SITE);
}

/* The same, of programs with long file offsets. */
FRONT int lockf64(int fd, int command, off64_t len)
{
	return lock_rest(fd, command, len, SITE);
}
