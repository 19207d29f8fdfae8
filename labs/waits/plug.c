/*
 * plug.c: the strategies that wakegap-workload is linked with besides the library's. See waits.h.
 */
#include "core/workload/workload.h"
#include "labs/waits/waits.h"

const struct wg_wait_ops *const wg_workload_more_waits[] = {
#define WG_LAB_WAIT(name) &wg_lab_wait_##name,
#include "labs/waits/waits.def"
#undef WG_LAB_WAIT
	NULL,
};
