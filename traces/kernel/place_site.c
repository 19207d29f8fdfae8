/*
 * place_site.c: where a wait or a notify was called from.
 *
 * To walk a stack costs some 20 us, and most waits come from where the last one came from. So a
 * thread keeps, for each stack pointer, which word of the stack led to the site: while it holds
 * the same address, the site is the same.
 */
#include <errno.h>
#include <string.h>

#include "traces/kernel/places_impl.h"

#define FRAMES_MAX 48

/* A site's record, at its first use in a process. */
static int number_site(struct wg__places *places, struct wg__place_process *p,
	const struct wg__stop *stop, struct wg_frame *frame, uint32_t *ret)
{
	size_t at = wg__map_get(&p->sites, 0, frame->address);
	char id[72];
	struct wg_event ev = { .ts_ns = (int64_t)stop->head->ts_ns,
		.type = WG_EV_OTHER,
		.record = WG_RECORD_SITE,
		.pid = stop->head->pid,
		.tid = stop->head->tid };

	if (at != WG__MAP_NONE) {
		*ret = (uint32_t)at;
		return 0;
	}
	if (wg__map_put(&p->sites, 0, frame->address, places->sites + 1) < 0)
		return -ENOMEM;
	*ret = ++places->sites;
	wg__walk_name(p->walker, frame);
	wg__walk_build_id(p->walker, frame->address, id, sizeof(id));
	ev.site.id = *ret;
	ev.site.module = frame->module ? frame->module : "";
	ev.site.offset = frame->offset;
	ev.site.symbol = frame->symbol;
	ev.site.build_id = id;
	return places->sink(places->user, &ev);
}

static struct wg__known *find_known(struct wg__place_thread *t, const struct wg__stop *stop)
{
	uint64_t word;
	size_t i;

	for (i = 0; i < WG__KNOWN_SITES; i++) {
		struct wg__known *k = &t->known[i];

		if (k->site == 0 || k->sp != stop->sp || k->pc != stop->pc ||
			k->offset + sizeof(word) > stop->stack_bytes)
			continue;
		memcpy(&word, stop->stack + k->offset, sizeof(word));
		if (word == k->address)
			return k;
	}
	return NULL;
}

/* Keep which word of the stack the site is. */
static struct wg__known *keep(
	struct wg__place_thread *t, const struct wg__stop *stop, uint64_t address)
{
	struct wg__known *k = &t->known[t->next % WG__KNOWN_SITES];
	uint32_t offset;
	uint64_t word;

	for (offset = 0; offset + sizeof(word) <= stop->stack_bytes; offset += sizeof(word)) {
		memcpy(&word, stop->stack + offset, sizeof(word));
		if (word != address)
			continue;
		t->next++;
		*k = (struct wg__known){ stop->sp, stop->pc, address, offset, 0, WG_IN_FUTEX };
		return k;
	}
	return NULL;
}

int wg__places_site(struct wg__places *places, struct wg__place_process *p,
	struct wg__place_thread *t, const struct wg__stop *stop, struct wg__place *ret)
{
	struct wg__stack stack = { .sp = stop->sp,
		.pc = stop->pc,
		.bytes = (unsigned char *)(uintptr_t)stop->stack,
		.count = stop->stack_bytes };
	struct wg_frame frames[FRAMES_MAX];
	struct wg__known *k = stop->stack_bytes ? find_known(t, stop) : NULL;
	char function[64];
	size_t count, site;
	int rc;

	if (!k) {
		wg__places_look(p, stop->head->tid, stop->pc, stop->head->ts_ns);
		count = p->walker ? wg__walk(p->walker, &stack, frames, FRAMES_MAX) : 0;
		site = wg__walk_site(frames, count);
		if (site >= count)
			return 0;
		wg__walk_function(p->walker, frames, site, function, sizeof(function));
		rc = number_site(places, p, stop, &frames[site], &ret->site);
		k = rc == 0 ? keep(t, stop, frames[site].address) : NULL;
		if (ret->call.how == WG_IN_FUTEX)
			ret->call.how = wg__call_futex_how(function);
		if (k) {
			k->site = ret->site;
			k->how = wg__call_futex_how(function);
		}
		return rc;
	}
	ret->site = k->site;
	if (ret->call.how == WG_IN_FUTEX)
		ret->call.how = k->how;
	return 0;
}
