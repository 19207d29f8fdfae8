/*
 * calls_out.c: a learner's file that sends to daemons of its user through a socket it was given, or
 * waits for them to call. Exit status 33: something let it; 34: nothing did.
 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

void attack(void) __attribute__((constructor));

/* Nobody has this name; who may send to it is told so, and who may not is told that. */
static int may(long rc)
{
	return rc >= 0 || errno != EPERM;
}

void attack(void)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX, .sun_path = "\0wakegap-nobody" };
	struct iovec word = { "x", 1 };
	struct msghdr message = {
		.msg_name = &to, .msg_namelen = sizeof(to), .msg_iov = &word, .msg_iovlen = 1
	};
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_DGRAM, 0, pair) < 0)
		_exit(34);
	_exit(may(sendto(pair[0], "x", 1, 0, (struct sockaddr *)&to, sizeof(to))) ||
				may(sendmsg(pair[0], &message, 0)) ||
				may(connect(pair[0], (struct sockaddr *)&to, sizeof(to))) ||
				may(bind(pair[0], (struct sockaddr *)&to, sizeof(to)))
			? 33
			: 34);
}
