#include "base/arena.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/require.h"

#define ALIGN ((size_t)16)
#define BLOCK_MIN ((size_t)4 << 10)
#define BLOCK_MAX ((size_t)1 << 20)

struct arena_block {
	struct arena_block *next; /* older */
	size_t size, used;	  /* of data */
	size_t pad;		  /* keeps data 16-byte aligned */
	uint8_t data[];
};

_Static_assert(offsetof(struct arena_block, data) % 16 == 0, "block data must stay aligned");

void arena_init(struct arena *a, size_t cap)
{
	*a = (struct arena){.cap = cap};
}

static void free_blocks(struct arena_block *b)
{
	while (b) {
		struct arena_block *next = b->next;

		free(b);
		b = next;
	}
}

void arena_fini(struct arena *a)
{
	free_blocks(a->head);
	arena_init(a, a->cap);
}

void arena_reset(struct arena *a)
{
	a->used = 0;
	if (!a->head)
		return;
	free_blocks(a->head->next);
	a->head->next = NULL;
	a->head->used = 0;
}

/* A block with room for n bytes; each is twice the one before, so that their number stays small. */
static struct arena_block *grow(struct arena *a, size_t n)
{
	size_t size = a->head ? a->head->size * 2 : BLOCK_MIN;
	struct arena_block *b;
	size_t total;

	if (size > BLOCK_MAX)
		size = BLOCK_MAX;
	if (size < n)
		size = n;
	if (!add_size(sizeof(*b), size, &total))
		return NULL;
	b = malloc(total);
	if (!b)
		return NULL;
	b->size = size;
	b->used = 0;
	b->next = a->head;
	a->head = b;
	return b;
}

void *arena_alloc(struct arena *a, size_t n)
{
	struct arena_block *b = a->head;
	size_t rounded;
	void *p;

	if (!add_size(n ? n : 1, ALIGN - 1, &rounded))
		return NULL;
	rounded &= ~(ALIGN - 1);
	REQUIRE(a->used <= a->cap);
	if (rounded > a->cap - a->used)
		return NULL;
	if (!b || rounded > b->size - b->used)
		b = grow(a, rounded);
	if (!b)
		return NULL;
	p = b->data + b->used;
	b->used += rounded;
	a->used += rounded;
	return memset(p, 0, rounded);
}

void *arena_array(struct arena *a, size_t n, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(n, size, &total))
		return NULL;
	return arena_alloc(a, total);
}

void *arena_memdup(struct arena *a, const void *p, size_t n)
{
	void *copy = arena_alloc(a, n);

	if (copy && n)
		memcpy(copy, p, n);
	return copy;
}

char *arena_strdup(struct arena *a, const char *s)
{
	return s ? arena_memdup(a, s, strlen(s) + 1) : NULL;
}

char *arena_printf(struct arena *a, const char *fmt, ...)
{
	va_list ap, again;
	char *s = NULL;
	int n;

	va_start(ap, fmt);
	va_copy(again, ap);
	n = vsnprintf(NULL, 0, fmt, ap);
	if (n >= 0)
		s = arena_alloc(a, (size_t)n + 1);
	if (s)
		vsnprintf(s, (size_t)n + 1, fmt, again);
	va_end(again);
	va_end(ap);
	return s;
}
