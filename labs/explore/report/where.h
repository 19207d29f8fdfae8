/*
 * where.h: places in a lab as file and line, by addr2line; variables by name, by nm.
 */
#ifndef LABS_EXPLORE_REPORT_WHERE_H
#define LABS_EXPLORE_REPORT_WHERE_H

#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>

struct lx_where;

struct lx_place {
	uint64_t offset;
	char function[64];
	char file[128]; /* its last part; "" if unknown */
	int line;
	char path[256]; /* the whole name, if it fits; "" if not */
};

struct lx_variable {
	char name[64];
	uint64_t offset, bytes;
};

/* For this shared object; NULL without memory. */
struct lx_where *lx_where_create(const char *path);
void lx_where_destroy(struct lx_where *w);

/* Add an offset. All that were added are looked up at once; others later cost a process each. */
void lx_where_add(struct lx_where *w, uint64_t offset);
bool lx_where_is_short(const struct lx_where *w); /* there was no memory for some of them */
const struct lx_place *lx_where_find(struct lx_where *w, uint64_t offset);

/* The variable that lies there; NULL: none is known. */
const struct lx_variable *lx_where_variable(struct lx_where *w, uint64_t offset);

/* The text of the place's line without the blanks around it; "" if it cannot be read. */
void lx_where_line(const struct lx_place *place, char *ret, size_t len);

/* text with every {hex} as file:line. */
void lx_where_expand(struct lx_where *w, const char *text, char *ret, size_t len);

#endif
