/*
 * walk.c: see walk.h.
 */
#include "traces/observe/walk.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/observe/proc.h"

#define EXACT_MAX 256

struct wg__walker {
	pid_t tid;
	const struct wg__maps *maps; /* borrowed */
	struct wg__dwarf *dwarf;     /* or NULL */
};

struct wg__walker *wg__walker_open(int dir, pid_t tid, const struct wg__maps *maps, bool with_dwarf)
{
	struct wg__walker *w = calloc(1, sizeof(*w));

	if (!w)
		return NULL;
	w->tid = tid;
	w->maps = maps;
	w->dwarf = with_dwarf ? wg__dwarf_open(dir, tid) : NULL;
	return w;
}

void wg__walker_close(struct wg__walker *w)
{
	if (!w)
		return;
	wg__dwarf_close(w->dwarf);
	free(w);
}

#ifdef __x86_64__
/* How long an indirect call is whose first bytes these are; 0: it is none. */
static size_t call_length(const unsigned char *code)
{
	unsigned mod = code[1] >> 6, rm = code[1] & 7u;

	if (code[0] != 0xff || (code[1] & 0x38u) != 0x10)
		return 0;
	return 2 + (rm == 4 && mod != 3) + (mod == 1 ? 1u : 0u) +
	       (mod == 2 || (mod == 0 && rm == 5) ? 4u : 0u);
}

/* Does the instruction in front of it call? */
static bool follows_call(pid_t tid, uint64_t address)
{
	unsigned char code[7];
	size_t n;

	if (wg__proc_memory(tid, address - sizeof(code), code, sizeof(code)) < sizeof(code))
		return false;
	if (code[2] == 0xe8)
		return true;
	for (n = 2; n <= sizeof(code); n++) {
		if (call_length(code + sizeof(code) - n) == n)
			return true;
	}
	return false;
}

/*
 * The function that was called there, through a table of addresses or the procedure linkage table.
 * The C library often jumps on from there, so the stack does not show it. 0: not known.
 */
static uint64_t called(pid_t tid, uint64_t address)
{
	static const unsigned char endbr64[] = { 0xf3, 0x0f, 0x1e, 0xfa };
	unsigned char code[16], call[6];
	uint64_t entry, target;
	int32_t by;
	size_t at = 0;

	if (wg__proc_memory(tid, address - sizeof(call), call, sizeof(call)) < sizeof(call))
		return 0;
	memcpy(&by, call + 2, sizeof(by));
	entry = address + (uint64_t)(int64_t)by;
	if (call[0] == 0xff && call[1] == 0x15)
		return wg__proc_memory(tid, entry, &target, sizeof(target)) == sizeof(target)
			       ? target
			       : 0;
	if (call[1] != 0xe8 || wg__proc_memory(tid, entry, code, sizeof(code)) < sizeof(code))
		return 0;
	if (memcmp(code, endbr64, sizeof(endbr64)) == 0)
		at = sizeof(endbr64);
	at += code[at] == 0xf2; /* bnd */
	if (code[at] != 0xff || code[at + 1] != 0x25)
		return entry;
	memcpy(&by, code + at + 2, sizeof(by));
	entry += at + 6 + (uint64_t)(int64_t)by;
	return wg__proc_memory(tid, entry, &target, sizeof(target)) == sizeof(target) ? target : 0;
}
#else
static uint64_t called(pid_t tid, uint64_t address)
{
	(void)tid;
	(void)address;
	return 0;
}

/* Where return addresses stay in a register first, the stack alone would mislead. */
static bool follows_call(pid_t tid, uint64_t address)
{
	(void)tid;
	(void)address;
	return false;
}
#endif

static void set_frame(
	struct wg_frame *frame, const struct wg__map_part *part, uint64_t address, bool is_likely)
{
	*frame = (struct wg_frame){
		.address = address,
		.module = part ? wg__map_name(part) : NULL,
		.offset = part ? address - part->base : address,
		.is_likely = is_likely,
		.is_libc = part && part->is_libc,
	};
}

/* Words of the stack from sp on that may be return addresses. */
static size_t guess(struct wg__walker *w, const struct wg__stack *stack, uint64_t sp,
	struct wg_frame *frames, size_t max)
{
	size_t at = sp > stack->sp ? (size_t)(sp - stack->sp) : 0, n = 0;

	for (at = (at + 7) / 8 * 8; n < max && at + 8 <= stack->count; at += 8) {
		const struct wg__map_part *part;
		uint64_t word;

		memcpy(&word, stack->bytes + at, sizeof(word));
		part = wg__maps_find(w->maps, word);
		if (part && word - part->begin >= 7 && follows_call(w->tid, word))
			set_frame(&frames[n++], part, word, true);
	}
	return n;
}

size_t wg__walk(
	struct wg__walker *w, const struct wg__stack *stack, struct wg_frame *frames, size_t max)
{
	uint64_t exact[EXACT_MAX] = { stack->pc }, sp = stack->sp;
	size_t count = 1, i;

	if (w->dwarf)
		count = wg__dwarf_walk(
			w->dwarf, stack, exact, max < EXACT_MAX ? max : EXACT_MAX, &sp);
	for (i = 0; i < count && i < max; i++) {
		const struct wg__map_part *part = wg__maps_find(w->maps, exact[i]);

		if (!part && i > 0)
			return i; /* the outermost frame */
		set_frame(&frames[i], part, exact[i], false);
	}
	return i + guess(w, stack, sp, frames + i, max - i);
}

void wg__walk_name(struct wg__walker *w, struct wg_frame *frame)
{
	frame->symbol[0] = '\0';
	if (w->dwarf)
		wg__dwarf_symbol(
			w->dwarf, frame->address - 1, frame->symbol, sizeof(frame->symbol));
}

/* What an instruction calls: a function of the library, or nothing. */
static void name_called(struct wg__walker *w, const struct wg_frame *frame, char *ret, size_t len)
{
	uint64_t target = w->dwarf ? called(w->tid, frame->address) : 0;
	const struct wg__map_part *part = target ? wg__maps_find(w->maps, target) : NULL;

	ret[0] = '\0';
	if (part && part->is_libc)
		wg__dwarf_symbol(w->dwarf, target, ret, len);
}

void wg__walk_function(
	struct wg__walker *w, struct wg_frame *frames, size_t site, char *ret, size_t len)
{
	char name[96];

	name_called(w, &frames[site], name, sizeof(name));
	if (!name[0] && site > 0 && frames[site - 1].is_libc && !frames[site - 1].is_likely) {
		wg__walk_name(w, &frames[site - 1]);
		(void)snprintf(name, sizeof(name), "%s", frames[site - 1].symbol);
	}
	(void)snprintf(ret, len, "%s", name + strspn(name, "_"));
}

void wg__walk_build_id(struct wg__walker *w, uint64_t address, char *ret, size_t len)
{
	ret[0] = '\0';
	if (w->dwarf)
		wg__dwarf_build_id(w->dwarf, address, ret, len);
}

size_t wg__walk_site(const struct wg_frame *frames, size_t count)
{
	size_t i;

	for (i = 1; i < count; i++) {
		if (!frames[i].is_libc)
			return i;
	}
	return count;
}
