#include "sim/obey.h"

#include <string.h>

struct target {
	enum asset_class kind;
	int index;
};

void obey_init(struct obey *o, struct twin *twin)
{
	*o = (struct obey){.twin = twin};
}

static struct target find(const struct plant *p, const char *asset)
{
	size_t n = strlen(p->site);

	if (strncmp(asset, p->site, n) != 0 || asset[n] != '/')
		return (struct target){OBEY_NOTHING, 0};
	asset += n + 1;
	for (int i = 0; i < p->n_pv; i++)
		if (strcmp(p->pv[i].id, asset) == 0)
			return (struct target){OBEY_PV, i};
	for (int i = 0; i < p->n_storage; i++)
		if (strcmp(p->storage[i].id, asset) == 0)
			return (struct target){OBEY_STORAGE, i};
	for (int i = 0; i < p->n_queues; i++)
		if (strcmp(p->queues[i].id, asset) == 0)
			return (struct target){OBEY_QUEUE, i};
	return (struct target){OBEY_NOTHING, 0};
}

static struct obey_pending *pending_of(struct obey *o, struct target at)
{
	if (at.kind == OBEY_PV)
		return &o->pv[at.index];
	return at.kind == OBEY_STORAGE ? &o->storage[at.index] : &o->queue[at.index];
}

static bool is_release(Suandian__V1__Action__WhatCase what)
{
	return what == SUANDIAN__V1__ACTION__WHAT__NOT_SET ||
	       what == SUANDIAN__V1__ACTION__WHAT_RELEASE;
}

/* NULL, or why this asset cannot do that. */
static const char *refuse(struct target at, Suandian__V1__Action__WhatCase what, int64_t value)
{
	if (at.kind == OBEY_NOTHING)
		return "no such asset here";
	if (is_release(what))
		return NULL;
	if (at.kind == OBEY_STORAGE)
		return what == SUANDIAN__V1__ACTION__WHAT_POWER_W ? NULL
								  : "storage takes a power only";
	if (what != SUANDIAN__V1__ACTION__WHAT_CAP_W)
		return "only a cap can be obeyed";
	return value >= 0 ? NULL : "a cap is a magnitude";
}

static void set(struct obey *o, struct target at, Suandian__V1__Action__WhatCase what,
		int64_t value)
{
	struct twin_control *c = &o->twin->control;

	if (at.kind == OBEY_STORAGE)
		c->storage_w[at.index] = is_release(what) ? 0 : value;
	else if (at.kind == OBEY_PV)
		c->pv_cap_w[at.index] = is_release(what) ? TWIN_NO_CAP : value;
	else
		c->queue_cap_w[at.index] = is_release(what) ? TWIN_NO_CAP : value;
}

static int64_t value_of(const Suandian__V1__Action *a)
{
	if (!a)
		return 0;
	return a->what_case == SUANDIAN__V1__ACTION__WHAT_POWER_W ? a->power_w : a->cap_w;
}

static Suandian__V1__Action__WhatCase what_of(const Suandian__V1__Action *a)
{
	return a ? a->what_case : SUANDIAN__V1__ACTION__WHAT__NOT_SET;
}

static struct obey_answer applied(const struct obey *o, struct target at, uint64_t id,
				  const struct obey_now *now)
{
	struct obey_answer answer = {.decision_id = id,
				     .state = SUANDIAN__V1__DECISION_STATE__DECISION_APPLIED};

	if (at.kind == OBEY_STORAGE)
		answer.measured_w = twin_expect_storage_w(o->twin, at.index, now->dt_ms);
	else if (at.kind == OBEY_PV)
		answer.measured_w = twin_expect_pv_w(o->twin, at.index, now->exogenous);
	else
		answer.measured_w =
			twin_expect_queue_w(o->twin, at.index, now->exogenous, now->dt_ms);
	return answer;
}

struct obey_answer obey_take(struct obey *o, const Suandian__V1__Decision *d,
			     const struct obey_now *now)
{
	struct target at = find(o->twin->plant, d->asset);
	struct obey_answer answer = {.decision_id = d->id,
				     .state = SUANDIAN__V1__DECISION_STATE__DECISION_REJECTED};

	answer.reason = refuse(at, what_of(d->action), value_of(d->action));
	if (answer.reason)
		return answer;
	*pending_of(o, at) = (struct obey_pending){0};
	if (d->valid_from_ms > o->twin->now_ms) {
		*pending_of(o, at) = (struct obey_pending){.waits = true,
							   .decision_id = d->id,
							   .valid_from_ms = d->valid_from_ms,
							   .what = what_of(d->action),
							   .value = value_of(d->action)};
		answer.state = SUANDIAN__V1__DECISION_STATE__DECISION_ACCEPTED;
		return answer;
	}
	set(o, at, what_of(d->action), value_of(d->action));
	return applied(o, at, d->id, now);
}

void obey_lapse(struct obey *o, const Suandian__V1__Decision *d)
{
	struct target at = find(o->twin->plant, d->asset);
	Suandian__V1__Action__WhatCase what = what_of(d->fallback);

	if (at.kind == OBEY_NOTHING)
		return;
	*pending_of(o, at) = (struct obey_pending){0};
	/* A fallback that the asset cannot do is none: its own logic takes over. */
	if (refuse(at, what, value_of(d->fallback)))
		what = SUANDIAN__V1__ACTION__WHAT__NOT_SET;
	set(o, at, what, value_of(d->fallback));
}

static bool take_due(struct obey *o, struct target at, const struct obey_now *now,
		     struct obey_answer *ret)
{
	struct obey_pending *p = pending_of(o, at);

	if (!p->waits || p->valid_from_ms > o->twin->now_ms)
		return false;
	p->waits = false;
	set(o, at, p->what, p->value);
	*ret = applied(o, at, p->decision_id, now);
	return true;
}

bool obey_due(struct obey *o, const struct obey_now *now, struct obey_answer *ret)
{
	static const enum asset_class kinds[] = {OBEY_PV, OBEY_STORAGE, OBEY_QUEUE};

	for (size_t k = 0; k < ARRAY_SIZE(kinds); k++)
		for (int i = 0; i < PLANT_MAX; i++)
			if (take_due(o, (struct target){kinds[k], i}, now, ret))
				return true;
	return false;
}
