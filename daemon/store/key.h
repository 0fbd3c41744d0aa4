/* Keys: fixed fields in big-endian order, so that the order of bytes is the order of things. Pure. */
#pragma once

#include "base/base.h"

static inline uint8_t *key_put_u32(uint8_t *p, uint32_t x)
{
	for (int i = 3; i >= 0; i--, x >>= 8)
		p[i] = (uint8_t)x;
	return p + 4;
}

static inline uint8_t *key_put_u64(uint8_t *p, uint64_t x)
{
	for (int i = 7; i >= 0; i--, x >>= 8)
		p[i] = (uint8_t)x;
	return p + 8;
}

/* Signed, negative first. */
static inline uint8_t *key_put_i64(uint8_t *p, int64_t x)
{
	return key_put_u64(p, (uint64_t)x ^ UINT64_C(1) << 63);
}

static inline uint32_t key_get_u32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static inline uint64_t key_get_u64(const uint8_t *p)
{
	return (uint64_t)key_get_u32(p) << 32 | key_get_u32(p + 4);
}

static inline int64_t key_get_i64(const uint8_t *p)
{
	return (int64_t)(key_get_u64(p) ^ UINT64_C(1) << 63);
}
