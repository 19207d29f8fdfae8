/*
 * test_install.c: what `make install` promises, in a folder of this test: it works without the
 * source tree, for an ordinary user and from a read-only prefix; it shows nothing but its own
 * names; each command has its page and its completion; `make uninstall` leaves nothing.
 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "tests/harness/harness.h"
#include "tests/harness/support.h"

/* $D: a folder of this suite; $I: what is installed; $L: its lib; $B: where programs are built. */
static int sh(char **out, const char *script)
{
	static char dir[256], build[256], all[8192];

	if (!*dir)
		(void)snprintf(dir, sizeof(dir), "D=%s", wg_tmpdir());
	(void)snprintf(build, sizeof(build), "B=%s", wg_build_path("."));
	(void)snprintf(all, sizeof(all),
		"I=$D/dest/opt/wg L=$I/lib; make_it() { variant=$(realpath --relative-to=build "
		"$B); "
		"[ $variant != . ] || variant=release; make -s -o all VARIANT=$variant "
		"DESTDIR=$D/dest PREFIX=/opt/wg \"$@\"; }\n"
		/* `! COMMAND` does not end a script that has -e. */
		"no() { if \"$@\"; then return 1; fi; }\n%s",
		script);
	return wg_run(out, NULL,
		(const char *[]){ "env", "-u", "MAKEFLAGS", "-u", "MAKELEVEL", dir, build, "sh",
			"-ec", all, NULL });
}

/* True if a line of sh(1) ends well; else what it printed is shown. */
static bool holds(const char *script)
{
	char *out = NULL;
	int rc = sh(&out, script);

	if (rc != 0)
		printf("# status %d: %s\n# %s\n", rc, script, out ? out : "");
	free(out);
	return rc == 0;
}

static bool has_command(const char *name)
{
	char script[128];

	(void)snprintf(script, sizeof(script), "command -v %s", name);
	return sh(NULL, script) == 0;
}

static void it_installs(void)
{
	/* A strict umask is no reason for an installation that only its owner can use. */
	CU_ASSERT_FATAL(holds("umask 077; make_it install; chmod 755 $D $D/dest; "
			      "no sh -c 'find $1 ! -perm -o=r | grep .' sh $D/dest"));
}

static void links_of_the_texts_lead_somewhere(void)
{
	CU_ASSERT(holds("sh .packaging/links $I/share/doc/wakegap; cd $I/share/doc/wakegap; "
			"grep -q ']([^)]*COURSE.md)' labs/README.md; "
			"grep -q ']([^)]*epoll.c)' core/emit/README.md; "
			"no grep '](core/wait/waits.def)' README.md; "
			"grep -qw waits.def README.md"));
}

/* Archives too: what a program calls its own functions is its own matter. */
static void libraries_show_only_their_own_names(void)
{
	CU_ASSERT(holds("for lib in $L/libwakegap.so $L/libwakegap-trace.so; do "
			"nm -D --defined-only $lib | awk '{ print $3 }' >$D/names; "
			"grep -q ^wg_ $D/names; no grep -v '^wg_[^_]' $D/names; done"));
#if !defined(WG_UNDER_ASAN) && !defined(WG_UNDER_TSAN)
	CU_ASSERT(holds("for lib in $L/libwakegap.a $L/libwakegap-trace.a; do "
			"nm -g --defined-only $lib | awk 'NF == 3 { print $3 }' >$D/names; "
			"grep -q ^wg_ $D/names; no grep -v '^wg_[^_]' $D/names; done"));
#endif
	CU_ASSERT(holds("for lib in libwakegap libwakegap-trace; do "
			"objdump -p $L/$lib.so | grep -q \"SONAME *$lib.so.0$\"; "
			"readlink -e $L/$lib.so | grep -q \"$lib.so.[0-9]*\\.[0-9]*\\.[0-9]*$\"; "
			"[ $(readlink $L/$lib.so) = $lib.so.0 ]; done"));
}

static void headers_stand_alone(void)
{
	CU_ASSERT(holds("for h in $I/include/wakegap/*.h; do echo \"#include <wakegap/${h##*/}>\" |"
			" cc -std=c11 -Wall -Wextra -Werror -fsyntax-only -I$I/include -xc -; done;"
			" no grep -rn '\"core/' $I/include"));
}

static const char a_program[] =
	"export PKG_CONFIG_PATH=$L/pkgconfig PKG_CONFIG_SYSROOT_DIR=$D/dest; cat >$D/a.c <<'END'\n"
	"#include <wakegap/loop.h>\n#include <stdio.h>\n"
	"int wg__trace_me(void); int list_push(void); int list_push(void) { return 0; }\n"
	"int main(void) { struct wg_loop *loop; struct wg_op op; char buf[3]; int64_t n = -1;\n"
	"if (wg_loop_create(&(struct wg_loop_options){ .wait = \"condvar\" }, &loop)) return 1;\n"
	"wg_op_read(&op, 0, buf, 3, 0); if (wg_loop_submit(loop, &op)) return 1;\n"
	"if (wg_loop_wait_result(loop, &op, &n)) return 1; wg_loop_destroy(loop);\n"
	"printf(\"%d bytes\\n\", (int)n); return 0; }\nEND\n";

static void a_program_is_built_with_pkg_config(void)
{
	char script[4096];

#if defined(WG_UNDER_ASAN) || defined(WG_UNDER_TSAN)
	wg_skip("the library has a sanitizer, an ordinary program has none");
	return;
#endif
	(void)snprintf(script, sizeof(script),
		"%scc -std=c11 -o $D/shared $(pkg-config --cflags wakegap) $D/a.c "
		"$(pkg-config --libs wakegap); "
		"echo abc | LD_LIBRARY_PATH=$L $D/shared; readelf -d $D/shared | grep -q so.0; "
		"cc -std=c11 -o $D/static $(pkg-config --cflags wakegap) $D/a.c $L/libwakegap.a "
		"$(unset PKG_CONFIG_SYSROOT_DIR; pkg-config --libs --static wakegap | "
		"sed 's|-L[^ ]*||; s|-lwakegap ||'); "
		"echo abc >$D/abc; [ \"$($D/static <$D/abc)\" = '3 bytes' ]",
		a_program);
	CU_ASSERT(holds(script));
}

/* As nobody if this is root, with an empty environment, in a folder where only that user writes. */
#define ORDINARY                                                                                   \
	"mkdir -p $D/work; chmod 711 $D; as='env -i PATH=/usr/bin:/bin'; "                         \
	"if [ $(id -u) = 0 ] && command -v setpriv >/dev/null; then chown nobody $D/work; "        \
	"as=\"$as setpriv --reuid=nobody --regid=nogroup --clear-groups\"; fi; "                   \
	"find $I -type d -exec chmod a-w {} +; cd $D/work; w=\"$as $I/bin/wakegap\"; "

static void it_runs_for_an_ordinary_user(void)
{
	CU_ASSERT(holds(ORDINARY "$w --version; for c in $($w --complete '' | cut -f1 | "
				 "grep -v '^help$'); do $w $c --help >/dev/null; done; "
				 "$I/bin/wakegap-explore --help >/dev/null; "
				 "$I/bin/wakegap-lab --help >/dev/null"));
	CU_ASSERT(holds(ORDINARY "$w stats $I/share/wakegap/samples/tick | grep -q 'wasted *121'; "
				 "$w view --frame 100x16 $I/share/wakegap/samples/tick >$D/frame; "
				 "grep -q WASTED $D/frame"));
	CU_ASSERT(holds(ORDINARY "$as sh -c 'head -c 99999 /dev/zero >file'; "
				 "$w run read --file file --wait tick,eventfd >$D/table; "
				 "grep -q '^eventfd' $D/table"));
	CU_ASSERT(holds(ORDINARY "$w lab list | grep -q 'Wait for ever'; $w lab start 2; "
				 "no $w lab check 02-wait-forever >$D/check; "
				 "grep -q FAIL $D/check"));
	CU_ASSERT(holds(ORDINARY "$w scan --for 100ms >/dev/null"));
}

static void it_records_for_an_ordinary_user(void)
{
	if (access("/usr/bin/lttng-sessiond", X_OK) != 0) {
		wg_skip("lttng-sessiond is not installed");
		return;
	}
	if (sh(NULL, "ldd $B/wakegap-workload | grep liblttng-ust") != 0) {
		wg_skip("built without lttng-ust");
		return;
	}
#if defined(WG_UNDER_ASAN) || defined(WG_UNDER_TSAN)
	wg_skip("records as another user: once is enough");
	return;
#endif
	/* Neither HOME nor LTTNG_HOME: LTTng alone would refuse. */
	CU_ASSERT(holds(ORDINARY "$w record -o rec -- $I/libexec/wakegap/wakegap-workload storm "
				 "--wait condvar --ops 50 >/dev/null; "
				 "$w stats rec | grep -q condvar"));
}

static void each_command_has_a_page(void)
{
	CU_ASSERT(
		holds("for c in $($I/bin/wakegap --complete '' | cut -f1 | grep -v '^help$'); do "
		      "test -s $I/share/man/man1/wakegap-$c.1; done; "
		      "for c in $($I/bin/wakegap --complete lab '' | cut -f1 | grep -v '^help$'); "
		      "do test -s $I/share/man/man1/wakegap-lab-$c.1; done; "
		      "cd $I/bin; for p in *; do test -s $I/share/man/man1/$p.1; done"));
	CU_ASSERT(
		holds("page=$I/share/man/man5/wakegap-trace.5; for word in submit: notify: "
		      "object: by_tid spurious eventfd drained; do grep -q \"$word\" $page; done"));
	if (!has_command("groff"))
		wg_skip("groff is not installed");
	else
		CU_ASSERT(holds("groff -man -ww -z -Tutf8 $I/share/man/man?/* 2>&1 | (no grep .)"));
}

static void shells_complete(void)
{
	static const char *const asks[][3] = {
		{ "wakegap sca", "scan", "1" },
		{ "wakegap run --wait event", "eventfd", "3" },
		{ "wakegap export --format perf", "perfetto", "3" },
		{ "wakegap view --fra", "--frame", "2" },
		{ "wakegap lab sta", "start", "2" },
		{ "wakegap lab start 0", "02-wait-forever", "3" },
		{ "wakegap-lab gra", "grade", "1" },
	};
	char script[1024];
	size_t i;

	if (!has_command("bash")) {
		wg_skip("bash is not installed");
		return;
	}
	for (i = 0; i < sizeof(asks) / sizeof(asks[0]); i++) {
		(void)snprintf(script, sizeof(script),
			"PATH=$I/bin:$PATH; bash -c 'p=$1; set -- %s; . "
			"$p/share/bash-completion/completions/$1; COMP_WORDS=($@); "
			"COMP_CWORD=%s; compopt() { :; }; _$1; echo ${COMPREPLY[@]}' bash $I | "
			"grep -qwe %s",
			asks[i][0], asks[i][2], asks[i][1]);
		CU_ASSERT(holds(script));
	}
	if (has_command("zsh"))
		CU_ASSERT(holds("zsh -n $I/share/zsh/site-functions/_wakegap"));
	if (has_command("fish"))
		CU_ASSERT(holds("fish -n $I/share/fish/vendor_completions.d/wakegap.fish"));
}

static void uninstall_leaves_nothing(void)
{
	/* A file of somebody else stays, and its folder. */
	CU_ASSERT(holds("find $D/dest -type d -exec chmod u+w {} +; touch $I/share/man/man1/other; "
			"make_it install; make_it uninstall; [ \"$(find $D/dest ! -type d)\" = "
			"$I/share/man/man1/other ]; rm $I/share/man/man1/other; "
			"make_it install; make_it uninstall; [ -z \"$(find $D/dest -mindepth 1)\" "
			"]"));
	CU_ASSERT(holds("no make_it uninstall 2>$D/said; grep -q 'no installation' $D/said; "
			"grep -q 'give the PREFIX and DESTDIR of `make install`$' $D/said"));
	/* It would be below the source tree, and pkg-config would name no folder. */
	CU_ASSERT(holds("no make_it PREFIX=out install 2>$D/said; [ ! -e out ]; "
			"grep -q \"give PREFIX=$PWD/out$\" $D/said"));
}

static void the_readers_are_words_to_complete(void)
{
	const char *const argv[] = { wg_build_path("wakegap"), "--complete", "stats", "--reader",
		"", NULL };
	char *out = NULL;

	CU_ASSERT_EQUAL(wg_run(&out, NULL, argv), 0);
	CU_ASSERT(wg_has(out, "ctf\t") && wg_has(out, "babeltrace\t"));
	free(out);
}

void suite_install(void)
{
	WG_TEST(the_readers_are_words_to_complete);
	WG_TEST(it_installs);
	WG_TEST(links_of_the_texts_lead_somewhere);
	WG_TEST(libraries_show_only_their_own_names);
	WG_TEST(headers_stand_alone);
	WG_TEST(a_program_is_built_with_pkg_config);
	WG_TEST(it_runs_for_an_ordinary_user);
	WG_TEST(it_records_for_an_ordinary_user);
	WG_TEST(each_command_has_a_page);
	WG_TEST(shells_complete);
	WG_TEST(uninstall_leaves_nothing);
}
