/*
 * terminal.c: a learner's file that asks the terminal for something, and tells if there is one.
 */
#include <fcntl.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	if (open("/dev/tty", O_RDWR) >= 0 || isatty(0) || isatty(1))
		_exit(33);
	_exit(34);
}
