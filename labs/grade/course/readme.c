/*
 * readme.c: see readme.h.
 */
#include "labs/grade/course/readme.h"

#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "labs/grade/base/files.h"
#include "labs/grade/base/memory.h"

/* "[text](target)" at `at`: write it as the learner can use it. How much was read; 0: no link. */
static size_t put_link(FILE *out, const char *from, const char *at)
{
	size_t text = strcspn(at, "]\n"), target;
	char path[PATH_MAX], real[PATH_MAX];

	if (at[text] != ']' || at[text + 1] != '(')
		return 0;
	target = strcspn(at + text + 2, ")\n");
	if (at[text + 2 + target] != ')' || strncmp(at + text + 2, "../", 3) != 0)
		return 0;
	(void)snprintf(path, sizeof(path), "%s/%.*s", from, (int)target, at + text + 2);
	if (realpath(path, real))
		(void)fprintf(out, "%.*s(%s)", (int)text + 1, at, real);
	else
		(void)fprintf(out, "%.*s", (int)text - 1, at + 1);
	return text + target + 3;
}

int wg_readme_copy(const char *from, const char *to, struct wg_error *err)
{
	char path[PATH_MAX], *text = NULL, *ours = NULL;
	size_t len = 0, used;
	const char *at;
	FILE *out;
	int rc;

	(void)snprintf(path, sizeof(path), "%s/README.md", from);
	rc = wg_file_read(path, &text, NULL, err);
	if (rc < 0)
		return rc;
	out = open_memstream(&ours, &len);
	for (at = text; out && *at; at += used) {
		used = *at == '[' ? put_link(out, from, at) : 0;
		if (used == 0) {
			(void)fputc(*at, out);
			used = 1;
		}
	}
	(void)snprintf(path, sizeof(path), "%s/README.md", to);
	if (!out || fclose(out) != 0) {
		wg_memory_note_lack();
		rc = wg_error_set(err, -ENOMEM, "out of memory");
	} else {
		rc = wg_file_write(path, ours, len, err);
	}
	free(text);
	free(ours);
	return rc;
}
