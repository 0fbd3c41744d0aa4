#include "plan/explain.h"

#include <stdio.h>
#include <string.h>

/* ---- facts ---- */

/* Named, but of the whole site or of several. */
static bool is_shared(const char *limit)
{
	static const char *const shared[] = {"event:", "demand[", "feeder[", "section[", "vpp["};

	for (size_t i = 0; i < ARRAY_SIZE(shared); i++) {
		if (strncmp(limit, shared[i], strlen(shared[i])) == 0)
			return true;
	}
	return false;
}

/* A binding concerns an asset if its limit names it ("storage[bess].soc_max"), or names none. */
static bool concerns(const struct plan_binding *b, const char *id)
{
	const char *open = strchr(b->limit, '['), *close;

	if (!open || is_shared(b->limit))
		return true;
	close = strrchr(b->limit, ']');
	return id && close && close > open && strlen(id) == (size_t)(close - open - 1) &&
	       strncmp(open + 1, id, strlen(id)) == 0;
}

static void add_binding(struct explanation *x, const struct plan_binding *b)
{
	uint32_t at = x->n_bindings;

	if (at == EXPLAIN_MAX_BINDINGS) {
		if (x->bindings[at - 1]->shadow_price_e4 >= b->shadow_price_e4)
			return;
		at--;
	} else {
		x->n_bindings++;
	}
	for (; at > 0 && x->bindings[at - 1]->shadow_price_e4 < b->shadow_price_e4; at--)
		x->bindings[at] = x->bindings[at - 1];
	x->bindings[at] = b;
}

static void find_limits(const struct plan *p, const char *id, struct explanation *x)
{
	for (uint32_t i = 0; i < p->n_bindings; i++) {
		if (p->bindings[i].slot == x->slot && concerns(&p->bindings[i], id))
			add_binding(x, &p->bindings[i]);
	}
	for (uint32_t i = 0; i < x->n_bindings; i++) {
		const struct plan_binding *b = x->bindings[i];
		size_t prefix = strlen("event:");

		if (!x->event[0] && strncmp(b->limit, "event:", prefix) == 0)
			snprintf(x->event, sizeof(x->event), "%s", b->limit + prefix);
		if (!x->limit[0] && b->shadow_price_e4 > 0)
			snprintf(x->limit, sizeof(x->limit), "%s", b->limit);
	}
}

static int64_t most_power(const struct plan_asset *a, uint32_t n)
{
	int64_t most = 0;

	for (uint32_t k = 0; k < n; k++)
		most = max_i64(most, a->power_w[k]);
	return most;
}

/* Discharging and holding look for the dearest slot, charging and running for the cheapest. */
static uint32_t next_best(const struct plan *p, const struct explanation *x)
{
	const struct plan_asset *a = x->asset;
	bool dearest, is_store;
	uint32_t best = EXPLAIN_NOWHERE;
	int64_t full;

	if (!a || asset_kind_is_generator(a->kind))
		return EXPLAIN_NOWHERE;
	is_store = a->kind == ASSET_BATTERY || a->kind == ASSET_UPS;
	dearest = is_store && x->power_w <= 0;
	full = a->kind == ASSET_QUEUE || a->kind == ASSET_COOLING ? most_power(a, p->n) : 1;
	for (uint32_t k = x->slot + 1; k < p->n; k++) {
		int64_t w = a->power_w[k], price = p->marginal_price_e4[k];
		bool taken = dearest ? w < 0 && x->power_w < 0 : w >= full;

		if (taken)
			continue;
		if (best == EXPLAIN_NOWHERE || (dearest ? price > p->marginal_price_e4[best]
							: price < p->marginal_price_e4[best]))
			best = k;
	}
	return best;
}

int plan_explain(const struct plan *p, const char *asset, int64_t at_ms, struct explanation *ret)
{
	struct explanation x = {.asset = plan_find_asset(p, asset),
				.next_best_slot = EXPLAIN_NOWHERE};
	const char *id = strrchr(asset, '/');
	int slot = plan_slot_at(p, at_ms);
	size_t site = strlen(p->site);

	if (!x.asset && !(strncmp(asset, p->site, site) == 0 && strcmp(asset + site, "/pcc") == 0))
		return ERR_NOTFOUND;
	if (slot < 0)
		return ERR_NODATA;
	x.slot = (uint32_t)slot;
	x.power_w = x.asset ? x.asset->power_w[slot] : p->pcc_w[slot];
	x.marginal_price_e4 = p->marginal_price_e4[slot];
	find_limits(p, x.asset && id ? id + 1 : NULL, &x);
	x.next_best_slot = next_best(p, &x);
	*ret = x;
	return 0;
}
