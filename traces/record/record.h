/*
 * record.h: record one command with LTTng-UST, and leave nothing behind but the trace.
 *
 * What it promises:
 *   R1 the session has a name of its own and is destroyed on every way out: the command fails, it
 *      cannot be started, a signal arrives, the disk fills, this process is killed (a small
 *      guardian process, forked before the session exists, does it when our end closes).
 *   R2 a session daemon is started only if none answers; the last recording that uses a daemon
 *      which wakegap started stops it, if no session but ours is left. Others' daemons and sessions
 *      are never touched.
 *   R3 the command gets our stdin, stdout, stderr and the signal handling it would have without us
 *      (what the user set to be ignored, as nohup does, stays so), and its status is passed on.
 *   R4 events that the tracer discarded are counted.
 *   R5 it ends, whatever LTTng's daemons do: each request has a time limit, and a signal shortens
 * it. R6 the command and its status do not depend on the recording; if that fails, what was written
 *      until then stays.
 */
#ifndef TRACES_RECORD_RECORD_H
#define TRACES_RECORD_RECORD_H

#include <limits.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"

struct wg_event;

/* Why a snapshot was kept; also the end of its folder's name: DIR/1-gap. */
enum wg_snapshot { WG_SNAPSHOT_GAP, WG_SNAPSHOT_ASKED, WG_SNAPSHOT_END, WG_SNAPSHOT_REASONS };
const char *wg_snapshot_name(enum wg_snapshot why); /* "gap", "asked", "end"; static */

/*
 * Only the last seconds are kept: what the buffers hold when somebody asks (control.h), when look()
 * says so, and at the end.
 */
struct wg_flight {
	/*
	 * What the buffers hold is in that folder: 1 keeps it, 0 does not; or a negative errno with
	 * a line. Called as often as 5 % of a CPU allow. NULL: nobody looks.
	 */
	int (*look)(void *user, const char *dir, struct wg_error *err);
	/* The same for a recorder that has each event: is it the end of a gap to keep? 1, 0, or a
	 * negative errno. NULL: nobody looks. */
	int (*event)(void *user, const struct wg_event *event);
	void (*kept)(void *user, enum wg_snapshot why, const char *dir); /* or NULL */
	void *user;
	unsigned max;	/* at most so many are kept because of a gap; 0: no limit */
	uint64_t bytes; /* that it keeps, of all events together; 0: as many as are usual */
};

/* How far a recording is. */
struct wg_record_progress {
	int64_t ms;	    /* since the command runs */
	uint64_t bytes;	    /* written */
	uint64_t discarded; /* events */
	unsigned snapshots;
};

struct wg_record_options {
	const char *dir; /* where the trace goes; created, must be absent or empty */
	const char *to;	 /* or it goes to the relay daemon at "net://HOST", and dir is not used */
	bool is_live;	 /* with to: others may attach meanwhile */
	void (*say)(const char *line); /* what should be known at once; or NULL */
	char *const *argv;	       /* the command, NULL-terminated, looked up in PATH */
	bool only_command;   /* track that one process, not its children or anything else of ours */
	bool dies_with_us;   /* the command is killed if this process is, instead of running on */
	int stdout_fd;	     /* the command's standard output, or -1 for ours */
	bool adopts;	     /* find out what the command leaves running; see prctl(2), SUBREAPER */
	bool without_others; /* readers leave out what the command did not start (bystanders.h);
				sets adopts; with to, nothing is left out */
	bool until_idle;     /* record on until nothing that it left runs; sets adopts */
	int64_t for_ms;	     /* record for so long, whether or not the command has ended; 0: no */
	const struct wg_flight *flight; /* or NULL: everything is kept */
	uint64_t max_bytes;    /* of the trace: the oldest events are written over; 0: no limit */
	uint64_t rotate_bytes; /* a new chunk after so many bytes, or */
	int64_t rotate_ns;     /* after so long; 0: no chunks. max_bytes keeps the newest then */
	/* Called once a second while the command runs; or NULL. */
	void (*progress)(void *user, const struct wg_record_progress *progress);
	void *progress_user;
};

struct wg_record_result {
	int exit_code;	    /* the command's; 128 + N if signal N ended it */
	int interrupted_by; /* the signal that ended the recording, or 0 */
	uint64_t discarded; /* events the tracer discarded */
	uint64_t lost_packets;
	bool has_events;	      /* some stream holds an event */
	unsigned snapshots, not_kept; /* of a flight; looks beyond the most that are kept */
	uint64_t dropped_packets;     /* written over to keep within max_bytes */
	int64_t begin_ns, since_ns; /* when the command began to run; where the trace begins now */
	bool has_run;		    /* the command was started */
	bool has_registered;	    /* some process with LTTng-UST in it came to the session */
	bool were_stopped;	    /* LTTng's daemons, and we continued them */
	bool still_runs;	    /* the command, when for_ms was over */
	size_t left;		    /* processes of the command that still ran; see adopts */
	pid_t left_pid;		    /* one of them */
	pid_t outlived_by; /* a process that ran on when the command ended, or 0; of left_name */
	char left_name[16];
	size_t chunks, chunks_removed;
	bool has_moved;	    /* the folder, while recording */
	char dir[PATH_MAX]; /* where it is; with to, below the folder of the relay daemon */
};

/*
 * Run and record the command; returns when it has ended and the trace is complete on disk.
 * Blocks as long as the command runs; SIGINT, SIGTERM and SIGHUP are handled meanwhile (a SIGINT of
 * the terminal reaches the command by itself; others are passed on, and after 2 s SIGKILL), the
 * caller's signal mask and handlers are restored. Main thread only.
 * A signal that comes before the command runs ends the recording without running it: that is no
 * error, interrupted_by says so. Only the command itself is waited for and killed, not what it
 * left in the background. If this process gets SIGKILL the command runs on, unobserved, unless
 * dies_with_us.
 * *ret_result is filled in any case: a recording may fail after the command ran, and then the line
 * says what of the trace is there.
 * Errors, each with a line: -ENOENT/-EACCES the command cannot be started; -EEXIST dir is not
 * empty; -ENOSYS no session daemon and none can be started (says which package); -ENOSPC (the disk,
 * or /dev/shm); -ETIMEDOUT LTTng's daemons do not answer; -EPIPE they have ended; -EIO.
 */
int wg_record(const struct wg_record_options *options, struct wg_record_result *ret_result,
	struct wg_error *err);

/*
 * Hold the session daemon across several recordings, so that it is started and stopped once (R2
 * holds for all of them together). Errors, each with a line: -ENOSYS and -EIO as above.
 */
struct wg_record_hold;
int wg_record_hold(struct wg_record_hold **ret_hold, struct wg_error *err);

/*
 * A folder for traces that are not kept, and no daemon. It is removed with all in it at the end,
 * also if this process is killed. Errors, each with a line: what mkdtemp(3) says.
 */
int wg_record_hold_room(struct wg_record_hold **ret_hold, struct wg_error *err);
const char *wg_record_hold_folder(const struct wg_record_hold *hold); /* borrowed */
void wg_record_release(struct wg_record_hold *hold);		      /* NULL is fine */

#endif
