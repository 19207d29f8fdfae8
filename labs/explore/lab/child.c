/*
 * child.c: see child.h.
 */
#include "labs/explore/lab/child.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/explore/lab/crash.h"
#include "labs/explore/engine/engine.h"
#include "labs/explore/engine/id.h"
#include "labs/explore/lab/fence.h"
#include "labs/explore/lab/image.h"
#include "labs/explore/lab/printed.h"
#include "labs/explore/engine/search.h"

struct lx_shared *lx_shared_create(void)
{
	void *at = mmap(NULL, sizeof(struct lx_shared), PROT_READ | PROT_WRITE,
		MAP_SHARED | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);

	return at == MAP_FAILED ? NULL : at;
}

/* ---- in the child ---- */

static void list(const struct lab_scenario *all)
{
	struct lx_shared *s = lx.shared;

	for (; all->name && s->scenario_count < LX_SCENARIOS; all++) {
		struct lx_about *about = &s->scenario[s->scenario_count++];

		(void)snprintf(about->name, sizeof(about->name), "%s", all->name);
		(void)snprintf(about->title, sizeof(about->title), "%s",
			all->title ? all->title : all->name);
	}
	if (all->name)
		(void)snprintf(s->trouble, sizeof(s->trouble), "the lab has more than %d scenarios",
			LX_SCENARIOS);
}

/* The lab has no open file, so it cannot write into the report, and no output but one that is
 * recorded. */
static void be_quiet(bool is_recording)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null >= 0) {
		(void)dup2(null, 0);
		(void)dup2(null, 1);
		(void)dup2(null, 2);
	}
	(void)close_range(3, ~0u, 0);
	if (is_recording)
		lx_printed_open();
}

static void work(const struct lx_job *job)
{
	const struct lab_scenario *all;
	struct lab_scenario scenario;
	const char *why = lx_image_load(job->lab, &all);

	if (why) {
		lx.shared->is_short = strcmp(why, LX_NO_MEMORY) == 0;
		(void)snprintf(lx.shared->trouble, sizeof(lx.shared->trouble),
			"cannot load '%s': %s", job->lab, why);
		return;
	}
	if (job->scenario < 0) {
		list(all);
		return;
	}
	scenario = all[job->scenario];
	if (job->max_schedules)
		scenario.max_schedules = job->max_schedules;
	if (job->max_steps)
		scenario.max_steps = job->max_steps;
	if (job->max_seconds)
		scenario.max_seconds = job->max_seconds;
	lx.scenario = &scenario;
	lx.is_full = job->is_full;
	lx.is_few = job->is_few;
	lx.is_first = job->is_first;
	lx.races_fail = job->races_fail;
	lx.is_recording = job->is_recording;
	lx.shard = job->shard;
	lx.shards = job->shards;
	lx_crash_install(
		4 * (scenario.max_seconds ? scenario.max_seconds : 20) + 20, job->endless_at);
	lx_fence_code(lx_image_code(), lx_image_code_end());
	if (job->replay)
		lx_replay(job->replay);
	else
		lx_search();
}

static _Noreturn void be_child(const struct lx_job *job, struct lx_shared *shared, pid_t parent)
{
	(void)prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (getppid() != parent)
		_exit(1); /* it ended before that */
	be_quiet(job->is_recording);
	lx_fence();
	lx.shared = shared;
	work(job);
	shared->is_finished = true;
	_exit(0);
}

/* ---- in the parent ---- */

/* The lab ended its process in a way that is not modelled: a raw system call, a signal. The log has
 * the choices up to then, so that a replay shows how it came to that. */
static void take_end(struct lx_shared *shared, bool is_signal)
{
	struct lx_check *check;
	uint32_t i;

	(void)snprintf(shared->bound, sizeof(shared->bound), "up to where the process ended");
	shared->schedules++;
	for (i = 0; i < shared->check_count; i++) {
		if (shared->check[i].failing > 0)
			return; /* an earlier schedule fails, and can be told whole */
	}
	shared->check_count += shared->check_count < LX_CHECKS;
	check = &shared->check[shared->check_count - 1];
	*check = (struct lx_check){ .failing = 1 };
	shared->failing = 1;
	(void)snprintf(check->id, sizeof(check->id), "%s", is_signal ? "crash" : "exit");
	(void)snprintf(check->message, sizeof(check->message), "%s", shared->trouble);
	(void)lx_id_print(&shared->log, check->schedule, sizeof(check->schedule));
}

void lx_child_run(const struct lx_job *job, struct lx_shared *shared)
{
	int status = 0;
	pid_t parent = getpid(), pid;

	memset(shared, 0, sizeof(*shared));
	(void)fflush(NULL);
	pid = fork();
	if (pid == 0)
		be_child(job, shared, parent);
	if (pid < 0) {
		(void)snprintf(shared->trouble, sizeof(shared->trouble), "cannot fork: %s",
			strerror(errno));
		return;
	}
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	if (shared->is_finished || shared->trouble[0])
		return;
	if (WIFSIGNALED(status))
		(void)snprintf(shared->trouble, sizeof(shared->trouble), "the lab died: %s",
			strsignal(WTERMSIG(status)));
	else
		(void)snprintf(shared->trouble, sizeof(shared->trouble),
			"the lab ended its process, with status %d", WEXITSTATUS(status));
	if (job->scenario >= 0)
		take_end(shared, WIFSIGNALED(status));
}
