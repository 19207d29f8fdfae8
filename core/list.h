/*
 * list.h: an intrusive doubly linked list: the link is a member of the thing that is linked.
 *
 * So to move an operation from one list to the next (queue, inbox, ready) never allocates and
 * cannot fail, and a queued operation can be taken out of the middle. A list head is a node that
 * links to itself when empty. Lists have no lock: where one is declared, a comment names its guard.
 */
#ifndef CORE_LIST_H
#define CORE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct wg_list {
	struct wg_list *prev, *next;
};

#define wg_container_of(ptr, type, member) ((type *)(void *)((char *)(ptr)-offsetof(type, member)))

static inline void wg_list_init(struct wg_list *head)
{
	head->prev = head->next = head;
}

static inline bool wg_list_is_empty(const struct wg_list *head)
{
	return head->next == head;
}

static inline void wg_list_push(struct wg_list *head, struct wg_list *node)
{
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
}

static inline void wg_list_remove(struct wg_list *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	wg_list_init(node);
}

/* The first node, taken out, or NULL. */
static inline struct wg_list *wg_list_pop(struct wg_list *head)
{
	struct wg_list *node = head->next;

	if (node == head)
		return NULL;
	wg_list_remove(node);
	return node;
}

/*
 * Append all of `from` to `to`; `from` is empty afterwards. Constant time. Before you run callbacks
 * for a list, move it to one of your own: then a callback may push to or remove from either.
 */
static inline void wg_list_move(struct wg_list *to, struct wg_list *from)
{
	if (wg_list_is_empty(from))
		return;
	from->next->prev = to->prev;
	to->prev->next = from->next;
	from->prev->next = to;
	to->prev = from->prev;
	wg_list_init(from);
}

#endif
