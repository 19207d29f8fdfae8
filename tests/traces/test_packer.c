/*
 * test_packer.c: blocks that another thread packs come out as those that the caller packs
 * (packer.h), at any time.
 */
#include <string.h>

#include "tests/harness/harness.h"
#include "traces/base/packed.h"
#include "traces/base/packer.h"

#define ROWS (100 * 1000)

struct row {
	int64_t up;
	uint32_t kind;
};

static const struct wg__packed_type type = { sizeof(struct row), 2, 2,
	{ WG__PACKED_FIELD(struct row, up), WG__PACKED_FIELD(struct row, kind) } };

static struct row row_of(size_t i)
{
	struct row row;

	memset(&row, 0, sizeof(row));
	row.up = (int64_t)(i * 1000 + i * i % 977);
	row.kind = (uint32_t)(i * 7 % 5);
	return row;
}

static bool is_same(const struct wg__packed *p, size_t i, uint32_t kind)
{
	const struct row row = row_of(i);
	struct row room;
	const struct row *at = wg__packed_get(p, i, &room);

	return at->up == row.up && at->kind == kind && wg__packed_value(p, i, 1) == kind;
}

static size_t add_all(struct wg__packed *p, size_t from, size_t to)
{
	size_t i, wrong = 0;

	for (i = from; i < to; i++) {
		struct row *at = wg__packed_add(p);

		CU_ASSERT_FATAL(at != NULL);
		*at = row_of(i);
		/* The last that may be set, and one that may be with the packer. */
		wrong += !is_same(p, i, row_of(i).kind);
		if (i - from > 700)
			wrong += !is_same(p, i - 700, row_of(i - 700).kind);
	}
	return wrong;
}

static void rows_are_there_while_they_are_packed(void)
{
	struct wg__packer *packer = wg__packer_create();
	struct wg__packed p = { .type = &type, .packer = packer };
	size_t i, wrong = add_all(&p, 0, ROWS);

	wg__packed_close(&p);
	wg__packer_destroy(packer);
	CU_ASSERT_EQUAL(p.count, ROWS);
	for (i = 0; i < ROWS; i++)
		wrong += !is_same(&p, i, row_of(i).kind);
	CU_ASSERT_EQUAL(wrong, 0);
	CU_ASSERT(wg__packed_bytes(&p) < ROWS * sizeof(struct row) / 3);
	wg__packed_fini(&p);
}

/* Q1: what is set waits until its block has come back. */
static void rows_are_set_while_they_are_packed(void)
{
	struct wg__packer *packer = wg__packer_create();
	struct wg__packed p = { .type = &type, .packer = packer };
	size_t i, wrong = 0, back;

	for (i = 0; i < ROWS; i += 1000) {
		wrong += add_all(&p, i, i + 1000);
		for (back = 300; back <= i + 1000; back += back) {
			struct row *at = wg__packed_open(&p, i + 1000 - back);

			CU_ASSERT_FATAL(at != NULL);
			at->kind = 99;
			wrong += !is_same(&p, i + 1000 - back, 99);
			*at = row_of(i + 1000 - back);
		}
	}
	wg__packed_drop_last(&p, 1500);
	wrong += add_all(&p, ROWS - 1500, ROWS);
	wg__packed_close(&p);
	wg__packer_destroy(packer);
	for (i = 0; i < ROWS; i++)
		wrong += !is_same(&p, i, row_of(i).kind);
	CU_ASSERT_EQUAL(wrong, 0);
	wg__packed_fini(&p);
}

/* Q2 */
static void what_is_given_up_is_freed(void)
{
	struct wg__packer *packer = wg__packer_create();
	struct wg__packed p[2] = { { .type = &type, .packer = packer },
		{ .type = &type, .packer = packer } };

	CU_ASSERT_EQUAL(add_all(&p[0], 0, ROWS / 2), 0);
	CU_ASSERT_EQUAL(add_all(&p[1], 0, ROWS / 2), 0);
	wg__packed_fini(&p[0]); /* before the packer, and after it */
	wg__packer_destroy(packer);
	wg__packed_fini(&p[1]);
	wg__packer_destroy(NULL);
}

void suite_packer(void)
{
	WG_TEST(rows_are_there_while_they_are_packed);
	WG_TEST(rows_are_set_while_they_are_packed);
	WG_TEST(what_is_given_up_is_freed);
}
