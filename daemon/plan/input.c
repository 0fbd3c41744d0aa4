#include "plan/input.h"

#include "base/require.h"
#include "base/slot.h"

static int64_t *series(struct arena *a, uint32_t n)
{
	return ARENA_ARRAY(a, n, int64_t);
}

static bool counts_are_valid(const struct plan_input *in)
{
	return in->n_generators >= 0 && in->n_generators <= SITE_MAX_GENERATORS &&
	       in->n_storage >= 0 && in->n_storage <= SITE_MAX_STORAGE && in->n_queues >= 0 &&
	       in->n_queues <= SITE_MAX_QUEUES;
}

int plan_input_init(struct plan_input *in, struct arena *a, uint32_t n, const int64_t *start_ms,
		    const int64_t *duration_ms)
{
	struct plan_input r = *in;
	bool ok;

	REQUIRE(counts_are_valid(in));
	if (n > PLAN_MAX_STEPS)
		return ERR_FULL;
	r.n = n;
	r.start_ms = arena_memdup(a, start_ms, n * sizeof(*start_ms));
	r.duration_ms = arena_memdup(a, duration_ms, n * sizeof(*duration_ms));
	r.price_buy_e4 = series(a, n);
	r.price_sell_e4 = series(a, n);
	r.load_it_w = series(a, n);
	ok = r.start_ms && r.duration_ms && r.price_buy_e4 && r.price_sell_e4 && r.load_it_w;
	for (int i = 0; ok && i < in->n_generators; i++)
		ok = (r.generator_w[i] = series(a, n)) != NULL;
	for (int i = 0; ok && i < in->n_queues; i++)
		ok = (r.arrivals_ds[i] = series(a, n)) != NULL &&
		     (r.due_ds[i] = series(a, n)) != NULL;
	if (!ok)
		return -ENOMEM;
	*in = r;
	return 0;
}

int plan_grid(int64_t now_ms, int64_t until_ms, int64_t fine_ms, uint32_t cap, int64_t *ret_start,
	      int64_t *ret_duration)
{
	int64_t first = slot_floor(now_ms), t = first;
	uint32_t n = 0;

	if (cap > INT32_MAX)
		cap = INT32_MAX;
	for (; t < until_ms || n == 0; n++) {
		bool coarse = t - first >= fine_ms && t % MS_PER_H == 0;

		if (n == cap)
			return ERR_FULL;
		ret_start[n] = t;
		ret_duration[n] = coarse ? MS_PER_H : SLOT_MS;
		t += ret_duration[n];
	}
	return (int)n;
}
