/*
 * again.c: a program that execs itself twice. Each image has a loop 1 and operations from 1 on, and
 * is asleep with a result ready when it ends.
 */
#include <stdlib.h>
#include <unistd.h>

#include "one_read.h"

int main(int argc, char **argv)
{
	static char *const name[] = { "first", "second", "third" };
	int image = argc < 2 ? 0 : atoi(argv[1]), i;
	char next[2] = { (char)('1' + image), 0 };

	wg_trace_loop(1, name[image], 0);
	for (i = 0; i <= image; i++)
		one_read((uint64_t)i + 1);
	wg_trace_submit(1, 9, WG_TRACE_READ, 0);
	wg_trace_done(1, 9, 0);
	wg_trace_wait(1, -1, 0);
	if (image < 2)
		execv(argv[0], (char *const[]){ argv[0], next, NULL });
	return image < 2;
}
