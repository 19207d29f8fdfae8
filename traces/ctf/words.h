/*
 * words.h: the text of metadata as words, and what its parsers share. Private to traces/ctf.
 */
#ifndef TRACES_CTF_WORDS_H
#define TRACES_CTF_WORDS_H

#include "traces/ctf/schema.h"

#define WG__CTF_ALIASES 64
#define WG__CTF_STRUCTS 16

enum wg__ctf_word { WG__CTF_END, WG__CTF_NAME, WG__CTF_NUMBER, WG__CTF_QUOTED, WG__CTF_SIGN };

/* A name for a type: what a field of it is. */
struct wg__ctf_alias {
	const char *name;
	struct wg__ctf_field is;
};

struct wg__ctf_parser {
	struct wg__ctf_schema *schema;
	const char *all, *at; /* its text; behind the word at hand */
	/* The word at hand. */
	enum wg__ctf_word word;
	const char *text; /* a name or a quoted text, interned */
	uint64_t number;
	char sign; /* also 'A' for := and 'D' for ... */
	struct wg__ctf_alias alias[WG__CTF_ALIASES];
	size_t aliases;
	size_t known; /* in a structure: the first so many of them; 0: all */
	/* struct NAME { ... }: read where it is used. */
	struct {
		const char *name, *at;
		size_t known; /* so many names of types stand before it */
		bool is_used;
	} named[WG__CTF_STRUCTS];
	size_t named_count;
	const char *in; /* "event 'wakegap:loop'" */
	int rc;		/* the first failure; every function is harmless after it */
	char *why;
	size_t why_len;
};

/* The first failure: -ENOTSUP with its reason. */
void wg__ctf_refuse(struct wg__ctf_parser *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));

/* To the next word. */
void wg__ctf_step(struct wg__ctf_parser *p);

bool wg__ctf_is_sign(const struct wg__ctf_parser *p, char sign);
bool wg__ctf_is_name(const struct wg__ctf_parser *p, const char *name);

/* If the word at hand is this one, step and true. */
bool wg__ctf_take_sign(struct wg__ctf_parser *p, char sign);
bool wg__ctf_take_name(struct wg__ctf_parser *p, const char *name);

/* The word at hand has to be this one; step. */
void wg__ctf_need_sign(struct wg__ctf_parser *p, char sign);
void wg__ctf_need_name(struct wg__ctf_parser *p, const char *name);
const char *wg__ctf_need_any_name(struct wg__ctf_parser *p); /* never NULL */
uint64_t wg__ctf_need_number(struct wg__ctf_parser *p);
const char *wg__ctf_need_quoted(struct wg__ctf_parser *p); /* never NULL */

/* Note that such a part was seen, which may be only once. True. */
bool wg__ctf_once(struct wg__ctf_parser *p, uint32_t *seen, unsigned which);

/* A type, up to the name of what has it. */
struct wg__ctf_field wg__ctf_need_type(struct wg__ctf_parser *p);

/* A structure from its `struct` on, also by its name, and what stands behind it. */
struct wg__ctf_struct wg__ctf_need_struct(struct wg__ctf_parser *p);

/* The same, of an event header. */
void wg__ctf_need_header(struct wg__ctf_parser *p, struct wg__ctf_stream *stream);

/* "align(8)", if it stands there. */
void wg__ctf_take_align(struct wg__ctf_parser *p);

/* Blocks of parse.c, behind their first word; blocks: which were seen. */
void wg__ctf_need_stream(struct wg__ctf_parser *p, uint32_t blocks);
void wg__ctf_need_end(struct wg__ctf_parser *p);
void wg__ctf_need_of(struct wg__ctf_parser *p, const char *second);
void wg__ctf_refuse_clocks(struct wg__ctf_parser *p, const struct wg__ctf_struct *st);
#define WG__CTF_TRACE 1
#define WG__CTF_ENV   2
#define WG__CTF_CLOCK 4

/* "typealias" and "struct NAME {" at the top. */
void wg__ctf_take_alias(struct wg__ctf_parser *p);
void wg__ctf_take_named(struct wg__ctf_parser *p);

#endif
