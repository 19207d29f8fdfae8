/*
 * parked.c: see parked.h.
 */
#include "tests/traces/parked.h"

#include <dirent.h>
#include <dlfcn.h>
#include <pthread.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/harness/harness.h"

struct parked {
	pid_t pid;
	size_t count;
	struct park *parks; /* shared by both processes */
};

long park_call(void *fn, long a, long b, long c, long d, long e);

#ifdef __x86_64__
extern const char park_return[];

__asm__(".text\n"
	".globl park_call\n"
	".type park_call, @function\n"
	"park_call:\n"
	"	.cfi_startproc\n"
	"	sub $8, %rsp\n"
	"	.cfi_adjust_cfa_offset 8\n"
	"	mov %rdi, %rax\n"
	"	mov %rsi, %rdi\n"
	"	mov %rdx, %rsi\n"
	"	mov %rcx, %rdx\n"
	"	mov %r8, %rcx\n"
	"	mov %r9, %r8\n"
	"	xor %r9d, %r9d\n"
	"	call *%rax\n"
	".globl park_return\n"
	".hidden park_return\n"
	"park_return:\n"
	"	add $8, %rsp\n"
	"	.cfi_adjust_cfa_offset -8\n"
	"	ret\n"
	"	.cfi_endproc\n"
	".size park_call, .-park_call\n");

const void *parked_site(void)
{
	return park_return;
}
#else
long park_call(void *fn, long a, long b, long c, long d, long e)
{
	long (*call)(long, long, long, long, long, long);

	memcpy(&call, &fn, sizeof(call));
	return call(a, b, c, d, e, 0) + 1; /* so that it is no jump */
}

const void *parked_site(void)
{
	return NULL;
}
#endif

static void *thread(void *arg)
{
	struct park *park = arg;
	void *libc = dlopen("libc.so.6", RTLD_LAZY | RTLD_NOLOAD);
	void *fn = libc ? dlsym(libc, park->function) : NULL;
	const long *a = park->arg;

	(void)prctl(PR_SET_NAME, park->name);
	/* release: pairs with the acquire in parked_start(); nothing else rides on it */
	__atomic_store_n(&park->tid, gettid(), __ATOMIC_RELEASE);
	if (fn)
		(void)park_call(fn, a[0], a[1], a[2], a[3], a[4]);
	/* Nobody ends these waits. */
	(void)dprintf(STDERR_FILENO, "# %s: the call returned\n", park->name);
	_exit(1);
}

static void run(struct park *parks, size_t count)
{
	pthread_t id;
	size_t i;

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	for (i = 0; i < count; i++) {
		if (pthread_create(&id, NULL, thread, &parks[i]) != 0)
			_exit(2);
	}
	for (;;)
		(void)pause();
}

/* The number that /proc shows of its call, if it sleeps in one; else -1. */
static long call_of(pid_t pid, pid_t tid)
{
	char path[64], text[256] = "";
	FILE *file;
	long number = -1;

	(void)snprintf(path, sizeof(path), "/proc/%ld/task/%ld/syscall", (long)pid, (long)tid);
	file = fopen(path, "re");
	if (!file)
		return -1;
	if (fgets(text, sizeof(text), file) && text[0] != 'r')
		number = strtol(text, NULL, 10);
	(void)fclose(file);
	return number;
}

/* Let others run, as long as the process is there. */
static void pass_time(pid_t pid)
{
	siginfo_t info = { 0 };

	CU_ASSERT_FATAL(waitid(P_PID, (id_t)pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
			info.si_pid == 0);
	(void)sched_yield();
}

void parked_await(pid_t pid, pid_t tid, long number)
{
	while (call_of(pid, tid) != number)
		pass_time(pid);
}

size_t parked_threads(pid_t pid)
{
	char path[64];
	struct dirent *entry;
	size_t count = 0;
	DIR *dir;

	(void)snprintf(path, sizeof(path), "/proc/%ld/task", (long)pid);
	dir = opendir(path);
	CU_ASSERT_FATAL(dir != NULL);
	while ((entry = readdir(dir)))
		count += entry->d_name[0] != '.';
	(void)closedir(dir);
	return count;
}

struct parked *parked_start(struct park *parks, size_t count)
{
	size_t bytes = count * sizeof(*parks), i;
	struct parked *p = calloc(1, sizeof(*p));
	void *shared = mmap(NULL, bytes, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	CU_ASSERT_FATAL(p && shared != MAP_FAILED);
	p->parks = memcpy(shared, parks, bytes);
	p->count = count;
	p->pid = fork();
	CU_ASSERT_FATAL(p->pid >= 0);
	if (p->pid == 0)
		run(p->parks, count);
	for (i = 0; i < count; i++) {
		/* acquire: pairs with the release in thread() */
		while ((parks[i].tid = __atomic_load_n(&p->parks[i].tid, __ATOMIC_ACQUIRE)) == 0)
			pass_time(p->pid);
		parked_await(p->pid, parks[i].tid, parks[i].number);
	}
	return p;
}

pid_t parked_pid(const struct parked *p)
{
	return p->pid;
}

void parked_end(struct parked *p)
{
	(void)kill(p->pid, SIGKILL);
	(void)waitpid(p->pid, NULL, 0);
	(void)munmap(p->parks, p->count * sizeof(*p->parks));
	free(p);
}
