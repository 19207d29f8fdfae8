/*
 * lab_conf.h: a lab's lab.conf as the tests read it: sections, `key = value`, comments after ` ;`,
 * indented lines that go on.
 */
#ifndef TESTS_LABS_LAB_CONF_H
#define TESTS_LABS_LAB_CONF_H

#include <stdbool.h>

#define LAB_ENTRIES 160

struct lab_entry {
	char section[64], key[32], value[1024];
};

struct lab {
	char dir[128];
	char learner[64]; /* the file that wrong/ and solution.c stand in for */
	char tmp[128];	  /* for who builds it */
	int entries;
	struct lab_entry entry[LAB_ENTRIES];
};

/* From the path of a lab.conf; false: not there, or it names no files. */
bool lab_read(struct lab *lab, const char *conf);

/* The value, or "". */
const char *lab_conf(const struct lab *lab, const char *section, const char *key);

#endif
