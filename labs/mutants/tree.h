/*
 * tree.h: the statements of a C file, by a look at its words.
 *
 * It knows as much of C as short programs need: blocks, if, while, for, do, return, jumps, and
 * which of the rest declares something. What it takes for a statement and is none, the compiler
 * refuses.
 */
#ifndef LABS_MUTANTS_TREE_H
#define LABS_MUTANTS_TREE_H

#include "labs/mutants/tokens.h"

#define MU_STATEMENTS 512
#define MU_UNITS      64

enum mu_form { MU_DOES, MU_DECLARES, MU_IF, MU_WHILE, MU_FOR, MU_DO, MU_LEAVES, MU_BLOCK };

struct mu_statement {
	enum mu_form form;
	int first, last;	      /* words */
	int condition, condition_end; /* words in its brackets; none: condition > condition_end */
	int next;		      /* in the same block; -1: none */
	int owner; /* the statement that this is the only body of; -1: it stands in a block */
};

/* What stands at the level of the file and has a name: a function, or data with a value. */
struct mu_unit {
	char name[48];
	int first, last; /* words of its body or value */
	bool is_function;
};

struct mu_tree {
	struct mu_tokens tokens;
	int count, units;
	struct mu_statement v[MU_STATEMENTS];
	struct mu_unit unit[MU_UNITS];
};

/* false: there is more than there is room for. */
bool mu_tree_read(struct mu_tree *ret, const char *text);

/* The unit of word i; NULL: none. */
const struct mu_unit *mu_unit_of(const struct mu_tree *tree, int i);

#endif
