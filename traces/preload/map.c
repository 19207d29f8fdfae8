/*
 * map.c: see map.h.
 *
 * The whole arena is mapped once, at the start: a sandbox may refuse new files later, and a program
 * may close all descriptors. The file is sparse. Pages are made before they are written to, with
 * MADV_POPULATE_WRITE, because a full file system would be a SIGBUS for the program.
 */
#include "traces/preload/map.h"

#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "traces/preload/put.h"
#include "traces/preload/site.h"

#define ARENA_BYTES (UINT64_C(1) << 32)
#define ARENA_MIN   (UINT64_C(1) << 20)

static void *map_file(const char *dir, const char *name, int flags, uint64_t size)
{
	char path[512];
	struct stat st;
	void *map = MAP_FAILED;
	int fd;

	if ((size_t)snprintf(path, sizeof(path), "%s/%s", dir, name) >= sizeof(path))
		return NULL;
	fd = open(path, O_RDWR | O_CLOEXEC | O_NOFOLLOW | flags, 0600);
	if (fd < 0)
		return NULL;
	if (flags & O_CREAT ? ftruncate(fd, (off_t)size) == 0
			    : fstat(fd, &st) == 0 && (uint64_t)st.st_size >= size)
		map = mmap(NULL, size, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_NORESERVE, fd, 0);
	(void)syscall(SYS_close, fd);
	if (map == MAP_FAILED && flags & O_CREAT)
		(void)unlink(path);
	return map == MAP_FAILED ? NULL : map;
}

/* A limit on the length of files would be a signal, and one on memory is the program's. */
static uint64_t arena_bytes(void)
{
	struct rlimit limit;
	uint64_t size = ARENA_BYTES;

	if (getrlimit(RLIMIT_FSIZE, &limit) == 0 && limit.rlim_cur < size)
		size = limit.rlim_cur;
	if (getrlimit(RLIMIT_AS, &limit) == 0 && limit.rlim_cur / 8 < size)
		size = limit.rlim_cur / 8;
	return size / WG_PRELOAD_PAGE * WG_PRELOAD_PAGE;
}

struct wg_preload_arena *wg__map_arena(const char *dir)
{
	struct wg_preload_arena *made;
	uint64_t size = arena_bytes();
	char name[48];

	if (size < ARENA_MIN)
		return NULL;
	(void)snprintf(name, sizeof(name), "%ld.%lld", (long)getpid(), (long long)wg__now());
	made = map_file(dir, name, O_CREAT | O_EXCL, size);
	if (!made || madvise(made, WG_PRELOAD_PAGE, MADV_POPULATE_WRITE) < 0)
		return NULL;
	made->size = size;
	made->pid = (uint32_t)getpid();
	made->has_lttng = wg__sites_have("/liblttng-ust.so");
	made->has_uring = wg__sites_have("/liburing.so");
	atomic_store_explicit(&made->used, WG_PRELOAD_PAGE, memory_order_relaxed);
	/* release: whoever reads this file sees a whole header. */
	atomic_store_explicit(&made->magic, WG_PRELOAD_MAGIC, memory_order_release);
	return made;
}

struct wg_preload_control *wg__map_control(const char *dir)
{
	struct wg_preload_control *control = map_file(dir, "control", 0, sizeof(*control));

	return control && control->magic == WG_PRELOAD_MAGIC ? control : NULL;
}

void *wg__map_own_page(void)
{
	void *page = mmap(
		NULL, WG_PRELOAD_PAGE, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	return page != MAP_FAILED && madvise(page, WG_PRELOAD_PAGE, MADV_WIPEONFORK) == 0 ? page
											  : NULL;
}
