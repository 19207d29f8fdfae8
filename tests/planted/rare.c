/*
 * rare.c: waits that few programs make, with known numbers: messages, semaphores and locks of the
 * kernel, sockets with a timeout, a number of a descriptor that is used again.
 */
#include <fcntl.h>
#include <mqueue.h>
#include <poll.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <sys/file.h>
#include <sys/ipc.h>
#include <sys/msg.h>
#include <sys/sem.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/syscall.h>
#include <sys/time.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

#include "tests/planted/planted.h"

#define MS 1000000L

static int queue, set, files[2], pair[2], signals;
static mqd_t messages;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_t thread;
static sem_t go, done;

static struct timespec soon(void)
{
	struct timespec t;

	(void)clock_gettime(CLOCK_REALTIME, &t);
	t.tv_nsec += 2 * MS;
	t.tv_sec += t.tv_nsec / (1000 * MS);
	t.tv_nsec %= 1000 * MS;
	return t;
}

/* --- messages --- */

struct message {
	long type;
	char text[8];
};

static void make_queue(void)
{
	queue = msgget(IPC_PRIVATE, 0600);
}

static void take_message(void)
{
	struct message m;

	(void)!msgrcv(queue, &m, sizeof(m.text), 0, 0);
}

static void send_message(void)
{
	struct message m = { 1, "hello" };

	(void)msgsnd(queue, &m, sizeof(m.text), 0);
}

static void end_queue(void)
{
	(void)msgctl(queue, IPC_RMID, NULL);
}

static void make_messages(void)
{
	struct mq_attr attr = { .mq_maxmsg = 4, .mq_msgsize = 8 };
	char name[64];

	(void)snprintf(name, sizeof(name), "/wakegap-planted-%ld", (long)getpid());
	messages = mq_open(name, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600, &attr);
	(void)mq_unlink(name);
}

static void await_text(void)
{
	struct timespec until = soon();
	char text[8];

	(void)mq_timedreceive(messages, text, sizeof(text), NULL, &until);
}

static void take_text(void)
{
	char text[8];

	(void)mq_receive(messages, text, sizeof(text), NULL);
}

static void send_text(void)
{
	(void)mq_send(messages, "x", 1, 0);
}

/* --- semaphores and locks --- */

static void make_set(void)
{
	set = semget(IPC_PRIVATE, 1, 0600);
}

static void await_set(void)
{
	struct sembuf step = { 0, -1, 0 };
	struct timespec time = { 0, 2 * MS };

	(void)semtimedop(set, &step, 1, &time);
}

static void take_set(void)
{
	struct sembuf step = { 0, -1, 0 };

	(void)semop(set, &step, 1);
}

static void post_set(void)
{
	struct sembuf step = { 0, 1, 0 };

	(void)semop(set, &step, 1);
}

static void end_set(void)
{
	(void)semctl(set, 0, IPC_RMID);
}

/* One of the four kinds of locks, of a whole file. */
static void (*set_lock)(int fd, short type);

static void set_flock(int fd, short type)
{
	(void)flock(fd, type == F_UNLCK ? LOCK_UN : LOCK_EX);
}

static void set_record(int fd, short type)
{
	struct flock lock = { .l_type = type };

	(void)fcntl(fd, F_SETLKW, &lock);
}

static void set_ofd(int fd, short type)
{
	struct flock lock = { .l_type = type };

	(void)fcntl(fd, F_OFD_SETLKW, &lock);
}

static void set_lockf(int fd, short type)
{
	(void)lockf(fd, type == F_UNLCK ? F_ULOCK : F_LOCK, 0);
}

static void make_files(void (*kind)(int, short))
{
	char path[64];

	set_lock = kind;
	files[0] = (int)syscall(SYS_memfd_create, "planted", 0);
	(void)snprintf(path, sizeof(path), "/proc/self/fd/%d", files[0]);
	files[1] = open(path, O_RDWR | O_CLOEXEC);
	set_lock(files[1], F_WRLCK);
}

static void make_flock(void)
{
	make_files(set_flock);
}

static void make_record(void)
{
	make_files(set_record);
}

static void make_ofd(void)
{
	make_files(set_ofd);
}

static void make_lockf(void)
{
	make_files(set_lockf);
}

/* The other one has it again before this comes back. Records belong to a table of descriptors, as a
 * rule to a process: this thread takes one of its own. */
static void lock_file(void)
{
	(void)unshare(CLONE_FILES);
	set_lock(files[0], F_WRLCK);
	set_lock(files[0], F_UNLCK);
	(void)sem_post(&done);
	(void)sem_wait(&go);
}

static void unlock_file(void)
{
	set_lock(files[1], F_UNLCK);
	(void)sem_wait(&done);
	set_lock(files[1], F_WRLCK);
	(void)sem_post(&go);
}

static void hold_mutex(void)
{
	(void)pthread_mutex_lock(&mutex);
}

static void await_mutex(void)
{
	struct timespec until = soon();

	(void)pthread_mutex_timedlock(&mutex, &until);
}

static void leave_mutex(void)
{
	(void)pthread_mutex_unlock(&mutex);
}

/* --- descriptors --- */

static void make_pair(void)
{
	struct timeval time = { 0, 2000 };

	(void)socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair);
	(void)setsockopt(pair[0], SOL_SOCKET, SO_RCVTIMEO, &time, sizeof(time));
}

static void await_byte(void)
{
	char c;

	(void)!recv(pair[0], &c, 1, 0);
}

static void make_long_pair(void)
{
	(void)socketpair(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0, pair);
}

static void take_bytes(void)
{
	char c;
	struct iovec part = { &c, 1 };
	struct mmsghdr m = { .msg_hdr = { .msg_iov = &part, .msg_iovlen = 1 } };

	(void)recvmmsg(pair[0], &m, 1, 0, NULL);
}

static void send_bytes(void)
{
	char c = 'x';
	struct iovec part = { &c, 1 };
	struct mmsghdr m = { .msg_hdr = { .msg_iov = &part, .msg_iovlen = 1 } };

	(void)sendmmsg(pair[1], &m, 1, 0);
}

/* A timer's number is that of the signals then. */
static void await_timer(void)
{
	struct itimerspec in = { .it_value = { 0, 2 * MS } };
	int timer = timerfd_create(CLOCK_MONOTONIC, TFD_CLOEXEC);
	uint64_t count;
	sigset_t usr2;

	(void)timerfd_settime(timer, 0, &in, NULL);
	(void)!read(timer, &count, sizeof(count));
	(void)close(timer);
	(void)sigemptyset(&usr2);
	(void)sigaddset(&usr2, SIGUSR2);
	signals = signalfd(-1, &usr2, SFD_CLOEXEC);
}

static void take_signal(void)
{
	struct signalfd_siginfo info;

	(void)!read(signals, &info, sizeof(info));
}

static void send_signal(void)
{
	(void)pthread_kill(thread, SIGUSR2);
}

/* --- all of them --- */

static const struct rare {
	const char *name;
	long call; /* in which it sleeps */
	unsigned timed, untimed;
	void (*set_up)(void);
	void (*await)(void);
	void (*take)(void);
	void (*notify)(void);
	void (*end)(void);
} rares[] = {
	{ "msgrcv", SYS_msgrcv, 0, 30, make_queue, NULL, take_message, send_message, end_queue },
	{ "mq", SYS_mq_timedreceive, 20, 30, make_messages, await_text, take_text, send_text,
		NULL },
	{ "semop", SYS_semtimedop, 20, 30, make_set, await_set, take_set, post_set, end_set },
	{ "flock", SYS_flock, 0, 10, make_flock, NULL, lock_file, unlock_file, NULL },
	{ "record", SYS_fcntl, 0, 10, make_record, NULL, lock_file, unlock_file, NULL },
	{ "ofd", SYS_fcntl, 0, 10, make_ofd, NULL, lock_file, unlock_file, NULL },
	{ "lockf", SYS_fcntl, 0, 10, make_lockf, NULL, lock_file, unlock_file, NULL },
	{ "timedlock", SYS_futex, 20, 0, hold_mutex, await_mutex, NULL, NULL, leave_mutex },
	{ "rcvtimeo", SYS_recvfrom, 20, 0, make_pair, await_byte, NULL, NULL, NULL },
	{ "recvmmsg", SYS_recvmmsg, 0, 30, make_long_pair, NULL, take_bytes, send_bytes, NULL },
	{ "signalfd", SYS_read, 1, 10, NULL, await_timer, take_signal, send_signal, NULL },
};

static _Atomic pid_t sleeper;  /* 0 until it may be looked at */
static _Atomic unsigned taken; /* so often it came back */

static void *sleeps(void *arg)
{
	const struct rare *r = arg;
	unsigned i;

	(void)pthread_setname_np(pthread_self(), r->name);
	for (i = 0; i < r->timed; i++)
		r->await();
	atomic_store_explicit(&sleeper, (pid_t)syscall(SYS_gettid), memory_order_release);
	for (i = 0; i < r->untimed; i++) {
		r->take();
		atomic_store_explicit(&taken, i + 1, memory_order_release);
	}
	return NULL;
}

/* In that round: it may be in the call of the one before still. A semop may be a semtimedop without
 * a time. */
static bool is_asleep(long call, unsigned round)
{
	bool is_this = atomic_load_explicit(&taken, memory_order_acquire) == round;
	pid_t tid = atomic_load_explicit(&sleeper, memory_order_acquire);
	long now = tid ? planted_call_of(tid) : -1;

	return is_this && (now == call || (call == SYS_semtimedop && now == SYS_semop));
}

static void run(const struct rare *r)
{
	unsigned i;

	atomic_store_explicit(&sleeper, 0, memory_order_relaxed); /* no thread yet */
	atomic_store_explicit(&taken, 0, memory_order_relaxed);
	if (r->set_up)
		r->set_up();
	if (pthread_create(&thread, NULL, sleeps, (void *)(uintptr_t)r) != 0)
		return;
	for (i = 0; i < r->untimed; i++) {
		while (!is_asleep(r->call, i))
			(void)poll(NULL, 0, 1);
		r->notify();
	}
	(void)pthread_join(thread, NULL);
	if (r->end)
		r->end();
}

int planted_rare(void)
{
	sigset_t usr2;
	size_t i;

	(void)sem_init(&go, 0, 0);
	(void)sem_init(&done, 0, 0);
	(void)sigemptyset(&usr2);
	(void)sigaddset(&usr2, SIGUSR2);
	(void)pthread_sigmask(SIG_BLOCK, &usr2, NULL);
	for (i = 0; i < sizeof(rares) / sizeof(rares[0]); i++)
		run(&rares[i]);
	return 0;
}
