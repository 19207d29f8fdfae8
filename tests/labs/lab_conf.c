/*
 * lab_conf.c: see lab_conf.h.
 */
#include "tests/labs/lab_conf.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static char *trimmed(char *text)
{
	char *end;

	text += strspn(text, " \t");
	end = text + strlen(text);
	while (end > text && isspace((unsigned char)end[-1]))
		*--end = '\0';
	return text;
}

static void cut_comment(char *line)
{
	char *at = line;

	if (*line == ';' || *line == '#')
		*line = '\0';
	while ((at = strchr(at, ';')) && at > line) {
		if (isspace((unsigned char)at[-1]))
			*at = '\0';
		else
			at++;
	}
}

static void read_line(struct lab *lab, char *section, char *line)
{
	struct lab_entry *e = &lab->entry[lab->entries];
	char *equals, *text;

	cut_comment(line);
	text = trimmed(line);
	equals = strchr(text, '=');
	if (*text == '[' && strchr(text, ']')) {
		(void)snprintf(section, 64, "%.*s", (int)strcspn(text + 1, "]"), text + 1);
	} else if (isspace((unsigned char)*line) && *text && lab->entries > 0) {
		size_t have = strlen(e[-1].value);

		(void)snprintf(e[-1].value + have, sizeof(e->value) - have, " %s", text);
	} else if (equals && lab->entries < LAB_ENTRIES) {
		*equals = '\0';
		(void)snprintf(e->section, sizeof(e->section), "%s", section);
		(void)snprintf(e->key, sizeof(e->key), "%s", trimmed(text));
		(void)snprintf(e->value, sizeof(e->value), "%s", trimmed(equals + 1));
		lab->entries++;
	}
}

const char *lab_conf(const struct lab *lab, const char *section, const char *key)
{
	int i;

	for (i = 0; i < lab->entries; i++) {
		if (strcmp(lab->entry[i].section, section) == 0 &&
			strcmp(lab->entry[i].key, key) == 0)
			return lab->entry[i].value;
	}
	return "";
}

bool lab_read(struct lab *lab, const char *conf)
{
	char line[512], section[64] = "";
	FILE *f = fopen(conf, "re");

	memset(lab, 0, sizeof(*lab));
	if (!f)
		return false;
	(void)snprintf(lab->dir, sizeof(lab->dir), "%.*s", (int)(strrchr(conf, '/') - conf), conf);
	while (fgets(line, sizeof(line), f))
		read_line(lab, section, line);
	(void)fclose(f);
	(void)sscanf(lab_conf(lab, "lab", "files"), "%63s", lab->learner);
	return *lab->learner != '\0';
}
