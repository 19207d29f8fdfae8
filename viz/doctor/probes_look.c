/*
 * probes_look.c: what looking needs: at running programs, at traces, at logs of other tools; and
 * what the labs need.
 */
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "viz/doctor/look.h"

/* ---- scan ---- */

static void look_proc(const struct wg_facts *facts, struct wg_finding *f)
{
	if (wg__is_there(facts, "/proc/self/status", R_OK)) {
		wg__found(f, WG_HEALTH_OK, "mounted");
		return;
	}
	wg__found(f, WG_HEALTH_LACKS, "not mounted");
	wg__fix(facts, f, true, "mount -t proc proc /proc");
}

/* "proc /proc proc rw,hidepid=2 0 0": root sees all. */
static void look_hidepid(const struct wg_facts *facts, struct wg_finding *f)
{
	char line[512];
	const char *hides = NULL;

	if (wg__line(facts, "/proc/self/mounts", "proc /proc ", line, sizeof(line)))
		hides = strstr(line, "hidepid=");
	if (!hides || facts->uid == 0 || strncmp(hides, "hidepid=0", 9) == 0 ||
		strncmp(hides, "hidepid=off", 11) == 0) {
		wg__found(f, WG_HEALTH_OK, "%s",
			hides && facts->uid == 0 ? "set, and root sees all" : "not set");
		return;
	}
	wg__found(f, WG_HEALTH_LIMITED, "%.*s: only your own processes are seen",
		(int)strcspn(hides, ", "), hides);
	wg__fix(facts, f, true, "mount -o remount,hidepid=0 /proc");
}

static void look_yama(const struct wg_facts *facts, struct wg_finding *f)
{
	long scope = 0;

	if (!wg__number(facts, "/proc/sys/kernel/yama/ptrace_scope", &scope) || scope == 0 ||
		(facts->uid == 0 && scope < 3)) {
		wg__found(f, WG_HEALTH_OK, "kernel.yama.ptrace_scope is %ld%s", scope,
			scope ? ", and root may" : "");
		return;
	}
	wg__found(f, WG_HEALTH_LIMITED,
		"kernel.yama.ptrace_scope is %ld: wakes are counted, what a thread waits in is "
		"not seen",
		scope);
	if (scope < 3)
		wg__fix(facts, f, true, "sysctl kernel.yama.ptrace_scope=0");
	else
		wg__fix(facts, f, false,
			"reboot with another value in /etc/sysctl.d: 3 holds until then");
}

static void look_dw(const struct wg_facts *facts, struct wg_finding *f)
{
	if (facts->has_dw) {
		wg__found(f, WG_HEALTH_OK, "built in: call sites are exact");
		return;
	}
	wg__found(f, WG_HEALTH_LIMITED, "built without: call sites are likely ones");
	wg__fix(facts, f, false, "make deps && make clean all");
}

const struct wg_part wg__part_scan = { "scan", "which threads wake, and what for",
	"recording, and looking at traces",
	{ { "/proc", look_proc }, { "hidepid", look_hidepid }, { "yama", look_yama },
		{ "libdw", look_dw } } };

/* ---- traces ---- */

static void look_ctf(const struct wg_facts *facts, struct wg_finding *f)
{
	static const char *const places[] = {
		"/usr/lib*/*/babeltrace2/plugins/babeltrace-plugin-ctf.so",
		"/usr/lib*/babeltrace2/plugins/babeltrace-plugin-ctf.so",
		"/usr/local/lib*/babeltrace2/plugins/babeltrace-plugin-ctf.so", NULL
	};
	char path[PATH_MAX];

	if (wg__is_any(facts, places, path, sizeof(path))) {
		wg__found(f, WG_HEALTH_OK, "%s", path);
		return;
	}
	wg__found(f, WG_HEALTH_LACKS, "its plugin for CTF is not installed");
	wg__fix_by_package(facts, f,
		&(const struct wg__package){ "libbabeltrace2-0", "libbabeltrace2", "babeltrace2" });
}

static void look_babeltrace(const struct wg_facts *facts, struct wg_finding *f)
{
	char path[PATH_MAX];

	if (wg__program(facts, "babeltrace2", path, sizeof(path))) {
		wg__found(f, WG_HEALTH_OK, "%s", path);
		return;
	}
	wg__found(f, WG_HEALTH_LIMITED, "the command is not installed: wakegap does without");
	wg__fix_by_package(facts, f,
		&(const struct wg__package){ "babeltrace2", "babeltrace2", "babeltrace2" });
}

const struct wg_part wg__part_read = { "read", "view, stats, check and export traces",
	"`wakegap scan`, and recording",
	{ { "libbabeltrace2", look_ctf }, { "babeltrace2", look_babeltrace } } };

/* ---- logs ---- */

static void look_strace(const struct wg_facts *facts, struct wg_finding *f)
{
	char path[PATH_MAX];

	if (wg__program(facts, "strace", path, sizeof(path))) {
		wg__found(f, WG_HEALTH_OK, "%s", path);
		return;
	}
	wg__found(f, WG_HEALTH_LIMITED, "not installed: a log of another machine will do");
	wg__fix_by_package(facts, f, &(const struct wg__package){ "strace", "strace", "strace" });
}

static void look_perf(const struct wg_facts *facts, struct wg_finding *f)
{
	char path[PATH_MAX];

	if (wg__program(facts, "perf", path, sizeof(path))) {
		wg__found(f, WG_HEALTH_OK, "%s", path);
		return;
	}
	wg__found(f, WG_HEALTH_LIMITED, "not installed: a log of another machine will do");
	wg__fix_by_package(facts, f, &(const struct wg__package){ "linux-perf", "perf", "perf" });
}

static void look_tracefs(const struct wg_facts *facts, struct wg_finding *f)
{
	if (wg__is_there(facts, "/sys/kernel/tracing/events/sched", R_OK) ||
		wg__is_there(facts, "/sys/kernel/debug/tracing/events/sched", R_OK)) {
		wg__found(f, WG_HEALTH_OK, "events of the scheduler can be read");
		return;
	}
	wg__found(f, WG_HEALTH_LIMITED, "perf does not see events of the scheduler");
	if (wg__is_there(facts, "/sys/kernel/tracing/events", F_OK) ||
		(facts->uid != 0 && wg__is_there(facts, "/sys/kernel/tracing", F_OK) &&
			!wg__is_there(facts, "/sys/kernel/tracing", R_OK)))
		wg__fix(facts, f, true, "mount -o remount,mode=755 /sys/kernel/tracing");
	else
		wg__fix(facts, f, true, "mount -t tracefs tracefs /sys/kernel/tracing");
}

static void look_paranoid(const struct wg_facts *facts, struct wg_finding *f)
{
	long level = -1;

	(void)wg__number(facts, "/proc/sys/kernel/perf_event_paranoid", &level);
	if (facts->uid == 0 || level < 0) {
		wg__found(f, WG_HEALTH_OK, "kernel.perf_event_paranoid is %ld%s", level,
			level < 0 ? "" : ", and root may");
		return;
	}
	wg__found(f, WG_HEALTH_LIMITED,
		"kernel.perf_event_paranoid is %ld: only root's perf sees who woke whom", level);
	wg__fix(facts, f, true, "sysctl kernel.perf_event_paranoid=-1");
}

const struct wg_part wg__part_import = { "import", "logs of strace and perf made here", "",
	{ { "strace", look_strace }, { "perf", look_perf }, { "tracefs", look_tracefs },
		{ "perf_event_paranoid", look_paranoid } } };

/* ---- labs ---- */

static void look_lab(const struct wg_facts *facts, struct wg_finding *f)
{
	static const char *const names[] = { "wakegap-lab", "wakegap-explore", "wakegap-real" };
	char path[PATH_MAX];
	size_t i;

	for (i = 0; i < 3; i++) {
		if (!wg__ours(facts, names[i], path, sizeof(path))) {
			wg__found(f, WG_HEALTH_LACKS, "%s is not installed", names[i]);
			wg__fix(facts, f, false, "make install");
			return;
		}
	}
	wg__found(f, WG_HEALTH_OK, "wakegap-lab and what it starts");
}

static void look_cc(const struct wg_facts *facts, struct wg_finding *f)
{
	const char *cc = facts->cc + strspn(facts->cc, " \t");
	char name[PATH_MAX], path[PATH_MAX];

	(void)snprintf(name, sizeof(name), "%.*s", (int)strcspn(cc, " \t"), cc);
	if (wg__program(facts, name, path, sizeof(path))) {
		wg__found(f, WG_HEALTH_OK, "%s", path);
		return;
	}
	wg__found(f, WG_HEALTH_LACKS, "no compiler '%.100s'", name);
	if (strcmp(name, "cc") != 0 && wg__program(facts, "cc", path, sizeof(path)))
		wg__fix(facts, f, false, "unset CC");
	else
		wg__fix_by_package(facts, f, &(const struct wg__package){ "gcc", "gcc", "gcc" });
}

static void look_headers(const struct wg_facts *facts, struct wg_finding *f)
{
	if (wg__is_there(facts, "/usr/include/stdio.h", R_OK)) {
		wg__found(f, WG_HEALTH_OK, "/usr/include");
		return;
	}
	wg__found(f, WG_HEALTH_LACKS, "no headers of the C library");
	wg__fix_by_package(
		facts, f, &(const struct wg__package){ "libc6-dev", "glibc-devel", "glibc" });
}

static void look_box(const struct wg_facts *facts, struct wg_finding *f)
{
	char path[PATH_MAX];
	long allowed = 1, most = 1;

	(void)wg__number(facts, "/proc/sys/kernel/unprivileged_userns_clone", &allowed);
	(void)wg__number(facts, "/proc/sys/user/max_user_namespaces", &most);
	if (!wg__program(facts, "bwrap", path, sizeof(path))) {
		wg__found(f, WG_HEALTH_LIMITED,
			"not installed: what a lab's file reads and connects to is not fenced");
		wg__fix_by_package(facts, f,
			&(const struct wg__package){ "bubblewrap", "bubblewrap", "bubblewrap" });
	} else if (facts->uid && (allowed == 0 || most == 0)) {
		wg__found(f, WG_HEALTH_LIMITED, "the kernel gives no namespaces to users");
		wg__fix(facts, f, true, "sysctl %s",
			allowed == 0 ? "kernel.unprivileged_userns_clone=1"
				     : "user.max_user_namespaces=10000");
	} else {
		wg__found(f, WG_HEALTH_OK, "%s", path);
	}
}

const struct wg_part wg__part_labs = { "labs", "exercises, judged in every schedule",
	"all but `wakegap lab`",
	{ { "programs", look_lab }, { "compiler", look_cc }, { "headers", look_headers },
		{ "bubblewrap", look_box } } };
