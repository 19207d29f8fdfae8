/*
 * where.c: see where.h. Without addr2line the report has no lines; all else works.
 */
#include "labs/explore/report/where.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/base/units.h"

#define BATCH 200 /* addresses of one call of addr2line */

struct lx_where {
	char *path;
	struct lx_place *place;
	size_t count, cap, known; /* known: this many are looked up */
	struct lx_variable *variable;
	size_t variables;
	bool has_variables; /* nm was asked */
	bool is_short;
};

struct lx_where *lx_where_create(const char *path)
{
	struct lx_where *w = calloc(1, sizeof(*w));

	if (w && !(w->path = strdup(path))) {
		free(w);
		w = NULL;
	}
	return w;
}

void lx_where_destroy(struct lx_where *w)
{
	if (!w)
		return;
	free(w->variable);
	free(w->place);
	free(w->path);
	free(w);
}

bool lx_where_is_short(const struct lx_where *w)
{
	return w->is_short;
}

static struct lx_place *find(struct lx_where *w, uint64_t offset)
{
	size_t i;

	for (i = 0; i < w->count; i++) {
		if (w->place[i].offset == offset)
			return &w->place[i];
	}
	return NULL;
}

void lx_where_add(struct lx_where *w, uint64_t offset)
{
	if (offset == 0 || find(w, offset))
		return;
	if (w->count == w->cap) {
		size_t cap = w->cap ? 2 * w->cap : 64;
		struct lx_place *grown = reallocarray(w->place, cap, sizeof(*grown));

		if (!grown) {
			w->is_short = true;
			return;
		}
		w->place = grown;
		w->cap = cap;
	}
	w->place[w->count++] = (struct lx_place){ .offset = offset };
}

/* Start a program; its output, or NULL. */
static FILE *start(char *const *argv, pid_t *ret_pid)
{
	posix_spawn_file_actions_t actions;
	extern char **environ;
	int ends[2], rc;
	FILE *out;

	if (pipe2(ends, O_CLOEXEC) < 0)
		return NULL;
	out = fdopen(ends[0], "re");
	if (!out) {
		(void)close(ends[0]);
		(void)close(ends[1]);
		return NULL;
	}
	(void)posix_spawn_file_actions_init(&actions);
	(void)posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
	(void)posix_spawn_file_actions_addopen(&actions, 2, "/dev/null", O_WRONLY, 0);
	rc = posix_spawnp(ret_pid, argv[0], &actions, NULL, argv, environ);
	(void)posix_spawn_file_actions_destroy(&actions);
	(void)close(ends[1]);
	if (rc == 0)
		return out;
	(void)fclose(out);
	return NULL;
}

static void end(FILE *out, pid_t pid)
{
	(void)fclose(out);
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
}

/* "function\n/path/file.c:12 (discriminator 3)\n" for each address. */
static void read_places(FILE *in, struct lx_place *place, size_t n)
{
	char function[512], file[1024];
	size_t i;

	for (i = 0; i < n; i++) {
		const char *name;
		uint64_t line = 0;
		char *colon;

		if (!fgets(function, sizeof(function), in) || !fgets(file, sizeof(file), in))
			return;
		function[strcspn(function, "\n")] = '\0';
		(void)snprintf(place[i].function, sizeof(place[i].function), "%.*s",
			(int)sizeof(place[i].function) - 1, function);
		colon = strrchr(file, ':');
		if (!colon || file[0] == '?')
			continue;
		*colon++ = '\0';
		colon[strspn(colon, "0123456789")] = '\0';
		(void)wg_parse_number(colon, 1, INT_MAX, &line);
		if (strlen(file) < sizeof(place[i].path))
			memcpy(place[i].path, file, strlen(file) + 1);
		name = strrchr(file, '/') ? strrchr(file, '/') + 1 : file;
		place[i].line = (int)line;
		(void)snprintf(place[i].file, sizeof(place[i].file), "%.*s",
			(int)sizeof(place[i].file) - 1, name);
	}
}

static bool ask(struct lx_where *w, const char *tool, size_t n)
{
	static char address[BATCH][24];
	char *argv[BATCH + 5] = { (char *)(uintptr_t)tool, "-f", "-e", w->path };
	pid_t pid;
	FILE *out;
	size_t i;

	for (i = 0; i < n; i++) {
		(void)snprintf(address[i], sizeof(address[i]), "0x%llx",
			(unsigned long long)w->place[w->known + i].offset);
		argv[4 + i] = address[i];
	}
	out = start(argv, &pid);
	if (!out)
		return false;
	read_places(out, &w->place[w->known], n);
	end(out, pid);
	return true;
}

static void ask_all(struct lx_where *w)
{
	while (w->known < w->count) {
		size_t n = w->count - w->known < BATCH ? w->count - w->known : BATCH;

		if (!ask(w, "addr2line", n))
			(void)ask(w, "llvm-addr2line", n);
		w->known += n;
	}
}

const struct lx_place *lx_where_find(struct lx_where *w, uint64_t offset)
{
	static const struct lx_place nowhere;
	const struct lx_place *p;

	lx_where_add(w, offset);
	ask_all(w);
	p = find(w, offset);
	return p ? p : &nowhere;
}

/* ---- variables ---- */

static void add_variable(struct lx_where *w, const struct lx_variable *v)
{
	struct lx_variable *grown = reallocarray(w->variable, w->variables + 1, sizeof(*grown));

	w->is_short = w->is_short || !grown;
	if (!grown)
		return;
	w->variable = grown;
	w->variable[w->variables++] = *v;
}

/* "0000000000004050 0000000000000004 b changes" for each; others have no size. */
static bool ask_variables(struct lx_where *w, const char *tool)
{
	char *argv[] = { (char *)(uintptr_t)tool, "-S", "--defined-only", w->path, NULL };
	char line[512];
	pid_t pid;
	FILE *in = start(argv, &pid);

	if (!in)
		return false;
	while (fgets(line, sizeof(line), in)) {
		struct lx_variable v = { .offset = 0 };
		char *at;

		v.offset = strtoull(line, &at, 16);
		if (*at != ' ')
			continue;
		v.bytes = strtoull(at + 1, &at, 16);
		if (at[0] != ' ' || !strchr("bBdD", at[1]) || at[2] != ' ')
			continue;
		/* A static variable of a function is NAME.NUMBER. */
		(void)snprintf(v.name, sizeof(v.name), "%.*s", (int)strcspn(at + 3, ".\n"), at + 3);
		add_variable(w, &v);
	}
	end(in, pid);
	return w->variables > 0;
}

const struct lx_variable *lx_where_variable(struct lx_where *w, uint64_t offset)
{
	size_t i;

	if (!w->has_variables && !ask_variables(w, "nm"))
		(void)ask_variables(w, "llvm-nm");
	w->has_variables = true;
	for (i = 0; offset && i < w->variables; i++) {
		const struct lx_variable *v = &w->variable[i];

		if (offset >= v->offset && offset - v->offset < v->bytes)
			return v;
	}
	return NULL;
}

/* ---- lines ---- */

/* Of C alone: a lab may claim to be any file of the machine. */
static FILE *open_source(const char *path)
{
	const char *dot = strrchr(path, '.');
	struct stat st;

	if (!dot || (strcmp(dot, ".c") != 0 && strcmp(dot, ".h") != 0))
		return NULL;
	if (stat(path, &st) < 0 || !S_ISREG(st.st_mode))
		return NULL;
	return fopen(path, "re");
}

void lx_where_line(const struct lx_place *place, char *ret, size_t len)
{
	FILE *in = open_source(place->path);
	char line[512] = "";
	int i = 0;

	ret[0] = '\0';
	if (!in)
		return;
	while (i < place->line && fgets(line, sizeof(line), in))
		i += strchr(line, '\n') != NULL;
	(void)fclose(in);
	if (i == place->line) {
		const char *text = line + strspn(line, " \t");
		size_t n = strcspn(text, "\n");

		while (n > 0 && strchr(" \t\r", text[n - 1]))
			n--;
		(void)snprintf(ret, len, "%.*s", (int)n, text);
	}
}

void lx_where_expand(struct lx_where *w, const char *text, char *ret, size_t len)
{
	size_t used = 0;

	while (*text && used + 1 < len) {
		char *end;
		unsigned long long offset;
		const struct lx_place *p;

		if (*text != '{') {
			ret[used++] = *text++;
			continue;
		}
		offset = strtoull(text + 1, &end, 16);
		if (*end != '}' || end == text + 1) {
			ret[used++] = *text++;
			continue;
		}
		text = end + 1;
		p = lx_where_find(w, offset);
		used += (size_t)(p->line ? snprintf(ret + used, len - used, "%s:%d", p->file,
						   p->line)
					 : snprintf(ret + used, len - used, "an unknown place"));
	}
	ret[used < len ? used : len - 1] = '\0';
}
