/* Why an asset does what it does, from the plan in force and the decision that carried it out. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "engine/explain_more.h"
#include "engine/state.h"
#include "plan/explain.h"

struct lookup {
	const char *asset;
	uint64_t id; /* 0 = the one in force at t_ms */
	int64_t t_ms;
	struct decision found; /* id 0 = none */
};

static bool take(void *arg, const struct decision *d)
{
	struct lookup *l = arg;

	if (d->valid_from_ms > l->t_ms || d->state == DECISION_REJECTED)
		return true;
	l->found = *d;
	return false;
}

static bool take_id(void *arg, const struct ledger_op *op)
{
	struct lookup *l = arg;

	if (op->decision->id == l->id)
		l->found = *op->decision;
	return false;
}

static int find_decision(const struct engine *e, struct lookup *l)
{
	const struct decision *d = l->id ? engine_decision(e, l->id) : NULL;
	struct decision_query at = {
		.asset = l->asset, .from_ms = l->t_ms, .to_ms = l->t_ms + 1, .limit = UINT32_MAX};
	int r;

	if (d) {
		l->found = *d;
		return 0;
	}
	if (l->id == 0)
		return engine_list_decisions(e, &at, take, l);
	r = e->ops->scan(e->world, LEDGER_DECISION, l->id, take_id, l);
	return r ? r : l->found.id ? 0 : ERR_NOTFOUND;
}

static const struct site *site_of_asset(const struct engine *e, const char *asset)
{
	for (size_t i = 0; i < e->n_sites; i++) {
		const struct site *s = e->sites[i].site;
		size_t n = strlen(s->id);

		if (strncmp(s->id, asset, n) == 0 && asset[n] == '/')
			return s;
	}
	return NULL;
}

static int tell(const struct site *s, const char *asset, struct arena *a, struct why *ret)
{
	struct explanation x = {0};
	struct buf en, zh;
	int r;

	buf_init(&en, 64 << 10);
	buf_init(&zh, 64 << 10);
	r = plan_explain(ret->plan, asset, ret->t_ms, &x);
	if (r == 0)
		r = plan_explain_text(ret->plan, s->zone, &x, &en, &zh);
	if (r == 0) {
		ret->slot = x.slot;
		ret->power_w = x.power_w;
		ret->marginal_price_e4 = x.marginal_price_e4;
		memcpy(ret->event, x.event, sizeof(ret->event));
		ret->n_bindings = x.n_bindings;
		memcpy(ret->bindings, x.bindings, sizeof(ret->bindings));
		_Static_assert(sizeof(ret->bindings) == sizeof(x.bindings), "as many bindings");
		ret->text_en = arena_strdup(a, buf_str(&en));
		ret->text_zh = arena_strdup(a, buf_str(&zh));
		r = ret->text_en && ret->text_zh ? 0 : ERR_FULL;
	}
	buf_fini(&en);
	buf_fini(&zh);
	return r;
}

/* A plan without slots stands for none. */
static int without_plan(const struct site *s, struct arena *a, struct why *ret)
{
	struct plan *none = ARENA_NEW(a, struct plan);

	if (!none)
		return ERR_FULL;
	*none = (struct plan){.status = PLAN_STATUS_NONE};
	snprintf(none->site, sizeof(none->site), "%s", s->id);
	ret->plan = none;
	ret->text_en = ret->text_zh = "";
	return 0;
}

/* What operators said is all there is to say. */
static int tell_says(const struct decision *now, struct arena *a, struct why *ret)
{
	const char *what = "";

	for (uint32_t i = 0; i < ret->n_says; i++)
		what = ret->says[i];
	if (ret->n_says == 0)
		return ERR_NODATA;
	ret->power_w = now->action.value;
	ret->text_en =
		arena_printf(a, "No plan covers this time: what people said holds: %s.", what);
	ret->text_zh = arena_printf(a, "此时没有计划，以人工指令为准：%s。", what);
	return ret->text_en && ret->text_zh ? 0 : ERR_FULL;
}

int engine_explain(const struct engine *e, const char *asset, int64_t at_ms, uint64_t decision_id,
		   struct arena *a, struct why *ret)
{
	struct lookup l = {
		.asset = asset, .id = decision_id, .t_ms = at_ms ? at_ms : e->clock.now_ms};
	struct why why = {0};
	const struct site *s;
	int r = find_decision(e, &l);

	if (r)
		return r;
	if (decision_id) {
		asset = l.found.asset;
		l.t_ms = l.found.valid_from_ms;
	}
	s = site_of_asset(e, asset);
	if (!s)
		return ERR_NOTFOUND;
	why.t_ms = l.t_ms;
	why.decision_id = l.found.id;
	/* a decision says which plan it carried out: another may have been in force later in the same slot */
	r = engine_get_plan(e, s->id, decision_id ? l.found.plan_id : 0, l.t_ms, a, &why.plan);
	/* renewed by later plans, which know nothing of its beginning: the one of then */
	if (r == 0 && plan_slot_at(why.plan, l.t_ms) < 0)
		r = engine_get_plan(e, s->id, 0, l.t_ms, a, &why.plan);
	if (r == 0)
		r = tell(s, asset, a, &why);
	else if (r == ERR_NODATA)
		r = without_plan(s, a, &why);
	if (r == 0)
		r = explain_more(e, s, asset, &l.found, a, &why);
	if (r == 0 && why.plan->n == 0)
		r = tell_says(&l.found, a, &why);
	if (r == 0)
		*ret = why;
	return r;
}
