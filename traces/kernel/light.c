/*
 * light.c: see light.h.
 *
 * Why libbpf: it loads what clang made for this kernel, whose structures differ from others', and
 * it knows the protocol of its buffer. It is the kernel's own library for that.
 */
#include "traces/kernel/light.h"

#include <errno.h>
#include <string.h>

bool wg__light_is_as_old = false;

#ifdef WG_HAVE_BPF

#include <bpf/bpf.h>
#include <bpf/btf.h>
#include <bpf/libbpf.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "traces/base/embed.h"
#include "traces/kernel/meanings.h"

/* The inode of the machine's own namespace of process numbers, fixed in the kernel. */
#define INIT_PID_NAMESPACE 0xeffffffcu

#define LINKS 16

const bool wg__has_light = true;

WG_EMBED(wg__light_object, WG_BPF_OBJECT);
extern const char wg__light_object[], wg__light_object_end[];

struct wg__light {
	struct bpf_object *object;
	struct bpf_link *link[LINKS];
	size_t links;
	struct ring_buffer *buffer;
	struct bpf_program *enter; /* not attached yet; NULL: it is, or need not be */
	int leave;		   /* the program at the end of each call; -1: none */
	int targets;
	const uint64_t *lost;  /* a page of the kernel's program; NULL: none */
	wg__light_taker *take; /* of the call that runs */
	void *user;
};

static int quiet(enum libbpf_print_level level, const char *format, va_list args)
{
	(void)level, (void)format, (void)args;
	return 0;
}

static int attach_one(struct wg__light *light, const struct bpf_program *program)
{
	struct bpf_link *link = bpf_program__attach(program);

	if (!link)
		return -errno;
	light->link[light->links++] = link;
	return 0;
}

/* From now on it is seen where calls begin. */
static int see_begins(struct wg__light *light)
{
	const struct bpf_program *enter = light->enter;

	light->enter = NULL;
	return enter ? attach_one(light, enter) : 0;
}

static int take_one(void *user, void *data, size_t bytes)
{
	struct wg__light *light = user;
	const struct wg_raw_wait *wait = data;
	int rc = 0;

	if (wait->head.what == WG_RAW_WAIT && wait->lacks_begin)
		rc = see_begins(light);
	return rc < 0 ? rc : light->take(light->user, data, bytes);
}

static int attach(struct wg__light *light)
{
	struct bpf_program *program;
	int rc = 0;

	bpf_object__for_each_program(program, light->object)
	{
		if (rc == 0 && bpf_program__autoload(program) && program != light->enter)
			rc = attach_one(light, program);
	}
	return rc;
}

/*
 * Some kernels leave a program out while it runs already, for a thread that has to wait on the same
 * processor. Then two waits would look like one, if nothing was seen of the calls between.
 */
static bool has_left_out(const struct wg__light *light)
{
	struct bpf_prog_info info = { 0 };
	__u32 bytes = sizeof(info);

	return light->leave >= 0 && bpf_obj_get_info_by_fd(light->leave, &info, &bytes) == 0 &&
	       info.recursion_misses > 0;
}

static bool has_function(const char *name)
{
	struct btf *types = btf__load_vmlinux_btf();
	bool has = types && btf__find_by_name_kind(types, name, BTF_KIND_FUNC) > 0;

	btf__free(types);
	return has;
}

/* What the full form has to know; the light one needs nothing, and two programs less. */
static int set_up(struct wg__light *light, bool has_calls)
{
	struct bpf_program *enter = bpf_object__find_program_by_name(light->object, "on_enter");
	struct bpf_program *leave = bpf_object__find_program_by_name(light->object, "on_leave");
	struct bpf_map *map = bpf_object__find_map_by_name(light->object, ".rodata.setup");
	struct wg_raw_setup setup = { .has_calls = has_calls };
	int rc;

	if (!map)
		return -ENOENT;
	setup.has_cast = !wg__light_is_as_old && has_function("bpf_rdonly_cast");
	wg__meanings(setup.meaning);
	light->enter = has_calls ? enter : NULL;
	rc = bpf_program__set_autoload(enter, has_calls);
	if (rc == 0)
		rc = bpf_program__set_autoload(leave, has_calls);
	return rc < 0 ? rc : bpf_map__set_initial_value(map, &setup, sizeof(setup));
}

static int load(struct wg__light *light, bool has_calls)
{
	struct bpf_object_open_opts options = { .sz = sizeof(options), .object_name = "wakegap" };
	size_t bytes = (size_t)(wg__light_object_end - wg__light_object);
	void *lost;
	int rc;

	light->object = bpf_object__open_mem(wg__light_object, bytes, &options);
	if (!light->object)
		return -errno;
	rc = set_up(light, has_calls);
	if (rc == 0)
		rc = bpf_object__load(light->object);
	if (rc < 0)
		return rc;
	light->leave = light->enter ? bpf_program__fd(bpf_object__find_program_by_name(
					      light->object, "on_leave"))
				    : -1;
	light->targets = bpf_object__find_map_fd_by_name(light->object, "targets");
	lost = mmap(NULL, (size_t)sysconf(_SC_PAGESIZE), PROT_READ, MAP_SHARED,
		bpf_object__find_map_fd_by_name(light->object, "lost"), 0);
	if (lost == MAP_FAILED)
		return -errno;
	light->lost = lost;
	light->buffer = ring_buffer__new(
		bpf_object__find_map_fd_by_name(light->object, "records"), take_one, light, NULL);
	return light->buffer ? attach(light) : -errno;
}

/* Numbers of processes in the kernel are those of the machine. */
static bool has_own_numbers(void)
{
	struct stat ns;

	return stat("/proc/self/ns/pid", &ns) == 0 && ns.st_ino != INIT_PID_NAMESPACE;
}

static int say_why(int rc, struct wg_error *err)
{
	if (rc == -EPERM || rc == -EACCES)
		return wg_error_set(err, -EPERM,
			"the kernel does not allow it: run it with sudo, or as a user with CAP_BPF "
			"and CAP_PERFMON" WG_SEE_DOCTOR);
	if (access("/sys/kernel/btf/vmlinux", R_OK) < 0)
		return wg_error_set(err, -ENOSYS,
			"this kernel does not describe its types (no "
			"/sys/kernel/btf/vmlinux)" WG_SEE_DOCTOR);
	return wg_error_set(
		err, rc, "the kernel refuses the program: %s" WG_SEE_DOCTOR, strerror(-rc));
}

int wg__light_open(struct wg__light **ret, bool has_calls, struct wg_error *err)
{
	struct wg__light *light;
	int rc;

	if (has_own_numbers())
		return wg_error_set(err, -EXDEV,
			"in this container processes have numbers of their own: run wakegap "
			"outside it" WG_SEE_DOCTOR);
	light = calloc(1, sizeof(*light));
	if (!light)
		return wg_error_set(err, -ENOMEM, "out of memory");
	(void)libbpf_set_print(quiet);
	rc = load(light, has_calls);
	if (rc < 0) {
		wg__light_close(light);
		return say_why(rc, err);
	}
	*ret = light;
	return 0;
}

void wg__light_close(struct wg__light *light)
{
	if (!light)
		return;
	while (light->links > 0)
		(void)bpf_link__destroy(light->link[--light->links]);
	ring_buffer__free(light->buffer);
	if (light->lost)
		(void)munmap((void *)(uintptr_t)light->lost, (size_t)sysconf(_SC_PAGESIZE));
	bpf_object__close(light->object);
	free(light);
}

int wg__light_add(struct wg__light *light, pid_t pid, enum wg_raw_target how)
{
	uint32_t key = (uint32_t)pid, value = how;

	return bpf_map_update_elem(light->targets, &key, &value, BPF_ANY) < 0 ? -errno : 0;
}

int wg__light_take(struct wg__light *light, int timeout_ms, wg__light_taker *take, void *user)
{
	int rc = light->enter && has_left_out(light) ? see_begins(light) : 0;

	if (rc < 0)
		return rc;
	light->take = take;
	light->user = user;
	/* Records come without a wake-up of ours, so the buffer is looked at in any case. */
	rc = ring_buffer__poll(light->buffer, timeout_ms);
	if (rc >= 0 || rc == -EINTR)
		rc = ring_buffer__consume(light->buffer);
	return rc < 0 ? rc : 0;
}

int wg__light_fd(const struct wg__light *light)
{
	return ring_buffer__epoll_fd(light->buffer);
}

uint64_t wg__light_lost(const struct wg__light *light)
{
	/* By atomic additions there; this is one read of an aligned word. */
	return __atomic_load_n(light->lost, __ATOMIC_RELAXED);
}

#else

const bool wg__has_light = false;

int wg__light_open(struct wg__light **ret, bool has_calls, struct wg_error *err)
{
	(void)ret, (void)has_calls;
	return wg_error_set(err, -ENOSYS,
		"this wakegap was built without libbpf or clang: `make deps`, and build it "
		"again" WG_SEE_DOCTOR);
}

void wg__light_close(struct wg__light *light)
{
	(void)light;
}

int wg__light_add(struct wg__light *light, pid_t pid, enum wg_raw_target how)
{
	(void)light, (void)pid, (void)how;
	return -ENOSYS;
}

int wg__light_take(struct wg__light *light, int timeout_ms, wg__light_taker *take, void *user)
{
	(void)light, (void)timeout_ms, (void)take, (void)user;
	return -ENOSYS;
}

int wg__light_fd(const struct wg__light *light)
{
	(void)light;
	return -1;
}

uint64_t wg__light_lost(const struct wg__light *light)
{
	(void)light;
	return 0;
}

#endif
