#include "base/tzif.h"

#include <stdlib.h>
#include <string.h>

#include "base/err.h"

#define HEADER_LEN 44
#define TYPE_LEN 6 /* offset 4, is-DST 1, name 1 */
#define RULE_MAX 128
#define OFFSET_MAX_S 93599 /* RFC 8536 §3.2: −25:59:59 … 26:00:00 */

struct header {
	uint8_t version;
	uint32_t n_isut, n_isstd, n_leap, n_time, n_type, n_char;
};

static uint32_t be32(const uint8_t *p)
{
	return (uint32_t)p[0] << 24 | (uint32_t)p[1] << 16 | (uint32_t)p[2] << 8 | p[3];
}

static int64_t be64(const uint8_t *p)
{
	return (int64_t)((uint64_t)be32(p) << 32 | be32(p + 4));
}

static bool read_header(const uint8_t *p, size_t n, struct header *ret)
{
	if (n < HEADER_LEN || memcmp(p, "TZif", 4) != 0)
		return false;
	*ret = (struct header){.version = p[4],
			       .n_isut = be32(p + 20),
			       .n_isstd = be32(p + 24),
			       .n_leap = be32(p + 28),
			       .n_time = be32(p + 32),
			       .n_type = be32(p + 36),
			       .n_char = be32(p + 40)};
	return true;
}

/* Bytes of the data block behind a header. No count is above 2^32, so the sum cannot overflow 64 bits. */
static uint64_t block_len(const struct header *h, uint64_t time_len)
{
	return h->n_time * (time_len + 1) + (uint64_t)h->n_type * TYPE_LEN + h->n_char +
	       h->n_leap * (time_len + 4) + h->n_isstd + h->n_isut;
}

static int alloc_table(struct tzif *z, size_t n)
{
	if (n == 0)
		return 0;
	z->at_s = calloc(n, sizeof(*z->at_s));
	z->offset_s = calloc(n, sizeof(*z->offset_s));
	z->n = n;
	return z->at_s && z->offset_s ? 0 : -ENOMEM;
}

static bool type_offset(const uint8_t *types, uint32_t n_type, uint32_t i, int32_t *ret_s)
{
	int32_t s;

	if (i >= n_type)
		return false;
	s = (int32_t)be32(types + (size_t)i * TYPE_LEN);
	if (s < -OFFSET_MAX_S || s > OFFSET_MAX_S + 1)
		return false;
	*ret_s = s;
	return true;
}

/* p holds the whole block of 64-bit times; its length is checked by the caller. */
static int read_block(const uint8_t *p, const struct header *h, struct tzif *z)
{
	const uint8_t *indices = p + (size_t)h->n_time * 8;
	const uint8_t *types = indices + h->n_time;
	int r = alloc_table(z, h->n_time);

	if (r < 0)
		return r;
	if (!type_offset(types, h->n_type, 0, &z->first_s))
		return ERR_MALFORMED;
	for (size_t i = 0; i < z->n; i++) {
		z->at_s[i] = be64(p + i * 8);
		if (i > 0 && z->at_s[i] <= z->at_s[i - 1])
			return ERR_MALFORMED;
		if (!type_offset(types, h->n_type, indices[i], &z->offset_s[i]))
			return ERR_MALFORMED;
	}
	return 0;
}

/* "\n<rule>\n"; the rule may be empty */
static int read_footer(const uint8_t *p, size_t n, struct tzif *z)
{
	char rule[RULE_MAX];
	const uint8_t *end;
	size_t len;
	int r;

	if (n < 2 || p[0] != '\n')
		return ERR_MALFORMED;
	end = memchr(p + 1, '\n', n - 1);
	len = end ? (size_t)(end - p - 1) : RULE_MAX;
	if (len >= RULE_MAX || memchr(p + 1, '\0', len))
		return ERR_MALFORMED;
	if (len == 0)
		return 0;
	memcpy(rule, p + 1, len);
	rule[len] = '\0';
	r = tzrule_parse(rule, &z->rule);
	z->has_rule = r == 0;
	return r;
}

int tzif_parse(const uint8_t *data, size_t n, struct tzif *ret)
{
	struct tzif z = {0};
	struct header h;
	uint64_t skip;
	int r;

	/* the block of 32-bit times is there for old readers only */
	if (!read_header(data, n, &h) || h.version < '2')
		return ERR_MALFORMED;
	skip = HEADER_LEN + block_len(&h, 4);
	if (skip > n || !read_header(data + skip, n - skip, &h))
		return ERR_MALFORMED;
	data += skip + HEADER_LEN;
	n -= skip + HEADER_LEN;
	if (block_len(&h, 8) > n || h.n_type == 0 || h.n_leap > 0)
		return ERR_MALFORMED;
	r = read_block(data, &h, &z);
	if (r == 0)
		r = read_footer(data + block_len(&h, 8), n - block_len(&h, 8), &z);
	if (r < 0) {
		tzif_fini(&z);
		return r;
	}
	*ret = z;
	return 0;
}

void tzif_fini(struct tzif *z)
{
	free(z->at_s);
	free(z->offset_s);
	*z = (struct tzif){0};
}

/* How many transitions lie at or before t_s. */
static size_t count_until(const struct tzif *z, int64_t t_s)
{
	size_t lo = 0, hi = z->n;

	while (lo < hi) {
		size_t mid = lo + (hi - lo) / 2;

		if (z->at_s[mid] <= t_s)
			lo = mid + 1;
		else
			hi = mid;
	}
	return lo;
}

int32_t tzif_offset_s(const struct tzif *z, int64_t t_s)
{
	size_t i = count_until(z, t_s);

	if (i == z->n && z->has_rule)
		return tzrule_offset_s(&z->rule, t_s);
	return i == 0 ? z->first_s : z->offset_s[i - 1];
}
