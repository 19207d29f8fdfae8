/*
 * guardian.c: a session must not outlive its recording, not even when the recorder gets SIGKILL.
 *
 *      recorder                              guardian
 *      fork ───────────────────────────────▶ own session, no terminal, our lock, no other file
 *                                            starts the daemon unless one answers,
 *                                            and a relay daemon for a live session
 *           ◀── struct reply: how it went
 *      creates the session, records,
 *      destroys the session
 *           ── 'd', then close ────────────▶ leaves the daemon (stops it if last), ends
 *           ── 'e' ────────────────────────▶ stops and destroys the session
 *           ◀── struct wg__guardian_end      (live only: so that the screen need not wait for it)
 *      or is killed
 *           ── close alone ────────────────▶ destroys the session by name, leaves, ends
 * or a request of it failed, and it shuts its end down alone: likewise
 *           ── 'h' before ───────────────▶ if the daemon did not answer
 *           ◀── 'd', if it is destroyed
 *
 * The guardian starts and stops the daemon, not the recorder: a recorder that is killed in the
 * middle of either leaves no daemon behind. Only the recorder holds its end of the socket: exec
 * closes the command's copy, and until then the command ends when the recorder does.
 *
 * The kernel closes a killed process's sockets after the daemon has its last request: the daemon
 * takes requests one after the other, so ours is always behind the one that created the session.
 */
#include "traces/record/guardian.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/record/relay.h"
#include "traces/base/tree.h"
#include "traces/base/signals.h"
#include "traces/record/ask.h"
#include "traces/record/session.h"

#define TRIES	 5
#define PAUSE_MS 100
/* For a daemon that has not answered the recorder. */
#define HUNG_MS 5000

static const char done_byte = 'd', hung_byte = 'h';

/*
 * Files of the recorder that stay open here could keep a pipe from ending. The standard ones become
 * /dev/null, or else a socket could get number 2 and a message of a library.
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

/* What the guardian says when all is up; with a folder and no error, text is its name. */
struct reply {
	struct wg_error err;
	unsigned short ports[WG__RELAY_PORTS];
};

/*
 * A session may be refused for a moment while the recorder's last request is still served. A daemon
 * that does not answer does not answer twice.
 */
static bool destroy_session(struct wg__daemon *d, const struct wg__session *session)
{
	int tries, code = -EIO;

	(void)wg__daemon_unblock(d);
	for (tries = 0; tries < TRIES && code != 0 && code != -ETIMEDOUT; tries++) {
		if (tries > 0)
			wg__pause_ms(PAUSE_MS);
		code = wg__session_destroy(session, d->is_hung ? HUNG_MS : WG__ASK_MS, NULL);
	}
	d->is_hung = code == -ETIMEDOUT;
	return code == 0;
}

/* Another guardian's session may still be writing to it: what came meanwhile is removed, too. */
static void remove_folder(const char *dir)
{
	int tries;

	for (tries = 0; tries < TRIES && access(dir, F_OK) == 0; tries++) {
		if (tries > 0)
			wg__pause_ms(PAUSE_MS);
		(void)wg_remove_tree(dir);
	}
}

/* relay: NULL: there is none. */
static void end_session(
	int fd, struct wg__daemon *d, const struct wg__session *session, struct wg__relay *relay)
{
	struct wg__guardian_end end = { .discarded = 0 };

	end.err.code = wg__session_stop(session, &end.discarded, &end.lost_packets, &end.err);
	if (end.err.code == 0 && relay)
		end.err.code = wg__relay_check(relay, &end.err);
	(void)destroy_session(d, session);
	(void)!send(fd, &end, sizeof(end), MSG_NOSIGNAL);
}

/* Until the recorder is done, or gone; then the command may run on, and the trace keeps its marker.
 * session and relay may be NULL. */
static void serve(
	int fd, struct wg__daemon *d, const struct wg__session *session, struct wg__relay *relay)
{
	char byte;
	ssize_t n;

	for (;;) {
		byte = 0;
		n = recv(fd, &byte, 1, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n != 1 && session && destroy_session(d, session))
			(void)!send(fd, &done_byte, 1, MSG_NOSIGNAL);
		if (n != 1 || byte == done_byte)
			return;
		if (byte == hung_byte)
			d->is_hung = true;
		else
			end_session(fd, d, session, relay);
	}
}

static _Noreturn void run_guardian(int fd, struct wg__daemon *d, const struct wg__duty *duty)
{
	struct reply reply;
	struct wg__relay relay = { 0 };
	struct wg__session session;

	if (duty->session)
		session = *duty->session;
	session.stop_fd = -1; /* what is done at the end is done */
	memset(&reply, 0, sizeof(reply));
	(void)setsid();
	(void)prctl(PR_SET_NAME, "wakegap-guard");
	ignore_signals();
	(void)chdir("/"); /* hold no file system back from being unmounted */
	drop_files(fd, d->lock_fd);
	if (duty->folder && !mkdtemp(duty->folder))
		(void)wg_error_set(
			&reply.err, -errno, "cannot make '%s': %s", duty->folder, strerror(errno));
	/* The most common problem first: it needs no session daemon. */
	if (reply.err.code == 0 && duty->ports)
		reply.err.code = wg__relay_start(&relay, &reply.err);
	if (reply.err.code == 0 && !duty->is_folder_alone)
		reply.err.code = wg__daemon_start(d, fd, &reply.err);
	if (reply.err.code == 0 && duty->folder)
		(void)snprintf(reply.err.text, sizeof(reply.err.text), "%s", duty->folder);
	memcpy(reply.ports, relay.port, sizeof(reply.ports));
	(void)!send(fd, &reply, sizeof(reply), MSG_NOSIGNAL);
	serve(fd, d, duty->session ? &session : NULL, duty->ports ? &relay : NULL);
	wg__relay_stop(&relay);
	wg__daemon_leave(d);
	if (duty->folder)
		remove_folder(duty->folder);
	_exit(0);
}

/* Its reply, or why there is none. */
static void receive(int fd, int stop_fd, struct reply *reply)
{
	struct pollfd p[2] = { { fd, POLLIN, 0 }, { stop_fd, POLLIN, 0 } };

	while (poll(p, 2, -1) < 0 && errno == EINTR)
		;
	if (p[1].revents && !p[0].revents)
		reply->err.code = wg_error_set(&reply->err, -EINTR, "interrupted");
	else if (recv(fd, reply, sizeof(*reply), 0) != (ssize_t)sizeof(*reply))
		reply->err.code =
			wg_error_set(&reply->err, -EIO, "the guardian process was killed");
}

int wg__guardian_start(struct wg__guardian *g, struct wg__daemon *d, const struct wg__duty *duty,
	int stop_fd, struct wg_error *err)
{
	struct reply reply = { .err = { 0 } };
	int fds[2];

	g->pid = 0;
	g->fd = -1;
	/* Packets: a struct arrives whole or not at all. */
	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		return wg_error_set(err, -EIO, "cannot make a socket: %s", strerror(errno));
	g->pid = fork();
	if (g->pid == 0)
		run_guardian(fds[1], d, duty);
	(void)close(fds[1]);
	g->fd = fds[0];
	if (g->pid < 0) {
		int code = errno;

		g->pid = 0;
		(void)close(g->fd);
		return wg_error_set(err, -EIO, "cannot fork: %s", strerror(code));
	}
	receive(g->fd, stop_fd, &reply);
	if (reply.err.code == 0) {
		if (duty->folder)
			memcpy(duty->folder, reply.err.text, strlen(duty->folder));
		if (duty->ports)
			memcpy(duty->ports, reply.ports, sizeof(reply.ports));
		return 0;
	}
	wg__guardian_finish(g, true);
	return wg_error_set(err, reply.err.code, "%s", reply.err.text);
}

void wg__guardian_ask_end(struct wg__guardian *g)
{
	const char ask = 'e';

	(void)!send(g->fd, &ask, 1, MSG_NOSIGNAL);
}

int wg__guardian_end(struct wg__guardian *g, struct wg__guardian_end *ret_end)
{
	ssize_t n;

	do
		n = recv(g->fd, ret_end, sizeof(*ret_end), 0);
	while (n < 0 && errno == EINTR);
	return n == (ssize_t)sizeof(*ret_end) ? 0 : -EIO;
}

void wg__guardian_say_hung(struct wg__guardian *g)
{
	if (g->pid > 0)
		(void)!send(g->fd, &hung_byte, 1, MSG_NOSIGNAL);
}

bool wg__guardian_finish(struct wg__guardian *g, bool is_session_gone)
{
	char byte;
	int status;

	if (g->pid <= 0)
		return is_session_gone;
	if (is_session_gone) {
		(void)!send(g->fd, &done_byte, 1, MSG_NOSIGNAL);
	} else {
		(void)shutdown(g->fd, SHUT_WR);
		while (recv(g->fd, &byte, 1, 0) == 1)
			is_session_gone = is_session_gone || byte == done_byte;
	}
	(void)close(g->fd);
	while (waitpid(g->pid, &status, 0) < 0 && errno == EINTR)
		;
	g->pid = 0;
	g->fd = -1;
	return is_session_gone;
}
