/*
 * look.h: what probes look with: files below the root, programs, and how a package is installed
 * there. Private to doctor/.
 */
#ifndef VIZ_DOCTOR_LOOK_H
#define VIZ_DOCTOR_LOOK_H

#include "viz/doctor/doctor.h"

/* ROOT/PATH, in buf. Returns buf. */
char *wg__below(const struct wg_facts *facts, const char *path, char *buf, size_t len);

bool wg__is_there(const struct wg_facts *facts, const char *path, int mode); /* access(2) */

/* The first file that one of the patterns names, a list up to NULL; as ROOT has it. False: none. */
bool wg__is_any(const struct wg_facts *facts, const char *const *patterns, char *ret, size_t len);

/* The number that the file holds. False: it is not there. */
bool wg__number(const struct wg_facts *facts, const char *path, long *ret);

/* The line of a file that begins so, without its beginning. False: none. */
bool wg__line(
	const struct wg_facts *facts, const char *path, const char *begin, char *ret, size_t len);

/* Where PATH or the system's folders have a program. False: nowhere. */
bool wg__program(const struct wg_facts *facts, const char *name, char *ret, size_t len);

/* A program or a library of ours, beside this one or in libexec. */
bool wg__ours(const struct wg_facts *facts, const char *name, char *ret, size_t len);

/* Fill *f. */
void wg__found(struct wg_finding *f, enum wg_health health, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The command that fixes it; as_root: with sudo where this user is not root. */
void wg__fix(const struct wg_facts *facts, struct wg_finding *f, bool as_root, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));

/* Its packages, as apt, dnf and pacman name them. */
struct wg__package {
	const char *apt, *dnf, *pacman;
};
void wg__fix_by_package(
	const struct wg_facts *facts, struct wg_finding *f, const struct wg__package *package);

/* The probes. */
extern const struct wg_part wg__part_run, wg__part_lttng, wg__part_preload, wg__part_kernel,
	wg__part_scan, wg__part_read, wg__part_import, wg__part_labs;

#endif
