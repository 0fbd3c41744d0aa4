/* Reproducible randomness for tests: xoshiro256** (Blackman, Vigna 2018) seeded through splitmix64. The same
 * seed gives the same numbers on every machine. Header only; one owner at a time. */
#pragma once

#include <stdint.h>
#include <stdlib.h>

struct rng {
	uint64_t s[4];
};

/* One step of splitmix64: also good for turning a counter into independent seeds. */
static inline uint64_t rng_splitmix64(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

static inline void rng_init(struct rng *r, uint64_t seed)
{
	for (int i = 0; i < 4; i++)
		r->s[i] = rng_splitmix64(&seed);
}

/* The seed of this run: $SUANDIAN_SEED if set, else the one given. A property test prints it when it fails. */
static inline uint64_t rng_seed(uint64_t fallback)
{
	const char *s = getenv("SUANDIAN_SEED");

	return s && *s ? strtoull(s, NULL, 0) : fallback;
}

static inline uint64_t rng_next(struct rng *r)
{
	uint64_t *s = r->s, x = s[1] * 5, t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = s[3] << 45 | s[3] >> 19;
	return (x << 7 | x >> 57) * 9;
}

/* 0 … n - 1, without bias that a test could notice; n > 0. */
static inline uint64_t rng_below(struct rng *r, uint64_t n)
{
	return (uint64_t)(((unsigned __int128)rng_next(r) * n) >> 64);
}

/* lo … hi, both included; the whole range of int64_t is allowed. */
static inline int64_t rng_range(struct rng *r, int64_t lo, int64_t hi)
{
	uint64_t span = (uint64_t)hi - (uint64_t)lo + 1;
	uint64_t x = span ? rng_below(r, span) : rng_next(r);

	return (int64_t)((uint64_t)lo + x);
}

/* [0, 1) */
static inline double rng_double(struct rng *r)
{
	return (double)(rng_next(r) >> 11) * 0x1.0p-53;
}
