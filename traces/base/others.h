/*
 * others.h: which processes in a trace are not of the recorded command: a file in its folder.
 *
 * LTTng records every program of the user. `wakegap record` notes which of them its command did not
 * start (record/bystanders.h), and readers leave out what these emitted. The file goes with a copy
 * of the trace; without it, all is read. It may be a stranger's: a file of another form is said to
 * be one, and not used.
 *
 * Its first line is WG__OTHERS_FIRST. Each other line is a process, by pid and then by time: its
 * pid, and from when to when it had that, in ns of the monotonic clock.
 */
#ifndef TRACES_BASE_OTHERS_H
#define TRACES_BASE_OTHERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/stat.h>

#define WG__OTHERS "OTHER-PROGRAMS"
#define WG__OTHERS_FIRST                                                                           \
	"The recorded command did not start these processes: pid, from, to. wakegap leaves their " \
	"events out while this file is here.\n"
#define WG__OTHERS_MAX 65536 /* processes */

struct wg__other {
	int64_t from_ns, to_ns; /* INT64_MAX: to the end */
	uint32_t pid;
	bool has_events; /* some were left out */
};

/* All zero is none. */
struct wg__others {
	struct wg__other *v;
	size_t count, cap;
	uint64_t events; /* that were left out */
	uint32_t absent; /* the last pid that is not in it; 0: none */
	dev_t dev;	 /* the file */
	ino_t ino;	 /* of which it was read */
	struct wg__others *next;
};

/* Beyond the most that a file has, one is not added: its events are read. 0 or -ENOMEM. */
int wg__others_add(struct wg__others *others, uint32_t pid, int64_t from_ns, int64_t to_ns);

/* Put them into the folder `fd`, in place of those that were there; none: no file. 0 or a negative
 * errno, and nothing has changed. */
int wg__others_write(struct wg__others *others, int fd);

/* The file of the recording that dir is a trace of. 0, or -ENOENT. */
int wg__others_stat(const char *dir, struct stat *ret);

/*
 * Read it into the list, unless it is there; *ret, in the list, is NULL if there is no such file.
 * 0, -ENOMEM, or another negative errno: it is of no use. *ret_line is the first line that is
 * wrong, 0: not known.
 */
int wg__others_read(
	const char *dir, struct wg__others **list, struct wg__others **ret, size_t *ret_line);

/* Did one of them emit this? Then it is counted. */
bool wg__others_has(struct wg__others *others, uint32_t pid, int64_t at_ns);

/* How many of them did. */
size_t wg__others_met(const struct wg__others *others);

void wg__others_fini(struct wg__others *others);
void wg__others_free(struct wg__others *list); /* of those that were read */

#endif
