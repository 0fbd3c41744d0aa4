/* Open-addressing hash maps: u64 → pointer and string → pointer. Keys of string maps are copied.
 * Iteration order is insertion order (removal keeps the order of the rest), so that whatever walks a map
 * is deterministic. Owner's thread only. */
#pragma once

#include "base/base.h"

struct map_entry; /* private */

struct map {
	struct map_entry *entries; /* insertion order, with holes */
	uint32_t *index;	   /* hash → entry */
	size_t n_entries, n_live, size_entries, size_index;
	bool strings;
};

void map_init_u64(struct map *m);
void map_init_str(struct map *m);
/* Frees the map and copied keys; values are the caller's. */
void map_fini(struct map *m);

static inline size_t map_count(const struct map *m)
{
	return m->n_live;
}

/* Stores value (not NULL) under key, replacing; *ret_old (may be NULL) gets what was there, or NULL.
 * 0 or -ENOMEM. */
int map_put_u64(struct map *m, uint64_t key, void *value, void **ret_old);
int map_put_str(struct map *m, const char *key, void *value, void **ret_old);
/* The value, or NULL. */
void *map_get_u64(const struct map *m, uint64_t key);
void *map_get_str(const struct map *m, const char *key);
/* Removes and returns the value, or NULL. */
void *map_take_u64(struct map *m, uint64_t key);
void *map_take_str(struct map *m, const char *key);

/* Walk: size_t at = 0; while ((v = map_next(m, &at, &key_u64, &key_str))) …; either key pointer may be NULL.
 * Removing the entry just returned is allowed while walking; inserting is not. */
void *map_next(const struct map *m, size_t *at, uint64_t *ret_key, const char **ret_str);
