/*
 * talks.c: NAME SAY HOLD: does one operation, writes the first letter of NAME to the descriptor
 * SAY, and does it again for each byte that comes from the descriptor HOLD; ends with it.
 */
#include <stdlib.h>
#include <unistd.h>

#include "one_read.h"

int main(int argc, char **argv)
{
	int say = argc > 2 ? atoi(argv[2]) : 1, hold = argc > 3 ? atoi(argv[3]) : 0;
	uint64_t op = 1;
	char go;

	if (argc < 2)
		return 2;
	wg_trace_loop(1, "talks", 0);
	do {
		one_read(op++);
		if (write(say, argv[1], 1) != 1)
			return 1;
	} while (read(hold, &go, 1) == 1);
	return 0;
}
