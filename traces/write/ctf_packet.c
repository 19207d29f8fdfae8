/*
 * ctf_packet.c: one packet of a stream: a header that is filled in last, and events behind it.
 */
#include <endian.h>
#include <string.h>

#include "traces/write/ctf_impl.h"

#define MAGIC	     0xC1FC1FC1u
#define NAME_MAX_LEN 255 /* of a module or symbol; longer ones are cut */
#define PAGE_BYTES   4096u
#define PROCNAME     17

/* --- bytes --- */

static void put(struct wg__ctf_packet *c, uint64_t value, size_t size)
{
	uint64_t le = htole64(value);

	memcpy(c->bytes + c->used, &le, size);
	c->used += size;
}

static void put_text(struct wg__ctf_packet *c, const char *text)
{
	size_t len = strnlen(text, NAME_MAX_LEN);

	memcpy(c->bytes + c->used, text, len);
	c->bytes[c->used + len] = '\0';
	c->used += len + 1;
}

static void put_context(struct wg__ctf_packet *c, const struct wg_event *ev)
{
	put(c, ev->record ? (uint64_t)ev->record : WG_CTF_LOOPS + (uint64_t)ev->type, 2);
	put(c, (uint64_t)ev->ts_ns, 8);
	put(c, ev->pid, 4);
	put(c, ev->tid, 4);
	memset(c->bytes + c->used, 0, PROCNAME);
	memcpy(c->bytes + c->used, ev->procname, strnlen(ev->procname, PROCNAME - 1));
	c->used += PROCNAME;
	put(c, ev->record ? 0 : ev->loop, 4);
}

static void put_loop_event(struct wg__ctf_packet *c, const struct wg_event *ev)
{
	switch (ev->type) {
	case WG_EV_LOOP:
		put_text(c, ev->loop_.wait);
		put(c, (uint64_t)ev->loop_.tick_ns, 8);
		return;
	case WG_EV_SUBMIT:
		put(c, ev->op, 8);
		put(c, (uint64_t)ev->submit.kind, 1);
		put(c, (uint64_t)ev->submit.arg, 8);
		return;
	default: put(c, ev->op, 8); put(c, (uint64_t)ev->deliver.result, 8);
	}
}

static void put_wake(struct wg__ctf_packet *c, const struct wg_event *ev)
{
	put(c, ev->thread_wake.reason, 1);
	put(c, 0, 4);
	put(c, (uint64_t)ev->thread_wake.ret, 8);
	put(c, ev->op, 8);
	put(c, ev->thread_wake.by_pid, 4);
	put(c, ev->thread_wake.by_tid, 4);
	put_text(c, ev->thread_wake.by_call);
	put(c, ev->thread_wake.by_site, 4);
	put(c, ev->thread_wake.certainty, 1);
	put(c, (uint64_t)ev->thread_wake.waking_ns, 8);
	put(c, (uint64_t)ev->thread_wake.oncpu_ns, 8);
}

void wg__ctf_put_event(struct wg__ctf_packet *c, const struct wg_event *ev)
{
	put_context(c, ev);
	switch (ev->record) {
	case WG_RECORD_NONE: put_loop_event(c, ev); return;
	case WG_RECORD_WAIT:
		put(c, (uint64_t)ev->thread_wait.timeout_ns, 8);
		put(c, 0, 4);
		put(c, (uint64_t)ev->thread_wait.how, 1);
		put(c, ev->op, 8);
		put(c, ev->thread_wait.site, 4);
		put(c, (uint64_t)ev->thread_wait.cpu_ns, 8);
		put(c, (uint64_t)ev->thread_wait.calls, 8);
		put(c, (uint64_t)ev->thread_wait.did, 1);
		return;
	case WG_RECORD_WAKE: put_wake(c, ev); return;
	case WG_RECORD_NOTIFY:
		put(c, ev->op, 8);
		put(c, (uint64_t)ev->thread_notify.how, 1);
		put(c, (uint64_t)ev->thread_notify.value, 8);
		put(c, (uint64_t)ev->thread_notify.woke, 8);
		put(c, ev->thread_notify.site, 4);
		return;
	case WG_RECORD_OBJECT:
		put(c, ev->op, 8);
		put(c, (uint64_t)ev->object.kind, 1);
		put(c, (uint64_t)ev->object.fd, 4);
		put(c, ev->object.generation, 4);
		return;
	default:
		put(c, ev->site.id, 4);
		put_text(c, ev->site.module);
		put_text(c, ev->site.build_id);
		put(c, ev->site.offset, 8);
		put_text(c, ev->site.symbol);
	}
}

size_t wg__ctf_seal(struct wg__ctf_packet *c, const struct wg__ctf_head *head)
{
	size_t used = c->used, size = (used + PAGE_BYTES - 1) / PAGE_BYTES * PAGE_BYTES;

	c->used = 0;
	put(c, MAGIC, 4);
	memcpy(c->bytes + c->used, head->uuid, 16);
	c->used += 16;
	put(c, 0, 4); /* the kind of stream */
	put(c, head->stream, 8);
	put(c, (uint64_t)head->begin_ns, 8);
	put(c, (uint64_t)head->end_ns, 8);
	put(c, 8 * (uint64_t)used, 8);
	put(c, 8 * (uint64_t)size, 8);
	put(c, head->sequence, 8);
	put(c, head->discarded, 8);
	put(c, 0, 4); /* processor */
	memset(c->bytes + used, 0, size - used);
	c->used = used;
	return size;
}
