#include <stdlib.h>
#include <string.h>

#include "base/sha256.h"
#include "store/key.h"
#include "store/record.h"

void audit_first(uint8_t ret[32])
{
	static const char seed[] = "suandian-audit-v1";

	sha256(seed, sizeof(seed) - 1, ret);
}

void audit_next(const uint8_t prev[32], uint64_t seq, const uint8_t *body, size_t len,
		uint8_t ret[32])
{
	uint8_t head[32 + 8 + 4];
	struct sha256 *h = sha256_new();

	if (!h) /* a chain with a wrong link would be worse than no daemon */
		abort();
	memcpy(head, prev, 32);
	key_put_u32(key_put_u64(head + 32, seq), (uint32_t)len);
	sha256_update(h, head, sizeof(head));
	if (len)
		sha256_update(h, body, len);
	sha256_final(h, ret);
}
