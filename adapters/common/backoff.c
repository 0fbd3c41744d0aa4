#include "common/backoff.h"

#include "base/require.h"

void backoff_init(struct backoff *b, int64_t min_ms, int64_t max_ms, uint64_t seed)
{
	REQUIRE(min_ms > 0 && min_ms <= max_ms);
	*b = (struct backoff){.min_ms = min_ms, .max_ms = max_ms, .next_ms = min_ms, .state = seed};
}

/* splitmix64 */
static uint64_t draw(struct backoff *b)
{
	uint64_t z = b->state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

int64_t backoff_take_ms(struct backoff *b)
{
	int64_t whole = b->next_ms, half = whole / 2;

	b->next_ms = whole > b->max_ms / 2 ? b->max_ms : whole * 2;
	return half + (int64_t)(draw(b) % (uint64_t)(whole - half + 1));
}

void backoff_reset(struct backoff *b)
{
	b->next_ms = b->min_ms;
}
