/*
 * test_recorder.c: what `wakegap run` records is complete, whenever it is put away; and a trace
 * that cannot be written leaves nothing.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <jansson.h>
#include <pthread.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "core/workload/recorder_kept.h"
#include "core/workload/recorder_write.h"
#include "tests/harness/harness.h"
#include "tests/harness/support.h"

#define MANY (20 * WG__KEPT_BUFFER + 7)

/* ---- the events of a thread ---- */

struct emitter {
	struct wg__kept *kept;
	atomic_bool is_over;
};

static void emit(struct wg__kept *k, uint64_t first, uint64_t count)
{
	uint64_t i;

	for (i = first; i < first + count; i++) {
		struct wg__kept_event *e = wg__kept_next(k);

		*e = (struct wg__kept_event){ .ns = (int64_t)i, .first = i, .id = WG__CTF_DELIVER };
		wg__kept_add(k);
	}
}

static void *emitter_main(void *arg)
{
	struct emitter *e = arg;

	emit(e->kept, 0, MANY);
	/* release: the main thread, which sees it, sees all events */
	atomic_store_explicit(&e->is_over, true, memory_order_release);
	return NULL;
}

/* 1 at the first event that is not the next one. */
static int count_up(void *user, const struct wg__kept_event *event)
{
	uint64_t *next = user;

	return event->first == *next ? (++*next, 0) : 1;
}

static void each_is(struct wg__kept *k, uint64_t count)
{
	uint64_t next = 0;

	CU_ASSERT_EQUAL(wg__kept_each(k, count_up, &next), 0);
	CU_ASSERT_EQUAL(next, count);
}

/* Taken out of the buffer while its thread writes, each event is there once, in order. */
static void all_are_there_while_somebody_puts_away(void)
{
	struct emitter e = { .kept = wg__kept_create() };
	pthread_t thread;

	CU_ASSERT_FATAL(e.kept != NULL);
	CU_ASSERT_EQUAL_FATAL(pthread_create(&thread, NULL, emitter_main, &e), 0);
	/* acquire: pairs with release in emitter_main() */
	while (!atomic_load_explicit(&e.is_over, memory_order_acquire))
		wg__kept_put_away(e.kept);
	(void)pthread_join(thread, NULL);
	wg__kept_settle(e.kept);
	CU_ASSERT_EQUAL(e.kept->until, MANY);
	CU_ASSERT_EQUAL(e.kept->until_lost, 0);
	each_is(e.kept, MANY);
}

static void a_full_buffer_is_put_away(void)
{
	struct wg__kept *k = wg__kept_create();

	CU_ASSERT_FATAL(k != NULL);
	emit(k, 0, WG__KEPT_BUFFER);
	CU_ASSERT_EQUAL(k->count, 0);
	emit(k, WG__KEPT_BUFFER, 1);
	CU_ASSERT_EQUAL(k->count, WG__KEPT_BUFFER);
	emit(k, WG__KEPT_BUFFER + 1, MANY);
	wg__kept_settle(k);
	each_is(k, WG__KEPT_BUFFER + 1 + MANY);
}

static int stop_at_third(void *user, const struct wg__kept_event *event)
{
	++*(int *)user;
	return event->first == 2;
}

/* A block is nearly as long as four buffers: the last one has no event, one, and two. */
static void the_last_block_may_hold_one(void)
{
	struct wg__kept *k = wg__kept_create();
	uint64_t count = 4 * WG__KEPT_BUFFER - 1;
	int calls = 0;

	CU_ASSERT_FATAL(k != NULL);
	emit(k, 0, count);
	for (; count <= 4 * WG__KEPT_BUFFER + 1; count++) {
		wg__kept_settle(k);
		each_is(k, count);
		emit(k, count, 1);
	}
	CU_ASSERT_EQUAL(wg__kept_each(k, stop_at_third, &calls), 1);
	CU_ASSERT_EQUAL(calls, 3);
}

static void a_thread_is_named(void)
{
	struct wg__kept *k = wg__kept_create();
	char name[16] = "";

	CU_ASSERT_FATAL(k != NULL);
	(void)pthread_getname_np(pthread_self(), name, sizeof(name));
	CU_ASSERT_EQUAL(k->who.vpid, getpid());
	CU_ASSERT_EQUAL(k->who.vtid, gettid());
	CU_ASSERT_STRING_EQUAL(k->who.procname, name);
}

/* A loop that hangs is written while other threads go on. */
static void what_comes_after_the_end_is_not_written(void)
{
	struct wg__kept *k = wg__kept_create();

	CU_ASSERT_FATAL(k != NULL);
	emit(k, 0, 10);
	wg__kept_settle(k);
	emit(k, 10, MANY);
	wg__kept_put_away(k);
	each_is(k, 10);
	wg__kept_settle(k);
	each_is(k, 10 + MANY);
}

/* ---- the trace ---- */

/* The member of the only loop, or of the trace. */
static json_int_t stat_of(const char *dir, const char *group, const char *member)
{
	json_t *root, *trace, *loop;
	json_int_t n;
	char *out;

	CU_ASSERT_EQUAL(wg_run(&out, NULL,
				(const char *const[]){
					wg_build_path("wakegap"), "stats", "--json", dir, NULL }),
		0);
	root = json_loads(out, 0, NULL);
	trace = json_array_get(json_object_get(root, "traces"), 0);
	loop = json_array_get(json_object_get(trace, "loops"), 0);
	n = group ? json_integer_value(json_object_get(json_object_get(loop, group), member))
		  : json_integer_value(json_object_get(trace, member));
	json_decref(root);
	free(out);
	return n;
}

/* No more memory for blocks: what is kept is the beginning, and how many are lost is said. */
static void what_is_lost_is_counted(void)
{
	struct wg__kept *k = wg__kept_create();
	const char *dir = wg_tmpdir();
	struct rlimit was, none = { 0 };
	int fd;

	if (!WG_COUNTS_BYTES) {
		wg_skip("a sanitizer needs more memory all the time");
		return;
	}
	CU_ASSERT_FATAL(k != NULL);
	emit(k, 0, MANY / 2);
	CU_ASSERT_EQUAL(getrlimit(RLIMIT_AS, &was), 0);
	none.rlim_max = was.rlim_max;
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_AS, &none), 0);
	emit(k, MANY / 2, MANY);
	wg__kept_settle(k);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_AS, &was), 0);
	emit(k, MANY / 2 + MANY, 1);
	wg__kept_settle(k);
	CU_ASSERT(k->until >= MANY / 2 - WG__KEPT_BUFFER);
	CU_ASSERT(k->until_lost > 0);
	CU_ASSERT_EQUAL(k->until + k->until_lost, MANY / 2 + MANY + 1);
	each_is(k, k->until);
	fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	CU_ASSERT_EQUAL(wg__recorder_write(fd, k, INT32_MAX), 0);
	(void)close(fd);
	CU_ASSERT_EQUAL((uint64_t)stat_of(dir, NULL, "discarded"), k->until_lost);
	CU_ASSERT_EQUAL((uint64_t)stat_of(dir, NULL, "events"), k->until);
}

/* A thread without memory keeps nothing: its events count beside those of the others. */
static void threads_without_memory_are_counted(void)
{
	struct wg__kept_list all = { NULL, 0 };
	struct wg__kept *list = NULL, *k;
	struct rlimit was, none = { 0 };
	int64_t end_ns = 0;
	int i;

	if (!WG_COUNTS_BYTES) {
		wg_skip("a sanitizer needs more memory all the time");
		return;
	}
	CU_ASSERT_EQUAL(getrlimit(RLIMIT_AS, &was), 0);
	none.rlim_max = was.rlim_max;
	CU_ASSERT_EQUAL(wg__kept_settle_all(&all, &list, &end_ns), 0);
	CU_ASSERT_PTR_NULL(list);
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_AS, &none), 0);
	for (i = 0; i < 3; i++)
		CU_ASSERT_PTR_NULL(wg__kept_join(&all));
	CU_ASSERT_EQUAL(setrlimit(RLIMIT_AS, &was), 0);
	CU_ASSERT_EQUAL(wg__kept_settle_all(&all, &list, &end_ns), -ENOMEM);
	k = wg__kept_join(&all);
	CU_ASSERT_FATAL(k != NULL);
	emit(k, 0, 2);
	CU_ASSERT_PTR_NOT_NULL(wg__kept_join(&all));
	CU_ASSERT_EQUAL(wg__kept_settle_all(&all, &list, &end_ns), 0);
	CU_ASSERT_PTR_EQUAL(list->next, k);
	CU_ASSERT_EQUAL(list->until + k->until, 2);
	CU_ASSERT_EQUAL(list->until_lost + k->until_lost, 3);
}

/* A pass may have more events than a buffer. Beside its reads it has four operations. */
static void all_passes_are_in_the_trace(void)
{
	static const struct {
		const char *passes, *chunk;
		json_int_t ops;
	} rows[] = { { "40", "65536", 800 }, { "2", "256", 8200 } };
	const char *file = wg_make_file(wg_tmpdir(), "file", 1 << 20);
	size_t i;

	for (i = 0; i < 2; i++) {
		const char *dir = wg_tmpdir();
		char *err;

		CU_ASSERT_EQUAL(wg_run(NULL, &err,
					(const char *const[]){ wg_build_path("wakegap-workload"),
						"read", "--file", file, "--wait", "condvar",
						"--passes", rows[i].passes, "--chunk",
						rows[i].chunk, "--record", dir, NULL }),
			0);
		CU_ASSERT_STRING_EQUAL(err, "");
		free(err);
		CU_ASSERT_EQUAL(stat_of(dir, NULL, "discarded"), 0);
		CU_ASSERT_EQUAL(stat_of(dir, "ops", "submitted"), rows[i].ops);
		CU_ASSERT_EQUAL(stat_of(dir, "ops", "done"), rows[i].ops);
		CU_ASSERT_EQUAL(stat_of(dir, "ops", "delivered"), rows[i].ops);
	}
}

/* ---- a trace that cannot be written ---- */

/*
 * A shell runs this with the command in $0, the workload in $1, a file in $2, a folder in $3. What
 * it prints on standard output is compared, and one line on standard error.
 */
struct failure {
	const char *what, *script, *reason;
	int status;
	const char *out;
};

#define RUN  "\"$0\" run read --file \"$2\" --wait eventfd --passes 20 --record \"$3/t\""
#define WORK "\"$1\" read --file \"$2\" --wait eventfd --passes 20 --record \"$3\" >/dev/null"
#define LEFT "; s=$?; find \"$3\" -mindepth 1; exit $s"

static const struct failure failures[] = {
	{ "a full disk", "mount -t tmpfs -o size=64k none \"$3\" || exit 99; " RUN LEFT,
		"cannot write a trace to '%s/t/eventfd': No space left on device", 1, "" },
	{ "one without inodes",
		"mount -t tmpfs -o nr_inodes=2,mode=777 none \"$3\" || exit 99; " WORK LEFT,
		"cannot write a trace to '%s': No space left on device", 1, "" },
	{ "files are limited", "ulimit -f 64; " RUN LEFT,
		"cannot write a trace to '%s/t/eventfd': File too large", 1, "" },
	{ "a folder that is read only", "mount -t tmpfs -o ro none \"$3\" || exit 99; " WORK LEFT,
		"cannot write a trace to '%s': Read-only file system", 1, "" },
	{ "the same, and the command", "mount -t tmpfs -o ro none \"$3\" || exit 99; " RUN LEFT,
		"cannot create the folder '%s/t/eventfd': Read-only file system: choose another "
		"folder (-o DIR, of run --record DIR or TMPDIR)",
		1, "" },
	{ "no folder", "rmdir \"$3\"; " WORK "; s=$?; mkdir \"$3\"; exit $s",
		"cannot record to '%s': No such file or directory", 1, "" },
	{ "a file of somebody else",
		"echo theirs >\"$3/metadata\"; " WORK "; s=$?; cat \"$3\"/*; exit $s",
		"cannot write a trace to '%s': File exists", 1, "theirs\n" },
	{ "the first stream of somebody else",
		"echo theirs >\"$3/wakegap_0\"; " WORK "; s=$?; cat \"$3\"/*; exit $s",
		"cannot write a trace to '%s': File exists", 1, "theirs\n" },
	{ "a hang, and no inodes",
		"mount -t tmpfs -o nr_inodes=2,mode=777 none \"$3\" || exit 99; "
		"\"$1\" storm --ops 20 --inflight 1 --wait forever --window-ns 20000000 "
		"--patience-ns 200000000 --record \"$3\" >/dev/null" LEFT,
		"cannot write a trace to '%s': No space left on device", 3, "" },
};

static void it_fails(const struct failure *f)
{
	const char *dir = wg_tmpdir(), *file = wg_make_file(wg_tmpdir(), "file", 10 << 20);
	const char *argv[] = { "unshare", "-m", "sh", "-c", f->script, wg_build_path("wakegap"),
		wg_build_path("wakegap-workload"), file, dir, NULL };
	char wanted[600], *out, *err;
	int status = wg_run(&out, &err, argv), len;

	if (status == 99 || wg_has(err, "unshare")) {
		wg_skip("no mount namespace of its own");
	} else {
		len = snprintf(wanted, sizeof(wanted), "wakegap: ");
		(void)snprintf(wanted + len, sizeof(wanted) - (size_t)len, f->reason, dir);
		(void)strcat(wanted, "\n");
		if (strcmp(err, wanted) != 0)
			printf("# %s: %d, '%s', '%s'\n", f->what, status, err, out);
		CU_ASSERT_EQUAL(status, f->status);
		CU_ASSERT_STRING_EQUAL(err, wanted);
		CU_ASSERT_STRING_EQUAL(out, f->out);
	}
	free(out);
	free(err);
}

static void what_cannot_be_written_leaves_nothing(void)
{
	size_t i;

	for (i = 0; i < sizeof(failures) / sizeof(failures[0]); i++)
		it_fails(&failures[i]);
}

/* Start the workload on a file whose lease is ours: it waits in open(2) until we give that back. */
static pid_t start_held(const char *file, const char *dir, int *ret_fd, int err_fd)
{
	const char *argv[] = { wg_build_path("wakegap-workload"), "read", "--file", file,
		"--record", dir, NULL };
	int fd = open(file, O_RDWR | O_CLOEXEC);
	sigset_t set;
	pid_t pid;
	int sig;

	(void)sigemptyset(&set);
	(void)sigaddset(&set, SIGIO);
	(void)pthread_sigmask(SIG_BLOCK, &set, NULL);
	if (fd < 0 || fcntl(fd, F_SETLEASE, F_WRLCK) < 0)
		return -1;
	pid = fork();
	if (pid == 0) {
		(void)dup2(err_fd, STDOUT_FILENO);
		(void)dup2(err_fd, STDERR_FILENO);
		(void)execv(argv[0], (char *const *)(uintptr_t)argv);
		_exit(127);
	}
	/* Somebody opens it. */
	(void)sigwait(&set, &sig);
	*ret_fd = fd;
	return pid;
}

/* Removed, and another is there now: that is not the one to write to. */
static void a_folder_that_is_removed_meanwhile(void)
{
	const char *file = wg_make_file(wg_tmpdir(), "file", 1 << 20);
	char dir[300], wanted[500], text[500] = "";
	int fd = -1, ends[2], status;
	struct dirent *e;
	ssize_t n;
	pid_t pid;
	DIR *d;

	(void)snprintf(dir, sizeof(dir), "%s/trace", wg_tmpdir());
	CU_ASSERT_EQUAL_FATAL(mkdir(dir, 0777), 0);
	CU_ASSERT_EQUAL_FATAL(pipe2(ends, O_CLOEXEC), 0);
	pid = start_held(file, dir, &fd, ends[1]);
	(void)close(ends[1]);
	if (pid < 0) {
		wg_skip("this file system has no leases");
	} else {
		CU_ASSERT_EQUAL(rmdir(dir), 0);
		CU_ASSERT_EQUAL(mkdir(dir, 0777), 0);
		CU_ASSERT_EQUAL(fcntl(fd, F_SETLEASE, F_UNLCK), 0);
		CU_ASSERT_EQUAL(waitpid(pid, &status, 0), pid);
		CU_ASSERT(WIFEXITED(status) && WEXITSTATUS(status) == 1);
		n = read(ends[0], text, sizeof(text) - 1);
		CU_ASSERT(n > 0);
		(void)snprintf(wanted, sizeof(wanted),
			"wakegap: cannot write a trace to '%s': No such file or directory\n", dir);
		CU_ASSERT(wg_has(text, wanted));
		d = opendir(dir);
		while (d && (e = readdir(d)))
			CU_ASSERT_EQUAL(*e->d_name, '.');
		CU_ASSERT(d && closedir(d) == 0);
	}
	(void)close(ends[0]);
	if (fd >= 0)
		(void)close(fd);
}

void suite_recorder(void)
{
	WG_TEST(all_are_there_while_somebody_puts_away);
	WG_TEST(a_full_buffer_is_put_away);
	WG_TEST(the_last_block_may_hold_one);
	WG_TEST(a_thread_is_named);
	WG_TEST(what_comes_after_the_end_is_not_written);
	WG_TEST(what_is_lost_is_counted);
	WG_TEST(threads_without_memory_are_counted);
	WG_TEST(all_passes_are_in_the_trace);
	WG_TEST(what_cannot_be_written_leaves_nothing);
	WG_TEST(a_folder_that_is_removed_meanwhile);
}
