/*
 * test_fork_fails.c: a wg_loop_fork() that fails leaves no child and a parent that goes on; and
 * what others see of one that works.
 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/fork.h"
#include "core/loop.h"
#include "tests/core/loop_cases.h"
#include "tests/harness/faults.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

#ifdef WG_UNDER_TSAN
static const bool can_follow = false;
#else
static const bool can_follow = true;
#endif
#define WITH_CHILD(test)                                                                           \
	WG_TEST_IF(can_follow,                                                                     \
		"ThreadSanitizer cannot follow threads made in the child of a fork", test)

static bool can_go_on(struct wg_loop *loop)
{
	struct wg_op op;

	wg_op_close(&op, -1);
	return wg_test_await(loop, &op) == -EBADF && wg_loop_sleep(loop, 1) == 0;
}

static bool is_waited_for(pid_t pid)
{
	pid_t rc;

	do
		rc = waitpid(pid, NULL, 0);
	while (rc < 0 && errno == EINTR);
	return rc == pid;
}

static int *came_back; /* shared memory: a child that should not exist returned from the fork */
static pid_t parent;

/* It ends without the exit handlers of the program: these are the parent's. */
static void at_exit(void)
{
	if (came_back && getpid() != parent)
		*came_back = 2;
}

/* A fork that fails, and leaves no child: what wg_loop_fork() returns. */
static pid_t failing_fork(struct wg_loop *loop)
{
	pid_t pid;

	came_back = mmap(NULL, sizeof(*came_back), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_FATAL(came_back != MAP_FAILED);
	if (parent != getpid())
		CU_ASSERT_EQUAL_FATAL(atexit(at_exit), 0);
	parent = getpid();
	errno = EINTR; /* of an earlier call: it means nothing */
	pid = wg_loop_fork(loop);
	if (pid == 0) {
		*came_back = 1;
		_exit(1);
	}
	CU_ASSERT_EQUAL(*came_back, 0);
	(void)munmap(came_back, sizeof(*came_back));
	came_back = NULL;
	CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1);
	CU_ASSERT_EQUAL(errno, ECHILD);
	return pid;
}

static struct {
	bool kills, looks;
	int inheritable; /* descriptors that a program would get */
} at_fork;

static void before_fork(void)
{
	if (at_fork.looks)
		at_fork.inheritable = wg_inherited_fds();
}

static void first_in_child(void)
{
	if (at_fork.kills)
		(void)raise(SIGKILL);
}

static void watch_forks(void)
{
	static bool is_watching;

	if (!is_watching)
		CU_ASSERT_EQUAL_FATAL(pthread_atfork(before_fork, NULL, first_in_child), 0);
	is_watching = true;
}

static void a_child_that_is_killed_never_existed(void)
{
	struct wg_loop *loop;
	int before;

	watch_forks();
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(NULL, &loop), 0);
	before = wg_fd_count();
	at_fork.kills = true;
	CU_ASSERT_EQUAL(failing_fork(loop), -ECHILD);
	at_fork.kills = false;
	CU_ASSERT_EQUAL(wg_fd_count(), before);
	CU_ASSERT(can_go_on(loop));
	wg_loop_destroy(loop);
}

static void a_child_without_memory_never_existed(void)
{
	struct wg_loop *loop;

	CU_ASSERT_EQUAL_FATAL(wg_loop_create(NULL, &loop), 0);
	wg_fault_alloc(1); /* its waiter */
	CU_ASSERT_EQUAL(failing_fork(loop), -ENOMEM);
	wg_fault_alloc(WG_FAULT_NEVER);
	CU_ASSERT(can_go_on(loop));
	wg_loop_destroy(loop);
}

/* The kernel waits for the children of a program that ignores SIGCHLD. */
static void a_program_may_ignore_its_children(void)
{
	void (*before)(int) = signal(SIGCHLD, SIG_IGN);
	struct wg_loop *loop;

	CU_ASSERT_EQUAL_FATAL(wg_loop_create(NULL, &loop), 0);
	wg_fault_threads(1);
	CU_ASSERT_EQUAL(failing_fork(loop), -EAGAIN);
	wg_fault_threads(WG_FAULT_NEVER);
	(void)signal(SIGCHLD, before);
	CU_ASSERT(can_go_on(loop));
	wg_loop_destroy(loop);
}

static void without_descriptors_the_loop_goes_on(void)
{
	struct rlimit old, tight;
	struct wg_loop *loop;

	CU_ASSERT_EQUAL_FATAL(wg_loop_create(NULL, &loop), 0);
	CU_ASSERT_EQUAL_FATAL(getrlimit(RLIMIT_NOFILE, &old), 0);
	tight = old;
	tight.rlim_cur = 3;
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &tight), 0);
	CU_ASSERT_EQUAL(wg_loop_fork(loop), -EMFILE);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_NOFILE, &old), 0);
	CU_ASSERT(can_go_on(loop));
	wg_loop_destroy(loop);
}

/* While it forks, another thread may start a program; signals come to the one that waits. */
static void a_fork_leaks_nothing_and_minds_no_signal(void)
{
	struct wg_storm *storm;
	struct wg_loop *loop;
	int before, i;

	watch_forks();
	CU_ASSERT_EQUAL_FATAL(wg_loop_create(NULL, &loop), 0);
	CU_ASSERT(can_go_on(loop));
	before = wg_inherited_fds();
	storm = wg_storm_start();
	at_fork.looks = true;
	for (i = 0; i < 10; i++) {
		bool fails = i % 2;
		pid_t pid;

		wg_fault_threads(fails ? 1 : WG_FAULT_NEVER);
		pid = fails ? failing_fork(loop) : wg_loop_fork(loop);
		if (pid == 0)
			_exit(0);
		wg_fault_threads(WG_FAULT_NEVER);
		CU_ASSERT_EQUAL(at_fork.inheritable, before);
		CU_ASSERT(fails ? pid == -EAGAIN : pid > 0 && is_waited_for(pid));
		CU_ASSERT_EQUAL(waitpid(-1, NULL, WNOHANG), -1);
	}
	at_fork.looks = false;
	(void)wg_storm_stop(storm);
	wg_loop_destroy(loop);
}

void suite_fork_fails(void)
{
	WG_TEST(a_child_that_is_killed_never_existed);
	WITH_CHILD(a_child_without_memory_never_existed);
	WITH_CHILD(a_program_may_ignore_its_children);
	WG_TEST(without_descriptors_the_loop_goes_on);
	WITH_CHILD(a_fork_leaks_nothing_and_minds_no_signal);
}
