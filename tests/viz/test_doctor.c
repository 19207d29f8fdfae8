/*
 * test_doctor.c: `wakegap doctor` on machines that are made up here: one that has everything, and
 * one for each thing that may be lacking. Each must be named, with the command that fixes it.
 */
#include <jansson.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "viz/doctor/doctor.h"

static char root[256];

static void in_root(const char *script)
{
	static char all[4096];

	(void)snprintf(all, sizeof(all), "cd '%s' && %s", root, script);
	CU_ASSERT_EQUAL_FATAL(wg_run(NULL, NULL, (const char *[]){ "sh", "-ec", all, NULL }), 0);
}

/* A machine that has everything, for an ordinary user; $0 is what each program does. */
static const char whole[] =
	"rm -rf ./*; mkdir -p usr/bin usr/include usr/lib/x/lttng/libexec dev/shm etc home "
	"run/lttng "
	"usr/lib/x/babeltrace2/plugins proc/self/ns proc/sys/kernel/yama proc/sys/user "
	"sys/kernel/btf sys/kernel/tracing/events/sched; "
	"for p in lttng-sessiond lttng-relayd babeltrace2 cc bwrap strace perf node; do "
	"printf '#!/bin/sh\\n' >usr/bin/$p; chmod 755 usr/bin/$p; done; "
	"touch usr/include/stdio.h usr/lib/x/lttng/libexec/lttng-consumerd sys/kernel/btf/vmlinux "
	"usr/lib/x/babeltrace2/plugins/babeltrace-plugin-ctf.so; "
	"printf 'Name:\\tx\\nCapEff:\\t000001ffffffffff\\n' >proc/self/status; "
	"ln -s 'pid:[4026531836]' proc/self/ns/pid; "
	"echo 'proc /proc proc rw,nosuid 0 0' >proc/self/mounts; "
	"echo 0 >proc/sys/kernel/yama/ptrace_scope; echo -1 >proc/sys/kernel/perf_event_paranoid; "
	"echo 1 >proc/sys/kernel/unprivileged_userns_clone; "
	"echo 999 >proc/sys/user/max_user_namespaces; echo 0 >proc/sys/kernel/io_uring_disabled; "
	"printf 'root:x:0:\\ntracing:x:99:ann,bob\\n' >etc/group";

static int kernel_says_yes(struct wg_error *err)
{
	(void)err;
	return 0;
}

static int kernel_says_no(struct wg_error *err)
{
	return wg_error_set(err, -1, "the kernel is locked");
}

static struct wg_facts a_user(void)
{
	static char home[300], build[PATH_MAX];

	(void)snprintf(home, sizeof(home), "%s/home", root);
	CU_ASSERT_PTR_NOT_NULL_FATAL(realpath(wg_build_path("."), build));
	return (struct wg_facts){ .root = root,
		.self = build,
		.path = "/usr/bin:relative::",
		.home = home,
		.cc = "cc -O2",
		.user = "bob",
		.uid = 1000,
		.has_kernel = true,
		.has_dw = true,
		.try_kernel = kernel_says_yes };
}

static const struct wg_part *part_of(const char *name)
{
	size_t i;

	for (i = 0; wg_part_at(i) && strcmp(wg_part_at(i)->name, name) != 0; i++)
		;
	CU_ASSERT_PTR_NOT_NULL_FATAL(wg_part_at(i));
	return wg_part_at(i);
}

static void check(const struct wg_facts *facts, const char *part, const char *item,
	enum wg_health health, const char *says, const char *fix)
{
	const struct wg_part *p = part_of(part);
	struct wg_diagnosis d;
	size_t i;

	wg_part_look(p, facts, &d);
	for (i = 0; i < d.count && strcmp(p->probe[i].name, item) != 0; i++)
		;
	CU_ASSERT_FATAL(i < d.count);
	if (d.finding[i].health != health || !wg_has(d.finding[i].says, says) ||
		strcmp(d.finding[i].fix, fix) != 0)
		printf("# %s, %s: %d '%s', fix '%s'\n", part, item, d.finding[i].health,
			d.finding[i].says, d.finding[i].fix);
	CU_ASSERT_EQUAL(d.finding[i].health, health);
	CU_ASSERT_EQUAL(d.health, health);
	CU_ASSERT(wg_has(d.finding[i].says, says));
	CU_ASSERT_STRING_EQUAL(d.finding[i].fix, fix);
}

static void where_all_is_there_all_works(void)
{
	struct wg_facts facts;
	struct wg_diagnosis d;
	size_t i, k;

	(void)snprintf(root, sizeof(root), "%s", wg_tmpdir());
	in_root(whole);
	facts = a_user();
	for (i = 0; wg_part_at(i); i++) {
		wg_part_look(wg_part_at(i), &facts, &d);
		for (k = 0; k < d.count; k++) {
			if (d.finding[k].health != WG_HEALTH_OK || d.finding[k].fix[0])
				printf("# %s: %s\n", wg_part_at(i)->probe[k].name,
					d.finding[k].says);
			CU_ASSERT_EQUAL(d.finding[k].health, WG_HEALTH_OK);
			CU_ASSERT_STRING_EQUAL(d.finding[k].fix, "");
		}
	}
}

/* What is taken away, and what is said then. */
static const struct {
	const char *take, *part, *item;
	enum wg_health health;
	const char *says, *fix;
} lacks[] = {
	{ "rm usr/bin/lttng-sessiond", "lttng", "lttng-sessiond", WG_HEALTH_LACKS, "not installed",
		"sudo apt install lttng-tools" },
	{ "rm usr/bin/lttng-sessiond; mkdir usr/bin/lttng-sessiond", "lttng", "lttng-sessiond",
		WG_HEALTH_LACKS, "not installed", "sudo apt install lttng-tools" },
	{ "rm usr/bin/lttng-sessiond; cp usr/bin/cc usr/bin/dnf", "lttng", "lttng-sessiond",
		WG_HEALTH_LACKS, "not installed", "sudo dnf install lttng-tools" },
	{ "rm usr/bin/lttng-sessiond; cp usr/bin/cc usr/bin/pacman", "lttng", "lttng-sessiond",
		WG_HEALTH_LACKS, "not installed", "sudo pacman -S lttng-tools" },
	{ "rm usr/lib/x/lttng/libexec/lttng-consumerd", "lttng", "lttng-consumerd", WG_HEALTH_LACKS,
		"none to start", "sudo apt install lttng-tools" },
	{ "rm usr/bin/lttng-relayd", "lttng", "lttng-relayd", WG_HEALTH_LIMITED, "wakegap live",
		"sudo apt install lttng-tools" },
	{ "rmdir dev/shm", "lttng", "/dev/shm", WG_HEALTH_LACKS, "not there",
		"sudo mount -t tmpfs -o size=256m --mkdir tmpfs /dev/shm" },
	{ "rmdir dev/shm", "preload", "/dev/shm", WG_HEALTH_LACKS, "not there",
		"sudo mount -t tmpfs -o size=256m --mkdir tmpfs /dev/shm" },
	{ "touch run/lttng/client-lttng-sessiond; echo tracing:x:99:ann,bobby >etc/group", "lttng",
		"group tracing", WG_HEALTH_LIMITED, "bob may not", "sudo usermod -aG tracing bob" },
	{ "touch run/lttng/client-lttng-sessiond; rm etc/group", "lttng", "group tracing",
		WG_HEALTH_LIMITED, "bob may not", "sudo usermod -aG tracing bob" },
	{ "touch run/lttng/client-lttng-sessiond", "lttng", "group tracing", WG_HEALTH_OK,
		"root's daemon is used", "" },
	{ "rmdir home", "lttng", "sockets", WG_HEALTH_OK, "/tmp/wakegap-lttng-1000", "" },
	{ "rm sys/kernel/btf/vmlinux", "kernel", "BTF", WG_HEALTH_LACKS, "CONFIG_DEBUG_INFO_BTF",
		"sudo apt install linux-image-amd64" },
	{ "rm -r sys/kernel", "kernel", "BTF", WG_HEALTH_LACKS, "btf/vmlinux",
		"sudo mount -t sysfs sysfs /sys" },
	{ "printf 'CapEff:\\t0000008000000000\\n' >proc/self/status", "kernel", "rights",
		WG_HEALTH_LACKS, "without CAP_PERFMON", NULL },
	{ "printf 'CapEff:\\t0000004000000000\\n' >proc/self/status", "kernel", "rights",
		WG_HEALTH_LACKS, "without CAP_BPF:", NULL },
	{ "printf 'CapEff:\\t0000000000000000\\n' >proc/self/status", "kernel", "rights",
		WG_HEALTH_LACKS, "without CAP_BPF and CAP_PERFMON", NULL },
	{ "printf 'CapEff:\\t0000000000200000\\n' >proc/self/status", "kernel", "rights",
		WG_HEALTH_OK, "CAP_BPF", "" },
	{ "ln -sfn 'pid:[4026532000]' proc/self/ns/pid", "kernel", "processes", WG_HEALTH_LACKS,
		"outside it", "docker run --pid=host ..." },
	{ "rm proc/self/status", "scan", "/proc", WG_HEALTH_LACKS, "not mounted",
		"sudo mount -t proc proc /proc" },
	{ "echo 'proc /proc proc rw,hidepid=2 0 0' >proc/self/mounts", "scan", "hidepid",
		WG_HEALTH_LIMITED, "hidepid=2:", "sudo mount -o remount,hidepid=0 /proc" },
	{ "echo 'proc /proc proc rw,hidepid=invisible,gid=3 0 0' >proc/self/mounts", "scan",
		"hidepid", WG_HEALTH_LIMITED,
		"hidepid=invisible:", "sudo mount -o remount,hidepid=0 /proc" },
	{ "echo 'proc /proc proc rw,hidepid=off 0 0' >proc/self/mounts", "scan", "hidepid",
		WG_HEALTH_OK, "", "" },
	{ "echo 1 >proc/sys/kernel/yama/ptrace_scope", "scan", "yama", WG_HEALTH_LIMITED,
		"is 1:", "sudo sysctl kernel.yama.ptrace_scope=0" },
	{ "echo 3 >proc/sys/kernel/yama/ptrace_scope", "scan", "yama", WG_HEALTH_LIMITED,
		"is 3:", "reboot with another value in /etc/sysctl.d: 3 holds until then" },
	{ "rm -r proc/sys/kernel/yama", "scan", "yama", WG_HEALTH_OK, "", "" },
	{ "rm usr/lib/x/babeltrace2/plugins/*", "read", "libbabeltrace2", WG_HEALTH_LACKS, "plugin",
		"sudo apt install libbabeltrace2-0" },
	{ "rm usr/bin/babeltrace2", "read", "babeltrace2", WG_HEALTH_LIMITED, "does without",
		"sudo apt install babeltrace2" },
	{ "rm usr/bin/strace", "import", "strace", WG_HEALTH_LIMITED, "not installed",
		"sudo apt install strace" },
	{ "rm usr/bin/perf", "import", "perf", WG_HEALTH_LIMITED, "not installed",
		"sudo apt install linux-perf" },
	{ "rm -r sys/kernel/tracing", "import", "tracefs", WG_HEALTH_LIMITED, "does not see",
		"sudo mount -t tracefs tracefs /sys/kernel/tracing" },
	{ "rmdir sys/kernel/tracing/events/sched", "import", "tracefs", WG_HEALTH_LIMITED,
		"does not see", "sudo mount -o remount,mode=755 /sys/kernel/tracing" },
	{ "echo 2 >proc/sys/kernel/perf_event_paranoid", "import", "perf_event_paranoid",
		WG_HEALTH_LIMITED, "is 2:", "sudo sysctl kernel.perf_event_paranoid=-1" },
	{ "rm usr/bin/cc", "labs", "compiler", WG_HEALTH_LACKS, "no compiler 'cc'",
		"sudo apt install gcc" },
	{ "rm usr/include/stdio.h", "labs", "headers", WG_HEALTH_LACKS, "no headers",
		"sudo apt install libc6-dev" },
	{ "rm usr/bin/bwrap", "labs", "bubblewrap", WG_HEALTH_LIMITED, "not fenced",
		"sudo apt install bubblewrap" },
	{ "echo 0 >proc/sys/kernel/unprivileged_userns_clone", "labs", "bubblewrap",
		WG_HEALTH_LIMITED, "no namespaces",
		"sudo sysctl kernel.unprivileged_userns_clone=1" },
	{ "echo 0 >proc/sys/user/max_user_namespaces", "labs", "bubblewrap", WG_HEALTH_LIMITED,
		"no namespaces", "sudo sysctl user.max_user_namespaces=10000" },
	{ "echo 2 >proc/sys/kernel/io_uring_disabled", "run", "io_uring", WG_HEALTH_LIMITED,
		"skipped", "sudo sysctl kernel.io_uring_disabled=0" },
	{ "rm usr/bin/node", "run", "node", WG_HEALTH_LIMITED, "no row",
		"sudo apt install nodejs" },
};

static void each_lack_has_its_command(void)
{
	struct wg_facts facts = a_user();
	char setcap[PATH_MAX];
	size_t i;

	(void)snprintf(setcap, sizeof(setcap), "sudo setcap cap_bpf,cap_perfmon=ep %.3000s/wakegap",
		facts.self);
	for (i = 0; i < sizeof(lacks) / sizeof(lacks[0]); i++) {
		in_root(whole);
		in_root(lacks[i].take);
		check(&facts, lacks[i].part, lacks[i].item, lacks[i].health, lacks[i].says,
			lacks[i].fix ? lacks[i].fix : setcap);
	}
	in_root(whole);
}

/* What stands in no file. */
static void so_has_what_was_built_and_who_asks(void)
{
	struct wg_facts facts = a_user();

	facts.has_kernel = false;
	check(&facts, "kernel", "libbpf", WG_HEALTH_LACKS, "without libbpf",
		"make deps && make clean all");
	facts = a_user();
	facts.try_kernel = kernel_says_no;
	check(&facts, "kernel", "trial", WG_HEALTH_LACKS, "the kernel is locked", "");
	facts = a_user();
	facts.has_dw = false;
	check(&facts, "scan", "libdw", WG_HEALTH_LIMITED, "likely", "make deps && make clean all");
	facts = a_user();
	facts.cc = "/opt/none/gcc";
	check(&facts, "labs", "compiler", WG_HEALTH_LACKS, "'/opt/none/gcc'", "unset CC");
	facts.cc = " \tcc\t-O2";
	check(&facts, "labs", "compiler", WG_HEALTH_OK, "/usr/bin/cc", "");
	facts = a_user();
	facts.self = "/nonexistent";
	check(&facts, "preload", "libwakegap-preload.so", WG_HEALTH_LACKS, "libexec",
		"make install");
	check(&facts, "run", "wakegap-workload", WG_HEALTH_LACKS, "libexec", "make install");
	check(&facts, "labs", "programs", WG_HEALTH_LACKS, "wakegap-lab", "make install");
	/* Root needs no sudo, and what limits others. */
	facts = a_user();
	facts.uid = 0;
	in_root("rm usr/bin/strace; echo 1 >proc/sys/kernel/yama/ptrace_scope; "
		"printf 'CapEff:\\t0\\n' >proc/self/status");
	check(&facts, "import", "strace", WG_HEALTH_LIMITED, "", "apt install strace");
	check(&facts, "scan", "yama", WG_HEALTH_OK, "root may", "");
	check(&facts, "kernel", "rights", WG_HEALTH_LACKS, "a container takes them",
		"docker run --cap-add BPF --cap-add PERFMON ...");
	in_root(whole);
}

/* The command itself, with the made-up machine as its --root. */
static void the_status_says_whether_it_works(void)
{
	const char *wakegap = wg_build_path("wakegap");
	char *out = NULL;
	json_t *json, *part;

	CU_ASSERT_EQUAL(wg_run(&out, NULL,
				(const char *[]){
					wakegap, "doctor", "--root", root, "lttng", "read", NULL }),
		0);
	CU_ASSERT(wg_has(out, "lttng: ") && wg_has(out, "read: ") && !wg_has(out, "labs: "));
	CU_ASSERT(wg_has(out, "all of them work here\n"));
	free(out);
	/* Blanks name no compiler: the labs take cc then, too. */
	CU_ASSERT_EQUAL(wg_run(NULL, NULL,
				(const char *[]){ "env", "CC= ", wakegap, "doctor", "labs", NULL }),
		wg_run(NULL, NULL,
			(const char *[]){ "env", "-u", "CC", wakegap, "doctor", "labs", NULL }));
	in_root("rm usr/bin/lttng-sessiond");
	CU_ASSERT_EQUAL(wg_run(&out, NULL,
				(const char *[]){
					wakegap, "doctor", "--root", root, "lttng", "read", NULL }),
		1);
	CU_ASSERT(wg_has(out, "LACKS  lttng-sessiond: not installed\n"));
	CU_ASSERT(wg_has(out, "apt install lttng-tools\n"));
	CU_ASSERT(wg_has(out, "without: `wakegap record --with preload`"));
	CU_ASSERT(wg_has(out, "1 of 2 does not work here\n"));
	free(out);
	CU_ASSERT_EQUAL(wg_run(&out, NULL,
				(const char *[]){ wakegap, "doctor", "--json", "--root", root,
					"lttng", NULL }),
		1);
	json = json_loads(out, 0, NULL);
	part = json_array_get(json_object_get(json, "parts"), 0);
	CU_ASSERT(json_is_false(json_object_get(json, "works")));
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(part, "part")), "lttng");
	part = json_array_get(json_object_get(part, "items"), 0);
	CU_ASSERT_STRING_EQUAL(json_string_value(json_object_get(part, "status")), "lacking");
	CU_ASSERT(wg_has(json_string_value(json_object_get(part, "fix")), "lttng-tools"));
	json_decref(json);
	free(out);
}

/* Whoever cannot record is sent here. */
static void it_is_named_where_nothing_can_be_recorded(void)
{
	static const char *const calls[] = {
		"record --with kernel -o $D/t -- true",
		"record -p 1 -o $D/t",
		"record --with lttng -o $D/t -- true",
		"live --with lttng -- true",
	};
	char script[1024];
	size_t i;

	for (i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
		(void)snprintf(script, sizeof(script),
			"unset TMPDIR; D=$(mktemp -d); trap 'rm -rf $D' EXIT; export "
			"LTTNG_SESSIOND_PATH=/none LTTNG_RELAYD_PATH=/none HOME=/tmp; "
			"as=; [ $(id -u) != 0 ] || as='setpriv --reuid=nobody --regid=nogroup "
			"--clear-groups'; mkdir -p $D/w; [ -z \"$as\" ] || chown nobody $D $D/w; "
			"export LTTNG_HOME=$D/w; if said=$($as %s %s 2>&1 >/dev/null); then exit "
			"1; fi; "
			"case $said in *'(`wakegap doctor` says more)') ;; *) echo \"$said\"; "
			"false "
			";; esac",
			wg_build_path("wakegap"), calls[i]);
		CU_ASSERT_EQUAL(
			wg_run(NULL, NULL, (const char *[]){ "sh", "-ec", script, NULL }), 0);
	}
}

void suite_doctor(void)
{
	WG_TEST(where_all_is_there_all_works);
	WG_TEST(each_lack_has_its_command);
	WG_TEST(so_has_what_was_built_and_who_asks);
	WG_TEST(the_status_says_whether_it_works);
	WG_TEST(it_is_named_where_nothing_can_be_recorded);
}
