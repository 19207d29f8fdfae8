/*
 * little_endian.h: numbers as CTF's headers have them, at any address.
 */
#ifndef TRACES_READ_LITTLE_ENDIAN_H
#define TRACES_READ_LITTLE_ENDIAN_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

static inline uint64_t wg__le64(const void *at)
{
	uint64_t v;

	memcpy(&v, at, sizeof(v));
	return le64toh(v);
}

static inline uint32_t wg__le32(const void *at)
{
	uint32_t v;

	memcpy(&v, at, sizeof(v));
	return le32toh(v);
}

#endif
