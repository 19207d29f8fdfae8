/*
 * units.h: numbers, sizes and times as people type and read them: 64K, 10M, 10ms, 1.5s.
 *
 * A parser takes the whole text or none of it: 0, -EINVAL (not such a number) or -ERANGE (too small
 * or too large). Nothing is clipped, and *ret is untouched on failure.
 */
#ifndef TRACES_BASE_UNITS_H
#define TRACES_BASE_UNITS_H

#include <stddef.h>
#include <stdint.h>

/* Decimal digits only, without sign or blanks; from min to max, both included. */
int wg_parse_number(const char *text, uint64_t min, uint64_t max, uint64_t *ret);

/* "4096", "64K", "10M", "1G", "1T" (powers of 1024; B and iB may follow). */
int wg_parse_size(const char *text, uint64_t *ret_bytes);

/* "250ns", "10us", "10ms", "1.5s", "2m", "8h"; a unit is required unless the number is 0. */
int wg_parse_time(const char *text, int64_t *ret_ns);

/*
 * Three significant digits and a unit, as "1.59 s", "10.1 ms", "853 us", "0 ns". Returns buf.
 */
char *wg_format_time(char *buf, size_t len, int64_t ns);

/* A span of them: "50.0 ms" where both read alike, else "10.0 ms to 50.0 ms". Returns buf. */
char *wg_format_times(char *buf, size_t len, int64_t min_ns, int64_t max_ns);

/* "64 KiB", "10 MiB", "517 B". Returns buf. */
char *wg_format_size(char *buf, size_t len, uint64_t bytes);

/* What a noun ends in after a number: "1 thread", "2 threads". */
static inline const char *wg_s(uint64_t n)
{
	return n == 1 ? "" : "s";
}

#endif
