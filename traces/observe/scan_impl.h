/*
 * scan_impl.h: what the files of a scan share.
 */
#ifndef TRACES_OBSERVE_SCAN_IMPL_H
#define TRACES_OBSERVE_SCAN_IMPL_H

#include "traces/base/map.h"
#include "traces/base/names.h"
#include "traces/observe/proc.h"
#include "traces/observe/scan.h"

#define WG__PLACES_MAX 4 /* waits of a thread that are told apart */

/* One wait of a thread: the same call from the same depth of the same stack. */
struct wg__place {
	struct wg__at at;	/* at the first look that saw it */
	struct wg__call call;	/* at the last one */
	int64_t min_ns, max_ns; /* of its timeout */
	unsigned looks;
	struct wg_object object;
	struct wg__stack stack; /* bytes owned; taken at the first look */
};

struct wg__thread {
	size_t process;
	pid_t tid;
	int dir; /* its folder in /proc, -1: it has ended */
	bool is_new, has_ended;
	char comm[WG__COMM_MAX];
	struct wg__counts first, last;
	int64_t first_ns, last_ns;
	unsigned looks, running;
	int hidden; /* 0, or the error of the last look */
	struct wg__place place[WG__PLACES_MAX];
	size_t places;
};

struct wg__process {
	struct wg__proc who;
	bool is_known;	/* is_32bit is right */
	bool is_32bit;	/* its calls have other numbers */
	bool has_ended; /* none of its threads is left */
	size_t alive;	/* threads */
	size_t kept_at; /* where it will be, while others are dropped */
	struct wg__maps maps;
	struct wg__walker *walker; /* NULL until it is needed */
};

/* What a number stands for, in the index of a scan. */
enum wg__key { WG__KEY_PROCESS, WG__KEY_THREAD, WG__KEY_KERNEL };

struct wg_scan {
	char **name; /* what was asked for; owned */
	size_t names;
	unsigned flags;
	struct wg__process *process;
	size_t processes, process_cap;
	struct wg__thread *thread;
	size_t threads, thread_cap;
	struct wg__map index; /* by (number, enum wg__key) */
	int64_t begin_ns, end_ns;
	int64_t listed_ns; /* when the last list began */
	struct wg_scan_row *row;
	size_t rows;
	size_t lost;   /* threads for which there was no descriptor */
	size_t others; /* processes of other users at the last list, where no name was asked for */
	struct wg__notes notes;
};

int64_t wg__scan_now_ns(void);

/* scan_list.c: which threads there are. */
int wg__scan_list(struct wg_scan *scan);
bool wg__scan_is_number(const char *name, pid_t *ret);
void wg__scan_forget(struct wg_scan *scan, struct wg__thread *t); /* it has ended */

/* scan_look.c: where one thread is. */
int wg__scan_look_at(struct wg_scan *scan, struct wg__thread *t);
void wg__scan_clear_places(struct wg__thread *t);

/* scan_rows.c: what is shown. */
int wg__scan_make_rows(struct wg_scan *scan);
void wg__scan_make_notes(struct wg_scan *scan);

#endif
