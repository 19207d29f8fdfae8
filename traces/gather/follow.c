/*
 * follow.c: see follow.h.
 *
 *      what                               undone by
 *      1 the folder of the trace          removed, if no trace is in it
 *      2 signals wait                     given back
 *      3 the folder of the arenas         removed
 *      4 the command, held back           killed
 *      5 the command runs                 waited for
 *      6 the arenas become the trace      removed, if it fails
 */
#include "traces/gather/follow.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "traces/base/elf_file.h"
#include "traces/base/scratch.h"
#include "traces/preload/arena.h"
#include "traces/record/files.h"
#include "traces/record/run.h"
#include "traces/write/ctf.h"

#define SHM	   "/dev/shm"
#define LEFT_MAX   (INT64_C(256) << 20)
#define LEFT_MIN   (INT64_C(4) << 20)
#define PRELOAD	   "LD_PRELOAD"
#define SHARED_DIR 01733 /* who drops root's rights can make files, and sees no others */

struct follow {
	const struct wg_record_options *options;
	const char *library;
	struct wg__folder folder;
	struct wg__signals signals;
	struct wg__scratch scratch;
	char *dir; /* of the arenas */
	struct wg_preload_control *control;
	struct wg__child child;
	pid_t pid; /* of the command, also when it has ended */
	struct wg_ctf *ctf;
	int64_t first_ns, last_ns; /* of its records */
};

/* --- the folder of the arenas --- */

static int64_t free_bytes(const char *dir)
{
	struct statvfs fs;
	uint64_t bytes;

	if (statvfs(dir, &fs) < 0)
		return 0;
	bytes = (uint64_t)fs.f_bavail * fs.f_frsize;
	return bytes / 2 > LEFT_MAX ? LEFT_MAX : (int64_t)(bytes / 2);
}

static int make_control(struct follow *f, int64_t left)
{
	char path[PATH_MAX];
	int fd, rc = 0;
	void *map;

	(void)snprintf(path, sizeof(path), "%s/control", f->dir);
	fd = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0 || ftruncate(fd, WG_PRELOAD_PAGE) < 0)
		rc = -errno;
	if (rc == 0 && geteuid() == 0)
		(void)fchmod(fd, 0666);
	map = rc == 0 ? mmap(NULL, WG_PRELOAD_PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0)
		      : MAP_FAILED;
	if (rc == 0 && map == MAP_FAILED)
		rc = -errno;
	if (fd >= 0)
		(void)close(fd);
	if (rc < 0)
		return rc;
	f->control = map;
	atomic_store_explicit(&f->control->left, left, memory_order_relaxed);
	f->control->magic = WG_PRELOAD_MAGIC;
	return 0;
}

static int make_arenas(struct follow *f, struct wg_error *err)
{
	const char *parent =
		free_bytes(SHM) >= LEFT_MIN && access(SHM, W_OK) == 0 ? SHM : f->folder.path;
	int64_t left = free_bytes(parent);
	int rc;

	if (left < LEFT_MIN)
		return wg_error_set(err, -ENOSPC,
			"no room to record: " SHM " and '%.200s' have less than 8 MiB free",
			parent);
	f->scratch.parent = parent;
	rc = wg__scratch_folder(&f->scratch, &f->dir);
	if (rc == 0 && geteuid() == 0) {
		(void)chmod(f->scratch.root, 0711);
		(void)chmod(f->dir, SHARED_DIR);
	}
	if (rc == 0)
		rc = make_control(f, left);
	return rc == 0 ? 0
		       : wg_error_set(err, rc, "cannot make a folder in '%.200s': %s", parent,
				 strerror(-rc));
}

/* --- the command --- */

/* AddressSanitizer ends a program in which another library comes before its own. */
static void find_first(const char *program, char *ret, size_t len)
{
	struct wg__elf elf;
	const char *name;
	size_t i;

	*ret = '\0';
	if (wg__elf_open(program, &elf) < 0)
		return;
	for (i = 0; (name = wg__elf_needed(&elf, i)); i++) {
		if (strncmp(name, "libasan.so", 10) == 0)
			(void)snprintf(ret, len, "%s:", name);
	}
	wg__elf_close(&elf);
}

static int hold(struct follow *f, struct wg_error *err)
{
	const struct wg_record_options *o = f->options;
	const char *before = getenv(PRELOAD);
	char *preload, first[64], path[PATH_MAX];
	const char *env[5] = { WG_PRELOAD_DIR, f->dir, PRELOAD, NULL, NULL };
	const struct wg__child_setup setup = { { -1, o->stdout_fd, -1 }, false, env };
	int rc;

	first[0] = '\0';
	if (wg__run_find(o->argv[0], path, NULL) == 0)
		find_first(path, first, sizeof(first));
	if (asprintf(&preload, "%s%s%s%s", first, f->library, before && *before ? ":" : "",
		    before ? before : "") < 0)
		return wg_error_set(err, -ENOMEM, "out of memory");
	env[3] = preload;
	f->child.dies_with_us = o->dies_with_us;
	f->child.adopts = o->adopts || o->until_idle;
	rc = wg__child_hold(&f->child, o->argv, &setup, &f->signals, err);
	f->pid = f->child.pid;
	free(preload);
	return rc;
}

static int run(struct follow *f, struct wg_record_result *result, struct wg_error *err)
{
	const struct wg__run_look look = { NULL, NULL, 0 };
	int rc = wg__signals_interrupted(&f->signals) ? 0 : hold(f, err);

	if (rc == 0 && f->child.pid > 0 && !wg__signals_interrupted(&f->signals))
		rc = wg__run(&f->child, &f->signals, f->options, &look, result, err);
	if (rc == 0 && !result->has_run)
		result->exit_code = 128 + f->signals.first;
	if (f->control)
		atomic_store_explicit(&f->control->stopped, 1, memory_order_relaxed);
	wg__child_abandon(&f->child);
	return rc;
}

/* --- the trace --- */

static int on_event(void *user, const struct wg_event *event)
{
	struct follow *f = user;
	bool is_place = event->record == WG_RECORD_OBJECT || event->record == WG_RECORD_SITE;

	if (f->options->only_command && !is_place && event->pid != (uint32_t)f->pid)
		return 0;
	if (f->first_ns == 0 || event->ts_ns < f->first_ns)
		f->first_ns = event->ts_ns;
	if (event->ts_ns > f->last_ns)
		f->last_ns = event->ts_ns;
	return wg_ctf_add(f->ctf, event);
}

/* When it was that there was no room, nobody wrote down. */
static int add_hole(struct follow *f, uint64_t lost)
{
	struct wg_event hole = { .type = WG_EV_LOST, .ts_ns = f->last_ns, .procname = "" };

	hole.lost.begin_ns = f->first_ns;
	hole.lost.count = lost;
	return lost ? wg_ctf_add(f->ctf, &hole) : 0;
}

static int make_trace(struct follow *f, struct wg_record_result *result,
	struct wg_gather_stats *stats, struct wg_error *err)
{
	const struct wg_ctf_about about = { .tracer = "wakegap-preload" };
	struct wg_error later = { 0, "" };
	int rc = wg_ctf_create(f->folder.path, &about, &f->ctf, err), done;

	if (rc < 0)
		return rc;
	rc = wg_gather(f->dir, on_event, f, stats, err);
	if (rc == 0)
		rc = add_hole(f, stats->lost);
	result->discarded = stats->lost;
	result->has_events = stats->waits + stats->notifies > 0;
	done = wg_ctf_finish(f->ctf, rc == 0 && result->has_events, &later);
	if (done < 0) {
		if (err)
			*err = later;
		return done;
	}
	return rc;
}

static int follow(struct follow *f, struct wg_record_result *result, struct wg_gather_stats *stats,
	struct wg_error *err)
{
	int rc;

	wg__signals_start(&f->signals);
	rc = make_arenas(f, err);
	if (rc == 0)
		rc = run(f, result, err);
	if (rc == 0 && result->has_run)
		rc = make_trace(f, result, stats, err);
	if (f->control)
		(void)munmap(f->control, WG_PRELOAD_PAGE);
	free(f->dir);
	wg__scratch_fini(&f->scratch);
	wg__signals_stop(&f->signals);
	result->interrupted_by = f->signals.first;
	return rc;
}

int wg_follow(const struct wg_record_options *options, const char *library,
	struct wg_record_result *ret_result, struct wg_gather_stats *ret_stats,
	struct wg_error *err)
{
	struct wg_record_result result = { 0 };
	struct wg_gather_stats stats = { 0 };
	struct follow f;
	char path[PATH_MAX];
	int rc;

	*ret_result = result;
	*ret_stats = stats;
	memset(&f, 0, sizeof(f));
	f.options = options;
	f.library = library;
	f.child.exec_fd = f.child.hold[0] = f.child.hold[1] = -1;
	rc = wg__run_find(options->argv[0], path, err);
	if (rc == 0)
		rc = wg__folder_make(options->dir, &f.folder, err);
	if (rc != 0)
		return rc;
	rc = follow(&f, &result, &stats, err);
	(void)snprintf(result.dir, sizeof(result.dir), "%s", options->dir);
	if (rc != 0 || !result.has_run || !result.has_events)
		wg__folder_remove_if_bare(&f.folder);
	wg__folder_give_back(&f.folder);
	wg__folder_close(&f.folder);
	*ret_result = result;
	*ret_stats = stats;
	return rc;
}
