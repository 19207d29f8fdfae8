/*
 * real.h: the functions that stand behind ours.
 *
 * REAL(name) is the next definition of name, of the C library as a rule. It is looked up once, at
 * the first use or by our constructor; a program's own malloc may take a mutex before that.
 */
#ifndef TRACES_PRELOAD_REAL_H
#define TRACES_PRELOAD_REAL_H

#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <sys/epoll.h>
#include <sys/eventfd.h>
#include <sys/file.h>
#include <sys/ioctl.h>
#include <sys/prctl.h>
#include <sys/msg.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/sem.h>
#include <sys/socket.h>
#include <sys/timerfd.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

/* Of programs built with _FORTIFY_SOURCE; no header names them. */
int __poll_chk(struct pollfd *fds, nfds_t count, int ms, size_t len);
int __ppoll_chk(struct pollfd *fds, nfds_t count, const struct timespec *timeout,
	const sigset_t *mask, size_t len);
ssize_t __read_chk(int fd, void *buf, size_t len, size_t room);
ssize_t __recv_chk(int fd, void *buf, size_t len, size_t room, int flags);
ssize_t __recvfrom_chk(int fd, void *buf, size_t len, size_t room, int flags, struct sockaddr *from,
	socklen_t *from_len);

/* NAME(name): one by one. CONDS have an old and a new version each. */
#define WG_LOCK_REALS(NAME)                                                                        \
	NAME(pthread_mutex_lock)                                                                   \
	NAME(pthread_mutex_trylock)                                                                \
	NAME(pthread_rwlock_rdlock)                                                                \
	NAME(pthread_rwlock_wrlock)                                                                \
	NAME(pthread_rwlock_tryrdlock)                                                             \
	NAME(pthread_rwlock_trywrlock)                                                             \
	NAME(pthread_mutex_timedlock)                                                              \
	NAME(pthread_mutex_clocklock)                                                              \
	NAME(pthread_rwlock_timedrdlock)                                                           \
	NAME(pthread_rwlock_timedwrlock)                                                           \
	NAME(pthread_rwlock_clockrdlock)                                                           \
	NAME(pthread_rwlock_clockwrlock)
#define WG_CONDS(NAME)                                                                             \
	NAME(pthread_cond_wait)                                                                    \
	NAME(pthread_cond_timedwait)                                                               \
	NAME(pthread_cond_signal)                                                                  \
	NAME(pthread_cond_broadcast)
#define WG_REALS(NAME)                                                                             \
	WG_LOCK_REALS(NAME)                                                                        \
	NAME(pthread_cond_clockwait)                                                               \
	NAME(pthread_barrier_wait)                                                                 \
	NAME(pthread_join)                                                                         \
	NAME(cnd_wait)                                                                             \
	NAME(cnd_timedwait)                                                                        \
	NAME(cnd_signal)                                                                           \
	NAME(cnd_broadcast)                                                                        \
	NAME(mtx_lock)                                                                             \
	NAME(mtx_trylock)                                                                          \
	NAME(mtx_timedlock)                                                                        \
	NAME(thrd_sleep)                                                                           \
	NAME(sem_wait)                                                                             \
	NAME(sem_trywait)                                                                          \
	NAME(sem_timedwait)                                                                        \
	NAME(sem_clockwait)                                                                        \
	NAME(sem_post)                                                                             \
	NAME(epoll_create)                                                                         \
	NAME(epoll_create1)                                                                        \
	NAME(epoll_ctl)                                                                            \
	NAME(epoll_wait)                                                                           \
	NAME(epoll_pwait)                                                                          \
	NAME(epoll_pwait2)                                                                         \
	NAME(poll)                                                                                 \
	NAME(__poll_chk)                                                                           \
	NAME(ppoll)                                                                                \
	NAME(__ppoll_chk)                                                                          \
	NAME(select)                                                                               \
	NAME(pselect)                                                                              \
	NAME(nanosleep)                                                                            \
	NAME(clock_nanosleep)                                                                      \
	NAME(usleep)                                                                               \
	NAME(sleep)                                                                                \
	NAME(pause)                                                                                \
	NAME(sigsuspend)                                                                           \
	NAME(sigwait)                                                                              \
	NAME(sigwaitinfo)                                                                          \
	NAME(sigtimedwait)                                                                         \
	NAME(wait)                                                                                 \
	NAME(waitpid)                                                                              \
	NAME(wait3)                                                                                \
	NAME(wait4)                                                                                \
	NAME(waitid)                                                                               \
	NAME(eventfd)                                                                              \
	NAME(eventfd_read)                                                                         \
	NAME(eventfd_write)                                                                        \
	NAME(timerfd_create)                                                                       \
	NAME(pipe)                                                                                 \
	NAME(pipe2)                                                                                \
	NAME(socket)                                                                               \
	NAME(socketpair)                                                                           \
	NAME(close)                                                                                \
	NAME(dup)                                                                                  \
	NAME(dup2)                                                                                 \
	NAME(dup3)                                                                                 \
	NAME(fcntl)                                                                                \
	NAME(ioctl)                                                                                \
	NAME(read)                                                                                 \
	NAME(__read_chk)                                                                           \
	NAME(readv)                                                                                \
	NAME(recv)                                                                                 \
	NAME(__recv_chk)                                                                           \
	NAME(recvfrom)                                                                             \
	NAME(__recvfrom_chk)                                                                       \
	NAME(recvmsg)                                                                              \
	NAME(recvmmsg)                                                                             \
	NAME(accept)                                                                               \
	NAME(accept4)                                                                              \
	NAME(write)                                                                                \
	NAME(writev)                                                                               \
	NAME(send)                                                                                 \
	NAME(sendto)                                                                               \
	NAME(sendmsg)                                                                              \
	NAME(sendmmsg)                                                                             \
	NAME(msgrcv)                                                                               \
	NAME(mq_receive)                                                                           \
	NAME(mq_timedreceive)                                                                      \
	NAME(semop)                                                                                \
	NAME(semtimedop)                                                                           \
	NAME(lockf)                                                                                \
	NAME(flock)                                                                                \
	NAME(prctl)                                                                                \
	NAME(syscall)

#define WG_DECLARE_REAL(name) extern __typeof__(name) *wg__real_##name;
WG_REALS(WG_DECLARE_REAL)
WG_CONDS(WG_DECLARE_REAL)
#undef WG_DECLARE_REAL

/* Put the next definition of that name into a pointer, which stays NULL if there is none. */
void wg__real_find(const char *name, void *ret_function);
void wg__real_find_cond(const char *name, void *ret_function);

/* All of them. */
void wg__real_bind(void);

#define WG_GET_REAL(name, find)                                                                    \
	static inline __typeof__(name) *wg__get_##name(void)                                       \
	{                                                                                          \
		if (__builtin_expect(!wg__real_##name, 0))                                         \
			find(#name, &wg__real_##name);                                             \
		return wg__real_##name;                                                            \
	}
#define WG_GET_COND(name)  WG_GET_REAL(name, wg__real_find_cond)
#define WG_GET_OTHER(name) WG_GET_REAL(name, wg__real_find)
WG_REALS(WG_GET_OTHER)
WG_CONDS(WG_GET_COND)

#define REAL(name) wg__get_##name()

/* A function that stands in front of the C library's. */
#define FRONT __attribute__((visibility("default")))

#endif
