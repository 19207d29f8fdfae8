/*
 * crowd.c: in place of core/wait/crowd.c, which reads how busy this machine is: here the scenario
 * says.
 */
#include "core/wait/crowd.h"

#include "tests/prove/prove.h"

void wg_crowd_init(struct wg_crowd *crowd)
{
	*crowd = (struct wg_crowd){ .fd = -1 };
}

void wg_crowd_fini(struct wg_crowd *crowd)
{
	(void)crowd;
}

LAB_QUIET bool wg_is_crowded(struct wg_crowd *crowd, int64_t now_ns)
{
	(void)crowd;
	(void)now_ns;
	prove.crowd_asked++;
	return prove.is_crowded;
}
