/*
 * doctor.c: the parts, looked at and told as text. See doctor.h.
 */
#include "viz/doctor/doctor.h"

#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "traces/kernel/kernel.h"
#include "traces/kernel/light.h"
#include "traces/observe/walk.h"
#include "viz/doctor/look.h"

static const struct wg_part *const parts[] = { &wg__part_run, &wg__part_lttng, &wg__part_preload,
	&wg__part_kernel, &wg__part_scan, &wg__part_read, &wg__part_import, &wg__part_labs };

const struct wg_part *wg_part_at(size_t i)
{
	return i < sizeof(parts) / sizeof(parts[0]) ? parts[i] : NULL;
}

void wg_facts_here(struct wg_facts *ret, const char *root, char *self, size_t len)
{
	const char *home = getenv("LTTNG_HOME"), *cc = getenv("CC");
	ssize_t n = readlink("/proc/self/exe", self, len - 1);
	struct passwd *user = getpwuid(geteuid());

	self[n < 0 ? 0 : n] = '\0';
	if (strrchr(self, '/'))
		*strrchr(self, '/') = '\0';
	*ret = (struct wg_facts){ .root = root,
		.self = self,
		.path = getenv("PATH"),
		.home = home && *home ? home : getenv("HOME"),
		.cc = cc && cc[strspn(cc, " \t")] ? cc : "cc",
		.user = user ? user->pw_name : "",
		.uid = geteuid(),
		.has_kernel = wg__has_light,
		.has_dw = wg__has_dwarf,
		.try_kernel = *root ? NULL : wg_kernel_check };
}

void wg_part_look(
	const struct wg_part *part, const struct wg_facts *facts, struct wg_diagnosis *ret)
{
	*ret = (struct wg_diagnosis){ .health = WG_HEALTH_OK };
	for (; part->probe[ret->count].name; ret->count++) {
		struct wg_finding *f = &ret->finding[ret->count];

		part->probe[ret->count].look(facts, f);
		if (f->health > ret->health)
			ret->health = f->health;
	}
}

bool wg_part_is_asked(const struct wg_part *part, const char *const *names, size_t count)
{
	size_t i;

	for (i = 0; i < count && strcmp(names[i], part->name) != 0; i++)
		;
	return count == 0 || i < count;
}

static void print_part(const struct wg_part *part, const struct wg_diagnosis *d)
{
	static const char *const words[] = { "works", "works, with less", "does not work" };
	static const char *const states[] = { "ok", "less", "LACKS" };
	size_t i;

	printf("%s: %s: %s\n", part->name, part->does, words[d->health]);
	for (i = 0; i < d->count; i++) {
		const struct wg_finding *f = &d->finding[i];

		if (!f->says[0])
			continue;
		printf("  %-5s  %s: %s\n", states[f->health], part->probe[i].name, f->says);
		if (f->fix[0])
			printf("         fix: %s\n", f->fix);
	}
	if (d->health == WG_HEALTH_LACKS)
		printf("         without: %s\n", part->without);
}

bool wg_doctor_text(const struct wg_facts *facts, const char *const *names, size_t count)
{
	struct wg_diagnosis d;
	size_t i, asked = 0, lacking = 0;

	for (i = 0; wg_part_at(i); i++) {
		if (!wg_part_is_asked(wg_part_at(i), names, count))
			continue;
		wg_part_look(wg_part_at(i), facts, &d);
		print_part(wg_part_at(i), &d);
		asked++;
		lacking += d.health == WG_HEALTH_LACKS;
	}
	if (lacking)
		printf("%zu of %zu do%s not work here\n", lacking, asked, lacking == 1 ? "es" : "");
	else
		printf("%s\n", asked == 1 ? "it works here" : "all of them work here");
	return lacking == 0;
}
