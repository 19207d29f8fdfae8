/*
 * utf8.h: which bytes are a character.
 */
#ifndef TRACES_BASE_UTF8_H
#define TRACES_BASE_UTF8_H

#include <stddef.h>
#include <stdint.h>

/* Bytes of the valid UTF-8 sequence that begins here (1 to 4); 0 if there is none. */
size_t wg_utf8_len(const char *text);
/* Take one code point off *text, U+FFFD for broken bytes; *text must not be at its end. */
uint32_t wg_utf8_next(const char **text);

#endif
