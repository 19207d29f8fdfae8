/*
 * choose.c: see choose.h.
 */
#include "traces/gather/choose.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "traces/base/error.h"
#include "traces/base/elf_file.h"
#include "traces/base/program.h"
#include "traces/base/regular.h"

#define TRACE_LIBRARY "libwakegap-trace.so"

#define SCRIPT_MAX (64u << 10)
#define WORDS_MAX  512
#define DEPTH_MAX  4 /* a script's interpreter may be a script */

/* --- tracepoints --- */

static bool names_wakegap(const struct wg__elf *elf)
{
	/* The second is the name of LTTng 2.12 and before. */
	static const char *const sections[] = { "lttng_ust_tracepoints_strings",
		"__tracepoints_strings" };
	const char *text, *at;
	size_t len = 0, i;

	for (i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
		text = (const char *)wg__elf_section(elf, sections[i], &len);
		at = text ? memmem(text, len, "wakegap", sizeof("wakegap")) : NULL;
		if (at && (at == text || at[-1] == '\0'))
			return true;
		/* Older ones have "provider:event". */
		at = text ? memmem(text, len, "wakegap:", 8) : NULL;
		if (at && (at == text || at[-1] == '\0'))
			return true;
	}
	/* A runtime of somebody else, wherever its libwakegap-trace is (core/emit). */
	for (i = 0; (text = wg__elf_needed(elf, i)); i++) {
		if (strncmp(text, TRACE_LIBRARY, strlen(TRACE_LIBRARY)) == 0)
			return true;
	}
	return false;
}

static bool file_names_wakegap(const char *path)
{
	struct wg__elf elf;
	bool is;

	if (wg__elf_open(path, &elf) < 0)
		return false;
	is = names_wakegap(&elf);
	wg__elf_close(&elf);
	return is;
}

static bool library_names_wakegap(const char *program, const char *name)
{
	static const char *const places[] = { "/usr/local/lib", "/usr/lib", "/usr/lib64",
		"/usr/lib/x86_64-linux-gnu", "/usr/lib/aarch64-linux-gnu" };
	const char *search = getenv("LD_LIBRARY_PATH"), *slash = strrchr(program, '/');
	char path[PATH_MAX];
	size_t i;

	if (strchr(name, '/'))
		return file_names_wakegap(name);
	for (; search && *search; search += strcspn(search, ":"), search += *search == ':') {
		(void)snprintf(
			path, sizeof(path), "%.*s/%s", (int)strcspn(search, ":"), search, name);
		if (file_names_wakegap(path))
			return true;
	}
	(void)snprintf(path, sizeof(path), "%.*s/%s", slash ? (int)(slash - program) : 1,
		slash ? program : ".", name);
	if (file_names_wakegap(path))
		return true;
	for (i = 0; i < sizeof(places) / sizeof(places[0]); i++) {
		(void)snprintf(path, sizeof(path), "%s/%s", places[i], name);
		if (access(path, R_OK) == 0)
			return file_names_wakegap(path);
	}
	return false;
}

bool wg_has_tracepoints(const char *path)
{
	struct wg__elf elf;
	const char *name;
	bool has;
	size_t i;

	if (wg__elf_open(path, &elf) < 0)
		return false;
	has = names_wakegap(&elf);
	for (i = 0; !has && (name = wg__elf_needed(&elf, i)); i++)
		has = library_names_wakegap(path, name);
	wg__elf_close(&elf);
	return has;
}

/* --- words --- */

static bool find(const char *name, char path[PATH_MAX])
{
	const char *search = getenv("PATH");

	return wg__program_find(name, search ? search : "/bin:/usr/bin", path, PATH_MAX) == 0;
}

/* The begin of a file that says which program reads it; the caller frees it. NULL: another file. */
static char *read_script(const char *path)
{
	struct stat st;
	int fd = wg__open_regular(AT_FDCWD, path, &st);
	char *text = fd < 0 ? NULL : malloc(SCRIPT_MAX + 1);
	ssize_t n = text ? pread(fd, text, SCRIPT_MAX, 0) : 0;

	if (fd >= 0)
		(void)close(fd);
	if (n < 2 || text[0] != '#' || text[1] != '!') {
		free(text);
		return NULL;
	}
	text[n] = '\0';
	return text;
}

/* A word of the text is a program with tracepoints; its path stands in ret. */
static bool find_in_text(char *text, unsigned depth, unsigned *words, char ret[PATH_MAX])
{
	static const char ends[] = " \t\r\n\"'`;|&()<>{}=";
	char *save = NULL, *word, *script;
	bool has;

	for (word = strtok_r(text, ends, &save); word; word = strtok_r(NULL, ends, &save)) {
		if (++*words > WORDS_MAX)
			return false;
		if (!find(word, ret))
			continue;
		if (wg_has_tracepoints(ret))
			return true;
		script = depth < DEPTH_MAX ? read_script(ret) : NULL;
		has = script && find_in_text(script, depth + 1, words, ret);
		free(script);
		if (has)
			return true;
	}
	return false;
}

static bool find_tracepoints(char *const *argv, char ret[PATH_MAX])
{
	const char *preload = getenv("LD_PRELOAD");
	unsigned words = 0;
	bool has = false;
	char *text, *save = NULL;
	size_t i;

	for (i = 0; !has && argv[i]; i++) {
		/* The first word may have any letters in it. */
		if (i == 0 && find(argv[0], ret) && wg_has_tracepoints(ret))
			return true;
		text = i == 0 ? (find(argv[0], ret) ? read_script(ret) : NULL) : strdup(argv[i]);
		has = text && find_in_text(text, 0, &words, ret);
		free(text);
		if (!has && i > 0 && (text = read_script(argv[i]))) {
			has = find_in_text(text, 1, &words, ret);
			free(text);
		}
	}
	text = has || !preload ? NULL : strdup(preload);
	if (text && strtok_r(text, ": ", &save)) {
		has = library_names_wakegap("", text);
		(void)snprintf(ret, PATH_MAX, "%s", text);
	}
	free(text);
	return has;
}

/* --- what the preload library cannot see --- */

static const char *why_unseen(const char *path)
{
	struct wg__elf elf;
	struct stat st;
	const char *loader, *why = NULL;
	size_t len;

	if (wg__elf_open(path, &elf) < 0)
		return NULL;
	loader = wg__elf_loader(&elf);
	if (wg__elf_section(&elf, ".note.go.buildid", &len))
		why = "is a Go program, which calls the kernel without the C library";
	else if (elf.class != (int)sizeof(void *) / 4)
		why = "is a program for another word size";
	else if (!loader)
		why = "is statically linked, so no library can be loaded into it";
	else if (strstr(loader, "musl"))
		why = "is linked with musl, and the library is for glibc";
	else if (stat(path, &st) == 0 &&
		 ((st.st_mode & S_ISUID && st.st_uid != geteuid()) ||
			 (st.st_mode & S_ISGID && st.st_gid != getegid()) ||
			 (geteuid() != 0 && getxattr(path, "security.capability", NULL, 0) > 0)))
		why = "runs with other rights (setuid), and ignores LD_PRELOAD";
	wg__elf_close(&elf);
	return why;
}

/* Of the interpreter, if it is a script. */
static void warn(const char *name, struct wg_choice *ret)
{
	char path[PATH_MAX], interpreter[PATH_MAX], *text;
	const char *why;
	unsigned i;

	for (i = 0; i < DEPTH_MAX && find(name, path) && (text = read_script(path)); i++) {
		char *begin = text + 2 + strspn(text + 2, " \t");

		begin[strcspn(begin, " \t\r\n")] = '\0';
		(void)snprintf(interpreter, sizeof(interpreter), "%s", begin);
		free(text);
		name = interpreter;
	}
	if (!find(name, path) || !(why = why_unseen(path)))
		return;
	(void)snprintf(ret->warn, sizeof(ret->warn),
		"%.100s %s: it will not be seen. `wakegap scan` shows it from outside while it "
		"runs; "
		"`strace -f -tt -T -o log COMMAND` and `wakegap import log` show "
		"more" WG_SEE_DOCTOR,
		name, why);
}

void wg_choose(char *const *argv, enum wg_observer forced, struct wg_choice *ret)
{
	char path[PATH_MAX];
	bool has = forced == WG_WITH_ANY && find_tracepoints(argv, path);

	*ret = (struct wg_choice){ .with = forced };
	if (forced == WG_WITH_ANY)
		ret->with = has ? WG_WITH_LTTNG : WG_WITH_PRELOAD;
	if (forced != WG_WITH_ANY)
		(void)snprintf(ret->why, sizeof(ret->why), "as asked for");
	else if (has)
		(void)snprintf(ret->why, sizeof(ret->why), "%.280s emits wakegap events", path);
	else
		(void)snprintf(
			ret->why, sizeof(ret->why), "%.280s emits no wakegap events", argv[0]);
	if (ret->with == WG_WITH_PRELOAD)
		warn(argv[0], ret);
}
