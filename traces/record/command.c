/*
 * command.c: see command.h.
 *
 *      what                               undone by                    when we are killed
 *      1 signals wait                     given back at the end of start()
 *      2 the lock (daemon.c)              left                         the guardian leaves it
 *      3 the guardian, with a relay       told, reaped                 the guardian stops it
 *        daemon and the session daemon
 *      4 the live session                 the guardian destroys it     likewise
 *      5 the command, held back           killed                       it ends, unrun
 *      6 the command runs                 it goes on                   it goes on
 *
 * The end of the command and the guardian's answer are two descriptors behind one epoll descriptor,
 * so that the screen's loop waits for one descriptor.
 */
#include "traces/record/command.h"

#include <errno.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "traces/record/ask.h"
#include "traces/record/child.h"
#include "traces/record/daemon.h"
#include "traces/record/guardian.h"
#include "traces/base/program.h"
#include "traces/record/relay.h"
#include "traces/record/session.h"
#include "traces/base/signals.h"

struct wg_command {
	const char *name; /* argv[0], borrowed */
	struct wg__signals signals;
	struct wg__daemon daemon;
	struct wg__guardian guardian;
	struct wg__child child;
	unsigned short ports[WG__RELAY_PORTS];
	struct wg__session session;
	char url[400];
	int epoll_fd, pid_fd;
	bool is_session_gone;
	bool is_alone; /* no session, no guardian */
	struct wg_command_status status;
};

static int find_command(const char *name, struct wg_error *err)
{
	const char *search = getenv("PATH");
	char path[PATH_MAX];
	int code = wg__program_find(name, search ? search : "/bin:/usr/bin", path, sizeof(path));

	return code == 0 ? 0 : wg__child_no_command(name, code, err);
}

static int watch(struct wg_command *c, int fd)
{
	struct epoll_event event = { .events = EPOLLIN, .data = { .fd = fd } };

	return epoll_ctl(c->epoll_fd, EPOLL_CTL_ADD, fd, &event) == 0 ? 0 : -errno;
}

/* The pidfd is readable when the command has ended; no SIGCHLD, no race, nothing to poll. */
static int watch_all(struct wg_command *c, struct wg_error *err)
{
	int rc = 0;

	c->epoll_fd = epoll_create1(EPOLL_CLOEXEC);
	c->pid_fd = (int)syscall(SYS_pidfd_open, c->child.pid, 0);
	if (c->epoll_fd < 0 || c->pid_fd < 0)
		rc = -errno;
	if (rc == 0)
		rc = watch(c, c->pid_fd);
	if (rc == 0 && !c->is_alone)
		rc = watch(c, c->guardian.fd);
	return rc == 0 ? 0 : wg_error_set(err, rc, "cannot watch the command: %s", strerror(-rc));
}

static void name_url(struct wg_command *c)
{
	char host[256] = "localhost";

	/* What the session daemon tells the relay daemon, too. */
	(void)gethostname(host, sizeof(host) - 1);
	(void)snprintf(c->url, sizeof(c->url), "net://127.0.0.1:%u/host/%s/%s",
		c->ports[WG__RELAY_LIVE], host, c->session.name);
}

static int set_up(struct wg_command *c, const struct wg_command_options *o, struct wg_error *err)
{
	struct wg__child_setup setup = { { o->stdio[0], o->stdio[1], o->stdio[2] }, true, NULL };
	const struct wg__duty duty = { .session = &c->session, .ports = c->ports };
	int code;

	c->session.stop_fd = c->signals.fd;
	code = wg__daemon_open(&c->daemon, c->signals.fd, err);
	if (code == 0)
		code = wg__guardian_start(&c->guardian, &c->daemon, &duty, c->signals.fd, err);
	if (code == 0 && !wg__signals_interrupted(&c->signals))
		code = wg__session_create_live(
			&c->session, c->ports[WG__RELAY_CONTROL], c->ports[WG__RELAY_DATA], err);
	if (code == 0 && !wg__signals_interrupted(&c->signals))
		code = wg__child_hold(&c->child, o->argv, &setup, &c->signals, err);
	if (code == 0 && c->child.pid > 0 && o->only_command)
		code = wg__session_only(&c->session, c->child.pid, err);
	if (code == 0 && c->child.pid > 0)
		code = wg__session_start(&c->session, err);
	if (code == 0 && c->child.pid > 0)
		code = watch_all(c, err);
	return code;
}

/* Another recorder looks at it. */
static int set_up_alone(
	struct wg_command *c, const struct wg_command_options *o, struct wg_error *err)
{
	const struct wg__child_setup setup = { { o->stdio[0], o->stdio[1], o->stdio[2] }, true,
		o->env };
	int code = 0;

	c->is_alone = c->is_session_gone = true;
	if (!wg__signals_interrupted(&c->signals))
		code = wg__child_hold(&c->child, o->argv, &setup, &c->signals, err);
	return code == 0 && c->child.pid > 0 ? watch_all(c, err) : code;
}

int wg_command_start(const struct wg_command_options *options, struct wg_command **ret_command,
	int *ret_signal, struct wg_error *err)
{
	struct wg_command *c = calloc(1, sizeof(*c));
	int code;

	*ret_signal = 0;
	if (!c)
		return wg_error_set(err, -ENOMEM, "out of memory");
	c->daemon.lock_fd = c->child.exec_fd = c->child.hold[0] = c->child.hold[1] = -1;
	c->epoll_fd = c->pid_fd = -1;
	c->name = options->argv[0];
	wg__session_init(&c->session);
	code = find_command(c->name, err);
	if (code == 0) {
		wg__signals_start(&c->signals);
		code = options->env ? set_up_alone(c, options, err) : set_up(c, options, err);
		wg__signals_stop(&c->signals);
		c->session.stop_fd = -1;
		*ret_signal = c->signals.first;
		if (*ret_signal && (code == 0 || code == -EINTR))
			code = wg_error_set(err, -EINTR, "interrupted");
	}
	if (code != 0) {
		wg_command_leave(c);
		return code;
	}
	if (!c->is_alone)
		name_url(c);
	c->status.pid = c->child.pid;
	*ret_command = c;
	return 0;
}

pid_t wg_command_pid(const struct wg_command *command)
{
	return command->status.pid;
}

const char *wg_command_url(const struct wg_command *command)
{
	return command->url;
}

int wg_command_release(struct wg_command *c, struct wg_error *err)
{
	int code = wg__child_release(&c->child, c->name, err);

	if (code == 0) {
		c->status.state = WG_COMMAND_RUNNING;
		c->status.is_running = true;
	}
	return code;
}

int wg_command_fd(const struct wg_command *command)
{
	return command->epoll_fd;
}

/* It has ended: nothing more comes, so the session may go, and with it the reader. */
static void take_end_of_command(struct wg_command *c)
{
	int exit_code = wg__child_status(&c->child);

	if (exit_code < 0)
		return;
	(void)epoll_ctl(c->epoll_fd, EPOLL_CTL_DEL, c->pid_fd, NULL);
	c->status.exit_code = exit_code;
	c->status.is_running = false;
	if (c->status.state == WG_COMMAND_ENDED)
		return; /* the guardian was killed before */
	c->status.state = c->is_alone ? WG_COMMAND_ENDED : WG_COMMAND_ENDING;
	if (!c->is_alone)
		wg__guardian_ask_end(&c->guardian);
}

static void take_end_of_session(struct wg_command *c)
{
	struct wg__guardian_end end = { .discarded = 0 };

	(void)epoll_ctl(c->epoll_fd, EPOLL_CTL_DEL, c->guardian.fd, NULL);
	c->is_session_gone = wg__guardian_end(&c->guardian, &end) == 0;
	if (!c->is_session_gone)
		(void)wg_error_set(&end.err, -EIO, "the guardian process was killed");
	c->status.state = WG_COMMAND_ENDED;
	c->status.discarded = end.discarded;
	c->status.err = end.err;
}

void wg_command_update(struct wg_command *c, struct wg_command_status *ret_status)
{
	struct epoll_event events[2];
	int n = epoll_wait(c->epoll_fd, events, 2, 0), i;

	for (i = 0; i < n; i++) {
		if (events[i].data.fd == c->pid_fd)
			take_end_of_command(c);
		else
			take_end_of_session(c);
	}
	*ret_status = c->status;
}

/* In this order: one that ends takes the next ones, or what they have, with it. */
void wg_command_why(const struct wg_command *c, struct wg_error *ret_why)
{
	struct wg__process sessiond, consumerd;

	if (c->status.err.code)
		*ret_why = c->status.err; /* the guardian */
	else if (!wg__find_sessiond(c->daemon.rundir, &sessiond))
		(void)wg_error_set(ret_why, -EPIPE, WG__SESSIOND_ENDED);
	else if (!wg__find_consumerd(sessiond.pid, &consumerd))
		(void)wg_error_set(ret_why, -EIO, WG__CONSUMERD_ENDED);
	else if (!wg__relay_listens(c->ports[WG__RELAY_LIVE]))
		(void)wg_error_set(ret_why, -EIO, WG__RELAY_ENDED);
	else
		(void)wg_error_set(ret_why, -EIO, WG__SESSION_DESTROYED);
}

static void close_fd(int fd)
{
	if (fd >= 0)
		(void)close(fd);
}

void wg_command_leave(struct wg_command *c)
{
	if (!c)
		return;
	/* Held: it never ran. Running: it is the user's program. */
	if (c->status.state == WG_COMMAND_HELD)
		wg__child_abandon(&c->child);
	/* If somebody killed the guardian, this does in its place what it did not do. */
	if (!wg__guardian_finish(&c->guardian, c->is_session_gone) && c->daemon.lock_fd >= 0)
		(void)wg__session_destroy(&c->session, WG__ASK_MS, NULL);
	wg__daemon_leave(&c->daemon);
	close_fd(c->epoll_fd);
	close_fd(c->pid_fd);
	free(c);
}
