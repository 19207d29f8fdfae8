/*
 * probes_record.c: what recording needs: workloads, LTTng, the preload library, the kernel.
 */
#include <glob.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "viz/doctor/look.h"

#define MIB (INT64_C(1) << 20)

static const struct wg__package lttng_tools = { "lttng-tools", "lttng-tools", "lttng-tools" };

static void look_for_ours(const struct wg_facts *facts, const char *name, struct wg_finding *f)
{
	char path[PATH_MAX];

	if (wg__ours(facts, name, path, sizeof(path))) {
		wg__found(f, WG_HEALTH_OK, "%s", path);
		return;
	}
	wg__found(f, WG_HEALTH_LACKS, "not beside wakegap, nor in ../libexec/wakegap");
	wg__fix(facts, f, false, "make install");
}

static void look_for_program(const struct wg_facts *facts, const char *name, enum wg_health without,
	const char *why, const struct wg__package *package, struct wg_finding *f)
{
	char path[PATH_MAX];

	if (wg__program(facts, name, path, sizeof(path))) {
		wg__found(f, WG_HEALTH_OK, "%s", path);
		return;
	}
	wg__found(f, without, "not installed%s%s", *why ? ": " : "", why);
	wg__fix_by_package(facts, f, package);
}

/* ---- workloads ---- */

static void look_workload(const struct wg_facts *facts, struct wg_finding *f)
{
	look_for_ours(facts, "wakegap-workload", f);
}

static void look_node(const struct wg_facts *facts, struct wg_finding *f)
{
	look_for_program(facts, "node", WG_HEALTH_LIMITED, "`--wait node` has no row",
		&(const struct wg__package){ "nodejs", "nodejs", "nodejs" }, f);
}

static void look_uring(const struct wg_facts *facts, struct wg_finding *f)
{
	long disabled;

	if (!wg__number(facts, "/proc/sys/kernel/io_uring_disabled", &disabled) || disabled == 0) {
		wg__found(f, WG_HEALTH_OK, "the system does not forbid it");
		return;
	}
	if (disabled == 1 && facts->uid == 0) {
		wg__found(f, WG_HEALTH_OK, "root may");
		return;
	}
	wg__found(f, WG_HEALTH_LIMITED, "forbidden: the strategy `uring` is skipped");
	wg__fix(facts, f, true, "sysctl kernel.io_uring_disabled=0");
}

const struct wg_part wg__part_run = {
	"run", "workloads, once per wait strategy", "record, scan and view other programs",
	{ { "wakegap-workload", look_workload }, { "io_uring", look_uring }, { "node", look_node } }
};

/* ---- LTTng ---- */

static void look_sessiond(const struct wg_facts *facts, struct wg_finding *f)
{
	look_for_program(facts, "lttng-sessiond", WG_HEALTH_LACKS, "", &lttng_tools, f);
}

static void look_consumerd(const struct wg_facts *facts, struct wg_finding *f)
{
	static const char *const places[] = { "/usr/lib*/*/lttng/libexec/lttng-consumerd",
		"/usr/lib*/lttng/libexec/lttng-consumerd",
		"/usr/local/lib*/lttng/libexec/lttng-consumerd",
		"/usr/libexec/lttng*/lttng-consumerd", NULL };
	char path[PATH_MAX];

	if (wg__is_any(facts, places, path, sizeof(path))) {
		wg__found(f, WG_HEALTH_OK, "%s", path);
		return;
	}
	wg__found(f, WG_HEALTH_LACKS, "the session daemon has none to start");
	wg__fix_by_package(facts, f, &lttng_tools);
}

static void look_relayd(const struct wg_facts *facts, struct wg_finding *f)
{
	look_for_program(facts, "lttng-relayd", WG_HEALTH_LIMITED, "`wakegap live` needs it",
		&lttng_tools, f);
}

/* The buffers of LTTng and of the preload library are there. */
static void look_shm(const struct wg_facts *facts, struct wg_finding *f)
{
	char path[PATH_MAX];
	struct statvfs fs;
	int64_t free_bytes;

	if (statvfs(wg__below(facts, "/dev/shm", path, sizeof(path)), &fs) != 0) {
		wg__found(f, WG_HEALTH_LACKS, "not there: buffers have no memory to share");
		wg__fix(facts, f, true, "mount -t tmpfs -o size=256m --mkdir tmpfs /dev/shm");
		return;
	}
	free_bytes = (int64_t)fs.f_bavail * (int64_t)fs.f_frsize;
	if (access(path, W_OK) != 0) {
		wg__found(f, WG_HEALTH_LACKS, "this user cannot write to it");
		wg__fix(facts, f, true, "chmod 1777 /dev/shm");
	} else if (free_bytes < 8 * MIB) {
		wg__found(f, WG_HEALTH_LACKS, "%lld KiB are free, and buffers need more",
			(long long)(free_bytes / 1024));
		wg__fix(facts, f, true, "mount -o remount,size=256m /dev/shm");
	} else if (free_bytes < 64 * MIB) {
		wg__found(f, WG_HEALTH_LIMITED, "%lld MiB are free: buffers are small",
			(long long)(free_bytes / MIB));
		wg__fix(facts, f, true, "mount -o remount,size=256m /dev/shm");
	} else {
		wg__found(f, WG_HEALTH_OK, "%lld MiB are free", (long long)(free_bytes / MIB));
	}
}

static bool is_in_group(const char *line, const char *user)
{
	const char *members = strrchr(line, ':');
	size_t len = strlen(user);

	for (members = members ? members + 1 : ""; *members;) {
		size_t part = strcspn(members, ",");

		if (part == len && strncmp(members, user, len) == 0)
			return true;
		members += part + (members[part] == ',');
	}
	return false;
}

static void look_group(const struct wg_facts *facts, struct wg_finding *f)
{
	char line[1024];
	bool has_root_daemon = wg__is_there(facts, "/var/run/lttng/client-lttng-sessiond", F_OK) ||
			       wg__is_there(facts, "/run/lttng/client-lttng-sessiond", F_OK);

	if (facts->uid == 0 || !has_root_daemon) {
		wg__found(f, WG_HEALTH_OK, "not needed: %s",
			facts->uid == 0 ? "this is root"
					: "each user has a session daemon of their own");
		return;
	}
	if (wg__line(facts, "/etc/group", "tracing:", line, sizeof(line)) &&
		is_in_group(line, facts->user)) {
		wg__found(f, WG_HEALTH_OK, "%s is a member: root's daemon is used", facts->user);
		return;
	}
	wg__found(f, WG_HEALTH_LIMITED,
		"root has a session daemon, and %s may not use it: your own is used",
		*facts->user ? facts->user : "this user");
	wg__fix(facts, f, true, "usermod -aG tracing %s", *facts->user ? facts->user : "USER");
}

static void look_home(const struct wg_facts *facts, struct wg_finding *f)
{
	if (facts->uid == 0)
		wg__found(f, WG_HEALTH_OK, "/var/run/lttng, for root");
	else if (facts->home && *facts->home && access(facts->home, W_OK | X_OK) == 0)
		wg__found(f, WG_HEALTH_OK, "%s/.lttng", facts->home);
	else
		wg__found(f, WG_HEALTH_OK, "/tmp/wakegap-lttng-%ld: %s cannot be written",
			(long)facts->uid,
			facts->home && *facts->home ? facts->home : "HOME is not set, and");
}

const struct wg_part wg__part_lttng = { "lttng", "record the events that a program emits",
	"`wakegap record --with preload`, `wakegap scan`, and looking at traces",
	{ { "lttng-sessiond", look_sessiond }, { "lttng-consumerd", look_consumerd },
		{ "lttng-relayd", look_relayd }, { "/dev/shm", look_shm },
		{ "group tracing", look_group }, { "sockets", look_home } } };

/* ---- the preload library ---- */

static void look_library(const struct wg_facts *facts, struct wg_finding *f)
{
	look_for_ours(facts, "libwakegap-preload.so", f);
}

const struct wg_part wg__part_preload = { "preload", "record what threads of any program wait in",
	"`wakegap scan` shows the same from outside, without a trace",
	{ { "libwakegap-preload.so", look_library }, { "/dev/shm", look_shm } } };
