/*
 * look.c: see look.h.
 */
#include "viz/doctor/look.h"

#include <glob.h>
#include <limits.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Where systems keep programs that PATH may leave out. */
#define FOLDERS "/usr/local/bin:/usr/bin:/bin:/usr/local/sbin:/usr/sbin:/sbin"

char *wg__below(const struct wg_facts *facts, const char *path, char *buf, size_t len)
{
	if ((size_t)snprintf(buf, len, "%s%s", facts->root, path) >= len)
		buf[0] = '\0'; /* no such file */
	return buf;
}

bool wg__is_there(const struct wg_facts *facts, const char *path, int mode)
{
	char whole[PATH_MAX];

	return access(wg__below(facts, path, whole, sizeof(whole)), mode) == 0;
}

bool wg__is_any(const struct wg_facts *facts, const char *const *patterns, char *ret, size_t len)
{
	char whole[PATH_MAX];
	bool is_found = false;

	for (; *patterns && !is_found; patterns++) {
		glob_t found = { 0 };

		is_found = glob(wg__below(facts, *patterns, whole, sizeof(whole)), 0, NULL,
				   &found) == 0;
		if (is_found)
			(void)snprintf(ret, len, "%s", found.gl_pathv[0] + strlen(facts->root));
		globfree(&found);
	}
	return is_found;
}

bool wg__line(
	const struct wg_facts *facts, const char *path, const char *begin, char *ret, size_t len)
{
	char whole[PATH_MAX], line[1024];
	FILE *f = fopen(wg__below(facts, path, whole, sizeof(whole)), "re");
	bool is_found = false;

	while (f && !is_found && fgets(line, sizeof(line), f)) {
		is_found = strncmp(line, begin, strlen(begin)) == 0;
		line[strcspn(line, "\n")] = '\0';
	}
	if (is_found)
		(void)snprintf(ret, len, "%s", line + strlen(begin));
	if (f)
		(void)fclose(f);
	return is_found;
}

bool wg__number(const struct wg_facts *facts, const char *path, long *ret)
{
	char line[64];

	if (!wg__line(facts, path, "", line, sizeof(line)))
		return false;
	*ret = strtol(line, NULL, 10);
	return true;
}

static bool is_program(const struct wg_facts *facts, const char *path)
{
	char whole[PATH_MAX];
	struct stat st;

	return stat(wg__below(facts, path, whole, sizeof(whole)), &st) == 0 &&
	       S_ISREG(st.st_mode) && access(whole, X_OK) == 0;
}

bool wg__program(const struct wg_facts *facts, const char *name, char *ret, size_t len)
{
	const char *search[] = { facts->path ? facts->path : "", FOLDERS };
	size_t i;

	if (strchr(name, '/')) {
		(void)snprintf(ret, len, "%s", name);
		return is_program(facts, name);
	}
	for (i = 0; i < 2; i++) {
		const char *p = search[i];

		while (*p) {
			size_t part = strcspn(p, ":");

			(void)snprintf(ret, len, "%.*s/%s", (int)part, p, name);
			if (*p == '/' && is_program(facts, ret))
				return true;
			p += part + (p[part] == ':');
		}
	}
	return false;
}

/* They came with this program, so they are never below a root. */
bool wg__ours(const struct wg_facts *facts, const char *name, char *ret, size_t len)
{
	static const char *const places[] = { "", "../libexec/wakegap/" };
	size_t i;

	for (i = 0; i < 2; i++) {
		(void)snprintf(ret, len, "%s/%s%s", facts->self, places[i], name);
		if (access(ret, R_OK) == 0)
			return true;
	}
	return false;
}

void wg__found(struct wg_finding *f, enum wg_health health, const char *fmt, ...)
{
	va_list ap;

	f->health = health;
	va_start(ap, fmt);
	(void)vsnprintf(f->says, sizeof(f->says), fmt, ap);
	va_end(ap);
}

void wg__fix(const struct wg_facts *facts, struct wg_finding *f, bool as_root, const char *fmt, ...)
{
	int len = snprintf(f->fix, sizeof(f->fix), "%s", as_root && facts->uid ? "sudo " : "");
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(f->fix + len, sizeof(f->fix) - (size_t)len, fmt, ap);
	va_end(ap);
}

void wg__fix_by_package(
	const struct wg_facts *facts, struct wg_finding *f, const struct wg__package *package)
{
	char path[PATH_MAX];

	if (wg__program(facts, "dnf", path, sizeof(path)))
		wg__fix(facts, f, true, "dnf install %s", package->dnf);
	else if (wg__program(facts, "pacman", path, sizeof(path)))
		wg__fix(facts, f, true, "pacman -S %s", package->pacman);
	else
		wg__fix(facts, f, true, "apt install %s", package->apt);
}
