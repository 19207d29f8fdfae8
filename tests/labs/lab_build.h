/*
 * lab_build.h: the labs of labs/, each in turn, built as wakegap-lab builds them.
 */
#ifndef TESTS_LABS_LAB_BUILD_H
#define TESTS_LABS_LAB_BUILD_H

#include <stdbool.h>
#include <stdio.h>

#include "tests/harness/harness.h"
#include "tests/labs/lab_conf.h"

/* Say what is wrong where the assertion can only say that something is. */
#define MUST(holds, ...)                                                                           \
	do {                                                                                       \
		bool it_holds = (holds);                                                           \
		if (!it_holds) {                                                                   \
			printf("#   " __VA_ARGS__);                                                \
			putchar('\n');                                                             \
		}                                                                                  \
		CU_ASSERT_TRUE(it_holds);                                                          \
	} while (0)

/* For each lab that WG_LAB does not leave out; how many there are. */
int wg_labs_each(void (*try)(struct lab *lab));

/* CC, or cc. */
const char *wg_labs_cc(void);

/* Compile with the warnings given. What the compiler says is in *said, to be freed; may be NULL. */
bool wg_labs_compile(const struct lab *lab, const char *cc, const char *werror, const char *source,
	const char *object, char **said);

/* scenario.c to a file in lab->tmp. */
bool wg_labs_compile_scenario(const struct lab *lab, char **said);

/* Any source, in the learner's place and under its name, so that reports say the same here and
 * there; and that with the scenario to lab->tmp/lab.so. What the tools say is in *said. */
bool wg_labs_compile_learner(
	const struct lab *lab, const char *source, const char *werror, char **said);
bool wg_labs_link(const struct lab *lab, char **said);

#endif
