/*
 * fence.c: code that would reach beyond its process. Each asks the kernel itself: what a library is
 * asked for may be modelled.
 */
#include <dlfcn.h>
#include <fcntl.h>
#include <stdint.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "labs/explore/cases/cases.h"

/* A function of libc that no wrapper stands before. */
static void *libc(const char *name)
{
	return dlsym(RTLD_NEXT, name);
}

static int must_fail(const char *name)
{
	void *call = libc(name);
	int (*two)(const char *, const char *), (*made)(const char *, int, int);

	memcpy(&two, &call, sizeof(call));
	memcpy(&made, &call, sizeof(call));
	return strcmp(name, "open") == 0    ? made("litter", O_CREAT | O_WRONLY, 0600) < 0
	       : strcmp(name, "mkdir") == 0 ? mkdir("litter", 0700) < 0
	       : strcmp(name, "execv") == 0 ? two("/bin/true", NULL) < 0
					    : two("nowhere", "litter") < 0;
}

/* It may make no file, write to none, and become no other program. */
void case_litters(void)
{
	static const char *const calls[] = { "open", "mkdir", "symlink", "execv" };
	struct rlimit bytes;
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		lab_check("fenced", must_fail(calls[i]), "%s", calls[i]);
	lab_check("fenced", getrlimit(RLIMIT_FSIZE, &bytes) == 0 && bytes.rlim_max == 0, "bytes");
}

/* Past libc, as code does that means to be seen by no wrapper. */
void case_raw_call(void)
{
#if defined(__x86_64__)
	long number = 39; /* getpid() */

	__asm__ __volatile__("syscall" : "+a"(number) : : "rcx", "r11", "memory");
#elif defined(__aarch64__)
	register long number __asm__("x8") = 172, result __asm__("x0");

	__asm__ __volatile__("svc 0" : "=r"(result) : "r"(number) : "memory");
#endif
}
