/*
 * keys.c: see keys.h. A look-up parses the table's strings every time: thirty short words per
 * key press, and no second table that could disagree.
 */
#include "viz/app/keys.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/base/text_out.h"

static const struct wg_key_row rows[] = {
#define WG_KEYS_GROUP(title)	 { WG_ACT_NONE, WG_HOW_STAYS, "", NULL, title },
#define WG_KEYS_NOTE(what, help) { WG_ACT_NONE, WG_HOW_STAYS, what, NULL, help },
#define WG_KEYS(action, how, keys, footer, help)                                                   \
	{ WG_ACT_##action, WG_HOW_##how, keys, footer, help },
#include "viz/app/keys.def"
#undef WG_KEYS
#undef WG_KEYS_NOTE
#undef WG_KEYS_GROUP
};

#define ROW_COUNT (sizeof(rows) / sizeof(rows[0]))

static const struct {
	const char *name;
	uint32_t key;
} named[] = {
	{ "Left", WG_KEY_LEFT },
	{ "Right", WG_KEY_RIGHT },
	{ "Up", WG_KEY_UP },
	{ "Down", WG_KEY_DOWN },
	{ "Home", WG_KEY_HOME },
	{ "End", WG_KEY_END },
	{ "PageUp", WG_KEY_PAGE_UP },
	{ "PageDown", WG_KEY_PAGE_DOWN },
	{ "BackTab", WG_KEY_BACK_TAB },
	{ "Delete", WG_KEY_DELETE },
	{ "Tab", '\t' },
	{ "Enter", '\n' },
	{ "Esc", 0x1b },
	{ "Space", ' ' },
	{ "Backspace", 0x7f },
};

#define NAMED_COUNT (sizeof(named) / sizeof(named[0]))

const struct wg_key_row *wg_key_row(size_t i)
{
	return i < ROW_COUNT ? &rows[i] : NULL;
}

bool wg_key_moves(enum wg_action action, enum wg_how how)
{
	size_t i = 0;

	while (rows[i].action != action)
		i++;
	return rows[i].how & how;
}

int wg_key_parse(const char *name, size_t len, uint32_t *ret_key)
{
	char copy[24];
	const char *p = copy;
	uint32_t ch;
	size_t i;

	if (len == 0 || len >= sizeof(copy))
		return -EINVAL;
	memcpy(copy, name, len);
	copy[len] = '\0';
	for (i = 0; i < NAMED_COUNT; i++) {
		if (strcmp(copy, named[i].name) == 0) {
			*ret_key = named[i].key;
			return 0;
		}
	}
	if (len == 6 && strncmp(copy, "Ctrl-", 5) == 0 && copy[5] >= 'A' && copy[5] <= 'Z') {
		*ret_key = (uint32_t)(copy[5] - '@');
		return 0;
	}
	ch = wg_utf8_next(&p);
	if (*p || ch < 0x20 || ch == 0xfffd)
		return -EINVAL;
	*ret_key = ch;
	return 0;
}

char *wg_key_name(char *buf, size_t len, uint32_t key)
{
	char utf8[8];
	size_t i;

	for (i = 0; i < NAMED_COUNT; i++) {
		if (named[i].key == key) {
			(void)snprintf(buf, len, "%s", named[i].name);
			return buf;
		}
	}
	if (key < 0x20)
		(void)snprintf(buf, len, "Ctrl-%c", (char)(key + '@'));
	else if (key > 0x10ffff)
		(void)snprintf(buf, len, "that key");
	else
		(void)snprintf(buf, len, "%s", wg_utf8_encode(utf8, key));
	return buf;
}

enum wg_action wg_key_action(uint32_t key)
{
	size_t i;

	for (i = 0; i < ROW_COUNT; i++) {
		const char *p = rows[i].keys;

		while (rows[i].action != WG_ACT_NONE && *p) {
			size_t len = strcspn(p, " ");
			uint32_t other;

			if (wg_key_parse(p, len, &other) == 0 && other == key)
				return rows[i].action;
			p += len;
			p += strspn(p, " ");
		}
	}
	return WG_ACT_NONE;
}

const char *wg_key_names(void)
{
	static char text[256];
	size_t used = 0, i;

	for (i = 0; i < NAMED_COUNT && used < sizeof(text); i++)
		used += (size_t)snprintf(
			text + used, sizeof(text) - used, "%s%s", i ? " " : "", named[i].name);
	return text;
}
