#include "base/map.h"

#include <errno.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "base/require.h"

struct map_entry {
	uint64_t hash;
	union {
		uint64_t u64;
		char *str;
	} key;
	void *value; /* NULL: a hole, whose place in the index still stands */
};

#define SIZE_FIRST ((size_t)8)
/* Index cells hold entry number + 1; 0 is free. */
#define ENTRIES_MAX ((size_t)UINT32_MAX / 4)

/* Keys come from peers: a seed per process keeps them from choosing colliding ones. The order of iteration
 * does not depend on it. */
static struct {
	pthread_once_t once;
	uint64_t k0, k1;
} seed = {.once = PTHREAD_ONCE_INIT};

static void seed_init(void)
{
	uint64_t k[2] = {0};

	/* without entropy the map still works, only the protection is lost */
	if (getrandom(k, sizeof(k), GRND_NONBLOCK) != (ssize_t)sizeof(k))
		k[0] = (uint64_t)(uintptr_t)&seed;
	seed.k0 = k[0];
	seed.k1 = k[1];
}

static uint64_t rotl(uint64_t x, int n)
{
	return x << n | x >> (64 - n);
}

static void sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotl(v[1], 13) ^ v[0];
	v[3] = rotl(v[3], 16) ^ v[2];
	v[0] = rotl(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotl(v[1], 17) ^ v[2];
	v[3] = rotl(v[3], 21) ^ v[0];
	v[2] = rotl(v[2], 32);
}

static void sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

/* SipHash-1-3 (Aumasson, Bernstein 2012) under the process's seed. */
static uint64_t hash_bytes(const void *p, size_t n)
{
	uint64_t v[4] = {seed.k0 ^ 0x736f6d6570736575, seed.k1 ^ 0x646f72616e646f6d,
			 seed.k0 ^ 0x6c7967656e657261, seed.k1 ^ 0x7465646279746573};
	const uint8_t *s = p;
	uint64_t word;
	size_t i;

	for (i = 0; i + 8 <= n; i += 8) {
		memcpy(&word, s + i, 8);
		sip_word(v, word);
	}
	word = 0;
	memcpy(&word, s + i, n - i);
	sip_word(v, word | (uint64_t)n << 56);
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

static void init(struct map *m, bool strings)
{
	pthread_once(&seed.once, seed_init);
	*m = (struct map){.strings = strings};
}

void map_init_u64(struct map *m)
{
	init(m, false);
}

void map_init_str(struct map *m)
{
	init(m, true);
}

void map_fini(struct map *m)
{
	for (size_t i = 0; m->strings && i < m->n_entries; i++)
		free(m->entries[i].key.str);
	free(m->entries);
	free(m->index);
	*m = (struct map){.strings = m->strings};
}

/* A key as the caller names it: str for string maps, else u64. */
struct key {
	uint64_t hash, u64;
	const char *str;
};

static struct key key_u64(uint64_t u64)
{
	return (struct key){.hash = hash_bytes(&u64, sizeof(u64)), .u64 = u64};
}

static struct key key_str(const char *str)
{
	return (struct key){.hash = hash_bytes(str, strlen(str)), .str = str};
}

static bool is_match(const struct map *m, const struct map_entry *e, const struct key *key)
{
	if (!e->value || e->hash != key->hash)
		return false;
	return m->strings ? strcmp(e->key.str, key->str) == 0 : e->key.u64 == key->u64;
}

static struct map_entry *find(const struct map *m, const struct key *key)
{
	size_t mask = m->size_index - 1;

	REQUIRE(m->strings == (key->str != NULL));
	if (m->n_live == 0)
		return NULL;
	for (size_t at = key->hash & mask; m->index[at]; at = (at + 1) & mask) {
		struct map_entry *e = &m->entries[m->index[at] - 1];

		if (is_match(m, e, key))
			return e;
	}
	return NULL;
}

static void index_add(struct map *m, size_t i)
{
	size_t mask = m->size_index - 1;
	size_t at = m->entries[i].hash & mask;

	while (m->index[at])
		at = (at + 1) & mask;
	m->index[at] = (uint32_t)(i + 1);
}

/* Moves the live entries together, keeping their order, and indexes them anew. */
static void rebuild(struct map *m)
{
	size_t n = 0;

	memset(m->index, 0, m->size_index * sizeof(*m->index));
	for (size_t i = 0; i < m->n_entries; i++) {
		if (!m->entries[i].value)
			continue;
		m->entries[n] = m->entries[i];
		index_add(m, n++);
	}
	m->n_entries = n;
}

/* Room for one more entry: throws the holes out if that frees half, else doubles. The index has twice as many
 * cells as there are entries, so a probe always ends. */
static int make_room(struct map *m)
{
	size_t size = m->size_entries ? m->size_entries : SIZE_FIRST / 2;
	struct map_entry *entries;
	uint32_t *index;

	if (m->n_entries < m->size_entries)
		return 0;
	if (m->n_live <= size / 2 && m->index) {
		rebuild(m);
		return 0;
	}
	size *= 2;
	if (size > ENTRIES_MAX)
		return -ENOMEM;
	index = malloc(size * 2 * sizeof(*index));
	if (!index)
		return -ENOMEM;
	entries = realloc(m->entries, size * sizeof(*entries));
	if (!entries) {
		free(index);
		return -ENOMEM;
	}
	free(m->index);
	m->entries = entries;
	m->index = index;
	m->size_entries = size;
	m->size_index = size * 2;
	rebuild(m);
	return 0;
}

static int insert(struct map *m, const struct key *key, void *value)
{
	struct map_entry *e;
	char *str = NULL;
	int r;

	if (m->strings) {
		REQUIRE(key->str);
		str = strdup(key->str);
		if (!str)
			return -ENOMEM;
	}
	r = make_room(m);
	if (r < 0) {
		free(str);
		return r;
	}
	e = &m->entries[m->n_entries];
	e->hash = key->hash;
	e->value = value;
	if (str)
		e->key.str = str;
	else
		e->key.u64 = key->u64;
	index_add(m, m->n_entries++);
	m->n_live++;
	return 0;
}

static int put(struct map *m, struct key key, void *value, void **ret_old)
{
	struct map_entry *e = find(m, &key);
	void *old = NULL;
	int r = 0;

	REQUIRE(value);
	if (e) {
		old = e->value;
		e->value = value;
	} else {
		r = insert(m, &key, value);
	}
	if (r == 0 && ret_old)
		*ret_old = old;
	return r;
}

static void *take(struct map *m, struct key key)
{
	struct map_entry *e = find(m, &key);
	void *value;

	if (!e)
		return NULL;
	value = e->value;
	e->value = NULL;
	if (m->strings) {
		free(e->key.str);
		e->key.str = NULL;
	}
	m->n_live--;
	return value;
}

static void *get(const struct map *m, struct key key)
{
	struct map_entry *e = find(m, &key);

	return e ? e->value : NULL;
}

int map_put_u64(struct map *m, uint64_t key, void *value, void **ret_old)
{
	return put(m, key_u64(key), value, ret_old);
}

int map_put_str(struct map *m, const char *key, void *value, void **ret_old)
{
	return put(m, key_str(key), value, ret_old);
}

void *map_get_u64(const struct map *m, uint64_t key)
{
	return get(m, key_u64(key));
}

void *map_get_str(const struct map *m, const char *key)
{
	return get(m, key_str(key));
}

void *map_take_u64(struct map *m, uint64_t key)
{
	return take(m, key_u64(key));
}

void *map_take_str(struct map *m, const char *key)
{
	return take(m, key_str(key));
}

void *map_next(const struct map *m, size_t *at, uint64_t *ret_key, const char **ret_str)
{
	while (*at < m->n_entries) {
		const struct map_entry *e = &m->entries[(*at)++];

		if (!e->value)
			continue;
		if (ret_key)
			*ret_key = m->strings ? 0 : e->key.u64;
		if (ret_str)
			*ret_str = m->strings ? e->key.str : NULL;
		return e->value;
	}
	return NULL;
}
