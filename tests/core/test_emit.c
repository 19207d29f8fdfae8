/*
 * test_emit.c: wakegap/trace.h as strangers use it: installed, from C and from C++, with a session,
 * without one, and switched off; and the examples of core/emit.
 */
#include <jansson.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"

static bool lacks_lttng(void)
{
	if (access("/usr/bin/lttng-sessiond", X_OK) == 0)
		return false;
	wg_skip("lttng-sessiond is not installed");
	return true;
}

/* A line of sh(1) in the checkout: $D is a folder of this suite, $B where programs are built. */
static int sh(char **out, const char *script)
{
	static char dir[256], build[256];
	int rc;

	if (!*dir)
		(void)snprintf(dir, sizeof(dir), "D=%s", wg_tmpdir());
	(void)snprintf(build, sizeof(build), "B=%s", wg_build_path("."));
	rc = wg_run(out, NULL,
		(const char *[]){ "env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", dir, build, "sh",
			"-ec", script, NULL });
	return rc;
}

static void it_compiles_as_c_and_as_cxx(void)
{
	CU_ASSERT_EQUAL(sh(NULL, "for off in -DON -DWAKEGAP_TRACE_OFF; do for as in 'c -std=c99' "
				 "'c -std=c11 -Wstrict-prototypes'; do cc -x $as -Wall -Wextra "
				 "-Wpedantic -Werror $off -Icore/emit -fsyntax-only "
				 "tests/data/emit/nine.cc; done; done"),
		0);
	if (sh(NULL, "command -v c++") != 0) {
		wg_skip("c++ is not installed");
		return;
	}
	CU_ASSERT_EQUAL(sh(NULL, "for off in -DON -DWAKEGAP_TRACE_OFF; do for std in c++11 c++17; "
				 "do c++ -std=$std -Wall -Wextra -Wpedantic -Werror $off "
				 "-Icore/emit -fsyntax-only tests/data/emit/nine.cc; done; done"),
		0);
}

/* What is switched off needs no library. */
static void off_is_nothing(void)
{
	CU_ASSERT_EQUAL(sh(NULL, "cc -x c -DWAKEGAP_TRACE_OFF -Icore/emit -o $D/off "
				 "tests/data/emit/nine.cc; ! nm $D/off | grep wg_trace; $D/off"),
		0);
}

/* Every event with the fields it was given. What is no kind and no reason is "unknown". */
static const char *const emitted[] = {
	"\nloop,7,,,,,,,theirs,2500000000000,,,,\n",
	"\nsubmit,7,1,send,-3,,,,,,,,,\n",
	"\nsubmit,7,18446744073709551615,unknown,-9223372036854775808,,,,,,,,,\n",
	"\nsubmit,9,1,read,0,,,,,,,,,\nsubmit,9,1,write,1,,,,,,,,,\nsubmit,9,1,open,2,,,,,,,,,\n"
	"submit,9,1,close,3,,,,,,,,,\nsubmit,9,1,stat,4,,,,,,,,,\nsubmit,9,1,connect,5,,,,,,,,,\n"
	"submit,9,1,accept,6,,,,,,,,,\nsubmit,9,1,recv,7,,,,,,,,,\nsubmit,9,1,send,8,,,,,,,,,\n"
	"submit,9,1,timer,9,,,,,,,,,\nsubmit,9,1,work,10,,,,,,,,,\n",
	"\nstart,7,1,,,4,,,,,,,,\n",
	"\ndone,7,1,,,,-110,,,,,,,\n",
	"\ndone,7,2,,,,5000000000,,,,,,,\n",
	"\nnotify,7,1,,,,,1,,,,,,\n",
	"\nnotify,7,2,,,,,1,,,,,,\n",
	"\nwait,7,,,,,,,,,-1,,1,\n",
	"\nwait,7,,,,,,,,,5000000000,,2,\n",
	"\nwake,7,,,,,,,,,,interrupted,1,\n",
	"\nwake,9,,,,,,,,,,notified,0,\nwake,9,,,,,,,,,,timeout,1,\nwake,9,,,,,,,,,,ready,2,\n",
	"\nwake,9,,,,,,,,,,spurious,3,\nwake,9,,,,,,,,,,interrupted,4,\n",
	"\nwake,7,,,,,,,,,,unknown,4294967295,\n",
	"\npoll,7,,,,,,,,,,,,1\n",
	"\ndeliver,7,1,,,,-110,,,,,,,\n",
	"\ndeliver,7,2,,,,5000000000,,,,,,,\n",
	"\nloop,8,,,,,,,,0,,,,\n",
};

/* `make install` puts header, libraries and pkg-config file where a compiler finds them. */
static void it_is_installed_and_every_event_arrives(void)
{
	char *out = NULL;
	size_t i;

	CU_ASSERT_EQUAL_FATAL(
		sh(NULL, "variant=$(realpath --relative-to=build $B); [ $variant != . ] || "
			 "variant=release; make -s -o all VARIANT=$variant install "
			 "DESTDIR=$D/dest PREFIX=/opt/wakegap"),
		0);
	CU_ASSERT_EQUAL(sh(NULL, "test -e $D/dest/opt/wakegap/lib/libwakegap-trace.a"), 0);
#if defined(WG_UNDER_ASAN) || defined(WG_UNDER_TSAN)
	wg_skip("the library has a sanitizer, an ordinary program has none");
	return;
#endif
	if (lacks_lttng())
		return;
	CU_ASSERT_EQUAL_FATAL(sh(NULL, "export PKG_CONFIG_SYSROOT_DIR=$D/dest "
				       "PKG_CONFIG_PATH=$D/dest/opt/wakegap/lib/pkgconfig; "
				       "command -v c++ >/dev/null && c=c++ || c=cc; "
				       "[ $c = c++ ] && as=c++ || as=c; "
				       "$c -x $as tests/data/emit/nine.cc -x none -o $D/nine "
				       "$(pkg-config --cflags --libs wakegap-trace)"),
		0);
	CU_ASSERT_EQUAL(sh(NULL, "export LD_LIBRARY_PATH=$D/dest/opt/wakegap/lib; $D/nine; "
				 "$B/wakegap record -o $D/t -- $D/nine"),
		0);
	CU_ASSERT_EQUAL_FATAL(
		sh(&out, "$B/wakegap export --format csv -o - $D/t | cut -d, -f4,9-21"), 0);
	for (i = 0; i < sizeof(emitted) / sizeof(emitted[0]); i++) {
		if (!wg_has(out, emitted[i]))
			printf("  absent:%s", emitted[i]);
		CU_ASSERT(wg_has(out, emitted[i]));
	}
	free(out);
}

/* The program says the same with a session, without one, and (off) without the calls; and its
 * figures are those that its source promises. */
static void an_example(const char *name, const char *said, bool sees_notifies)
{
	char script[512], *out = NULL;
	json_t *root, *loop;
	int64_t submitted, done, delivered, notified, timeout, waits, empty, polls;

	(void)snprintf(script, sizeof(script),
		"$B/examples/%s; $B/wakegap record -o $D/%s -- $B/examples/%s; "
		"[ ! -e $B/examples/%s-off ] || $B/examples/%s-off",
		name, name, name, name, name);
	CU_ASSERT_EQUAL_FATAL(sh(&out, script), 0);
	CU_ASSERT_STRING_EQUAL(out, said);
	free(out);
	(void)snprintf(script, sizeof(script), "$B/wakegap stats --json $D/%s", name);
	CU_ASSERT_EQUAL_FATAL(sh(&out, script), 0);
	root = json_loads(out, 0, NULL);
	free(out);
	loop = json_array_get(
		json_object_get(json_array_get(json_object_get(root, "traces"), 0), "loops"), 0);
	CU_ASSERT_EQUAL_FATAL(
		json_unpack(loop, "{s:{s:I, s:I, s:I}, s:{s:I, s:I}, s:I, s:I, s:I}", "ops",
			"submitted", &submitted, "done", &done, "delivered", &delivered, "wakes",
			"notified", &notified, "timeout", &timeout, "waits", &waits, "empty_wakes",
			&empty, "polls", &polls),
		0);
	CU_ASSERT(notified == 20 && timeout == 5 && waits == 25 && polls == 25);
	CU_ASSERT(submitted == done && done == delivered);
	CU_ASSERT_EQUAL(submitted, sees_notifies ? 20 : 25);
	CU_ASSERT_EQUAL(empty, sees_notifies ? 5 : 0);
	CU_ASSERT_EQUAL(json_is_null(json_object_get(loop, "notifies")), !sees_notifies);
	json_decref(root);
}

static void an_epoll_loop(void)
{
	if (!lacks_lttng())
		an_example("epoll",
			"epoll: 20 operations delivered\nepoll: 20 operations delivered\n"
			"epoll: 20 operations delivered\n",
			true);
}

/* 20 works and 5 timers; libuv's own notifications are not visible. */
static void a_libuv_program(void)
{
	if (access(wg_build_path("examples/uv"), X_OK) != 0) {
		wg_skip("libuv is not installed");
		return;
	}
	if (!lacks_lttng())
		an_example("uv", "uv: 25 works and timers done\nuv: 25 works and timers done\n",
			false);
}

void suite_emit(void)
{
	WG_TEST(it_compiles_as_c_and_as_cxx);
	WG_TEST(off_is_nothing);
	WG_TEST(it_is_installed_and_every_event_arrives);
	WG_TEST(an_epoll_loop);
	WG_TEST(a_libuv_program);
}
