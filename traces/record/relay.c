/*
 * relay.c: see relay.h.
 *
 * lttng-relayd needs its ports as numbers. So we let the kernel pick three, release them, and name
 * them. If somebody takes one in between, the daemon ends at once, and we try three others. By
 * default it listens on all interfaces; all three URLs say loopback.
 */
#include "traces/record/relay.h"

#include <arpa/inet.h>
#include <errno.h>
#include <limits.h>
#include <netinet/in.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/record/launch.h"
#include "traces/base/signals.h"

#define DAEMON "lttng-relayd"

#define TRIES	 5
#define START_MS 10000
#define STOP_MS	 5000
#define POLL_MS	 10

static struct sockaddr_in loopback(unsigned short port)
{
	return (struct sockaddr_in){ .sin_family = AF_INET,
		.sin_port = htons(port),
		.sin_addr = { htonl(INADDR_LOOPBACK) } };
}

/* Three ports that are free now: all are held until each is known, so that they differ. */
static int pick_ports(unsigned short *ports)
{
	int fds[WG__RELAY_PORTS], i, rc = 0;

	for (i = 0; i < WG__RELAY_PORTS; i++) {
		struct sockaddr_in at = loopback(0);
		socklen_t len = sizeof(at);

		fds[i] = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
		if (fds[i] < 0 || bind(fds[i], (struct sockaddr *)&at, len) < 0 ||
			getsockname(fds[i], (struct sockaddr *)&at, &len) < 0)
			rc = -errno;
		ports[i] = ntohs(at.sin_port);
	}
	for (i = 0; i < WG__RELAY_PORTS; i++) {
		if (fds[i] >= 0)
			(void)close(fds[i]);
	}
	return rc;
}

bool wg__relay_listens(unsigned short port)
{
	struct sockaddr_in at = loopback(port);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool answers = fd >= 0 && connect(fd, (struct sockaddr *)&at, sizeof(at)) == 0;

	if (fd >= 0)
		(void)close(fd);
	return answers;
}

static _Noreturn void exec_daemon(
	const char *path, const struct wg__relay *relay, const char *dir, pid_t parent)
{
	static const char *const options[WG__RELAY_PORTS] = { "control", "data", "live" };
	char args[WG__RELAY_PORTS][64], output[PATH_MAX + 16];
	int i;

	wg__launch_prepare();
	wg__end_with_parent(parent, SIGTERM);
	for (i = 0; i < WG__RELAY_PORTS; i++)
		(void)snprintf(args[i], sizeof(args[i]), "--%s-port=tcp://127.0.0.1:%u", options[i],
			relay->port[i]);
	(void)snprintf(output, sizeof(output), "--output=%s", dir);
	(void)execl(path, DAEMON, args[0], args[1], args[2], output, (char *)NULL);
	_exit(127);
}

static bool has_ended(struct wg__relay *relay)
{
	int status;

	if (relay->pid > 0 && waitpid(relay->pid, &status, WNOHANG) == relay->pid)
		relay->pid = 0;
	return relay->pid == 0;
}

static void end(struct wg__relay *relay)
{
	int64_t deadline = wg__now_ms() + STOP_MS;
	int status;

	if (relay->pid <= 0)
		return;
	(void)kill(relay->pid, SIGTERM);
	while (!has_ended(relay) && wg__now_ms() < deadline)
		wg__pause_ms(POLL_MS);
	if (relay->pid > 0) {
		(void)kill(relay->pid, SIGKILL);
		while (waitpid(relay->pid, &status, 0) < 0 && errno == EINTR)
			;
		relay->pid = 0;
	}
}

/* One attempt: 0, -EAGAIN if it ended at once, -ETIMEDOUT, or what fork says. */
static int try_ports(struct wg__relay *relay, const char *path, const char *dir)
{
	int64_t deadline = wg__now_ms() + START_MS;
	pid_t parent = getpid();
	int i = pick_ports(relay->port);

	if (i < 0)
		return i;
	relay->pid = fork();
	if (relay->pid == 0)
		exec_daemon(path, relay, dir, parent);
	if (relay->pid < 0) {
		relay->pid = 0;
		return -errno;
	}
	for (i = 0; i < WG__RELAY_PORTS;) {
		if (has_ended(relay))
			return -EAGAIN;
		if (wg__relay_listens(relay->port[i])) {
			i++;
			continue;
		}
		if (wg__now_ms() >= deadline) {
			end(relay);
			return -ETIMEDOUT;
		}
		wg__pause_ms(POLL_MS);
	}
	/* If somebody else answered at one of them, ours could not and has ended, or is about to;
	 * then attaching says so. */
	return has_ended(relay) ? -EAGAIN : 0;
}

int wg__relay_start(struct wg__relay *relay, struct wg_error *err)
{
	char path[PATH_MAX], *dir = NULL;
	int rc, tries;

	*relay = (struct wg__relay){ 0 };
	rc = wg__launch_find(DAEMON, "LTTNG_RELAYD_PATH", path, sizeof(path), err);
	if (rc < 0)
		return rc;
	rc = wg__scratch_folder(&relay->scratch, &dir);
	if (rc < 0)
		return wg_error_set(
			err, -EIO, "cannot make a folder in TMPDIR or /tmp: %s", strerror(-rc));
	rc = -EAGAIN;
	for (tries = 0; tries < TRIES && rc == -EAGAIN; tries++)
		rc = try_ports(relay, path, dir);
	free(dir);
	if (rc == 0)
		return 0;
	wg__relay_stop(relay);
	if (rc == -EAGAIN)
		return wg_error_set(err, -EIO,
			"cannot start %s: it ends at once: run `%s` to see why" WG_SEE_DOCTOR, path,
			path);
	return wg_error_set(err, -EIO, "cannot start %s: %s" WG_SEE_DOCTOR, path, strerror(-rc));
}

int wg__relay_check(struct wg__relay *relay, struct wg_error *err)
{
	return has_ended(relay) ? wg_error_set(err, -EIO, WG__RELAY_ENDED) : 0;
}

void wg__relay_stop(struct wg__relay *relay)
{
	end(relay);
	wg__scratch_fini(&relay->scratch);
}
