/*
 * world.c: the world that the program sees: bubblewrap's.
 *
 * bwrap(1) gives it namespaces of its own: no network, no processes but its own, and of all files
 * the compiler and two folders. It needs no rights where the kernel gives namespaces to every user;
 * many containers do not, and then the other fences must do.
 *
 * The program is process 1 in there. Else that would be a process of bwrap's, of the same user and
 * without the filter of system calls: the program could open its memory and the report's pipe.
 */
#include <stdio.h>
#include <sys/wait.h>
#include <unistd.h>

#include "labs/grade/box/box_impl.h"

/* Where compilers and what they need are installed. */
static const char *const visible[] = { "/usr", "/bin", "/sbin", "/lib", "/lib32", "/lib64",
	"/libx32", "/opt", "/nix", "/gnu", "/etc/alternatives", "/etc/ld.so.cache" };

void wg__box_add_world(struct wg_words *w, const struct wg_box_options *o)
{
	const char *start = o->start_dir ? o->start_dir : o->dir;
	size_t i;

	WG_WORDS_ADD(w, "bwrap", "--unshare-all", "--die-with-parent", "--new-session",
		"--as-pid-1", "--proc", "/proc", "--dev", "/dev");
	for (i = 0; i < sizeof(visible) / sizeof(visible[0]); i++)
		WG_WORDS_ADD(w, "--ro-bind-try", visible[i], visible[i]);
	WG_WORDS_ADD(w, "--ro-bind", start, start, o->is_read_only ? "--ro-bind" : "--bind", o->dir,
		o->dir, "--remount-ro", "/dev", "--remount-ro", "/", "--chdir", start);
}

/* Asked by trying, as the user that the program will be. */
bool wg__box_has_world(struct wg__box *box)
{
	struct wg_words w = { .count = 0 };
	int status = 1;
	pid_t probe = fork();

	if (probe == 0) {
		wg__box_add_world(&w, box->options);
		WG_WORDS_ADD(&w, "prlimit", "--nproc=1", "true");
		if (wg__box_drop_root(box) == 0 && dup2(box->null_fd, 2) == 2)
			(void)execvp(w.v[0], w.v);
		_exit(1);
	}
	return probe > 0 && waitpid(probe, &status, 0) == probe && status == 0;
}
