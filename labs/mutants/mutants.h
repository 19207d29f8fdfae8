/*
 * mutants.h: the mutants of a file: its text with one small mistake each.
 */
#ifndef LABS_MUTANTS_MUTANTS_H
#define LABS_MUTANTS_MUTANTS_H

#include "labs/mutants/tree.h"

#define MU_MUTANTS 512
#define MU_SHOWN   400

/* Replace these bytes of the file. */
struct mu_edit {
	size_t at, len;
	const char *text; /* need not end with a NUL; read by mu_mutants_add() only */
	size_t text_len;
};

struct mu_mutant {
	char id[80]; /* FUNCTION.OPERATOR.NUMBER: does not change with the lines */
	int line;
	char before[MU_SHOWN], after[MU_SHOWN]; /* the changed lines, for people */
	char *text;				/* of the whole file; owned */
	char *words;				/* of the same, without comments; owned */
};

struct mu_mutants {
	const struct mu_tree *tree;
	char *original; /* the words of the file; owned */
	int count;
	bool is_full; /* there were too many */
	struct mu_mutant v[MU_MUTANTS];
};

/* All mutants of the tree, in the order of operators. Free with mu_mutants_fini(). */
void mu_mutants_make(struct mu_mutants *ret, const struct mu_tree *tree);
void mu_mutants_fini(struct mu_mutants *m);

/* For operators: add a mutant, unless the same exists. Edits are in the order of the file. */
void mu_mutants_add(
	struct mu_mutants *m, const char *operator_name, const struct mu_edit *edits, int count);

/* Add a mutant in which this text replaces the words from..to. */
void mu_mutants_replace(
	struct mu_mutants *m, const char *operator_name, int from, int to, const char *text);

/* The two sets of operators: on whole statements, and within them. */
void mu_change_statements(struct mu_mutants *m);
void mu_change_words(struct mu_mutants *m);

#endif
