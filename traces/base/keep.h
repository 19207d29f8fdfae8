/*
 * keep.h: values on their way into a file and out of it again. One function serves both ways, so
 * that what is read is what was written. Private to traces/.
 *
 *     static void keep_points(struct wg__keep *k, struct points *p)
 *     {
 *             wg__keep_value(k, &p->begin_ns, sizeof(p->begin_ns));
 *             wg__keep_array(k, &p->v, &p->count, sizeof(*p->v));
 *     }
 *
 * What is read may be damaged, or made up by a stranger: no count leads past its end. What the
 * values mean, the caller checks. An error sticks: after the first one nothing is read or written.
 * Everything begins at a multiple of 8 bytes, so it may be used where it stands.
 */
#ifndef TRACES_BASE_KEEP_H
#define TRACES_BASE_KEEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct wg_out;
struct wg__names;
struct XXH3_state_s;

struct wg__keep {
	struct wg_out *out;	  /* writes into it; NULL: reads */
	struct XXH3_state_s *sum; /* of what was written */
	const char *at, *end;	  /* reads: what is left */
	struct wg__names *names;  /* reads: they own all texts */
	int rc;			  /* -EBADMSG: that cannot be; -ENOMEM; errors of out: see there */
};

static inline bool wg__keep_reads(const struct wg__keep *k)
{
	return !k->out;
}

void wg__keep_value(struct wg__keep *k, void *value, size_t bytes);
void wg__keep_flag(struct wg__keep *k, bool *flag);

/* So many bytes, used where they stand in the file: *at is set if it reads. */
void wg__keep_place(struct wg__keep *k, const void **at, size_t count, size_t element_bytes);

/* An array; one that was read is the caller's to free, and never NULL. *array is a `T **`. */
void wg__keep_array(struct wg__keep *k, void *array, size_t *count, size_t element_bytes);

/* Room for so many elements, all zero, each of which takes a word of the file at least; who reads
 * owns it. NULL: k->rc says why. */
void *wg__keep_room(struct wg__keep *k, size_t count, size_t element_bytes);

/* NULL is a text, too. */
void wg__keep_text(struct wg__keep *k, const char **text);

/* A time, or a duration: of sums of a few of them none overflows. Dates are within 70 years of
 * 1970. besides: a value that means none. */
#define WG__KEEP_TIME_MAX (INT64_MAX / 4)
void wg__keep_time(struct wg__keep *k, int64_t *t, int64_t besides);

/* What was read, or is to be written, cannot be. */
void wg__keep_refuse(struct wg__keep *k, bool is_wrong);

#endif
