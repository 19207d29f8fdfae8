/*
 * main.c: wakegap-lab, which `wakegap lab` runs.
 */
#include <sys/prctl.h>

#include "labs/grade/cmd/cmd.h"
#include "labs/grade/base/stop.h"

int main(int argc, char **argv)
{
	/* What is judged may run as the same user: it shall not write into our memory. */
	(void)prctl(PR_SET_DUMPABLE, 0);
	wg_stop_catch();
	return wg_lab_command(argc, argv);
}
