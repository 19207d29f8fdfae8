/*
 * programs.h: programs that nobody rebuilds, recorded. The suites programs_* are long and run when
 * they are named (`make test-programs`); a sample of each is the suite programs.
 */
#ifndef TESTS_PROGRAMS_PROGRAMS_H
#define TESTS_PROGRAMS_PROGRAMS_H

#include <stdbool.h>

/*
 * A shell's line, with the folder as $HERE, the built programs as $BUILD, the sources of
 * tests/data/programs as $SOURCES, and the system's programs first in PATH. Its exit status; *out
 * and *err, each may be NULL, as wg_run() has them.
 */
int programs_shell(const char *here, const char *line, char **out, char **err);

/* Can wakegap record in the kernel here? If not, the test is skipped. */
bool programs_lack_kernel(void);

/* Does the line succeed? If not, the test is skipped for want of that. */
bool programs_lack(const char *line, const char *what);

/* The sample: each records with preload, and in the kernel if that is possible. */
void programs_sample_pairs(void);
void programs_sample_idle(void);
void programs_sample_same(void);
void programs_sample_busy(void);

#endif
