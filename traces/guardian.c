/*
 * guardian.c: a session must not outlive its recording, not even when the recorder gets SIGKILL.
 *
 *      recorder                              guardian
 *      fork ───────────────────────────────▶ own session, no terminal, our lock, no other file
 *                                            starts the daemon unless one answers
 *           ◀── struct wg_error: how it went
 *      creates the session, records,
 *      destroys the session
 *           ── 'd', then close ────────────▶ leaves the daemon (stops it if last), ends
 *      or is killed
 *           ── close alone ────────────────▶ destroys the session by name, leaves, ends
 *
 * The guardian starts and stops the daemon, and not the recorder, so that a recorder killed in the
 * middle of either leaves no daemon behind. Nobody but the recorder holds its end of the socket:
 * the command's copy is closed by exec, and until then the command is gone as soon as we are.
 *
 * The kernel closes a killed process's sockets after the daemon has its last request: the daemon
 * takes requests one after the other, so ours is always behind the one that created the session.
 */
#include "traces/guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/session.h"
#include "traces/signals.h"

/* A session may be refused for a moment while the recorder's last request is still served. */
#define DESTROY_TRIES 5

static const char done_byte = 'd';

/*
 * Files of the recorder's that stayed open here could keep somebody's pipe from ending. The
 * standard ones become /dev/null, or else a socket could get number 2 and a message of a library.
 */
static void drop_files(int keep_a, int keep_b)
{
	int low = keep_a < keep_b ? keep_a : keep_b;
	int high = keep_a < keep_b ? keep_b : keep_a;
	int null_fd = open("/dev/null", O_RDWR | O_CLOEXEC);
	int fd;

	for (fd = 0; fd <= 2; fd++) {
		if (null_fd >= 0 && fd != keep_a && fd != keep_b)
			(void)dup2(null_fd, fd);
	}
	for (fd = 3; fd < high; fd++) {
		if (fd != low)
			(void)close(fd);
	}
	fd = high < 3 ? 3 : high + 1;
	if (close_range((unsigned)fd, ~0u, 0) != 0) {
		long end = sysconf(_SC_OPEN_MAX);

		for (; fd < end; fd++)
			(void)close(fd);
	}
}

static void ignore_signals(void)
{
	static const int signals[] = { SIGINT, SIGTERM, SIGHUP, SIGQUIT, SIGTSTP, SIGPIPE, SIGUSR1,
		SIGUSR2 };
	struct sigaction ignore;
	size_t i;

	memset(&ignore, 0, sizeof(ignore));
	ignore.sa_handler = SIG_IGN;
	for (i = 0; i < sizeof(signals) / sizeof(signals[0]); i++)
		(void)sigaction(signals[i], &ignore, NULL);
}

static _Noreturn void run_guardian(int fd, struct wg__daemon *d, const char *session_name)
{
	struct wg_error reply = { 0, "" };
	char byte = 0;
	ssize_t n;
	int tries;

	(void)setsid();
	(void)prctl(PR_SET_NAME, "wakegap-guard");
	ignore_signals();
	(void)chdir("/"); /* hold no file system back from being unmounted */
	drop_files(fd, d->lock_fd);
	reply.code = wg__daemon_start(d, &reply);
	(void)!send(fd, &reply, sizeof(reply), MSG_NOSIGNAL);
	do
		n = recv(fd, &byte, 1, 0);
	while (n < 0 && errno == EINTR);
	if (n != 1 || byte != done_byte) {
		for (tries = 0; tries < DESTROY_TRIES; tries++) {
			if (wg__session_destroy(session_name, NULL) == 0)
				break;
			wg__pause_ms(100);
		}
	}
	wg__daemon_leave(d);
	_exit(0);
}

int wg__guardian_start(struct wg__guardian *g, struct wg__daemon *d, const char *session_name,
	struct wg_error *err)
{
	struct wg_error reply;
	ssize_t n;
	int fds[2];

	g->pid = 0;
	g->fd = -1;
	/* Packets: a struct arrives whole or not at all. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return wg_error_set(err, -EIO, "cannot make a socket: %s", strerror(errno));
	g->pid = fork();
	if (g->pid == 0)
		run_guardian(fds[1], d, session_name);
	(void)close(fds[1]);
	g->fd = fds[0];
	if (g->pid < 0) {
		int code = errno;

		g->pid = 0;
		(void)close(g->fd);
		return wg_error_set(err, -EIO, "cannot fork: %s", strerror(code));
	}
	do
		n = recv(g->fd, &reply, sizeof(reply), 0);
	while (n < 0 && errno == EINTR);
	if (n != (ssize_t)sizeof(reply))
		reply.code = wg_error_set(&reply, -EIO, "the guardian process was killed");
	if (reply.code == 0)
		return 0;
	wg__guardian_finish(g, true);
	return wg_error_set(err, reply.code, "%s", reply.text);
}

void wg__guardian_finish(struct wg__guardian *g, bool is_session_gone)
{
	int status;

	if (g->pid <= 0)
		return;
	if (is_session_gone)
		(void)!send(g->fd, &done_byte, 1, MSG_NOSIGNAL);
	(void)close(g->fd);
	while (waitpid(g->pid, &status, 0) < 0 && errno == EINTR)
		;
	g->pid = 0;
	g->fd = -1;
}
