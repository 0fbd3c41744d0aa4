#include "engine/intent.h"

#include <stdio.h>
#include <string.h>

#include "engine/drevent.h"
#include "engine/drrule.h"
#include "engine/snapshot.h"
#include "engine/state.h"

/* A cap this close to what is available curtails nothing. */
#define CURTAIL_MIN_W 1000

static int64_t magnitude(int64_t x)
{
	return x < 0 ? -x : x;
}

int64_t intent_it_watts(const struct site *s, int64_t pcc_w)
{
	int64_t pue = s->load.pue_ppm > 0 ? s->load.pue_ppm : PPM;

	return (int64_t)(((__int128)pcc_w * PPM + pue / 2) / pue);
}

/* Did the plan know that state of the asset: how much work a queue holds, how warm the water is? */
static bool is_known(const struct plan *p, const char *what, const char *id)
{
	char input[ID_MAX * 2];

	snprintf(input, sizeof(input), "%s[%s]", what, id);
	for (uint32_t i = 0; i < p->n_sources; i++) {
		if (strcmp(p->sources[i].input, input) == 0)
			return p->sources[i].quality < QUALITY_MISSING;
	}
	return false;
}

/* A queue of unknown length is planned as an empty one; a cap made from that would stop its work. */
static struct action queue_action(const struct site_state *ss, const struct asset_state *as,
				  const struct plan *p, int64_t w)
{
	if (!is_known(p, "backlog", as->id))
		return (struct action){.kind = ACTION_RELEASE};
	return (struct action){.kind = ACTION_CAP,
			       .value = intent_it_watts(ss->site, max_i64(w, 0))};
}

/* Where the plan did not know the temperature, nobody does any more (a plan may be kept for long), or it did not obey,
 * its own thermostat rules. */
static struct action cooling_action(const struct engine *e, const struct site_state *ss,
				    const struct asset_state *as, const struct plan *p, int64_t w)
{
	double warm;

	if (as->out_until_ms > e->clock.now_ms || !is_known(p, "temperature", as->id) ||
	    !snapshot_temperature(e, ss->site, as->id, &warm))
		return (struct action){.kind = ACTION_RELEASE};
	return (struct action){.kind = ACTION_POWER, .value = max_i64(w, 0)};
}

static bool action_of(const struct engine *e, const struct site_state *ss,
		      const struct asset_state *as, const struct plan *p, struct action *ret)
{
	int slot = plan_slot_at(p, e->clock.now_ms);
	const struct plan_asset *pa = plan_find_asset(p, as->path);
	int64_t w;

	if (!pa || slot < 0)
		return false;
	w = pa->power_w[slot];
	switch (as->kind) {
	case ASSET_BATTERY:
	case ASSET_UPS:
		*ret = (struct action){.kind = ACTION_POWER, .value = w};
		return true;
	case ASSET_QUEUE:
		*ret = queue_action(ss, as, p, w);
		return true;
	case ASSET_COOLING:
		*ret = cooling_action(e, ss, as, p, w);
		return true;
	case ASSET_PV:
	case ASSET_WIND:
	case ASSET_HYDRO:
		if (!ss->site->generators[as->index].curtailable)
			return false;
		if (pa->available_w && magnitude(w) < pa->available_w[slot] - CURTAIL_MIN_W)
			*ret = (struct action){.kind = ACTION_CAP, .value = magnitude(w)};
		else
			*ret = (struct action){.kind = ACTION_RELEASE};
		return true;
	default:
		return false;
	}
}

/* What is safe when the lease ends and nothing newer came: normally the asset's own ways, in an event what serves
 * the event and cannot hurt. */
static struct action fallback_of(const struct asset_state *as, const struct action *act,
				 const struct event *ev)
{
	bool up = ev && ev->direction == DIRECTION_UP;
	bool dn = ev && ev->direction == DIRECTION_DN;

	if (as->kind == ASSET_BATTERY || as->kind == ASSET_UPS) {
		bool serves = (up && act->value < 0) || (dn && act->value > 0);

		return (struct action){.kind = ACTION_POWER, .value = serves ? act->value : 0};
	}
	if (as->kind == ASSET_QUEUE && up)
		return *act;
	if (asset_kind_is_generator(as->kind) && dn)
		return *act;
	return (struct action){.kind = ACTION_RELEASE};
}

/* What several sites, or a feeder's assets, have to keep together. */
static bool is_shared_limit(const char *limit)
{
	return strncmp(limit, "section[", 8) == 0 || strncmp(limit, "feeder[", 7) == 0 ||
	       strncmp(limit, "vpp[", 4) == 0;
}

static bool concerns(const char *limit, const char *asset_id)
{
	const char *at = is_shared_limit(limit) ? NULL : strchr(limit, '[');
	size_t n = strlen(asset_id);

	return !at || (strncmp(at + 1, asset_id, n) == 0 && at[1 + n] == ']');
}

/* The limit of the PCC or the asset that binds hardest. */
static void limit_of(const struct plan *p, int slot, const char *asset_id, char ret[ID_MAX])
{
	int64_t best = 0;

	ret[0] = '\0';
	for (uint32_t i = 0; i < p->n_bindings; i++) {
		const struct plan_binding *b = &p->bindings[i];

		if ((int)b->slot != slot || magnitude(b->shadow_price_e4) <= best ||
		    !concerns(b->limit, asset_id))
			continue;
		best = magnitude(b->shadow_price_e4);
		snprintf(ret, ID_MAX, "%s", b->limit);
	}
}

static bool is_pcc_limit(const char *limit)
{
	return strcmp(limit, "import_max") == 0 || strcmp(limit, "export_max") == 0 ||
	       strcmp(limit, "contracted_demand") == 0 || is_shared_limit(limit);
}

static void reason_of(const struct engine *e, const struct site_state *ss, const struct event *ev,
		      struct reason *r)
{
	int64_t now = e->clock.now_ms;
	const struct event *left = drevent_left(e, ss->index, slot_floor(now) - 1, now);

	if (ev)
		r->code = REASON_EVENT;
	else if (left)
		r->code = REASON_RESTORE;
	else
		r->code = is_pcc_limit(r->limit) ? REASON_LIMIT : REASON_PLAN;
	if (ev || left)
		snprintf(r->event, sizeof(r->event), "%s", (ev ? ev : left)->correlation_id);
}

bool intent_of(const struct engine *e, const struct site_state *ss, const struct asset_state *as,
	       const struct plan *p, struct decision *ret)
{
	int64_t now = e->clock.now_ms, slot_end = slot_floor(now) + SLOT_MS;
	int slot = plan_slot_at(p, now);
	const struct event *ev;

	if (slot < 0 || !action_of(e, ss, as, p, &ret->action))
		return false;
	ev = drrule_stands(e, ss->index, slot_floor(now), slot_end);
	ret->fallback = fallback_of(as, &ret->action, ev);
	memset(&ret->reason, 0, sizeof(ret->reason));
	limit_of(p, slot, as->id, ret->reason.limit);
	ret->reason.marginal_price_e4 = p->marginal_price_e4[slot];
	reason_of(e, ss, ev, &ret->reason);
	snprintf(ret->correlation_id, sizeof(ret->correlation_id), "%s", ret->reason.event);
	snprintf(ret->asset, sizeof(ret->asset), "%s", as->path);
	ret->plan_id = p->id;
	ret->valid_from_ms = now;
	ret->valid_until_ms = slot_end + e->configuration->settings.decision.lease_grace_ms;
	return true;
}

bool intent_is_same(const struct decision *a, const struct decision *b)
{
	return action_is_same(&a->action, &b->action) &&
	       action_is_same(&a->fallback, &b->fallback) && a->reason.code == b->reason.code &&
	       strcmp(a->reason.event, b->reason.event) == 0 &&
	       (a->reason.code != REASON_OVERRIDE ||
		strcmp(a->correlation_id, b->correlation_id) == 0);
}
