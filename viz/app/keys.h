/*
 * keys.h: keys by name, and what they do. One table, keys.def, feeds the key map, the help screen,
 * the footer and the names that --keys takes.
 */
#ifndef VIZ_APP_KEYS_H
#define VIZ_APP_KEYS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum wg_action {
	WG_ACT_NONE,
#define WG_KEYS_GROUP(title)
#define WG_KEYS_NOTE(what, help)
#define WG_KEYS(action, how, keys, footer, help) WG_ACT_##action,
#include "viz/app/keys.def"
#undef WG_KEYS
#undef WG_KEYS_NOTE
#undef WG_KEYS_GROUP
	WG_ACT_COUNT
};

/* A key is its code point, or one of these, above all code points. */
enum {
	WG_KEY_LEFT = 0x110000,
	WG_KEY_RIGHT,
	WG_KEY_UP,
	WG_KEY_DOWN,
	WG_KEY_HOME,
	WG_KEY_END,
	WG_KEY_PAGE_UP,
	WG_KEY_PAGE_DOWN,
	WG_KEY_BACK_TAB,
	WG_KEY_DELETE,
	WG_KEY_OTHER, /* a key the terminal knows and we have no name for */
};

/* A step is undone by its opposite, so it is not remembered for undo. What stays does not leave the
 * newest event of a live screen. */
enum wg_how { WG_HOW_JUMP, WG_HOW_STEP = 1, WG_HOW_STAYS = 2, WG_HOW_STEP_STAYS = 3 };

/* One line of the table; or, with WG_ACT_NONE, a group's title in help, keys being "", or a note.
 */
struct wg_key_row {
	enum wg_action action;
	enum wg_how how;
	const char *keys;   /* "h Left" */
	const char *footer; /* or NULL */
	const char *help;
};

/* The i-th row, NULL past the last. */
const struct wg_key_row *wg_key_row(size_t i);

/* Is that how an action moves? */
bool wg_key_moves(enum wg_action action, enum wg_how how);

/* The key that len bytes of name say: "l", "Right", "Ctrl-L". 0, or -EINVAL. */
int wg_key_parse(const char *name, size_t len, uint32_t *ret_key);

/* The name of a key; buf takes at least 16 bytes. Returns buf. */
char *wg_key_name(char *buf, size_t len, uint32_t key);

/* What a key does; WG_ACT_NONE if nothing. */
enum wg_action wg_key_action(uint32_t key);

/* The keys that have names, apart by blanks. Static. */
const char *wg_key_names(void);

#endif
