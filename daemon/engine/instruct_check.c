/* May it be done? Limits are told with their values. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/num.h"
#include "engine/instruct.h"
#include "engine/live.h"
#include "engine/points.h"
#include "engine/sites.h"
#include "engine/state.h"

#define METER_MAX_AGE_MS (30 * MS_PER_MIN)
#define SHOW_B 32

static const char *show(char out[SHOW_B], int64_t w)
{
	return num_format_power(out, SHOW_B, w);
}

static int find_site(const struct engine *e, const char *id, size_t n)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		if (strncmp(e->sites[i].site->id, id, n) == 0 && !e->sites[i].site->id[n])
			return (int)i;
	}
	return -1;
}

int instruct_find(const struct engine *e, const struct instruction *in, int *ret_site,
		  int *ret_asset, struct fault *f)
{
	const char *slash = strchr(in->target, '/');
	size_t n = slash ? (size_t)(slash - in->target) : strlen(in->target);
	bool whole = in->kind == INSTRUCTION_MODE || in->kind == INSTRUCTION_EVENT;

	*ret_site = *ret_asset = -1;
	if (in->kind == INSTRUCTION_MODE && n == 0 && !slash)
		return 0;
	*ret_site = find_site(e, in->target, n);
	if (*ret_site < 0 || (whole && slash) || (!whole && !slash))
		return fault_set(f, ERR_NOTFOUND, "there is no %s %s", whole ? "site" : "asset",
				 in->target);
	if (whole)
		return 0;
	for (int i = 0; i < e->sites[*ret_site].n_assets; i++) {
		if (strcmp(e->sites[*ret_site].assets[i].path, in->target) == 0)
			*ret_asset = i;
	}
	if (*ret_asset < 0)
		return fault_set(f, ERR_NOTFOUND, "%s takes no orders, or there is no such asset",
				 in->target);
	return 0;
}

static int beyond(struct fault *f, const char *path, int64_t want_w, const char *limit,
		  int64_t limit_w)
{
	char want[SHOW_B], is[SHOW_B];

	return fault_set(f, ERR_INVALID, "%s: %s is beyond %s, %s", path, show(want, want_w), limit,
			 show(is, limit_w));
}

/* The connection as it stands, with the asset at the new value. */
static int check_pcc(const struct engine *e, const struct site *s, const struct storage *st,
		     const struct instruction *in, struct fault *f)
{
	const struct live_point *pcc = points_bound(e, s, "pcc.power");
	const struct live_point *own = points_bound(e, s, "storage[%s].power", st->id);
	double at_pcc, at_own;
	int64_t then_w;

	if (!live_good(pcc, e->clock.now_ms, METER_MAX_AGE_MS, &at_pcc) ||
	    !live_good(own, e->clock.now_ms, METER_MAX_AGE_MS, &at_own))
		return 0;
	then_w = (int64_t)(at_pcc - at_own) + in->value_w;
	if (in->value_w > 0 && then_w > s->pcc.import_max_w)
		return beyond(f, "the connection would import", then_w, "import_max",
			      s->pcc.import_max_w);
	if (in->value_w < 0 && -then_w > s->pcc.export_max_w)
		return beyond(f, "the connection would export", -then_w, "export_max",
			      s->pcc.export_max_w);
	return 0;
}

/* A store that stands at its floor gives nothing, however long the override is. */
static int check_level(const struct engine *e, const struct site *s, const struct storage *st,
		       const struct instruction *in, struct fault *f)
{
	const struct live_point *lp = points_bound(e, s, "storage[%s].soc", st->id);
	int64_t floor_wh = max_i64(st->reserve_wh, st->soc_min_wh), now_wh;
	double percent;

	if (in->value_w == 0 || !live_good(lp, e->clock.now_ms, MS_PER_H, &percent))
		return 0;
	now_wh = (int64_t)(percent * (double)st->energy_wh / 100.0);
	if (in->value_w < 0 && now_wh <= floor_wh)
		return fault_set(f, ERR_INVALID,
				 "%s: holds %" PRId64 " kWh, which is not above its protected "
				 "reserve of %" PRId64 " kWh",
				 in->target, now_wh / 1000, floor_wh / 1000);
	if (in->value_w > 0 && now_wh >= st->soc_max_wh)
		return fault_set(f, ERR_INVALID, "%s: is full, soc_max is %" PRId64 " kWh",
				 in->target, st->soc_max_wh / 1000);
	return 0;
}

static int check_storage(const struct engine *e, const struct site *s, const struct storage *st,
			 const struct instruction *in, struct fault *f)
{
	int r;

	if (in->what != OVERRIDE_POWER)
		return fault_set(f, ERR_INVALID, "%s is a store: it takes power or release",
				 in->target);
	if (in->value_w > st->charge_max_w)
		return beyond(f, in->target, in->value_w, "charge_max", st->charge_max_w);
	if (in->value_w < -st->discharge_max_w)
		return beyond(f, in->target, in->value_w, "discharge_max", -st->discharge_max_w);
	r = check_level(e, s, st, in, f);
	return r ? r : check_pcc(e, s, st, in, f);
}

static int check_generator(const struct generator *g, const struct instruction *in, struct fault *f)
{
	if (!g->curtailable)
		return fault_set(f, ERR_INVALID, "%s cannot be curtailed: it takes no orders",
				 in->target);
	if (in->what != OVERRIDE_CAP)
		return fault_set(f, ERR_INVALID, "%s is a generator: it takes a cap or release",
				 in->target);
	if (in->value_w > g->capacity_w)
		return beyond(f, in->target, in->value_w, "its capacity", g->capacity_w);
	return 0;
}

static int check_queue(const struct queue *q, const struct instruction *in, struct fault *f)
{
	int64_t most_w = q->devices * q->device_power_w;

	if (in->what != OVERRIDE_CAP)
		return fault_set(f, ERR_INVALID,
				 "%s is a queue: it takes a cap (IT watts) or "
				 "release",
				 in->target);
	if (in->value_w > most_w)
		return beyond(f, in->target, in->value_w, "what its devices can draw", most_w);
	if (in->value_w < q->power_min_w)
		return beyond(f, in->target, in->value_w, "its protected floor power_min",
			      q->power_min_w);
	return 0;
}

static int check_cooling(const struct cooling *c, const struct instruction *in, struct fault *f)
{
	if (in->what != OVERRIDE_POWER)
		return fault_set(f, ERR_INVALID, "%s is cooling: it takes power or release",
				 in->target);
	if (in->value_w < 0 || in->value_w > c->power_max_w)
		return beyond(f, in->target, in->value_w, "power_max", c->power_max_w);
	return 0;
}

static int check_override(const struct engine *e, const struct instruction *in, int site, int asset,
			  struct fault *f)
{
	const struct site *s = e->sites[site].site;
	const struct asset_state *as = &e->sites[site].assets[asset];

	if (in->what == OVERRIDE_NONE)
		return fault_set(f, ERR_INVALID, "an override says power, cap or release");
	if (in->what == OVERRIDE_CAP && in->value_w < 0)
		return fault_set(f, ERR_INVALID, "a cap is a magnitude, not below 0");
	if (in->what == OVERRIDE_RELEASE)
		return 0;
	switch (as->kind) {
	case ASSET_BATTERY:
	case ASSET_UPS:
		return check_storage(e, s, &s->storage[as->index], in, f);
	case ASSET_PV:
	case ASSET_WIND:
	case ASSET_HYDRO:
		return check_generator(&s->generators[as->index], in, f);
	case ASSET_QUEUE:
		return check_queue(&s->queues[as->index], in, f);
	case ASSET_COOLING:
		return check_cooling(&s->cooling[as->index], in, f);
	default:
		return fault_set(f, ERR_INVALID, "%s takes no orders", in->target);
	}
}

static int check_term(const struct engine *e, const struct instruction *in, struct fault *f)
{
	int64_t now = e->clock.now_ms, most = e->configuration->settings.override.max_ms;

	if (in->until_ms == INT64_MAX || in->until_ms == 0)
		return fault_set(f, ERR_INVALID, "until_ms: an end is compulsory");
	if (in->until_ms <= now)
		return fault_set(f, ERR_INVALID, "until_ms: lies in the past");
	if (most > 0 && in->until_ms > now + most)
		return fault_set(f, ERR_INVALID,
				 "until_ms: at most %" PRId64 " min ahead "
				 "(override.max)",
				 most / MS_PER_MIN);
	return 0;
}

int instruct_check(const struct engine *e, const struct instruction *in, int site, int asset,
		   struct fault *f)
{
	int r = 0;

	if (e->clock.now_ms == 0)
		return fault_set(f, ERR_STATE,
				 "engine time is not known yet: nobody claimed the clock");
	if (!in->who[0])
		return fault_set(f, ERR_INVALID, "somebody has to say it");
	if (!in->reason[0] && in->kind != INSTRUCTION_EVENT)
		return fault_set(f, ERR_INVALID, "reason: is compulsory");
	if (in->kind == INSTRUCTION_OVERRIDE || (in->kind == INSTRUCTION_AVAILABILITY && in->out))
		r = check_term(e, in, f);
	if (r == 0 && in->kind == INSTRUCTION_OVERRIDE)
		r = check_override(e, in, site, asset, f);
	if (in->kind == INSTRUCTION_MODE && (in->mode <= MODE_NONE || in->mode > MODE_LAST))
		r = fault_set(f, ERR_INVALID, "mode: auto, advisory or hold");
	if (in->kind == INSTRUCTION_EVENT && !in->event)
		r = fault_set(f, ERR_INVALID, "event: is missing");
	return r;
}

/* ---- How large is it? ---- */

static int64_t size_of_site(const struct site_state *ss)
{
	int64_t sum = 0;

	for (int i = 0; i < ss->n_assets; i++)
		sum += sites_rating_w(ss->site, &ss->assets[i]);
	return sum;
}

static int64_t size_of_event(const struct site *s, const struct event *ev)
{
	if (ev->target == TARGET_PCC_CAP)
		return ev->direction == DIRECTION_DN ? ev->target_w + s->pcc.export_max_w
						     : s->pcc.import_max_w - ev->target_w;
	return ev->target == TARGET_REDUCTION ? ev->target_w : 0;
}

static int64_t size_of(const struct engine *e, const struct instruction *in, int site, int asset)
{
	int64_t sum = 0;

	switch (in->kind) {
	case INSTRUCTION_OVERRIDE:
		if (in->what == OVERRIDE_POWER)
			return llabs(in->value_w);
		return sites_rating_w(e->sites[site].site, &e->sites[site].assets[asset]);
	case INSTRUCTION_AVAILABILITY:
		return sites_rating_w(e->sites[site].site, &e->sites[site].assets[asset]);
	case INSTRUCTION_EVENT:
		return in->event ? size_of_event(e->sites[site].site, in->event) : 0;
	default:
		for (size_t i = 0; i < e->n_sites; i++) {
			if (site < 0 || (int)i == site)
				sum += size_of_site(&e->sites[i]);
		}
		return sum;
	}
}

static enum approval_verb verb_of(const struct instruction *in)
{
	switch (in->kind) {
	case INSTRUCTION_OVERRIDE:
		return APPROVAL_OVERRIDE;
	case INSTRUCTION_AVAILABILITY:
		return APPROVAL_AVAILABILITY;
	case INSTRUCTION_MODE:
		return APPROVAL_MODE;
	default:
		return APPROVAL_EVENT;
	}
}

/* Put before, or a later revision of it: what then follows changes nothing. */
static bool is_known(const struct engine *e, const struct event *ev)
{
	const struct event_live *el;
	size_t at = 0;

	while ((el = map_next(&e->events.by_id, &at, NULL, NULL))) {
		if (el->ev.revision >= ev->revision && strcmp(el->ev.source, ev->source) == 0 &&
		    strcmp(el->ev.external_id, ev->external_id) == 0)
			return true;
	}
	return false;
}

bool engine_needs_approval(const struct engine *e, const struct instruction *in)
{
	const struct settings *st = &e->configuration->settings;
	int site, asset;

	if (in->event && is_known(e, in->event))
		return false;
	for (int i = 0; i < st->approval.n_verbs; i++) {
		if (st->approval.verbs[i] != verb_of(in))
			continue;
		return instruct_find(e, in, &site, &asset, NULL) == 0 &&
		       size_of(e, in, site, asset) > st->approval.above_w;
	}
	return false;
}
