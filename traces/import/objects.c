/*
 * objects.c: see objects.h.
 *
 * A log may be hostile: numbers of descriptors and of addresses are bounded, and what is beyond
 * them has no object, which costs a name and no figure.
 */
#include "traces/import/objects.h"

#include <errno.h>
#include <stdlib.h>

#include "traces/base/names.h"

#define FD_MAX	  65536
#define NAMED_MAX (1u << 18)

struct wg__object *wg__object_at(struct wg__objects *o, uint32_t idx)
{
	return idx == WG__NO_OBJECT ? NULL : &o->v[idx];
}

static uint32_t make(
	struct wg__objects *o, enum wg_object_kind kind, int32_t fd, uint32_t generation)
{
	uint32_t idx;

	if (o->unused_count) {
		idx = o->unused[--o->unused_count];
	} else {
		if (o->count >= WG__NO_OBJECT - 1 ||
			wg__grow(&o->v, &o->cap, o->count, sizeof(*o->v)) < 0)
			return WG__NO_OBJECT;
		idx = (uint32_t)o->count++;
	}
	o->v[idx] = (struct wg__object){
		.id = ++o->next_id, .kind = kind, .fd = fd, .generation = generation, .refs = 1
	};
	return idx;
}

static void drop(struct wg__objects *o, uint32_t idx)
{
	struct wg__object *object = wg__object_at(o, idx);

	if (!object || --object->refs)
		return;
	/* Without memory the place is not used again. */
	if (wg__grow(&o->unused, &o->unused_cap, o->unused_count, sizeof(*o->unused)) == 0)
		o->unused[o->unused_count++] = idx;
}

struct wg__fd *wg__fd_find(struct wg__process *p, int64_t fd)
{
	return fd >= 0 && (uint64_t)fd < p->fd_count ? &p->fd[fd] : NULL;
}

/* Room for it; *ret NULL: it is beyond what is followed. */
static int fd_slot(struct wg__process *p, int64_t fd, struct wg__fd **ret)
{
	size_t count = p->fd_count ? p->fd_count : 32;
	struct wg__fd *grown;

	*ret = NULL;
	if (fd < 0 || fd >= FD_MAX)
		return 0;
	if ((uint64_t)fd >= p->fd_count) {
		while (count <= (uint64_t)fd)
			count *= 2;
		grown = reallocarray(p->fd, count, sizeof(*grown));
		if (!grown)
			return -ENOMEM;
		memset(grown + p->fd_count, 0, (count - p->fd_count) * sizeof(*grown));
		p->fd = grown;
		p->fd_count = count;
	}
	*ret = &p->fd[fd];
	return 0;
}

static void set(struct wg__objects *o, struct wg__fd *slot, enum wg__fd_kind kind, uint32_t object)
{
	if (slot->kind == WG__FD_OBJECT)
		drop(o, slot->object);
	slot->kind = kind;
	slot->object = object;
	slot->generation++;
}

int wg__fd_make(struct wg__objects *o, struct wg__process *p, int64_t fd, enum wg__fd_kind kind,
	enum wg_object_kind object_kind)
{
	struct wg__fd *slot;
	uint32_t object = WG__NO_OBJECT;
	int rc = fd_slot(p, fd, &slot);

	if (rc < 0 || !slot)
		return rc;
	if (kind == WG__FD_OBJECT &&
		(object = make(o, object_kind, (int32_t)fd, slot->generation)) == WG__NO_OBJECT)
		return -ENOMEM;
	set(o, slot, kind, object);
	return 0;
}

int wg__fd_make_pair(struct wg__objects *o, struct wg__process *p, int64_t a, int64_t b,
	enum wg_object_kind kind)
{
	int rc = wg__fd_make(o, p, a, WG__FD_OBJECT, kind);

	return rc < 0 ? rc : wg__fd_dup(o, p, a, b);
}

int wg__fd_dup(struct wg__objects *o, struct wg__process *p, int64_t from, int64_t to)
{
	struct wg__fd *slot, *source;
	int rc = fd_slot(p, to, &slot);

	source = wg__fd_find(p, from); /* after the table may have moved */
	if (rc < 0 || !slot || from == to)
		return rc;
	if (!source) {
		set(o, slot, WG__FD_UNKNOWN, WG__NO_OBJECT);
		return 0;
	}
	if (source->kind == WG__FD_OBJECT)
		o->v[source->object].refs++;
	set(o, slot, source->kind, source->object);
	return 0;
}

void wg__fd_close(struct wg__objects *o, struct wg__process *p, int64_t fd)
{
	struct wg__fd *slot = wg__fd_find(p, fd);

	if (slot)
		set(o, slot, WG__FD_UNKNOWN, WG__NO_OBJECT);
}

/* What -y says: "anon_inode:[eventfd]", "pipe:[4711]", "TCP:[...]", "/proc/1/stat". */
static enum wg__fd_kind kind_of_path(struct wg__span path, enum wg_object_kind *kind)
{
	static const struct {
		const char *begin;
		enum wg_object_kind kind;
	} kinds[] = {
		{ "anon_inode:[eventfd", WG_OBJECT_EVENTFD },
		{ "anon_inode:[timerfd", WG_OBJECT_TIMERFD },
		{ "anon_inode:[eventpoll", WG_OBJECT_EPOLL },
		{ "pipe:[", WG_OBJECT_PIPE },
		{ "socket:[", WG_OBJECT_SOCKET },
		{ "TCP", WG_OBJECT_SOCKET },
		{ "UDP", WG_OBJECT_SOCKET },
		{ "UNIX", WG_OBJECT_SOCKET },
		{ "NETLINK", WG_OBJECT_SOCKET },
		{ "anon_inode:", WG_OBJECT_OTHER },
		{ "/dev/", WG_OBJECT_OTHER },
	};
	size_t i;

	if (wg__span_begins(path, "/proc/") || wg__span_begins(path, "/sys/"))
		return WG__FD_LOOKS;
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		if (wg__span_begins(path, kinds[i].begin)) {
			*kind = kinds[i].kind;
			return WG__FD_OBJECT;
		}
	}
	return wg__span_begins(path, "/") ? WG__FD_FILE : WG__FD_OBJECT;
}

uint32_t wg__fd_object(struct wg__objects *o, struct wg__process *p, int64_t fd,
	struct wg__span path, enum wg_object_kind kind)
{
	struct wg__fd *slot = wg__fd_find(p, fd);
	enum wg__fd_kind what = WG__FD_OBJECT;

	if (slot && slot->kind != WG__FD_UNKNOWN)
		return slot->kind == WG__FD_OBJECT ? slot->object : WG__NO_OBJECT;
	if (wg__span_len(path))
		what = kind_of_path(path, &kind);
	if (wg__fd_make(o, p, fd, what, kind) < 0 || !(slot = wg__fd_find(p, fd)))
		return WG__NO_OBJECT;
	return slot->kind == WG__FD_OBJECT ? slot->object : WG__NO_OBJECT;
}

uint32_t wg__named_object(struct wg__objects *o, const struct wg__process *p, uint64_t name,
	enum wg_object_kind kind, int32_t fd)
{
	size_t at = wg__map_get(&o->named, p->pid, name);
	uint32_t idx;

	if (at != WG__MAP_NONE)
		return (uint32_t)at;
	if (o->named.count >= NAMED_MAX || (idx = make(o, kind, fd, 0)) == WG__NO_OBJECT)
		return WG__NO_OBJECT;
	if (wg__map_put(&o->named, p->pid, name, idx) < 0) {
		drop(o, idx);
		return WG__NO_OBJECT;
	}
	return idx;
}

int wg__process_inherit(
	struct wg__objects *o, const struct wg__process *from, struct wg__process *to)
{
	size_t i;

	if (to->fd_count || from->fd_count == 0)
		return 0;
	to->fd = reallocarray(NULL, from->fd_count, sizeof(*to->fd));
	if (!to->fd)
		return -ENOMEM;
	memcpy(to->fd, from->fd, from->fd_count * sizeof(*to->fd));
	to->fd_count = from->fd_count;
	for (i = 0; i < to->fd_count; i++) {
		if (to->fd[i].kind == WG__FD_OBJECT)
			o->v[to->fd[i].object].refs++;
	}
	return 0;
}

void wg__process_fini(struct wg__objects *o, struct wg__process *p)
{
	size_t i;

	for (i = 0; i < p->fd_count; i++) {
		if (p->fd[i].kind == WG__FD_OBJECT)
			drop(o, p->fd[i].object);
	}
	free(p->fd);
	p->fd = NULL;
	p->fd_count = 0;
}

void wg__objects_fini(struct wg__objects *o)
{
	free(o->v);
	free(o->unused);
	wg__map_fini(&o->named);
	wg__map_fini(&o->interest);
	*o = (struct wg__objects){ 0 };
}

bool wg__object_say(struct wg__object *object, int64_t ts_ns, struct wg_event *ret)
{
	if (!object || object->is_said)
		return false;
	object->is_said = true;
	*ret = (struct wg_event){ .record = WG_RECORD_OBJECT, .ts_ns = ts_ns, .op = object->id };
	ret->object.kind = object->kind;
	ret->object.fd = object->fd;
	ret->object.generation = object->generation;
	return true;
}
