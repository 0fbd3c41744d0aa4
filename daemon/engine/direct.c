#include "engine/direct.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/intent.h"
#include "engine/live.h"
#include "engine/points.h"
#include "engine/standing.h"
#include "engine/state.h"

#define LEVEL_MAX_AGE_MS MS_PER_H

static int index_of(const struct site_state *ss, const struct asset_state *as)
{
	return (int)(as - ss->assets);
}

/* What all of them have in common. The lease is as of every decision, but never far beyond the operator's own term. */
static void begin(const struct engine *e, const struct asset_state *as, const struct plan *p,
		  const struct instruction *in, struct decision *ret)
{
	int64_t now = e->clock.now_ms, end = min_i64(slot_floor(now) + SLOT_MS, in->until_ms);
	int slot = p ? plan_slot_at(p, now) : -1;

	memset(&ret->reason, 0, sizeof(ret->reason));
	ret->reason.code = REASON_OVERRIDE;
	snprintf(ret->reason.limit, sizeof(ret->reason.limit), "%s:%" PRIu64,
		 instruction_kind_name(in->kind), in->id);
	ret->reason.marginal_price_e4 = slot >= 0 ? p->marginal_price_e4[slot] : 0;
	snprintf(ret->correlation_id, sizeof(ret->correlation_id), "%s", ret->reason.limit);
	snprintf(ret->asset, sizeof(ret->asset), "%s", as->path);
	ret->plan_id = p ? p->id : 0;
	ret->valid_from_ms = now;
	ret->valid_until_ms = end + e->configuration->settings.decision.lease_grace_ms;
	ret->action = (struct action){.kind = ACTION_RELEASE};
	ret->fallback = (struct action){.kind = ACTION_RELEASE};
}

/* W that the store can take or give to the end of the slot without crossing its floor or its top. */
static int64_t possible(const struct engine *e, const struct site *s, const struct storage *st,
			int64_t want_w)
{
	const struct live_point *lp = points_bound(e, s, "storage[%s].soc", st->id);
	int64_t now = e->clock.now_ms;
	double h = (double)(slot_floor(now) + SLOT_MS - now) / (double)MS_PER_H;
	double percent, soc, most;

	if (want_w == 0 || !live_good(lp, now, LEVEL_MAX_AGE_MS, &percent))
		return want_w;
	soc = percent * (double)st->energy_wh / 100.0;
	if (want_w < 0) {
		most = (soc - (double)max_i64(st->reserve_wh, st->soc_min_wh)) / h *
		       (double)st->eta_discharge_ppm / (double)PPM;
		return -min_i64(-want_w, most > 0 ? (int64_t)most : 0);
	}
	most = ((double)st->soc_max_wh - soc) / h * (double)PPM / (double)st->eta_charge_ppm;
	return min_i64(want_w, most > 0 ? (int64_t)most : 0);
}

/* Checked when it was said; but the configuration may be another one since. */
static int64_t within_limits(const struct site *s, const struct asset_state *as, int64_t value_w)
{
	switch (as->kind) {
	case ASSET_BATTERY:
	case ASSET_UPS:
		return clamp_i64(value_w, -s->storage[as->index].discharge_max_w,
				 s->storage[as->index].charge_max_w);
	case ASSET_QUEUE:
		return max_i64(value_w, s->queues[as->index].power_min_w);
	case ASSET_COOLING:
		return clamp_i64(value_w, 0, s->cooling[as->index].power_max_w);
	default:
		return value_w; /* a cap above what can be had is none */
	}
}

static void override_intent(const struct engine *e, const struct site_state *ss,
			    const struct asset_state *as, const struct instruction *in,
			    struct decision *ret)
{
	bool is_store = as->kind == ASSET_BATTERY || as->kind == ASSET_UPS;

	if (in->what == OVERRIDE_RELEASE)
		return;
	ret->action.kind = in->what == OVERRIDE_CAP ? ACTION_CAP : ACTION_POWER;
	ret->action.value = within_limits(ss->site, as, in->value_w);
	if (!is_store)
		return;
	ret->action.value = possible(e, ss->site, &ss->site->storage[as->index], ret->action.value);
	ret->fallback = (struct action){.kind = ACTION_POWER, .value = 0};
}

/* Said by an operator for a time, which is over: else it would be said still. */
static bool is_of_override(const struct decision *d)
{
	const char *kind = instruction_kind_name(INSTRUCTION_OVERRIDE);
	size_t n = strlen(kind);

	return d->reason.code == REASON_OVERRIDE && strncmp(d->reason.limit, kind, n) == 0 &&
	       d->reason.limit[n] == ':';
}

/* What is in force goes on as it is; after an override the asset is left to itself. */
static bool hold_intent(const struct engine *e, const struct asset_state *as, const struct plan *p,
			const struct instruction *by, struct decision *ret)
{
	int64_t slot_end = slot_floor(e->clock.now_ms) + SLOT_MS;

	if (!as->current)
		return false;
	if (is_of_override(&as->current->d)) {
		begin(e, as, p, by, ret);
		return true;
	}
	*ret = as->current->d;
	ret->valid_until_ms = slot_end + e->configuration->settings.decision.lease_grace_ms;
	return true;
}

static bool takes_orders(const struct site_state *ss, const struct asset_state *as)
{
	return !asset_kind_is_generator(as->kind) || ss->site->generators[as->index].curtailable;
}

bool direct_intent(const struct engine *e, const struct site_state *ss,
		   const struct asset_state *as, const struct plan *p, struct decision *ret)
{
	const struct instruction *out = standing_outage(e, ss->index, index_of(ss, as));
	const struct instruction *override = standing_override(e, ss->index, index_of(ss, as));
	const struct instruction *by;
	enum site_mode mode = standing_mode(e, ss->index, &by);

	if (!takes_orders(ss, as))
		return false;
	if (out) {
		begin(e, as, p, out, ret);
		return true;
	}
	if (override) {
		begin(e, as, p, override, ret);
		override_intent(e, ss, as, override, ret);
		return true;
	}
	if (mode == MODE_HOLD)
		return hold_intent(e, as, p, by, ret);
	if (mode == MODE_ADVISORY) {
		begin(e, as, p, by, ret);
		return true;
	}
	return p && intent_of(e, ss, as, p, ret);
}
