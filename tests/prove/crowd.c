/*
 * crowd.c: in place of core/wait/crowd.c, which reads how busy this machine is: here the scenario
 * says.
 */
#include "core/wait/crowd.h"

#include "tests/prove/prove.h"

void wg_crowd_init(struct wg_crowd *crowd)
{
	*crowd = (struct wg_crowd){ .fd = 1 };
	prove.crowds++;
}

void wg_crowd_fini(struct wg_crowd *crowd)
{
	lab_check("crowd", crowd->fd == 1, "it was not made, or ended twice");
	crowd->fd = -1;
	prove.crowds--;
}

LAB_QUIET static bool ask(void)
{
	prove.crowd_asked++;
	return prove.is_crowded;
}

bool wg_is_crowded(struct wg_crowd *crowd, int64_t now_ns)
{
	(void)now_ns;
	lab_check("crowd", crowd->fd == 1, "asked before it is made");
	if (prove.on_crowd)
		prove.on_crowd();
	return ask();
}
