/*
 * types.c: the part of schema.h that reads types, and names for types.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "traces/ctf/words.h"

#define TYPE_NAME 64

/* ---- integers ---- */

static bool need_truth(struct wg__ctf_parser *p)
{
	if (p->word == WG__CTF_NUMBER && p->number <= 1)
		return wg__ctf_need_number(p);
	if (wg__ctf_take_name(p, "true") || wg__ctf_take_name(p, "TRUE"))
		return true;
	if (!wg__ctf_take_name(p, "false") && !wg__ctf_take_name(p, "FALSE"))
		wg__ctf_refuse(p, "neither true nor false");
	return false;
}

static void need_map(struct wg__ctf_parser *p, struct wg__ctf_field *f)
{
	const char *name;

	wg__ctf_need_name(p, "clock");
	wg__ctf_need_sign(p, '.');
	name = wg__ctf_need_any_name(p);
	wg__ctf_need_sign(p, '.');
	wg__ctf_need_name(p, "value");
	if (p->rc == 0 && (!p->schema->clock_name || strcmp(p->schema->clock_name, name) != 0))
		wg__ctf_refuse(p, "a time of another clock");
	f->is_clock = true;
}

/* A part of a block may stand there once. */
bool wg__ctf_once(struct wg__ctf_parser *p, uint32_t *seen, unsigned which)
{
	if (*seen >> which & 1)
		wg__ctf_refuse(p, "something that is said twice");
	*seen |= UINT32_C(1) << which;
	return true;
}

struct integer {
	struct wg__ctf_field f;
	uint64_t align, size;
	bool is_text;
	uint32_t seen;
};

static void need_integer_part(struct wg__ctf_parser *p, struct integer *n)
{
	struct wg__ctf_field *f = &n->f;
	const char *name = wg__ctf_need_any_name(p);

	wg__ctf_need_sign(p, '=');
	if (strcmp(name, "size") == 0 && wg__ctf_once(p, &n->seen, 0)) {
		n->size = wg__ctf_need_number(p);
	} else if (strcmp(name, "align") == 0 && wg__ctf_once(p, &n->seen, 1)) {
		n->align = wg__ctf_need_number(p);
	} else if (strcmp(name, "signed") == 0 && wg__ctf_once(p, &n->seen, 2)) {
		f->type = need_truth(p) ? WG__CTF_SIGNED : WG__CTF_UNSIGNED;
	} else if (strcmp(name, "encoding") == 0 && wg__ctf_once(p, &n->seen, 3)) {
		n->is_text = wg__ctf_take_name(p, "UTF8") || wg__ctf_take_name(p, "ASCII");
		if (!n->is_text)
			wg__ctf_need_name(p, "none");
	} else if (strcmp(name, "base") == 0 && wg__ctf_once(p, &n->seen, 4)) {
		uint64_t base = wg__ctf_need_number(p);

		if (base != 2 && base != 8 && base != 10 && base != 16)
			wg__ctf_refuse(p, "a base of %u", (unsigned)base);
	} else if (strcmp(name, "map") == 0 && wg__ctf_once(p, &n->seen, 5)) {
		need_map(p, f);
	} else {
		wg__ctf_refuse(p, "an integer with '%s'", name);
	}
	wg__ctf_need_sign(p, ';');
}

/* Behind `integer`. One of bits, which LTTng defines and does not use, has no bytes. */
static struct wg__ctf_field need_integer(struct wg__ctf_parser *p)
{
	struct integer n = { .f = { .type = WG__CTF_UNSIGNED }, .align = 8 };

	wg__ctf_need_sign(p, '{');
	while (p->rc == 0 && !wg__ctf_is_sign(p, '}'))
		need_integer_part(p, &n);
	wg__ctf_need_sign(p, '}');
	if (n.size == 0 || n.size > 64 || (n.align != 1 && n.align != 8))
		wg__ctf_refuse(p, "an integer of an unusual size");
	if (n.align == 8 && (n.size == 8 || n.size == 16 || n.size == 32 || n.size == 64))
		n.f.bytes = (uint32_t)n.size / 8;
	n.f.element_bytes = n.is_text && n.f.bytes == 1;
	return n.f;
}

/* ---- other types ---- */

static struct wg__ctf_field find_alias(struct wg__ctf_parser *p, const char *name)
{
	size_t i;

	for (i = 0; i < (p->known ? p->known : p->aliases); i++) {
		if (strcmp(p->alias[i].name, name) == 0)
			return p->alias[i].is;
	}
	wg__ctf_refuse(p, "the type '%s'", name);
	return (struct wg__ctf_field){ 0 };
}

/* Words of a type's name, up to what is no word, or, if a name follows, up to that. */
static struct wg__ctf_field need_alias(struct wg__ctf_parser *p, bool name_follows)
{
	char type[TYPE_NAME] = "";

	while (p->rc == 0 && p->word == WG__CTF_NAME) {
		size_t used = strlen(type);
		const char *text = p->text, *at = p->at;

		wg__ctf_step(p);
		if (name_follows && p->word != WG__CTF_NAME) {
			/* That was the name: back to it. */
			p->at = at;
			p->word = WG__CTF_NAME;
			p->text = text;
			break;
		}
		if (snprintf(type + used, sizeof(type) - used, "%s%s", used ? " " : "", text) >=
			(int)(sizeof(type) - used))
			wg__ctf_refuse(p, "a type of a long name");
	}
	return find_alias(p, type);
}

static uint64_t need_signed_number(struct wg__ctf_parser *p, bool is_signed)
{
	bool is_negative = wg__ctf_take_sign(p, '-');
	uint64_t number = wg__ctf_need_number(p);

	if ((is_negative && !is_signed) || (is_signed && number > INT64_MAX))
		wg__ctf_refuse(p, "a label of a number out of range");
	return is_negative ? -number : number;
}

/* "LABEL" = N, or = N ... M */
static void need_label(struct wg__ctf_parser *p, const struct wg__ctf_field *f)
{
	struct wg__ctf_schema *s = p->schema;
	struct wg__ctf_label l = { .place = s->label_count };
	bool is_signed = f->type == WG__CTF_SIGNED;
	size_t i;

	l.text = p->word == WG__CTF_NAME ? wg__ctf_need_any_name(p) : wg__ctf_need_quoted(p);
	wg__ctf_need_sign(p, '=');
	l.begin = l.end = need_signed_number(p, is_signed);
	if (wg__ctf_take_sign(p, 'D'))
		l.end = need_signed_number(p, is_signed);
	if (is_signed ? (int64_t)l.begin > (int64_t)l.end : l.begin > l.end)
		wg__ctf_refuse(p, "a label of an empty range");
	for (i = f->label; i < s->label_count; i++) {
		if (s->label[i].text == l.text && s->label[i].place < l.place)
			l.place = s->label[i].place;
	}
	if (p->rc < 0)
		return;
	if (wg__grow(&s->label, &s->label_cap, s->label_count, sizeof(*s->label)) < 0)
		p->rc = -ENOMEM;
	else
		s->label[s->label_count++] = l;
}

/* Behind `enum`. */
static struct wg__ctf_field need_enum(struct wg__ctf_parser *p)
{
	struct wg__ctf_field f;

	wg__ctf_need_sign(p, ':');
	f = wg__ctf_take_name(p, "integer") ? need_integer(p) : need_alias(p, false);
	f.is_enum = true;
	f.element_bytes = 0;
	f.label = p->schema->label_count;
	wg__ctf_need_sign(p, '{');
	do {
		if (wg__ctf_is_sign(p, '}') && p->schema->label_count > f.label)
			break;
		need_label(p, &f);
	} while (p->rc == 0 && wg__ctf_take_sign(p, ','));
	wg__ctf_need_sign(p, '}');
	f.labels = p->schema->label_count - f.label;
	return f;
}

static struct wg__ctf_field need_float(struct wg__ctf_parser *p)
{
	struct wg__ctf_field f = { .type = WG__CTF_BYTES };
	uint64_t value, exponent = 0, mantissa = 0, align = 8;
	uint32_t seen = 0;

	wg__ctf_need_sign(p, '{');
	while (p->rc == 0 && !wg__ctf_is_sign(p, '}')) {
		const char *name = wg__ctf_need_any_name(p);

		wg__ctf_need_sign(p, '=');
		value = wg__ctf_need_number(p);
		if (strcmp(name, "exp_dig") == 0 && wg__ctf_once(p, &seen, 0))
			exponent = value;
		else if (strcmp(name, "mant_dig") == 0 && wg__ctf_once(p, &seen, 1))
			mantissa = value;
		else if (strcmp(name, "align") == 0 && wg__ctf_once(p, &seen, 2))
			align = value;
		else
			wg__ctf_refuse(p, "a number with '%s'", name);
		wg__ctf_need_sign(p, ';');
	}
	wg__ctf_need_sign(p, '}');
	if (!((exponent == 8 && mantissa == 24) || (exponent == 11 && mantissa == 53)) ||
		align != 8)
		wg__ctf_refuse(p, "a floating-point number of an unusual size");
	f.bytes = f.element_bytes = exponent == 8 ? 4 : 8;
	return f;
}

struct wg__ctf_field wg__ctf_need_type(struct wg__ctf_parser *p)
{
	struct wg__ctf_field f = { .type = WG__CTF_STRING };

	if (wg__ctf_take_name(p, "integer"))
		return need_integer(p);
	if (wg__ctf_take_name(p, "enum"))
		return need_enum(p);
	if (wg__ctf_take_name(p, "floating_point"))
		return need_float(p);
	if (wg__ctf_take_name(p, "string"))
		return f;
	if (wg__ctf_is_name(p, "struct") || wg__ctf_is_name(p, "variant"))
		wg__ctf_refuse(p, "a %s", p->text);
	return need_alias(p, true);
}

/* ---- names of types ---- */

void wg__ctf_take_alias(struct wg__ctf_parser *p)
{
	struct wg__ctf_alias a = { 0 };
	char name[TYPE_NAME] = "";
	size_t i;

	wg__ctf_need_name(p, "integer");
	a.is = need_integer(p);
	wg__ctf_need_sign(p, 'A');
	while (p->rc == 0 && p->word == WG__CTF_NAME) {
		size_t used = strlen(name);

		if (snprintf(name + used, sizeof(name) - used, "%s%s", used ? " " : "", p->text) >=
			(int)(sizeof(name) - used))
			wg__ctf_refuse(p, "a type of a long name");
		wg__ctf_step(p);
	}
	wg__ctf_need_sign(p, ';');
	for (i = 0; i < p->aliases; i++) {
		if (strcmp(p->alias[i].name, name) == 0)
			wg__ctf_refuse(p, "two types of one name");
	}
	if (p->aliases == WG__CTF_ALIASES || !name[0])
		wg__ctf_refuse(p, "too many names of types");
	if (p->rc < 0)
		return;
	a.name = wg__names_intern(p->schema->names, name);
	if (!a.name)
		p->rc = -ENOMEM;
	else
		p->alias[p->aliases++] = a;
}

static bool has_alias(const struct wg__ctf_parser *p, const char *name, uint32_t bytes)
{
	size_t i;

	for (i = 0; i < p->aliases; i++) {
		if (strcmp(p->alias[i].name, name) == 0)
			return p->alias[i].is.bytes == bytes;
	}
	return false;
}

/* LTTng describes it in each trace, also where nothing has it, as in those of programs. */
static bool is_compact(const struct wg__ctf_parser *p, const char *name)
{
	static const char text[] =
		"\n\tenum : uint5_t { compact = 0 ... 30, extended = 31 } id;\n"
		"\tvariant <id> {\n\t\tstruct {\n\t\t\tuint27_clock_monotonic_t timestamp;\n"
		"\t\t} compact;\n\t\tstruct {\n\t\t\tuint32_t id;\n"
		"\t\t\tuint64_clock_monotonic_t timestamp;\n\t\t} extended;\n\t} v;\n}";
	static const char id[] =
		"\ntypealias integer { size = 5; align = 1; signed = false; } := uint5_t;\n";
	static const char time[] = "\ntypealias integer {\n\tsize = 27; align = 1; signed = "
				   "false;\n\tmap = clock.monotonic.value;\n} := "
				   "uint27_clock_monotonic_t;\n";

	return strcmp(name, "event_header_compact") == 0 &&
	       strncmp(p->at, text, sizeof(text) - 1) == 0 && strstr(p->all, id) &&
	       strstr(p->all, time) && has_alias(p, "uint5_t", 0) &&
	       has_alias(p, "uint27_clock_monotonic_t", 0) && has_alias(p, "uint32_t", 4) &&
	       has_alias(p, "uint64_clock_monotonic_t", 8);
}

void wg__ctf_take_named(struct wg__ctf_parser *p)
{
	const char *name = wg__ctf_need_any_name(p);
	unsigned depth = 1;
	size_t i;

	if (!wg__ctf_is_sign(p, '{'))
		wg__ctf_refuse(p, "a structure at a place where it is not expected");
	for (i = 0; i < p->named_count; i++) {
		if (strcmp(p->named[i].name, name) == 0)
			wg__ctf_refuse(p, "two structures of one name");
	}
	if (p->named_count == WG__CTF_STRUCTS)
		wg__ctf_refuse(p, "too many structures");
	if (p->rc < 0)
		return;
	p->named[p->named_count].name = name;
	p->named[p->named_count].at = p->at;
	p->named[p->named_count].is_used = is_compact(p, name);
	p->named[p->named_count++].known = p->aliases;
	while (p->rc == 0 && depth) {
		wg__ctf_step(p);
		if (p->word == WG__CTF_END)
			wg__ctf_refuse(p, "a structure without an end");
		depth += wg__ctf_is_sign(p, '{');
		depth -= wg__ctf_is_sign(p, '}');
	}
	wg__ctf_step(p);
	wg__ctf_take_align(p);
	wg__ctf_need_sign(p, ';');
}
