/*
 * shares.c: no harm: many processes that all see the same memory. Counted once for each of them it
 * would be more than the box allows.
 */
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define EACH (60 << 20)

void attack(void) __attribute__((constructor));

void attack(void)
{
	char *own = malloc(EACH),
	     *shared = mmap(NULL, EACH, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	int i, gate[2];

	if (!own || shared == MAP_FAILED)
		_exit(2);
	memset(own, 1, EACH);
	memset(shared, 1, EACH);
	if (pipe(gate) < 0)
		_exit(3);
	for (i = 0; i < 10; i++) {
		if (fork() == 0) {
			size_t at, sum = 0;

			for (at = 0; at < EACH; at += 512)
				sum += (size_t)own[at] + (size_t)shared[at];
			(void)close(gate[1]);
			_exit(read(gate[0], &i, 1) == 0 && sum == EACH / 256 ? 0 : 4);
		}
	}
	(void)usleep(300000); /* several looks of the box */
	(void)close(gate[1]);
	while (wait(&i) > 0) {
		if (i != 0)
			_exit(5);
	}
}
