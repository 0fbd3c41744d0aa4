#include "plan/input.h"

#include "base/require.h"
#include "base/slot.h"

static int64_t *series(struct arena *a, uint32_t n)
{
	return ARENA_ARRAY(a, n, int64_t);
}

static bool counts_are_valid(const struct plan_input *in)
{
	return in->n_cooling >= 0 && in->n_cooling <= SITE_MAX_COOLING && in->n_generators >= 0 &&
	       in->n_generators <= SITE_MAX_GENERATORS && in->n_storage >= 0 &&
	       in->n_storage <= SITE_MAX_STORAGE && in->n_queues >= 0 &&
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
	r.carbon_g = series(a, n);
	r.outdoor_mc = series(a, n);
	ok = r.carbon_g && r.outdoor_mc && r.start_ms && r.duration_ms && r.price_buy_e4 &&
	     r.price_sell_e4 && r.load_it_w;
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

/* The longest step that may begin at t: its turn has come, and it fits the clock. */
static int64_t step_at(const struct plan_grid *g, int64_t t)
{
	static const int64_t length[] = {12 * SLOT_MS, 4 * SLOT_MS, 2 * SLOT_MS};
	const int64_t until[] = {g->tail_ms, g->hour_ms, g->half_ms};
	const int64_t before[] = {max_i64(g->quarter_ms, max_i64(g->half_ms, g->hour_ms)),
				  max_i64(g->quarter_ms, g->half_ms), g->quarter_ms};

	for (size_t i = 0; i < ARRAY_SIZE(length); i++) {
		if (until[i] > before[i] && t >= before[i] && (t - g->midnight_ms) % length[i] == 0)
			return length[i];
	}
	return SLOT_MS;
}

int plan_grid(int64_t now_ms, const struct plan_grid *g, uint32_t cap, int64_t *ret_start,
	      int64_t *ret_duration)
{
	int64_t t = slot_floor(now_ms);
	int64_t until =
		max_i64(max_i64(g->quarter_ms, g->half_ms), max_i64(g->hour_ms, g->tail_ms));
	uint32_t n = 0;

	if (cap > INT32_MAX)
		cap = INT32_MAX;
	for (; t < until || n == 0; n++) {
		if (n == cap)
			return ERR_FULL;
		ret_start[n] = t;
		ret_duration[n] = step_at(g, t);
		t += ret_duration[n];
	}
	return (int)n;
}
