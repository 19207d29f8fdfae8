/*
 * text_out.h: numbers and names as text that other programs read: CSV, JSON, UTF-8.
 *
 * A name in a trace may be any bytes. Everything written here is valid UTF-8: a byte that is part
 * of no valid sequence becomes the four characters \xNN (two hexadecimal digits, lower case). A
 * backslash in a name stays one, so a program that is really called "\xff" looks like another.
 */
#ifndef TRACES_BASE_TEXT_OUT_H
#define TRACES_BASE_TEXT_OUT_H

#include <stdint.h>

#include "traces/base/out.h"
#include "traces/base/utf8.h"

#define WG_NUMBER_MAX 24 /* the most characters of a number below */

/* Decimal digits to `to`; returns the end. No terminating 0. */
char *wg_put_u64(char *to, uint64_t value);
char *wg_put_i64(char *to, int64_t value);

/* Nanoseconds as microseconds with three decimals: 1234 is 1.234. */
char *wg_put_us(char *to, int64_t ns);

/* The same behind whole milliseconds: of less than one, always six digits. 1234 is 001.234. */
char *wg_put_us_of_ms(char *to, uint32_t ns);

/* Encode a code point; buf takes at least 5 bytes. Returns buf. */
char *wg_utf8_encode(char *buf, uint32_t ch);

/* A field of RFC 4180: quoted if it has to be, quotes doubled. */
void wg_out_csv(struct wg_out *out, const char *text);

/* A JSON string, quotes included. */
void wg_out_json(struct wg_out *out, const char *text);

/* JSON numbers; beyond 2^53, where readers that use doubles would round, a string of digits. */
char *wg_put_json_u64(char *to, uint64_t value);
char *wg_put_json_i64(char *to, int64_t value);

/* text as valid UTF-8 into ret of len bytes, cut at a whole character. Returns its length. */
size_t wg_utf8_clean(const char *text, char *ret, size_t len);

#endif
