/*
 * clocks.c: see clocks.h.
 */
#include "traces/read/clocks.h"

#include <errno.h>

/* The first folder with the clock of folder i. */
static size_t first_with(const struct wg__folder_clock *folder, size_t i)
{
	size_t k;

	for (k = 0; k < i; k++) {
		if (folder[k].is_known && wg__clock_is_same(&folder[k].clock, &folder[i].clock))
			break;
	}
	return k;
}

int wg__clocks_settle(
	struct wg__folder_clock *folder, size_t count, char *const *names, struct wg_error *err)
{
	size_t i, first = count, other = count, base;

	for (i = 0; i < count; i++) {
		if (!folder[i].is_known)
			continue;
		if (first == count)
			first = i;
		else if (other == count && first_with(folder, i) == i)
			other = i;
	}
	if (other == count)
		return 0;
	for (i = 0, base = first; i < count; i++) {
		if (!folder[i].is_known)
			continue;
		if (!folder[i].clock.is_real)
			return wg_error_set(err, -EINVAL,
				"'%s' and '%s' were recorded on different clocks (two boots or two "
				"hosts), and '%s' does not say when that was: they cannot be put "
				"in one order; read them one by one",
				names[first], names[other], names[i]);
		if (folder[i].clock.offset_ns < folder[base].clock.offset_ns)
			base = i;
	}
	base = first_with(folder, base);
	for (i = 0; i < count; i++) {
		if (folder[i].is_known)
			folder[i].shift_ns = folder[first_with(folder, i)].clock.offset_ns -
					     folder[base].clock.offset_ns;
	}
	return 1;
}
