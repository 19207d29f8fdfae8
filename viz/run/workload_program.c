/*
 * workload_program.c: see workload_program.h.
 */
#include "viz/run/workload_program.h"

#include <errno.h>
#include <jansson.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "traces/base/signals.h"
int wg_program_beside(const char *name, char *path, size_t len, struct wg_error *err)
{
	static const char *const places[] = { "", "../libexec/wakegap/" };
	char self[4096];
	ssize_t n = readlink("/proc/self/exe", self, sizeof(self) - 1);
	char *slash;
	size_t i;

	if (n < 0)
		return wg_error_set(
			err, -errno, "cannot tell where wakegap is: %s", strerror(errno));
	self[n] = '\0';
	slash = strrchr(self, '/');
	for (i = 0; slash && i < sizeof(places) / sizeof(places[0]); i++) {
		int dir_len = (int)(slash - self);
		int wanted = snprintf(path, len, "%.*s/%s%s", dir_len, self, places[i], name);

		if (wanted > 0 && (size_t)wanted < len && access(path, X_OK) == 0)
			return 0;
	}
	return wg_error_set(err, -ENOENT,
		"cannot find %s beside wakegap or in ../libexec/wakegap: run `make`, or `make "
		"install` again" WG_SEE_DOCTOR,
		name);
}

pid_t wg_workload_start(char *const *argv, int out_fd, struct wg_error *err)
{
	pid_t parent = getpid(), pid = fork();

	if (pid < 0)
		return wg_error_set(err, -errno, "cannot start '%s': %s", argv[0], strerror(errno));
	if (pid == 0) {
		/* It must end when we are killed. */
		wg__end_with_parent(parent, SIGKILL);
		if (dup2(out_fd, STDOUT_FILENO) >= 0)
			(void)execv(argv[0], argv);
		(void)fprintf(stderr, "wakegap: cannot start '%s': %s\n", argv[0], strerror(errno));
		_exit(1);
	}
	return pid;
}

int wg_workload_end(pid_t pid)
{
	int status;

	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}

int wg_workload_run(char *const *argv, int out_fd, struct wg_error *err)
{
	pid_t pid = wg_workload_start(argv, out_fd, err);

	return pid < 0 ? (int)pid : wg_workload_end(pid);
}

/* All of fd as a string, at most 1 MiB; NULL if out of memory or unreadable. */
static char *slurp(int fd)
{
	off_t len = lseek(fd, 0, SEEK_END);
	char *text = len >= 0 && len < (1 << 20) ? malloc((size_t)len + 1) : NULL;

	if (!text || pread(fd, text, (size_t)len, 0) != len) {
		free(text);
		return NULL;
	}
	text[len] = '\0';
	return text;
}

int wg_workload_ask(const char *program, const char *option, char **ret_text, struct wg_error *err)
{
	char *argv[] = { (char *)(uintptr_t)program, (char *)(uintptr_t)option, NULL };
	int fd = memfd_create("list", MFD_CLOEXEC);
	char *text = NULL;
	int rc;

	if (fd < 0)
		return wg_error_set(err, -errno, "cannot make a memory file: %s", strerror(errno));
	rc = wg_workload_run(argv, fd, err);
	if (rc >= 0) {
		text = rc == 0 ? slurp(fd) : NULL;
		rc = text ? 0
			  : wg_error_set(err, -EPROTO,
				    "'%s' does not answer as it should: run `make`", program);
	}
	if (rc == 0)
		*ret_text = text;
	(void)close(fd);
	return rc;
}

/* 0 if it reports a hang. */
static int read_hang(json_t *root, struct wg_run_answer *ret)
{
	json_int_t delivered, submitted, planned, ready, patience_ns;
	int rc = json_unpack(root, "{s:{s:I, s:I, s:I, s:I, s:I}}", "hangs", "delivered",
		&delivered, "submitted", &submitted, "planned", &planned, "ready", &ready,
		"patience_ns", &patience_ns);

	if (rc == 0) {
		ret->hangs = true;
		ret->hang = (struct wg_hang){ (uint64_t)delivered, (uint64_t)submitted,
			(uint64_t)planned, (uint64_t)ready, patience_ns };
		ret->all = root;
	}
	return rc;
}

int wg_workload_answer(int fd, struct wg_run_answer *ret, struct wg_error *err)
{
	char *text = slurp(fd);
	json_t *root = text ? json_loads(text, 0, NULL) : NULL;
	json_int_t ops, bytes;
	const char *checksum;
	int rc;

	memset(ret, 0, sizeof(*ret));
	rc = json_unpack(root, "{s:I, s:I, s:s, s:{s:F, s:F, s:F}}", "ops", &ops, "bytes_read",
		&bytes, "checksum", &checksum, "seconds", "min", &ret->min_s, "median",
		&ret->median_s, "max", &ret->max_s);
	if (rc == 0) {
		ret->ops = (uint64_t)ops;
		ret->bytes = (uint64_t)bytes;
		(void)snprintf(ret->checksum, sizeof(ret->checksum), "%s", checksum);
		ret->all = root;
	} else if (read_hang(root, ret) == 0) {
		rc = 0;
	} else {
		rc = wg_error_set(err, -EPROTO, "the workload gave no answer");
		json_decref(root);
	}
	free(text);
	return rc;
}

void wg_run_answer_fini(struct wg_run_answer *answer)
{
	json_decref(answer->all);
	answer->all = NULL;
}
