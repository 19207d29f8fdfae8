/*
 * lab_build.c: see lab_build.h.
 */
#include "tests/labs/lab_build.h"

#include <glob.h>
#include <stdlib.h>

#include "tests/harness/support.h"

#define TEXT_AT_MOST 16384

int wg_labs_each(void (*try)(struct lab *lab))
{
	static struct lab lab;
	const char *only = getenv("WG_LAB");
	char pattern[64];
	glob_t confs;
	size_t i;
	int count = 0;

	(void)snprintf(pattern, sizeof(pattern), "labs/%.8s*/lab.conf", only ? only : "[0-9]");
	if (glob(pattern, 0, NULL, &confs) == 0) {
		for (i = 0; i < confs.gl_pathc; i += WG_STRIDE, count++) {
			bool is_read = lab_read(&lab, confs.gl_pathv[i]);

			MUST(is_read, "%s cannot be read", confs.gl_pathv[i]);
			if (is_read)
				try(&lab);
		}
	}
	globfree(&confs);
	return count;
}

const char *wg_labs_cc(void)
{
	const char *given = getenv("CC");

	return given && *given ? given : "cc";
}

bool wg_labs_compile(const struct lab *lab, const char *cc, const char *werror, const char *source,
	const char *object, char **said)
{
	char here[256];
	const char *const argv[] = { cc, "-std=c11", "-D_GNU_SOURCE", "-g", "-O1", "-Wall",
		"-Wextra", "-fPIC", "-pthread", "-fsanitize=thread", "-I.", here, "-c", source,
		"-o", object, werror, NULL };

	(void)snprintf(here, sizeof(here), "-I%s", lab->dir);
	return wg_run(NULL, said, argv) == 0;
}

bool wg_labs_compile_scenario(const struct lab *lab, char **said)
{
	char source[256], object[256];

	(void)snprintf(source, sizeof(source), "%s/scenario.c", lab->dir);
	(void)snprintf(object, sizeof(object), "%s/scenario.o", lab->tmp);
	return wg_labs_compile(lab, wg_labs_cc(), "-Werror", source, object, said);
}

static bool copy(const char *from_path, const char *to_path)
{
	char buffer[TEXT_AT_MOST];
	FILE *from = fopen(from_path, "re"), *to = fopen(to_path, "we");
	size_t got = from ? fread(buffer, 1, sizeof(buffer), from) : 0;
	bool is_whole = to && got > 0 && got < sizeof(buffer) && fwrite(buffer, 1, got, to) == got;

	if (from)
		(void)fclose(from);
	return to && fclose(to) == 0 && is_whole;
}

bool wg_labs_compile_learner(
	const struct lab *lab, const char *source, const char *werror, char **said)
{
	char path[256], object[256];

	*said = NULL;
	(void)snprintf(path, sizeof(path), "%s/%s", lab->tmp, lab->learner);
	(void)snprintf(object, sizeof(object), "%s/learner.o", lab->tmp);
	return copy(source, path) && wg_labs_compile(lab, wg_labs_cc(), werror, path, object, said);
}

bool wg_labs_link(const struct lab *lab, char **said)
{
	char learner[256], scenario[256], so[256];
	const char *const argv[] = { wg_labs_cc(), "-shared", "-o", so, learner, scenario,
		"@labs/explore/wrap.opts", NULL };

	(void)snprintf(learner, sizeof(learner), "%s/learner.o", lab->tmp);
	(void)snprintf(scenario, sizeof(scenario), "%s/scenario.o", lab->tmp);
	(void)snprintf(so, sizeof(so), "%s/lab.so", lab->tmp);
	return wg_run(NULL, said, argv) == 0;
}
