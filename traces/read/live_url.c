/*
 * live_url.c: wg_live_check() of live.h: the address of a session, and the sessions that there are.
 *
 * If a session does not exist, lttng-live waits for it or ends without a message. So we ask the
 * relay daemon for its sessions first; libbabeltrace2 has a query for that. Nothing interrupts the
 * query, so a child makes it, which can be killed when the time is over.
 */
#include "traces/read/live.h"

#include <babeltrace2/babeltrace.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/read/graph.h"

#define FORM	 "net://HOST[:PORT]/host/NAME/SESSION"
#define SLICE_MS 50

struct live_url {
	char relay[300];   /* net://HOST:PORT */
	char host[256];	   /* NAME */
	char session[256]; /* SESSION */
};

/* 0, or -EINVAL with a line. */
static int parse(const char *url, struct live_url *ret, struct wg_error *err)
{
	struct live_url u = { "", "", "" };
	int used = 0;
	char at[256], slash;

	/* The relay daemon alone: the sessions that it has are named. */
	if (strncmp(url, "net://", strlen("net://")) == 0 &&
		sscanf(url, "net://%255[^/]%c%n", at, &slash, &used) >= 1 &&
		strlen(url) == strlen("net://") + strlen(at) + (used > 0)) {
		(void)snprintf(u.relay, sizeof(u.relay), "net://%s", at);
		*ret = u;
		return 0;
	}
	if (sscanf(url, "net://%255[^/]/host/%255[^/]/%255[^/]%n", at, u.host, u.session, &used) !=
			3 ||
		url[used] != '\0')
		return wg_error_set(err, -EINVAL, "'%s' is not a live session: " FORM, url);
	(void)snprintf(u.relay, sizeof(u.relay), "net://%s", at);
	*ret = u;
	return 0;
}

/* The array of sessions that the relay daemon has; the caller's reference. */
static int list_sessions(const char *relay, const bt_value **ret_list)
{
	const bt_plugin *plugin = wg__graph_plugin("ctf");
	const bt_component_class_source *class =
		plugin ? bt_plugin_borrow_source_component_class_by_name_const(plugin, "lttng-live")
		       : NULL;
	bt_value *params = class ? bt_value_map_create() : NULL;
	bt_query_executor *query = NULL;
	int rc = class ? -EIO : -ENOSYS;

	if (params && bt_value_map_insert_string_entry(params, "url", relay) ==
			      BT_VALUE_MAP_INSERT_ENTRY_STATUS_OK)
		query = bt_query_executor_create(
			bt_component_class_source_as_component_class_const(class), "sessions",
			params);
	if (query && bt_query_executor_query(query, ret_list) == BT_QUERY_EXECUTOR_QUERY_STATUS_OK)
		rc = 0;
	bt_query_executor_put_ref(query);
	bt_value_put_ref(params);
	bt_plugin_put_ref(plugin);
	return rc;
}

static const char *text_of(const bt_value *session, const char *key)
{
	const bt_value *value = bt_value_map_borrow_entry_value_const(session, key);

	return value && bt_value_is_string(value) ? bt_value_string_get(value) : "";
}

static int64_t number_of(const bt_value *session, const char *key)
{
	const bt_value *value = bt_value_map_borrow_entry_value_const(session, key);

	if (value && bt_value_is_unsigned_integer(value))
		return (int64_t)bt_value_integer_unsigned_get(value);
	return value && bt_value_is_signed_integer(value) ? bt_value_integer_signed_get(value) : 0;
}

static int find_session(
	const bt_value *list, const struct live_url *u, const char *url, struct wg_error *err)
{
	char others[200] = "";
	uint64_t i;

	for (i = 0; i < bt_value_array_get_length(list); i++) {
		const bt_value *session = bt_value_array_borrow_element_by_index_const(list, i);
		const char *name = text_of(session, "session-name");
		const char *host = text_of(session, "target-hostname");
		size_t used = strlen(others);

		if (strcmp(name, u->session) != 0 || strcmp(host, u->host) != 0) {
			(void)snprintf(others + used, sizeof(others) - used, "%s%s/%s",
				used ? ", " : "", host, name);
			continue;
		}
		if (number_of(session, "client-count") > 0)
			return wg_error_set(err, -EBUSY,
				"another reader is attached to '%s' already; a session allows only "
				"one",
				url);
		return 0;
	}
	/* NOLINTNEXTLINE(clang-analyzer-core.uninitialized.Branch): parse() begins with "" */
	if (!*u->session)
		return wg_error_set(err, -ENOENT, "which session of %s? It has %s: " FORM, u->relay,
			others[0] ? others : "none");
	return wg_error_set(err, -ENOENT, "there is no session '%s' of host '%s' at %s: it has %s",
		u->session, u->host, u->relay, others[0] ? others : "none");
}

static int ask(const char *url, const struct live_url *u, struct wg_error *err)
{
	const bt_value *list = NULL;
	char cause[320];
	int rc;

	bt_logging_set_global_level(BT_LOGGING_LEVEL_NONE);
	rc = list_sessions(u->relay, &list);
	if (rc < 0) {
		wg__graph_error(cause, sizeof(cause));
		if (rc == -ENOSYS)
			return wg_error_set(err, rc,
				"babeltrace2's plugin ctf was not found; install its package "
				"(libbabeltrace2-0 on Debian)");
		return wg_error_set(err, -ECONNREFUSED,
			"no relay daemon answers at %s%s%.200s (other hosts see it only if it was "
			"started with --live-port=tcp://0.0.0.0:5344)",
			u->relay, cause[0] ? ": " : "", cause);
	}
	rc = find_session(list, u, url, err);
	bt_value_put_ref(list);
	return rc;
}

/* ---- in a child ---- */

static void answer(int fd, pid_t parent, const char *url, const struct live_url *u)
{
	struct wg_error err = { 0, "" };

	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() == parent) {
		(void)ask(url, u, &err);
		(void)!write(fd, &err, sizeof(err));
	}
	_exit(0);
}

/* Until the child has answered, the time is over or it is stopped; whether it has. */
static bool has_answer(int fd, int timeout_ms, wg_live_stopped_fn is_stopped, void *user)
{
	struct pollfd fds = { .fd = fd, .events = POLLIN };
	int slice;

	for (; timeout_ms > 0 && !(is_stopped && is_stopped(user)); timeout_ms -= slice) {
		slice = is_stopped && timeout_ms > SLICE_MS ? SLICE_MS : timeout_ms;
		if (poll(&fds, 1, slice) > 0)
			return true;
	}
	return false;
}

static int ask_child(const char *url, const struct live_url *u, int timeout_ms,
	wg_live_stopped_fn is_stopped, void *user, struct wg_error *err)
{
	struct wg_error said = { 0, "" };
	pid_t parent = getpid(), pid;
	bool has_said;
	int fd[2];

	if (pipe2(fd, O_CLOEXEC) < 0)
		return wg_error_set(err, -errno, "cannot ask a relay daemon: %s", strerror(errno));
	pid = fork();
	if (pid == 0)
		answer(fd[1], parent, url, u);
	(void)close(fd[1]);
	if (pid < 0) {
		int rc = -errno;

		(void)close(fd[0]);
		return wg_error_set(err, rc, "cannot ask a relay daemon: %s", strerror(-rc));
	}
	has_said = has_answer(fd[0], timeout_ms, is_stopped, user);
	if (!has_said || read(fd[0], &said, sizeof(said)) != sizeof(said))
		(void)wg_error_set(&said, has_said ? -ECONNREFUSED : -ETIMEDOUT,
			has_said ? "no relay daemon answers at %s"
				 : "the relay daemon at %s does not answer",
			u->relay);
	(void)kill(pid, SIGKILL);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	(void)close(fd[0]);
	return said.code ? wg_error_set(err, said.code, "%s", said.text) : 0;
}

int wg_live_check(const char *url, int timeout_ms, wg_live_stopped_fn is_stopped, void *user,
	struct wg_error *err)
{
	struct live_url u;
	int rc = parse(url, &u, err);

	return rc < 0 ? rc : ask_child(url, &u, timeout_ms, is_stopped, user, err);
}
