/*
 * probes_kernel.c: what recording in the kernel needs, in the order in which it would fail; then
 * one trial, since a system may refuse more than its files say.
 */
#include <inttypes.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "viz/doctor/look.h"

#define INIT_PID_NAMESPACE "pid:[4026531836]"

enum { CAP_SYS_ADMIN = 21, CAP_PERFMON = 38, CAP_BPF = 39 };

static void look_built(const struct wg_facts *facts, struct wg_finding *f)
{
	if (facts->has_kernel) {
		wg__found(f, WG_HEALTH_OK, "built in");
		return;
	}
	wg__found(f, WG_HEALTH_LACKS, "this wakegap was built without libbpf or clang");
	wg__fix(facts, f, false, "make deps && make clean all");
}

static void look_btf(const struct wg_facts *facts, struct wg_finding *f)
{
	if (wg__is_there(facts, "/sys/kernel/btf/vmlinux", R_OK)) {
		wg__found(f, WG_HEALTH_OK, "/sys/kernel/btf/vmlinux");
		return;
	}
	wg__found(f, WG_HEALTH_LACKS,
		"this kernel does not describe its types (no /sys/kernel/btf/vmlinux): boot one "
		"with CONFIG_DEBUG_INFO_BTF");
	if (wg__is_there(facts, "/sys/kernel", X_OK))
		wg__fix_by_package(facts, f,
			&(const struct wg__package){ "linux-image-amd64", "kernel", "linux" });
	else
		wg__fix(facts, f, true, "mount -t sysfs sysfs /sys");
}

static void look_rights(const struct wg_facts *facts, struct wg_finding *f)
{
	char line[64];
	uint64_t caps = 0;
	bool has_bpf, has_perfmon;

	if (wg__line(facts, "/proc/self/status", "CapEff:", line, sizeof(line)))
		caps = strtoull(line + strspn(line, "\t "), NULL, 16);
	has_bpf = caps >> CAP_BPF & 1 || caps >> CAP_SYS_ADMIN & 1;
	has_perfmon = caps >> CAP_PERFMON & 1 || caps >> CAP_SYS_ADMIN & 1;
	if (has_bpf && has_perfmon) {
		wg__found(f, WG_HEALTH_OK, "CAP_BPF and CAP_PERFMON");
		return;
	}
	wg__found(f, WG_HEALTH_LACKS, "%s without %s%s%s: `sudo wakegap record` has them",
		facts->uid ? "this user is" : "root is", has_bpf ? "" : "CAP_BPF",
		has_bpf || has_perfmon ? "" : " and ", has_perfmon ? "" : "CAP_PERFMON");
	if (facts->uid == 0) {
		wg__found(f, WG_HEALTH_LACKS, "root is without %s%s%s: a container takes them",
			has_bpf ? "" : "CAP_BPF", has_bpf || has_perfmon ? "" : " and ",
			has_perfmon ? "" : "CAP_PERFMON");
		wg__fix(facts, f, false, "docker run --cap-add BPF --cap-add PERFMON ...");
		return;
	}
	wg__fix(facts, f, true, "setcap cap_bpf,cap_perfmon=ep %s/wakegap", facts->self);
}

static void look_namespace(const struct wg_facts *facts, struct wg_finding *f)
{
	char path[PATH_MAX], name[64];
	ssize_t n = readlink(
		wg__below(facts, "/proc/self/ns/pid", path, sizeof(path)), name, sizeof(name) - 1);

	name[n < 0 ? 0 : n] = '\0';
	if (n < 0 || strcmp(name, INIT_PID_NAMESPACE) == 0) {
		wg__found(f, WG_HEALTH_OK, "processes have the machine's numbers");
		return;
	}
	wg__found(f, WG_HEALTH_LACKS,
		"in this container processes have numbers of their own: run wakegap outside it");
	wg__fix(facts, f, false, "docker run --pid=host ...");
}

static void look_trial(const struct wg_facts *facts, struct wg_finding *f)
{
	static void (*const before[])(const struct wg_facts *, struct wg_finding *) = { look_built,
		look_btf, look_rights, look_namespace };
	struct wg_error err = { 0 };
	size_t i;

	for (i = 0; i < sizeof(before) / sizeof(before[0]); i++) {
		struct wg_finding each = { .health = WG_HEALTH_OK };

		before[i](facts, &each);
		if (each.health != WG_HEALTH_OK)
			return; /* said there */
	}
	if (!facts->try_kernel)
		return;
	if (facts->try_kernel(&err) == 0)
		wg__found(f, WG_HEALTH_OK, "the kernel takes the program");
	else
		wg__found(f, WG_HEALTH_LACKS, "%s", err.text);
}

const struct wg_part wg__part_kernel = { "kernel",
	"record any program from outside, and who woke whom",
	"`wakegap record --with preload` for programs that you start, and `wakegap scan`",
	{ { "libbpf", look_built }, { "BTF", look_btf }, { "rights", look_rights },
		{ "processes", look_namespace }, { "trial", look_trial } } };
