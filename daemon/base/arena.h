/* A bump allocator with a hard cap: decode buffers, snapshots, plans. Freed as a whole.
 * Not thread-safe; an arena belongs to one owner at a time and may be handed over between threads. */
#pragma once

#include "base/base.h"

struct arena_block;

struct arena {
	struct arena_block *head; /* newest block */
	size_t used;		  /* bytes handed out since init/reset, with alignment */
	size_t cap;		  /* hard limit on used */
};

/* An empty arena that will hand out at most cap bytes; allocates nothing yet. */
void arena_init(struct arena *a, size_t cap);

/* Frees everything; the arena may be used again. */
void arena_fini(struct arena *a);

/* Forgets all allocations but keeps one block for reuse. */
void arena_reset(struct arena *a);

/* n bytes, zeroed, 16-byte aligned; NULL if the cap would be crossed or memory is out. n == 0 gives a
 * valid unique pointer. */
MUST_USE void *arena_alloc(struct arena *a, size_t n);

/* n * size bytes, overflow-checked. */
MUST_USE void *arena_array(struct arena *a, size_t n, size_t size);

/* Copies; NULL on cap. arena_strdup(NULL) is NULL. */
MUST_USE void *arena_memdup(struct arena *a, const void *p, size_t n);
MUST_USE char *arena_strdup(struct arena *a, const char *s);
MUST_USE char *arena_printf(struct arena *a, const char *fmt, ...) PRINTF_LIKE(2, 3);

#define ARENA_NEW(a, type) ((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))
