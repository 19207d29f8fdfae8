/*
 * test_units.c: numbers, sizes and times as people type them, and what is refused.
 */
#include <errno.h>
#include <limits.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/harness/harness.h"
#include "traces/base/sort.h"
#include "traces/base/say.h"
#include "traces/base/units.h"

static void numbers_are_taken_whole(void)
{
	uint64_t n = 1;

	CU_ASSERT(wg_parse_number("0", 0, 0, &n) == 0 && n == 0);
	CU_ASSERT(wg_parse_number("007", 0, 9, &n) == 0 && n == 7);
	CU_ASSERT(
		wg_parse_number("18446744073709551615", 0, UINT64_MAX, &n) == 0 && n == UINT64_MAX);
	CU_ASSERT(wg_parse_number("3", 3, 3, &n) == 0 && n == 3);
}

static void other_texts_are_no_numbers(void)
{
	static const char *const texts[] = { "", " ", "-1", "+1", " 1", "1 ", "1x", "x1", "1.0",
		"0x10", "1e3", "1\n", "-18446744073709551615", "\xd9\xa3" };
	uint64_t n = 42;
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(texts[0]); i++)
		CU_ASSERT(wg_parse_number(texts[i], 0, UINT64_MAX, &n) == -EINVAL);
	CU_ASSERT(n == 42);
}

static void numbers_out_of_range_are_never_clipped(void)
{
	uint64_t n = 42;

	CU_ASSERT(wg_parse_number("18446744073709551616", 0, UINT64_MAX, &n) == -ERANGE);
	CU_ASSERT(wg_parse_number("184467440737095516150", 0, UINT64_MAX, &n) == -ERANGE);
	CU_ASSERT(wg_parse_number("2", 3, 9, &n) == -ERANGE);
	CU_ASSERT(wg_parse_number("10", 3, 9, &n) == -ERANGE);
	CU_ASSERT(n == 42);
}

static void sizes_are_powers_of_1024(void)
{
	uint64_t n = 0;

	CU_ASSERT(wg_parse_size("4096", &n) == 0 && n == 4096);
	CU_ASSERT(wg_parse_size("64K", &n) == 0 && n == 65536);
	CU_ASSERT(wg_parse_size("1.5MiB", &n) == 0 && n == 1572864);
	CU_ASSERT(wg_parse_size("2T", &n) == 0 && n == UINT64_C(2) << 40);
	CU_ASSERT(wg_parse_size("0", &n) == 0 && n == 0);
	n = 42;
	CU_ASSERT(wg_parse_size("18446744073709551616", &n) == -ERANGE);
	CU_ASSERT(wg_parse_size("18446744073709553K", &n) == -ERANGE);
	CU_ASSERT(wg_parse_size("0.3", &n) == -EINVAL);
	CU_ASSERT(wg_parse_size("-1K", &n) == -EINVAL);
	CU_ASSERT(wg_parse_size("1KK", &n) == -EINVAL);
	CU_ASSERT(wg_parse_size("", &n) == -EINVAL && wg_parse_size("K", &n) == -EINVAL);
	CU_ASSERT(n == 42);
}

static void large_sizes_are_exact(void)
{
	uint64_t n = 0;

	CU_ASSERT(wg_parse_size("9007199254740993", &n) == 0 && n == 9007199254740993u);
}

static void times_need_a_unit(void)
{
	int64_t ns = 0;

	CU_ASSERT(wg_parse_time("250ns", &ns) == 0 && ns == 250);
	CU_ASSERT(wg_parse_time("1.5s", &ns) == 0 && ns == 1500000000);
	CU_ASSERT(wg_parse_time("2 min", &ns) == 0 && ns == 120000000000);
	CU_ASSERT(wg_parse_time("1.5h", &ns) == 0 && ns == 5400000000000);
	CU_ASSERT(wg_parse_time("0", &ns) == 0 && ns == 0);
	ns = 42;
	CU_ASSERT(wg_parse_time("10", &ns) == -EINVAL && wg_parse_time("", &ns) == -EINVAL);
	CU_ASSERT(wg_parse_time("inf", &ns) == -EINVAL && wg_parse_time("0x1s", &ns) == -EINVAL);
	CU_ASSERT(wg_parse_time("-1ms", &ns) == -EINVAL && wg_parse_time(" 1ms", &ns) == -EINVAL);
	CU_ASSERT(
		wg_parse_time("1.2.3s", &ns) == -EINVAL && wg_parse_time("0.5ns", &ns) == -EINVAL);
	CU_ASSERT(wg_parse_time("18446744073709553m", &ns) == -ERANGE);
	CU_ASSERT(ns == 42);
}

static void paths_are_words_of_a_shell(void)
{
	static const char *const words[][2] = { { "/a/b-1.c", "/a/b-1.c" }, { "", "''" },
		{ "a b", "'a b'" }, { "it's", "'it'\\''s'" }, { "$(x)\\", "'$(x)\\'" },
		{ "~", "'~'" }, { "\xc3\xa9", "\xc3\xa9" }, { "a\nb'\\", "$'a\\x0ab\\'\\\\'" },
		{ "\x1b[m", "$'\\x1b[m'" }, { "\xc2\x9b", "$'\\xc2\\x9b'" }, { "-rf", "./-rf" },
		{ "-a b", "./'-a b'" }, { "caf\xe9", "$'caf\\xe9'" } };
	char buf[WG_SHELL_MAX], longest[3 * PATH_MAX];
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(words[0]); i++)
		CU_ASSERT_STRING_EQUAL(wg_shell_word(buf, "%s", words[i][0]), words[i][1]);
	CU_ASSERT_STRING_EQUAL(wg_shell_word(buf, "%s/%d", "a b", 1), "'a b/1'");
	memset(longest, '\'', sizeof(longest) - 1);
	longest[sizeof(longest) - 1] = '\0';
	CU_ASSERT(strlen(wg_shell_word(buf, "%s", longest)) < WG_SHELL_MAX);
}

/* Wherever a buffer is full: also in the middle of a character. */
static void a_terminal_gets_characters_and_no_raw_bytes(void)
{
	static const char text[] = "a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80\t\xc2\x9b[1m\xff\x1b\xc3"
				   "\xc3\xa9\xe6\x97z\xed\xa0\x80\xf0\x9f\x98\n\xc2";
	static const char wanted[] = "a\xc3\xa9\xe6\x97\xa5\xf0\x9f\x98\x80\t\\xc2\\x9b["
				     "1m\\xff\\x1b\\xc3\xc3\xa9\\xe6\\x97z"
				     "\\xed\\xa0\\x80\\xf0\\x9f\\x98\n\\xc2";
	size_t i, k, len = sizeof(text) - 1;

	for (i = 0; i <= len; i++) {
		for (k = i; k <= len; k++) {
			char *got = NULL;
			size_t got_len = 0;
			FILE *to = open_memstream(&got, &got_len), *plain;

			CU_ASSERT_PTR_NOT_NULL_FATAL(to);
			plain = wg_say_plain(to);
			CU_ASSERT_FATAL(plain != to);
			(void)fwrite(text, 1, i, plain);
			(void)fflush(plain);
			(void)fwrite(text + i, 1, k - i, plain);
			(void)fflush(plain);
			(void)fwrite(text + k, 1, len - k, plain);
			CU_ASSERT_EQUAL(fclose(plain), 0);
			(void)fclose(to);
			CU_ASSERT_STRING_EQUAL(got, wanted);
			free(got);
		}
	}
}

/* Few are compared, many go by their bytes: both in order, and none is lost. */
static void times_are_sorted(void)
{
	static const size_t counts[] = { 0, 1, 2, 100, 513, 5000 };
	static int64_t v[5000];
	uint64_t seed = 1, sum, sorted_sum;
	size_t i, k;

	for (k = 0; k < sizeof(counts) / sizeof(counts[0]); k++) {
		bool is_sorted = true;

		for (i = 0, sum = 0; i < counts[k]; i++) {
			seed = seed * 6364136223846793005u + 1442695040888963407u;
			/* A third is negative, a third small; equals are among them. */
			v[i] = i % 3 ? (int64_t)(seed >> (i % 3 == 1 ? 50 : 1)) : (int64_t)seed;
			sum += (uint64_t)v[i] * (uint64_t)v[i];
		}
		wg__sort_ns(v, counts[k]);
		for (i = 0, sorted_sum = 0; i < counts[k]; i++) {
			is_sorted = is_sorted && (i == 0 || v[i - 1] <= v[i]);
			sorted_sum += (uint64_t)v[i] * (uint64_t)v[i];
		}
		CU_ASSERT(is_sorted);
		CU_ASSERT(sorted_sum == sum);
	}
}

void suite_units(void)
{
	WG_TEST(times_are_sorted);
	WG_TEST(numbers_are_taken_whole);
	WG_TEST(other_texts_are_no_numbers);
	WG_TEST(numbers_out_of_range_are_never_clipped);
	WG_TEST(sizes_are_powers_of_1024);
	WG_TEST(large_sizes_are_exact);
	WG_TEST(times_need_a_unit);
	WG_TEST(paths_are_words_of_a_shell);
	WG_TEST(a_terminal_gets_characters_and_no_raw_bytes);
}
