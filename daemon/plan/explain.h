/* Why an asset does what it does in a slot, in sentences a dispatcher understands, English and Chinese, from the
 * plan alone: prices, binding limits, shadow prices, events, next-best use. Pure. */
#pragma once

#include "base/buf.h"
#include "model/plan.h"

struct explanation {
	int64_t power_w;
	int64_t marginal_price_e4;
	uint32_t slot;
	uint32_t
		n_bindings; /* into bindings[] of the plan, those of this slot and asset or of the PCC */
	const struct plan_binding *bindings[16];
	char event[ID_MAX];
	char limit[ID_MAX]; /* the limit with the greatest shadow price, "" */
};

/* ERR_NOTFOUND (asset), ERR_NODATA (time outside the plan). zone is for local times in the text. */
int plan_explain(const struct plan *p, const struct zone *zone, const char *asset, int64_t at_ms,
		 struct explanation *ret, struct buf *text_en, struct buf *text_zh);
