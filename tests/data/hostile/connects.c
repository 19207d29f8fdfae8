/*
 * connects.c: a learner's file that looks for a network.
 */
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

void attack(void)
{
	struct sockaddr_in to = { .sin_family = AF_INET, .sin_port = htons(53) };
	int fd = socket(AF_INET, SOCK_DGRAM, 0);

	to.sin_addr.s_addr = htonl(0x08080808);
	_exit(fd >= 0 && connect(fd, (struct sockaddr *)&to, sizeof(to)) == 0 ? 33 : 34);
}
