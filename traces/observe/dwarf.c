/*
 * dwarf.c: what libdw knows of a process; see walk.h. Without libdw, the same functions that know
 * nothing.
 *
 * A file is read only if its beginning is what the process has in memory: the path may have another
 * file by now. Nothing is fetched: without find_debuginfo, libdw asks no server.
 */
#include "traces/observe/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#ifdef WG_HAVE_DW
#include <elfutils/libdwfl.h>
#include <fcntl.h>

#include "traces/base/regular.h"
#include "traces/observe/proc.h"

const bool wg__has_dwarf = true;

struct wg__dwarf {
	Dwfl *dwfl;
	pid_t tid;
	int dir; /* the folder of that thread, ours */
	/* while it walks */
	const struct wg__stack *stack;
	uint64_t *addresses;
	size_t count, max;
	uint64_t sp;
};

/* ---- files ---- */

/* The file at path, if its beginning is what stands in memory at base; else -1. */
static int open_same(const struct wg__dwarf *d, const char *path, uint64_t base)
{
	unsigned char here[512], there[512];
	struct stat st;
	int fd = wg__open_regular(d->dir, path, &st);

	if (fd < 0)
		return -1;
	if (pread(fd, here, sizeof(here), 0) == (ssize_t)sizeof(here) &&
		wg__proc_memory(d->tid, base, there, sizeof(there)) == sizeof(there) &&
		memcmp(here, there, sizeof(here)) == 0)
		return fd;
	(void)close(fd);
	return -1;
}

/* As the process sees its files; a program that was deleted can still be read. */
static int find_elf(Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base,
	char **file_name, Elf **elf)
{
	const struct wg__dwarf *d = *userdata;
	char path[4096];
	int fd;

	(void)module;
	(void)elf;
	if (!d || name[0] != '/')
		return -1;
	(void)snprintf(path, sizeof(path), "root%s", name);
	fd = open_same(d, path, base);
	if (fd < 0)
		fd = open_same(d, "exe", base);
	if (fd >= 0)
		*file_name = strdup(name);
	return fd;
}

static int find_no_debuginfo(Dwfl_Module *module, void **userdata, const char *name,
	Dwarf_Addr base, const char *file_name, const char *link, GElf_Word crc, char **ret)
{
	(void)module, (void)userdata, (void)name, (void)base;
	(void)file_name, (void)link, (void)crc, (void)ret;
	return -1;
}

static int give_userdata(
	Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base, void *arg)
{
	(void)module, (void)name, (void)base;
	*userdata = arg;
	return DWARF_CB_OK;
}

static bool report(struct wg__dwarf *d)
{
	int fd = openat(d->dir, "maps", O_RDONLY | O_CLOEXEC);
	FILE *maps = fd < 0 ? NULL : fdopen(fd, "r");
	bool is_ok;

	if (!maps) {
		if (fd >= 0)
			(void)close(fd);
		return false;
	}
	is_ok = dwfl_linux_proc_maps_report(d->dwfl, maps) == 0 &&
		dwfl_report_end(d->dwfl, NULL, NULL) == 0;
	(void)fclose(maps);
	return is_ok && dwfl_getmodules(d->dwfl, give_userdata, d, 0) == 0;
}

/* The first file that could be opened tells the machine; libdw itself leaves out deleted ones. */
static int take_elf(
	Dwfl_Module *module, void **userdata, const char *name, Dwarf_Addr base, void *arg)
{
	Elf **elf = arg;
	GElf_Addr bias;

	(void)userdata, (void)name, (void)base;
	*elf = dwfl_module_getelf(module, &bias);
	return *elf ? DWARF_CB_ABORT : DWARF_CB_OK;
}

/* ---- frames ---- */

static pid_t next_thread(Dwfl *dwfl, void *arg, void **thread_arg)
{
	struct wg__dwarf *d = arg;
	bool is_first = *thread_arg == NULL;

	(void)dwfl;
	*thread_arg = d;
	return is_first ? d->tid : 0;
}

static bool get_thread(Dwfl *dwfl, pid_t tid, void *arg, void **thread_arg)
{
	(void)dwfl;
	(void)tid;
	*thread_arg = arg;
	return true;
}

static bool read_memory(Dwfl *dwfl, Dwarf_Addr address, Dwarf_Word *ret, void *arg)
{
	const struct wg__stack *stack = ((struct wg__dwarf *)arg)->stack;
	uint64_t word;

	(void)dwfl;
	if (address < stack->sp || stack->count < sizeof(word) ||
		address - stack->sp > stack->count - sizeof(word))
		return false;
	memcpy(&word, stack->bytes + (address - stack->sp), sizeof(word));
	*ret = word;
	return true;
}

#if defined(__x86_64__)
#define REGISTER_SP 7
#elif defined(__aarch64__)
#define REGISTER_SP 31
#else
#define REGISTER_SP 0 /* not known: libdw finds no caller then */
#endif

static bool set_registers(Dwfl_Thread *thread, void *arg)
{
	const struct wg__stack *stack = ((struct wg__dwarf *)arg)->stack;
	Dwarf_Word sp = stack->sp;

	dwfl_thread_state_register_pc(thread, stack->pc);
	return dwfl_thread_state_registers(thread, REGISTER_SP, 1, &sp);
}

static int take_frame(Dwfl_Frame *frame, void *arg)
{
	struct wg__dwarf *d = arg;
	Dwarf_Word sp;
	Dwarf_Addr pc;

	if (!dwfl_frame_pc(frame, &pc, NULL) || d->count == d->max)
		return DWARF_CB_ABORT;
	d->addresses[d->count++] = pc;
	if (dwfl_frame_reg(frame, REGISTER_SP, &sp) == 0)
		d->sp = sp;
	return DWARF_CB_OK;
}

size_t wg__dwarf_walk(struct wg__dwarf *d, const struct wg__stack *stack, uint64_t *addresses,
	size_t max, uint64_t *ret_sp)
{
	d->stack = stack;
	d->addresses = addresses;
	d->count = 0;
	d->max = max;
	d->sp = stack->sp;
	(void)dwfl_getthread_frames(d->dwfl, d->tid, take_frame, d);
	if (d->count == 0 && max > 0)
		addresses[d->count++] = stack->pc;
	*ret_sp = d->sp;
	return d->count;
}

/* ---- names ---- */

void wg__dwarf_symbol(struct wg__dwarf *d, uint64_t address, char *ret, size_t len)
{
	Dwfl_Module *module = dwfl_addrmodule(d->dwfl, address);
	GElf_Off offset;
	GElf_Sym symbol;
	const char *name = NULL;

	if (module)
		name = dwfl_module_addrinfo(module, address, &offset, &symbol, NULL, NULL, NULL);
	/* The nearest one is a lie where functions without a name stand between. */
	(void)snprintf(ret, len, "%s", name && offset < symbol.st_size ? name : "");
}

void wg__dwarf_build_id(struct wg__dwarf *d, uint64_t address, char *ret, size_t len)
{
	Dwfl_Module *module = dwfl_addrmodule(d->dwfl, address);
	const unsigned char *bits;
	GElf_Addr where;
	int n = module ? dwfl_module_build_id(module, &bits, &where) : 0;
	size_t i, count = n > 0 ? (size_t)n : 0;

	ret[0] = '\0';
	for (i = 0; i < count && i * 2 + 3 <= len; i++)
		(void)snprintf(ret + i * 2, len - i * 2, "%02x", bits[i]);
}

/* ---- life ---- */

void wg__dwarf_close(struct wg__dwarf *d)
{
	if (!d)
		return;
	if (d->dwfl)
		dwfl_end(d->dwfl);
	if (d->dir >= 0)
		(void)close(d->dir);
	free(d);
}

struct wg__dwarf *wg__dwarf_open(int dir, pid_t tid)
{
	static const Dwfl_Callbacks files = { .find_elf = find_elf,
		.find_debuginfo = find_no_debuginfo };
	static const Dwfl_Thread_Callbacks threads = { .next_thread = next_thread,
		.get_thread = get_thread,
		.memory_read = read_memory,
		.set_initial_registers = set_registers };
	struct wg__dwarf *d = calloc(1, sizeof(*d));
	Elf *elf = NULL;

	if (!d)
		return NULL;
	d->tid = tid;
	d->dir = fcntl(dir, F_DUPFD_CLOEXEC, 0);
	d->dwfl = dwfl_begin(&files);
	if (d->dir >= 0 && d->dwfl && report(d))
		(void)dwfl_getmodules(d->dwfl, take_elf, &elf, 0);
	if (elf && dwfl_attach_state(d->dwfl, elf, tid, &threads, d))
		return d;
	wg__dwarf_close(d);
	return NULL;
}
#else
const bool wg__has_dwarf = false;

struct wg__dwarf *wg__dwarf_open(int dir, pid_t tid)
{
	(void)dir;
	(void)tid;
	return NULL;
}

void wg__dwarf_close(struct wg__dwarf *d)
{
	(void)d;
}

size_t wg__dwarf_walk(struct wg__dwarf *d, const struct wg__stack *stack, uint64_t *addresses,
	size_t max, uint64_t *ret_sp)
{
	(void)d, (void)max;
	addresses[0] = stack->pc;
	*ret_sp = stack->sp;
	return 1;
}

void wg__dwarf_symbol(struct wg__dwarf *d, uint64_t address, char *ret, size_t len)
{
	(void)d, (void)address, (void)len;
	ret[0] = '\0';
}

void wg__dwarf_build_id(struct wg__dwarf *d, uint64_t address, char *ret, size_t len)
{
	(void)d, (void)address, (void)len;
	ret[0] = '\0';
}
#endif
