/*
 * plug.c: the strategies that wakegap-workload is linked with besides the library's. See waits.h.
 */
#include "core/workload/workload.h"
#include "labs/waits/waits.h"

const struct wg_wait_ops *const wg_workload_more_waits[] = {
	&wg_lab_wait_forever,
	&wg_lab_wait_generation,
	&wg_lab_wait_cap50,
	&wg_lab_wait_sleep1ms,
	NULL,
};
