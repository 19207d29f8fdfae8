/*
 * test_mutants.c: every lab finds a mistake anywhere in its solution.
 *
 * wakegap-mutate makes one small mistake at a time in solution.c. Each mutant is built and searched
 * like a learner's file. A mutant that passes every check is either correct, or wrong in a way the
 * model cannot see; labs/NN-name/mutants.md says which and why. So the survivors must be exactly
 * those that mutants.md lists. WG_LAB=02 tries one lab only.
 */
#include <jansson.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/labs/lab_build.h"
#include "tests/harness/support.h"

#define MUTANTS	    512
#define WORKERS	    4
#define LINE	    1024
#define SCHEDULES   "30000" /* of a scenario; the solutions need at most a third */
#define PROCESSOR_S "20"    /* the same bound, for long schedules */

enum verdict { UNKNOWN, FOUND, REFUSED, SURVIVES, UNFINISHED, UNREADABLE, VERDICT_COUNT };

struct mutant {
	char id[80];
	char line[LINE]; /* as mutants.md has it */
	bool is_listed;
};

/* Of the lab under test. Shared with the workers, each of which takes the next mutant. */
struct round {
	atomic_int next;
	atomic_int verdict[MUTANTS];
};

static struct {
	struct mutant v[MUTANTS];
	int count;
	struct round *round;
	int totals[VERDICT_COUNT], total;
} mutants;

/* ---- the mutants of a lab ---- */

/* From a line of wakegap-mutate: id, line, before, after. */
static bool read_mutant(struct mutant *ret, char *text)
{
	char *field[4] = { NULL };
	int i;

	for (i = 0; i < 4; i++)
		field[i] = strsep(&text, "\t");
	if (!field[3])
		return false;
	memset(ret, 0, sizeof(*ret));
	(void)snprintf(ret->id, sizeof(ret->id), "%s", field[0]);
	if (*field[3])
		(void)snprintf(ret->line, sizeof(ret->line), "- `%s`: `%s` becomes `%s`", field[0],
			field[2], field[3]);
	else
		(void)snprintf(ret->line, sizeof(ret->line), "- `%s`: `%s` is left out", field[0],
			field[2]);
	return true;
}

static void make_mutants(const struct lab *lab)
{
	char source[256], *out = NULL, *err = NULL, *rest, *line;
	const char *const argv[] = { wg_build_path("wakegap-mutate"), source, "--write", lab->tmp,
		NULL };
	int rc;

	(void)snprintf(source, sizeof(source), "%s/solution.c", lab->dir);
	rc = wg_run(&out, &err, argv);
	MUST(rc == 0, "%s: wakegap-mutate ends with %d: %s", source, rc, err);
	mutants.count = 0;
	for (rest = out; (line = strsep(&rest, "\n")) && mutants.count < MUTANTS;)
		mutants.count += read_mutant(&mutants.v[mutants.count], line);
	free(out);
	free(err);
}

/* ---- one verdict ---- */

static bool is_complete(const json_t *report)
{
	const json_t *scenario;
	size_t i;

	json_array_foreach(json_object_get(report, "scenarios"), i, scenario)
	{
		if (!json_is_true(json_object_get(scenario, "complete")))
			return false;
	}
	return true;
}

static enum verdict explore(const struct lab *lab)
{
	char so[256], *out = NULL;
	const char *const argv[] = { wg_build_path("wakegap-explore"), so, "--first", "--fd", "1",
		"--max-schedules", SCHEDULES, "--seconds", PROCESSOR_S, NULL };
	json_t *report;
	enum verdict verdict = UNREADABLE;
	int rc;

	(void)snprintf(so, sizeof(so), "%s/lab.so", lab->tmp);
	rc = wg_run(&out, NULL, argv);
	report = json_loads(out, 0, NULL);
	if (report && rc == 1)
		verdict = FOUND;
	else if (report && rc == 0)
		verdict = is_complete(report) ? SURVIVES : UNFINISHED;
	json_decref(report);
	free(out);
	return verdict;
}

static enum verdict judge(const struct lab *lab, const char *source)
{
	char *said = NULL;
	bool is_built = wg_labs_compile_learner(lab, source, "-Wall", &said);

	free(said);
	if (!is_built)
		return REFUSED;
	is_built = wg_labs_link(lab, &said);
	free(said);
	return is_built ? explore(lab) : UNREADABLE;
}

/* ---- all verdicts, by a few processes ---- */

static _Noreturn void work(struct lab *lab, const char *sources, int number)
{
	char source[512], *said = NULL;
	int i;

	(void)snprintf(lab->tmp, sizeof(lab->tmp), "%.100s/worker-%d", sources, number);
	if (mkdir(lab->tmp, 0700) != 0 || !wg_labs_compile_scenario(lab, &said))
		_exit(1);
	while ((i = atomic_fetch_add(&mutants.round->next, 1)) < mutants.count) {
		(void)snprintf(source, sizeof(source), "%s/%s.c", sources, mutants.v[i].id);
		atomic_store(&mutants.round->verdict[i], (int)judge(lab, source));
	}
	_exit(0);
}

static void judge_all(struct lab *lab)
{
	long processors = sysconf(_SC_NPROCESSORS_ONLN);
	int workers = processors < 1 ? 1 : processors > WORKERS ? WORKERS : (int)processors;
	char sources[128];
	int i, status;

	(void)snprintf(sources, sizeof(sources), "%s", lab->tmp);
	memset(mutants.round, 0, sizeof(*mutants.round));
	(void)fflush(stdout);
	for (i = 0; i < workers; i++) {
		if (fork() == 0)
			work(lab, sources, i);
	}
	for (i = 0; i < workers; i++) {
		MUST(wait(&status) > 0 && status == 0, "%s: a worker ends with %d", lab->dir,
			status);
	}
}

/* ---- mutants.md ---- */

static bool is_surviving(int i)
{
	int verdict = atomic_load(&mutants.round->verdict[i]);

	return verdict == SURVIVES || verdict == UNFINISHED;
}

static void check_entry(const char *path, const char *line)
{
	int len = (int)strcspn(line + 3, "`"), i;

	for (i = 0; i < mutants.count; i++) {
		struct mutant *m = &mutants.v[i];

		if ((int)strlen(m->id) != len || strncmp(m->id, line + 3, (size_t)len) != 0)
			continue;
		m->is_listed = true;
		MUST(strcmp(m->line, line) == 0, "%s: this one is now\n%s", path, m->line);
		MUST(is_surviving(i), "%s: no longer survives\n%s", path, line);
		return;
	}
	MUST(false, "%s: there is no such mutant\n%s", path, line);
}

/* Each entry stands below a heading; the text before the first entry gives the reason. */
static void check_list(const struct lab *lab)
{
	char path[256], line[LINE];
	bool has_reason = false;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/mutants.md", lab->dir);
	f = fopen(path, "re");
	MUST(f, "%s is missing", path);
	while (f && fgets(line, sizeof(line), f)) {
		line[strcspn(line, "\n")] = '\0';
		if (strncmp(line, "- `", 3) == 0) {
			MUST(has_reason, "%s: no reason is given for\n%s", path, line);
			check_entry(path, line);
		} else {
			has_reason = strncmp(line, "## ", 3) != 0 && (has_reason || *line);
		}
	}
	if (f)
		(void)fclose(f);
}

/* ---- the table in labs/README.md ---- */

static bool is_in_readme(const char *row)
{
	char line[LINE];
	bool is_there = false;
	FILE *f = fopen("labs/README.md", "re");

	while (f && !is_there && fgets(line, sizeof(line), f))
		is_there = strncmp(line, row, strlen(row)) == 0;
	if (f)
		(void)fclose(f);
	return is_there;
}

static void check_row(const char *name, int count, const int *verdicts)
{
	int survive = verdicts[SURVIVES] + verdicts[UNFINISHED];
	char row[128];

	printf("# lab %s: %d mutants: %d found, %d refused by the compiler, %d survive\n", name,
		count, verdicts[FOUND], verdicts[REFUSED], survive);
	(void)fflush(stdout);
	(void)snprintf(row, sizeof(row), "| %s | %d | %d | %d | %d |", name, count, verdicts[FOUND],
		verdicts[REFUSED], survive);
	MUST(is_in_readme(row), "labs/README.md lacks the row\n%s", row);
}

static void try_mutants(struct lab *lab)
{
	int verdicts[VERDICT_COUNT] = { 0 }, i;
	char name[3];

	(void)snprintf(lab->tmp, sizeof(lab->tmp), "%s", wg_tmpdir());
	(void)snprintf(name, sizeof(name), "%.2s", strchr(lab->dir, '/') + 1);
	make_mutants(lab);
	judge_all(lab);
	check_list(lab);
	for (i = 0; i < mutants.count; i++) {
		int verdict = atomic_load(&mutants.round->verdict[i]);
		const struct mutant *m = &mutants.v[i];

		verdicts[verdict]++;
		mutants.totals[verdict]++;
		MUST(verdict != UNKNOWN && verdict != UNREADABLE, "lab %s: no verdict on %s", name,
			m->id);
		MUST(m->is_listed || !is_surviving(i), "lab %s: survives%s, and is not listed:\n%s",
			name, verdict == UNFINISHED ? " a search that was not complete" : "",
			m->line);
	}
	mutants.total += mutants.count;
	check_row(name, mutants.count, verdicts);
}

static void survivors_are_listed(void)
{
	mutants.round = mmap(NULL, sizeof(*mutants.round), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	CU_ASSERT_FATAL(mutants.round != MAP_FAILED);
	if (wg_labs_each(try_mutants) == 0)
		wg_skip("there are no labs");
	else if (!getenv("WG_LAB"))
		check_row("all", mutants.total, mutants.totals);
	(void)munmap(mutants.round, sizeof(*mutants.round));
}

/* ---- the program itself ---- */

static int mutate(const char *path, char **out, char **err)
{
	const char *const argv[] = { wg_build_path("wakegap-mutate"), path, NULL };

	return wg_run(out, err, argv);
}

static void mutants_change_only_code(void)
{
	static const char source[] = "/* if (a < b) put(); */\n"
				     "#define WAIT while (1 && 0)\n"
				     "static const char words[] = \"1 + 1; // 0\";\n"
				     "void f(int a) // a || 1\n"
				     "{\n"
				     "\tif (a)\n"
				     "\t\tput(words, '1');\n"
				     "\tput(words, '0'); put(words, '0');\n"
				     "}\n";
	static const char expected[] =
		"f.swap.1\t6\tif (a) put(words, '1'); put(words, '0'); put(words, '0');"
		"\tput(words, '0'); if (a) put(words, '1'); put(words, '0');\n"
		"f.always.1\t6\tif (a)\tif (1)\n"
		"f.never.1\t6\tif (a)\tif (0)\n"
		"f.negate.1\t6\tif (a)\tif (!(a))\n"
		"f.delete.1\t8\tput(words, '0'); put(words, '0');\tput(words, '0');\n";
	char path[256], *out = NULL;
	FILE *f;

	(void)snprintf(path, sizeof(path), "%s/f.c", wg_tmpdir());
	f = fopen(path, "we");
	CU_ASSERT_PTR_NOT_NULL_FATAL(f);
	CU_ASSERT(fputs(source, f) >= 0);
	CU_ASSERT_EQUAL(fclose(f), 0);
	CU_ASSERT_EQUAL(mutate(path, &out, NULL), 0);
	MUST(strcmp(out, expected) == 0, "\n%s", out);
	free(out);
}

static void errors_are_one_line(void)
{
	char *err = NULL;

	CU_ASSERT_EQUAL(mutate("/nowhere/f.c", NULL, &err), 1);
	CU_ASSERT_STRING_EQUAL(
		err, "wakegap-mutate: cannot read '/nowhere/f.c': No such file or directory\n");
	free(err);
	CU_ASSERT_EQUAL(mutate(NULL, NULL, &err), 2);
	CU_ASSERT_TRUE(wg_has(err, "Usage: wakegap-mutate"));
	free(err);
}

#if defined(WG_UNDER_TSAN) || defined(WG_UNDER_ASAN) || !defined(__OPTIMIZE__)
static const bool is_plain = false;
#else
static const bool is_plain = true;
#endif

void suite_mutants(void)
{
	WG_TEST(mutants_change_only_code);
	WG_TEST(errors_are_one_line);
	WG_TEST_IF(is_plain, "once is enough, in the release build", survivors_are_listed);
}
