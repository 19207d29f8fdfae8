/*
 * polls.c: so many calls that an observer records, and nothing else: what a record costs.
 */
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

int main(int argc, char **argv)
{
	long n = argc > 1 ? atol(argv[1]) : 1000000, i;
	struct pollfd fd = { .events = POLLIN };
	struct timespec ts;
	int ends[2];

	if (pipe(ends) < 0)
		return 1;
	fd.fd = ends[0];
	for (i = 0; i < n; i++)
		(void)poll(&fd, 1, 0);
	(void)clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	(void)printf("%.1f\n", ((double)ts.tv_sec * 1e9 + (double)ts.tv_nsec) / (double)n);
	return 0;
}
