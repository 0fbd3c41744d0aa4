/* What the plant would do without the daemon: the written-out rules of the shadow twins. Pure.
 *
 * do nothing        Storage rests, photovoltaics run as the sun shines, jobs run as they arrive.
 *
 * price threshold   Knows today's prices, as everybody does. cheap = the 30th, dear = the 70th percentile of the local
 *                   day's quarter hours. Storage that is not `idle` charges at full power while price ≤ cheap, as
 *                   far as the contracted demand (or, where the peak is charged, the highest import so far) has room; discharges while price ≥ dear, as far as the site itself
 *                   needs it (no export); and rests on days whose spread does not pay for losses and wear. Jobs
 *                   pause while price ≥ dear, but for what is due within four hours; else they run as they
 *                   come. */
#pragma once

#include "base/slot.h"
#include "sim/series.h"
#include "sim/twin.h"

struct policy_prices {
	double now, cheap, dear;
	int64_t limit_w; /* of what charging may add to, at the PCC; 0 = the plant's own */
};

/* Percentiles of the local day that contains t_ms. */
struct policy_prices policy_prices_at(const struct series *buy, const struct zone *zone,
				      int64_t t_ms);

/* Sets t->control for the step of dt_ms that begins now. */
void policy_nothing(struct twin *t);
void policy_threshold(struct twin *t, const struct policy_prices *p, const struct twin_exogenous *x,
		      int64_t dt_ms);
