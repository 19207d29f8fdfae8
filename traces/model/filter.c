/*
 * filter.c: see filter.h. A table of names and a parser of terms; filter_test.c tests with them.
 */
#include "traces/model/filter.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/base/near.h"
#include "traces/base/units.h"
#include "traces/model/filter_impl.h"

const struct wg__filter_name wg__filter_names[NAME_COUNT] = {
#define ROW(id, name, value, about) { name, VALUE_##value, ABOUT_##about },
	NAMES(ROW)
};

static const char *const signs[SIGN_COUNT] = { "!=", "<=", ">=", "=", "<", ">" };

/* ---- parsing ---- */

static int refuse(char *why, size_t len, const char *what, const char *word)
{
	(void)snprintf(why, len, "%s '%s'", what, word);
	return -EINVAL;
}

/* The same, and the word that was meant, if one is near. known ends with NULL. */
static int refuse_word(
	char *why, size_t len, const char *what, const char *word, const char *const *known)
{
	const char *near = wg_near(word, known);

	(void)refuse(why, len, what, word);
	if (near && strlen(why) < len)
		(void)snprintf(why + strlen(why), len - strlen(why), "; did you mean '%s'?", near);
	return -EINVAL;
}

/* Sets of words that may be meant. */
enum {
	OF_NAMES = 1,
	OF_FLAGS = 2,
	OF_KINDS = 4,
	OF_REASONS = 8,
	OF_EVENTS = 16,
	OF_WAITS = 32,
	OF_CLASSES = 64,
	OF_CERTAINTIES = 128
};

static int refuse_unknown(char *why, size_t len, const char *what, const char *word, unsigned which)
{
	const char *known[NAME_COUNT + WG_KIND_COUNT + WG_REASON_COUNT + WG_EV_COUNT + WG_IN_COUNT +
			  WG_CLASS_COUNT + WG_CERTAINTY_COUNT + 1] = { NULL };
	size_t count = 0, i;

	for (i = 0; i < NAME_COUNT; i++) {
		if (which & OF_NAMES ||
			(which & OF_FLAGS && wg__filter_names[i].value == VALUE_FLAG))
			known[count++] = wg__filter_names[i].name;
	}
	for (i = 0; which & OF_KINDS && i < WG_KIND_UNKNOWN; i++)
		known[count++] = wg_kind_name((enum wg_kind)i);
	for (i = 0; which & OF_REASONS && i < WG_REASON_UNKNOWN; i++)
		known[count++] = wg_reason_name((enum wg_reason)i);
	for (i = 0; which & OF_EVENTS && i < WG_EV_OTHER; i++)
		known[count++] = wg_event_type_name((enum wg_event_type)i);
	for (i = 0; which & OF_WAITS && i < WG_IN_COUNT; i++)
		known[count++] = wg_wait_in_name((enum wg_wait_in)i);
	for (i = 0; which & OF_CLASSES && i < WG_CLASS_COUNT; i++)
		known[count++] = wg_wake_class_name((enum wg_wake_class)i);
	for (i = 0; which & OF_CERTAINTIES && i < WG_CERTAINTY_COUNT; i++)
		known[count++] = wg_certainty_name((enum wg_certainty)i);
	return refuse_word(why, len, what, word, known);
}

/* The bit of a name that is in its enumeration; 0 if it is none. */
static uint32_t bit_of_thread(enum name name, const char *word)
{
	unsigned i, count = name == NAME_IN	 ? WG_IN_COUNT
			    : name == NAME_CLASS ? WG_CLASS_COUNT
						 : WG_CERTAINTY_COUNT;

	for (i = 0; i < count; i++) {
		const char *known = name == NAME_IN	 ? wg_wait_in_name((enum wg_wait_in)i)
				    : name == NAME_CLASS ? wg_wake_class_name((enum wg_wake_class)i)
							 : wg_certainty_name((enum wg_certainty)i);

		if (strcmp(known, word) == 0)
			return 1u << i;
	}
	return 0;
}

/* The bit of a name in its enumeration; 0 if it is none. */
static uint32_t bit_of(enum name name, const char *word)
{
	unsigned value;

	if (name == NAME_IN || name == NAME_CLASS || name == NAME_CERTAINTY)
		return bit_of_thread(name, word);

	if (name == NAME_KIND) {
		value = wg_kind_of(word);
		return value == WG_KIND_UNKNOWN ? 0 : 1u << value;
	}
	if (name == NAME_REASON) {
		value = wg_reason_of(word);
		return value == WG_REASON_UNKNOWN ? 0 : 1u << value;
	}
	value = wg_event_type_of(word);
	return value == WG_EV_OTHER ? 0 : 1u << value;
}

static int refuse_name(char *why, size_t len, enum name name, const char *word)
{
	static const struct {
		enum name name;
		const char *what;
		unsigned which;
	} known[] = {
		{ NAME_KIND, "no such kind:", OF_KINDS },
		{ NAME_REASON, "no such reason:", OF_REASONS },
		{ NAME_IN, "no such place to wait in:", OF_WAITS },
		{ NAME_CLASS, "no such class of wakes:", OF_CLASSES },
		{ NAME_CERTAINTY, "no such certainty:", OF_CERTAINTIES },
		{ NAME_EVENT, "no such event:", OF_EVENTS },
	};
	size_t i = 0;

	while (known[i].name != name && i + 1 < sizeof(known) / sizeof(known[0]))
		i++;
	return refuse_unknown(why, len, known[i].what, word, known[i].which);
}

static int parse_names(struct wg_term *term, char *word, char *why, size_t len)
{
	char *rest = word, *part;

	if (term->sign != SIGN_EQ && term->sign != SIGN_NE)
		return refuse(why, len, "a name is either = or !=:", word);
	while ((part = strsep(&rest, "|"))) {
		uint32_t bit = bit_of((enum name)term->name, part);

		if (!bit)
			return refuse_name(why, len, (enum name)term->name, part);
		term->set |= bit;
	}
	return 0;
}

static int parse_value(struct wg_term *term, char *word, char *why, size_t len)
{
	bool is_negative = *word == '-';
	uint64_t number;

	switch (wg__filter_names[term->name].value) {
	case VALUE_NAME: return parse_names(term, word, why, len);
	case VALUE_TIME:
		return wg_parse_time(word, &term->value) < 0
			       ? refuse(why, len, "a time needs a unit, such as 1ms:", word)
			       : 0;
	case VALUE_NUMBER:
		if (wg_parse_number(word + is_negative, 0, INT64_MAX, &number) < 0)
			return refuse(why, len, "not a number:", word);
		term->value = is_negative ? -(int64_t)number : (int64_t)number;
		return 0;
	default: return refuse(why, len, "takes no value:", wg__filter_names[term->name].name);
	}
}

/* A word without a sign. */
static int parse_bare(struct wg_term *term, char *word, char *why, size_t len)
{
	static const enum name enumerated[] = { NAME_KIND, NAME_REASON, NAME_EVENT };
	size_t i;

	term->sign = SIGN_EQ;
	for (i = 0; i < NAME_COUNT; i++) {
		if (wg__filter_names[i].value == VALUE_FLAG &&
			strcmp(wg__filter_names[i].name, word) == 0) {
			term->name = (uint8_t)i;
			return 0;
		}
	}
	for (i = 0; i < 3; i++) {
		term->name = enumerated[i];
		term->set = bit_of(enumerated[i], word);
		if (term->set)
			return 0;
	}
	term->name = NAME_OP;
	if (word[strspn(word, "0123456789")] == '\0')
		return parse_value(term, word, why, len);
	if (refuse_unknown(why, len, "not understood:", word,
		    OF_FLAGS | OF_KINDS | OF_REASONS | OF_EVENTS) &&
		strchr(why, ';'))
		return -EINVAL;
	return refuse(why, len, "not understood (try gap>1ms, kind=read, op=3, late):", word);
}

static int parse_term(struct wg_term *term, char *word, char *why, size_t len)
{
	size_t name_len = strcspn(word, "=!<>"), i, k;

	if (!word[name_len])
		return parse_bare(term, word, why, len);
	for (k = 0; k < SIGN_COUNT; k++) {
		const char *sign = signs[k];

		if (strncmp(word + name_len, sign, strlen(sign)) != 0)
			continue;
		for (i = 0; i < NAME_COUNT; i++) {
			if (strlen(wg__filter_names[i].name) == name_len &&
				strncmp(word, wg__filter_names[i].name, name_len) == 0) {
				term->name = (uint8_t)i;
				term->sign = (uint8_t)k;
				return parse_value(term, word + name_len + strlen(sign), why, len);
			}
		}
		word[name_len] = '\0';
		return refuse_unknown(why, len, "no such name:", word, OF_NAMES);
	}
	return refuse(why, len, "not understood:", word);
}

int wg_filter_parse(const char *text, struct wg_filter *ret_filter, char *why, size_t len)
{
	struct wg_filter filter = { 0 };
	char copy[sizeof(filter.text)], *rest = copy, *word;

	if (strlen(text) >= sizeof(copy))
		return refuse(why, len, "too long:", "that");
	(void)snprintf(filter.text, sizeof(filter.text), "%s", text);
	(void)snprintf(copy, sizeof(copy), "%s", text);
	while ((word = strsep(&rest, " ,"))) {
		struct wg_term term = { 0 };
		enum about about;

		if (!*word)
			continue;
		if (filter.count == WG_TERMS_MAX)
			return refuse(why, len, "too many conditions at", word);
		if (parse_term(&term, word, why, len) < 0)
			return -EINVAL;
		about = wg__filter_names[term.name].about;
		if (about == ABOUT_EVENT)
			filter.finds = WG_FIND_EVENTS;
		else if (about == ABOUT_WAIT && filter.finds == WG_FIND_OPS)
			filter.finds = WG_FIND_WAITS;
		filter.terms[filter.count++] = term;
	}
	if (filter.count == 0)
		filter.text[0] = '\0';
	*ret_filter = filter;
	return 0;
}
