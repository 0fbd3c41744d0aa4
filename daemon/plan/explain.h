/* Why an asset does what it does in a slot, in sentences a dispatcher understands, English and Chinese, from the
 * plan alone: prices, binding limits, shadow prices, events, next-best use. Pure. */
#pragma once

#include "base/buf.h"
#include "model/plan.h"

#define EXPLAIN_MAX_BINDINGS 16
#define EXPLAIN_NOWHERE UINT32_MAX

struct explanation {
	const struct plan_asset *asset; /* in the plan; NULL = the connection point, "site/pcc" */
	int64_t power_w;
	int64_t marginal_price_e4;
	uint32_t slot;
	uint32_t
		n_bindings; /* into bindings[] of the plan, those of this slot and asset or of the PCC */
	const struct plan_binding *bindings[EXPLAIN_MAX_BINDINGS]; /* dearest first */
	char event
		[ID_MAX]; /* the event with a target in this slot, the dearest if there are several, or "" */
	char limit[ID_MAX]; /* the limit with the greatest shadow price, "" */
	/* Where else in the rest of the plan the asset's energy or work would go: the dearest slot where it does not
	 * discharge, the cheapest where it does not charge or run at full power. EXPLAIN_NOWHERE if there is none. */
	uint32_t next_best_slot;
};

/* asset is "site/asset" or "site/pcc". ERR_NOTFOUND (asset), ERR_NODATA (time outside the plan). Points into p. */
int plan_explain(const struct plan *p, const char *asset, int64_t at_ms, struct explanation *ret);

/* The same in words, appended to the buffers. zone is for local times. 0 or the buffers' error. */
int plan_explain_text(const struct plan *p, const struct zone *zone, const struct explanation *x,
		      struct buf *text_en, struct buf *text_zh);
