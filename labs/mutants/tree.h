/*
 * tree.h: the statements of a C file, read from its words.
 *
 * It knows as much of C as short programs need: blocks, if, while, for, do, return, jumps, and
 * declarations. If it takes other text for a statement, the compiler refuses the mutant.
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
	int owner; /* the statement of which this is the body; -1: it stands in a block */
};

/* A function, or data with a value, at file level. */
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

/* false: too many words, statements or units. */
bool mu_tree_read(struct mu_tree *ret, const char *text);

/* The unit of word i; NULL: none. */
const struct mu_unit *mu_unit_of(const struct mu_tree *tree, int i);

#endif
