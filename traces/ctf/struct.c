/*
 * struct.c: the part of schema.h that reads structures and event headers.
 */
#include <errno.h>
#include <string.h>

#include "traces/ctf/words.h"

#define ARRAY_MAX 4096 /* elements; LTTng's own contexts need 17 */

/* ---- structures ---- */

static void need_array(struct wg__ctf_parser *p, struct wg__ctf_field *f)
{
	uint64_t count;

	if (!wg__ctf_take_sign(p, '['))
		return;
	if (p->word != WG__CTF_NUMBER)
		wg__ctf_refuse(p, "a sequence");
	count = wg__ctf_need_number(p);
	wg__ctf_need_sign(p, ']');
	if (count == 0 || count > ARRAY_MAX || f->bytes == 0 || f->is_clock || f->is_enum)
		wg__ctf_refuse(p, "an array of an unusual kind");
	f->type = f->element_bytes == 1 && f->type != WG__CTF_BYTES ? WG__CTF_TEXT : WG__CTF_BYTES;
	f->element_bytes = f->bytes;
	f->bytes *= p->rc == 0 ? (uint32_t)count : 0;
}

/* A word of the language is no name, and a type's name is not either. */
static bool is_free(const struct wg__ctf_parser *p, const char *name)
{
	static const char *const words[] = { "align", "callsite", "char", "clock", "const",
		"double", "enum", "env", "event", "float", "floating_point", "int", "integer",
		"long", "short", "signed", "stream", "string", "struct", "trace", "typealias",
		"typedef", "unsigned", "variant", "void", "_Bool", "_Complex", "_Imaginary" };
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++) {
		if (strcmp(name, words[i]) == 0)
			return false;
	}
	for (i = 0; i < p->aliases; i++) {
		if (strcmp(name, p->alias[i].name) == 0)
			return false;
	}
	return true;
}

static void need_field(struct wg__ctf_parser *p, struct wg__ctf_struct *st)
{
	struct wg__ctf_schema *s = p->schema;
	struct wg__ctf_field f = wg__ctf_need_type(p);
	const char *name = wg__ctf_need_any_name(p);
	size_t i;

	need_array(p, &f);
	wg__ctf_need_sign(p, ';');
	if (!is_free(p, name))
		wg__ctf_refuse(p, "a field named '%s'", name);
	if (p->rc < 0)
		return;
	f.name = name[0] == '_' ? wg__names_intern(s->names, name + 1) : name;
	if (f.type != WG__CTF_STRING && f.bytes == 0)
		wg__ctf_refuse(p, "a field of bits");
	for (i = st->first; f.name && i < st->first + st->count; i++) {
		if (s->field[i].name == f.name)
			wg__ctf_refuse(p, "two fields of one name");
	}
	if (p->rc < 0)
		return;
	if (!f.name || wg__grow(&s->field, &s->field_cap, s->field_count, sizeof(*s->field)) < 0) {
		p->rc = -ENOMEM;
		return;
	}
	s->field[s->field_count++] = f;
	st->count++;
	st->bytes += f.bytes;
	st->has_string = st->has_string || f.type == WG__CTF_STRING;
	if (st->bytes > 1u << 20)
		wg__ctf_refuse(p, "a structure of more than a megabyte");
}

void wg__ctf_take_align(struct wg__ctf_parser *p)
{
	if (!wg__ctf_take_name(p, "align"))
		return;
	wg__ctf_need_sign(p, '(');
	if (wg__ctf_need_number(p) != 8)
		wg__ctf_refuse(p, "an alignment to more than bytes");
	wg__ctf_need_sign(p, ')');
}

/* Behind `struct`: to what is in the braces, perhaps of another place; *ret_back: to go on from. */
static void enter(struct wg__ctf_parser *p, const char **ret_back)
{
	const char *name;
	size_t i;

	*ret_back = NULL;
	if (wg__ctf_take_sign(p, '{') || p->rc < 0)
		return;
	name = p->text;
	if (p->word != WG__CTF_NAME)
		wg__ctf_refuse(p, "a structure without a name");
	for (i = 0; i < p->named_count; i++) {
		if (p->rc == 0 && strcmp(p->named[i].name, name) == 0) {
			*ret_back = p->at;
			p->at = p->named[i].at;
			p->known = p->named[i].known;
			p->named[i].is_used = true;
			wg__ctf_step(p);
			return;
		}
	}
	wg__ctf_refuse(p, "the structure '%s'", name);
}

static void leave(struct wg__ctf_parser *p, const char *back)
{
	wg__ctf_need_sign(p, '}');
	wg__ctf_take_align(p);
	if (!back || p->rc < 0)
		return;
	p->at = back;
	p->known = 0;
	wg__ctf_step(p);
}

struct wg__ctf_struct wg__ctf_need_struct(struct wg__ctf_parser *p)
{
	struct wg__ctf_struct st = { .first = p->schema->field_count };
	const char *back;

	wg__ctf_need_name(p, "struct");
	enter(p, &back);
	while (p->rc == 0 && !wg__ctf_is_sign(p, '}'))
		need_field(p, &st);
	leave(p, back);
	return st;
}

/* ---- event headers ---- */

static void need_time(struct wg__ctf_parser *p, uint32_t bytes)
{
	struct wg__ctf_field f = wg__ctf_need_type(p);

	wg__ctf_need_name(p, "timestamp");
	wg__ctf_need_sign(p, ';');
	if (!f.is_clock || f.type != WG__CTF_UNSIGNED || f.bytes != bytes || f.is_enum)
		wg__ctf_refuse(p, "a time of another form");
}

/* LTTng's, behind its `id`: a variant of two structures. */
static void need_large(struct wg__ctf_parser *p)
{
	struct wg__ctf_field f;

	wg__ctf_need_name(p, "variant");
	wg__ctf_need_sign(p, '<');
	wg__ctf_need_name(p, "id");
	wg__ctf_need_sign(p, '>');
	wg__ctf_need_sign(p, '{');
	wg__ctf_need_name(p, "struct");
	wg__ctf_need_sign(p, '{');
	need_time(p, 4);
	wg__ctf_need_sign(p, '}');
	wg__ctf_need_name(p, "compact");
	wg__ctf_need_sign(p, ';');
	wg__ctf_need_name(p, "struct");
	wg__ctf_need_sign(p, '{');
	f = wg__ctf_need_type(p);
	if (f.type != WG__CTF_UNSIGNED || f.bytes != 4 || f.is_clock || f.is_enum)
		wg__ctf_refuse(p, "an event's number of another form");
	wg__ctf_need_name(p, "id");
	wg__ctf_need_sign(p, ';');
	need_time(p, 8);
	wg__ctf_need_sign(p, '}');
	wg__ctf_need_name(p, "extended");
	wg__ctf_need_sign(p, ';');
	wg__ctf_need_sign(p, '}');
	wg__ctf_need_name(p, "v");
	wg__ctf_need_sign(p, ';');
}

static bool are_large_labels(const struct wg__ctf_parser *p, const struct wg__ctf_field *f)
{
	const struct wg__ctf_label *l = p->schema->label + f->label;

	return f->labels == 2 && f->bytes == 2 && strcmp(l[0].text, "compact") == 0 &&
	       l[0].begin == 0 && l[0].end == 65534 && strcmp(l[1].text, "extended") == 0 &&
	       l[1].begin == 65535 && l[1].end == 65535;
}

void wg__ctf_need_header(struct wg__ctf_parser *p, struct wg__ctf_stream *stream)
{
	struct wg__ctf_field id, time;
	const char *back;

	wg__ctf_need_name(p, "struct");
	enter(p, &back);
	id = wg__ctf_need_type(p);
	wg__ctf_need_name(p, "id");
	wg__ctf_need_sign(p, ';');
	if (p->rc == 0 && (id.type != WG__CTF_UNSIGNED || id.is_clock || id.bytes == 0 ||
				  (id.is_enum && !are_large_labels(p, &id))))
		wg__ctf_refuse(p, "an event header of another form");
	if (id.is_enum) {
		need_large(p);
		stream->is_large = true;
	} else {
		time = wg__ctf_need_type(p);
		wg__ctf_need_name(p, "timestamp");
		wg__ctf_need_sign(p, ';');
		if (!time.is_clock || time.type != WG__CTF_UNSIGNED || time.is_enum ||
			(time.bytes != 4 && time.bytes != 8))
			wg__ctf_refuse(p, "a time of another form");
		stream->id_bytes = id.bytes;
		stream->time_bytes = time.bytes;
	}
	leave(p, back);
}
