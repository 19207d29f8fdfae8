/*
 * units.h: sizes and times as people type and read them: 64K, 10M, 10ms, 1.5s.
 */
#ifndef TRACES_BASE_UNITS_H
#define TRACES_BASE_UNITS_H

#include <stddef.h>
#include <stdint.h>

/* "4096", "64K", "10M", "1G" (powers of 1024; B and iB may follow): 0 or -EINVAL, -ERANGE. */
int wg_parse_size(const char *text, uint64_t *ret_bytes);

/* "250ns", "10us", "10ms", "1.5s", "2m"; a unit is required unless the number is 0. */
int wg_parse_time(const char *text, int64_t *ret_ns);

/*
 * Three significant digits and a unit, as "1.59 s", "10.1 ms", "853 us", "0 ns". Returns buf.
 */
char *wg_format_time(char *buf, size_t len, int64_t ns);

/* "64 KiB", "10 MiB", "517 B". Returns buf. */
char *wg_format_size(char *buf, size_t len, uint64_t bytes);

#endif
