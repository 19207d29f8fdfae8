/*
 * peeks.c: a learner's file that looks for other people's: files of the system and of the folder in
 * which all temporary folders are, and daemons that would run a command for it. Exit status 33: a
 * file; 35: a socket; 34: nothing.
 */
#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	if (socket(AF_UNIX, SOCK_STREAM, 0) >= 0)
		_exit(35);
	_exit(open("/etc/passwd", O_RDONLY) >= 0 || open("/home", O_RDONLY) >= 0 ? 33 : 34);
}
