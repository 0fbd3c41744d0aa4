#include "sim/run.h"

#include <math.h>

#include "sim/policy.h"

const char *const run_policy_name[N_RUN_POLICIES] = {"suandian", "do_nothing", "threshold"};

void run_init(struct run *r, const struct exo *exo, const struct exo_span *span)
{
	*r = (struct run){.exo = exo,
			  .from_ms = span->from_ms,
			  .to_ms = span->to_ms,
			  .step_ms = span->step_ms};
	for (int i = 0; i < N_RUN_POLICIES; i++) {
		twin_init(&r->twin[i], &exo->scenario->plant, span->from_ms);
		score_init(&r->score[i], &r->twin[i]);
	}
	obey_init(&r->obey, &r->twin[RUN_OBEY]);
}

void run_fini(struct run *r)
{
	for (int i = 0; i < N_RUN_POLICIES; i++) {
		score_fini(&r->score[i]);
		twin_fini(&r->twin[i]);
	}
}

struct twin_exogenous run_exogenous(const struct run *r)
{
	return exo_at(r->exo, run_now(r), r->step_ms);
}

static struct score_prices prices_at(const struct exo *x, int64_t t_ms, int64_t dt_ms)
{
	struct score_prices p = {
		.buy_e4 = llround(series_mean(&x->buy, t_ms, t_ms + dt_ms)),
		.sell_e4 = llround(series_mean(&x->sell, t_ms, t_ms + dt_ms)),
	};

	if (series_is_set(&x->carbon))
		p.carbon_g_kwh = series_mean(&x->carbon, t_ms, t_ms + dt_ms);
	return p;
}

int run_step(struct run *r)
{
	struct twin_exogenous x = run_exogenous(r);
	struct score_prices prices = prices_at(r->exo, run_now(r), r->step_ms);
	struct policy_prices known =
		policy_prices_at(&r->exo->buy, r->exo->scenario->zone, run_now(r));

	policy_nothing(&r->twin[RUN_NOTHING]);
	policy_threshold(&r->twin[RUN_THRESHOLD], &known, &x, r->step_ms);
	for (int i = 0; i < N_RUN_POLICIES; i++) {
		struct twin_row row;
		int e = twin_step(&r->twin[i], &x, r->step_ms, &row);

		if (e == 0)
			e = score_add(&r->score[i], &row, &r->twin[i], &prices);
		if (e < 0)
			return e;
		if (i == RUN_OBEY)
			r->row = row;
	}
	r->has_row = true;
	return 0;
}

void run_finish(struct run *r)
{
	for (int i = 0; i < N_RUN_POLICIES; i++)
		score_finish(&r->score[i]);
}
