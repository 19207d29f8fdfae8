/*
 * main.c: wakegap-mutate: a C file with one small mistake at a time.
 *
 * A lab claims that its scenarios find every mistake in the learner's file. A program can try many,
 * in every place of the solution: a line is missing, two are exchanged, a condition is negated. The
 * suite `mutants` lets the explorer judge each.
 *
 *     wakegap-mutate FILE.c                 one line each: id, line, before, after, separated by
 * tabs wakegap-mutate FILE.c --write DIR     the same, and each mutant as DIR/ID.c
 *
 * Exit 0; 1: a file cannot be read or written; 2: usage.
 */
#include <argp.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labs/mutants/mutants.h"
#include "traces/base/tool.h"

static int complain(const char *what, const char *path)
{
	(void)fprintf(stderr, "wakegap-mutate: cannot %s '%s': %s\n", what, path, strerror(errno));
	return 1;
}

static char *read_all(const char *path)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	ssize_t got;

	if (!f)
		return NULL;
	got = getdelim(&text, &size, '\0', f);
	(void)fclose(f);
	if (got > 0)
		return text;
	free(text);
	return NULL;
}

static int write_one(const char *dir, const struct mu_mutant *mutant)
{
	char path[4096];
	FILE *f;
	bool is_written;

	(void)snprintf(path, sizeof(path), "%s/%s.c", dir, mutant->id);
	f = fopen(path, "we");
	if (!f)
		return complain("open", path);
	is_written = fputs(mutant->text, f) >= 0;
	if (fclose(f) != 0 || !is_written)
		return complain("write", path);
	return 0;
}

static int tell(const struct mu_mutants *m, const char *dir)
{
	int i, rc = 0;

	for (i = 0; i < m->count && rc == 0; i++) {
		const struct mu_mutant *one = &m->v[i];

		printf("%s\t%d\t%s\t%s\n", one->id, one->line, one->before, one->after);
		if (dir)
			rc = write_one(dir, one);
	}
	return rc;
}

struct options {
	const char *file, *dir;
};

static error_t parse(int key, char *arg, struct argp_state *state)
{
	struct options *o = state->input;

	if (key == 'w')
		o->dir = arg;
	else if (key == ARGP_KEY_ARG && !o->file)
		o->file = arg;
	else if (key == ARGP_KEY_ARG || key == ARGP_KEY_NO_ARGS)
		argp_usage(state);
	else
		return ARGP_ERR_UNKNOWN;
	return 0;
}

int main(int argc, char **argv)
{
	static const struct argp_option table[] = {
		{ "write", 'w', "DIR", 0, "also write each mutant as DIR/ID.c", 0 },
		{ NULL, 0, NULL, 0, NULL, 0 },
	};
	static const struct argp_child children[] = { { .argp = &wg_tool_argp }, { 0 } };
	static const struct argp argp = { .options = table,
		.parser = parse,
		.children = children,
		.args_doc = "FILE.c",
		.doc = "Print the mutants of a C file: id, line, before and after, "
		       "separated by tabs." };
	static struct mu_tree tree;
	static struct mu_mutants mutants;
	struct options o = { NULL, NULL };
	char *text;
	int rc;

	wg_tool_begin("wakegap-mutate", 1);
	if ((errno = argp_parse(&argp, argc, argv, ARGP_NO_HELP, NULL, &o)) != 0)
		return complain("read the options of", argv[0]);
	text = read_all(o.file);
	if (!text)
		return complain("read", o.file);
	errno = EFBIG;
	rc = mu_tree_read(&tree, text) ? 0 : complain("read", o.file);
	if (rc == 0) {
		mu_mutants_make(&mutants, &tree);
		rc = mutants.is_full ? complain("hold all mutants of", o.file)
				     : tell(&mutants, o.dir);
		mu_mutants_fini(&mutants);
	}
	free(text);
	return rc;
}
