/*
 * doctor.h: what a machine has and lacks for each part of wakegap, and the command that fixes it.
 *
 * Nothing is changed and nothing is started. Probes see a machine through its files, below a root
 * that may be another system's, and through struct wg_facts; so a test can show them any machine.
 */
#ifndef VIZ_DOCTOR_DOCTOR_H
#define VIZ_DOCTOR_DOCTOR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "traces/base/error.h"

/* What a probe may know beside the files. */
struct wg_facts {
	const char *root; /* "": this machine; else its files are below this folder */
	const char *self; /* the folder of this program */
	const char *path; /* PATH */
	const char *home; /* where LTTng's sockets go; NULL: not set */
	const char *cc;	  /* the compiler of labs */
	const char *user; /* its name; "" if it has none */
	uid_t uid;
	bool has_kernel; /* built with the part that runs in the kernel */
	bool has_dw;	 /* built with libdw */
	/* Try to record in the kernel; NULL: do not try. */
	int (*try_kernel)(struct wg_error *err);
};

enum wg_health {
	WG_HEALTH_OK,
	WG_HEALTH_LIMITED, /* it works, less well */
	WG_HEALTH_LACKS,   /* it does not work without */
	WG_HEALTH_COUNT
};

#define WG_FINDING_MAX 512

/* What a probe found. */
struct wg_finding {
	enum wg_health health;
	char says[WG_FINDING_MAX]; /* one line; "": not worth one */
	char fix[WG_FINDING_MAX];  /* a command; "" if nothing is to be done */
};

struct wg_probe {
	const char *name;
	/* Fills *f, which is all zero before: healthy. */
	void (*look)(const struct wg_facts *facts, struct wg_finding *f);
};

/* What people do with wakegap, and what that needs. */
struct wg_part {
	const char *name, *does;
	const char *without;	  /* what still works where this does not */
	struct wg_probe probe[9]; /* up to one without a name */
};

/* Part i, or NULL. */
const struct wg_part *wg_part_at(size_t i);

/* Of this process; root is borrowed. self is filled into the buffer. Main thread. */
void wg_facts_here(struct wg_facts *ret, const char *root, char *self, size_t len);

/*
 * Print what is found for the parts of these names (none: all). True if all of them work. As JSON:
 * -ENOMEM in *ret_error if there was no memory.
 */
bool wg_doctor_text(const struct wg_facts *facts, const char *const *names, size_t count);
bool wg_doctor_json(
	const struct wg_facts *facts, const char *const *names, size_t count, int *ret_error);

/* One part, looked at. */
struct wg_diagnosis {
	enum wg_health health; /* the worst */
	struct wg_finding finding[9];
	size_t count;
};
void wg_part_look(
	const struct wg_part *part, const struct wg_facts *facts, struct wg_diagnosis *ret);
bool wg_part_is_asked(const struct wg_part *part, const char *const *names, size_t count);

#endif
