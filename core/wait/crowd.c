/*
 * crowd.c: see crowd.h.
 *
 * The fourth field of /proc/loadavg is "running/all": threads runnable at this moment, ours
 * included. It counts the whole machine. With an affinity mask smaller than the machine the answer
 * therefore leans towards "crowded", which costs a little latency and no processor time.
 */
#include "core/wait/crowd.h"

#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <unistd.h>

#include "core/clock.h"

#define VALID_NS WG_NS_PER_MS

void wg_crowd_init(struct wg_crowd *crowd)
{
	crowd->fd = open("/proc/loadavg", O_RDONLY | O_CLOEXEC);
	crowd->valid_ns = 0;
	crowd->is_crowded = true;
}

void wg_crowd_fini(struct wg_crowd *crowd)
{
	if (crowd->fd >= 0)
		(void)close(crowd->fd);
}

static int processors(void)
{
	cpu_set_t set;

	return sched_getaffinity(0, sizeof(set), &set) == 0 ? CPU_COUNT(&set) : 1;
}

static bool ask(int fd)
{
	char text[128];
	ssize_t n = fd >= 0 ? pread(fd, text, sizeof(text) - 1, 0) : -1;
	int cpus = processors();
	int running;

	if (n <= 0 || cpus < 2)
		return true;
	text[n] = '\0';
	if (sscanf(text, "%*s %*s %*s %d/", &running) != 1)
		return true;
	return running > cpus;
}

bool wg_is_crowded(struct wg_crowd *crowd, int64_t now_ns)
{
	if (now_ns >= crowd->valid_ns) {
		crowd->is_crowded = ask(crowd->fd);
		crowd->valid_ns = now_ns + VALID_NS;
	}
	return crowd->is_crowded;
}
