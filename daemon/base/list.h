/* Intrusive doubly linked list; a node lives in its owner, no allocation. Header only. */
#pragma once

#include "base/base.h"

struct list {
	struct list *prev, *next;
};

static inline void list_init(struct list *l)
{
	l->prev = l->next = l;
}
static inline bool list_is_empty(const struct list *l)
{
	return l->next == l;
}
/* Before `at`: with the head as `at`, appends at the tail. */
static inline void list_insert(struct list *at, struct list *n)
{
	n->prev = at->prev;
	n->next = at;
	at->prev->next = n;
	at->prev = n;
}
/* Unlinks and re-initialises, so that removing twice is harmless. */
static inline void list_remove(struct list *n)
{
	n->prev->next = n->next;
	n->next->prev = n->prev;
	list_init(n);
}

#define list_entry(node, type, member) container_of(node, type, member)
/* The body may remove `it` (a struct list *), nothing else. */
#define list_foreach(it, head)                                                                     \
	for (struct list *it = (head)->next, *it##_next = it->next; it != (head);                  \
	     it = it##_next, it##_next = it->next)
